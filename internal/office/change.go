package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"vanthu/edxml"
	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
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
		row := exchange.Arrival{Message: a.Message, Sender: a.Sender, Key: recallKey(p), Kind: "update", Packet: a.Packet, Document: old.ID}
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
			return exchange.AddArrival(tx, rowOf(a, p))
		}
		old, err := replacedBy(tx, a.Sender, p)
		if err != nil {
			return err
		}
		if len(old) == 0 {
			return o.documentArrived(tx, a, p, files)
		}
		d, err := o.enterArrived(tx, a, p, files)
		if err != nil || d.State == document.Refused { // its files could not be opened: it replaces nothing
			return err
		}
		for _, x := range old {
			if err := document.Link(tx, d.ID, x.ID, "replaces"); err != nil {
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

// AnswerChange agrees to what the sender changed (15), or declines it with a
// reason (16). seen is the newest change that he saw. Either way the register line and its files stay as they are and
// the change stands beside them; whoever works on the document is told of one
// that was agreed to.
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

// Noted takes off the desk what the system did by itself, once somebody has
// seen it.
//
// Who: the clerk. law:HT33-8.2.iii
func (o *Office) Noted(ctx context.Context, by org.Actor, id document.ID) error {
	return o.act(ctx, by, id, access.Receive, func(tx *db.Tx, _ *document.Document) error {
		ask, err := waits(tx, id, document.ToNote)
		if err != nil {
			return err
		}
		if ask.ID == 0 {
			return fail.State("Không có việc nào cần xem ở văn bản này.", "HT33-8.2.iii")
		}
		if err := document.Unwait(tx, id, document.ToNote); err != nil {
			return err
		}
		return journal.Write(tx, NotedIt, int64(id), 0, nil)
	})
}

// amend takes over into d what said says otherwise, and lists it. What a packet
// leaves out stays. law:HT33-12.1
func amend(d *document.Document, said document.Document) (list []exchange.Difference) {
	note := func(name, was, now string) bool {
		if now == "" || now == was {
			return false
		}
		list = append(list, exchange.Difference{Name: name, Was: was, Now: now})
		return true
	}
	text := func(name string, was *string, now string) {
		if now = viet.NFC(strings.TrimSpace(now)); note(name, *was, now) {
			*was = now
		}
	}
	day := func(name string, was *viet.Day, now viet.Day) {
		if note(name, was.String(), now.String()) {
			*was = now
		}
	}
	text("Trích yếu", &d.Subject, said.Subject)
	text("Số", &d.Number, said.Number)
	text("Ký hiệu", &d.Notation, said.Notation)
	day("Ngày văn bản", &d.Day, said.Day)
	if note("Loại văn bản", kindName(d.Kind), kindName(said.Kind)) {
		d.Kind = said.Kind
	}
	text("Người ký", &d.SignerName, said.SignerName)
	text("Chức vụ", &d.SignerTitle, said.SignerTitle)
	text("Phạm vi lưu hành", &d.Mark, said.Mark)
	day("Hạn trả lời", &d.Due, said.Due)
	if note("Độ khẩn", d.Urgency.String(), said.Urgency.String()) {
		d.Urgency = said.Urgency
	}
	if said.Pages > 0 && note("Số trang", itoa(int64(d.Pages)), itoa(int64(said.Pages))) {
		d.Pages = said.Pages
	}
	return list
}

func kindName(code string) string {
	k, _ := law.KindByCode(code)
	return k.Name
}

// drops says that an update takes this agency off the recipients.
func drops(b *edxml.BusinessInfo, self org.Agency) bool {
	return b != nil && b.DocumentReceiver && slices.ContainsFunc(b.Receivers, func(r edxml.Receiver) bool {
		return r.Type == 0 && (r.OrganID == self.Code || r.OrganID == self.AltCode)
	})
}

// otherFiles tells whether a packet has other files than the document, and the
// names of those. One without any leaves them as they are.
func otherFiles(q db.Q, id document.ID, files []arrived) (names string, other bool, err error) {
	have, err := document.Files(q, id)
	if err != nil || len(files) == 0 {
		return "", false, err
	}
	in := map[blob.Hash]bool{}
	for _, x := range files {
		in[x.Hash] = true
	}
	var list []string
	for _, f := range have {
		if f.Slot == document.Body || f.Slot == document.Annex {
			list = append(list, f.Name)
			other = other || !in[f.Hash]
		}
	}
	return strings.Join(list, ", "), other || len(list) != len(files), nil
}

func fileNames(files []arrived) string {
	list := make([]string, len(files))
	for i, x := range files {
		list[i] = x.Name
	}
	return strings.Join(list, ", ")
}

// unknownFiles are those of a packet that the document does not have yet.
func unknownFiles(q db.Q, id document.ID, files []arrived) (out []arrived, err error) {
	have, err := document.Files(q, id)
	if err != nil {
		return nil, err
	}
	known := map[blob.Hash]bool{}
	for _, f := range have {
		known[f.Hash] = true
	}
	for _, x := range files {
		if !known[x.Hash] {
			out = append(out, x)
		}
	}
	return out, nil
}

// digest is equal for two packets that say the same, however often and over
// which hubs they come.
func digest(p *edxml.Packet) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %+v\n", p.Kind(), p.Header)
	if b := p.Business; b != nil {
		fmt.Fprintf(h, "%q %q %+v\n", b.DocumentID, b.Reason, b.Replacements)
		if b.Info != nil {
			fmt.Fprintf(h, "%+v\n", *b.Info)
		}
	}
	for _, a := range p.Attachments {
		fmt.Fprintf(h, "%q %x\n", a.Name, a.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// saying is what happened, with the words of whoever did it.
func saying(what, words string) string {
	if words = strings.TrimSpace(words); words == "" {
		return what
	}
	return what + ": " + words
}
