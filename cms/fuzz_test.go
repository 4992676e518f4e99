package cms

import (
	"context"
	"crypto"
	"crypto/x509"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/crypto/ocsp"
)

// Every parser meets every seed; none may panic, whatever it is given.
func FuzzParse(f *testing.F) {
	pki := newPKI(f)
	tsa := pki.tsa()
	signed, err := SignDetached(context.Background(), sum(crypto.SHA256, content), crypto.SHA256, pki.signer(rsaKey(), person("A")), Options{TSA: tsa.Stamp})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 4, 1, 1, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		sd, err := Parse(data)
		if err != nil {
			return
		}
		for _, si := range sd.Signers {
			sd.VerifyContent(si, content)
			si.SigningTime()
			si.Revocations()
			for _, raw := range si.Timestamps() {
				if token, err := ParseToken(raw); err == nil {
					token.Verify()
				}
			}
		}
	})
}

func FuzzParseToken(f *testing.F) {
	pki := newPKI(f)
	raw, err := pki.tsa().Stamp(context.Background(), make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, data []byte) {
		if token, err := ParseToken(data); err == nil {
			token.Verify()
		}
		ParseTimestampResponse(data)
	})
}

func FuzzTimestampRequest(f *testing.F) {
	tsa := newPKI(f).tsa()
	req, _, err := NewTimestampRequest(make([]byte, 48))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(req)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := tsa.Respond(context.Background(), data); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzRevocation(f *testing.F) {
	p := newPKI(f)
	cert := p.signer(rsaKey(), person("A")).Certificate()
	raw, err := ocsp.CreateResponse(p.ca, p.ca, ocsp.Response{Status: ocsp.Good, SerialNumber: cert.SerialNumber, ThisUpdate: noon}, p.caK)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &Check{At: noon, Now: noon.Add(time.Hour), Pool: p.pool(p.ca)}
		c.Offer(Evidence{OCSPs: [][]byte{data}, CRLs: [][]byte{data}})
		if r := c.Revocation(context.Background(), cert, p.ca); r.Status == Revoked {
			t.Fatal("nobody revoked it")
		}
		pointCovers(data, &x509.Certificate{})
	})
}

// What lies in a folder of trust is read or refused; a certificate that was
// read is itself when it is read again.
func FuzzLoadAnchors(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		certs, err := ParseCertificates(data)
		a, loadErr := LoadAnchors(fstest.MapFS{"ban-co-yeu/x.crt": {Data: data}})
		if (err == nil) != (loadErr == nil) {
			t.Fatalf("%v, in a folder %v", err, loadErr)
		}
		for _, c := range certs {
			if again, err := ParseCertificates(c.Raw); err == nil && !again[0].Equal(c) {
				t.Fatal("another certificate")
			}
		}
		if err == nil && len(a.Of(BanCoYeu))+len(a.Intermediates()) != len(certs) {
			t.Fatalf("%d roots and %d others of %d", len(a.Roots()), len(a.Intermediates()), len(certs))
		}
		LoadEvidence(fstest.MapFS{"x.crl": {Data: data}})
		LoadEvidence(fstest.MapFS{"x.ocsp": {Data: data}})
	})
}
