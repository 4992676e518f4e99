package pades

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"slices"

	"vanthu/pdf"
)

// forms are lies told with the tree of fields, and changes in it that are right.
func (c *corpus) forms() []vector {
	bad := func(name, say, about string, data []byte) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, say: say, pdfsig: -1, about: about, data: data}
	}
	good := func(name, about string, data []byte) vector {
		return vector{name: name, expect: "valid", pdfsig: -1, about: about, data: data}
	}
	place := pdf.Array{int64(300), int64(100), int64(390), int64(140)}
	bogus := func(u *pdf.Update) pdf.Ref {
		return u.Add(pdf.Dict{"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite")})
	}
	tree := func(extra, kid pdf.Dict) []byte {
		return c.trap(func(u *pdf.Update, f *pdf.File) {
			ref := unsigned(c.t, u, f, with(pdf.Dict{"Rect": place}, extra))
			below := u.Add(with(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "Parent": ref, "Rect": place, "P": pageOne(c.t, f).Ref}, kid))
			u.Set(ref, with(u.Dict(ref), pdf.Dict{"Kids": pdf.Array{below}}))
			if kid["Kids"] != nil {
				u.Set(below, with(u.Dict(below), pdf.Dict{"Kids": pdf.Array{ref}}))
			}
		})
	}
	forge := func(base []byte, kid bool) []byte {
		return edit(c.t, base, func(u *pdf.Update, f *pdf.File) {
			form := f.Dict(f.Catalog()["AcroForm"])
			ref := f.Array(form["Fields"])[0].(pdf.Ref)
			if kid {
				ref = f.Array(f.Dict(ref)["Kids"])[0].(pdf.Ref)
			}
			u.Set(ref, with(f.Dict(ref), pdf.Dict{"V": bogus(u), "AP": pdf.Dict{"N": lie(u)}}))
		})
	}
	form := func(data []byte, kv func(u *pdf.Update, f *pdf.File, d pdf.Dict) pdf.Dict) []byte {
		return edit(c.t, data, func(u *pdf.Update, f *pdf.File) {
			ref, _ := f.Catalog()["AcroForm"].(pdf.Ref)
			u.Set(ref, with(f.Dict(ref), kv(u, f, f.Dict(ref))))
		})
	}
	var ghost, sleeper pdf.Ref
	noValue := c.trap(func(u *pdf.Update, f *pdf.File) { unsigned(c.t, u, f, pdf.Dict{"V": u.Alloc()}) })
	noField := c.trap(func(u *pdf.Update, f *pdf.File) {
		ghost = u.Alloc()
		e := &editor{f: f, u: u}
		list := e.acroForm()
		u.Set(list, append(slices.Clone(u.Array(list)), ghost))
		p := pageOne(c.t, f)
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": pdf.Array{contentOf(f, p), ghost}}))
	})
	asleep := c.trap(func(u *pdf.Update, f *pdf.File) {
		sleeper = u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.String("ngu"), "Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}})
	})
	circle := tree(nil, pdf.Dict{"T": pdf.String("b"), "Kids": true})
	locked := edit(c.t, c.prepared, func(u *pdf.Update, f *pdf.File) {
		fd := fieldNamed(c.t, f, SignerField)
		u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"Lock": pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("Include"), "Fields": pdf.Array{pdf.String("khong")}, "P": int64(1)}}))
	})
	return []vector{
		bad("signature-in-a-widget", "không có chữ ký", "a bogus signature is entered in the widget of a field, where nobody looks for one", forge(tree(nil, nil), true)),
		bad("signature-above-a-text", "không có chữ ký", "a bogus signature is entered in a field that has a text field below it", forge(tree(nil, pdf.Dict{"T": pdf.String("b"), "FT": pdf.Name("Tx")}), false)),
		bad("signature-in-a-circle", "không có chữ ký", "a bogus signature is entered in a circle of fields", forge(circle, false)),
		good("fields-in-a-circle", "fields that hang under each other, and a time stamp", c.stampWithLook(circle, nil)),
		good("field-with-an-absent-value", "the field's value was a reference to nothing; then it was signed", c.sign(noValue, Options{Field: "bay", Reserve: room}, c.agency, true)),
		bad("field-that-was-not-there", "", "a field that was not there is defined as content of the page", edit(c.t, noField, func(u *pdf.Update, f *pdf.File) {
			u.Set(ghost, pdf.Raw("<</V(x)>>\nstream\n0 0 9 9 re f\nendstream"))
		})),
		bad("field-woken", "không hợp lệ", "an object that lay unused in the document becomes a field", edit(c.t, asleep, func(u *pdf.Update, f *pdf.File) {
			e := &editor{f: f, u: u}
			for _, list := range []pdf.Ref{e.acroForm(), e.annots(pageOne(c.t, f))} {
				u.Set(list, append(slices.Clone(u.Array(list)), sleeper))
			}
		})),
		bad("field-of-the-same-name", "trùng tên", "a time stamp's field has the name of one that is there", c.stampWithLook(c.lone, pdf.Dict{"T": pdf.String(only(c.t, open(c.t, c.lone)).Name)})),
		bad("form-default-changed", "/DA", "the form's own way of drawing changes", form(c.sealed, func(*pdf.Update, *pdf.File, pdf.Dict) pdf.Dict { return pdf.Dict{"DA": pdf.String("/F 99 Tf")} })),
		bad("form-resources-removed", "tài nguyên", "the form's fonts are taken away", form(c.sealed, func(*pdf.Update, *pdf.File, pdf.Dict) pdf.Dict { return pdf.Dict{"DR": pdf.Dict{}} })),
		bad("form-font-redefined", "tài nguyên", "a name in the form's fonts gets another meaning", form(c.sealed, func(u *pdf.Update, f *pdf.File, d pdf.Dict) pdf.Dict {
			fonts := with(f.Dict(f.Dict(d["DR"])["Font"]), nil)
			for name := range fonts {
				fonts[name] = u.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Symbol")})
			}
			return pdf.Dict{"DR": with(f.Dict(d["DR"]), pdf.Dict{"Font": fonts})}
		})),
		bad("stamp-with-a-strange-rectangle", "có hình hiển thị", "a time stamp shows something in a rectangle that is none", c.stampWithLook(c.lone, pdf.Dict{"Rect": pdf.Array{int64(0), int64(0), int64(90), pdf.Name("x")}})),
		good("stamp-without-a-rectangle", "a time stamp whose field has no rectangle", c.stampWithLook(c.lone, pdf.Dict{"Rect": nil})),
		good("certified-p1-then-stamped", "DocMDP P=1 allows time stamps (iso32000-2:12.8.2.2.2)", c.stampWithLook(c.certified(c.prepared, 1, SignerField), nil)),
		bad("lock-p1-then-filled", "không cho phép", "the /Lock of the signed field forbids all changes by /P (iso32000-2:12.7.5.5)", edit(c.t, c.locking(locked, SignerField, ""), c.number)),
		bad("annotation-removed", "xóa", "the look of the signature is taken off the page", edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) {
			u.Set(pageOne(c.t, f).Dict["Annots"].(pdf.Ref), pdf.Array{})
		})),
		good("free-number-listed", "a table that lists a free number as free", c.table(c.lone, "90 1\n0000000000 00000 f\r\n", "")),
	}
}

// stores are about evidence and metadata that is changed.
func (c *corpus) stores() []vector {
	bad := func(name, say, about string, data []byte) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, say: say, pdfsig: -1, about: about, data: data}
	}
	good := func(name, about string, data []byte) vector {
		return vector{name: name, expect: "valid", pdfsig: -1, about: about, data: data}
	}
	store := func(data []byte, kv func(u *pdf.Update, d pdf.Dict) pdf.Object) []byte {
		return edit(c.t, data, func(u *pdf.Update, f *pdf.File) {
			root, _ := f.Root()
			u.Set(root, with(f.Catalog(), pdf.Dict{"DSS": kv(u, f.Dict(f.Catalog()["DSS"]))}))
		})
	}
	cert := func(u *pdf.Update) pdf.Object { return u.Add(pdf.Compress(pdf.Dict{}, c.ca.Issuing().Raw)) }
	entry := func(d pdf.Object) func(*pdf.Update, pdf.Dict) pdf.Object {
		return func(_ *pdf.Update, old pdf.Dict) pdf.Object { return with(old, pdf.Dict{"VRI": d}) }
	}
	// Validators look at the form of these names (etsi-319142-1:5.4.2.2).
	id := pdf.Name(fmt.Sprintf("%X", sha1.Sum(signatures(c.t, c.lone)[0].Contents)))
	other := pdf.Name(fmt.Sprintf("%X", sha1.Sum(nil)))
	kept := store(c.lone, func(u *pdf.Update, _ pdf.Dict) pdf.Object {
		one := cert(u)
		return pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{one}, "VRI": pdf.Dict{id: pdf.Dict{"Cert": pdf.Array{one}, "TU": pdf.String("D:20250303080200Z")}}}
	})
	f := open(c.t, kept)
	vri := f.Dict(f.Dict(f.Catalog()["DSS"])["VRI"])
	apart := store(c.lone, func(u *pdf.Update, _ pdf.Dict) pdf.Object {
		return pdf.Dict{"Certs": pdf.Array{cert(u)}, "VRI": pdf.Dict{id: pdf.Dict{"Cert": pdf.Array{cert(u)}}}}
	})
	renewed := func(u *pdf.Update, old pdf.Dict) pdf.Object {
		less := with(u.Dict(u.Dict(old["VRI"])[id]), pdf.Dict{"Cert": pdf.Array{}})
		return with(old, pdf.Dict{"VRI": pdf.Dict{id: u.Add(less)}})
	}
	metadata := func(typ pdf.Name) []byte {
		return edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) {
			root, _ := f.Root()
			u.Set(root, with(f.Catalog(), pdf.Dict{"Metadata": u.Add(pdf.Compress(pdf.Dict{"Type": typ, "Subtype": pdf.Name("XML")}, []byte(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>`)))}))
		})
	}
	version := func(v pdf.Object) []byte {
		return edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) {
			root, _ := f.Root()
			u.Set(root, with(f.Catalog(), pdf.Dict{"Version": v}))
		})
	}
	return []vector{
		good("version-raised", "an update says that it follows PDF 2.0, as pyHanko does when it signs (iso32000-2:7.5.8.1)", version(pdf.Name("2.0"))),
		bad("version-of-another-kind", "phiên bản PDF", "the version becomes what is none", version(pdf.Name("9.9"))),
		good("evidence-by-signature", "a store with an entry for one signature", kept),
		good("evidence-by-signature-grows", "… which grows", store(kept, func(u *pdf.Update, old pdf.Dict) pdf.Object {
			return with(old, pdf.Dict{"VRI": with(vri, pdf.Dict{other: pdf.Dict{"Cert": pdf.Array{cert(u)}}})})
		})),
		bad("evidence-entry-removed", "bị xóa", "the entry is taken away", store(kept, entry(pdf.Dict{}))),
		bad("evidence-entry-emptied", "bị xóa", "what the entry holds is taken away", store(kept, entry(pdf.Dict{id: pdf.Dict{}}))),
		good("evidence-entry-renewed", "an entry is written anew and names less of what the store keeps, as pyHanko does when it renews the proof", store(kept, renewed)),
		bad("evidence-entry-renewed-removed", "bằng chứng", "… what no list of the store keeps is gone", store(apart, renewed)),
		bad("evidence-entry-strange", "lạ", "the entry gets a key that is none of the standard", store(kept, entry(pdf.Dict{id: with(f.Dict(vri[id]), pdf.Dict{"X": int64(1)})}))),
		bad("evidence-strange", "lạ", "the store gets a key that is none of the standard", store(kept, func(_ *pdf.Update, old pdf.Dict) pdf.Object { return with(old, pdf.Dict{"X": int64(1)}) })),
		bad("evidence-store-removed", "bị xóa", "the store is taken away", store(kept, func(*pdf.Update, pdf.Dict) pdf.Object { return nil })),
		bad("evidence-is-no-stream", "không hợp lệ", "what is added to the store is no stream", store(kept, func(u *pdf.Update, old pdf.Dict) pdf.Object {
			return with(old, pdf.Dict{"Certs": append(slices.Clone(f.Array(old["Certs"])), u.Add(pdf.Dict{}))})
		})),
		bad("evidence-that-may-grow", "không được đóng", "a stream of the store says that it is longer than the file", store(c.lone, func(u *pdf.Update, _ pdf.Dict) pdf.Object {
			return pdf.Dict{"Certs": pdf.Array{u.Add(pdf.Raw("<</Length 900000>>\nstream\nx\nendstream"))}}
		})),
		good("metadata-added", "the file gets metadata", metadata("Metadata")),
		bad("metadata-of-another-type", "", "what the file gets as metadata is none", metadata("XObject")),
		bad("signed-when-damaged", "phiên bản đã ký", "the revision that was signed had two catalogs in its trailer", c.table(c.patched(func(inc []byte) []byte {
			return bytes.Replace(inc, []byte("/Root "), []byte("/Root 4 0 R/Root "), 1)
		}), "", "")),
	}
}

// patched signs, with another program's carelessness, an increment that was
// changed after it was made.
func (c *corpus) patched(change func(increment []byte) []byte) []byte {
	p, err := Begin(c.decision, Options{Time: c.now, Reserve: room})
	if err != nil {
		c.t.Fatal(err)
	}
	p.Increment = change(p.Increment)
	file := slices.Concat(p.Base, p.Increment)
	at := bytes.Index(p.Increment, []byte("/ByteRange [")) + len("/ByteRange ")
	end := at + bytes.IndexByte(p.Increment[at:], ']')
	copy(p.Increment[at:end], fmt.Appendf(nil, "%-*s", end-at, fmt.Sprintf("[0 %d %d %d", p.HoleStart, p.HoleEnd, int64(len(file))-p.HoleEnd)))
	file = slices.Concat(p.Base, p.Increment)
	h := p.Hash.New()
	h.Write(file[:p.HoleStart])
	h.Write(file[p.HoleEnd:])
	p.Digest = h.Sum(nil)
	return c.finish(p)
}
