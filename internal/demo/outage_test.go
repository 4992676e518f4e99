package demo

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/partner"
)

// The line to the hub is down for three days. The agency goes on working; when
// it is back everything goes out by itself in the order in which it was
// issued, also what was issued a moment before, and what came meanwhile for
// the agency comes in; all of it once (R5: HT33-10.2.i, BRVT1842-6.5).
func TestThreeDaysWithoutTheHub(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.must(s.StopHub(ctx))
	var ids []document.ID
	for range 3 {
		s.must(s.Clock.Advance(23 * time.Hour))
		ids = append(ids, s.sent(theLetter))
		s.must(s.Settle(ctx)) // tries, in vain
	}
	ready := theLetter
	ready.stop = "issue"
	id := s.sent(ready)
	ids = append(ids, s.sent(theLetter), id)
	s.must(s.StartHub(ctx))
	o, lan := s.who("lan")
	s.must(o.Issue(ctx, lan, id)) // the line is back, nobody has told the agency
	s.must(s.Settle(ctx))
	s.inOrder(ids)
}

// inOrder checks that each letter of an's came to SNV once, in that order.
func (s stage) inOrder(ids []document.ID) {
	s.t.Helper()
	o, _ := s.who("an")
	var want, got []string
	s.must(o.Read(context.Background(), func(v *db.View) error {
		for _, id := range ids {
			d, err := document.ByID(v, id)
			if err != nil {
				return err
			}
			want = append(want, d.Code())
		}
		return nil
	}))
	snv, yen := s.who("yen")
	s.must(snv.Read(context.Background(), func(v *db.View) error {
		list, err := document.List(v, yen, document.Filter{Way: document.In})
		for _, d := range list {
			got = append([]string{d.Code()}, got...) // newest first
		}
		return err
	}))
	if strings.Join(got, " ") != strings.Join(want, " ") {
		s.t.Errorf("came: %v, want %v", got, want)
	}
	for _, id := range ids {
		if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.Delivered {
			s.t.Errorf("%d: %s", id, x)
		}
	}
}

// One packet that never gets through delays no other (BRVT1842-6.5).
func TestOnePacketDoesNotGetThrough(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, _ := s.who("an")
	hub, err := url.Parse(s.HubURL())
	s.must(err)
	refused := 0
	through := httputil.NewSingleHostReverseProxy(hub)
	proxy := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/v1/packets" && refused == 0 {
			refused++
			panic(http.ErrAbortHandler) // cuts the connection
		}
		through.ServeHTTP(w, r)
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	go proxy.Serve(l)
	defer proxy.Close()
	secret, err := os.ReadFile(s.secretFile(agencyOf("an")))
	s.must(err)
	// A client that does not repeat by itself on a new connection.
	o.Partner = partner.NewHub("http://"+l.Addr().String(), agencyOf("an").code, string(secret), &http.Client{Transport: &http.Transport{DisableKeepAlives: true}})
	first := s.sent(theLetter)
	second := s.sent(theLetter)
	s.must(s.Settle(ctx))
	if refused != 1 {
		t.Fatalf("%d cut", refused)
	}
	if x := s.lines(second)["Sở Nội vụ"].State; x != exchange.Delivered {
		t.Errorf("the second: %s", x)
	}
	s.must(s.Clock.Advance(time.Minute))
	s.must(s.Settle(ctx))
	if x := s.lines(first)["Sở Nội vụ"].State; x != exchange.Delivered {
		t.Errorf("the first, a minute later: %s", x)
	}
}

// The clock steps back under packets that wait: one that was queued, and tried in
// vain, by a clock a day ahead goes with the others, in order of issue, not a day
// later; and nothing takes effect twice when the clock steps on again
// (HT33-10.2.i, BRVT1842-6.5).
func TestClockStepsUnderWaitingPackets(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.must(s.StopHub(ctx))
	s.must(s.Clock.Advance(24 * time.Hour))
	ids := []document.ID{s.sent(theLetter)}
	s.must(s.Settle(ctx)) // tries, in vain
	s.must(s.Clock.Advance(-24 * time.Hour))
	ids = append(ids, s.sent(theLetter))
	s.must(s.StartHub(ctx))
	s.must(s.Settle(ctx))
	s.inOrder(ids)
	s.must(s.Clock.Advance(24 * time.Hour))
	s.must(s.Settle(ctx))
	s.inOrder(ids)
}

// The clock is set three days ahead, once and again, while the hub is away, or the
// office was off for as long: nobody has tried for three days, so no packet is
// given up; when the hub is back all of it arrives (HT33-10.2.i, BRVT1842-6.5).
func TestClockAheadGivesNothingUp(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.must(s.StopHub(ctx))
	ids := []document.ID{s.sent(theLetter)}
	s.must(s.Settle(ctx)) // tries, in vain
	for _, step := range []time.Duration{73, 73, -146, 200, -200} {
		s.must(s.Clock.Advance(step * time.Hour))
		s.must(s.Settle(ctx))
		ids = append(ids, s.sent(theLetter))
		s.must(s.Settle(ctx))
	}
	for _, id := range ids {
		if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.Queued {
			t.Fatalf("given up: %s", x)
		}
	}
	s.must(s.StartHub(ctx))
	s.must(s.Settle(ctx))
	s.inOrder(ids)
}

// A packet that was put off for half an hour goes at once when the office is
// started anew (BRVT1842-6.5).
func TestStartHurriesWhatWasPutOff(t *testing.T) {
	s := newStage(t)
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	o, _ := s.who("an")
	s.must(s.StopHub(ctx))
	id := s.sent(theLetter)
	s.must(s.Settle(ctx))
	s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		due, err := exchange.Due(tx, tx.Now, 1)
		if err != nil {
			return err
		}
		return exchange.Postpone(tx, due[0].ID, tx.Now.Add(exchange.LongestPause), "Ổ đĩa hết chỗ.")
	}))
	s.must(s.StartHub(ctx))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.Queued {
		t.Fatalf("before the start it is %s", x)
	}
	o.Run(ctx)
	for changed := o.Store.Changed(); s.lines(id)["Sở Nội vụ"].State == exchange.Queued; changed = o.Store.Changed() {
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatal("it does not go")
		}
	}
}
