package cms

import (
	"context"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// revocationBench is a certificate with means to make statements about it.
type revocationBench struct {
	*testPKI
	cert      *x509.Certificate
	responder *SoftwareSigner
}

func newBench(t *testing.T, nocheck bool) *revocationBench {
	p := newPKI(t)
	tmpl := &x509.Certificate{Subject: pkix.Name{CommonName: "OCSP"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}}
	if nocheck {
		tmpl.ExtraExtensions = []pkix.Extension{{Id: oidOCSPNoCheck, Value: asn1.NullBytes}}
	}
	return &revocationBench{p, p.signer(ecKey(elliptic.P256()), person("A")).Certificate(), p.signer(ecKey(elliptic.P256()), tmpl)}
}

func (b *revocationBench) ocsp(r ocsp.Response) []byte {
	b.t.Helper()
	if r.SerialNumber == nil {
		r.SerialNumber = b.cert.SerialNumber
	}
	r.Certificate = b.responder.Certificate()
	raw, err := ocsp.CreateResponse(b.ca, b.responder.Certificate(), r, b.responder.Key())
	if err != nil {
		b.t.Fatal(err)
	}
	return raw
}

func (b *revocationBench) crl(l x509.RevocationList) []byte {
	b.t.Helper()
	l.Number = big.NewInt(1)
	raw, err := x509.CreateRevocationList(rand.Reader, &l, b.ca, b.caK)
	if err != nil {
		b.t.Fatal(err)
	}
	return raw
}

func (b *revocationBench) judge(e Evidence, now time.Time) (Revocation, *Check) {
	c := &Check{At: noon, Now: now, Pool: b.pool(b.ca)}
	c.Offer(e)
	return c.Revocation(context.Background(), b.cert, b.ca), c
}

// ND23-16: good, revoked before, revoked after, and everything that must stay unknown.
func TestOCSPVerdicts_ND23_16(t *testing.T) {
	b := newBench(t, true)
	hour := time.Hour
	for name, c := range map[string]struct {
		answer ocsp.Response
		want   Status
		cause  string
	}{
		"good, made later":   {ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(hour)}, Good, ""},
		"good, still fresh":  {ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(-hour), NextUpdate: noon.Add(hour)}, Good, ""},
		"good, stale":        {ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(-9 * hour), NextUpdate: noon.Add(-hour)}, Unknown, "đã cũ"},
		"good, no next, old": {ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(-9 * hour)}, Unknown, "đã cũ"},
		"from the future":    {ocsp.Response{Status: ocsp.Good, ThisUpdate: noon.Add(99 * hour)}, Unknown, "tương lai"},
		"revoked before":     {ocsp.Response{Status: ocsp.Revoked, RevokedAt: noon.Add(-hour), RevocationReason: 1, ThisUpdate: noon}, Revoked, ""},
		"revoked after":      {ocsp.Response{Status: ocsp.Revoked, RevokedAt: noon.Add(hour), ThisUpdate: noon.Add(2 * hour)}, Good, ""},
		"not known there":    {ocsp.Response{Status: ocsp.Unknown, ThisUpdate: noon}, Unknown, "không biết"},
		"another serial":     {ocsp.Response{Status: ocsp.Good, SerialNumber: big.NewInt(999), ThisUpdate: noon}, Unknown, "không có câu trả lời"},
	} {
		t.Run(name, func(t *testing.T) {
			got, check := b.judge(Evidence{OCSPs: [][]byte{b.ocsp(c.answer)}}, noon.Add(24*hour))
			if got.Status != c.want || !strings.Contains(got.Cause, c.cause) {
				t.Fatalf("%+v", got)
			}
			if (got.Status == Unknown) != (len(check.Used.OCSPs) == 0) {
				t.Errorf("evidence noted: %d", len(check.Used.OCSPs))
			}
		})
	}
}

func TestOCSPResponderMustBeEntitled(t *testing.T) {
	b := newBench(t, true)
	good := ocsp.Response{Status: ocsp.Good, ThisUpdate: noon}
	entitled := b.responder
	b.responder = b.signer(ecKey(elliptic.P256()), person("Kẻ gian"))
	if got, _ := b.judge(Evidence{OCSPs: [][]byte{b.ocsp(good)}}, noon); got.Status != Unknown {
		t.Errorf("any certificate may answer: %+v", got)
	}
	b.responder = entitled
	raw := b.ocsp(good)
	raw[len(raw)-600] ^= 1
	if got, _ := b.judge(Evidence{OCSPs: [][]byte{raw}}, noon); got.Status != Unknown {
		t.Errorf("altered answer: %+v", got)
	}
	unchecked := newBench(t, false)
	if got, _ := unchecked.judge(Evidence{OCSPs: [][]byte{unchecked.ocsp(good)}}, noon); got.Status != Unknown {
		t.Errorf("responder without nocheck: %+v", got)
	}
	list := unchecked.crl(x509.RevocationList{ThisUpdate: noon, NextUpdate: noon.Add(time.Hour), RevokedCertificateEntries: []x509.RevocationListEntry{
		{SerialNumber: unchecked.responder.Certificate().SerialNumber, RevocationTime: noon.Add(-time.Hour)}}})
	got, _ := unchecked.judge(Evidence{OCSPs: [][]byte{unchecked.ocsp(good)}, CRLs: [][]byte{list}}, noon)
	if got.Source != "CRL" {
		t.Errorf("answer of a revoked responder used: %+v", got)
	}
}

func TestCRLVerdicts_ND23_16(t *testing.T) {
	b := newBench(t, true)
	hour := time.Hour
	entry := func(at time.Time) []x509.RevocationListEntry {
		return []x509.RevocationListEntry{{SerialNumber: b.cert.SerialNumber, RevocationTime: at, ReasonCode: 5}}
	}
	extension := func(id string, der ...byte) []pkix.Extension {
		oid := asn1.ObjectIdentifier{2, 5, 29, 28}
		if id == "delta" {
			oid = asn1.ObjectIdentifier{2, 5, 29, 27}
		}
		return []pkix.Extension{{Id: oid, Critical: true, Value: der}}
	}
	for name, c := range map[string]struct {
		list x509.RevocationList
		want Status
	}{
		"not listed":     {x509.RevocationList{ThisUpdate: noon.Add(hour)}, Good},
		"stale":          {x509.RevocationList{ThisUpdate: noon.Add(-9 * hour), NextUpdate: noon.Add(-8 * hour)}, Unknown},
		"revoked before": {x509.RevocationList{ThisUpdate: noon, RevokedCertificateEntries: entry(noon.Add(-hour))}, Revoked},
		"revoked after":  {x509.RevocationList{ThisUpdate: noon.Add(2 * hour), RevokedCertificateEntries: entry(noon.Add(hour))}, Good},
		"delta":          {x509.RevocationList{ThisUpdate: noon, ExtraExtensions: extension("delta", 2, 1, 1)}, Unknown},
		"users only":     {x509.RevocationList{ThisUpdate: noon, ExtraExtensions: extension("idp", 0x30, 3, 0x81, 1, 0xff)}, Good},
		"CAs only":       {x509.RevocationList{ThisUpdate: noon, ExtraExtensions: extension("idp", 0x30, 3, 0x82, 1, 0xff)}, Unknown},
		"indirect":       {x509.RevocationList{ThisUpdate: noon, ExtraExtensions: extension("idp", 0x30, 3, 0x84, 1, 0xff)}, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			if c.list.NextUpdate.IsZero() {
				c.list.NextUpdate = c.list.ThisUpdate.Add(24 * hour)
			}
			if got, _ := b.judge(Evidence{CRLs: [][]byte{b.crl(c.list)}}, noon.Add(24*hour)); got.Status != c.want {
				t.Fatalf("%+v", got)
			}
		})
	}
	b.caK = b.rootK // signed by another key under the right name
	forged := x509.RevocationList{ThisUpdate: noon, NextUpdate: noon.Add(hour), Number: big.NewInt(1)}
	ca := *b.ca
	ca.PublicKey = b.rootK.Public()
	raw, err := x509.CreateRevocationList(rand.Reader, &forged, &ca, b.rootK)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := b.judge(Evidence{CRLs: [][]byte{raw}}, noon); got.Status != Unknown {
		t.Errorf("forged list: %+v", got)
	}
}

func TestRevokedOutweighsGood(t *testing.T) {
	b := newBench(t, true)
	e := Evidence{
		OCSPs: [][]byte{b.ocsp(ocsp.Response{Status: ocsp.Good, ThisUpdate: noon})},
		CRLs: [][]byte{b.crl(x509.RevocationList{ThisUpdate: noon, NextUpdate: noon.Add(time.Hour),
			RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: b.cert.SerialNumber, RevocationTime: noon.Add(-time.Hour)}}})},
	}
	if got, _ := b.judge(e, noon); got.Status != Revoked {
		t.Fatalf("%+v", got)
	}
}

func TestFetchWhenNothingIsAtHand(t *testing.T) {
	b := newBench(t, true)
	answers := map[string][]byte{
		"/ocsp": b.ocsp(ocsp.Response{Status: ocsp.Good, ThisUpdate: noon}),
		"/crl":  b.crl(x509.RevocationList{ThisUpdate: noon, NextUpdate: noon.Add(time.Hour)}),
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answers[r.URL.Path] == nil {
			http.NotFound(w, r)
		}
		w.Write(answers[r.URL.Path])
	}))
	defer srv.Close()
	b.cert.OCSPServer, b.cert.CRLDistributionPoints = []string{srv.URL + "/ocsp"}, []string{"ldap://x", srv.URL + "/crl"}
	for _, want := range []string{"OCSP", "CRL", ""} {
		c := &Check{At: noon, Now: noon, Pool: b.pool(b.ca), Fetch: Online(nil)}
		got := c.Revocation(context.Background(), b.cert, b.ca)
		if got.Source != want || (got.Status == Good) != (want != "") {
			t.Errorf("want %q: %+v", want, got)
		}
		if want == "OCSP" {
			delete(answers, "/ocsp")
		} else {
			delete(answers, "/crl")
		}
		offline := &Check{At: noon, Now: noon, Pool: b.pool(b.ca)}
		offline.Offer(c.Used)
		if again := offline.Revocation(context.Background(), b.cert, b.ca); again.Status != got.Status {
			t.Errorf("evidence of %q does not prove it again: %+v", want, again)
		}
	}
	// Everything above read the same through x/crypto/ocsp's eyes.
	raw := b.ocsp(ocsp.Response{Status: ocsp.Good, ThisUpdate: noon})
	ours, err := ParseOCSP(raw)
	theirs, err2 := ocsp.ParseResponseForCert(raw, b.cert, b.ca)
	if err != nil || err2 != nil || !ours.Answers[0].ThisUpdate.Equal(theirs.ThisUpdate) || !ours.ProducedAt.Equal(theirs.ProducedAt) {
		t.Errorf("%v %v", err, err2)
	}
	request, err := NewOCSPRequest(b.cert, b.ca)
	if err != nil {
		t.Fatal(err)
	}
	if q, err := ocsp.ParseRequest(request); err != nil || q.SerialNumber.Cmp(b.cert.SerialNumber) != 0 {
		t.Error(err)
	}
}

func TestOCSPRefusalIsAnError(t *testing.T) {
	if _, err := ParseOCSP(ocsp.UnauthorizedErrorResponse); err == nil || errors.Is(err, ErrMalformed) {
		t.Fatalf("got %v", err)
	}
}

// A server that is down is asked once per check, however many signatures wait.
func TestEachCertificateIsAskedOnce(t *testing.T) {
	b := newBench(t, true)
	b.cert.OCSPServer, b.cert.CRLDistributionPoints = []string{"http://x"}, []string{"http://x"}
	n := 0
	down := func(context.Context, *x509.Certificate, *x509.Certificate) ([]byte, error) {
		n++
		return nil, errors.New("hỏng mạng")
	}
	c := &Check{At: noon, Now: noon, Pool: b.pool(b.ca), Fetch: Fetch{OCSP: down,
		CRL: func(ctx context.Context, _ string, issuer *x509.Certificate) ([]byte, error) {
			return down(ctx, nil, issuer)
		}}}
	for range 3 {
		if got := c.AsOf(noon).Revocation(context.Background(), b.cert, b.ca); got.Status != Unknown || got.Cause != "hỏng mạng" {
			t.Fatalf("%+v", got)
		}
	}
	if n != 2 {
		t.Errorf("asked %d times, want OCSP and CRL once each", n)
	}
}

// iso32000-2:12.8.3.3.2: answers that Adobe's tools store inside the signature.
func TestRevocationInfoArchivalIsRead(t *testing.T) {
	list, answer := []byte{0x30, 3, 2, 1, 1}, []byte{0x30, 3, 10, 1, 0}
	value, err := der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for tag, raw := range [][]byte{list, answer} {
				b.AddASN1(explicit(uint8(tag)), func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(raw) })
				})
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	si := &SignerInfo{Signed: []Attribute{{Type: oidAdobeRevocation, Values: [][]byte{value}}}}
	crls, ocsps := si.Revocations()
	if len(crls) != 1 || len(ocsps) != 1 || string(crls[0]) != string(list) || string(ocsps[0]) != string(answer) {
		t.Fatalf("%x %x", crls, ocsps)
	}
	si.Signed[0].Values[0] = value[:len(value)-2]
	if crls, ocsps := si.Revocations(); len(ocsps) != 0 || len(crls) != 0 {
		t.Fatalf("broken value read: %x %x", crls, ocsps)
	}
}
