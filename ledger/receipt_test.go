package ledger

import (
	"bytes"
	"encoding/base64"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func sample(t testing.TB) (receipt *Receipt, public string) {
	t.Helper()
	tail, store := grow(t, 37)
	key, public := newKey(t, "truc.h99.vn")
	cp, err := Sign(tail, t0.Add(time.Hour), key)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReceipt(t.Context(), store, 19, cp)
	if err != nil {
		t.Fatal(err)
	}
	return r, public
}

func TestReceiptNamesTheAct(t *testing.T) {
	r, public := sample(t)
	got, err := VerifyReceipt(r.Bytes(), public)
	if err != nil {
		t.Fatal(err)
	}
	want := entry(19)
	if !got.Entry.Time.Equal(want.Time) {
		t.Errorf("time %v", got.Entry.Time)
	}
	got.Entry.Time = want.Time
	if got.Entry != want || got.Index != 19 || got.Checkpoint.Size != 37 || !got.Checkpoint.Time.Equal(t0.Add(time.Hour)) {
		t.Errorf("%+v", got)
	}
}

// Every single-byte change, of every bit and of a few whole values, is refused.
func TestReceiptFlipEveryByte_BRVT1842_6_5(t *testing.T) {
	r, public := sample(t)
	good := r.Bytes()
	if _, err := VerifyReceipt(good, public); err != nil {
		t.Fatal(err)
	}
	for i := range good {
		for _, mask := range []byte{1, 2, 4, 8, 16, 32, 64, 128, good[i] ^ '\n', good[i] ^ 'A', good[i] ^ ' '} {
			if mask == 0 {
				continue
			}
			bad := bytes.Clone(good)
			bad[i] ^= mask
			if _, err := VerifyReceipt(bad, public); Code(err) == "" {
				t.Fatalf("byte %d (%q→%q) changed unseen: %v", i, good[i], bad[i], err)
			}
		}
		cut := append(bytes.Clone(good[:i]), good[i+1:]...)
		if _, err := VerifyReceipt(cut, public); err == nil && !bytes.Equal(cut, good) {
			t.Fatalf("byte %d removed unseen", i)
		}
		if _, err := VerifyReceipt(good[:i], public); err == nil {
			t.Fatalf("cut off at %d unseen", i)
		}
	}
	if _, err := VerifyReceipt(append(bytes.Clone(good), '\n'), public); err == nil {
		t.Fatal("a byte added unseen")
	}
}

func TestReceiptForgeries(t *testing.T) {
	r, public := sample(t)
	forge := map[string]func(f *Receipt){
		"recipient": func(f *Receipt) { f.Entry.Recipient = "000.00.16.H99" },
		"event":     func(f *Receipt) { f.Entry.Event = Confirmed },
		"packet":    func(f *Receipt) { f.Entry.Packet[0] ^= 1 },
		"time":      func(f *Receipt) { f.Entry.Time = f.Entry.Time.Add(-time.Second) },
		"index":     func(f *Receipt) { f.Index-- },
		"proof":     func(f *Receipt) { f.Proof = f.Proof[1:] },
		"longer":    func(f *Receipt) { f.Proof = append(f.Proof, Hash{}) },
	}
	for name, change := range forge {
		f := *r
		f.Proof = append([]Hash(nil), r.Proof...)
		change(&f)
		if _, err := VerifyReceipt(f.Bytes(), public); Code(err) != "proof" {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Run("other key of the same name", func(t *testing.T) {
		_, other := newKey(t, "truc.h99.vn")
		if _, err := VerifyReceipt(r.Bytes(), other); Code(err) != "signature" {
			t.Errorf("%v", err)
		}
		if _, err := VerifyReceipt(r.Bytes(), other, public); err != nil {
			t.Errorf("key change: %v", err)
		}
		if _, err := VerifyReceipt(r.Bytes()); Code(err) != "signature" {
			t.Errorf("no key: %v", err)
		}
		if _, err := VerifyReceipt(r.Bytes(), "nonsense"); Code(err) != "key" {
			t.Errorf("bad key: %v", err)
		}
	})
}

func TestCheckpointNeedsExactlyOneSignature(t *testing.T) {
	tail, _ := grow(t, 3)
	key, public := newKey(t, "truc.h99.vn")
	other, otherPublic := newKey(t, "la.h99.vn")
	cp, _ := Sign(tail, t0, key)
	again, _ := Sign(tail, t0, other)
	line := again.Note[bytes.LastIndex(again.Note, []byte("\n— "))+1:]
	two := append(bytes.Clone(cp.Note), line...)
	for _, keys := range [][]string{{public}, {public, otherPublic}} {
		if _, err := OpenCheckpoint(two, keys...); err == nil {
			t.Error("a second signature line was taken")
		}
	}
	// The other key signs a text that bears the first one's name.
	body, _, _ := strings.Cut(string(cp.Note), "\n— ")
	sig, _ := other.Sign([]byte(body))
	h := other.KeyHash()
	raw := append([]byte{byte(h >> 24), byte(h >> 16), byte(h >> 8), byte(h)}, sig...)
	forged := body + "\n— la.h99.vn " + base64.StdEncoding.EncodeToString(raw) + "\n"
	if _, err := OpenCheckpoint([]byte(forged), public, otherPublic); err == nil {
		t.Error("a checkpoint in another's name was taken")
	}
}

// A time-stamp made by openssl over the checkpoint travels in the receipt.
func TestReceiptCarriesTimeStamp(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Fatal("openssl is needed for this test")
	}
	r, public := sample(t)
	digest := r.Checkpoint.StampDigest()
	query, err := exec.Command("openssl", "ts", "-query", "-sha256", "-digest", strings.ToLower(hexText(digest[:]))).Output()
	if err != nil || !bytes.Contains(query, digest[:]) {
		t.Fatalf("openssl ts -query: %v", err)
	}
	r.Checkpoint.Stamp = query // any DER does: the ledger hands it on unread
	got, err := VerifyReceipt(r.Bytes(), public)
	if err != nil || !bytes.Equal(got.Checkpoint.Stamp, query) || got.Checkpoint.StampDigest() != digest {
		t.Fatalf("stamp lost: %v", err)
	}
	cut := bytes.TrimSuffix(r.Bytes(), []byte("\n"))
	if _, err := VerifyReceipt(cut, public); Code(err) != "receipt" {
		t.Errorf("cut stamp: %v", err)
	}
}

func hexText(b []byte) string {
	const digits = "0123456789abcdef"
	s := make([]byte, 0, 2*len(b))
	for _, c := range b {
		s = append(s, digits[c>>4], digits[c&15])
	}
	return string(s)
}
