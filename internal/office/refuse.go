package office

import (
	"context"
	"errors"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/org"
)

// Refuse returns a document to its sender through the system, with a reason:
// status 02.
//
// Who: the clerk, before it is registered. Refuses E-INVALID without a reason.
// law:ND30-21.2a HT33-8.2.iii QD28-5.4
func (o *Office) Refuse(ctx context.Context, by org.Actor, id document.ID, reason string) error {
	return o.act(ctx, by, id, access.Refuse, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(reason, "Cần lý do trả lại để nơi gửi biết phải sửa gì.", "HT33-8.2.iii"); err != nil {
			return err
		}
		if err := d.Move(document.Refused, document.Arrived, document.Held); err != nil {
			return err
		}
		if err := document.Unwait(tx, id); err != nil {
			return err
		}
		if err := o.tellSender(tx, id, "02", reason); err != nil {
			return err
		}
		return journal.Write(tx, ReturnedIt, int64(id), 0, journal.Detail{"text": reason})
	})
}

func isNone(err error) bool { return errors.Is(err, db.ErrNone) }
