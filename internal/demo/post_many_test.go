package demo

import (
	"net/http"
	"os"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/partner"
)

// counted notes what an office asks of its hub, and may know no request for
// many packets, as hubs before it.
type counted struct {
	older bool
	calls map[string]int
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls[r.Method+" "+r.URL.Path]++
	if c.older && r.URL.Path == "/v1/outbox" {
		r = r.Clone(r.Context())
		r.URL.Path = "/v1/nothing"
	}
	return http.DefaultTransport.RoundTrip(r)
}

// What an office has to say after it was cut off goes with few requests, in
// order, each with its own answer: one that the hub does not take stops no
// other. A hub that knows no such request hears it one by one
// (BRVT1842-6.5, QD28-6.3).
func TestManyStatusesInOneRequest(t *testing.T) {
	for _, older := range []bool{false, true} {
		t.Run(map[bool]string{false: "hub of today", true: "older hub"}[older], func(t *testing.T) {
			s := newStage(t)
			ctx := t.Context()
			l := theLetter
			l.to = []string{"ubh"}
			for range 6 {
				s.sent(l)
			}
			o, hoa := s.who("hoa")
			line := &counted{older: older, calls: map[string]int{}}
			secret, err := os.ReadFile(s.secretFile(agencyOf("hoa")))
			s.must(err)
			hub := partner.NewHub(s.HubURL(), agencyOf("hoa").code, string(secret), &http.Client{Transport: line})
			hub.Clock = s.Clock.Now
			o.Partner = hub
			s.must(s.StopHub(ctx))
			list := s.incoming()[:6]
			for _, d := range list {
				s.must(o.Receive(ctx, hoa, d.ID, arrivalOf(d, 0)))
			}
			s.must(s.Settle(ctx)) // tries, in vain
			s.must(s.StartHub(ctx))
			clear(line.calls)
			n, err := o.Post(ctx)
			if err != nil || n != 6 {
				t.Fatalf("%d went, %v", n, err)
			}
			want := map[bool]int{false: 0, true: 6}[older]
			if line.calls["POST /v1/outbox"] != 1 || line.calls["POST /v1/packets"] != want {
				t.Errorf("asked %v", line.calls)
			}
			s.must(s.Settle(ctx))
			for _, d := range list {
				sender := s.sentBySXD(d.Code())
				if x := s.lines(sender)["UBND huyện A"].State; x != exchange.Accepted {
					t.Errorf("%s is %s", d.Code(), x)
				}
			}
		})
	}
}

// sentBySXD is the document of Sở Xây dựng with a số và ký hiệu.
func (s stage) sentBySXD(code string) (id document.ID) {
	s.t.Helper()
	o, _ := s.who("lan")
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		id, err = document.IssuedID(v, func(document.Document) bool { return true }, code)
		return err
	}))
	return id
}
