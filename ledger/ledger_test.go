package ledger

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

var t0 = time.Date(2026, 3, 7, 9, 30, 0, 123e6, vietnam)

func entry(i int) Entry {
	return Entry{
		Hub: "truc.h99.vn", Event: Accepted, Time: t0.Add(time.Duration(i) * time.Second), Message: fmt.Sprint(i),
		DocumentID: fmt.Sprintf("000.00.10.H99,2026/03/07,%d/UBND-VP", i), Sender: "000.00.10.H99",
		Recipient: "000.00.15.H99", Packet: sha256.Sum256(fmt.Appendf(nil, "packet %d", i)),
	}
}

// grow appends n entries in uneven batches.
func grow(t testing.TB, n int) (Tail, Memory) {
	t.Helper()
	var tail Tail
	var store Memory
	for len(store) < n {
		var batch []Entry
		for i := 0; i < 1+len(store)%5 && len(store)+len(batch) < n; i++ {
			batch = append(batch, entry(len(store)+len(batch)))
		}
		next, leaves, err := tail.Append(batch...)
		if err != nil {
			t.Fatal(err)
		}
		tail, store = next, append(store, leaves...)
	}
	return tail, store
}

func newKey(t testing.TB, name string) (Signer, string) {
	t.Helper()
	private, public, err := GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return s, public
}

// The tail must agree with the Go checksum database's own tree at every size.
func TestTailAgreesWithTlog(t *testing.T) {
	_, store := grow(t, 130)
	var tail Tail
	for n := range int64(131) {
		want, err := tlog.TreeHash(n, hashReader{t.Context(), store[:n]})
		if err != nil {
			t.Fatal(err)
		}
		if tail.Size() != n || tail.Root() != want {
			t.Fatalf("size %d: root %v, want %v", n, tail.Root(), want)
		}
		checkTailForms(t, tail, store[:n])
		if n < 130 {
			hs, err := tlog.StoredHashes(n, []byte(store[n].Entry), hashReader{t.Context(), store[:n]})
			if err != nil || encodeHashes(hs) != store[n].Hashes {
				t.Fatalf("leaf %d differs from tlog: %v", n, err)
			}
			if tail, _, err = tail.Append(entry(int(n))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// checkTailForms compares the tail with its stored form and with LoadTail.
func checkTailForms(t *testing.T, tail Tail, store Memory) {
	t.Helper()
	text, _ := tail.MarshalText()
	var back Tail
	if err := back.UnmarshalText(text); err != nil || back.Root() != tail.Root() || back.Size() != tail.Size() {
		t.Fatalf("tail %q read back: %v", text, err)
	}
	loaded, err := LoadTail(t.Context(), store, tail.Size())
	if err != nil || loaded.Root() != tail.Root() {
		t.Fatalf("LoadTail(%d): %v", tail.Size(), err)
	}
}

func TestAppendLeavesOldTailAlone(t *testing.T) {
	tail, _ := grow(t, 7)
	root := tail.Root()
	for range 3 { // a group commit that was rolled back and tried again
		if _, _, err := tail.Append(entry(7), entry(8)); err != nil {
			t.Fatal(err)
		}
	}
	if tail.Root() != root || tail.Size() != 7 {
		t.Fatal("Append changed its receiver")
	}
}

func TestTailRefusesDamage(t *testing.T) {
	for _, s := range []string{"", "1", "x ", "-1 ", "1 ", "0 AAAA", "2 " + strings.Repeat("A", 43), "3 !!"} {
		if err := new(Tail).UnmarshalText([]byte(s)); Code(err) != "tail" {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestProofsOfAllSizes(t *testing.T) {
	tail, store := grow(t, 70)
	key, public := newKey(t, "truc.h99.vn")
	cps := make([]*Checkpoint, 71)
	for n := range cps {
		at, err := LoadTail(t.Context(), store, int64(n))
		if err != nil {
			t.Fatal(err)
		}
		if cps[n], err = Sign(at, t0, key); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= 70; n++ {
		for _, i := range []int{0, n / 2, n - 1} {
			r, err := NewReceipt(t.Context(), store, int64(i), cps[n])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := VerifyReceipt(r.Bytes(), public); err != nil {
				t.Fatalf("entry %d of %d: %v", i, n, err)
			}
		}
		for old := range n + 1 {
			proof, err := ProveConsistency(t.Context(), store, int64(old), int64(n))
			if err != nil {
				t.Fatal(err)
			}
			if err := CheckConsistency(proof, cps[old], cps[n]); err != nil {
				t.Fatalf("%d→%d: %v", old, n, err)
			}
		}
	}
	if tail.Root() != cps[70].Root {
		t.Fatal("roots differ")
	}
	if _, err := NewReceipt(t.Context(), store, 70, cps[70]); Code(err) != "proof" {
		t.Fatalf("receipt beyond the checkpoint: %v", err)
	}
}

func TestAuditNamesChangedRow_GL443_3_4_ii(t *testing.T) {
	tail, store := grow(t, 1100)
	key, _ := newKey(t, "truc.h99.vn")
	cp, _ := Sign(tail, t0, key)
	if err := Audit(t.Context(), store, cp); err != nil {
		t.Fatal(err)
	}
	damage := map[string]func(m Memory){
		"entry":   func(m Memory) { m[700].Entry = strings.Replace(m[700].Entry, "H99", "H98", 1) },
		"hash":    func(m Memory) { m[700].Hashes = m[0].Hashes },
		"index":   func(m Memory) { m[700].Index = 3 },
		"garbage": func(m Memory) { m[700].Entry = "x" },
	}
	for name, f := range damage {
		bad := append(Memory(nil), store...)
		f(bad)
		if err := Audit(t.Context(), bad, cp); Code(err) != "leaf" || !strings.Contains(err.Error(), "700") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A history rewritten with care still misses the signed root.
	e := entry(5)
	e.Recipient = "000.00.16.H99"
	head, _ := LoadTail(t.Context(), store, 5)
	other := append(Memory(nil), store[:5]...)
	for i := 5; i < 1100; i++ {
		var leaves []Leaf
		head, leaves, _ = head.Append(e)
		other, e = append(other, leaves...), entry(i+1)
	}
	if err := Audit(t.Context(), other, cp); Code(err) != "rewrite" {
		t.Errorf("rewritten log: %v", err)
	}
}

func TestEntryText_HT33_10_2_i(t *testing.T) {
	e := entry(1)
	e.Event, e.Status, e.Note = Status, "03", "văn thư tiếp nhận"
	text, err := e.Text()
	if err != nil {
		t.Fatal(err)
	}
	want := `vanthu-entry/1
hub truc.h99.vn
event status
time 2026-03-07T09:30:01.123+07:00
message 1
document 000.00.10.H99,2026/03/07,1/UBND-VP
sender 000.00.10.H99
recipient 000.00.15.H99
packet sha256:7c20d86675c5303deb7b35a4c19eefe3e7e792f995f0ebc313bc759fc22f999c
status 03
note văn thư tiếp nhận
`
	if text != want {
		t.Fatalf("got\n%s\nwant\n%s", text, want)
	}
	back, err := ParseEntry(text)
	if err != nil || !back.Time.Equal(e.Time) {
		t.Fatalf("%+v %v", back, err)
	}
}

func TestEntryRefusals(t *testing.T) {
	cases := map[string]func(*Entry){
		"line feed":     func(e *Entry) { e.Note = "a\nstatus 06" },
		"control":       func(e *Entry) { e.Note = "a\x00" },
		"invalid UTF-8": func(e *Entry) { e.Note = "\xff" },
		"blank end":     func(e *Entry) { e.Note = "a " },
		"too long":      func(e *Entry) { e.Note = strings.Repeat("a", maxValue+1) },
		"event":         func(e *Entry) { e.Event = "eaten" },
		"hub":           func(e *Entry) { e.Hub = "" },
		"packet":        func(e *Entry) { e.Packet = [32]byte{} },
		"sender":        func(e *Entry) { e.Sender = "" },
		"document":      func(e *Entry) { e.DocumentID = "" },
		"time":          func(e *Entry) { e.Time = time.Time{} },
	}
	for name, f := range cases {
		e := entry(1)
		f(&e)
		if _, err := e.Text(); Code(err) != "entry" {
			t.Errorf("%s: %v", name, err)
		}
		if _, leaves, err := (Tail{}).Append(entry(0), e); err == nil || leaves != nil {
			t.Errorf("%s: Append took it", name)
		}
	}
	text, _ := entry(1).Text()
	for _, s := range []string{"", "x", text + "\n", text[:len(text)-1], text + "note \n", text + text,
		strings.Replace(text, "+07:00", "+08:00", 1), strings.ToUpper(text), strings.Replace(text, "sha256:", "sha256:A", 1),
		strings.Repeat("a", maxEntry+1), strings.Replace(text, "hub", "bus", 1)} {
		if _, err := ParseEntry(s); Code(err) != "entry" {
			t.Errorf("ParseEntry(%.40q…): %v", s, err)
		}
	}
}
