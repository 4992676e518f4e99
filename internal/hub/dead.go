package hub

import (
	"context"
	"errors"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// DeadLetter is a packet that did not get through (gói tin lỗi): its recipient's
// system gave it back as unreadable, or it waits for longer than LateAfter. Who
// sent what to whom, how big; never what it says.
type DeadLetter struct {
	ID             string
	From, FromName string // code and name
	To, ToName     string
	Overdue        bool      // it waits too long; else it was given back
	At             time.Time // given back, or since when it waits
	Note           string    // what the receiving system said
	Kind           Kind
	Size           int64
	AcceptedAt     time.Time
	Attempts       int64 // how often it was handed out, while it waits
}

// DeadLetters lists what was given back as unreadable and neither sent again
// nor given back to its sender, newest first.
func (h *Hub) DeadLetters(ctx context.Context, limit int) (list []DeadLetter, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, scanDead, `SELECT p.name, s.code, s.name, r.code, r.name, d.state_at, d.note, p.kind, p.size, p.at FROM delivery d
			JOIN packet p ON p.id = d.packet JOIN agency s ON s.id = d.sender JOIN agency r ON r.id = d.recipient
			WHERE d.state = 'failed' AND d.returned = '' ORDER BY d.state_at DESC, d.packet DESC, d.recipient LIMIT $1`, limit)
		return err
	})
	return list, err
}

func scanDead(r db.Row) (d DeadLetter, err error) {
	var at, accepted int64
	err = r.Scan(&d.ID, &d.From, &d.FromName, &d.To, &d.ToName, &at, &d.Note, &d.Kind, &d.Size, &accepted)
	d.At, d.AcceptedAt = db.Time(at), db.Time(accepted)
	return d, err
}

// Dead counts the dead letters.
func (h *Hub) Dead(ctx context.Context) (n int64, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		n, err = deadCount(v)
		return err
	})
	return n, err
}

func deadCount(q db.Q) (int64, error) {
	return db.Value[int64](q, `SELECT COUNT(*) FROM delivery WHERE state = 'failed' AND returned = ''`)
}

// Queue lists what waits for an agency's system, in the order in which it will
// be handed out.
func (h *Hub) Queue(ctx context.Context, code string, limit int) (list []DeadLetter, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, func(r db.Row) (d DeadLetter, err error) {
			var at, accepted int64
			err = r.Scan(&d.ID, &d.From, &d.FromName, &d.To, &d.ToName, &at, &d.Kind, &d.Size, &accepted, &d.Attempts)
			d.At, d.AcceptedAt = db.Time(at), db.Time(accepted)
			d.Overdue = v.Now.Sub(d.At) > LateAfter
			return d, err
		}, `SELECT p.name, s.code, s.name, r.code, r.name, w.since, p.kind, p.size, p.at, w.attempts FROM waiting w
			JOIN packet p ON p.id = w.packet JOIN agency s ON s.id = w.sender
			JOIN delivery d ON d.packet = w.packet AND d.via = w.recipient AND d.confirmed_at = 0 JOIN agency r ON r.id = d.recipient
			WHERE w.recipient = (SELECT agency FROM agency_code WHERE code = $1) ORDER BY w.class, w.packet LIMIT $2`, NormalCode(code), limit)
		return err
	})
	return list, err
}

// Resend puts a failed packet back into its recipient's queue, after the
// receiving system was mended; reason may be empty. An act of the operator.
func (h *Hub) Resend(ctx context.Context, by db.Actor, id, to, reason string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		d, err := a.copyOf(id, to)
		if err != nil {
			return err
		}
		return a.requeue(d, oneLine(reason, 500))
	})
}

// ResendAll is Resend for all packets of a recipient that failed, in the order
// in which they were accepted, a hundred at a time; those whose body is gone
// stay. It tells how many went.
func (h *Hub) ResendAll(ctx context.Context, by db.Actor, to, reason string) (n int, err error) {
	for after, more := int64(0), true; more; {
		err := h.writeBy(ctx, by, func(a *act) (err error) {
			var went int
			went, after, more, err = a.requeueSome(to, oneLine(reason, 500), after)
			n += went
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (a *act) requeueSome(to, reason string, after int64) (went int, last int64, more bool, err error) {
	const some = 100
	g, err := agencyByCode(a, to)
	if errors.Is(err, db.ErrNone) {
		err = refuse(CodeNotFound, fail.NotFound())
	}
	if err != nil {
		return 0, after, false, err
	}
	names, err := db.Column[string](a, `SELECT p.name FROM delivery d JOIN packet p ON p.id = d.packet WHERE d.recipient = $1 AND d.state = 'failed'
		AND d.returned = '' AND p.gone = 0 AND d.packet > $2 ORDER BY d.packet LIMIT $3`, g.id, after, some)
	for _, name := range names {
		d, err := a.copyOf(name, to)
		if err == nil {
			err = a.requeue(d, reason)
		}
		if err != nil {
			return went, after, false, err
		}
		went, after = went+1, d.packet
	}
	return went, after, len(names) == some, err
}

// copyFor is one recipient's copy of a packet, for the operator.
type copyFor struct {
	name        string // of the packet
	packet, via int64
	agency      Agency
	line        line
	gone        bool // its body was purged
	beyond      bool // the hub beyond a gateway has it
}

// copyOf finds a copy by the packet's id and the recipient's code.
func (a *act) copyOf(id, to string) (d copyFor, err error) {
	d.agency, err = agencyByCode(a, to)
	if err == nil {
		d, err = db.One(a, func(r db.Row) (copyFor, error) {
			x := copyFor{name: id, agency: d.agency}
			return x, r.Scan(&x.packet, &x.via, &x.line.state, &x.line.former, &x.gone, &x.beyond)
		}, `SELECT d.packet, d.via, d.state, d.former, p.gone <> 0, EXISTS (SELECT 1 FROM passed t WHERE t.packet = d.packet AND t.recipient = d.recipient) FROM packet p JOIN delivery d ON d.packet = p.id
			WHERE p.name = $1 AND d.recipient = $2`, id, d.agency.id)
	}
	if errors.Is(err, db.ErrNone) {
		err = refuse(CodeNotFound, fail.NotFound())
	}
	return d, err
}

func (a *act) requeue(d copyFor, reason string) error {
	switch {
	case d.line.state != Failed:
		return refuse(CodeState, fail.State("Chỉ gửi lại gói tin bị lỗi.", "BRVT1842-6.5"))
	case d.gone:
		return refuse(CodeGone, fail.State("Nội dung gói tin không còn trên trục.", "QD28-9.2").Then("Trả nơi gửi để cơ quan gửi phát hành lại."))
	}
	a.move(d.packet, d.agency.id, line{Sent, ""}, "")
	a.Put(`DELETE FROM passed WHERE packet = $1 AND recipient = $2`, d.packet, d.agency.id) // old words about it say nothing now
	a.Put(`UPDATE delivery SET returned = '', transport = 'initial' WHERE packet = $1 AND recipient = $2`, d.packet, d.agency.id)
	n, err := a.Exec(`INSERT INTO waiting (recipient, class, packet, sender, status, since, locked_until, attempts)
		SELECT $1, 1, id, sender, kind = 'status', $2, 0, 0 FROM packet WHERE id = $3 ON CONFLICT DO NOTHING`, d.via, db.Ms(a.Now), d.packet)
	if err != nil {
		return err
	}
	a.yield(d.via)
	a.queueAdd(d.via, lengths{waiting: n, failed: -1})
	a.wakes[d.via] = true
	return a.note("packet.resent", d.agency.Code, reason)
}

// GiveBack ends the delivery of a packet that did not get through: it leaves
// the queue, and its sender reads the reason, so that it goes another way. A
// packet that the recipient has is never taken back. An act of the operator;
// the reason is needed (law:BRVT1842-6.5 HT33-7.4).
func (h *Hub) GiveBack(ctx context.Context, by db.Actor, id, to, reason string) error {
	reason = oneLine(reason, 500)
	if reason == "" {
		return refuse(CodeDirectory, fail.Invalid("reason", "Ghi lý do; cơ quan gửi đọc được lý do này.", "BRVT1842-6.5"))
	}
	return h.writeBy(ctx, by, func(a *act) error {
		d, err := a.copyOf(id, to)
		if err != nil {
			return err
		}
		if err := a.giveBack(d, "Đơn vị vận hành trục trả lại: "+reason); err != nil {
			return err
		}
		if _, err := a.Exec(`UPDATE delivery SET returned = $1 WHERE packet = $2 AND recipient = $3`, reason, d.packet, d.agency.id); err != nil {
			return err
		}
		return a.note("packet.returned", d.agency.Code, reason)
	})
}

func (a *act) giveBack(d copyFor, note string) error {
	switch {
	case d.line.state == Failed:
		old, err := db.Value[string](a, `SELECT note FROM delivery WHERE packet = $1 AND recipient = $2`, d.packet, d.agency.id)
		if err != nil {
			return err
		}
		a.move(d.packet, d.agency.id, d.line, oneLine(strings.TrimSpace(note+". "+old), 500))
		return nil
	case d.line.state != Sent && !(d.line.state == RecallAsked && d.line.former == Sent):
		return refuse(CodeState, fail.State("Nơi nhận đã có gói tin này.", "BRVT1842-6.5"))
	case d.beyond:
		return refuse(CodeState, fail.State("Gói tin đã sang trục bên kia cổng nối trục.", "GL443-13.1").
			Then("Hỏi đơn vị vận hành trục bên kia; khi họ trả lại, cơ quan gửi đọc được lý do."))
	}
	via := Caller{Code: d.agency.Code, id: d.via}
	list, err := received(a, via, d.name)
	if err != nil {
		return err
	}
	var mine dup
	others := false // of the packet still wait behind the same gateway
	for _, k := range list {
		if k.recipient == d.agency.id {
			mine = k
		} else {
			others = others || k.confirmed.IsZero() && k.line.state != Failed
		}
	}
	if !others {
		a.unqueue(via, mine)
	}
	return a.failedCopy(via, mine, note)
}
