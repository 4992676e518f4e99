package office

import (
	"context"
	"slices"

	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/pdf"
)

// SetImage keeps the picture of a person's handwritten signature, or of the
// agency's seal for person 0: a PNG, transparent. It is the installer's act,
// before anybody works. law:ND30-PL1
func (o *Office) SetImage(ctx context.Context, p org.PersonID, png []byte) error {
	h, err := o.keepPicture(ctx, png)
	if err != nil {
		return err
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return org.Set(tx, pictureSetting(p), string(h)) })
}

// PutPicture is SetImage for somebody at work; what was signed before keeps
// its picture.
//
// Who: the administrator; everybody his own signature. Refuses E-INVALID for a
// picture that would cover the text below it. law:ND30-PL1.II.7d ND30-PL1.II.8a
func (o *Office) PutPicture(ctx context.Context, by org.Actor, p org.PersonID, png []byte) error {
	if err := MaySetPicture(by, p); err != nil {
		o.refused(ctx, by, int64(p), access.Administer, err)
		return err
	}
	if err := seenThrough(png); err != nil {
		return err
	}
	h, err := o.keepPicture(ctx, png)
	if err != nil {
		return err
	}
	return o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		if err := org.Set(tx, pictureSetting(p), string(h)); err != nil {
			return err
		}
		tx.After(o.publishKeys)
		return journal.Write(tx, PictureSet, 0, int64(p), journal.Detail{"sha256": string(h)})
	})
}

// seenThrough refuses a picture that would cover the text below it.
// law:ND30-PL1.II.7d ND30-PL1.II.8a
func seenThrough(png []byte) error {
	im, err := pdf.ReadPNG(png)
	if err != nil {
		return fail.Invalid("picture", "Hình phải là PNG không quá 2 MB.", "ND30-PL1").Because(err)
	}
	if !im.Transparent() {
		return fail.Invalid("picture", "Hình phải có nền trong suốt, nếu không sẽ che chữ trên văn bản.", "ND30-PL1.II.7d")
	}
	return nil
}

// MaySetPicture refuses whoever may not change a picture.
func MaySetPicture(by org.Actor, p org.PersonID) error {
	if p != 0 && p == by.ID {
		return nil
	}
	return access.May(by, access.Administer)
}

// Picture is the picture of a person's signature, or of the seal for 0; ""
// when there is none.
func Picture(q db.Q, p org.PersonID) (blob.Hash, error) {
	h, err := org.Setting(q, pictureSetting(p))
	return blob.Hash(h), err
}

// pictures lists the contents of all pictures in use.
func pictures(q db.Q) (list []blob.Hash, err error) {
	values, err := org.Settings(q, picturePrefix)
	for _, v := range values {
		list = append(list, blob.Hash(v))
	}
	return list, err
}

func isPicture(q db.Q, h blob.Hash) (bool, error) {
	list, err := pictures(q)
	return slices.Contains(list, h), err
}

func pictureSetting(p org.PersonID) string {
	if p == 0 {
		return sealImage
	}
	return signatureImage(p)
}

func (o *Office) keepPicture(ctx context.Context, png []byte) (blob.Hash, error) {
	if _, err := pdf.ReadPNG(png); err != nil {
		return "", pdfError(err)
	}
	return o.Blobs.PutBytes(ctx, png)
}
