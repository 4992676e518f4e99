package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/law"
)

type lawRef = law.Ref

// CancelDraft ends a draft that is not to be issued; no number is used.
//
// Who: the drafter while it is a draft, the leader after. law:ND30-10
func (o *Office) CancelDraft(ctx context.Context, by org.Actor, id document.ID, reason string) error {
	return o.act(ctx, by, id, access.Cancel, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(reason, "Cần lý do hủy."); err != nil {
			return err
		}
		if err := d.Move(document.Cancelled, document.Draft, document.LeaderReview, document.Approved); err != nil {
			return err
		}
		if err := access.RevokeAll(tx, access.Subject(id), access.KeyKeeper); err != nil {
			return err
		}
		if err := document.Unwait(tx, id); err != nil {
			return err
		}
		return journal.Write(tx, CancelledIt, int64(id), 0, journal.Detail{"text": reason})
	})
}
