package hub

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/ledger"
)

// keepEvery is how often Tick keeps a checkpoint, while the log grows.
const keepEvery = time.Hour

// keepCheckpoint keeps the signed head of the log from time to time, for time
// stamps and for the operator to publish: whoever has one can tell later
// whether the log was rewritten (law:GL443-3.4.ii).
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
	if a.tail.Size() == last.size || a.Now.Sub(db.Time(last.at)) < keepEvery && last.at != 0 {
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

// Checkpoints lists the kept checkpoints, newest first.
func (h *Hub) Checkpoints(ctx context.Context, limit int) (list []Kept, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, func(r db.Row) (k Kept, err error) {
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
		}, `SELECT size, at, note, stamp FROM checkpoint ORDER BY size DESC LIMIT $1`, limit)
		return err
	})
	return list, err
}

// SetStamp keeps the time-stamp token of a kept checkpoint. Stamping is done
// by the caller, whenever the authority answers: traffic never waits for it.
func (h *Hub) SetStamp(ctx context.Context, size int64, token []byte) error {
	return h.write(ctx, func(a *act) error {
		n, err := a.Exec(`UPDATE checkpoint SET stamp = $1 WHERE size = $2 AND stamp = ''`, base64.StdEncoding.EncodeToString(token), size)
		if err == nil && n == 0 {
			err = refuse(CodeState, fail.State("Điểm chốt này không có hoặc đã có dấu thời gian."))
		}
		return err
	})
}
