package hub

import (
	"context"
	"sync"
	"time"

	"vanthu/internal/db"
)

// enter waits a moment for one of the places for packets being taken in. When
// the disk is slow senders are told to come back, instead of piling up; no
// agency takes more than an eighth of the places, so that a slow one delays
// only itself.
func (h *Hub) enter(ctx context.Context, c Caller) (leave func(), err error) {
	own, _ := h.places.LoadOrStore(c.id, make(chan struct{}, max(1, h.MaxOffers/8)))
	mine := own.(chan struct{})
	t := time.NewTimer(2 * time.Second)
	defer t.Stop()
	for _, places := range []chan struct{}{mine, h.offers} {
		select {
		case places <- struct{}{}:
			continue
		case <-t.C:
			err = errBusy()
		case <-ctx.Done():
			err = ctx.Err()
		}
		if places == h.offers {
			<-mine
		}
		return nil, err
	}
	return func() { <-h.offers; <-mine }, nil
}

// admit is the first look at a packet, while its body is not yet kept.
func (h *Hub) admit(ctx context.Context, c Caller, l *letter, to []string) error {
	if len(to) > 0 {
		l.to = to
	}
	l.shorten()
	if err := l.check(h); err != nil {
		return err
	}
	now := time.Now()
	if h.live.has(now, c.id, l.from) && h.live.has(now, 0, l.to...) {
		return nil
	}
	return h.Store.Read(ctx, func(v *db.View) error {
		if _, err := checkSender(finding(v), c, l); err != nil {
			return err
		}
		_, err := resolve(finding(v), c, l.to)
		if err == nil {
			h.live.add(now, c.id, l.from)
			h.live.add(now, 0, l.to...)
		}
		return err
	})
}

// liveCodes remembers for a moment which codes were found good, to spare the
// first look; the turn looks again in any case.
type liveCodes struct {
	mu    sync.Mutex
	until map[liveCode]time.Time
}

type liveCode struct {
	owner int64 // of a sender's code; 0 for a recipient's
	code  string
}

const (
	liveFor   = 5 * time.Second
	liveCount = 20_000
)

func (k *liveCodes) has(now time.Time, owner int64, codes ...string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range codes {
		if !k.until[liveCode{owner, c}].After(now) {
			return false
		}
	}
	return len(codes) > 0
}

func (k *liveCodes) add(now time.Time, owner int64, codes ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.until == nil || len(k.until) > liveCount {
		k.until = map[liveCode]time.Time{}
	}
	for _, c := range codes {
		k.until[liveCode{owner, c}] = now.Add(liveFor)
	}
}
