package hub

import (
	"sync"
	"time"

	"vanthu/internal/db"
	"vanthu/ledger"
)

// memory is what the hub keeps between turns: the log's tail, and lines of the
// directory. It is used in the turn only, and holds as long as all acts in
// between were this hub's own; those that change the directory forget it.
type memory struct {
	at       db.Moment
	tail     *ledger.Tail
	agencies map[string]Agency // as codes are written in packets
	fresh    map[string]bool   // names, and documents by sender, of packets that wait for the end of the commit
	unsure   bool              // fresh may lack some
}

const agenciesKept = 20_000

func (m *memory) begin(tx *db.Tx) {
	if m.at != tx.Before() {
		*m = memory{unsure: tx.Owes()}
	} else if !tx.Owes() {
		m.fresh, m.unsure = nil, false
	}
}

// note remembers what a packet is found by while its rows wait.
func (m *memory) note(keys ...string) {
	if m.fresh == nil {
		m.fresh = map[string]bool{}
	}
	for _, k := range keys {
		m.fresh[k] = true
	}
}

// end keeps what an act that succeeds leaves behind.
func (m *memory) end(a *act) {
	m.at = a.Behind()
	if a.loaded {
		tail := a.tail
		m.tail = &tail
	}
	if !a.carries {
		m.agencies = nil
	}
}

// agency is agencyByCode for the acts that run all day.
func (a *act) agency(code string) (Agency, error) {
	m := &a.hub.memory
	if g, ok := m.agencies[code]; ok {
		return g, nil
	}
	g, err := agencyByCode(a, code)
	if err != nil || !a.carries {
		return g, err
	}
	if m.agencies == nil || len(m.agencies) >= agenciesKept {
		m.agencies = map[string]Agency{}
	}
	m.agencies[code] = g
	return g, nil
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
