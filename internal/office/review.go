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
)

// PassContent is the unit leader's check of the content: the draft goes on to
// the form check.
//
// Who: a leader of the drafting unit. law:ND30-12.1 HN20-7.1.a.i
func (o *Office) PassContent(ctx context.Context, by org.Actor, id document.ID, opinion string) error {
	return o.act(ctx, by, id, access.ReviewContent, func(tx *db.Tx, d *document.Document) error {
		if err := o.toFormCheck(tx, d, document.UnitReview); err != nil {
			return err
		}
		return o.opine(tx, id, by, document.ToReview, draft.Pass, opinion, ContentPassed)
	})
}

// PassForm is the second check before the signature: form, technique and
// authority. The draft goes on to the person who will sign, and from here the
// agency's leaders see it.
//
// Who: the form checker. law:ND30-12.2 ND30-13
func (o *Office) PassForm(ctx context.Context, by org.Actor, id document.ID, opinion string) error {
	return o.act(ctx, by, id, access.CheckForm, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.LeaderReview, document.FormCheck); err != nil {
			return err
		}
		dr, err := draft.Of(tx, id)
		if err != nil {
			return err
		}
		signer := org.Of(dr.Signer)
		for t, r := range map[org.Token]access.Relation{
			signer:                    access.Approver,
			org.RoleToken(org.Leader): access.Overseer,
			org.RoleToken(org.Head):   access.Overseer,
		} {
			if err := access.Grant(tx, access.Subject(id), t, r); err != nil {
				return err
			}
		}
		if err := document.Hand(tx, id, signer, document.ToApprove, o.sameDay(tx.Now, d.Urgency)); err != nil {
			return err
		}
		return o.opine(tx, id, by, document.ToCheckForm, draft.Pass, opinion, FormPassed)
	})
}

// ReturnDraft gives a draft back to its drafter with an opinion; he answers
// with the next version.
//
// Who: whoever holds it for review: unit leader, form checker, or the leader
// who is to sign. Refuses E-INVALID without an opinion. law:ND30-10.3
func (o *Office) ReturnDraft(ctx context.Context, by org.Actor, id document.ID, opinion string) error {
	step, action := document.ToReview, access.ReviewContent
	err := o.Read(ctx, func(v *db.View) error {
		d, err := document.ByID(v, id)
		switch d.State {
		case document.FormCheck:
			step, action = document.ToCheckForm, access.CheckForm
		case document.LeaderReview, document.Approved:
			step, action = document.ToApprove, access.Approve
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.act(ctx, by, id, action, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(opinion, "Cần ghi ý kiến để người soạn biết phải sửa gì.", "ND30-10.3"); err != nil {
			return err
		}
		// A document that was approved and is changed needs a new approval
		// (law:ND30-11.2): it starts again as a draft.
		if err := d.Move(document.Draft, document.UnitReview, document.FormCheck, document.LeaderReview, document.Approved); err != nil {
			return err
		}
		dr, err := draft.Of(tx, id)
		if err != nil {
			return err
		}
		if err := access.RevokeAll(tx, access.Subject(id), access.KeyKeeper); err != nil {
			return err
		}
		dr.Approved, dr.ApprovedBy = "", 0
		if err := draft.Put(tx, dr); err != nil {
			return err
		}
		if err := document.Hand(tx, id, org.Of(dr.Drafter), document.ToRevise, o.sameDay(tx.Now, d.Urgency)); err != nil {
			return err
		}
		return o.opine(tx, id, by, step, draft.Return, opinion, ReturnedIt)
	})
}

// opine records an opinion and its journal entry.
func (o *Office) opine(tx *db.Tx, id document.ID, by org.Actor, step document.Step, v draft.Verdict, text string, verb journal.Verb) error {
	dr, err := draft.Of(tx, id)
	if err != nil {
		return err
	}
	err = draft.AddOpinion(tx, id, draft.Opinion{Version: dr.Version, Person: by.ID, Step: step, Verdict: v, Text: text})
	if err != nil {
		return err
	}
	return journal.Write(tx, verb, int64(id), 0, journal.Detail{"version": itoa(int64(dr.Version)), "text": text})
}

// needReason refuses an empty reason; the form's field is "reason".
func needReason(reason, message string, cite ...lawRef) error {
	var f fail.Form
	f.Require("reason", reason, message, cite...)
	f.Limit("reason", reason, 2000)
	return f.Err()
}
