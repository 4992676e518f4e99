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

// Every class of attack must be caught; the file it starts from is valid.
// expect is what the report must say: a verdict, and a word of the cause.
func TestAttacksAreCaught_ND23_16(t *testing.T) {
	c := newCourt(t)
	signed, sealed := c.flowA("libreoffice", true)
	attacks := map[string]struct {
		data   []byte
		expect Verdict
		word   string
	}{}
	add := func(name string, expect Verdict, word string, data []byte) {
		attacks[name] = struct {
			data   []byte
			expect Verdict
			word   string
		}{data, expect, word}
	}
	update := func(base []byte, f func(u *pdf.Update, f *pdf.File)) []byte { return edit(t, base, f) }

	// X: painted content, in three ways.
	add("X content stream appended", Invalid, "trang 1", update(sealed, func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": pdf.Array{contentOf(f, p), u.Add(pdf.Compress(pdf.Dict{}, []byte("0 0 100 100 re f")))}}))
	}))
	add("X content stream replaced", Invalid, "nội dung", update(sealed, func(u *pdf.Update, f *pdf.File) {
		u.Set(contentOf(f, pageOne(t, f)), pdf.Compress(pdf.Dict{}, []byte("0 0 100 100 re f")))
	}))
	add("X number painted by the clerk before sealing", Invalid, "nội dung", c.sign(update(signed, func(u *pdf.Update, f *pdf.File) {
		u.Set(contentOf(f, pageOne(t, f)), pdf.Compress(pdf.Dict{}, []byte("BT ET")))
	}), Options{Field: SealField, Look: SealLook(sealPNG(), 36)}, c.agency, true))
	add("page added", Invalid, "danh sách trang", update(sealed, func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		parent := p.Dict["Parent"].(pdf.Ref)
		d := f.Dict(parent)
		n, _ := f.Int(d["Count"])
		u.Set(parent, with(d, pdf.Dict{"Kids": append(slices.Clone(f.Array(d["Kids"])), u.Add(p.Dict.Clone())), "Count": int64(n + 1)}))
	}))
	add("pages swapped", Invalid, "trang", update(sealed, func(u *pdf.Update, f *pdf.File) {
		parent := pageOne(t, f).Dict["Parent"].(pdf.Ref)
		d := f.Dict(parent)
		kids := slices.Clone(f.Array(d["Kids"]))
		slices.Reverse(kids)
		u.Set(parent, with(d, pdf.Dict{"Kids": kids}))
	}))
	add("another catalog", Invalid, "gốc", update(sealed, func(u *pdf.Update, f *pdf.File) {
		root, _ := f.Root()
		u.Set(root, with(f.Catalog(), pdf.Dict{"OpenAction": u.Add(pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("x")})}))
	}))

	// L: number changed after the locking signature.
	number := func(u *pdf.Update, f *pdf.File) {
		fd := fieldNamed(t, f, NumberField)
		u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"V": pdf.String("99"), "AP": pdf.Dict{"N": lie(u)}}))
	}
	add("L number changed after the lock", Invalid, "khóa", update(sealed, number))
	add("number entered after the last signature", Undecided, "chưa ai ký", update(signed, number))

	// Appearance swaps and hiding.
	add("appearance of a signed field swapped", Invalid, "đã ký", update(sealed, func(u *pdf.Update, f *pdf.File) {
		fd := fieldNamed(t, f, SignerField)
		u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"AP": pdf.Dict{"N": lie(u)}}))
	}))
	add("appearance stream of a signed field overwritten", Invalid, "hình", update(sealed, func(u *pdf.Update, f *pdf.File) {
		n, _ := f.Dict(fieldNamed(t, f, SignerField).Dict["AP"])["N"].(pdf.Ref)
		u.Set(n, pdf.Compress(f.Dict(n).Clone(), []byte("1 0 0 rg 0 0 99 99 re f")))
	}))
	add("signed field moved", Invalid, "đã ký", update(sealed, func(u *pdf.Update, f *pdf.File) {
		fd := fieldNamed(t, f, SignerField)
		u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"Rect": pdf.Array{int64(0), int64(0), int64(600), int64(800)}}))
	}))
	add("field hidden", Invalid, "ẩn", update(signed, func(u *pdf.Update, f *pdf.File) {
		fd := fieldNamed(t, f, NumberField)
		u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"F": int64(6)}))
	}))
	add("field moved", Invalid, "/Rect", update(signed, func(u *pdf.Update, f *pdf.File) {
		fd := fieldNamed(t, f, NumberField)
		u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"Rect": pdf.Array{int64(0), int64(0), int64(600), int64(800)}}))
	}))
	add("signature removed", Invalid, "xóa", update(sealed, func(u *pdf.Update, f *pdf.File) {
		form, _ := f.Catalog()["AcroForm"].(pdf.Ref)
		list, _ := f.Dict(form)["Fields"].(pdf.Ref)
		all := f.Array(list)
		u.Set(list, slices.DeleteFunc(slices.Clone(all), func(o pdf.Object) bool { return o == fieldNamed(t, f, SealField).Ref }))
	}))
	add("text field added", Invalid, "thêm", update(sealed, func(u *pdf.Update, f *pdf.File) {
		e := &editor{f: f, u: u}
		e.addField(pageOne(t, f), pdf.Dict{"FT": pdf.Name("Tx"), "T": pdf.String("x"), "Rect": pdf.Array{int64(0), int64(0), int64(9), int64(9)}})
	}))
	add("D stamp annotation", Undecided, "chú thích", update(sealed, func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		list := p.Dict["Annots"].(pdf.Ref)
		a := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Stamp"), "Rect": pdf.Array{int64(0), int64(0), int64(9), int64(9)}, "AP": pdf.Dict{"N": lie(u)}})
		u.Set(list, append(slices.Clone(f.Array(list)), a))
	}))

	add("fake seal drawn in the empty seal field", Invalid, "không có chữ ký", update(signed, func(u *pdf.Update, f *pdf.File) {
		fd := fieldNamed(t, f, SealField)
		u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"AP": pdf.Dict{"N": lie(u)}}))
	}))
	whole := pdf.Array{int64(0), int64(0), int64(600), int64(800)}
	add("look of an unsigned new field", Invalid, "không có chữ ký", update(sealed, func(u *pdf.Update, f *pdf.File) {
		(&editor{f: f, u: u}).addField(pageOne(t, f), pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("x"), "Rect": whole, "AP": pdf.Dict{"N": lie(u)}})
	}))
	add("time stamp with a look", Invalid, "có hình hiển thị", c.stampWithLook(sealed, pdf.Dict{"Rect": whole}))
	add("annotation smuggled in by a time stamp's field", Invalid, "khóa lạ", c.stampWithLook(sealed, pdf.Dict{"Smuggled": true}))
	add("annotation smuggled in under a known key", Invalid, "gắn vào trang", c.stampWithLook(sealed, pdf.Dict{"MK": true}))
	add("signature that covers the page", Undecided, "che phần lớn", c.sign(signed, Options{
		Place: &Place{Box: pdf.Box{W: 200, H: 280}}, Look: TextLook("Không có gì")}, c.agency, true))

	// Fonts: the same letters, other shapes.
	add("font swapped", Invalid, "phông", update(sealed, func(u *pdf.Update, f *pdf.File) {
		n, d := fontOf(f)
		u.Set(pdf.Ref{Num: n}, with(d, pdf.Dict{"FontFile2": u.Add(pdf.Compress(pdf.Dict{}, []byte("other glyphs")))}))
	}))
	add("evidence store replaced page content", Invalid, "nội dung", update(c.longTerm(sealed, true), func(u *pdf.Update, f *pdf.File) {
		dss, _ := f.Catalog()["DSS"].(pdf.Ref)
		d := f.Dict(dss)
		content := contentOf(f, pageOne(t, f))
		u.Set(content, pdf.Compress(pdf.Dict{}, []byte("0 0 9 9 re f")))
		u.Set(dss, with(d, pdf.Dict{"Certs": append(slices.Clone(f.Array(d["Certs"])), content)}))
	}))
	add("evidence removed", Invalid, "bằng chứng", update(c.longTerm(sealed, true), func(u *pdf.Update, f *pdf.File) {
		dss, _ := f.Catalog()["DSS"].(pdf.Ref)
		u.Set(dss, with(f.Dict(dss), pdf.Dict{"Certs": pdf.Array{}}))
	}))
	add("metadata trick on page content", Invalid, "nội dung", update(sealed, func(u *pdf.Update, f *pdf.File) {
		root, _ := f.Root()
		content := contentOf(f, pageOne(t, f))
		u.Set(content, pdf.Compress(pdf.Dict{"Type": pdf.Name("Metadata")}, []byte("0 0 9 9 re f")))
		u.Set(root, with(f.Catalog(), pdf.Dict{"Metadata": content}))
	}))
	add("object freed", Invalid, "xóa", freeObject(t, sealed))

	// ISA: the body is appended, tables are left out or broken.
	p := pageOne(t, open(t, sealed))
	body := fmt.Sprintf("%d 0 obj\n<</Length 17>>\nstream\n0 0 100 100 re f \nendstream\nendobj\n", contentOf(open(t, sealed), p).Num)
	add("ISA body only", Invalid, "nối thêm", append(slices.Clone(sealed), body...))
	add("ISA body and a trailer without table", Invalid, "", append(slices.Clone(sealed), body+"trailer\n<</Root 1 0 R>>\n%%EOF\n"...))
	harmless := update(sealed, func(u *pdf.Update, f *pdf.File) { u.Add(pdf.Dict{"X": int64(1)}) })
	tail := slices.Clone(harmless[len(sealed):])
	add("ISA object that nothing explains", Invalid, "được thêm", harmless)
	add("ISA hidden definition beside an update", Invalid, "", append(append(slices.Clone(sealed), body...), tail...))
	add("one byte flipped", Invalid, "không khớp", flip(sealed, bytes.Index(sealed, []byte("stream"))+30))
	add("byte flipped in the signature", Invalid, "", flipHex(sealed, 4000))

	// USF: the entry is there but says nothing that can be checked.
	for name, pair := range map[string][2]string{
		"USF no ByteRange":    {"/ByteRange", "/ByteRangX"},
		"USF no Contents":     {"/Contents <", "/ContentX <"},
		"USF null sub-filter": {"/SubFilter /ETSI.CAdES.detached", "/SubFilter /null          "},
	} {
		at := bytes.LastIndex(sealed, []byte(pair[0]))
		broken := slices.Clone(sealed)
		copy(broken[at:], pair[1])
		add(name, Invalid, "", broken)
	}
	zeroed := slices.Clone(sealed)
	sig := signatures(t, sealed)[1]
	for i := sig.HoleStart + 1; i < sig.HoleEnd-1; i++ {
		zeroed[i] = '0'
	}
	add("USF Contents of zeros", Invalid, "", zeroed)
	add("SWA range moved off its Contents", Invalid, "phạm vi", wrap(t, sealed))
	add("stolen signature in a new field", Invalid, "", update(sealed, func(u *pdf.Update, f *pdf.File) {
		e := &editor{f: f, u: u}
		e.addField(pageOne(t, f), pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("x"), "V": fieldNamed(t, f, SealField).Dict["V"], "Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}})
	}))

	if r := c.verify(c.stampWithLook(sealed, nil), c.options()); r.Verdict() != Valid || len(r.Signatures) != 3 {
		t.Fatal("a plain time stamp made the same way is not valid: " + show(r))
	}
	base := c.verify(sealed, c.options())
	if base.Verdict() != Valid {
		t.Fatal("the file to attack is not valid: " + show(base))
	}
	o := c.options()
	o.RequireBoth = false
	for name, a := range attacks {
		t.Run(name, func(t *testing.T) {
			c.t = t
			r := c.verify(a.data, o)
			if r.Verdict() != a.expect && !(a.expect == Invalid && strings.HasPrefix(name, "USF") && r.Verdict() == Undecided) {
				t.Fatalf("%s, want %s\n%s", r.Verdict(), a.expect, show(r))
			}
			if all := show(r); !strings.Contains(all, a.word) {
				t.Errorf("%q is not said: %s", a.word, all)
			}
		})
	}
}

// stampWithLook adds a genuine document time stamp whose field says more than it
// should; a value true stands for an annotation put on the page at the same time.
func (c *court) stampWithLook(data []byte, extra pdf.Dict) []byte {
	u, err := open(c.t, data).Update()
	if err != nil {
		c.t.Fatal(err)
	}
	e := &editor{f: u.File(), u: u}
	value := u.Add(stampDict(Options{}, 8192, nil))
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
	sig := signatures(t, data)[1]
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

// Shadow attacks: the attacker writes the document that others sign.
func TestShadowAttacksAreCaught(t *testing.T) {
	c := newCourt(t)
	prepare := func(trap func(u *pdf.Update, f *pdf.File)) []byte {
		_, sealed := c.flowAOf(edit(t, sample(t, "libreoffice"), trap))
		return sealed
	}
	o := c.options()
	check := func(name string, base, attacked []byte) {
		t.Helper()
		if r := c.verify(base, o); r.Verdict() != Valid {
			t.Fatalf("%s: before: %s", name, show(r))
		}
		if r := c.verify(attacked, o); r.Verdict() != Invalid {
			t.Errorf("%s: %s", name, show(r))
		}
	}

	// Hide: a picture covers the text and is taken away later.
	var cover pdf.Ref
	hide := prepare(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		cover = u.Add(pdf.Compress(pdf.Dict{}, []byte("1 g 0 0 50 50 re f")))
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": pdf.Array{contentOf(f, p), cover}}))
	})
	check("hide", hide, edit(t, hide, func(u *pdf.Update, _ *pdf.File) { u.Set(cover, pdf.Compress(pdf.Dict{}, nil)) }))

	// Replace: a font that only a form field seemed to use is redefined.
	var font pdf.Ref
	replace := prepare(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		font = u.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
		res := with(p.Resources, nil)
		res["Font"] = with(f.Dict(res["Font"]), pdf.Dict{"Sh": font})
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Resources": res}))
	})
	check("replace", replace, edit(t, replace, func(u *pdf.Update, f *pdf.File) {
		u.Set(font, with(f.Dict(font), pdf.Dict{"BaseFont": pdf.Name("Courier")}))
	}))

	// Hide and replace: a second definition sleeps inside the signed revision
	// and a later table wakes it.
	var content pdf.Ref
	asleep := edit(t, sample(t, "libreoffice"), func(u *pdf.Update, f *pdf.File) {
		content = contentOf(f, pageOne(t, f))
		fake := fmt.Sprintf("%d 0 obj\n<</Length 17>>\nstream\n0 0 100 100 re f \nendstream\nendobj\n", content.Num)
		u.Add(&pdf.Stream{Dict: pdf.Dict{}, Data: []byte("\n" + fake)})
	})
	_, sleeping := c.flowAOf(asleep)
	f := open(t, sleeping)
	revs := f.Revisions()
	root, _ := f.Root()
	size, _ := f.Int(f.Trailer["Size"])
	fakeAt := bytes.LastIndex(sleeping[:revs[1].End], fmt.Appendf(nil, "\n%d 0 obj\n<</Length 17>>", content.Num)) + 1
	woken := fmt.Appendf(slices.Clone(sleeping), "xref\n%d 1\n%010d 00000 n\r\ntrailer\n<</Size %d/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
		content.Num, fakeAt, size, root, revs[len(revs)-1].StartXref, len(sleeping))
	check("hide and replace", sleeping, woken)

	// Dangling: the page points at an object that is only defined later, as
	// part of an allowed change.
	var ghost pdf.Ref
	dangling := prepare(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		size, _ := f.Int(f.Trailer["Size"])
		ghost = pdf.Ref{Num: size + 400}
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": pdf.Array{contentOf(f, p), ghost}}))
	})
	check("dangling reference", dangling, edit(t, dangling, func(u *pdf.Update, f *pdf.File) {
		e := &editor{f: f, u: u}
		u.Set(ghost, pdf.Compress(pdf.Dict{}, []byte("0 0 9 9 re f")))
		dss := u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{ghost}})
		root, _ := f.Root()
		e.set(root, pdf.Dict{"DSS": dss})
	}))

	// Shared array: what grows as evidence is also the page's content.
	var shared pdf.Ref
	sharing := prepare(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		root, _ := f.Root()
		shared = u.Add(pdf.Array{contentOf(f, p)})
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": shared}))
		u.Set(root, with(f.Catalog(), pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": shared})}))
	})
	check("shared array", sharing, edit(t, sharing, func(u *pdf.Update, f *pdf.File) {
		u.Set(shared, append(slices.Clone(f.Array(shared)), u.Add(pdf.Compress(pdf.Dict{}, []byte("0 0 9 9 re f")))))
	}))
}

// flowAOf runs flow A on a given file.
func (c *court) flowAOf(in []byte) (signed, sealed []byte) {
	c.t.Helper()
	prepared, err := PrepareDocument(in, sampleLayout())
	if err != nil {
		c.t.Fatal(err)
	}
	signed = c.sign(prepared, Options{Field: SignerField, Look: PersonalLook(signaturePNG())}, c.person, true)
	return signed, c.sign(signed, Options{Field: SealField, Fill: []Fill{FillNumber(7), FillDate(c.now)}}, c.agency, true)
}
