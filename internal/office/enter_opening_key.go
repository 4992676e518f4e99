package office

import (
	"context"
	"crypto/x509"

	"vanthu/cms"
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// EnterOpeningKey takes a key with which the agency opens what others encrypt
// to it (khóa mở). The newest one's certificate goes into the hub's directory
// with the next look at it; older ones still open what is on its way. keep
// stores the key, after every check; chain is its certificate and issuers.
//
// Who: the administrator. Refuses a certificate of another agency, one that
// cannot be encrypted to now, and a key that does not open by itself what is
// encrypted to it: a token may lack the mechanism, or want a PIN each time.
// law:HT33-13.1 HT33-13.2
func (o *Office) EnterOpeningKey(ctx context.Context, by org.Actor, key cms.Decrypter, chain []*x509.Certificate, keep func() error) error {
	err := access.May(by, access.Administer)
	if err == nil {
		err = o.fitOpeningKey(ctx, by, chain)
	}
	if err == nil {
		err = signing.Opens(ctx, key)
	}
	if err != nil {
		o.refused(ctx, by, 0, access.Administer, err)
		return err
	}
	if err := keep(); err != nil {
		return err
	}
	return o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		d := journal.Detail{"serial": chain[0].SerialNumber.Text(16), "until": viet.DayOf(chain[0].NotAfter).String()}
		return journal.Write(tx, OpeningKeyEntered, 0, 0, d)
	})
}

func (o *Office) fitOpeningKey(ctx context.Context, by org.Actor, chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return fail.Invalid("file", "Cần khóa cùng chứng thư số.", "HT33-13.1")
	}
	// Senders look for the code: a name alone may be anybody's.
	if code := cms.HolderOf(chain[0]).AgencyCode; code == "" || code != by.Agency.Code && code != by.Agency.AltCode {
		return fail.Invalid("file", "Chứng thư số mã hóa phải ghi mã định danh "+by.Agency.Code+".", "HT33-13.2")
	}
	_, _, usual := EncryptionChoices(viet.DayOf(o.Store.Now()))
	if why := tooShort(chain[0], usual, viet.DayOf(o.Store.Now())); why != "" {
		return fail.Invalid("file", "Chứng thư số không dùng để mã hóa được: "+why+".", "HT33-13.2")
	}
	if s := o.Keys.MayRead(ctx, o.Store.Now(), chain...); s.State != cms.InForce {
		return fail.Invalid("file", "Chứng thư số không dùng để mã hóa được: "+s.Cause+".", "HT33-13.2")
	}
	return nil
}
