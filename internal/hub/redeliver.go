package hub

import (
	"context"
	"fmt"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// Redeliver lets an agency's system be handed again what it confirmed since a
// moment, in the old order: it came back from an older copy, or is the gateway to
// a hub that did, and then also what that hub has said nothing of since it passed.
// It tells how many packets, and how many are left out because their body was purged.
// A doubt about that hub's log is ended. States stay; the ledger will say that the packets were taken once more, and who
// has one recognises it by its id. An act of the operator; the reason is needed
// (law:BRVT1842-10.7 BRVT1842-6.5).
func (h *Hub) Redeliver(ctx context.Context, by db.Actor, code string, since time.Time, reason string) (r Redelivered, err error) {
	reason = oneLine(reason, 500)
	if reason == "" {
		return r, refuse(CodeDirectory, fail.Invalid("reason", "Ghi lý do giao lại.", "BRVT1842-10.7"))
	}
	g, err := h.Agency(ctx, code)
	if err != nil {
		return r, err
	}
	for after := int64(0); ; {
		ids, err := h.takenSince(ctx, g.id, since, after)
		if err != nil {
			return r, err
		}
		if len(ids) == 0 {
			break
		}
		var got Redelivered
		err = h.carry(ctx, func(a *act) error {
			got, err = a.redeliver(g.id, since, ids)
			return err
		})
		if err != nil {
			return r, err
		}
		r.Packets, r.Gone, after = r.Packets+got.Packets, r.Gone+got.Gone, ids[len(ids)-1]
	}
	return r, h.writeBy(ctx, by, func(a *act) error {
		a.meetBeyondAnew(g.id)
		return a.note("packet.redelivered", g.Code, r.text(since)+": "+reason)
	})
}

// Redelivered is what became of what a system took.
type Redelivered struct {
	Packets int64 // wait again
	Gone    int64 // cannot: their bodies were purged
}

func (r Redelivered) text(since time.Time) string {
	text := fmt.Sprintf("%d gói từ %s", r.Packets, since.In(vietnam).Format("15:04 02/01/2006"))
	if r.Gone > 0 {
		text += fmt.Sprintf(", %d gói đã hết hạn giữ nội dung", r.Gone)
	}
	return text
}

// takenSince is true of copies that the system $1 took since the moment $2: it
// confirmed them, or passed them on to a hub that gave no word of them yet.
const takenSince = `d.via = $1 AND (d.confirmed_at >= $2 OR d.confirmed_at = 0 AND d.state <> 'failed' AND EXISTS
	(SELECT 1 FROM passed t WHERE t.packet = d.packet AND t.recipient = d.recipient AND t.at >= $2))`

// takenSince looks without the turn for what a system took, a batch after a packet.
func (h *Hub) takenSince(ctx context.Context, via int64, since time.Time, after int64) (ids []int64, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		ids, err = db.Column[int64](v, `SELECT DISTINCT d.packet FROM delivery d
			WHERE `+takenSince+` AND d.packet > $3 ORDER BY d.packet LIMIT 200`, via, db.Ms(since), after)
		return err
	})
	return ids, err
}

// redeliver lets those of some packets wait again that have a body still: a purge
// may have come in between.
func (a *act) redeliver(via int64, since time.Time, ids []int64) (r Redelivered, err error) {
	in, args := db.In(1, ids)
	here, err := db.Column[int64](a, `SELECT id FROM packet WHERE gone = 0 AND id IN `+in, args...)
	if r.Gone = int64(len(ids) - len(here)); err != nil || len(here) == 0 {
		return r, err
	}
	in, args = db.In(3, here)
	r.Packets, err = a.Exec(`INSERT INTO waiting (recipient, class, packet, sender, status, since, locked_until, attempts)
		SELECT $1, 1, id, sender, kind = 'status', $2, 0, 0 FROM packet WHERE id IN `+in+` ON CONFLICT DO NOTHING`,
		append([]any{via, db.Ms(a.Now)}, args...)...)
	if err != nil {
		return r, err
	}
	a.Put(`UPDATE delivery AS d SET fetched_at = 0, confirmed_at = 0, transport = 'initial' WHERE `+takenSince+` AND d.packet IN `+in,
		append([]any{via, db.Ms(since)}, args...)...)
	in, args = db.In(2, here)
	a.Put(`DELETE FROM passed WHERE via = $1 AND packet IN `+in+` AND EXISTS (SELECT 1 FROM delivery d
		WHERE d.packet = passed.packet AND d.recipient = passed.recipient AND d.confirmed_at = 0 AND d.state <> 'failed')`,
		append([]any{via}, args...)...) // old words about what waits again say nothing now
	a.yield(via)
	a.queueAdd(via, lengths{waiting: r.Packets})
	a.wakes[via] = true
	return r, nil
}
