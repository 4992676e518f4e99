package office

import (
	"context"
	"slices"
	"strings"

	"vanthu/edxml"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/internal/org"
)

// updateCame takes in what a sender says anew about a document that came before
// (edXML kind 2, cập nhật). Before it is received the new files and data take
// the place of the old ones, which stay in sight (15); after that they stand
// beside it and the clerk answers. An update of a document that never came, or
// went back, is a document that comes. law:HT33-12.1 QD28-9.2
func (o *Office) updateCame(ctx context.Context, a Arrival, p *edxml.Packet, files []arrived) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		old, err := living(tx, a.Sender, recallKey(p))
		if isNone(err) {
			return o.documentArrived(tx, a, p, files)
		}
		if err != nil {
			return err
		}
		row := rowOf(a, p)
		row.Key, row.Kind, row.Document = recallKey(p), "update", old.ID
		if err := exchange.AddArrival(tx, row); err != nil {
			return err
		}
		if had, err := exchange.HasChange(tx, digest(p)); err != nil || had {
			return err
		}
		return o.change(tx, old.ID, func(tx *db.Tx, d *document.Document) error { return o.update(tx, d, a, p, files) })
	})
}

// living finds the document here that a sender's identifier names; db.ErrNone
// when none came, or it went back or was recalled.
func living(q db.Q, sender, key string) (d document.Document, err error) {
	a, found, err := exchange.ArrivalByKey(q, sender, key)
	if err != nil {
		return d, err
	}
	if !found || key == "" { // documents without an identifier are not told apart by it
		return d, db.ErrNone
	}
	if d, err = document.ByID(q, a.Document); err == nil && over(d) {
		err = db.ErrNone
	}
	return d, err
}

func (o *Office) update(tx *db.Tx, d *document.Document, a Arrival, p *edxml.Packet, files []arrived) error {
	c := exchange.Change{Document: d.ID, State: exchange.Open, Reason: p.Business.Reason, Digest: digest(p)}
	if why := closed(files); why != "" {
		return o.declineUpdate(tx, d, c, why)
	}
	said, err := o.arrivedDocument(tx, a, p)
	if err != nil {
		return err
	}
	if p.Header.OtherInfo.NoPriority {
		said.Urgency = d.Urgency
	}
	now := *d
	c.Differences = amend(&now, said)
	self, err := org.Self(tx)
	if err != nil {
		return err
	}
	if drops(p.Business.Info, self) {
		c.Differences = append(c.Differences, exchange.Difference{Name: "Nơi nhận", Was: self.Name, Now: "không còn là nơi nhận"})
	}
	was, anew, err := otherFiles(tx, d.ID, files)
	if err != nil {
		return err
	}
	if anew {
		c.Differences = append(c.Differences, exchange.Difference{Name: "Tệp", Was: was, Now: fileNames(files)})
	}
	if d.State == document.Arrived || d.State == document.Held {
		*d = now
		return o.takeUpdate(tx, *d, c, files, anew)
	}
	fresh, err := unknownFiles(tx, d.ID, files)
	if err != nil {
		return err
	}
	for _, x := range fresh {
		if err := o.addArrivedFile(tx, d.ID, document.Updating, x); err != nil {
			return err
		}
	}
	return o.askChange(tx, *d, c, ChangeCame, "cập nhật", c.Reason)
}

// takeUpdate agrees to an update of a document that waits to be received.
func (o *Office) takeUpdate(tx *db.Tx, d document.Document, c exchange.Change, files []arrived, anew bool) error {
	if anew {
		if err := document.Supersede(tx, d.ID); err != nil {
			return err
		}
		if err := o.addArrivedFiles(tx, d.ID, files); err != nil {
			return err
		}
	}
	c.State = exchange.Taken
	if err := exchange.AddChange(tx, c); err != nil {
		return err
	}
	// The line begins anew, so that the clerk is told; its term does not.
	w, err := waits(tx, d.ID, document.ToReceive)
	if err != nil {
		return err
	}
	if err := document.Unwait(tx, d.ID, document.ToReceive); err != nil {
		return err
	}
	if err := document.Wait(tx, d.ID, org.RoleToken(org.Clerk), document.ToReceive, w.Due, saying("nơi gửi cập nhật", c.Reason)); err != nil {
		return err
	}
	if err := o.tellSender(tx, d.ID, "15", ""); err != nil {
		return err
	}
	return journal.Write(tx, ChangeCame, int64(d.ID), 0, journal.Detail{"by": d.IssuerName, "text": c.Reason})
}

// declineUpdate answers an update whose files cannot be opened (16): nobody
// could look at it. The clerk learns of it.
func (o *Office) declineUpdate(tx *db.Tx, d *document.Document, c exchange.Change, why string) error {
	c.State = exchange.Declined
	if err := exchange.AddChange(tx, c); err != nil {
		return err
	}
	if err := o.tellSender(tx, d.ID, "16", why); err != nil {
		return err
	}
	if err := o.noteUnopened(tx, *d, why); err != nil {
		return err
	}
	return journal.Write(tx, ChangeDeclined, int64(d.ID), 0, journal.Detail{"text": why})
}

// replacementCame takes in a document that takes the place of earlier ones of
// its sender (edXML kind 3, thay thế): a document of its own, which waits to be
// received. Those it replaces leave the gate; where one is registered the clerk
// answers, and its line and files stay. law:HT33-12.1 QD28-9.2
func (o *Office) replacementCame(ctx context.Context, a Arrival, p *edxml.Packet, files []arrived) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		had, err := exchange.HasChange(tx, digest(p))
		if err != nil {
			return err
		}
		if had {
			d, _, err := o.repeated(tx, a, p, files)
			if err != nil {
				return err
			}
			return cameAgain(tx, d, a, p, files)
		}
		old, err := replacedBy(tx, a.Sender, p)
		if err != nil {
			return err
		}
		if len(old) == 0 {
			return o.documentArrived(tx, a, p, files)
		}
		d, err := o.enterArrived(tx, a, p, files)
		if err != nil || over(d) { // its files could not be opened, or it was recalled before: it replaces nothing
			return err
		}
		for _, x := range old {
			if err := document.Link(tx, d.ID, x.ID, document.Replaces); err != nil {
				return err
			}
			c := exchange.Change{Document: x.ID, State: exchange.Open, Reason: p.Business.Reason, Replacement: d.ID, Digest: digest(p)}
			if err := o.change(tx, x.ID, func(tx *db.Tx, x *document.Document) error { return o.replace(tx, x, d, c) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// replacedBy finds what a packet replaces for this agency.
func replacedBy(q db.Q, sender string, p *edxml.Packet) (list []document.Document, err error) {
	self, err := org.Self(q)
	if err != nil {
		return nil, err
	}
	for _, t := range p.Targets() {
		if len(t.OrganIDs) > 0 && !slices.Contains(t.OrganIDs, self.Code) && !slices.Contains(t.OrganIDs, self.AltCode) {
			continue
		}
		d, err := living(q, sender, t.DocumentID)
		if isNone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

func (o *Office) replace(tx *db.Tx, d *document.Document, by document.Document, c exchange.Change) error {
	if d.State != document.Arrived && d.State != document.Held {
		return o.askChange(tx, *d, c, ReplacedIt, "thay thế bằng "+by.Code(), c.Reason)
	}
	if err := d.Move(document.Replaced, document.Arrived, document.Held); err != nil {
		return err
	}
	c.State = exchange.Taken
	if err := exchange.AddChange(tx, c); err != nil {
		return err
	}
	if err := document.Unwait(tx, d.ID); err != nil {
		return err
	}
	if err := o.tellSender(tx, d.ID, "15", ""); err != nil {
		return err
	}
	return journal.Write(tx, ReplacedIt, int64(d.ID), int64(by.ID), journal.Detail{"by": d.IssuerName, "code": by.Code(), "text": c.Reason})
}

// askChange puts a change before the clerk; what is registered stays as it is.
func (o *Office) askChange(tx *db.Tx, d document.Document, c exchange.Change, v journal.Verb, what, reason string) error {
	if err := exchange.AddChange(tx, c); err != nil {
		return err
	}
	if err := document.Unwait(tx, d.ID, document.ToChange); err != nil {
		return err
	}
	if err := document.Wait(tx, d.ID, org.RoleToken(org.Clerk), document.ToChange, o.sameDay(tx.Now, document.Normal), saying(what, reason)); err != nil {
		return err
	}
	return journal.Write(tx, v, int64(d.ID), int64(c.Replacement), journal.Detail{"by": d.IssuerName, "text": reason})
}

// saying is what happened, with the words of whoever did it.
func saying(what, words string) string {
	if words = strings.TrimSpace(words); words == "" {
		return what
	}
	return what + ": " + words
}
