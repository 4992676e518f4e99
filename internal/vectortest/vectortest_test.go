package vectortest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// A file without an entry, an entry without a file and what cannot be understood
// are told; what stands aside needs no entry.
func TestIndexAndFilesBelongTogether(t *testing.T) {
	files := fstest.MapFS{"README.md": {}, "index.txt": {}, "a/one": {}, "given/key.pem": {}}
	for text, want := range map[string]string{
		"file: a/one\nexpect: valid\nabout: why\n": "",
		"file: a/one\nexpect: valid\nabout: why\n\nfile: a/one\nexpect: refused password\npassword: \nabout: empty\n": "",
		"":                           "a/one is not in the index",
		"file: a/one\nexpect: valid": "a/one is not explained",
		"file: a/one\nabout: why":    "a/one is not explained",
		"file: a/one\nexpect: valid\nabout: why\n\nfile: b\nexpect: valid\nabout: why": "b is not there",
		"file: a/one\nexpect: valid\nabout: why\nnwo: 1":                               `line "nwo: 1" is not understood`,
		"expect: valid\nfile: a/one\nexpect: valid\nabout: why":                        `line "expect: valid" is not understood`,
		"file: a/one\nexpect: valid\nabout: why\nand more":                             `line "and more" is not understood`,
	} {
		var entries []Entry
		got := parse([]byte(text), []string{"file", "expect", "password", "about"}, &entries)
		got = append(got, compare(files, entries)...)
		if strings.Join(got, "; ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	delete(files, "a/one")
	files["new"] = &fstest.MapFile{}
	if got := compare(files, nil); len(got) != 1 || got[0] != "new is not in the index" {
		t.Error(got)
	}
}

// What is written is read again, also an empty value.
func TestIndexIsReadAsItWasWritten(t *testing.T) {
	f := Folder{T: t, Dir: t.TempDir()}
	f.Add(Entry{"file": "a/x", "expect": "opens", "password": "", "openssl": "opens", "about": "no password: none"}, []byte("1"))
	f.Add(Entry{"file": "a/x", "expect": "refused", "password": "chu", "about": "another"}, nil)
	f.Put("given/content.txt", []byte("2"))
	f.Close()
	got := Read(t, f.Dir, "password")
	if len(got) != 2 || got[0].String() != f.entries[0].String() || got[1].String() != f.entries[1].String() {
		t.Errorf("%v", got)
	}
	old := t.TempDir()
	for _, name := range []string{"README.md", "gone"} {
		if err := os.WriteFile(old+"/"+name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	Replace(t, old, f.Dir)
	if b, err := os.ReadFile(old + "/README.md"); err != nil || string(b) != "README.md" {
		t.Errorf("%s %v", b, err)
	}
	Read(t, old, "password")
}
