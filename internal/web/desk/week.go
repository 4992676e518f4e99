package desk

import (
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// week is how the register fared since Monday, counted from its own lines.
type week struct {
	Arrived    int
	Registered int
	Meter      part.Meter // registered on the day that the arrival counts for
}

// weekOf counts the incoming documents that arrived this week. One is in time
// when it was registered on the day its arrival counts for, an urgent one
// within 15 minutes. law:HT33-8.3.i HT33-8.3.ii
func weekOf(v *db.View, x *seat.Seat) (*week, error) {
	monday := viet.DayOf(x.Now()).Monday().Start()
	w := &week{}
	inTime := 0
	before := document.ID(0)
	for range 20 { // at most 4,000 lines are looked at
		list, err := document.List(v, x.Actor, document.Filter{Way: document.In, Limit: 200, Before: before})
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if d.ArrivedAt.Before(monday) {
				return w.closed(inTime), nil
			}
			w.Arrived++
			if !d.Registered.IsZero() {
				w.Registered++
				if registeredInTime(x.Office.Calendar, d) {
					inTime++
				}
			}
			before = d.ID
		}
		if len(list) < 200 {
			break
		}
	}
	return w.closed(inTime), nil
}

func registeredInTime(cal *viet.Calendar, d document.Document) bool {
	if d.Urgency != document.Normal {
		return d.Registered.Sub(d.ArrivedAt) <= 15*time.Minute
	}
	return viet.DayOf(d.Registered) <= cal.CountingDay(d.ArrivedAt)
}

// closed works out the share; a week without a registered document has none.
func (w *week) closed(inTime int) *week {
	if w.Registered == 0 {
		return nil
	}
	w.Meter = part.Meter{Label: "Vào sổ đúng hạn", Percent: inTime * 100 / w.Registered, Kind: "ok"}
	if w.Meter.Percent < 90 {
		w.Meter.Kind = "warn"
	}
	return w
}
