package check

import (
	"fmt"
	"path"
	"strings"
)

// Policy says who may import whom: may[b][a] lets b import a.
type Policy struct {
	may   map[string]map[string]bool
	known map[string]bool
}

// ParsePolicy reads a page of rules in the form of floors.txt.
func ParsePolicy(text string) (*Policy, error) {
	p := &Policy{may: map[string]map[string]bool{}, known: map[string]bool{}}
	var clean strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		clean.WriteString(line + "\n")
	}
	for _, rule := range strings.Split(clean.String(), ";") {
		if strings.TrimSpace(rule) == "" {
			continue
		}
		lists := strings.Split(rule, "<")
		if len(lists) < 2 {
			return nil, fmt.Errorf("check: rule without <: %q", strings.TrimSpace(rule))
		}
		var below []string
		for _, l := range lists {
			names := split(l)
			if len(names) == 0 {
				return nil, fmt.Errorf("check: empty list in %q", strings.TrimSpace(rule))
			}
			for _, n := range names {
				p.known[n] = true
				p.allow(n, below)
			}
			below = append(below, names...)
		}
	}
	return p, p.close()
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(" \t\r\n,", r) })
}

func (p *Policy) allow(b string, below []string) {
	if p.may[b] == nil {
		p.may[b] = map[string]bool{}
	}
	for _, a := range below {
		if a != "NONE" {
			p.may[b][a] = true
		}
	}
}

// close lets rights run through chains and refuses cycles.
func (p *Policy) close() error {
	for changed := true; changed; {
		changed = false
		for b, as := range p.may {
			for a := range as {
				for deeper := range p.may[a] {
					if !p.may[b][deeper] {
						p.may[b][deeper], changed = true, true
					}
				}
			}
		}
	}
	for n := range p.may {
		if p.may[n][n] && !strings.HasSuffix(n, "/*") {
			return fmt.Errorf("check: %s stands below itself", n)
		}
	}
	return nil
}

// name is how the policy calls a package directory.
func (p *Policy) name(dir string) string {
	if dir == "." {
		return "main"
	}
	short := strings.TrimPrefix(dir, "internal/")
	if p.known[short] {
		return short
	}
	if parent := path.Dir(short) + "/*"; p.known[parent] {
		return parent
	}
	// A package inside another's folder stands on its floor: db/dbtest, hub/hubtest.
	if base := path.Base(short); p.known[base] && strings.Contains(short, "/") {
		return base
	}
	return short
}

// Floors finds imports that the policy does not allow, and packages that it
// does not name. Tools of the build and tests are outside.
func Floors(t *Tree, p *Policy) []Problem {
	var out []Problem
	for _, dir := range t.Dirs() {
		if strings.HasPrefix(dir, "tools/") || strings.HasSuffix(dir, "test") {
			continue // helpers of tests (dbtest, kittest) are tests
		}
		b := p.name(dir)
		if !p.known[b] {
			out = append(out, Problem{dir, 0, "package stands on no floor: name it in floors.txt"})
			continue
		}
		for _, g := range t.dirs[dir] {
			out = append(out, p.file(t, g, b)...)
		}
	}
	return out
}

func (p *Policy) file(t *Tree, g *GoFile, b string) []Problem {
	var out []Problem
	for _, i := range g.AST.Imports {
		target, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), Module+"/")
		if !ours {
			continue
		}
		a := p.name(target)
		inside := strings.HasPrefix(target, g.Dir+"/") && strings.Contains(b, "/*") // a page's own parts
		if !p.may[b][a] && !inside {
			out = append(out, Problem{g.Path, t.Line(i.Pos()), fmt.Sprintf("%s must not import %s (floors.txt)", b, a)})
		}
	}
	return out
}
