package check

import (
	"go/ast"
	"go/token"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"vanthu/law"
)

// Cite is one place that names a clause.
type Cite struct {
	Ref   law.Ref
	File  string
	Line  int
	Where string // the function, test, table or story it stands in; "" for the file
	Test  bool   // in a test or a story
}

// idWord is an id as it stands in comments and texts.
var idWord = regexp.MustCompile(`\b(HN20|HN22|BRVT1842|GL443|HT33|ND30|QD28|ND23|ND68|ND137|LGDDT|L33|ND113|TT05|L117|QCVN102|QD20|TT39|TT01|QCVN12|TCVN14423|ND224|CAP3|T)-[0-9A-Za-zđ]+(\.[0-9A-Za-zđ]+)*`)

// wholeID is an id that makes up a whole string literal.
var wholeID = regexp.MustCompile(`^(` + strings.TrimPrefix(idWord.String(), `\b`) + `)$`)

// afterLaw is what follows "law:": ids of clauses divided by blanks. Standards
// (rfc5652:5.4) are cited without it.
var afterLaw = regexp.MustCompile(`\blaw:([A-Z][A-Za-z0-9đ.\-]*(?:[ ,]+[A-Z][A-Z0-9]+-[A-Za-z0-9đ.\-]*)*)`)

// inName is an id in the name of a test: TestReturn_HT33_8_2_iii.
var inName = regexp.MustCompile(`(?:^|_)((?:HN20|HN22|BRVT1842|GL443|HT33|ND30|QD28|ND23|ND68|ND137|LGDDT|L33|ND113|TT05|CAP3)_[0-9A-Za-z_đ]+)`)

// timeRule is the key of a figure of a time rule: law.Figure("T2.minutes", day).
var timeRule = regexp.MustCompile(`^T([0-9]+)\.[a-z.]+$`)

// lawWords gives the ids that a text cites after "law:".
func lawWords(text string) []string {
	var out []string
	for _, m := range afterLaw.FindAllStringSubmatch(text, -1) {
		for _, w := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ' ' || r == ',' }) {
			out = append(out, strings.TrimRight(w, ".-"))
		}
	}
	return out
}

// known gives the ids among the id-like words of a text that resolve; other
// words of that form are left alone, since prose may hold anything.
func known(text string) []law.Ref {
	var out []law.Ref
	for _, w := range idWord.FindAllString(text, -1) {
		if _, ok := law.Find(law.Ref(w)); ok {
			out = append(out, law.Ref(w))
		}
	}
	return out
}

// fromName reads the ids in a test's name; _ stands for the first - and every
// dot. Words after the id that do not belong to it are dropped.
func fromName(name string) []law.Ref {
	var out []law.Ref
	for _, m := range inName.FindAllStringSubmatch(name, -1) {
		parts := strings.Split(m[1], "_")
		for n := len(parts); n > 1; n-- {
			id := law.Ref(parts[0] + "-" + strings.Join(parts[1:n], "."))
			if _, ok := law.Find(id); ok {
				out = append(out, id)
				break
			}
		}
	}
	return out
}

// Cites gives every place that names a clause which package law knows.
func Cites(t *Tree) []Cite {
	var out []Cite
	for _, g := range t.Go {
		if g.Dir == "law" || g.Dir == "internal/check" || g.Dir == "tools/trace" {
			continue // they speak of ids, they do not implement them
		}
		out = append(out, goCites(t, g)...)
	}
	for _, f := range t.Text {
		out = append(out, textCites(f)...)
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].File != out[j].File {
			return out[i].File < out[j].File
		}
		return out[i].Line < out[j].Line
	})
	return out
}

// goCites reads comments, whole-string ids and, in tests, names and any
// mention. In other code a comment counts only after "law:".
func goCites(t *Tree, g *GoFile) []Cite {
	var out []Cite
	add := func(ref law.Ref, pos token.Pos) {
		if _, ok := law.Find(ref); ok {
			out = append(out, Cite{Ref: ref, File: g.Path, Line: t.Line(pos), Where: enclosing(g, pos), Test: g.Test})
		}
	}
	for _, group := range g.AST.Comments {
		for _, c := range group.List {
			for _, w := range lawWords(c.Text) {
				add(law.Ref(w), c.Pos())
			}
			if g.Test {
				for _, r := range known(c.Text) {
					add(r, c.Pos())
				}
			}
		}
	}
	ast.Inspect(g.AST, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BasicLit:
			if s, ok := stringLit(x); ok && (g.Test || wholeID.MatchString(s)) {
				for _, r := range known(s) {
					add(r, x.Pos())
				}
			}
			if s, ok := stringLit(x); ok {
				if m := timeRule.FindStringSubmatch(s); m != nil {
					add(law.Ref("T-"+m[1]), x.Pos())
				}
			}
		case *ast.FuncDecl:
			if g.Test {
				for _, r := range fromName(x.Name.Name) {
					add(r, x.Pos())
				}
			}
		}
		return true
	})
	return out
}

func stringLit(x *ast.BasicLit) (string, bool) {
	if x.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(x.Value)
	return s, err == nil
}

// enclosing names the declaration around a position, its comment included.
func enclosing(g *GoFile, pos token.Pos) string {
	for _, d := range g.AST.Decls {
		switch x := d.(type) {
		case *ast.FuncDecl:
			if begin(x.Doc, x) <= pos && pos <= x.End() {
				return funcName(x)
			}
		case *ast.GenDecl:
			if begin(x.Doc, x) > pos || pos > x.End() {
				continue
			}
			return specName(x, pos)
		}
	}
	return ""
}

func begin(doc *ast.CommentGroup, n ast.Node) token.Pos {
	if doc != nil {
		return doc.Pos()
	}
	return n.Pos()
}

func specName(d *ast.GenDecl, pos token.Pos) string {
	name := ""
	for _, s := range d.Specs {
		if name != "" && s.Pos() > pos {
			break
		}
		switch x := s.(type) {
		case *ast.TypeSpec:
			name = x.Name.Name
		case *ast.ValueSpec:
			name = x.Names[0].Name
		}
	}
	return name
}

// createTable names the table of a CREATE TABLE line.
var createTable = regexp.MustCompile(`(?i)^\s*CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?([a-z_0-9]+)`)

// textCites reads SQL comments and templates ("law:"), stories (their head line
// and their comments).
func textCites(f *TextFile) []Cite {
	story := strings.HasSuffix(f.Path, ".story")
	if !story && !strings.HasSuffix(f.Path, ".sql") && !strings.HasSuffix(f.Path, ".html") && !strings.HasSuffix(f.Path, ".ts") && !strings.HasSuffix(f.Path, ".tmpl") {
		return nil
	}
	var out []Cite
	table := ""
	n := 0
	for line := range strings.Lines(f.Text) {
		n++
		if m := createTable.FindStringSubmatch(line); m != nil {
			table = m[1]
		}
		if story {
			for _, r := range known(line) {
				out = append(out, Cite{Ref: r, File: f.Path, Line: n, Test: true})
			}
			continue
		}
		for _, w := range lawWords(line) {
			if _, ok := law.Find(law.Ref(w)); ok {
				out = append(out, Cite{Ref: law.Ref(w), File: f.Path, Line: n, Where: table})
			}
		}
	}
	return out
}

// Citations finds citations of clauses that package law does not know: in
// comments after "law:", and as whole strings.
func Citations(t *Tree) []Problem {
	var out []Problem
	bad := func(file string, line int, id string) {
		out = append(out, Problem{file, line, "cites " + strconv.Quote(id) + ", which package law does not know"})
	}
	unknown := func(id string) bool {
		_, ok := law.Find(law.Ref(id))
		return !ok
	}
	for _, g := range t.Go {
		if g.Dir == "law" || g.Dir == "internal/check" {
			continue
		}
		for _, group := range g.AST.Comments {
			for _, c := range group.List {
				for _, w := range lawWords(c.Text) {
					if unknown(w) {
						bad(g.Path, t.Line(c.Pos()), w)
					}
				}
			}
		}
		ast.Inspect(g.AST, func(n ast.Node) bool {
			if x, ok := n.(*ast.BasicLit); ok {
				if s, ok := stringLit(x); ok && wholeID.MatchString(s) && unknown(s) && !g.Test {
					bad(g.Path, t.Line(x.Pos()), s)
				}
			}
			return true
		})
	}
	for _, f := range t.Text {
		if strings.HasSuffix(f.Path, ".md") || strings.HasSuffix(f.Path, ".txt") || strings.HasSuffix(f.Path, ".json") || strings.HasPrefix(f.Path, "law/") {
			continue
		}
		n := 0
		for line := range strings.Lines(f.Text) {
			n++
			for _, w := range lawWords(line) {
				if unknown(w) {
					bad(f.Path, n, w)
				}
			}
			if m := storyLaw.FindStringSubmatch(line); m != nil && strings.HasSuffix(f.Path, ".story") {
				for _, w := range strings.Fields(m[1]) {
					if unknown(w) {
						bad(f.Path, n, w)
					}
				}
			}
		}
	}
	return out
}

// storyLaw is the head line of a story with the clauses it proves.
var storyLaw = regexp.MustCompile(`^story\s.*\slaw\s+([A-Z0-9].*?)\s*$`)
