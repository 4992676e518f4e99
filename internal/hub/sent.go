package hub

import (
	"context"
	"errors"
	"strconv"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
)

// SentLine is one recipient of one packet, as its sender may watch it.
type SentLine struct {
	ID        string // of the packet
	From      string // code of the agency that sent it
	Kind      Kind
	Document  string
	Notation  string
	Title     string
	To        string // code of the agency that receives
	As        string // as addressed
	Name      string
	At        time.Time // accepted by the hub
	State     State
	StateAt   time.Time
	Note      string // reason of a refusal or failure
	Transport string // initial, processing, done, fail
	Fetched   time.Time
	Confirmed time.Time
	Late      bool // waits for longer than LateAfter: a dead letter to act upon

	changed int64
}

// LateAfter is how long a packet may wait before it counts as a dead letter:
// it is still kept and delivered when the agency comes back, but its sender
// and the operator are told to act (§6.3: 72 h).
const LateAfter = 72 * time.Hour

// SentPage is a page of changes of what an agency sent.
type SentPage struct {
	Lines []SentLine // in order of change; a line stands once, as it is now
	Next  string
	More  bool
}

const sentPage = 500

const sentColumns = `SELECT p.name, s.code, p.kind, p.document, p.notation, p.title, r.code, d.to_code, r.name, p.at,
	d.state, d.state_at, d.note, d.transport, d.fetched_at, d.confirmed_at, d.changed
	FROM delivery d JOIN packet p ON p.id = d.packet JOIN agency r ON r.id = d.recipient JOIN agency s ON s.id = d.sender`

func scanSent(now time.Time) func(db.Row) (SentLine, error) {
	return func(r db.Row) (s SentLine, err error) {
		var at, state, fetched, confirmed int64
		err = r.Scan(&s.ID, &s.From, &s.Kind, &s.Document, &s.Notation, &s.Title, &s.To, &s.As, &s.Name, &at,
			&s.State, &state, &s.Note, &s.Transport, &fetched, &confirmed, &s.changed)
		s.At, s.StateAt, s.Fetched, s.Confirmed = db.Time(at), db.Time(state), db.Time(fetched), db.Time(confirmed)
		s.Late = s.State == Sent && now.Sub(s.At) > LateAfter
		return s, err
	}
}

// isGateway says whether agencies stand behind the caller.
func isGateway(q db.Q, c Caller) (bool, error) {
	n, err := db.Value[int](q, `SELECT COUNT(*) FROM (SELECT 1 FROM agency WHERE gateway <> '' AND gateway = $1 LIMIT 1) behind`, c.Code)
	return n > 0, err
}

// sentBy picks the copies that an agency's system sent: its own and, for a
// gateway, those of the agencies behind it. The sender is written as the index of
// this list has it (delivery_sent).
func sentBy(q db.Q, c Caller) (string, error) {
	gateway, err := isGateway(q, c)
	if !gateway || err != nil {
		return ` WHERE d.sender + 0 = $1`, err
	}
	return ` WHERE d.sender + 0 IN (SELECT $1 UNION ALL SELECT b.id FROM agency b JOIN agency w ON w.code = b.gateway WHERE b.gateway <> '' AND w.id = $1)`, nil
}

// Sent lists what changed on the packets that the caller's system sent since a
// token ("" for all): its watch over every recipient (law:QD28-8.2 QD28-6.3).
func (h *Hub) Sent(ctx context.Context, c Caller, since string) (SentPage, error) {
	var from int64
	if since != "" {
		n, err := strconv.ParseInt(since, 10, 64)
		if err != nil {
			return SentPage{}, refuse(CodePacket, fail.Invalid("since", "Mốc thay đổi không đúng dạng."))
		}
		from = n
	}
	p := SentPage{Next: since}
	err := h.Store.Read(ctx, func(v *db.View) error {
		mine, err := sentBy(v, c)
		if err == nil {
			p.Lines, err = db.All(v, scanSent(v.Now), sentColumns+mine+` AND d.changed > $2 ORDER BY d.changed LIMIT $3`, c.id, from, sentPage+1)
		}
		return err
	})
	if len(p.Lines) > sentPage {
		p.Lines, p.More = p.Lines[:sentPage], true
	}
	if n := len(p.Lines); n > 0 {
		p.Next = strconv.FormatInt(p.Lines[n-1].changed, 10)
	}
	return p, err
}

// Recent lists the newest of what the caller sent, newest change first.
func (h *Hub) Recent(ctx context.Context, c Caller, limit int) (list []SentLine, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		mine, err := sentBy(v, c)
		if err == nil {
			list, err = db.All(v, scanSent(v.Now), sentColumns+mine+` ORDER BY d.changed DESC LIMIT $2`, c.id, min(limit, 2*sentPage))
		}
		return err
	})
	return list, err
}

// Said is one status about a delivery.
type Said struct {
	Code    string
	SaidAt  string    // as the packet says, RFC 3339
	At      time.Time // when the hub took it
	Staff   string
	Note    string
	Outcome string // Applied, Repeat or Anomaly
	Why     string // why it is an anomaly
	To      string // code of the recipient whose copy it is about
}

// Lines shows one packet to its sender: every recipient, and every status that
// came. A recipient sees its own line only.
func (h *Hub) Lines(ctx context.Context, c Caller, id string) (lines []SentLine, said []Said, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		p, err := visible(v, c, id)
		if err != nil {
			return err
		}
		only := int64(0)
		if !p.sent {
			only = c.id
		}
		lines, err = db.All(v, scanSent(v.Now), sentColumns+` WHERE d.packet = $1 AND ($2 = 0 OR d.via = $2) ORDER BY d.changed`, p.id, only)
		if err != nil {
			return err
		}
		said, err = db.All(v, scanSaid, `SELECT s.code, s.said_at, s.at, s.staff, s.note, s.outcome, s.why, a.code FROM status s
			JOIN agency a ON a.id = s.recipient
			WHERE s.subject = $1 AND ($2 = 0 OR s.recipient IN (SELECT recipient FROM delivery WHERE packet = $1 AND via = $2)) ORDER BY s.id`, p.id, only)
		return err
	})
	return lines, said, err
}

func scanSaid(r db.Row) (s Said, err error) {
	var at int64
	err = r.Scan(&s.Code, &s.SaidAt, &at, &s.Staff, &s.Note, &s.Outcome, &s.Why, &s.To)
	s.At = db.Time(at)
	return s, err
}

// Proof is one logged step of a packet with its receipt.
type Proof struct {
	Event     ledger.Event
	Recipient string // code; empty for the acceptance of a packet to many
	Time      time.Time
	Receipt   []byte
}

// Receipts draws the receipts of every logged step of a packet: for its sender
// all, for a recipient those of the acceptance and of its own copy.
// Receipts of hubs beyond a gateway stand behind them.
func (h *Hub) Receipts(ctx context.Context, c Caller, id string) ([]Proof, error) {
	return h.receipts(ctx, c, id, h.receiptOf)
}

// StampedReceipts are Receipts drawn at the first checkpoint that covers the
// step and carries a time stamp, which makes them larger; steps that no stamp
// covers yet are left out.
func (h *Hub) StampedReceipts(ctx context.Context, c Caller, id string) ([]Proof, error) {
	return h.receipts(ctx, c, id, h.stampedReceiptOf)
}

func (h *Hub) receipts(ctx context.Context, c Caller, id string, draw drawer) (list []Proof, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		p, err := visible(v, c, id)
		if err != nil {
			return err
		}
		only := int64(0)
		if !p.sent {
			only = c.id
		}
		leaves, err := db.Column[int64](v, `SELECT id FROM leaf WHERE packet = $1 AND ($2 = 0 OR recipient = 0
			OR recipient IN (SELECT recipient FROM delivery WHERE packet = $1 AND via = $2)) ORDER BY id`, p.id, only)
		if err != nil {
			return err
		}
		for _, n := range leaves {
			proof, err := h.proofOf(ctx, v, n, draw)
			if errors.Is(err, db.ErrNone) {
				return nil // later steps have no stamp either
			}
			if err != nil {
				return err
			}
			list = append(list, proof)
		}
		others, err := relayedOf(v, p.id, only)
		list = append(list, others...)
		return err
	})
	return list, err
}

// drawer draws the receipt of a leaf; db.ErrNone when there is none yet.
type drawer func(ctx context.Context, q db.Q, leaf int64) ([]byte, error)

func (h *Hub) proofOf(ctx context.Context, q db.Q, leaf int64, draw drawer) (Proof, error) {
	rc, err := draw(ctx, q, leaf)
	if err != nil {
		return Proof{}, err
	}
	r, err := ledger.VerifyReceipt(rc, h.publics()...)
	if err != nil {
		return Proof{}, err
	}
	return Proof{Event: r.Entry.Event, Recipient: r.Entry.Recipient, Time: r.Entry.Time, Receipt: rc}, nil
}
