package hub

import (
	"context"
	"time"

	"vanthu/internal/db"
)

// Tick does what falls due by the clock: trials end, when agencies were last
// heard of is kept, and a checkpoint of the log. Call it every minute or so.
func (h *Hub) Tick(ctx context.Context) error {
	return h.write(ctx, func(a *act) error {
		if err := a.keepHeard(); err != nil {
			return err
		}
		if err := a.keepCheckpoint(); err != nil {
			return err
		}
		return a.endTrials()
	})
}

// keepHeard writes when agencies' systems last called (law:HN20-10.1.d).
func (a *act) keepHeard() (err error) {
	a.hub.heard.Range(func(id, at any) bool {
		ms := db.Ms(at.(time.Time))
		_, err = a.Exec(`UPDATE agency SET seen_at = $1 WHERE id = $2 AND seen_at < $1`, ms, id.(int64))
		return err == nil
	})
	return err
}
