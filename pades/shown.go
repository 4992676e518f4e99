package pades

import "vanthu/pdf"

// Shown tells what a signature shows on the pages: whether anything is drawn
// there, and the letters of it. A field without room on a page, or with a flag
// that hides it, shows nothing, whatever its appearance holds.
// iso32000-2:12.5.3 12.7.5.5
func (s Signature) Shown(f *pdf.File) (text string, drawn bool, err error) {
	pages, err := f.Pages()
	if err != nil {
		return "", false, err
	}
	for _, w := range s.Field.Widgets {
		if w.Page < 0 || seen(f, f.Dict(w.Ref))&(invisible|hidden|noView) != 0 || !onPage(w.Rect, pages[w.Page]) {
			continue
		}
		t, d, err := f.WidgetLook(pages[w.Page], w.Ref)
		if err != nil {
			return "", false, err
		}
		text, drawn = text+t, drawn || d
	}
	return text, drawn, nil
}

// onPage says that some of a rectangle lies on what is seen of the page.
func onPage(r pdf.Rect, p pdf.Page) bool {
	c := p.CropBox
	return min(r.X1, c.X1) > max(r.X0, c.X0) && min(r.Y1, c.Y1) > max(r.Y0, c.Y0)
}
