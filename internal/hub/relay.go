package hub

import (
	"context"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
)

// Relayed is the event of a receipt that the hub beyond a gateway gave; it is
// checked with that hub's key.
const Relayed ledger.Event = "relayed"

// maxRelayed bounds a receipt of another hub.
const maxRelayed = 64 << 10

// Relay keeps, for the packet's sender, the receipt that the hub beyond the
// caller's gateway gave for it. This hub answers for having it from the
// gateway, not for what it says. Saying it again replaces it. Refused to
// everybody but a gateway of one of the recipients (law:GL443-13.1).
func (h *Hub) Relay(ctx context.Context, c Caller, id string, receipt []byte) error {
	if len(receipt) > maxRelayed || !strings.HasPrefix(string(receipt), "vanthu-receipt/") {
		return refuse(CodePacket, fail.Invalid("receipt", "Không phải biên nhận của trục."))
	}
	return h.write(ctx, func(a *act) error {
		p, err := visible(a, c, id)
		if err != nil {
			return err
		}
		beyond, err := db.Value[int](a, `SELECT COUNT(*) FROM delivery WHERE packet = $1 AND via = $2 AND recipient <> via`, p.id, c.id)
		if err != nil {
			return err
		}
		if beyond == 0 {
			return refuse(CodeForbidden, fail.Deny("Chỉ cổng nối trục của nơi nhận mới chuyển được biên nhận.", "GL443-13.1"))
		}
		_, err = a.Exec(`INSERT INTO relayed (packet, via, at, receipt) VALUES ($1, $2, $3, $4)
			ON CONFLICT (packet, via) DO UPDATE SET at = $3, receipt = $4`, p.id, c.id, db.Ms(a.Now), string(receipt))
		return err
	})
}

// relayedOf lists the receipts of other hubs for a packet; only is 0 for its
// sender, else the system that asks.
func relayedOf(q db.Q, packet, only int64) ([]Proof, error) {
	return db.All(q, func(r db.Row) (p Proof, err error) {
		var at int64
		var receipt string
		err = r.Scan(&at, &receipt)
		return Proof{Event: Relayed, Time: db.Time(at), Receipt: []byte(receipt)}, err
	}, `SELECT at, receipt FROM relayed WHERE packet = $1 AND ($2 = 0 OR via = $2) ORDER BY at`, packet, only)
}
