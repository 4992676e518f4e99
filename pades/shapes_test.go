package pades

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"vanthu/pdf"
)

// withForm gives the file a form of its own, in the catalog itself, with a field
// and a link on each page; the lists stand where they are named, or apart.
func withForm(t *testing.T, in []byte, apart bool) []byte {
	t.Helper()
	f := open(t, in)
	u, err := f.Update()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	list := func(a pdf.Array) pdf.Object {
		if apart {
			return u.Add(a)
		}
		return a
	}
	var fields pdf.Array
	for i, p := range pages {
		field := u.Add(pdf.Raw(fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Tx/T(ghi_chu_%d)/F 4/Rect[20 20 120 40]/DA(/Helv 10 Tf 0 g)>>", i)))
		link := u.Add(pdf.Raw("<</Type/Annot/Subtype/Link/Rect[20 50 120 60]/Border[0 0 0]/A<</S/URI/URI(https://example.vn)>>>>"))
		fields = append(fields, field)
		d := p.Dict.Clone()
		d["Annots"] = list(pdf.Array{link, field})
		u.Set(p.Ref, d)
	}
	root, _ := f.Root()
	catalog := f.Catalog().Clone()
	catalog["AcroForm"] = pdf.Dict{"Fields": list(fields), "DA": pdf.String("/Helv 10 Tf 0 g")}
	u.Set(root, catalog)
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rewritten writes all objects of a file anew with a classic table: object n has
// the generation gen(n), and what is hidden only a hybrid file's cross-reference
// stream names. iso32000-2:7.3.10 7.5.8.4
func rewritten(t *testing.T, in []byte, gen func(n int) int, hidden func(o pdf.Object) bool) []byte {
	t.Helper()
	f := open(t, in)
	var nums []int
	for n, e := range f.Entries() {
		if e.Kind != 0 {
			nums = append(nums, n)
		}
	}
	slices.Sort(nums)
	w := &rewriter{t: t, gen: gen, size: nums[len(nums)-1] + 1}
	w.rows = make([]string, w.size+2)
	w.out.WriteString("%PDF-1.7\n")
	var inside, packed bytes.Buffer
	rows, hid := make([]byte, 0), 0
	index := pdf.Array{}
	for _, n := range nums {
		o, err := f.Load(n)
		if s, ok := o.(*pdf.Stream); err != nil || ok && s.Dict["Type"] == pdf.Name("XRef") {
			continue
		}
		if !hidden(o) {
			w.write(n, o)
			continue
		}
		fmt.Fprintf(&inside, "%d %d ", n, packed.Len())
		packed.Write(append(w.marshal(o), '\n'))
		rows = append(rows, 2, byte(w.size>>8), byte(w.size), byte(hid))
		index = append(index, int64(n), int64(1))
		hid++
	}
	root, _ := f.Root()
	trailer := pdf.Dict{"Root": w.mapped(root), "Size": int64(w.size + 2)}
	if hid > 0 {
		w.write(w.size, pdf.Compress(pdf.Dict{"Type": pdf.Name("ObjStm"), "N": int64(hid), "First": int64(inside.Len())}, append(inside.Bytes(), packed.Bytes()...)))
		trailer["XRefStm"] = int64(w.out.Len())
		w.write(w.size+1, pdf.Compress(pdf.Dict{"Type": pdf.Name("XRef"), "Size": int64(w.size + 2), "W": pdf.Array{int64(1), int64(2), int64(1)}, "Index": index}, rows))
	}
	at := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n", len(w.rows))
	for n, row := range w.rows {
		if row == "" {
			row = fmt.Sprintf("0000000000 %05d f\r\n", map[bool]int{true: 65535}[n == 0])
		}
		w.out.WriteString(row)
	}
	fmt.Fprintf(&w.out, "trailer\n%s\nstartxref\n%d\n%%%%EOF\n", w.marshal(trailer), at)
	return w.out.Bytes()
}

type rewriter struct {
	t    *testing.T
	gen  func(n int) int
	size int
	rows []string
	out  bytes.Buffer
}

func (w *rewriter) write(n int, o pdf.Object) {
	w.rows[n] = fmt.Sprintf("%010d %05d n\r\n", w.out.Len(), w.gen(n))
	fmt.Fprintf(&w.out, "%d %d obj\n", n, w.gen(n))
	if s, ok := o.(*pdf.Stream); ok {
		d := s.Dict.Clone()
		d["Length"] = int64(len(s.Data))
		fmt.Fprintf(&w.out, "%s\nstream\n%s\nendstream", w.marshal(d), s.Data)
	} else {
		w.out.Write(w.marshal(o))
	}
	w.out.WriteString("\nendobj\n")
}

func (w *rewriter) marshal(o pdf.Object) []byte {
	b, err := pdf.Marshal(w.mapped(o))
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// mapped gives every reference the generation of its object.
func (w *rewriter) mapped(o pdf.Object) pdf.Object {
	switch v := o.(type) {
	case pdf.Ref:
		v.Gen = w.gen(v.Num)
		return v
	case pdf.Array:
		out := pdf.Array{}
		for _, x := range v {
			out = append(out, w.mapped(x))
		}
		return out
	case pdf.Dict:
		out := pdf.Dict{}
		for k, x := range v {
			out[k] = w.mapped(x)
		}
		return out
	}
	return o
}

// The shapes are what their names say.
func TestShapesAreWhatTheySay(t *testing.T) {
	f := open(t, sample(t, "object streams"))
	if root, _ := f.Root(); f.Entries()[root.Num].Kind != 2 {
		t.Error("the catalog is in no object stream")
	}
	f = open(t, sample(t, "generations"))
	if root, _ := f.Root(); root.Gen == 0 {
		t.Error("the catalog has generation 0")
	}
	if f = open(t, sample(t, "hybrid")); !f.Revisions()[0].Hybrid {
		t.Error("the file is no hybrid one")
	}
}
