package hub

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/law"
	"vanthu/ledger"
	"vanthu/viet"
)

// keepCheckpoint keeps the signed head of the log after so many entries or
// minutes: whoever has one can tell later whether the log was rewritten, and a
// time stamp on it says that it stood so then (law:GL443-3.4.ii).
func (a *act) keepCheckpoint() error {
	type kept struct{ size, at int64 }
	last, err := db.One(a, func(r db.Row) (k kept, err error) { return k, r.Scan(&k.size, &k.at) },
		`SELECT size, at FROM checkpoint ORDER BY size DESC LIMIT 1`)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return err
	}
	if err := a.loadTail(); err != nil {
		return err
	}
	today := viet.DayOf(a.Now)
	pause := time.Duration(law.Figure("hub.checkpoint.minutes", today)) * time.Minute
	grown := a.tail.Size() - last.size
	if grown == 0 || grown < int64(law.Figure("hub.checkpoint.entries", today)) && a.Now.Sub(db.Time(last.at)) < pause {
		return nil
	}
	cp, err := ledger.Sign(a.tail, a.Now, a.hub.signer)
	if err != nil {
		return err
	}
	_, err = a.Exec(`INSERT INTO checkpoint (size, at, note, stamp) VALUES ($1, $2, $3, '')`, cp.Size, db.Ms(a.Now), string(cp.Note))
	return err
}

// Kept is a kept checkpoint.
type Kept struct {
	Size  int64
	At    time.Time
	Note  []byte // signed note
	Stamp []byte // RFC 3161 token (DER) over SHA-256 of Note; nil until it comes
}

func scanKept(r db.Row) (k Kept, err error) {
	var at int64
	var note, stamp string
	if err = r.Scan(&k.Size, &at, &note, &stamp); err != nil {
		return k, err
	}
	k.At, k.Note = db.Time(at), []byte(note)
	if stamp != "" {
		k.Stamp, err = base64.StdEncoding.DecodeString(stamp)
	}
	return k, err
}

// Checkpoints lists the kept checkpoints below a size (0: all), newest first.
func (h *Hub) Checkpoints(ctx context.Context, below int64, limit int) (list []Kept, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, scanKept, `SELECT size, at, note, stamp FROM checkpoint
			WHERE $1 = 0 OR size < $1 ORDER BY size DESC LIMIT $2`, below, limit)
		return err
	})
	return list, err
}

// CheckpointAt gives the kept checkpoint of a size.
func (h *Hub) CheckpointAt(ctx context.Context, size int64) (k Kept, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		k, err = db.One(v, scanKept, `SELECT size, at, note, stamp FROM checkpoint WHERE size = $1`, size)
		if errors.Is(err, db.ErrNone) {
			return refuse(CodeNotFound, fail.NotFound())
		}
		return err
	})
	return k, err
}

// stampsAtOnce is how many checkpoints one call of StampDue has stamped.
const stampsAtOnce = 20

// StampDue asks the time-stamping authority about kept checkpoints that lack a
// stamp, the newest first, and tells how many it got. It runs beside the
// traffic, which never waits for it; that it is late or fails is kept for
// Stamps. Each token also tells the authority's clock. rfc3161:2.4
func (h *Hub) StampDue(ctx context.Context) (got int, err error) {
	if h.Stamp == nil {
		return 0, nil
	}
	defer func() { h.stampTrouble.Store(&trouble{h.Store.Now(), err}) }()
	var bare []Kept
	err = h.Store.Read(ctx, func(v *db.View) error {
		bare, err = db.All(v, scanKept, `SELECT size, at, note, stamp FROM checkpoint WHERE stamp = '' ORDER BY size DESC LIMIT $1`, stampsAtOnce)
		return err
	})
	for _, k := range bare {
		if err == nil {
			err = h.stampOne(ctx, k)
		}
		if err != nil {
			return got, fmt.Errorf("hub: stamp of checkpoint %d: %w", k.Size, err)
		}
		got++
	}
	return got, err
}

func (h *Hub) stampOne(ctx context.Context, k Kept) error {
	digest := (&ledger.Checkpoint{Note: k.Note}).StampDigest()
	asked := h.Store.Now()
	token, err := h.Stamp(ctx, digest[:])
	if err != nil {
		return err
	}
	answered := h.Store.Now()
	if err := h.SetStamp(ctx, k.Size, token); codeOf(err) == CodeState {
		return nil // another process of this hub was quicker
	} else if err != nil {
		return err
	}
	t, err := cms.ParseToken(token)
	if err != nil {
		return err
	}
	return h.write(ctx, func(a *act) error { return a.sampleTSA(asked, answered, t.Time) })
}

// SetStamp keeps the time-stamp token of a kept checkpoint. A token of
// something else, or whose own signature is wrong, is refused; whom it is from
// is judged by those who rely on it, under their own trust list.
func (h *Hub) SetStamp(ctx context.Context, size int64, token []byte) error {
	k, err := h.CheckpointAt(ctx, size)
	if err != nil {
		return err
	}
	t, err := cms.ParseToken(token)
	if err == nil {
		err = t.Covers(k.Note)
	}
	if err == nil {
		_, err = t.Verify()
	}
	if err != nil {
		return refuse(CodeLedger, fail.New(fail.Integrity, "Dấu thời gian không phải của điểm chốt này.").Because(err))
	}
	return h.write(ctx, func(a *act) error {
		n, err := a.Exec(`UPDATE checkpoint SET stamp = $1 WHERE size = $2 AND stamp = ''`, base64.StdEncoding.EncodeToString(token), size)
		if err == nil && n == 0 {
			err = refuse(CodeState, fail.State("Điểm chốt này đã có dấu thời gian."))
		}
		return err
	})
}

// Stamps is how time-stamping stands, for the console and metrics.
type Stamps struct {
	Asked   bool      // an authority is set up
	Last    time.Time // of the newest checkpoint that is stamped
	Bare    int64     // kept checkpoints without a stamp
	Oldest  time.Time // of them
	Trouble string    // why the last try failed; "" when it did not
	Tried   time.Time // by this process
}

// trouble is the outcome of the last try.
type trouble struct {
	at  time.Time
	err error
}

// Stamps tells how time-stamping stands.
func (h *Hub) Stamps(ctx context.Context) (s Stamps, err error) {
	s.Asked = h.Stamp != nil
	if t := h.stampTrouble.Load(); t != nil {
		s.Tried = t.at
		if t.err != nil {
			s.Trouble = t.err.Error()
		}
	}
	err = h.Store.Read(ctx, func(v *db.View) error {
		kept, err := stampsOf(v)
		s.Last, s.Bare, s.Oldest = kept.Last, kept.Bare, kept.Oldest
		return err
	})
	return s, err
}

// stampsOf is what the store knows of Stamps.
func stampsOf(q db.Q) (s Stamps, err error) {
	last, err := db.Value[int64](q, `SELECT at FROM checkpoint WHERE stamp <> '' ORDER BY size DESC LIMIT 1`)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return s, err
	}
	var oldest int64
	s.Last = db.Time(last)
	err = q.QueryRow(`SELECT COUNT(*), COALESCE(MIN(at), 0) FROM checkpoint WHERE stamp = ''`).Scan(&s.Bare, &oldest)
	s.Oldest = db.Time(oldest)
	return s, err
}
