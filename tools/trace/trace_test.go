package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/check"
	"vanthu/law"
)

// The committed tables are what the source says.
func TestTablesAreCurrent(t *testing.T) {
	files, err := Generate("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil || string(got) != want {
			t.Errorf("%s is not current (%v): run go run ./tools/trace", name, err)
		}
	}
}

func TestGatherFollowsCitationsToScreens(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("internal/office/refuse.go", "// Package office is.\npackage office\n\n// Refuse sends back.\n// law:HT33-8.2.iii ND30-21.2.a\nfunc (o *Office) Refuse() {}\n")
	write("internal/office/refuse_test.go", "package office\n\nfunc TestRefuse_HT33_8_2_iii(t *testing.T) {}\n")
	write("internal/web/den/den.go", "// Package den shows arrivals.\npackage den\n\nfunc routes() { h(\"GET /den\", o.x); h(\"GET /den/{id}\", o.y) }\nfunc post() { o.Refuse() }\n")
	write("internal/web/story/tra.story", "story 'Trả' law HT33-8.2.iii\nopen /den/cho\n")
	tree, err := check.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	rows := gather(tree)
	r := rows["HT33-8.2.iii"]
	if r == nil || strings.Join(r.code, "|") != "internal/office/refuse.go Office.Refuse" ||
		strings.Join(r.tests, "|") != "internal/office/refuse_test.go TestRefuse_HT33_8_2_iii|internal/web/story/tra.story" ||
		strings.Join(r.screens, "|") != "/den|/den/cho" {
		t.Errorf("%+v", r)
	}
	if rows["ND30-21.2a"] == nil {
		t.Error("an id in another spelling is not gathered under its usual one")
	}
	text := page(rows)
	for _, want := range []string{"| HT33-8.2.iii |", "**GAP**", "## ND30"} {
		if !strings.Contains(text, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if !strings.Contains(glossary(tree), "| internal/web/den | Package den shows arrivals. |") {
		t.Error("glossary lacks the package")
	}
}

func TestStates(t *testing.T) {
	for _, c := range []struct {
		r    *row
		kind law.Kind
		want string
	}{
		{nil, law.Software, law.StateGap},
		{nil, law.Context, law.StateNone},
		{&row{code: []string{"a"}}, law.Evidence, law.StateCode},
		{&row{tests: []string{"a"}}, law.Software, law.StateTest},
		{&row{code: []string{"a"}, tests: []string{"b"}}, law.Software, law.StateDone},
	} {
		if got := c.r.state(c.kind); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
