package hub

import (
	"sync"
	"time"

	"vanthu/internal/db"
)

// agencies remembers directory lines while nothing in the directory has
// changed: one look at the newest version stands for a look at every line.
type agencies struct {
	mu      sync.Mutex
	version int64
	byCode  map[string]Agency // as codes are written in packets
}

const agenciesKept = 20_000

// agency is agencyByCode for the acts that run all day.
func (a *act) agency(code string) (Agency, error) {
	if a.version == 0 {
		v, err := db.Value[int64](a, `SELECT COALESCE(MAX(changed), 0) FROM agency`)
		if err != nil {
			return Agency{}, err
		}
		a.version = v
	}
	if g, ok := a.hub.known.get(a.version, code); ok {
		return g, nil
	}
	g, err := agencyByCode(a, code)
	if err == nil {
		// Not before the commit: a version that is rolled back may come again
		// with other lines.
		a.After(func() { a.hub.known.put(a.version, code, g) })
	}
	return g, err
}

func (k *agencies) get(version int64, code string) (Agency, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.version != version {
		return Agency{}, false
	}
	g, ok := k.byCode[code]
	return g, ok
}

func (k *agencies) put(version int64, code string, g Agency) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.version > version {
		return
	}
	if k.version != version || len(k.byCode) >= agenciesKept {
		k.version, k.byCode = version, map[string]Agency{}
	}
	k.byCode[code] = g
}

// logins remembers for a second who showed which secret: a system that sends a
// hundred packets is looked up once. Revoking clears it, and other processes
// follow within the second (law:HN20-3.2.iii).
type logins struct {
	mu   sync.Mutex
	seen map[login]pass
}

type login struct{ code, hash string }

type pass struct {
	caller Caller
	until  time.Time
}

const (
	loginFor   = time.Second
	loginsKept = 20_000
)

func (k *logins) get(l login) (Caller, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.seen[l]
	return p.caller, ok && time.Now().Before(p.until)
}

func (k *logins) put(l login, c Caller) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.seen == nil || len(k.seen) >= loginsKept {
		k.seen = map[login]pass{}
	}
	k.seen[l] = pass{c, time.Now().Add(loginFor)}
}

func (k *logins) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.seen)
}
