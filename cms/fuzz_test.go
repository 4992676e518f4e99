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

// Key files of strangers: refused or opened, and never worked on for long. The
// seeds, of openssl and of ours, lie under testdata/fuzz.
func FuzzLoadPKCS12(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := LoadPKCS12(data, "chu")
		if err == nil && CheckSignature(s.Certificate(), crypto.SHA256, make([]byte, 32), []byte("x")) == nil {
			t.Fatal("anything is a signature")
		}
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

// The reader must turn what it accepts into something it accepts unchanged.
func FuzzBER(f *testing.F) {
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 4, 1, 1, 0, 0, 0, 0})
	f.Add([]byte{0x30, 0x81, 3, 2, 1, 5})
	f.Add(append([]byte{0x30, 0x82, 1, 4, 4, 0x82, 1, 0}, make([]byte, 256)...))
	f.Add([]byte{0xbf, 0x81, 1, 2, 5, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		out, _, err := toDER(data)
		if err != nil {
			return
		}
		again, rest, err := toDER(out)
		if err != nil || len(rest) > 0 || string(again) != string(out) {
			t.Fatalf("%x -> %x -> %x %v", data, out, again, err)
		}
		// What passes for DER is what the slow way gives, too.
		slow, err := (&berReader{data: data}).element(nil, 0)
		if err != nil || string(slow) != string(out) {
			t.Fatalf("%x -> %x, not %x %v", data, out, slow, err)
		}
	})
}
