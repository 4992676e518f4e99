package office

import (
	"context"
	"errors"
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
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
)

// Arrival is a packet fetched from the hub, raw, already in the blob store.
type Arrival struct {
	Message string // the hub's id of it
	Sender  string // as the hub authenticated it
	Packet  blob.Hash
	Receipt blob.Hash // the hub's signed receipt of it, or ""
	Trial   bool      // the sender is on trial on the exchange

	signatures string // what was found about the packet's own
}

// Arrive takes a packet in: a new document waits to be received (01), a status
// moves a delivery line, a recall closes or asks, an update or replacement
// stands beside what came before. The same message twice has
// one effect; signatures are examined before anything is written. It is the
// system's act and needs no right.
// law:HT33-8.2.i BRVT1842-3.3 ND30-PL6.III.1e QD28-9.1
func (o *Office) Arrive(ctx context.Context, a Arrival) error {
	seen := false
	err := o.Read(ctx, func(v *db.View) (err error) {
		a.Message, seen, err = messageOf(v, a)
		return err
	})
	if err != nil || seen {
		return err
	}
	p, files, err := o.unpack(ctx, &a)
	if err == nil {
		err = o.takeIn(ctx, a, p, files)
	}
	if _, bad := unreadable(err); bad {
		// Nothing refers to what stays out; of a secret nothing may stay (law:HT33-1.2).
		return errors.Join(err, o.discard(ctx, stored(a.Packet, files)...))
	}
	return err
}

// messageOf names a message for this agency and says whether it came before. Some
// partners use an id again for another packet: that is another message.
// law:HT33-10.1.d
func messageOf(q db.Q, a Arrival) (name string, seen bool, err error) {
	old, seen, err := exchange.PacketOf(q, a.Message)
	if err != nil || !seen || old == a.Packet {
		return a.Message, seen, err
	}
	name = a.Message + "~" + string(a.Packet)
	_, seen, err = exchange.PacketOf(q, name)
	return name, seen, err
}

// takeIn lets a packet have its effect.
func (o *Office) takeIn(ctx context.Context, a Arrival, p *edxml.Packet, files []arrived) (err error) {
	if a.Sender, err = o.senderOf(ctx, a.Sender, p.Header.From.OrganID); err != nil {
		return err
	}
	switch p.Kind() {
	case edxml.StatusReport:
		err = o.statusCame(ctx, a, p)
	case edxml.Recall:
		err = o.recallCame(ctx, a, recallKey(p), p.Business.Reason, packetTime(p))
	case edxml.Update:
		err = o.updateCame(ctx, a, p, files)
	case edxml.Replace:
		err = o.replacementCame(ctx, a, p, files)
	default:
		err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return o.documentArrived(tx, a, p, files) })
	}
	if !db.IsUnique(err) {
		return err
	}
	// Another follower took the same message in just now; or else something is wrong.
	var seen bool
	if e := o.Read(ctx, func(v *db.View) (e error) { _, seen, e = exchange.PacketOf(v, a.Message); return e }); e != nil || seen {
		return e
	}
	return err
}

// senderOf is the sender's own code, whichever of its two codes the exchange
// knows it by. It refuses a packet that names another agency.
// law:QCVN102-1 HT33-12.2
func (o *Office) senderOf(ctx context.Context, known, named string) (code string, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		if code, err = ownCode(v, known); err != nil || named == "" {
			return err
		}
		if named, err = ownCode(v, named); err == nil && named != code {
			err = fail.New(fail.Integrity, "Mã cơ quan trong gói tin không phải là bên gửi mà trục xác nhận.", "QCVN102-1")
		}
		return err
	})
	return code, err
}

// ownCode is the code under which the directory has an agency; one that it does
// not know has no other.
func ownCode(q db.Q, code string) (string, error) {
	g, err := org.AgencyByCode(q, code)
	if fail.Is(err, fail.Hidden) {
		return code, nil
	}
	return g.Code, err
}

// recallKey names the document that is recalled; some software leaves it in
// the header only.
func recallKey(p *edxml.Packet) string {
	if p.Business != nil && p.Business.DocumentID != "" {
		return p.Business.DocumentID
	}
	return p.Header.DocumentID
}

// documentArrived makes the document that waits to be received. One of a
// sender's document ids has one effect, however often it comes; but one that
// went back, or was recalled, may come again with another content.
func (o *Office) documentArrived(tx *db.Tx, a Arrival, p *edxml.Packet, files []arrived) error {
	old, repeated, err := o.repeated(tx, a, p, files)
	switch {
	case err != nil:
		return err
	case repeated:
		return cameAgain(tx, old, a, p, files)
	}
	_, err = o.enterArrived(tx, a, p, files)
	return err
}

// cameAgain notes a packet that brings nothing new about a document. What was
// destroyed with a recall does not come back with it. law:ND30-PL6.III.8b
func cameAgain(tx *db.Tx, old document.Document, a Arrival, p *edxml.Packet, files []arrived) error {
	row := rowOf(a, p)
	row.Document = old.ID
	if err := exchange.AddArrival(tx, row); err != nil || old.State != document.Recalled {
		return err
	}
	return document.Condemn(tx, old.ID, stored(a.Packet, files))
}

// rowOf is a packet as it is kept.
func rowOf(a Arrival, p *edxml.Packet) exchange.Arrival {
	return exchange.Arrival{Message: a.Message, Sender: a.Sender, Key: p.Header.DocumentID, Kind: "edoc", Packet: a.Packet, Trial: a.Trial, Signatures: a.signatures}
}

// repeated says whether a packet only repeats what is known of a document here.
func (o *Office) repeated(tx *db.Tx, a Arrival, p *edxml.Packet, files []arrived) (d document.Document, same bool, err error) {
	old, found, err := exchange.ArrivalByKey(tx, a.Sender, p.Header.DocumentID)
	if err != nil || !found || p.Header.DocumentID == "" {
		return d, false, err
	}
	if d, err = document.ByID(tx, old.Document); err != nil {
		return d, false, err
	}
	o.log().Info("document came before", "message", a.Message, "first", old.Message, "state", d.State)
	if !over(d) {
		return d, true, nil
	}
	packets, err := exchange.Packets(tx, d.ID)
	if err != nil || slices.Contains(packets, a.Packet) {
		return d, true, err
	}
	said, err := o.arrivedDocument(tx, a, p)
	if err != nil {
		return d, false, err
	}
	fresh, err := unknownFiles(tx, d.ID, files)
	was := d
	return d, len(fresh) == 0 && len(amend(&was, said)) == 0, err
}

// over says that a document came and has no effect here any more.
func over(d document.Document) bool {
	return d.State == document.Refused || d.State == document.Recalled
}

// enterArrived enters a document that came, refused at once where its files
// cannot be opened.
func (o *Office) enterArrived(tx *db.Tx, a Arrival, p *edxml.Packet, files []arrived) (document.Document, error) {
	d, err := o.arrivedDocument(tx, a, p)
	if err != nil {
		return d, err
	}
	if d.ID, err = document.Add(tx, d); err != nil {
		return d, err
	}
	row := rowOf(a, p)
	row.Document = d.ID
	if err := exchange.AddArrival(tx, row); err != nil {
		return d, err
	}
	if err := o.addArrivedFiles(tx, d.ID, files); err != nil {
		return d, err
	}
	if early, err := o.recalledEarly(tx, &d, row.Key, packetTime(p)); err != nil || early {
		return d, err
	}
	if why := closed(files); why != "" {
		return o.sendBack(tx, d, why)
	}
	if err := o.linkReplies(tx, d.ID, a.Sender, p); err != nil {
		return d, err
	}
	return d, o.waitReceive(tx, d, files)
}

func (o *Office) waitReceive(tx *db.Tx, d document.Document, files []arrived) error {
	clerk := org.RoleToken(org.Clerk)
	if err := access.Grant(tx, access.Subject(d.ID), clerk, access.Registrar); err != nil {
		return err
	}
	if err := document.Wait(tx, d.ID, clerk, document.ToReceive, o.sameDay(tx.Now, d.Urgency), ""); err != nil {
		return err
	}
	if err := o.tellSender(tx, d.ID, "01", ""); err != nil {
		return err
	}
	tx.After(func() { o.publish(d.ID) })
	return journal.Write(tx, ArrivedIt, int64(d.ID), 0, journal.Detail{"code": d.Code(), "from": d.IssuerName, "files": itoa(int64(len(files)))})
}

func (o *Office) addArrivedFiles(tx *db.Tx, id document.ID, files []arrived) error {
	for i, x := range files {
		slot := document.Annex
		if i == 0 {
			slot = document.Body
		}
		if err := o.addArrivedFile(tx, id, slot, x); err != nil {
			return err
		}
	}
	return nil
}

func (o *Office) addArrivedFile(tx *db.Tx, id document.ID, slot document.Slot, x arrived) error {
	if _, err := o.addFile(tx, x.apply(x.file(id, 0, slot))); err != nil || x.part == nil {
		return err
	}
	x.part.Document, x.part.Name = id, x.Name
	return exchange.AddPart(tx, *x.part)
}

// arrivedDocument is what a packet says about its document.
func (o *Office) arrivedDocument(tx *db.Tx, a Arrival, p *edxml.Packet) (document.Document, error) {
	h := p.Header
	d := document.Document{Way: document.In, State: document.Arrived, Source: document.ByHub, ArrivedAt: tx.Now,
		Kind: kindOf(h), Subject: h.Subject, Number: h.Code.Number, Notation: h.Code.Notation,
		IssuerCode: a.Sender, IssuerName: h.From.OrganName, SignerName: h.SignerInfo.FullName, SignerTitle: h.SignerInfo.Position,
		Pages: h.OtherInfo.PageAmount, Mark: h.OtherInfo.SphereOfPromulgation}
	d.Urgency = document.Urgency(min(max(h.OtherInfo.Priority, 0), 3))
	if !h.PromulgationInfo.Date.IsZero() {
		d.Day = viet.DayOf(h.PromulgationInfo.Date)
	}
	if !h.DueDate.IsZero() {
		d.Due = viet.DayOf(h.DueDate)
	}
	if g, err := org.AgencyByCode(tx, a.Sender); err == nil {
		d.IssuerName = g.Name
	}
	if err := barredText(d.Subject); err != nil {
		return d, err
	}
	return d, nil
}

func kindOf(h edxml.MessageHeader) string {
	if k, ok := law.KindByName(h.DocumentType.Name); ok {
		return k.Code
	}
	return law.KindByNotation(h.Code.String()).Code
}

// linkReplies joins an answer to the document of ours that it answers, and a
// correction to the sender's earlier document, whose workers hear of it.
func (o *Office) linkReplies(tx *db.Tx, id document.ID, sender string, p *edxml.Packet) error {
	corrects := p.Business != nil && strings.HasPrefix(p.Business.Reason, correction)
	for _, r := range p.Header.ResponseFor {
		if corrects {
			if err := o.linkCorrection(tx, id, sender, r.DocumentID); err != nil {
				return err
			}
			continue
		}
		ours, err := issuedByKey(tx, r.DocumentID)
		if isNone(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := document.Link(tx, id, ours.ID, document.Replies); err != nil {
			return err
		}
	}
	return nil
}

// issuedByKey finds the document of this agency that a packet's document id
// names; db.ErrNone when there is none.
func issuedByKey(q db.Q, key string) (document.Document, error) {
	id, err := document.IssuedID(q, func(d document.Document) bool { return documentID(d.IssuerCode, d) == key }, codeOf(key))
	if err != nil {
		return document.Document{}, err
	}
	return document.ByID(q, id)
}

// codeOf is the last part of the vendor form: "7816/VPCP-TTĐT".
func codeOf(key string) string { return key[strings.LastIndex(key, ",")+1:] }

// statusCame moves the delivery line that a status is about, or, for 13,
// handles the sender's recall. law:HT33-10.2.i ND30-PL6.III.1k
func (o *Office) statusCame(ctx context.Context, a Arrival, p *edxml.Packet) error {
	s := p.Status
	if s.Code == edxml.RecallAsked {
		return o.recallCame(ctx, a, s.ResponseFor.DocumentID, s.Description, s.Timestamp)
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		row := rowOf(a, p)
		row.Key, row.Kind = s.ResponseFor.DocumentID, "status"
		if err := exchange.AddArrival(tx, row); err != nil {
			return err
		}
		d, err := issuedByKey(tx, s.ResponseFor.DocumentID)
		if isNone(err) {
			o.log().Warn("status about an unknown document", "from", a.Sender, "code", s.Code)
			return nil
		}
		if err != nil {
			return err
		}
		return o.change(tx, d.ID, func(tx *db.Tx, d *document.Document) error { return o.applyStatus(tx, d, a, s) })
	})
}

// said is a status as an event of a line. Some events of ours have words for
// codes, which no other agency may say. law:QCVN102-2
func said(c edxml.StatusCode) string {
	text := string(c)
	if !c.Known() {
		text = "mã “" + text + "”"
		shorten(30, &text)
	}
	return text
}

// answerNo are the answers that the clerk must do something about.
var answerNo = map[edxml.StatusCode]string{edxml.Rejected: " từ chối: ", edxml.ChangeRejected: " từ chối thu hồi: "}

// toReplacement are the answers that may be about a replacement as well.
var toReplacement = map[edxml.StatusCode]string{edxml.ChangeAccepted: exchange.ReplacementAgreed, edxml.ChangeRejected: exchange.ReplacementDeclined}

func (o *Office) applyStatus(tx *db.Tx, d *document.Document, a Arrival, s *edxml.Status) error {
	line, err := exchange.To(tx, d.ID, a.Sender)
	if err != nil {
		return err
	}
	late, through := line.Late == exchange.NotFetched, false
	if s.Code.Known() {
		if through, err = o.throughAfterAll(tx, &line); err != nil {
			return err
		}
	}
	event := exchange.Event{Code: said(s.Code), At: s.Timestamp, Staff: s.Staff.Staff, Note: s.Description}
	no, changed := answerNo[s.Code], false
	if side := toReplacement[s.Code]; side != "" && d.State == document.Replaced && line.State != exchange.RecallAsked {
		event.Code, no = side, strings.Replace(no, "thu hồi", "thay thế", 1)
		changed, err = exchange.Answer(tx, line, event)
	} else {
		changed, err = exchange.Apply(tx, &line, event)
	}
	if err != nil || !changed {
		return err
	}
	proof := a.Receipt
	if proof == "" {
		proof = a.Packet // the status itself, where the hub gives no receipt
	}
	if err := exchange.SetReceipt(tx, line.ID, event.Code, proof); err != nil {
		return err
	}
	if late {
		if err := o.clearFollow(tx, d.ID); err != nil {
			return err
		}
	}
	if no != "" {
		note := line.Name + no + s.Description
		if err := document.Wait(tx, d.ID, org.RoleToken(org.Clerk), document.ToFollow, o.Calendar.AddDays(tx.Now, 1), note); err != nil {
			return err
		}
	}
	if through && d.State == document.Recalled { // the recall came before the document
		if err := o.recallLine(tx, line, "Văn bản đã được thu hồi."); err != nil {
			return err
		}
	}
	return journal.Write(tx, StatusCame, int64(d.ID), line.ID, journal.Detail{"to": line.Name, "code": string(s.Code), "text": s.Description})
}
