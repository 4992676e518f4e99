package check

import (
	"fmt"
	"go/ast"
	"strings"
)

// The sizes that ask for a reason.
const (
	MaxFile     = 500  // lines of a file
	MaxFunction = 60   // lines of a function, tests apart
	MaxPackage  = 3000 // lines of a package without its tests
)

// Reasons says why a thing is larger than it should be: lines
// "internal/x/y.go  reason", "internal/x/y.go:Type.Func  reason", "internal/x  reason".
func Reasons(text string) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if what, why, ok := strings.Cut(line, " "); ok && line[0] != '#' {
			m[what] = strings.TrimSpace(why)
		}
	}
	return m
}

// Sizes finds files, functions and packages that are too large and have no
// reason, and reasons that are no longer needed.
func Sizes(t *Tree, reasons map[string]string) []Problem {
	var out []Problem
	used := map[string]bool{}
	over := func(key, file string, line int, text string) {
		if used[key] = true; reasons[key] == "" {
			out = append(out, Problem{file, line, text})
		}
	}
	total := map[string]int{}
	for _, g := range t.Go {
		if !g.Test {
			total[g.Dir] += g.Lines
		}
		if g.Lines > MaxFile {
			over(g.Path, g.Path, 0, fmt.Sprintf("%d lines, at most %d", g.Lines, MaxFile))
		}
		funcs(g, func(d *ast.FuncDecl) {
			n := t.Line(d.End()) - t.Line(d.Pos()) + 1
			if n > MaxFunction && !g.Test {
				over(g.Path+":"+funcName(d), g.Path, t.Line(d.Pos()), fmt.Sprintf("%s has %d lines, at most %d", funcName(d), n, MaxFunction))
			}
		})
	}
	for _, dir := range t.Dirs() {
		if total[dir] > MaxPackage {
			over(dir, dir, 0, fmt.Sprintf("package has %d lines, at most %d", total[dir], MaxPackage))
		}
	}
	for key := range reasons {
		if !used[key] {
			out = append(out, Problem{"internal/check/sizes.txt", 0, key + ": the reason is no longer needed"})
		}
	}
	return out
}
