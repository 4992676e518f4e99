package office

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"

	"vanthu/cms"
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// CertificateInput is a certificate to be entered.
type CertificateInput struct {
	Person org.PersonID // 0: the agency
	Kind   signing.Kind
	KeyRef string              // as the driver names the key; "" where the key signs elsewhere
	Device string              // number of the device, if it has one
	Chain  []*x509.Certificate // the certificate, then its issuers
	// Keep stores the key itself under a name of its own, after every check; undo
	// removes what it stored. nil where the key is somewhere else.
	Keep func() (keyRef string, undo func() error, err error)
}

// EnterCertificate puts a certificate into the register; the newest one of a
// person is what he signs with.
//
// Who: the administrator. Refuses a certificate that was issued to somebody
// else, one that is in the register, and, with a [signing.State], one that
// nothing may be signed with now. law:HT33-4.1 HT33-4.2 ND23-13 ND23-14 ND23-15
func (o *Office) EnterCertificate(ctx context.Context, by org.Actor, in CertificateInput) (int64, error) {
	if err := access.May(by, access.Administer); err != nil {
		o.refused(ctx, by, 0, access.Administer, err)
		return 0, err
	}
	c, holder, err := o.fitCertificate(ctx, by, in)
	if err != nil {
		o.refused(ctx, by, 0, access.Administer, err)
		return 0, err
	}
	undo := func() error { return nil }
	if in.Keep != nil {
		if c.KeyRef, undo, err = in.Keep(); err != nil {
			return 0, err
		}
	}
	id, err := o.enterCertificate(ctx, by, c, holder)
	if err != nil {
		return 0, errors.Join(err, o.unkeep(ctx, c, undo))
	}
	return id, nil
}

func (o *Office) enterCertificate(ctx context.Context, by org.Actor, c signing.Certificate, holder string) (id int64, err error) {
	return id, o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		if err := notEntered(tx, c.Fingerprint); err != nil {
			return err
		}
		if id, err = signing.AddCertificate(tx, c); err != nil {
			return err
		}
		if err := dropExpiries(tx, c.Person, id); err != nil {
			return err
		}
		tx.After(o.publishKeys)
		return journal.Write(tx, CertificateEntered, id, 0, journal.Detail{"serial": c.Serial, "driver": string(c.Driver), "to": holder})
	})
}

// unkeep removes the key of a certificate that was not entered, once it is sure
// that it was not: whoever asked may have gone while the store was writing.
func (o *Office) unkeep(ctx context.Context, c signing.Certificate, undo func() error) error {
	ctx = context.WithoutCancel(ctx)
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		list, err := signing.Certificates(tx)
		if err != nil || slices.ContainsFunc(list, func(x signing.Certificate) bool { return x.KeyRef == c.KeyRef && x.Fingerprint == c.Fingerprint }) {
			return err
		}
		tx.After(func() {
			if err := undo(); err != nil {
				o.log().Error("key of a refused certificate not removed", "serial", c.Serial, "err", err)
			}
		})
		return nil
	})
}

// fitCertificate checks a certificate before anything is kept.
func (o *Office) fitCertificate(ctx context.Context, by org.Actor, in CertificateInput) (c signing.Certificate, holder string, err error) {
	if in.Kind.String() == "" {
		return c, "", fail.Invalid("kind", "Chọn cách ký bằng khóa này.", "HT33-4.2")
	}
	if len(in.Chain) == 0 {
		return c, "", fail.Invalid("file", "Cần tệp chứng thư số.", "HT33-4.1")
	}
	c = signing.Describe(in.Chain)
	c.Person, c.Driver, c.KeyRef, c.Device = in.Person, in.Kind, in.KeyRef, viet.NFC(in.Device)
	err = o.Read(ctx, func(v *db.View) error {
		if holder, err = issuedTo(v, by.Agency, in.Person, in.Chain[0]); err != nil {
			return err
		}
		return notEntered(v, c.Fingerprint)
	})
	if err == nil {
		err = o.Keys.Check(ctx, c, o.Store.Now())
	}
	return c, holder, err
}

// issuedTo refuses a certificate that names somebody else than it is entered
// for. law:ND23-13 ND23-14 HT33-4.2
func issuedTo(q db.Q, self org.Agency, p org.PersonID, c *x509.Certificate) (string, error) {
	h := cms.HolderOf(c)
	if p == 0 {
		if h.Kind != cms.PersonHolder && isAgency(h, self) {
			return self.Name, nil
		}
		return "", fail.Invalid("person", "Chứng thư này cấp cho "+h.Name+", không phải cho "+self.Name+".", "ND23-13")
	}
	who, err := org.PersonByID(q, p)
	if err != nil {
		return "", fail.Invalid("person", "Chọn người được cấp chứng thư.", "HT33-4.2")
	}
	if h.Kind == cms.AgencyHolder || !sameName(h.Name, who.Name) {
		return "", fail.Invalid("person", "Chứng thư này cấp cho "+h.Name+", không phải cho "+who.Name+".", "ND23-14", "HT33-4.2")
	}
	return who.Name, nil
}

// isAgency tells an agency by its code; by its name only where the certificate
// has no code, for every province has a Sở Xây dựng.
func isAgency(h cms.Holder, a org.Agency) bool {
	if h.AgencyCode != "" {
		return h.AgencyCode == a.Code || h.AgencyCode == a.AltCode
	}
	return sameName(h.Name, a.Name)
}

// sameName compares names letter by letter: Tư is not Tú. Capitals, blanks and
// the Unicode form do not count.
func sameName(a, b string) bool {
	level := func(s string) string { return strings.Join(strings.Fields(viet.NFC(s)), " ") }
	return strings.EqualFold(level(a), level(b))
}

func notEntered(q db.Q, fingerprint string) error {
	there, err := signing.Entered(q, fingerprint)
	if err == nil && there {
		err = fail.State("Chứng thư số này đã có trong danh mục.", "HT33-4.1").Then("Mở danh mục để xem; ngừng dùng dòng cũ trước khi đăng ký lại.")
	}
	return err
}

// dropExpiries takes back the warnings about the certificates that a new one
// replaces.
func dropExpiries(tx *db.Tx, p org.PersonID, newest int64) error {
	list, err := signing.Certificates(tx)
	for _, c := range list {
		if err == nil && c.Person == p && c.ID != newest {
			err = notice.DropTopic(tx, expiryTopic(c.ID))
		}
	}
	return err
}
