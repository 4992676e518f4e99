package db

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// crier carries rousing between the processes on one PostgreSQL, over LISTEN
// and NOTIFY. It speaks after the commit, on a connection of its own: a NOTIFY
// inside the transaction would make all commits of the server wait for each
// other. What is said while it speaks goes with the next call.
type crier struct {
	host *Host
	me   string // to know one's own voice
	stop context.CancelFunc
	done sync.WaitGroup

	mu   sync.Mutex
	said map[string]map[string]bool // store → topics
	more chan struct{}
}

const (
	channel  = "vanthu"
	cryEvery = 10 * time.Millisecond // at most; a burst is one call
	longest  = 7_999                 // bytes of a NOTIFY; beyond that everybody is roused
)

// shout is the text of a NOTIFY.
type shout struct {
	By     string   `json:"by"`
	Store  string   `json:"store"`
	Topics []string `json:"topics"` // none: all
}

func startCrier(h *Host) *crier {
	ctx, stop := context.WithCancel(context.Background())
	c := &crier{host: h, me: rand.Text(), stop: stop, said: map[string]map[string]bool{}, more: make(chan struct{}, 1)}
	c.done.Go(func() { c.keep(ctx, c.listen) })
	c.done.Go(func() { c.keep(ctx, c.cry) })
	return c
}

func (c *crier) close() {
	c.stop()
	c.done.Wait()
}

func (c *crier) tell(store string, topics map[string]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.said[store] == nil {
		c.said[store] = map[string]bool{}
	}
	maps.Copy(c.said[store], topics)
	select {
	case c.more <- struct{}{}:
	default:
	}
}

// keep runs f on a connection, and again on a new one when it breaks.
func (c *crier) keep(ctx context.Context, f func(context.Context, *pgx.Conn) error) {
	for rest := 100 * time.Millisecond; ctx.Err() == nil; rest = min(2*rest, 5*time.Second) {
		conn, err := pgx.Connect(ctx, c.host.dsn)
		if err == nil {
			start := time.Now()
			f(ctx, conn) // it ends by a broken connection or by ctx
			if time.Since(start) > time.Minute {
				rest = 100 * time.Millisecond
			}
			end, done := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			conn.Close(end)
			done()
		}
		wait(ctx, rest)
	}
}

func (c *crier) listen(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, `LISTEN `+channel); err != nil {
		return err
	}
	c.host.rouse(shout{}) // for what was said before
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		var said shout
		if json.Unmarshal([]byte(n.Payload), &said) == nil && said.By != c.me {
			c.host.rouse(said)
		}
	}
}

func (c *crier) cry(ctx context.Context, conn *pgx.Conn) error {
	for {
		select {
		case <-c.more:
		case <-ctx.Done():
			return ctx.Err()
		}
		c.mu.Lock()
		said := c.said
		c.said = map[string]map[string]bool{}
		c.mu.Unlock()
		for store, topics := range said {
			if err := c.say(ctx, conn, store, topics); err != nil {
				return err
			}
		}
		wait(ctx, cryEvery)
	}
}

func (c *crier) say(ctx context.Context, conn *pgx.Conn, store string, topics map[string]bool) error {
	said := shout{By: c.me, Store: store, Topics: slices.Collect(maps.Keys(topics))}
	text, err := json.Marshal(said)
	if len(text) > longest {
		said.Topics = nil
		text, err = json.Marshal(said)
	}
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `SELECT pg_notify($1, $2)`, channel, string(text))
	return err
}

// rouse rings for what another process said; of no store for all.
func (h *Host) rouse(said shout) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, s := range h.stores {
		switch {
		case said.Store != "" && said.Store != name:
		case len(said.Topics) == 0:
			s.bell.ringAll()
		default:
			topics := map[string]bool{}
			for _, t := range said.Topics {
				topics[t] = true
			}
			s.bell.ring(topics)
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
