package cms

import (
	"crypto"
	_ "crypto/md5"    // old signatures are read and marked weak
	_ "crypto/sha1"   // likewise
	_ "crypto/sha256" // registers SHA-224 and SHA-256
	_ "crypto/sha512" // registers SHA-384 and SHA-512
	"encoding/asn1"
	"fmt"
)

var (
	oidData              = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCert       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStampToken    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidAdobeRevocation   = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}
	oidRSA               = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSAPSS            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidRSAOAEP           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 7}
	oidMGF1              = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidECPublicKey       = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidMD5               = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}
	oidSHA1              = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA224            = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 4}
	oidSHA256            = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384            = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512            = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidOCSPNoCheck       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	oidOrganizationIdent = asn1.ObjectIdentifier{2, 5, 4, 97}
	oidTitle             = asn1.ObjectIdentifier{2, 5, 4, 12}
	oidSurname           = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidGivenName         = asn1.ObjectIdentifier{2, 5, 4, 42}
	oidExtKeyUsage       = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// hashes lists every digest the package reads, with its names in CMS.
var hashes = []struct {
	hash crypto.Hash
	oid  asn1.ObjectIdentifier
	name string
	weak bool
}{
	{crypto.SHA256, oidSHA256, "SHA-256", false},
	{crypto.SHA384, oidSHA384, "SHA-384", false},
	{crypto.SHA512, oidSHA512, "SHA-512", false},
	{crypto.SHA224, oidSHA224, "SHA-224", false},
	{crypto.SHA1, oidSHA1, "SHA-1", true},
	{crypto.MD5, oidMD5, "MD5", true},
}

// scheme is how a key signs.
type scheme int

const (
	pkcs1 scheme = iota + 1
	pss
	ecdsaScheme
)

// signatureOIDs lists the signature algorithm identifiers that name their hash.
var signatureOIDs = []struct {
	oid    asn1.ObjectIdentifier
	scheme scheme
	hash   crypto.Hash
}{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, pkcs1, crypto.SHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, pkcs1, crypto.SHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, pkcs1, crypto.SHA512},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 14}, pkcs1, crypto.SHA224},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, pkcs1, crypto.SHA1},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 4}, pkcs1, crypto.MD5},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 1}, ecdsaScheme, crypto.SHA224},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, ecdsaScheme, crypto.SHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, ecdsaScheme, crypto.SHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, ecdsaScheme, crypto.SHA512},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}, ecdsaScheme, crypto.SHA1},
}

func hashOf(oid asn1.ObjectIdentifier) (crypto.Hash, error) {
	for _, h := range hashes {
		if h.oid.Equal(oid) {
			return h.hash, nil
		}
	}
	return 0, fmt.Errorf("%w: hàm băm %v", ErrUnsupported, oid)
}

func hashOID(h crypto.Hash) (asn1.ObjectIdentifier, error) {
	for _, k := range hashes {
		if k.hash == h {
			return k.oid, nil
		}
	}
	return nil, fmt.Errorf("%w: hàm băm %d", ErrUnsupported, h)
}

// hashName gives the usual name, such as "SHA-256".
func hashName(h crypto.Hash) string {
	for _, k := range hashes {
		if k.hash == h {
			return k.name
		}
	}
	return fmt.Sprintf("hash %d", h)
}

func weakHash(h crypto.Hash) bool {
	for _, k := range hashes {
		if k.hash == h {
			return k.weak
		}
	}
	return true
}

// signingHash refuses hashes that may be read but no longer be signed with.
// The permitted list for official-duty signatures is SHA-256/384/512.
func signingHash(h crypto.Hash) error {
	switch h {
	case crypto.SHA256, crypto.SHA384, crypto.SHA512:
		return nil
	}
	return fmt.Errorf("%w: không ký bằng %s", ErrUnsupported, hashName(h))
}
