package ledger

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// fixedKey is the same key in every process, so that what a fuzz worker finds can
// be tried again.
func fixedKey(t testing.TB, name string) (Signer, string) {
	t.Helper()
	private, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte(name[:1]), 64)), name)
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return key, public
}

// FuzzNote: a note that opens is one that the hub signed, byte for byte, and what
// it says of itself stands in it. None is taken both for a checkpoint and for the
// word that a log goes on under another key.
func FuzzNote(f *testing.F) {
	key, public := fixedKey(f, "truc.h99.vn")
	_, other := fixedKey(f, "la.h99.vn")
	signed := map[string]bool{}
	add := func(b []byte, err error) {
		if err != nil {
			f.Fatal(err)
		}
		signed[string(b)] = true
		f.Add(b)
		f.Add(bytes.Replace(b, []byte("\n\n"), []byte("\n \n"), 1))
		f.Add(append(bytes.Clone(b), b[bytes.LastIndexByte(b[:len(b)-1], '\n')+1:]...)) // its signature twice
	}
	for _, size := range []int{0, 7, 37} {
		tail, _ := grow(f, size)
		cp, err := Sign(tail, t0.Add(time.Hour), key)
		add(cp.Note, err)
		s, err := Succeed(tail, other, t0.Add(time.Hour), key)
		add(s.Note, err)
	}
	for _, text := range []string{"truc.h99.vn\n-1\n\ntime x\n", "x\n1\nAAAA\ntime 2026-03-07T09:30:01.123+07:00\n", "truc.h99.vn\nsuccession x\n"} {
		b, err := note.Sign(&note.Note{Text: text}, key) // a hub's own slip opens no more than a stranger's
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		cp, err := OpenCheckpoint(b, public, other)
		s, wrong := OpenSuccession(b, public)
		switch {
		case err == nil && wrong == nil:
			t.Fatalf("taken for both:\n%s", b)
		case err == nil:
			if !signed[string(b)] || !bytes.Equal(cp.Note, b) || !bytes.Contains(b, []byte(cp.Root.String())) {
				t.Fatalf("%+v from\n%s", cp, b)
			}
		case wrong == nil:
			if !signed[string(b)] || !bytes.Equal(s.Note, b) || s.Key != other {
				t.Fatalf("%+v from\n%s", s, b)
			}
		case Code(err) == "" || Code(wrong) == "":
			t.Fatalf("untyped error %v, %v", err, wrong)
		}
		Succeeded(public, other, [][]byte{b, b})
	})
}

// FuzzWitness: whatever a hub shows, a witness keeps only checkpoints of the log
// that it has seen, never a shorter one, and takes none of another log that the
// hub signed with the same key.
func FuzzWitness(f *testing.F) {
	key, public := fixedKey(f, "truc.h99.vn")
	_, store := grow(f, 37)
	var forked Memory
	var tail Tail
	for i := range 37 {
		next, leaves, err := tail.Append(entry(99 - i))
		if err != nil {
			f.Fatal(err)
		}
		tail, forked = next, append(forked, leaves...)
	}
	sizes := []int64{3, 8, 20, 37}
	notes := map[string]int64{} // of the log
	var kept, shown [][]byte
	for _, size := range sizes {
		for i, m := range []Memory{store, forked} {
			tail, err := LoadTail(f.Context(), m, size)
			if err != nil {
				f.Fatal(err)
			}
			cp, err := Sign(tail, t0.Add(time.Duration(size)*time.Minute), key)
			if err != nil {
				f.Fatal(err)
			}
			if i == 0 {
				notes[string(cp.Note)] = size
				kept = append(kept, cp.Note)
			}
			shown = append(shown, cp.Note)
		}
	}
	for i := range kept {
		for j, b := range shown {
			m := store
			if j%2 == 1 {
				m = forked
			}
			proof, _ := ProveConsistency(f.Context(), m, sizes[i], sizes[j/2])
			f.Add(uint8(i), b, flat(proof))
		}
	}
	f.Add(uint8(9), shown[0], []byte("x"))
	f.Fuzz(func(t *testing.T, i uint8, b, raw []byte) {
		proof := make([]Hash, len(raw)/32)
		for j := range proof {
			copy(proof[j][:], raw[32*j:])
		}
		w := Witness{Keys: []string{public}}
		if int(i) < len(kept) {
			w.Last = kept[i]
		}
		before := notes[string(w.Last)]
		err := w.See(b, proof)
		var fork *Fork
		switch {
		case err == nil && before > 0 && notes[string(b)] < before:
			t.Fatalf("%q was taken behind %d entries", b, before)
		case err != nil && !errors.As(err, &fork) && Code(err) == "":
			t.Fatalf("untyped error %v", err)
		case errors.As(err, &fork) && (notes[string(b)] > 0 && fork.Err.Code == "fork" || !bytes.Equal(fork.Shown, b) && !bytes.Equal(fork.Kept, b)):
			t.Fatalf("%v about %q", fork, b)
		}
		if after := notes[string(w.Last)]; before > 0 && after < before {
			t.Fatalf("from %d entries back to %q", before, w.Last)
		}
		if w.Last != nil && before > 0 && w.Check(b, proof) == nil && notes[string(b)] == 0 {
			t.Fatalf("%q was proved against %q", b, w.Last)
		}
	})
}

func flat(proof []Hash) (out []byte) {
	for _, h := range proof {
		out = append(out, h[:]...)
	}
	return out
}
