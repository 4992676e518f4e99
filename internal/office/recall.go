package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
)

// Recall asks every recipient on the hub for the document back (13). From here
// it is frozen at this agency: nothing of it can be changed. What has not left
// yet does not leave any more.
//
// Who: the clerk or the leader who signed. Refuses E-INVALID without a reason.
// law:ND30-18.4 ND30-PL6.III.8a QD28-9.2
func (o *Office) Recall(ctx context.Context, by org.Actor, id document.ID, reason string) error {
	return o.act(ctx, by, id, access.RecallIt, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(reason, "Cần lý do thu hồi và ý kiến của lãnh đạo.", "ND30-18.4"); err != nil {
			return err
		}
		if err := d.Move(document.Recalled, document.Issued, document.Filed); err != nil {
			return err
		}
		if err := document.Unwait(tx, id); err != nil {
			return err
		}
		lines, err := exchange.Of(tx, id)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := o.recallLine(tx, l, reason); err != nil {
				return err
			}
		}
		return journal.Write(tx, RecallAskedIt, int64(id), 0, journal.Detail{"code": d.Code(), "text": reason})
	})
}

func (o *Office) recallLine(tx *db.Tx, l exchange.Delivery, reason string) error {
	if l.Channel != exchange.ByHub || l.State == exchange.Refused {
		return nil
	}
	asked, err := exchange.Apply(tx, &l, exchange.Event{Code: "13", Note: reason})
	if err != nil || !asked {
		return err
	}
	_, err = exchange.Put(tx, exchange.Item{Document: l.Document, Kind: exchange.Recall, Code: "13", Note: reason, Receiver: l.Code})
	return err
}

// recallArrived handles the sender's wish to have a document back: before it
// is accepted the system agrees by itself, after that the clerk decides.
// law:ND30-18.4 QD28-9.2
func (o *Office) recallArrived(tx *db.Tx, d *document.Document, reason string) error {
	switch {
	case d.State == document.Recalled:
		return o.tellSender(tx, d.ID, "15", "")
	case d.State == document.Refused:
		return nil // it never had any effect here
	case d.State == document.Arrived || d.State == document.Held || d.State == document.Replaced:
		return o.tombstone(tx, d, reason)
	}
	if err := document.Unwait(tx, d.ID, document.ToAnswer); err != nil {
		return err
	}
	if err := document.Wait(tx, d.ID, org.RoleToken(org.Clerk), document.ToAnswer, o.sameDay(tx.Now, document.Normal), reason); err != nil {
		return err
	}
	return journal.Write(tx, RecallAskedIt, int64(d.ID), 0, journal.Detail{"text": reason, "by": d.IssuerName})
}

// tombstone closes a recalled incoming document: its files are condemned, and
// destroyed by Destroy; its line and the data of the recall stay. law:ND30-PL6.III.8b ND30-PL6.III.8c
func (o *Office) tombstone(tx *db.Tx, d *document.Document, reason string) error {
	if err := d.Move(document.Recalled, document.Arrived, document.Held, document.Replaced, document.Registered, document.Submitted, document.Distributed, document.InProgress, document.Done, document.Closed); err != nil {
		return err
	}
	if err := document.CloseFiles(tx, d.ID); err != nil {
		return err
	}
	gone, err := document.Unshared(tx, d.ID)
	if err != nil {
		return err
	}
	packets, err := exchange.Packets(tx, d.ID)
	if err != nil {
		return err
	}
	if err := document.Condemn(tx, d.ID, append(gone, packets...)); err != nil {
		return err
	}
	if err := document.Unwait(tx, d.ID); err != nil {
		return err
	}
	if err := o.tellSender(tx, d.ID, "15", reason); err != nil {
		return err
	}
	return journal.Write(tx, RecallEnded, int64(d.ID), 0, journal.Detail{"text": reason})
}

// AnswerRecall agrees to a recall (15): the content is closed and destroyed,
// the line stays; or declines it with a reason (16).
//
// Who: the clerk. law:ND30-18.4 QD28-9.2
func (o *Office) AnswerRecall(ctx context.Context, by org.Actor, id document.ID, agree bool, reason string) error {
	return o.act(ctx, by, id, access.AnswerRecall, func(tx *db.Tx, d *document.Document) error {
		ask, err := waits(tx, id, document.ToAnswer)
		if err != nil {
			return err
		}
		if ask.ID == 0 {
			return fail.State("Không có yêu cầu thu hồi đang chờ trả lời.", "ND30-18.4")
		}
		if agree {
			return o.tombstone(tx, d, ask.Note)
		}
		if err := needReason(reason, "Cần lý do từ chối thu hồi.", "ND30-18.4"); err != nil {
			return err
		}
		if err := document.Unwait(tx, id, document.ToAnswer); err != nil {
			return err
		}
		if err := o.tellSender(tx, id, "16", reason); err != nil {
			return err
		}
		return journal.Write(tx, RecallDeclined, int64(id), 0, journal.Detail{"text": reason})
	})
}

// waits finds the line that waits for a step; the zero line when none does.
func waits(q db.Q, id document.ID, step document.Step) (document.Waiting, error) {
	list, err := document.WaitingFor(q, id)
	for _, w := range list {
		if w.Step == step {
			return w, err
		}
	}
	return document.Waiting{}, err
}
