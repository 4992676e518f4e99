package partner_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vanthu/internal/api"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
)

// Small packets come along with the inbox, and many are confirmed in one
// request; one that the hub refuses stops no other, and a hub that does not know
// the request is asked one by one (BRVT1842-6.5).
func TestManyInOneRequest(t *testing.T) {
	s := start(t)
	calls := map[string]int{}
	older := false
	handler := api.HubHandler(s.World.Hub)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls[r.Method+" "+r.URL.Path]++
		if older && r.Method+r.URL.Path == "POST/v1/inbox" {
			r.URL.Path = "/v1/nothing"
		}
		handler.ServeHTTP(w, r)
	}))
	defer srv.Close()
	snv := partner.NewHub(srv.URL, SNV, Secret(SNV), nil)
	for _, older = range []bool{false, true} {
		clear(calls)
		var sent, ids []string
		for n := range 3 {
			d := Doc{From: SXD, To: []string{SNV}, Number: n + 1, Size: n / 2 * 40_000}
			if older {
				d.Number += 10
			}
			sent = append(sent, Packet(d))
			s.World.Send(SXD, sent[n])
		}
		list, err := snv.Inbox(ctx, 0)
		if err != nil || len(list) != 3 {
			t.Fatalf("%v %v", list, err)
		}
		for i, a := range list {
			var got strings.Builder
			if err := partner.Bring(ctx, snv, a, &got); err != nil || got.String() != sent[i] {
				t.Errorf("packet %d: %v", i+1, err)
			}
			ids = append(ids, a.ID)
		}
		err = snv.ConfirmAll(ctx, append(ids, strings.Repeat("0", 32)))
		if e, ok := err.(*partner.Error); !ok || e.Code != "not_found" || e.Temporary {
			t.Errorf("the unknown one: %v", err)
		}
		if rest := s.World.Take(SNV); len(rest) != 0 {
			t.Errorf("%d are not confirmed", len(rest))
		}
		// A look, one body, and the confirmations.
		if n, want := total(calls), map[bool]int{false: 3, true: 7}[older]; n != want {
			t.Errorf("%d requests, want %d: %v", n, want, calls)
		}
	}
}

func total(calls map[string]int) (n int) {
	for _, k := range calls {
		n += k
	}
	return n
}
