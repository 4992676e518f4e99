package ledger

import (
	"bytes"
	"testing"
)

// FuzzReceipt: no input panics, and what verifies is exactly what was issued.
func FuzzReceipt(f *testing.F) {
	r, public := sample(f)
	good := r.Bytes()
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte(receiptHead))
	r.Checkpoint.Stamp = []byte("stamp")
	f.Add(r.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := VerifyReceipt(b, public)
		if err != nil {
			if Code(err) == "" {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		got.Checkpoint.Stamp = nil
		if !bytes.Equal(got.Bytes(), good) {
			t.Fatalf("forged receipt verified:\n%s", b)
		}
	})
}

// FuzzEntry: an entry has one text.
func FuzzEntry(f *testing.F) {
	text, _ := entry(3).Text()
	f.Add(text)
	f.Add(entryHead + "\nhub a\nevent opened\ntime 2026-03-07T09:30:01.123+07:00\n")
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseEntry(s)
		if err != nil {
			return
		}
		if again, err := e.Text(); err != nil || again != s {
			t.Fatalf("%q → %q, %v", s, again, err)
		}
	})
}
