package paper

import (
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"vanthu/viet"
)

// ArrivalStamp is the stamp ĐẾN, 50 mm wide and 35 mm high, in red. What is
// empty is a dotted line for the hand.
//
// law:ND30-21.1 ND30-PL4
type ArrivalStamp struct {
	Agency  string
	Number  string // số đến
	Day     viet.Day
	Forward string // chuyển: the unit or person
	File    string // số và ký hiệu hồ sơ
	Made    time.Time
}

// StampWidth and StampHeight are the size of the stamp in mm.
const (
	StampWidth  = 50.0
	StampHeight = 35.0
)

// A mark is a text or a line of the stamp, in mm from its upper left corner.
type mark struct {
	x, y, width float64 // y: of the baseline
	size        float64
	bold        bool
	middle      bool
	text        string
}

var stampRules = [][4]float64{ // x1 y1 x2 y2
	{0.4, 8.5, 49.6, 8.5}, {0.4, 21.5, 49.6, 21.5}, {20, 8.5, 20, 21.5},
}

// marks are the texts of the stamp, made small enough for their room.
func (a *ArrivalStamp) marks(s *sheet) []mark {
	list := append(a.head(s), []mark{
		{10.2, 17, 18, 16, true, true, "ĐẾN"},
		{21.5, 13.5, 27.5, 10, false, false, "Số: " + orDots(clean(a.Number), 21)},
		{21.5, 19.3, 27.5, 10, false, false, "Ngày: " + orDots(a.Day.String(), 17)},
		{2, 26.6, 46.5, 10, false, false, "Chuyển: " + orDots(clean(a.Forward), 41)},
		{2, 32.2, 46.5, 10, false, false, "Số và ký hiệu HS: " + orDots(clean(a.File), 23)},
	}...)
	for i := range list {
		list[i] = list[i].fitted(s)
	}
	return list
}

// head is the agency's name, on two lines if one would be too small to read.
func (a *ArrivalStamp) head(s *sheet) []mark {
	const room, size, least = 46.0, 9, 7.5
	name := upper(a.Agency)
	if lines := s.cut(one(face{least, true, false}, name), room, 0); len(lines) > 1 {
		first := len(joined(lines[0]))
		return []mark{
			{25, 4.3, room, least, true, true, joined(lines[0])},
			{25, 7.4, room, least, true, true, strings.TrimSpace(name[min(first, len(name)):])},
		}
	}
	return []mark{{25, 5.9, room, size, true, true, name}}
}

// joined is the text of a line.
func joined(l line) string {
	words := make([]string, len(l.words))
	for i, w := range l.words {
		words[i] = w.text
	}
	return strings.Join(words, " ")
}

// fitted makes the letters small enough for the mark's room, and cuts what is
// too long even at the least size.
func (m mark) fitted(s *sheet) mark {
	f := face{m.size, m.bold, false}
	for f.size > 5.5 && s.measure(f, m.text) > m.width {
		f.size -= 0.5
	}
	m.size = f.size
	for r := []rune(m.text); s.measure(f, m.text) > m.width && len(r) > 1; {
		r = r[:len(r)-1]
		m.text = strings.TrimSpace(string(r)) + "…"
	}
	return m
}

// WriteTo writes the stamp as a PDF page of its size, without a ground, to be
// laid on the first page of a document.
func (a *ArrivalStamp) WriteTo(w io.Writer) (int64, error) {
	s := newSheet(StampWidth, StampHeight, "Dấu ĐẾN", a.Made)
	s.newPage()
	s.pdf.SetDrawColor(200, 0, 0)
	s.pdf.SetTextColor(200, 0, 0)
	s.pdf.SetLineWidth(0.5)
	s.pdf.Rect(0.4, 0.4, StampWidth-0.8, StampHeight-0.8, "D")
	s.pdf.SetLineWidth(0.25)
	for _, r := range stampRules {
		s.pdf.Line(r[0], r[1], r[2], r[3])
	}
	for _, m := range a.marks(s) {
		f := face{m.size, m.bold, false}
		x := m.x
		if m.middle {
			x -= s.measure(f, m.text) / 2
		}
		s.use(f)
		s.pdf.Text(x, m.y, m.text)
	}
	return s.writeTo(w)
}

// SVG is the stamp as a picture for the screen.
func (a *ArrivalStamp) SVG() string {
	s := newSheet(StampWidth, StampHeight, "", a.Made)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %[1]g %[2]g" role="img" aria-label="%s">`,
		StampWidth, StampHeight, html.EscapeString("Dấu ĐẾN, "+clean(a.Agency)))
	fmt.Fprintf(&b, `<g fill="none" stroke="#c80000"><rect x="0.4" y="0.4" width="%g" height="%g" stroke-width="0.5"/>`, StampWidth-0.8, StampHeight-0.8)
	for _, r := range stampRules {
		fmt.Fprintf(&b, `<path d="M%g %gL%g %g" stroke-width="0.25"/>`, r[0], r[1], r[2], r[3])
	}
	b.WriteString(`</g><g fill="#c80000" font-family="'Times New Roman','Liberation Serif',serif">`)
	for _, m := range a.marks(s) {
		extra := ""
		if m.bold {
			extra += ` font-weight="700"`
		}
		if m.middle {
			extra += ` text-anchor="middle"`
		}
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="%.3f"%s>%s</text>`, m.x, m.y, m.size*point, extra, html.EscapeString(m.text))
	}
	b.WriteString(`</g></svg>`)
	return b.String()
}
