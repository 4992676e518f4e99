// Package vectortest reads and writes the indexes of test vectors: files that a
// package must judge as a text beside them says, for every program that judges
// such files and not only for ours.
//
// A folder of vectors has an index.txt of entries, parted by an empty line:
//
//	file: signed/content-changed.p7m
//	expect: invalid digest
//	openssl: refused
//	about: one byte of the content is another
//
// Every other file of the folder is named there, README.md apart and what stands
// in the folders [Aside], which the entries rest on.
package vectortest

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Aside are the folders with what vectors are judged by: roots, revocation lists,
// keys and contents.
var Aside = []string{"trust", "lists", "given"}

// Entry is what the index says of a file, by key: always file, expect and about,
// others as the folder's README explains. A file may have several entries.
type Entry map[string]string

// first and last are the keys that stand before and after all others.
var first, last = []string{"file", "expect"}, []string{"openssl", "about"}

// String is the entry as it stands in the index.
func (e Entry) String() string {
	between := slices.DeleteFunc(slices.Sorted(maps.Keys(e)), func(k string) bool {
		return slices.Contains(first, k) || slices.Contains(last, k)
	})
	var b strings.Builder
	for _, k := range slices.Concat(first, between, last) {
		switch v, said := e[k]; {
		case said && v == "":
			b.WriteString(k + ":\n")
		case said:
			b.WriteString(k + ": " + v + "\n")
		}
	}
	return b.String()
}

// Read reads the index of a folder, whose entries may have these further keys.
// A file without an entry, an entry without a file, one that explains nothing
// and a key that is not known all fail the test.
func Read(t testing.TB, dir string, keys ...string) []Entry {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "index.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []Entry
	for _, problem := range parse(text, slices.Concat(first, keys, last), &out) {
		t.Errorf("%s: %s", dir, problem)
	}
	for _, problem := range compare(os.DirFS(dir), out) {
		t.Errorf("%s: %s", dir, problem)
	}
	return out
}

// Judge compares what judge finds in every vector of a folder with its entry:
// what is expected, these facts, and that what it must say is said. keys are those
// of [Read].
func Judge(t *testing.T, dir string, keys, facts []string, judge func(*testing.T, Entry) Entry) {
	t.Helper()
	for _, e := range Read(t, dir, keys...) {
		t.Run(e["file"], func(t *testing.T) {
			got := judge(t, e)
			for _, key := range slices.Concat([]string{"expect"}, facts) {
				if got[key] != e[key] {
					t.Errorf("%s is %q, want %q", key, got[key], e[key])
				}
			}
			if !strings.Contains(got["say"], e["say"]) {
				t.Errorf("%q is not said in %q", e["say"], got["say"])
			}
		})
	}
}

func parse(text []byte, keys []string, out *[]Entry) (problems []string) {
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		key, value, ok := strings.Cut(s.Text(), ":")
		switch {
		case s.Text() == "":
			continue
		case key == "file":
			*out = append(*out, Entry{})
		case len(*out) == 0:
			ok = false
		}
		if !ok || !slices.Contains(keys, key) {
			problems = append(problems, fmt.Sprintf("line %q is not understood", s.Text()))
			continue
		}
		(*out)[len(*out)-1][key] = strings.TrimPrefix(value, " ")
	}
	return problems
}

// compare finds what stands in the folder or in the index alone.
func compare(dir fs.FS, entries []Entry) (problems []string) {
	named := map[string]bool{"index.txt": true, "README.md": true}
	for _, e := range entries {
		named[e["file"]] = true
		if e["expect"] == "" || e["about"] == "" {
			problems = append(problems, e["file"]+" is not explained")
		}
		if i, err := fs.Stat(dir, e["file"]); err != nil || i.IsDir() {
			problems = append(problems, e["file"]+" is not there")
		}
	}
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(Aside, path):
			return fs.SkipDir
		case !d.IsDir() && !named[path]:
			problems = append(problems, path+" is not in the index")
		}
		return nil
	})
	if err != nil {
		problems = append(problems, err.Error())
	}
	return problems
}

// Folder is a folder of vectors that is being made.
type Folder struct {
	T       testing.TB
	Dir     string
	entries []Entry
}

// Add writes a vector's file, unless data is nil because an entry of it was
// added before, and keeps its entry.
func (f *Folder) Add(e Entry, data []byte) {
	f.T.Helper()
	f.entries = append(f.entries, e)
	if data != nil {
		f.Put(e["file"], data)
	}
}

// Put writes a file that stands aside, and returns its path.
func (f *Folder) Put(name string, data []byte) string {
	f.T.Helper()
	path := filepath.Join(f.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.T.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		f.T.Fatal(err)
	}
	return path
}

// Close writes the index.
func (f *Folder) Close() {
	f.T.Helper()
	var b bytes.Buffer
	for i, e := range f.entries {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.String())
	}
	f.Put("index.txt", b.Bytes())
}

// Replace puts the vectors of a folder in the place of those that stand in
// another one, whose README.md stays.
func Replace(t testing.TB, old, with string) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(old, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(old); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(old, os.DirFS(with)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, "README.md"), readme, 0o644); err != nil {
		t.Fatal(err)
	}
}
