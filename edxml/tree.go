package edxml

import (
	"bytes"
	"strings"
	"sync"
)

// tree is the small part of a packet: its elements without the contents of
// attachments. Texts of leaves lie one after the other in one buffer.
type tree struct {
	nodes []node // nodes[0] is the document element
	text  []byte
	all   string // text as a string, once it is complete
}

type node struct {
	name     string // local name, in the current spelling
	foreign  bool   // of another namespace: passed over
	dsig     bool   // of the XML signature namespace
	from, to int    // its text, if it has no children
	parent   int
	child    int // first child, 0 if none
	last     int // last child
	next     int // next sibling, 0 if none
}

var trees = sync.Pool{New: func() any {
	return &tree{nodes: make([]node, 0, 128), text: make([]byte, 0, 8<<10)}
}}

func newTree() *tree {
	t := trees.Get().(*tree)
	*t = tree{nodes: t.nodes[:0], text: t.text[:0]}
	return t
}

// close gives the tree back, unless it is a giant.
func (t *tree) close() {
	if cap(t.nodes) <= 4096 && cap(t.text) <= 256<<10 {
		trees.Put(t)
	}
}

// Limits of the tree; attachments have their own.
const (
	maxNodes = 50_000
	maxTexts = 8 << 20 // bytes
)

// older maps spellings of legacy packets to the current names.
var older = func() map[string]string {
	m := map[string]string{}
	for _, s := range []string{"edXML", "edXMLEnvelope", "edXMLHeader", "edXMLBody", "edXMLManifest"} {
		m["E"+s[1:]], m["edXml"+s[5:]], m["EdXml"+s[5:]] = s, s, s
	}
	return m
}()

// open adds the element of a start tag as the last child of parent.
func (t *tree) open(parent int, s *scanner) (int, error) {
	if len(t.nodes) == maxNodes {
		return 0, s.fail(CodeLimit, "more than %d elements", maxNodes)
	}
	n := node{name: intern(s.local), parent: parent, from: len(t.text), to: len(t.text)}
	if c := s.local[0]; c == 'E' || c == 'e' { // as the older spellings begin
		if now, ok := older[n.name]; ok {
			n.name = now
		}
	}
	switch s.space() {
	case NS, nsEDoc, nsGoVN, "":
	case nsXMLDSig:
		n.dsig = true
	default:
		n.foreign = true
	}
	i := len(t.nodes)
	t.nodes = append(t.nodes, n)
	if i == 0 {
		return 0, nil
	}
	p := &t.nodes[parent]
	if p.child == 0 {
		p.child = i
	} else {
		t.nodes[p.last].next = i
	}
	p.last = i
	return i, nil
}

// add appends text to a leaf; text between elements is only layout.
func (t *tree) add(n int, s *scanner) error {
	if t.nodes[n].child != 0 {
		return nil
	}
	if len(t.text)+len(s.text) > maxTexts {
		return s.fail(CodeLimit, "more than %d bytes of text outside attachments", maxTexts)
	}
	t.text = append(t.text, s.text...)
	t.nodes[n].to = len(t.text)
	return nil
}

// value is the trimmed text of a leaf; the junk "null" counts as empty.
func (t *tree) value(n int) string {
	x := &t.nodes[n]
	if x.child != 0 {
		return ""
	}
	var v string
	if t.all != "" {
		v = strings.TrimSpace(t.all[x.from:x.to])
	} else {
		v = string(bytes.TrimSpace(t.text[x.from:x.to]))
	}
	if v == "null" {
		return ""
	}
	return v
}

// kids calls f for each child that belongs to edXML.
func (t *tree) kids(n int, f func(kid int, name string)) {
	for c := t.nodes[n].child; c != 0; c = t.nodes[c].next {
		if x := &t.nodes[c]; !x.foreign && (!x.dsig || x.name == "Signature") {
			f(c, x.name)
		}
	}
}

// values returns the texts of all leaves below n with one of the names.
func (t *tree) values(n int, names ...string) []string {
	var out []string
	t.kids(n, func(c int, name string) {
		for _, want := range names {
			if v := t.value(c); name == want && v != "" {
				out = append(out, v)
			}
		}
	})
	return out
}

// path is the dotted path of a node for error codes, beginning with
// MessageHeader or Bussiness.
func (t *tree) path(n int) string {
	p := t.nodes[n].name
	for n = t.nodes[n].parent; n != 0; n = t.nodes[n].parent {
		name := t.nodes[n].name
		if name == "TraceHeaderList" || strings.HasPrefix(name, "edXML") {
			break
		}
		p = name + "." + p
	}
	return p
}
