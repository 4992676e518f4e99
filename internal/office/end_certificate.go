package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/internal/signing"
)

// EndCertificate takes a certificate out of use: it ended, was revoked, its
// device is lost, its holder has left. What it signed stays valid, and the
// line stays in the register. Scans that only this key could sign need not wait.
//
// Who: the administrator. Refuses E-INVALID without a reason, E-STATE twice.
// law:HT33-4.1 GL443-12.4
func (o *Office) EndCertificate(ctx context.Context, by org.Actor, id int64, reason string) error {
	err := o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		if err := access.May(by, access.Administer); err != nil {
			return err
		}
		c, err := signing.CertificateByID(tx, id)
		if err != nil {
			return err
		}
		if err := needReason(reason, "Ghi lý do ngừng dùng: hết hạn, bị thu hồi, mất thiết bị, người giữ chuyển công tác.", "HT33-4.1"); err != nil {
			return err
		}
		if !c.Ended.IsZero() {
			return fail.State("Chứng thư số này đã ngừng dùng.", "HT33-4.1")
		}
		if err := signing.End(tx, id, reason); err != nil {
			return err
		}
		if err := o.endLapsed(tx); err != nil {
			return err
		}
		if err := o.releaseCopies(tx); err != nil {
			return err
		}
		for _, topic := range []string{keyTopic(id), expiryTopic(id)} {
			if err := notice.DropTopic(tx, topic); err != nil {
				return err
			}
		}
		tx.After(o.publishKeys)
		return journal.Write(tx, CertificateEnded, id, 0, journal.Detail{"serial": c.Serial, "text": reason})
	})
	if err != nil {
		o.refused(ctx, by, id, access.Administer, err)
	}
	return err
}
