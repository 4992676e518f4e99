package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vanthu/internal/blob"
	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// The everyday loop of a receiving system: packets come with their bodies, many
// are confirmed in one request with a receipt each, one that is refused stops
// no other, and a repeat gives the same receipts (BRVT1842-6.5, HT33-10.2.i).
func TestRound(t *testing.T) {
	s := start(t)
	var sent []string
	for n := 1; n <= 3; n++ {
		d := Doc{From: SXD, To: []string{SNV}, Number: n, Subject: "Dấu \"ngoặc\" &lt;và&gt; &amp; \u2028 \\ \t"}
		if n == 2 {
			d.Size = 40_000 // too large to come along
		}
		sent = append(sent, Packet(d))
		s.Send(SXD, sent[n-1])
	}
	status, got := s.call(SNV, "POST", "/v1/inbox", `{"next":{"limit":3,"bodies":1000000}}`)
	list := got["packets"].([]any)
	if status != 200 || len(list) != 3 || len(got["confirmed"].([]any)) != 0 {
		t.Fatalf("%d %v", status, got)
	}
	var ids []string
	for i, x := range list {
		p := x.(map[string]any)
		ids = append(ids, p["id"].(string))
		body, _ := p["body"].(string)
		if i == 1 && body != "" || i != 1 && (body != sent[i] || string(blob.Sum([]byte(body))) != p["sha256"]) {
			t.Errorf("packet %d came with %d bytes", i+1, len(body))
		}
	}
	late := s.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 4}))
	ask := fmt.Sprintf(`{"stored":["%s","00","%s"],"next":{"bodies":10,"wait":"60s"}}`, ids[0], ids[2]) // its receipts are due at once
	start := time.Now()
	status, got = s.call(SNV, "POST", "/v1/inbox", ask)
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("the receipts came after %v", took)
	}
	done := got["confirmed"].([]any)
	if status != 200 || len(done) != 3 || done[1].(map[string]any)["problem"].(map[string]any)["code"] != "not_found" {
		t.Fatalf("%d %v", status, got)
	}
	if next := got["packets"].([]any); len(next) != 0 {
		t.Fatalf("%v overtook %s, which is in somebody's hands", next, ids[1])
	}
	for _, i := range []int{0, 2} {
		r, err := ledger.VerifyReceipt([]byte(done[i].(map[string]any)["receipt"].(string)), s.PublicKey())
		if err != nil || r.Entry.Event != ledger.Confirmed || r.Entry.Message != ids[i] || r.Entry.Recipient != SNV {
			t.Errorf("receipt %d: %+v %v", i, r, err)
		}
	}
	_, again := s.call(SNV, "POST", "/v1/inbox", strings.Replace(ask, `,"next":{"bodies":10,"wait":"60s"}`, "", 1))
	if fmt.Sprint(again["confirmed"].([]any)[2]) != fmt.Sprint(done[2]) {
		t.Error("a repeat gave another receipt")
	}
	_, got = s.call(SNV, "POST", "/v1/inbox", fmt.Sprintf(`{"stored":["%s","%[1]s"],"next":{"bodies":1000000}}`, ids[1]))
	if next := got["packets"].([]any); len(next) != 1 || next[0].(map[string]any)["id"] != late.ID || next[0].(map[string]any)["body"] == "" {
		t.Fatalf("next %v", got)
	}
	if status, _ := s.call(SXD, "POST", "/v1/inbox", `{"stored":["`+late.ID+`"]}`); status != 200 {
		t.Errorf("%d", status)
	}
	if lines, _, err := s.Lines(t.Context(), s.As(SXD), late.ID); err != nil || !lines[0].Confirmed.IsZero() {
		t.Errorf("the sender confirmed what it sent: %+v %v", lines, err)
	}
	if _, bad, err := s.Check(t.Context()); err != nil || len(bad) != 0 {
		t.Errorf("%v %v", bad, err)
	}
}

// What a round may ask for has bounds.
func TestRoundIsBounded(t *testing.T) {
	s := start(t)
	for _, bad := range []string{`{"stored":[` + strings.Repeat(`"x",`, 200) + `"x"]}`, `{"next":{"limit":201}}`, `{"next":{"limit":-1}}`,
		`{"next":{"bodies":-1}}`, `{"next":{"wait":"soon"}}`, `{"what":1}`} {
		if status, got := s.call(SNV, "POST", "/v1/inbox", bad); status != 422 || got["code"] != "invalid_request" {
			t.Errorf("%.40s: %d %v", bad, status, got)
		}
	}
	if status, _ := s.call(SNV, "GET", "/v1/inbox?bodies=x", ""); status != 422 {
		t.Error("bodies=x was taken")
	}
}

// A body that is no longer what its hash says does not come with the list.
func TestFlippedBitDoesNotComeAlong(t *testing.T) {
	s := start(t)
	flip(t, s, s.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1})))
	_, got := s.call(SNV, "GET", "/v1/inbox?bodies=100000", "")
	if p := got["packets"].([]any)[0].(map[string]any); p["body"] != nil {
		t.Errorf("came along: %v", p["body"])
	}
}

// hungUp is a caller whose line broke.
type hungUp struct{ http.ResponseWriter }

func (hungUp) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// Who hung up is not noted as having been handed anything (HT33-10.2.i).
func TestAnswerThatNeverLeft(t *testing.T) {
	if sent, err := sendJSON(hungUp{httptest.NewRecorder()}, http.StatusOK, 1); sent || err != nil {
		t.Errorf("%v %v", sent, err)
	}
	if sent, err := sendJSON(httptest.NewRecorder(), http.StatusOK, 1); !sent || err != nil {
		t.Errorf("%v %v", sent, err)
	}
}
