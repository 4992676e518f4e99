package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/viet"
)

// Submit passes a draft to the leader of the drafting unit; a draft of a unit
// leader, or of somebody outside units, goes on to the form check. The version
// is locked from here.
//
// Who: the drafter. law:ND30-10.2 ND30-12.1 HN20-8.1.a.i
func (o *Office) Submit(ctx context.Context, by org.Actor, id document.ID) error {
	return o.act(ctx, by, id, access.Submit, func(tx *db.Tx, d *document.Document) error {
		dr, err := draft.Of(tx, id)
		if err != nil {
			return err
		}
		if err := draft.Lock(tx, id, dr.Version); err != nil {
			return err
		}
		heads, err := org.Heads(tx, dr.Unit, viet.DayOf(tx.Now))
		if err != nil {
			return err
		}
		detail := journal.Detail{"version": itoa(int64(dr.Version))}
		if dr.Unit == 0 || len(heads) == 0 || by.Holds(org.HeadToken(dr.Unit)) {
			detail["to"] = org.Chief.String()
			if err := o.toFormCheck(tx, d, document.Draft); err != nil {
				return err
			}
			return journal.Write(tx, SubmittedIt, int64(id), 0, detail)
		}
		if err := d.Move(document.UnitReview, document.Draft); err != nil {
			return err
		}
		head := org.HeadToken(dr.Unit)
		if err := access.Grant(tx, access.Subject(id), head, access.UnitHead); err != nil {
			return err
		}
		if err := document.Hand(tx, id, head, document.ToReview, o.sameDay(tx.Now, d.Urgency)); err != nil {
			return err
		}
		detail["to"] = heads[0].Name
		return journal.Write(tx, SubmittedIt, int64(id), 0, detail)
	})
}

// toFormCheck hands a draft to the person whom the head assigned to check the
// form: the chief of office, or the clerk where there is none. law:ND30-12.2
func (o *Office) toFormCheck(tx *db.Tx, d *document.Document, from document.State) error {
	if err := d.Move(document.FormCheck, from); err != nil {
		return err
	}
	checker, err := formChecker(tx)
	if err != nil {
		return err
	}
	if err := access.Grant(tx, access.Subject(d.ID), checker, access.FormChecker); err != nil {
		return err
	}
	return document.Hand(tx, d.ID, checker, document.ToCheckForm, o.sameDay(tx.Now, d.Urgency))
}

func formChecker(tx *db.Tx) (org.Token, error) {
	chiefs, err := org.WithRole(tx, org.Chief, viet.DayOf(tx.Now))
	if len(chiefs) == 0 {
		return org.RoleToken(org.Clerk), err
	}
	return org.RoleToken(org.Chief), err
}
