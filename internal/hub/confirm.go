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
	err = h.write(ctx, func(a *act) error {
		p, err := received(a, c, id)
		if err != nil {
			return err
		}
		leaf, err = a.confirm(c, p)
		entry = a.last
		return err
	})
	if err != nil {
		return nil, err
	}
	h.counts.confirmed.Add(1)
	return h.receipt(ctx, entry, leaf)
}

func (a *act) confirm(c Caller, p found) (leaf int64, err error) {
	if err := a.unqueue(c, p.id); err != nil {
		return 0, err
	}
	list, err := copiesOf(a, p.id, c.id)
	if err != nil {
		return 0, err
	}
	for _, k := range list {
		if k.confirmed {
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
	if err := a.fetchedCopy(k); err != nil {
		return 0, err
	}
	if _, err := a.Exec(`UPDATE delivery SET confirmed_at = $1, transport = 'done', changed = $2 WHERE packet = $3 AND recipient = $4`,
		db.Ms(a.Now), a.NewID(), k.packet, k.recipient); err != nil {
		return 0, err
	}
	if err := a.arrive(k); err != nil {
		return 0, err
	}
	if err := a.logStep(k, ledger.Confirmed, ""); err != nil {
		return 0, err
	}
	return a.tail.Size() - 1, nil
}

// arrive is code 01 by the hub's own knowledge; of a delivery that has gone
// further already it changes nothing.
func (a *act) arrive(k dup) error {
	if k.line.state == Failed {
		return a.move(k.packet, k.recipient, line{Delivered, ""}, "")
	}
	if to, ok := k.line.step(CodeArrived); ok {
		return a.move(k.packet, k.recipient, to, "")
	}
	return nil
}

// unqueue takes a packet out of an agency's queue, if it is there.
func (a *act) unqueue(c Caller, packet int64) error {
	n, err := a.Exec(`DELETE FROM waiting WHERE packet = $1 AND recipient = $2`, packet, c.id)
	if err != nil || n == 0 {
		return err
	}
	a.wakes[c.id] = true // what its sender sent after it may come now
	_, err = a.Exec(`UPDATE queue SET waiting = waiting - 1 WHERE agency = $1`, c.id)
	return err
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
	return h.write(ctx, func(a *act) error {
		p, err := received(a, c, id)
		if err != nil {
			return err
		}
		if !final {
			until := a.Now.Add(min(max(pause, 0), maxLock))
			_, err := a.Exec(`UPDATE waiting SET locked_until = $1 WHERE packet = $2 AND recipient = $3`, db.Ms(until), p.id, c.id)
			a.wakes[c.id] = true
			return err
		}
		return a.failed(c, p, reason)
	})
}

func (a *act) failed(c Caller, p found, reason string) error {
	list, err := copiesOf(a, p.id, c.id)
	if err != nil {
		return err
	}
	for _, k := range list {
		if k.line.state != Sent && !(k.line.state == RecallAsked && k.line.former == Sent) {
			continue
		}
		if err := a.unqueue(c, p.id); err != nil {
			return err
		}
		if err := a.failedCopy(c, k, reason); err != nil {
			return err
		}
	}
	return nil
}

func (a *act) failedCopy(c Caller, k dup, reason string) error {
	if _, err := a.Exec(`UPDATE delivery SET transport = 'fail' WHERE packet = $1 AND recipient = $2`, k.packet, k.recipient); err != nil {
		return err
	}
	if err := a.move(k.packet, k.recipient, line{Failed, ""}, reason); err != nil {
		return err
	}
	if _, err := a.Exec(`UPDATE queue SET failed = failed + 1 WHERE agency = $1`, c.id); err != nil {
		return err
	}
	return a.logStep(k, ledger.Failed, reason)
}

// Mark notes what the receiving system says of its own fetching (initial,
// processing), which is another layer than the business statuses.
func (h *Hub) Mark(ctx context.Context, c Caller, id string) error {
	return h.write(ctx, func(a *act) error {
		p, err := received(a, c, id)
		if err != nil {
			return err
		}
		list, err := copiesOf(a, p.id, c.id)
		for _, k := range list {
			if _, err := a.Exec(`UPDATE delivery SET transport = 'processing', changed = $1
				WHERE packet = $2 AND recipient = $3 AND transport = 'initial'`, a.NewID(), p.id, k.recipient); err != nil {
				return err
			}
		}
		return err
	})
}

// move writes a new state of a delivery, for its sender to see.
func (a *act) move(packet, recipient int64, to line, note string) error {
	_, err := a.Exec(`UPDATE delivery SET state = $1, former = $2, state_at = $3, note = $4, changed = $5
		WHERE packet = $6 AND recipient = $7`, string(to.state), string(to.former), db.Ms(a.Now), note, a.NewID(), packet, recipient)
	return err
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
