package hub

import (
	"context"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/ledger"
)

// Confirm takes the receiving system's word that a packet is stored there: it
// leaves the queue, its state becomes Delivered, and the receipt says so.
// Confirming again changes nothing and returns the same receipt.
func (h *Hub) Confirm(ctx context.Context, c Caller, id string) (receipt []byte, err error) {
	var leaf int64
	var entry *logged
	err = h.carry(ctx, func(a *act) error {
		list, err := received(a, c, id)
		if err != nil {
			return err
		}
		leaf, err = a.confirm(c, list)
		entry = a.last
		return err
	})
	if err != nil {
		return nil, err
	}
	h.fetches.confirmed(c, id)
	h.counts.confirmed.Add(1)
	return h.receipt(ctx, entry, leaf)
}

func (a *act) confirm(c Caller, list []dup) (leaf int64, err error) {
	a.unqueue(c, list[0])
	for _, k := range list {
		if !k.confirmed.IsZero() {
			leaf, err = a.lastLeaf(k, ledger.Confirmed)
		} else {
			leaf, err = a.confirmCopy(k)
		}
		if err != nil {
			return 0, err
		}
	}
	return leaf, nil
}

func (a *act) confirmCopy(k dup) (leaf int64, err error) {
	if k.fetched.IsZero() {
		k.fetched = a.Now
		if err := a.logStep(k, ledger.Delivered, ""); err != nil {
			return 0, err
		}
	}
	a.Put(`UPDATE delivery SET fetched_at = $1, confirmed_at = $2, transport = 'done', changed = $3 WHERE packet = $4 AND recipient = $5`,
		db.Ms(k.fetched), db.Ms(a.Now), a.NewID(), k.packet, k.recipient)
	a.arrive(k)
	if err := a.logStep(k, ledger.Confirmed, ""); err != nil {
		return 0, err
	}
	return a.tail.Size() - 1, nil
}

// arrive is code 01 by the hub's own knowledge; of a delivery that has gone
// further already it changes nothing.
func (a *act) arrive(k dup) {
	if k.line.state == Failed {
		a.move(k.packet, k.recipient, line{Delivered, ""}, "")
	} else if to, ok := k.line.step(CodeArrived); ok {
		a.move(k.packet, k.recipient, to, "")
	}
}

// unqueue takes a packet out of an agency's queue, if it is there.
func (a *act) unqueue(c Caller, k dup) {
	if !k.waits {
		return
	}
	a.Put(`DELETE FROM waiting WHERE packet = $1 AND recipient = $2`, k.packet, c.id)
	a.Put(`UPDATE queue SET waiting = waiting - 1 WHERE agency = $1`, c.id)
	a.wakes[c.id] = true // what its sender sent after it may come now
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
		if k.line.state != Sent && !(k.line.state == RecallAsked && k.line.former == Sent) {
			if k.waits && k.confirmed.IsZero() { // it had it before it was handed it again
				a.unqueue(c, k)
				a.Put(`UPDATE delivery SET confirmed_at = $1, transport = 'fail' WHERE packet = $2 AND recipient = $3`, db.Ms(a.Now), k.packet, k.recipient)
			}
			continue
		}
		if !left {
			left = true
			a.unqueue(c, k)
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
	a.Put(`UPDATE queue SET failed = failed + 1 WHERE agency = $1`, c.id)
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
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	for len(s) > most {
		s = s[:most]
		s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	}
	return s
}
