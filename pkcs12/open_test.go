package pkcs12

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	writer "software.sslmate.com/src/go-pkcs12"
)

// holder is a key with its certificate, the one's issuer, and one that has nothing
// to do with it.
type holder struct {
	key                   crypto.Signer
	own, issuer, stranger *x509.Certificate
}

func newHolder(t testing.TB) holder {
	t.Helper()
	key, rootKey := newKey(t), newKey(t)
	root := certify(t, "Gốc", rootKey, nil, rootKey)
	return holder{key, certify(t, "Nguyễn Thị Hạnh", key, root, rootKey), root, certify(t, "Khác", newKey(t), root, rootKey)}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func certify(t testing.TB, name string, key *ecdsa.PrivateKey, issuer *x509.Certificate, by *ecdsa.PrivateKey) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC),
		IsCA: issuer == nil, BasicConstraintsValid: true,
	}
	if issuer == nil {
		issuer = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, issuer, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// holds fails unless the file opens and holds the key, its certificate and issuer.
func (h holder) holds(t *testing.T, data []byte, password string) {
	t.Helper()
	c, err := Open(data, password)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Key.Public().(*ecdsa.PublicKey).Equal(h.key.Public()) {
		t.Error("another key")
	}
	own, issuers := c.Certificate()
	if own == nil || !own.Equal(h.own) || len(issuers) != 1 || !issuers[0].Equal(h.issuer) {
		t.Errorf("%v from %v", own, issuers)
	}
}

// What another library writes, in its old ways and its new ones. rfc7292:4
func TestOpen(t *testing.T) {
	h := newHolder(t)
	for name, w := range map[string]*writer.Encoder{
		"modern": writer.Modern, "RC2": writer.LegacyRC2, "triple DES": writer.LegacyDES, "open": writer.Passwordless,
	} {
		passwords := []string{"", "chu", "mật-khẩu của Hạnh"}
		if name == "open" {
			passwords = passwords[:1]
		}
		for _, password := range passwords {
			t.Run(name+"/"+password, func(t *testing.T) {
				// The first certificate is the key's wherever it stands.
				data, err := w.Encode(h.key, h.own, []*x509.Certificate{h.stranger, h.issuer}, password)
				if err != nil {
					t.Fatal(err)
				}
				h.holds(t, data, password)
				if _, err := Open(data, "sai"); !errors.Is(err, ErrPassword) {
					t.Errorf("wrong password: %v", err)
				}
				for n := range data[:len(data)-1] {
					if _, err := Open(data[:n], password); err == nil {
						t.Fatalf("opens without its last %d bytes", len(data)-n)
					}
				}
			})
		}
	}
}

// What openssl writes, with every scheme it has. rfc8018:6.2 rfc7292:C
func TestOpenOfOpenSSL(t *testing.T) {
	h := newHolder(t)
	dir := t.TempDir()
	file := func(name string, blocks ...*pem.Block) string {
		var b bytes.Buffer
		for _, block := range blocks {
			pem.Encode(&b, block)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(h.key)
	if err != nil {
		t.Fatal(err)
	}
	key := file("key.pem", &pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	certs := file("certs.pem", &pem.Block{Type: "CERTIFICATE", Bytes: h.issuer.Raw}, &pem.Block{Type: "CERTIFICATE", Bytes: h.own.Raw})
	for _, args := range []string{
		"", "-legacy", "-iter 600000", "-nomaciter", "-macalg sha1", "-macalg sha224", "-macalg sha384", "-macalg sha512",
		"-keypbe AES-128-CBC -certpbe AES-192-CBC", "-keypbe DES-EDE3-CBC -certpbe DES-EDE3-CBC",
		"-legacy -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-2DES", "-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-40",
		"-keypbe NONE -certpbe NONE", "-certpbe NONE",
	} {
		t.Run(args, func(t *testing.T) {
			cmd := exec.Command("openssl", append([]string{"pkcs12", "-export", "-inkey", key, "-in", certs, "-passout", "pass:mật khẩu"}, strings.Fields(args)...)...)
			data, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			h.holds(t, data, "mật khẩu")
			if _, err := Open(data, "mật khẩU"); !errors.Is(err, ErrPassword) {
				t.Errorf("wrong password: %v", err)
			}
		})
	}
}

// What Firefox's library writes: lengths that are not known yet, strings in pieces.
func TestOpenOfNSS(t *testing.T) {
	h := newHolder(t)
	dir := t.TempDir()
	ours, err := writer.Modern.Encode(h.key, h.own, []*x509.Certificate{h.issuer}, "chu")
	if err != nil {
		t.Fatal(err)
	}
	in, out := filepath.Join(dir, "in.p12"), filepath.Join(dir, "out.p12")
	if err := os.WriteFile(in, ours, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"certutil", "-N", "-d", "sql:" + dir, "--empty-password"},
		{"pk12util", "-d", "sql:" + dir, "-i", in, "-W", "chu"},
		{"pk12util", "-d", "sql:" + dir, "-o", out, "-n", h.own.Subject.CommonName, "-W", "mật khẩu"},
	} {
		if said, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, said)
		}
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	h.holds(t, data, "mật khẩu")
}
