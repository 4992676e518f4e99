package hub

import (
	"context"
	"time"
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
