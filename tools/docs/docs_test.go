package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vanthu/internal/cli"
	"vanthu/internal/story"
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
		"doc/commands.md": {"## vanthu demo", "| `--listen` | `127.0.0.1:8080` |", "| `FILES` | required |", "## vanthu hub serve"},
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

// What the README files and the change notes promise holds, press by press.
func TestPromises(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole province")
	}
	story.RunT(t, func(t *testing.T) story.World {
		w, stop, err := cli.StoryWorld(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		return w
	}, "testdata/*.story")
}

var (
	mdLink = regexp.MustCompile(`\]\(([^)#:]+)[)#]`)
	mdPath = regexp.MustCompile("`((?:internal|tools|law|viet|edxml|cms|pdf|pades|ledger|packaging|doc)/[A-Za-z0-9_./-]+)`")
)

// What the documents point at is there: links, files and folders.
func TestDocumentsPointAtWhatIsThere(t *testing.T) {
	root := "../.."
	var pages []string
	for _, glob := range []string{"*.md", "doc/*.md", "doc/changes/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, glob))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %d pages", glob, err, len(found))
		}
		pages = append(pages, found...)
	}
	for _, page := range pages {
		if filepath.Base(page) == "traceability.md" { // made from the tree; tools/trace keeps it current
			continue
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mdLink.FindAllStringSubmatch(string(text), -1) {
			pointsAt(t, page, filepath.Join(filepath.Dir(page), m[1]))
		}
		for _, m := range mdPath.FindAllStringSubmatch(string(text), -1) {
			pointsAt(t, page, filepath.Join(root, m[1]))
		}
	}
}

func pointsAt(t *testing.T, page, file string) {
	t.Helper()
	rel, err := filepath.Rel("../..", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("%s points at %s, which is not there", page, rel)
	}
}
