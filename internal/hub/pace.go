package hub

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// Counts are what this process did.
type Counts struct {
	Started                                time.Time
	Accepted, Duplicates, Refused, Faults  int64
	HandedOut, Confirmed, Released, Failed int64
	Bytes                                  int64 // of accepted packets
	Writes                                 Delays
}

// counters are Counts while they grow.
type counters struct {
	accepted, duplicates, refused, faults, handedOut, confirmed, released, failed, bytes atomic.Int64
	writes                                                                               delays
}

func (k *counters) read(started time.Time) Counts {
	return Counts{started, k.accepted.Load(), k.duplicates.Load(), k.refused.Load(), k.faults.Load(),
		k.handedOut.Load(), k.confirmed.Load(), k.released.Load(), k.failed.Load(), k.bytes.Load(), k.writes.read()}
}

// DelayBounds are the upper bounds of Delays.Under.
var DelayBounds = [...]time.Duration{time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2500 * time.Millisecond, 10 * time.Second}

// Delays tell how long the store took to make acts durable.
type Delays struct {
	Under [len(DelayBounds)]int64 // as many as took no longer than each bound
	Count int64
	Sum   time.Duration
}

// delays are Delays while they grow.
type delays struct {
	under      [len(DelayBounds)]atomic.Int64 // each act in its first bound only
	count, sum atomic.Int64
}

func (d *delays) add(took time.Duration) {
	for i, b := range DelayBounds {
		if took <= b {
			d.under[i].Add(1)
			break
		}
	}
	d.count.Add(1)
	d.sum.Add(int64(took))
}

func (d *delays) read() (r Delays) {
	n := int64(0)
	for i := range d.under {
		n += d.under[i].Load()
		r.Under[i] = n
	}
	r.Count, r.Sum = d.count.Load(), time.Duration(d.sum.Load())
	return r
}

// Counts tells what this process did since it started.
func (h *Hub) Counts() Counts { return h.counts.read(h.started) }

// traffic counts packets of agencies until Tick keeps them.
type traffic struct {
	mu sync.Mutex
	of map[int64]flow
}

type flow struct{ sent, received int64 }

// accepted counts a packet for its sender and its recipients.
func (t *traffic) accepted(sender int64, legs []leg) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[int64]flow{}
	}
	f := t.of[sender]
	f.sent++
	t.of[sender] = f
	for _, g := range legs {
		f := t.of[g.agency.id]
		f.received++
		t.of[g.agency.id] = f
	}
}

func (t *traffic) take() map[int64]flow {
	t.mu.Lock()
	defer t.mu.Unlock()
	of := t.of
	t.of = nil
	return of
}

// How long figures are kept.
const (
	paceKept    = 31 * 24 * time.Hour
	trafficKept = 31 * 24 * time.Hour
)

// keepPace adds what this process did since the last look to the minute. What
// is lost in a crash is a minute's figure, never a packet.
func (a *act) keepPace() error {
	h := a.hub
	now, at := h.Counts(), db.Ms(a.Now.Truncate(time.Minute))
	d := now.since(h.paced.Load())
	if d != (Counts{}) {
		if _, err := a.Exec(`INSERT INTO pace (at, accepted, bytes, duplicates, refused, faults, handed_out, confirmed, failed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (at) DO UPDATE SET accepted = pace.accepted + $2, bytes = pace.bytes + $3,
			duplicates = pace.duplicates + $4, refused = pace.refused + $5, faults = pace.faults + $6, handed_out = pace.handed_out + $7,
			confirmed = pace.confirmed + $8, failed = pace.failed + $9`,
			at, d.Accepted, d.Bytes, d.Duplicates, d.Refused, d.Faults, d.HandedOut, d.Confirmed, d.Failed); err != nil {
			return err
		}
		a.After(func() { h.paced.Store(&now) })
	}
	if _, err := a.Exec(`DELETE FROM pace WHERE at < $1`, db.Ms(a.Now.Add(-paceKept))); err != nil {
		return err
	}
	return a.keepTraffic()
}

// since is what was done after an earlier look; nil is the start.
func (k Counts) since(old *Counts) Counts {
	if old == nil {
		old = &Counts{}
	}
	return Counts{Accepted: k.Accepted - old.Accepted, Bytes: k.Bytes - old.Bytes, Duplicates: k.Duplicates - old.Duplicates, Refused: k.Refused - old.Refused,
		Faults: k.Faults - old.Faults, HandedOut: k.HandedOut - old.HandedOut, Confirmed: k.Confirmed - old.Confirmed, Failed: k.Failed - old.Failed}
}

func (a *act) keepTraffic() error {
	at := db.Ms(a.Now.Truncate(time.Hour))
	for agency, f := range a.hub.traffic.take() {
		if _, err := a.Exec(`INSERT INTO traffic (agency, at, sent, received) VALUES ($1, $2, $3, $4)
			ON CONFLICT (agency, at) DO UPDATE SET sent = traffic.sent + $3, received = traffic.received + $4`, agency, at, f.sent, f.received); err != nil {
			return err
		}
	}
	_, err := a.Exec(`DELETE FROM traffic WHERE at < $1`, db.Ms(a.Now.Add(-trafficKept)))
	return err
}

// Pace is what the hub did in a minute or an hour.
type Pace struct {
	At                                   time.Time // its beginning
	Accepted, Confirmed, Failed, Refused int64
	Bytes                                int64
}

// PaceOf gives the last hour by minutes and the last day by hours, each oldest
// first and without gaps, over all processes of the hub.
func (h *Hub) PaceOf(ctx context.Context) (minutes, hours []Pace, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		minutes, hours = blank(v.Now, time.Minute, 60), blank(v.Now, time.Hour, 24)
		list, err := db.All(v, func(r db.Row) (p Pace, err error) {
			var at int64
			err = r.Scan(&at, &p.Accepted, &p.Confirmed, &p.Failed, &p.Refused, &p.Bytes)
			p.At = db.Time(at)
			return p, err
		}, `SELECT at, accepted, confirmed, failed, refused, bytes FROM pace WHERE at >= $1 AND at <= $2`, db.Ms(hours[0].At), db.Ms(v.Now))
		for _, p := range append(list, h.unkept(v.Now)) {
			addPace(minutes, time.Minute, p)
			addPace(hours, time.Hour, p)
		}
		return err
	})
	return minutes, hours, err
}

// unkept is what this process did since it last kept its figures.
func (h *Hub) unkept(now time.Time) Pace {
	d := h.Counts().since(h.paced.Load())
	return Pace{now, d.Accepted, d.Confirmed, d.Failed, d.Refused, d.Bytes}
}

func blank(now time.Time, step time.Duration, n int) []Pace {
	list := make([]Pace, n)
	for i := range list {
		list[i].At = now.Truncate(step).Add(-time.Duration(n-1-i) * step)
	}
	return list
}

func addPace(list []Pace, step time.Duration, p Pace) {
	i := int(p.At.Sub(list[0].At) / step)
	if p.At.Before(list[0].At) || i >= len(list) {
		return
	}
	x := &list[i]
	x.Accepted += p.Accepted
	x.Confirmed += p.Confirmed
	x.Failed += p.Failed
	x.Refused += p.Refused
	x.Bytes += p.Bytes
}

// Flow is what one agency sent and was sent in an hour.
type Flow struct {
	At             time.Time
	Sent, Received int64
}

// FlowOf gives an agency's last day by hours, oldest first and without gaps.
func (h *Hub) FlowOf(ctx context.Context, code string) (list []Flow, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		for _, p := range blank(v.Now, time.Hour, 24) {
			list = append(list, Flow{At: p.At})
		}
		rows, err := db.All(v, func(r db.Row) (f Flow, err error) {
			var at int64
			err = r.Scan(&at, &f.Sent, &f.Received)
			f.At = db.Time(at)
			return f, err
		}, `SELECT at, sent, received FROM traffic WHERE agency = (SELECT agency FROM agency_code WHERE code = $1) AND at >= $2`, NormalCode(code), db.Ms(list[0].At))
		for _, f := range rows {
			if i := int(f.At.Sub(list[0].At) / time.Hour); i < len(list) {
				list[i] = f
			}
		}
		return err
	})
	return list, err
}

// tallyAccept counts the outcome of an Accept.
func (h *Hub) tallyAccept(ack Ack, err error) {
	switch {
	case err == nil && ack.Duplicate:
		h.counts.duplicates.Add(1)
	case err == nil:
		h.counts.accepted.Add(1)
		h.counts.bytes.Add(ack.Size)
	case errors.Is(err, io.ErrUnexpectedEOF): // the line broke
	default:
		if _, ok := fail.As(err); ok {
			h.counts.refused.Add(1)
		} else {
			h.counts.faults.Add(1)
		}
	}
}
