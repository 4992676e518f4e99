package hub_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// The hub is restored from last night's copy. Agencies offer again what they
// have acknowledgements for: nothing is lost, and receivers recognise by its
// id what they have already (BRVT1842-10.7, HT33-14.6).
func TestRestoredFromLastNight(t *testing.T) {
	dir, copied, key := t.TempDir(), t.TempDir(), Key("truc.h99.vn")
	open := func(dir, key string, change ...func(*hub.Config)) (*World, func()) {
		host, err := db.OpenDir(dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return Open(t, host, dir+"/blob", key, change...), func() { host.Close() }
	}
	w, end := open(dir, key)
	if err := Fill(ctx, w.Hub); err != nil {
		t.Fatal(err)
	}
	packet := func(n int) string { return Packet(Doc{From: SXD, To: []string{SNV}, Number: n}) }
	evening := []hub.Ack{w.Send(SXD, packet(1)), w.Send(SXD, packet(2))}
	end()
	if err := os.CopyFS(copied+"/x", os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	w, end = open(dir, key)
	morning := []hub.Ack{w.Send(SXD, packet(3)), w.Send(SXD, packet(4))}
	got := w.Take(SNV) // all four are at the receiver
	list, err := w.Directory(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	sent, err := w.Sent(ctx, w.As(SXD), "")
	if err != nil {
		t.Fatal(err)
	}
	end()

	w, end = open(copied+"/x", Key("truc.h99.vn/2"), func(c *hub.Config) { c.Former = []string{key} })
	defer end()
	if _, err := w.AuthenticateBy(ctx, SXD, func(s []byte) bool { return string(s) == Secret(SXD) }); err != nil {
		t.Errorf("secrets of the old hub: %v", err)
	}
	for n := 1; n <= 4; n++ {
		ack := w.Send(SXD, packet(n))
		if want := append(slices.Clone(evening), morning...)[n-1].ID; ack.ID != want {
			t.Errorf("packet %d came back as %s, was %s", n, ack.ID, want)
		}
		if ack.Duplicate != (n <= 2) {
			t.Errorf("packet %d: duplicate %v", n, ack.Duplicate)
		}
		r, err := ledger.VerifyReceipt(ack.Receipt, w.PublicKey())
		if err != nil || r.Checkpoint.Origin != "truc.h99.vn/2" {
			t.Errorf("receipt %d: %v", n, err)
		}
	}
	again := w.Take(SNV)
	if err := w.Enrol(ctx, Operator, hub.Agency{Code: "000.00.77.H99", Name: "Sở mới"}); err != nil {
		t.Fatal(err)
	}
	if d, err := w.Directory(ctx, list.Next); err != nil || len(d.Agencies) != 1 {
		t.Errorf("a mark from before the restore hides what changes: %+v %v", d, err)
	}
	if p, err := w.Sent(ctx, w.As(SXD), sent.Next); err != nil || len(p.Lines) != 4 {
		t.Errorf("a mark from before the restore hides what was sent: %+v %v", p, err)
	}
	slices.Sort(got)
	slices.Sort(again)
	if !slices.Equal(got, again) {
		t.Fatalf("before %v\nafter %v", got, again)
	}
	if err := w.Audit(ctx); err != nil {
		t.Fatal(err)
	}
}

// A copy that comes back a second time gives no id that the first life gave, and
// each former key says once where its log ends (GL443-3.4.ii).
func TestRestoredTwice(t *testing.T) {
	dir, keys := t.TempDir(), []string{Key("truc.h99.vn"), Key("truc.h99.vn/2"), Key("truc.h99.vn/3")}
	open := func(life string, n int) (*World, func()) {
		host, err := db.OpenDir(dir+life, time.Now)
		must(t, err)
		w := Open(t, host, dir+life+"/blob", keys[n], func(c *hub.Config) { c.Former = keys[:n] })
		return w, func() { host.Close() }
	}
	packet := func(n int) string { return Packet(Doc{From: SXD, To: []string{SNV}, Number: n}) }
	w, end := open("/0", 0)
	must(t, Fill(ctx, w.Hub))
	first := w.PublicKey()
	_, shared, err := w.Checkpoint(ctx)
	must(t, err)
	end()
	for _, life := range []string{"/1", "/2"} {
		must(t, os.CopyFS(dir+life, os.DirFS(dir+"/0")))
	}
	w, end = open("/1", 1)
	w.Send(SXD, packet(1))
	sent, err := w.Sent(ctx, w.As(SXD), "")
	must(t, err)
	end()

	w, end = open("/2", 2)
	w.Send(SXD, packet(2))
	if p, err := w.Sent(ctx, w.As(SXD), sent.Next); err != nil || len(p.Lines) != 1 {
		t.Errorf("a mark of the second life hides the third: %+v %v", p, err)
	}
	end()

	w, end = open("/1", 2) // the second life comes back, not the first
	defer end()
	notes, err := w.Successions(ctx)
	must(t, err)
	var raw [][]byte
	for _, n := range notes {
		raw = append(raw, []byte(n))
	}
	if s := ledger.Succeeded(first, w.PublicKey(), raw); len(raw) != 2 || s == nil || s.Size != shared {
		t.Errorf("%d words, the first log ends at %+v, want %d", len(raw), s, shared)
	}
}

// The clock jumps: packets keep their order, and no lock outlives it.
func TestClockSteps(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	w := New(t, dbtest.SQLite(t, func() time.Time { return now }))
	a := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1}))
	snv := w.As(SNV)
	if list, err := w.Inbox(ctx, snv, hub.Look{}); err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	now = now.Add(-24 * time.Hour) // a lock until tomorrow, seen from here
	b := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2}))
	now = now.Add(time.Second)
	if got := w.Take(SNV); !slices.Equal(got, []string{a.ID, b.ID}) {
		t.Fatalf("got %v", got)
	}
}

// A directory file is entered, again without harm, and a bad line is named.
func TestImport(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	var b strings.Builder
	b.WriteString("\xef\xbb\xbfCODE;NAME;parent;alt_code;ghi chú\n")
	for i := range 1200 {
		fmt.Fprintf(&b, "%03d.%02d.40.H99;Đơn vị %d;000.00.40.H99;;x\n", i%900+1, i/900+1, i)
	}
	for range 2 {
		m, err := w.Import(ctx, Operator, strings.NewReader(b.String()), nil)
		if err != nil || m.Entered != 1200 || m.Rejected != 0 {
			t.Fatalf("%+v %v", m, err)
		}
	}
	for _, bad := range []string{"", "name\nA\n", "\"code,name\n"} {
		if _, err := w.Import(ctx, Operator, strings.NewReader(bad), nil); codeOf(err) != hub.CodeDirectory {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Lines that are refused are named with their number and leave nothing behind;
// the others are entered (BRVT1842-10.3).
func TestImportNamesRejectedLines(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		file := "code,name,alt_code,parent,class\n" +
			"000.00.41.H99,Sở A,H99.41,,\n" + // 2
			"000.00.42.H99,,,,\n" + // 3: no name
			"000.00.43.H99,Sở C,H99.41,,\n" + // 4: the other's code
			"000.00.44.H99,\"Sở D,,,\n" // 5: the quote is never closed
		m, err := w.Import(ctx, Operator, strings.NewReader(file), nil)
		if err != nil || m.Entered != 1 || m.Rejected != 3 {
			t.Fatalf("%+v %v", m, err)
		}
		for i, want := range []int{5, 3, 4} {
			if l := m.Lines[i]; l.Line != want || l.Text == "" {
				t.Errorf("%+v, want line %d", l, want)
			}
		}
		if _, err := w.Agency(ctx, "000.00.43.H99"); codeOf(err) != hub.CodeNotFound {
			t.Errorf("a refused line left an agency: %v", err)
		}
	})
}

// 120,000 agencies in under a minute.
func BenchmarkImport(b *testing.B) {
	for range b.N {
		w := New(b, dbtest.SQLite(b, nil))
		var f strings.Builder
		f.WriteString("code,name,parent\n")
		for i := range 120_000 {
			fmt.Fprintf(&f, "%03d.%02d.%02d.H%02d,Đơn vị %d,000.00.00.H99\n", i%1000, i/1000%50, i/50000+1, 70, i)
		}
		if m, err := w.Import(ctx, Operator, strings.NewReader(f.String()), nil); err != nil || m.Entered != 120_000 {
			b.Fatal(m, err)
		}
	}
}

// Bodies that nobody waits for are removed after their term, proofs stay, and
// the same content may come anew.
func TestPurge(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		w := New(t, host)
		done := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1}))
		w.Take(SNV)
		waits := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBH}, Number: 2}))
		now = now.AddDate(1, 0, 0)
		fresh := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 3}))
		if n, err := w.Purge(ctx, now.AddDate(0, -6, 0)); err != nil || n.Packets != 1 {
			t.Fatalf("%+v %v", n, err)
		}
		for id, want := range map[string]hub.Code{done.ID: hub.CodeGone, waits.ID: "", fresh.ID: ""} {
			b, err := w.Fetch(ctx, w.As(SXD), id)
			if codeOf(err) != want {
				t.Errorf("%s: %v", id, err)
			}
			if err == nil {
				b.Close()
			}
		}
		if list, err := w.Receipts(ctx, w.As(SXD), done.ID); err != nil || len(list) != 3 {
			t.Errorf("%d receipts, %v", len(list), err)
		}
		if again := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1})); !again.Duplicate || again.ID != done.ID {
			t.Errorf("%+v", again)
		}
		if _, err := w.Fetch(ctx, w.As(SXD), done.ID); codeOf(err) != hub.CodeGone {
			t.Errorf("the body of a repeat was kept: %v", err)
		}
	})
}
