package torture

import (
	"bytes"
	"database/sql"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/demo"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/ledger"
)

// check runs "vanthu hub check" or "vanthu check --all" as a process.
func check(t *testing.T, dir string, args ...string) (said string, good bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append(args, "--data", dir)...)
	cmd.Env = append(os.Environ(), roleEnv+"=vanthu")
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// flip turns one bit of a file; where says how far behind the text it is.
func flip(t *testing.T, path, text string, where int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte(text))
	if i < 0 {
		t.Fatalf("%s does not hold %q", path, text)
	}
	b[i+where] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// filled is a hub's data with a packet that waits and one that was confirmed,
// all in the database file, and the id and body of the first, which is large
// enough to be a file; the other's is a row.
func filled(t *testing.T) (s *site, id, body string) {
	t.Helper()
	s = newSite(t, nil)
	h := s.open()
	w := &World{Hub: h.Hub, T: t}
	w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBH}, Number: 1}))
	w.Take(UBH)
	ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2, Size: 40_000}))
	if err := h.Tick(ctx); err != nil { // keeps a checkpoint
		t.Fatal(err)
	}
	h.Close()
	settleWAL(t, s.store())
	return s, ack.ID, filepath.Join(s.dir, "hub", "blob", ack.SHA256[:2], ack.SHA256[2:])
}

func (s *site) store() string { return filepath.Join(s.dir, "hub", "hub.db") }

// settleWAL moves everything into the database file itself.
func settleWAL(t *testing.T, path string) {
	t.Helper()
	d, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
}

// One bit turned over in any kind of file of the hub is found by the check,
// which names the thing and the next step (R9: HT33-14.6, BRVT1842-6.6,
// GL443-3.4.ii).
func TestFlippedBitOfHub(t *testing.T) {
	for _, x := range []struct {
		what, says string
		flip       func(t *testing.T, s *site, body string)
	}{
		{"packet body", "Nội dung gói tin", func(t *testing.T, _ *site, body string) { flip(t, body, "PromulgationInfo", 3) }},
		{"packet body in a row", "Nội dung gói tin", func(t *testing.T, s *site, _ string) { flip(t, s.store(), "PromulgationInfo", 3) }},
		{"log entry", "Sổ cái", func(t *testing.T, s *site, _ string) { flip(t, s.store(), "accepted\n", 4) }},
		{"row of a packet", "không khớp với sổ cái", func(t *testing.T, s *site, _ string) { flip(t, s.store(), "new"+SXD+",2025/03/03,2/CV", 5) }},
		{"checkpoint", "chốt", func(t *testing.T, s *site, _ string) { flip(t, s.store(), "truc.h99.vn\n", 14) }},
		{"database header", "HỎNG", func(t *testing.T, s *site, _ string) { flip(t, s.store(), "SQLite format 3", 2) }},
		{"database page", "HỎNG", func(t *testing.T, s *site, _ string) { flipPage(t, s.store()) }},
		{"key of the hub", "HỎNG", func(t *testing.T, s *site, _ string) { flip(t, filepath.Join(s.dir, "hub.key"), "PRIVATE+KEY", 40) }},
	} {
		t.Run(x.what, func(t *testing.T) {
			s, _, body := filled(t)
			if said, good := check(t, s.dir, "hub", "check"); !good {
				t.Fatalf("before: %s", said)
			}
			x.flip(t, s, body)
			said, good := check(t, s.dir, "hub", "check")
			if good || !strings.Contains(said, x.says) || !strings.Contains(said, "sao lưu") {
				t.Errorf("found %v:\n%s", !good, said)
			}
		})
	}
}

// flipPage turns the highest bit of the number of cells of the second page.
func flipPage(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[4096+3] ^= 0x80
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A body with a turned bit is never handed out as whole, and nothing else
// stops for it (HT33-14.6, BRVT1842-6.5).
func TestFlippedBitIsNotPassedOn(t *testing.T) {
	s, id, body := filled(t)
	flip(t, body, "PromulgationInfo", 3)
	s.start()
	if s.partner(SNV).Fetch(ctx, id, new(bytes.Buffer)) == nil {
		t.Fatal("handed out")
	}
	raw := Packet(Doc{From: UBH, To: []string{SNV}, Number: 3})
	if _, err := s.partner(UBH).Send(ctx, strings.NewReader(raw), int64(len(raw)), ""); err != nil {
		t.Error(err)
	}
}

// A receipt with a turned bit, whichever it is, proves nothing
// (GL443-3.4.ii).
func TestFlippedBitOfReceipt(t *testing.T) {
	s, _, _ := filled(t)
	h := s.open()
	defer h.Close()
	w := &World{Hub: h.Hub, T: t}
	receipt := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 4})).Receipt
	for i := range receipt {
		for bit := range 8 {
			bad := bytes.Clone(receipt)
			bad[i] ^= 1 << bit
			if _, err := ledger.VerifyReceipt(bad, h.PublicKey()); err == nil {
				t.Fatalf("bit %d of byte %d, %q, may be turned", bit, i, receipt[max(0, i-20):min(len(receipt), i+20)])
			}
		}
	}
}

// Bits turned anywhere in the database file: the log says how many the check
// finds, and none of the others changes what is delivered.
func TestFlippedBitsOfDatabase(t *testing.T) {
	s, id, body := filled(t)
	whole, err := os.ReadFile(s.store())
	if err != nil {
		t.Fatal(err)
	}
	sent, err := os.ReadFile(body)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 9))
	n, found := rounds("VANTHU_SEEDS", 40), 0
	for range n {
		b := bytes.Clone(whole)
		at := r.IntN(len(b))
		for b[at] == 0 { // most of a small file is empty
			at = r.IntN(len(b))
		}
		b[at] ^= 1 << r.IntN(8)
		if err := os.WriteFile(s.store(), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if !soundAt(t, s, id, sent) {
			found++
		}
	}
	t.Logf("%d bits turned in used bytes of the database: %d found or refused, none passed on", n, found)
}

// soundAt checks the hub in this process; when the check finds nothing, what
// it delivers must be what was sent.
func soundAt(t *testing.T, s *site, id string, sent []byte) bool {
	t.Helper()
	for _, left := range []string{"-wal", "-shm"} {
		os.Remove(s.store() + left)
	}
	h, err := s.reopen()
	if err != nil {
		return false
	}
	defer h.Close()
	if _, bad, err := h.Check(ctx); err != nil || len(bad) > 0 {
		return false
	}
	c, err := h.Authenticate(ctx, SNV, Secret(SNV))
	if err != nil {
		return false
	}
	list, err := h.Inbox(ctx, c, hub.Look{})
	if err != nil || len(list) != 1 || list[0].ID != id {
		return false
	}
	f, err := h.Fetch(ctx, c, id)
	if err != nil {
		return false
	}
	defer f.Close()
	var got bytes.Buffer
	if _, err := f.WriteTo(&got); err != nil {
		return false
	}
	if !bytes.Equal(got.Bytes(), sent) {
		t.Error("a changed packet was delivered")
	}
	return true
}

// "vanthu check --all" goes over every agency of the machine and the hub that
// is there, and names whose data is broken (HT33-14.6, BRVT1842-6.6). What it
// finds in an agency's files: TestFlippedBitIsFound of package demo.
func TestCheckAll(t *testing.T) {
	dir := t.TempDir()
	w, err := demo.Open(ctx, demo.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	said, good := check(t, dir, "check", "--all")
	if !good || !strings.Contains(said, "sxd ") || !strings.Contains(said, "trục ") {
		t.Fatalf("before: %s", said)
	}
	store := filepath.Join(dir, "sxd", "sxd.db")
	settleWAL(t, store)
	flipPage(t, store)
	if said, good := check(t, dir, "check", "--all"); good || !strings.Contains(said, "HỎNG") {
		t.Errorf("found %v: %s", !good, said)
	}
}
