package demo

import (
	"bytes"
	"net/http"
	"testing"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/pades"
	"vanthu/viet"
)

// latest is the newest session of a document, as its page shows it.
func (s stage) latest(login string, id document.ID) (x office.Session) {
	s.t.Helper()
	o, who := s.who(login)
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) { x, err = office.HandedOut(v, who, id); return err }))
	return x
}

// handOut finds a hand-out of any session.
func (s stage) handOut(o *office.Office, id int64) (h signing.HandOut) {
	s.t.Helper()
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) { h, err = signing.HandOutByID(v, id); return err }))
	return h
}

// signedElsewhere hands a document out to its signer's program and signs it
// there; it gives the token under which the file may come back.
func (s stage) signedElsewhere(id document.ID) (token string, signed []byte) {
	s.t.Helper()
	o, hung := s.who("hung")
	out, err := o.HandOut(s.t.Context(), hung, signing.ByPerson, id, signing.ByClient)
	s.must(err)
	token = out.Files[0].Token
	file, err := o.Fetch(s.t.Context(), token, "")
	s.must(err)
	return token, s.elsewhere(file.Data, s.key("sxd", "hung"), pades.Options{Field: pades.SignerField})
}

// toldAs says that the line of a batch tells a state in its own words.
func (s stage) toldAs(want signing.State, l signing.BatchLine) {
	s.t.Helper()
	e := signing.Refuse(want, nil)
	if l.State != signing.LineRefused || l.Text != e.Text || l.Next != e.Next {
		s.t.Errorf("want the words of %s, got %+v", want, l)
	}
}

// Why a document that was handed out is not signed is kept and told: its
// signer has cancelled, here or a whole batch, or it was handed out anew
// (HT33-4.2, HT33-10.1.b).
func TestWhyAHandOutEnded_HT33_4_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hung := s.who("hung")
	id := s.stopped("sign")
	s.onDesk(o, hung.ID, "Lê Quốc Hùng")

	one, err := o.HandOut(ctx, hung, signing.ByPerson, id, signing.ByClient)
	s.must(err)
	if got := s.latest("hung", id).Refused().State; got != "" {
		t.Errorf("an open session is told as %s", got)
	}
	s.must(o.CancelHandOut(ctx, hung, one.ID))
	if got := s.latest("hung", id); got.Refused().State != signing.Cancelled || got.Back() {
		t.Errorf("cancelled, and told as %+v", got)
	}

	batch, err := o.HandOutBatch(ctx, hung, signing.ByPerson, []document.ID{id})
	s.must(err)
	s.must(o.CancelBatch(ctx, hung, batch.Batch))
	s.toldAs(signing.Cancelled, lineOf(s.ended(o, hung.ID, batch.Batch), id))
	if got := s.latest("hung", id).Refused().State; got != signing.Cancelled {
		t.Errorf("its batch was cancelled, and it is told as %s", got)
	}

	batch, err = o.HandOutBatch(ctx, hung, signing.ByPerson, []document.ID{id})
	s.must(err)
	_, err = o.HandOut(ctx, hung, signing.ByPerson, id, signing.ByClient)
	s.must(err)
	s.toldAs(signing.Superseded, lineOf(s.ended(o, hung.ID, batch.Batch), id))
	if got := s.handOut(o, batch.Files[0].ID); got.State != signing.Superseded || got.Done.IsZero() {
		t.Errorf("handed out anew, and the earlier one is told as %+v", got)
	}
	if got := s.latest("hung", id).Refused().State; got != "" {
		t.Errorf("the later session is told as %s", got)
	}
}

// A document that was returned and approved with another text is not signed by
// the file of before: that one is neither given nor taken (ND30-11.2, HT33-4.2).
func TestFileOfBeforeIsNotTaken_ND30_11_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hung := s.who("hung")
	_, an := s.who("an")
	id := s.stopped("sign")
	token, signed := s.signedElsewhere(id)

	other := theLetter
	other.about = "V/v nội dung đã sửa"
	body, err := s.sheet(other)
	s.must(err)
	up, err := o.Keep(ctx, "cv.pdf", bytes.NewReader(body))
	s.must(err)
	s.must(o.ReturnDraft(ctx, hung, id, "Sửa nội dung"))
	s.must(o.Revise(ctx, an, id, office.DraftInput{Kind: "CV", Subject: "V/v nội dung đã sửa", Signer: hung.ID, Recipients: theLetter.recipients(), Body: &up}))
	for _, step := range []string{"submit", "review", "form", "approve"} {
		s.must(s.walkOne(ctx, o, id, step, an, hung))
	}
	s.inState(o, id, document.Approved)

	_, err = o.TakeBack(ctx, token, "", bytes.NewReader(signed))
	s.named(signing.FileChanged, err)
	if got := s.latest("hung", id).Refused().State; got != signing.FileChanged {
		t.Errorf("the page tells %q", got)
	}
	_, err = o.TakeBack(ctx, token, "", bytes.NewReader(signed))
	s.named(signing.TokenUsed, err)
	s.inState(o, id, document.Approved)
	token, signed = s.signedElsewhere(id)
	_, err = o.TakeBack(ctx, token, "", bytes.NewReader(signed))
	s.must(err)
	s.inState(o, id, document.Signed)
}

// What the agency seals shows the number and the date that the book has given,
// at the moment when it comes back (HT33-10.1.c.i).
func TestSealedUnderAnotherNumber_HT33_10_1_c_i(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, lan := s.who("lan")
	id := s.stopped("seal")
	out, err := o.HandOut(ctx, lan, signing.ByAgency, id, signing.ByUpload)
	s.must(err)
	file, err := o.Download(ctx, lan, out.Files[0].ID)
	s.must(err)
	sealed := s.elsewhere(file.Data, s.key("sxd", "agency"), signingtest.Sealing(t))
	var d document.Document
	s.must(o.Read(ctx, func(v *db.View) (err error) { d, err = document.ByID(v, id); return err }))
	enter := func(number string, day viet.Day) {
		s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
			x, err := document.ByID(tx, id)
			if err == nil {
				x.Number, x.Day = number, day
				err = document.Save(tx, x)
			}
			return err
		}))
	}
	for _, other := range []func(){func() { enter(d.Number+"1", d.Day) }, func() { enter(d.Number, d.Day.Add(1)) }} {
		other()
		_, err = o.TakeUpload(ctx, lan, out.Files[0].ID, bytes.NewReader(sealed))
		s.named(signing.NoNumber, err)
		s.inState(o, id, document.Numbered)
	}
	enter(d.Number, d.Day)
	_, err = o.TakeUpload(ctx, lan, out.Files[0].ID, bytes.NewReader(sealed))
	s.must(err)
	s.inState(o, id, document.Sealed)
}

// A document is not signed without the time stamp that is asked for: it waits
// as it was, the key's use is on record, and the next try signs (ND23-15,
// HT33-4.1).
func TestNoStampLeavesTheDocument_ND23_15(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hung := s.who("hung")
	id := s.stopped("sign")
	stamps := o.Keys.TSA
	o.Keys.TSA = &cms.TSAClient{URL: "http://127.0.0.1:1/tsa", Client: &http.Client{Transport: away{}}}
	all, entered := s.uses(o, hung.ID)
	s.named(signing.StampAway, o.Sign(ctx, hung, id, signing.Consent{}))
	s.inState(o, id, document.Approved)
	if a, e := s.uses(o, hung.ID); a != all+1 || e != entered {
		t.Errorf("the register of the key tells %d uses, %d entered", a-all, e-entered)
	}
	o.Keys.TSA = stamps
	s.must(o.Sign(ctx, hung, id, signing.Consent{}))
	s.inState(o, id, document.Signed)
}
