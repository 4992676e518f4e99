package hub

import (
	"context"
	"slices"
	"time"

	"vanthu/internal/db"
	"vanthu/law"
	"vanthu/viet"
)

// The hub's clock is the official one (law:HT33-10.2.i QD28-14), so it is
// watched: against the time-stamping authority at every stamp, and against the
// clocks of the agencies' systems, which say the time with their calls. One
// agency that is off has a wrong clock; when most are, the hub has.

// Drift is another clock against the hub's.
type Drift struct {
	Source string // "tsa", or an agency's code
	At     time.Time
	Off    time.Duration // positive: the hub is behind
}

// Clock is how the hub's clock stands.
type Clock struct {
	Limit     time.Duration // beyond which it is wrong
	Reference Drift         // the authority, at the newest stamp; no Source before the first
	Agencies  int           // systems that said the time within the last day
	Median    time.Duration // of them
	Wrong     []Drift       // those whose own clock is off from the hub by more than the limit, at most 100
	Bad       bool          // the hub's clock itself is off: by the authority, or else by most agencies
}

// mostWrong bounds Clock.Wrong.
const mostWrong = 100

// tsaSource names the authority among the sources.
const tsaSource = "tsa"

// sampleTSA keeps what the authority's token says of its clock. A token tells
// whole seconds, cut off, and was made between question and answer.
func (a *act) sampleTSA(asked, answered, said time.Time) error {
	ours := asked.Add(answered.Sub(asked) / 2)
	if said.Nanosecond() == 0 {
		said = said.Add(time.Second / 2)
	}
	return a.sample(Drift{tsaSource, a.Now, said.Sub(ours)})
}

func (a *act) sample(d Drift) error {
	_, err := a.Exec(`INSERT INTO drift (source, at, ms) VALUES ($1, $2, $3) ON CONFLICT (source, at) DO UPDATE SET ms = $3`,
		d.Source, db.Ms(d.At), d.Off.Milliseconds())
	return err
}

// Said notes the time that an agency's system gave with a call, once between
// two Ticks.
func (h *Hub) Said(c Caller, at time.Time) {
	if _, noted := h.said.Load(c.id); !noted {
		now := h.Store.Now()
		h.said.Store(c.id, Drift{c.Code, now, at.Sub(now)})
	}
}

// Clock tells how the hub's clock stands.
func (h *Hub) Clock(ctx context.Context) (c Clock, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		c, err = clockOf(v, v.Now)
		return err
	})
	return c, err
}

func clockOf(q db.Q, now time.Time) (c Clock, err error) {
	c.Limit = time.Duration(law.Figure("hub.drift.seconds", viet.DayOf(now))) * time.Second
	ref, err := db.All(q, scanDrift, `SELECT source, at, ms FROM drift WHERE source = $1 ORDER BY at DESC LIMIT 1`, tsaSource)
	if err != nil {
		return c, err
	}
	if len(ref) > 0 {
		c.Reference = ref[0]
	}
	said, err := db.All(q, scanDrift, `SELECT source, at, ms FROM drift WHERE source <> $1 AND at > $2`, tsaSource, db.Ms(now.Add(-24*time.Hour)))
	c.judge(said)
	return c, err
}

func (c *Clock) judge(said []Drift) {
	slices.SortFunc(said, func(a, b Drift) int { return int(a.Off.Milliseconds() - b.Off.Milliseconds()) })
	c.Agencies = len(said)
	if len(said) > 0 {
		c.Median = said[len(said)/2].Off
	}
	for _, d := range said {
		if d.Off.Abs() > c.Limit && len(c.Wrong) < mostWrong {
			c.Wrong = append(c.Wrong, d)
		}
	}
	switch {
	case c.Reference.Source != "":
		c.Bad = c.Reference.Off.Abs() > c.Limit
	case len(said) >= 3: // two cannot outvote the hub
		c.Bad = c.Median.Abs() > c.Limit
	}
}

func scanDrift(r db.Row) (d Drift, err error) {
	var at, ms int64
	err = r.Scan(&d.Source, &at, &ms)
	d.At, d.Off = db.Time(at), time.Duration(ms)*time.Millisecond
	return d, err
}
