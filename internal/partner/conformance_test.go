package partner_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/api"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
	"vanthu/ledger"
)

var ctx = context.Background()

// site is a hub on a loopback port, and what else speaks for it.
type site struct {
	*World
	*httptest.Server
	axis    *axis    // the provincial dialect
	carrier *carrier // exchange folders
}

// down takes the hub off the line.
func (s site) down() {
	s.Server.Close()
	s.axis.srv.Close()
}

// carry moves what lies in exchange folders now, where there are any.
func (s site) carry() { s.carrier.carry() }

func start(t *testing.T) site { return startWith(t, Key("truc.h99.vn")) }

func startWith(t *testing.T, key string) site { return startOn(t, key, nil) }

func startOn(t *testing.T, key string, clock func() time.Time) site {
	w := Open(t, dbtest.SQLite(t, clock), t.TempDir(), key)
	if err := Fill(ctx, w.Hub); err != nil {
		t.Fatal(err)
	}
	srv := serveAt(t, "", api.HubHandler(w.Hub))
	return site{w, srv, newAxis(t, w), &carrier{World: w, dirs: map[string]string{}}}
}

// driver makes a partner of an agency at a site.
type driver struct {
	name string
	make func(s site, code string) partner.Partner
	// knows says what the dialect tells beyond the minimum.
	knows
	wrongSecret func(s site) partner.Partner
}

// knows is what a dialect tells; all of them send, list, fetch, confirm, reject.
type knows struct {
	receipts  bool // signed receipts, and changes since a token
	ids       bool // an arrival has the id of its acknowledgement
	kinds     bool // what a packet is, and how agencies are connected
	sent      bool // what became of what was sent
	refuses   bool // a refusal while sending
	directory bool // agencies
	delta     bool // only those that changed
}

var drivers = []driver{
	{"hub", func(s site, code string) partner.Partner { return partner.NewHub(s.URL, code, Secret(code), nil) },
		knows{receipts: true, ids: true, kinds: true, sent: true, refuses: true, directory: true, delta: true},
		func(s site) partner.Partner { return partner.NewHub(s.URL, SXD, "khong-phai-khoa-nay", nil) }},
	{"national", func(s site, code string) partner.Partner {
		n := partner.NewNational(s.URL, code, Secret(code), nil)
		n.Poll = 200 * time.Millisecond
		return n
	}, knows{ids: true, sent: true, refuses: true, directory: true, delta: true},
		func(s site) partner.Partner { return partner.NewNational(s.URL, SXD, "khong-phai-khoa-nay", nil) }},
	{"provincial", func(s site, code string) partner.Partner { return provincial(s, code, Secret(code)) },
		knows{ids: true, refuses: true, directory: true},
		func(s site) partner.Partner { return provincial(s, SXD, "khong-phai-khoa-nay") }},
	{"folder", func(s site, code string) partner.Partner { return folder(s, code) }, knows{kinds: true}, nil},
}

// An agency that watches the hub's log accepts its growth and finds another
// log under the same key (GL443-3.4.ii).
func TestWitnessFindsAnotherLog(t *testing.T) {
	key := Key("truc.h99.vn")
	one, other := startWith(t, key), startWith(t, key)
	p := partner.NewHub(one.URL, SXD, Secret(SXD), nil)
	w := &ledger.Witness{Keys: []string{one.PublicKey()}}
	for range 3 {
		if err := p.Watch(ctx, w); err != nil {
			t.Fatal(err)
		}
		one.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: int(time.Now().UnixNano())}))
	}
	for n := range 5 {
		other.Send(SNV, Packet(Doc{From: SNV, To: []string{SXD}, Number: n + 1}))
	}
	err := partner.NewHub(other.URL, SXD, Secret(SXD), nil).Watch(ctx, w)
	var fork *ledger.Fork
	if !errors.As(err, &fork) {
		t.Fatalf("another log was taken for the same: %v", err)
	}
}

// Every driver keeps the contract of Partner (C09, HT33-10.1.d, BRVT1842-3.3).
func TestConformance(t *testing.T) {
	for _, d := range drivers {
		t.Run(d.name, func(t *testing.T) {
			for name, f := range map[string]func(*testing.T, driver, site){
				"round trip": roundTrip, "sent again": sentAgain, "not confirmed comes again": comesAgain,
				"rejected": rejected, "refusals": refusals, "directory": directory, "waits": waits, "hub down": hubDown,
				"status": statusGoes,
			} {
				t.Run(name, func(t *testing.T) { f(t, d, start(t)) })
			}
		})
	}
}

func send(t *testing.T, p partner.Partner, raw, key string) partner.Ack {
	t.Helper()
	ack, err := p.Send(ctx, strings.NewReader(raw), int64(len(raw)), key)
	if err != nil {
		t.Fatal(err)
	}
	return ack
}

func inbox(t *testing.T, p partner.Partner) []partner.Arrival {
	t.Helper()
	list, err := p.Inbox(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func roundTrip(t *testing.T, d driver, s site) {
	sxd, snv := d.make(s, SXD), d.make(s, SNV)
	raw := Packet(Doc{From: SXD, To: []string{SNV}, Number: 7, Size: 300_000})
	ack := send(t, sxd, raw, "k1")
	list := inbox(t, snv)
	if len(list) != 1 || d.ids && list[0].ID != ack.ID || list[0].Sender != SXD {
		t.Fatalf("inbox %+v", list)
	}
	if d.kinds && list[0].Kind != "new" {
		t.Fatalf("kind %q", list[0].Kind)
	}
	var got bytes.Buffer
	if err := snv.Fetch(ctx, list[0].ID, &got); err != nil || got.String() != raw {
		t.Fatalf("fetched %d of %d bytes, %v", got.Len(), len(raw), err)
	}
	for range 2 {
		if err := snv.Confirm(ctx, list[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if left := inbox(t, snv); len(left) != 0 {
		t.Fatalf("left %+v", left)
	}
	if !d.sent {
		return
	}
	lines, next, err := sxd.Sent(ctx, "")
	if err != nil || len(lines) != 1 || lines[0].To != SNV || lines[0].State != "delivered" || lines[0].Transport != "done" {
		t.Fatalf("sent %+v %v", lines, err)
	}
	if lines, _, err := sxd.Sent(ctx, next); err != nil || d.receipts && len(lines) != 0 {
		t.Fatalf("nothing changed, got %+v %v", lines, err)
	}
	checkReceipts(t, d, s, sxd, ack.ID)
}

func checkReceipts(t *testing.T, d driver, s site, p partner.Partner, id string) {
	t.Helper()
	list, err := p.Receipts(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if !d.receipts {
		return
	}
	var events []string
	for _, r := range list {
		if _, err := ledger.VerifyReceipt(r.File, s.PublicKey()); err != nil {
			t.Fatal(err)
		}
		events = append(events, r.Event)
	}
	if !slices.Equal(events, []string{"accepted", "delivered", "confirmed"}) {
		t.Fatalf("events %v", events)
	}
}

func sentAgain(t *testing.T, d driver, s site) {
	sxd, snv := d.make(s, SXD), d.make(s, SNV)
	raw := Packet(Doc{From: SXD, To: []string{SNV}})
	a, b := send(t, sxd, raw, "k1"), send(t, sxd, raw, "k1")
	if a.ID != b.ID || d.receipts && !bytes.Equal(a.Receipt, b.Receipt) {
		t.Fatalf("%+v\n%+v", a, b)
	}
	if list := inbox(t, snv); len(list) != 1 {
		t.Fatalf("delivered %d times", len(list))
	}
}

func comesAgain(t *testing.T, d driver, s site) {
	sxd, snv := d.make(s, SXD), d.make(s, SNV)
	ack := send(t, sxd, Packet(Doc{From: SXD, To: []string{SNV}}), "k1")
	first := inbox(t, snv)
	if err := s.Release(ctx, s.As(SNV), first[0].ID, false, "", 0); err != nil { // as if the lock had run out
		t.Fatal(err)
	}
	if again := inbox(t, snv); len(again) != 1 || again[0].ID != first[0].ID || d.ids && again[0].ID != ack.ID {
		t.Fatalf("got %+v", again)
	}
}

func rejected(t *testing.T, d driver, s site) {
	sxd, snv := d.make(s, SXD), d.make(s, SNV)
	send(t, sxd, Packet(Doc{From: SXD, To: []string{SNV}}), "k1")
	list := inbox(t, snv)
	for range 2 {
		if err := snv.Reject(ctx, list[0].ID, "tệp hỏng"); err != nil {
			t.Fatal(err)
		}
	}
	if list := inbox(t, snv); len(list) != 0 {
		t.Fatalf("comes again: %+v", list)
	}
	s.carry()
	lines, _, err := s.Lines(ctx, s.As(SXD), list[0].ID)
	if err != nil || len(lines) != 1 || lines[0].State != hub.Failed {
		t.Fatalf("%+v %v", lines, err)
	}
	if !d.sent {
		return
	}
	if lines, _, err := sxd.Sent(ctx, ""); err != nil || len(lines) != 1 || lines[0].State != "failed" {
		t.Fatalf("%+v %v", lines, err)
	}
}

func refusals(t *testing.T, d driver, s site) {
	if !d.refuses {
		return
	}
	sxd := d.make(s, SXD)
	for name, raw := range map[string]string{
		"sender is another":       Packet(Doc{From: UBH, To: []string{SNV}}),
		"unknown recipient":       Packet(Doc{From: SXD, To: []string{"000.00.77.H99"}}),
		"recipient not connected": Packet(Doc{From: SXD, To: []string{HOIX}}),
		"barred (HT33-6)":         Packet(Doc{From: SXD, To: []string{SNV}, Subject: "Báo cáo (LƯU HÀNH NỘI BỘ)"}),
		"no packet":               "chào",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sxd.Send(ctx, strings.NewReader(raw), int64(len(raw)), name)
			var e *partner.Error
			if !errors.As(err, &e) || e.Temporary || e.Code == "" || e.Text == "" {
				t.Fatalf("got %v", err)
			}
		})
	}
	t.Run("wrong secret", func(t *testing.T) {
		if _, err := d.wrongSecret(s).Inbox(ctx, 0); err == nil || partner.Temporary(err) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("not mine to fetch", func(t *testing.T) {
		ack := send(t, sxd, Packet(Doc{From: SXD, To: []string{SNV}}), "k9")
		if err := d.make(s, UBH).Fetch(ctx, ack.ID, io.Discard); err == nil || partner.Temporary(err) {
			t.Fatalf("got %v", err)
		}
	})
}

func directory(t *testing.T, d driver, s site) {
	if !d.directory {
		return
	}
	p := d.make(s, SXD)
	list, next, err := p.Directory(ctx, "")
	if err != nil || len(list) != 7 {
		t.Fatalf("%d agencies, %v", len(list), err)
	}
	if err := s.Link(ctx, Operator, HOIX, "trial", "", "QĐ 02"); err != nil {
		t.Fatal(err)
	}
	if !d.delta { // it lists all when anything changed, nothing when not
		if list, _, err := p.Directory(ctx, next); err != nil || len(list) != 0 {
			t.Fatalf("%d agencies, %v", len(list), err)
		}
		return
	}
	list, _, err = p.Directory(ctx, next)
	if err != nil || len(list) != 1 || list[0].Code != HOIX {
		t.Fatalf("%+v %v", list, err)
	}
	if d.kinds && list[0].State != "trial" {
		t.Fatalf("state %q", list[0].State)
	}
}

func waits(t *testing.T, d driver, s site) {
	sxd, snv := d.make(s, SXD), d.make(s, SNV)
	got := make(chan int, 1)
	go func() {
		list, _ := snv.Inbox(ctx, 20*time.Second)
		got <- len(list)
	}()
	time.Sleep(100 * time.Millisecond)
	begin := time.Now()
	send(t, sxd, Packet(Doc{From: SXD, To: []string{SNV}}), "k1")
	if n := <-got; n != 1 || time.Since(begin) > 10*time.Second {
		t.Fatalf("%d after %v", n, time.Since(begin))
	}
}

func hubDown(t *testing.T, d driver, s site) {
	p := d.make(s, SXD)
	if d.name == "folder" {
		return // its line is the disk
	}
	s.down()
	if _, err := p.Inbox(ctx, 0); !partner.Temporary(err) {
		t.Fatalf("got %v", err)
	}
	raw := Packet(Doc{From: SXD, To: []string{SNV}})
	if _, err := p.Send(ctx, strings.NewReader(raw), -1, "k"); !partner.Temporary(err) {
		t.Fatalf("got %v", err)
	}
}

func statusGoes(t *testing.T, d driver, s site) {
	sxd, snv := d.make(s, SXD), d.make(s, SNV)
	send(t, sxd, Packet(Doc{From: SXD, To: []string{SNV}, ID: "VB-1"}), "k1")
	for _, a := range inbox(t, snv) {
		if err := snv.Confirm(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	send(t, snv, Say(SNV, SXD, "VB-1", "03", "", time.Now()), "s1")
	list := inbox(t, sxd)
	if len(list) != 1 || list[0].Kind != "status" || list[0].Sender != SNV {
		t.Fatalf("%+v", list)
	}
	var raw bytes.Buffer
	if err := sxd.Fetch(ctx, list[0].ID, &raw); err != nil || !strings.Contains(raw.String(), "StatusCode>03<") {
		t.Fatalf("%v", err)
	}
	if !d.kinds {
		return
	}
	if !d.sent {
		return
	}
	lines, _, _ := sxd.Sent(ctx, "")
	if !slices.ContainsFunc(lines, func(l partner.Line) bool { return l.Document == "VB-1" && l.State == "accepted" }) {
		t.Fatalf("%+v", lines)
	}
}
