// Package authority is the demonstration certification authority (tổ chức cung
// cấp dịch vụ chứng thực chữ ký số dùng thử): root, issuing authority, OCSP,
// CRL and time stamps, so that a demo province signs and checks as a real one
// does, without a single call to the outside.
//
// What it issues proves nothing to anybody else: real official-duty
// certificates come from Ban Cơ yếu Chính phủ (NĐ 68/2024). Its anchor has the
// kind cms.Demo, and every screen that shows a verdict says so.
//
//	a, err := authority.Open("data/demo-ca", "http://localhost:8080/ca", time.Now)
//	hung, err := a.IssuePerson(authority.Person{Name: "Lê Quốc Hùng", Title: "Giám đốc", Agency: "Sở Nội vụ"}, authority.ECDSA)
//	mux.Handle("/ca/", a)
//
// Certificates are valid from 2024 to the end of 2035 whatever the clock says,
// so that a demonstration may play in March 2025; what is signed later (OCSP
// answers, CRLs, time stamps) takes its time from the clock given to Open.
//
// The directory holds PKCS#8 keys, readable by the owner only, certificates in
// PEM, and state.json with what was issued and revoked. One process at a time.
package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"vanthu/cms"
)

// KeyKind is the kind of key that a certificate is issued for.
type KeyKind int

// The kinds of key.
const (
	ECDSA KeyKind = iota // P-256
	RSA                  // 2048 bits, as most tokens in use hold
)

// Validity of everything issued.
var (
	notBefore = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2035, 12, 31, 23, 59, 59, 0, time.UTC)
)

// Object identifiers; the arc 1.3.6.1.4.1.32473 is the one reserved for examples
// (rfc5612:3), which suits an authority that nobody shall rely on.
var (
	policyOID      = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 30, 1}
	stampPolicyOID = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 30, 2}
	oidTitle       = asn1.ObjectIdentifier{2, 5, 4, 12}
	oidAgencyCode  = asn1.ObjectIdentifier{2, 5, 4, 97} // organizationIdentifier
	oidExtUsage    = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidNoCheck     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	oidStamping    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
)

// Authority is an opened authority. Its methods may be called concurrently.
type Authority struct {
	// NewKey makes the keys of those who are certified from now on; nil makes
	// each afresh. A test of many authorities need not search primes for each.
	NewKey func(KeyKind) (crypto.Signer, error)

	dir, base, basePath string
	clock               func() time.Time
	root, issuing       *cms.SoftwareSigner
	ocsp, stamper       *cms.SoftwareSigner

	mu    sync.Mutex
	state state
}

// Open opens the authority kept in dir, founding it on first use. baseURL,
// without a slash at the end, is where the Authority will be served; it is
// written into the certificates issued from now on.
func Open(dir, baseURL string, clock func() time.Time) (*Authority, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("địa chỉ của tổ chức chứng thực không hợp lệ: %q", baseURL)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	a := &Authority{dir: dir, base: strings.TrimRight(baseURL, "/"), basePath: strings.TrimRight(u.Path, "/"), clock: clock}
	if err := a.load(); err != nil {
		return nil, err
	}
	return a, a.found()
}

// found makes the four fixed certificates that are not there yet.
func (a *Authority) found() (err error) {
	if a.root, err = a.fixed("root", a.rootTemplate(), nil); err != nil {
		return err
	}
	if a.issuing, err = a.fixed("issuing", a.issuingTemplate(), a.root); err != nil {
		return err
	}
	if a.ocsp, err = a.fixed("ocsp", ocspTemplate(), a.issuing); err != nil {
		return err
	}
	a.stamper, err = a.fixed("tsa", a.tsaTemplate(), a.issuing)
	return err
}

// fixed loads a certificate with its key, or makes and saves it.
func (a *Authority) fixed(name string, tmpl *x509.Certificate, parent *cms.SoftwareSigner) (*cms.SoftwareSigner, error) {
	chain := chainOf(parent)
	if s, err := a.loadSigner(name, chain); err == nil || !os.IsNotExist(err) {
		return s, err
	}
	s, err := a.make(tmpl, parent, ECDSA)
	if err != nil {
		return nil, err
	}
	return s, a.saveSigner(name, s)
}

// make creates a key and signs the template with parent; nil means itself.
func (a *Authority) make(tmpl *x509.Certificate, parent *cms.SoftwareSigner, kind KeyKind) (*cms.SoftwareSigner, error) {
	key, err := newKey(kind)
	if err != nil {
		return nil, err
	}
	return a.sign(tmpl, parent, key.Public(), key)
}

func (a *Authority) sign(tmpl *x509.Certificate, parent *cms.SoftwareSigner, pub crypto.PublicKey, key crypto.Signer) (*cms.SoftwareSigner, error) {
	cert, err := createCertificate(tmpl, parent, pub, key)
	if err != nil {
		return nil, err
	}
	return cms.NewSoftwareSigner(key, cert, chainOf(parent))
}

func createCertificate(tmpl *x509.Certificate, parent *cms.SoftwareSigner, pub crypto.PublicKey, own crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	tmpl.SerialNumber = serial.Add(serial, big.NewInt(1))
	tmpl.NotBefore, tmpl.NotAfter = notBefore, notAfter
	issuer, key := tmpl, own
	if parent != nil {
		issuer, key = parent.Certificate(), parent.Key()
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, issuer, pub, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(raw)
}

func chainOf(parent *cms.SoftwareSigner) []*x509.Certificate {
	if parent == nil {
		return nil
	}
	return append([]*x509.Certificate{parent.Certificate()}, parent.Chain()...)
}

func newKey(kind KeyKind) (crypto.Signer, error) {
	if kind == RSA {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// Root is the trust anchor of the demonstration.
func (a *Authority) Root() *x509.Certificate { return a.root.Certificate() }

// Issuing is the certificate that signs persons' and agencies' certificates.
func (a *Authority) Issuing() *x509.Certificate { return a.issuing.Certificate() }

// TSA is the time-stamp authority; its method Stamp is a cms.Stamper that needs
// no network.
func (a *Authority) TSA() *cms.Responder {
	return &cms.Responder{Signer: a.stamper, Clock: a.clock, Policy: stampPolicyOID}
}

// --- what each kind of certificate says ---

func subject(name string) pkix.Name {
	return pkix.Name{Country: []string{"VN"}, Organization: []string{"Văn Thư (trình diễn)"}, CommonName: name}
}

func (a *Authority) rootTemplate() *x509.Certificate {
	return &x509.Certificate{
		Subject: subject("CA gốc trình diễn"), IsCA: true, BasicConstraintsValid: true, MaxPathLen: 1,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

func (a *Authority) issuingTemplate() *x509.Certificate {
	return &x509.Certificate{
		Subject: subject("CA trình diễn"), IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		IssuingCertificateURL: []string{a.base + "/root.crt"},
		CRLDistributionPoints: []string{a.base + "/root.crl"},
	}
}

// ocspTemplate is exempt from revocation checks itself. rfc6960:4.2.2.2.1
func ocspTemplate() *x509.Certificate {
	return &x509.Certificate{
		Subject: subject("OCSP trình diễn"), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage:     []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
		ExtraExtensions: []pkix.Extension{{Id: oidNoCheck, Value: asn1.NullBytes}},
	}
}

// tsaTemplate has the one usage timeStamping, marked critical. rfc3161:2.3
func (a *Authority) tsaTemplate() *x509.Certificate {
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{oidStamping})
	if err != nil {
		panic(err) // constant input
	}
	return a.checked(&x509.Certificate{
		Subject: subject("Dấu thời gian trình diễn"), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtraExtensions: []pkix.Extension{{Id: oidExtUsage, Critical: true, Value: usage}},
	})
}

// checked adds where the state of a certificate is asked for.
func (a *Authority) checked(t *x509.Certificate) *x509.Certificate {
	t.IssuingCertificateURL = []string{a.base + "/ca.crt"}
	t.OCSPServer = []string{a.base + "/ocsp"}
	t.CRLDistributionPoints = []string{a.base + "/ca.crl"}
	t.PolicyIdentifiers = []asn1.ObjectIdentifier{policyOID}
	return t
}
