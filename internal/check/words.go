package check

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// badPackages are names that say nothing of what is inside.
var badPackages = map[string]bool{
	"util": true, "utils": true, "common": true, "helper": true, "helpers": true, "model": true, "models": true,
	"core": true, "service": true, "services": true, "manager": true, "misc": true, "base": true, "shared": true,
}

// badSQL are words that one of the engines reads differently or not at all.
var badSQL = []struct {
	find *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`(?i)\bILIKE\b`), "ILIKE: compare folded columns"},
	{regexp.MustCompile(`(?i)\bnow\(\)|\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\bdatetime\(`), "time comes from tx.Now"},
	{regexp.MustCompile(`(?i)\bjson_|->>|\bjsonb?\b`), "engine JSON: parse it in Go"},
	{regexp.MustCompile(`(?i)\bRANDOM\(\)|\bGLOB\b|\bSIMILAR TO\b|~\*`), "word of one engine only"},
	{regexp.MustCompile(`\b(AUTOINCREMENT|BIGSERIAL|SERIAL|RETURNING)\b`), "ids come from the turn"},
	{regexp.MustCompile(`\?`), "placeholders are $1, $2, …"},
}

// like finds what a LIKE compares.
var like = regexp.MustCompile(`(?i)([a-z_0-9.]+)\s+(?:NOT\s+)?LIKE\b`)

// machine are traces of somebody's computer. Paths that a Debian system has
// everywhere (/usr, /etc, /var) are none.
var machine = regexp.MustCompile(`(?:^|[\s"'` + "`" + `(=])/(?:home|Users|work|workspace|mnt|tmp)/[A-Za-z0-9_.]`)

// Words finds words that the house does without.
func Words(t *Tree) []Problem {
	var out []Problem
	for _, g := range t.Go {
		out = append(out, goWords(t, g)...)
	}
	for _, f := range t.Text {
		out = append(out, lines(f.Path, f.Text)...)
	}
	return out
}

func goWords(t *Tree, g *GoFile) []Problem {
	var out []Problem
	add := func(p token.Pos, text string) { out = append(out, Problem{g.Path, t.Line(p), text}) }
	if badPackages[g.AST.Name.Name] {
		add(g.AST.Name.Pos(), "a package named "+g.AST.Name.Name+" names no thing")
	}
	if g.Dir == "internal/check" {
		return out // this package names the words it looks for
	}
	ast.Inspect(g.AST, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.InterfaceType:
			if len(x.Methods.List) == 0 {
				add(x.Pos(), "write any, or better the type: interface{}")
			}
		case *ast.BasicLit:
			if s, ok := stringLit(x); ok && isSQL(s) && !g.Test {
				for _, why := range sqlWords(s) {
					add(x.Pos(), why)
				}
			}
		}
		return true
	})
	return append(out, lines(g.Path, string(g.Src))...)
}

// sqlWords says what is wrong with the words of one SQL text.
func sqlWords(s string) []string {
	var out []string
	for _, b := range badSQL {
		if b.find.MatchString(s) {
			out = append(out, b.why)
		}
	}
	for _, m := range like.FindAllStringSubmatch(s, -1) {
		col := strings.ToLower(m[1])
		if !strings.HasSuffix(col, "_fold") && !strings.HasSuffix(col, "_key") {
			out = append(out, "LIKE on "+m[1]+", which is not folded")
		}
	}
	return out
}

// lines finds machine paths in any text.
func lines(file, text string) []Problem {
	var out []Problem
	n := 0
	for line := range strings.Lines(text) {
		n++
		if m := machine.FindString(line); m != "" && !strings.HasPrefix(file, "internal/check/") {
			out = append(out, Problem{file, n, "names a path of somebody's machine: " + strings.TrimSpace(m) + "…"})
		}
	}
	return out
}

// Comments finds packages without a package comment and exported names without
// a comment of their own.
func Comments(t *Tree) []Problem {
	var out []Problem
	for _, dir := range t.Dirs() {
		has := false
		for _, g := range t.dirs[dir] {
			has = has || g.AST.Doc != nil
			if g.AST.Name.Name != "main" {
				out = append(out, undocumented(t, g)...)
			}
		}
		if !has {
			out = append(out, Problem{dir, 0, "package has no comment that says what it is"})
		}
	}
	return out
}

func undocumented(t *Tree, g *GoFile) []Problem {
	var out []Problem
	need := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		for _, d := range docs {
			if d != nil {
				return
			}
		}
		if name.IsExported() {
			out = append(out, Problem{g.Path, t.Line(name.Pos()), name.Name + " has no comment"})
		}
	}
	for _, d := range g.AST.Decls {
		switch x := d.(type) {
		case *ast.FuncDecl:
			if x.Recv == nil || ast.IsExported(receiver(x.Recv.List[0].Type)) && !plainMethod[x.Name.Name] {
				need(x.Name, x.Doc)
			}
		case *ast.GenDecl:
			for _, s := range x.Specs {
				switch y := s.(type) {
				case *ast.TypeSpec:
					need(y.Name, x.Doc, y.Doc, y.Comment)
				case *ast.ValueSpec:
					need(y.Names[0], x.Doc, y.Doc, y.Comment)
				}
			}
		}
	}
	return out
}

// plainMethod are methods whose meaning the language or its library fixes.
var plainMethod = map[string]bool{
	"Error": true, "String": true, "Unwrap": true, "Close": true, "Read": true, "Write": true, "Len": true, "Less": true,
	"Swap": true, "ServeHTTP": true, "MarshalText": true, "UnmarshalText": true, "MarshalJSON": true, "UnmarshalJSON": true,
	"Scan": true, "Value": true, "Seek": true, "ReadAt": true, "WriteTo": true,
}
