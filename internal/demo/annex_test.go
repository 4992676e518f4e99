package demo

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/pdf"
	"vanthu/viet"
)

// sealedFiles are the sealed files of a document, oldest first.
func (s stage) sealedFiles(o *office.Office, id document.ID) (list []document.File) {
	s.t.Helper()
	s.must(o.Read(context.Background(), func(v *db.View) error {
		all, err := document.Files(v, id)
		for _, f := range all {
			if f.Slot == document.Sealed_ || f.Slot == document.SealedAnnex {
				list = append(list, f)
			}
		}
		return err
	}))
	return list
}

// An annex in a file of its own is examined like the document, carries its own
// evidence, and is renewed with it (HT33-10.1.c.v, ND23-16, ND23-17).
func TestSealedAnnexProvesItself_ND23_17(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	body, err := s.sheet(theLetter)
	s.must(err)
	id := s.numbered(body, office.Places{})
	o, an := s.who("an")
	_, hung := s.who("hung")
	for _, step := range []string{"seal", "check", "issue"} {
		s.must(s.walkOne(ctx, o, id, step, an, hung))
	}
	offline := pades.VerifyOptions{Anchors: s.Host.Anchors, Now: s.Clock.Now()}
	for _, f := range s.sealedFiles(o, id) {
		if f.Verdict != "valid" || f.Report == "" {
			t.Errorf("%s: verdict %q, report %q", f.Name, f.Verdict, f.Report)
		}
		data, err := o.Blobs.Read(f.Hash)
		s.must(err)
		if r, err := pades.Verify(ctx, data, offline); err != nil || r.Verdict() != pades.Valid {
			t.Errorf("%s, with nobody to ask: %s, %v", f.Name, r.Sentence, err)
		}
	}

	s.must(s.Clock.Set(time.Date(2035, 9, 1, 8, 0, 0, 0, time.UTC)))
	url, root := youngTSA(t, s.Clock.Now)
	s.Host.Anchors.Add(cms.Demo, root)
	o.Keys.TSA = &cms.TSAClient{URL: url}
	if n, err := o.Restamp(ctx); err != nil || n != 2 {
		t.Errorf("renewed %d of the document and its annex: %v", n, err)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := document.Latest(v, id)
		list = slices.DeleteFunc(list, func(f document.File) bool { return f.Slot != document.Sealed_ && f.Slot != document.SealedAnnex })
		if all := s.sealedFiles(o, id); len(all) != 4 || !slices.Equal(list, all[2:]) {
			t.Errorf("of %+v the renewed ones should go on, not %+v", all, list)
		}
		return err
	}))
}

// The agency's signature on an annex shows number, symbol and time at the top right of
// page 1, and closes the file's fields but for later time stamps. HT33-10.1.c.v
// law:ND30-PL1.II.10
func TestAnnexShowsItsMark_HT33_10_1_c_v(t *testing.T) {
	s := newStage(t)
	body, err := s.sheet(theLetter)
	s.must(err)
	id := s.numbered(body, office.Places{})
	o, lan := s.who("lan")
	s.must(o.Seal(t.Context(), lan, id, signing.Consent{}))
	list := s.sealedFiles(o, id)
	if len(list) != 2 || list[1].Slot != document.SealedAnnex {
		t.Fatalf("%+v", list)
	}
	data, err := o.Blobs.Read(list[1].Hash)
	s.must(err)
	f := must2(pdf.Open(data))
	signs, pages := must2(pades.Signatures(f)), must2(f.Pages())
	if len(signs) != 1 || len(signs[0].FieldMDP) != 1 || signs[0].FieldMDP[0].Action != "Exclude" {
		t.Fatalf("%d signatures, locks %+v", len(signs), signs[0].FieldMDP)
	}
	w := signs[0].Field.Widgets[0]
	box, text := pages[0].View(w.Rect), must2(f.Text())
	if wide, _ := pages[0].Size(); w.Page != 0 || box.X < wide/2 || box.X+box.W > wide || box.Y > 30 {
		t.Errorf("page %d, %+v", w.Page, box)
	}
	at := s.Clock.Now().In(viet.Zone).Format("2006-01-02T15:04") // +07:00 follows the seconds
	if !strings.Contains(text, "01/SXD-KT") || !strings.Contains(text, at) || !strings.Contains(text, "+07:00") {
		t.Errorf("shows %q, not number and %s", text, at)
	}
}

// A PDF annex whose own signature is broken is not sealed over (HT33-10.1.c.v,
// ND30-32.2).
func TestBrokenAnnexIsNotSealed_ND30_32_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, lan := s.who("lan")
	broken := damaged(t, s.elsewhere(blank(t), s.key("sxd", "hung"), pades.Options{}))
	body, err := s.sheet(theLetter)
	s.must(err)
	id := s.numberedWith(body, office.Places{}, broken)
	err = o.Seal(ctx, lan, id, signing.Consent{})
	s.refused(fail.Integrity, err)
	if e, _ := fail.As(err); !strings.Contains(e.Text, "Phụ lục I.pdf") || e.Next == "" {
		t.Errorf("the refusal does not say which file, or what to do: %+v", e)
	}
	s.inState(o, id, document.Numbered)
	if len(s.sealedFiles(o, id)) != 0 {
		t.Error("a sealed file was entered")
	}
}

// Two annexes of one name are two files: both are sealed, sent and renewed
// (HT33-10.1.c.v).
func TestAnnexesOfOneName_HT33_10_1_c_v(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	body, err := s.sheet(theLetter)
	s.must(err)
	other, err := s.sheet(letter{by: "an", signer: "hung", about: "phụ lục thứ hai", to: theLetter.to})
	s.must(err)
	id := s.numberedWith(body, office.Places{}, blank(t), other)
	o, an := s.who("an")
	_, hung := s.who("hung")
	for _, step := range []string{"seal", "check", "issue"} {
		s.must(s.walkOne(ctx, o, id, step, an, hung))
	}
	s.must(s.Settle(ctx))
	ubh, _ := s.who("hoa")
	came := s.arrived("hoa").ID
	s.must(ubh.Read(ctx, func(v *db.View) error {
		files, err := document.Files(v, came)
		if len(files) != 3 {
			t.Errorf("%d files came, want the document and two annexes", len(files))
		}
		return err
	}))
}
