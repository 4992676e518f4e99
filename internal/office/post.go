package office

import (
	"context"
	"errors"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/internal/partner"
	"vanthu/viet"
)

// giveUp is how long a packet is tried before its line becomes a dead letter
// with a next step (requirements §6.3). It is the time of the trying, not that of
// the machine's clock, which may be set meanwhile.
const giveUp = 72 * time.Hour

// Post hands every packet whose turn has come to the hub and tells how many
// went, in the order in which they were queued. While the hub or the line is
// down it stops at the first and gives the temporary error: nothing overtakes
// when the line comes back. A packet that alone does not get through waits by
// itself, and only what is about the same document waits behind it. Post is a
// follower of the acts that queued the packets and needs no right.
// law:HT33-10.2.i BRVT1842-6.5
func (o *Office) Post(ctx context.Context) (sent int, err error) {
	if o.Partner == nil {
		return 0, nil
	}
	for {
		var due []exchange.Item
		err := o.Read(ctx, func(v *db.View) (err error) {
			due, err = exchange.Due(v, o.Store.Now(), partner.MaxParcels) // a restored hub puts others in front
			return err
		})
		if err != nil || len(due) == 0 {
			return sent, err
		}
		if o.backAgain(ctx) {
			continue
		}
		went, err := o.post(ctx, due)
		sent += went
		if err != nil {
			return sent, err
		}
	}
}

// post sends the first of what is due, and with it what may share its request.
func (o *Office) post(ctx context.Context, due []exchange.Item) (went int, err error) {
	if bulk, ok := o.Partner.(partner.Bulk); ok {
		if list := small(due); len(list) > 1 {
			return o.postMany(ctx, bulk, list)
		}
	}
	return o.postAlone(ctx, due[0])
}

func (o *Office) postAlone(ctx context.Context, x exchange.Item) (went int, err error) {
	ok, err := o.postOne(ctx, x)
	if ok {
		went = 1
	}
	return went, err
}

// written is an item whose packet is in the store; not ok: what became of it
// instead has been noted.
func (o *Office) written(ctx context.Context, x *exchange.Item) (ok bool, err error) {
	if x.Packet != "" {
		return true, nil
	}
	h, err := o.packetOf(ctx, *x)
	if err != nil {
		return false, o.notWritten(ctx, *x, err)
	}
	x.Packet = h
	err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return exchange.SetPacket(tx, x.ID, h) })
	return err == nil, err
}

// keyOf names the sending of a packet, the same at every try.
func (o *Office) keyOf(x exchange.Item) string {
	return o.Store.Name() + "-" + itoa(x.ID) + "-" + string(x.Packet[:12])
}

// postOne sends one packet: the same bytes under the same key at every try.
func (o *Office) postOne(ctx context.Context, x exchange.Item) (bool, error) {
	if ok, err := o.written(ctx, &x); !ok {
		return false, err
	}
	f, err := o.Blobs.Open(x.Packet)
	if errors.Is(err, blob.ErrNone) {
		return false, o.packetLost(ctx, x)
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return false, err
	}
	ack, err := o.Partner.Send(ctx, f, st.Size(), o.keyOf(x))
	if err == nil {
		return true, o.posted(ctx, x, ack)
	}
	return false, o.notTaken(ctx, x, err)
}

// notTaken decides what becomes of a packet that the hub did not take. An error
// says that nothing else is to be tried now.
func (o *Office) notTaken(ctx context.Context, x exchange.Item, cause error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case partner.Locked(cause) && x.Tried < giveUp:
		return o.lineDown(ctx, x, cause) // about this agency, not about the packet
	case x.Again && !partner.Temporary(cause) && x.Tried < giveUp:
		return o.postpone(ctx, x, cause) // a restored hub learns again by and by
	case partner.Temporary(cause) && x.Tried < giveUp:
		if partner.Temporary(o.SyncDirectory(ctx)) {
			return o.lineDown(ctx, x, cause)
		}
		return o.postpone(ctx, x, cause) // others get through
	}
	return o.notPosted(ctx, x, cause)
}

// notWritten tries a packet that could not be written again, unless that cannot
// help, or for as long as one that cannot be sent.
func (o *Office) notWritten(ctx context.Context, x exchange.Item, cause error) error {
	o.log().Error("packet not written", "document", x.Document, "kind", x.Kind, "err", cause)
	if _, never := unreadable(cause); never || x.Tried >= giveUp {
		return o.notPosted(ctx, x, cause)
	}
	return o.postpone(ctx, x, cause)
}

// errLost says that a packet's file is gone and that it cannot be written as it was.
var errLost = fail.New(fail.Integrity, "Tệp gói tin không còn trong kho.", "HT33-14.6")

// packetLost writes a packet anew whose file is gone. One that a restored hub is
// offered again must have the same bytes: its line fails instead.
func (o *Office) packetLost(ctx context.Context, x exchange.Item) error {
	o.log().Error("packet file is gone", "document", x.Document, "kind", x.Kind, "packet", x.Packet)
	if x.Again {
		return o.notPosted(ctx, x, errLost)
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return exchange.SetPacket(tx, x.ID, "") })
}

// posted notes the hub's acknowledgement on the lines the packet was for.
func (o *Office) posted(ctx context.Context, x exchange.Item, ack partner.Ack) error {
	var receipt blob.Hash
	if len(ack.Receipt) > 0 {
		h, err := o.Blobs.PutBytes(ctx, ack.Receipt)
		if err != nil {
			return err
		}
		receipt = h
	}
	look := false
	err := o.Store.Write(ctx, db.System, func(tx *db.Tx) (err error) {
		if look, err = handOver(tx, x, ack, receipt); err != nil {
			return err
		}
		switch {
		case x.Again:
			return journal.Write(tx, OfferedAgainIt, int64(x.Document), 0, journal.Detail{"kind": string(x.Kind), "receipt": string(receipt)})
		case x.Kind == exchange.Status:
			return nil
		}
		return o.change(tx, x.Document, func(tx *db.Tx, d *document.Document) error {
			return o.markSent(tx, d, x, ack.ID, exchange.Event{Code: "sent", At: ack.At, Receipt: receipt})
		})
	})
	if err == nil && look {
		err = o.WatchHub(ctx)
	}
	return err
}

func (o *Office) markSent(tx *db.Tx, d *document.Document, x exchange.Item, packet string, e exchange.Event) error {
	lines, err := exchange.Of(tx, d.ID)
	if err != nil {
		return err
	}
	for i := range lines {
		l := &lines[i]
		switch {
		case x.Kind == exchange.Recall && l.Code == x.Receiver:
			err = exchange.SetReceipt(tx, l.ID, "13", e.Receipt)
		case x.Kind == exchange.Document && l.State == exchange.Queued:
			if err = exchange.Carry(tx, l.ID, packet); err == nil {
				_, err = exchange.Apply(tx, l, e)
			}
		}
		if err != nil {
			return err
		}
	}
	return journal.Write(tx, SentIt, int64(d.ID), 0, journal.Detail{"kind": string(x.Kind)})
}

// postpone notes a failed try; pauses grow from half a minute to half an hour,
// or are as long as the hub asks for.
func (o *Office) postpone(ctx context.Context, x exchange.Item, cause error) error {
	pause := 30 * time.Second << min(x.Tries, 6)
	var e *partner.Error
	if errors.As(cause, &e) {
		pause = max(pause, e.RetryAfter)
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		return exchange.Postpone(tx, x.ID, tx.Now.Add(min(pause, exchange.LongestPause)), spoken(cause))
	})
}

// backAgain looks at the log of a hub that was away before anything new goes to
// it: what it has forgotten goes first. It says whether the hub is back.
func (o *Office) backAgain(ctx context.Context) bool {
	return o.away.Load() && o.WatchHub(ctx) == nil && o.away.CompareAndSwap(true, false)
}

// lineDown notes a failed try of the first packet, which keeps its place, and
// gives the cause: no other packet would fare better now.
func (o *Office) lineDown(ctx context.Context, x exchange.Item, cause error) error {
	o.away.Store(true)
	err := o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		return exchange.Postpone(tx, x.ID, tx.Now, spoken(cause))
	})
	return errors.Join(cause, err)
}

// spoken is a cause as the clerk reads it.
func spoken(err error) string {
	var e *partner.Error
	if errors.As(err, &e) {
		return e.Text
	}
	if f, ok := fail.As(err); ok {
		return f.Text
	}
	return "Chưa gửi được, sẽ thử lại."
}

// refused is why a packet is given up.
func refused(x exchange.Item, cause error) string {
	if x.Again {
		return "Trục đã phục hồi từ bản sao lưu và không nhận lại gói tin: " + spoken(cause)
	}
	return spoken(cause)
}

// notPosted ends a packet that the hub refused, or that 72 hours did not
// bring through: its lines fail with the reason and the clerk follows them up.
// Recipients that the hub does not know fail alone; the others are tried again.
func (o *Office) notPosted(ctx context.Context, x exchange.Item, cause error) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		if x.Kind != exchange.Document {
			if err := o.notSaid(tx, x, refused(x, cause)); err != nil {
				return err
			}
			return exchange.Drop(tx, x.ID)
		}
		return o.change(tx, x.Document, func(tx *db.Tx, d *document.Document) error {
			if x.Again {
				return o.notAgain(tx, d, x, cause)
			}
			left, err := o.failLines(tx, d, cause)
			if err != nil {
				return err
			}
			if left > 0 {
				return exchange.SetPacket(tx, x.ID, "")
			}
			return exchange.Drop(tx, x.ID)
		})
	})
}

// notSaid tells the clerks that a status or recall did not get through, why, and
// what to do. The document's own state stands. law:BRVT1842-6.5 QD28-8.2
func (o *Office) notSaid(tx *db.Tx, x exchange.Item, why string) error {
	o.log().Warn("packet did not get through", "kind", x.Kind, "code", x.Code, "why", why)
	to := x.Receiver
	if g, err := org.AgencyByCode(tx, x.Receiver); err == nil {
		to = g.Name
	}
	text := "Chưa báo được trạng thái " + x.Code + " cho " + to + ": " + why + " Báo bằng điện thoại hoặc văn bản giấy."
	if x.Kind == exchange.Recall {
		text = "Yêu cầu thu hồi chưa tới " + to + ": " + why + " Báo bằng điện thoại hoặc văn bản giấy."
		if err := document.Wait(tx, x.Document, org.RoleToken(org.Clerk), document.ToFollow, o.Calendar.AddDays(tx.Now, 1), text); err != nil {
			return err
		}
	}
	list, err := org.WithRole(tx, org.Clerk, viet.DayOf(tx.Now))
	for _, p := range list {
		if err == nil {
			err = notice.Tell(tx, int64(p.ID), text, int64(x.Document))
		}
	}
	if err != nil {
		return err
	}
	tx.After(func() {
		if o.Publish != nil {
			o.Publish(o.NoticeTopic())
		}
	})
	return journal.Write(tx, SendFailed, int64(x.Document), 0, journal.Detail{"to": to, "text": text})
}

func (o *Office) failLines(tx *db.Tx, d *document.Document, cause error) (left int, err error) {
	bad := map[string]string{}
	var e *partner.Error
	if errors.As(cause, &e) {
		for _, b := range e.Recipients {
			bad[b.Code] = b.Text
		}
	}
	lines, err := exchange.Of(tx, d.ID)
	if err != nil {
		return 0, err
	}
	for i := range lines {
		l := &lines[i]
		if l.Channel != exchange.ByHub || l.State != exchange.Queued {
			continue
		}
		why, named := bad[l.Code]
		if len(bad) > 0 && !named {
			left++
			continue
		}
		if why == "" {
			why = spoken(cause)
		}
		if err := o.failLine(tx, d, l, exchange.Event{Note: why}); err != nil {
			return left, err
		}
	}
	return left, nil
}

// failLine fails a line for the reason that e notes and puts it on the clerk's
// desk.
func (o *Office) failLine(tx *db.Tx, d *document.Document, l *exchange.Delivery, e exchange.Event) error {
	e.Code = "failed"
	if _, err := exchange.Apply(tx, l, e); err != nil {
		return err
	}
	if err := document.Wait(tx, d.ID, org.RoleToken(org.Clerk), document.ToFollow, o.Calendar.AddDays(tx.Now, 1), l.Name+": "+e.Note); err != nil {
		return err
	}
	return journal.Write(tx, SendFailed, int64(d.ID), l.ID, journal.Detail{"to": l.Name, "text": e.Note})
}
