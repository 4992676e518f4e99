package pades

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"vanthu/pdf"
)

// fields compares the top of the field tree, and every node that changed.
func (c *comparer) fields(was, is pdf.Object) {
	a, b := c.old.Array(was), c.new.Array(is)
	if len(b) < len(a) || !slices.EqualFunc(a, b[:len(a)], same) {
		c.other("trường biểu mẫu bị xóa hoặc đổi chỗ")
		return
	}
	c.place(was, is)
	w := fieldCompare{comparer: c}
	for _, n := range slices.Sorted(maps.Keys(c.changed)) {
		if at, ok := c.tree.nodes[n]; ok {
			w.field(at)
		}
	}
	for _, o := range b[len(a):] {
		w.added(o)
	}
}

type fieldCompare struct {
	*comparer
	// of the new revision, once they were asked for: the signatures that
	// Signatures lists, by field and by widget, and where widgets stand
	values map[pdf.Ref]pdf.Object
	places *places
}

// fieldTree are the fields that were there before, of one walk. They keep their
// place and name, which no allowed change can alter.
type fieldTree struct {
	nodes map[int]fieldNode
	names map[string]bool
}

type fieldNode struct {
	ref  pdf.Ref
	up   int // number of the node above, 0 if there is none
	name string
	typ  pdf.Object
}

func treeOf(f *pdf.File) *fieldTree {
	t := &fieldTree{map[int]fieldNode{}, map[string]bool{}}
	for _, o := range f.Array(f.Dict(f.Catalog()["AcroForm"])["Fields"]) {
		t.walk(f, o, fieldNode{}, 0)
	}
	return t
}

func (t *fieldTree) walk(f *pdf.File, o pdf.Object, above fieldNode, depth int) {
	ref, ok := o.(pdf.Ref)
	if _, met := t.nodes[ref.Num]; !ok || met || depth > pdf.MaxNesting {
		return
	}
	d := f.Dict(ref)
	n := fieldNode{ref, above.ref.Num, above.name, above.typ}
	if s := f.Str(d["T"]); s != "" {
		n.name = joinName(above.name, s)
	}
	if d["FT"] != nil {
		n.typ = f.Resolve(d["FT"])
	}
	t.add(n)
	for _, k := range f.Array(d["Kids"]) { // a change of them is nobody's
		t.walk(f, k, n, depth+1)
	}
}

func (t *fieldTree) add(n fieldNode) {
	t.nodes[n.ref.Num] = n
	t.names[n.name] = true
}

// signed says that a node is a signature that is there, or hangs under one.
func (t *fieldTree) signed(f *pdf.File, n fieldNode) bool {
	for ok := true; ok; n, ok = t.nodes[n.up] {
		if n.typ == pdf.Name("Sig") && present(f, f.Dict(n.ref)["V"]) {
			return true
		}
	}
	return false
}

// places are the pages of a revision and which annotations each lists.
type places struct {
	size     []float64 // areas of the pages
	smallest float64
	page     map[pdf.Ref]int
	listed   map[pdf.Ref]int
}

func placesOf(f *pdf.File) *places {
	pages, _ := f.Pages() // an error is found by comparer.pages
	p := &places{smallest: math.Inf(1), page: map[pdf.Ref]int{}, listed: map[pdf.Ref]int{}}
	for _, x := range pages {
		size := x.CropBox.W() * x.CropBox.H()
		p.size, p.smallest = append(p.size, size), min(p.smallest, size)
		enter(p.page, x.Ref, x.Index)
		for _, a := range f.Array(x.Dict["Annots"]) {
			if r, ok := a.(pdf.Ref); ok {
				enter(p.listed, r, x.Index)
			}
		}
	}
	return p
}

// enter keeps the first of two.
func enter(m map[pdf.Ref]int, r pdf.Ref, index int) {
	if _, ok := m[r]; !ok {
		m[r] = index
	}
}

// fillable are the keys that entering a value may change; strict validators
// accept no others. iso32000-2:12.7.4
var fillable = []pdf.Name{"V", "AP", "AS", "F", "DA", "Q", "Ff"}

// field compares one node that exists in both.
func (w *fieldCompare) field(n fieldNode) {
	if w.tree.signed(w.old, n) {
		w.other("ô chữ ký “%s” đã ký nhưng bị sửa", n.name)
		return
	}
	w.entered(n.ref, n.name, n.typ, w.old.Dict(n.ref), w.new.Dict(n.ref))
}

// present says that a value is there, without reading it: signatures are long.
func present(f *pdf.File, o pdf.Object) bool {
	if r, ok := o.(pdf.Ref); ok {
		return f.Entries()[r.Num].Kind != 0
	}
	return o != nil
}

func joinName(prefix, t string) string {
	if prefix == "" {
		return t
	}
	return prefix + "." + t
}

// entered judges a change of an existing field.
func (w *fieldCompare) entered(ref pdf.Ref, name string, typ pdf.Object, a, b pdf.Dict) {
	if !w.existed(ref.Num) || w.new.Stream(ref) != nil || b == nil {
		w.other("trường “%s” bị thay", name)
		return
	}
	for _, k := range differing(a, b) {
		if !slices.Contains(fillable, k) {
			w.other("khóa /%s của trường “%s” bị thay", k, name)
			return
		}
	}
	if w.uses.named[ref.Num] > 0 {
		w.other("trường “%s” còn được dùng vào việc khác trong văn bản", name)
		return
	}
	if seen(w.old, a) != seen(w.new, b) && !(typ == pdf.Name("Sig") && w.woken(ref, a, b)) {
		w.other("trường “%s” bị ẩn đi hoặc hiện ra", name)
		return
	}
	if _, ok := b["AS"].(pdf.Name); b["AS"] != nil && !ok {
		w.other("trạng thái hiển thị của trường “%s” không hợp lệ", name)
		return
	}
	if typ == pdf.Name("Sig") && !w.signature(ref, name, b) {
		return
	}
	w.claimed[ref.Num] = true
	for _, k := range []pdf.Name{"V", "AP"} {
		w.reach(b[k], w.owned(a[k]))
	}
	if typ != pdf.Name("Sig") {
		w.coverFilled(ref, name, b)
		w.raise(FormFilling)
		w.filled = append(w.filled, name)
		return
	}
	w.step.signed = append(w.step.signed, name)
}

// signature judges what a signature field shows: a look without a signature is
// a painted lie, and a time stamp, which anybody can get, has nothing to show.
func (w *fieldCompare) signature(ref pdf.Ref, name string, d pdf.Dict) bool {
	visible := w.area(d) > 0
	value := w.value(ref)
	stamp := isStamp(w.new.Name(value["Type"]), w.new.Name(value["SubFilter"]))
	switch {
	case value == nil && visible && d["AP"] != nil && !(w.blank(d["AP"]) && !w.existed(ref.Num)):
		w.other("ô chữ ký “%s” có hình hiển thị nhưng không có chữ ký", name)
		return false
	case stamp && visible:
		w.other("dấu thời gian “%s” có hình hiển thị", name)
		return false
	case stamp:
		w.raise(LTA) // part of keeping evidence. etsi-319142-1:5.4.3
	default:
		w.cover(ref, name, d)
		w.raise(FormFilling)
	}
	return true
}

// blank says that a look draws nothing, whoever reads it: programs give one to the
// field that they add for the next signer. An empty stream may still lead to
// another file, so only these keys will do. iso32000-2:7.3.8.2 8.10.4
func (w *fieldCompare) blank(look pdf.Object) bool {
	d := w.new.Dict(look)
	r, ok := d["N"].(pdf.Ref)
	s := w.new.Stream(r)
	if !ok || len(d) != 1 || s == nil || len(s.Data) > 0 || w.new.Loose(r.Num) {
		return false
	}
	for k := range s.Dict {
		if !slices.Contains(blankKeys, k) {
			return false
		}
	}
	return true
}

var blankKeys = []pdf.Name{"Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Length"}

// value is the signature that Signatures lists for a field or widget, nil if it
// lists none: what nobody will verify is no signature, whatever /V says.
func (w *fieldCompare) value(ref pdf.Ref) pdf.Dict {
	if w.values == nil {
		w.values = map[pdf.Ref]pdf.Object{}
		fields, _ := listFields(w.new, false) // an error ends the verification elsewhere
		for _, fd := range slices.Backward(fields) {
			if !fd.Signed() {
				continue
			}
			for _, x := range fd.Widgets {
				w.values[x.Ref] = fd.Value
			}
			w.values[fd.Ref] = fd.Value
		}
	}
	return w.new.Dict(w.values[ref])
}

// isStamp says that a signature is a document time stamp, by either mark.
// etsi-319142-1:5.4.3
func isStamp(typ, subFilter pdf.Name) bool {
	return typ == "DocTimeStamp" || subFilter == "ETSI.RFC3161"
}

// maxCover is the part of a page beyond which what is shown later covers so
// much that a person must compare.
const maxCover = 0.25

// cover adds up what later signatures show on each page.
func (w *fieldCompare) cover(ref pdf.Ref, name string, d pdf.Dict) {
	page := w.cast(w.covered, ref, d)
	if w.covered[page] > maxCover {
		w.doubt("trường “%s” và những gì thêm sau khi ký che phần lớn trang", name)
	}
	w.crowd(page, name)
}

// coverFilled does so for a field that stood there when the page was signed: a
// form may well have fields all over a page, but hardly one that is most of it.
func (w *fieldCompare) coverFilled(ref pdf.Ref, name string, d pdf.Dict) {
	page := w.cast(w.overlaid, ref, d)
	if _, size := w.page(ref, d); w.area(d) > maxCover*size {
		w.doubt("trường “%s” che phần lớn trang", name)
	}
	w.crowd(page, name)
}

// crowd notes when signatures and filled fields together cover much of a page.
func (w *fieldCompare) crowd(page int, name string) {
	if w.covered[page]+w.overlaid[page] > maxCover {
		w.crowded = fmt.Sprintf("trường “%s” và những gì thêm sau khi ký che phần lớn trang", name)
	}
}

// cast adds a widget, once, to what is covered of its page.
func (w *fieldCompare) cast(on map[int]float64, ref pdf.Ref, d pdf.Dict) (page int) {
	page, size := w.page(ref, d)
	if area := w.area(d); area > 0 && !w.shows[ref.Num] {
		w.shows[ref.Num] = true
		on[page] += area / size
	}
	return page
}

// area is what a widget covers, in square units of its page: infinite if its
// /Rect is none, for then readers differ.
func (w *fieldCompare) area(d pdf.Dict) float64 {
	if d["Rect"] == nil {
		return 0
	}
	a := w.new.Array(d["Rect"])
	var v [4]float64
	for i := range v {
		ok := len(a) == 4
		if ok {
			v[i], ok = w.new.Number(a[i])
		}
		if !ok {
			return math.Inf(1)
		}
	}
	return math.Abs((v[2] - v[0]) * (v[3] - v[1]))
}

// page tells on which page a widget stands, and the page's area; for one that is
// on none, the smallest.
func (w *fieldCompare) page(ref pdf.Ref, d pdf.Dict) (index int, area float64) {
	if w.places == nil {
		w.places = placesOf(w.new)
	}
	p := w.places
	i, found := p.listed[ref]
	if at, ok := d["P"].(pdf.Ref); ok {
		if k, is := p.page[at]; is && (!found || k < i) {
			i, found = k, true
		}
	}
	if !found {
		return -1, p.smallest
	}
	return i, p.size[i]
}

// seen gives the flags of a widget that decide whether it is seen, on the screen
// or on paper. iso32000-2:12.5.3
func seen(f *pdf.File, d pdf.Dict) int {
	n, _ := f.Int(d["F"])
	return n & (invisible | hidden | printed | noView | toggleNoView)
}

// The flags of a widget. iso32000-2:12.5.3
const invisible, hidden, printed, noView, toggleNoView = 1 << 0, 1 << 1, 1 << 2, 1 << 5, 1 << 8

// woken says that an empty signature field is only made visible with the
// signature that it gains, as programs do that sign the fields of others.
func (w *fieldCompare) woken(ref pdf.Ref, a, b pdf.Dict) bool {
	was, is := seen(w.old, a), seen(w.new, b)
	return w.value(ref) != nil && is&^was&^printed == 0 && was&^is&printed == 0
}

// added judges a new field: only a signature with one widget may appear.
func (w *fieldCompare) added(o pdf.Object) {
	ref, ok := o.(pdf.Ref)
	d := w.new.Dict(o)
	if !ok || d == nil || w.new.Stream(o) != nil || w.existed(ref.Num) {
		w.other("trường biểu mẫu mới không hợp lệ")
		return
	}
	name := w.new.Str(d["T"])
	if w.new.Name(d["FT"]) != "Sig" || d["Kids"] != nil || d["Parent"] != nil {
		w.other("có trường biểu mẫu “%s” được thêm sau khi ký", name)
		return
	}
	if name == "" || w.tree.names[name] {
		w.other("ô chữ ký mới trùng tên “%s”", name)
		return
	}
	for k := range d {
		if !slices.Contains(signatureKeys, k) {
			w.other("ô chữ ký mới “%s” có khóa lạ /%s", name, k)
			return
		}
	}
	if !w.signature(ref, name, d) {
		return
	}
	w.tree.add(fieldNode{ref: ref, name: name, typ: pdf.Name("Sig")})
	w.reach(ref, nil)
	w.newFields[ref.Num] = true
}

// signatureKeys are what a new signature field may carry: no actions, no
// optional content, nothing that could show something else later.
var signatureKeys = []pdf.Name{
	"Type", "Subtype", "FT", "T", "TU", "Rect", "F", "Ff", "P", "V", "AP", "AS", "Lock", "SV", "MK", "BS", "Border", "DA", "Q", "DR",
}
