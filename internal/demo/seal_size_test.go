package demo

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/pades"
	"vanthu/pdf"
)

// shown is the seal of a document, in mm on its page.
type shown struct {
	seal, signature pdf.Box // their fields
	ink             pdf.Box // what is red on the paper, as poppler draws it
}

// ringed is how much of its picture's width the demo's seal inks.
const ringed = 345.0 / 360

// sealOn looks at the sealed file of a document.
func (s stage) sealOn(o *office.Office, id document.ID) (x shown) {
	s.t.Helper()
	data := s.sealedBytes(o, id)
	f, err := pdf.Open(data)
	s.must(err)
	pages, err := f.Pages()
	s.must(err)
	fields, err := pades.Fields(f)
	s.must(err)
	page := -1
	for _, field := range fields {
		if len(field.Widgets) != 1 || !field.Signed() {
			continue
		}
		w := field.Widgets[0]
		box := pages[w.Page].View(w.Rect)
		switch field.Name {
		case pades.SealField:
			x.seal, page = box, w.Page
		case pades.SignerField:
			x.signature = box
		}
	}
	if page < 0 {
		s.t.Fatal("the document shows no seal")
	}
	x.ink = s.redOn(data, page)
	return x
}

func (s stage) sealedBytes(o *office.Office, id document.ID) []byte {
	s.t.Helper()
	var sealed document.File
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		sealed, err = document.Newest(v, id, document.Sealed_)
		return err
	}))
	data, err := o.Blobs.Read(sealed.Hash)
	s.must(err)
	return data
}

// redOn is the box around what is red on a page.
func (s stage) redOn(data []byte, page int) pdf.Box {
	s.t.Helper()
	const dpi = 150
	base := filepath.Join(s.t.TempDir(), "p")
	s.must(os.WriteFile(base+".pdf", data, 0o600))
	n := fmt.Sprint(page + 1)
	run(s.t, "pdftoppm", "-png", "-r", fmt.Sprint(dpi), "-f", n, "-l", n, "-singlefile", base+".pdf", base)
	drawn, err := os.ReadFile(base + ".png")
	s.must(err)
	im, err := png.Decode(bytes.NewReader(drawn))
	s.must(err)
	b := im.Bounds()
	x0, y0, x1, y1 := b.Max.X, b.Max.Y, 0, 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, bl, _ := im.At(x, y).RGBA(); r > 0xb000 && g < 0x7000 && bl < 0x7000 {
				x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
			}
		}
	}
	mm := func(px int) float64 { return float64(px) * 25.4 / dpi }
	return pdf.Box{X: mm(x0), Y: mm(y0), W: mm(x1 - x0), H: mm(y1 - y0)}
}

// wants holds a seal against its true diameter and the size of its field: it is
// drawn whole and round, over the left third of the signature.
func (s stage) wants(what string, x shown, mm, field float64) {
	s.t.Helper()
	near := func(name string, got, want, by float64) {
		s.t.Helper()
		if math.Abs(got-want) > by {
			s.t.Errorf("%s: %s is %.2f mm, want %.2f", what, name, got, want)
		}
	}
	near("the field's width", x.seal.W, field, 0.01)
	near("the field's height", x.seal.H, field, 0.01)
	near("the seal's width", x.ink.W, mm*ringed, 0.6)
	near("the seal's height", x.ink.H, mm*ringed, 0.6)
	rim := mm * (1 - ringed) / 2 // of the picture, around the outer ring
	near("the seal's right edge", x.ink.X+x.ink.W+rim, x.signature.X+x.signature.W/3, 0.6)
	near("the seal's middle", x.ink.Y+x.ink.H/2, x.signature.Y+x.signature.H/2, 0.6)
}

// sealSize enters a diameter and keeps the picture that is there.
func (s stage) sealSize(mm float64) {
	s.t.Helper()
	o, tam := s.who("tam")
	s.must(o.PutSeal(s.t.Context(), tam, nil, mm))
}

// A sealed document shows the seal in its true size over the left third of the
// signature: 36 mm until the agency enters another diameter, then that. A draft
// prepared before keeps the seal's place: a larger seal shrinks to it, a smaller
// one is true, and neither is cut (ND30-PL1.II.8a, HT33-11.4.c).
func TestSealInItsTrueSize_ND30_PL1_II_8a(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, an := s.who("an")
	_, hung := s.who("hung")
	seal := func(id document.ID) shown {
		s.must(s.walkOne(ctx, o, id, "seal", an, hung))
		return s.sealOn(o, id)
	}
	usual, larger, smaller := s.stopped("seal"), s.stopped("seal"), s.stopped("seal")
	s.wants("by default", seal(usual), 36, 36)
	s.sealSize(40.5)
	s.wants("entered", seal(s.stopped("seal")), 40.5, 40.5)
	s.wants("larger than prepared", seal(larger), 36, 36)
	s.sealSize(30)
	s.wants("smaller than prepared", seal(smaller), 30, 36)
}

// A file that somebody had signed before it came here has no place prepared for
// the seal; it shows the seal as others do, and all its signatures hold
// (ND30-PL1.II.8a, HT33-10.1.c.iii).
func TestSealOnAFileSignedBefore_ND30_PL1_II_8a(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, an := s.who("an")
	_, hung := s.who("hung")
	l := theLetter
	l.stop = "issue"
	data, err := s.sheet(l)
	s.must(err)
	body, err := o.Keep(ctx, "Du-thao.pdf", bytes.NewReader(s.elsewhere(data, s.key("sxd", "mai"), pades.Options{Field: "kiem_tra"})))
	s.must(err)
	id, err := o.CreateDraft(ctx, an, office.DraftInput{Kind: l.kindCode(), Subject: "V/v " + l.about, Signer: hung.ID, Recipients: l.recipients(), Body: &body})
	s.must(err)
	s.sealSize(40.5)
	s.must(s.walk(ctx, o, id, l, an, hung)) // the last check reads the signatures
	s.wants("signed before", s.sealOn(o, id), 40.5, 40.5)
	path := filepath.Join(t.TempDir(), "sealed.pdf")
	s.must(os.WriteFile(path, s.sealedBytes(o, id), 0o600))
	if report := run(t, "pdfsig", "-nocert", path); strings.Count(report, "Signature is Valid") != 4 {
		t.Errorf("want four valid signatures:\n%s", report)
	}
}

// A diameter without any picture is refused at the picture (ND30-PL1.II.8a).
func TestSealSizeWantsAPicture_ND30_PL1_II_8a(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, tam := s.who("tam")
	s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return org.Set(tx, "image.seal", "") }))
	err := o.PutSeal(ctx, tam, nil, 36)
	s.refused(fail.BadInput, err)
	if e, _ := fail.As(err); len(e.Fields) != 1 || e.Fields[0].Name != "picture" {
		t.Errorf("%+v", e)
	}
}

// The diameter is entered by the administrator with the picture, within what
// seals measure, to a tenth; the journal has both (ND30-PL1.II.8a).
func TestSealSizeIsEntered_ND30_PL1_II_8a(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, tam := s.who("tam")
	_, lan := s.who("lan")
	_, mai := s.who("mai")
	size := func() (mm float64) {
		s.must(o.Read(ctx, func(v *db.View) (err error) { mm, err = office.SealMM(v, v.Now); return err }))
		return mm
	}
	for _, bad := range []float64{0, -36, 3.6, 19.9, 50.1, 360, 36.55, math.NaN(), math.Inf(1)} {
		err := o.PutSeal(ctx, tam, nil, bad)
		s.refused(fail.BadInput, err)
		if e, _ := fail.As(err); len(e.Fields) != 1 || e.Fields[0].Name != "mm" {
			t.Errorf("%v: the refusal does not name its field: %+v", bad, e)
		}
	}
	s.refused(fail.Denied, o.PutSeal(ctx, lan, nil, 36))
	s.refused(fail.Denied, o.PutSeal(ctx, mai, nil, 36))
	s.refused(fail.BadInput, o.PutSeal(ctx, tam, []byte("%PDF"), 36))
	if mm := size(); mm != 36 {
		t.Errorf("refused, and the seal measures %v mm", mm)
	}
	for _, mm := range []float64{20, 50, 36.5} {
		s.must(o.PutSeal(ctx, tam, nil, mm))
		if got := size(); got != mm {
			t.Errorf("entered %v, kept %v", mm, got)
		}
	}
	picture, err := sealPNG("SỞ KHÁC", "UBND TỈNH MẪU")
	s.must(err)
	s.must(o.PutSeal(ctx, tam, picture, 36.5))
	s.must(o.Read(ctx, func(v *db.View) error {
		h, err := office.Picture(v, 0)
		if err != nil {
			return err
		}
		list, err := journal.Of(v, 0)
		last := journal.Entry{}
		for _, e := range list {
			if e.Verb == office.PictureSet {
				last = e
			}
		}
		if last.Detail["mm"] != "36,5" || last.Detail["sha256"] != string(h) {
			t.Errorf("journal: %+v, picture %s", last, h)
		}
		return err
	}))
}
