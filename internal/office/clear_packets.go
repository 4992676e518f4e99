package office

import (
	"context"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/law"
	"vanthu/viet"
)

// clearBatch is how many packets one write clears: each is removed in the turn.
const clearBatch = 20

// ClearPackets is the follower that removes the files of packets past their time,
// sent and received. The documents' own files, the receipts and what the register
// says of each packet stay. It tells of how many packets; call it again until that
// is 0. It needs no right. law:BRVT1842-10.7
func (o *Office) ClearPackets(ctx context.Context) (n int, err error) {
	var sent, came []exchange.Past
	err = o.Read(ctx, func(v *db.View) error {
		sent, came, err = past(v, v.Now)
		return err
	})
	if err != nil || len(sent)+len(came) == 0 {
		return 0, err
	}
	err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		// Again inside the turn: what is no longer past stays.
		if sent, came, err = past(tx, tx.Now); err != nil {
			return err
		}
		var list []blob.Hash
		for _, p := range sent {
			if err := exchange.Forget(tx, p.ID); err != nil {
				return err
			}
			list = append(list, p.Packet)
		}
		for _, p := range came {
			if err := exchange.Gone(tx, p.ID); err != nil {
				return err
			}
			list = append(list, p.Packet)
		}
		if _, err := o.removeAll(tx, list); err != nil {
			return err
		}
		n = len(list)
		return journal.Write(tx, PacketsCleared, 0, 0, journal.Detail{"packets": itoa(int64(n))})
	})
	return n, err
}

// past are the packets past their time.
func past(q db.Q, now time.Time) (sent, came []exchange.Past, err error) {
	before := func(figure string) time.Time { return now.AddDate(0, 0, -int(law.Figure(figure, viet.DayOf(now)))) }
	if sent, err = exchange.PastSent(q, before("exchange.handed.days"), clearBatch); err == nil {
		came, err = exchange.PastCame(q, before("exchange.packet.days"), clearBatch)
	}
	return sent, came, err
}
