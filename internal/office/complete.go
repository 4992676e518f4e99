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
)

// OpenTask notes that the lead opened a document for the first time: handling
// begins and the sender is told (05). Opening it again changes nothing.
//
// Who: lead and coordinators. law:ND30-24 HT33-9.ii
func (o *Office) OpenTask(ctx context.Context, by org.Actor, id document.ID) error {
	return o.act(ctx, by, id, access.Handle, func(tx *db.Tx, d *document.Document) error {
		a, err := task.OpenFor(tx, id, by)
		if fail.Is(err, fail.Denied) {
			return nil // nothing open any more: looking is all he does
		}
		if err != nil {
			return err
		}
		first, err := task.MarkOpened(tx, a.ID)
		if err != nil || !first || a.Role != task.Lead || a.Token.Person() == 0 || d.State != document.Distributed {
			return err
		}
		if err := d.Move(document.InProgress, document.Distributed); err != nil {
			return err
		}
		if err := o.tellSender(tx, id, "05", ""); err != nil {
			return err
		}
		return journal.Write(tx, OpenedIt, int64(id), 0, nil)
	})
}

// Report adds a note on the way.
//
// Who: lead and coordinators. law:HT33-9.ii
func (o *Office) Report(ctx context.Context, by org.Actor, id document.ID, text string) error {
	return o.act(ctx, by, id, access.Handle, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(text, "Cần ghi tiến độ."); err != nil {
			return err
		}
		a, err := task.OpenFor(tx, id, by)
		if err != nil {
			return err
		}
		if err := task.AddProgress(tx, a.ID, by.ID, text); err != nil {
			return err
		}
		return journal.Write(tx, ProgressedIt, int64(id), 0, journal.Detail{"text": text})
	})
}

// Complete reports the result. The lead's completes the document (06); a
// coordinator's only his own part.
//
// Who: lead and coordinators. Refuses E-INVALID without a result.
// law:HT33-9.ii GL443-9.5 C06
func (o *Office) Complete(ctx context.Context, by org.Actor, id document.ID, result string, reply document.ID) error {
	return o.act(ctx, by, id, access.Complete, func(tx *db.Tx, d *document.Document) error {
		if reply == 0 {
			if err := needReason(result, "Cần ghi kết quả hoặc gắn văn bản trả lời.", "HT33-9.ii"); err != nil {
				return err
			}
		}
		a, err := task.OpenFor(tx, id, by)
		if err != nil {
			return err
		}
		if a.Role == task.Lead {
			if err := d.Move(document.Done, document.InProgress, document.Distributed); err != nil {
				return err
			}
		}
		if err := task.SetState(tx, a.ID, task.Done, result, reply); err != nil {
			return err
		}
		if reply != 0 {
			if err := document.Link(tx, reply, id, document.Replies); err != nil {
				return err
			}
		}
		detail := journal.Detail{"text": result, "role": a.Role.String()}
		if a.Role != task.Lead {
			return o.completePart(tx, a, detail)
		}
		if err := o.tellSender(tx, id, "06", result); err != nil {
			return err
		}
		return o.finish(tx, d, detail)
	})
}

func (o *Office) completePart(tx *db.Tx, a task.Assignment, detail journal.Detail) error {
	for _, s := range []document.Step{document.ToCoordinate, document.ToRead, document.ToAssign} {
		if err := document.UnwaitOne(tx, a.Document, a.Token, s); err != nil {
			return err
		}
	}
	return journal.Write(tx, ProgressedIt, int64(a.Document), 0, detail)
}

// MarkRead notes that somebody who was only to be informed has read it.
//
// Who: anybody who sees it; it takes the line off his desk. law:ND30-23
func (o *Office) MarkRead(ctx context.Context, by org.Actor, id document.ID) error {
	return o.act(ctx, by, id, access.See, func(tx *db.Tx, d *document.Document) error {
		list, err := task.Of(tx, id)
		if err != nil {
			return err
		}
		for _, a := range list {
			if a.Role != task.Inform || a.State != task.Open || !by.Holds(a.Token) {
				continue
			}
			if err := task.SetState(tx, a.ID, task.Done, "", 0); err != nil {
				return err
			}
			if err := document.UnwaitOne(tx, id, a.Token, document.ToRead); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close ends a done document: it is complete and in order.
//
// Who: the clerk. law:HN20-7.1.d
func (o *Office) Close(ctx context.Context, by org.Actor, id document.ID) error {
	return o.act(ctx, by, id, access.Close, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Closed, document.Done); err != nil {
			return err
		}
		if err := document.UnwaitWork(tx, id); err != nil {
			return err
		}
		return journal.Write(tx, ClosedIt, int64(id), 0, nil)
	})
}

// Reopen takes a done document up again: status 05.
//
// Who: the leader who directed it. law:HT33-9.ii
func (o *Office) Reopen(ctx context.Context, by org.Actor, id document.ID, reason string) error {
	return o.act(ctx, by, id, access.Direct, func(tx *db.Tx, d *document.Document) error {
		if err := needReason(reason, "Cần ghi lý do mở lại."); err != nil {
			return err
		}
		if err := d.Move(document.InProgress, document.Done); err != nil {
			return err
		}
		list, err := task.Of(tx, id)
		if err != nil {
			return err
		}
		if err := document.UnwaitWork(tx, id); err != nil {
			return err
		}
		for _, a := range list {
			if a.Role == task.Lead && a.State == task.Done {
				a.Giver = by.ID
				if err := o.give(tx, a); err != nil {
					return err
				}
			}
		}
		if err := o.tellSender(tx, id, "05", reason); err != nil {
			return err
		}
		return journal.Write(tx, OpenedIt, int64(id), 0, journal.Detail{"text": reason})
	})
}
