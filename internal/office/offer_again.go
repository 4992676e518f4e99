package office

import (
	"context"
	"encoding/hex"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/partner"
	"vanthu/ledger"
)

// regain queues again what a hub that came back has lost: the packets that it
// took from an entry on. Its marks of change are from another time, so lists are
// read anew. law:BRVT1842-6.5 HT33-14.6
func regain(tx *db.Tx, c comeback, from int64) (packets int64, err error) {
	if c.lost == 0 {
		return 0, nil
	}
	if err := exchange.LoseHeads(tx, c.kept); err != nil {
		return 0, err
	}
	if packets, err = exchange.OfferAgain(tx, from, time.Time{}); err != nil {
		return 0, err
	}
	if err := readAnew(tx); err != nil {
		return 0, err
	}
	return packets, journal.Write(tx, HubRestored, 0, 0, journal.Detail{"entry": itoa(from), "packets": itoa(packets)})
}

// readAnew forgets the hub's marks of change.
func readAnew(tx *db.Tx) error {
	for _, mark := range []string{sentSetting, directorySetting} {
		if err := org.Set(tx, mark, ""); err != nil {
			return err
		}
	}
	return nil
}

// OfferAgain queues again what a hub took since a moment: its operator says that it
// came back from an older copy, and it has no log that would show what is missing.
// What it has it recognises. It tells how many packets. An act at the machine, by
// whoever runs it. law:BRVT1842-6.5 HT33-14.6
func (o *Office) OfferAgain(ctx context.Context, since time.Time, reason string) (packets int64, err error) {
	err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		if packets, err = exchange.OfferAgain(tx, 0, since); err != nil {
			return err
		}
		if err := readAnew(tx); err != nil {
			return err
		}
		return journal.Write(tx, HubRestored, 0, 0, journal.Detail{"text": reason, "packets": itoa(packets)})
	})
	return packets, err
}

// handOver notes that the hub took a packet. It says whether to look at the hub's
// log at once: what the receipt shows is not the log that was known.
func handOver(tx *db.Tx, x exchange.Item, ack partner.Ack, receipt blob.Hash) (look bool, err error) {
	h := exchange.Handed{Item: x, Message: ack.ID, Entry: exchange.NoEntry, Receipt: receipt}
	known, err := HubLogOf(tx)
	if err != nil {
		return false, err
	}
	r, err := receiptFor(x, ack, known.Key)
	switch {
	case err != nil:
		look = len(ack.Receipt) > 0 // else a hub without a log
	case known.Key == "":
		h.Entry, look = r.Index, true
	default:
		h.Entry = r.Index
		if look, err = seeReceipt(tx, known, r); err != nil {
			return false, err
		}
	}
	return look && known.Trouble == "", exchange.HandOver(tx, h)
}

// receiptFor checks that a receipt is the hub's, of its log, and for the packet
// that it was given for. Before the first meeting there is no key to check with.
// law:BRVT1842-6.5
func receiptFor(x exchange.Item, ack partner.Ack, key string) (r *ledger.Receipt, err error) {
	if key == "" {
		r, err = ledger.ParseReceipt(ack.Receipt)
	} else {
		r, err = ledger.VerifyReceipt(ack.Receipt, key)
	}
	if err != nil {
		return nil, err
	}
	if r.Entry.Message != ack.ID || hex.EncodeToString(r.Entry.Packet[:]) != string(x.Packet) {
		return nil, fail.New(fail.Integrity, "Biên nhận của trục không phải của gói tin đã gửi.", "BRVT1842-6.5")
	}
	return r, nil
}

// notAgain ends a document's packet that a restored hub did not take again. Where
// its recipient has spoken, nothing is lost; else the line fails, and the clerk
// follows it up. law:BRVT1842-6.5
func (o *Office) notAgain(tx *db.Tx, d *document.Document, x exchange.Item, cause error) error {
	lines, err := exchange.Of(tx, d.ID)
	if err != nil {
		return err
	}
	for i := range lines {
		if l := &lines[i]; l.Channel == exchange.ByHub && l.State == exchange.Sent {
			if err := o.failLine(tx, d, l, exchange.Event{Note: refused(x, cause)}); err != nil {
				return err
			}
		}
	}
	return exchange.Drop(tx, x.ID)
}
