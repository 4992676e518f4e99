package pades

import (
	"cmp"
	"slices"

	"vanthu/pdf"
)

// Measures of the upper right corner in mm. The decree's text begins 20 mm
// below the edge, so that a mark may begin in the margin above it only
// (law:ND30-PL1.I).
const (
	cornerRight = 15.0 // from the right edge to the mark
	cornerTop   = 6.0  // from the upper edge, where nothing is in the way
	cornerEdge  = 3.0  // printers leave nothing nearer to the edge
	cornerRoom  = 20.0 // a gap that begins below is no margin any more
	cornerDeep  = 55.0 // and below this no upper right corner either
	cornerGap   = 1.0  // from the mark to what stands next to it
)

// smallest is how far the letters of a mark may shrink: 7 points.
const smallest = 0.7

// TopRight places the look in the upper right corner of page 1: its right edge
// on the right margin, inside the top margin, so that it never covers the
// state's name (law:ND30-PL1.II.8b ND30-PL1.I).
func (l *Look) TopRight(p pdf.Page) *Place {
	w, _ := p.Size()
	return &Place{Page: 0, Box: pdf.Box{X: max(0, w-cornerRight-l.W), Y: cornerTop, W: l.W, H: l.H}}
}

// InCorner is TopRight for a page whose margin may hold something already, such
// as the line of a fax machine or a letterhead: the place is clear of every
// letter and of every field of the page, and letters shrink to 7 points where
// the room is low. Where the margin is full, it is the first clear stripe below,
// beside the head of the document. A scan without letters is looked at as a picture, as far
// as it can be read. A picture of the look keeps its true size. NoGap: there is
// no such place. law:ND30-PL1.I HT33-11.4.a
func (l *Look) InCorner(f *pdf.File, p pdf.Page) (*Look, *Place, error) {
	taken, err := takenBoxes(f, p)
	if err != nil {
		return nil, nil, err
	}
	if s, at, ok := l.clearOf(append(inkedBoxes(f, p, l.TopRight(p).Box), taken...), p); ok {
		return s, at, nil
	}
	if s, at, ok := l.clearOf(taken, p); ok { // rather on a letterhead's picture than nowhere
		return s, at, nil
	}
	return nil, nil, &Error{Kind: NoGap, Anchor: CornerMark, Text: "Góc trên bên phải trang đầu không còn chỗ trống để ghi thông tin bản sao."}
}

// clearOf finds the place: high before large.
func (l *Look) clearOf(taken []pdf.Box, p pdf.Page) (*Look, *Place, bool) {
	for _, room := range []float64{cornerRoom, cornerDeep} {
		for scale := 1.0; scale > smallest-0.01; scale -= 0.1 {
			s := l.scaled(scale)
			at := s.TopRight(p)
			if y, ok := clearRow(at.Box, taken, room); ok {
				at.Box.Y = y
				return s, at, true
			}
			if l.pictured() {
				break
			}
		}
	}
	return nil, nil, false
}

// CornerMark is the Anchor of a refusal to place a mark in the corner.
const CornerMark = "goc_tren_phai"

// takenBoxes are the letters and fields of a page, in mm as seen.
func takenBoxes(f *pdf.File, p pdf.Page) (out []pdf.Box, err error) {
	lines, err := f.Lines(p)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		for _, g := range l.Glyphs {
			out = append(out, p.View(g.Rect))
		}
	}
	fields, err := Fields(f)
	for _, x := range fields {
		for _, w := range x.Widgets {
			if w.Page == p.Index && w.Rect.W() > 0 && w.Rect.H() > 0 {
				out = append(out, p.View(w.Rect))
			}
		}
	}
	return out, err
}

// inkedBoxes are the stripes of the upper right that are dark in the picture
// which a scanned page is; none where it cannot be read, or is dark all over.
func inkedBoxes(f *pdf.File, p pdf.Page, b pdf.Box) (out []pdf.Box) {
	const step = 0.5 // mm
	b.Y, b.H = cornerEdge, cornerDeep-cornerEdge
	for i, dark := range f.Ink(p, b, step) {
		if dark {
			out = append(out, pdf.Box{X: b.X, Y: b.Y + float64(i)*step, W: b.W, H: step})
		}
	}
	return out
}

// clearRow is the height at which a box of that width and height is clear of
// all others: the usual one, else the nearest above it, else the first free
// stripe that begins above room.
func clearRow(b pdf.Box, taken []pdf.Box, room float64) (y float64, ok bool) {
	taken = slices.DeleteFunc(slices.Clone(taken), func(t pdf.Box) bool { return t.X > b.X+b.W || t.X+t.W < b.X })
	slices.SortFunc(taken, func(a, c pdf.Box) int { return cmp.Compare(a.Y, c.Y) })
	from := cornerEdge
	for _, t := range append(taken, pdf.Box{Y: 1e6}) {
		last := t.Y - cornerGap - b.H // the lowest place above this one
		if y := max(from, min(cornerTop, last)); y <= last && from < room {
			return y, true
		}
		from = max(from, t.Y+t.H+cornerGap)
	}
	return 0, false
}

// scaled is the look in another size.
func (l *Look) scaled(by float64) *Look {
	if by == 1 {
		return l
	}
	s := &Look{W: l.W * by, H: l.H * by, Marks: slices.Clone(l.Marks)}
	for i := range s.Marks {
		m := &s.Marks[i]
		m.Size *= by
		m.Box = pdf.Box{X: m.Box.X * by, Y: m.Box.Y * by, W: m.Box.W * by, H: m.Box.H * by}
	}
	return s
}

func (l *Look) pictured() bool {
	return slices.ContainsFunc(l.Marks, func(m Mark) bool { return m.PNG != nil })
}
