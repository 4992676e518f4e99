package torture

import (
	"errors"
	"fmt"
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
// answer, goes silent in one direction and is cut a moment later, goes silent for
// good though nobody hangs up, or carries everything late and slowly.
type badLine struct {
	to     string
	listen net.Listener
	sound  atomic.Bool
	faults [faults]atomic.Int64
	silent atomic.Int64 // sides that have not hung up a line that goes silent for good
	wg     sync.WaitGroup
}

// The faults of a line.
const (
	cutRequest = iota
	cutAnswer
	cutSilent
	silentForGood
	slow
	faults
)

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
	if b.sound.Load() {
		carry(agency, hub, 1<<60, 1<<60, io.CopyN, 0)
		return
	}
	fault := rand.IntN(faults)
	b.faults[fault].Add(1)
	up, down := rand.Int64N(80_000), rand.Int64N(8_000) // packets are up to 40 KB: in the middle of one of the first
	switch fault {
	case cutRequest:
		carry(agency, hub, up, 1<<60, io.CopyN, 0)
	case cutAnswer: // what it was about was done
		carry(agency, hub, 1<<60, down, io.CopyN, 0)
	case cutSilent: // the hub's words do not come through any more
		carry(agency, hub, 1<<60, down, io.CopyN, time.Duration(rand.IntN(100))*time.Millisecond)
	case silentForGood:
		b.silence(agency, hub, up/4)
	case slow:
		carry(agency, hub, 200_000, 200_000, dripN, 0)
	}
}

// carry carries bytes both ways until there were as many in one of them. Then it
// is over, or the hub is heard for a moment longer and nothing told.
func carry(agency, hub net.Conn, up, down int64, copyN func(io.Writer, io.Reader, int64) (int64, error), rest time.Duration) {
	over := make(chan struct{}, 2)
	way := func(to, from net.Conn, most int64, rest time.Duration) {
		_, err := copyN(to, from, most)
		if err == nil && rest > 0 {
			from.SetReadDeadline(time.Now().Add(rest))
			io.Copy(io.Discard, from)
		}
		over <- struct{}{}
	}
	go way(hub, agency, up, 0)
	go way(agency, hub, down, rest)
	<-over
}

// dripN is io.CopyN over a line that is slow.
func dripN(to io.Writer, from io.Reader, most int64) (n int64, err error) {
	for n < most && err == nil {
		var k int64
		k, err = io.CopyN(to, from, min(200+rand.Int64N(1000), most-n))
		n += k
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
	}
	return n, err
}

// silence carries some bytes of a request, and nothing more, either way. It ends
// when both sides have hung up, of which neither hears from the other.
func (b *badLine) silence(agency, hub net.Conn, up int64) {
	silent := make(chan struct{})
	var down sync.WaitGroup
	down.Go(func() {
		defer b.silent.Add(-1)
		defer agency.Close() // the hub has hung up
		buf := make([]byte, 1000)
		for n, err := hub.Read(buf); err == nil; n, err = hub.Read(buf) {
			select {
			case <-silent:
			default:
				agency.Write(buf[:n])
			}
		}
	})
	b.silent.Add(2)
	_, err := io.CopyN(hub, agency, up)
	if err != nil {
		hub.Close()
	}
	close(silent)
	io.Copy(io.Discard, agency)
	b.silent.Add(-1)
	down.Wait()
}

// Agencies reach the hub over lines that cut uploads and answers at any byte,
// carry them late and slowly, and go silent, for a moment or for good. What they
// do not know to have arrived they offer again, and confirm again, in the end all
// of it once and in order; and both sides give up by themselves a line that
// nobody cuts (R5: BRVT1842-6.5, HT33-10.2.i).
func TestBadLine(t *testing.T) {
	s := newSite(t, nil)
	s.start()
	b := newBadLine(t, s.addr)
	p := newProvince(t, b.listen.Addr().String())
	w := &ledger.Witness{}
	n := int64(rounds("VANTHU_TORTURE", 15))
	until := time.Now().Add(10 * time.Minute)
	for b.broken() < faults*n {
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
	s.await(func() error {
		if n := b.silent.Load(); n > 0 {
			return fmt.Errorf("%d ends of silent lines are not given up", n)
		}
		return nil
	})
	s.kill()
	y := p.books.judge(t)
	s.audit()
	f := &b.faults
	t.Logf("%d uploads cut, %d answers cut, %d silences and %d for good, %d slow lines: %v, 0 lost, 0 doubled",
		f[cutRequest].Load(), f[cutAnswer].Load(), f[cutSilent].Load(), f[silentForGood].Load(), f[slow].Load(), y)
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
