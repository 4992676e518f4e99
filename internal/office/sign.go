package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// Sign puts the competent person's signature on the approved file, with his
// own key and his consent to this one use.
//
// Who: the person who approved it, himself (a mandate lends rights, not keys),
// or the clerk whom he entrusted with his key.
// Refuses when the file is not the one approved, and with a [signing.State]
// when his certificate or its issuer is not valid now, or the key does not
// sign. law:ND30-13 HT33-10.1.b HT33-4.2 ND23-15
func (o *Office) Sign(ctx context.Context, by org.Actor, id document.ID, consent signing.Consent) error {
	return o.signOne(ctx, by, o.personal(), id, consent)
}

// enterSigned enters the signed file and hands the document to the clerk.
func (o *Office) enterSigned(ctx context.Context, by org.Actor, j *signingJob) error {
	return o.act(ctx, by, j.doc.ID, access.Sign, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Signed, document.Approved); err != nil {
			return err
		}
		// What is signed is what was approved (C07, invariant 1).
		dr, err := draft.Of(tx, d.ID)
		if err != nil {
			return err
		}
		if dr.Approved != j.file.Hash {
			return fail.State("Tệp không còn là bản đã duyệt.", "ND30-11.2").Then("Duyệt lại rồi ký.")
		}
		if err := o.enterPart(tx, j.parts[0], j.main().file(d.ID, dr.Version, document.Signed_)); err != nil {
			return err
		}
		if err := access.Grant(tx, access.Subject(d.ID), org.RoleToken(org.Clerk), access.Registrar); err != nil {
			return err
		}
		if err := document.Hand(tx, d.ID, org.RoleToken(org.Clerk), document.ToNumber, o.nextMorning(tx.Now, d.Urgency)); err != nil {
			return err
		}
		if err := access.RevokeAll(tx, access.Subject(d.ID), access.KeyKeeper); err != nil {
			return err
		}
		if err := j.enter(tx); err != nil {
			return err
		}
		return journal.Write(tx, SignedIt, int64(d.ID), 0, journal.Detail{"serial": j.cert.Serial, "sha256": string(j.main().Hash)})
	})
}

// signingJob gathers what a person signs.
func (o *Office) signingJob(ctx context.Context, by org.Actor, id document.ID) (*signingJob, error) {
	j := &signingJob{}
	return j, o.Read(ctx, func(v *db.View) (err error) {
		if j.doc, err = document.ByID(v, id); err != nil {
			return err
		}
		if j.dr, err = draft.Of(v, id); err != nil {
			return err
		}
		j.cert, err = signing.OfPerson(v, j.dr.Signer)
		if refused := ownKey(v, by, j.dr, j.cert, viet.DayOf(v.Now)); refused != nil {
			return refused
		}
		if err != nil {
			return err
		}
		if j.doc.State != document.Approved {
			return j.doc.Move(document.Signed, document.Approved)
		}
		j.file, err = document.Newest(v, id, document.Prepared)
		return err
	})
}
