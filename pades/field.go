package pades

import (
	"vanthu/pdf"
)

// Field is a terminal form field (trường biểu mẫu) with what it inherits.
type Field struct {
	Name    string   // full name, parts joined by dots
	Type    pdf.Name // Tx, Sig, Btn, Ch
	Ref     pdf.Ref
	Dict    pdf.Dict
	Value   pdf.Object // /V, resolved once: a Dict for a signed signature field
	ValueAt pdf.Ref    // the reference that /V holds, zero if it is direct
	Flags   int        // /Ff
	Widgets []Widget
}

// Widget is one appearance of a field on a page.
type Widget struct {
	Ref  pdf.Ref
	Page int // index from 0, -1 if it is on no page
	Rect pdf.Rect
}

// Signed reports whether a signature field holds a signature.
func (f Field) Signed() bool { return f.Type == "Sig" && f.Value != nil }

// Limits on a form: fields, and annotations looked at on all pages.
const (
	maxFields = 20_000
	maxAnnots = 1_000_000
)

// Fields lists the terminal fields of the form, in tree order. Circles and
// broken parts of the tree are left out; a form beyond the limits is refused
// (BadInput), since a signature might be among what is not looked at.
func Fields(f *pdf.File) ([]Field, error) { return listFields(f, true) }

// listFields leaves a /V that is a reference as it is, unless it is to be
// resolved: signatures are long.
func listFields(f *pdf.File, resolve bool) ([]Field, error) {
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	seen := 0
	w := &fieldWalk{f: f, resolve: resolve, seen: map[pdf.Ref]bool{}, values: map[pdf.Ref]pdf.Object{}, onPage: map[pdf.Ref]int{}, pageOf: map[pdf.Ref]int{}}
	for _, p := range pages {
		w.pageOf[p.Ref] = p.Index
		annots := f.Array(p.Dict["Annots"])
		if seen += len(annots); seen > maxAnnots {
			return nil, refuse(BadInput, "Tệp có quá %d chú thích.", maxAnnots)
		}
		for _, a := range annots {
			if r, ok := a.(pdf.Ref); ok {
				w.onPage[r] = p.Index
			}
		}
	}
	form := f.Dict(f.Catalog()["AcroForm"])
	for _, k := range f.Array(form["Fields"]) {
		w.walk(k, inherited{}, 0)
	}
	if len(w.out) > maxFields {
		return nil, refuse(BadInput, "Biểu mẫu trong tệp có quá %d trường.", maxFields)
	}
	return w.out, nil
}

type fieldWalk struct {
	f       *pdf.File
	resolve bool
	seen    map[pdf.Ref]bool
	values  map[pdf.Ref]pdf.Object // many fields may name one
	onPage  map[pdf.Ref]int        // widget → page, from /Annots
	pageOf  map[pdf.Ref]int
	out     []Field
}

type inherited struct {
	name  string
	typ   pdf.Name
	value pdf.Object
	flags int
}

func (w *fieldWalk) walk(o pdf.Object, above inherited, depth int) {
	ref, ok := o.(pdf.Ref)
	if !ok || w.seen[ref] || depth > pdf.MaxNesting || len(w.out) > maxFields {
		return
	}
	w.seen[ref] = true
	d := w.f.Dict(ref)
	if d == nil {
		return
	}
	here := w.inherit(d, above)
	var widgets, fields []pdf.Ref
	for _, k := range w.f.Array(d["Kids"]) {
		if r, ok := k.(pdf.Ref); ok {
			if kid := w.f.Dict(r); kid["T"] != nil {
				fields = append(fields, r)
			} else if kid != nil {
				widgets = append(widgets, r)
			}
		}
	}
	if len(fields) > 0 {
		for _, r := range fields {
			w.walk(r, here, depth+1)
		}
		return
	}
	if w.f.Name(d["Subtype"]) == "Widget" {
		widgets = append(widgets, ref)
	}
	w.out = append(w.out, w.field(ref, d, here, widgets))
}

func (w *fieldWalk) inherit(d pdf.Dict, up inherited) inherited {
	if t := w.f.Str(d["T"]); t != "" && up.name != "" {
		up.name += "." + t
	} else if t != "" {
		up.name = t
	}
	if t := w.f.Name(d["FT"]); t != "" {
		up.typ = t
	}
	if d["V"] != nil {
		up.value = d["V"]
	}
	if n, ok := w.f.Int(d["Ff"]); ok {
		up.flags = n
	}
	return up
}

func (w *fieldWalk) field(ref pdf.Ref, d pdf.Dict, in inherited, widgets []pdf.Ref) Field {
	out := Field{Name: in.name, Type: in.typ, Ref: ref, Dict: d, Value: in.value, Flags: in.flags}
	if at, isRef := in.value.(pdf.Ref); isRef && w.resolve {
		if _, known := w.values[at]; !known {
			w.values[at] = w.f.Resolve(at)
		}
		out.ValueAt, out.Value = at, w.values[at]
	}
	for _, r := range widgets {
		page, ok := w.onPage[r]
		if !ok {
			page = -1
			if p, isRef := w.f.Dict(r)["P"].(pdf.Ref); isRef {
				if i, known := w.pageOf[p]; known {
					page = i
				}
			}
		}
		rect, _ := w.f.Rect(w.f.Dict(r)["Rect"])
		out.Widgets = append(out.Widgets, Widget{r, page, rect})
	}
	return out
}
