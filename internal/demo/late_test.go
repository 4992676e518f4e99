package demo

import (
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
)

// A recipient whose system has not fetched a packet for 72 hours is put before the
// clerk once, and is off the desk again when it arrives; one that only has not
// spoken is not (QD28-8.2, BRVT1842-6.5).
func TestNotFetchedForLong_QD28_8_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	id, packet := s.held()
	o, lan := s.who("lan")
	follows := func() (notes []string) {
		s.must(o.Read(ctx, func(v *db.View) error {
			list, err := document.WaitingFor(v, id)
			for _, w := range list {
				if w.Step == document.ToFollow && lan.Holds(w.Token) {
					notes = append(notes, w.Note)
				}
			}
			return err
		}))
		return notes
	}
	s.must(s.Clock.Advance(71 * time.Hour))
	_, err := o.WatchSent(ctx)
	s.must(err)
	if x := s.lines(id)["Sở Nội vụ"]; x.Late != "" || len(follows()) != 0 {
		t.Errorf("late too early: %q, %v", x.Late, follows())
	}
	s.must(s.Clock.Advance(2 * time.Hour))
	for range 2 {
		_, err := o.WatchSent(ctx)
		s.must(err)
	}
	x := s.lines(id)["Sở Nội vụ"]
	if notes := follows(); x.State != exchange.Sent || x.Late != exchange.NotFetched || len(notes) != 1 || !strings.Contains(notes[0], "Sở Nội vụ: quá 72 giờ") {
		t.Errorf("%s %q, desk %v", x.State, x.Late, notes)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		events, err := exchange.Events(v, x.ID)
		if n := len(events); n != 2 || events[1].Code != "late" {
			t.Errorf("%+v", events)
		}
		return err
	}))

	s.must(s.Hub.Pause(ctx, db.System, snvCode, false, ""))
	s.must(s.Settle(ctx))
	if x = s.lines(id)["Sở Nội vụ"]; x.State == exchange.Sent || x.Late != "" || len(follows()) != 0 {
		t.Errorf("%s %q, desk %v, packet %s", x.State, x.Late, follows(), packet)
	}
}
