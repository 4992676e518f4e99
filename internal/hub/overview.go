package hub

import (
	"context"
	"slices"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// Overview is the hub at a glance, for the operator's console and metrics. It
// names agencies and counts, never what documents say (C30 invariant 4).
type Overview struct {
	Now        time.Time // the hub's clock
	ID         string
	PublicKey  string
	Agencies   map[LinkState]int64 // how many the directory has in each state
	Busy       []AgencyLoad        // agencies that packets wait for, the longest wait first
	Silent     []AgencyLoad        // agencies on the exchange that have not called, the longest silence first, at most Listed
	Lost       int64               // how many those are
	Paused     []AgencyLoad        // agencies whose queue is held back, at most Listed
	Waiting    int64               // packets × queues that wait
	Oldest     time.Time           // of what waits; zero when nothing does
	Dead       int64               // dead letters (see DeadLetters)
	LogSize    int64               // entries of the log
	Checkpoint []byte              // signed head of the log
	Held       Storage
	Counts     Counts // since this process started
}

// Storage is what the hub holds and the room it has, in bytes.
type Storage struct {
	Packets, Bodies int64 // packets whose bodies are kept, and their size
	Rows            int64 // size of the database
	Free, Total     int64 // of the disk that the bodies are on; Total is 0 when it cannot be told
}

// AgencyLoad is one agency on the console.
type AgencyLoad struct {
	Code, Name string
	AltCode    string
	Parent     string
	Gateway    string // code of the agency whose system fetches for it; "" its own
	State      LinkState
	Since      time.Time // of State
	TrialEnds  time.Time
	Paused     bool
	Seen       time.Time // last call of its system; zero never
	Silent     bool      // on the exchange with a system of its own, and not heard of for SilentAfter
	Waiting    int64     // packets for it
	Oldest     time.Time // of them
	Late       bool      // some wait longer than LateAfter: act
	Received   int64     // ever accepted for it
	Sent       int64     // ever accepted from it
	Failed     int64     // ever given back by it as unreadable
	Next       string    // what the operator should do, Vietnamese; "" nothing
}

// SilentAfter is when a link counts as lost (requirements §7 T23).
const SilentAfter = 10 * time.Minute

// Listed is how many agencies or dead letters a list of the console has.
const Listed = 50

const loadColumns = `SELECT a.id, a.code, a.name, a.alt_code, a.parent, a.gateway, a.state, a.state_at, a.trial_ends, a.paused, a.seen_at,
	q.waiting, q.accepted, q.sent, q.failed, COALESCE((SELECT MIN(since) FROM (
		SELECT MIN(w.since) AS since FROM waiting w WHERE w.recipient = a.id AND w.class = 0 AND w.packet =
			(SELECT MIN(packet) FROM waiting WHERE recipient = a.id AND class = 0)
		UNION ALL SELECT MIN(w.since) FROM waiting w WHERE w.recipient = a.id AND w.class = 1 AND w.packet =
			(SELECT MIN(packet) FROM waiting WHERE recipient = a.id AND class = 1)) heads), 0)
	FROM agency a JOIN queue q ON q.agency = a.id`

// busyLoads steps from one agency with a queue to the next, so that what it
// costs depends on how many there are, not on the packets or on the directory.
const busyLoads = `WITH RECURSIVE busy (agency) AS (SELECT MIN(recipient) FROM waiting
	UNION ALL SELECT (SELECT MIN(recipient) FROM waiting WHERE recipient > busy.agency) FROM busy WHERE busy.agency IS NOT NULL) ` +
	loadColumns + ` JOIN busy ON busy.agency = a.id`

// Overview reads the console's figures. Its cost depends on the number of
// agencies that packets wait for, not on the length of queues or the size of
// the directory.
func (h *Hub) Overview(ctx context.Context) (Overview, error) {
	o := Overview{ID: h.ID(), PublicKey: h.public, Counts: h.Counts()}
	err := h.Store.Read(ctx, func(v *db.View) error {
		o.Now = v.Now
		cp, err := h.checkpoint(v, v.Now)
		if err != nil {
			return err
		}
		o.LogSize, o.Checkpoint = cp.Size, cp.Note
		if err := h.loads(v, &o); err != nil {
			return err
		}
		if o.Dead, err = deadCount(v); err != nil {
			return err
		}
		return h.held(v, &o)
	})
	for _, a := range o.Busy {
		o.Waiting += a.Waiting
	}
	if len(o.Busy) > 0 {
		o.Oldest = o.Busy[0].Oldest
	}
	return o, err
}

// loads reads the agencies that the console names.
func (h *Hub) loads(v *db.View, o *Overview) (err error) {
	if o.Busy, err = db.All(v, h.scanLoad(v.Now), busyLoads); err != nil {
		return err
	}
	slices.SortStableFunc(o.Busy, func(a, b AgencyLoad) int { return a.Oldest.Compare(b.Oldest) })
	const silent = ` a.gateway = '' AND a.state IN ('trial', 'official') AND a.seen_at < $1`
	if o.Silent, err = db.All(v, h.scanLoad(v.Now), loadColumns+` WHERE`+silent+` ORDER BY a.seen_at, a.code LIMIT $2`, silentSince(v.Now), Listed); err != nil {
		return err
	}
	// Those that called in the last minute are not kept in the store yet.
	o.Silent = slices.DeleteFunc(o.Silent, func(a AgencyLoad) bool { return !a.Silent })
	if o.Lost = int64(len(o.Silent)); o.Lost == Listed {
		if o.Lost, err = db.Value[int64](v, `SELECT COUNT(*) FROM agency a WHERE`+silent, silentSince(v.Now)); err != nil {
			return err
		}
	}
	o.Paused, err = db.All(v, h.scanLoad(v.Now), loadColumns+` WHERE a.paused ORDER BY a.code LIMIT $1`, Listed)
	return err
}

// held reads what is kept, and how many agencies there are.
func (h *Hub) held(v *db.View, o *Overview) error {
	kept, err := readCounters(v, "body")
	if err != nil {
		return err
	}
	if o.Agencies, err = statesOf(v); err != nil {
		return err
	}
	o.Held.Packets, o.Held.Bodies = kept["packets"], kept["bytes"]
	o.Held.Free, o.Held.Total = h.Blobs.Room()
	o.Held.Rows, err = v.Size()
	return err
}

// Load is one agency, by any of its codes, as the console shows it.
func (h *Hub) Load(ctx context.Context, code string) (a AgencyLoad, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		a, err = db.One(v, h.scanLoad(v.Now), loadColumns+` WHERE a.id = (SELECT agency FROM agency_code WHERE code = $1)`, NormalCode(code))
		if err == db.ErrNone {
			return refuse(CodeNotFound, fail.NotFound())
		}
		return err
	})
	return a, err
}

func (h *Hub) scanLoad(now time.Time) func(db.Row) (AgencyLoad, error) {
	return func(r db.Row) (a AgencyLoad, err error) {
		var id, since, trial, seen, oldest int64
		err = r.Scan(&id, &a.Code, &a.Name, &a.AltCode, &a.Parent, &a.Gateway, &a.State, &since, &trial, &a.Paused, &seen,
			&a.Waiting, &a.Received, &a.Sent, &a.Failed, &oldest)
		a.Since, a.TrialEnds, a.Seen, a.Oldest = db.Time(since), db.Time(trial), db.Time(seen), db.Time(oldest)
		if at, ok := h.heard.Load(id); ok && at.(time.Time).After(a.Seen) {
			a.Seen = at.(time.Time)
		}
		a.Silent = a.State.live() && a.Gateway == "" && now.Sub(a.Seen) > SilentAfter
		a.Late = !a.Oldest.IsZero() && now.Sub(a.Oldest) > LateAfter
		a.Next = a.advice()
		return a, err
	}
}

// advice is the next step for an agency that needs one.
func (a AgencyLoad) advice() string {
	switch {
	case a.Paused && a.Waiting > 0:
		return "Đang tạm giữ; mở lại khi xong việc."
	case a.Late:
		return "Có gói tin chờ quá 72 giờ: gọi đầu mối kỹ thuật, báo nơi gửi chuyển bản giấy (Điều 7 khoản 4 QĐ 33/2019)."
	case a.Silent && a.Waiting > 0:
		return "Mất kết nối và có gói tin chờ: gọi đầu mối kỹ thuật."
	}
	return ""
}

// keepBodies counts the bodies that came since the last look; purge takes off
// what it removes.
func (a *act) keepBodies() error {
	from, err := a.counter("packet")
	if err != nil {
		return err
	}
	type sum struct{ n, bytes, last int64 }
	s, err := db.One(a, func(r db.Row) (s sum, err error) { return s, r.Scan(&s.n, &s.bytes, &s.last) },
		`SELECT COUNT(*), COALESCE(SUM(size), 0), COALESCE(MAX(id), 0) FROM (SELECT id, size FROM packet WHERE id > $1 ORDER BY id LIMIT 50000) fresh`, from)
	if err != nil || s.n == 0 {
		return err
	}
	if err := a.setCounter("packet", s.last); err != nil {
		return err
	}
	if err := a.count("body.packets", s.n); err != nil {
		return err
	}
	return a.count("body.bytes", s.bytes)
}

// Event is one act of the operator or the clock.
type Event struct {
	ID      int64
	At      time.Time
	Actor   int64
	Address string
	Verb    string
	Subject string // agency code
	Detail  string
}

// Events lists what the operator and the clock did, newest first: about one
// agency or, with "", all; older than an event, or with 0 from the newest on.
func (h *Hub) Events(ctx context.Context, subject string, before int64, limit int) (list []Event, err error) {
	query, args := `SELECT id, at, actor, address, verb, subject, detail FROM event WHERE ($1 = 0 OR id < $1) ORDER BY id DESC LIMIT $2`, []any{before, limit}
	if subject != "" {
		query = `SELECT id, at, actor, address, verb, subject, detail FROM event WHERE ($1 = 0 OR id < $1) AND subject = $3 ORDER BY id DESC LIMIT $2`
		args = append(args, subject)
	}
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, scanEvent, query, args...)
		return err
	})
	return list, err
}

// Acts lists the newest events apart from the lines of the directory, of which
// a file brings a hundred thousand.
func (h *Hub) Acts(ctx context.Context, limit int) (list []Event, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, scanEvent, `SELECT id, at, actor, address, verb, subject, detail FROM event
			WHERE verb NOT IN ('agency.enrolled', 'agency.changed') ORDER BY id DESC LIMIT $1`, limit)
		return err
	})
	return list, err
}

func scanEvent(r db.Row) (e Event, err error) {
	var at int64
	err = r.Scan(&e.ID, &at, &e.Actor, &e.Address, &e.Verb, &e.Subject, &e.Detail)
	e.At = db.Time(at)
	return e, err
}
