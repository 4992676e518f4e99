package pades

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vanthu/pdf"
)

// traps are attacks by somebody who knows how later changes are explained: he
// makes one thing play two parts, or writes what readers take differently, and
// calls what he adds evidence.
func (c *corpus) traps() []vector {
	return slices.Concat(c.parts(), c.readings(), c.covers(), c.backLinks(), c.forms(), c.stores(), c.vendors())
}

// sprung is a document with a trap, signed, and what the attacker makes of it;
// not set, the vector is only the second.
func sprung(name, about string, set, data []byte) []vector {
	out := []vector{{name: name + "-sprung", expect: "invalid", check: Integrity, is: Invalid, pdfsig: -1, about: about, data: data}}
	if set != nil {
		out = append(out, vector{name: name + "-set", expect: "valid", pdfsig: -1, about: about + ": as it was signed", data: set})
	}
	return out
}

// trap is signed on page 2, so that page 1 stays as the attacker wrote it.
func (c *corpus) trap(f func(u *pdf.Update, f *pdf.File)) []byte {
	place := &Place{Page: 1, Box: visible.Box}
	return c.sign(edit(c.t, c.decision, f), Options{Place: place, Look: PersonalLook(signaturePNG()), Reserve: room, anyway: true}, c.official, true)
}

// drawn puts names into the resources of page 1 and draws them.
func drawn(t *testing.T, u *pdf.Update, f *pdf.File, kind pdf.Name, value pdf.Object, draw string) {
	p := pageOne(t, f)
	res := with(p.Resources, pdf.Dict{kind: value})
	u.Set(p.Ref, with(p.Dict, pdf.Dict{"Resources": res, "Contents": pdf.Array{contentOf(f, p), u.Add(pdf.Compress(pdf.Dict{}, []byte(draw)))}}))
}

// evidence makes everything new below refs look like evidence.
func evidence(u *pdf.Update, f *pdf.File, refs ...pdf.Object) {
	root, _ := f.Root()
	s := u.Add(pdf.Compress(pdf.Dict{"X": pdf.Array(refs)}, []byte("x")))
	(&editor{f: f, u: u}).set(root, pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{s}})})
}

// unsigned adds a signature field that shows nothing and that nobody signs.
func unsigned(t *testing.T, u *pdf.Update, f *pdf.File, extra pdf.Dict) pdf.Ref {
	d := with(pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("bay"), "F": int64(132), "Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}}, extra)
	return (&editor{f: f, u: u}).addField(pageOne(t, f), d)
}

// trapField is the field that unsigned made.
func (c *corpus) trapField(f *pdf.File) Field { return fieldNamed(c.t, f, "bay") }

// shown is a form that a page may draw.
func shown(u *pdf.Update, typ pdf.Name, content string) *pdf.Stream {
	return pdf.Compress(pdf.Dict{"Type": typ, "Subtype": pdf.Name("Form"), "BBox": pdf.Array{int64(0), int64(0), int64(600), int64(800)}}, []byte(content))
}

// parts: one object plays two parts, and the change is allowed in one of them.
func (c *corpus) parts() []vector {
	var font, form, list pdf.Ref
	standard := func(u *pdf.Update, name pdf.Name) pdf.Ref {
		return u.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": name})
	}
	toPage := c.trap(func(u *pdf.Update, f *pdf.File) {
		unsigned(c.t, u, f, pdf.Dict{"AP": pdf.Dict{"N": u.Add(shown(u, "XObject", "")), "X": pageOne(c.t, f).Ref}})
	})
	shared := c.trap(func(u *pdf.Update, f *pdf.File) {
		form = u.Add(shown(u, "XObject", ""))
		drawn(c.t, u, f, "XObject", pdf.Dict{"A": form}, "/A Do")
		p := u.Dict(pageOne(c.t, f).Ref)
		ref := u.Add(pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("bay"), "F": int64(132), "Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"),
			"Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}, "AP": pdf.Dict{"N": form}})
		u.Set(pageOne(c.t, f).Ref, with(p, pdf.Dict{"Annots": pdf.Array{ref}}))
		root, _ := f.Root()
		u.Set(root, with(f.Catalog(), pdf.Dict{"AcroForm": u.Add(pdf.Dict{"Fields": pdf.Array{ref}})}))
	})
	info := edit(c.t, c.decision, func(u *pdf.Update, f *pdf.File) {
		font = standard(u, "Helvetica")
		drawn(c.t, u, f, "Font", with(f.Dict(pageOne(c.t, f).Resources["Font"]), pdf.Dict{"Sh": font}), "BT /Sh 9 Tf 50 50 Td (10) Tj ET")
	})
	info = c.signed(c.table(info, "", "/Info "+font.String()), c.official)
	metadata := c.trap(func(u *pdf.Update, f *pdf.File) {
		root, _ := f.Root()
		form = u.Add(shown(u, "Metadata", ""))
		u.Set(root, with(f.Catalog(), pdf.Dict{"Metadata": form}))
		drawn(c.t, u, f, "XObject", root, "/Metadata Do")
	})
	resource := c.trap(func(u *pdf.Update, f *pdf.File) {
		ref := unsigned(c.t, u, f, pdf.Dict{"AP": u.Add(shown(u, "XObject", ""))})
		p := u.Dict(pageOne(c.t, f).Ref)
		drawn(c.t, u, f, "XObject", ref, "/AP Do")
		u.Set(pageOne(c.t, f).Ref, with(u.Dict(pageOne(c.t, f).Ref), pdf.Dict{"Annots": p["Annots"]}))
	})
	page := c.trap(func(u *pdf.Update, f *pdf.File) { drawn(c.t, u, f, "XObject", pageOne(c.t, f).Ref, "/Annots Do") })
	lists := c.trap(func(u *pdf.Update, f *pdf.File) {
		e := &editor{f: f, u: u}
		list = e.acroForm()
		p := pageOne(c.t, f)
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"B": list}))
	})
	// a page that has its list of annotations in itself changes when one is added
	bare := c.trap(func(u *pdf.Update, f *pdf.File) {
		p := pageOne(c.t, f)
		u.Set(p.Ref, with(p.Dict, pdf.Dict{"Annots": contentOf(f, p)}))
	})
	namedP := c.trap(func(u *pdf.Update, f *pdf.File) {
		font = standard(u, "Helvetica")
		drawn(c.t, u, f, "Font", with(f.Dict(pageOne(c.t, f).Resources["Font"]), pdf.Dict{"P": font}), "BT /P 9 Tf 50 50 Td (10) Tj ET")
		p := u.Dict(pageOne(c.t, f).Ref)
		look := u.Add(pdf.Compress(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": pdf.Array{int64(0), int64(0), int64(1), int64(1)},
			"Resources": pdf.Dict{"Font": pdf.Dict{"F": font}}}, nil))
		ref := u.Add(pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.String("bay"), "F": int64(132), "Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"),
			"Rect": pdf.Array{int64(0), int64(0), int64(0), int64(0)}, "AP": pdf.Dict{"N": look}})
		u.Set(pageOne(c.t, f).Ref, with(p, pdf.Dict{"Annots": pdf.Array{ref}}))
		root, _ := f.Root()
		u.Set(root, with(f.Catalog(), pdf.Dict{"AcroForm": u.Add(pdf.Dict{"Fields": pdf.Array{ref}})}))
	})
	look := func(data []byte, ap func(u *pdf.Update, f *pdf.File) pdf.Object) []byte {
		return edit(c.t, data, func(u *pdf.Update, f *pdf.File) {
			fd := c.trapField(f)
			u.Set(fd.Ref, with(fd.Dict, pdf.Dict{"AP": ap(u, f)}))
		})
	}
	return slices.Concat(
		sprung("trap-look-leads-to-the-page", "the look of an empty field leads to the page's content, which is replaced with it", toPage, look(toPage, func(u *pdf.Update, f *pdf.File) pdf.Object {
			content := contentOf(f, pageOne(c.t, f))
			u.Set(content, pdf.Compress(pdf.Dict{}, []byte("0 0 100 100 re f")))
			return pdf.Dict{"N": content}
		})),
		sprung("trap-look-is-on-the-page", "the look of an empty field is a picture of the page, too", shared, look(shared, func(u *pdf.Update, f *pdf.File) pdf.Object {
			n, _ := f.Dict(c.trapField(f).Dict["AP"])["N"].(pdf.Ref)
			u.Set(n, shown(u, "XObject", "0 0 100 100 re f"))
			return pdf.Dict{"N": n, "D": n}
		})),
		sprung("trap-font-named-p", "a font under the name of a way back hangs under an empty field, too", namedP, look(namedP, func(u *pdf.Update, f *pdf.File) pdf.Object {
			u.Set(font, with(f.Dict(font), pdf.Dict{"BaseFont": pdf.Name("Symbol")}))
			return pdf.Dict{"N": f.Dict(c.trapField(f).Dict["AP"])["N"], "D": font}
		})),
		sprung("trap-info-is-a-font", "what the file says about itself is a font of the page, too", info, edit(c.t, info, func(u *pdf.Update, f *pdf.File) {
			r := f.Trailer["Info"].(pdf.Ref)
			u.Set(r, with(f.Dict(r), pdf.Dict{"BaseFont": pdf.Name("Symbol")}))
		})),
		sprung("trap-catalog-is-a-resource", "the page draws the metadata, by way of the catalog as its list of pictures", metadata, edit(c.t, metadata, func(u *pdf.Update, f *pdf.File) {
			root, _ := f.Root()
			u.Set(root, with(f.Catalog(), pdf.Dict{"Metadata": u.Add(shown(u, "Metadata", "0 0 100 100 re f"))}))
		})),
		sprung("trap-field-is-a-resource", "the page draws the look of an empty field, which is its list of pictures", resource, look(resource, func(u *pdf.Update, f *pdf.File) pdf.Object {
			return u.Add(shown(u, "XObject", "0 0 100 100 re f"))
		})),
		sprung("trap-page-is-a-resource", "a page is its own list of pictures", page, c.stampWithLook(page, nil)),
		sprung("trap-list-is-shared", "the list of fields is something else, too", lists, c.stampWithLook(lists, nil)),
		sprung("trap-annotations-are-content", "the list of annotations is the page's content until it is replaced", bare, edit(c.t, bare, func(u *pdf.Update, f *pdf.File) {
			p := pageOne(c.t, f)
			u.Set(p.Ref, with(p.Dict, pdf.Dict{"Annots": pdf.Array{}}))
		})),
	)
}

// table appends a table by hand: entries as they stand in one, and more keys of
// the trailer.
func (c *corpus) table(data []byte, entries, keys string) []byte {
	f := open(c.t, data)
	revs := f.Revisions()
	root, _ := f.Root()
	size, _ := f.Int(f.Trailer["Size"])
	if entries == "" {
		entries = "0 1\n0000000000 65535 f\r\n"
	}
	return fmt.Appendf(slices.Clone(data), "xref\n%strailer\n<</Size %d/Root %s/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n",
		entries, size+9, root, revs[len(revs)-1].StartXref, keys, len(data))
}

// readings: what is written is read in two ways, or what is read later is more.
func (c *corpus) readings() []vector {
	var ghost pdf.Ref
	lies := []byte("0 0 9 9 re f")
	pageWith := func(contents func(f *pdf.File, p pdf.Page) string) []byte {
		return c.trap(func(u *pdf.Update, f *pdf.File) {
			p := pageOne(c.t, f)
			ghost = u.Alloc() // a number that stays free
			d := with(p.Dict, nil)
			delete(d, "Contents")
			body, err := pdf.Marshal(d)
			if err != nil {
				c.t.Fatal(err)
			}
			u.Set(p.Ref, pdf.Raw(strings.TrimSuffix(string(body), ">>")+contents(f, p)+">>"))
		})
	}
	define := func(data []byte) []byte {
		return edit(c.t, data, func(u *pdf.Update, f *pdf.File) {
			u.Set(ghost, pdf.Compress(pdf.Dict{}, lies))
			evidence(u, f, ghost)
		})
	}
	twice := pageWith(func(f *pdf.File, p pdf.Page) string {
		return fmt.Sprintf("/Contents %s/Contents %s", ghost, contentOf(f, p))
	})
	twiceSprung := define(twice)
	comment := pageWith(func(f *pdf.File, p pdf.Page) string {
		return fmt.Sprintf("/Contents [%s %d %%\n0 R]", contentOf(f, p), ghost.Num)
	})
	commentSprung := define(comment)
	zeros := pageWith(func(f *pdf.File, p pdf.Page) string {
		return fmt.Sprintf("/Contents [%s %d 0000000 R]", contentOf(f, p), ghost.Num)
	})
	zerosSprung := define(zeros)
	keys := edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) {
		root, _ := f.Root()
		p := pageOne(c.t, f)
		leaf := u.Add(with(p.Dict, pdf.Dict{"Contents": u.Add(pdf.Compress(pdf.Dict{}, lies))}))
		pages := u.Add(pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{leaf}, "Count": int64(1)})
		evidence(u, f, pages)
		body, err := pdf.Marshal(u.Dict(root))
		if err != nil {
			c.t.Fatal(err)
		}
		u.Set(root, pdf.Raw(fmt.Sprintf("<</Pages %s%s", pages, body[2:])))
	})
	asleep, _ := c.hideAndReplace()
	f := open(c.t, asleep)
	content := contentOf(f, pageOne(c.t, f))
	at := bytes.Index(asleep, fmt.Appendf(nil, "\n%d 0 obj\n<</Length 17>>", content.Num)) + 1
	first := f.Entries()[content.Num].Offset
	both := c.table(asleep, fmt.Sprintf("%d 1\n%010d 00000 n\r\n%d 1\n%010d 00000 n\r\n", content.Num, first, content.Num, at), "")
	lone := open(c.t, c.lone)
	root, _ := lone.Root()
	trailer := c.table(c.lone, "", "/Root 4 0 R/Root "+root.String())
	added := func(u *pdf.Update, f *pdf.File) { evidence(u, f) }
	body := fmt.Sprintf("\n%d 0 obj\n<</Length 17>>\nstream\n0 0 100 100 re f \nendstream\nendobj\n", contentOf(lone, pageOne(c.t, lone)).Num)
	streams := c.signed(c.withStreams(), c.official)
	tail := edit(c.t, streams, added)
	cut := bytes.LastIndex(tail, []byte("startxref"))
	inData := edit(c.t, c.lone, func(u *pdf.Update, f *pdf.File) {
		root, _ := f.Root()
		s := u.Add(&pdf.Stream{Dict: pdf.Dict{}, Data: []byte(body)})
		(&editor{f: f, u: u}).set(root, pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{s}})})
	})
	long, longSprung := c.longStream()
	often := c.lone
	for range maxWalk {
		often = c.table(often, "", "")
	}
	return slices.Concat(
		sprung("trap-key-twice", "a page has /Contents twice, one of them not there yet", twice, twiceSprung),
		sprung("trap-reference-with-a-comment", "a comment stands inside a reference to what is not there yet", comment, commentSprung),
		sprung("trap-reference-with-zeros", "a reference to what is not there yet has seven zeros for a generation", zeros, zerosSprung),
		sprung("trap-catalog-with-a-key-twice", "the catalog gets a second /Pages", nil, keys),
		sprung("trap-trailer-with-a-key-twice", "the trailer gets a second /Root", nil, trailer),
		sprung("trap-listed-twice", "a table lists the page's content twice: where it stands and where another sleeps", nil, both),
		sprung("trap-veiled", "a hybrid table deletes the page's content for readers that know only tables", nil, c.veil(c.lone)),
		sprung("trap-long-stream", "the page's content says that it is longer than the file, and is continued when the file has grown", long, longSprung),
		sprung("isa-very-often", "incremental saving: more empty updates than anybody follows", nil, often),
		sprung("isa-hidden-beside-evidence", "incremental saving: a definition that the table does not name stands before evidence", nil, edit(c.t, append(slices.Clone(c.lone), body...), added)),
		sprung("isa-hidden-in-evidence", "incremental saving: such a definition in the data of evidence", nil, inData),
		sprung("isa-hidden-behind-the-table", "incremental saving: such a definition behind the cross-reference stream", streams, slices.Concat(tail[:cut], []byte(body), tail[cut:])),
		sprung("hole-not-hexadecimal", "the filling behind the signature value holds an object", nil, c.padded("99 0 obj[5 0 R]endobj")),
		sprung("hole-not-filled-with-zeros", "the filling behind the signature value is changed, which nobody signed", nil, c.padded("2f")),
	)
}

// withStreams is the small document with object and cross-reference streams.
func (c *corpus) withStreams() []byte {
	out := c.t.TempDir() + "/q.pdf"
	must(c.t, "qpdf", "--object-streams=generate", temp(c.t, "d.pdf", c.decision), out)
	return read(c.t, out)
}

// padded overwrites some of the zeros behind the signature value.
func (c *corpus) padded(with string) []byte {
	out := slices.Clone(c.lone)
	copy(out[signatures(c.t, c.lone)[0].HoleEnd-100:], with)
	return out
}

// veil appends a hybrid table that calls the page's content free, with a stream
// beside it that says where it is.
func (c *corpus) veil(data []byte) []byte {
	f := open(c.t, data)
	n := contentOf(f, pageOne(c.t, f)).Num
	size, _ := f.Int(f.Trailer["Size"])
	row := func(at int64) string {
		return string([]byte{1, byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at), 0})
	}
	at := int64(len(data))
	rows := row(f.Entries()[n].Offset) + row(at)
	out := fmt.Appendf(slices.Clone(data), "%d 0 obj\n<</Type/XRef/Size %d/W[1 4 1]/Index[%d 1 %d 1]/Length %d>>\nstream\n%s\nendstream\nendobj\n", size, size+1, n, size, len(rows), rows)
	table := len(out)
	out = c.table(out[:len(data)], fmt.Sprintf("%d 1\n0000000000 00001 f\r\n%d 1\n%010d 00000 n\r\n", n, size, at), fmt.Sprintf("/XRefStm %d", at))[len(data):]
	stream := fmt.Appendf(nil, "%d 0 obj\n<</Type/XRef/Size %d/W[1 4 1]/Index[%d 1 %d 1]/Length %d>>\nstream\n%s\nendstream\nendobj\n", size, size+1, n, size, len(rows), rows)
	out = bytes.Replace(out, fmt.Appendf(nil, "startxref\n%d\n", len(data)), fmt.Appendf(nil, "startxref\n%d\n", table), 1)
	return slices.Concat(data, stream, out)
}

// longStream is a document whose content runs into what is appended later.
func (c *corpus) longStream() (set, grown []byte) {
	const marker = "q 0 g Q % bay"
	make := func(length int) []byte {
		return c.trap(func(u *pdf.Update, f *pdf.File) {
			p := pageOne(c.t, f)
			s := u.Add(pdf.Raw(fmt.Sprintf("<</Length %06d>>\nstream\n%s\nendstream", length, marker)))
			u.Set(p.Ref, with(p.Dict, pdf.Dict{"Contents": pdf.Array{contentOf(f, p), s}}))
		})
	}
	first := make(900_000)
	end := len(first) + 4000 // where the content is to end
	set = make(end - bytes.Index(first, []byte(marker)))
	grow := func(data []byte) []byte {
		return edit(c.t, set, func(u *pdf.Update, f *pdf.File) {
			root, _ := f.Root()
			s := u.Add(&pdf.Stream{Dict: pdf.Dict{}, Data: data})
			(&editor{f: f, u: u}).set(root, pdf.Dict{"DSS": u.Add(pdf.Dict{"Type": pdf.Name("DSS"), "Certs": pdf.Array{s}})})
		})
	}
	pad := bytes.Repeat([]byte(" "), 6000)
	copy(pad, "@@@@")
	at := bytes.LastIndex(grow(pad), []byte("@@@@"))
	copy(pad, "    ")
	copy(pad[end-at-20:], "0 0 9 9 re f")
	copy(pad[end-at:], "endstream")
	return set, grow(pad)
}

// covers are looks of later signatures and fields that cover what was signed.
func (c *corpus) covers() []vector {
	undecided := func(name, about string, data []byte) vector {
		return vector{name: name, expect: "undecided", check: Integrity, is: Undecided, say: "che phần lớn", pdfsig: -1, about: about, data: data}
	}
	bad := func(name, say, about string, data []byte) vector {
		return vector{name: name, expect: "invalid", check: Integrity, is: Invalid, say: say, pdfsig: -1, about: about, data: data}
	}
	look := func(data []byte, b pdf.Box) []byte {
		return c.sign(data, Options{Place: &Place{Box: b}, Look: TextLook("Không có gì"), Reserve: room}, c.agency, true)
	}
	small := func(box pdf.Array, unit pdf.Object) []byte {
		return c.signed(edit(c.t, c.decision, func(u *pdf.Update, f *pdf.File) {
			p := pageOne(c.t, f)
			u.Set(p.Ref, with(p.Dict, pdf.Dict{"MediaBox": box, "UserUnit": unit}))
		}), c.official)
	}
	a6 := small(pdf.Array{int64(0), int64(0), int64(298), int64(420)}, nil)
	units := small(pdf.Array{int64(0), int64(0), int64(298), int64(420)}, 2.0)
	large := small(pdf.Array{int64(0), int64(0), int64(1191), int64(1684)}, nil) // A2
	asked := func(base []byte, value pdf.Object) []byte {
		return edit(c.t, base, func(u *pdf.Update, f *pdf.File) {
			form, _ := f.Catalog()["AcroForm"].(pdf.Ref)
			u.Set(form, with(f.Dict(form), pdf.Dict{"NeedAppearances": value}))
		})
	}
	whole := pdf.Array{int64(0), int64(0), int64(600), int64(800)}
	text := func(kv pdf.Dict) []byte {
		return c.trap(func(u *pdf.Update, f *pdf.File) {
			(&editor{f: f, u: u}).addField(pageOne(c.t, f), with(pdf.Dict{"FT": pdf.Name("Tx"), "T": pdf.String("bay"), "Rect": whole, "AP": pdf.Dict{"N": lie(u)}}, kv))
		})
	}
	change := func(base []byte, kv pdf.Dict) []byte {
		return edit(c.t, base, func(u *pdf.Update, f *pdf.File) { u.Set(c.trapField(f).Ref, with(c.trapField(f).Dict, kv)) })
	}
	hidden, plain := text(pdf.Dict{"F": int64(2)}), text(pdf.Dict{"Rect": pdf.Array{int64(0), int64(0), int64(9), int64(9)}})
	filled := c.signed(change(text(pdf.Dict{"AP": nil}), pdf.Dict{"V": pdf.String("x")}), c.agency)
	huge := pdf.Array{int64(-2e6), int64(-2e6), int64(2e6), int64(2e6)}
	return []vector{
		undecided("look-covers-a-small-page", "a later look covers half of a page of A6", look(a6, pdf.Box{W: 100, H: 80})),
		undecided("look-covers-a-page-of-large-units", "the same where the page's unit is two points", look(units, pdf.Box{W: 200, H: 160})),
		{name: "look-on-a-large-page", expect: "valid", pdfsig: -1, about: "a later look of half an A4 on a page of A2", data: look(large, pdf.Box{W: 200, H: 160})},
		undecided("look-beyond-the-page", "a later look is larger than readers of numbers expect", look(c.lone, pdf.Box{X: -400_000, Y: -400_000, W: 800_000, H: 800_000})),
		undecided("looks-add-up", "later looks cover together what none covers alone", look(look(c.lone, pdf.Box{W: 150, H: 80}), pdf.Box{Y: 80, W: 150, H: 80})),
		undecided("field-covers-the-page", "a field over the whole page is filled and then signed by another", filled),
		bad("stamp-with-a-huge-look", "có hình hiển thị", "a time stamp shows something, in a rectangle that is too large to be believed", c.stampWithLook(c.lone, pdf.Dict{"Rect": huge})),
		bad("stamp-called-signature", "có hình hiển thị", "a time stamp that calls itself a signature shows something", c.stampAs(c.lone, "Sig", pdf.Dict{"Rect": pdf.Array{int64(0), int64(0), int64(90), int64(40)}})),
		bad("looks-asked-for", "cách vẽ", "the form asks readers to draw all fields anew", asked(c.sealed, true)),
		bad("hidden-field-shown", "hiện ra", "a hidden field over the whole page is shown", change(hidden, pdf.Dict{"F": int64(4)})),
		bad("field-not-printed", "ẩn", "a field is no longer printed", change(text(pdf.Dict{"F": int64(4)}), pdf.Dict{"F": int64(0)})),
		bad("field-with-a-strange-state", "trạng thái", "the state of a field is no name", change(plain, pdf.Dict{"AS": pdf.Array{}})),
	}
}

// stampAs is stampWithLook under another /Type.
func (c *corpus) stampAs(data []byte, typ string, extra pdf.Dict) []byte {
	return c.stampedField(data, extra, func(o Options, reserve int, lock *FieldLock) pdf.Raw {
		return bytes.Replace(stampDict(o, reserve, lock), []byte("/DocTimeStamp"), []byte("/"+typ), 1)
	})
}

// backLinks are pictures of the page under names that elsewhere lead back up.
func (c *corpus) backLinks() (out []vector) {
	for _, name := range []pdf.Name{"P", "Parent"} {
		var ghost pdf.Ref
		set := c.trap(func(u *pdf.Update, f *pdf.File) {
			ghost = u.Alloc()
			drawn(c.t, u, f, "XObject", pdf.Dict{name: ghost}, "/"+string(name)+" Do")
		})
		out = append(out, sprung("trap-picture-named-"+strings.ToLower(string(name)), "a picture of the page, named like a way back up, is defined after signing", set, edit(c.t, set, func(u *pdf.Update, f *pdf.File) {
			u.Set(ghost, shown(u, "XObject", "0 0 9 9 re f"))
			evidence(u, f, ghost)
		}))...)
	}
	return out
}
