package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
)

// Noted takes off the desk what the system did by itself, once somebody has
// seen it.
//
// Who: the clerk. law:HT33-8.2.iii
func (o *Office) Noted(ctx context.Context, by org.Actor, id document.ID) error {
	return o.act(ctx, by, id, access.Receive, func(tx *db.Tx, _ *document.Document) error {
		ask, err := waits(tx, id, document.ToNote)
		if err != nil {
			return err
		}
		if ask.ID == 0 {
			return fail.State("Không có việc nào cần xem ở văn bản này.", "HT33-8.2.iii")
		}
		if err := document.Unwait(tx, id, document.ToNote); err != nil {
			return err
		}
		return journal.Write(tx, NotedIt, int64(id), 0, nil)
	})
}
