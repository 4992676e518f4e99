package office

import (
	"context"
	"time"

	"vanthu/edxml"
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/org"
)

// recallCame handles a recall, whichever way it was sent (edXML kind 1 or
// status 13). One that comes before its document is kept until that comes.
// law:ND30-18.4 QD28-9.2
func (o *Office) recallCame(ctx context.Context, a Arrival, key, reason string, said time.Time) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		old, found, err := exchange.ArrivalByKey(tx, a.Sender, key)
		if err != nil {
			return err
		}
		row := exchange.Arrival{Message: a.Message, Sender: a.Sender, Key: key, Kind: "recall", Packet: a.Packet, Trial: a.Trial}
		if err := exchange.AddArrival(tx, row); err != nil {
			return err
		}
		switch {
		case key == "": // documents without an identifier are not told apart by it
			o.log().Warn("recall of no document", "from", a.Sender)
			return nil
		case !found:
			o.log().Warn("recall before its document", "from", a.Sender, "message", a.Message)
			return exchange.KeepRecall(tx, exchange.EarlyRecall{Sender: a.Sender, Key: key, Reason: reason, Said: said})
		}
		return o.change(tx, old.Document, func(tx *db.Tx, d *document.Document) error { return o.recallArrived(tx, d, reason) })
	})
}

// recalledEarly ends a document whose recall came before it: its files are
// destroyed, its line stays. One that was sent after the recall is another
// matter. law:ND30-18.4 ND30-PL6.III.8b
func (o *Office) recalledEarly(tx *db.Tx, d *document.Document, key string, sent time.Time) (bool, error) {
	if key == "" {
		return false, nil
	}
	r, found, err := exchange.TakeRecall(tx, d.IssuerCode, key)
	if err != nil || !found || !r.Said.IsZero() && sent.After(r.Said) {
		return false, err
	}
	if err := access.Grant(tx, access.Subject(d.ID), org.RoleToken(org.Clerk), access.Registrar); err != nil {
		return true, err
	}
	if err := o.tombstone(tx, d, r.Reason); err != nil {
		return true, err
	}
	tx.After(func() { o.publish(d.ID) })
	return true, document.Save(tx, *d)
}

// packetTime is when a packet was sent first, as it says; zero where it does not.
func packetTime(p *edxml.Packet) (first time.Time) {
	for _, t := range p.Trace {
		if !t.Timestamp.IsZero() && (first.IsZero() || t.Timestamp.Before(first)) {
			first = t.Timestamp
		}
	}
	return first
}
