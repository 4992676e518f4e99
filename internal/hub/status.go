package hub

import (
	"strings"

	"vanthu/internal/db"
)

// What became of a status packet.
const (
	Applied = "applied" // the state moved
	Repeat  = "repeat"  // it had been said before; nothing moved
	Anomaly = "anomaly" // §6.3 does not allow it there, or it is about nothing known: kept, not applied
)

// status applies a status packet to the delivery that it is about. The packet
// itself goes on to its addressee in any case: the hub drops nothing
// (law:BRVT1842-6.5 QD28-6.3 QD28-10.2).
func (a *act) status(id int64, c Caller, l *letter, legs []leg) error {
	found, err := subjects(a, id, c.id, l, legs)
	if err != nil {
		return err
	}
	for _, g := range legs {
		recipient := c.id
		if l.status.code == CodeRecall { // 13 is said by the document's sender
			recipient = g.agency.id
		}
		if err := a.about(id, recipient, found[g.agency.id], l); err != nil {
			return err
		}
	}
	return nil
}

// about applies a status to the one of the deliveries found that it means.
func (a *act) about(id, recipient int64, found []subject, l *letter) error {
	if len(found) == 0 {
		a.keepStatus(id, subject{recipient: recipient}, l, Anomaly, "không thấy văn bản này trên trục")
		return nil
	}
	return a.applyStatus(id, meant(found, l.status.code), l)
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
	said, err := a.said(s, code)
	if err != nil {
		return err
	}
	if said || code == CodeArrived && s.line.state != Sent {
		a.keepStatus(id, s, l, Repeat, "")
	} else {
		a.keepStatus(id, s, l, Anomaly, "mã "+oneLine(code, 20)+" không đi sau trạng thái "+string(s.line.state))
	}
	return nil
}

// said tells whether a code has moved this delivery before.
func (a *act) said(s subject, code string) (bool, error) {
	if code == CodeRecall {
		return s.recalled, nil
	}
	n, err := db.Value[int](a, `SELECT COUNT(*) FROM status WHERE subject = $1 AND recipient = $2 AND code = $3 AND outcome = $4`,
		s.packet, s.recipient, code, Applied)
	return n > 0, err
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
