package ledger

import (
	"bytes"
	"testing"
)

// A hub's word that its log goes on under another key leads from the trusted
// key to the new one, and nothing else does (GL443-3.4.ii).
func TestSuccession_GL443_3_4_ii(t *testing.T) {
	tail, store := grow(t, 40)
	short, err := LoadTail(t.Context(), store, 20)
	if err != nil {
		t.Fatal(err)
	}
	one, key1 := newKey(t, "truc.h99.vn")
	two, key2 := newKey(t, "truc.h99.vn/2")
	_, key3 := newKey(t, "truc.h99.vn/3")
	stranger, _ := newKey(t, "truc.h99.vn")
	words := func(list ...*Succession) (out [][]byte) {
		for _, s := range list {
			out = append(out, s.Note)
		}
		return out
	}
	say := func(tail Tail, key string, by Signer) *Succession {
		s, err := Succeed(tail, key, t0, by)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, second := say(tail, key2, one), say(short, key3, two)
	if s := Succeeded(key1, key2, words(first)); s == nil || s.Size != 40 || s.Root != tail.Root() {
		t.Errorf("%+v", s)
	}
	if s := Succeeded(key1, key3, words(second, first)); s == nil || s.Size != 20 {
		t.Errorf("over two steps: %+v, want the shortest", s)
	}
	for name, list := range map[string][][]byte{"none": nil, "a stranger's": words(say(tail, key2, stranger)), "to another key": words(say(tail, key3, one)),
		"a circle": words(say(tail, key1, one), say(tail, key1, one))} {
		if s := Succeeded(key1, key2, list); s != nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if _, err := OpenCheckpoint(first.Note, key1); Code(err) != "checkpoint" {
		t.Errorf("taken for a checkpoint: %v", err)
	}
	cp, err := Sign(tail, t0, one)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSuccession(cp.Note, key1); Code(err) != "checkpoint" {
		t.Errorf("a checkpoint taken for it: %v", err)
	}
	for i := range first.Note {
		bad := bytes.Clone(first.Note)
		bad[i] ^= 1
		if _, err := OpenSuccession(bad, key1); Code(err) == "" {
			t.Fatalf("byte %d changed unseen: %v", i, err)
		}
	}
}
