package story

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/pades"
)

// signed is a file of the corpus with one signature of a throw-away key.
func signed(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Kịch bản"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := cms.NewSoftwareSigner(key, cert, nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := os.ReadFile("../../testdata/corpus/libreoffice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	out, err := pades.Sign(t.Context(), in, pades.Options{}, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
		return cms.SignDetached(ctx, digest, hash, signer, cms.Options{})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPDFValid: the verb believes the outside programs, not us.
func TestPDFValid(t *testing.T) {
	good := signed(t)
	broken := bytes.Replace(good, []byte("/Producer"), []byte("/Preducer"), 1) // inside what is signed
	plainFile, err := os.ReadFile("../../testdata/corpus/libreoffice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		file []byte
		line string
		want string // "" holds
	}{
		{good, "pdf valid ban.pdf", ""},
		{good, "pdf valid ban.pdf 1", ""},
		{good, "pdf sound ban.pdf", ""},
		{good, "file ban.pdf has 'Nguyễn Văn Khanh' '120/UBH-VP'", ""},
		{good, "pdf valid ban.pdf 2", "tệp có 1 chữ ký, không phải 2"},
		{broken, "pdf valid ban.pdf", "chữ ký thứ 1 không hợp lệ"},
		{plainFile, "pdf valid ban.pdf", "không có chữ ký số"},
		{plainFile, "pdf sound ban.pdf", ""},
		{plainFile[:9000], "pdf sound ban.pdf", "qpdf không công nhận"},
	}
	for _, tt := range tests {
		path := write(t, "story 'x'\n"+tt.line)
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), "ban.pdf"), tt.file, 0o600); err != nil {
			t.Fatal(err)
		}
		res := Run(t.Context(), newOffice(t), path)
		if tt.want == "" && !res.OK() || tt.want != "" && (res.OK() || !strings.Contains(res.Err.Error(), tt.want)) {
			t.Errorf("%s (%d bytes): want %q, got %v", tt.line, len(tt.file), tt.want, res.Err)
		}
	}
}
