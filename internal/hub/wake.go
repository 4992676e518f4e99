package hub

import (
	"context"
	"sync/atomic"
	"time"
)

// lookAgain is how soon a waiting inbox looks even when nobody roused it: a
// lock may have run out, or the call of another hub process was lost.
const lookAgain = 2 * time.Second

// maxSleepers is how many calls of one agency may wait at its inbox at once: each
// packet for it wakes them all, and each looks in the turn.
const maxSleepers = 100

// sleepers are the calls of an agency that wait.
func (h *Hub) sleepers(c Caller) *atomic.Int64 {
	n, _ := h.asleep.LoadOrStore(c.id, new(atomic.Int64))
	return n.(*atomic.Int64)
}

// sleep waits for a rouse, at most until the deadline or lookAgain, and says
// whether there was one; on is false when the deadline or the context ended it.
func sleep(ctx context.Context, c <-chan struct{}, until time.Time) (roused, on bool) {
	d := time.Until(until)
	if d <= 0 {
		return false, false
	}
	t := time.NewTimer(min(d, lookAgain))
	defer t.Stop()
	select {
	case <-c:
		return true, true
	case <-t.C:
		return false, time.Now().Before(until)
	case <-ctx.Done():
		return false, false
	}
}
