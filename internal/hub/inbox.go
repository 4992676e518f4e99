package hub

import (
	"context"
	"math"
	"time"

	"vanthu/internal/db"
)

// Arrival is a packet that waits for an agency.
type Arrival struct {
	ID          string
	Kind        Kind
	Sender      string // code of the sending agency
	SenderName  string
	To          []string // the addressees that this system fetches for and that lack the packet, as the sender wrote them
	Document    string
	Notation    string // số/ký hiệu
	SHA256      string
	Size        int64
	Priority    int
	At          time.Time // accepted by the hub
	LockedUntil time.Time // until then nobody else is handed it, nor what came after it from its sender
	Attempts    int       // how often it was handed out, this time included
	Text        string    // the whole packet, where Look.Bodies asked for it and it is small
	Trial       bool      // its sender is on trial: a trial message (law:BRVT1842-11.2)

	packet, sender, recipient int64
	class                     int
}

// Look says what an inbox call wants.
type Look struct {
	Wait     time.Duration // how long to wait for the first packet, at most MaxWait
	Limit    int           // most packets, at most MaxInbox; 0 is 20
	Statuses bool          // only status packets
	Letters  bool          // only the others
	Lock     time.Duration // 0 is the hub's own; at most an hour
	Bodies   int64         // most bytes of small packets that come with the list, at most MaxBodies; 0 for none
}

// Limits of Look.
const (
	MaxWait  = 60 * time.Second
	MaxInbox = 200
	// MaxBodies keeps an answer, and the memory for it, small.
	MaxBodies = 2 << 20
	maxLock   = time.Hour
	// scanAhead bounds how far a look goes past locked packets.
	scanAhead = 1000
)

// Inbox hands out what waits for the caller's agency, urgent packets first,
// else in the order of acceptance, and locks it: until the lock runs out or
// the packet is confirmed or released, nobody else of the agency is handed it,
// nor any later packet of the same sender, so that parallel fetchers keep the
// order per sender and recipient. A fetcher that died loses nothing: its
// packets come again (law:BRVT1842-6.5 QD28-6.2). An agency that waits with too
// many calls at once is told to come back.
func (h *Hub) Inbox(ctx context.Context, c Caller, k Look) ([]Arrival, error) {
	k = k.bounded(h)
	until := time.Now().Add(k.Wait)
	n := h.sleepers(c)
	defer n.Add(-1)
	if n.Add(1) > maxSleepers && k.Wait > 0 {
		return nil, errBusy()
	}
	for roused, on := false, true; ; {
		rouse := h.Store.Await(db.Topic(c.id))
		list, err := h.handOut(ctx, c, k, roused)
		h.addTexts(ctx, list, k.Bodies)
		if err != nil || len(list) > 0 {
			return list, err
		}
		if roused, on = sleep(ctx, rouse, until); !on {
			return nil, nil
		}
	}
}

func (k Look) bounded(h *Hub) Look {
	if k.Limit <= 0 {
		k.Limit = 20
	}
	if k.Lock <= 0 {
		k.Lock = h.Lock
	}
	k.Limit, k.Wait, k.Lock = min(k.Limit, MaxInbox), min(k.Wait, MaxWait), min(k.Lock, maxLock)
	k.Bodies = min(k.Bodies, MaxBodies)
	return k
}

// handOut looks without the turn first: most looks find nothing, but for those
// that were roused. Who only waits costs no commit, however many wait.
func (h *Hub) handOut(ctx context.Context, c Caller, k Look, roused bool) (list []Arrival, err error) {
	if !roused {
		err = h.Store.Peek(ctx, func(v *db.View) error {
			list, err = pick(v, v.Now, c, k)
			return err
		})
		if err != nil || len(list) == 0 {
			return nil, err
		}
	}
	err = h.carry(ctx, func(a *act) (err error) {
		list, err = a.handOut(c, k)
		return err
	})
	h.counts.handedOut.Add(int64(len(list)))
	return list, err
}

func (a *act) handOut(c Caller, k Look) ([]Arrival, error) {
	q := a.Settled() // what this commit accepts comes with the next look
	list, err := pick(q, a.Now, c, k)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if err := addAddressees(q, c, list); err != nil {
		return nil, err
	}
	a.lock(c, list, a.Now.Add(k.Lock))
	return list, nil
}

// The first lines are taken from the queue before anything is joined to them:
// however the engine counts its rows, it does not walk a long queue.
const (
	arrivalColumns = `p.name, p.kind, s.code, s.name, p.document, p.notation, p.hash, p.size, p.priority, p.at,
	w.locked_until, w.attempts, s.state = 'trial', w.packet, w.sender, w.recipient, w.class
	FROM (SELECT recipient, class, packet, sender, locked_until, attempts FROM waiting WHERE recipient = $1 AND since >= $2 AND since < $3 `
	arrivalJoins = `) w JOIN packet p ON p.id = w.packet JOIN agency s ON s.id = w.sender
	JOIN agency me ON me.id = w.recipient AND NOT me.paused ORDER BY w.class, w.packet`
)

func scanArrival(r db.Row) (x Arrival, err error) {
	var at, locked int64
	err = r.Scan(&x.ID, &x.Kind, &x.Sender, &x.SenderName, &x.Document, &x.Notation, &x.SHA256, &x.Size, &x.Priority, &at,
		&locked, &x.Attempts, &x.Trial, &x.packet, &x.sender, &x.recipient, &x.class)
	x.At, x.LockedUntil = db.Time(at), db.Time(locked)
	return x, err
}

// pick chooses what may be handed out now. It reads a little more than was
// asked for, and further only when much of that is in somebody's hands.
func pick(q db.Q, now time.Time, c Caller, k Look) ([]Arrival, error) {
	for n := k.Limit + 10; ; n = min(4*n, scanAhead) {
		page, err := k.page(q, c, 0, math.MaxInt64, n)
		if err != nil {
			return nil, err
		}
		out := free(page, now, k.Limit)
		if len(out) == k.Limit || len(page) < n || n >= scanAhead {
			return out, nil
		}
	}
}

// free passes over senders with a packet in somebody's hands, within urgent
// and ordinary ones apart.
func free(page []Arrival, now time.Time, limit int) (out []Arrival) {
	type pair struct {
		sender int64
		class  int
	}
	held := map[pair]bool{}
	for _, x := range page {
		p := pair{x.sender, x.class}
		// A lock longer than any that was given dates from before the clock was
		// set back.
		if left := x.LockedUntil.Sub(now); left > 0 && left <= maxLock {
			held[p] = true
		}
		if held[p] {
			continue
		}
		if out = append(out, x); len(out) == limit {
			break
		}
	}
	return out
}

// page reads the first n of a queue that were accepted in [from, to), in order;
// none while the agency is paused.
func (k Look) page(q db.Q, c Caller, from, to int64, n int) ([]Arrival, error) {
	// SQLite compiles a statement anew for each value of a bare LIMIT.
	if k.Statuses == k.Letters {
		return db.All(q, scanArrival, `SELECT `+arrivalColumns+`ORDER BY class, packet LIMIT 0 + $4`+arrivalJoins, c.id, from, to, n)
	}
	return db.All(q, scanArrival, `SELECT `+arrivalColumns+`AND status = $4 ORDER BY class, packet LIMIT 0 + $5`+arrivalJoins, c.id, from, to, k.Statuses, n)
}

// addAddressees fills in To: those that still lack the packet.
func addAddressees(q db.Q, c Caller, list []Arrival) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[int64]*Arrival, len(list))
	ids := make([]int64, len(list))
	for i := range list {
		ids[i], at[list[i].packet] = list[i].packet, &list[i]
	}
	in, args := db.In(2, ids)
	type one struct {
		packet int64
		code   string
	}
	codes, err := db.All(q, func(r db.Row) (x one, err error) { return x, r.Scan(&x.packet, &x.code) },
		`SELECT packet, to_code FROM delivery WHERE via = $1 AND confirmed_at = 0 AND state <> 'failed' AND packet IN `+in+` ORDER BY changed`, append([]any{c.id}, args...)...)
	for _, x := range codes {
		at[x.packet].To = append(at[x.packet].To, x.code)
	}
	return err
}

func (a *act) lock(c Caller, list []Arrival, until time.Time) {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].packet
		list[i].LockedUntil = until
		list[i].Attempts++
	}
	in, args := db.In(3, ids)
	a.Put(`UPDATE waiting SET locked_until = $1, attempts = attempts + 1 WHERE recipient = $2 AND packet IN `+in,
		append([]any{db.Ms(until), c.id}, args...)...)
}

// Waiting lists what waits for the caller's agency without locking it, for
// the dialect whose clients list, fetch and acknowledge one by one. from and to
// bound the time of acceptance; zero times leave it open.
func (h *Hub) Waiting(ctx context.Context, c Caller, k Look, from, to time.Time) (list []Arrival, err error) {
	k = k.bounded(h)
	err = h.Store.Read(ctx, func(v *db.View) error {
		end := db.Ms(to)
		if end == 0 {
			end = math.MaxInt64
		}
		list, err = k.page(v, c, db.Ms(from), end, k.Limit)
		if err != nil {
			return err
		}
		return addAddressees(v, c, list)
	})
	return list, err
}

// Count tells how many packets wait for the caller's agency: statuses, or the
// others.
func (h *Hub) Count(ctx context.Context, c Caller, statuses bool) (n int, err error) {
	err = h.Store.Read(ctx, func(v *db.View) (err error) {
		n, err = db.Value[int](v, `SELECT COUNT(*) FROM waiting WHERE recipient = $1 AND status = $2`, c.id, statuses)
		return err
	})
	return n, err
}
