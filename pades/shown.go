package pades

import "vanthu/pdf"

// Shown is what a signature shows on the pages.
type Shown struct {
	Drawn  bool   // anything, be it a picture, lines or letters
	Text   string // the letters that are seen, line by line
	Corner string // those of them that are at the upper right of page 1
}

// Shown tells what a signature shows. A field without room on a page, or with a
// flag that hides it, shows nothing, whatever its appearance holds.
// iso32000-2:12.5.3 12.7.5.5
func (s Signature) Shown(f *pdf.File) (out Shown, err error) {
	pages, err := f.Pages()
	if err != nil {
		return out, err
	}
	for _, w := range s.Field.Widgets {
		if w.Page < 0 || seen(f, f.Dict(w.Ref))&(invisible|hidden|noView) != 0 || !onPage(w.Rect, pages[w.Page]) {
			continue
		}
		p := pages[w.Page]
		width, height := p.Size()
		text, drawn, err := f.WidgetLook(p, w.Ref, pdf.Box{W: width, H: height})
		if err != nil {
			return out, err
		}
		out.Text, out.Drawn = out.Text+text, out.Drawn || drawn
		if w.Page > 0 {
			continue
		}
		if text, _, err = f.WidgetLook(p, w.Ref, upperRight(p)); err != nil {
			return out, err
		}
		out.Corner += text
	}
	return out, nil
}

// upperRight is where a mark may stand that belongs at the top right: programs
// keep other margins, and their users point. law:ND30-PL1.II.8b
func upperRight(p pdf.Page) pdf.Box {
	w, h := p.Size()
	return pdf.Box{X: w / 3, W: w * 2 / 3, H: h / 4}
}

// onPage says that some of a rectangle lies on what is seen of the page.
func onPage(r pdf.Rect, p pdf.Page) bool {
	c := p.CropBox
	return min(r.X1, c.X1) > max(r.X0, c.X0) && min(r.Y1, c.Y1) > max(r.Y0, c.Y0)
}
