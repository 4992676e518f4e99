package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed documents are what the source says.
func TestDocumentsAreCurrent(t *testing.T) {
	files, err := Generate("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil || string(got) != want {
			t.Errorf("%s is not current (%v): run go run ./tools/docs", name, err)
		}
	}
}

// Every generator sees its source: one line that must be there for each.
func TestGeneratorsSeeTheirSource(t *testing.T) {
	files, err := Generate("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"doc/access.md":   {"| `direct` | cho ý kiến chỉ đạo văn bản này | director |", "HT33-9.i"},
		"doc/routes.md":   {"| GET | `/vao` |", "| POST | `/v1/packets` |", "| POST | `/sendEdoc` |"},
		"doc/schema.sql":  {"-- written by internal/document only\nCREATE TABLE document (", "store hub"},
		"doc/commands.md": {"## vanthu demo", "| `--listen` | `127.0.0.1:8080` |", "| `FILES` | required |"},
	} {
		for _, w := range want {
			if !strings.Contains(files[name], w) {
				t.Errorf("%s lacks %q", name, w)
			}
		}
	}
}

func TestDashed(t *testing.T) {
	for in, want := range map[string]string{"TSA": "tsa", "Data": "data", "HubURL": "hub-url", "CA": "ca", "OneTime": "one-time"} {
		if got := dashed(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
