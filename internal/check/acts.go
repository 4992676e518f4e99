package check

import (
	"fmt"
	"go/ast"
	"strings"
)

// guards are the calls that check access; Batch is the one that finds nobody's
// batch but one's own.
var guards = map[string]bool{".Batch": true, "access.Check": true, "access.May": true, "access.Can": true, "access.Visible": true, "access.Of": true}

// Acts finds exported methods of internal/office that take an actor and do not
// check access, themselves or through a function of their package, before they
// write anything.
func Acts(t *Tree) []Problem {
	const dir = "internal/office"
	bodies := map[string]*ast.FuncDecl{}
	for _, g := range t.dirs[dir] {
		funcs(g, func(d *ast.FuncDecl) { bodies[d.Name.Name] = d })
	}
	guarded := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for name, d := range bodies {
			if !guarded[name] && checksFirst(d, guarded) {
				guarded[name], changed = true, true
			}
		}
	}
	var out []Problem
	for _, g := range t.dirs[dir] {
		funcs(g, func(d *ast.FuncDecl) {
			if d.Name.IsExported() && takes(d.Type, "org", "Actor") && !guarded[d.Name.Name] {
				out = append(out, Problem{g.Path, t.Line(d.Pos()), funcName(d) + " writes or reads for an actor without a check of access first"})
			}
		})
	}
	return out
}

// checksFirst says that a call that checks access stands in a function before
// the first one that writes.
func checksFirst(d *ast.FuncDecl, guarded map[string]bool) bool {
	found, wrote := false, false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || found || wrote {
			return !found
		}
		x, name := call(c)
		switch {
		case guards[x+"."+name], guarded[name] && (x == "" || x == recvName(d)):
			found = true
		case name == "Exec", x == "journal" && name == "Write":
			wrote = true
		}
		return !found
	})
	return found
}

func recvName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 || len(d.Recv.List[0].Names) == 0 {
		return ""
	}
	return d.Recv.List[0].Names[0].Name
}

// takes says whether a function has a parameter of type pkg.name or *pkg.name.
func takes(f *ast.FuncType, pkg, name string) bool {
	for _, p := range f.Params.List {
		typ := p.Type
		if s, ok := typ.(*ast.StarExpr); ok {
			typ = s.X
		}
		if s, ok := typ.(*ast.SelectorExpr); ok && s.Sel.Name == name {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg {
				return true
			}
		}
	}
	return false
}

// slow are the packages whose work may not happen inside a transaction, and
// why; conversions to their types are no work.
var slow = map[string]string{
	"net/http": "network", "net": "network", "net/smtp": "network", "os": "files", "os/exec": "programs",
	Module + "/internal/blob": "files", Module + "/internal/mail": "network", Module + "/internal/partner": "network",
	Module + "/pdf": "PDF work", Module + "/pades": "signature work", Module + "/cms": "signature work",
}

// slowFields are fields that hold such a thing.
var slowFields = map[string]string{"Blobs": "files", "Partner": "network", "Convert": "programs", "Keys": "signature work", "Judge": "signature work"}

// light are functions of slow packages that only look at values in memory, and
// those two of the store of files that must be in the turn: whether a file that
// is being named is there, and the removal of one that nobody names.
var light = map[string]bool{"os.IsNotExist": true, "os.Getenv": true, "http.StatusText": true, "Blobs.Has": true, "Blobs.Destroy": true}

// Transactions finds calls of slow packages inside functions that hold a
// transaction, those with a parameter *db.Tx: directly, or through a function
// of the same package that holds none.
func Transactions(t *Tree) []Problem {
	types := localTypes(t)
	helpers := map[string]map[string]bool{}
	for _, dir := range t.Dirs() {
		helpers[dir] = slowHelpers(t, dir, types)
	}
	var out []Problem
	for _, g := range t.Go {
		if g.Test || g.Dir == "internal/db" {
			continue
		}
		names := imports(g.AST)
		ast.Inspect(g.AST, func(n ast.Node) bool {
			var f *ast.FuncType
			var body *ast.BlockStmt
			switch x := n.(type) {
			case *ast.FuncDecl:
				f, body = x.Type, x.Body
			case *ast.FuncLit:
				f, body = x.Type, x.Body
			}
			if body != nil && takes(f, "db", "Tx") {
				out = append(out, slowCalls(t, g, body, names, types, helpers[g.Dir])...)
				return false
			}
			return true
		})
	}
	return out
}

// slowHelpers are the functions of a package, none of which holds a
// transaction, that do slow work themselves or through each other.
func slowHelpers(t *Tree, dir string, types map[string]bool) map[string]bool {
	m := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, g := range t.dirs[dir] {
			names := imports(g.AST)
			funcs(g, func(d *ast.FuncDecl) {
				if m[d.Name.Name] || takes(d.Type, "db", "Tx") {
					return
				}
				if len(slowCalls(t, g, d.Body, names, types, m)) > 0 {
					m[d.Name.Name], changed = true, true
				}
			})
		}
	}
	return m
}

func slowCalls(t *Tree, g *GoFile, body *ast.BlockStmt, names map[string]string, types, helpers map[string]bool) []Problem {
	var out []Problem
	ast.Inspect(body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if _, name := call(c); name == "After" {
			return false // what is given to After runs after the commit
		}
		x, name := call(c)
		what := slow[names[x]]
		if field, ok := slowFields[x]; ok && what == "" {
			what = field
		}
		if what == "" && helpers[name] && (x == "" || x == "o" || x == "h") && names[x] == "" {
			what = "slow work"
		}
		if what != "" && !types[names[x]+"."+name] && !light[x+"."+name] {
			out = append(out, Problem{g.Path, t.Line(c.Pos()), fmt.Sprintf("%s.%s inside a transaction: %s is done before it", x, name, what)})
		}
		return true
	})
	return out
}

// localTypes are the type names of our own packages: "vanthu/internal/blob.Hash".
func localTypes(t *Tree) map[string]bool {
	m := map[string]bool{}
	for _, dir := range t.Dirs() {
		for _, g := range t.dirs[dir] {
			for _, d := range g.AST.Decls {
				gen, ok := d.(*ast.GenDecl)
				if !ok {
					continue
				}
				for _, s := range gen.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok {
						m[Module+"/"+dir+"."+ts.Name.Name] = true
					}
				}
			}
		}
	}
	return m
}

// Handlers finds edges that decide on access themselves: they may name actions
// for a page, but Check, May, Can and the rest belong to the floors below.
func Handlers(t *Tree) []Problem {
	var out []Problem
	for _, g := range t.Go {
		edge := strings.HasPrefix(g.Dir, "internal/web") || strings.HasPrefix(g.Dir, "internal/api") || strings.HasPrefix(g.Dir, "internal/cli")
		if g.Test || !edge {
			continue
		}
		for _, i := range g.AST.Imports {
			if strings.Trim(i.Path.Value, `"`) == Module+"/internal/access" {
				out = append(out, Problem{g.Path, t.Line(i.Pos()), "an edge does not decide on access: ask office or hub"})
			}
		}
	}
	return out
}
