package pades

import (
	"bytes"
	"crypto"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vanthu/pdf"
)

// edit makes one honest-looking incremental update.
func edit(t *testing.T, data []byte, change func(u *pdf.Update, f *pdf.File)) []byte {
	t.Helper()
	f := open(t, data)
	u, err := f.Update()
	if err != nil {
		t.Fatal(err)
	}
	change(u, f)
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pageOne(t *testing.T, f *pdf.File) pdf.Page {
	t.Helper()
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	return pages[0]
}

func fieldNamed(t *testing.T, f *pdf.File, name string) Field {
	t.Helper()
	list, err := Fields(f)
	if err != nil {
		t.Fatal(err)
	}
	fd, ok := findField(list, name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	return fd
}

func with(d pdf.Dict, kv pdf.Dict) pdf.Dict {
	d = d.Clone()
	for k, v := range kv {
		d[k] = v
	}
	return d
}

// text is an appearance or content that shows a lie.
func lie(u *pdf.Update) pdf.Ref {
	return u.Add(pdf.Compress(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": pdf.Array{int64(0), int64(0), int64(200), int64(50)}},
		[]byte("1 0 0 rg 0 0 200 50 re f")))
}

// contentOf is the number of the page's (first) content stream.
func contentOf(f *pdf.File, p pdf.Page) pdf.Ref {
	if r, ok := p.Dict["Contents"].(pdf.Ref); ok && f.Stream(r) != nil {
		return r
	}
	r, _ := f.Array(p.Dict["Contents"])[0].(pdf.Ref)
	return r
}

// fontOf finds the first font file in the document.
func fontOf(f *pdf.File) (int, pdf.Dict) {
	var nums []int
	for n := range f.Entries() {
		nums = append(nums, n)
	}
	slices.Sort(nums)
	for _, n := range nums {
		if o, _ := f.Load(n); o != nil {
			if d, ok := o.(pdf.Dict); ok && d["Type"] == pdf.Name("FontDescriptor") {
				return n, d
			}
		}
	}
	return 0, nil
}

// ranges are wrong ranges of bytes, most of them honestly signed over what they
// say: only their form gives them away. iso32000-2:12.8.1 etsi-319142-1:5.3
func (c *corpus) ranges() []vector {
	v := func(name, about string, data []byte) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, pdfsig: -1, about: about, data: data}
	}
	usf := func(name, about, old, new string) vector {
		at := bytes.LastIndex(c.lone, []byte(old))
		broken := slices.Clone(c.lone)
		copy(broken[at:], new)
		return v(name, about, broken)
	}
	zeroed := slices.Clone(c.lone)
	sig := signatures(c.t, c.lone)[0]
	for i := sig.HoleStart + 1; i < sig.HoleEnd-1; i++ {
		zeroed[i] = '0'
	}
	nothing := vector{name: "usf-contents-of-zeros", expect: "invalid", check: Crypto, is: Invalid, pdfsig: -1, about: "universal forgery: /Contents is nothing but zeros", data: zeroed}
	return []vector{
		v("range-starts-late", "the first bytes are left out", c.ranged(func(hole, end, size int64) string { return fmt.Sprintf("[9 %d %d %d", hole-9, end, size-end) })),
		v("range-gap-before", "the gap begins before /Contents", c.ranged(func(hole, end, size int64) string { return fmt.Sprintf("[0 %d %d %d", hole-11, end, size-end) })),
		v("range-gap-after", "the gap goes beyond /Contents", c.ranged(func(hole, end, size int64) string { return fmt.Sprintf("[0 %d %d %d", hole, end+30, size-end-30) })),
		v("range-ends-early", "the last bytes are left out", c.ranged(func(hole, end, size int64) string { return fmt.Sprintf("[0 %d %d %d", hole, end, size-end-40) })),
		v("range-first-part-only", "nothing behind /Contents is covered", c.ranged(func(hole, end, _ int64) string { return fmt.Sprintf("[0 %d %d 0", hole, end) })),
		v("range-overlaps-itself", "both parts are the same bytes", c.ranged(func(hole, _, _ int64) string { return fmt.Sprintf("[0 %d 0 %d", hole, hole) })),
		usf("range-negative", "a negative length", "/ByteRange [0 ", "/ByteRange [0 -"),
		usf("range-beyond-the-file", "a length beyond the end", "/ByteRange [0 ", "/ByteRange [0 9"),
		usf("range-of-five", "more than four numbers", "/ByteRange [0 ", "/ByteRange [0 1 "),
		usf("usf-no-range", "universal forgery: no /ByteRange", "/ByteRange", "/ByteRangX"),
		usf("usf-null-range", "universal forgery: /ByteRange is null", "/ByteRange [0", "/ByteRange null/X ["),
		usf("usf-no-contents", "universal forgery: no /Contents", "/Contents <", "/ContentX <"),
		usf("usf-null-contents", "universal forgery: /Contents is null", "/Contents <", "/Contents null/X<"),
		nothing,
		{name: "usf-null-sub-filter", expect: "undecided", check: Crypto, is: Undecided, pdfsig: -1, about: "universal forgery: the sub-filter says nothing",
			data: bytes.Replace(c.lone, []byte("/SubFilter /ETSI.CAdES.detached"), fmt.Appendf(nil, "%-31s", "/SubFilter /null"), 1)},
		v("swa-tail-moved", "signature wrapping: the signed tail is moved to the end and a lie put in its place", wrap(c.t, c.lone)),
		v("swa-stolen", "signature wrapping: a genuine signature is shown by a second field", edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) {
			e := &editor{f: f, u: u}
			e.addField(pageOne(c.t, f), pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("x"), "V": only(c.t, f).Dict["V"], "Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}})
		})),
		{name: "byte-flipped", expect: "invalid", openssl: "0", check: Crypto, is: Invalid, say: "không khớp", pdfsig: 0, about: "one bit of the content changed",
			data: flip(c.lone, bytes.Index(c.lone, []byte("stream"))+30)},
		{name: "signature-flipped", expect: "invalid", openssl: "0", pdfsig: 0, about: "one digit of the signature changed", data: flipHex(c.lone, 4000)},
	}
}

// ranged signs honestly over whatever range is said.
func (c *corpus) ranged(say func(hole, end, size int64) string) []byte {
	p, err := Begin(c.decision, Options{Time: c.now, Reserve: room})
	if err != nil {
		c.t.Fatal(err)
	}
	text := say(p.HoleStart, p.HoleEnd, p.BaseSize+int64(len(p.Increment)))
	at := bytes.Index(p.Increment, []byte("/ByteRange [")) + len("/ByteRange ")
	end := at + bytes.IndexByte(p.Increment[at:], ']')
	copy(p.Increment[at:end], bytes.Repeat([]byte(" "), end-at))
	copy(p.Increment[at:end], text)
	file := slices.Concat(p.Base, p.Increment)
	var r [4]int64
	if _, err := fmt.Sscanf(text, "[%d %d %d %d", &r[0], &r[1], &r[2], &r[3]); err != nil {
		c.t.Fatal(err)
	}
	h := p.Hash.New()
	h.Write(file[r[0] : r[0]+r[1]])
	h.Write(file[r[2] : r[2]+r[3]])
	p.Digest = h.Sum(nil)
	return c.finish(p)
}

// only is the one signed field of a file.
func only(t *testing.T, f *pdf.File) Field {
	t.Helper()
	sigs, err := Signatures(f)
	if err != nil || len(sigs) != 1 {
		t.Fatal(len(sigs), err)
	}
	return sigs[0].Field
}

// updates are later revisions, or what poses as one, over a file that was signed.
func (c *corpus) updates() []vector {
	change := func(name, say, about string, f func(u *pdf.Update, f *pdf.File)) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, say: say, pdfsig: -1, about: about, data: edit(c.t, c.lone, f)}
	}
	tail := func(name, about string, tail []byte) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, pdfsig: -1, about: about, data: slices.Concat(c.lone, tail)}
	}
	f := open(c.t, c.lone)
	content := contentOf(f, pageOne(c.t, f))
	body := fmt.Sprintf("%d 0 obj\n<</Length 17>>\nstream\n0 0 100 100 re f \nendstream\nendobj\n", content.Num)
	root, _ := f.Root()
	size, _ := f.Int(f.Trailer["Size"])
	own := len(c.lone) + len(body)
	orphan := fmt.Sprintf("%sxref\n%d 1\n%010d 00000 n\r\ntrailer\n<</Size %d/Root %s>>\nstartxref\n%d\n%%%%EOF\n", body, content.Num, len(c.lone), size, root, own)
	first := f.Revisions()[0].StartXref
	skips := fmt.Sprintf("%sxref\n%d 1\n%010d 00000 n\r\ntrailer\n<</Size %d/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", body, content.Num, len(c.lone), size, root, first, own)
	harmless := edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) { u.Add(pdf.Dict{"X": int64(1)}) })[len(c.lone):]
	lta := c.longTerm(c.signed(c.decision, c.person), true)
	onLTA := func(name, say, about string, f func(u *pdf.Update, f *pdf.File)) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, say: say, pdfsig: -1, about: about, data: edit(c.t, lta, f)}
	}
	return []vector{
		tail("isa-body-only", "incremental saving: a new body without a table", []byte(body)),
		tail("isa-trailer-without-table", "incremental saving: body and trailer, no table", []byte(body+"trailer\n<</Root 1 0 R>>\n%%EOF\n")),
		tail("isa-table-without-past", "incremental saving: a table that names no earlier one", []byte(orphan)),
		{name: "isa-past-skipped", expect: "undecided", pdfsig: -1, data: slices.Concat(c.lone, []byte(skips)),
			about: "incremental saving: /Prev jumps over the signed revision, whose signature is out of sight: the file counts as not signed"},
		tail("isa-past-rewritten", "incremental saving: one table takes the place of the signed revision's", c.rewritten()),
		tail("isa-hidden-definition", "incremental saving: a definition that the table does not name", append([]byte(body), harmless...)),
		tail("isa-unexplained-object", "an object that no allowed change explains", harmless),
		change("content-appended", "trang 1", "a content stream is added to the page", func(u *pdf.Update, f *pdf.File) {
			p := pageOne(c.t, f)
			u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": pdf.Array{content, u.Add(pdf.Compress(pdf.Dict{}, []byte("0 0 100 100 re f")))}}))
		}),
		change("content-replaced", "nội dung", "the page's content stream is replaced", func(u *pdf.Update, f *pdf.File) {
			u.Set(content, pdf.Compress(pdf.Dict{}, []byte("0 0 100 100 re f")))
		}),
		change("object-freed", "", "the page's content is freed in place of being replaced", func(u *pdf.Update, f *pdf.File) { u.Set(content, nil) }),
		{name: "object-freed-by-table", expect: "invalid", check: Integrity, is: Invalid, say: "xóa", pdfsig: -1, about: "a table that frees the page's content", data: freeObject(c.t, c.lone)},
		change("page-added", "danh sách trang", "a page is added", func(u *pdf.Update, f *pdf.File) {
			p := pageOne(c.t, f)
			parent := p.Dict["Parent"].(pdf.Ref)
			d := f.Dict(parent)
			n, _ := f.Int(d["Count"])
			u.Set(parent, with(d, pdf.Dict{"Kids": append(slices.Clone(f.Array(d["Kids"])), u.Add(p.Dict.Clone())), "Count": int64(n + 1)}))
		}),
		change("page-removed", "danh sách trang", "a page is taken away", func(u *pdf.Update, f *pdf.File) {
			parent := pageOne(c.t, f).Dict["Parent"].(pdf.Ref)
			d := f.Dict(parent)
			u.Set(parent, with(d, pdf.Dict{"Kids": f.Array(d["Kids"])[:1], "Count": int64(1)}))
		}),
		change("pages-swapped", "trang", "the pages change places", func(u *pdf.Update, f *pdf.File) {
			parent := pageOne(c.t, f).Dict["Parent"].(pdf.Ref)
			d := f.Dict(parent)
			kids := slices.Clone(f.Array(d["Kids"]))
			slices.Reverse(kids)
			u.Set(parent, with(d, pdf.Dict{"Kids": kids}))
		}),
		change("page-cropped", "trang 1", "the crop box hides a part of the page", func(u *pdf.Update, f *pdf.File) {
			p := pageOne(c.t, f)
			u.Set(p.Ref, with(p.Dict, pdf.Dict{"CropBox": pdf.Array{int64(0), int64(0), int64(300), int64(300)}}))
		}),
		change("script-on-opening", "gốc", "the catalog gets an action", func(u *pdf.Update, f *pdf.File) {
			u.Set(root, with(f.Catalog(), pdf.Dict{"OpenAction": u.Add(pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("x")})}))
		}),
		change("layer-hidden", "gốc", "optional content is configured anew", func(u *pdf.Update, f *pdf.File) {
			u.Set(root, with(f.Catalog(), pdf.Dict{"OCProperties": pdf.Dict{"OCGs": pdf.Array{}, "D": pdf.Dict{"BaseState": pdf.Name("OFF")}}}))
		}),
		change("font-swapped", "phông", "the same letters, other shapes", func(u *pdf.Update, f *pdf.File) {
			n, d := fontOf(f)
			u.Set(pdf.Ref{Num: n}, with(d, pdf.Dict{"FontFile2": u.Add(pdf.Compress(pdf.Dict{}, []byte("other glyphs")))}))
		}),
		change("font-file-overwritten", "", "the shapes are overwritten where they stand", func(u *pdf.Update, f *pdf.File) {
			_, d := fontOf(f)
			u.Set(d["FontFile2"].(pdf.Ref), pdf.Compress(pdf.Dict{}, []byte("other glyphs")))
		}),
		change("font-of-the-page-renamed", "trang 1", "the page's resources name another font", func(u *pdf.Update, f *pdf.File) {
			p := pageOne(c.t, f)
			other := u.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Symbol")})
			u.Set(p.Ref, with(p.Dict, pdf.Dict{"Resources": pdf.Dict{"Font": pdf.Dict{"F": other}}}))
		}),
		change("metadata-is-the-page", "nội dung", "what is replaced as metadata is the page's content", func(u *pdf.Update, f *pdf.File) {
			u.Set(content, pdf.Compress(pdf.Dict{"Type": pdf.Name("Metadata")}, []byte("0 0 9 9 re f")))
			u.Set(root, with(f.Catalog(), pdf.Dict{"Metadata": content}))
		}),
		onLTA("evidence-is-the-page", "nội dung", "what is added as evidence is the page's content", func(u *pdf.Update, f *pdf.File) {
			dss, _ := f.Catalog()["DSS"].(pdf.Ref)
			d := f.Dict(dss)
			u.Set(content, pdf.Compress(pdf.Dict{}, []byte("0 0 9 9 re f")))
			u.Set(dss, with(d, pdf.Dict{"Certs": append(slices.Clone(f.Array(d["Certs"])), content)}))
		}),
		onLTA("evidence-removed", "bằng chứng", "evidence is taken away", func(u *pdf.Update, f *pdf.File) {
			dss, _ := f.Catalog()["DSS"].(pdf.Ref)
			u.Set(dss, with(f.Dict(dss), pdf.Dict{"Certs": pdf.Array{}}))
		}),
		{name: "certified-p1-then-filled", expect: "invalid", check: Integrity, is: Invalid, pdfsig: -1, about: "DocMDP P=1 forbids to fill a field",
			data: edit(c.t, c.certified(c.prepared, 1, SignerField), c.number)},
		{name: "certified-p1-then-evidence", expect: "valid", pdfsig: -1, about: "DocMDP P=1 allows evidence (iso32000-2:12.8.2.2.2)", data: c.evidence(c.certified(c.prepared, 1, SignerField))},
		{name: "certified-p2-then-annotated", expect: "invalid", check: Integrity, is: Invalid, say: "chú thích", pdfsig: -1, about: "DocMDP P=2 forbids annotations",
			data: edit(c.t, c.certified(c.prepared, 2, SignerField), c.stamp)},
		{name: "certified-p3-then-annotated", expect: "undecided", check: Integrity, is: Undecided, say: "cần xem bản đã ký", pdfsig: -1, about: "DocMDP P=3 allows annotations: a person must look",
			data: edit(c.t, c.certified(c.prepared, 3, SignerField), c.stamp)},
		{name: "evil-annotation", expect: "undecided", check: Integrity, is: Undecided, say: "chú thích", pdfsig: -1, about: "flow D: a stamp annotation over a signed page, never valid", data: edit(c.t, c.lone, c.stamp)},
	}
}

// rewritten is a tail whose one table repeats that of the signed revision, with
// other page content, and leads to the revision before it.
func (c *corpus) rewritten() []byte {
	f := open(c.t, c.lone)
	revs := f.Revisions()
	last := revs[len(revs)-1]
	content := contentOf(f, pageOne(c.t, f))
	at := int64(len(c.lone))
	tail := fmt.Appendf(nil, "%d 0 obj\n<</Length 17>>\nstream\n0 0 100 100 re f \nendstream\nendobj\n", content.Num)
	table := at + int64(len(tail))
	tail = fmt.Appendf(tail, "xref\n%d 1\n%010d 00000 n\r\n", content.Num, at)
	for n, e := range last.Entries {
		tail = fmt.Appendf(tail, "%d 1\n%010d %05d n\r\n", n, e.Offset, e.Gen)
	}
	root, _ := f.Root()
	size, _ := f.Int(f.Trailer["Size"])
	return fmt.Appendf(tail, "trailer\n<</Size %d/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", size, root, revs[len(revs)-2].StartXref, table)
}

// evidence adds a store by hand.
func (c *corpus) evidence(in []byte) []byte {
	return edit(c.t, in, func(u *pdf.Update, f *pdf.File) {
		root, _ := f.Root()
		certs := pdf.Array{u.Add(pdf.Compress(pdf.Dict{}, c.ca.Issuing().Raw))}
		u.Set(root, with(f.Catalog(), pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": certs})}))
	})
}

// number changes what the number field shows.
func (c *corpus) number(u *pdf.Update, f *pdf.File) {
	fd := fieldNamed(c.t, f, NumberField)
	u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"V": pdf.String("99"), "AP": pdf.Dict{"N": lie(u)}}))
}

// stamp sticks an annotation on page 1.
func (c *corpus) stamp(u *pdf.Update, f *pdf.File) {
	e := &editor{f: f, u: u}
	list := e.annots(pageOne(c.t, f))
	a := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Stamp"), "Rect": pdf.Array{int64(0), int64(0), int64(200), int64(50)}, "AP": pdf.Dict{"N": lie(u)}})
	u.Set(list, append(slices.Clone(u.Array(list)), a))
}

// fields are lies told with form fields.
func (c *corpus) fields() []vector {
	bad := func(name, say, about string, data []byte) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, say: say, pdfsig: -1, about: about, data: data}
	}
	field := func(base []byte, name string, kv func(u *pdf.Update, d pdf.Dict) pdf.Dict) []byte {
		return edit(c.t, base, func(u *pdf.Update, f *pdf.File) {
			fd := fieldNamed(c.t, f, name)
			u.Set(fd.Ref, with(fd.Dict, kv(u, fd.Dict)))
		})
	}
	swap := func(u *pdf.Update, _ pdf.Dict) pdf.Dict { return pdf.Dict{"AP": pdf.Dict{"N": lie(u)}} }
	whole := pdf.Array{int64(0), int64(0), int64(600), int64(800)}
	moved := func(*pdf.Update, pdf.Dict) pdf.Dict { return pdf.Dict{"Rect": whole} }
	add := func(d func(u *pdf.Update) pdf.Dict) []byte {
		return edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) { (&editor{f: f, u: u}).addField(pageOne(c.t, f), d(u)) })
	}
	include := "/Reference [<</Type /SigRef /TransformMethod /FieldMDP /TransformParams <</Type /TransformParams /Action /Include /Fields [(" + NumberField + ")] /V /1.2>>>>]"
	exclude := strings.Replace(include, "/Include", "/Exclude", 1)
	locked := func(reference, name string) []byte {
		return field(c.locking(c.prepared, SignerField, reference), name, swapValue)
	}
	return []vector{
		bad("number-changed-after-lock", "khóa", "flow L: the number changes after the locking signature; pdfsig sees nothing wrong", edit(c.t, c.sealed, c.number)),
		bad("number-painted", "nội dung", "flow X: the clerk paints the number into the page before sealing", c.seal(edit(c.t, c.half, func(u *pdf.Update, f *pdf.File) {
			u.Set(contentOf(f, pageOne(c.t, f)), pdf.Compress(pdf.Dict{}, []byte("BT ET")))
		}))),
		{name: "number-after-the-last-signature", expect: "undecided", check: Coverage, is: Undecided, say: "chưa ai ký", pdfsig: -1, about: "the number is entered and nobody signs it", data: edit(c.t, c.half, c.number)},
		bad("lock-include-broken", "khóa", "FieldMDP Include: the named field changes", locked(include, NumberField)),
		bad("lock-exclude-broken", "khóa", "FieldMDP Exclude: a field that is not named changes", locked(exclude, DateField)),
		{name: "lock-include-kept", expect: "undecided", check: Integrity, is: Valid, pdfsig: -1, about: "FieldMDP Include: another field is filled, which nobody has signed yet", data: locked(include, DateField)},
		bad("look-of-signature-swapped", "đã ký", "appearance swap: the signed field gets another look", field(c.half, SignerField, swap)),
		bad("look-of-signature-overwritten", "hình", "appearance swap: the stream of the signed field's look is overwritten", edit(c.t, c.half, func(u *pdf.Update, f *pdf.File) {
			n, _ := f.Dict(fieldNamed(c.t, f, SignerField).Dict["AP"])["N"].(pdf.Ref)
			u.Set(n, pdf.Compress(f.Dict(n).Clone(), []byte("1 0 0 rg 0 0 99 99 re f")))
		})),
		bad("signature-moved", "đã ký", "the signed field is moved over the page", field(c.half, SignerField, moved)),
		bad("signature-removed", "xóa", "the field of a signature is taken out of the form", edit(c.t, c.sealed, func(u *pdf.Update, f *pdf.File) {
			form, _ := f.Catalog()["AcroForm"].(pdf.Ref)
			list, _ := f.Dict(form)["Fields"].(pdf.Ref)
			u.Set(list, slices.DeleteFunc(slices.Clone(f.Array(list)), func(o pdf.Object) bool { return o == fieldNamed(c.t, f, SealField).Ref }))
		})),
		bad("field-hidden", "ẩn", "a field gains the flag Hidden", field(c.half, NumberField, func(*pdf.Update, pdf.Dict) pdf.Dict { return pdf.Dict{"F": int64(6)} })),
		bad("field-moved", "/Rect", "an empty field is moved", field(c.half, NumberField, moved)),
		bad("text-field-added", "thêm", "a text field is added after signing", add(func(*pdf.Update) pdf.Dict {
			return pdf.Dict{"FT": pdf.Name("Tx"), "T": pdf.String("x"), "Rect": pdf.Array{int64(0), int64(0), int64(9), int64(9)}}
		})),
		bad("seal-painted-unsigned", "không có chữ ký", "a seal is drawn in the empty field without signing", field(c.half, SealField, swap)),
		bad("look-without-signature", "không có chữ ký", "sneaky field: a new signature field shows something and is not signed", add(func(u *pdf.Update) pdf.Dict {
			return pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("x"), "Rect": whole, "AP": pdf.Dict{"N": lie(u)}}
		})),
		bad("stamp-with-a-look", "có hình hiển thị", "sneaky field: a time stamp, which anybody can get, shows something", c.stampWithLook(c.lone, pdf.Dict{"Rect": whole})),
		bad("stamp-with-a-strange-key", "khóa lạ", "a time stamp's field carries a strange key", c.stampWithLook(c.lone, pdf.Dict{"Smuggled": true})),
		bad("stamp-smuggles-annotation", "gắn vào trang", "an annotation comes in under a key that a signature field may have", c.stampWithLook(c.lone, pdf.Dict{"MK": true})),
		{name: "stamp-plain", expect: "valid", pdfsig: -1, about: "a plain time stamp made in the same way", data: c.stampWithLook(c.lone, nil)},
		{name: "signature-covers-the-page", expect: "undecided", check: Integrity, is: Undecided, say: "che phần lớn", pdfsig: -1, about: "a later signature covers most of the page: a person must compare",
			data: c.sign(c.lone, Options{Place: &Place{Box: pdf.Box{W: 200, H: 280}}, Look: TextLook("Không có gì"), Reserve: room}, c.agency, true)},
	}
}

func swapValue(u *pdf.Update, _ pdf.Dict) pdf.Dict {
	return pdf.Dict{"V": pdf.String("99"), "AP": pdf.Dict{"N": lie(u)}}
}

// stampWithLook adds a genuine document time stamp whose field says more than it
// should; a value true stands for an annotation put on the page at the same time.
func (c *court) stampWithLook(data []byte, extra pdf.Dict) []byte {
	return c.stampedField(data, extra, stampDict)
}

func (c *court) stampedField(data []byte, extra pdf.Dict, dict func(Options, int, *FieldLock) pdf.Raw) []byte {
	u, err := open(c.t, data).Update()
	if err != nil {
		c.t.Fatal(err)
	}
	e := &editor{f: u.File(), u: u}
	value := u.Add(dict(Options{}, 8192, nil))
	page := pageOne(c.t, u.File())
	d := pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.EncodeText("x"), "F": int64(132), "V": value, "Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}}
	for k, v := range extra {
		if v == true {
			note := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("FreeText"), "Rect": pdf.Array{int64(0), int64(0), int64(600), int64(800)}, "AP": pdf.Dict{"N": lie(u)}})
			list := e.annots(page)
			u.Set(list, append(slices.Clone(u.Array(list)), note))
			v = pdf.Dict{"X": note}
		}
		d[k] = v
	}
	if d["Rect"] != nil && extra["Rect"] != nil {
		d["AP"] = pdf.Dict{"N": lie(u)}
	}
	e.addField(page, d)
	pend, err := e.pending(value, "x", crypto.SHA256)
	if err != nil {
		c.t.Fatal(err)
	}
	token, err := c.ca.TSA().Stamp(c.t.Context(), pend.Digest)
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := pend.Finish(token)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func flip(data []byte, at int) []byte {
	out := slices.Clone(data)
	out[at] ^= 1
	return out
}

// flipHex changes a digit of the last signature value.
func flipHex(data []byte, into int) []byte {
	at := bytes.LastIndex(data, []byte("/Contents <")) + len("/Contents <") + into
	out := slices.Clone(data)
	if out[at] == 'a' {
		out[at] = 'b'
	} else {
		out[at] = 'a'
	}
	return out
}

// freeObject appends a table that frees the content of page 1.
func freeObject(t *testing.T, data []byte) []byte {
	f := open(t, data)
	n := contentOf(f, pageOne(t, f)).Num
	revs := f.Revisions()
	root, _ := f.Root()
	size, _ := f.Int(f.Trailer["Size"])
	out := slices.Clone(data)
	at := len(out)
	return fmt.Appendf(out, "xref\n%d 1\n0000000000 00001 f\r\ntrailer\n<</Size %d/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", n, size, root, revs[len(revs)-1].StartXref, at)
}

// wrap moves the signed tail to the end of the file and lies in its place: the
// gap of /ByteRange grows beyond /Contents (signature wrapping).
func wrap(t *testing.T, data []byte) []byte {
	sig := signatures(t, data)[0]
	tail := data[sig.HoleEnd:]
	out := slices.Clone(data)
	pad := int64(len(tail))
	text := fmt.Sprintf("[0 %d %d %d", sig.HoleStart, sig.HoleEnd+pad, len(tail))
	at := bytes.LastIndex(out, []byte("/ByteRange ")) + len("/ByteRange ")
	end := at + bytes.IndexByte(out[at:], ']')
	for i := at; i < end; i++ {
		out[i] = ' '
	}
	copy(out[at:], text)
	return append(out, tail...)
}
