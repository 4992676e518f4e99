package office

import (
	"context"
	"path"
	"strings"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/pdf"
)

// CopyInput is what a clerk says of a scan that is signed as a copy.
type CopyInput struct {
	// Form is SAO Y where the paper is the original, SAO LỤC where it is a true
	// copy itself. TRÍCH SAO is drawn up anew and never a scan.
	Form pades.CopyForm
	// PresentTo is the leader it is presented to at once; 0 for nobody.
	PresentTo org.PersonID
	Note      string // for the leader
}

// made is what a copy was made from, as the signature and the register say it.
var made = map[pades.CopyForm]string{pades.TrueCopy: "Sao y từ bản giấy", pades.CopyOfCopy: "Sao lục từ bản sao y"}

func (in CopyInput) check() error {
	if made[in.Form] == "" {
		return fail.Invalid("form", "Chọn hình thức sao: SAO Y hoặc SAO LỤC.", "ND30-25")
	}
	return nil
}

// SignCopy signs the scan of a registered paper document with the agency's key,
// in the form of a copy: form, agency and time at the top right of page 1. With
// a leader named, the document is presented in the same transaction.
//
// Who: the custodian of the agency's key; presenting needs the clerk's right,
// too. Refuses E-STATE for a document that does not wait for it or whose page 1
// has no room, and with a [signing.State] when the certificate is not valid
// now, or the key does not sign. law:HT33-8.1 HT33-11.4.a ND30-25 ND30-27 ND30-32.2
func (o *Office) SignCopy(ctx context.Context, by org.Actor, id document.ID, in CopyInput, consent signing.Consent) error {
	if err := in.check(); err != nil {
		o.refused(ctx, by, int64(id), access.SignCopy, err)
		return err
	}
	return o.signOne(ctx, by, o.copying(in), id, consent)
}

// SignCopies is SignCopy for many documents under one confirmation, as
// [Office.SignBatch].
func (o *Office) SignCopies(ctx context.Context, by org.Actor, ids []document.ID, in CopyInput, consent signing.Consent) (int64, error) {
	if err := in.check(); err != nil {
		o.refused(ctx, by, 0, access.SignCopy, err)
		return 0, err
	}
	return o.signBatch(ctx, by, o.copying(in), ids, consent)
}

func (o *Office) copying(in CopyInput) signingAct {
	c := copying{o, in}
	return signingAct{action: access.SignCopy, purpose: signing.AsCopy, copy: in, job: o.copyJob, parts: c.layOut, enter: c.enterCopy}
}

// copying is the signing of copies as a clerk has asked for it.
type copying struct {
	o  *Office
	in CopyInput
}

// copyJob gathers what a copy is made from. law:HT33-8.1 HT33-4.1 ND30-32.2
func (o *Office) copyJob(ctx context.Context, by org.Actor, id document.ID) (*signingJob, error) {
	j := &signingJob{}
	return j, o.Read(ctx, func(v *db.View) (err error) {
		if j.doc, err = document.ByID(v, id); err != nil {
			return err
		}
		if err := waitsForCopy(v, id); err != nil {
			return err
		}
		if j.cert, err = agencyKey(v, by.ID); err != nil {
			return err
		}
		j.file, err = document.Newest(v, id, document.Scan)
		return err
	})
}

func waitsForCopy(q db.Q, id document.ID) error {
	waits, err := document.Waits(q, id, document.ToCopy)
	if err == nil && !waits {
		err = fail.State("Văn bản không chờ ký bản sao.", "HT33-8.1").Then("Mở lại văn bản để xem việc tiếp theo.")
	}
	return err
}

// layOut lays out the signature in the form of the day. law:HT33-11.4.a HT33-21.b ND30-25
func (c copying) layOut(ctx context.Context, j *signingJob) error {
	in, err := c.o.Blobs.Read(j.file.Hash)
	if err != nil {
		return err
	}
	f, err := pdf.Open(in)
	if err != nil {
		return pdfError(err)
	}
	pages, err := f.Pages()
	if err != nil {
		return pdfError(err)
	}
	var self org.Agency
	var im images
	err = c.o.Read(ctx, func(v *db.View) error {
		if self, err = org.Self(v); err != nil {
			return err
		}
		im, err = c.o.images(v, 0)
		return err
	})
	if err != nil {
		return err
	}
	now := c.o.Store.Now()
	look, place, err := pades.ProfileOn(now).Copy(c.in.Form, self.Name, im.seal, im.sealMM, now).InCorner(f, pages[0])
	if err != nil {
		return copyPlaceError(err)
	}
	opts := pades.Options{Name: self.Name, Reason: made[c.in.Form], Time: now, LockAll: true, Look: look, Place: place}
	j.parts = []signingPart{{name: copyName(j.file.Name), in: j.file.Hash, opts: opts}}
	return nil
}

// copyName is the name of the copy of a scan.
func copyName(scan string) string {
	return CleanName(strings.TrimSuffix(scan, path.Ext(scan)) + "-ban-sao.pdf")
}

func copyPlaceError(err error) error {
	if pades.Is(err, pades.NoGap) {
		return fail.State("Góc trên bên phải trang đầu của bản quét không còn chỗ trống cho thông tin bản sao.", "HT33-11.4.a", "ND30-25").
			Then("Quét lại cả trang, tỷ lệ 100%, không in thêm chữ ở lề trên; rồi thay bản quét.").Because(err)
	}
	return pdfError(err)
}

// enterCopy enters the signed copy beside its scan, and hands the document on.
func (c copying) enterCopy(ctx context.Context, by org.Actor, j *signingJob) error {
	o, in := c.o, c.in
	looks, err := o.proven(ctx, j)
	if err != nil {
		err = brokenScan(err)
		o.refused(ctx, by, int64(j.doc.ID), access.SignCopy, err)
		return err
	}
	return o.act(ctx, by, j.doc.ID, access.SignCopy, func(tx *db.Tx, d *document.Document) error {
		if err := waitsForCopy(tx, d.ID); err != nil {
			return err
		}
		if err := unchanged(tx, d.ID, document.Scan, j.file.Hash); err != nil {
			return err
		}
		if err := o.enterPart(tx, j.parts[0], looks[0].apply(j.main().file(d.ID, 0, document.Copy))); err != nil {
			return err
		}
		f, err := document.Newest(tx, d.ID, document.Copy)
		if err != nil {
			return err
		}
		if err := document.AddCopy(tx, document.CopyOf{File: f.ID, Scan: j.file.ID, Form: made[in.Form]}); err != nil {
			return err
		}
		detail := journal.Detail{"serial": j.parts[0].cert.Serial, "sha256": string(j.main().Hash), "scan": string(j.file.Hash), "text": made[in.Form]}
		if err := journal.Write(tx, CopySignedIt, int64(d.ID), int64(f.ID), detail); err != nil {
			return err
		}
		if err := j.enter(tx); err != nil {
			return err
		}
		if err := o.toPresent(tx, *d); err != nil || in.PresentTo == 0 {
			return err
		}
		if err := access.Check(tx, by, access.Subject(d.ID), access.Present); err != nil {
			return err
		}
		return o.present(tx, d, in.PresentTo, in.Note)
	})
}

// brokenScan is the refusal of a scan that bears a broken signature.
func brokenScan(err error) error {
	if e, ok := fail.As(err); ok && e.Kind == fail.Integrity {
		return fail.New(fail.Integrity, e.Text, "HT33-8.1", "ND30-25").Then("Quét lại từ bản giấy rồi thay bản quét.")
	}
	return err
}
