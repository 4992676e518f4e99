package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
)

// Approve fixes what will be signed: the places of number, date and signatures
// are set into the PDF (no page content changes), and the hash of that file is
// kept. A place that cannot be found by itself comes from the page (place), as
// JSON of package pades.
//
// Who: the person who will sign; the drafter of a document may approve it
// himself only as head of the agency. law:ND30-11.1 HT33-10.1.a C07
func (o *Office) Approve(ctx context.Context, by org.Actor, id document.ID, place Places) error {
	if err := o.may(ctx, by, id, access.Approve); err != nil {
		return err
	}
	body, err := o.fileOf(ctx, id, document.Body)
	if err != nil {
		return err
	}
	p, err := o.prepare(ctx, id, body, place)
	if err != nil {
		o.refused(ctx, by, int64(id), access.Approve, err)
		return err
	}
	return o.act(ctx, by, id, access.Approve, func(tx *db.Tx, d *document.Document) error {
		dr, err := draft.Of(tx, id)
		if err != nil {
			return err
		}
		if dr.Drafter == by.ID && !by.Has(org.Head) {
			return fail.Deny("Người soạn không tự duyệt văn bản của mình.", "HT33-10.1.a")
		}
		if err := d.Move(document.Approved, document.LeaderReview); err != nil {
			return err
		}
		if err := unchanged(tx, id, document.Body, body.Hash); err != nil {
			return err
		}
		dr.Approved, dr.ApprovedBy, dr.Flow = p.Hash, by.ID, p.flow
		if err := keepPlace(&dr, place); err != nil {
			return err
		}
		if err := draft.Put(tx, dr); err != nil {
			return err
		}
		if _, err := o.addFile(tx, p.file(id, dr.Version, document.Prepared)); err != nil {
			return err
		}
		w := document.Waiting{Document: id, Due: o.sameDay(tx.Now, d.Urgency)}
		if err := document.Hand(tx, id, org.Of(dr.Signer), document.ToSign, w.Due); err != nil {
			return err
		}
		if err := passToKeeper(tx, dr, w); err != nil {
			return err
		}
		return journal.Write(tx, ApprovedIt, int64(id), 0, journal.Detail{"version": itoa(int64(dr.Version)), "sha256": string(p.Hash)})
	})
}

// may is the check of access before slow work; act checks again inside.
func (o *Office) may(ctx context.Context, by org.Actor, id document.ID, action access.Action) error {
	err := o.Read(ctx, func(v *db.View) error { return access.Check(v, by, access.Subject(id), action) })
	if err != nil {
		o.refused(ctx, by, int64(id), action, err)
	}
	return err
}

func (o *Office) fileOf(ctx context.Context, id document.ID, slots ...document.Slot) (f document.File, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		f, err = document.Newest(v, id, slots...)
		return err
	})
	return f, err
}

// unchanged refuses when the file that slow work was done on is no longer the
// newest of its slot.
func unchanged(q db.Q, id document.ID, slot document.Slot, h blob.Hash) error {
	f, err := document.Newest(q, id, slot)
	if err == nil && f.Hash != h {
		err = fail.State("Văn bản vừa có thay đổi.").Then("Xem lại bản mới nhất rồi làm lại.")
	}
	return err
}
