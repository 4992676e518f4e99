package pades

import (
	"math"
	"slices"
	"strconv"

	"vanthu/pdf"
)

// editor is one incremental update of the form and its pages.
type editor struct {
	f     *pdf.File
	u     *pdf.Update
	pages []pdf.Page
	fonts map[pdf.Face]*faceRef
	form  pdf.Ref // the /AcroForm, once it was touched
}

type faceRef struct {
	font *pdf.Font
	ref  pdf.Ref
}

func openEditor(data []byte) (*editor, error) {
	f, err := pdf.Open(data)
	if err != nil {
		return nil, err
	}
	u, err := f.Update()
	if err != nil {
		return nil, err
	}
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	return &editor{f: f, u: u, pages: pages, fonts: map[pdf.Face]*faceRef{}}, nil
}

// clear refuses a file that readers take differently where it matters. What else
// is loose in catalog and pages, an odd number, is written anew as it is read,
// as long as nobody has signed it: later updates may touch those.
func (e *editor) clear() error {
	if err := unclear(e.f); err != nil {
		return err
	}
	sigs, err := Signatures(e.f)
	if err != nil || len(sigs) > 0 {
		return err
	}
	root, _ := e.f.Root()
	refs := []pdf.Ref{root}
	for _, p := range e.pages {
		refs = append(refs, p.Ref)
	}
	for _, r := range refs {
		if e.f.Loose(r.Num) {
			e.set(r, nil)
		}
	}
	return nil
}

// font gives the embedded face of this update; all its letters share one
// subset, written by finish.
func (e *editor) font(face pdf.Face) (*faceRef, error) {
	if r, ok := e.fonts[face]; ok {
		return r, nil
	}
	font, err := pdf.NewFont(face)
	if err != nil {
		return nil, err
	}
	r := &faceRef{font, e.u.Alloc()}
	e.fonts[face] = r
	return r, nil
}

// embedFonts writes the subsets; nothing may be drawn after it.
func (e *editor) embedFonts() error {
	for _, face := range []pdf.Face{pdf.Regular, pdf.Bold, pdf.Italic} {
		if r, ok := e.fonts[face]; ok {
			if err := r.font.Embed(e.u, r.ref); err != nil {
				return err
			}
		}
	}
	return nil
}

// set replaces keys of a dictionary object.
func (e *editor) set(ref pdf.Ref, kv pdf.Dict) {
	d := e.u.Dict(ref).Clone()
	for k, v := range kv {
		d[k] = v
	}
	e.u.Set(ref, d)
}

// acroForm makes sure that there is a form with /SigFlags 3 whose /Fields is
// an indirect array, so that later updates touch neither catalog nor form.
func (e *editor) acroForm() (fields pdf.Ref) {
	root, _ := e.f.Root()
	form, ok := e.u.Dict(root)["AcroForm"].(pdf.Ref)
	if !ok {
		d := pdf.Dict{}
		if direct := e.u.Dict(e.u.Dict(root)["AcroForm"]); direct != nil {
			d = direct.Clone()
		}
		form = e.u.Add(d)
		e.set(root, pdf.Dict{"AcroForm": form})
	}
	e.form = form
	d := e.u.Dict(form)
	fields, ok = d["Fields"].(pdf.Ref)
	if !ok {
		list := e.u.Array(d["Fields"])
		if list == nil {
			list = pdf.Array{}
		}
		fields = e.u.Add(list)
		e.set(form, pdf.Dict{"Fields": fields})
	}
	if n, _ := e.f.Int(d["SigFlags"]); n&3 != 3 {
		e.set(form, pdf.Dict{"SigFlags": int64(n | 3)})
	}
	return fields
}

// sigFlags says in a form of others that there are signatures now, which only
// appending keeps; the form is left alone where it says so (iso32000-2:12.7.3).
func (e *editor) sigFlags() {
	form := e.f.Dict(e.f.Catalog()["AcroForm"])
	if n, _ := e.f.Int(form["SigFlags"]); n&3 != 3 {
		e.acroForm()
	}
}

// annots makes sure that the page's /Annots is an indirect array.
func (e *editor) annots(p pdf.Page) pdf.Ref {
	d := e.u.Dict(p.Ref)
	if r, ok := d["Annots"].(pdf.Ref); ok {
		return r
	}
	list := e.u.Array(d["Annots"])
	if list == nil {
		list = pdf.Array{}
	}
	r := e.u.Add(list)
	e.set(p.Ref, pdf.Dict{"Annots": r})
	return r
}

// addField makes a merged field and widget on page p.
func (e *editor) addField(p pdf.Page, d pdf.Dict) pdf.Ref {
	d["Type"], d["Subtype"], d["P"] = pdf.Name("Annot"), pdf.Name("Widget"), p.Ref
	ref := e.u.Add(d)
	for _, list := range []pdf.Ref{e.acroForm(), e.annots(p)} {
		e.u.Set(list, append(slices.Clone(e.u.Array(list)), ref))
	}
	return ref
}

// appearance makes an appearance stream of w×h units, upright on page p. The box
// is rounded: what a field shows later must have the box that it had when it was
// empty, to the letter, or validators take it for another.
func (e *editor) appearance(p pdf.Page, w, h float64, resources pdf.Dict, content []byte) pdf.Ref {
	return e.u.Add(pdf.Compress(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"),
		"BBox": pdf.Array{int64(0), int64(0), math.Round(w*1e4) / 1e4, math.Round(h*1e4) / 1e4}, "Matrix": p.Upright(), "Resources": resources,
	}, content))
}

// emptyAppearance is what an unsigned field and an invisible signature show;
// without any, checkers of PDF/A complain.
func (e *editor) emptyAppearance(p pdf.Page, r pdf.Rect) pdf.Dict {
	w, h := r.W(), r.H()
	if p.Rotate%180 != 0 {
		w, h = h, w
	}
	return pdf.Dict{"N": e.appearance(p, w, h, pdf.Dict{}, nil)}
}

func (e *editor) page(i int) (pdf.Page, error) {
	if i < 0 || i >= len(e.pages) {
		return pdf.Page{}, refuse(BadInput, "Tệp không có trang %d.", i+1)
	}
	return e.pages[i], nil
}

// freeName is want, or want with the first number that makes it new.
func freeName(fields []Field, want string) string {
	used := map[string]bool{}
	for _, f := range fields {
		used[f.Name] = true
	}
	name := want
	for i := 2; used[name]; i++ {
		name = want + "_" + strconv.Itoa(i)
	}
	return name
}

func findField(fields []Field, name string) (Field, bool) {
	for _, f := range fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}
