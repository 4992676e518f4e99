package hub

import (
	"context"
	"database/sql"
	"time"

	"vanthu/internal/db"
)

// RedeliverWith is Redeliver with something that happens between the look and the
// turn.
func (h *Hub) RedeliverWith(ctx context.Context, c Caller, since time.Time, between func()) (r Redelivered, err error) {
	ids, err := h.takenSince(ctx, c.id, since, 0)
	if err != nil {
		return r, err
	}
	between()
	err = h.carry(ctx, func(a *act) error {
		r, err = a.redeliver(c.id, since, ids)
		return err
	})
	return r, err
}

// Subjects looks for what a packet with that code is about, and counts the
// questions that it asks.
func (h *Hub) Subjects(ctx context.Context, c Caller, packet, code string) (found, questions int, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		l := &letter{status: statusPart{code: code}}
		var id int64
		var target string
		if err := v.QueryRow(`SELECT id, target, notation FROM packet WHERE name = $1`, packet).Scan(&id, &target, &l.notation); err != nil {
			return err
		}
		if target != "" {
			l.targets = []string{target}
		}
		q := &counting{v, 0}
		list, err := subjects(q, id, c.id, l, make([]leg, 1)) // one that nothing is found for
		found, questions = len(list), q.n
		return err
	})
	return found, questions, err
}

type counting struct {
	*db.View
	n int
}

func (c *counting) Query(query string, args ...any) (*sql.Rows, error) {
	c.n++
	return c.View.Query(query, args...)
}

func (c *counting) QueryRow(query string, args ...any) *sql.Row {
	c.n++
	return c.View.QueryRow(query, args...)
}
