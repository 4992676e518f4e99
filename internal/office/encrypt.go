package office

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"vanthu/cms"
	"vanthu/edxml"
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
)

// IssueEncrypted is Issue with the files encrypted to every recipient on the
// hub (mã hóa tệp): the hub and its backups hold only ciphertext, the header
// stays readable for routing. Every recipient can open or nothing is sent;
// what may not be sent at all is refused before anything is encrypted.
//
// Who: the clerk, as for Issue. Refuses E-STATE naming the recipients that
// have no certificate which is trusted and in force now. law:HT33-13.1 HT33-13.2
func (o *Office) IssueEncrypted(ctx context.Context, by org.Actor, id document.ID) error {
	lines, err := o.Plan(ctx, by, id) // sees to the bar on secrets first
	if err != nil {
		return err
	}
	var to []org.Agency
	var how Encryption
	err = o.Read(ctx, func(v *db.View) (err error) {
		if how, err = EncryptionOf(v, viet.DayOf(v.Now)); err != nil {
			return err
		}
		if err := access.Check(v, by, access.Subject(id), access.Issue); err != nil {
			return err
		}
		for _, l := range lines {
			if l.Channel != exchange.ByHub {
				continue
			}
			a, err := org.AgencyByCode(v, l.Code)
			if err != nil {
				return err
			}
			to = append(to, a)
		}
		return nil
	})
	if err != nil {
		return err
	}
	keys, err := o.readers(ctx, to, how)
	if err != nil {
		o.refused(ctx, by, int64(id), access.Issue, err)
		return err
	}
	return o.issue(ctx, by, id, keys)
}

// readers judges the certificate of every recipient. The hub only passes them
// on: who could replace one there must not be able to read along.
func (o *Office) readers(ctx context.Context, to []org.Agency, how Encryption) (map[string]string, error) {
	if len(to) == 0 {
		return nil, fail.State("Không có nơi nhận nào qua trục liên thông để mã hóa.", "HT33-13.1").Then("Bỏ chọn mã hóa tệp rồi phát hành.")
	}
	keys := map[string]string{}
	var without []string
	for _, a := range to {
		if why := o.unreadableBy(ctx, a, how); why != "" {
			without = append(without, a.Name+" ("+why+")")
			continue
		}
		keys[a.Code] = a.Certificate
	}
	if len(without) > 0 {
		return nil, fail.State("Chưa mã hóa được cho: "+strings.Join(without, "; ")+". Chưa gửi cho nơi nào.", "HT33-13.1").
			Then("Đề nghị nơi nhận công bố chứng thư số mã hóa còn hiệu lực, hoặc bỏ chọn mã hóa tệp rồi phát hành.")
	}
	return keys, nil
}

// unreadableBy tells why an agency could not open what is encrypted to it now.
func (o *Office) unreadableBy(ctx context.Context, a org.Agency, how Encryption) string {
	cert, err := parseKey(a.Certificate)
	if err != nil {
		return "chưa công bố chứng thư số mã hóa"
	}
	if code := cms.HolderOf(cert).AgencyCode; code != a.Code && (code == "" || code != a.AltCode) {
		return "chứng thư số mã hóa không ghi mã của cơ quan này"
	}
	if why := tooShort(cert, how, viet.DayOf(o.Store.Now())); why != "" {
		return why
	}
	if s := o.Keys.MayRead(ctx, o.Store.Now(), cert); s.State != cms.InForce {
		return s.Cause
	}
	return ""
}

// tooShort holds a key against the length that the agency and, on a day, the
// national figures ask for. law:HT33-13.2
func tooShort(cert *x509.Certificate, how Encryption, on viet.Day) string {
	kind, bits, least := "RSA", 0, how.RSABits
	switch k := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		bits = k.N.BitLen()
	case *ecdsa.PublicKey:
		kind, bits, least = "đường cong elip", k.Curve.Params().BitSize, law.Figure("C24.ec.bits", on)
	}
	if bits < least {
		return fmt.Sprintf("khóa %s %d bit, cần ít nhất %d bit", kind, bits, least)
	}
	return ""
}

func parseKey(text string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// seal notes whom the files are encrypted to. A recipient that came in, or
// changed its key, since they were judged makes the act begin again.
func seal(tx *db.Tx, id document.ID, lines []exchange.Delivery, keys map[string]string) error {
	for _, l := range lines {
		if l.Channel != exchange.ByHub {
			continue
		}
		a, err := org.AgencyByCode(tx, l.Code)
		if err != nil {
			return err
		}
		if keys[a.Code] == "" || keys[a.Code] != a.Certificate {
			return fail.State("Khóa mã hóa của "+a.Name+" vừa thay đổi.", "HT33-13.1").Then("Bấm Phát hành lần nữa.")
		}
		if err := exchange.SealFor(tx, id, a.Code, a.Certificate); err != nil {
			return err
		}
	}
	return nil
}

// sealed turns attachments into ciphertext for the packet's addressees, where
// the document was issued so. It is never sent in clear instead.
func sealed(q db.Q, id document.ID, p *edxml.Packet, on viet.Day) error {
	keys, err := exchange.SealedFor(q, id)
	if err != nil || len(keys) == 0 {
		return err
	}
	how, err := EncryptionOf(q, on)
	if err != nil {
		return err
	}
	var to []*x509.Certificate
	for _, o := range p.Header.To {
		cert, err := parseKey(keys[o.OrganID])
		if err != nil {
			return fmt.Errorf("office: document %d is encrypted, but not to %s: %w", id, o.OrganID, err)
		}
		to = append(to, cert)
	}
	for i := range p.Attachments {
		a := &p.Attachments[i]
		plain := a.Open
		a.Name, a.ContentType = a.Name+sealedExt, "application/pkcs7-mime"
		a.Open = func() (io.ReadCloser, error) { return encrypt(plain, to, how.cipher()) }
	}
	return nil
}

const sealedExt = ".p7m"

// encrypt gives the CMS form of one file, which is at most MaxFile long.
func encrypt(plain func() (io.ReadCloser, error), to []*x509.Certificate, c cms.Cipher) (io.ReadCloser, error) {
	in, err := plain()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	content, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	out, err := cms.Encrypt(content, to, c)
	return io.NopCloser(bytes.NewReader(out)), err
}

// publishKey sees to it that the hub's directory has the certificate of the
// newest opening key, and takes back that of the last one when it was ended. A
// hub that keeps no certificates is let be.
func (o *Office) publishKey(ctx context.Context) error {
	h, ok := o.Partner.(interface {
		PublishKey(ctx context.Context, der []byte) error
	})
	if !ok {
		return nil
	}
	keys, broken := o.openers()
	if broken != nil {
		o.tellBroken(ctx, broken)
	}
	var known, ended string
	err := o.Read(ctx, func(v *db.View) error {
		self, err := org.Self(v)
		if err == nil {
			known = self.Certificate
			ended, err = org.Setting(v, openingKeyEnded)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		if broken == nil && known != "" && known == ended {
			return h.PublishKey(ctx, nil) // takes it back
		}
		return nil
	}
	der := keys[0].Certificate().Raw
	if known == base64.StdEncoding.EncodeToString(der) {
		return nil
	}
	return h.PublishKey(ctx, der)
}
