package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/task"
	"vanthu/viet"
)

// AssignInput is how a unit leader passes on what his unit got.
type AssignInput struct {
	To   org.PersonID
	Due  viet.Day // not after the unit's own
	Text string
}

// Assign passes the unit's assignment to a person of the unit, in the same
// role, within the unit's deadline.
//
// Who: a leader of the unit. Refuses E-INVALID for somebody outside the unit or
// a later deadline. law:HN20-7.1.b GL443-9.4 BRVT1842-7.2
func (o *Office) Assign(ctx context.Context, by org.Actor, id document.ID, in AssignInput) error {
	return o.act(ctx, by, id, access.Assign, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(d.State, document.Distributed, document.InProgress); err != nil {
			return err
		}
		parent, err := task.OpenFor(tx, id, by)
		if err != nil {
			return err
		}
		if parent.Token.Unit() == 0 {
			return fail.State("Việc này đã giao đích danh, không giao lại trong đơn vị.", "GL443-14.4")
		}
		to, err := in.check(tx, parent)
		if err != nil {
			return err
		}
		if err := task.SetState(tx, parent.ID, task.Passed, "", 0); err != nil {
			return err
		}
		if err := document.UnwaitOne(tx, id, parent.Token, document.ToAssign); err != nil {
			return err
		}
		if in.Due.IsZero() {
			in.Due = parent.Due
		}
		child := task.Assignment{Document: id, Parent: parent.ID, Direction: parent.Direction, Giver: by.ID, Token: org.Of(in.To), Role: parent.Role, Due: in.Due}
		if err := o.give(tx, child); err != nil {
			return err
		}
		return journal.Write(tx, AssignedIt, int64(id), 0, journal.Detail{"to": to.Name, "text": in.Text, "due": dayText(in.Due)})
	})
}

func (in AssignInput) check(q db.Q, parent task.Assignment) (org.Person, error) {
	to, err := org.PersonByID(q, in.To)
	if err != nil || in.To == 0 || to.Unit != parent.Token.Unit() {
		return to, fail.Invalid("to", "Chọn người trong đơn vị.", "HN20-7.1.b")
	}
	if !parent.Due.IsZero() && in.Due > parent.Due {
		return to, fail.Invalid("due", "Hạn trong đơn vị không được sau hạn "+parent.Due.String()+" của lãnh đạo.", "GL443-9.2")
	}
	return to, nil
}

// ReturnTask gives an assignment back with a reason, within four working hours
// of getting it; after that it counts as accepted.
//
// Who: whoever it was given to. law:GL443-14.4
func (o *Office) ReturnTask(ctx context.Context, by org.Actor, id document.ID, reason string) error {
	return o.act(ctx, by, id, access.ReturnTask, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(reason, "Cần ghi lý do trả lại việc.", "GL443-14.4"); err != nil {
			return err
		}
		a, err := task.OpenFor(tx, id, by)
		if err != nil {
			return err
		}
		if tx.Now.After(o.Calendar.AddHours(a.At, 4)) {
			return fail.State("Đã quá 4 giờ làm việc từ khi được giao, việc coi như đã nhận.", "GL443-14.4").Then("Báo người giao việc để giao lại.")
		}
		if err := task.SetState(tx, a.ID, task.Returned, reason, 0); err != nil {
			return err
		}
		if err := o.backToGiver(tx, d, a, reason); err != nil {
			return err
		}
		return journal.Write(tx, TaskReturned, int64(id), 0, journal.Detail{"text": reason})
	})
}

// backToGiver puts a returned assignment on the desk of who gave it: the unit
// leader's stands open again, the leader directs anew.
func (o *Office) backToGiver(tx *db.Tx, d *document.Document, a task.Assignment, reason string) error {
	for _, s := range []document.Step{document.ToHandle, document.ToCoordinate, document.ToAssign, document.ToRead} {
		if err := document.UnwaitOne(tx, d.ID, a.Token, s); err != nil {
			return err
		}
	}
	if a.Parent != 0 {
		p := a
		p.Parent, p.Token = 0, ""
		list, err := task.Of(tx, d.ID)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.ID == a.Parent {
				p = x
			}
		}
		if err := task.SetState(tx, p.ID, task.Open, "", 0); err != nil {
			return err
		}
		return document.Wait(tx, d.ID, p.Token, document.ToAssign, o.endOf(p.Due), reason)
	}
	if a.Role != task.Lead {
		return nil
	}
	if err := d.Move(document.Submitted, document.Distributed, document.InProgress); err != nil {
		return err
	}
	return document.Wait(tx, d.ID, org.Of(a.Giver), document.ToDirect, o.sameDay(tx.Now, d.Urgency), reason)
}
