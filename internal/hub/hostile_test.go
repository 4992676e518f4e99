package hub_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/fail"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// An address that no store can keep as it is written leads to its agency or
// nowhere; it never takes the packets of others with it, which share its commit
// (law:BRVT1842-6.5).
func TestAddressHarmsNobody(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		holds, free := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			w.Store.Write(ctx, db.System, func(*db.Tx) error { close(holds); <-free; return nil })
		})
		<-holds
		odd := []string{SNV + "\x00", SNV + "\xff", "\x01" + SNV}
		errs := make([]error, len(odd)+1)
		for i, to := range odd {
			raw := Packet(Doc{From: SXD, To: []string{SNV}, ID: "LA-" + string(rune('a'+i)), Number: i + 1})
			all.Go(func() {
				_, errs[i] = w.Accept(ctx, w.As(SXD), hub.Offer{Body: strings.NewReader(raw), To: []string{to}})
			})
		}
		all.Go(func() {
			_, errs[len(odd)] = w.Accept(ctx, w.As(SNV), offer(Packet(Doc{From: SNV, To: []string{SXD}, ID: "LANH-1"})))
		})
		close(free)
		all.Wait()
		for i, err := range errs {
			if err != nil {
				t.Errorf("offer %d: %v", i, err)
			}
		}
		if got := w.Take(SXD); len(got) != 1 {
			t.Errorf("%d packets of the other agency arrived", len(got))
		}
	})
}

// What one agency writes in place of a code does not stay in the hub's memory.
func TestLongAddressesAreNotKept(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	sxd := w.As(SXD)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for n := range 10 {
		o := offer(Packet(Doc{From: SXD, To: []string{SNV}, Number: n + 1}))
		o.To = []string{strings.Replace(SNV, ".", strings.Repeat(" ", 4<<20+n)+".", 1)}
		if _, err := w.Accept(ctx, sxd, o); err != nil {
			t.Fatal(err)
		}
	}
	if grown := int64(heap()) - int64(before); grown > 16<<20 {
		t.Errorf("%d MB stay", grown>>20)
	}
	runtime.KeepAlive(w)
}

// A packet about more documents than anybody replaces at once is refused: each is
// noted and looked for in the turn that all agencies share.
func TestManyReplacedDocuments(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	replacing := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<edXML:ReplacementInfo><edXML:DocumentId>CU-%d</edXML:DocumentId></edXML:ReplacementInfo>`, i)
		}
		raw := Packet(Doc{From: SXD, To: []string{SNV}, ID: fmt.Sprint("THAY-", n), Kind: 3, Priority: 3})
		return strings.Replace(raw, `</edXML:Bussiness>`, `<edXML:ReplacementInfoList>`+b.String()+`</edXML:ReplacementInfoList></edXML:Bussiness>`, 1)
	}
	if _, err := w.Accept(ctx, w.As(SXD), offer(replacing(100))); err != nil {
		t.Error(err)
	}
	if _, err := w.Accept(ctx, w.As(SXD), offer(replacing(101))); codeOf(err) != hub.CodePacket {
		t.Errorf("101 documents: %v", err)
	}
}

// One agency cannot wait with any number of calls, each of which a packet would
// wake; others wait as before (law:BRVT1842-6.5).
func TestTooManyWait(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	snv, calls := w.As(SNV), 120
	until, stop := context.WithCancel(ctx)
	defer stop()
	errs := make(chan error, calls)
	for range calls {
		go func() {
			_, err := w.Inbox(until, snv, hub.Look{Wait: time.Minute})
			errs <- err
		}()
	}
	for range calls - 100 { // these are answered at once, the others wait
		if err := <-errs; !fail.Is(err, fail.Busy) {
			t.Errorf("one too many: %v", err)
		}
	}
	if _, err := w.Inbox(ctx, w.As(SXD), hub.Look{Wait: time.Millisecond}); err != nil {
		t.Errorf("another agency: %v", err)
	}
	if _, err := w.Inbox(ctx, snv, hub.Look{}); err != nil {
		t.Errorf("a call that does not wait: %v", err)
	}
	stop()
	for range 100 {
		<-errs
	}
	if _, err := w.Inbox(ctx, snv, hub.Look{Wait: time.Millisecond}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A packet has an end of recipients, a status a near one: each is looked up in the
// turn that all share (HT33-12.1).
func TestRecipientsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		say := Say(SNV, SXD, SXD+",2025/03/03,1/CV", "03", "", time.Now())
		many := func(n int, to string) []string { return slices.Repeat([]string{to}, n) }
		for _, c := range []struct {
			from, packet string
			to           []string
			refused      bool
		}{
			{SNV, say, many(101, SXD), true},
			{SNV, say, many(100, SXD), false},
			{UBH, Packet(Doc{From: UBH, To: []string{SNV}}), many(10_001, SNV), true},
			{UBH, Packet(Doc{From: UBH, To: []string{SNV}}), many(10_000, SNV), false},
			{STT, Packet(Doc{From: STT, To: many(10_001, SNV)}), nil, true},
		} {
			_, err := w.Accept(ctx, w.As(c.from), hub.Offer{Body: strings.NewReader(c.packet), To: c.to})
			if e, ok := fail.As(err); ok != c.refused || ok && (codeOf(err) != hub.CodePacket || len(e.Fields) != 1 || e.Fields[0].Name != "To") || !ok && err != nil {
				t.Errorf("%s to %d: %v", c.from, len(c.to), err)
			}
		}
		if got := w.Take(STT); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}
