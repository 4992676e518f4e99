package partner_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/gateway"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
	"vanthu/ledger"
)

const bnv = "000.00.00.G09" // another ministry beyond the province's hub

// gateway makes the gateway between two hubs, whose own side calls through rt;
// nil is the usual way.
func joined(province, nation site, dialect string, rt http.RoundTripper) *gateway.Gateway {
	var c *http.Client
	if rt != nil {
		c = &http.Client{Transport: rt}
	}
	return &gateway.Gateway{Here: partner.NewHub(province.URL, gate, Secret(gate), c), There: upstream[dialect](nation),
		Wait: time.Second, Follow: 20 * time.Millisecond, Pause: 10 * time.Millisecond, MaxPause: 50 * time.Millisecond}
}

// running runs a gateway until the test ends or stop is called, which waits.
func running(t *testing.T, g *gateway.Gateway) (stop func()) {
	run, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { g.Run(run); close(ended) }()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return stop
}

// take fetches nothing: it gives the next packet of an agency with its lock.
func (s site) next(code string) hub.Arrival {
	s.T.Helper()
	list, err := s.Inbox(ctx, s.As(code), hub.Look{Wait: 15 * time.Second, Limit: 1})
	if err != nil || len(list) != 1 {
		s.T.Fatalf("%s: %v %v", code, list, err)
	}
	return list[0]
}

// What passed is shown as reached when the agency has it, not when the hub
// beyond does; the receipts of that hub come back (GL443-13.1 QD28-6.3). A
// dialect that tells nothing leaves the hub's word.
func TestArrivalBeyondComesBack(t *testing.T) {
	for dialect := range upstream {
		t.Run(dialect, func(t *testing.T) {
			province, nation := join(t)
			running(t, joined(province, nation, dialect, nil))
			ack := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
			a := nation.next(bxd)
			province.until(func() bool { n, err := province.Count(ctx, province.As(gate), false); return err == nil && n == 0 })
			want := hub.Sent
			if dialect == "provincial" {
				want = hub.Delivered
			}
			if l := province.line(SXD, ack.ID, bxd); l.State != want {
				t.Fatalf("before the ministry has it: %+v", l)
			}
			if _, err := nation.Confirm(ctx, nation.As(bxd), a.ID); err != nil {
				t.Fatal(err)
			}
			province.until(func() bool { return province.line(SXD, ack.ID, bxd).State == hub.Delivered })
			if dialect == "hub" {
				relayed(t, province, nation, ack.ID, ledger.Accepted, ledger.Delivered, ledger.Confirmed)
			}
			whole(t, province, nation)
		})
	}
}

// A packet that becomes a dead letter beyond, by the recipient's system or by
// the operator there, reaches its sender with the reason; sent again, it
// arrives once (BRVT1842-6.5 HT33-7.4).
func TestDeadLetterBeyondComesBack(t *testing.T) {
	province, nation := join(t)
	running(t, joined(province, nation, "hub", nil))
	ack := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
	failed := func(reason string) {
		t.Helper()
		province.until(func() bool {
			l := province.line(SXD, ack.ID, bxd)
			return l.State == hub.Failed && strings.Contains(l.Note, reason)
		})
	}
	a := nation.next(bxd)
	if err := nation.Release(ctx, nation.As(bxd), a.ID, true, "sai chữ ký số", 0); err != nil {
		t.Fatal(err)
	}
	failed("sai chữ ký số")
	relayed(t, province, nation, ack.ID, ledger.Failed)

	if err := province.Resend(ctx, Operator, ack.ID, bxd, "đã sửa"); err != nil {
		t.Fatal(err)
	}
	again := nation.next(bxd)
	if again.ID == a.ID || again.Document != "VB-1" {
		t.Fatalf("%+v", again)
	}
	province.until(func() bool { n, err := province.Count(ctx, province.As(gate), false); return err == nil && n == 0 }) // it is told that it passed
	if err := province.GiveBack(ctx, Operator, ack.ID, bxd, "thôi"); codeOf(err) != hub.CodeState {
		t.Fatalf("given back while the other hub has it: %v", err)
	}
	if err := nation.GiveBack(ctx, Operator, again.ID, bxd, "bộ đang chuyển trụ sở"); err != nil {
		t.Fatal(err)
	}
	failed("bộ đang chuyển trụ sở")

	if err := province.Resend(ctx, Operator, ack.ID, bxd, ""); err != nil {
		t.Fatal(err)
	}
	await(t, nation, bxd)
	province.until(func() bool { return province.line(SXD, ack.ID, bxd).State == hub.Delivered })
	if got := nation.Take(bxd); len(got) != 0 {
		t.Errorf("it came twice: %v", got)
	}
	whole(t, province, nation)
}

// In the dialect of the national kit a failure comes back without its reason.
func TestDeadLetterBeyondInTheDialect(t *testing.T) {
	province, nation := join(t)
	running(t, joined(province, nation, "national", nil))
	ack := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
	if err := nation.Release(ctx, nation.As(bxd), nation.next(bxd).ID, true, "sai chữ ký số", 0); err != nil {
		t.Fatal(err)
	}
	province.until(func() bool { l := province.line(SXD, ack.ID, bxd); return l.State == hub.Failed && l.Note != "" })
}

// Downwards as well: the nation's sender reads what failed in the province.
func TestDeadLetterAtHomeGoesUp(t *testing.T) {
	province, nation := join(t)
	running(t, joined(province, nation, "hub", nil))
	ack := nation.Send(bxd, Packet(Doc{From: bxd, To: []string{SXD, SNV}, ID: "VB-1"}))
	if err := province.Release(ctx, province.As(SXD), province.next(SXD).ID, true, "hỏng tệp đính kèm", 0); err != nil {
		t.Fatal(err)
	}
	await(t, province, SNV)
	nation.until(func() bool {
		return strings.Contains(nation.line(bxd, ack.ID, SXD).Note, "hỏng tệp đính kèm") && nation.line(bxd, ack.ID, SNV).State == hub.Delivered
	})
	whole(t, province, nation)
}

// One recipient that the other hub does not reach fails alone.
func TestOneRefusedBeyondFailsAlone(t *testing.T) {
	province, nation := join(t)
	for _, s := range []site{province, nation} {
		a := hub.Agency{Code: bnv, Name: "Bộ Nội vụ"}
		if s == province {
			a.Gateway = gate
		}
		if err := s.Enrol(ctx, Operator, a); err != nil {
			t.Fatal(err)
		}
	}
	running(t, joined(province, nation, "hub", nil))
	ack := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bnv, bxd}, ID: "VB-1"}))
	await(t, nation, bxd)
	province.until(func() bool {
		return province.line(SXD, ack.ID, bxd).State == hub.Delivered && province.line(SXD, ack.ID, bnv).State == hub.Failed
	})
	if l := province.line(SXD, ack.ID, bnv); !strings.Contains(l.Note, "chưa liên thông") {
		t.Errorf("%+v", l)
	}
	// It joins there, and the operator here sends again: only to it.
	if err := Admit(ctx, nation.Hub, bnv); err != nil {
		t.Fatal(err)
	}
	if err := nation.SetCredential(ctx, Operator, bnv, "", Secret(bnv)); err != nil {
		t.Fatal(err)
	}
	if err := province.Resend(ctx, Operator, ack.ID, bnv, ""); err != nil {
		t.Fatal(err)
	}
	await(t, nation, bnv)
	province.until(func() bool { return province.line(SXD, ack.ID, bnv).State == hub.Delivered })
	if got := nation.Take(bxd); len(got) != 0 {
		t.Errorf("the other got it twice: %v", got)
	}
	whole(t, province, nation)
}

// killed is a way to the hub on which the gateway dies at the first call that
// ends in one of these.
type killed struct {
	at  []string
	die chan struct{}
}

func (k *killed) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, end := range k.at {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, end) {
			select {
			case <-k.die:
			default:
				close(k.die)
			}
			return nil, errors.New("killed")
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

// The gateway dies between the upstream's word and this hub's; meanwhile the
// ministry takes the packet. The next one does nothing twice and learns of it.
func TestGatewayKilledInTheMiddle(t *testing.T) {
	for dialect := range upstream {
		for _, at := range []string{"/passed", "/confirm", "/v1/beyond"} {
			t.Run(dialect+at, func(t *testing.T) {
				province, nation := join(t)
				province.Lock = time.Second // what a dead gateway was handed comes again after that
				ack := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
				k := &killed{at: []string{at}, die: make(chan struct{})}
				stop := running(t, joined(province, nation, dialect, k))
				await(t, nation, bxd)
				told := at == "/v1/beyond" && dialect != "provincial" || (at == "/confirm") == (dialect == "provincial") && at != "/v1/beyond"
				if told {
					<-k.die
				}
				stop()
				running(t, joined(province, nation, dialect, nil))
				province.until(func() bool { return province.line(SXD, ack.ID, bxd).State == hub.Delivered })
				later := nation.Send(bxd, Packet(Doc{From: bxd, To: []string{SXD}, ID: "VB-2"}))
				if got := await(t, province, SXD); got.Document != later.Document {
					t.Fatalf("%+v", got)
				}
				if got := nation.Take(bxd); len(got) != 0 {
					t.Errorf("the ministry got it twice: %v", got)
				}
				whole(t, province, nation)
			})
		}
	}
}

// whole says that rows, queues and logs of the hubs agree.
func whole(t *testing.T, list ...site) {
	t.Helper()
	for _, s := range list {
		if _, bad, err := s.Check(ctx); err != nil || len(bad) > 0 {
			t.Errorf("%v %v", bad, err)
		}
	}
}

func codeOf(err error) hub.Code {
	var r *hub.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// elsewhere is a way to a hub whose place may change.
type elsewhere struct{ host atomic.Pointer[string] }

func (e *elsewhere) to(s site) {
	u, err := url.Parse(s.URL)
	if err != nil {
		s.T.Fatal(err)
	}
	e.host.Store(&u.Host)
}

func (e *elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host = *e.host.Load()
	return http.DefaultTransport.RoundTrip(r)
}

// The hub beyond loses a packet that was told to have arrived. Handed to the
// gateway again, it goes under the same id, and its arrival is told again by the
// gateway that is still running (BRVT1842-10.7).
func TestArrivalIsToldAgain(t *testing.T) {
	province, nation := join(t)
	_, after := join(t)
	for n := range 5 { // a hub that comes back counts its changes from further on
		after.Send(bxd, Packet(Doc{From: bxd, To: []string{SNV}, Number: n + 1}))
	}
	way := &elsewhere{}
	way.to(nation)
	g := joined(province, nation, "hub", nil)
	g.There = partner.NewHub(nation.URL, gate, Secret(gate), &http.Client{Transport: way})
	running(t, g)
	ack := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
	await(t, nation, bxd)
	arrived := func() bool {
		l := province.line(SXD, ack.ID, bxd)
		return l.State == hub.Delivered && !l.Confirmed.IsZero()
	}
	province.until(arrived)
	way.to(after)
	if n, err := province.Redeliver(ctx, Operator, gate, time.Now().Add(-time.Hour), "trục kia mất dữ liệu"); err != nil || n.Packets != 1 {
		t.Fatal(n, err)
	}
	await(t, after, bxd)
	province.until(arrived)
	whole(t, province, after)
}

// A packet to very many agencies beyond passes: the word of it is long
// (GL443-13.1).
func TestWordOfManyRecipients(t *testing.T) {
	province, _ := join(t)
	ack := province.Send(SXD, Packet(Doc{From: SXD, To: []string{bxd}, ID: "VB-1"}))
	legs := []partner.Word{}
	for n := range 1500 {
		legs = append(legs, partner.Word{ID: "there", To: fmt.Sprintf("%03d.%02d.00.G17", n%1000, 1+n/1000), State: "sent"})
	}
	legs = append(legs, partner.Word{ID: "there", To: bxd, State: "failed", Note: "hỏng"})
	h := partner.NewHub(province.URL, gate, Secret(gate), nil)
	if err := h.Passed(ctx, ack.ID, "there", nil, legs); err != nil {
		t.Fatal(err)
	}
	if l := province.line(SXD, ack.ID, bxd); l.State != hub.Failed {
		t.Fatalf("%+v", l)
	}
	var e *partner.Error
	if _, err := h.Tell(ctx, make([]partner.Word, hub.MaxWords+1), ""); !errors.As(err, &e) || e.Temporary {
		t.Errorf("too many words: %v", err)
	}
	// No store takes this; nobody has such a packet (HT33-14.6).
	odd := "a\x00b"
	if unknown, err := h.Tell(ctx, []partner.Word{{ID: odd, To: odd, State: "failed"}}, odd); err != nil || len(unknown) != 1 {
		t.Errorf("%v %v", unknown, err)
	}
	if err := h.Confirm(ctx, odd); !errors.As(err, &e) || e.Code != "not_found" {
		t.Errorf("%v", err)
	}
}
