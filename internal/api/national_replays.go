package api

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"vanthu/internal/fail"
)

// replays remembers signatures while their time is in the window. The name of
// the operation is not signed, so a signature belongs to the operation that it
// was first used for; and because the kit repeats a call whose answer got lost
// three to five times as it is, a few repeats of the same call are answered:
// every operation has one effect however often it is called.
//
// A signature that was forgotten could be used again, so when there is no room a
// new call is told to come back instead (law:HT33-12.2); one agency takes at most
// a quarter of the room.
type replays struct {
	most, mine int // signatures of all, and of one agency

	mu    sync.Mutex
	seen  map[[16]byte]use // by the first half of SHA-256
	by    map[string]int   // how many, by agency
	swept time.Time
}

type use struct {
	agency    string
	operation string
	count     int
	until     time.Time
}

const (
	maxUses = 6 // a call and five repeats
	// maxSeen is 600 calls a second from all agencies, 160 from one, and at most
	// about 60 MB.
	maxSeen = 400_000
)

func newReplays() *replays {
	return &replays{most: maxSeen, mine: maxSeen / 4, seen: map[[16]byte]use{}, by: map[string]int{}}
}

// once notes a call of an agency, or refuses it.
func (x *replays) once(agency string, p *signedCall, operation string, now time.Time) error {
	sum := sha256.Sum256([]byte(p.text))
	key := [16]byte(sum[:])
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sweep(now)
	u, ok := x.seen[key]
	if !ok {
		if len(x.seen) >= x.most || x.by[agency] >= x.mine {
			return fail.New(fail.Busy, "Quá nhiều yêu cầu trong 10 phút, hãy gửi lại sau ít phút.")
		}
		x.by[agency]++
		u = use{agency: agency, operation: strings.Clone(operation), until: p.at.Add(2 * window)}
	}
	u.count = min(u.count+1, maxUses+1)
	x.seen[key] = u
	if u.operation != operation || u.count > maxUses {
		return errReplay()
	}
	return nil
}

func (x *replays) sweep(now time.Time) {
	if now.Sub(x.swept) < time.Minute {
		return
	}
	x.swept = now
	for k, u := range x.seen {
		if !now.After(u.until) {
			continue
		}
		delete(x.seen, k)
		if x.by[u.agency]--; x.by[u.agency] == 0 {
			delete(x.by, u.agency)
		}
	}
}
