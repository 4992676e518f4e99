package story

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vanthu/viet"
)

// squeeze makes texts comparable: NFC, every run of white space one blank, no
// invisible break hints.
func squeeze(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\u200b' || r == '\u00ad' || r == '\u2060' || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(viet.NFC(s)), " ")
}

// foldText is squeeze without accents and case: what "looks like" means.
func foldText(s string) string { return viet.Fold(squeeze(s)) }

func attr(n *html.Node, key string) string {
	v, _ := lookup(n, key)
	return v
}

func has(n *html.Node, key string) bool {
	_, ok := lookup(n, key)
	return ok
}

func lookup(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

func is(n *html.Node, tags ...atom.Atom) bool {
	if n.Type != html.ElementNode {
		return false
	}
	for _, t := range tags {
		if n.DataAtom == t {
			return true
		}
	}
	return false
}

// all lists the elements below root, in document order, that f accepts.
func all(root *html.Node, f func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && f(n) {
			out = append(out, n)
		}
	}
	return out
}

func tagged(root *html.Node, tags ...atom.Atom) []*html.Node {
	return all(root, func(n *html.Node) bool { return is(n, tags...) })
}

func closest(n *html.Node, f func(*html.Node) bool) *html.Node {
	for ; n != nil; n = n.Parent {
		if n.Type == html.ElementNode && f(n) {
			return n
		}
	}
	return nil
}

func within(n, ancestor *html.Node) bool {
	return closest(n, func(a *html.Node) bool { return a == ancestor }) != nil
}

func rootOf(n *html.Node) *html.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

func byID(root *html.Node, id string) *html.Node {
	if id == "" {
		return nil
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") == id {
			return n
		}
	}
	return nil
}

// unseen tells whether a person does not see n, and so nothing inside it: it
// has no appearance, or waits to be opened.
func unseen(n *html.Node) bool {
	if is(n, atom.Head, atom.Script, atom.Style, atom.Template, atom.Datalist) || has(n, "hidden") || has(n, "popover") {
		return true
	}
	if is(n, atom.Dialog) && !has(n, "open") || is(n, atom.Input) && attr(n, "type") == "hidden" {
		return true
	}
	style := strings.ReplaceAll(attr(n, "style"), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// inline elements do not break a line of text.
var inline = map[atom.Atom]bool{
	atom.A: true, atom.Abbr: true, atom.B: true, atom.Bdi: true, atom.Cite: true, atom.Code: true, atom.Em: true,
	atom.I: true, atom.Kbd: true, atom.Label: true, atom.Mark: true, atom.S: true, atom.Small: true, atom.Span: true,
	atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true, atom.U: true, atom.Wbr: true, atom.Output: true,
}

// seenText is what a person reads in n, a line for each block; the contents of
// fields are read too.
func seenText(n *html.Node) string {
	var b strings.Builder
	writeSeen(&b, n)
	var lines []string
	for line := range strings.Lines(b.String()) {
		if line = squeeze(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func writeSeen(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		// A line break in the source is a blank on the page.
		b.WriteString(strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return ' '
			}
			return r
		}, n.Data))
		return
	case n.Type == html.ElementNode && unseen(n):
		return
	}
	mark := edge(n)
	b.WriteString(mark)
	if own, replaced := replacedText(n); replaced {
		b.WriteString(own)
	} else {
		for c := range n.ChildNodes() {
			writeSeen(b, c)
		}
	}
	b.WriteString(mark)
}

// edge is what separates n from its neighbours.
func edge(n *html.Node) string {
	if n.Type != html.ElementNode || inline[n.DataAtom] || strings.Contains(n.Data, "-") {
		return ""
	}
	if is(n, atom.Td, atom.Th, atom.Input, atom.Select, atom.Textarea, atom.Button, atom.Img, atom.Svg) {
		return " "
	}
	return "\n"
}

// replacedText is the text of an element that shows something else than its
// children.
func replacedText(n *html.Node) (string, bool) {
	switch {
	case is(n, atom.Input):
		switch strings.ToLower(attr(n, "type")) {
		case "checkbox", "radio", "password", "file":
			return "", true
		}
		return attr(n, "value"), true
	case is(n, atom.Textarea):
		return plain(n), true
	case is(n, atom.Select):
		return selectedText(n), true
	case is(n, atom.Img):
		return attr(n, "alt"), true
	case is(n, atom.Svg):
		return attr(n, "aria-label"), true
	case is(n, atom.Button, atom.A) && has(n, "aria-label") && squeeze(plain(n)) == "":
		return attr(n, "aria-label"), true
	}
	return "", false
}

func selectedText(sel *html.Node) string {
	var texts []string
	for _, o := range selected(sel) {
		texts = append(texts, squeeze(plain(o)))
	}
	return strings.Join(texts, ", ")
}

// plain is all text in n, seen or not.
func plain(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// accessibleName is the name a screen reader gives to a button or link (the
// part of the W3C's accname-1.2 that plain pages need): aria-labelledby,
// aria-label, value or text, title. Key hints (kbd) are not part of the name.
func accessibleName(n *html.Node) string {
	if s := referenced(n, "aria-labelledby"); s != "" {
		return s
	}
	if s := squeeze(attr(n, "aria-label")); s != "" {
		return s
	}
	if is(n, atom.Input) {
		if s := squeeze(attr(n, "value")); s != "" {
			return s
		}
		return squeeze(attr(n, "alt"))
	}
	if s := squeeze(nameText(n)); s != "" {
		return s
	}
	return squeeze(attr(n, "title"))
}

func referenced(n *html.Node, key string) string {
	var parts []string
	for _, id := range strings.Fields(attr(n, key)) {
		if t := byID(rootOf(n), id); t != nil {
			parts = append(parts, nameText(t))
		}
	}
	return squeeze(strings.Join(parts, " "))
}

// nameText is the text of n that counts for a name: no keys, no decoration, and
// not the fields or links a label may enclose (the article it rests on).
func nameText(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			if attr(c, "aria-hidden") == "true" || is(c, atom.Kbd, atom.A, atom.Select, atom.Textarea, atom.Input, atom.Script, atom.Style, atom.Template) {
				continue
			}
			if is(c, atom.Img) {
				b.WriteString(" " + attr(c, "alt") + " ")
				continue
			}
			if s := attr(c, "aria-label"); s != "" {
				b.WriteString(" " + s + " ")
				continue
			}
		}
		sep := ""
		if c.Type == html.ElementNode && !inline[c.DataAtom] {
			sep = " "
		}
		b.WriteString(sep + nameText(c) + sep)
	}
	return b.String()
}
