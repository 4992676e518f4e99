package story

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A field is what a label names: one control, or the group of radio buttons or
// check boxes under a legend.
type field struct {
	names    []string
	controls []*html.Node // more than one only in a group
	group    bool
}

// formOf is the form a control or button belongs to, by its form attribute or
// its place.
func formOf(n *html.Node) *html.Node {
	if id := attr(n, "form"); id != "" {
		return byID(rootOf(n), id)
	}
	return closest(n, func(a *html.Node) bool { return is(a, atom.Form) })
}

// isControl tells a field that people fill in.
func isControl(n *html.Node) bool {
	if is(n, atom.Select, atom.Textarea) {
		return true
	}
	if !is(n, atom.Input) {
		return false
	}
	switch inputType(n) {
	case "hidden", "submit", "button", "image", "reset":
		return false
	}
	return true
}

func inputType(n *html.Node) string {
	if t := strings.ToLower(attr(n, "type")); t != "" {
		return t
	}
	return "text"
}

// fieldsIn lists the fields below scope.
func fieldsIn(scope *html.Node) []field {
	var out []field
	root := rootOf(scope)
	for _, c := range all(scope, isControl) {
		out = append(out, field{names: labels(root, c), controls: []*html.Node{c}})
	}
	for _, g := range all(scope, isGroup) {
		members := all(g, func(n *html.Node) bool {
			t := inputType(n)
			return is(n, atom.Input) && (t == "radio" || t == "checkbox")
		})
		if len(members) > 0 {
			out = append(out, field{names: groupNames(g), controls: members, group: true})
		}
	}
	return out
}

func isGroup(n *html.Node) bool {
	role := attr(n, "role")
	return is(n, atom.Fieldset) || role == "radiogroup" || role == "group"
}

func groupNames(g *html.Node) []string {
	names := []string{referenced(g, "aria-labelledby"), attr(g, "aria-label")}
	for c := range g.ChildNodes() {
		if is(c, atom.Legend) {
			names = append(names, nameText(c))
		}
	}
	return names
}

// labels are the names a person may know the control by, the strongest first.
func labels(root, c *html.Node) []string {
	names := []string{referenced(c, "aria-labelledby"), attr(c, "aria-label")}
	id := attr(c, "id")
	for _, l := range tagged(root, atom.Label) {
		if id != "" && attr(l, "for") == id || within(c, l) {
			names = append(names, nameText(l))
		}
	}
	return append(names, attr(c, "placeholder"), attr(c, "title"))
}

func (f field) fit(label string) int {
	top := noFit
	for _, n := range f.names {
		top = max(top, fit(n, label))
	}
	return top
}

// findField finds the one field of the label within scope.
func findField(scope *html.Node, label string) (field, error) {
	return pickField(fieldsIn(scope), label)
}

func pickField(fields []field, label string) (field, error) {
	found := best(fields, func(f field) int { return f.fit(label) })
	switch {
	case len(found) == 0:
		return field{}, &missing{what: "ô", name: label, names: fieldNames(fields)}
	case len(found) == 1 || sameRadio(found):
		return found[0], nil
	}
	// A legend and the one control below it may share their name.
	for _, f := range found {
		if !f.group && len(best(found, func(o field) int { return boolFit(!o.group) })) == 1 {
			return f, nil
		}
	}
	return field{}, fmt.Errorf("có %d ô cùng nhãn %q; hãy viết nhãn dài hơn, hoặc thêm beside '…'", len(found), label)
}

func boolFit(b bool) int {
	if b {
		return exact
	}
	return noFit
}

// sameRadio tells whether the fields are one control found twice (a label both
// around and for it).
func sameRadio(list []field) bool {
	for _, f := range list {
		if f.controls[0] != list[0].controls[0] || f.group != list[0].group {
			return false
		}
	}
	return true
}

func fieldNames(fields []field) []string {
	var out []string
	for _, f := range fields {
		for _, n := range f.names {
			if n = squeeze(n); n != "" {
				out = append(out, n)
				break
			}
		}
	}
	return out
}

// missing is a name the page does not have, with the names it has instead.
type missing struct {
	what, name string
	names      []string
}

func (e *missing) Error() string { return fmt.Sprintf("trang không có %s %q", e.what, e.name) }

// near gives the closest names for the failure's last lines.
func (e *missing) near() []string { return near(e.names, e.name) }
