package pdf

import "math"

// PointsPerMM is the length of a millimetre in points.
const PointsPerMM = 72 / 25.4

// Rect is a rectangle in default user space: X0 ≤ X1, Y0 ≤ Y1, y upwards.
type Rect struct{ X0, Y0, X1, Y1 float64 }

// W is the width in user space units.
func (r Rect) W() float64 { return r.X1 - r.X0 }

// H is the height in user space units.
func (r Rect) H() float64 { return r.Y1 - r.Y0 }

// Array is the rectangle as a PDF array, to a ten-thousandth of a unit.
func (r Rect) Array() Array {
	r = r.rounded()
	return Array{r.X0, r.Y0, r.X1, r.Y1}
}

func (r Rect) rounded() Rect {
	round := func(v float64) float64 { return math.Round(v*1e4) / 1e4 }
	return Rect{round(r.X0), round(r.Y0), round(r.X1), round(r.Y1)}
}

// Union is the smallest rectangle around both; the zero Rect counts as empty.
func (r Rect) Union(s Rect) Rect {
	if r == (Rect{}) {
		return s
	}
	if s == (Rect{}) {
		return r
	}
	return Rect{min(r.X0, s.X0), min(r.Y0, s.Y0), max(r.X1, s.X1), max(r.Y1, s.Y1)}
}

// Box is a rectangle in millimetres from the upper left corner of the page as
// people see it: crop box applied, page turned by /Rotate.
type Box struct{ X, Y, W, H float64 }

// Page is one page with its inherited attributes resolved.
type Page struct {
	Index     int // from 0
	Ref       Ref
	Dict      Dict
	Resources Dict
	MediaBox  Rect
	CropBox   Rect // inside MediaBox
	Rotate    int  // 0, 90, 180 or 270, clockwise
	UserUnit  float64
}

// Pages lists the pages in order. A page tree with a circle, or with more than
// MaxPages leaves, is an error.
func (f *File) Pages() ([]Page, error) {
	w := &pageWalk{f: f, seen: map[Ref]bool{}}
	err := w.walk(f.Catalog()["Pages"], Dict{}, 0)
	if err == nil && len(w.pages) == 0 {
		err = damagedf("no page")
	}
	return w.pages, err
}

type pageWalk struct {
	f     *File
	seen  map[Ref]bool
	pages []Page
}

var inheritable = []Name{"Resources", "MediaBox", "CropBox", "Rotate"}

func (w *pageWalk) walk(o Object, above Dict, depth int) error {
	if depth > MaxNesting || len(w.pages) >= MaxPages {
		return tooBigf("page tree too deep or too long")
	}
	ref, _ := o.(Ref)
	d := w.f.Dict(o)
	if d == nil {
		return damagedf("page %v is no dictionary", o)
	}
	if w.seen[ref] {
		return damagedf("page tree is a circle at %v", ref)
	}
	w.seen[ref] = ref != Ref{}
	attr := above.Clone()
	for _, k := range inheritable {
		if d[k] != nil {
			attr[k] = d[k]
		}
	}
	kids := w.f.Array(d["Kids"])
	if kids == nil || w.f.Name(d["Type"]) == "Page" {
		w.pages = append(w.pages, w.f.page(len(w.pages), ref, d, attr))
		return nil
	}
	for _, k := range kids {
		if err := w.walk(k, attr, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) page(i int, ref Ref, d, attr Dict) Page {
	p := Page{Index: i, Ref: ref, Dict: d, Resources: f.Dict(attr["Resources"]), UserUnit: 1}
	var ok bool
	if p.MediaBox, ok = f.Rect(attr["MediaBox"]); !ok {
		p.MediaBox = Rect{0, 0, 210 * PointsPerMM, 297 * PointsPerMM}
	}
	p.CropBox = p.MediaBox
	if c, ok := f.Rect(attr["CropBox"]); ok {
		c = Rect{max(c.X0, p.MediaBox.X0), max(c.Y0, p.MediaBox.Y0), min(c.X1, p.MediaBox.X1), min(c.Y1, p.MediaBox.Y1)}
		if c.W() > 0 && c.H() > 0 {
			p.CropBox = c
		}
	}
	if r, ok := f.Int(attr["Rotate"]); ok && r%90 == 0 {
		p.Rotate = (r%360 + 360) % 360
	}
	if u, ok := f.Number(d["UserUnit"]); ok && u > 0 && u < 1000 {
		p.UserUnit = u
	}
	return p
}

// Rect resolves o to a rectangle with its corners in order; ok is false if it
// is none or has no area.
func (f *File) Rect(o Object) (r Rect, ok bool) {
	a := f.Array(o)
	if len(a) != 4 {
		return Rect{}, false
	}
	var v [4]float64
	for i := range a {
		if v[i], ok = f.Number(a[i]); !ok || v[i] < -1e6 || v[i] > 1e6 {
			return Rect{}, false
		}
	}
	r = Rect{min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])}
	return r, r.W() > 0 && r.H() > 0
}

// Size is the width and height of the page as seen, in millimetres.
func (p Page) Size() (w, h float64) {
	b := p.View(p.CropBox)
	return b.W, b.H
}

// unit is the number of user space units in one millimetre.
func (p Page) unit() float64 { return PointsPerMM / p.UserUnit }

// View turns a rectangle of user space into millimetres as seen.
func (p Page) View(r Rect) Box {
	c, u := p.CropBox, p.unit()
	switch p.Rotate {
	case 90:
		return Box{(r.Y0 - c.Y0) / u, (r.X0 - c.X0) / u, r.H() / u, r.W() / u}
	case 180:
		return Box{(c.X1 - r.X1) / u, (r.Y0 - c.Y0) / u, r.W() / u, r.H() / u}
	case 270:
		return Box{(c.Y1 - r.Y1) / u, (c.X1 - r.X1) / u, r.H() / u, r.W() / u}
	}
	return Box{(r.X0 - c.X0) / u, (c.Y1 - r.Y1) / u, r.W() / u, r.H() / u}
}

// User turns millimetres as seen into a rectangle of user space, as it reads
// once it is written: to a ten-thousandth of a unit.
func (p Page) User(b Box) Rect {
	c, u := p.CropBox, p.unit()
	x, y, w, h := b.X*u, b.Y*u, b.W*u, b.H*u
	r := Rect{c.X0 + x, c.Y1 - y - h, c.X0 + x + w, c.Y1 - y}
	switch p.Rotate {
	case 90:
		r = Rect{c.X0 + y, c.Y0 + x, c.X0 + y + h, c.Y0 + x + w}
	case 180:
		r = Rect{c.X1 - x - w, c.Y0 + y, c.X1 - x, c.Y0 + y + h}
	case 270:
		r = Rect{c.X1 - y - h, c.Y1 - x - w, c.X1 - y, c.Y1 - x}
	}
	return r.rounded()
}

// Upright is the form /Matrix that makes an appearance stand upright for the
// reader on a turned page.
func (p Page) Upright() Array {
	n := func(v ...int64) (a Array) {
		for _, x := range v {
			a = append(a, x)
		}
		return a
	}
	switch p.Rotate {
	case 90:
		return n(0, 1, -1, 0, 0, 0)
	case 180:
		return n(-1, 0, 0, -1, 0, 0)
	case 270:
		return n(0, -1, 1, 0, 0, 0)
	}
	return n(1, 0, 0, 1, 0, 0)
}
