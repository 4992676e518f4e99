package signing_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"vanthu/cms"
	"vanthu/internal/fail"
	"vanthu/internal/signing"
)

// Every state that is declared has words for the person: one sentence, the
// next step and the article; and the table has none that is not declared
// (ND23-15, HT33-4.2).
func TestEveryStateIsTold_ND23_15(t *testing.T) {
	declared := constants(t, "state.go")
	if len(declared) < 40 {
		t.Fatalf("only %d states were found", len(declared))
	}
	of, texts := map[signing.State]string{}, map[string]string{}
	for name, value := range declared {
		s := signing.State(value)
		if twin := of[s]; twin != "" {
			t.Errorf("%s and %s are one state, %q", name, twin, s)
		}
		of[s] = name
		e := signing.Refuse(s, nil)
		if twin := texts[e.Text]; twin != "" {
			t.Errorf("%s and %s are told in one sentence", name, twin)
		}
		texts[e.Text] = name
		if signing.StateOf(e) != s {
			t.Errorf("%s: its refusal is named %q", name, signing.StateOf(e))
		}
		if !sentence(e.Text) || !sentence(e.Next) || e.Text == e.Next || len(e.Refs) == 0 {
			t.Errorf("%s: %q, next %q, %v", name, e.Text, e.Next, e.Refs)
		}
		if !slices.Contains([]fail.Kind{fail.Conflict, fail.Busy, fail.BadInput, fail.Integrity, fail.Denied}, e.Kind) {
			t.Errorf("%s: kind %q", name, e.Kind)
		}
		if e.Kind == fail.BadInput && len(e.Fields) == 0 {
			t.Errorf("%s: what is to be entered is not named", name)
		}
	}
	for _, s := range signing.Told() {
		if of[s] == "" {
			t.Errorf("the table tells %q, which is not declared", s)
		}
	}
}

// sentence says that a text begins like one and ends like one.
func sentence(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(first) && strings.HasSuffix(s, ".") && strings.TrimSpace(s) == s
}

// A state that nothing refuses with is a promise that nobody keeps: each is
// used by the program outside its own table (ND23-15).
func TestEveryStateIsUsed_ND23_15(t *testing.T) {
	used := map[string]bool{}
	for _, dir := range []string{"../../internal", "../../agent"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			if at := filepath.ToSlash(path); strings.HasSuffix(at, "/signing/state.go") || strings.Contains(at, "/signingtest/") {
				return nil
			}
			uses(t, path, filepath.Base(filepath.Dir(path)) == "signing", used)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range constants(t, "state.go") {
		if !used[name] {
			t.Errorf("no refusal is %s", name)
		}
	}
}

// Wherever a certificate stands but in force, there is a state that tells it
// (ND23-15).
func TestEveryStandingIsTold_ND23_15(t *testing.T) {
	seen := map[signing.State]string{}
	for name, value := range constants(t, "../../cms/standing.go") {
		s := signing.OfStanding(cms.State(value))
		if (s == "") != (cms.State(value) == cms.InForce) {
			t.Errorf("%s is told as %q", name, s)
		}
		if twin := seen[s]; twin != "" {
			t.Errorf("%s and %s are both told as %s", name, twin, s)
		}
		seen[s] = name
	}
	if len(seen) < 8 {
		t.Errorf("only %d standings were found", len(seen))
	}
}

// constants are the constants of type State that a file declares.
func constants(t *testing.T, path string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, d := range parsed(t, path).Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if typ, ok := v.Type.(*ast.Ident); !ok || typ.Name != "State" {
				t.Fatalf("%s: the constant %s is no State", path, v.Names[0].Name)
			}
			for i, n := range v.Names {
				lit, ok := v.Values[i].(*ast.BasicLit)
				if !ok {
					t.Fatalf("%s: %s is no literal", path, n.Name)
				}
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				out[n.Name] = text
			}
		}
	}
	return out
}

// uses notes the names of package signing that a file speaks of: by
// themselves where own, else as signing.Name.
func uses(t *testing.T, path string, own bool, used map[string]bool) {
	t.Helper()
	ast.Inspect(parsed(t, path), func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.SelectorExpr:
			if p, ok := x.X.(*ast.Ident); ok && p.Name == "signing" {
				used[x.Sel.Name] = true
			}
			if _, named := x.X.(*ast.Ident); named {
				return false // cms.Untrusted is not ours
			}
		case *ast.Ident:
			if own {
				used[x.Name] = true
			}
		}
		return true
	})
}

func parsed(t *testing.T, path string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
