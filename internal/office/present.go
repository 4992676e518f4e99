package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
)

// Present submits a registered document to a leader for direction.
//
// Who: the clerk. Refuses E-STATE without a stored file, E-INVALID without a
// leader. law:ND30-23 HT33-8.3.i
func (o *Office) Present(ctx context.Context, by org.Actor, id document.ID, to org.PersonID, note string) error {
	return o.act(ctx, by, id, access.Present, func(tx *db.Tx, d *document.Document) error {
		return o.present(tx, d, to, note)
	})
}

func (o *Office) present(tx *db.Tx, d *document.Document, to org.PersonID, note string) error {
	if err := d.Move(document.Submitted, document.Registered); err != nil {
		return err
	}
	if _, err := document.Main(tx, d.ID); err != nil {
		return fail.State("Chưa có tệp văn bản, chưa trình được.", "HT33-8.1").Then("Quét văn bản giấy và gắn vào dòng sổ này.")
	}
	leader, err := org.PersonByID(tx, to)
	if err != nil || to == 0 {
		return fail.Invalid("leader", "Chọn lãnh đạo để trình.", "ND30-23")
	}
	if err := access.RevokeAll(tx, access.Subject(d.ID), access.Director); err != nil {
		return err
	}
	if err := access.Grant(tx, access.Subject(d.ID), org.Of(to), access.Director); err != nil {
		return err
	}
	if err := document.Hand(tx, d.ID, org.Of(to), document.ToDirect, o.sameDay(tx.Now, d.Urgency)); err != nil {
		return err
	}
	return journal.Write(tx, PresentedIt, int64(d.ID), 0, journal.Detail{"to": leader.Name, "text": note})
}

// AttachScan stores the scan of a paper document that was numbered first.
//
// Who: the clerk. law:HT33-8.1 ND30-22
func (o *Office) AttachScan(ctx context.Context, by org.Actor, id document.ID, scan Upload) error {
	return o.act(ctx, by, id, access.AttachScan, func(tx *db.Tx, d *document.Document) error {
		if d.Source != document.ByPaper || d.State.Final() {
			return fail.State("Chỉ gắn bản quét cho văn bản giấy đang xử lý.", "HT33-8.1")
		}
		d.Pages = max(d.Pages, scan.Pages)
		if _, err := document.AddFile(tx, scan.file(id, 0, document.Scan)); err != nil {
			return err
		}
		return journal.Write(tx, "document.scanned", int64(id), 0, journal.Detail{"file": scan.Name})
	})
}
