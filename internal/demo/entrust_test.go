package demo

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/notice"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// entrusting is what the owner of a key writes down for a week.
func (s stage) entrusting(o *office.Office, keeper org.Actor) office.EntrustInput {
	s.t.Helper()
	regulation, err := o.Keep(context.Background(), "quy-che-van-thu.pdf", bytes.NewReader(must2(s.sheet(theLetter))))
	s.must(err)
	today := viet.DayOf(s.Clock.Now())
	return office.EntrustInput{Keeper: keeper.ID, Rule: "12/QĐ-SXD", RuleDay: today, File: regulation, Until: today + 7}
}

// A leader entrusts the clerk with his key under the agency's regulation: she
// signs what he approved himself, he is told, both names are kept. Without the
// rule, without the entrustment, after it, and on what he has not approved, the
// key stays his alone (HT33-4.2).
func TestKeyIsEntrusted_HT33_4_2(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, hung := s.who("hung")
	_, lan := s.who("lan")
	_, binh := s.who("binh")
	approved, waiting, later := s.stopped("sign"), s.stopped("approve"), s.stopped("approve")
	cert := must2(certOf(o, hung.ID))
	in := s.entrusting(o, lan)
	today, regulation := in.RuleDay, in.File

	s.refused(fail.Hidden, o.Sign(ctx, binh, approved, signing.Consent{}))
	if err := o.Sign(ctx, lan, approved, signing.Consent{}); err == nil {
		t.Fatal("signed without an entrustment")
	}
	bad := in
	bad.Rule, bad.File = "", office.Upload{}
	s.refused(fail.BadInput, o.EntrustKey(ctx, hung, cert.ID, bad))
	bad = in
	bad.Keeper = binh.ID // no clerk
	s.refused(fail.BadInput, o.EntrustKey(ctx, hung, cert.ID, bad))
	s.refused(fail.Denied, o.EntrustKey(ctx, lan, cert.ID, in))

	s.must(o.EntrustKey(ctx, hung, cert.ID, in))
	s.refused(fail.Conflict, o.EntrustKey(ctx, hung, cert.ID, in))
	_, err := o.SignBatch(ctx, lan, signing.ByPerson, []document.ID{approved}, signing.Consent{})
	if err == nil {
		t.Error("one confirmation for the keys of two people")
	}
	s.must(o.Sign(ctx, lan, approved, signing.Consent{}))
	s.inState(o, approved, document.Signed)
	if err := o.Sign(ctx, lan, waiting, signing.Consent{}); err == nil {
		t.Error("signed what its signer has not approved")
	}
	s.inState(o, waiting, document.LeaderReview)
	s.must(o.Approve(ctx, hung, waiting, office.Places{}))
	s.must(o.Read(ctx, func(v *db.View) error {
		desk, err := document.Desk(v, lan, 0)
		on := false
		for _, it := range desk {
			on = on || it.Document == waiting && it.Step == document.ToSign
		}
		if !on {
			t.Error("what was approved is not on the keeper's desk")
		}
		uses := must2(signing.Uses(v, cert.ID, 0, 1))
		if uses[0].Person != lan.ID || uses[0].Document != approved {
			t.Errorf("%+v", uses[0])
		}
		told := must2(notice.Of(v, int64(hung.ID), 20))
		if len(told) == 0 || !strings.Contains(told[0].Text, lan.Name+" đã ký") {
			t.Errorf("the owner was told %+v", told)
		}
		return err
	}))

	e := must2(entrustedNow(o, cert.ID))
	s.refused(fail.Hidden, o.TakeKeyBack(ctx, binh, e.ID))
	s.must(o.TakeKeyBack(ctx, hung, e.ID))
	if err := o.Sign(ctx, lan, waiting, signing.Consent{}); err == nil {
		t.Error("signed after the key was taken back")
	}
	s.must(o.EntrustKey(ctx, hung, cert.ID, in))
	s.must(o.Approve(ctx, hung, later, office.Places{}))
	s.must(s.Clock.Advance(8 * 24 * time.Hour))
	s.refused(fail.Denied, o.Sign(ctx, lan, later, signing.Consent{}))
	s.must(o.Sign(ctx, hung, later, signing.Consent{}))

	// What an entrustment rested on is kept, and missed when it is gone.
	s.must(o.Read(ctx, func(v *db.View) error {
		if kept, err := signing.Names(v, regulation.Hash); err != nil || !kept {
			t.Errorf("the regulation may be destroyed: %v", err)
		}
		return nil
	}))
	s.must(o.Blobs.Delete(regulation.Hash))
	if _, bad, err := o.Check(ctx); err != nil || !slices.ContainsFunc(bad, func(b error) bool { return strings.Contains(b.Error(), string(regulation.Hash)) }) {
		t.Errorf("the check misses %v, %v", bad, err)
	}
	s.refused(fail.Busy, o.EntrustKey(ctx, hung, cert.ID, office.EntrustInput{Keeper: lan.ID, Rule: in.Rule, RuleDay: today, File: regulation, Until: today + 20}))
}

// A keeper who is no clerk any more, or whose leader has left, signs nothing;
// what lay on his desk goes off it, and neither a draft that was returned nor
// one that was signed stays in his sight as keeper (HT33-4.2).
func TestEntrustmentStandsNoMore_HT33_4_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hung := s.who("hung")
	_, lan := s.who("lan")
	returned, signed, left := s.stopped("sign"), s.stopped("sign"), s.stopped("sign")
	cert := must2(certOf(o, hung.ID))
	in := s.entrusting(o, lan)
	today := in.RuleDay
	s.must(o.EntrustKey(ctx, hung, cert.ID, in))
	s.must(o.ReturnDraft(ctx, hung, returned, "Sửa lại"))
	s.must(o.Sign(ctx, lan, signed, signing.Consent{}))
	keeps := func(id document.ID) (n int) {
		s.must(o.Read(ctx, func(v *db.View) error {
			holders, err := access.Holders(v, access.Subject(id), access.KeyKeeper)
			n = len(holders)
			return err
		}))
		return n
	}
	if keeps(returned)+keeps(signed) != 0 || keeps(left) != 1 {
		t.Errorf("keeper of %d, %d, %d", keeps(returned), keeps(signed), keeps(left))
	}
	set := func(query string, args ...any) {
		s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err }))
	}
	set(`UPDATE person SET active = $2 WHERE id = $1`, hung.ID, false)
	s.refused(fail.Denied, o.Sign(ctx, lan, left, signing.Consent{}))
	set(`UPDATE person SET active = $2 WHERE id = $1`, hung.ID, true)
	set(`UPDATE role SET to_day = $2 WHERE person = $1`, lan.ID, (today - 1).ISO())
	s.refused(fail.Denied, o.Sign(ctx, lan, left, signing.Consent{}))
	s.must(o.Read(ctx, func(v *db.View) error {
		kept, err := signing.EntrustedTo(v, lan.ID, today)
		if len(kept) != 0 {
			t.Errorf("keeps %+v", kept)
		}
		return err
	}))
	_, err := o.WatchKeys(ctx)
	s.must(err)
	if keeps(left) != 0 {
		t.Error("an entrustment that stands no more was not ended")
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		waits, err := document.WaitingFor(v, left)
		if len(waits) != 1 || waits[0].Token != org.Of(hung.ID) {
			t.Errorf("on the desks of %+v", waits)
		}
		return err
	}))
	s.must(o.Sign(ctx, hung, left, signing.Consent{}))
}

func certOf(o *office.Office, p org.PersonID) (c signing.Certificate, err error) {
	return c, o.Read(context.Background(), func(v *db.View) (err error) {
		c, err = signing.OfPerson(v, p)
		return err
	})
}

func entrustedNow(o *office.Office, cert int64) (e signing.Entrustment, err error) {
	return e, o.Read(context.Background(), func(v *db.View) error {
		list, err := signing.Entrustments(v, cert)
		if err == nil {
			e = list[0]
		}
		return err
	})
}
