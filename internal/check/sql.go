package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// SQL is one SQL text found in the source, put together from its constant
// pieces.
type SQL struct {
	File  string
	Line  int
	Dir   string
	Text  string
	Whole bool // false: a piece was computed, and Text stops or has a stand-in there
	// Engine is "sqlite" or "postgres" for a text that is for one engine only:
	// it stands in a function whose name begins so. Full text is such a case.
	Engine string
}

var (
	sqlStart  = regexp.MustCompile(`^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s`)
	sqlWrites = regexp.MustCompile(`(?i)\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_0-9]+)`)
	lastWord  = regexp.MustCompile(`(\w+)\s*\(?\s*$`)
)

func isSQL(s string) bool { return sqlStart.MatchString(s) }

// SQLs gives every SQL text of the non-test source.
func SQLs(t *Tree) []SQL {
	var out []SQL
	consts := constants(t)
	for _, g := range t.Go {
		if g.Test || g.Dir == "internal/check" || strings.HasSuffix(g.Dir, "test") || strings.HasPrefix(g.Dir, "tools/") {
			continue
		}
		seen := map[ast.Node]bool{}
		engine := ""
		ast.Inspect(g.AST, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncDecl); ok {
				engine = engineOf(f.Name.Name)
			}
			e, ok := n.(ast.Expr)
			if !ok || seen[n] {
				return !seen[n]
			}
			if x, ok := e.(*ast.BinaryExpr); (!ok || x.Op != token.ADD) && !isLit(e) {
				return true
			}
			text, whole := constant(e, g.Dir, consts)
			if !isSQL(text) {
				return true
			}
			out = append(out, SQL{g.Path, t.Line(e.Pos()), g.Dir, text, whole, engine})
			ast.Inspect(e, func(m ast.Node) bool { seen[m] = m != nil; return true })
			return false
		})
	}
	return out
}

func engineOf(function string) string {
	for _, e := range []string{"sqlite", "postgres"} {
		if strings.HasPrefix(function, e) {
			return e
		}
	}
	return ""
}

func isLit(e ast.Expr) bool {
	_, ok := e.(*ast.BasicLit)
	return ok
}

// constants are the string constants of each package: "internal/hub.agencyColumns".
func constants(t *Tree) map[string]ast.Expr {
	m := map[string]ast.Expr{}
	for _, dir := range t.Dirs() {
		for _, g := range t.dirs[dir] {
			ast.Inspect(g.AST, func(n ast.Node) bool {
				v, ok := n.(*ast.ValueSpec)
				if ok && len(v.Names) == len(v.Values) {
					for i, name := range v.Names {
						m[dir+"."+name.Name] = v.Values[i]
					}
				}
				return true
			})
		}
	}
	return m
}

// constant puts an expression of strings together. A computed piece is stood
// in for by what may stand at its place: a list after IN, a condition after
// WHERE, AND or OR; elsewhere nothing, and the text is not whole.
func constant(e ast.Expr, dir string, consts map[string]ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		s, ok := stringLit(x)
		return s, ok
	case *ast.ParenExpr:
		return constant(x.X, dir, consts)
	case *ast.Ident:
		if v, ok := consts[dir+"."+x.Name]; ok {
			delete(consts, dir+"."+x.Name) // a constant that names itself would never end
			s, whole := constant(v, dir, consts)
			consts[dir+"."+x.Name] = v
			return s, whole
		}
	case *ast.BinaryExpr:
		if x.Op != token.ADD {
			return "", false
		}
		a, aWhole := constant(x.X, dir, consts)
		b, bWhole := constant(x.Y, dir, consts)
		if !bWhole && b == "" {
			b, bWhole = standIn(a)
		}
		return a + b, aWhole && bWhole
	}
	return "", false
}

func standIn(before string) (string, bool) {
	m := lastWord.FindStringSubmatch(before)
	if m == nil {
		return "", false
	}
	switch strings.ToUpper(m[1]) {
	case "IN":
		if strings.HasSuffix(strings.TrimSpace(before), "(") {
			return "NULL", true
		}
		return "(NULL)", true
	case "WHERE", "AND", "OR":
		return "1 = 1", true
	}
	return "", false
}

// Table is one table of a schema and the package that may write it.
type Table struct {
	Name, Schema, Owner, File string
	Line                      int
}

var ownerLine = regexp.MustCompile(`^\s*--\s*owner:\s*(\S+)`)

// Tables reads the tables of internal/schema/*/*.sql with their owners.
func Tables(t *Tree) ([]Table, []Problem) {
	var out []Table
	var bad []Problem
	for _, f := range t.Text {
		rest, ok := strings.CutPrefix(f.Path, "internal/schema/")
		schema, _, inside := strings.Cut(rest, "/")
		if !ok || !inside || !strings.HasSuffix(f.Path, ".sql") {
			continue
		}
		owner, n := "", 0
		for line := range strings.Lines(f.Text) {
			n++
			if m := ownerLine.FindStringSubmatch(line); m != nil {
				owner = m[1]
			}
			if m := createTable.FindStringSubmatch(line); m != nil {
				if owner == "" {
					bad = append(bad, Problem{f.Path, n, "table " + m[1] + ": no line \"-- owner: internal/…\" above it"})
				}
				out = append(out, Table{m[1], schema, owner, f.Path, n})
				owner = ""
			}
		}
	}
	return out, bad
}

// Owners finds statements that write a table of another package, and tables
// without an owner. Sub-packages write what their parent owns.
func Owners(t *Tree) []Problem {
	tables, out := Tables(t)
	for _, s := range SQLs(t) {
		schema := SchemaOf(s.Dir, tables)
		for _, m := range sqlWrites.FindAllStringSubmatch(s.Text, -1) {
			name := strings.ToLower(m[1])
			if name == "set" || s.Dir == "internal/db" {
				continue // "ON CONFLICT DO UPDATE SET"; the store's own two tables
			}
			owner := ""
			for _, tb := range tables {
				if tb.Name == name && (owner == "" || tb.Schema == schema) {
					owner = tb.Owner
				}
			}
			switch {
			case owner == "":
				out = append(out, Problem{s.File, s.Line, "writes " + name + ", which no schema has"})
			case owner != s.Dir && !strings.HasPrefix(s.Dir, owner+"/"):
				out = append(out, Problem{s.File, s.Line, fmt.Sprintf("writes %s, a table of %s", name, owner)})
			}
		}
	}
	return out
}

// SchemaOf says which schema a package's statements are meant for: the one in
// which it owns tables; "office" for packages that only read.
func SchemaOf(dir string, tables []Table) string {
	for _, t := range tables {
		if t.Owner == dir || strings.HasPrefix(dir, t.Owner+"/") {
			return t.Schema
		}
	}
	return "office"
}
