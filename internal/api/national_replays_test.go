package api

import (
	"fmt"
	"testing"
	"time"

	"vanthu/internal/fail"
)

// The memory of signed calls has an end, for one agency and for all. Then new
// calls are told to come back; what was used stays used, and repeats of lost
// answers are answered (HT33-12.2).
func TestReplaysAreBounded_HT33_12_2(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	x := newReplays()
	x.most, x.mine = 8, 3
	call := func(agency string, n int) error {
		return x.once(agency, &signedCall{text: fmt.Sprint(agency, n), at: now}, "/getEdoc", now)
	}
	for n := range 3 {
		if err := call("A", n); err != nil {
			t.Fatal(err)
		}
	}
	if err := call("A", 3); !fail.Is(err, fail.Busy) {
		t.Errorf("the fourth of one agency: %v", err)
	}
	if err := call("A", 0); err != nil {
		t.Errorf("a repeat: %v", err)
	}
	for n := range 5 {
		if err := call(fmt.Sprint("B", n), 0); err != nil {
			t.Errorf("another agency: %v", err)
		}
	}
	if err := call("C", 0); !fail.Is(err, fail.Busy) {
		t.Errorf("the ninth of all: %v", err)
	}
	for range maxUses - 2 {
		if err := call("A", 0); err != nil {
			t.Errorf("a repeat: %v", err)
		}
	}
	if err := call("A", 0); !fail.Is(err, fail.Auth) {
		t.Errorf("used without end: %v", err)
	}
	first := &signedCall{text: "A0", at: now}
	now = now.Add(2*window + time.Minute)
	if err := x.once("A", first, "/sendEdoc", now.Add(-2*time.Minute)); !fail.Is(err, fail.Auth) {
		t.Errorf("forgotten while it is fresh: %v", err)
	}
	for n := range 3 {
		if err := call("A", 10+n); err != nil {
			t.Errorf("after the window: %v", err)
		}
	}
	if len(x.seen) != 3 || len(x.by) != 1 {
		t.Errorf("%d kept, of %d agencies", len(x.seen), len(x.by))
	}
}
