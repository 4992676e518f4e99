package pades

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"vanthu/pdf"
)

// shadows are documents that the attacker wrote and others signed: honest on the
// day of signing, changed later. Each comes with its harmless beginning.
func (c *corpus) shadows() []vector {
	trap := func(f func(u *pdf.Update, f *pdf.File)) []byte { return c.signed(edit(c.t, c.decision, f), c.official) }
	pair := func(name, about string, base, sprung []byte) []vector {
		return []vector{
			{name: name + "-set", expect: "valid", pdfsig: 1, about: about + ": as it was signed", data: base},
			{name: name + "-sprung", expect: "invalid", check: Integrity, is: Invalid, pdfsig: -1, about: about + ": sprung after signing", data: sprung},
		}
	}
	var cover, font, ghost, shared pdf.Ref
	hide := trap(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(c.t, f)
		cover = u.Add(pdf.Compress(pdf.Dict{}, []byte("1 g 0 0 50 50 re f")))
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": pdf.Array{contentOf(f, p), cover}}))
	})
	replace := trap(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(c.t, f)
		font = u.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
		res := with(p.Resources, nil)
		res["Font"] = with(f.Dict(res["Font"]), pdf.Dict{"Sh": font})
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Resources": res}))
	})
	dangling := trap(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(c.t, f)
		ghost = u.Alloc() // a number that stays free
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": pdf.Array{contentOf(f, p), ghost}}))
	})
	sharing := trap(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(c.t, f)
		root, _ := f.Root()
		shared = u.Add(pdf.Array{contentOf(f, p)})
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": shared}))
		u.Set(root, with(f.Catalog(), pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": shared})}))
	})
	asleep, woken := c.hideAndReplace()
	overlay := trap(func(u *pdf.Update, f *pdf.File) {
		(&editor{f: f, u: u}).addField(pageOne(c.t, f), pdf.Dict{"FT": pdf.Name("Tx"), "T": pdf.String("phu"), "Rect": pdf.Array{int64(0), int64(0), int64(600), int64(800)}})
	})
	filled := vector{name: "shadow-overlay-sprung", expect: "undecided", check: Coverage, is: Undecided, say: "chưa ai ký", pdfsig: -1,
		about: "a field over the whole page, empty when signed, is filled later: nobody has signed that",
		data: edit(c.t, overlay, func(u *pdf.Update, f *pdf.File) {
			fd := fieldNamed(c.t, f, "phu")
			u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"V": pdf.String("x"), "AP": pdf.Dict{"N": lie(u)}}))
		})}
	return slices.Concat(
		pair("shadow-hide", "shadow hide, a picture over the text is taken away", hide, edit(c.t, hide, func(u *pdf.Update, _ *pdf.File) { u.Set(cover, pdf.Compress(pdf.Dict{}, nil)) })),
		pair("shadow-replace", "shadow replace, a font that nothing seemed to use is redefined", replace, edit(c.t, replace, func(u *pdf.Update, f *pdf.File) {
			u.Set(font, with(f.Dict(font), pdf.Dict{"BaseFont": pdf.Name("Courier")}))
		})),
		pair("shadow-hide-and-replace", "shadow hide and replace, a second definition sleeps in a stream and a later table wakes it", asleep, woken),
		pair("shadow-dangling", "the page points at an object that is defined later as evidence", dangling, edit(c.t, dangling, func(u *pdf.Update, f *pdf.File) {
			u.Set(ghost, pdf.Compress(pdf.Dict{}, []byte("0 0 9 9 re f")))
			root, _ := f.Root()
			(&editor{f: f, u: u}).set(root, pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{ghost}})})
		})),
		pair("shadow-shared-array", "what grows as evidence is also the page's content", sharing, edit(c.t, sharing, func(u *pdf.Update, f *pdf.File) {
			u.Set(shared, append(slices.Clone(f.Array(shared)), u.Add(pdf.Compress(pdf.Dict{}, []byte("0 0 9 9 re f")))))
		})),
		[]vector{filled},
	)
}

// hideAndReplace puts a second definition of the page's content into a stream
// of the document, and wakes it by a table.
func (c *corpus) hideAndReplace() (asleep, woken []byte) {
	var content pdf.Ref
	base := edit(c.t, c.decision, func(u *pdf.Update, f *pdf.File) {
		content = contentOf(f, pageOne(c.t, f))
		fake := fmt.Sprintf("%d 0 obj\n<</Length 17>>\nstream\n0 0 100 100 re f \nendstream\nendobj\n", content.Num)
		u.Add(&pdf.Stream{Dict: pdf.Dict{}, Data: []byte("\n" + fake)})
	})
	asleep = c.signed(base, c.official)
	f := open(c.t, asleep)
	revs := f.Revisions()
	root, _ := f.Root()
	size, _ := f.Int(f.Trailer["Size"])
	at := bytes.LastIndex(base, fmt.Appendf(nil, "\n%d 0 obj\n<</Length 17>>", content.Num)) + 1
	return asleep, fmt.Appendf(slices.Clone(asleep), "xref\n%d 1\n%010d 00000 n\r\ntrailer\n<</Size %d/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
		content.Num, at, size, root, revs[len(revs)-1].StartXref, len(asleep))
}

// TestWhatCannotBeReadHidesNothing: an object beyond our limits points at one
// that does not exist; another reader would show what is defined there later.
func TestWhatCannotBeReadHidesNothing(t *testing.T) {
	c := newCorpus(t)
	var ghost pdf.Ref
	base := c.trap(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(t, f)
		size, _ := f.Int(f.Trailer["Size"])
		ghost = pdf.Ref{Num: size + 400}
		parts := fmt.Appendf([]byte("["), "%s %s %s]", contentOf(f, p), bytes.Repeat([]byte("null "), 600_000), ghost)
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": u.Add(pdf.Raw(parts))}))
	})
	sprung := edit(t, base, func(u *pdf.Update, f *pdf.File) {
		u.Set(ghost, pdf.Compress(pdf.Dict{}, []byte("0 0 9 9 re f")))
		root, _ := f.Root()
		(&editor{f: f, u: u}).set(root, pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{ghost}})})
	})
	j := c.jury()
	v := vector{expect: "invalid", check: Integrity, is: Invalid, say: "không đọc được", data: sprung}
	j.judge(t, v)
}
