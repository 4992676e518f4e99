package hub

import (
	"errors"
	"strings"

	"vanthu/internal/db"
)

// What became of a status packet.
const (
	Applied = "applied" // the state moved
	Repeat  = "repeat"  // it had been said before; nothing moved
	Anomaly = "anomaly" // §6.3 does not allow it there, or it is about nothing known: kept, not applied
)

// subject is the delivery that a status or recall is about.
type subject struct {
	packet    int64
	recipient int64
	kind      Kind
	line      line
}

// status applies a status packet to the delivery that it is about. The packet
// itself goes on to its addressee in any case: the hub drops nothing
// (law:BRVT1842-6.5 QD28-6.3 QD28-10.2).
func (a *act) status(id int64, c Caller, l *letter, legs []leg) error {
	for _, g := range legs {
		sender, recipient := g.agency.id, c.id
		if l.status.code == CodeRecall { // 13 is said by the document's sender
			sender, recipient = c.id, g.agency.id
		}
		s, err := a.subjectOf(sender, recipient, l)
		if errors.Is(err, db.ErrNone) {
			a.keepStatus(id, subject{recipient: recipient}, l, Anomaly, "không thấy văn bản này trên trục")
			continue
		}
		if err == nil {
			err = a.applyStatus(id, s, l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// subjectOf finds the latest delivery of a document between two agencies, by
// the document's id or, when the status names none, by number and notation.
// Agreeing and declining are about an open recall or change first.
func (a *act) subjectOf(sender, recipient int64, l *letter) (subject, error) {
	list, err := a.subjects(sender, recipient, l)
	if err != nil {
		return subject{}, err
	}
	if len(list) == 0 {
		return subject{}, db.ErrNone
	}
	if l.status.code == CodeAgreed || l.status.code == CodeDeclined {
		for _, s := range list {
			if s.line.state == RecallAsked || (s.kind == Update || s.kind == Replace) && (s.line.state == Sent || s.line.state == Delivered) {
				return s, nil
			}
		}
	}
	for _, s := range list {
		if s.kind == New || s.kind == Replace {
			return s, nil
		}
	}
	return list[0], nil
}

// subjects lists deliveries of a document, newest first; a few are enough.
// After a merger the successor answers for what its predecessors sent and
// received (C02: merged agencies keep their past documents).
func (a *act) subjects(sender, recipient int64, l *letter) ([]subject, error) {
	list, err := a.subjectsBetween(sender, recipient, l)
	if err != nil || len(list) > 0 {
		return list, err
	}
	senders, err := lineage(a, sender)
	if err != nil {
		return nil, err
	}
	recipients, err := lineage(a, recipient)
	if err != nil {
		return nil, err
	}
	for _, s := range senders {
		for _, r := range recipients {
			if list, err = a.subjectsBetween(s, r, l); err != nil || len(list) > 0 {
				return list, err
			}
		}
	}
	return nil, nil
}

// lineage is an agency and those that it took over from, at most 50.
func lineage(q db.Q, id int64) ([]int64, error) {
	all := []int64{id}
	for i := 0; i < len(all) && len(all) < 50; i++ {
		before, err := db.Column[int64](q, `SELECT id FROM agency WHERE successor <> '' AND successor = (SELECT code FROM agency WHERE id = $1)`, all[i])
		if err != nil {
			return nil, err
		}
		all = append(all, before...)
	}
	return all, nil
}

func (a *act) subjectsBetween(sender, recipient int64, l *letter) ([]subject, error) {
	scan := func(r db.Row) (s subject, err error) {
		return s, r.Scan(&s.packet, &s.recipient, &s.kind, &s.line.state, &s.line.former)
	}
	for _, t := range l.targets {
		list, err := db.All(a, scan, `SELECT packet, recipient, kind, state, former FROM delivery
			WHERE sender = $1 AND document = $2 AND recipient = $3 AND kind NOT IN ('status', 'recall')
			ORDER BY packet DESC LIMIT 20`, sender, t, recipient)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	// Numbers begin anew each year: they say nothing beside an id.
	if len(l.targets) > 0 || l.notation == "" {
		return nil, nil
	}
	return db.All(a, scan, `SELECT d.packet, d.recipient, d.kind, d.state, d.former FROM packet p
		JOIN delivery d ON d.packet = p.id AND d.recipient = $3
		WHERE p.sender = $1 AND p.notation = $2 AND p.kind NOT IN ('status', 'recall')
		ORDER BY d.packet DESC LIMIT 20`, sender, l.notation, recipient)
}

// applyStatus moves one delivery along §6.3, or keeps the status as a repeat
// or an anomaly.
func (a *act) applyStatus(id int64, s subject, l *letter) error {
	code := l.status.code
	from, err := a.heardOf(s, code)
	if err != nil {
		return err
	}
	to, ok := from.step(code)
	if !ok {
		to, ok = s.change(code)
	}
	if ok {
		a.keepStatus(id, s, l, Applied, "")
		a.move(s.packet, s.recipient, to, oneLine(l.status.note, 500))
		if code == CodeRecall {
			s.line = to
			return a.early(s)
		}
		return nil
	}
	said, err := db.Value[int](a, `SELECT COUNT(*) FROM status WHERE subject = $1 AND recipient = $2 AND code = $3 AND outcome = $4`,
		s.packet, s.recipient, code, Applied)
	if err != nil {
		return err
	}
	if said > 0 || code == CodeArrived && s.line.state != Sent {
		a.keepStatus(id, s, l, Repeat, "")
	} else {
		a.keepStatus(id, s, l, Anomaly, "mã "+oneLine(code, 20)+" không đi sau trạng thái "+string(s.line.state))
	}
	return nil
}

// heardOf is where a delivery stands when its recipient speaks: one beyond a
// gateway that refuses or accepts has it, whether or not the hub there was
// faster to say so.
func (a *act) heardOf(s subject, code string) (line, error) {
	if s.line.state != Sent || code != CodeRefused && code != CodeAccepted {
		return s.line, nil
	}
	beyond, err := db.Value[int](a, `SELECT COUNT(*) FROM passed WHERE packet = $1 AND recipient = $2`, s.packet, s.recipient)
	if err == nil && beyond > 0 {
		return line{Delivered, ""}, nil
	}
	return s.line, err
}

// change is the answer to an update or replacement.
func (s subject) change(code string) (line, bool) {
	if s.kind != Update && s.kind != Replace || s.line.state != Sent && s.line.state != Delivered {
		return s.line, false
	}
	switch code {
	case CodeAgreed:
		return line{ChangeAgreed, ""}, true
	case CodeDeclined:
		return line{ChangeDeclined, ""}, true
	}
	return s.line, false
}

func (a *act) keepStatus(packet int64, s subject, l *letter, outcome, why string) {
	a.Put(`INSERT INTO status (id, packet, subject, recipient, code, said_at, at, staff, note, outcome, why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, a.NewID(), packet, s.packet, s.recipient,
		oneLine(l.status.code, 20), l.status.at, db.Ms(a.Now), oneLine(l.status.staff, 200),
		oneLine(strings.TrimSpace(l.status.note), 500), outcome, why)
}
