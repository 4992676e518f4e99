package authority

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"vanthu/cms"
)

// Person is the holder of a personal certificate (chứng thư số cá nhân). The
// title stands in the certificate (law:ND23-14).
type Person struct {
	Name   string // "Lê Quốc Hùng"
	Title  string // "Giám đốc"
	Unit   string // "Phòng Hành chính", may be empty
	Agency string // "Sở Nội vụ tỉnh …"
	Email  string // may be empty
}

// Agency is the holder of an agency's certificate (chứng thư số cơ quan,
// law:ND23-13).
type Agency struct {
	Name     string // "Sở Nội vụ tỉnh …"
	Code     string // its code in the exchange, such as "H40.03" or "000.00.03.H40"
	Locality string // may be empty
}

// IssuePerson makes a key and a certificate for a person.
func (a *Authority) IssuePerson(p Person, kind KeyKind) (*cms.SoftwareSigner, error) {
	if p.Name == "" || p.Agency == "" {
		return nil, errors.New("chứng thư số cá nhân cần họ tên và cơ quan")
	}
	return a.issue(personTemplate(p), kind)
}

// IssueAgency makes a key and a certificate for an agency.
func (a *Authority) IssueAgency(g Agency, kind KeyKind) (*cms.SoftwareSigner, error) {
	if g.Name == "" || g.Code == "" {
		return nil, errors.New("chứng thư số cơ quan cần tên và mã định danh")
	}
	return a.issue(agencyTemplate(g), kind)
}

// CertifyPerson issues for a key that stays where it is, such as on a token.
func (a *Authority) CertifyPerson(p Person, pub crypto.PublicKey) (*x509.Certificate, error) {
	return a.certify(personTemplate(p), pub)
}

// CertifyAgency issues for a key that stays where it is, such as in an HSM.
func (a *Authority) CertifyAgency(g Agency, pub crypto.PublicKey) (*x509.Certificate, error) {
	return a.certify(agencyTemplate(g), pub)
}

func personTemplate(p Person) *x509.Certificate {
	name := pkix.Name{Country: []string{"VN"}, Organization: []string{p.Agency}, CommonName: p.Name}
	if p.Unit != "" {
		name.OrganizationalUnit = []string{p.Unit}
	}
	if p.Title != "" {
		name.ExtraNames = []pkix.AttributeTypeAndValue{{Type: oidTitle, Value: p.Title}}
	}
	t := &x509.Certificate{Subject: name, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment}
	if p.Email != "" {
		t.EmailAddresses = []string{p.Email}
	}
	return t
}

// agencyTemplate may also be encrypted to: the exchange encrypts to agencies.
func agencyTemplate(g Agency) *x509.Certificate {
	name := pkix.Name{Country: []string{"VN"}, Organization: []string{g.Name}, CommonName: g.Name}
	if g.Locality != "" {
		name.Locality = []string{g.Locality}
	}
	name.ExtraNames = []pkix.AttributeTypeAndValue{{Type: oidAgencyCode, Value: g.Code}}
	return &x509.Certificate{Subject: name, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment}
}

func (a *Authority) issue(t *x509.Certificate, kind KeyKind) (*cms.SoftwareSigner, error) {
	fresh := newKey
	if a.NewKey != nil {
		fresh = a.NewKey
	}
	key, err := fresh(kind)
	if err != nil {
		return nil, err
	}
	cert, err := a.certify(t, key.Public())
	if err != nil {
		return nil, err
	}
	return cms.NewSoftwareSigner(key, cert, chainOf(a.issuing))
}

// certify signs and records; what is not on record, OCSP does not know.
func (a *Authority) certify(t *x509.Certificate, pub crypto.PublicKey) (*x509.Certificate, error) {
	t.KeyUsage |= encryptionUsage(t, pub)
	cert, err := createCertificate(a.checked(t), a.issuing, pub, nil)
	if err != nil {
		return nil, err
	}
	return cert, a.update(func(s *state) error {
		s.Issued = append(s.Issued, issued{Serial: cert.SerialNumber.Text(16), Subject: cert.Subject.String(), At: a.clock().UTC()})
		return nil
	})
}

// encryptionUsage lets an agency's key be encrypted to, by its kind.
func encryptionUsage(t *x509.Certificate, pub crypto.PublicKey) x509.KeyUsage {
	if cms.HolderOf(t).Kind != cms.AgencyHolder {
		return 0
	}
	if _, ok := pub.(*rsa.PublicKey); ok {
		return x509.KeyUsageKeyEncipherment
	}
	return x509.KeyUsageKeyAgreement
}

// PKCS12 packs a signer with its chain into a .p12 file.
func PKCS12(s *cms.SoftwareSigner, password string) ([]byte, error) {
	return pkcs12.Modern.Encode(s.Key(), s.Certificate(), s.Chain(), password)
}

// Reason is why a certificate was revoked. rfc5280:5.3.1
type Reason int

// The reasons in use.
const (
	Unspecified   Reason = 0
	KeyCompromise Reason = 1 // lost or stolen key
	Changed       Reason = 3 // the holder's title or agency changed
	Ceased        Reason = 5 // the holder left office
)

// Revoke withdraws a certificate from the clock's moment on.
func (a *Authority) Revoke(serial *big.Int, why Reason) error {
	return a.RevokeAt(serial, why, a.clock())
}

// RevokeAt withdraws a certificate from a given moment on. The first revocation stands.
func (a *Authority) RevokeAt(serial *big.Int, why Reason, at time.Time) error {
	id := serial.Text(16)
	return a.update(func(s *state) error {
		if !s.issued(id) {
			return fmt.Errorf("chứng thư số %s không do tổ chức này cấp", id)
		}
		if _, done := s.revocation(id); done {
			return nil
		}
		s.Revoked = append(s.Revoked, revoked{Serial: id, At: at.UTC().Truncate(time.Second), Reason: why})
		return nil
	})
}
