package hub

import (
	"context"
	"slices"
	"sync"
	"time"

	"vanthu/internal/db"
)

// keepAtOnce is how many agencies' news one turn keeps: packets pass between.
const keepAtOnce = 200

// Tick does what falls due by the clock: what agencies' systems were heard to
// say goes to the store, a checkpoint of the log is kept, trials end, and the
// console's figures and alarms follow. Call it every minute or so.
func (h *Hub) Tick(ctx context.Context) error {
	err := h.keepAll(ctx, &h.heard, keepHeard)
	if err == nil {
		err = h.keepAll(ctx, &h.said, keepSaid)
	}
	if err == nil {
		err = h.keepAll(ctx, &h.sights, keepSight)
	}
	if err == nil {
		err = h.write(ctx, func(a *act) error {
			if err := a.keepCheckpoint(); err != nil {
				return err
			}
			if err := a.endTrials(); err != nil {
				return err
			}
			return a.keepFigures()
		})
	}
	for more := err == nil; more; {
		err = h.write(ctx, func(a *act) (err error) {
			more, err = a.followDirectory()
			return err
		})
		more = more && err == nil
	}
	return err
}

// keepAll moves what was noted of agencies into the store, some in each turn.
func (h *Hub) keepAll(ctx context.Context, from *sync.Map, one func(a *act, agency int64, x any) error) error {
	var ids []int64
	from.Range(func(id, _ any) bool { ids = append(ids, id.(int64)); return true })
	for some := range slices.Chunk(ids, keepAtOnce) {
		err := h.write(ctx, func(a *act) error {
			for _, id := range some {
				x, _ := from.Load(id)
				if err := one(a, id, x); err != nil {
					return err
				}
				a.After(func() { from.CompareAndDelete(id, x) })
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keepHeard writes when an agency's system last called (law:HN20-10.1.d).
func keepHeard(a *act, agency int64, x any) error {
	_, err := a.Exec(`UPDATE agency SET seen_at = $1 WHERE id = $2 AND seen_at < $1`, db.Ms(x.(time.Time)), agency)
	return err
}

// keepSaid writes what an agency's clock said last.
func keepSaid(a *act, _ int64, x any) error {
	d := x.(Drift)
	if _, err := a.Exec(`DELETE FROM drift WHERE source = $1`, d.Source); err != nil {
		return err
	}
	return a.sample(d)
}
