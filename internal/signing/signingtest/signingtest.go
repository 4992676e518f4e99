// Package signingtest is what every driver of keys must do: one suite for the
// software key, tokens and remote services.
package signingtest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/fail"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/pdf"
)

// Bench is one key of a driver under test.
type Bench struct {
	Driver  signing.Driver
	Cert    signing.Certificate
	Anchors *cms.Anchors
	// Consent gives a consent that is right once more: a PIN, or a fresh code.
	Consent func() signing.Consent
	// Wrong is a consent that is not; its state, "" where nothing is asked for.
	Wrong      signing.Consent
	WrongState signing.State
}

// Run holds a driver to its contract.
func Run(t *testing.T, b Bench) {
	t.Run("lists the key", b.lists)
	t.Run("needs", b.needs)
	t.Run("signs", b.signs)
	t.Run("many under one consent", b.many)
	t.Run("refuses", b.refuses)
	t.Run("a PDF in two phases", b.document)
}

func (b Bench) lists(t *testing.T) {
	keys, err := b.Driver.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Ref != b.Cert.KeyRef {
			continue
		}
		c := signing.Describe(k.Chain)
		if c.Fingerprint != b.Cert.Fingerprint || k.Label == "" || len(k.Chain) < 2 {
			t.Errorf("key %q: label %q, chain of %d, fingerprint %s", k.Ref, k.Label, len(k.Chain), c.Fingerprint)
		}
		return
	}
	t.Errorf("the key %q is not among %d keys", b.Cert.KeyRef, len(keys))
}

func (b Bench) needs(t *testing.T) {
	n, err := b.Driver.Need(t.Context(), b.Cert)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Given(b.Consent()); err != nil {
		t.Errorf("the right consent is not enough: %v", err)
	}
	if b.WrongState != "" && n.Given(signing.Consent{}) == nil {
		t.Error("a key that knows wrong consents asks for none")
	}
}

// digestsOf are n digests that differ.
func digestsOf(n int, h crypto.Hash) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		w := h.New()
		fmt.Fprintf(w, "văn bản %d", i)
		out[i] = w.Sum(nil)
	}
	return out
}

// verify checks every value against its own digest: none is left out or moved.
func (b Bench) verify(t *testing.T, values, digests [][]byte, h crypto.Hash) {
	t.Helper()
	chain, err := b.Cert.Parse()
	if err != nil {
		t.Fatal(err)
	}
	if len(values) != len(digests) {
		t.Fatalf("%d values for %d digests", len(values), len(digests))
	}
	for i, v := range values {
		if err := cms.CheckSignature(chain[0], h, digests[i], v); err != nil {
			t.Fatalf("value %d: %v", i, err)
		}
	}
}

func (b Bench) signs(t *testing.T) {
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		digests := digestsOf(1, h)
		values, err := b.Driver.Sign(t.Context(), b.Cert, b.Consent(), digests, h)
		if err != nil {
			t.Fatalf("%v: %v", h, err)
		}
		b.verify(t, values, digests, h)
	}
}

func (b Bench) many(t *testing.T) {
	digests := digestsOf(50, crypto.SHA256)
	values, err := b.Driver.Sign(t.Context(), b.Cert, b.Consent(), digests, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	b.verify(t, values, digests, crypto.SHA256)
}

func (b Bench) refuses(t *testing.T) {
	digests := digestsOf(2, crypto.SHA256)
	unknown := b.Cert
	unknown.KeyRef = "no-such/00"
	_, err := b.Driver.Need(t.Context(), unknown)
	named(t, "need of an unknown key", err, signing.NoKey)
	_, err = b.Driver.Sign(t.Context(), unknown, b.Consent(), digests, crypto.SHA256)
	named(t, "an unknown key", err, signing.NoKey)

	short := [][]byte{digests[0], digests[1][:31]}
	if values, err := b.Driver.Sign(t.Context(), b.Cert, b.Consent(), short, crypto.SHA256); err == nil || values != nil {
		t.Errorf("a digest that is too short: %d values, %v", len(values), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Driver.Sign(ended, b.Cert, b.Consent(), digests, crypto.SHA256); err == nil {
		t.Error("it signs for a caller who has gone")
	}
	if b.WrongState == "" {
		return
	}
	values, err := b.Driver.Sign(t.Context(), b.Cert, b.Wrong, digests, crypto.SHA256)
	named(t, "a wrong consent", err, b.WrongState)
	if values != nil {
		t.Error("values with a wrong consent")
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, secret := range []string{b.Wrong.PIN, b.Wrong.Code} {
			if secret != "" && bytes.Contains([]byte(e.Error()), []byte(secret)) {
				t.Errorf("the error tells the consent: %v", e)
			}
		}
	}
	// A wrong try does not spoil the next one.
	values, err = b.Driver.Sign(t.Context(), b.Cert, b.Consent(), digests, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	b.verify(t, values, digests, crypto.SHA256)
}

func named(t *testing.T, what string, err error, want signing.State) {
	t.Helper()
	e, ok := fail.As(err)
	if signing.StateOf(err) != want || !ok || e.Text == "" || e.Next == "" {
		t.Errorf("%s: want %s with a next step, got %v", what, want, err)
	}
}

// document signs a PDF through the ring, and package pades says that it is good.
func (b Bench) document(t *testing.T) {
	in := OnePage(t)
	ring := &signing.Ring{Drivers: map[signing.Kind]signing.Driver{b.Cert.Driver: b.Driver}, Anchors: b.Anchors}
	p, err := ring.Prepare(b.Cert, in, pades.Options{Name: "Người ký", Time: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	need, err := ring.Need(t.Context(), b.Cert)
	if err != nil {
		t.Fatal(err)
	}
	if err := ring.Sign(t.Context(), b.Cert, need, b.Consent(), p); err != nil {
		t.Fatal(err)
	}
	out, err := ring.Finish(t.Context(), p, in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pades.Verify(t.Context(), out, pades.VerifyOptions{Anchors: b.Anchors})
	if err != nil || len(r.Signatures) != 1 {
		t.Fatalf("%v %+v", err, r)
	}
	for _, c := range []pades.CheckName{pades.Integrity, pades.Crypto, pades.ChainCheck, pades.Period} {
		if x := r.Signatures[0].Check(c); x.Verdict != pades.Valid {
			t.Errorf("%s: %+v", c, x)
		}
	}
	if !bytes.HasPrefix(out, in) {
		t.Error("the file was rewritten")
	}
	b.hash(t, out)
}

// hash says that the digest of a signed file is as strong as the key. rfc5480:4
func (b Bench) hash(t *testing.T, signed []byte) {
	t.Helper()
	f, err := pdf.Open(signed)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pades.Signatures(f)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := cms.Parse(list[0].Contents)
	if err != nil {
		t.Fatal(err)
	}
	want := crypto.SHA256
	if k, ok := sd.Signers[0].Certificate.PublicKey.(*ecdsa.PublicKey); ok {
		want = map[int]crypto.Hash{256: crypto.SHA256, 384: crypto.SHA384, 521: crypto.SHA512}[k.Curve.Params().BitSize]
	}
	if got := sd.Signers[0].Hash; got != want {
		t.Errorf("the file is signed over %v, want %v", got, want)
	}
}

// Authority is a demonstration authority that issues for keys wherever they are.
func Authority(t *testing.T) (*authority.Authority, *cms.Anchors) {
	t.Helper()
	a, err := authority.Open(t.TempDir(), "http://127.0.0.1:1/ca", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	anchors := &cms.Anchors{}
	anchors.Add(cms.Demo, a.Root())
	return a, anchors
}

// OnePage is a PDF to sign, for a test two folders below the module.
func OnePage(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("../../pades/testdata/trang-trong.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return data
}
