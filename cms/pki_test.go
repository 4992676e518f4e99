package cms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// testPKI is a throw-away root and issuing authority.
type testPKI struct {
	t          testing.TB
	root, ca   *x509.Certificate
	rootK, caK crypto.Signer
	serial     int64
}

var (
	noon   = time.Date(2025, 3, 3, 5, 0, 0, 0, time.UTC)
	from   = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	until  = time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
	rsaKey = sync.OnceValue(func() crypto.Signer { k, _ := rsa.GenerateKey(rand.Reader, 2048); return k })
)

func ecKey(c elliptic.Curve) crypto.Signer {
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

func newPKI(t testing.TB) *testPKI {
	p := &testPKI{t: t, rootK: ecKey(elliptic.P256()), caK: ecKey(elliptic.P256())}
	ca := func(name string) *x509.Certificate {
		return &x509.Certificate{
			Subject: pkix.Name{CommonName: name, Country: []string{"VN"}}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
	}
	p.root = p.make(ca("Thử nghiệm Root"), nil, p.rootK.Public(), p.rootK)
	p.ca = p.make(ca("Thử nghiệm CA"), p.root, p.caK.Public(), p.rootK)
	return p
}

// make signs a template; parent nil means self-signed.
func (p *testPKI) make(tmpl, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	p.t.Helper()
	p.serial++
	tmpl.SerialNumber = big.NewInt(p.serial)
	tmpl.SubjectKeyId = []byte{1, byte(p.serial)}
	if tmpl.NotBefore.IsZero() {
		tmpl.NotBefore, tmpl.NotAfter = from, until
	}
	if parent == nil {
		parent = tmpl
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, parent, pub, key)
	if err != nil {
		p.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

func person(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject:  pkix.Name{CommonName: name, Organization: []string{"Sở Nội vụ"}, Country: []string{"VN"}},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
}

func (p *testPKI) signer(key crypto.Signer, tmpl *x509.Certificate) *SoftwareSigner {
	p.t.Helper()
	s, err := NewSoftwareSigner(key, p.make(tmpl, p.ca, key.Public(), p.caK), []*x509.Certificate{p.ca})
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *testPKI) tsa() *Responder {
	s := p.signer(ecKey(elliptic.P256()), &x509.Certificate{
		Subject: pkix.Name{CommonName: "TSA thử nghiệm"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{criticalUsage(1, 3, 6, 1, 5, 5, 7, 3, 8)},
	})
	return &Responder{Signer: s, Clock: func() time.Time { return noon }, Policy: []int{1, 3, 6, 1, 4, 1, 32473, 1}}
}

// openssl runs the tool; the tests fail where it is not installed.
func openssl(t testing.TB, wantOK bool, args ...string) string {
	t.Helper()
	out, err := exec.Command("openssl", args...).CombinedOutput()
	if (err == nil) != wantOK {
		t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func certPEM(certs ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func keyPEM(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}
