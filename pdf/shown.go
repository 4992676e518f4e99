package pdf

import "math"

// Shown is an image as a page shows it.
type Shown struct {
	Rect          Rect // user space
	Width, Height int  // pixels
	DPI           float64

	stream *Stream
	at     matrix // of the unit square
}

// maxShownImages bounds the images of one page that are noted.
const maxShownImages = 10_000

// ShownImages lists the images of a page, those in forms too, with the pixels to
// the inch that they are shown at, the lower of both directions. Inline images
// are left out.
func (f *File) ShownImages(p Page) ([]Shown, error) {
	in, err := f.interpret(p)
	for i := range in.images {
		in.images[i].DPI /= p.UserUnit
	}
	return in.images, err
}

// image notes an image that fills the unit square (iso32000-2:8.9.5.1).
func (in *interpreter) image(st *Stream) {
	d := st.Dict
	w, _ := in.f.Int(d["Width"])
	h, _ := in.f.Int(d["Height"])
	m := in.state.ctm
	x, y := math.Hypot(m[0], m[1]), math.Hypot(m[2], m[3])
	if w <= 0 || h <= 0 || !(x > 0) || !(y > 0) || x > 1e6 || y > 1e6 || len(in.images) >= maxShownImages {
		return
	}
	in.painted, in.ground = true, true
	in.images = append(in.images, Shown{m.bounds(Rect{0, 0, 1, 1}), w, h, 72 * min(float64(w)/x, float64(h)/y), st, m})
}
