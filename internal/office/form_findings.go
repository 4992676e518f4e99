package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/form"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/pdf"
)

// FormFindings compares the newest version of a draft with the form of
// ND30-PL1 and with the register. The list is advice for the drafter and the
// form checker, who decides; nothing is written.
//
// Who: everybody who sees the draft. law:ND30-12.2 ND30-PL1
func (o *Office) FormFindings(ctx context.Context, by org.Actor, id document.ID) ([]form.Finding, error) {
	var e form.Expect
	var body document.File
	err := o.Read(ctx, func(v *db.View) error {
		if err := access.Check(v, by, access.Subject(id), access.See); err != nil {
			return err
		}
		var err error
		if e, err = expected(v, id); err != nil {
			return err
		}
		body, err = document.Newest(v, id, document.Body)
		return err
	})
	if err != nil {
		return nil, err
	}
	data, err := o.Blobs.Read(body.Hash)
	if err != nil {
		return nil, err
	}
	f, err := pdf.Open(data)
	if err != nil {
		return nil, pdfError(err)
	}
	return form.Check(f, e), nil
}

// expected is what the register says about a draft.
func expected(q db.Q, id document.ID) (e form.Expect, err error) {
	d, err := document.ByID(q, id)
	if err != nil {
		return e, err
	}
	dr, err := draft.Of(q, id)
	if err != nil {
		return e, err
	}
	self, err := org.Self(q)
	if err != nil {
		return e, err
	}
	kind, _ := law.KindByCode(d.Kind)
	return form.Expect{
		Kind: kind, Agency: self.Name, Superior: self.Superior, Place: self.Place, Notation: d.Notation, Subject: d.Subject,
		SignerName: d.SignerName, SignerTitle: d.SignerTitle, Capacity: dr.Capacity, Urgency: d.Urgency.Stamp(),
	}, nil
}
