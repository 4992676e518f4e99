package signingtest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"

	"vanthu/cms"
	"vanthu/internal/signing"
)

// Opens holds a key that opens what others encrypt to its contract: both
// ciphers, and for RSA every padding that other programs write; what was
// changed is the data's fault, and nothing else is.
func Opens(t *testing.T, k cms.Decrypter) {
	t.Run("tries itself", func(t *testing.T) {
		if err := signing.Opens(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("opens CMS", func(t *testing.T) { opensCMS(t, k) })
	t.Run("for a caller who has gone", func(t *testing.T) {
		raw := sealedTo(t, k, []byte("x"), cms.AES256GCM)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := cms.Decrypt(gone, raw, k); err != nil && !errors.Is(err, cms.ErrKeyAway) {
			t.Errorf("the data is blamed: %v", err)
		}
	})
	if pub, ok := k.Certificate().PublicKey.(*rsa.PublicKey); ok {
		t.Run("unseals", func(t *testing.T) { unseals(t, k, pub) })
	} else {
		t.Run("agrees", func(t *testing.T) { agrees(t, k) })
	}
}

func sealedTo(t *testing.T, k cms.Decrypter, plain []byte, c cms.Cipher) []byte {
	t.Helper()
	raw, err := cms.Encrypt(plain, []*x509.Certificate{k.Certificate()}, c)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func opensCMS(t *testing.T, k cms.Decrypter) {
	for _, c := range []cms.Cipher{cms.AES256GCM, cms.AES256CBC} {
		for range 5 { // leading zeros of a secret come now and then
			plain := bytes.Repeat([]byte("văn bản "), 900)
			raw := sealedTo(t, k, plain, c)
			got, err := cms.Decrypt(t.Context(), raw, k)
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("cipher %d: %v", c, err)
			}
		}
	}
	raw := sealedTo(t, k, []byte("văn bản"), cms.AES256GCM)
	raw[len(raw)-1] ^= 1
	if _, err := cms.Decrypt(t.Context(), raw, k); !errors.Is(err, cms.ErrDecrypt) || errors.Is(err, cms.ErrKeyAway) {
		t.Errorf("a changed tag: %v", err)
	}
}

func unseals(t *testing.T, k cms.Decrypter, pub *rsa.PublicKey) {
	key := make([]byte, 32)
	rand.Read(key)
	for _, o := range []*rsa.OAEPOptions{{Hash: crypto.SHA1}, {Hash: crypto.SHA256}, {Hash: crypto.SHA384}, {Hash: crypto.SHA512}, {Hash: crypto.SHA256, MGFHash: crypto.SHA1}} {
		name := fmt.Sprintf("OAEP %v, mask %v", o.Hash, o.MGFHash)
		sealed, err := rsa.EncryptOAEPWithOptions(rand.Reader, pub, key, o)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Unseal(t.Context(), sealed, o); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%s: %v", name, err)
		}
		sealed[7] ^= 1
		blames(t, name+", changed", k, sealed, o)
	}
	sealed, err := rsa.EncryptOAEP(sha512.New(), rand.Reader, pub, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	blames(t, "another hash", k, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if sealed, err = rsa.EncryptOAEP(sha1.New(), rand.Reader, pub, key, []byte("nhãn")); err != nil {
		t.Fatal(err)
	}
	blames(t, "a label", k, sealed, &rsa.OAEPOptions{Hash: crypto.SHA1})
	blames(t, "too short", k, make([]byte, 20), &rsa.OAEPOptions{Hash: crypto.SHA256})
	blames(t, "above the modulus", k, bytes.Repeat([]byte{0xff}, pub.Size()), &rsa.OAEPOptions{Hash: crypto.SHA256})

	way := &rsa.PKCS1v15DecryptOptions{SessionKeyLen: len(key)}
	if sealed, err = rsa.EncryptPKCS1v15(rand.Reader, pub, key); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Unseal(t.Context(), sealed, way); err != nil || !bytes.Equal(got, key) {
		t.Errorf("PKCS #1 v1.5: %v", err)
	}
	// A random key, so that nobody can ask whether the padding was right. rfc3218:2.3.2
	sealed[7] ^= 1
	if got, err := k.Unseal(t.Context(), sealed, way); err != nil || len(got) != len(key) || bytes.Equal(got, key) {
		t.Errorf("PKCS #1 v1.5, changed: %d bytes, %v", len(got), err)
	}
	if _, err := k.Agree(t.Context(), []byte{4}); !errors.Is(err, cms.ErrUnsupported) {
		t.Errorf("an RSA key agrees: %v", err)
	}
}

// blames wants the data to be at fault, as package cms tells it to its caller.
func blames(t *testing.T, what string, k cms.Decrypter, sealed []byte, o *rsa.OAEPOptions) {
	t.Helper()
	got, err := k.Unseal(t.Context(), sealed, o)
	if err == nil || got != nil || errors.Is(err, cms.ErrKeyAway) || errors.Is(err, cms.ErrUnsupported) {
		t.Errorf("%s: %d bytes, %v", what, len(got), err)
	}
}

func agrees(t *testing.T, k cms.Decrypter) {
	for what, point := range map[string][]byte{"none": nil, "infinity": {0}, "beside the curve": append([]byte{4}, bytes.Repeat([]byte{1}, 64)...), "short": {4, 1, 2}} {
		_, err := k.Agree(t.Context(), point)
		if err == nil || errors.Is(err, cms.ErrKeyAway) || errors.Is(err, cms.ErrUnsupported) {
			t.Errorf("a point that is %s: %v", what, err)
		}
	}
	if _, err := k.Unseal(t.Context(), make([]byte, 256), &rsa.OAEPOptions{Hash: crypto.SHA256}); !errors.Is(err, cms.ErrUnsupported) {
		t.Errorf("an elliptic key unseals: %v", err)
	}
}
