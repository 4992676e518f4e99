package cms

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// oidKeyHKDF is id-alg-cek-hkdf-sha256. rfc9709:2
var oidKeyHKDF = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 3, 31}

// readAlgorithm reads which cipher encrypts the content. A writer may bind the
// key to it, so that an attacker cannot have content of AES-GCM opened as of
// AES-CBC: the cipher then stands inside. rfc9709:2
func (e *encrypted) readAlgorithm(alg cryptobyte.String) error {
	var oid asn1.ObjectIdentifier
	if !alg.ReadASN1ObjectIdentifier(&oid) {
		return malformed("EncryptedContentInfo")
	}
	if oid.Equal(oidKeyHKDF) {
		var inner cryptobyte.String
		if !alg.ReadASN1Element(&inner, casn1.SEQUENCE) {
			return malformed("EncryptedContentInfo")
		}
		e.bound = inner
		if !inner.ReadASN1(&alg, casn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&oid) {
			return malformed("EncryptedContentInfo")
		}
	}
	var err error
	e.cipher, err = cipherOf(oid)
	e.params = alg
	return err
}

// boundKey derives the key for the content from the one that was sent, and from
// the cipher's whole identifier. rfc9709:2
func boundKey(sent, cipher []byte, size int) ([]byte, error) {
	return hkdf.Key(sha256.New, sent, []byte("The Cryptographic Message Syntax"), string(cipher), size)
}
