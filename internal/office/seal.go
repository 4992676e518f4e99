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
)

// Seal enters number, date and the agency's signature with the seal's image,
// all in one incremental update: the person's signature stays valid. Annexes
// in separate PDF files get the agency's signature too, with number, notation
// and time at the top right.
//
// Who: the custodian of the agency's key. Refuses E-STATE without a valid
// signature of the competent person. law:ND30-32.2 HT33-10.1.c.i HT33-10.1.c.iii HT33-10.1.c.v
func (o *Office) Seal(ctx context.Context, by org.Actor, id document.ID) error {
	if err := o.may(ctx, by, id, access.Seal); err != nil {
		return err
	}
	job, err := o.sealingJob(ctx, by, id)
	var annexes []sealedAnnex
	if err == nil {
		job.out, annexes, err = o.sealAll(ctx, job)
	}
	var look examined
	if err == nil {
		look, err = o.examine(ctx, job.out.Hash)
	}
	if err == nil {
		job.out, look, err = o.provable(ctx, job.out, look)
	}
	if err != nil {
		o.refused(ctx, by, int64(id), access.Seal, err)
		return err
	}
	return o.act(ctx, by, id, access.Seal, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Sealed, document.Numbered); err != nil {
			return err
		}
		if err := unchanged(tx, id, document.Signed_, job.file.Hash); err != nil {
			return err
		}
		f, err := document.AddFile(tx, look.apply(job.out.file(id, job.dr.Version, document.Sealed_)))
		if err != nil {
			return err
		}
		if err := signing.Record(tx, id, f, job.cert, by.ID, signing.ByAgency); err != nil {
			return err
		}
		for _, a := range annexes {
			if err := o.keepAnnex(tx, id, job, a, by); err != nil {
				return err
			}
		}
		checker, err := formChecker(tx)
		if err != nil {
			return err
		}
		if err := access.Grant(tx, access.Subject(id), checker, access.FormChecker); err != nil {
			return err
		}
		if err := document.Hand(tx, id, checker, document.ToFinalCheck, o.nextMorning(tx.Now, d.Urgency)); err != nil {
			return err
		}
		return journal.Write(tx, SealedIt, int64(id), 0, journal.Detail{"serial": job.cert.Serial, "sha256": string(job.out.Hash)})
	})
}

func (o *Office) keepAnnex(tx *db.Tx, id document.ID, job signingJob, a sealedAnnex, by org.Actor) error {
	f, err := document.AddFile(tx, a.file(id, job.dr.Version, document.SealedAnnex))
	if err != nil {
		return err
	}
	return signing.Record(tx, id, f, job.cert, by.ID, signing.ByAgency)
}

// sealingJob gathers what sealing works on and refuses what the law refuses:
// another person than the custodian, and a document without the competent
// person's valid signature.
func (o *Office) sealingJob(ctx context.Context, by org.Actor, id document.ID) (j signingJob, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		if j.doc, err = document.ByID(v, id); err != nil {
			return err
		}
		if j.doc.State != document.Numbered {
			return j.doc.Move(document.Sealed, document.Numbered)
		}
		if j.dr, err = draft.Of(v, id); err != nil {
			return err
		}
		if j.cert, err = signing.OfAgency(v); err != nil {
			return err
		}
		who, err := signing.Custodian(v, j.cert.ID)
		if err != nil {
			return err
		}
		if who != by.ID {
			return fail.Deny("Chỉ người đang giữ khóa ký số cơ quan được ký.", "HT33-4.1", "ND30-32.2")
		}
		j.file, err = document.Newest(v, id, document.Signed_)
		return err
	})
	if err != nil {
		return j, err
	}
	look, err := o.examine(ctx, j.file.Hash)
	if err == nil && look.verdict == "invalid" {
		err = fail.State("Chữ ký của người có thẩm quyền không hợp lệ, không ký số cơ quan được: "+look.sentence, "ND30-32.2")
	}
	return j, err
}
