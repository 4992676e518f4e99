package hub

import (
	"context"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
)

// purgeBatch is how many packets one turn looks at.
const purgeBatch = 200

// Purge removes the bodies of packets accepted before a moment that nobody
// waits for any more, and tells how many: the hub carries documents, it is not
// their archive (law:BRVT1842-10.7 leaves the term to the operator). Rows,
// receipts and the log stay, so that every proof keeps standing.
func (h *Hub) Purge(ctx context.Context, before time.Time) (removed int, err error) {
	for {
		var n int
		err := h.write(ctx, func(a *act) (err error) {
			n, err = a.purge(before)
			return err
		})
		removed += n
		if err != nil || n < purgeBatch {
			return removed, err
		}
	}
}

func (a *act) purge(before time.Time) (int, error) {
	type row struct {
		id   int64
		hash string
	}
	list, err := db.All(a, func(r db.Row) (p row, err error) { return p, r.Scan(&p.id, &p.hash) },
		`SELECT p.id, p.hash FROM packet p WHERE p.gone = 0 AND p.at < $1
		AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.packet = p.id) ORDER BY p.at LIMIT $2`, db.Ms(before), purgeBatch)
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		if _, err := a.Exec(`UPDATE packet SET gone = $1 WHERE id = $2`, db.Ms(a.Now), p.id); err != nil {
			return 0, err
		}
		others, err := db.Value[int](a, `SELECT COUNT(*) FROM packet WHERE hash = $1 AND gone = 0`, p.hash)
		if err != nil {
			return 0, err
		}
		if others > 0 {
			continue
		}
		// In the turn, where nobody can be about to name this body anew.
		if err := a.hub.Blobs.Delete(blob.Hash(p.hash)); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
