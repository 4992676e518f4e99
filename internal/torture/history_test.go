package torture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
	"vanthu/internal/porttest"
)

// history is what many clients asked of the hub at once and what it answered,
// with the times of both.
type history struct {
	t       *testing.T
	addr    func() string // of one of the hubs
	docs    map[string][]string
	since   map[string]string // where the boards stood before
	begun   time.Time
	packets map[string]packet // by the SHA-256 of their bytes

	mu    sync.Mutex
	ids   map[string]packet
	seen  []packet // at the receiver
	ops   []porcupine.Operation
	mark  int
	ahead chan struct{} // closed when ops reach mark
}

// receiver is where all that a history sends goes to.
const receiver = SNV

// sendersOf a history send the same few documents again and again.
var sendersOf = []string{SXD, UBH}

// newHistory begins a history of documents of its own.
func newHistory(t *testing.T, no int, addr func() string) *history {
	t.Helper()
	h := &history{t: t, addr: addr, docs: map[string][]string{}, since: map[string]string{}, packets: map[string]packet{},
		ids: map[string]packet{}, ahead: make(chan struct{})}
	for _, from := range sendersOf {
		for n := range 8 {
			doc := fmt.Sprintf("%s>%d,%d", from, no, n+1)
			h.docs[from] = append(h.docs[from], doc)
			for _, p := range spellings(doc) {
				h.packets[sum(p.bytes())] = p
			}
		}
		h.since[from] = h.boardOf(from, func(partner.Line) {})
	}
	h.begun = time.Now()
	return h
}

func spellings(doc string) []packet {
	return []packet{{doc: doc, spelt: "a"}, {doc: doc, spelt: "b"}, {doc: doc, spelt: "a", recall: true}, {doc: doc, spelt: "b", recall: true}}
}

// bytes writes a packet; the spellings of a document differ in the time of
// sending only.
func (p packet) bytes() string {
	from, _, _ := strings.Cut(p.doc, ">")
	d := Doc{From: from, To: []string{receiver}, ID: p.doc, Subject: "Về việc " + p.doc, Sent: time.Date(2025, 3, 3, 8, int(p.spelt[0]), 0, 0, time.UTC)}
	if p.recall {
		d.ID, d.Kind, d.About = p.doc+"-TH-"+p.spelt, 1, p.doc
	}
	return Packet(d)
}

func sum(raw string) string {
	s := sha256.Sum256([]byte(raw))
	return hex.EncodeToString(s[:])
}

// lone makes a request once: a connection of its own is never retried in
// silence.
var lone = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ResponseHeaderTimeout: time.Minute}}

func (h *history) at(code string) *partner.Hub {
	return partner.NewHub("http://"+h.addr(), code, Secret(code), lone)
}

// never is later than any history ends.
const never = int64(24 * time.Hour)

// do asks, and writes down the answer. An operation without an answer stays
// open: it may take effect at any later moment, until the hub that was asked is
// known to be dead. One that found nobody to ask did not happen.
func (h *history) do(client int, in asked, ask func() (told, error)) told {
	in.call = time.Since(h.begun)
	out, err := ask()
	for nobodyThere(err) {
		pauseABit(ctx)
		in.call = time.Since(h.begun)
		out, err = ask()
	}
	in.answer = time.Since(h.begun)
	if err != nil && !partner.Temporary(err) {
		h.t.Errorf("%+v: %v", in, err)
	}
	o := porcupine.Operation{ClientId: client, Input: in, Output: out, Call: int64(in.call), Return: int64(in.answer)}
	if err != nil {
		in.unheard = true
		o.Input, o.Return = in, never
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, o)
	if len(h.ops) == h.mark {
		close(h.ahead)
	}
	return out
}

// died says that a hub was killed and is back: what it was asked before will
// not happen any more.
func (h *history) died() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.ops {
		if h.ops[i].Return == never {
			h.ops[i].Return = int64(time.Since(h.begun))
		}
	}
}

func nobodyThere(err error) bool {
	var line *net.OpError
	return errors.As(err, &line) && line.Op == "dial"
}

// past gives a channel that is closed when n more operations have ended.
func (h *history) past(n int) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mark, h.ahead = len(h.ops)+n, make(chan struct{})
	return h.ahead
}

// named notes which packet an id is of.
func (h *history) named(id, hash string) packet {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.packets[hash]
	if !ok {
		h.t.Errorf("packet %s has bytes that nobody sent", id)
	}
	if before, ok := h.ids[id]; ok && before != p {
		h.t.Errorf("%s is %v and %v", id, before, p)
	}
	h.ids[id] = p
	return p
}

func (h *history) submit(client int, from string, p packet) {
	h.do(client, asked{op: submit, from: from, what: p}, func() (told, error) {
		raw := p.bytes()
		ack, err := h.at(from).Send(ctx, strings.NewReader(raw), int64(len(raw)), fmt.Sprint(p))
		if err != nil {
			return told{}, err
		}
		return told{what: h.named(ack.ID, ack.SHA256), duplicate: ack.Duplicate}, nil
	})
}

func (h *history) look(client int, wait time.Duration) (list []partner.Arrival) {
	h.do(client, asked{op: look}, func() (told, error) {
		var err error
		list, err = h.at(receiver).Inbox(ctx, wait)
		var out told
		for _, x := range list {
			out.list = append(out.list, h.named(x.ID, x.SHA256))
		}
		out.full = len(list) == 20
		return out, err
	})
	for _, x := range list {
		h.mu.Lock()
		h.seen = append(h.seen, h.ids[x.ID])
		h.mu.Unlock()
	}
	return list
}

// about does something with one packet that has arrived.
func (h *history) about(client int, o op, x partner.Arrival, ask func(*partner.Hub) error) {
	h.mu.Lock()
	p := h.ids[x.ID]
	h.mu.Unlock()
	h.do(client, asked{op: o, from: x.Sender, what: p}, func() (told, error) { return told{}, ask(h.at(receiver)) })
}

func (h *history) fetch(client int, x partner.Arrival) {
	h.about(client, fetch, x, func(p *partner.Hub) error {
		var raw bytes.Buffer
		err := p.Fetch(ctx, x.ID, &raw)
		if err == nil && sum(raw.String()) != x.SHA256 {
			h.t.Errorf("%s came changed", x.Document)
		}
		return err
	})
}

func (h *history) confirm(client int, x partner.Arrival) {
	h.about(client, confirm, x, func(p *partner.Hub) error { return p.Confirm(ctx, x.ID) })
}

func (h *history) say(client int, p packet, code string) {
	from, _, _ := strings.Cut(p.doc, ">")
	h.do(client, asked{op: say, from: from, what: packet{doc: p.doc}, code: code}, func() (told, error) {
		raw := Say(receiver, from, p.doc, code, "Lý do", time.Date(2025, 3, 4, 8, 0, 0, 0, time.UTC))
		ack, err := h.at(receiver).Send(ctx, strings.NewReader(raw), int64(len(raw)), "")
		return told{duplicate: ack.Duplicate}, err
	})
}

// boardOf reads what became of a sender's packets since the history began.
func (h *history) boardOf(from string, f func(partner.Line)) string {
	since := h.since[from]
	for {
		list, next, err := h.at(from).Sent(ctx, since)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, l := range list {
			f(l)
		}
		if len(list) == 0 {
			return since
		}
		since = next
	}
}

func (h *history) board(client int, from string) {
	h.do(client, asked{op: board, from: from}, func() (told, error) {
		list, _, err := h.at(from).Sent(ctx, h.since[from]) // one page: one moment
		out := told{states: map[packet]string{}}
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, l := range list {
			out.states[packet{doc: l.ID}] = l.State // named when all is over
		}
		return out, err
	})
}

// sender sends documents again and again, takes some back, and looks at its
// board.
func (h *history) sender(client int, from string, count int) {
	for range count {
		doc := h.docs[from][rand.IntN(len(h.docs[from]))]
		all := spellings(doc)
		switch n := rand.IntN(10); {
		case n < 6:
			h.submit(client, from, all[rand.IntN(2)])
		case n < 8:
			h.submit(client, from, all[2+rand.IntN(2)])
		default:
			h.board(client, from)
		}
	}
}

// fetcher takes in what comes, confirms most of it, some of it twice, gives
// some back, forgets some, and says statuses in any order.
func (h *history) fetcher(client, count int) {
	codes := []string{"01", "02", "03", "04", "05", "06", "15", "16"}
	for range count {
		for _, x := range h.look(client, 0) {
			switch n := rand.IntN(10); {
			case n < 6:
				h.fetch(client, x)
				h.confirm(client, x)
			case n < 7:
				h.confirm(client, x)
				h.confirm(client, x)
			case n < 9:
				h.about(client, release, x, func(p *partner.Hub) error { return p.Release(ctx, x.ID) })
			}
		}
		h.mu.Lock()
		seen := slices.Clone(h.seen)
		h.mu.Unlock()
		if len(seen) > 0 {
			h.say(client, seen[rand.IntN(len(seen))], codes[rand.IntN(len(codes))])
		}
	}
}

// run lets two clients of each sender and three of the receiver work at once.
func (h *history) run(count int) (done <-chan struct{}) {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() { h.sender(i, sendersOf[i%2], count) })
	}
	for i := range 3 {
		wg.Go(func() { h.fetcher(4+i, count) })
	}
	over := make(chan struct{})
	go func() {
		wg.Wait()
		close(over)
	}()
	return over
}

// finish confirms all that waits, until two looks longer than a lock have found
// nothing, and reads the boards: if anything is lost or doubled they show it.
func (h *history) finish() {
	for empty := 0; empty < 2; empty++ {
		list := h.look(7, time.Second)
		for _, x := range list {
			h.confirm(7, x)
			empty = -1
		}
	}
	for _, from := range sendersOf {
		h.board(7, from)
	}
}

// operations are the history with the packets on the boards named.
func (h *history) operations() []porcupine.Operation {
	for i, o := range h.ops {
		out := o.Output.(told)
		if out.states == nil {
			continue
		}
		named := map[packet]string{}
		for id, state := range out.states {
			p, ok := h.ids[id.doc]
			if !ok {
				h.t.Errorf("packet %s on a board never came", id.doc)
			}
			named[p] = state
		}
		out.states = named
		h.ops[i].Output = out
	}
	return h.ops
}

// lockOfHub is what launch tells the hub.
const lockOfHub = 300 * time.Millisecond

// linearizable says whether some order of the operations, one after the other,
// explains all answers.
func linearizable(ops []porcupine.Operation, over ...string) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(model(lockOfHub, over...), ops, time.Minute)
}

// ended are the states after which a document may be sent anew.
var ended = []string{"refused", "recall_agreed", "failed"}

// judged has histories run until one can be judged: many requests without an
// answer may leave more orders than can be tried, which says nothing of the hub.
func judged(t *testing.T, no int, addr func() string, run func(h *history)) {
	t.Helper()
	for try := range 3 {
		h := newHistory(t, no*3+try, addr)
		run(h)
		if _, known := h.judge(); known {
			return
		}
	}
	t.Error("none of three histories could be judged")
}

// judge checks the history and says what it was made of; known is false when
// there were too many orders to try.
func (h *history) judge() (ops []porcupine.Operation, known bool) {
	h.t.Helper()
	ops = h.operations()
	count, open := map[op]int{}, 0
	for _, o := range ops {
		count[o.Input.(asked).op]++
		if o.Input.(asked).unheard {
			open++
		}
	}
	m := model(lockOfHub, ended...)
	got, info := porcupine.CheckOperationsVerbose(m, ops, time.Minute)
	if got == porcupine.Illegal {
		picture := filepath.Join(h.t.ArtifactDir(), "history.html") // go test -artifacts keeps it
		h.t.Errorf("%v: %s (%v)", got, picture, porcupine.VisualizePath(m, info, picture))
	}
	h.t.Logf("%v: %d operations at once, %d without an answer: %v", got, len(ops), open, count)
	return ops, got != porcupine.Unknown
}

// exemplary is a history with one of everything, by one client after the other,
// in which each answer is certain.
func (h *history) exemplary() {
	docs := h.docs[SXD]
	for _, doc := range docs[:3] {
		h.submit(0, SXD, packet{doc: doc, spelt: "a"})
	}
	h.submit(0, SXD, packet{doc: docs[1], spelt: "b"})
	for _, x := range h.look(0, 0) {
		h.fetch(0, x)
		h.confirm(0, x)
	}
	h.say(0, packet{doc: docs[0]}, "02")
	h.submit(0, SXD, packet{doc: docs[0], spelt: "b"}) // it was refused: another may follow
	h.submit(0, SXD, packet{doc: docs[2], spelt: "a", recall: true})
	h.finish()
}

// histories are as many as the rounds ask for, one in CI.
func histories() int { return max(1, rounds("VANTHU_TORTURE", 12)/12) }

// Many clients submit, submit again, fetch, confirm, give back, say statuses
// and recall at once; whatever the hub answers could have been answered by one
// that does one thing after the other: for each sender and recipient the queue
// keeps its order, and each document takes effect once (R7: BRVT1842-6.5,
// QD28-6.3, HT33-10.2.i).
func TestAtOnceAsOneAfterTheOther(t *testing.T) {
	s := newSite(t, nil)
	s.start()
	judged(t, 0, func() string { return s.addr }, func(h *history) {
		<-h.run(40)
		h.finish()
	})
}

// The judge of histories finds a hub that errs: it takes one answer as it was and
// not as it must not be (R7).
func TestHubThatErrsIsFound(t *testing.T) {
	s := newSite(t, nil)
	s.start()
	h := newHistory(t, 0, func() string { return s.addr })
	h.exemplary()
	ops, known := h.judge()
	if !known {
		t.Fatal("one client after the other, and too many orders to try")
	}
	errs(t, ops)
}

// The same while the hub is killed: what was not answered may have been done or
// not, but not half, and not otherwise later (R7).
func TestAtOnceWhileKilled(t *testing.T) {
	s := newSite(t, nil)
	s.start()
	for no := range histories() {
		judged(t, no, func() string { return s.addr }, func(h *history) { h.whileKilled(s) })
	}
}

// The same at two hubs that share one PostgreSQL, of which one or the other is
// killed (R7).
func TestAtOnceAtTwoHubs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: SQLite only")
	}
	s := newSite(t, newCluster(t))
	twin := &site{t: t, dir: s.dir, pg: s.pg, addr: porttest.Own(t)}
	t.Cleanup(twin.kill)
	s.start()
	twin.start()
	addr := func() string { return []string{s.addr, twin.addr}[rand.IntN(2)] }
	for no := range histories() {
		judged(t, no, addr, func(h *history) { h.whileKilled(s, twin) })
	}
}

// whileKilled runs a history, and meanwhile kills one hub after the other.
func (h *history) whileKilled(hubs ...*site) {
	done := h.run(30)
	for i := range 3 {
		select {
		case <-h.past(40 + rand.IntN(40)):
			s := hubs[i%len(hubs)]
			s.kill()
			s.start()
			h.died()
		case <-done: // while a hub came back the other served
			if i == 0 {
				h.t.Error("the history was over before the first kill")
			}
		}
	}
	<-done
	h.finish()
}
