package office

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"vanthu/edxml"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/exchange"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
)

// packetOf writes the edXML packet of an outbox item into the blob store.
// law:HT33-12.1 QCVN102-1
func (o *Office) packetOf(ctx context.Context, x exchange.Item) (blob.Hash, error) {
	var p edxml.Packet
	err := o.Read(ctx, func(v *db.View) (err error) {
		self, err := org.Self(v)
		if err != nil {
			return err
		}
		if x.Kind == exchange.Document {
			p, err = o.documentPacket(v, self, x)
		} else {
			p, err = statusPacket(v, self, x)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(edxml.Write(w, &p)) }()
	h, _, err := o.Blobs.Put(ctx, r, 1<<30)
	r.CloseWithError(err)
	return h, err
}

func organization(a org.Agency) edxml.Organization {
	return edxml.Organization{OrganID: a.Code, OrganName: a.Name, OrganizationInCharge: a.Superior}
}

// documentID is the vendor form that receivers key duplicates on.
func documentID(issuer string, d document.Document) string {
	return fmt.Sprintf("%s,%s,%s", issuer, d.Day.Start().In(edxml.Vietnam).Format("2006/01/02"), d.Code())
}

func civil(d viet.Day) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.Start()
}

func (o *Office) documentPacket(q db.Q, self org.Agency, x exchange.Item) (p edxml.Packet, err error) {
	d, err := document.ByID(q, x.Document)
	if err != nil {
		return p, err
	}
	dr, err := draft.Of(q, d.ID)
	if err != nil {
		return p, err
	}
	kind, _ := law.KindByCode(d.Kind)
	p.Header = edxml.MessageHeader{
		From:             organization(self),
		Code:             edxml.Code{Number: d.Number, Notation: d.Notation},
		PromulgationInfo: edxml.PromulgationInfo{Place: self.Place, Date: civil(d.Day)},
		DocumentType:     edxml.DocumentType{Type: 2, Name: kind.Name},
		Subject:          d.Subject,
		SignerInfo:       edxml.SignerInfo{Competence: dr.Capacity, Position: d.SignerTitle, FullName: d.SignerName},
		DueDate:          civil(d.Due),
		OtherInfo:        edxml.OtherInfo{Priority: int(d.Urgency), PageAmount: d.Pages, PromulgationAmount: 1},
		SteeringType:     1,
		DocumentID:       documentID(self.Code, d),
	}
	lines, err := exchange.Of(q, d.ID)
	if err != nil {
		return p, err
	}
	for _, l := range lines {
		p.Header.ToPlaces = append(p.Header.ToPlaces, l.Name)
		if l.Channel == exchange.ByHub && l.State == exchange.Queued {
			p.Header.To = append(p.Header.To, edxml.Organization{OrganID: l.Code, OrganName: l.Name})
		}
	}
	if p.Header.ResponseFor, err = responses(q, d.ID); err != nil {
		return p, err
	}
	p.Trace = []edxml.TraceHeader{{OrganID: self.Code, Timestamp: d.Issued}}
	if p.Business, err = business(q, d.ID, self.Code, p.Header.To); err != nil {
		return p, err
	}
	if p.Attachments, err = o.attachments(q, d, dr); err != nil {
		return p, err
	}
	return p, sealed(q, d.ID, &p, viet.DayOf(d.Issued))
}

// responses names the documents that this one answers or corrects.
func responses(q db.Q, id document.ID) (out []edxml.ResponseFor, err error) {
	links, err := document.Links(q, id)
	for _, l := range links {
		if l.Kind != document.Replaces && l.Forward {
			out = append(out, responseFor(l.Document))
		}
	}
	return out, err
}

func responseFor(d document.Document) edxml.ResponseFor {
	return edxml.ResponseFor{OrganID: d.IssuerCode, Code: d.Code(), PromulgationDate: civil(d.Day), DocumentID: documentID(d.IssuerCode, d)}
}

// attachments are the sealed document first, then its annexes: signed ones as
// signed, others as they are. The editor's file stays at home (law:HN20-9.1.b.ii).
func (o *Office) attachments(q db.Q, d document.Document, dr draft.Draft) ([]edxml.Attachment, error) {
	files, err := document.Latest(q, d.ID)
	if err != nil {
		return nil, err
	}
	var main, signed, plain []edxml.Attachment
	for _, f := range files {
		switch {
		case f.Slot == document.Sealed_:
			main = []edxml.Attachment{o.attachment(f)}
		case f.Slot == document.SealedAnnex && f.Version == dr.Version:
			signed = append(signed, o.attachment(f))
		case f.Slot == document.Annex && f.Version == dr.Version && f.MIME != "application/pdf":
			plain = append(plain, o.attachment(f))
		}
	}
	return append(append(main, signed...), plain...), nil
}

func (o *Office) attachment(f document.File) edxml.Attachment {
	return edxml.Attachment{ContentID: itoa(int64(f.ID)), Name: f.Name, ContentType: f.MIME, Open: func() (io.ReadCloser, error) {
		var r *os.File
		r, err := o.Blobs.Open(f.Hash)
		return r, err
	}}
}

// statusPacket reports on a document: an incoming one to its sender, or, for a
// recall (13), an outgoing one to a recipient. law:QCVN102-2
func statusPacket(q db.Q, self org.Agency, x exchange.Item) (p edxml.Packet, err error) {
	d, err := document.ByID(q, x.Document)
	if err != nil {
		return p, err
	}
	p.Header.From = organization(self)
	about := edxml.ResponseFor{OrganID: x.Receiver, Code: d.Code(), PromulgationDate: civil(d.Day)}
	if x.Kind == exchange.Recall {
		about.DocumentID = documentID(self.Code, d)
	} else {
		a, err := exchange.ArrivalOf(q, d.ID)
		if err != nil {
			return p, err
		}
		about.DocumentID = a.Key
	}
	p.Status = &edxml.Status{ResponseFor: about, Code: edxml.StatusCode(x.Code), Description: x.Note, Timestamp: x.Since,
		Staff: edxml.StaffInfo{Department: self.Name}}
	return p, nil
}
