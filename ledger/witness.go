package ledger

import "bytes"

// Witness is an agency's memory of one hub's log: the last checkpoint that it
// has seen. It is two texts to store, the hub's keys and Last.
type Witness struct {
	Keys []string // public keys of the hub, trusted by the agency
	Last []byte   // note of the newest checkpoint seen; nil at first
}

// Fork holds two notes under a hub's key that do not belong to one log. With
// code fork they cannot both be true and convict the hub by themselves; with
// code rewrite the hub has failed to prove that they agree.
type Fork struct {
	Kept, Shown []byte // signed notes
	Err         *Error // code fork (same size, other root) or rewrite (proof fails)
}

func (f *Fork) Error() string { return f.Err.Error() }

// Unwrap gives the *Error.
func (f *Fork) Unwrap() error { return f.Err }

// Size is how many entries the last checkpoint covers: what to ask a
// consistency proof from.
func (w *Witness) Size() (int64, error) {
	if w.Last == nil {
		return 0, nil
	}
	c, err := OpenCheckpoint(w.Last, w.Keys...)
	if err != nil {
		return 0, err
	}
	return c.Size, nil
}

// See takes a checkpoint that the hub showed, with the proof that it goes on
// from the kept one, and keeps it. The results:
//
//	nil                   it is the same log, grown; Last has moved on
//	code older            it covers less than the kept one and is only late;
//	                      nothing is known about it and Last stays. Ask the hub
//	                      for the proof from it to the kept one and call Check
//	*Fork, code fork      same size, another root
//	*Fork, code rewrite   the proof does not lead from the kept one to it; ask
//	                      for the proof once more before raising the alarm
//	code signature, …     not the hub's: ignore it
func (w *Witness) See(signed []byte, proof []Hash) error {
	next, err := OpenCheckpoint(signed, w.Keys...)
	if err != nil {
		return err
	}
	if w.Last == nil {
		w.Last = next.Note
		return nil
	}
	kept, err := OpenCheckpoint(w.Last, w.Keys...)
	if err != nil {
		return err
	}
	if next.Origin != kept.Origin {
		return refuse("checkpoint", "Điểm chốt thuộc sổ cái khác.", nil)
	}
	if next.Size < kept.Size {
		return refuse("older", "Trục đưa ra điểm chốt cũ hơn điểm chốt đã lưu.", nil)
	}
	if err := compare(kept, next, proof); err != nil {
		return err
	}
	if next.Size > kept.Size || next.Time.After(kept.Time) {
		w.Last = next.Note
	}
	return nil
}

// Check proves an older checkpoint, such as the one inside a receipt, against
// the kept one: the proof leads from older to the kept checkpoint.
func (w *Witness) Check(older []byte, proof []Hash) error {
	old, err := OpenCheckpoint(older, w.Keys...)
	if err != nil {
		return err
	}
	kept, err := OpenCheckpoint(w.Last, w.Keys...)
	if err != nil {
		return err
	}
	if old.Origin != kept.Origin || old.Size > kept.Size {
		return refuse("checkpoint", "Điểm chốt mới hơn điểm chốt đã lưu hoặc thuộc sổ cái khác.", nil)
	}
	return compare(old, kept, proof)
}

// compare returns a *Fork if newer does not continue older.
func compare(older, newer *Checkpoint, proof []Hash) error {
	fork := func(code, text string, err error) error {
		return &Fork{Kept: bytes.Clone(older.Note), Shown: bytes.Clone(newer.Note), Err: &Error{code, text, err}}
	}
	if older.Size == newer.Size {
		if older.Root != newer.Root {
			return fork("fork", "Trục đã ký hai sổ cái khác nhau cùng độ dài.", nil)
		}
		return nil
	}
	if err := CheckConsistency(proof, older, newer); err != nil {
		return fork("rewrite", "Sổ cái của trục không nối tiếp điểm chốt đã lưu.", err)
	}
	return nil
}
