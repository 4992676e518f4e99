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

// DirectInput is a leader's direction: what, who, by when.
type DirectInput struct {
	Text         string
	Lead         org.Token   // a person or a unit
	Coordinators []org.Token // phối hợp
	Informed     []org.Token // nhận để biết
	Due          viet.Day
}

// Direct records a leader's direction, names one lead, coordinators and the
// deadline, and tells the sender that it was assigned (04).
//
// Who: the leader it was presented to. Refuses E-INVALID without lead or text,
// or with a deadline in the past. law:ND30-23 GL443-9.2 HT33-9.i
func (o *Office) Direct(ctx context.Context, by org.Actor, id document.ID, in DirectInput) error {
	return o.act(ctx, by, id, access.Direct, func(tx *db.Tx, d *document.Document) error {
		if err := in.check(viet.DayOf(tx.Now)); err != nil {
			return err
		}
		if err := d.Move(document.Distributed, document.Submitted); err != nil {
			return err
		}
		dir, err := task.AddDirection(tx, id, by.ID, in.Text, in.Due)
		if err != nil {
			return err
		}
		if err := document.UnwaitWork(tx, id); err != nil {
			return err
		}
		if !in.Due.IsZero() {
			d.Due = in.Due
		}
		base := task.Assignment{Document: id, Direction: dir, Giver: by.ID, Due: in.Due}
		if err := o.giveAll(tx, base, in); err != nil {
			return err
		}
		if err := o.tellSender(tx, id, "04", ""); err != nil {
			return err
		}
		name, err := org.TokenName(tx, in.Lead)
		if err != nil {
			return fail.Invalid("lead", "Không có người hoặc đơn vị này.")
		}
		return journal.Write(tx, DirectedIt, int64(id), 0, journal.Detail{"text": in.Text, "to": name, "due": dayText(in.Due)})
	})
}

func (in DirectInput) check(today viet.Day) error {
	var f fail.Form
	f.Require("text", in.Text, "Cần có ý kiến chỉ đạo.", "GL443-9.2")
	f.Limit("text", in.Text, 2000)
	f.Require("lead", string(in.Lead), "Chọn đơn vị hoặc người chủ trì.", "GL443-9.2")
	if !in.Due.IsZero() && in.Due < today {
		f.Add("due", "Hạn xử lý đã qua.", "ND30-23")
	}
	if in.Due.IsZero() && len(in.Coordinators) > 0 {
		f.Add("due", "Nhiều người cùng xử lý thì phải có hạn.", "GL443-9.2")
	}
	for _, c := range in.Coordinators {
		if c == in.Lead {
			f.Add("coordinators", "Người chủ trì không đồng thời phối hợp.", "GL443-9.2")
		}
	}
	return f.Err()
}

// giveAll makes one assignment per addressee.
func (o *Office) giveAll(tx *db.Tx, base task.Assignment, in DirectInput) error {
	give := func(t org.Token, r task.Role) error {
		a := base
		a.Token, a.Role = t, r
		return o.give(tx, a)
	}
	if err := give(in.Lead, task.Lead); err != nil {
		return err
	}
	for _, t := range in.Coordinators {
		if err := give(t, task.Coordinate); err != nil {
			return err
		}
	}
	for _, t := range in.Informed {
		if err := give(t, task.Inform); err != nil {
			return err
		}
	}
	return nil
}

// give makes an assignment, the right that goes with it, and the line on the
// desk of whoever got it.
func (o *Office) give(tx *db.Tx, a task.Assignment) error {
	if _, err := org.TokenName(tx, a.Token); err != nil {
		return fail.Invalid("lead", "Không có người hoặc đơn vị này.")
	}
	if _, err := task.Give(tx, a); err != nil {
		return err
	}
	step, rel := document.ToHandle, access.Lead
	switch {
	case a.Role == task.Inform:
		step, rel = document.ToRead, access.Informed
	case a.Token.Unit() != 0:
		step, rel = document.ToAssign, access.Distributor
	case a.Role == task.Coordinate:
		step, rel = document.ToCoordinate, access.Coordinator
	}
	if err := access.Grant(tx, access.Subject(a.Document), a.Token, rel); err != nil {
		return err
	}
	return document.Wait(tx, a.Document, a.Token, step, o.endOf(a.Due), a.Role.String())
}

func dayText(d viet.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// FileOnly takes a document to the record without a handler.
//
// Who: the leader it was presented to. law:ND30-23
func (o *Office) FileOnly(ctx context.Context, by org.Actor, id document.ID, reason string) error {
	return o.act(ctx, by, id, access.Direct, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(reason, "Cần ghi lý do lưu không xử lý."); err != nil {
			return err
		}
		if err := d.Move(document.Done, document.Submitted); err != nil {
			return err
		}
		if _, err := task.AddDirection(tx, id, by.ID, reason, 0); err != nil {
			return err
		}
		if err := o.tellSender(tx, id, "06", reason); err != nil {
			return err
		}
		return o.finish(tx, d, journal.Detail{"text": reason})
	})
}

// finish hands a done document back to the register to be closed. Those who
// are to be informed, or have a part of their own, keep their line.
func (o *Office) finish(tx *db.Tx, d *document.Document, detail journal.Detail) error {
	if err := document.Unwait(tx, d.ID, document.ToPresent, document.ToDirect, document.ToAssign, document.ToHandle); err != nil {
		return err
	}
	if err := document.Wait(tx, d.ID, org.RoleToken(org.Clerk), document.ToClose, o.Calendar.AddDays(tx.Now, 1), ""); err != nil {
		return err
	}
	return journal.Write(tx, CompletedIt, int64(d.ID), 0, detail)
}

// SendBack returns a presented document to the clerk, or to another leader.
//
// Who: the leader it was presented to. law:ND30-23
func (o *Office) SendBack(ctx context.Context, by org.Actor, id document.ID, reason string) error {
	return o.act(ctx, by, id, access.Direct, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(reason, "Cần ghi lý do trả lại văn thư."); err != nil {
			return err
		}
		if err := d.Move(document.Registered, document.Submitted); err != nil {
			return err
		}
		if err := document.Hand(tx, id, org.RoleToken(org.Clerk), document.ToPresent, o.sameDay(tx.Now, d.Urgency)); err != nil {
			return err
		}
		return journal.Write(tx, ReturnedIt, int64(id), 0, journal.Detail{"text": reason})
	})
}
