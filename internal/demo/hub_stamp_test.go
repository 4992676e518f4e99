package demo

import (
	"context"
	"testing"
)

// The hub has its checkpoints stamped by the authority at its address, and
// finds its clock right (GL443-3.4.ii, HT33-10.2.i).
func TestHubAsksTheAuthority(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.must(s.Hub.Tick(ctx))
	if n, err := s.Hub.StampDue(ctx); err != nil || n == 0 {
		t.Fatalf("%d stamps, %v", n, err)
	}
	for _, o := range s.Host.Offices() {
		s.must(o.WatchHub(ctx))
	}
	s.must(s.Hub.Tick(ctx))
	if c, err := s.Hub.Clock(ctx); err != nil || c.Bad || c.Reference.Source == "" || c.Agencies == 0 || len(c.Wrong) > 0 {
		t.Fatalf("%+v %v", c, err)
	}
	if _, n, err := s.Hub.Witnesses(ctx, 10); err != nil || int(n) != len(s.Host.Offices()) {
		t.Fatalf("%d witnesses, %v", n, err)
	}
}
