package hub

import (
	"context"
	"errors"
	"slices"
	"time"

	"vanthu/internal/db"
	"vanthu/law"
	"vanthu/ledger"
	"vanthu/viet"
)

// A hub that came back from an older copy (trục phục hồi từ bản sao lưu) has
// forgotten what came after it. Its log goes on under a new key, and agencies
// offer again what it has forgotten, each when it finds out: a status may come
// before the document that it is about.

// succeed lets every former key that has not said so yet say that the log goes
// on under the present one: a second word at another size would contradict the
// first, which leads on to the present key as well. law:GL443-3.4.ii
func (a *act) succeed() error {
	notes, err := db.Column[string](a, `SELECT note FROM succession`)
	if err != nil {
		return err
	}
	for _, f := range a.hub.former {
		vouched := func(note string) bool { _, err := ledger.OpenSuccession([]byte(note), f.public); return err == nil }
		if slices.ContainsFunc(notes, vouched) {
			continue
		}
		w, err := ledger.Succeed(a.tail, a.hub.public, a.Now, f.signer)
		if err != nil {
			return err
		}
		a.Put(`INSERT INTO succession (id, at, note) VALUES ($1, $2, $3)`, a.NewID(), db.Ms(a.Now), string(w.Note))
	}
	return nil
}

// Successions are the hub's words that its log goes on under another key, the
// newest first: see ledger.Succeeded.
func (h *Hub) Successions(ctx context.Context) (notes []string, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		notes, err = db.Column[string](v, `SELECT note FROM succession ORDER BY id DESC LIMIT 100`)
		return err
	})
	return notes, err
}

// regained says from which id on and until when the hub is offered again what it
// has forgotten; zero when it never came back from a copy.
type regained struct {
	since int64
	until time.Time
}

func (h *Hub) restored(ctx context.Context) (r regained, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		r, err = db.One(v, func(row db.Row) (r regained, err error) {
			var at int64
			err = row.Scan(&r.since, &at)
			r.until = db.Time(at)
			return r, err
		}, `SELECT id, at FROM succession ORDER BY id DESC LIMIT 1`)
		return err
	})
	if errors.Is(err, db.ErrNone) {
		return regained{}, nil
	}
	r.until = r.until.AddDate(0, 0, int(law.Figure("exchange.handed.days", viet.DayOf(r.until))))
	return r, err
}

// early applies to a delivery the statuses that were offered again before what
// they are about: they were kept as anomalies. law:BRVT1842-6.5 QD28-10.2
func (a *act) early(s subject) error {
	r := a.hub.regains
	if r.since == 0 || a.Now.After(r.until) {
		return nil
	}
	type said struct {
		id         int64
		code, note string
	}
	list, err := db.All(a, func(r db.Row) (x said, err error) { return x, r.Scan(&x.id, &x.code, &x.note) },
		`SELECT s.id, s.code, s.note FROM delivery d
		JOIN status s ON s.subject IN (0, d.packet) AND s.recipient = d.recipient AND s.id > $3 AND s.outcome = $4
		JOIN packet p ON p.id = s.packet AND p.sender = d.recipient AND p.target = d.document
		JOIN delivery t ON t.packet = s.packet AND t.recipient = d.sender
		WHERE d.packet = $1 AND d.recipient = $2 ORDER BY s.id`, s.packet, s.recipient, r.since, Anomaly)
	for _, x := range list {
		to, ok := s.line.step(x.code)
		if !ok {
			continue
		}
		s.line = to
		a.Put(`UPDATE status SET subject = $2, outcome = $3, why = '' WHERE id = $1`, x.id, s.packet, Applied)
		a.move(s.packet, s.recipient, to, x.note)
	}
	return err
}
