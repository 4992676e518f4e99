package office

import (
	"context"
	"crypto/x509"
	"encoding/base64"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
)

// EndOpeningKey takes a key out of use that opens what others encrypt to the
// agency: it was lost or replaced, or its file is broken. What is still on its
// way to that key cannot be opened any more. shelve takes the key away,
// once it is written down: what fails before leaves the key in use, and what
// fails then can be done again. cert is its certificate, nil where the file is
// broken. The hub's directory gets the certificate of the next newest key, or
// none.
//
// Who: the administrator. Refuses E-INVALID without a reason.
// law:HT33-13.1 HT33-13.2
func (o *Office) EndOpeningKey(ctx context.Context, by org.Actor, cert *x509.Certificate, reason string, shelve func() error) error {
	err := access.May(by, access.Administer)
	if err == nil {
		err = needReason(reason, "Ghi lý do ngừng dùng: đã thay khóa mới, mất khóa, tệp hỏng.", "HT33-13.2")
	}
	if err != nil {
		o.refused(ctx, by, 0, access.Administer, err)
		return err
	}
	err = o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		d := journal.Detail{"text": reason}
		if cert != nil {
			d["serial"] = cert.SerialNumber.Text(16)
			if err := org.Set(tx, openingKeyEnded, base64.StdEncoding.EncodeToString(cert.Raw)); err != nil {
				return err
			}
		}
		if err := notice.DropTopic(tx, openingKeyTopic); err != nil {
			return err
		}
		return journal.Write(tx, OpeningKeyEnded, 0, 0, d)
	})
	if err == nil {
		err = shelve()
	}
	o.publishKeys()
	return err
}

// openingKeyEnded is the setting that holds the certificate of the key that was
// ended last. It is taken back from the directory where no key follows it;
// another one, which a system beside this one may have published, is not.
const openingKeyEnded = "opening-key.ended"
