package office

import (
	"context"
	"slices"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/partner"
)

// sentSetting is the hub's token up to which this agency knows what became of
// its packets.
const sentSetting = "sent.since"

// WatchSent asks the hub what became of the packets sent, and fails the lines
// whose packet did not get through: the operator gave it back, or the
// recipient's system could not read it. The clerk follows them up as those that
// never left. What else happens to a line its recipient says by status. It
// gives how many changes it read; call it again until that is 0. A partner that
// keeps no such list gives none. Of lines that wait for long it asks whether
// anybody has fetched the packet. It is a follower and needs no right.
// law:BRVT1842-6.5 QD28-8.2
func (o *Office) WatchSent(ctx context.Context) (read int, err error) {
	if o.Partner == nil {
		return 0, nil
	}
	if err := o.watchLate(ctx); err != nil {
		return 0, err
	}
	var since string
	err = o.Read(ctx, func(v *db.View) (err error) {
		since, err = org.Setting(v, sentSetting)
		return err
	})
	if err != nil {
		return 0, err
	}
	list, next, err := o.Partner.Sent(ctx, since)
	if err != nil {
		return 0, err
	}
	if next != since { // else the partner lists everything each time
		read = len(list)
	}
	list = slices.DeleteFunc(list, func(l partner.Line) bool { return l.State != string(exchange.Failed) })
	if len(list) == 0 && next == since {
		return 0, nil
	}
	return read, o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		for _, l := range list {
			if err := o.cameBack(tx, l); err != nil {
				return err
			}
		}
		return org.Set(tx, sentSetting, next)
	})
}

// cameBack tells of a packet that did not get through: it fails the line that the
// packet carried, or says who was not told of a status or recall. It changes
// nothing a second time, nor once a newer packet carries the line, or another way
// was taken.
func (o *Office) cameBack(tx *db.Tx, came partner.Line) error {
	why := came.Note
	if why == "" {
		why = "Hệ thống nơi nhận không đọc được gói tin."
	}
	h, found, err := exchange.HandedAs(tx, came.ID)
	if err != nil {
		return err
	}
	if found && h.Kind != exchange.Document {
		if err := o.notSaid(tx, h.Item, sentence(why)); err != nil {
			return err
		}
		return exchange.Forget(tx, h.ID)
	}
	line, found, err := carriedBy(tx, came)
	if err != nil || !found {
		return err
	}
	return o.change(tx, line.Document, func(tx *db.Tx, d *document.Document) error {
		if line.State == exchange.RecallAsked {
			return o.neverCame(tx, &line, exchange.Event{Code: "failed", At: came.At, Note: sentence(why) + " Nơi nhận chưa có văn bản, không còn gì để thu hồi."})
		}
		return o.failLine(tx, d, &line, exchange.Event{At: came.At, Note: why})
	})
}

// neverCame ends the line of a document that came back while its recall was open:
// nobody need do anything. law:ND30-18.4
func (o *Office) neverCame(tx *db.Tx, l *exchange.Delivery, e exchange.Event) error {
	if _, err := exchange.Apply(tx, l, e); err != nil {
		return err
	}
	return journal.Write(tx, SendFailed, int64(l.Document), l.ID, journal.Detail{"to": l.Name, "text": e.Note})
}

// sentence ends a text that others wrote.
func sentence(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// carriedBy finds the line that a packet carries and that may fail: by the
// packet, or by the document where the hub's word for the packet was never heard.
func carriedBy(q db.Q, came partner.Line) (l exchange.Delivery, found bool, err error) {
	l, found, err = exchange.CarriedBy(q, came.ID, came.To)
	if err != nil || found {
		return l, mayFail(l), err // queued: it is being sent again
	}
	d, err := issuedByKey(q, came.Document)
	if isNone(err) {
		return l, false, nil
	}
	if err != nil {
		return l, false, err
	}
	lines, err := exchange.Of(q, d.ID)
	i := slices.IndexFunc(lines, func(l exchange.Delivery) bool {
		return l.Code == came.To && l.Packet == "" && (l.State == exchange.Queued || mayFail(l))
	})
	if err != nil || i < 0 {
		return l, false, err
	}
	return lines[i], true, nil
}

// mayFail says that the recipient of a line has not spoken of the document yet.
func mayFail(l exchange.Delivery) bool {
	return l.State == exchange.Sent || l.State == exchange.RecallAsked && l.BeforeRecall == exchange.Sent
}

// throughAfterAll takes a line that came back off the failed ones when its
// recipient speaks of it, and says so: the operator has sent the packet on.
func (o *Office) throughAfterAll(tx *db.Tx, l *exchange.Delivery) (through bool, err error) {
	if l.State != exchange.Failed || l.Packet == "" {
		return false, nil
	}
	for _, code := range []string{"resend", "sent"} {
		if _, err := exchange.Apply(tx, l, exchange.Event{Code: code}); err != nil {
			return false, err
		}
	}
	return true, o.clearFollow(tx, l.Document)
}
