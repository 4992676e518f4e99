package cms

import (
	"bytes"
	"context"
	"crypto/x509"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// What the package promises: see its comment.
const (
	promiseBase   = 64 << 20
	promiseFactor = 12
)

// peak is the most memory that f has in use at a time, as far as sampling sees.
func peak(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // what is no longer needed goes at once
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	used := func() uint64 { metrics.Read(sample); return sample[0].Value.Uint64() }
	before, most := used(), uint64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, used())
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	f()
	most = max(most, used())
	close(stop)
	<-done
	return most - min(most, before)
}

// nest wraps body in n sequences of indefinite length.
func nest(n int, body []byte) []byte {
	out := append(bytes.Repeat([]byte{0x30, 0x80}, n), body...)
	return append(out, make([]byte, 2*n)...)
}

// many is a SignedData whose sets hold what is repeated.
func many(t *testing.T, certs, crls, signers []byte) []byte {
	t.Helper()
	out, err := der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidSignedData)
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(1)
					b.AddASN1(casn1.SET, func(*cryptobyte.Builder) {})
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) })
					b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddBytes(certs) })
					b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { b.AddBytes(crls) })
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(signers) })
				})
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMemoryIsBounded: nothing that is small and wants much gets more than the
// stated base and multiple of its size, and none takes for ever.
func TestMemoryIsBounded(t *testing.T) {
	pki := newPKI(t)
	cert := pki.signer(rsaKey(), person("A")).Certificate().Raw
	reader := pki.reader("B", "P-256")
	signed := mustSign(t, pki)
	sd, err := Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(signed, sd.Signers[0].Signature)
	signer := signed[bytes.LastIndex(signed[:at], []byte{0x30, 0x82}):]
	sealed, err := Encrypt(make([]byte, 16<<20), []*x509.Certificate{reader.Certificate()}, AES256CBC)
	if err != nil {
		t.Fatal(err)
	}
	full := func(one []byte) []byte { return bytes.Repeat(one, (MaxSize-1<<10)/len(one)) }
	for name, data := range map[string][]byte{
		"nested, one string":  nest(60, append([]byte{4, 0x84, 0, 0xf0, 0, 0}, make([]byte, 0xf00000)...)),
		"nested, many nulls":  nest(60, bytes.Repeat([]byte{5, 0}, 500_000)),
		"string in pieces":    append(append([]byte{0x24, 0x80}, bytes.Repeat([]byte{4, 1, 'x'}, 1_000_000)...), 0, 0),
		"too many elements":   nest(1, full([]byte{5, 0})),
		"many certificates":   many(t, full(cert), nil, nil),
		"many signers":        many(t, nil, nil, full(signer)),
		"many empty lists":    many(t, nil, full([]byte{0x30, 0}), nil),
		"PEM, many blocks":    full([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")),
		"PEM, certificates":   full(certPEM(sd.Certificates[0])),
		"PEM, no end":         full([]byte("-----BEGIN CERTIFICATE-----\n")),
		"a message of 16 MB":  sealed,
		"key file of strings": nest(1, full([]byte{4, 2, 4, 0})),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			used := peak(func() {
				Parse(data)
				ParseToken(data)
				ParseOCSP(data)
				parseCRL(data)
				ParseCertificates(data)
				LoadPKCS12(data, "x")
				Decrypt(context.Background(), data, NewDecrypter(reader))
			})
			t.Logf("%d KB: %d MB, %v", len(data)>>10, used>>20, time.Since(start).Round(time.Millisecond))
			if limit := uint64(promiseBase + promiseFactor*len(data)); used > limit {
				t.Errorf("%d MB, at most %d", used>>20, limit>>20)
			}
		})
	}
}
