package pades

import (
	"crypto"
	"fmt"
	"strings"
	"testing"

	"vanthu/pdf"
)

// vendors are what programs of others do to a file that is signed, and attacks
// that would be let through by trusting them too far.
func (c *corpus) vendors() []vector {
	good := func(name, about string, data []byte) vector {
		return vector{name: name, expect: "valid", pdfsig: -1, about: about, data: data}
	}
	judged := func(verdict Verdict, name, say, about string, data []byte) vector {
		return vector{name: name, expect: string(verdict), check: Integrity, is: verdict, say: say, pdfsig: -1, about: about, data: data}
	}
	form := func(kv pdf.Dict) func(*pdf.Update, *pdf.File) {
		return func(u *pdf.Update, f *pdf.File) {
			e := &editor{f: f, u: u}
			e.acroForm()
			e.set(e.form, kv)
		}
	}
	calm := func(data []byte) []byte { return edit(c.t, data, form(pdf.Dict{"NeedAppearances": false})) }
	asks, on := form(pdf.Dict{"NeedAppearances": true}), pdf.Array{int64(300), int64(100), int64(390), int64(140)}
	asked := c.trap(asks)
	seldom := c.trap(func(u *pdf.Update, f *pdf.File) {
		asks(u, f)
		(&editor{f: f, u: u}).addField(pageOne(c.t, f), pdf.Dict{"FT": pdf.Name("Tx"), "T": pdf.String("bay"), "F": int64(4), "Rect": on, "AP": pdf.Dict{"N": lie(u)}})
	})
	inline := c.trap(func(u *pdf.Update, f *pdf.File) {
		asks(u, f)
		p := pageOne(c.t, f)
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Annots": pdf.Array{pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Tx"), "F": int64(4), "Rect": on, "AP": pdf.Dict{"N": lie(u)}}}}))
	})
	empty := func(flags int64) []byte {
		return c.trap(func(u *pdf.Update, f *pdf.File) { unsigned(c.t, u, f, pdf.Dict{"F": flags, "Rect": on}) })
	}
	twice := c.decisionWith("/Contents 7000 0 R", "")
	odd := c.decisionWith("/Rotate 0.0-0", "<</LW 1.2E-05/CA .5/CA 0.00-35/D [1 x 2]>>")
	rewritten := edit(c.t, c.sealed, func(u *pdf.Update, f *pdf.File) {
		p := pageOne(c.t, f)
		u.Set(p.Ref, raw(c.t, p.Dict, "/Contents "+u.Add(lie(u)).String()))
		evidence(u, f)
	})
	added := func(data []byte) []byte {
		return edit(c.t, data, func(u *pdf.Update, f *pdf.File) { evidence(u, f) })
	}
	// store signs nothing: it writes the lists of evidence anew.
	store := func(data []byte, certs func(u *pdf.Update, had pdf.Array) pdf.Array) []byte {
		return edit(c.t, data, func(u *pdf.Update, f *pdf.File) {
			root, _ := f.Root()
			had := f.Array(f.Dict(f.Catalog()["DSS"])["Certs"])
			u.Set(root, with(f.Catalog(), pdf.Dict{"DSS": pdf.Dict{"Type": pdf.Name("DSS"), "Certs": certs(u, had)}}))
		})
	}
	cert := func(u *pdf.Update, by *court) pdf.Object { return u.Add(pdf.Compress(pdf.Dict{}, by.ca.Issuing().Raw)) }
	two := store(c.lone, func(u *pdf.Update, _ pdf.Array) pdf.Array { return pdf.Array{cert(u, c.court), cert(u, c.public)} })
	next := func(base []byte, look pdf.Object, drawing bool) []byte {
		return edit(c.t, base, func(u *pdf.Update, f *pdf.File) {
			unsigned(c.t, u, f, pdf.Dict{"F": int64(4), "Rect": on, "AP": pdf.Dict{"N": u.Add(look)}})
			if drawing {
				helv := u.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
				fonts := u.Add(pdf.Dict{"Helv": helv})
				form(pdf.Dict{"DA": pdf.String("/Helv 0 Tf 0 g "), "DR": u.Add(pdf.Dict{"Font": fonts})})(u, f)
			}
		})
	}
	const blank = "<</Type/XObject/Subtype/Form/FormType 1/BBox[0 0 90 40]/Resources<<>>/Length 0>>\nstream\n"
	bare := c.trap(func(u *pdf.Update, f *pdf.File) {
		(&editor{f: f, u: u}).addField(pageOne(c.t, f), pdf.Dict{"FT": pdf.Name("Tx"), "T": pdf.String("o"), "V": pdf.String("10"), "F": int64(4), "Rect": on})
	})
	return []vector{
		good("evidence-in-another-order", "new evidence is listed among what was there, as DSS does when it signs; the order says nothing (iso32000-2:12.8.4.3)", store(two, func(u *pdf.Update, had pdf.Array) pdf.Array {
			return pdf.Array{had[1], cert(u, c.stranger), had[0]}
		})),
		judged(Invalid, "evidence-in-another-order-removed", "bằng chứng", "… and some of it is gone", store(two, func(u *pdf.Update, had pdf.Array) pdf.Array {
			return pdf.Array{had[1], cert(u, c.stranger), had[1]}
		})),
		good("field-for-the-next-signer", "a field with an empty look is added for the next signer, and the form gets a default, as PDFBox and DSS do; then it is signed", c.sign(next(c.lone, pdf.Raw(blank+"endstream"), true), Options{Field: "bay", Reserve: room}, c.agency, true)),
		judged(Invalid, "field-for-the-next-signer-drawn", "không có chữ ký", "a field is added whose look is of one letter", next(c.lone, pdf.Raw(strings.Replace(blank, "/Length 0", "/Length 1", 1)+"f\nendstream"), false)),
		judged(Invalid, "field-for-the-next-signer-veiled", "", "… or says that it is empty, and draws for readers that look for its end", next(c.lone, pdf.Raw(blank+"0 0 90 40 re f\nendstream"), false)),
		judged(Invalid, "field-for-the-next-signer-of-a-file", "không có chữ ký", "… or is empty, and names a file that readers take its data from", next(c.lone, pdf.Raw(strings.Replace(blank, "<<", "<</F(x)", 1)+"endstream"), false)),
		judged(Invalid, "field-for-the-next-signer-of-a-page", "không có chữ ký", "… or a page of another file that they show instead (iso32000-2:8.10.4)", next(c.lone, pdf.Raw(strings.Replace(blank, "<<", "<</Ref<</F(x)/Page 0>>", 1)+"endstream"), false)),
		judged(Invalid, "form-default-added", "/DA", "a default is added to a form whose text field had none", next(bare, pdf.Raw(blank+"endstream"), true)),
		good("odd-values", "the signed document has odd numbers, a number twice and a stray word, which no update touches", added(c.seal(c.sign(prepare(c.t, odd), Options{Field: SignerField, Reserve: room}, c.official, true)))),
		judged(Undecided, "content-named-twice", "nhiều cách", "a page of the signed document has its content twice, and evidence is added", added(c.sign(twice, Options{Place: &Place{Page: 1, Box: visible.Box}, Look: PersonalLook(signaturePNG()), Reserve: room, anyway: true}, c.official, true))),
		judged(Invalid, "trap-written-twice-sprung", "nhiều cách", "a page is written again with another content, before the one that it had", rewritten),
		good("docmdp-names-the-catalog", "a certifying signature names the catalog as what it protects, and evidence is added (iso32000-2:table-256)", c.catalogNamed("DocMDP", "/P 2 /V /1.2")),
		good("fieldmdp-names-the-catalog", "a signature that locks a field does so", c.catalogNamed("FieldMDP", "/Action /Include /Fields [(khong)] /V /1.2")),
		good("empty-field-printed", "a program makes the empty field of another print when it is signed", c.woken(empty(0), 4)),
		good("empty-field-shown", "… and one that was hidden be seen", c.woken(empty(2), 4)),
		judged(Invalid, "empty-field-hidden", "ẩn", "a field is hidden when it is signed", c.woken(empty(4), 6)),
		good("looks-drawn", "the form no longer asks readers to draw its fields, of which it has none with a look", calm(asked)),
		judged(Undecided, "looks-no-longer-asked-for", "cách vẽ", "the form no longer asks for it: looks that nobody has seen come to light", calm(seldom)),
		judged(Undecided, "looks-no-longer-asked-for-inline", "cách vẽ", "… of a widget that stands in the page itself", calm(inline)),
		good("certified-p2-then-filled-all-over", "a form that is certified to be filled has fields over half of a page", c.filledAllOver(func(in []byte) []byte { return c.certified(in, 2, SignerField) })),
		judged(Undecided, "filled-all-over", "che phần lớn", "the same where the first signer has not said that it may be filled", c.filledAllOver(func(in []byte) []byte {
			return c.sign(in, Options{Field: SignerField, Reserve: room}, c.official, true)
		})),
	}
}

// catalogNamed signs with a transform that names the catalog under /Data and adds evidence.
func (c *corpus) catalogNamed(method, params string) []byte {
	root, _ := open(c.t, c.prepared).Root()
	signed := c.locking(c.prepared, SignerField, fmt.Sprintf("/Reference [<</Type /SigRef /TransformMethod /%s /TransformParams <</Type /TransformParams %s>> /Data %s>>]", method, params, root))
	return edit(c.t, signed, func(u *pdf.Update, f *pdf.File) { evidence(u, f) })
}

// filledAllOver is a form of six fields, filled after the first signature and
// signed again.
func (c *corpus) filledAllOver(first func([]byte) []byte) []byte {
	var refs []pdf.Ref
	in := edit(c.t, c.prepared, func(u *pdf.Update, f *pdf.File) {
		e := &editor{f: f, u: u}
		for i := range int64(6) {
			refs = append(refs, e.addField(pageOne(c.t, f), pdf.Dict{"FT": pdf.Name("Tx"), "T": pdf.String(fmt.Sprint("o", i)), "F": int64(4), "Rect": pdf.Array{int64(0), 100 * i, int64(500), 100*i + 90}}))
		}
	})
	data := edit(c.t, first(in), func(u *pdf.Update, f *pdf.File) {
		for _, r := range refs {
			u.Set(r, with(f.Dict(r), pdf.Dict{"V": pdf.String("x")}))
		}
	})
	return c.signed(data, c.agency)
}

// woken signs the empty field of unsigned and gives it flags.
func (c *corpus) woken(base []byte, flags int64) []byte {
	e, err := openEditor(base)
	if err != nil {
		c.t.Fatal(err)
	}
	fd := c.trapField(e.f)
	o := Options{Time: c.now, Hash: crypto.SHA256}
	t, err := e.existing(fd, o)
	if err != nil {
		c.t.Fatal(err)
	}
	value := e.u.Add(signatureDict(o, room, nil))
	if err := e.enter(t, value, TextLook("Đã ký")); err != nil {
		c.t.Fatal(err)
	}
	e.set(fd.Ref, pdf.Dict{"F": flags})
	if err := e.embedFonts(); err != nil {
		c.t.Fatal(err)
	}
	p, err := e.pending(value, fd.Name, o.Hash)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.finish(p)
}

// raw writes d with more in front of its entries.
func raw(t *testing.T, d pdf.Dict, front string) pdf.Raw {
	t.Helper()
	body, err := pdf.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return pdf.Raw("<<" + front + string(body[2:]))
}

// decisionWith is the small document with more in front of the entries of its
// first page, and with an object that this page uses.
func (c *corpus) decisionWith(front, object string) []byte {
	return edit(c.t, c.decision, func(u *pdf.Update, f *pdf.File) {
		p := pageOne(c.t, f)
		d := p.Dict
		if object != "" {
			d = with(d, pdf.Dict{"Resources": with(p.Resources, pdf.Dict{"ExtGState": pdf.Dict{"G": u.Add(pdf.Raw(object))}})})
		}
		u.Set(p.Ref, raw(c.t, d, front))
	})
}

func prepare(t *testing.T, in []byte) []byte {
	t.Helper()
	out, err := PrepareDocument(in, sampleLayout())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestUnclearIsNotSigned: what would be in doubt as soon as a second signature is
// added is refused before the first, with what to do.
func TestUnclearIsNotSigned(t *testing.T) {
	c := newCorpus(t)
	for name, front := range map[string]string{
		"a reference twice":      "/Contents 7000 0 R",
		"a strange generation":   "/X 7000 0000000 R",
		"a word and a reference": "/X x 7000 0 R",
	} {
		in := c.decisionWith(front, "")
		_, err := Begin(in, Options{})
		if _, again := PrepareDocument(in, sampleLayout()); !pdf.Is(err, pdf.Damaged) || !pdf.Is(again, pdf.Damaged) || !strings.Contains(err.Error(), "xuất lại") {
			t.Errorf("%s: %v, %v", name, err, again)
		}
	}
}
