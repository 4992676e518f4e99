package hub

import (
	"context"
	"strings"
	"time"
	"unicode"

	"vanthu/internal/db"
	"vanthu/ledger"
)

// Confirm takes the receiving system's word that a packet is stored there: it
// leaves the queue, its state becomes Delivered, and the receipt says so.
// Confirming again changes nothing and returns the same receipt.
func (h *Hub) Confirm(ctx context.Context, c Caller, id string) (receipt []byte, err error) {
	said, _, err := h.Round(ctx, c, []string{id}, nil)
	if err != nil {
		return nil, err
	}
	return said[0].Receipt, said[0].Err
}

// Confirmed is the hub's answer to one confirmation.
type Confirmed struct {
	ID      string
	Receipt []byte
	Err     error // why it could not be confirmed; the others are
}

// Round is what a receiving system does all day, in one act: it confirms what
// it has stored and is handed what waits next, as by Inbox; without next it
// only confirms. Receipts are due at once, so a round that confirms something
// never waits for the next packet (law:BRVT1842-6.5 HT33-10.2.i).
func (h *Hub) Round(ctx context.Context, c Caller, stored []string, next *Look) (said []Confirmed, list []Arrival, err error) {
	if len(stored) == 0 {
		if next != nil {
			list, err = h.Inbox(ctx, c, *next)
		}
		return nil, list, err
	}
	done, list, err := h.round(ctx, c, stored, next)
	if err != nil {
		return nil, nil, err
	}
	if said, err = h.confirmed(ctx, c, stored, done); err != nil {
		return nil, nil, err
	}
	if next != nil {
		h.addTexts(ctx, list, next.bounded(h).Bodies)
	}
	return said, list, nil
}

func (h *Hub) round(ctx context.Context, c Caller, stored []string, next *Look) (done []confirmation, list []Arrival, err error) {
	err = h.carry(ctx, func(a *act) error {
		if done, err = a.confirmAll(c, stored); err != nil || next == nil {
			return err
		}
		list, err = a.handOut(c, next.bounded(h))
		return err
	})
	h.counts.handedOut.Add(int64(len(list)))
	return done, list, err
}

// confirmed draws the receipts.
func (h *Hub) confirmed(ctx context.Context, c Caller, stored []string, done []confirmation) ([]Confirmed, error) {
	said := make([]Confirmed, len(done))
	for i, d := range done {
		said[i] = Confirmed{ID: stored[i], Err: d.refused}
		if d.refused != nil {
			continue
		}
		h.fetches.confirmed(c, stored[i])
		h.counts.confirmed.Add(1)
		var err error
		if said[i].Receipt, err = h.receipt(ctx, d.entry, d.leaf); err != nil {
			return nil, err
		}
	}
	return said, nil
}

// confirmation is Confirmed inside the turn.
type confirmation struct {
	leaf    int64
	entry   *logged // of leaf, when it is new
	refused error
}

func (a *act) confirmAll(c Caller, names []string) ([]confirmation, error) {
	copies, err := receivedAll(a.Settled(), c, names)
	if err != nil {
		return nil, err
	}
	done := make([]confirmation, len(names))
	first := map[string]int{}
	var left []dup // one copy of each packet
	for i, name := range names {
		if f, again := first[name]; again {
			done[i] = done[f]
			continue
		}
		first[name] = i
		list := copies[name]
		if len(list) == 0 {
			done[i].refused = errNoPacket()
			continue
		}
		left = append(left, list[0])
		if done[i].leaf, err = a.confirm(c, list); err != nil {
			return nil, err
		}
		done[i].entry = a.last
	}
	a.unqueue(c, left...)
	return done, nil
}

func (a *act) confirm(c Caller, list []dup) (leaf int64, err error) {
	for _, k := range list {
		if !k.confirmed.IsZero() {
			leaf, err = a.lastLeaf(k, ledger.Confirmed)
		} else {
			leaf, err = a.confirmCopy(c, k)
		}
		if err != nil {
			return 0, err
		}
	}
	return leaf, nil
}

func (a *act) confirmCopy(c Caller, k dup) (leaf int64, err error) {
	if k.fetched.IsZero() {
		k.fetched = a.Now
		if err := a.logStep(k, ledger.Delivered, ""); err != nil {
			return 0, err
		}
	}
	if k.line.state == Failed { // it has arrived after all
		a.queueAdd(c.id, lengths{failed: -1})
	}
	if to, ok := k.arrived(); ok {
		a.Put(`UPDATE delivery SET fetched_at = $1, confirmed_at = $2, transport = 'done', changed = $3, state = $4, former = $5, state_at = $2, note = ''
			WHERE packet = $6 AND recipient = $7`,
			db.Ms(k.fetched), db.Ms(a.Now), a.NewID(), string(to.state), string(to.former), k.packet, k.recipient)
	} else {
		a.Put(`UPDATE delivery SET fetched_at = $1, confirmed_at = $2, transport = 'done', changed = $3 WHERE packet = $4 AND recipient = $5`,
			db.Ms(k.fetched), db.Ms(a.Now), a.NewID(), k.packet, k.recipient)
	}
	if err := a.logStep(k, ledger.Confirmed, ""); err != nil {
		return 0, err
	}
	return a.tail.Size() - 1, nil
}

// arrived is code 01 by the hub's own knowledge; a delivery that has gone
// further already stays where it is.
func (k dup) arrived() (line, bool) {
	if k.line.state == Failed {
		return line{Delivered, ""}, true
	}
	return k.line.step(CodeArrived)
}

// unqueue takes packets out of an agency's queue, those that are in it.
func (a *act) unqueue(c Caller, list ...dup) {
	var packets []int64
	for _, k := range list {
		if k.waits {
			packets = append(packets, k.packet)
		}
	}
	if len(packets) == 0 {
		return
	}
	in, args := db.In(2, packets)
	a.Put(`DELETE FROM waiting WHERE recipient = $1 AND packet IN `+in, append([]any{c.id}, args...)...)
	a.queueAdd(c.id, lengths{waiting: -int64(len(packets))})
	a.wakes[c.id] = true // what their senders sent after them may come now
}

func (a *act) lastLeaf(k dup, e ledger.Event) (int64, error) {
	return db.Value[int64](a, `SELECT MAX(id) FROM leaf WHERE packet = $1 AND recipient = $2 AND event = $3`, k.packet, k.recipient, string(e))
}

// Release gives a packet back before its lock runs out. With final false it
// will be handed out again after pause. With final true the receiving system
// says that it cannot read it: it leaves the queue as Failed, its sender sees
// the reason, and the way is free for what comes after it. A confirmed packet
// stays confirmed.
func (h *Hub) Release(ctx context.Context, c Caller, id string, final bool, reason string, pause time.Duration) error {
	reason = oneLine(reason, 500)
	if final {
		h.counts.failed.Add(1)
	} else {
		h.counts.released.Add(1)
	}
	return h.carry(ctx, func(a *act) error {
		list, err := received(a, c, id)
		if err != nil {
			return err
		}
		if final {
			return a.failed(c, list, reason)
		}
		until := a.Now.Add(min(max(pause, 0), maxLock))
		a.Put(`UPDATE waiting SET locked_until = $1 WHERE packet = $2 AND recipient = $3`, db.Ms(until), list[0].packet, c.id)
		a.wakes[c.id] = true
		return nil
	})
}

func (a *act) failed(c Caller, list []dup, reason string) error {
	left := false
	for _, k := range list {
		unread := k.line.state == Sent || k.line.state == RecallAsked && k.line.former == Sent
		if !unread && (!k.waits || !k.confirmed.IsZero()) {
			continue
		}
		if !left {
			left = true
			a.unqueue(c, k) // the packet, with all its copies
		}
		if !unread { // it had it before it was handed it again
			a.Put(`UPDATE delivery SET confirmed_at = $1, transport = 'fail' WHERE packet = $2 AND recipient = $3`, db.Ms(a.Now), k.packet, k.recipient)
			continue
		}
		if err := a.failedCopy(c, k, reason); err != nil {
			return err
		}
	}
	return nil
}

func (a *act) failedCopy(c Caller, k dup, reason string) error {
	a.Put(`UPDATE delivery SET transport = 'fail' WHERE packet = $1 AND recipient = $2`, k.packet, k.recipient)
	a.move(k.packet, k.recipient, line{Failed, ""}, reason)
	a.queueAdd(c.id, lengths{failed: 1})
	return a.logStep(k, ledger.Failed, reason)
}

// Mark notes what the receiving system says of its own fetching (initial,
// processing), which is another layer than the business statuses.
func (h *Hub) Mark(ctx context.Context, c Caller, id string) error {
	return h.carry(ctx, func(a *act) error {
		list, err := received(a, c, id)
		for _, k := range list {
			a.Put(`UPDATE delivery SET transport = 'processing', changed = $1
				WHERE packet = $2 AND recipient = $3 AND transport = 'initial'`, a.NewID(), k.packet, k.recipient)
		}
		return err
	})
}

// move writes a new state of a delivery, for its sender to see.
func (a *act) move(packet, recipient int64, to line, note string) {
	a.Put(`UPDATE delivery SET state = $1, former = $2, state_at = $3, note = $4, changed = $5
		WHERE packet = $6 AND recipient = $7`, string(to.state), string(to.former), db.Ms(a.Now), note, a.NewID(), packet, recipient)
}

// oneLine makes a text from outside fit for a log line.
func oneLine(s string, most int) string {
	s = strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(s, ""))), " ")
	for len(s) > most {
		s = s[:most]
		s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	}
	return s
}

// printable drops control characters, which neither the log nor every store
// takes; those that separate words stay.
func printable(r rune) rune {
	if unicode.IsControl(r) && !unicode.IsSpace(r) {
		return -1
	}
	return r
}
