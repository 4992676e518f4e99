package office

import (
	"context"
	"strings"

	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/document"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/pdf"
	"vanthu/viet"
)

// TakeCopy takes a copy that the custodian signed with a program of his own:
// the scan with one signature of the agency more, which says the form of the
// copy on page 1, and nothing else.
//
// Who: as for SignCopy. Refuses with a [signing.State] what is anything else.
// law:HT33-8.1 HT33-4.1 ND30-25 ND23-15 ND23-17
func (o *Office) TakeCopy(ctx context.Context, by org.Actor, id document.ID, u Upload, in CopyInput) error {
	err := in.check()
	if err == nil {
		err = o.may(ctx, by, id, access.SignCopy)
	}
	if err != nil {
		return err
	}
	j, err := o.copyJob(ctx, by, id)
	if err == nil {
		err = o.inspect(ctx, by, j, signing.HandOut{Document: id, Purpose: signing.AsCopy, Handed: j.file.Hash}, u)
	}
	if err == nil {
		err = o.saysForm(j.file.Hash, u.Hash, in.Form)
	}
	var use int64
	if err == nil {
		use, err = o.usedElsewhere(ctx, by, j.cert, signing.HandOut{Document: id, Purpose: signing.AsCopy, Result: u.Hash})
	}
	if err != nil {
		o.refused(ctx, by, int64(id), access.SignCopy, err)
		return err
	}
	u.Name = copyName(j.file.Name) // ours, never the program's
	j.parts = []signingPart{{name: u.Name, cert: j.cert, out: u, uses: []int64{use}}}
	return copying{o, in}.enterCopy(ctx, by, j)
}

// saysForm refuses a signed copy that does not show the form of the copy beyond
// what the scan shows. law:ND30-25 HT33-11.4.a
func (o *Office) saysForm(scan, signed blob.Hash, form pades.CopyForm) error {
	before, err := o.timesWritten(scan, form)
	if err != nil {
		return err
	}
	after, err := o.timesWritten(signed, form)
	if err == nil && after <= before {
		err = signing.Refuse(signing.NoForm, nil)
	}
	return err
}

// timesWritten counts a form of copy in the text of a PDF, fields included.
func (o *Office) timesWritten(h blob.Hash, form pades.CopyForm) (int, error) {
	data, err := o.Blobs.Read(h)
	if err != nil {
		return 0, err
	}
	f, err := pdf.Open(data)
	if err != nil {
		return 0, pdfError(err)
	}
	text, err := f.Text()
	return strings.Count(viet.Fold(text), viet.Fold(string(form))), pdfError(err)
}
