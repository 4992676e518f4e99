package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/law"
)

// Issue sends the document: one delivery line per recipient, one packet for
// all that are on the hub, and the paper list with its reason for the others.
//
// Who: the clerk, after the final check. Refuses E-BARRED for marks that keep a
// document off the exchange when a recipient would get it there, E-INTEGRITY
// when a signature no longer verifies. law:ND30-18.1 HT33-6 HT33-7.4 HT33-10.1.d
func (o *Office) Issue(ctx context.Context, by org.Actor, id document.ID) error {
	return o.issue(ctx, by, id, nil)
}

// issue is Issue; keys are the certificates that the files are encrypted to,
// nil where they travel as they are.
func (o *Office) issue(ctx context.Context, by org.Actor, id document.ID, keys map[string]string) error {
	return o.act(ctx, by, id, access.Issue, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Issued, document.Ready); err != nil {
			return err
		}
		if err := intact(tx, id); err != nil {
			return err
		}
		lines, err := o.plan(tx, *d)
		if err != nil {
			return err
		}
		if keys != nil {
			if err := seal(tx, id, lines, keys); err != nil {
				return err
			}
		}
		if err := document.Unwait(tx, id); err != nil {
			return err
		}
		d.Issued = tx.Now
		if err := o.succeed(tx, d); err != nil {
			return err
		}
		hub, paper, err := o.dispatch(tx, lines)
		if err != nil {
			return err
		}
		if hub > 0 {
			if _, err := exchange.Put(tx, exchange.Item{Document: id, Kind: exchange.Document}); err != nil {
				return err
			}
		}
		if paper > 0 {
			if err := document.Wait(tx, id, org.RoleToken(org.Clerk), document.ToPost, o.nextMorning(tx.Now, d.Urgency), ""); err != nil {
				return err
			}
		}
		detail := journal.Detail{"code": d.Code(), "hub": itoa(int64(hub)), "paper": itoa(int64(paper))}
		if keys != nil {
			detail["encrypted"] = itoa(int64(len(keys)))
		}
		return journal.Write(tx, IssuedIt, int64(id), 0, detail)
	})
}

// plan decides the channel of every recipient; see Plan.
func (o *Office) plan(q db.Q, d document.Document) ([]exchange.Delivery, error) {
	list, err := draft.Recipients(q, d.ID)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fail.Invalid("recipients", "Văn bản chưa có nơi nhận.", "ND30-PL1")
	}
	out := make([]exchange.Delivery, 0, len(list))
	for _, r := range list {
		line, err := planOne(q, d, r)
		if err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

func planOne(q db.Q, d document.Document, r draft.Recipient) (exchange.Delivery, error) {
	line := exchange.Delivery{Document: d.ID, Code: r.Code, Name: r.Name, Channel: exchange.ByPaper, State: exchange.OnPaper}
	if r.Code == "" {
		line.Reason = paperReason("Ngoài danh bạ liên thông", "HT33-7.4")
		return line, nil
	}
	a, err := org.AgencyByCode(q, r.Code)
	if err != nil {
		return line, fail.Invalid("recipients", "Không có “"+r.Name+"” trong danh bạ.")
	}
	line.Name = a.Name
	if !a.OnHub() {
		line.Reason = paperReason("Chưa kết nối trục liên thông", "HT33-7.4")
		return line, nil
	}
	if err := barredMark(d.Mark); err != nil {
		return line, err
	}
	line.Channel, line.State, line.Code = exchange.ByHub, exchange.Queued, a.Code
	return line, nil
}

func paperReason(text string, ref law.Ref) string { return text + " · " + ref.Title() }

// Plan tells the clerk beforehand how each recipient will get the document.
func (o *Office) Plan(ctx context.Context, by org.Actor, id document.ID) (lines []exchange.Delivery, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		if err := access.Check(v, by, access.Subject(id), access.See); err != nil {
			return err
		}
		d, err := document.ByID(v, id)
		if err != nil {
			return err
		}
		lines, err = o.plan(v, d)
		return err
	})
	return lines, err
}

func (o *Office) dispatch(tx *db.Tx, lines []exchange.Delivery) (hub, paper int, err error) {
	for _, l := range lines {
		if l.Channel == exchange.ByHub {
			hub++
		} else {
			paper++
		}
		if _, err := exchange.Add(tx, l); err != nil {
			return hub, paper, err
		}
	}
	return hub, paper, nil
}

// RecordPaper notes that the paper copy for a recipient went off, and how; the
// line leaves the paper list.
//
// Who: the clerk. law:HT33-7.4 ND30-PL4
func (o *Office) RecordPaper(ctx context.Context, by org.Actor, id document.ID, delivery int64, carrier string) error {
	return o.act(ctx, by, id, access.RecordPaper, func(tx *db.Tx, d *document.Document) error {
		var f fail.Form
		f.Require("carrier", carrier, "Ghi cách gửi: bưu điện, trực tiếp, số phiếu gửi.", "ND30-PL4")
		if err := f.Err(); err != nil {
			return err
		}
		line, err := exchange.ByID(tx, delivery)
		if err != nil || line.Document != id {
			return fail.NotFound()
		}
		if _, err := exchange.Apply(tx, &line, exchange.Event{Code: "paper", Note: carrier}); err != nil {
			return err
		}
		if line.State != exchange.PaperSent {
			return fail.State("Dòng này không gửi bản giấy.", "HT33-7.4")
		}
		if err := exchange.SetCarrier(tx, delivery, carrier); err != nil {
			return err
		}
		if err := o.clearPost(tx, id); err != nil {
			return err
		}
		return journal.Write(tx, PaperSentIt, int64(id), 0, journal.Detail{"to": line.Name, "text": carrier})
	})
}

// clearPost takes the document off the paper list when no line waits for paper.
func (o *Office) clearPost(tx *db.Tx, id document.ID) error {
	lines, err := exchange.Of(tx, id)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.State == exchange.OnPaper {
			return nil
		}
	}
	return document.Unwait(tx, id, document.ToPost)
}
