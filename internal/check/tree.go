// Package check holds the architecture of the product as tests (kiểm tra kiến trúc).
//
// What the design promises is read from the source itself: who imports whom
// (floors.txt), how large things may grow (sizes.txt), that every citation
// names a clause of package law, that every SQL text is understood by both
// engines and writes only tables of its own package, that every act of an
// office begins with the check of access, and that nothing slow happens inside
// a transaction. Each checker takes a Tree and gives its findings; the tests
// run them over the module and over a small tree under testdata that breaks
// each rule, so that a checker which no longer sees anything fails too.
//
//	tree, err := check.Load("../..")
//	for _, p := range check.Citations(tree) { fmt.Println(p) }
package check

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// Module is the path that imports of our own packages begin with.
const Module = "vanthu"

// Problem is one finding, at a line of a file (0: the whole file or package).
type Problem struct {
	File string // from the root of the tree, with strokes
	Line int
	Text string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// GoFile is one parsed Go file.
type GoFile struct {
	Path  string // internal/office/submit.go
	Dir   string // internal/office
	Test  bool   // _test.go
	Lines int
	AST   *ast.File
	Src   []byte
}

// TextFile is a file of another language that may cite clauses: SQL, templates,
// scripts, stories, documents.
type TextFile struct {
	Path string
	Text string
}

// Tree is the source of the module.
type Tree struct {
	Fset *token.FileSet
	Go   []*GoFile
	Text []*TextFile
	dirs map[string][]*GoFile // non-test files by directory
}

// textKinds are the other files that are read.
var textKinds = map[string]bool{
	".sql": true, ".html": true, ".tmpl": true, ".story": true, ".md": true, ".css": true, ".ts": true, ".js": true,
	".tsv": true, ".txt": true, ".sh": true, ".json": true, ".yml": true,
}

// maxFile is the largest file read; larger ones are data.
const maxFile = 2 << 20

// Load parses every file below root except vendored, generated and test data;
// of test data it reads the stories, which prove clauses.
func Load(root string) (*Tree, error) {
	t := &Tree{Fset: token.NewFileSet(), dirs: map[string][]*GoFile{}}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if rel != "." && (skipDir(d.Name()) || fixtures[filepath.ToSlash(rel)] || ownModule(p)) {
				return fs.SkipDir
			}
			return nil
		}
		return t.read(p, filepath.ToSlash(rel), d)
	})
	sort.Slice(t.Go, func(i, j int) bool { return t.Go[i].Path < t.Go[j].Path })
	return t, err
}

// fixtures are trees that show how things are not to be done, or how the
// runner of stories fails.
var fixtures = map[string]bool{"internal/check/testdata": true, "internal/story/testdata": true}

// ownModule says whether a directory is a module of its own, which is no part
// of the product: the benchmarks with what they compare with.
func ownModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func skipDir(name string) bool {
	switch name {
	case "node_modules", "vendor", "dist":
		return true
	}
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

func (t *Tree) read(file, rel string, d fs.DirEntry) error {
	ext := path.Ext(rel)
	if ext != ".go" && !textKinds[ext] && d.Name() != "Makefile" {
		return nil
	}
	if strings.Contains("/"+rel, "/testdata/") && ext != ".story" {
		return nil
	}
	if info, err := d.Info(); err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
		return err
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if ext != ".go" {
		t.Text = append(t.Text, &TextFile{Path: rel, Text: string(src)})
		return nil
	}
	f, err := parser.ParseFile(t.Fset, file, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	g := &GoFile{Path: rel, Dir: path.Dir(rel), Test: strings.HasSuffix(rel, "_test.go"), AST: f, Src: src}
	g.Lines = t.Fset.File(f.FileStart).LineCount()
	t.Go = append(t.Go, g)
	if !g.Test {
		t.dirs[g.Dir] = append(t.dirs[g.Dir], g)
	}
	return nil
}

// Line gives the line of a position.
func (t *Tree) Line(p token.Pos) int { return t.Fset.Position(p).Line }

// Dirs gives the package directories in order.
func (t *Tree) Dirs() []string {
	var out []string
	for d := range t.dirs {
		out = append(out, d)
	}
	sort.Strings(out)
	return out
}

// imports maps the names by which a file uses our own and other packages to
// their paths.
func imports(f *ast.File) map[string]string {
	m := map[string]string{}
	for _, i := range f.Imports {
		p := strings.Trim(i.Path.Value, `"`)
		name := path.Base(p)
		if i.Name != nil {
			name = i.Name.Name
		}
		m[name] = p
	}
	return m
}

// funcName names a function or method: "Submit", "Office.Submit".
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	if r := receiver(d.Recv.List[0].Type); r != "" {
		return r + "." + d.Name.Name
	}
	return d.Name.Name
}

func receiver(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// funcs calls f for every function of a file that has a body.
func funcs(g *GoFile, f func(*ast.FuncDecl)) {
	for _, d := range g.AST.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			f(fn)
		}
	}
}

// call splits a call pkg.Name(…) or x.Name(…) into its two words.
func call(c *ast.CallExpr) (x, name string) {
	fun := c.Fun
	if i, ok := fun.(*ast.IndexExpr); ok {
		fun = i.X
	}
	switch f := fun.(type) {
	case *ast.Ident:
		return "", f.Name
	case *ast.SelectorExpr:
		switch b := f.X.(type) {
		case *ast.Ident:
			return b.Name, f.Sel.Name
		case *ast.SelectorExpr:
			return b.Sel.Name, f.Sel.Name
		}
		return "?", f.Sel.Name
	}
	return "", ""
}

// PackageDoc gives a package's comment, without the slashes.
func (t *Tree) PackageDoc(dir string) string {
	for _, g := range t.dirs[dir] {
		if g.AST.Doc != nil {
			return g.AST.Doc.Text()
		}
	}
	return ""
}
