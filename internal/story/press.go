package story

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A target is what a click leads to: a form sent by its button, or a link.
type target struct {
	name   string
	form   *html.Node
	button *html.Node
	link   *html.Node
	script bool // it does nothing without a script
}

// key is the same for targets that do the same thing, such as one button shown
// twice for wide and narrow screens.
func (t target) key(base *url.URL) string {
	if t.link != nil {
		u, err := base.Parse(attr(t.link, "href"))
		if err != nil {
			return attr(t.link, "href")
		}
		return u.String()
	}
	if t.form == nil {
		return fmt.Sprintf("%p", t.button)
	}
	var b strings.Builder
	for _, k := range []string{"formaction", "formmethod", "name", "value"} {
		b.WriteString(attr(t.button, k) + "\x00")
	}
	b.WriteString(attr(t.form, "action") + "\x00" + attr(t.form, "method"))
	for _, e := range newFilling().entries(t.form, t.button) {
		b.WriteString("\x00" + e.name + "=" + e.value)
	}
	return b.String()
}

func isButton(n *html.Node) bool {
	if is(n, atom.Button) {
		return true
	}
	t := inputType(n)
	return is(n, atom.Input) && (t == "submit" || t == "image" || t == "button")
}

// submits tells whether the button sends its form to the server.
func submits(n *html.Node) bool {
	t := strings.ToLower(attr(n, "type"))
	form := formOf(n)
	if form == nil || t == "button" || t == "reset" {
		return false
	}
	method := attr(n, "formmethod")
	if method == "" {
		method = attr(form, "method")
	}
	return !strings.EqualFold(method, "dialog")
}

// buttons lists what can be pressed below scope. A button that opens a dialog
// stands for the one button that the dialog has, so that a story presses what
// the person first sees.
func buttons(scope *html.Node) []target {
	var out []target
	for _, n := range all(scope, isButton) {
		switch inner := opens(n); {
		case submits(n):
			out = append(out, target{name: accessibleName(n), form: formOf(n), button: n})
		case inner != nil:
			out = append(out, target{name: accessibleName(n), form: formOf(inner), button: inner})
		default:
			out = append(out, target{name: accessibleName(n), button: n, script: true})
		}
	}
	for _, n := range tagged(scope, atom.Summary, atom.A) {
		if inner := opens(n); inner != nil {
			out = append(out, target{name: accessibleName(n), form: formOf(inner), button: inner})
		}
	}
	return out
}

// opens is the submit button of what n opens: a dialog, by a link to it or by an
// attribute, or the rest of a <details>. It is nil if n opens nothing.
func opens(n *html.Node) *html.Node {
	if is(n, atom.Summary) {
		return onlySubmit(n.Parent)
	}
	if id, ok := strings.CutPrefix(attr(n, "href"), "#"); ok {
		if d := byID(rootOf(n), id); d != nil && is(d, atom.Dialog) {
			return onlySubmit(d)
		}
		return nil
	}
	for _, key := range []string{"commandfor", "popovertarget", "aria-controls"} {
		if d := byID(rootOf(n), attr(n, key)); d != nil {
			return onlySubmit(d)
		}
	}
	return nil
}

func onlySubmit(scope *html.Node) *html.Node {
	list := all(scope, func(n *html.Node) bool { return isButton(n) && submits(n) && !has(n, "disabled") })
	if len(list) != 1 {
		return nil
	}
	return list[0]
}

func links(scope *html.Node) []target {
	var out []target
	for _, n := range tagged(scope, atom.A) {
		if href := attr(n, "href"); href != "" && !strings.HasPrefix(href, "#") {
			out = append(out, target{name: accessibleName(n), link: n})
		}
	}
	return out
}

func areas(scope *html.Node) []target { return append(buttons(scope), links(scope)...) }

// pick finds the one target of the name. Labels, if any, must be fields of its
// form: they tell two buttons of one name apart.
func pick(p *page, list []target, what, name string, labels []string) (target, error) {
	found := best(list, func(t target) int { return fit(t.name, name) })
	if len(found) == 0 {
		return target{}, &missing{what, name, targetNames(list)}
	}
	found = distinct(found, func(t target) string { return t.key(p.url) })
	if len(found) > 1 {
		found = sifted(found, func(t target) bool { return !t.script && (t.button == nil || !disabled(t.button)) })
	}
	if len(found) > 1 && len(labels) > 0 {
		found = sifted(found, func(t target) bool { return hasFields(p, t, labels) })
	}
	if len(found) > 1 {
		return target{}, fmt.Errorf("có %d %s hợp với %q (%s); thêm beside '…' để chỉ rõ dòng nào",
			len(found), what, name, strings.Join(targetNames(found), "; "))
	}
	t := found[0]
	if t.script {
		return t, fmt.Errorf("nút %q chỉ chạy khi có kịch bản JavaScript; trang phải dùng được bằng biểu mẫu thường", t.name)
	}
	if t.button != nil && disabled(t.button) {
		return t, fmt.Errorf("nút %q đang khóa", t.name)
	}
	return t, nil
}

// sifted keeps what ok accepts, or everything if it accepts nothing.
func sifted(list []target, ok func(target) bool) []target {
	var out []target
	for _, t := range list {
		if ok(t) {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

func distinct(list []target, key func(target) string) []target {
	seen := map[string]bool{}
	var out []target
	for _, t := range list {
		if k := key(t); !seen[k] {
			seen[k] = true
			out = append(out, t)
		}
	}
	return out
}

func targetNames(list []target) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.name)
	}
	return out
}

func hasFields(p *page, t target, labels []string) bool {
	if t.form == nil {
		return false
	}
	fields := formFields(p, t.form)
	for _, l := range labels {
		if _, err := pickField(fields, l); err != nil {
			return false
		}
	}
	return true
}

// formFields are the fields that belong to form, wherever they stand.
func formFields(p *page, form *html.Node) []field {
	var out []field
	for _, f := range fieldsIn(p.root) {
		if formOf(f.controls[0]) == form {
			out = append(out, f)
		}
	}
	return out
}

// scopes are the parts of the page in which to look: all of it, or the rows
// that show the text.
func (p *page) scopes(beside string) ([]*html.Node, error) {
	if p.root == nil {
		return nil, errors.New("chưa mở trang nào, hoặc nội dung vừa nhận không phải là trang")
	}
	if beside == "" {
		return []*html.Node{p.root}, nil
	}
	found := rows(p.root, beside)
	if len(found) == 0 {
		return nil, &missing{"dòng có chữ", beside, strings.Split(p.text(), "\n")}
	}
	return found, nil
}

// targets gathers what find lists in the rows of the page that show beside.
func (p *page) targets(beside string, find func(*html.Node) []target) ([]target, error) {
	scopes, err := p.scopes(beside)
	if err != nil {
		return nil, err
	}
	var out []target
	for _, s := range scopes {
		out = append(out, find(s)...)
	}
	return out, nil
}
