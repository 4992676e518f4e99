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
// Who: the clerk. Refuses E-STATE without a stored file, or while the scan waits
// to be signed as a copy; E-INVALID without a leader. law:ND30-23 HT33-8.1 HT33-8.3.i
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
	if unsigned, err := document.Waits(tx, d.ID, document.ToCopy); err != nil {
		return err
	} else if unsigned {
		return fail.State("Bản quét chưa được ký số thành bản sao, chưa trình được.", "HT33-8.1").Then("Người giữ khóa của cơ quan ký bản sao; có thể ký và trình cùng một lần.")
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

// AttachScan stores the scan of a paper document that was numbered first, or a
// better one; what was presented does not change under the reader's eyes.
//
// Who: the clerk. Refuses E-FILE for a scan below the norm, E-STATE once the
// document was presented. law:HT33-8.1 ND30-22 ND30-PL1.I.2
func (o *Office) AttachScan(ctx context.Context, by org.Actor, id document.ID, scan Upload) error {
	if err := o.may(ctx, by, id, access.AttachScan); err != nil {
		return err
	}
	if err := o.fitScan(scan); err != nil {
		o.refused(ctx, by, int64(id), access.AttachScan, err)
		return err
	}
	return o.act(ctx, by, id, access.AttachScan, func(tx *db.Tx, d *document.Document) error {
		if d.Source != document.ByPaper || d.State != document.Registered {
			return fail.State("Chỉ gắn bản quét cho văn bản giấy đã vào sổ, chưa trình.", "HT33-8.1")
		}
		d.Pages = max(d.Pages, scan.Pages)
		if err := o.enterScan(tx, *d, scan); err != nil {
			return err
		}
		return journal.Write(tx, "document.scanned", int64(id), 0, journal.Detail{"file": scan.Name})
	})
}
