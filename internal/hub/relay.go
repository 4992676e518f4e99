package hub

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
)

// Relayed is the event of a receipt that the hub beyond a gateway gave; it is
// checked with that hub's key.
const Relayed ledger.Event = "relayed"

const (
	// maxRelayed bounds a receipt of another hub.
	maxRelayed = 64 << 10
	// MaxWords bounds what a gateway tells at once.
	MaxWords = 100
	// MaxLegs bounds the recipients that a gateway names of one packet.
	MaxLegs = 10_000
)

// Word is what the hub beyond a gateway says of one copy of a packet.
type Word struct {
	ID       string // of the packet there
	To       string // code of who receives there
	As       string // as the packet addresses it
	State    State  // there: Sent, Failed, any other means that it arrived
	Note     string // why it failed
	Receipts []RelayedReceipt
}

// RelayedReceipt is a receipt of the hub beyond. This hub answers for having it
// from the gateway, not for what it says.
type RelayedReceipt struct {
	Event     ledger.Event
	Recipient string // code; empty for the acceptance of a packet to many
	File      []byte
}

// Passed takes a gateway's word that the hub beyond it has a packet, under the
// id that it has there: the packet leaves the queue, but its copies stay Sent
// until Tell brings word of them, so that nobody is shown as reached who is not
// (law:GL443-13.1 QD28-6.3). legs are the copies as that hub answered; without
// any, all that are open went under id. Saying it again changes nothing.
// What was given back meanwhile stays so until the hub beyond says that it has
// arrived. Refused to everybody but a gateway of one of the recipients.
func (h *Hub) Passed(ctx context.Context, c Caller, name, id string, receipt []byte, legs []Word) error {
	if id = oneLine(id, 200); id == "" {
		return refuse(CodePacket, fail.Invalid("id", "Cần ghi mã gói tin ở trục bên kia cổng."))
	}
	return h.carry(ctx, func(a *act) error {
		list, err := received(a, c, name)
		if err != nil {
			return err
		}
		if err := behind(list, c); err != nil {
			return err
		}
		a.unqueue(c, list[0])
		said, err := a.byRecipient(legs)
		if err != nil {
			return err
		}
		for _, k := range list {
			if err := a.passCopy(c, k, id, said); err != nil {
				return err
			}
		}
		if len(receipt) == 0 {
			return nil
		}
		return a.relay(list[0].packet, c, RelayedReceipt{Event: ledger.Accepted, File: receipt})
	})
}

// behind refuses those who are no gateway of any recipient.
func behind(list []dup, c Caller) error {
	for _, k := range list {
		if k.recipient != c.id {
			return nil
		}
	}
	return refuse(CodeForbidden, fail.Deny("Chỉ cổng nối trục của nơi nhận mới chuyển được gói tin sang trục khác.", "GL443-13.1"))
}

func (a *act) passCopy(c Caller, k dup, id string, legs map[int64]Word) error {
	failed := k.line.state == Failed
	switch {
	case !k.confirmed.IsZero() || failed && k.recipient == c.id:
		return nil
	case k.recipient == c.id: // the gateway itself is a recipient, too
		_, err := a.confirmCopy(c, k)
		return err
	case failed: // given back while it was on its way
		a.notePassed(c, k, cmp.Or(legs[k.recipient].ID, id))
		return nil
	}
	if k.fetched.IsZero() {
		k.fetched = a.Now
		if err := a.logStep(k, ledger.Delivered, ""); err != nil {
			return err
		}
	}
	said, ok := legs[k.recipient]
	if !ok {
		said = Word{ID: id, State: Sent}
	}
	if said.State == Failed { // refused there, for this recipient alone
		return a.hear(c, k, said)
	}
	a.Put(`UPDATE delivery SET fetched_at = $1, transport = 'processing', changed = $2 WHERE packet = $3 AND recipient = $4`,
		db.Ms(k.fetched), a.NewID(), k.packet, k.recipient)
	a.notePassed(c, k, said.ID)
	return a.hear(c, k, said)
}

// notePassed keeps under which id the hub beyond has a copy, to know what it says
// of it.
func (a *act) notePassed(c Caller, k dup, beyond string) {
	a.Put(`INSERT INTO passed (packet, recipient, via, beyond, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (packet, recipient) DO UPDATE SET via = $3, beyond = $4, at = $5`, k.packet, k.recipient, c.id, oneLine(beyond, 200), db.Ms(a.Now))
}

// byRecipient finds whose copy each word is about, by the agency's id here: the
// one that receives there may be a successor, so the address counts as well.
func (a *act) byRecipient(list []Word) (map[int64]Word, error) {
	said := make(map[int64]Word, len(list))
	for _, w := range list {
		for _, code := range []string{w.As, w.To} {
			g, err := a.agency(code)
			if err != nil && !errors.Is(err, db.ErrNone) {
				return nil, err
			}
			if _, earlier := said[g.id]; err == nil && !earlier {
				said[g.id] = w
			}
		}
	}
	return said, nil
}

// Told gives the token up to which a gateway has told what became of packets
// beyond it; "" before the first time.
func (h *Hub) Told(ctx context.Context, c Caller) (token string, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		token, err = db.Value[string](v, `SELECT token FROM told WHERE via = $1`, c.id)
		if errors.Is(err, db.ErrNone) {
			err = nil
		}
		return err
	})
	return token, err
}

// Tell takes a gateway's words about packets that it passed on, and moves its
// token on together with them: what the hub beyond delivered has arrived, what
// it gave up or its operator gave back has failed, for the sender to read
// (law:BRVT1842-6.5 HT33-7.4). unknown are the ids of packets that this gateway
// did not pass on, or that were sent again since: what it says of those has no
// effect.
func (h *Hub) Tell(ctx context.Context, c Caller, words []Word, next string) (unknown []string, err error) {
	err = h.carry(ctx, func(a *act) error {
		unknown = nil
		for _, w := range words {
			known, err := a.tell(c, w)
			if err != nil {
				return err
			}
			if !known {
				unknown = append(unknown, w.ID)
			}
		}
		a.Put(`INSERT INTO told (via, token, at) VALUES ($1, $2, $3) ON CONFLICT (via) DO UPDATE SET token = $2, at = $3`,
			c.id, oneLine(next, 200), db.Ms(a.Now))
		return nil
	})
	return unknown, err
}

func (a *act) tell(c Caller, w Word) (known bool, err error) {
	type copied struct {
		name      string
		recipient int64
	}
	if notName(w.ID) {
		return false, nil
	}
	list, err := db.All(a, func(r db.Row) (x copied, err error) { return x, r.Scan(&x.name, &x.recipient) },
		`SELECT p.name, t.recipient FROM passed t JOIN packet p ON p.id = t.packet WHERE t.via = $1 AND t.beyond = $2 ORDER BY t.packet, t.recipient`, c.id, w.ID)
	if err != nil {
		return false, err
	}
	for _, x := range list {
		if err := a.tellCopy(c, x.name, x.recipient, w, len(list) == 1); err != nil {
			return false, err
		}
	}
	return len(list) > 0, nil
}

// tellCopy is tell for one copy; only says that no other went under the id.
func (a *act) tellCopy(c Caller, name string, recipient int64, w Word, only bool) error {
	list, err := received(a, c, name)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(list, func(k dup) bool { return k.recipient == recipient })
	if n < 0 {
		return nil // it has an heir since
	}
	said, err := a.byRecipient([]Word{w})
	if _, mine := said[recipient]; err != nil || !mine && !only {
		return err
	}
	if err := a.hear(c, list[n], w); err != nil {
		return err
	}
	for _, r := range w.Receipts {
		if err := a.relay(list[n].packet, c, r); err != nil {
			return err
		}
	}
	return nil
}

// hear moves a copy as the hub beyond says. A failure is heard of what is not
// known to have arrived; what arrived after a failure has arrived.
func (a *act) hear(c Caller, k dup, w Word) error {
	switch {
	case w.State == Sent || w.State == "" || !k.confirmed.IsZero():
		return nil
	case w.State != Failed:
		_, err := a.confirmCopy(c, k)
		return err
	case k.line.state == Sent, k.line.state == RecallAsked && k.line.former == Sent:
		return a.failedCopy(c, k, oneLine("Trục bên kia cổng "+c.Code+": "+w.Note, 500))
	}
	return nil
}

func (a *act) relay(packet int64, c Caller, r RelayedReceipt) error {
	if len(r.File) > maxRelayed || !strings.HasPrefix(string(r.File), "vanthu-receipt/") || bytes.IndexByte(r.File, 0) >= 0 || !utf8.Valid(r.File) {
		return refuse(CodePacket, fail.Invalid("receipt", "Không phải biên nhận của trục."))
	}
	place := placeOf(r)
	a.Put(`INSERT INTO relayed_receipt (packet, via, event, recipient, at, receipt, place) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (packet, via, event, recipient) DO UPDATE SET receipt = $6, place = $7`,
		packet, c.id, oneLine(string(r.Event), 20), oneLine(r.Recipient, 60), db.Ms(a.Now), string(r.File), place)
	if place >= 0 {
		a.Put(`UPDATE beyond_log SET claim = $2 WHERE via = $1`, c.id, string(r.File))
	}
	return nil
}

// relayedOf lists the receipts of other hubs for a packet; only is 0 for its
// sender, else the system that asks.
func relayedOf(q db.Q, packet, only int64) ([]Proof, error) {
	return db.All(q, func(r db.Row) (Proof, error) {
		p := Proof{Event: Relayed}
		var at int64
		var receipt string
		err := r.Scan(&p.Recipient, &at, &receipt)
		p.Time, p.Receipt = db.Time(at), []byte(receipt)
		return p, err
	}, `SELECT recipient, at, receipt FROM relayed_receipt WHERE packet = $1 AND ($2 = 0 OR via = $2) ORDER BY at, event, recipient`, packet, only)
}
