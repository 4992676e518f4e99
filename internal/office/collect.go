package office

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"syscall"
	"time"

	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/partner"
)

// Collect takes what waits at the hub, waiting up to wait for the first, and
// tells how many packets came. A packet is stored durably, has its effect, and
// only then is confirmed: a crash in between makes it come again, with one
// effect. A packet that cannot be read is rejected with the reason. One that
// cannot be taken in for a reason of its own holds up what its sender sends after
// it and nobody else; people are told.
// law:BRVT1842-3.3 HT33-8.2.iii BRVT1842-6.5
func (o *Office) Collect(ctx context.Context, wait time.Duration) (came int, err error) {
	if o.Partner == nil {
		return 0, nil
	}
	list, err := o.Partner.Inbox(ctx, wait)
	if err != nil {
		o.away.Store(true)
		return 0, err
	}
	var waits error
	var stored []string
	waiting := map[string]bool{} // senders of packets that wait
	for i, a := range list {
		if waiting[a.Sender] && !alone(a) {
			continue // like what it may be about, it comes again when the hub's lock ends
		}
		rejected, err := o.collectOne(ctx, a)
		if err != nil && !errors.Is(err, errKeyBroken) && o.ours(ctx, err) {
			o.giveBack(ctx, list[i:])
			return came, errors.Join(err, o.confirm(ctx, stored))
		}
		if err != nil {
			o.tellWaits(ctx, a, err)
			waiting[a.Sender], waits = true, err // not given back, so that it comes again only when the hub's lock ends
			continue
		}
		if !rejected {
			stored = append(stored, a.ID)
		}
		came++
	}
	return came, errors.Join(o.confirm(ctx, stored), waits)
}

// ours says whether what went wrong with a packet is on this side or on the line,
// so that no other packet would fare better now.
func (o *Office) ours(ctx context.Context, err error) bool {
	var line *partner.Error
	var system syscall.Errno
	switch {
	case ctx.Err() != nil:
		return true
	case errors.As(err, &line):
		return line.Code == partner.Unreachable || line.Locked
	case errors.As(err, &system):
		return true // a full or broken disk
	}
	return o.Store.Write(ctx, db.System, func(*db.Tx) error { return nil }) != nil
}

// heldTopic is what people are told about packets that cannot be taken in.
const heldTopic = "packet.held"

// tellWaits has people know of a packet that cannot be taken in.
// law:BRVT1842-6.5
func (o *Office) tellWaits(ctx context.Context, a partner.Arrival, cause error) {
	if errors.Is(cause, errKeyBroken) {
		o.tellBroken(ctx, cause)
		return
	}
	o.log().Error("packet waits", "agency", o.Store.Name(), "message", a.ID, "from", a.Sender, "err", cause)
	if partner.Temporary(cause) {
		return
	}
	err := o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		from := a.Sender
		if g, err := org.AgencyByCode(tx, a.Sender); err == nil {
			from = g.Name
		}
		return o.tellOfHub(tx, heldTopic, "Chưa lấy được gói tin "+a.ID+" của "+from+", hệ thống thử lại: "+waitsFor(cause)+" Báo quản trị, hỏi đơn vị vận hành trục.")
	})
	if err != nil {
		o.log().Error("people not told of a packet that waits", "err", err)
	}
}

// waitsFor is why a packet waits, as people read it.
func waitsFor(cause error) string {
	var e *partner.Error
	if f, ok := fail.As(cause); ok {
		return sentence(f.Text)
	}
	if errors.As(cause, &e) && e.Text != "" {
		return sentence(e.Text)
	}
	return "lỗi khi đọc gói tin, xem nhật ký máy chủ."
}

// alone says that a packet is about no other packet of its sender; a status may
// recall one (code 13).
func alone(a partner.Arrival) bool { return a.Kind == "new" }

// confirm tells the hub what is stored here, in one request where it takes so.
func (o *Office) confirm(ctx context.Context, stored []string) error {
	if all, ok := o.Partner.(interface {
		ConfirmAll(ctx context.Context, ids []string) error
	}); ok && len(stored) > 0 {
		return all.ConfirmAll(ctx, stored)
	}
	var refused error
	for _, id := range stored { // one that is refused leaves no other unconfirmed
		if err := o.Partner.Confirm(ctx, id); err != nil {
			refused = errors.Join(refused, err)
		}
	}
	return refused
}

// giveBack returns what was handed out and not taken in, so that it need not
// wait until the hub's lock ends. A hub that knows no giving back keeps it
// until then.
func (o *Office) giveBack(ctx context.Context, rest []partner.Arrival) {
	h, ok := o.Partner.(interface {
		Release(ctx context.Context, id string) error
	})
	if !ok {
		return
	}
	for _, a := range rest {
		if err := h.Release(ctx, a.ID); err != nil {
			return // the line is down: the lock ends by itself
		}
	}
}

// collectOne stores a packet and lets it have its effect; it remains to be
// confirmed unless it was rejected.
func (o *Office) collectOne(ctx context.Context, a partner.Arrival) (rejected bool, err error) {
	h, err := o.fetch(ctx, a)
	if err == nil {
		err = o.takeFetched(ctx, a, h)
	}
	if why, bad := unreadable(err); bad {
		o.log().Warn("packet rejected", "message", a.ID, "from", a.Sender, "err", err)
		return true, o.Partner.Reject(ctx, a.ID, why)
	}
	return false, err
}

func (o *Office) takeFetched(ctx context.Context, a partner.Arrival, packet blob.Hash) error {
	receipt, err := o.receiptOf(ctx, a)
	if err != nil {
		return err
	}
	return o.Arrive(ctx, Arrival{Message: a.ID, Sender: a.Sender, Packet: packet, Receipt: receipt, Trial: a.Trial})
}

// receiptOf keeps the hub's signed receipt of a status packet: the proof of
// when the receiver said what. A hub without receipts gives none, nor does one
// that has none for us. law:BRVT1842-6.5 HT33-10.2.i
func (o *Office) receiptOf(ctx context.Context, a partner.Arrival) (blob.Hash, error) {
	if a.Kind != "status" {
		return "", nil
	}
	list, err := o.Partner.Receipts(ctx, a.ID)
	var refused *partner.Error
	if errors.As(err, &refused) && !refused.Temporary {
		return "", nil
	}
	if err != nil || len(list) == 0 {
		return "", err
	}
	return o.Blobs.PutBytes(ctx, list[0].File)
}

func (o *Office) fetch(ctx context.Context, a partner.Arrival) (blob.Hash, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(partner.Bring(ctx, o.Partner, a, w)) }()
	h, _, err := o.Blobs.Put(ctx, r, 1<<30)
	r.CloseWithError(err)
	return h, err
}

// unreadable tells errors of the packet from errors of ours.
func unreadable(err error) (string, bool) {
	var x *edxml.Error
	if errors.As(err, &x) {
		return x.Error(), true
	}
	if e, ok := fail.As(err); ok && e.Kind != fail.Busy && !errors.Is(err, blob.ErrSpoilt) {
		return e.Text, true
	}
	return "", false
}

// directorySetting is the hub's token up to which this agency knows the directory.
const directorySetting = "directory.since"

// SyncDirectory brings the directory up to date with the hub's.
// law:BRVT1842-2.5 BRVT1842-6.1
func (o *Office) SyncDirectory(ctx context.Context) error {
	if o.Partner == nil {
		return nil
	}
	if err := o.publishKey(ctx); err != nil {
		return err
	}
	var since string
	err := o.Read(ctx, func(v *db.View) (err error) {
		since, err = org.Setting(v, directorySetting)
		return err
	})
	if err != nil {
		return err
	}
	list, next, err := o.Partner.Directory(ctx, since)
	if err != nil || len(list) == 0 && next == since {
		return err
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		for _, g := range list {
			x := org.Agency{Code: g.Code, AltCode: g.AltCode, Name: g.Name, Short: g.Symbol, Parent: g.Parent, HubState: g.State, Successor: g.Successor,
				Certificate: base64.StdEncoding.EncodeToString(g.Key)}
			if g.State == "closed" {
				x.Closed = g.Since
			}
			if err := org.PutAgency(tx, x); err != nil {
				return err
			}
		}
		return org.Set(tx, directorySetting, next)
	})
}

// Run follows the agency's exchange until ctx ends: it posts when something
// was queued, collects all the time, and keeps the directory fresh. The line
// being down costs nothing but time. What was put off is tried at once: whatever
// stood in its way may have ended with the process before, such as a full disk.
func (o *Office) Run(ctx context.Context) {
	go func() {
		if err := o.Hurry(ctx); err != nil && ctx.Err() == nil {
			o.log().Error("exchange", "agency", o.Store.Name(), "err", err) // it goes when its time comes
		}
		o.follow(ctx, 5*time.Second, o.Post)
	}()
	go o.follow(ctx, time.Minute, o.Tell)
	o.RunIndex(ctx)
	go o.loop(ctx, func(ctx context.Context) error {
		_, err := o.WatchKeys(ctx)
		if err == nil {
			pause(ctx, nil, time.Hour)
		}
		return err
	})
	go o.loop(ctx, func(ctx context.Context) error {
		err := o.WatchHub(ctx)
		if err == nil {
			pause(ctx, nil, time.Hour)
		}
		return err
	})
	go o.loop(ctx, func(ctx context.Context) error {
		n, err := o.WatchSent(ctx)
		if n == 0 && err == nil {
			pause(ctx, nil, time.Minute) // no commit here says what happens at the hub
		}
		return err
	})
	go o.loop(ctx, func(ctx context.Context) error {
		_, err := o.Collect(ctx, 25*time.Second)
		return err
	})
	go o.loop(ctx, func(ctx context.Context) error {
		err := o.SyncDirectory(ctx)
		if err == nil {
			pause(ctx, nil, 10*time.Minute)
		}
		return err
	})
}

// RunIndex does until ctx ends what an agency needs without an exchange, too: it
// follows the journal for search, destroys what was recalled, clears packets past
// their time, and renews evidence that ages.
func (o *Office) RunIndex(ctx context.Context) {
	go o.follow(ctx, time.Minute, o.Index)
	go o.follow(ctx, time.Minute, o.Destroy)
	go o.loop(ctx, func(ctx context.Context) error {
		n, err := o.ClearPackets(ctx)
		if n == 0 && err == nil {
			pause(ctx, nil, time.Hour) // machines that are off at night clear, too
		}
		return err
	})
	go o.loop(ctx, func(ctx context.Context) error {
		_, err := o.Restamp(ctx)
		pause(ctx, nil, time.Hour)
		return err
	})
}

// follow repeats f while it finds something to do, then waits for the next
// commit, or for rest.
func (o *Office) follow(ctx context.Context, rest time.Duration, f func(context.Context) (int, error)) {
	o.loop(ctx, func(ctx context.Context) error {
		changed := o.Store.Changed()
		n, err := f(ctx)
		if n == 0 && err == nil {
			pause(ctx, changed, rest)
		}
		return err
	})
}

// loop repeats f, resting after errors: two seconds, then longer, up to a
// minute.
func (o *Office) loop(ctx context.Context, f func(context.Context) error) {
	failed := 0
	for ctx.Err() == nil {
		err := f(ctx)
		if err == nil {
			failed = 0
			continue
		}
		if ctx.Err() == nil && !partner.Temporary(err) {
			o.log().Error("exchange", "agency", o.Store.Name(), "err", err)
		}
		pause(ctx, nil, min(2*time.Second<<min(failed, 5), time.Minute))
		failed++
	}
}

func pause(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-t.C:
	}
}

// Hurry makes everything that waits for the hub due now: the line is back.
func (o *Office) Hurry(ctx context.Context) error {
	return o.Store.Write(ctx, db.System, exchange.Hurry)
}
