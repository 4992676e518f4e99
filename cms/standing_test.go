package cms

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// ND23-15: each way in which a certificate may not sign has its own name.
func TestStandingBeforeSigning_ND23_15(t *testing.T) {
	b := newBench(t, true)
	answer := func(cert *x509.Certificate, status int) []byte {
		return b.ocsp(ocsp.Response{Status: status, SerialNumber: cert.SerialNumber, ThisUpdate: noon, NextUpdate: noon.Add(time.Hour), RevokedAt: noon.Add(-time.Hour)})
	}
	rootList, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: noon, NextUpdate: noon.Add(time.Hour)}, b.root, b.rootK)
	if err != nil {
		t.Fatal(err)
	}
	small, _ := rsa.GenerateKey(rand.Reader, 1024)
	weak := b.signer(small, person("Khóa ngắn")).Certificate()
	cipherOnly := person("Mã hóa")
	cipherOnly.KeyUsage = x509.KeyUsageKeyEncipherment
	unfit := b.signer(rsaKey(), cipherOnly).Certificate()
	strange := newPKI(t).signer(rsaKey(), person("Lạ")).Certificate()

	for name, k := range map[string]struct {
		cert   *x509.Certificate
		at     time.Time
		status int
		want   State
	}{
		"in force":     {b.cert, noon, ocsp.Good, InForce},
		"revoked":      {b.cert, noon, ocsp.Revoked, Withdrawn},
		"not known":    {b.cert, noon, ocsp.Unknown, NotAnswering},
		"ended":        {b.cert, until.Add(time.Hour), ocsp.Good, Ended},
		"not yet":      {b.cert, from.Add(-time.Hour), ocsp.Good, NotYet},
		"weak key":     {weak, noon, ocsp.Good, WeakKey},
		"not a signer": {unfit, noon, ocsp.Good, Unfit},
		"an authority": {b.ca, noon, ocsp.Good, Unfit},
		"unknown root": {strange, noon, ocsp.Good, Untrusted},
	} {
		t.Run(name, func(t *testing.T) {
			c := &Check{At: k.at, Now: k.at, Pool: b.pool(b.ca)}
			c.Offer(Evidence{OCSPs: [][]byte{answer(k.cert, k.status)}, CRLs: [][]byte{rootList}})
			if got := c.Standing(context.Background(), k.cert); got.State != k.want || (got.Cause == "") != (k.want == InForce) {
				t.Fatalf("%+v", got)
			}
		})
	}
}
