package hub

import (
	"context"
	"fmt"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/law"
	"vanthu/viet"
)

const (
	purgeLook  = 10_000 // packets one look finds
	purgeBatch = 200    // packets one turn removes
)

// openCopy is true of copies that keep a body here: not confirmed, unless the
// operator gave them back to the sender, or settled after the moment $1.
const openCopy = `d.packet = p.id AND (d.confirmed_at = 0 AND d.returned = '' OR d.confirmed_at >= $1 OR d.returned <> '' AND d.state_at >= $1)`

// Purged is what a purge removed.
type Purged struct {
	Packets int
	Bytes   int64 // of bodies that went
}

// PurgeDue is Purge after the term of the configuration, else the dated one.
func (h *Hub) PurgeDue(ctx context.Context) (Purged, error) {
	now := h.Store.Now()
	keep := h.Keep
	if keep == 0 {
		keep = time.Duration(law.Figure("hub.keep.days", viet.DayOf(now))) * 24 * time.Hour
	}
	if keep < 0 {
		return Purged{}, nil
	}
	return h.Purge(ctx, now.Add(-keep))
}

// Purge removes the bodies of packets that every recipient confirmed before a
// moment: the hub carries documents, it is not their archive (law:BRVT1842-10.7
// leaves the term to the operator). What waits, or was given back and may be
// sent again, stays. Rows, receipts and the log stay too, so that every proof
// keeps standing.
func (h *Hub) Purge(ctx context.Context, before time.Time) (p Purged, err error) {
	for {
		ids, err := h.purgeable(ctx, before)
		if err != nil {
			return p, err
		}
		for rest := ids; len(rest) > 0 && err == nil; {
			n := min(len(rest), purgeBatch)
			var got Purged
			err = h.write(ctx, func(a *act) (err error) {
				got, err = a.purge(rest[:n], before)
				return err
			})
			p.Packets, p.Bytes, rest = p.Packets+got.Packets, p.Bytes+got.Bytes, rest[n:]
		}
		if err != nil || len(ids) < purgeLook {
			return p, err
		}
	}
}

// purgeable looks without the turn: packets of agencies that never came back
// are passed over each time.
func (h *Hub) purgeable(ctx context.Context, before time.Time) (ids []int64, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		ids, err = db.Column[int64](v, `SELECT p.id FROM packet p WHERE p.gone = 0 AND p.at < $1 AND NOT EXISTS
			(SELECT 1 FROM delivery d WHERE `+openCopy+`) ORDER BY p.at LIMIT $2`,
			db.Ms(before), purgeLook)
		return err
	})
	return ids, err
}

func (a *act) purge(ids []int64, before time.Time) (p Purged, err error) {
	type row struct {
		id, size int64
		hash     string
	}
	in, args := db.In(2, ids)
	list, err := db.All(a, func(r db.Row) (x row, err error) { return x, r.Scan(&x.id, &x.size, &x.hash) },
		`SELECT p.id, p.size, p.hash FROM packet p WHERE p.gone = 0 AND NOT EXISTS
		(SELECT 1 FROM delivery d WHERE `+openCopy+`) AND p.id IN `+in,
		append([]any{db.Ms(before)}, args...)...)
	if err != nil || len(list) == 0 {
		return p, err
	}
	bytes := int64(0)
	for _, x := range list {
		bytes += x.size
		if _, err := a.Exec(`UPDATE packet SET gone = $1 WHERE id = $2`, db.Ms(a.Now), x.id); err != nil {
			return p, err
		}
		p.Packets++
		freed, err := a.drop(x.id, blob.Hash(x.hash))
		if err != nil {
			return p, err
		}
		if freed {
			p.Bytes += x.size
		}
	}
	if err := a.count("body.packets", -int64(p.Packets)); err != nil {
		return p, err
	}
	if err := a.count("body.bytes", -bytes); err != nil {
		return p, err
	}
	return p, a.note("packet.purged", "", fmt.Sprintf("%s gói, %s, mọi nơi nhận đã nhận trước %s",
		viet.Int(int64(p.Packets)), viet.Bytes(p.Bytes), viet.DayOf(before)))
}
