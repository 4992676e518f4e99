package check

import (
	"go/ast"
	"strings"

	"vanthu/law"
)

// Figures finds calls of law.Figure and law.Length with constant keys that the
// data files do not have.
func Figures(t *Tree) []Problem {
	var out []Problem
	for _, g := range t.Go {
		if imports(g.AST)["law"] != Module+"/law" || g.Dir == "internal/check" {
			continue
		}
		ast.Inspect(g.AST, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			x, name := call(c)
			var args []string
			for _, a := range c.Args {
				if l, ok := a.(*ast.BasicLit); ok {
					if s, ok := stringLit(l); ok {
						args = append(args, s)
					}
				}
			}
			if missing := x == "law" && !hasFigure(name, args); missing {
				out = append(out, Problem{g.Path, t.Line(c.Pos()), "law." + name + " has no " + strings.Join(args, " ")})
			}
			return true
		})
	}
	return out
}

func hasFigure(name string, args []string) bool {
	switch {
	case name == "Figure" && len(args) == 1:
		_, ok := law.FindFigure(args[0], 0)
		return ok
	case name == "Length" && len(args) == 2:
		for _, f := range law.Fields(args[0]) {
			if f.Name == args[1] {
				return true
			}
		}
		return false
	}
	return true
}
