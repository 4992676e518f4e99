package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"vanthu/internal/check"
)

// route is one pattern of a ServeMux with the sentence about its handler.
type route struct{ method, path, what, file string }

var pattern = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) (/\S*)$`)

// parts are the servers of the product, by the directories their routes stand in.
var parts = []struct{ title, prefix, about string }{
	{"Pages", "internal/web/", "Served by `vanthu serve` and `vanthu demo`. Every POST is a plain form and is refused from another origin."},
	{"The hub, health and the national dialect", "internal/api/", "Served where the hub runs. The clean interface is described in full by `GET /v1/openapi.json`."},
}

func routesPage(t *check.Tree) string {
	var b strings.Builder
	b.WriteString("# Every address\n\n")
	fmt.Fprintf(&b, generated, "the patterns in internal/web and internal/api")
	for _, p := range parts {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n| Method | Path | What it does | Where |\n|---|---|---|---|\n", p.title, p.about)
		for _, r := range routesBelow(t, p.prefix) {
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", r.method, r.path, r.what, r.file)
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func routesBelow(t *check.Tree, prefix string) []route {
	docs := handlerDocs(t, prefix)
	told := toldRoutes(t, prefix)
	consts := constants(t, prefix)
	var out []route
	for _, g := range t.Go {
		if g.Test || !strings.HasPrefix(g.Path, prefix) || strings.Contains(g.Path, "/gallery") {
			continue
		}
		ast.Inspect(g.AST, func(n ast.Node) bool {
			var args []ast.Expr
			switch x := n.(type) {
			case *ast.CallExpr:
				args = x.Args
			case *ast.CompositeLit:
				args = x.Elts
			}
			if len(args) < 2 {
				return true
			}
			m := pattern.FindStringSubmatch(text(args[0], consts))
			if m == nil {
				return true
			}
			what := told[g.Dir+" "+m[0]]
			if what == "" {
				what = about(args[1:], g, docs)
			}
			out = append(out, route{m[1], m[2], what, g.Path})
			return true
		})
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return a.path < b.path || a.path == b.path && a.method < b.method
	})
	return out
}

// text evaluates a pattern; a part that is only known at run time is {act}.
func text(e ast.Expr, consts map[string]string) string {
	switch x := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(x.Value)
		return s
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			return text(x.X, consts) + text(x.Y, consts)
		}
	case *ast.SelectorExpr:
		if s, ok := consts[x.Sel.Name]; ok {
			return s
		}
	}
	return "{act}"
}

// constants are the exported string constants that patterns may use.
func constants(t *check.Tree, prefix string) map[string]string {
	out := map[string]string{}
	for _, g := range t.Go {
		if g.Test || !strings.HasPrefix(g.Path, prefix) {
			continue
		}
		for _, d := range g.AST.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, s := range gen.Specs {
				v := s.(*ast.ValueSpec)
				for i, name := range v.Names {
					if lit, ok := valueAt(v.Values, i).(*ast.BasicLit); ok && lit.Kind == token.STRING && name.IsExported() {
						out[name.Name], _ = strconv.Unquote(lit.Value)
					}
				}
			}
		}
	}
	return out
}

func valueAt(list []ast.Expr, i int) ast.Expr {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// handlerDocs maps "dir name" to the first sentence of a function's comment, ""
// for a function without one.
func handlerDocs(t *check.Tree, prefix string) map[string]string {
	out := map[string]string{}
	for _, g := range t.Go {
		if g.Test || !strings.HasPrefix(g.Path, prefix) {
			continue
		}
		for _, d := range g.AST.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				out[g.Dir+" "+f.Name.Name] = sentence(f.Name.Name, f.Doc.Text())
			}
		}
	}
	return out
}

// sentence is the first sentence of a comment without the name it begins with.
func sentence(name, doc string) string {
	s := strings.Join(strings.Fields(doc), " ")
	if i := strings.Index(s, ". "); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimPrefix(s, name+" ")
	return strings.ReplaceAll(strings.TrimRight(s, ".:"), "|", "/")
}

// toldLine is a route in a package comment: "GET /den/{id}   queue, document".
var toldLine = regexp.MustCompile(`(?m)^[ \t]*(GET|POST|PUT|PATCH|DELETE)[ \t]+(/\S*)[ \t]{2,}(\S.*)$`)

// toldRoutes maps "dir METHOD path" to what the package comment says of it.
func toldRoutes(t *check.Tree, prefix string) map[string]string {
	out := map[string]string{}
	for _, dir := range t.Dirs() {
		if !strings.HasPrefix(dir+"/", prefix) {
			continue
		}
		for _, m := range toldLine.FindAllStringSubmatch(t.PackageDoc(dir), -1) {
			out[dir+" "+m[1]+" "+m[2]] = strings.ReplaceAll(strings.TrimRight(m[3], " ,."), "|", "/")
		}
	}
	return out
}

// about finds the handler among the arguments: the last function of the same
// package with a comment, or else the last one, by its name in words.
func about(args []ast.Expr, g *check.GoFile, docs map[string]string) string {
	name, told := "", ""
	see := func(id string) {
		d, ok := docs[g.Dir+" "+id]
		switch {
		case d != "":
			told = d
		case ok:
			name = strings.ReplaceAll(dashed(id), "-", " ")
		}
	}
	for _, a := range args {
		ast.Inspect(a, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.SelectorExpr:
				if id, ok := x.X.(*ast.Ident); ok && imported(g.AST, id.Name) {
					return false
				}
			case *ast.Ident:
				see(x.Name)
			}
			return true
		})
	}
	if told != "" {
		return told
	}
	return name
}

func imported(f *ast.File, name string) bool {
	for _, i := range f.Imports {
		if p, _ := strconv.Unquote(i.Path.Value); path.Base(p) == name {
			return true
		}
	}
	return false
}
