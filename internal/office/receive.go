package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/viet"
)

// Receive accepts a document that came by the hub and enters it into the
// register: number, rights, journal and status 03 commit together. The clerk
// may correct what the packet said.
//
// Who: the clerk. Refuses E-INTEGRITY when a signature does not verify (then it
// is to be returned), E-STATE when it is not waiting any more or is a
// duplicate. law:ND30-21.2a HT33-8.1 HT33-8.2.i HT33-8.2.ii
func (o *Office) Receive(ctx context.Context, by org.Actor, id document.ID, in ArrivalInput) error {
	if err := in.check(viet.DayOf(o.Store.Now())); err != nil {
		o.refused(ctx, by, int64(id), access.Receive, err)
		return err
	}
	return o.act(ctx, by, id, access.Receive, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Registered, document.Arrived); err != nil {
			return err
		}
		if err := intact(tx, id); err != nil {
			return err
		}
		if err := sawNewest(tx, id, in.Change); err != nil {
			return err
		}
		in.fill(d)
		if err := fillIssuer(tx, d); err != nil {
			return err
		}
		if err := refuseDuplicate(tx, *d, in.Duplicate); err != nil {
			return err
		}
		if err := o.enter(tx, d, by); err != nil {
			return err
		}
		if err := o.tellSender(tx, id, "03", ""); err != nil {
			return err
		}
		if in.PresentTo != 0 {
			return o.present(tx, d, in.PresentTo, "")
		}
		return nil
	})
}

// intact refuses a document of which a signature is broken. law:HT33-8.2.iii
func intact(q db.Q, id document.ID) error {
	files, err := document.Files(q, id)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Verdict == "invalid" && f.Slot != document.Earlier {
			return fail.New(fail.Integrity, "Không tiếp nhận được: "+f.Sentence, "HT33-8.2.iii", "ND30-21.2a").
				Then("Trả lại nơi gửi kèm lý do, đề nghị gửi lại bản có chữ ký hợp lệ.")
		}
	}
	return nil
}

// tellSender queues a status to the agency an incoming document came from; a
// document that did not come by the hub has nobody to tell.
// law:BRVT1842-6.5 ND30-PL6.III.1e ND30-PL6.III.1o
func (o *Office) tellSender(tx *db.Tx, id document.ID, code, note string) error {
	a, err := exchange.ArrivalOf(tx, id)
	if isNone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = exchange.Put(tx, exchange.Item{Document: id, Kind: exchange.Status, Code: code, Note: note, Receiver: a.Sender})
	return err
}
