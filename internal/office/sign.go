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

// Sign puts the competent person's signature on the approved file, with his
// own key.
//
// Who: the person who approved it, himself (a mandate lends rights, not keys).
// Refuses E-STATE when his certificate or its issuer is not valid now, or when
// the file is not the one approved. law:ND30-13 HT33-10.1.b HT33-4.2 ND23-15
func (o *Office) Sign(ctx context.Context, by org.Actor, id document.ID) error {
	if err := o.may(ctx, by, id, access.Sign); err != nil {
		return err
	}
	job, err := o.signingJob(ctx, by, id)
	if err == nil {
		job.out, err = o.signPerson(ctx, job)
	}
	if err != nil {
		o.refused(ctx, by, int64(id), access.Sign, err)
		return err
	}
	return o.act(ctx, by, id, access.Sign, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Signed, document.Approved); err != nil {
			return err
		}
		// What is signed is what was approved (C07, invariant 1).
		dr, err := draft.Of(tx, id)
		if err != nil {
			return err
		}
		if dr.Approved != job.file.Hash {
			return fail.State("Tệp không còn là bản đã duyệt.", "ND30-11.2").Then("Duyệt lại rồi ký.")
		}
		f, err := document.AddFile(tx, job.out.file(id, dr.Version, document.Signed_))
		if err != nil {
			return err
		}
		if err := signing.Record(tx, id, f, job.cert, by.ID, signing.ByPerson); err != nil {
			return err
		}
		if err := access.Grant(tx, access.Subject(id), org.RoleToken(org.Clerk), access.Registrar); err != nil {
			return err
		}
		if err := document.Hand(tx, id, org.RoleToken(org.Clerk), document.ToNumber, o.nextMorning(tx.Now, d.Urgency)); err != nil {
			return err
		}
		return journal.Write(tx, SignedIt, int64(id), 0, journal.Detail{"serial": job.cert.Serial, "sha256": string(job.out.Hash)})
	})
}

// signingJob is what signing works on.
type signingJob struct {
	doc  document.Document
	dr   draft.Draft
	file document.File
	cert signing.Certificate
	out  Upload
}

func (o *Office) signingJob(ctx context.Context, by org.Actor, id document.ID) (j signingJob, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		if j.doc, err = document.ByID(v, id); err != nil {
			return err
		}
		if j.dr, err = draft.Of(v, id); err != nil {
			return err
		}
		if j.dr.Signer != by.ID {
			return fail.Deny("Chỉ người ký dùng được khóa của mình.", "HT33-4.2")
		}
		if j.doc.State != document.Approved {
			return j.doc.Move(document.Signed, document.Approved)
		}
		if j.file, err = document.Newest(v, id, document.Prepared); err != nil {
			return err
		}
		j.cert, err = signing.OfPerson(v, by.ID)
		return err
	})
	return j, err
}
