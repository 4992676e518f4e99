package hub_test

import (
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// Of what a gateway passed on, that which the hub beyond took from an entry on waits
// again, with its ids, and nothing else; what failed or was purged does not. A loss
// of more than a week waits for a person, whose word ends the alarm (BRVT1842-6.5,
// GL443-3.4.ii).
func TestForgottenBeyond_BRVT1842_6_5(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		start := now
		w := New(t, host)
		const bnv, bxd = "000.00.00.G09", "000.00.00.G17"
		_, err := w.EnrolBeyond(ctx, STT, []hub.Agency{{Code: bnv, Name: "Bộ Nội vụ", State: hub.LinkOfficial}, {Code: bxd, Name: "Bộ Xây dựng", State: hub.LinkOfficial}})
		must(t, err)
		gate := w.As(STT)
		number := 0
		// pass hands a packet on; the hub's own receipts stand for those of the other.
		pass := func(state hub.State, to ...string) (id string, place int64) {
			number++
			ack := w.Send(SXD, Packet(Doc{From: SXD, To: to, Number: number}))
			var legs []hub.Word
			for _, code := range to {
				legs = append(legs, hub.Word{ID: "there-" + ack.ID, To: code, State: state})
			}
			must(t, w.Passed(ctx, gate, ack.ID, "there-"+ack.ID, ack.Receipt, legs))
			return ack.ID, placeOf(t, ack.Receipt)
		}
		saw := func(s hub.Sight) hub.Redelivered {
			t.Helper()
			r, err := w.SawBeyond(ctx, gate, s)
			must(t, err)
			return r
		}
		alarms := func() (text string) {
			must(t, w.Tick(ctx))
			list, err := w.Alarms(ctx)
			must(t, err)
			for _, a := range list {
				if a.Kind == hub.AlarmBeyond {
					text += a.Text
				}
			}
			return text
		}

		_, _ = pass(hub.Delivered, bnv)
		first, from := pass(hub.Delivered, bnv)
		second, _ := pass(hub.Sent, bnv, bxd)
		_, _ = pass(hub.Failed, bxd)
		saw(hub.Sight{Key: "k1", Head: []byte("đầu 1")})
		third, _ := pass(hub.Delivered, bxd)
		l, err := w.BeyondLog(ctx, gate)
		if err != nil || l.Key != "k1" || string(l.Head) != "đầu 1" || !strings.HasPrefix(string(l.Claim), "vanthu-receipt/") {
			t.Errorf("%+v %v", l, err)
		}
		_, err = w.Tell(ctx, gate, nil, "77")
		must(t, err)
		for _, want := range []int64{3, 0} { // the second time they wait already
			if r := saw(hub.Sight{Key: "k2", Head: []byte("đầu 2"), Lost: true, From: from}); r.Packets != want || r.Gone != 0 {
				t.Errorf("%+v, want %d", r, want)
			}
		}
		if since, err := w.Told(ctx, gate); err != nil || since != "" {
			t.Errorf("tells on from %q: %v", since, err)
		}
		whole(t, w)
		list, err := w.Inbox(ctx, gate, hub.Look{})
		if err != nil || len(list) != 3 || list[0].ID != first || list[1].ID != second || list[2].ID != third || len(list[1].To) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		for _, x := range list {
			must(t, w.Passed(ctx, gate, x.ID, "there-"+x.ID, nil, nil))
		}
		if text := alarms(); text != "" {
			t.Error(text)
		}

		// A purge leaves nothing to offer; it is said.
		_, from = pass(hub.Delivered, bnv)
		now = now.Add(time.Hour)
		if p, err := w.Purge(ctx, now); err != nil || p.Packets == 0 {
			t.Fatalf("%+v %v", p, err)
		}
		if r := saw(hub.Sight{Key: "k3", Head: []byte("đầu 3"), Lost: true, From: from}); r != (hub.Redelivered{Gone: 1}) {
			t.Errorf("%+v", r)
		}

		// Who has the key could say so of any place in the log.
		now = start.Add(8 * 24 * time.Hour)
		if r := saw(hub.Sight{Key: "k4", Head: []byte("đầu 4"), Lost: true}); r != (hub.Redelivered{}) {
			t.Errorf("%+v", r)
		}
		if l, err := w.BeyondLog(ctx, gate); err != nil || l.Key != "k3" {
			t.Errorf("%+v %v", l, err)
		}
		if text := alarms(); !strings.Contains(text, "7 ngày") || !strings.Contains(text, STT) {
			t.Error(text)
		}
		_, err = w.Redeliver(ctx, Operator, STT, start, "đã hỏi bên kia")
		must(t, err)
		if text := alarms(); text != "" {
			t.Error(text)
		}
		whole(t, w)
		for _, who := range []hub.Caller{w.As(SNV), w.As(SXD)} {
			if _, err := w.SawBeyond(ctx, who, hub.Sight{Key: "k", Head: []byte("h")}); codeOf(err) != hub.CodeForbidden {
				t.Errorf("%s: %v", who.Code, err)
			}
		}
	})
}

func placeOf(t *testing.T, receipt []byte) int64 {
	t.Helper()
	r, err := ledger.ParseReceipt(receipt)
	must(t, err)
	return r.Index
}
