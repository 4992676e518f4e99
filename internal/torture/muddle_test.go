package torture

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/ledger"
)

// muddle is a line between agencies and the hub that knows requests and mixes
// them up: some wait until others have passed, some are answered when others have
// been, some come twice at once, and some come once more long after they were
// answered, when much has happened since.
type muddle struct {
	to    string
	sound atomic.Bool

	mu      sync.Mutex
	passed  int
	more    chan struct{} // closed when one more has passed
	old     []*http.Request
	mixed   [muddles]int
	replays sync.WaitGroup
}

// The ways to mix requests up.
const (
	overtaken = iota
	answeredLate
	twice
	longAfter
	plain
	muddles
)

// oldMost is how many old requests are kept to come once more.
const oldMost = 100

func (m *muddle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body.Close()
	way := plain
	if !m.sound.Load() {
		way = rand.IntN(muddles)
		m.again()
	}
	if way == overtaken {
		m.wait(1 + rand.IntN(4))
	}
	if way == twice {
		m.replays.Go(func() { m.pass(m.copied(r, body)) })
	}
	res, answer := m.pass(m.copied(r, body))
	if way == answeredLate {
		m.wait(1 + rand.IntN(4))
	}
	m.note(way, m.copied(r, body))
	if res == nil {
		panic(http.ErrAbortHandler)
	}
	for k, v := range res.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(res.StatusCode)
	w.Write(answer)
}

// copied is a request for the hub.
func (m *muddle) copied(r *http.Request, body []byte) *http.Request {
	c := r.Clone(context.Background())
	c.URL, c.RequestURI = &url.URL{Scheme: "http", Host: m.to, Path: r.URL.Path, RawQuery: r.URL.RawQuery}, ""
	c.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	c.Body, _ = c.GetBody()
	c.Header.Del("Expect")
	return c
}

// pass has the hub answer; nil when it does not.
func (m *muddle) pass(r *http.Request) (*http.Response, []byte) {
	res, err := client.Transport.RoundTrip(r)
	if err != nil {
		return nil, nil
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, nil
	}
	return res, answer
}

func (m *muddle) note(way int, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.passed++
	close(m.more)
	m.more = make(chan struct{})
	m.mixed[way]++
	if way == longAfter && len(m.old) < oldMost {
		m.old = append(m.old, r)
	}
}

// wait lets others pass, if there are any.
func (m *muddle) wait(others int) {
	none := time.After(100 * time.Millisecond)
	for range others {
		m.mu.Lock()
		more := m.more
		m.mu.Unlock()
		select {
		case <-more:
		case <-none:
			return
		}
	}
}

// again has an old request come once more, now and then.
func (m *muddle) again() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.old) < oldMost/4 || rand.IntN(3) > 0 {
		return
	}
	i := rand.IntN(len(m.old))
	r := m.old[i]
	m.old[i] = m.old[len(m.old)-1]
	m.old = m.old[:len(m.old)-1]
	m.replays.Go(func() { m.pass(r) })
}

// mixedUp counts what was not plain.
func (m *muddle) mixedUp() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for way := range plain {
		n += m.mixed[way]
	}
	return n
}

// Requests overtake each other on the line, come twice at once, and come once
// more long after they were answered; answers come late: each has one effect, and
// none undoes what came after it (R5: BRVT1842-6.5, HT33-10.2.i).
func TestRequestsOvertakeEachOther(t *testing.T) {
	s := newSite(t, nil)
	s.start()
	m := &muddle{to: s.addr, more: make(chan struct{})}
	srv := httptest.NewServer(m)
	p := newProvince(t, srv.Listener.Addr().String())
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	w := &ledger.Witness{}
	n := 50 * rounds("VANTHU_TORTURE", 15)
	until := time.Now().Add(10 * time.Minute)
	for m.mixedUp() < n {
		if time.Now().After(until) {
			t.Fatalf("only %d requests mixed up in ten minutes", m.mixedUp())
		}
		s.look(w)
		m.wait(20)
	}
	m.sound.Store(true)
	p.hush()
	m.replays.Wait()
	p.books.standings(t, s)
	s.look(w)
	s.kill()
	y := p.books.judge(t)
	s.audit()
	m.mu.Lock()
	defer m.mu.Unlock()
	t.Logf("%d requests overtaken, %d answered late, %d twice at once, %d once more long after: %v, 0 lost, 0 doubled",
		m.mixed[overtaken], m.mixed[answeredLate], m.mixed[twice], m.mixed[longAfter]-len(m.old), y)
}
