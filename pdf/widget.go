package pdf

import "strings"

// widgetGlyphs adds what the widgets of the page show (iso32000-2:12.5.5).
func (f *File) widgetGlyphs(p Page, glyphs []Glyph) ([]Glyph, error) {
	in := &interpreter{f: f, glyphs: glyphs}
	for _, o := range f.Array(p.Dict["Annots"]) {
		if err := in.widget(f.Dict(o)); err != nil {
			return in.glyphs, err
		}
	}
	return in.glyphs, nil
}

// widget runs the appearance of a widget in its rectangle.
func (in *interpreter) widget(a Dict) error {
	f := in.f
	st := f.Stream(f.Dict(a["AP"])["N"])
	rect, ok := f.Rect(a["Rect"])
	if f.Name(a["Subtype"]) != "Widget" || st == nil || !ok {
		return nil
	}
	m, _ := f.matrix(st.Dict["Matrix"])
	bbox, ok := f.Rect(st.Dict["BBox"])
	if !ok {
		return nil
	}
	from := m.bounds(bbox)
	if from.W() == 0 || from.H() == 0 {
		return nil
	}
	sx, sy := rect.W()/from.W(), rect.H()/from.H()
	in.state = textState{ctm: matrix{sx, 0, 0, sy, rect.X0 - from.X0*sx, rect.Y0 - from.Y0*sy}, scale: 1}
	return in.runForm(st, nil)
}

// WidgetLook tells what a widget of the page draws: whether anything, be it a
// picture, lines or letters, and the letters that are seen, line by line in
// NFC: those that lie in its rectangle, which cuts off what reaches beyond, and
// in a part of the page, in mm as seen. Nothing for a widget that the page does
// not list. A white shape counts as drawn, and so does a picture that is clear
// all over; letters in white on nothing do not. iso32000-2:9.3.6 12.5.5
func (f *File) WidgetLook(p Page, widget Ref, part Box) (text string, drawn bool, err error) {
	in := &interpreter{f: f}
	var room Rect
	for _, o := range f.Array(p.Dict["Annots"]) {
		if o == widget {
			a := f.Dict(o)
			room, _ = f.Rect(a["Rect"])
			err = in.widget(a)
			break
		}
	}
	var seen []Glyph
	for _, g := range in.glyphs {
		if !g.unseen && p.View(room).holds(p.View(g.Rect)) && part.holds(p.View(g.Rect)) {
			seen = append(seen, g)
		}
	}
	var b strings.Builder
	for _, l := range layLines(p, seen) {
		b.WriteString(strings.Join(strings.Fields(l.Text), " ") + "\n")
	}
	return b.String(), in.painted, err
}

// holds says that the middle of c is in b.
func (b Box) holds(c Box) bool {
	x, y := c.X+c.W/2, c.Y+c.H/2
	return x >= b.X && x <= b.X+b.W && y >= b.Y && y <= b.Y+b.H
}
