package office

import (
	"fmt"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/law"
	"vanthu/pdf"
	"vanthu/viet"
)

// fitScan refuses, with E-FILE, a scan that the norm does not take for a
// digitised document: another file than a PDF, or pages that were scanned too
// coarsely. A page of letters has no resolution. law:ND30-PL1.I.2 HT33-8.1
func (o *Office) fitScan(u Upload) error {
	least := law.Figure("scan.dpi", viet.DayOf(o.Store.Now()))
	bad := func(what string) error {
		e := fail.File(what+" Bản quét phải là tệp PDF, ít nhất "+itoa(int64(least))+" dpi, ảnh màu, tỷ lệ 100%.", "ND30-PL1.I.2", "HT33-8.1").
			Then("Đặt máy quét từ " + itoa(int64(least)) + " dpi, tỷ lệ 100%, rồi quét lại.")
		return inFile(u.Name, e)
	}
	if u.MIME != types[".pdf"] {
		return bad("không phải là PDF.")
	}
	data, err := o.Blobs.Read(u.Hash)
	if err != nil {
		return err
	}
	f, err := pdf.Open(data)
	if err != nil {
		return pdfError(err)
	}
	pages, err := f.Pages()
	if err != nil {
		return pdfError(err)
	}
	for i, p := range pages {
		if got, coarse := coarsePage(f, p, float64(least)); coarse {
			return bad(fmt.Sprintf("trang %d chỉ khoảng %.0f dpi.", i+1, got))
		}
	}
	return nil
}

// coarsePage says whether a page is a picture of which less than half is shown
// at the resolution asked for, and how fine its largest part is. A scanner may
// cut a page in stripes, or put the letters in a layer of their own. A hundredth
// is allowed for rounded sizes.
func coarsePage(f *pdf.File, p pdf.Page, least float64) (dpi float64, coarse bool) {
	list, err := f.ShownImages(p)
	if err != nil {
		return 0, false // what cannot be read is nobody's scan; the reader of the file says so
	}
	var all, fine, largest float64
	for _, s := range list {
		area := s.Rect.W() * s.Rect.H()
		all += area
		if s.DPI >= .99*least {
			fine += area
		}
		if area > largest {
			largest, dpi = area, s.DPI
		}
	}
	half := p.CropBox.W() * p.CropBox.H() / 2
	return dpi, all >= half && fine < half
}

// enterScan keeps a scan with its document, and puts it on the desk of whoever
// keeps the agency's key to be signed as a copy. Where nobody can sign now, it
// goes on unsigned: the day's term to present it binds, too.
// law:HT33-8.1 HT33-8.3.i ND30-25
func (o *Office) enterScan(tx *db.Tx, d document.Document, scan Upload) error {
	if _, err := o.addFile(tx, scan.file(d.ID, 0, document.Scan)); err != nil {
		return err
	}
	who, err := CopyKeeper(tx, tx.Now)
	if err != nil {
		return err
	}
	if who == 0 {
		return o.toPresent(tx, d)
	}
	if err := access.RevokeAll(tx, access.Subject(d.ID), access.Custodian); err != nil {
		return err
	}
	if err := access.Grant(tx, access.Subject(d.ID), org.Of(who), access.Custodian); err != nil {
		return err
	}
	return document.Hand(tx, d.ID, org.Of(who), document.ToCopy, o.sameDay(later(d.ArrivedAt, d.Registered), d.Urgency))
}

// CopyKeeper is who can sign copies now: the keeper of the agency's key, while
// its certificate is in use and valid and he works here; 0 when nobody can.
// law:HT33-4.1 ND30-32.2
func CopyKeeper(q db.Q, now time.Time) (org.PersonID, error) {
	c, err := signing.OfAgency(q)
	if fail.Is(err, fail.Conflict) || err == nil && (now.Before(c.NotBefore) || !now.Before(c.NotAfter)) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	who, err := signing.Custodian(q, c.ID)
	if err != nil || who == 0 {
		return 0, err
	}
	works, err := org.Active(q, who)
	if !works {
		who = 0
	}
	return who, err
}

// releaseCopies lets the scans go on that no key can sign any more.
func (o *Office) releaseCopies(tx *db.Tx) error {
	list, err := document.At(tx, document.ToCopy)
	if err != nil || len(list) == 0 {
		return err
	}
	if who, err := CopyKeeper(tx, tx.Now); err != nil || who != 0 {
		return err
	}
	for _, w := range list {
		d, err := document.ByID(tx, w.Document)
		if err != nil {
			return err
		}
		if err := o.toPresent(tx, d); err != nil {
			return err
		}
		tx.After(func() { o.publish(w.Document) })
	}
	return nil
}
