package hub

import (
	"context"
	"time"
)

// lookAgain is how soon a waiting inbox looks even when nobody roused it: a
// lock may have run out, or the call of another hub process was lost.
const lookAgain = 2 * time.Second

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
