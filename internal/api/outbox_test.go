package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"vanthu/internal/blob"
	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// outbox is a request with these packets.
func outbox(t *testing.T, packets ...map[string]any) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"packets": packets})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Many packets in one request: each is answered for itself, in their order, by
// what one alone would hear; a repeat has no second effect and brings the same
// receipts (BRVT1842-6.5, HT33-10.1.d, HT33-10.2.i).
func TestOutbox(t *testing.T) {
	s := start(t)
	packet := func(n int) string { return Packet(Doc{From: SXD, To: []string{SNV}, Number: n}) }
	barred := Packet(Doc{From: SXD, To: []string{SNV}, Number: 9, Subject: "MẬT: kế hoạch"})
	ask := outbox(t,
		map[string]any{"body": packet(1), "key": "một"},
		map[string]any{"body": barred},
		map[string]any{"body": packet(2), "sha256": strings.Repeat("0", 64)},
		map[string]any{"body": "không phải edXML"},
		map[string]any{"body": Packet(Doc{From: UBH, To: []string{SNV}, Number: 3})},
		map[string]any{"body": Packet(Doc{From: SXD, To: []string{SNV}, Number: 4, Size: 40_000})},
		map[string]any{"body": packet(5), "sha256": string(blob.Sum([]byte(packet(5))))},
		map[string]any{"body": packet(5)},
		map[string]any{"body": packet(6), "key": "một"},
		map[string]any{"body": packet(7), "to": []string{"999.99.99.Z99"}},
		map[string]any{"body": packet(8), "to": []string{UBH}},
	)
	status, got := s.call(SXD, "POST", "/v1/outbox", ask)
	if status != 200 {
		t.Fatalf("%d %v", status, got)
	}
	want := []string{"", "barred_content", "hash_mismatch", "invalid_packet", "sender_mismatch", "too_large", "", "", "key_reused", "bad_recipient", ""}
	list := got["packets"].([]any)
	if len(list) != len(want) {
		t.Fatalf("%d answers", len(list))
	}
	receipts := map[int]string{}
	for i, x := range list {
		m := x.(map[string]any)
		if want[i] != "" {
			if p, _ := m["problem"].(map[string]any); p == nil || p["code"] != want[i] || m["accepted"] != nil {
				t.Errorf("packet %d: %v, want %s", i, m, want[i])
			}
			continue
		}
		k, _ := m["accepted"].(map[string]any)
		if k == nil || k["duplicate"] != (i == 7) {
			t.Fatalf("packet %d: %v", i, m)
		}
		receipts[i] = k["receipt"].(string)
		r, err := ledger.VerifyReceipt([]byte(receipts[i]), s.PublicKey())
		if err != nil || r.Entry.Event != ledger.Accepted || r.Entry.Message != k["id"] || r.Entry.Sender != SXD {
			t.Errorf("receipt %d: %+v %v", i, r, err)
		}
	}
	if receipts[6] != receipts[7] {
		t.Error("a packet that stands twice in the request has two receipts")
	}
	_, again := s.call(SXD, "POST", "/v1/outbox", ask)
	for i, x := range again["packets"].([]any) {
		if k, _ := x.(map[string]any)["accepted"].(map[string]any); (k != nil) != (want[i] == "") || k != nil && (k["receipt"] != receipts[i] || k["duplicate"] != true) {
			t.Errorf("packet %d again: %v", i, x)
		}
	}
	_, inbox := s.call(SNV, "GET", "/v1/inbox", "")
	var numbers []string
	for _, x := range inbox["packets"].([]any) {
		numbers = append(numbers, x.(map[string]any)["notation"].(string))
	}
	if want := fmt.Sprint([]string{"1/CV", "5/CV"}); fmt.Sprint(numbers) != want {
		t.Errorf("came %v, want %s", numbers, want)
	}
	if err := s.Audit(t.Context()); err != nil {
		t.Error(err)
	}
	if _, bad, err := s.Check(t.Context()); err != nil || len(bad) != 0 {
		t.Errorf("%v %v", bad, err)
	}
}

// What a request may bring has bounds, and a system that is none of ours is not
// read at all.
func TestOutboxIsBounded(t *testing.T) {
	s := start(t)
	many := make([]map[string]any, 201)
	for i := range many {
		many[i] = map[string]any{"body": "x"}
	}
	for _, bad := range []string{"{}", outbox(t, many...), `{"packets":[{"body":"x","what":1}]}`, outbox(t, map[string]any{"body": strings.Repeat("x", 5<<20)})} {
		if status, got := s.call(SXD, "POST", "/v1/outbox", bad); status != 422 || got["code"] != "invalid_request" {
			t.Errorf("%.40s: %d %v", bad, status, got)
		}
	}
	if status, _ := s.call("", "POST", "/v1/outbox", outbox(t, many[:1]...)); status != 401 {
		t.Errorf("%d", status)
	}
}
