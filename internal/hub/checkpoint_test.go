package hub_test

import (
	"context"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// clocked is a hub with a clock of its own and a time-stamping authority with
// another.
type clocked struct {
	*World
	now  time.Time
	lead time.Duration // of the authority's clock
	down bool
	ca   *authority.Authority
}

func newClocked(t *testing.T, change ...func(*hub.Config)) *clocked {
	c := &clocked{now: time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)}
	var err error
	c.ca, err = authority.Open(t.TempDir(), "http://ca.example", func() time.Time { return c.now.Add(c.lead) })
	must(t, err)
	change = append(change, func(x *hub.Config) { x.Stamp = c.stamp })
	c.World = New(t, dbtest.SQLite(t, func() time.Time { return c.now }), change...)
	return c
}

func (c *clocked) stamp(ctx context.Context, imprint []byte) ([]byte, error) {
	if c.down {
		return nil, errors.New("không kết nối được tsa.example")
	}
	return c.ca.TSA().Stamp(ctx, imprint)
}

func (c *clocked) tick(t *testing.T, later time.Duration) {
	t.Helper()
	c.now = c.now.Add(later)
	must(t, c.Tick(ctx))
}

// Checkpoints are kept by minutes or by entries, while the log grows.
func TestCheckpointsAreKept(t *testing.T) {
	c := newClocked(t)
	kept := func() int {
		list, err := c.Checkpoints(ctx, 0, 100)
		must(t, err)
		return len(list)
	}
	c.tick(t, 0)
	c.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV, UBH}}))
	c.tick(t, time.Minute)
	if kept() != 1 {
		t.Fatalf("%d kept before the time", kept())
	}
	c.tick(t, 10*time.Minute)
	c.tick(t, time.Hour) // nothing new
	if kept() != 2 {
		t.Fatalf("%d kept", kept())
	}
	for n := range 1000 {
		c.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: n + 2}))
	}
	c.tick(t, time.Second)
	if kept() != 3 {
		t.Fatalf("%d kept after a thousand entries", kept())
	}
}

// Stamps come later than checkpoints; a dead authority delays nothing, is seen,
// and is caught up with. Tokens stand before openssl (GL443-3.4.ii).
func TestStamps(t *testing.T) {
	c := newClocked(t)
	c.down = true
	c.tick(t, 0)
	ack := c.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	c.tick(t, time.Hour)
	if _, err := c.StampDue(ctx); err == nil {
		t.Fatal("a dead authority stamped")
	}
	s, err := c.Stamps(ctx)
	if err != nil || !s.Asked || s.Bare != 2 || s.Trouble == "" || s.Oldest.IsZero() {
		t.Fatalf("%+v %v", s, err)
	}
	if list, err := c.StampedReceipts(ctx, c.As(SXD), ack.ID); err != nil || len(list) != 0 {
		t.Fatalf("%d %v", len(list), err)
	}
	c.down = false
	if n, err := c.StampDue(ctx); err != nil || n != 2 {
		t.Fatalf("%d %v", n, err)
	}
	if s, err = c.Stamps(ctx); err != nil || s.Bare != 0 || s.Trouble != "" || s.Last.IsZero() {
		t.Fatalf("%+v %v", s, err)
	}
	list, err := c.Checkpoints(ctx, 0, 1)
	must(t, err)
	if err := c.SetStamp(ctx, list[0].Size, list[0].Stamp); codeOf(err) != hub.CodeState {
		t.Fatalf("stamped twice: %v", err)
	}
	opensslVerify(t, c.ca, list[0])

	plain, err := c.Receipts(ctx, c.As(SXD), ack.ID)
	must(t, err)
	stamped, err := c.StampedReceipts(ctx, c.As(SXD), ack.ID)
	if err != nil || len(stamped) != 1 || len(plain[0].Receipt) > 2000 {
		t.Fatalf("%d %v, plain has %d bytes", len(stamped), err, len(plain[0].Receipt))
	}
	r, err := ledger.VerifyReceipt(stamped[0].Receipt, c.PublicKey())
	must(t, err)
	token, err := cms.ParseToken(r.Checkpoint.Stamp)
	must(t, err)
	must(t, token.Covers(r.Checkpoint.Note))
}

// Stamps from before a restore stay with their receipts (HT33-14.6).
func TestStampsUnderAFormerKey(t *testing.T) {
	var config hub.Config
	c := newClocked(t, func(x *hub.Config) { config = *x })
	ack := c.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	c.tick(t, time.Hour)
	_, err := c.StampDue(ctx)
	must(t, err)
	config.Former, config.Key = []string{config.Key}, Key("truc.h99.vn/2")
	h, err := hub.Open(ctx, config)
	must(t, err)
	list, err := h.StampedReceipts(ctx, c.As(SXD), ack.ID)
	if err != nil || len(list) != 1 || list[0].Event != ledger.Accepted {
		t.Fatalf("%+v %v", list, err)
	}
}

// A token of something else is not kept.
func TestForeignStampIsRefused(t *testing.T) {
	c := newClocked(t)
	c.tick(t, 0)
	c.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	c.tick(t, time.Hour)
	list, err := c.Checkpoints(ctx, 0, 2)
	must(t, err)
	digest := (&ledger.Checkpoint{Note: list[1].Note}).StampDigest()
	token, err := c.stamp(ctx, digest[:])
	must(t, err)
	for _, bad := range [][]byte{token, []byte("DER"), nil} {
		if err := c.SetStamp(ctx, list[0].Size, bad); codeOf(err) != hub.CodeLedger {
			t.Errorf("%v", err)
		}
	}
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func opensslVerify(t *testing.T, ca *authority.Authority, k hub.Kept) {
	t.Helper()
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, b, 0o600))
		return path
	}
	root := file("root.pem", pemOf(ca.Root().Raw))
	mid := file("mid.pem", pemOf(ca.Issuing().Raw))
	out, err := exec.Command("openssl", "ts", "-verify", "-in", file("stamp", k.Stamp), "-token_in", "-data", file("note", k.Note),
		"-CAfile", root, "-untrusted", mid).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Verification: OK") {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
}

// A hub whose clock was stepped finds out from the authority, and without one
// from its agencies; a single wrong agency is named, not believed (HT33-10.2.i).
func TestClockIsWatched(t *testing.T) {
	c := newClocked(t)
	c.tick(t, 0)
	if _, err := c.StampDue(ctx); err != nil {
		t.Fatal(err)
	}
	clock := func() hub.Clock {
		x, err := c.Clock(ctx)
		must(t, err)
		return x
	}
	if x := clock(); x.Bad || x.Reference.Off.Abs() > time.Second {
		t.Fatalf("%+v", x)
	}
	c.Said(c.As(SXD), c.now.Add(-time.Hour))
	c.tick(t, 0)
	if x := clock(); x.Bad || len(x.Wrong) != 1 || x.Wrong[0].Source != SXD || x.Agencies != 1 {
		t.Fatalf("%+v", x)
	}
	// The hub falls back by a minute: for the authority it is behind.
	c.lead = time.Minute
	c.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	c.tick(t, time.Hour)
	if _, err := c.StampDue(ctx); err != nil {
		t.Fatal(err)
	}
	if x := clock(); !x.Bad || x.Reference.Off < 59*time.Second || x.Reference.Off > 61*time.Second {
		t.Fatalf("%+v", x)
	}
}

func TestAgenciesOutvoteTheHub(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	for _, code := range []string{SXD, SNV, UBH} {
		w.Said(w.As(code), time.Now().Add(30*time.Second))
	}
	must(t, w.Tick(ctx))
	if x, err := w.Clock(ctx); err != nil || !x.Bad || x.Agencies != 3 || x.Median < 29*time.Second {
		t.Fatalf("%+v %v", x, err)
	}
}

// Nothing goes before every recipient has confirmed and its term is over; then
// the disk gets its room back, proofs stay, and it stands in the journal.
func TestPurgeWaitsForReceipts(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		dir := t.TempDir()
		w := Open(t, host, dir, Key("truc.h99.vn"))
		must(t, Fill(ctx, w.Hub))
		ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV, UBH}, Size: 100_000}))
		back := w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBX}, Number: 2, Size: 100_000}))
		w.Take(SNV)
		must(t, w.Release(ctx, w.As(UBX), back.ID, true, "hỏng", 0)) // may be sent again
		now = now.AddDate(1, 0, 0)
		purge := func() hub.Purged {
			p, err := w.PurgeDue(ctx)
			must(t, err)
			return p
		}
		if p := purge(); p.Packets != 0 {
			t.Fatalf("before UBH confirmed: %+v", p)
		}
		w.Take(UBH)
		if p := purge(); p.Packets != 0 {
			t.Fatalf("at the moment of the confirmation: %+v", p)
		}
		now = now.AddDate(0, 0, 91)
		full := sizeOf(t, dir)
		if p := purge(); p.Packets != 1 || p.Bytes != ack.Size || sizeOf(t, dir) != full-ack.Size {
			t.Fatalf("%+v, %d of %d bytes are left", p, sizeOf(t, dir), full)
		}
		_, err := w.Fetch(ctx, w.As(SNV), ack.ID)
		if codeOf(err) != hub.CodeGone || !strings.Contains(err.Error(), "đã nhận") {
			t.Fatalf("%v", err)
		}
		if list, err := w.Receipts(ctx, w.As(SXD), ack.ID); err != nil || len(list) != 5 {
			t.Fatalf("%d receipts, %v", len(list), err)
		}
		if list, err := w.Events(ctx, "", 0, 1); err != nil || list[0].Verb != "packet.purged" || !strings.Contains(list[0].Detail, "1 gói") {
			t.Fatalf("%+v %v", list, err)
		}
	})
}

func sizeOf(t *testing.T, dir string) (n int64) {
	t.Helper()
	must(t, filepath.Walk(dir, func(_ string, i os.FileInfo, err error) error {
		if err == nil && i.Mode().IsRegular() {
			n += i.Size()
		}
		return err
	}))
	return n
}
