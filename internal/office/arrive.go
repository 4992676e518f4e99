package office

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strings"

	"vanthu/cms"
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
		seen, err = exchange.SeenMessage(v, a.Message)
		return err
	})
	if err != nil || seen {
		return err
	}
	p, files, err := o.unpack(ctx, a.Packet)
	if err != nil {
		return err
	}
	if a.Sender, err = o.senderOf(ctx, a.Sender, p.Header.From.OrganID); err != nil {
		return err
	}
	switch p.Kind() {
	case edxml.StatusReport:
		err = o.statusCame(ctx, a, p)
	case edxml.Recall:
		err = o.recallCame(ctx, a, recallKey(p), p.Business.Reason)
	case edxml.Update:
		err = o.updateCame(ctx, a, p, files)
	case edxml.Replace:
		err = o.replacementCame(ctx, a, p, files)
	default:
		err = o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return o.documentArrived(tx, a, p, files) })
	}
	if db.IsUnique(err) {
		return nil // another follower took the same message in just now
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
	if p.Business.DocumentID != "" {
		return p.Business.DocumentID
	}
	return p.Header.DocumentID
}

// unpack reads a packet and stores its files, each looked at.
func (o *Office) unpack(ctx context.Context, h blob.Hash) (*edxml.Packet, []arrived, error) {
	f, err := o.Blobs.Open(h)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var files []arrived
	p, err := edxml.Read(f, edxml.Options{Attachment: func(a edxml.Attachment, r io.Reader) error {
		x, err := o.takeFile(ctx, a, r)
		files = append(files, x)
		return err
	}})
	if err != nil {
		return nil, nil, err
	}
	// Names may stand behind the content in a packet: they are known by now. What
	// has no content is only a name.
	rest := files
	for _, a := range p.Attachments {
		if a.SHA256 != [32]byte{} && len(rest) > 0 {
			rest[0].Name = CleanName(rest[0].plainName(a.Name))
			rest = rest[1:]
		}
	}
	return p, files, nil
}

// arrived is a file of a packet with what was found in it.
type arrived struct {
	Upload
	examined
	part   *exchange.Part // of a file that came encrypted
	closed string         // why it could not be opened
}

// takeFile stores an attachment. What is no good as a file is kept as it came
// and flagged, for the clerk to see and return.
func (o *Office) takeFile(ctx context.Context, a edxml.Attachment, r io.Reader) (arrived, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(32)
	if err != nil && err != io.EOF {
		return arrived{}, err
	}
	if cms.IsEncrypted(head) {
		return o.takeSealed(ctx, a.Name, in)
	}
	return o.takePlain(ctx, a.Name, in)
}

func (o *Office) takePlain(ctx context.Context, name string, r io.Reader) (arrived, error) {
	h, n, err := o.Blobs.Put(ctx, r, 512<<20)
	if err != nil {
		return arrived{}, err
	}
	x := arrived{Upload: Upload{Name: CleanName(name), Hash: h, Size: n, MIME: "application/octet-stream"}}
	if err := o.look(&x.Upload); err != nil {
		x.verdict, x.sentence = "invalid", inFile(x.Name, err).Error()
		if e, ok := fail.As(err); ok {
			x.sentence = "Tệp “" + x.Name + "”: " + e.Text
		}
		return x, nil
	}
	if x.MIME == "application/pdf" {
		if x.examined, err = o.examine(ctx, h); err != nil {
			return x, err
		}
	}
	return x, nil
}

// documentArrived makes the document that waits to be received. One of a
// sender's document ids has one effect, however often it comes; but one that
// went back, or was recalled, may come again with another content.
func (o *Office) documentArrived(tx *db.Tx, a Arrival, p *edxml.Packet, files []arrived) error {
	repeated, err := o.repeated(tx, a, p, files)
	if err != nil {
		return err
	}
	if repeated {
		return exchange.AddArrival(tx, rowOf(a, p))
	}
	_, err = o.enterArrived(tx, a, p, files)
	return err
}

// rowOf is a packet as it is kept; without a document it had no effect.
func rowOf(a Arrival, p *edxml.Packet) exchange.Arrival {
	return exchange.Arrival{Message: a.Message, Sender: a.Sender, Key: p.Header.DocumentID, Kind: "edoc", Packet: a.Packet}
}

func (o *Office) repeated(tx *db.Tx, a Arrival, p *edxml.Packet, files []arrived) (bool, error) {
	old, found, err := exchange.ArrivalByKey(tx, a.Sender, p.Header.DocumentID)
	if err != nil || !found || p.Header.DocumentID == "" {
		return false, err
	}
	d, err := document.ByID(tx, old.Document)
	if err != nil {
		return false, err
	}
	o.log().Info("document came before", "message", a.Message, "first", old.Message, "state", d.State)
	if !over(d) {
		return true, nil
	}
	packets, err := exchange.Packets(tx, d.ID)
	if err != nil || slices.Contains(packets, a.Packet) {
		return true, err
	}
	said, err := o.arrivedDocument(tx, a, p)
	if err != nil {
		return false, err
	}
	fresh, err := unknownFiles(tx, d.ID, files)
	return len(fresh) == 0 && len(amend(&d, said)) == 0, err
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
		return o.recallCame(ctx, a, s.ResponseFor.DocumentID, s.Description)
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		row := exchange.Arrival{Message: a.Message, Sender: a.Sender, Key: s.ResponseFor.DocumentID, Kind: "status", Packet: a.Packet}
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

// answerNo are the answers that the clerk must do something about.
var answerNo = map[edxml.StatusCode]string{edxml.Rejected: " từ chối: ", edxml.ChangeRejected: " từ chối thu hồi: "}

// toReplacement are the answers that may be about a replacement as well.
var toReplacement = map[edxml.StatusCode]string{edxml.ChangeAccepted: exchange.ReplacementAgreed, edxml.ChangeRejected: exchange.ReplacementDeclined}

func (o *Office) applyStatus(tx *db.Tx, d *document.Document, a Arrival, s *edxml.Status) error {
	line, err := exchange.To(tx, d.ID, a.Sender)
	if err != nil {
		return err
	}
	through, err := o.throughAfterAll(tx, &line)
	if err != nil {
		return err
	}
	event := exchange.Event{Code: string(s.Code), At: s.Timestamp, Staff: s.Staff.Staff, Note: s.Description}
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

// recallCame handles a recall, whichever way it was sent (edXML kind 1 or
// status 13).
func (o *Office) recallCame(ctx context.Context, a Arrival, key, reason string) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		old, found, err := exchange.ArrivalByKey(tx, a.Sender, key)
		if err != nil {
			return err
		}
		row := exchange.Arrival{Message: a.Message, Sender: a.Sender, Key: key, Kind: "recall", Packet: a.Packet}
		if err := exchange.AddArrival(tx, row); err != nil {
			return err
		}
		if !found || key == "" { // documents without an identifier are not told apart by it
			o.log().Warn("recall of an unknown document", "from", a.Sender)
			return nil
		}
		return o.change(tx, old.Document, func(tx *db.Tx, d *document.Document) error { return o.recallArrived(tx, d, reason) })
	})
}
