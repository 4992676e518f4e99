package cms

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"testing"
)

// reader issues a certificate that may be encrypted to.
func (p *testPKI) reader(name string, kind string) *SoftwareSigner {
	t := person(name)
	if kind == "RSA" {
		t.KeyUsage |= x509.KeyUsageKeyEncipherment
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			p.t.Fatal(err)
		}
		return p.signer(k, t)
	}
	t.KeyUsage |= x509.KeyUsageKeyAgreement
	curve := elliptic.P256()
	if kind == "P-384" {
		curve = elliptic.P384()
	}
	return p.signer(ecKey(curve), t)
}

// HT33-13.1: one message, several agencies, each opens it alone, here and in openssl.
func TestEncryptToSeveral_HT33_13_1(t *testing.T) {
	pki := newPKI(t)
	readers := []*SoftwareSigner{pki.reader("A", "RSA"), pki.reader("B", "RSA"), pki.reader("C", "P-256"), pki.reader("D", "P-384")}
	var certs []*x509.Certificate
	for _, r := range readers {
		certs = append(certs, r.Certificate())
	}
	for _, c := range []Cipher{AES256GCM, AES256CBC} {
		for _, size := range []int{0, 16, 70_000} {
			plain := bytes.Repeat([]byte{'x'}, size)
			raw, err := Encrypt(plain, certs, c)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range readers {
				got, err := Decrypt(context.Background(), raw, NewDecrypter(r))
				if err != nil || !bytes.Equal(got, plain) {
					t.Fatalf("reader %d: %v", i, err)
				}
				dir := t.TempDir()
				openssl(t, true, "cms", "-decrypt", "-binary", "-inform", "DER", "-in", write(t, dir, "e", raw),
					"-recip", write(t, dir, "c", certPEM(r.Certificate())), "-inkey", write(t, dir, "k", keyPEM(t, r.Key())), "-out", dir+"/out")
				if !bytes.Equal(read(t, dir+"/out"), plain) {
					t.Fatalf("openssl, reader %d: other content", i)
				}
			}
			outsider := pki.reader("E", "P-256")
			if _, err := Decrypt(context.Background(), raw, NewDecrypter(outsider)); !errors.Is(err, ErrNotRecipient) {
				t.Errorf("outsider: %v", err)
			}
		}
	}
}

func TestDecryptWhatOpenSSLEncrypts(t *testing.T) {
	pki := newPKI(t)
	dir := t.TempDir()
	in := write(t, dir, "in", content)
	for _, r := range []*SoftwareSigner{pki.reader("A", "RSA"), pki.reader("B", "P-256")} {
		cert := write(t, dir, "c", certPEM(r.Certificate()))
		for name, args := range map[string][]string{
			"cbc": {"-aes-256-cbc"}, "gcm": {"-aes-256-gcm"}, "stream": {"-aes-256-cbc", "-stream", "-indef"},
			"oaep": {"-aes-256-gcm", "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256", "-keyopt", "rsa_mgf1_md:sha256"},
			"kdf":  {"-aes-256-cbc", "-keyopt", "ecdh_kdf_md:sha256"},
		} {
			_, isRSA := r.Key().Public().(*rsa.PublicKey)
			if (name == "oaep" && !isRSA) || (name == "kdf" && isRSA) || (!isRSA && name != "kdf") {
				continue
			}
			all := append([]string{"cms", "-encrypt", "-binary", "-in", in, "-outform", "DER", "-out", dir + "/" + name, args[0], "-recip", cert}, args[1:]...)
			openssl(t, true, all...)
			got, err := Decrypt(context.Background(), read(t, dir+"/"+name), NewDecrypter(r))
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s: %q %v", name, got, err)
			}
		}
	}
}

func TestAlteredCiphertextIsRefused(t *testing.T) {
	pki := newPKI(t)
	r := pki.reader("A", "P-256")
	raw, err := Encrypt(content, []*x509.Certificate{r.Certificate()}, AES256GCM)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < 40; i++ { // tag and content stand at the end
		bad := bytes.Clone(raw)
		bad[len(bad)-i] ^= 1
		if got, err := Decrypt(context.Background(), bad, NewDecrypter(r)); err == nil {
			t.Fatalf("byte -%d: %q", i, got)
		}
	}
}

func TestEncryptRefusesSigningOnlyCertificates(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(ecKey(elliptic.P256()), person("A"))
	if _, err := Encrypt(content, []*x509.Certificate{s.Certificate()}, AES256GCM); !errors.Is(err, ErrUsage) {
		t.Fatalf("got %v", err)
	}
	if _, err := Encrypt(content, nil, AES256GCM); err == nil {
		t.Fatal("nobody to read it")
	}
}

func FuzzDecrypt(f *testing.F) {
	pki := newPKI(f)
	for _, kind := range []string{"P-256", "RSA"} {
		r := pki.reader(kind, kind)
		raw, err := Encrypt(content, []*x509.Certificate{r.Certificate()}, AES256GCM)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	r := pki.reader("X", "P-256")
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Decrypt(context.Background(), data, NewDecrypter(r)); err == nil {
			t.Fatal("opened without being a recipient")
		}
	})
}
