package hub

import (
	"context"
	"time"

	"vanthu/internal/db"
	"vanthu/ledger"
)

// Witness is an agency that watches the log (bên chứng kiến): it asks from time
// to time for the signed head with the proof that the log it knew is its
// beginning, and would find a log that was rewritten.
type Witness struct {
	Code, Name string
	Size       int64     // entries of the newest head that it was given
	At         time.Time // when
}

// sight is what an agency was shown.
type sight struct {
	size int64
	at   time.Time
}

// Witnessed notes that an agency was given a head of the log with the proof
// that it goes on from the one it had. It costs the call nothing: Tick keeps it.
func (h *Hub) Witnessed(c Caller, note []byte) {
	if cp, err := ledger.OpenCheckpoint(note, h.public); err == nil {
		h.sights.Store(c.id, sight{cp.Size, h.Store.Now()})
	}
}

// Ahead notes that an agency holds a head that is longer than the log, which Tick
// raises an alarm for. Without the hub's own signature on it that is only a claim,
// and raises nothing (law:GL443-3.4.ii).
func (h *Hub) Ahead(ctx context.Context, c Caller, note []byte) {
	_, size, err := h.Checkpoint(ctx)
	if err != nil {
		return
	}
	if cp, err := ledger.OpenCheckpoint(note, h.publics()...); err == nil && cp.Size > size {
		h.sights.Store(c.id, sight{cp.Size, h.Store.Now()})
	}
}

// keepSight writes what an agency was last shown.
func keepSight(a *act, agency int64, x any) error {
	s := x.(sight)
	_, err := a.Exec(`INSERT INTO witness (agency, size, at) VALUES ($1, $2, $3)
		ON CONFLICT (agency) DO UPDATE SET size = $2, at = $3 WHERE witness.at < $3`, agency, s.size, db.Ms(s.at))
	return err
}

// Witnesses lists who watches the log, the newest look first, and tells how
// many there are.
func (h *Hub) Witnesses(ctx context.Context, limit int) (list []Witness, n int64, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		if n, err = db.Value[int64](v, `SELECT COUNT(*) FROM witness`); err != nil {
			return err
		}
		list, err = db.All(v, func(r db.Row) (w Witness, err error) {
			var at int64
			err = r.Scan(&w.Code, &w.Name, &w.Size, &at)
			w.At = db.Time(at)
			return w, err
		}, `SELECT a.code, a.name, w.size, w.at FROM witness w JOIN agency a ON a.id = w.agency ORDER BY w.at DESC, a.code LIMIT $1`, limit)
		return err
	})
	return list, n, err
}

// Ledger says how far the log is covered by what others hold.
type Ledger struct {
	Witnesses int64 // agencies that have watched the log
	Seen      int64 // entries of the newest head that one of them was given
	Kept      int64 // entries of the newest kept checkpoint
}

// Ledger reads how far the log is covered.
func (h *Hub) Ledger(ctx context.Context) (l Ledger, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		l, err = db.One(v, func(r db.Row) (l Ledger, err error) { return l, r.Scan(&l.Witnesses, &l.Seen, &l.Kept) },
			`SELECT COUNT(*), COALESCE(MAX(size), 0), (SELECT COALESCE(MAX(size), 0) FROM checkpoint) FROM witness`)
		return err
	})
	return l, err
}
