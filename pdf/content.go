package pdf

import (
	"bytes"
	"math"
	"strings"
)

// Limits on the text of one page.
const (
	maxOperators = 5_000_000
	maxGlyphs    = 150_000
	maxContent   = 32 << 20 // bytes of the page's content and of the forms being run in it
	maxFormDepth = 12
	maxShown     = 1 << 16 // bytes of one string
)

// matrix is [a b c d e f] of iso32000-2:8.3.3.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// mul is m followed by n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// inverse undoes m; ok is false where it flattens.
func (m matrix) inverse() (n matrix, ok bool) {
	det := m[0]*m[3] - m[1]*m[2]
	if det == 0 || math.IsNaN(det) || math.IsInf(det, 0) {
		return identity, false
	}
	return matrix{m[3] / det, -m[1] / det, -m[2] / det, m[0] / det,
		(m[2]*m[5] - m[3]*m[4]) / det, (m[1]*m[4] - m[0]*m[5]) / det}, true
}

func (m matrix) point(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// bounds is the rectangle around the image of r.
func (m matrix) bounds(r Rect) Rect {
	out := Rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range [4][2]float64{{r.X0, r.Y0}, {r.X1, r.Y0}, {r.X0, r.Y1}, {r.X1, r.Y1}} {
		x, y := m.point(p[0], p[1])
		out = Rect{min(out.X0, x), min(out.Y0, y), max(out.X1, x), max(out.Y1, y)}
	}
	return out
}

// textState is the part of the graphics state that moves text
// (iso32000-2:9.3).
type textState struct {
	ctm                  matrix
	font                 *textFont
	size                 float64
	charSpace, wordSpace float64
	scale, leading, rise float64
	mode                 int  // of text: filled, drawn round, neither (iso32000-2:9.3.6)
	white                bool // what is filled
}

// interpreter walks a content stream and collects its glyphs
// (iso32000-2:8.2, 9.4).
type interpreter struct {
	f       *File
	state   textState
	stack   []textState
	tm, tlm matrix
	args    []Object
	fonts   map[Name]*textFont // of the resources at hand
	ops     int
	depth   int
	live    int // bytes of content at hand
	glyphs  []Glyph
	images  []Shown
	painted bool // something was drawn, letters or not
	ground  bool // something was filled on which white letters may be seen
}

func (f *File) contentGlyphs(p Page) ([]Glyph, error) {
	in, err := f.interpret(p)
	return in.glyphs, err
}

// interpret runs the content of a page; after an error what was read so far.
func (f *File) interpret(p Page) (*interpreter, error) {
	in := &interpreter{f: f, state: textState{ctm: identity, scale: 1}}
	var data []byte
	parts := Array{p.Dict["Contents"]}
	if a := f.Array(p.Dict["Contents"]); a != nil {
		parts = a
	}
	for _, o := range parts {
		if s := f.Stream(o); s != nil {
			b, err := f.DecodeWithin(s, maxContent-len(data))
			if Is(err, TooBig) {
				return in, err
			}
			data = append(append(data, b...), '\n')
		}
	}
	in.live = len(data)
	return in, in.run(data, p.Resources)
}

func (in *interpreter) run(data []byte, res Dict) error {
	l := &lexer{data: data}
	outer := in.fonts
	in.fonts = map[Name]*textFont{}
	defer func() { in.fonts = outer }()
	for {
		l.skipSpace()
		if l.pos >= len(data) {
			return nil
		}
		o, err := l.object()
		if err != nil {
			if Is(err, TooBig) {
				return err
			}
			return nil // the rest of a broken stream shows nothing
		}
		op, ok := o.(keyword)
		l.count = 0
		if !ok {
			if len(in.args) < 64 {
				in.args = append(in.args, o)
			}
			continue
		}
		if in.ops++; in.ops > maxOperators || len(in.glyphs) > maxGlyphs {
			return tooBigf("page with too much text")
		}
		if err := in.f.all.spend(0); err != nil {
			return err
		}
		if op == "BI" {
			skipInlineImage(l)
			in.painted, in.ground = true, true
		} else if err := in.operator(string(op), res); err != nil {
			return err
		}
		in.args = in.args[:0]
	}
}

// skipInlineImage moves behind the EI that ends an inline image.
func skipInlineImage(l *lexer) {
	i := bytes.Index(l.data[l.pos:], []byte("ID"))
	if i < 0 {
		l.pos = len(l.data)
		return
	}
	l.pos += i + 3
	for l.pos < len(l.data) {
		j := bytes.Index(l.data[l.pos:], []byte("EI"))
		if j < 0 {
			l.pos = len(l.data)
			return
		}
		l.pos += j + 2
		if isSpace(l.data[l.pos-3]) && (l.pos >= len(l.data) || !isRegular(l.data[l.pos])) {
			return
		}
	}
}

// num is argument i as a number, 0 if it is none.
func (in *interpreter) num(i int) float64 {
	if i >= len(in.args) {
		return 0
	}
	v, _ := Number(in.args[i])
	return v
}

func (in *interpreter) arg(i int) Object {
	if i >= len(in.args) {
		return nil
	}
	return in.args[i]
}

func (in *interpreter) matrixArg() matrix {
	return matrix{in.num(0), in.num(1), in.num(2), in.num(3), in.num(4), in.num(5)}
}

func (in *interpreter) operator(op string, res Dict) error {
	s := &in.state
	switch op {
	case "q":
		if len(in.stack) < 1000 {
			in.stack = append(in.stack, *s)
		}
	case "Q":
		if n := len(in.stack); n > 0 {
			*s, in.stack = in.stack[n-1], in.stack[:n-1]
		}
	case "cm":
		s.ctm = in.matrixArg().mul(s.ctm)
	case "BT":
		in.tm, in.tlm = identity, identity
	case "Tc":
		s.charSpace = in.num(0)
	case "Tw":
		s.wordSpace = in.num(0)
	case "Tz":
		s.scale = in.num(0) / 100
	case "TL":
		s.leading = in.num(0)
	case "Ts":
		s.rise = in.num(0)
	case "Tf":
		s.size = in.num(1)
		if n, ok := in.arg(0).(Name); ok {
			s.font = in.font(n, res)
		}
	case "Td":
		in.newLine(in.num(0), in.num(1))
	case "TD":
		s.leading = -in.num(1)
		in.newLine(in.num(0), in.num(1))
	case "Tm":
		in.tm = in.matrixArg()
		in.tlm = in.tm
	case "T*":
		in.newLine(0, -s.leading)
	case "Tj":
		in.show(in.arg(0))
	case "'":
		in.newLine(0, -s.leading)
		in.show(in.arg(0))
	case "\"":
		s.wordSpace, s.charSpace = in.num(0), in.num(1)
		in.newLine(0, -s.leading)
		in.show(in.arg(2))
	case "TJ":
		in.showArray(in.arg(0))
	case "Tr":
		s.mode = int(in.num(0))
	case "Do":
		return in.xobject(res)
	default:
		in.paint(op)
	}
	return nil
}

// font reads a font once for a content stream, also one that stands in the resources
// itself and has no number to be known by.
func (in *interpreter) font(n Name, res Dict) *textFont {
	t, known := in.fonts[n]
	if !known {
		t = in.f.textFont(in.f.Dict(res["Font"])[n])
		in.fonts[n] = t
	}
	return t
}

func (in *interpreter) newLine(x, y float64) {
	in.tlm = matrix{1, 0, 0, 1, x, y}.mul(in.tlm)
	in.tm = in.tlm
}

func (in *interpreter) showArray(o Object) {
	a, _ := o.(Array)
	for _, v := range a {
		if n, ok := Number(v); ok {
			in.advance(-n / 1000 * in.state.size)
			continue
		}
		in.show(v)
	}
}

// advance moves along the writing: to the right or, by fonts for that, upwards.
func (in *interpreter) advance(by float64) {
	m := matrix{1, 0, 0, 1, by * in.state.scale, 0}
	if t := in.state.font; t != nil && t.vertical {
		m = matrix{1, 0, 0, 1, 0, by}
	}
	in.tm = m.mul(in.tm)
}

// Liberation Serif's (and Times New Roman's) extent above and below the
// baseline, in parts of the size; other faces differ little.
const (
	ascentPart  = 0.891
	descentPart = 0.216
)

func (in *interpreter) show(o Object) {
	str, ok := o.(String)
	s := &in.state
	if !ok || s.font == nil {
		return
	}
	str = str[:min(len(str), maxShown)]
	if in.f.all.spend(len(str)) != nil {
		return // run tells
	}
	for _, c := range s.font.decode(string(str)) {
		if len(in.glyphs) > maxGlyphs {
			return
		}
		x, y, w := 0.0, 0.0, c.width
		if s.font.vertical { // the origin is above the letter's middle
			x, y, w = -c.width/2, -s.font.top, s.font.down
		}
		w = w*s.size + s.charSpace
		if c.space {
			w += s.wordSpace
		}
		at := in.tm.mul(s.ctm)
		m := matrix{s.size * s.scale, 0, 0, s.size, x * s.size * s.scale, y*s.size + s.rise}.mul(at)
		g := Glyph{Text: c.text, Rect: m.bounds(Rect{0, -descentPart, c.width, ascentPart}), Size: math.Hypot(m[2], m[3])}
		g.dirX, g.dirY, g.unseen = m[0], m[1], in.unseen()
		g.track = s.charSpace * s.scale * math.Hypot(at[0], at[1])
		if c.text != "" && g.finite() {
			in.glyphs = append(in.glyphs, g)
		}
		in.painted = in.painted || !g.unseen && !c.space && strings.TrimSpace(c.text) != ""
		in.advance(w)
	}
}

// xobject notes an image, and runs a form in place (iso32000-2:8.9, 8.10).
func (in *interpreter) xobject(res Dict) error {
	n, ok := in.arg(0).(Name)
	if !ok || in.depth >= maxFormDepth {
		return nil
	}
	st := in.f.Stream(in.f.Dict(res["XObject"])[n])
	if st == nil {
		return nil
	}
	switch in.f.Name(st.Dict["Subtype"]) {
	case "Image":
		in.image(st)
	case "Form":
		return in.runForm(st, res)
	}
	return nil
}

func (in *interpreter) runForm(st *Stream, res Dict) error {
	data, err := in.f.DecodeWithin(st, maxContent-in.live)
	if err != nil {
		if Is(err, TooBig) {
			return err
		}
		return nil
	}
	in.live += len(data)
	defer func() { in.live -= len(data) }()
	if own := in.f.Dict(st.Dict["Resources"]); own != nil {
		res = own
	}
	saved, stack, args := in.state, in.stack, in.args
	in.stack, in.args = nil, nil
	if m, ok := in.f.matrix(st.Dict["Matrix"]); ok {
		in.state.ctm = m.mul(in.state.ctm)
	}
	in.depth++
	err = in.run(data, res)
	in.depth--
	in.state, in.stack, in.args = saved, stack, args
	return err
}

func (f *File) matrix(o Object) (m matrix, ok bool) {
	a := f.Array(o)
	if len(a) != 6 {
		return identity, false
	}
	for i := range a {
		m[i], _ = f.Number(a[i])
	}
	return m, true
}
