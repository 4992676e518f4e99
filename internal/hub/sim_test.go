package hub_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vanthu/internal/db"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// province is a hub and three agencies in one process, with a clock of their
// own; every step is drawn from a seed, and a seed that fails is kept by rapid.
type province struct {
	t    *testing.T
	dir  string
	key  string
	now  time.Time
	w    *World
	host *db.Host

	sent  map[string]int               // documents begun, by pair
	acked map[string]string            // id by document
	lost  map[string]string            // document whose answer was lost, by pair
	held  map[string][]hub.Arrival     // handed out, by agency
	got   map[string]map[string]string // by agency and document, the id
	order map[string][]int             // numbers by pair, as they came first
}

func (p *province) open() {
	host, err := db.OpenDir(p.dir, func() time.Time { return p.now })
	if err != nil {
		p.t.Fatal(err)
	}
	p.host, p.w = host, Open(p.t, host, p.dir+"/blob", p.key)
}

// offer sends the document of a pair whose answer was lost, or the next one;
// the answer may be lost, and the same may come twice.
func (p *province) offer(rt *rapid.T) {
	from := rapid.SampledFrom([]string{SXD, UBH}).Draw(rt, "from")
	doc := p.lost[from]
	if doc == "" {
		p.sent[from]++
		doc = fmt.Sprintf("%s,%d", from, p.sent[from])
	}
	var n int
	fmt.Sscanf(doc[strings.LastIndex(doc, ",")+1:], "%d", &n)
	raw := Packet(Doc{From: from, To: []string{SNV}, ID: doc, Number: n, Priority: 0})
	times := rapid.IntRange(1, 2).Draw(rt, "times")
	var ack hub.Ack
	for range times {
		ack = p.w.Send(from, raw)
	}
	p.lost[from] = doc
	if !rapid.Bool().Draw(rt, "answer lost") {
		delete(p.lost, from)
		if before, ok := p.acked[doc]; ok && before != ack.ID {
			rt.Fatalf("%s has ids %s and %s", doc, before, ack.ID)
		}
		p.acked[doc] = ack.ID
	}
}

// look lets SNV look what waits; what it held from before is forgotten.
func (p *province) look(rt *rapid.T) {
	list, err := p.w.Inbox(ctx, p.w.As(SNV), hub.Look{Limit: rapid.IntRange(1, 5).Draw(rt, "limit")})
	if err != nil {
		rt.Fatal(err)
	}
	p.held[SNV] = append(p.held[SNV], list...)
}

// take stores the first packet that SNV holds; the confirmation may be lost,
// or said twice.
func (p *province) take(rt *rapid.T) {
	if len(p.held[SNV]) == 0 {
		return
	}
	a := p.held[SNV][0]
	p.held[SNV] = p.held[SNV][1:]
	if id, had := p.got[SNV][a.Document]; had && id != a.ID {
		rt.Fatalf("%s came as %s and %s", a.Document, id, a.ID)
	} else if !had {
		p.got[SNV][a.Document] = a.ID
		var n int
		fmt.Sscanf(a.Document[strings.LastIndex(a.Document, ",")+1:], "%d", &n)
		p.order[a.Sender] = append(p.order[a.Sender], n)
	}
	for range rapid.IntRange(0, 2).Draw(rt, "confirmations") {
		if _, err := p.w.Confirm(ctx, p.w.As(SNV), a.ID); err != nil {
			rt.Fatal(err)
		}
	}
}

// crash opens the hub anew; SNV's system forgets what it held.
func (p *province) crash(*rapid.T) {
	p.host.Close()
	p.open()
	p.held = map[string][]hub.Arrival{}
}

// jump moves the clock, also back.
func (p *province) jump(rt *rapid.T) {
	p.now = p.now.Add(time.Duration(rapid.IntRange(-120, 600).Draw(rt, "minutes")) * time.Minute)
	p.held = map[string][]hub.Arrival{} // locks may have run out
}

// check is true after every step: no number before a smaller one.
func (p *province) check(rt *rapid.T) {
	for from, numbers := range p.order {
		if !slices.IsSorted(numbers) {
			rt.Fatalf("from %s: %v", from, numbers)
		}
	}
}

// settle ends the faults: everything acknowledged is or comes there, once.
func (p *province) settle(rt *rapid.T) {
	p.now = p.now.Add(48 * time.Hour)
	for doc, id := range p.acked {
		if p.got[SNV][doc] != "" && p.got[SNV][doc] != id {
			rt.Fatalf("%s: acknowledged as %s, came as %s", doc, id, p.got[SNV][doc])
		}
	}
	rest := p.w.Take(SNV)
	for doc, id := range p.acked {
		if p.got[SNV][doc] == "" && !slices.Contains(rest, id) {
			rt.Fatalf("%s was acknowledged and never came", doc)
		}
	}
	if err := p.w.Audit(ctx); err != nil {
		rt.Fatal(err)
	}
}

// Any order of sending, looking, taking, losing answers, crashes and jumps of
// the clock: one effect, in order, nothing acknowledged lost (R6:
// BRVT1842-6.5, HT33-10.2.i).
func TestAnyOrderOfSteps(t *testing.T) {
	checks := os.Getenv("VANTHU_SEEDS")
	if checks == "" {
		checks = "12"
	}
	for name, value := range map[string]string{"rapid.checks": checks, "rapid.steps": "80"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	key := Key("truc.h99.vn")
	rapid.Check(t, func(rt *rapid.T) {
		p := &province{t: t, dir: t.TempDir(), key: key, now: time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC),
			sent: map[string]int{}, acked: map[string]string{}, lost: map[string]string{}, held: map[string][]hub.Arrival{},
			got: map[string]map[string]string{SNV: {}}, order: map[string][]int{}}
		p.open()
		defer func() { p.host.Close() }()
		if err := Fill(ctx, p.w.Hub); err != nil {
			rt.Fatal(err)
		}
		rt.Repeat(map[string]func(*rapid.T){"": p.check, "offer": p.offer, "look": p.look, "take": p.take, "crash": p.crash, "jump": p.jump})
		p.settle(rt)
	})
}
