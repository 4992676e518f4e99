package cms

import (
	"context"
	"crypto"
	"testing"
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
		pointCovers(data, false)
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
