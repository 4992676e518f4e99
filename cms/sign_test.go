package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	writer "software.sslmate.com/src/go-pkcs12"

	"vanthu/pkcs12"
)

func criticalUsage(oid ...int) pkix.Extension {
	v, err := asn1.Marshal([]asn1.ObjectIdentifier{oid})
	if err != nil {
		panic(err)
	}
	return pkix.Extension{Id: oidExtKeyUsage, Critical: true, Value: v}
}

var keyKinds = []struct {
	name string
	key  func() crypto.Signer
	hash crypto.Hash
}{
	{"RSA-2048 SHA-256", rsaKey, crypto.SHA256},
	{"RSA-2048 SHA-512", rsaKey, crypto.SHA512},
	{"P-256 SHA-256", func() crypto.Signer { return ecKey(elliptic.P256()) }, crypto.SHA256},
	{"P-384 SHA-384", func() crypto.Signer { return ecKey(elliptic.P384()) }, crypto.SHA384},
}

var content = []byte("Quyết định số 01/QĐ-UBND")

func TestSignDetachedVerifiesHereAndInOpenSSL(t *testing.T) {
	pki := newPKI(t)
	tsa := pki.tsa()
	for _, k := range keyKinds {
		t.Run(k.name, func(t *testing.T) {
			s := pki.signer(k.key(), person("Lê Quốc Hùng"))
			raw, err := SignDetached(context.Background(), sum(k.hash, content), k.hash, s, Options{TSA: tsa.Stamp})
			if err != nil {
				t.Fatal(err)
			}
			sd, err := Parse(append(raw, 0, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			got, err := sd.VerifyContent(sd.Signers[0], content)
			if err != nil || !got.Bound || len(got.Weak) > 0 {
				t.Fatalf("%+v %v", got, err)
			}
			if _, claimed := sd.Signers[0].SigningTime(); claimed {
				t.Error("etsi-319142-1:6.3: signing-time must be absent")
			}
			if _, err := sd.VerifyContent(sd.Signers[0], []byte("khác")); !errors.Is(err, ErrDigest) {
				t.Errorf("changed content: %v", err)
			}
			dir := t.TempDir()
			args := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER",
				"-in", write(t, dir, "s.der", raw), "-content", write(t, dir, "c", content),
				"-CAfile", write(t, dir, "ca.pem", certPEM(pki.root)), "-purpose", "any", "-out", dir + "/out"}
			openssl(t, true, args...)
			write(t, dir, "c", []byte("khác"))
			openssl(t, false, args...)
			checkStampWithOpenSSL(t, pki, sd.Signers[0])
		})
	}
}

func checkStampWithOpenSSL(t *testing.T, pki *testPKI, si *SignerInfo) {
	t.Helper()
	stamps := si.Timestamps()
	if len(stamps) != 1 {
		t.Fatalf("%d time stamps", len(stamps))
	}
	token, err := ParseToken(stamps[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(); err != nil || !token.Time.Equal(noon) || token.Covers(si.Signature) != nil {
		t.Fatalf("token: %v %v", token.Time, err)
	}
	dir := t.TempDir()
	openssl(t, true, "ts", "-verify", "-token_in", "-in", write(t, dir, "t", stamps[0]), "-data", write(t, dir, "d", si.Signature),
		"-CAfile", write(t, dir, "ca", certPEM(pki.root)), "-untrusted", write(t, dir, "u", certPEM(pki.ca)), "-purpose", "any")
}

func TestPreparedSurvivesJSON(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(rsaKey(), person("Lê Quốc Hùng"))
	p, err := Prepare(sum(crypto.SHA256, content), crypto.SHA256, s.Certificate(), s.Chain(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := s.Sign(context.Background(), p.Digest, p.Hash)
	if err != nil {
		t.Fatal(err)
	}
	var back Prepared
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	raw, err := back.Finish(context.Background(), sig, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sd, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sd.VerifyContent(sd.Signers[0], content); err != nil {
		t.Fatal(err)
	}
}

func TestFinishRefusesForeignSignature(t *testing.T) {
	pki := newPKI(t)
	s, other := pki.signer(rsaKey(), person("A")), pki.signer(ecKey(elliptic.P256()), person("B"))
	p, err := Prepare(sum(crypto.SHA256, content), crypto.SHA256, s.Certificate(), nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sig, _ := other.Sign(context.Background(), p.Digest, p.Hash)
	if _, err := p.Finish(context.Background(), sig, Options{}); !errors.Is(err, ErrSignature) {
		t.Fatalf("got %v", err)
	}
}

func TestStampFailureIsNamed(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(rsaKey(), person("A"))
	tsa := pki.tsa()
	for name, stamper := range map[string]Stamper{
		"down":  func(context.Context, []byte) ([]byte, error) { return nil, errors.New("down") },
		"other": func(ctx context.Context, _ []byte) ([]byte, error) { return tsa.Stamp(ctx, make([]byte, 32)) },
		"junk":  func(context.Context, []byte) ([]byte, error) { return []byte{0x30, 0}, nil },
	} {
		_, err := SignDetached(context.Background(), sum(crypto.SHA256, content), crypto.SHA256, s, Options{TSA: stamper})
		if !errors.Is(err, ErrTimestamp) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWeakHashesAreNotSignedWith(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(rsaKey(), person("A"))
	if _, err := SignDetached(context.Background(), sum(crypto.SHA1, content), crypto.SHA1, s, Options{}); !errors.Is(err, ErrUnsupported) {
		t.Fatalf("got %v", err)
	}
}

func TestCAdESCarriesSigningTime(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(rsaKey(), person("A"))
	raw, err := SignDetached(context.Background(), sum(crypto.SHA256, content), crypto.SHA256, s, Options{Profile: CAdES, Time: noon})
	if err != nil {
		t.Fatal(err)
	}
	sd, _ := Parse(raw)
	if at, ok := sd.Signers[0].SigningTime(); !ok || !at.Equal(noon) {
		t.Fatalf("%v %v", at, ok)
	}
}

func TestLoadPKCS12(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(rsaKey(), person("A"))
	data, err := writer.Modern.Encode(s.Key(), s.Certificate(), s.Chain(), "mật-khẩu")
	if err != nil {
		t.Fatal(err)
	}
	back, err := LoadPKCS12(data, "mật-khẩu")
	if err != nil || !back.Certificate().Equal(s.Certificate()) || len(back.Chain()) != 1 {
		t.Fatalf("%v", err)
	}
	if _, err := LoadPKCS12(data, "sai"); !errors.Is(err, pkcs12.ErrPassword) {
		t.Fatalf("wrong password: %v", err)
	}
	if _, err := NewSoftwareSigner(ecKey(elliptic.P256()), s.Certificate(), nil); err == nil {
		t.Fatal("a foreign key was accepted")
	}
}

// Foreign forms: openssl makes PSS, SHA-1, BER (indefinite) and attached ones.
func TestForeignSignaturesFromOpenSSL(t *testing.T) {
	pki := newPKI(t)
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	s := pki.signer(key, person("A"))
	dir := t.TempDir()
	cert := write(t, dir, "c.pem", certPEM(s.Certificate()))
	keyFile := write(t, dir, "k.pem", keyPEM(t, key))
	in := write(t, dir, "in", content)
	for name, c := range map[string]struct {
		args []string
		alg  string
		weak string
	}{
		"pss":      {[]string{"-md", "sha256", "-keyopt", "rsa_padding_mode:pss"}, "RSA-PSS SHA-256", ""},
		"pss-384":  {[]string{"-md", "sha384", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"}, "RSA-PSS SHA-384", ""},
		"sha1":     {[]string{"-md", "sha1"}, "RSA SHA-1", "SHA-1"},
		"noattr":   {[]string{"-md", "sha256", "-noattr"}, "RSA SHA-256", ""},
		"keyid":    {[]string{"-md", "sha256", "-keyid"}, "RSA SHA-256", ""},
		"ber":      {[]string{"-md", "sha512", "-stream", "-indef", "-nodetach"}, "RSA SHA-512", ""},
		"attached": {[]string{"-md", "sha256", "-nodetach", "-cades"}, "RSA SHA-256", ""},
	} {
		t.Run(name, func(t *testing.T) {
			out := dir + "/" + name
			openssl(t, true, append([]string{"cms", "-sign", "-binary", "-in", in, "-signer", cert, "-inkey", keyFile, "-outform", "DER", "-out", out}, c.args...)...)
			sd, err := Parse(read(t, out))
			if err != nil {
				t.Fatal(err)
			}
			var outside []byte
			if sd.Content == nil {
				outside = content
			}
			got, err := sd.VerifyContent(sd.Signers[0], outside)
			if err != nil || got.Algorithm != c.alg || strings.Join(got.Weak, ",") != c.weak {
				t.Fatalf("%+v %v", got, err)
			}
			sd.Signers[0].Signature[7] ^= 1
			if _, err := sd.VerifyContent(sd.Signers[0], outside); !errors.Is(err, ErrSignature) {
				t.Fatalf("flipped bit: %v", err)
			}
		})
	}
}

func TestBindingToAnotherCertificateIsCaught(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(rsaKey(), person("A"))
	twin := pki.signer(rsaKey(), person("B")) // same key, other name
	raw, err := SignDetached(context.Background(), sum(crypto.SHA256, content), crypto.SHA256, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sd, _ := Parse(raw)
	sd.Signers[0].Certificate = twin.Certificate()
	if _, err := sd.VerifyContent(sd.Signers[0], content); !errors.Is(err, ErrBinding) {
		t.Fatalf("got %v", err)
	}
}

func TestParseRefusesTrailingData(t *testing.T) {
	pki := newPKI(t)
	raw, _ := SignDetached(context.Background(), sum(crypto.SHA256, content), crypto.SHA256, pki.signer(rsaKey(), person("A")), Options{})
	if _, err := Parse(append(bytes.Clone(raw), 1)); !errors.Is(err, ErrMalformed) {
		t.Fatalf("got %v", err)
	}
	for i := range raw[:200] { // no prefix may pass or panic
		if _, err := Parse(raw[:i]); err == nil {
			t.Fatalf("prefix %d accepted", i)
		}
	}
}

func TestTSAResponderWithOpenSSL(t *testing.T) {
	pki := newPKI(t)
	tsa := pki.tsa()
	dir := t.TempDir()
	in := write(t, dir, "in", content)
	for _, args := range [][]string{{"-cert"}, {}} {
		openssl(t, true, append([]string{"ts", "-query", "-data", in, "-sha512", "-out", dir + "/q"}, args...)...)
		resp, err := tsa.Respond(context.Background(), read(t, dir+"/q"))
		if err != nil {
			t.Fatal(err)
		}
		r := write(t, dir, "r", resp)
		openssl(t, true, "ts", "-verify", "-queryfile", dir+"/q", "-in", r, "-CAfile", write(t, dir, "ca", certPEM(pki.root)),
			"-untrusted", write(t, dir, "u", certPEM(tsa.Signer.Certificate(), pki.ca)))
	}
	for _, bad := range [][]byte{nil, {0x30, 0}, bytes.Repeat([]byte{0x30}, 100)} {
		resp, err := tsa.Respond(context.Background(), bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseTimestampResponse(resp); err == nil || !strings.Contains(err.Error(), "mã 2") {
			t.Errorf("%x: %v", bad, err)
		}
		if out := openssl(t, true, "ts", "-reply", "-in", write(t, dir, "bad", resp), "-text"); !strings.Contains(out, "Rejected") {
			t.Error(out)
		}
	}
}

func TestTokenFromACertificateNotForStamping(t *testing.T) {
	pki := newPKI(t)
	tsa := pki.tsa()
	tsa.Signer = pki.signer(rsaKey(), person("A"))
	raw, err := tsa.Stamp(context.Background(), sum(crypto.SHA256, content))
	if err != nil {
		t.Fatal(err)
	}
	token, err := ParseToken(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(); !errors.Is(err, ErrUsage) {
		t.Fatalf("got %v", err)
	}
}
