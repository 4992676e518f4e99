package edxml

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"
)

// c14n writes the canonical form of the tokens of a scanner, exclusive
// (xml-exc-c14n) or inclusive (xml-c14n 1.0), as a stream: an attachment of any
// size goes through without being held.
//
// Not done: the inheritance of xml: attributes into a subset by inclusive C14N,
// which packets have no use for.
type c14n struct {
	w         *bufio.Writer
	inclusive bool
	comments  bool
	prefixes  []string // InclusiveNamespaces PrefixList, "" for #default

	out   []binding // declarations written on the open output elements
	marks []int     // where each open element's begin in out
	begun bool      // the apex has been written
}

func newC14N(w io.Writer, m method) *c14n {
	return &c14n{w: bufio.NewWriterSize(w, 8<<10), inclusive: m.inclusive, comments: m.comments, prefixes: m.prefixes}
}

// token writes the canonical form of the scanner's token.
func (c *c14n) token(tok token, s *scanner) error {
	switch tok {
	case tokStart:
		return c.start(s)
	case tokEnd:
		c.w.WriteString("</")
		c.name(s.prefix, s.local)
		c.w.WriteByte('>')
		n := len(c.marks) - 1
		c.out, c.marks = c.out[:c.marks[n]], c.marks[:n]
	case tokText:
		escape(c.w, s.text, false)
	case tokComment:
		if c.comments {
			c.aside("<!--", s.text, "-->")
		}
	case tokInstruction:
		c.instruction(s.text)
	}
	return nil // errors of w show at Flush
}

// aside writes a comment or instruction; outside the document element it
// stands on a line of its own (xml-c14n:2.3).
func (c *c14n) aside(open string, body []byte, end string) {
	if len(c.marks) == 0 && c.begun {
		c.w.WriteByte('\n')
	}
	c.w.WriteString(open)
	body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	c.w.Write(bytes.ReplaceAll(body, []byte("\r"), []byte("\n")))
	c.w.WriteString(end)
	if !c.begun {
		c.w.WriteByte('\n')
	}
}

func (c *c14n) instruction(body []byte) {
	n := nameLength(body)
	data := bytes.TrimLeft(body[n:], " \t\r\n")
	if len(data) == 0 {
		c.aside("<?", body[:n], "?>")
		return
	}
	c.aside("<?"+string(body[:n])+" ", data, "?>")
}

func (c *c14n) name(prefix, local []byte) {
	if len(prefix) > 0 {
		c.w.Write(prefix)
		c.w.WriteByte(':')
	}
	c.w.Write(local)
}

func (c *c14n) start(s *scanner) error {
	c.begun = true
	c.marks = append(c.marks, len(c.out))
	needed, err := c.needed(s)
	if err != nil {
		return err
	}
	c.w.WriteByte('<')
	c.name(s.prefix, s.local)
	for _, b := range needed {
		c.w.WriteString(" xmlns")
		if b.prefix != "" {
			c.w.WriteString(":" + b.prefix)
		}
		c.w.WriteString(`="`)
		escape(c.w, []byte(b.uri), true)
		c.w.WriteByte('"')
		c.out = append(c.out, b)
	}
	for _, a := range sorted(s) {
		c.w.WriteByte(' ')
		c.name(a.prefix, a.local)
		c.w.WriteString(`="`)
		escape(c.w, a.value, true)
		c.w.WriteByte('"')
	}
	c.w.WriteByte('>')
	return nil
}

// needed lists the declarations to write on this element, in order: those of
// the prefixes it uses (exclusive) or of all in scope (inclusive), unless an
// output ancestor has them already.
func (c *c14n) needed(s *scanner) ([]binding, error) {
	var want []string
	if c.inclusive {
		want = append(want, "")
		for _, b := range s.bindings {
			want = append(want, b.prefix)
		}
	} else {
		want = append(want, string(s.prefix))
		for _, a := range s.attrs {
			if len(a.prefix) > 0 && string(a.prefix) != "xmlns" {
				want = append(want, string(a.prefix))
			}
		}
		for _, p := range c.prefixes {
			if _, ok := last(s.bindings, p); ok {
				want = append(want, p)
			}
		}
	}
	slices.Sort(want)
	var list []binding
	for _, p := range slices.Compact(want) {
		if p == "xml" {
			continue
		}
		uri, ok := last(s.bindings, p)
		if !ok && p != "" {
			return nil, s.fail(CodeNamespace, "prefix %.40q is not declared", p)
		}
		if written, _ := last(c.out, p); written != uri {
			list = append(list, binding{p, uri})
		}
	}
	return list, nil
}

// last returns the innermost binding of a prefix.
func last(bs []binding, prefix string) (string, bool) {
	for i := len(bs) - 1; i >= 0; i-- {
		if bs[i].prefix == prefix {
			return bs[i].uri, true
		}
	}
	return "", false
}

// sorted gives the attributes in canonical order: by namespace, then by name.
func sorted(s *scanner) []attr {
	var list []attr
	for _, a := range s.attrs {
		if string(a.prefix) != "xmlns" && (len(a.prefix) > 0 || string(a.local) != "xmlns") {
			list = append(list, a)
		}
	}
	space := func(a attr) string {
		if len(a.prefix) == 0 {
			return ""
		}
		uri, _ := s.lookup(a.prefix)
		return uri
	}
	slices.SortFunc(list, func(a, b attr) int {
		if k := strings.Compare(space(a), space(b)); k != 0 {
			return k
		}
		return bytes.Compare(a.local, b.local)
	})
	return list
}

// escape writes text or an attribute value in canonical form.
func escape(w *bufio.Writer, b []byte, attribute bool) {
	set := "&<>\r"
	if attribute {
		set = "&<\"\t\n\r"
	}
	for {
		i := bytes.IndexAny(b, set)
		if i < 0 {
			w.Write(b)
			return
		}
		w.Write(b[:i])
		w.WriteString(escapes[b[i]])
		b = b[i+1:]
	}
}

var escapes = map[byte]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xA;", '\r': "&#xD;"}
