package edxml

import (
	"bytes"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"runtime"
	"strings"
	"testing"
)

// One check, of the verdict, is enough: what fits is Valid only if it covers the
// whole packet, is strong, and the caller trusts who signed.
func TestValidIsWholeStrongAndTrusted(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	plain := write(t, full())
	signed := sign(t, plain, newIdentity(t, ecKey(t, elliptic.P256())))
	stranger := errors.New("a stranger")
	cases := map[string]struct {
		packet []byte
		trust  Trust
		want   Verdict
		err    error
	}{
		"trusted":       {signed, trustAll, Valid, nil},
		"no trust":      {signed, nil, Undecided, ErrNoTrust},
		"distrusted":    {signed, func([]*x509.Certificate) error { return stranger }, Undecided, stranger},
		"short RSA key": {sign(t, plain, newIdentity(t, small)), trustAll, Undecided, ErrWeak},
		"short EC key":  {sign(t, plain, newIdentity(t, ecKey(t, elliptic.P224()))), trustAll, Undecided, ErrWeak},
	}
	for name, c := range cases {
		list, err := VerifySignatures(bytes.NewReader(c.packet), int64(len(c.packet)), c.trust)
		if err != nil || len(list) != 1 {
			t.Fatal(name, len(list), err)
		}
		if r := list[0]; r.Verdict != c.want || !r.Fits || !errors.Is(r.Err, c.err) || !strings.HasSuffix(r.Text, ".") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A key that would take minutes is not tried.
func TestHugeKeyIsNotTried(t *testing.T) {
	id := newIdentity(t, rsaKey(t))
	signed := sign(t, write(t, full()), id)
	n := new(big.Int).Lsh(big.NewInt(1), 20_000)
	der, err := x509.CreateCertificate(rand.Reader, id.cert, id.cert, &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}, id.key)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.StdEncoding.EncodeToString
	huge := bytes.Replace(signed, []byte(b64(id.cert.Raw)), []byte(b64(der)), 1)
	if r := verify(t, huge); r.Verdict != Undecided || r.Fits || len(r.Certificates) != 1 {
		t.Errorf("%+v", r)
	}
}

// Long names and namespaces in a signature are not copied for each of them.
func TestMemoryOfForeignPartsInSignature(t *testing.T) {
	signed := string(sign(t, write(t, full()), newIdentity(t, ecKey(t, elliptic.P256()))))
	signed = strings.Replace(signed, "<KeyInfo>", "<"+strings.Repeat("y", 60_000)+">"+strings.Repeat("<a/>", 3_000)+"</"+strings.Repeat("y", 60_000)+"><KeyInfo>", 1)
	part := `<x:Object xmlns:x="urn:` + strings.Repeat("x", 60_000) + `">` + strings.Repeat("<x:a/>", 3_000) + "</x:Object>"
	b := []byte(strings.Replace(signed, "</Signature>", part+"</Signature>", 1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if r := verify(t, b); r.Verdict != Valid { // outside SignedInfo, and the element itself is left out
		t.Fatalf("%+v", r)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes allocated", used)
	}
}

// Who reads p.Status because Kind says so must find one.
func TestDocumentThatCallsItselfStatus(t *testing.T) {
	p := full()
	p.Business = &Business{DocType: StatusReport}
	got := mustRead(t, write(t, p))
	if got.Status != nil || got.Kind() == StatusReport {
		t.Errorf("kind %v, status %v", got.Kind(), got.Status)
	}
	if codes := Validate(got); !strings.Contains(string(codes.XML()), "R.Bussiness.BussinessDocType") {
		t.Error(codes)
	}
}

// A number beyond the range is zero, as every value that cannot be read.
func TestNumberBeyondRangeIsZero(t *testing.T) {
	p := full()
	p.Header.OtherInfo.PageAmount = 7
	b := bytes.Replace(write(t, p), []byte("PageAmount>7<"), []byte("PageAmount>99999999999<"), 1)
	if got := mustRead(t, b); got.Header.OtherInfo.PageAmount != 0 || len(got.Problems) != 1 {
		t.Errorf("%d, %v", got.Header.OtherInfo.PageAmount, got.Problems)
	}
}
