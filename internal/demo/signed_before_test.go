package demo

import (
	"bytes"
	"context"
	"math"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/pdf"
)

// A draft that was signed before it came here is signed, numbered and sealed all the
// same, each where people see it: the seal in its true size over the left third of the
// signature. A scan that names nobody asks at the approval where to sign, not later.
// HT33-10.1.c.iii ND30-PL1 law:ND30-PL1.II.8a
func TestDraftSignedBefore(t *testing.T) {
	for name, c := range map[string]struct {
		body func(s stage) []byte
		at   office.Places
	}{
		"letter": {func(s stage) []byte { data, err := s.sheet(theLetter); s.must(err); return data }, office.Places{}},
		"scan":   {func(s stage) []byte { return blank(s.t) }, office.Places{Signer: &pades.Place{Box: pdf.Box{X: 110, Y: 200, W: 45, H: 20}}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			ctx := context.Background()
			body := s.elsewhere(c.body(s), s.key("sxd", "mai"), pades.Options{Name: "Đặng Tuyết Mai", Time: s.Clock.Now()})
			id := s.numbered(body, c.at)
			o, lan := s.who("lan")
			s.must(o.Seal(ctx, lan, id, signing.Consent{}))
			var data []byte
			s.must(o.Read(ctx, func(v *db.View) error {
				f, err := document.Newest(v, id, document.Sealed_)
				if err != nil {
					return err
				}
				if f.Verdict != "valid" {
					t.Error(f.Sentence)
				}
				data, err = o.Blobs.Read(f.Hash)
				return err
			}))
			f := must2(pdf.Open(data))
			list := must2(pades.Signatures(f))
			if len(list) != 4 {
				t.Fatalf("%d signatures", len(list))
			}
			pages := must2(f.Pages())
			box := func(x pades.Signature) pdf.Box {
				w := x.Field.Widgets[0]
				if w.Page < 0 {
					t.Fatalf("%s is on no page", x.Field.Name)
				}
				return pages[w.Page].View(w.Rect)
			}
			person, seal := box(list[1]), box(list[3])
			if list[3].Field.Name != pades.SealField || math.Abs(seal.W-36) > .1 || seal.H < 35.9 {
				t.Errorf("%s of %.1f×%.1f mm", list[3].Field.Name, seal.W, seal.H)
			}
			if c.at.Signer != nil && (math.Abs(person.X-110) > .1 || math.Abs(person.Y-200) > .1) {
				t.Errorf("signed at %+v, not where it was chosen", person)
			}
			if covered := seal.X + seal.W - person.X; math.Abs(covered-person.W/3) > .5 {
				t.Errorf("the seal covers %.1f mm of a signature of %.1f mm", covered, person.W)
			}
		})
	}
}

// A place that cannot be found or lies beside the pages is asked for while it can be
// given. ND30-PL1
func TestDraftSignedBeforeAsksForAPlace(t *testing.T) {
	s := newStage(t)
	o, hung := s.who("hung")
	up, err := o.Keep(t.Context(), "cv.pdf", bytes.NewReader(s.elsewhere(blank(t), s.key("sxd", "mai"), pades.Options{Name: "Đặng Tuyết Mai", Time: s.Clock.Now()})))
	s.must(err)
	id := s.reviewed(office.DraftInput{Kind: "CV", Subject: "V/v bản quét", Signer: hung.ID, Recipients: theLetter.recipients(), Body: &up})
	for name, at := range map[string]office.Places{
		"none":            {},
		"no such page":    {Signer: &pades.Place{Page: 7, Box: pdf.Box{X: 10, Y: 10, W: 45, H: 20}}},
		"beside the page": {Signer: &pades.Place{Box: pdf.Box{X: 210, Y: 10, W: 45, H: 20}}},
		"nothing to see":  {Signer: &pades.Place{Box: pdf.Box{X: 10, Y: 10}}},
	} {
		err := o.Approve(t.Context(), hung, id, at)
		if e, ok := fail.As(err); !ok || len(e.Fields) != 1 || e.Fields[0].Name != "place" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
