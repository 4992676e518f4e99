package cms

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The example of rfc9709 appendix A, for AES-128-GCM.
func TestBoundKey(t *testing.T) {
	of := func(s string) []byte { b, _ := hex.DecodeString(s); return b }
	got, err := boundKey(of("c702e7d0a9e064b09ba55245fb733cf3"), of("301b0609608648016503040106300e040c5c79058ba2f43447639d29e2"), 16)
	if want := "2124ffb29fac4e0fbbc7d5d87492bff3"; err != nil || hex.EncodeToString(got) != want {
		t.Errorf("%x, %v, want %s", got, err, want)
	}
}

// HT33-13.1: what was encrypted with a key bound to its cipher opens; by the same
// key as another cipher, which is what the binding is against, it does not.
func TestDecryptBound_HT33_13_1(t *testing.T) {
	reader := newPKI(t).reader("A", "P-256")
	sent, nonce, plain := make([]byte, 32), make([]byte, 12), []byte("nội dung")
	alg, err := der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidAES256GCM)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1OctetString(nonce)
				b.AddASN1Int64(16)
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := boundKey(sent, alg, 32)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	sealed := gcm.Seal(nil, nonce, plain, nil)
	to, err := recipientInfo(reader.Certificate(), sent)
	if err != nil {
		t.Fatal(err)
	}
	enveloped := func(oid asn1.ObjectIdentifier, params []byte) []byte {
		raw, err := envelope(oidAuthEnvelopedData, 0, [][]byte{to}, func(b *cryptobyte.Builder) {
			addEncrypted(b, oid, func(b *cryptobyte.Builder) { b.AddBytes(params) }, sealed[:len(plain)])
			b.AddASN1OctetString(sealed[len(plain):])
		})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	got, err := Decrypt(t.Context(), enveloped(oidKeyHKDF, alg), NewDecrypter(reader))
	if err != nil || string(got) != string(plain) {
		t.Errorf("%q, %v", got, err)
	}
	if name, err := CipherOf(enveloped(oidKeyHKDF, alg)); err != nil || name != "AES-256-GCM" {
		t.Error(name, err)
	}
	_, params, _ := splitAlgorithm(alg)
	if _, err := Decrypt(t.Context(), enveloped(oidAES256GCM, params), NewDecrypter(reader)); !errors.Is(err, ErrDecrypt) {
		t.Errorf("without the binding: %v", err)
	}
	for _, bad := range [][]byte{nil, {5, 0}, alg[:4]} {
		if _, err := Decrypt(t.Context(), enveloped(oidKeyHKDF, bad), NewDecrypter(reader)); err == nil {
			t.Errorf("%x was taken", bad)
		}
	}
}

// splitAlgorithm parts an AlgorithmIdentifier.
func splitAlgorithm(alg []byte) (oid asn1.ObjectIdentifier, params []byte, ok bool) {
	in := cryptobyte.String(alg)
	ok = in.ReadASN1(&in, casn1.SEQUENCE) && in.ReadASN1ObjectIdentifier(&oid)
	return oid, in, ok
}
