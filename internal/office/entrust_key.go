package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// EntrustInput is what the owner of a key writes down.
type EntrustInput struct {
	Keeper  org.PersonID
	Rule    string // số, ký hiệu of the agency's records regulation that allows it
	RuleDay viet.Day
	File    Upload // the regulation
	Until   viet.Day
}

// EntrustKey gives a personal key into the keeping of a clerk, under a rule of
// the agency's records regulation: until the day named, the clerk may sign with
// it what its owner has approved himself, and each use is told to the owner.
//
// Who: the owner of the key. Refuses E-INVALID without the rule and its text, a
// keeper who is no clerk, and a term beyond the certificate's; E-STATE for a key
// at a remote service, which its owner alone can confirm, and while another
// entrustment lasts. law:HT33-4.2
func (o *Office) EntrustKey(ctx context.Context, by org.Actor, certificate int64, in EntrustInput) error {
	err := o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		c, err := MayEntrust(tx, by, certificate, viet.DayOf(tx.Now))
		if err != nil {
			return err
		}
		keeper, err := keeperOf(tx, by, c, in)
		if err != nil {
			return err
		}
		if !o.Blobs.Has(in.File.Hash) {
			return errDestroyed(in.File.Name)
		}
		if err := o.endLapsed(tx); err != nil {
			return err
		}
		id, err := signing.Entrust(tx, signing.Entrustment{Certificate: c.ID, Person: by.ID, Keeper: keeper.ID, Rule: viet.NFC(in.Rule), RuleDay: in.RuleDay,
			RuleName: in.File.Name, RuleFile: in.File.Hash, Until: in.Until})
		if err != nil {
			return err
		}
		if err := passSigning(tx, by.ID, keeper.ID); err != nil {
			return err
		}
		if _, err := notice.Renew(tx, int64(keeper.ID), keyTopic(c.ID), "Được giao giữ khóa ký số của "+by.Name+" đến "+in.Until.String()); err != nil {
			return err
		}
		tx.After(o.publishKeys)
		return journal.Write(tx, KeyEntrusted, c.ID, id, journal.Detail{"to": keeper.Name, "rule": in.Rule, "until": in.Until.String(), "sha256": string(in.File.Hash)})
	})
	if err != nil {
		o.refused(ctx, by, certificate, access.HandOverKey, err)
	}
	return err
}

// MayEntrust gives a certificate to its owner, and refuses others.
func MayEntrust(q db.Q, by org.Actor, certificate int64, on viet.Day) (signing.Certificate, error) {
	if err := access.May(by, access.HandOverKey); err != nil {
		return signing.Certificate{}, err
	}
	c, err := SeeKey(q, by, certificate, on)
	switch {
	case err != nil:
		return c, err
	case c.Person != by.ID:
		return c, fail.Deny("Chỉ chủ khóa giao được khóa cá nhân của mình.", "HT33-4.2")
	case !c.Ended.IsZero():
		return c, fail.State("Chứng thư số này đã ngừng dùng.", "HT33-4.2")
	case c.Driver == signing.ByRemote:
		return c, fail.State("Khóa ở dịch vụ ký từ xa chỉ chủ khóa xác nhận được, không giao cho người khác giữ.", "HT33-4.2")
	}
	return c, nil
}

// keeperOf checks what the owner wrote down, and finds the clerk.
func keeperOf(q *db.Tx, by org.Actor, c signing.Certificate, in EntrustInput) (who org.Person, err error) {
	today := viet.DayOf(q.Now)
	var bad fail.Form
	bad.Require("rule", in.Rule, "Cần số, ký hiệu của quy chế văn thư cho phép giao khóa.", "HT33-4.2")
	bad.Limit("rule", in.Rule, 100)
	if in.RuleDay.IsZero() || in.RuleDay > today {
		bad.Add("rule-day", "Cần ngày của quy chế, không sau hôm nay.", "HT33-4.2")
	}
	if in.File.Hash == "" {
		bad.Add("file", "Cần tệp quy chế văn thư.", "HT33-4.2")
	}
	if in.Until < today || in.Until > viet.DayOf(c.NotAfter) {
		bad.Add("until", "Chọn ngày từ hôm nay đến ngày chứng thư số hết hạn.", "HT33-4.2")
	}
	clerks, err := org.WithRole(q, org.Clerk, today)
	if err != nil {
		return who, err
	}
	for _, p := range clerks {
		if p.ID == in.Keeper && p.ID != by.ID {
			who = p
		}
	}
	if who.ID == 0 {
		bad.Add("keeper", "Chọn văn thư giữ khóa.", "HT33-4.2")
	}
	return who, bad.Err()
}

// passSigning puts what the owner of a key has approved and not signed on the
// keeper's desk too.
func passSigning(tx *db.Tx, owner, keeper org.PersonID) error {
	list, err := document.At(tx, document.ToSign)
	for _, w := range list {
		if err != nil {
			return err
		}
		var dr draft.Draft
		if dr, err = draft.Of(tx, w.Document); err == nil && dr.Signer == owner && dr.ApprovedBy == owner {
			err = keeperSigns(tx, w, keeper)
		}
	}
	return err
}

func keeperSigns(tx *db.Tx, w document.Waiting, keeper org.PersonID) error {
	if err := access.Grant(tx, access.Subject(w.Document), org.Of(keeper), access.KeyKeeper); err != nil {
		return err
	}
	return document.Wait(tx, w.Document, org.Of(keeper), document.ToSign, w.Due, "")
}

// passToKeeper puts a document that its signer has just approved on the desk of
// the clerk who keeps his key. law:HT33-4.2
func passToKeeper(tx *db.Tx, dr draft.Draft, w document.Waiting) error {
	if dr.ApprovedBy != dr.Signer {
		return nil
	}
	c, err := signing.OfPerson(tx, dr.Signer)
	if fail.Is(err, fail.Conflict) {
		return nil // no certificate yet
	} else if err != nil {
		return err
	}
	keeper, err := signing.Keeper(tx, c.ID, viet.DayOf(tx.Now))
	if err != nil || keeper == 0 {
		return err
	}
	return keeperSigns(tx, w, keeper)
}

// ownKey refuses to use the key of another, unless it was entrusted to this
// person and its owner has approved the document himself. law:HT33-4.2
func ownKey(v db.Q, by org.Actor, dr draft.Draft, c signing.Certificate, on viet.Day) error {
	if dr.Signer == by.ID {
		return nil
	}
	keeper, err := signing.Keeper(v, c.ID, on)
	if err != nil {
		return err
	}
	if keeper != by.ID || dr.ApprovedBy != dr.Signer {
		return fail.Deny("Chỉ người ký dùng được khóa của mình.", "HT33-4.2")
	}
	return nil
}

// UsesKeyOf says whether a person may use the key that a document is to be
// signed with: his own, or one that he keeps. law:HT33-4.2
func UsesKeyOf(q db.Q, by org.Actor, dr draft.Draft, on viet.Day) (bool, error) {
	err := access.Check(q, by, access.Subject(dr.Document), access.Sign)
	if err == nil {
		var c signing.Certificate
		if c, err = signing.OfPerson(q, dr.Signer); err == nil || dr.Signer == by.ID {
			err = ownKey(q, by, dr, c, on)
		}
	}
	if _, refused := fail.As(err); refused {
		return false, nil
	}
	return err == nil, err
}

// tellOwner tells the owner of a key that its keeper has used it, whatever
// becomes of the signature. law:HT33-4.2
func (o *Office) tellOwner(tx *db.Tx, by org.Actor, c signing.Certificate, d document.ID) error {
	if c.Person == 0 || c.Person == by.ID {
		return nil
	}
	tx.After(o.publishNotices)
	return notice.Tell(tx, int64(c.Person), by.Name+" đã ký văn bản này bằng khóa của ông/bà, theo quy chế giao giữ khóa", int64(d))
}

// TakeKeyBack ends an entrustment: the keeper signs nothing more with the key.
// The owner is told when somebody else ends it.
//
// Who: the owner of the key, its keeper, an administrator. law:HT33-4.2
func (o *Office) TakeKeyBack(ctx context.Context, by org.Actor, id int64) error {
	var e signing.Entrustment
	err := o.Store.Write(ctx, by.DB(), func(tx *db.Tx) (err error) {
		if err := access.May(by, access.HandOverKey); err != nil {
			return err
		}
		if e, err = signing.EntrustmentByID(tx, id); err != nil {
			return err
		}
		if e.Person != by.ID && e.Keeper != by.ID && MayAdminister(by) != nil {
			return fail.NotFound()
		}
		if err := o.endEntrustment(tx, e, by); err != nil || by.ID == e.Person {
			return err
		}
		tx.After(o.publishNotices)
		return notice.Tell(tx, int64(e.Person), by.Name+" đã thôi việc giao giữ khóa của ông/bà", 0)
	})
	if err != nil {
		o.refused(ctx, by, e.Certificate, access.HandOverKey, err)
	}
	return err
}

// endLapsed ends the entrustments that stand no more.
func (o *Office) endLapsed(tx *db.Tx) error {
	list, err := signing.Lapsed(tx, viet.DayOf(tx.Now))
	for _, e := range list {
		if err == nil {
			err = o.endEntrustment(tx, e, org.System)
		}
	}
	return err
}

// endEntrustment ends one: what the keeper was to sign lies on the desk of the
// key's owner alone. law:HT33-4.2
func (o *Office) endEntrustment(tx *db.Tx, e signing.Entrustment, by org.Actor) error {
	if err := signing.EndEntrustment(tx, e.ID, by.ID); err != nil {
		return err
	}
	list, err := document.At(tx, document.ToSign)
	for _, w := range list {
		if err == nil && w.Token == org.Of(e.Keeper) {
			err = offKeeper(tx, w, e)
		}
	}
	if err != nil {
		return err
	}
	if err := notice.Drop(tx, int64(e.Keeper), keyTopic(e.Certificate)); err != nil {
		return err
	}
	tx.After(o.publishKeys)
	return journal.Write(tx, KeyTakenBack, e.Certificate, e.ID, journal.Detail{})
}

// offKeeper takes a document off the keeper's desk, unless he signs it himself.
func offKeeper(tx *db.Tx, w document.Waiting, e signing.Entrustment) error {
	dr, err := draft.Of(tx, w.Document)
	if err != nil || dr.Signer != e.Person {
		return err
	}
	if err := access.Revoke(tx, access.Subject(w.Document), w.Token, access.KeyKeeper); err != nil {
		return err
	}
	return document.UnwaitOne(tx, w.Document, w.Token, w.Step)
}
