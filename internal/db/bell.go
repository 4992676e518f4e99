package db

import (
	"strconv"
	"sync"
)

// bell rouses those who wait for one topic, and nobody else: a thousand who
// wait cost nothing while one topic is busy.
type bell struct {
	mu   sync.Mutex
	wait map[string]chan struct{}
}

// anyCommit is the topic of every commit.
const anyCommit = ""

// on gives a channel that is closed at the next ring.
func (b *bell) on(topic string) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.wait[topic]
	if !ok {
		if b.wait == nil {
			b.wait = map[string]chan struct{}{}
		}
		c = make(chan struct{})
		b.wait[topic] = c
	}
	return c
}

func (b *bell) ring(topics map[string]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for t := range topics {
		if c, ok := b.wait[t]; ok {
			close(c)
			delete(b.wait, t)
		}
	}
}

// ringAll rouses everybody: who may have missed something looks again.
func (b *bell) ringAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.wait {
		close(c)
	}
	clear(b.wait)
}

// Topic is what those wait for who want to hear of one thing only.
func Topic(id int64) string { return strconv.FormatInt(id, 10) }

// Await gives a channel that is closed after the next commit that roused the
// topic, by this process or, on PostgreSQL, by another one. It must be taken
// before looking, so that nothing slips between look and wait. A connection
// that breaks may swallow a call of another process: who waits looks again
// from time to time.
func (s *Store) Await(topic string) <-chan struct{} { return s.bell.on(topic) }

// Changed is Await for every commit: followers wait on it and then read from
// their cursor.
func (s *Store) Changed() <-chan struct{} { return s.bell.on(anyCommit) }

// Rouse wakes those who await a topic once the write is durable.
func (tx *Tx) Rouse(topic string) { tx.rouse = append(tx.rouse, topic) }

// announce tells everybody of a commit.
func (s *Store) announce(topics map[string]bool) {
	s.bell.ring(topics)
	if s.host.crier != nil {
		s.host.crier.tell(s.name, topics)
	}
}
