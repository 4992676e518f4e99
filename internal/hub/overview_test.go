package hub_test

import (
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// The console shows queues, what is late, and the next step (C09, C30).
func TestOverview(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		w := New(t, host)
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV, UBH}, Number: 1, Subject: "Chuyện riêng"}))
		now = now.Add(time.Hour)
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2, Priority: 2}))
		w.Take(UBH)
		now = now.Add(72 * time.Hour)
		o, err := w.Overview(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if o.Waiting != 2 || !o.Oldest.Equal(time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)) || o.LogSize != 5 {
			t.Fatalf("%+v", o)
		}
		if err := w.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if a, err := w.Agency(ctx, UBH); err != nil || !a.Seen.Equal(time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)) {
			t.Fatalf("last seen %v, %v", a.Seen, err)
		}
		for _, a := range o.Agencies {
			late := a.Code == SNV
			if a.Late != late || (a.Next != "") != late {
				t.Errorf("%+v", a)
			}
			if a.Code == SNV && (a.Waiting != 2 || a.Received != 2) || a.Code == SXD && a.Sent != 2 {
				t.Errorf("%+v", a)
			}
		}
	})
}

// A failed packet is a dead letter until the operator sends it again.
func TestDeadLetterAndResend(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		if err := w.Resend(ctx, Operator, ack.ID, SNV); codeOf(err) != hub.CodeState {
			t.Fatalf("resent what did not fail: %v", err)
		}
		if err := w.Release(ctx, w.As(SNV), ack.ID, true, "hỏng đĩa", 0); err != nil {
			t.Fatal(err)
		}
		list, err := w.DeadLetters(ctx, 10)
		if err != nil || len(list) != 1 || list[0].To != SNV || list[0].Note != "hỏng đĩa" {
			t.Fatalf("%+v %v", list, err)
		}
		if err := w.Resend(ctx, Operator, ack.ID, SNV); err != nil {
			t.Fatal(err)
		}
		if got := w.Take(SNV); len(got) != 1 {
			t.Fatalf("%v", got)
		}
		if list, _ := w.DeadLetters(ctx, 10); len(list) != 0 {
			t.Fatalf("%+v", list)
		}
		events, err := w.Events(ctx, SNV, 1)
		if err != nil || len(events) != 1 || !strings.HasPrefix(events[0].Verb, "packet.resent") || events[0].Actor != Operator.Person {
			t.Fatalf("%+v %v", events, err)
		}
	})
}
