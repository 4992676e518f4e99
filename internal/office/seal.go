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
	"vanthu/pades"
)

// Seal enters number, date and the agency's signature with the seal's image,
// all in one incremental update: the person's signature stays valid. Annexes
// in separate PDF files get the agency's signature too, with number, notation
// and time at the top right.
//
// Who: the custodian of the agency's key. Refuses without a valid signature of
// the competent person, and with a [signing.State] when the agency's
// certificate is not valid now, or the key does not sign.
// law:ND30-32.2 HT33-10.1.c.i HT33-10.1.c.iii HT33-10.1.c.v
func (o *Office) Seal(ctx context.Context, by org.Actor, id document.ID, consent signing.Consent) error {
	return o.signOne(ctx, by, o.agency(), id, consent)
}

// enterSealed examines the sealed files, puts the evidence into them, and hands
// the document on for the last look.
func (o *Office) enterSealed(ctx context.Context, by org.Actor, j *signingJob) error {
	looks, err := o.proven(ctx, j)
	if err != nil {
		o.refused(ctx, by, int64(j.doc.ID), access.Seal, err)
		return err
	}
	return o.act(ctx, by, j.doc.ID, access.Seal, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Sealed, document.Numbered); err != nil {
			return err
		}
		if err := unchanged(tx, d.ID, document.Signed_, j.file.Hash); err != nil {
			return err
		}
		for i, p := range j.parts {
			slot := document.SealedAnnex
			if i == 0 {
				slot = document.Sealed_
			}
			if err := o.enterPart(tx, p, looks[i].apply(p.out.file(d.ID, j.dr.Version, slot))); err != nil {
				return err
			}
		}
		checker, err := formChecker(tx)
		if err != nil {
			return err
		}
		if err := access.Grant(tx, access.Subject(d.ID), checker, access.FormChecker); err != nil {
			return err
		}
		if err := document.Hand(tx, d.ID, checker, document.ToFinalCheck, o.nextMorning(tx.Now, d.Urgency)); err != nil {
			return err
		}
		if err := j.enter(tx); err != nil {
			return err
		}
		return journal.Write(tx, SealedIt, int64(d.ID), 0, journal.Detail{"serial": j.parts[0].cert.Serial, "sha256": string(j.main().Hash)})
	})
}

// proven examines every sealed file, annexes too, and puts the evidence into
// it. It refuses a file of which any signature is broken: an annex may have
// been signed before it came here. law:HT33-10.1.c.v ND30-32.2 ND23-16
func (o *Office) proven(ctx context.Context, j *signingJob) ([]examined, error) {
	looks := make([]examined, len(j.parts))
	for i := range j.parts {
		p := &j.parts[i]
		x, err := o.examine(ctx, p.out.Hash, Expected{})
		if err == nil {
			p.out, x, err = o.provable(ctx, p.out, x)
		}
		if err == nil && x.verdict == string(pades.Invalid) {
			err = fail.New(fail.Integrity, "Chữ ký trong tệp “"+p.name+"” không hợp lệ: "+x.sentence, "HT33-10.1.c.v", "ND30-32.2").
				Then("Trả lại dự thảo để thay tệp này bằng bản có chữ ký hợp lệ.")
		}
		if err != nil {
			return nil, err
		}
		looks[i] = x
	}
	return looks, nil
}

// sealingJob gathers what sealing works on and refuses what the law refuses:
// another person than the custodian, and a document without the competent
// person's valid signature.
func (o *Office) sealingJob(ctx context.Context, by org.Actor, id document.ID) (*signingJob, error) {
	j := &signingJob{}
	err := o.Read(ctx, func(v *db.View) (err error) {
		if j.doc, err = document.ByID(v, id); err != nil {
			return err
		}
		if j.doc.State != document.Numbered {
			return j.doc.Move(document.Sealed, document.Numbered)
		}
		if j.dr, err = draft.Of(v, id); err != nil {
			return err
		}
		if j.cert, err = agencyKey(v, by.ID); err != nil {
			return err
		}
		j.file, err = document.Newest(v, id, document.Signed_)
		return err
	})
	if err != nil {
		return j, err
	}
	look, err := o.examine(ctx, j.file.Hash, Expected{})
	if err == nil && look.verdict == string(pades.Invalid) {
		err = fail.State("Chữ ký của người có thẩm quyền không hợp lệ, không ký số cơ quan được: "+look.sentence, "ND30-32.2")
	}
	return j, err
}

// agencyKey is the agency's certificate, for the keeper of its key and nobody
// else. law:HT33-4.1 ND30-32.2
func agencyKey(q db.Q, p org.PersonID) (signing.Certificate, error) {
	c, err := signing.OfAgency(q)
	if err != nil {
		return c, err
	}
	who, err := signing.Custodian(q, c.ID)
	if err == nil && who != p {
		err = fail.Deny("Chỉ người đang giữ khóa ký số cơ quan được ký.", "HT33-4.1", "ND30-32.2")
	}
	return c, err
}
