package ledger

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

// world is a hub with its log and an agency that watches it.
type world struct {
	t     *testing.T
	key   Signer
	w     Witness
	store Memory
}

func newWorld(t *testing.T) *world {
	key, public := newKey(t, "truc.h99.vn")
	_, store := grow(t, 40)
	return &world{t, key, Witness{Keys: []string{public}}, store}
}

func (w *world) at(m Memory, size int64, later time.Duration) *Checkpoint {
	w.t.Helper()
	tail, err := LoadTail(w.t.Context(), m, size)
	if err != nil {
		w.t.Fatal(err)
	}
	cp, err := Sign(tail, t0.Add(later), w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	return cp
}

func (w *world) see(m Memory, cp *Checkpoint) error {
	w.t.Helper()
	size, err := w.w.Size()
	if err != nil {
		w.t.Fatal(err)
	}
	proof, _ := ProveConsistency(w.t.Context(), m, size, cp.Size)
	return w.w.See(cp.Note, proof)
}

func TestWitnessFollowsAnHonestHub(t *testing.T) {
	w := newWorld(t)
	for i, size := range []int64{0, 3, 3, 8, 17, 40} {
		cp := w.at(w.store, size, time.Duration(i)*time.Minute)
		if err := w.see(w.store, cp); err != nil {
			t.Fatalf("size %d: %v", size, err)
		}
		if !bytes.Equal(w.w.Last, cp.Note) {
			t.Fatalf("size %d was not kept", size)
		}
	}
	late := w.at(w.store, 20, 0)
	if err := w.see(w.store, late); Code(err) != "older" {
		t.Fatalf("late checkpoint: %v", err)
	}
	proof, _ := ProveConsistency(t.Context(), w.store, 20, 40)
	if err := w.w.Check(late.Note, proof); err != nil {
		t.Fatalf("late checkpoint with proof: %v", err)
	}
}

func TestWitnessFindsForkAndRewrite_GL443_3_4_ii(t *testing.T) {
	w := newWorld(t)
	kept := w.at(w.store, 20, 0)
	if err := w.see(w.store, kept); err != nil {
		t.Fatal(err)
	}
	// The hub drops entry 10 and goes on as if it had never been.
	tail, _ := LoadTail(t.Context(), w.store, 10)
	other := append(Memory(nil), w.store[:10]...)
	for i := 11; i < 45; i++ {
		next, leaves, err := tail.Append(entry(i))
		if err != nil {
			t.Fatal(err)
		}
		tail, other = next, append(other, leaves...)
	}
	var f *Fork
	if err := w.see(other, w.at(other, 20, 1)); !errors.As(err, &f) || Code(err) != "fork" {
		t.Errorf("same size: %v", err)
	}
	if f == nil || !bytes.Equal(f.Kept, kept.Note) {
		t.Error("the evidence is not kept")
	}
	if err := w.see(other, w.at(other, 34, 1)); !errors.As(err, &f) || Code(err) != "rewrite" {
		t.Errorf("longer: %v", err)
	}
	proof, _ := ProveConsistency(t.Context(), w.store, 15, 20)
	if err := w.w.Check(w.at(other, 15, 0).Note, proof); Code(err) != "rewrite" {
		t.Errorf("receipt from the other history: %v", err)
	}
	if !bytes.Equal(w.w.Last, kept.Note) {
		t.Error("the witness moved on to a forked log")
	}
}

func TestWitnessIgnoresStrangers(t *testing.T) {
	w := newWorld(t)
	honest := w.key
	if err := w.see(w.store, w.at(w.store, 5, 0)); err != nil {
		t.Fatal(err)
	}
	w.key, _ = newKey(t, "truc.h99.vn")
	if err := w.see(w.store, w.at(w.store, 9, 0)); Code(err) != "signature" {
		t.Errorf("stranger's key: %v", err)
	}
	w.key = honest
	if err := w.w.See([]byte("x"), nil); Code(err) != "signature" {
		t.Errorf("garbage: %v", err)
	}
	var public string
	w.key, public = newKey(t, "truc2.h99.vn")
	w.w.Keys = append(w.w.Keys, public)
	if err := w.see(w.store, w.at(w.store, 9, 0)); Code(err) != "checkpoint" {
		t.Errorf("another log of a trusted key: %v", err)
	}
}
