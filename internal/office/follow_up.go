package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
)

// Resend queues a failed delivery line again: the recipient is connected now,
// or the line is back.
//
// Who: the clerk. Refuses E-STATE for a line that did not fail.
// law:BRVT1842-6.5 HT33-10.2.i
func (o *Office) Resend(ctx context.Context, by org.Actor, id document.ID, delivery int64) error {
	return o.act(ctx, by, id, access.FollowUp, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Issued, document.Issued); err != nil {
			return err
		}
		line, err := exchange.ByID(tx, delivery)
		if err != nil || line.Document != id {
			return fail.NotFound()
		}
		again, err := exchange.Apply(tx, &line, exchange.Event{Code: "resend"})
		if err != nil {
			return err
		}
		if !again {
			return fail.State("Dòng này không ở trạng thái lỗi gửi.", "BRVT1842-6.5")
		}
		if _, err := exchange.Put(tx, exchange.Item{Document: id, Kind: exchange.Document}); err != nil {
			return err
		}
		if err := o.clearFollow(tx, id); err != nil {
			return err
		}
		return journal.Write(tx, "document.resent", int64(id), delivery, journal.Detail{"to": line.Name})
	})
}

// Followed notes that the clerk has dealt with a refusal or a failed delivery,
// and how; the document leaves the desk.
//
// Who: the clerk. Refuses E-INVALID without saying how. law:QD28-8.2
func (o *Office) Followed(ctx context.Context, by org.Actor, id document.ID, how string) error {
	return o.act(ctx, by, id, access.FollowUp, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(how, "Ghi đã xử lý thế nào: gửi lại, thay thế, gửi giấy.", "QD28-8.2"); err != nil {
			return err
		}
		ask, err := waits(tx, id, document.ToFollow)
		if err != nil {
			return err
		}
		if ask.ID == 0 {
			return fail.State("Không có việc nào cần theo dõi ở văn bản này.", "QD28-8.2")
		}
		if err := document.Unwait(tx, id, document.ToFollow); err != nil {
			return err
		}
		return journal.Write(tx, "document.followed", int64(id), 0, journal.Detail{"text": how})
	})
}

// clearFollow takes the document off the list when no line is failed, refused or
// not fetched for long.
func (o *Office) clearFollow(tx *db.Tx, id document.ID) error {
	lines, err := exchange.Of(tx, id)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.State == exchange.Failed || l.State == exchange.Refused || l.Late == exchange.NotFetched {
			return nil
		}
	}
	return document.Unwait(tx, id, document.ToFollow)
}
