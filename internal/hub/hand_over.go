package hub

import (
	"vanthu/internal/db"
	"vanthu/law"
	"vanthu/viet"
)

// waitingCopy is one recipient's copy of a packet that waits in a queue, or
// that was given back as unreadable.
type waitingCopy struct {
	packet, recipient, via int64
	failed                 bool
}

// handOver gives what waits for an agency to its heir, in order and once.
func (a *act) handOver(from, heir Agency) (moved int64, err error) {
	old, err := a.viaOf(from)
	if err != nil {
		return 0, err
	}
	to, err := a.viaOf(heir)
	if err != nil {
		return 0, err
	}
	list, err := a.openCopies(from, old)
	if err != nil {
		return 0, err
	}
	last := int64(0)
	for _, c := range list {
		if err := a.handOverCopy(c, from, heir, to); err != nil {
			return 0, err
		}
		if !c.failed && c.packet != last {
			last = c.packet
			moved++
		}
	}
	a.wakes[to] = true
	return moved, nil
}

// openCopies lists what waits for an agency in a queue, then what was given back
// as unreadable. Its own queue holds what is for those behind it, too.
func (a *act) openCopies(g Agency, via int64) ([]waitingCopy, error) {
	scan := func(r db.Row) (c waitingCopy, err error) {
		return c, r.Scan(&c.packet, &c.recipient, &c.via, &c.failed)
	}
	list, err := db.All(a, scan, `SELECT d.packet, d.recipient, d.via, FALSE FROM waiting w JOIN delivery d ON d.packet = w.packet AND d.via = w.recipient
		WHERE w.recipient = $1 AND ($1 = $2 OR d.recipient = $2) AND d.confirmed_at = 0 AND d.state <> 'failed' ORDER BY d.packet`, via, g.id)
	if err != nil {
		return nil, err
	}
	dead, err := db.All(a, scan, `SELECT packet, recipient, via, TRUE FROM delivery WHERE state = 'failed' AND (recipient = $1 OR via = $1)`, g.id)
	return append(list, dead...), err
}

// moveQueue lets what waits for an agency wait where its system fetches from now
// on: behind another gateway, or for itself (law:BRVT1842-6.5 GL443-13.1).
func (a *act) moveQueue(old, now Agency) error {
	from, err := a.viaOf(old)
	if err != nil {
		return err
	}
	to, err := a.viaOf(now)
	if err != nil {
		return err
	}
	list, err := a.openCopies(old, from)
	for _, c := range list {
		if err == nil {
			err = a.handOverCopy(c, old, now, to)
		}
	}
	a.wakes[to] = true
	return err
}

func (a *act) handOverCopy(c waitingCopy, from, heir Agency, to int64) error {
	recipient := c.recipient
	if recipient == from.id {
		has, err := db.Value[int](a, `SELECT COUNT(*) FROM delivery WHERE packet = $1 AND recipient = $2`, c.packet, heir.id)
		if err != nil {
			return err
		}
		if has == 0 { // else the heir confirms both copies with one word
			recipient = heir.id
		}
	}
	if _, err := a.Exec(`UPDATE delivery SET recipient = $1, via = $2, changed = $3 WHERE packet = $4 AND recipient = $5`,
		recipient, to, a.NewID(), c.packet, c.recipient); err != nil {
		return err
	}
	if !c.failed {
		return a.requeueAt(c.packet, c.via, to)
	}
	a.queueAdd(c.via, lengths{failed: -1})
	a.queueAdd(to, lengths{failed: 1})
	return nil
}

// requeueAt moves a packet from one queue to another, unless it is there or is
// still needed here.
func (a *act) requeueAt(packet, old, to int64) error {
	if old == to {
		return nil
	}
	added, err := a.Exec(`INSERT INTO waiting (recipient, class, packet, sender, status, since, locked_until, attempts)
		SELECT $1, class, packet, sender, status, since, 0, 0 FROM waiting WHERE recipient = $2 AND packet = $3 ON CONFLICT DO NOTHING`, to, old, packet)
	if err != nil {
		return err
	}
	removed, err := a.Exec(`DELETE FROM waiting WHERE recipient = $1 AND packet = $2
		AND NOT EXISTS (SELECT 1 FROM delivery WHERE packet = $2 AND via = $1 AND confirmed_at = 0 AND state <> 'failed')`, old, packet)
	if err != nil {
		return err
	}
	a.queueAdd(to, lengths{waiting: added})
	a.queueAdd(old, lengths{waiting: -removed})
	return nil
}

// viaOf is whose queue holds what is for an agency.
func (a *act) viaOf(g Agency) (int64, error) {
	if g.Gateway == "" {
		return g.id, nil
	}
	w, err := agencyByCode(a, g.Gateway)
	return w.id, err
}

// movePassed lets a gateway's heir speak of what that passed on: what is not
// known to have arrived, and whatever the hub beyond may still have to be offered
// again. How far the heir has told of its own says nothing about those, so it
// tells all again (law:GL443-13.1 BRVT1842-6.5).
func (a *act) movePassed(from, heir Agency) error {
	since := a.Now.AddDate(0, 0, -int(law.Figure("exchange.handed.days", viet.DayOf(a.Now))))
	_, err := a.Exec(`UPDATE delivery SET via = $2 WHERE via = $1 AND (packet, recipient) IN
		(SELECT t.packet, t.recipient FROM passed t JOIN delivery d ON d.packet = t.packet AND d.recipient = t.recipient
		WHERE t.via = $1 AND d.via = $1 AND (d.confirmed_at = 0 OR t.at >= $3))`, from.id, heir.id, db.Ms(since))
	if err != nil {
		return err
	}
	n, err := a.Exec(`UPDATE passed SET via = $2 WHERE via = $1 AND EXISTS
		(SELECT 1 FROM delivery d WHERE d.packet = passed.packet AND d.recipient = passed.recipient AND d.via = $2)`, from.id, heir.id)
	if err == nil {
		_, err = a.Exec(`UPDATE relayed_receipt SET via = $2 WHERE via = $1 AND event = 'accepted'
			AND EXISTS (SELECT 1 FROM passed t WHERE t.packet = relayed_receipt.packet AND t.via = $2)
			AND NOT EXISTS (SELECT 1 FROM relayed_receipt o WHERE o.packet = relayed_receipt.packet AND o.via = $2)`, from.id, heir.id)
	}
	if err == nil && n > 0 {
		_, err = a.Exec(`DELETE FROM told WHERE via = $1`, heir.id)
	}
	return err
}
