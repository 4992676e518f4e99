package hub

import (
	"context"
	"sync"
	"time"
)

// wake rouses those who wait for packets of one agency, and nobody else: a
// thousand long polls cost nothing while one agency is busy.
type wake struct {
	mu   sync.Mutex
	wait map[int64]chan struct{}
}

func newWake() *wake { return &wake{wait: map[int64]chan struct{}{}} }

// on gives a channel that is closed at the agency's next packet. It must be
// taken before looking, so that nothing slips between look and wait.
func (w *wake) on(agency int64) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, ok := w.wait[agency]
	if !ok {
		c = make(chan struct{})
		w.wait[agency] = c
	}
	return c
}

func (w *wake) rouse(agency int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c, ok := w.wait[agency]; ok {
		close(c)
		delete(w.wait, agency)
	}
}

// lookAgain is how soon a waiting inbox looks even when nobody roused it:
// another hub process may have stored a packet, or a lock may have run out.
const lookAgain = 2 * time.Second

// sleep waits for a rouse, at most until the deadline or lookAgain; false when
// the deadline or the context ended it.
func sleep(ctx context.Context, c <-chan struct{}, until time.Time) bool {
	d := time.Until(until)
	if d <= 0 {
		return false
	}
	t := time.NewTimer(min(d, lookAgain))
	defer t.Stop()
	select {
	case <-c:
		return true
	case <-t.C:
		return time.Now().Before(until)
	case <-ctx.Done():
		return false
	}
}
