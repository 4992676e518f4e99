package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"slices"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
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

// What openssl makes for one or several readers is opened, by its defaults
// and by everything it can be asked for.
func TestDecryptWhatOpenSSLEncrypts(t *testing.T) {
	pki := newPKI(t)
	oaep := func(md string) []string {
		return []string{"-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:" + md, "-keyopt", "rsa_mgf1_md:" + md}
	}
	kdf := func(md string) []string { return []string{"-keyopt", "ecdh_kdf_md:" + md} }
	keys := map[string][][]string{
		"RSA":   {nil, {"-keyid"}, {"-keyopt", "rsa_padding_mode:oaep"}, oaep("sha256"), oaep("sha384"), oaep("sha512")},
		"P-256": {nil, {"-keyid"}, kdf("sha256"), kdf("sha384"), kdf("sha512")},
		"P-384": {nil, kdf("sha256"), kdf("sha384")},
	}
	other := pki.reader("Khác", "P-256")
	dir := t.TempDir()
	in, second := write(t, dir, "in", content), write(t, dir, "second", certPEM(other.Certificate()))
	for kind, options := range keys {
		r := pki.reader(kind, kind)
		cert := write(t, dir, "c", certPEM(r.Certificate()))
		for _, o := range options {
			for _, c := range [][]string{{"-aes-256-gcm"}, {"-aes-128-gcm"}, {"-aes-192-cbc"}, {"-aes-128-cbc"}, {"-aes-256-cbc", "-stream", "-indef"}} {
				args := append([]string{"cms", "-encrypt", "-binary", "-in", in, "-outform", "DER", "-out", dir + "/out"}, c...)
				args = append(append(args, "-recip", second, "-recip", cert), o...)
				openssl(t, true, args...)
				raw := read(t, dir+"/out")
				got, err := Decrypt(context.Background(), raw, NewDecrypter(r))
				if err != nil || !bytes.Equal(got, content) {
					t.Errorf("%s %v %v: %q %v", kind, o, c, got, err)
				}
				if !IsEncrypted(raw[:32]) {
					t.Errorf("%s %v %v: not known for encrypted: %x", kind, o, c, raw[:32])
				}
			}
		}
	}
}

// Old ciphers are refused by name, and nothing too large is begun.
func TestEncryptionLimits_HT33_13_2(t *testing.T) {
	pki := newPKI(t)
	r := pki.reader("A", "RSA")
	dir := t.TempDir()
	openssl(t, true, "cms", "-encrypt", "-binary", "-in", write(t, dir, "in", content), "-outform", "DER", "-out", dir+"/out", "-des3", "-recip", write(t, dir, "c", certPEM(r.Certificate())))
	if _, err := Decrypt(t.Context(), read(t, dir+"/out"), NewDecrypter(r)); !errors.Is(err, ErrUnsupported) {
		t.Errorf("3DES: %v", err)
	}
	if _, err := Encrypt(make([]byte, MaxEncrypted+1), []*x509.Certificate{r.Certificate()}, AES256GCM); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	whole, err := Encrypt(make([]byte, MaxSize+1), []*x509.Certificate{r.Certificate()}, AES256GCM)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Decrypt(t.Context(), whole, NewDecrypter(r)); err != nil || len(got) != MaxSize+1 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("0 là số không, không phải CMS"), "signed": mustSign(t, pki)} {
		if IsEncrypted(data) {
			t.Errorf("%s is taken for encrypted", name)
		}
	}
}

func mustSign(t *testing.T, pki *testPKI) []byte {
	t.Helper()
	raw, err := SignDetached(t.Context(), sum(crypto.SHA256, content), crypto.SHA256, pki.signer(rsaKey(), person("A")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return raw
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

// With CBC, whatever is altered says the same: the text of the error is no oracle
// for the padding. rfc5652:6.3 rfc3218:2.3.2
func TestAlteredCBCSaysNoMore(t *testing.T) {
	pki := newPKI(t)
	for _, kind := range []string{"P-256", "RSA"} {
		r := pki.reader(kind, kind)
		raw, err := Encrypt(bytes.Repeat([]byte("x"), 40), []*x509.Certificate{r.Certificate()}, AES256CBC)
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		for i := 1; i <= 48; i++ { // three blocks at the end, each bit of the last but one decides about the padding
			for bit := range 8 {
				bad := bytes.Clone(raw)
				bad[len(bad)-i] ^= 1 << bit
				got, err := Decrypt(t.Context(), bad, NewDecrypter(r))
				if err != nil && err.Error() != ErrDecrypt.Error() {
					t.Errorf("%s: byte -%d: %v", kind, i, err)
				}
				if err == nil && bytes.Equal(got, bytes.Repeat([]byte("x"), 40)) {
					t.Errorf("%s: byte -%d changes nothing", kind, i)
				}
				if err != nil {
					refused++
				}
			}
		}
		if refused < 64 {
			t.Errorf("%s: %d refusals", kind, refused)
		}
	}
	for n := range 256 {
		block := bytes.Repeat([]byte{byte(n)}, aes.BlockSize)
		if got, ok := padding(block); ok != (n >= 1 && n <= 16) || ok && got != n {
			t.Errorf("padding %d: %d %v", n, got, ok)
		}
		if n < 2 || n > 16 {
			continue
		}
		block[aes.BlockSize-n]++ // the first of them
		if _, ok := padding(block); ok {
			t.Errorf("padding %d with a wrong byte", n)
		}
	}
}

// A sender may mix keying material of his into the agreement. No tool here writes
// it; openssl reads what was made by hand after the RFC. rfc5753:7.2
func TestDecryptWithKeyingMaterial(t *testing.T) {
	pki := newPKI(t)
	r := pki.reader("A", "P-256")
	for _, ukm := range [][]byte{[]byte("0123456789abcdef"), {}} {
		raw := withMaterial(t, r.Certificate(), ukm)
		dir := t.TempDir()
		openssl(t, true, "cms", "-decrypt", "-binary", "-inform", "DER", "-in", write(t, dir, "e", raw),
			"-recip", write(t, dir, "c", certPEM(r.Certificate())), "-inkey", write(t, dir, "k", keyPEM(t, r.Key())), "-out", dir+"/out")
		if !bytes.Equal(read(t, dir+"/out"), content) {
			t.Fatal("openssl: other content")
		}
		got, err := Decrypt(t.Context(), raw, NewDecrypter(r))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("ukm %q: %q %v", ukm, got, err)
		}
	}
}

// withMaterial encrypts content to an elliptic key with keying material.
func withMaterial(t testing.TB, cert *x509.Certificate, ukm []byte) []byte {
	t.Helper()
	must := func(out []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	theirs, err := cert.PublicKey.(*ecdsa.PublicKey).ECDH()
	if err != nil {
		t.Fatal(err)
	}
	own, err := theirs.Curve().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shared, key := must(own.ECDH(theirs)), make([]byte, 32)
	wrap := must(der(func(b *cryptobyte.Builder) { addAlgorithm(b, oidAES256Wrap, false) }))
	info := must(der(func(b *cryptobyte.Builder) { // ECC-CMS-SharedInfo
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(wrap)
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(ukm) })
			b.AddASN1(explicit(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString([]byte{0, 0, 1, 0}) })
		})
	}))
	kek := sha256.Sum256(slices.Concat(shared, []byte{0, 0, 0, 1}, info))
	sealed := must(wrapKey(kek[:], key))
	recipient := must(der(func(b *cryptobyte.Builder) {
		b.AddASN1(explicit(1), func(b *cryptobyte.Builder) {
			b.AddASN1Int64(3)
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(explicit(1), func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidECPublicKey) })
					b.AddASN1BitString(own.PublicKey().Bytes())
				})
			})
			b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { b.AddASN1OctetString(ukm) })
			addKeyAgreementAlgorithm(b)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					addIssuerAndSerial(b, cert.RawIssuer, cert.SerialNumber)
					b.AddASN1OctetString(sealed)
				})
			})
		})
	}))
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	return must(envelopGCM(block, content, [][]byte{recipient}))
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
	r, mine := pki.reader("X", "P-256"), pki.reader("Y", "P-256")
	sealed, err := Encrypt(content, []*x509.Certificate{mine.Certificate()}, AES256GCM)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Decrypt(context.Background(), data, NewDecrypter(r)); err == nil {
			t.Fatal("opened without being a recipient")
		}
		if got, err := Decrypt(context.Background(), data, NewDecrypter(mine)); err == nil && !bytes.Equal(got, content) {
			t.Fatal("opened as what was never encrypted")
		}
		IsEncrypted(data)
	})
}
