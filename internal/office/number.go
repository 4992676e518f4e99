package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/register"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// Number gives the signed document the next number of its series and today's
// date. Nobody types a number. The agency's signature enters both into the file.
//
// Who: the clerk. Refuses E-STATE before the signature or twice.
// law:ND30-15 ND30-PL1.II.3 HT33-10.1.c.i GL443-7.2.ii.b
func (o *Office) Number(ctx context.Context, by org.Actor, id document.ID) error {
	return o.act(ctx, by, id, access.Number, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Numbered, document.Signed); err != nil {
			return err
		}
		series, err := register.SeriesOf(tx, d.Kind)
		if err != nil {
			return err
		}
		no, err := register.Take(tx, document.Out, series, id)
		if err != nil {
			return err
		}
		d.Number, d.Day = register.Text(no), viet.DayOf(tx.Now)
		who, err := o.custodian(tx)
		if err != nil {
			return err
		}
		if err := access.Grant(tx, access.Subject(id), org.Of(who), access.Custodian); err != nil {
			return err
		}
		if err := document.Hand(tx, id, org.Of(who), document.ToSeal, o.nextMorning(tx.Now, d.Urgency)); err != nil {
			return err
		}
		return journal.Write(tx, NumberedIt, int64(id), 0, journal.Detail{"code": d.Code(), "day": d.Day.String()})
	})
}

// custodian is who keeps the agency's key. law:HT33-4.1
func (o *Office) custodian(q db.Q) (org.PersonID, error) {
	c, err := signing.OfAgency(q)
	if err != nil {
		return 0, err
	}
	who, err := signing.Custodian(q, c.ID)
	if err == nil && who == 0 {
		err = fail.State("Chưa ghi ai giữ khóa ký số của cơ quan.", "HT33-4.1").Then("Quản trị lập biên bản giao khóa.")
	}
	return who, err
}

// VoidNumber takes a numbered document that will not be issued out of the
// line; its number stays in the book as void, with the reason.
//
// Who: the clerk, by the leader's decision. law:ND30-15 GL443-7.2.ii.b
func (o *Office) VoidNumber(ctx context.Context, by org.Actor, id document.ID, reason string) error {
	return o.act(ctx, by, id, access.VoidNumber, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(reason, "Cần lý do hủy số và ý kiến của lãnh đạo.", "ND30-15"); err != nil {
			return err
		}
		if err := d.Move(document.Cancelled, document.Numbered, document.Sealed, document.Ready); err != nil {
			return err
		}
		if err := register.Void(tx, id, reason); err != nil {
			return err
		}
		if err := document.Unwait(tx, id); err != nil {
			return err
		}
		return journal.Write(tx, NumberVoided, int64(id), 0, journal.Detail{"code": d.Code(), "text": reason})
	})
}
