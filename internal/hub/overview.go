package hub

import (
	"context"
	"errors"
	"sync/atomic"
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
	Agencies   []AgencyLoad // those on the exchange or with a queue, by code
	Waiting    int64        // packets × recipients that wait
	Oldest     time.Time    // of what waits; zero when nothing does
	LogSize    int64        // entries of the log
	Checkpoint []byte       // signed head of the log
	Counts     Counts       // since this process started
}

// AgencyLoad is one agency on the console.
type AgencyLoad struct {
	Code, Name string
	State      LinkState
	Paused     bool
	Seen       time.Time // last call of its system; zero never
	Silent     bool      // on the exchange, and not heard of for SilentAfter
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

// Counts are what this process did.
type Counts struct {
	Started                                time.Time
	Accepted, Duplicates, Refused, Faults  int64
	HandedOut, Confirmed, Released, Failed int64
	Bytes                                  int64 // of accepted packets
}

// counters are Counts while they grow.
type counters struct {
	accepted, duplicates, refused, faults, handedOut, confirmed, released, failed, bytes atomic.Int64
}

func (k *counters) read(started time.Time) Counts {
	return Counts{started, k.accepted.Load(), k.duplicates.Load(), k.refused.Load(), k.faults.Load(),
		k.handedOut.Load(), k.confirmed.Load(), k.released.Load(), k.failed.Load(), k.bytes.Load()}
}

// Counts tells what this process did since it started.
func (h *Hub) Counts() Counts { return h.counts.read(h.started) }

// tallyAccept counts the outcome of an Accept.
func (h *Hub) tallyAccept(ack Ack, err error) {
	switch {
	case err == nil && ack.Duplicate:
		h.counts.duplicates.Add(1)
	case err == nil:
		h.counts.accepted.Add(1)
		h.counts.bytes.Add(ack.Size)
	default:
		if _, ok := fail.As(err); ok {
			h.counts.refused.Add(1)
		} else {
			h.counts.faults.Add(1)
		}
	}
}

// Overview reads the console's figures. Its cost depends on the number of
// agencies, not on the length of queues.
func (h *Hub) Overview(ctx context.Context) (Overview, error) {
	o := Overview{ID: h.ID(), PublicKey: h.public, Counts: h.Counts()}
	err := h.Store.Read(ctx, func(v *db.View) error {
		o.Now = v.Now
		cp, err := h.checkpoint(v, v.Now)
		if err != nil {
			return err
		}
		o.LogSize, o.Checkpoint = cp.Size, cp.Note
		o.Agencies, err = db.All(v, h.scanLoad(v.Now), `SELECT a.id, a.code, a.name, a.state, a.paused, a.seen_at, q.waiting, q.accepted, q.sent, q.failed, COALESCE(
				(SELECT MIN(since) FROM (SELECT MIN(w.since) AS since FROM waiting w WHERE w.recipient = a.id AND w.class = 0 AND w.packet =
					(SELECT MIN(packet) FROM waiting WHERE recipient = a.id AND class = 0)
				UNION ALL SELECT MIN(w.since) FROM waiting w WHERE w.recipient = a.id AND w.class = 1 AND w.packet =
					(SELECT MIN(packet) FROM waiting WHERE recipient = a.id AND class = 1)) heads), 0)
			FROM agency a JOIN queue q ON q.agency = a.id
			WHERE a.state IN ('trial', 'official', 'suspended') OR q.waiting > 0 ORDER BY a.code`)
		return err
	})
	for _, a := range o.Agencies {
		o.Waiting += a.Waiting
		if !a.Oldest.IsZero() && (o.Oldest.IsZero() || a.Oldest.Before(o.Oldest)) {
			o.Oldest = a.Oldest
		}
	}
	return o, err
}

func (h *Hub) scanLoad(now time.Time) func(db.Row) (AgencyLoad, error) {
	return func(r db.Row) (a AgencyLoad, err error) {
		var id, seen, oldest int64
		err = r.Scan(&id, &a.Code, &a.Name, &a.State, &a.Paused, &seen, &a.Waiting, &a.Received, &a.Sent, &a.Failed, &oldest)
		a.Seen, a.Oldest = db.Time(seen), db.Time(oldest)
		if at, ok := h.heard.Load(id); ok && at.(time.Time).After(a.Seen) {
			a.Seen = at.(time.Time)
		}
		a.Silent = a.State.live() && now.Sub(a.Seen) > SilentAfter
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

// DeadLetter is a packet that a receiving system gave back as unreadable.
type DeadLetter struct {
	ID         string
	From, To   string // codes
	ToName     string
	At         time.Time // of the failure
	Note       string    // what the system said
	Kind       Kind
	Size       int64
	AcceptedAt time.Time
}

// DeadLetters lists the newest failures.
func (h *Hub) DeadLetters(ctx context.Context, limit int) (list []DeadLetter, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, func(r db.Row) (d DeadLetter, err error) {
			var at, accepted int64
			err = r.Scan(&d.ID, &d.From, &d.To, &d.ToName, &at, &d.Note, &d.Kind, &d.Size, &accepted)
			d.At, d.AcceptedAt = db.Time(at), db.Time(accepted)
			return d, err
		}, `SELECT p.name, s.code, r.code, r.name, d.state_at, d.note, p.kind, p.size, p.at FROM delivery d
			JOIN packet p ON p.id = d.packet JOIN agency s ON s.id = d.sender JOIN agency r ON r.id = d.recipient
			WHERE d.state = 'failed' ORDER BY d.state_at DESC LIMIT $1`, limit)
		return err
	})
	return list, err
}

// Resend puts a failed packet back into its recipient's queue: an act of the
// operator, after the receiving system was mended.
func (h *Hub) Resend(ctx context.Context, by db.Actor, id, to string) error {
	return h.writeBy(ctx, by, func(a *act) error {
		g, err := agencyByCode(a, to)
		if errors.Is(err, db.ErrNone) {
			return refuse(CodeNotFound, fail.NotFound())
		}
		if err != nil {
			return err
		}
		packet, err := db.Value[int64](a, `SELECT id FROM packet WHERE name = $1 AND gone = 0`, id)
		if errors.Is(err, db.ErrNone) {
			return refuse(CodeNotFound, fail.NotFound())
		}
		if err != nil {
			return err
		}
		return a.requeue(packet, g)
	})
}

func (a *act) requeue(packet int64, g Agency) error {
	type row struct {
		state State
		via   int64
	}
	d, err := db.One(a, func(r db.Row) (d row, err error) { return d, r.Scan(&d.state, &d.via) },
		`SELECT state, via FROM delivery WHERE packet = $1 AND recipient = $2`, packet, g.id)
	if errors.Is(err, db.ErrNone) || err == nil && d.state != Failed {
		return refuse(CodeState, fail.State("Chỉ gửi lại gói tin bị lỗi.", "BRVT1842-6.5"))
	}
	if err != nil {
		return err
	}
	if err := a.move(packet, g.id, line{Sent, ""}, ""); err != nil {
		return err
	}
	n, err := a.Exec(`INSERT INTO waiting (recipient, class, packet, sender, status, since, locked_until, attempts)
		SELECT $1, 1, id, sender, kind = 'status', $2, 0, 0 FROM packet WHERE id = $3 ON CONFLICT DO NOTHING`, d.via, db.Ms(a.Now), packet)
	if err != nil {
		return err
	}
	if _, err := a.Exec(`UPDATE queue SET waiting = waiting + $1, failed = failed - 1 WHERE agency = $2`, n, d.via); err != nil {
		return err
	}
	a.wakes[d.via] = true
	return a.note("packet.resent", g.Code, "")
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

// Events lists what the operator and the clock did, newest first; subject ""
// is everything.
func (h *Hub) Events(ctx context.Context, subject string, limit int) (list []Event, err error) {
	err = h.Store.Read(ctx, func(v *db.View) error {
		list, err = db.All(v, func(r db.Row) (e Event, err error) {
			var at int64
			err = r.Scan(&e.ID, &at, &e.Actor, &e.Address, &e.Verb, &e.Subject, &e.Detail)
			e.At = db.Time(at)
			return e, err
		}, `SELECT id, at, actor, address, verb, subject, detail FROM event WHERE $1 = '' OR subject = $1 ORDER BY id DESC LIMIT $2`, subject, limit)
		return err
	})
	return list, err
}
