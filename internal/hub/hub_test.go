package hub_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/fail"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var ctx = context.Background()

func each(t *testing.T, f func(*testing.T, *World)) {
	dbtest.Each(t, nil, func(t *testing.T, host *db.Host) { f(t, New(t, host)) })
}

func offer(s string) hub.Offer { return hub.Offer{Body: strings.NewReader(s)} }

func codeOf(err error) hub.Code {
	var r *hub.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// A packet goes from hand to hand, and every step has a receipt that stands
// without the hub (C09, BRVT1842-6.5, HT33-10.2.i).
func TestPacketGoesThrough(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		raw := Packet(Doc{From: SXD, To: []string{SNV, UBH}, Number: 7})
		ack := w.Send(SXD, raw)
		if len(ack.To) != 2 || ack.To[0].State != hub.Sent || ack.Duplicate {
			t.Fatalf("ack %+v", ack)
		}
		rc, err := ledger.VerifyReceipt(ack.Receipt, w.PublicKey())
		if err != nil || rc.Entry.Event != ledger.Accepted || rc.Entry.Sender != SXD || rc.Entry.Message != ack.ID {
			t.Fatalf("receipt %+v %v", rc, err)
		}
		snv := w.As(SNV)
		list, err := w.Inbox(ctx, snv, hub.Look{})
		if err != nil || len(list) != 1 || list[0].ID != ack.ID || list[0].Sender != SXD || list[0].Attempts != 1 {
			t.Fatalf("inbox %+v %v", list, err)
		}
		body, err := w.Fetch(ctx, snv, ack.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		if _, err := body.WriteTo(&got); err != nil || got.String() != raw {
			t.Fatalf("body differs: %v", err)
		}
		body.Close()
		w.Fetched(snv, body)
		first, err := w.Confirm(ctx, snv, ack.ID)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Confirm(ctx, snv, ack.ID)
		if err != nil || string(first) != string(again) {
			t.Fatalf("second confirmation: %v", err)
		}
		proofs, err := w.Receipts(ctx, w.As(SXD), ack.ID)
		if err != nil || len(proofs) != 3 {
			t.Fatalf("%d receipts, %v", len(proofs), err)
		}
		lines, _, err := w.Lines(ctx, w.As(SXD), ack.ID)
		if err != nil || lines[0].State == lines[1].State {
			t.Fatalf("lines %+v %v", lines, err)
		}
		if err := w.Audit(ctx); err != nil {
			t.Fatal(err)
		}
	})
}

// A packet that went out and is not confirmed is logged as delivered by itself.
func TestFetchIsNoted(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 8}))
		body, err := w.Fetch(ctx, w.As(SNV), ack.ID)
		if err != nil {
			t.Fatal(err)
		}
		body.Close()
		noted := w.Store.Changed()
		w.Fetched(w.As(SNV), body)
		<-noted
		proofs, err := w.Receipts(ctx, w.As(SXD), ack.ID)
		if err != nil || len(proofs) != 2 || proofs[1].Event != ledger.Delivered || proofs[1].Recipient != SNV {
			t.Fatalf("%+v %v", proofs, err)
		}
	})
}

// One effect per (sender, document, recipient), however it is offered again
// (BRVT1842-6.5).
func TestOfferedAgainHasOneEffect(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		d := Doc{From: SXD, To: []string{SNV}, Number: 7}
		first := w.Send(SXD, Packet(d))
		second := w.Send(SXD, Packet(d))
		if !second.Duplicate || second.ID != first.ID || string(second.Receipt) != string(first.Receipt) {
			t.Fatalf("same bytes: %+v", second)
		}
		d.Sent = time.Now()
		rebuilt := w.Send(SXD, Packet(d))
		if !rebuilt.Duplicate || rebuilt.ID != first.ID {
			t.Fatalf("built anew: %+v", rebuilt)
		}
		d.To = []string{SNV, UBH}
		more := w.Send(SXD, Packet(d))
		if more.Duplicate || len(more.To) != 1 || more.To[0].Code != UBH {
			t.Fatalf("one more recipient: %+v", more)
		}
		d.To, d.File = []string{SNV}, []byte("%PDF-1.7 another text of the letter")
		_, err := w.Accept(ctx, w.As(SXD), offer(Packet(d)))
		if codeOf(err) != hub.CodeDuplicate {
			t.Fatalf("other content under the same id: %v", err)
		}
		if got := w.Take(SNV); len(got) != 1 {
			t.Fatalf("received %d times", len(got))
		}
	})
}

func TestIdempotencyKey(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	sxd := w.As(SXD)
	send := func(n int, key string) (hub.Ack, error) {
		return w.Accept(ctx, sxd, hub.Offer{Body: strings.NewReader(Packet(Doc{From: SXD, To: []string{SNV}, Number: n})), Key: key})
	}
	a, err := send(1, "out-1")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := send(1, "out-1"); err != nil || !b.Duplicate || b.ID != a.ID {
		t.Fatalf("%+v %v", b, err)
	}
	if _, err := send(2, "out-1"); codeOf(err) != hub.CodeKey {
		t.Fatalf("key used twice: %v", err)
	}
}

// A refused document may be sent again, corrected (HT33-8.2.iii, §6.3).
func TestNewPacketAfterRefusal(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	d := Doc{From: SXD, To: []string{SNV}, Number: 7}
	first := w.Send(SXD, Packet(d))
	w.Take(SNV)
	w.Send(SNV, Say(SNV, SXD, first.Document, "02", "Chữ ký không hợp lệ", time.Now()))
	d.File = []byte("%PDF-1.7 signed anew this time")
	second := w.Send(SXD, Packet(d))
	if second.Duplicate || second.ID == first.ID {
		t.Fatalf("%+v", second)
	}
}

// Nothing of a refused packet is kept (C09 invariant 9, C11 invariant 1).
func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		if err := w.Link(ctx, Operator, UBX, hub.LinkSuspended, "", "bảo trì"); err != nil {
			t.Fatal(err)
		}
		good := Doc{From: SXD, To: []string{SNV}}
		with := func(f func(*Doc)) string { d := good; f(&d); return Packet(d) }
		for _, c := range []struct {
			name  string
			offer hub.Offer
			code  hub.Code
		}{
			{"sender is another (HT33-12.2)", offer(with(func(d *Doc) { d.From = UBH })), hub.CodeSender},
			{"unknown recipient", offer(with(func(d *Doc) { d.To = []string{SNV, "000.00.77.H99"} })), hub.CodeRecipient},
			{"recipient not connected (HT33-7.4)", offer(with(func(d *Doc) { d.To = []string{HOIX} })), hub.CodeRecipient},
			{"recipient suspended", offer(with(func(d *Doc) { d.To = []string{UBX} })), hub.CodeRecipient},
			{"no recipient", offer(with(func(d *Doc) { d.To = nil })), hub.CodeRecipient},
			{"secret (HT33-1.2)", offer(with(func(d *Doc) { d.Subject = "Kế hoạch (MẬT) năm 2025" })), hub.CodeBarred},
			{"mark (HT33-6)", offer(with(func(d *Doc) { d.Subject = "Tài liệu họp, xem xong trả lại" })), hub.CodeBarred},
			{"not XML", offer("1212" + Packet(good)), hub.CodePacket},
			{"cut off", offer(Packet(good)[:900]), hub.CodePacket},
			{"other hash", hub.Offer{Body: strings.NewReader(Packet(good)), SHA256: strings.Repeat("0", 64)}, hub.CodeHash},
			{"other hash of a large one", hub.Offer{Body: Stream(good, 100_000), SHA256: strings.Repeat("0", 64)}, hub.CodeHash},
			{"a large one from another", hub.Offer{Body: Stream(Doc{From: UBH, To: []string{SNV}}, 100_000)}, hub.CodeSender},
			{"from nobody", offer(with(func(d *Doc) { d.From = "" })), hub.CodePacket},
		} {
			t.Run(c.name, func(t *testing.T) {
				_, err := w.Accept(ctx, w.As(SXD), c.offer)
				if codeOf(err) != c.code {
					t.Fatalf("got %v", err)
				}
				if e, ok := fail.As(err); !ok || e.Text == "" {
					t.Fatalf("no sentence: %v", err)
				}
			})
		}
		page, err := w.Sent(ctx, w.As(SXD), "")
		if err != nil || len(page.Lines) != 0 {
			t.Fatalf("kept %+v %v", page.Lines, err)
		}
		if left := w.Take(SNV); len(left) != 0 {
			t.Fatalf("delivered %v", left)
		}
	})
}

func TestBadRecipientsAreAllNamed(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	_, err := w.Accept(ctx, w.As(SXD), offer(Packet(Doc{From: SXD, To: []string{HOIX, SNV, "000.00.77.H99"}})))
	var r *hub.Refusal
	if !errors.As(err, &r) || len(r.Recipients) != 2 || r.Recipients[0].Reason != hub.NotConnected || r.Recipients[1].Reason != hub.Unknown {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(r.Fail.Text, "Hội X") {
		t.Fatalf("does not name the agency: %s", r.Fail.Text)
	}
}

// Urgent first (QD28-6.2); else in order; a recall never before its document.
func TestOrder(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		var want []string
		for n := range 5 {
			want = append(want, w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: n + 1})).ID)
		}
		urgent := w.Send(UBH, Packet(Doc{From: UBH, To: []string{SNV}, Number: 99, Priority: 3}))
		recall := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1, Kind: 1, Priority: 3, About: SXD + ",2025/03/03,1/CV"}))
		want = append(append([]string{urgent.ID}, want...), recall.ID)
		if got := w.Take(SNV); !slices.Equal(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
	})
}

// Two fetchers of one agency never hold packets of one sender at once, and a
// dead one loses nothing.
func TestLocks(t *testing.T) {
	var later atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	dbtest.Each(t, clock, func(t *testing.T, host *db.Host) {
		w := New(t, host)
		a := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1}))
		b := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2}))
		c := w.Send(UBH, Packet(Doc{From: UBH, To: []string{SNV}, Number: 3}))
		snv := w.As(SNV)
		look := func(want ...string) {
			t.Helper()
			list, err := w.Inbox(ctx, snv, hub.Look{Limit: 1, Lock: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range list {
				got = append(got, x.ID)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
		look(a.ID)
		look(c.ID)
		look()
		later.Add(int64(time.Hour + time.Second))
		look(a.ID)
		if _, err := w.Confirm(ctx, snv, a.ID); err != nil {
			t.Fatal(err)
		}
		look(b.ID)
	})
}

func TestInboxWaits(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		snv := w.As(SNV)
		got := make(chan []hub.Arrival, 1)
		go func() {
			list, _ := w.Inbox(ctx, snv, hub.Look{Wait: 20 * time.Second})
			got <- list
		}()
		time.Sleep(50 * time.Millisecond)
		start := time.Now()
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		if list := <-got; len(list) != 1 || time.Since(start) > 15*time.Second {
			t.Fatalf("%v after %v", list, time.Since(start))
		}
	})
}

// Systems that wait with nothing to come leave the store alone: a thousand of
// them would else keep its disk busy (BRVT1842-6.5).
func TestWaitingWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		snv, before := w.As(SNV), w.Counts().Writes.Count
		list, err := w.Inbox(ctx, snv, hub.Look{Wait: 5 * time.Second}) // longer than the time between two looks
		if err != nil || len(list) != 0 {
			t.Fatal(list, err)
		}
		if n := w.Counts().Writes.Count - before; n != 0 {
			t.Errorf("%d acts in the store", n)
		}
	})
}

// A packet that a system cannot read does not block the way (BRVT1842-6.5).
func TestReleaseFinalFreesTheWay(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	a := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1}))
	b := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2}))
	snv := w.As(SNV)
	if err := w.Release(ctx, snv, a.ID, true, "không đọc được", 0); err != nil {
		t.Fatal(err)
	}
	if got := w.Take(SNV); !slices.Equal(got, []string{b.ID}) {
		t.Fatalf("got %v", got)
	}
	lines, _, _ := w.Lines(ctx, w.As(SXD), a.ID)
	if lines[0].State != hub.Failed || lines[0].Note != "không đọc được" {
		t.Fatalf("%+v", lines)
	}
}

// Nobody but sender and recipients learns of a packet.
func TestOthersSeeNothing(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	a := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	ubh := w.As(UBH)
	_, fetch := w.Fetch(ctx, ubh, a.ID)
	_, confirm := w.Confirm(ctx, ubh, a.ID)
	_, receipts := w.Receipts(ctx, ubh, a.ID)
	_, _, lines := w.Lines(ctx, ubh, a.ID)
	_, sender := w.Confirm(ctx, w.As(SXD), a.ID)
	for _, err := range []error{fetch, confirm, receipts, lines, sender} {
		if codeOf(err) != hub.CodeNotFound {
			t.Errorf("got %v", err)
		}
	}
}
