package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
)

// AnswerChange agrees to what the sender changed (15), or declines it with a
// reason (16). seen is the newest change that he saw. Either way the
// register line and its files stay as they are and the change stands beside
// them; whoever works on the document is told of one that was agreed to.
//
// Who: the clerk. Refuses E-STATE when the sender has changed more than he saw.
// law:QD28-9.2 QCVN102-2
func (o *Office) AnswerChange(ctx context.Context, by org.Actor, id document.ID, seen int64, agree bool, reason string) error {
	return o.act(ctx, by, id, access.AnswerChange, func(tx *db.Tx, d *document.Document) error {
		ask, err := waits(tx, id, document.ToChange)
		if err != nil {
			return err
		}
		if ask.ID == 0 {
			return fail.State("Không có cập nhật, thay thế nào đang chờ trả lời.", "QD28-9.2")
		}
		if err := sawNewest(tx, id, seen); err != nil {
			return err
		}
		state, code, verb := exchange.Agreed, "15", ChangeAgreed
		if !agree {
			if err := needReason(reason, "Cần lý do từ chối cập nhật, thay thế.", "QD28-9.2"); err != nil {
				return err
			}
			state, code, verb = exchange.Declined, "16", ChangeDeclined
		}
		if err := document.Unwait(tx, id, document.ToChange); err != nil {
			return err
		}
		if err := exchange.AnswerChanges(tx, id, state); err != nil {
			return err
		}
		if err := o.tellSender(tx, id, code, reason); err != nil {
			return err
		}
		if agree {
			if err := o.tellWorkers(tx, id, by.ID, saying("Nơi gửi thay đổi văn bản đang xử lý", ask.Note)); err != nil {
				return err
			}
		}
		return journal.Write(tx, verb, int64(id), 0, journal.Detail{"text": reason})
	})
}

// sawNewest refuses to answer for what came while the page was open.
// law:QD28-9.2
func sawNewest(q db.Q, id document.ID, seen int64) error {
	newest, err := exchange.NewestChange(q, id)
	if err == nil && newest != seen {
		err = fail.State("Nơi gửi vừa cập nhật văn bản này.", "QD28-9.2").Then("Mở lại văn bản, xem nội dung mới rồi làm tiếp.")
	}
	return err
}

// tellWorkers tells everybody on whose desk a document lies, but the actor.
func (o *Office) tellWorkers(tx *db.Tx, id document.ID, actor org.PersonID, text string) error {
	list, err := document.WaitingFor(tx, id)
	if err != nil {
		return err
	}
	told := map[org.PersonID]bool{actor: true}
	for _, w := range list {
		people, err := holders(tx, w.Token)
		if err != nil {
			return err
		}
		for _, p := range people {
			if told[p] {
				continue
			}
			told[p] = true
			if err := notice.Tell(tx, int64(p), text, int64(id)); err != nil {
				return err
			}
		}
	}
	tx.After(o.publishNotices)
	return nil
}
