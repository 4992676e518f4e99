package hub_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// console is a world whose clock stands where it is set.
func console(t *testing.T, f func(t *testing.T, w *World, now *time.Time)) {
	start := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	now := start
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = start
		f(t, New(t, host), &now)
	})
}

// The console shows queues, what is late, and the next step (C09, C30).
func TestOverview(t *testing.T) {
	console(t, func(t *testing.T, w *World, now *time.Time) {
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV, UBH}, Number: 1}))
		*now = now.Add(time.Hour)
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2, Priority: 2}))
		w.Take(UBH)
		*now = now.Add(72 * time.Hour)
		must(t, w.Tick(ctx))
		o, err := w.Overview(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if o.Waiting != 2 || !o.Oldest.Equal(time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)) || o.LogSize != 5 || o.Agencies[hub.LinkOfficial] != 6 || o.Agencies[hub.LinkNone] != 1 {
			t.Fatalf("%+v", o)
		}
		if len(o.Busy) != 1 || o.Busy[0].Code != SNV || !o.Busy[0].Late || o.Busy[0].Next == "" || o.Busy[0].Waiting != 2 || o.Busy[0].Received != 2 {
			t.Errorf("%+v", o.Busy)
		}
		if o.Lost != 6 || len(o.Silent) != 6 {
			t.Errorf("%d lost, %+v", o.Lost, o.Silent)
		}
		if a, err := w.Load(ctx, UBH); err != nil || !a.Seen.Equal(time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)) || a.Late || a.Waiting != 0 {
			t.Errorf("%+v, %v", a, err)
		}
		if o.Held.Rows == 0 || o.Held.Total == 0 || o.Counts.Writes.Count == 0 || o.Counts.Writes.Under[len(hub.DelayBounds)-1] == 0 {
			t.Errorf("%+v %+v", o.Held, o.Counts)
		}
	})
}

// A thousand agencies behind a gateway never call themselves; that is no lost
// link. Their gateway's is.
func TestGatewayAnswersForThoseBehindIt(t *testing.T) {
	console(t, func(t *testing.T, w *World, now *time.Time) {
		must(t, w.Enrol(ctx, Operator, hub.Agency{Code: "000.03.31.H99", Name: "UBND xã C", Parent: UBH, Gateway: UBH}))
		*now = now.Add(time.Hour)
		w.As(UBH)
		a, err := w.Load(ctx, "000.03.31.H99")
		if err != nil || a.Silent || a.State != hub.LinkOfficial {
			t.Fatalf("%+v %v", a, err)
		}
		o, err := w.Overview(ctx)
		if err != nil || o.Lost != 5 {
			t.Errorf("%d lost, %v", o.Lost, err)
		}
	})
}

// The directory is found by words with or without marks, by codes of both
// systems, and page by page.
func TestBrowse(t *testing.T) {
	console(t, func(t *testing.T, w *World, _ *time.Time) {
		must(t, w.Enrol(ctx, Operator, hub.Agency{Code: SXD, AltCode: "H99.15", Name: "Sở Xây dựng", Symbol: "SXD", Parent: UBT}))
		codes := func(b hub.Browse) string {
			t.Helper()
			if b.Limit == 0 {
				b.Limit = 50
			}
			list, _, err := w.Browse(ctx, b)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, a := range list {
				out = append(out, a.Code)
			}
			return strings.Join(out, " ")
		}
		for typed, want := range map[string]string{"so xay": SXD, "dựng xây": SXD, "sxd": SXD, "h99.15": SXD, "000.00.15": SXD, "ubnd xa": UBX, "%": strings.Join([]string{UBT, STT, SNV, SXD, UBH, HOIX, UBX}, " "), "khong co": ""} {
			if got := codes(hub.Browse{Words: typed}); got != want {
				t.Errorf("%q finds %q, not %q", typed, got, want)
			}
		}
		if got := codes(hub.Browse{State: hub.LinkNone}); got != HOIX {
			t.Errorf("not connected: %q", got)
		}
		must(t, w.Link(ctx, Operator, HOIX, hub.LinkTrial, "", ""))
		if got := codes(hub.Browse{State: hub.LinkNone}); got != "" {
			t.Errorf("not connected: %q", got)
		}
		first, more, err := w.Browse(ctx, hub.Browse{Limit: 3})
		if err != nil || !more || len(first) != 3 {
			t.Fatalf("%d %v %v", len(first), more, err)
		}
		if got := codes(hub.Browse{After: first[2].Code}); got != strings.Join([]string{SXD, UBH, HOIX, UBX}, " ") {
			t.Errorf("second page: %s", got)
		}
		if got := codes(hub.Browse{Under: true}); got != UBT {
			t.Errorf("top of the tree: %s", got)
		}
		if below, err := w.Below(ctx, []string{UBT, SXD}); err != nil || !below[UBT] || below[SXD] {
			t.Errorf("%v %v", below, err)
		}
		n := 0
		must(t, w.Every(ctx, func(hub.Agency) error { n++; return nil }))
		if n != 7 {
			t.Errorf("%d agencies in the file", n)
		}
	})
}

// What came by another way than an operator's act is in the catalogue after a
// tick, and counted once.
func TestTickFollowsTheDirectory(t *testing.T) {
	console(t, func(t *testing.T, w *World, _ *time.Time) {
		var list []hub.Agency
		for i := range 2500 {
			list = append(list, hub.Agency{Code: fmt.Sprintf("%03d.%02d.77.H98", i/50+1, i%50+1), Name: fmt.Sprintf("Đơn vị %d", i)})
		}
		must(t, w.Enrol(ctx, db.System, list...))
		for range 2 {
			must(t, w.Tick(ctx))
		}
		o, err := w.Overview(ctx)
		if err != nil || o.Agencies[hub.LinkNone] != 2501 {
			t.Fatalf("%v %v", o.Agencies, err)
		}
		if got, _, err := w.Browse(ctx, hub.Browse{Words: "don vi 2499", Limit: 5}); err != nil || len(got) != 1 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// Rates are kept by the minute over restarts, and are right in between.
func TestPace(t *testing.T) {
	console(t, func(t *testing.T, w *World, now *time.Time) {
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV, UBH}, Number: 1}))
		must(t, w.Tick(ctx))
		*now = now.Add(2 * time.Minute)
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2}))
		w.Take(SNV)
		minutes, hours, err := w.PaceOf(ctx)
		if err != nil || len(minutes) != 60 || len(hours) != 24 {
			t.Fatal(len(minutes), len(hours), err)
		}
		if a, b := minutes[57], minutes[59]; a.Accepted != 1 || b.Accepted != 1 || b.Confirmed != 2 || b.Bytes == 0 || hours[23].Accepted != 2 {
			t.Errorf("%+v %+v %+v", a, b, hours[23])
		}
		must(t, w.Tick(ctx))
		if again, _, _ := w.PaceOf(ctx); again[59] != minutes[59] {
			t.Errorf("%+v became %+v", minutes[59], again[59])
		}
		flow, err := w.FlowOf(ctx, SNV)
		if err != nil || len(flow) != 24 || flow[23].Received != 2 || flow[23].Sent != 0 {
			t.Errorf("%+v %v", flow[23], err)
		}
		if flow, _ = w.FlowOf(ctx, SXD); flow[23].Sent != 2 {
			t.Errorf("%+v", flow[23])
		}
	})
}

// What is stored is counted as it comes and goes.
func TestStorage(t *testing.T) {
	console(t, func(t *testing.T, w *World, now *time.Time) {
		ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		must(t, w.Tick(ctx))
		o, err := w.Overview(ctx)
		if err != nil || o.Held.Packets != 1 || o.Held.Bodies != ack.Size {
			t.Fatalf("%+v %v", o.Held, err)
		}
		w.Take(SNV)
		*now = now.Add(time.Hour)
		if _, err := w.Purge(ctx, *now); err != nil {
			t.Fatal(err)
		}
		if o, _ = w.Overview(ctx); o.Held.Packets != 0 || o.Held.Bodies != 0 {
			t.Errorf("%+v", o.Held)
		}
	})
}

// The operator sees who watches the log, and how far.
func TestWitnesses(t *testing.T) {
	console(t, func(t *testing.T, w *World, now *time.Time) {
		first, _, err := w.Checkpoint(ctx)
		must(t, err)
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		second, size, err := w.Checkpoint(ctx)
		must(t, err)
		w.Witnessed(w.As(SNV), first)
		must(t, w.Tick(ctx))
		*now = now.Add(time.Minute)
		w.Witnessed(w.As(SNV), second)
		w.Witnessed(w.As(SXD), first)
		must(t, w.Tick(ctx))
		list, n, err := w.Witnesses(ctx, 10)
		if err != nil || n != 2 || list[0].Code != SNV || list[0].Size != size || !list[0].At.Equal(*now) || list[1].Size >= size {
			t.Fatalf("%+v %d %v", list, n, err)
		}
	})
}

// Alarms are raised once, with the next step, and end by themselves.
func TestAlarms(t *testing.T) {
	console(t, func(t *testing.T, w *World, now *time.Time) {
		kinds := func() string {
			t.Helper()
			must(t, w.Tick(ctx))
			list, err := w.Alarms(ctx)
			must(t, err)
			var out []string
			for _, a := range list {
				if a.Kind != hub.AlarmDisk { // of the machine that runs the test
					out = append(out, string(a.Kind)+" "+a.Subject)
				}
			}
			return strings.Join(out, ", ")
		}
		ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		if got := kinds(); got != "" {
			t.Fatalf("alarms from the start: %s", got)
		}
		*now = now.Add(11 * time.Minute)
		if got, want := kinds(), "silent "+SNV; got != want {
			t.Errorf("%q, not %q", got, want)
		}
		*now = now.Add(72 * time.Hour)
		first, _ := w.Alarms(ctx)
		if got, want := kinds(), "late "+SNV; got != want {
			t.Errorf("%q, not %q", got, want)
		}
		if again, _ := w.Alarms(ctx); again[len(again)-1].ID == first[len(first)-1].ID {
			t.Error("another alarm has the same number")
		}
		must(t, w.Release(ctx, w.As(SNV), ack.ID, true, "hỏng đĩa", 0))
		if got, want := kinds(), "dead "+SNV; got != want {
			t.Errorf("%q, not %q", got, want)
		}
		must(t, w.GiveBack(ctx, Operator, ack.ID, SNV, "gửi bản giấy"))
		if got := kinds(); got != "" {
			t.Errorf("%q stays", got)
		}
		must(t, w.Link(ctx, Operator, HOIX, hub.LinkTrial, "", ""))
		*now = now.AddDate(0, 2, -3)
		if got, want := kinds(), "trial "+HOIX; got != want {
			t.Errorf("%q, not %q", got, want)
		}
	})
}

// Where the operator's own pause is the cause, the alarm says so (BRVT1842-10.4).
func TestAlarmOfAPausedQueue(t *testing.T) {
	console(t, func(t *testing.T, w *World, now *time.Time) {
		must(t, w.Pause(ctx, Operator, SNV, true, "bảo trì"))
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		*now = now.Add(73 * time.Hour)
		must(t, w.Tick(ctx))
		list, err := w.Alarms(ctx)
		late := slices.IndexFunc(list, func(a hub.Alarm) bool { return a.Kind == hub.AlarmLate })
		if err != nil || late < 0 || !strings.Contains(list[late].Text, "Mở lại hàng đợi") {
			t.Fatalf("%+v %v", list, err)
		}
	})
}

// Once a recipient's system was mended, all that failed there goes again in one
// act, in its order, each with the reason in the journal; what failed elsewhere
// stays (BRVT1842-10.4).
func TestAllDeadLettersGoAgain(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		var sent []string
		for i := range 103 {
			sent = append(sent, w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: i + 1})).ID)
		}
		elsewhere := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBH}, Number: 200}))
		for range sent { // each fails as it comes
			list, err := w.Inbox(ctx, w.As(SNV), hub.Look{Limit: 1})
			must(t, err)
			must(t, w.Release(ctx, w.As(SNV), list[0].ID, true, "không đọc được", 0))
		}
		must(t, w.Release(ctx, w.As(UBH), elsewhere.ID, true, "hỏng đĩa", 0))
		n, err := w.ResendAll(ctx, Operator, SNV, "đã sửa phần mềm")
		if err != nil || n != len(sent) {
			t.Fatalf("%d went, %v", n, err)
		}
		if got := w.Take(SNV); !slices.Equal(got, sent) {
			t.Errorf("%d arrived, in order: %v", len(got), slices.Equal(got, sent))
		}
		if left, err := w.DeadLetters(ctx, 200); err != nil || len(left) != 1 || left[0].To != UBH {
			t.Errorf("%+v %v", left, err)
		}
		events, err := w.Events(ctx, SNV, 0, 1)
		if err != nil || events[0].Verb != "packet.resent" || events[0].Detail != "đã sửa phần mềm" {
			t.Errorf("%+v %v", events, err)
		}
		if n, err := w.ResendAll(ctx, Operator, SNV, ""); err != nil || n != 0 {
			t.Errorf("%d went again, %v", n, err)
		}
		if _, err := w.ResendAll(ctx, Operator, "không có", ""); codeOf(err) != hub.CodeNotFound {
			t.Errorf("%v", err)
		}
	})
}

// A failed packet is a dead letter until the operator sends it again.
func TestDeadLetterAndResend(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		if err := w.Resend(ctx, Operator, ack.ID, SNV, ""); codeOf(err) != hub.CodeState {
			t.Fatalf("resent what did not fail: %v", err)
		}
		if err := w.Release(ctx, w.As(SNV), ack.ID, true, "hỏng đĩa", 0); err != nil {
			t.Fatal(err)
		}
		list, err := w.DeadLetters(ctx, 10)
		if err != nil || len(list) != 1 || list[0].To != SNV || list[0].Note != "hỏng đĩa" {
			t.Fatalf("%+v %v", list, err)
		}
		if err := w.Resend(ctx, Operator, ack.ID, SNV, "đã thay đĩa"); err != nil {
			t.Fatal(err)
		}
		if got := w.Take(SNV); len(got) != 1 {
			t.Fatalf("%v", got)
		}
		if list, _ := w.DeadLetters(ctx, 10); len(list) != 0 {
			t.Fatalf("%+v", list)
		}
		events, err := w.Events(ctx, SNV, 0, 1)
		if err != nil || len(events) != 1 || events[0].Verb != "packet.resent" || events[0].Detail != "đã thay đĩa" || events[0].Actor != Operator.Person {
			t.Fatalf("%+v %v", events, err)
		}
		if older, err := w.Events(ctx, SNV, events[0].ID, 1); err != nil || len(older) != 1 || older[0].ID >= events[0].ID {
			t.Errorf("%+v %v", older, err)
		}
	})
}

// What waits or failed goes back to its sender with the reason, is no dead
// letter any more, and can be sent to another; what arrived cannot.
func TestGiveBack(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV, UBH}}))
		if q, err := w.Queue(ctx, SNV, 10); err != nil || len(q) != 1 || q[0].ID != ack.ID || q[0].From != SXD || q[0].Overdue {
			t.Fatalf("%+v %v", q, err)
		}
		if err := w.GiveBack(ctx, Operator, ack.ID, SNV, " "); codeOf(err) != hub.CodeDirectory {
			t.Fatalf("without a reason: %v", err)
		}
		must(t, w.GiveBack(ctx, Operator, ack.ID, SNV, "nơi nhận mất điện"))
		w.Take(UBH)
		if err := w.GiveBack(ctx, Operator, ack.ID, UBH, "nhầm"); codeOf(err) != hub.CodeState {
			t.Fatalf("took back what had arrived: %v", err)
		}
		if err := w.GiveBack(ctx, Operator, ack.ID, STT, "nhầm"); codeOf(err) != hub.CodeNotFound {
			t.Fatalf("a packet that was never for it: %v", err)
		}
		lines, err := w.Recent(ctx, w.As(SXD), 10)
		must(t, err)
		for _, l := range lines {
			if l.To == SNV && (l.State != hub.Failed || !strings.Contains(l.Note, "nơi nhận mất điện")) || l.To == UBH && l.State != hub.Delivered {
				t.Errorf("%+v", l)
			}
		}
		if got := w.Take(SNV); len(got) != 0 {
			t.Errorf("still handed out: %v", got)
		}
		if list, _ := w.DeadLetters(ctx, 10); len(list) != 0 {
			t.Errorf("%+v", list)
		}
		// The mended system reads it after all.
		must(t, w.Resend(ctx, Operator, ack.ID, SNV, ""))
		must(t, w.Release(ctx, w.As(SNV), ack.ID, true, "hỏng đĩa", 0))
		if list, _ := w.DeadLetters(ctx, 10); len(list) != 1 {
			t.Fatalf("%+v", list)
		}
		must(t, w.GiveBack(ctx, Operator, ack.ID, SNV, "gửi bản giấy"))
		if list, _ := w.DeadLetters(ctx, 10); len(list) != 0 {
			t.Errorf("%+v", list)
		}
		must(t, w.Audit(ctx))
	})
}
