package torture

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// links are who sends to whom in the tests: parallel senders, one with two
// recipients, answers in both directions.
var links = map[string][]string{SXD: {SNV, UBH}, UBH: {SNV}, STT: {SNV + "+" + UBH}, SNV: {SXD}}

// province is the agencies of links, each a process.
type province struct {
	t     *testing.T
	base  string
	addr  map[string]string // where each agency reaches the hub
	cmds  map[string]*exec.Cmd
	books books
	news  *news
}

// newProvince starts every agency, which reaches the hub at addr.
func newProvince(t *testing.T, addr string) *province {
	t.Helper()
	p := &province{t: t, base: t.TempDir(), addr: map[string]string{}, cmds: map[string]*exec.Cmd{}, books: books{}, news: newNews(t)}
	t.Cleanup(func() {
		for code := range p.cmds {
			p.kill(code)
		}
	})
	for code := range links {
		dir := filepath.Join(p.base, code)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		p.books[code] = &agency{code: code, dir: dir}
		p.addr[code] = addr
		p.start(code)
	}
	return p
}

func (p *province) start(code string) {
	p.t.Helper()
	p.cmds[code] = startAgency(p.t, p.news, code, p.books[code].dir, p.addr[code], links[code]...)
}

func (p *province) kill(code string) { p.cmds[code] = killed(p.cmds[code]) }

// hush lets nobody begin a new document, and waits until all have arrived.
func (p *province) hush() {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.base, "quiet"), nil, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.books.settle(p.t, p.news)
}

// Killed at any moment under load, whoever it is, hub, sender, receiver or the
// database, nothing that was acknowledged is lost or doubled, the order holds,
// statuses move forward, and the log only grows (R1: C09, BRVT1842-6.5,
// HT33-10.2.i, HT33-14.6).
func TestKilledAtAnyMoment(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *site) {
		s.start()
		p := newProvince(t, s.addr)
		w := &ledger.Witness{}
		n := rounds("VANTHU_TORTURE", 12)
		count := map[string]int{}
		for i := range n {
			time.Sleep(time.Duration(40+rand.IntN(200)) * time.Millisecond) // traffic
			count[p.strike(s, i)]++
			if i%3 == 0 {
				s.look(w)
			}
		}
		p.hush()
		p.books.standings(t, s)
		s.look(w)
		s.kill()
		y := p.books.judge(t)
		s.audit()
		if s.pg != nil {
			if err := s.pg.Check(); err != nil {
				t.Error(err)
			}
		}
		if y.arrivals == 0 || y.statuses == 0 {
			t.Errorf("%v: no traffic", y)
		}
		t.Logf("%d rounds %v: %v, 0 lost, 0 doubled, log of %d entries only grew", n, count, y, size(t, w))
	})
}

func size(t *testing.T, w *ledger.Witness) int64 {
	t.Helper()
	n, err := w.Size()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// strike kills one of them, or the hub with its database, and brings it back
// after a moment.
func (p *province) strike(s *site, round int) string {
	p.t.Helper()
	agencies := []string{SXD, UBH, STT, SNV}
	moment := func() { time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond) }
	victim := round % 4
	if victim >= 2 && s.pg == nil {
		victim -= 2
	}
	switch victim {
	case 0:
		s.kill()
		moment()
		s.start()
		return "hub"
	case 1:
		code := agencies[rand.IntN(len(agencies))]
		p.kill(code)
		moment()
		p.start(code)
		return "agency"
	case 2:
		p.database(s)
		s.ready()
		return "postgres"
	default:
		s.kill()
		p.database(s)
		s.start()
		return "hub+postgres"
	}
}

// database kills PostgreSQL or stops it as a crash would, and starts it again.
func (p *province) database(s *site) {
	p.t.Helper()
	fall := s.pg.Kill
	if rand.IntN(2) == 0 {
		fall = func() error { return s.pg.Stop("immediate") }
	}
	if err := fall(); err != nil {
		p.t.Fatal(err)
	}
	if err := s.pg.Start(); err != nil {
		p.t.Fatal(err)
	}
}
