package gateway

import (
	"cmp"
	"context"
	"time"

	"vanthu/ledger"

	"vanthu/internal/partner"
)

// A hub that comes back from an older copy has forgotten what a gateway handed it
// since. Its log shows it: the gateway compares it with what it saw before, and has
// the hub on this side hand out again what is lost (law:BRVT1842-6.5 GL443-13.1).

// logged is a hub that proves its log.
type logged interface {
	About(ctx context.Context) (partner.About, error)
	Consistency(ctx context.Context, from, at int64) (signed []byte, proof []ledger.Hash, err error)
}

// watch looks at the log of the hub there until the context ends.
func (w *way) watch(ctx context.Context, log logged) {
	for failures := 0; ctx.Err() == nil; {
		pause := cmp.Or(w.Look, time.Minute)
		if err := w.look(ctx, log); err == nil {
			failures = 0
		} else {
			pause = max(pause, w.pause(failures, err))
			if !partner.Temporary(err) {
				pause = max(pause, 10*time.Minute) // a hub of an earlier version
			}
			failures++
			if ctx.Err() == nil {
				w.log().Warn("gateway: log", "way", w.name, "err", err)
			}
		}
		partner.Rest(ctx, pause)
	}
}

// look compares once. What is known is asked for first: it is never younger than
// what is shown.
func (w *way) look(ctx context.Context, log logged) error {
	known, err := w.back.BeyondLog(ctx)
	if err != nil {
		return err
	}
	about, err := log.About(ctx)
	if err != nil {
		return err
	}
	s, err := compare(ctx, log, known, about)
	if err != nil || s == (partner.BeyondSight{}) {
		return err
	}
	return w.saw(ctx, s)
}

// saw says what was seen. Nothing passes meanwhile: what passed before is known
// here, and what is said there from now on is news.
func (w *way) saw(ctx context.Context, s partner.BeyondSight) error {
	w.passing.Lock()
	defer w.passing.Unlock()
	if s.Lost && w.Regained != nil && w.to == w.There {
		w.Regained() // first: it is asked for again until this side has heard of it
	}
	n, err := w.back.SawBeyond(ctx, s)
	if err != nil {
		return err
	}
	if s.Doubt != w.doubt || s.Lost {
		w.log().Warn("gateway: log beyond", "way", w.name, "lost", s.Lost, "from", s.From, "doubt", s.Doubt, "packets", n)
	}
	if w.doubt = s.Doubt; !s.Lost {
		return nil
	}
	clear(w.told)
	w.life++
	return nil
}

// compare says what a log that is shown is against the one that is known; the zero
// value when it stands where it stood.
func compare(ctx context.Context, log logged, known partner.BeyondLog, about partner.About) (s partner.BeyondSight, err error) {
	shown, err := ledger.OpenCheckpoint([]byte(about.Checkpoint), about.PublicKey)
	if err != nil {
		return s, partner.Garbled(err)
	}
	s.Key, s.Head = about.PublicKey, about.Checkpoint
	if known.Key == "" {
		return s, nil
	}
	last, err := ledger.OpenCheckpoint([]byte(known.Head), known.Key)
	if err != nil {
		return s, partner.Garbled(err)
	}
	if about.PublicKey == known.Key && shown.Size == last.Size && shown.Root == last.Root && known.Receipt == "" {
		return partner.BeyondSight{}, nil
	}
	if about.PublicKey == known.Key {
		err = sameKey(ctx, &s, log, last, known, shown)
	} else {
		err = otherKey(ctx, &s, log, last, known, about, shown)
	}
	return s, err
}

// sameKey judges a log under the key that is known: it must lead on from the head
// that was proven and from the one in the newest receipt.
func sameKey(ctx context.Context, s *partner.BeyondSight, log logged, last *ledger.Checkpoint, known partner.BeyondLog, shown *ledger.Checkpoint) error {
	on, err := begins(ctx, log, last.Size, last.Root, shown)
	switch {
	case err != nil:
		return err
	case !on && shown.Size < last.Size:
		s.Lost, s.From, s.Doubt = true, shown.Size, "cut"
		return nil
	case !on:
		*s = partner.BeyondSight{Doubt: "other_log"}
		return nil
	}
	r, err := ledger.VerifyReceipt([]byte(known.Receipt), known.Key)
	if err != nil {
		return nil // none came
	}
	on, err = begins(ctx, log, r.Checkpoint.Size, r.Checkpoint.Root, shown)
	if err == nil && !on {
		s.Lost, s.From, s.Doubt = true, last.Size, "cut"
	}
	return err
}

// otherKey judges a log under another key: the one that is known must vouch for it,
// and it must lead on from what both have.
func otherKey(ctx context.Context, s *partner.BeyondSight, log logged, last *ledger.Checkpoint, known partner.BeyondLog, about partner.About, shown *ledger.Checkpoint) error {
	words := make([][]byte, len(about.Successions))
	for i, word := range about.Successions {
		words[i] = []byte(word)
	}
	end := ledger.Succeeded(known.Key, about.PublicKey, words)
	if end == nil {
		*s = partner.BeyondSight{Doubt: "other_key"}
		return nil
	}
	on, err := begins(ctx, log, end.Size, end.Root, shown)
	if err == nil && on && last.Size <= end.Size {
		on, err = begins(ctx, log, last.Size, last.Root, shown)
	}
	if err != nil {
		return err
	}
	if !on {
		*s = partner.BeyondSight{Doubt: "other_log"}
		return nil
	}
	s.Lost, s.From = true, end.Size
	return nil
}

// begins says whether a log that is shown begins with one of a size and root.
func begins(ctx context.Context, log logged, size int64, root ledger.Hash, shown *ledger.Checkpoint) (bool, error) {
	if size == 0 {
		return true, nil
	}
	if size >= shown.Size {
		return size == shown.Size && root == shown.Root, nil
	}
	_, proof, err := log.Consistency(ctx, size, shown.Size)
	return err == nil && ledger.CheckConsistency(proof, &ledger.Checkpoint{Size: size, Root: root}, shown) == nil, err
}
