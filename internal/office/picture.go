package office

import (
	"context"

	"vanthu/internal/db"
	"vanthu/internal/org"
	"vanthu/pdf"
)

// SetImage keeps the picture of a person's handwritten signature, or of the
// agency's seal for person 0: a PNG, transparent. It is the installer's act,
// before anybody works. law:ND30-PL1
func (o *Office) SetImage(ctx context.Context, p org.PersonID, png []byte) error {
	if _, err := pdf.ReadPNG(png); err != nil {
		return pdfError(err)
	}
	h, err := o.Blobs.PutBytes(ctx, png)
	if err != nil {
		return err
	}
	name := signatureImage(p)
	if p == 0 {
		name = sealImage
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return org.Set(tx, name, string(h)) })
}
