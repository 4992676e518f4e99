package hub_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// An agency's system came back from an older copy: it is handed again what it
// confirmed since, in order, and nothing else; states and proofs stay, and it may
// say of one that it cannot read it (BRVT1842-10.7, BRVT1842-6.5).
func TestRedeliver_BRVT1842_10_7(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		w := New(t, host)
		send := func(n int) string { return w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV, UBH}, Number: n})).ID }
		send(1)
		w.Take(SNV)
		now = now.Add(12 * time.Hour)
		night := now
		lost := []string{send(2), send(3), send(4)}
		w.Take(SNV)
		w.Send(SNV, Say(SNV, SXD, SXD+",2025/03/03,3/CV", "03", "", now))
		now = now.Add(time.Hour)
		if _, err := w.Redeliver(ctx, Operator, SNV, night, " "); codeOf(err) != hub.CodeDirectory {
			t.Errorf("without a reason: %v", err)
		}
		for range 2 { // the second time it waits already
			n, err := w.Redeliver(ctx, Operator, SNV, night, "phục hồi máy chủ")
			if err != nil {
				t.Fatal(err)
			}
			if n.Packets != 0 && n.Packets != 3 || n.Gone != 0 {
				t.Errorf("%+v", n)
			}
		}
		whole(t, w)
		snv := w.As(SNV)
		list, err := w.Inbox(ctx, snv, hub.Look{})
		if err != nil || len(list) != 3 || len(list[0].To) != 1 {
			t.Fatalf("%+v %v", list, err)
		}
		for i, x := range list {
			if x.ID != lost[i] {
				t.Errorf("%d: %s, want %s", i, x.ID, lost[i])
			}
			b, err := w.Fetch(ctx, snv, x.ID)
			if err != nil {
				t.Fatal(err)
			}
			b.Close()
		}
		if err := w.Release(ctx, snv, lost[2], true, "Tệp hỏng.", 0); err != nil {
			t.Fatal(err)
		}
		for _, id := range lost[:2] {
			if _, err := w.Confirm(ctx, snv, id); err != nil {
				t.Fatal(err)
			}
		}
		if left := w.Take(SNV); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
		p, err := w.Sent(ctx, w.As(SXD), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.Lines {
			want := map[string]hub.State{SNV: hub.Delivered, UBH: hub.Sent}[l.To]
			if l.To == SNV && l.ID == lost[1] {
				want = hub.Accepted
			}
			if l.State != want {
				t.Errorf("%s to %s: %s, want %s", l.Document, l.To, l.State, want)
			}
		}
		if got := w.Take(UBH); !slices.Equal(got[1:], lost) {
			t.Errorf("another recipient: %v", got)
		}
		whole(t, w)
	})
}

// whole checks the hub's rows against its log.
func whole(t *testing.T, w *World) {
	t.Helper()
	if _, bad, err := w.Check(ctx); err != nil || len(bad) > 0 {
		t.Errorf("%v %v", bad, err)
	}
}

// What a gateway passed on is handed to it again when the hub beyond forgot it
// before it said that it arrived, or after; an old word about it is void then,
// and what nobody said anything of for 72 hours is shown (GL443-13.1).
func TestRedeliverToAGateway(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		w := New(t, host)
		gate := w.As(STT)
		var beyond []hub.Agency
		for _, code := range []string{"000.00.00.G09", "000.00.00.G17"} {
			beyond = append(beyond, hub.Agency{Code: code, Name: "Bộ " + code, State: hub.LinkOfficial})
		}
		if _, err := w.EnrolBeyond(ctx, STT, beyond); err != nil {
			t.Fatal(err)
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		tell := func(id string, state hub.State) {
			t.Helper()
			_, err := w.Tell(ctx, gate, []hub.Word{{ID: id, To: beyond[0].Code, State: state}}, "")
			must(err)
		}
		silent := w.Send(SXD, Packet(Doc{From: SXD, To: []string{beyond[0].Code, beyond[1].Code}, Number: 1}))
		arrived := w.Send(SXD, Packet(Doc{From: SXD, To: []string{beyond[0].Code}, Number: 2}))
		must(w.Passed(ctx, gate, silent.ID, "there-1", nil, nil))
		must(w.Passed(ctx, gate, arrived.ID, "there-2", nil, nil))
		tell("there-2", hub.Delivered)
		late := func() (n int) {
			t.Helper()
			must(w.Tick(ctx))
			list, err := w.Alarms(ctx)
			must(err)
			for _, a := range list {
				if a.Kind == hub.AlarmLate {
					n++
				}
			}
			return n
		}
		if n := late(); n != 0 {
			t.Errorf("%d alarms at once", n)
		}
		now = now.Add(hub.LateAfter + time.Hour)
		if n := late(); n != 2 {
			t.Errorf("%d agencies beyond are shown as late, want 2", n)
		}
		n, err := w.Redeliver(ctx, Operator, STT, now.Add(-100*time.Hour), "trục bên kia phục hồi")
		if err != nil || n.Packets != 2 {
			t.Fatalf("handed out again: %+v %v", n, err)
		}
		tell("there-1", hub.Delivered) // said before the hub there forgot
		tell("there-2", hub.Delivered)
		whole(t, w)
		list, err := w.Inbox(ctx, gate, hub.Look{})
		if err != nil || len(list) != 2 || len(list[0].To) != 2 || len(list[1].To) != 1 {
			t.Fatalf("%+v %v", list, err)
		}
		must(w.Passed(ctx, gate, silent.ID, "there-1", nil, nil))
		must(w.Passed(ctx, gate, arrived.ID, "there-2", nil, nil))
		whole(t, w) // before any word comes
		tell("there-2", hub.Delivered)

		// Given back as unreadable, it leaves the queue once, not once for each copy.
		_, err = w.Redeliver(ctx, Operator, STT, now.Add(-100*time.Hour), "lần nữa")
		must(err)
		must(w.Release(ctx, gate, silent.ID, true, "hỏng\x00\x1b tệp", 0))
		if l, err := w.Load(ctx, STT); err != nil || l.Waiting != 1 {
			t.Errorf("%d are said to wait, one does: %v", l.Waiting, err)
		}
		whole(t, w)
	})
}

// What was purged does not wait again without its body, also when the purge comes
// while packets are handed out again; the operator is told how many
// (BRVT1842-10.7).
func TestRedeliverWithoutBodies(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		w := New(t, host)
		since := now.Add(-time.Minute)
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1}))
		w.Take(SNV)
		now = now.Add(time.Hour)
		kept := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2})).ID
		w.Take(SNV)
		purge := func() {
			if p, err := w.Purge(ctx, since.Add(30*time.Minute)); err != nil || p.Packets != 1 {
				t.Fatalf("%+v %v", p, err)
			}
		}
		want := hub.Redelivered{Packets: 1, Gone: 1}
		if r, err := w.RedeliverWith(ctx, w.As(SNV), since, purge); err != nil || r != want {
			t.Errorf("%+v %v", r, err)
		}
		if got := w.Take(SNV); !slices.Equal(got, []string{kept}) {
			t.Errorf("%v", got)
		}
		if r, err := w.Redeliver(ctx, Operator, SNV, since, "phục hồi máy chủ"); err != nil || r != want {
			t.Errorf("%+v %v", r, err)
		}
		lines, err := w.Recent(ctx, w.As(SXD), 10)
		if err != nil || len(lines) != 2 {
			t.Fatal(lines, err)
		}
		for _, l := range lines {
			if l.Confirmed.IsZero() == (l.ID != kept) {
				t.Errorf("%s: confirmed %v, %s", l.Document, l.Confirmed, l.Transport)
			}
		}
		events, err := w.Events(ctx, SNV, 0, 1)
		if err != nil || len(events) != 1 || !strings.Contains(events[0].Detail, "1 gói đã hết hạn giữ nội dung") {
			t.Errorf("%+v %v", events, err)
		}
		whole(t, w)
	})
}
