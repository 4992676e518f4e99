package demo

import (
	"context"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
)

// The hub is away for longer than 72 hours: the first packet keeps its place, so
// that nothing overtakes it; then lines fail with the reason and the document
// stands on the clerk's desk; a status that nobody heard is told to the clerks.
// When the hub is back, what is sent again arrives (BRVT1842-6.5, HT33-10.2.i).
func TestHubAwayForDays(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.sent(theLetter)
	ubh, hoa := s.who("hoa")
	_, khanh := s.who("khanh")
	came := s.arrived("hoa")
	s.must(s.StopHub(ctx))
	s.must(ubh.Receive(ctx, hoa, came.ID, arrivalOf(came, khanh.ID)))
	second := theLetter
	second.about = "báo cáo tiến độ"
	id := s.sent(second)

	o, lan := s.who("lan")
	for range 3 {
		if in := s.nextTry(o); in > 0 {
			t.Fatalf("the first packet has lost its place: it is tried in %v", in)
		}
		s.must(s.Clock.Advance(time.Minute))
		s.must(s.Settle(ctx))
	}
	s.tryFor(71)
	if x := s.lines(id)["UBND huyện A"].State; x != exchange.Queued {
		t.Fatalf("given up before 72 hours: %s", x)
	}
	s.tryFor(2)
	line := s.lines(id)["UBND huyện A"]
	if line.State != exchange.Failed || line.Note == "" {
		t.Fatalf("%s %q", line.State, line.Note)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := document.WaitingFor(v, id)
		for _, w := range list {
			if w.Step == document.ToFollow && w.Note != "" {
				return err
			}
		}
		t.Errorf("it is on nobody's desk: %+v", list)
		return err
	}))
	s.must(ubh.Read(ctx, func(v *db.View) error {
		list, err := office.Notices(v, hoa, 20)
		for _, n := range list {
			if strings.Contains(n.Text, "trạng thái 03") && n.Doc.ID == came.ID {
				return err
			}
		}
		t.Errorf("silence about the status: %+v", list)
		return err
	}))
	s.must(s.World.StartHub(ctx))
	s.must(o.Resend(ctx, lan, id, line.ID))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["UBND huyện A"].State; x != exchange.Delivered {
		t.Fatalf("sent again: %s", x)
	}
}

// tryFor lets hours pass in which the offices try to send what waits.
func (s stage) tryFor(hours int) {
	s.t.Helper()
	for range hours {
		s.must(s.Clock.Advance(time.Hour))
		s.must(s.Settle(context.Background()))
	}
}

// nextTry is when the outbox of an office tries its first packet again.
func (s stage) nextTry(o *office.Office) (in time.Duration) {
	s.t.Helper()
	s.must(o.Read(context.Background(), func(v *db.View) error {
		due, err := exchange.Due(v, v.Now.Add(1000*time.Hour), 1)
		if len(due) == 1 {
			in = due[0].NextAt.Sub(v.Now)
		}
		return err
	}))
	return in
}
