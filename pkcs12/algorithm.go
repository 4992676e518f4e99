package pkcs12

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"hash"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// oid writes an object identifier the way readOID returns it.
func oid(arcs ...int) string { return asn1.ObjectIdentifier(arcs).String() }

func readOID(in *cryptobyte.String) (string, bool) {
	var id asn1.ObjectIdentifier
	ok := in.ReadASN1ObjectIdentifier(&id)
	return id.String(), ok
}

// algorithm is AlgorithmIdentifier ::= SEQUENCE { algorithm OID, parameters ANY }.
type algorithm struct {
	id     string
	params cryptobyte.String // with its tag; empty if absent
}

func readAlgorithm(in *cryptobyte.String) (algorithm, bool) {
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) {
		return algorithm{}, false
	}
	id, ok := readOID(&seq)
	return algorithm{id, seq}, ok
}

// Hashes of MACs, and of the schemes of PKCS#12 (SHA-1 alone). rfc8018:B.1 rfc5754:2
var hashes = map[string]func() hash.Hash{
	oid(1, 3, 14, 3, 2, 26):             sha1.New,
	oid(2, 16, 840, 1, 101, 3, 4, 2, 4): sha256.New224,
	oid(2, 16, 840, 1, 101, 3, 4, 2, 1): sha256.New,
	oid(2, 16, 840, 1, 101, 3, 4, 2, 2): sha512.New384,
	oid(2, 16, 840, 1, 101, 3, 4, 2, 3): sha512.New,
}

// HMACs, as what PBKDF2 works with and as what PBMAC1 checks with. rfc8018:B.1.1, B.3
var hmacs = map[string]func() hash.Hash{
	oidHMACWithSHA1:               sha1.New,
	oid(1, 2, 840, 113549, 2, 8):  sha256.New224,
	oid(1, 2, 840, 113549, 2, 9):  sha256.New,
	oid(1, 2, 840, 113549, 2, 10): sha512.New384,
	oid(1, 2, 840, 113549, 2, 11): sha512.New,
}

var oidHMACWithSHA1 = oid(1, 2, 840, 113549, 2, 7)
