package torture

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// badLine is a line between an agency and the hub that breaks at random: it
// cuts a connection after some bytes, in the middle of an upload or of an
// answer, or goes silent in one direction and is cut a moment later.
type badLine struct {
	to     string
	listen net.Listener
	sound  atomic.Bool
	faults [3]atomic.Int64 // cuts of requests, cuts of answers, silences
	wg     sync.WaitGroup
}

func newBadLine(t *testing.T, to string) *badLine {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &badLine{to: to, listen: l}
	b.wg.Go(b.serve)
	t.Cleanup(func() {
		l.Close()
		b.wg.Wait()
	})
	return b
}

func (b *badLine) serve() {
	for {
		c, err := b.listen.Accept()
		if err != nil {
			return
		}
		b.wg.Go(func() { b.carry(c) })
	}
}

// carry is one connection, which does not live long.
func (b *badLine) carry(agency net.Conn) {
	defer agency.Close()
	hub, err := net.Dial("tcp", b.to)
	if err != nil {
		return
	}
	defer hub.Close()
	up, down, silent := int64(1)<<60, int64(1)<<60, time.Duration(0)
	if !b.sound.Load() {
		switch rand.IntN(3) {
		case 0: // packets are up to 40 KB: in the middle of one of the first
			up = rand.Int64N(80_000)
			b.faults[0].Add(1)
		case 1: // an answer is lost, what it was about was done
			down = rand.Int64N(8_000)
			b.faults[1].Add(1)
		case 2: // the hub's words do not come through any more
			down, silent = rand.Int64N(8_000), time.Duration(rand.IntN(100))*time.Millisecond
			b.faults[2].Add(1)
		}
	}
	over := make(chan struct{}, 2)
	way := func(to, from net.Conn, most int64, rest time.Duration) {
		_, err := io.CopyN(to, from, most)
		if err == nil && rest > 0 {
			from.SetReadDeadline(time.Now().Add(rest))
			io.Copy(io.Discard, from)
		}
		over <- struct{}{}
	}
	go way(hub, agency, up, 0)
	go way(agency, hub, down, silent)
	<-over
}

// Agencies reach the hub over lines that cut uploads and answers at any byte
// and go silent. What they do not know to have arrived they offer again, and
// confirm again, in the end all of it once and in order (R5: BRVT1842-6.5,
// HT33-10.2.i).
func TestBadLine(t *testing.T) {
	s := newSite(t, nil)
	s.start()
	b := newBadLine(t, s.addr)
	p := newProvince(t, b.listen.Addr().String())
	w := &ledger.Witness{}
	n := int64(rounds("VANTHU_TORTURE", 30))
	until := time.Now().Add(10 * time.Minute)
	for b.broken() < 3*n {
		if time.Now().After(until) {
			t.Fatalf("only %d faults in ten minutes", b.broken())
		}
		s.look(w)
		time.Sleep(20 * time.Millisecond)
	}
	b.sound.Store(true)
	p.hush()
	p.books.standings(t, s)
	s.look(w)
	s.kill()
	y := p.books.judge(t)
	s.audit()
	t.Logf("%d uploads cut, %d answers cut, %d silences: %v, 0 lost, 0 doubled", b.faults[0].Load(), b.faults[1].Load(), b.faults[2].Load(), y)
}

func (b *badLine) broken() (n int64) {
	for i := range b.faults {
		n += b.faults[i].Load()
	}
	return n
}

// Every request reaches the hub twice, the second time while the first is on
// its way or after it, and later ones come before earlier ones: the effect is
// one, and both answers name the same packet (R5: BRVT1842-6.5).
func TestRequestsComeTwiceAndOutOfOrder(t *testing.T) {
	s := newSite(t, nil)
	s.start()
	const count = 30
	ids := make([]map[string]bool, count)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, i := range append(rand.Perm(count), rand.Perm(count)...) {
		wg.Go(func() {
			doc := documentOf(SXD, []string{SNV}, i+1)
			raw := packetOf(doc)
			ack, err := s.partner(SXD).Send(ctx, strings.NewReader(raw), int64(len(raw)), doc)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if ids[i] == nil {
				ids[i] = map[string]bool{}
			}
			ids[i][ack.ID] = true
		})
	}
	wg.Wait()
	for i := range ids {
		if len(ids[i]) != 1 {
			t.Errorf("document %d has ids %v", i+1, ids[i])
		}
	}
	s.kill()
	h := s.open()
	defer h.Close()
	if got := takeWhole(t, &World{Hub: h.Hub, T: t}, SNV)[SXD]; len(got) != count {
		t.Errorf("%d arrived, want %d", len(got), count)
	}
	if err := h.Audit(ctx); err != nil {
		t.Error(err)
	}
}

// A packet is cut off in the middle of its upload: nothing of it is kept, and
// the same packet offered whole afterwards is taken (BRVT1842-6.5).
func TestCutOffInUpload(t *testing.T) {
	s := newSite(t, nil)
	s.start()
	raw := packetOf(documentOf(SXD, []string{SNV}, 7))
	for _, at := range []int{0, 1, 700, len(raw) / 2, len(raw) - 1} {
		body := io.MultiReader(strings.NewReader(raw[:at]), broken{})
		if _, err := s.partner(SXD).Send(ctx, body, int64(len(raw)), "cut"); err == nil {
			t.Errorf("acknowledged after %d bytes of %d", at, len(raw))
		}
	}
	ack, err := s.partner(SXD).Send(ctx, strings.NewReader(raw), int64(len(raw)), "cut")
	if err != nil || ack.Duplicate {
		t.Errorf("whole: duplicate %v, %v", ack.Duplicate, err)
	}
	s.kill()
	if said, good := check(t, s.dir, "hub", "check"); !good || !strings.Contains(said, " 1 gói tin, 1 tệp") {
		t.Errorf("left: %s", said)
	}
}

// broken is a line that breaks at once.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line broke") }
