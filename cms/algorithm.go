package cms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// algorithm is a signature algorithm with its parameters read.
type algorithm struct {
	scheme scheme
	hash   crypto.Hash
	mgf    crypto.Hash // pss
	salt   int         // pss, bytes
}

// ErrSignature says that the signature value does not verify under the key.
var ErrSignature = errors.New("giá trị chữ ký không đúng với khóa công khai của chứng thư số")

// algorithmOf reads a signature algorithm identifier. digest is the hash named
// elsewhere (SignerInfo.digestAlgorithm), used where the identifier names none.
func algorithmOf(id pkix.AlgorithmIdentifier, digest crypto.Hash) (algorithm, error) {
	switch {
	case id.Algorithm.Equal(oidRSA): // rfc3370:3.2
		return algorithm{scheme: pkcs1, hash: digest}, nil
	case id.Algorithm.Equal(oidECPublicKey): // seen from old tokens
		return algorithm{scheme: ecdsaScheme, hash: digest}, nil
	case id.Algorithm.Equal(oidRSAPSS):
		return pssOf(id.Parameters.FullBytes)
	}
	for _, s := range signatureOIDs {
		if s.oid.Equal(id.Algorithm) {
			return algorithm{scheme: s.scheme, hash: s.hash}, nil
		}
	}
	return algorithm{}, fmt.Errorf("%w: chữ ký %v", ErrUnsupported, id.Algorithm)
}

// pssOf reads RSASSA-PSS-params, whose every default is SHA-1. rfc4055:3.1
func pssOf(params []byte) (algorithm, error) {
	a := algorithm{scheme: pss, hash: crypto.SHA1, mgf: crypto.SHA1, salt: 20}
	var p struct {
		Hash    pkix.AlgorithmIdentifier `asn1:"explicit,tag:0,optional"`
		MGF     pkix.AlgorithmIdentifier `asn1:"explicit,tag:1,optional"`
		Salt    int                      `asn1:"explicit,tag:2,optional,default:20"`
		Trailer int                      `asn1:"explicit,tag:3,optional,default:1"`
	}
	if rest, err := asn1.Unmarshal(params, &p); err != nil || len(rest) > 0 {
		return a, fmt.Errorf("%w: tham số RSA-PSS", ErrMalformed)
	}
	var err error
	if p.Hash.Algorithm != nil {
		if a.hash, err = hashOf(p.Hash.Algorithm); err != nil {
			return a, err
		}
	}
	if p.MGF.Algorithm != nil {
		var inner pkix.AlgorithmIdentifier
		if !p.MGF.Algorithm.Equal(oidMGF1) {
			return a, fmt.Errorf("%w: hàm sinh mặt nạ %v", ErrUnsupported, p.MGF.Algorithm)
		}
		if _, err := asn1.Unmarshal(p.MGF.Parameters.FullBytes, &inner); err != nil {
			return a, fmt.Errorf("%w: tham số MGF1", ErrMalformed)
		}
		if a.mgf, err = hashOf(inner.Algorithm); err != nil {
			return a, err
		}
	}
	if p.Salt < 0 || p.Salt > 512 || p.Trailer != 1 {
		return a, fmt.Errorf("%w: tham số RSA-PSS", ErrMalformed)
	}
	a.salt = p.Salt
	return a, nil
}

// String names the algorithm, such as "RSA-PSS SHA-256".
func (a algorithm) String() string {
	name := map[scheme]string{pkcs1: "RSA", pss: "RSA-PSS", ecdsaScheme: "ECDSA"}[a.scheme]
	return name + " " + hashName(a.hash)
}

// verifyWith checks a signature over a digest. Unsupported kinds give
// ErrUnsupported, a wrong value ErrSignature.
func verifyWith(pub crypto.PublicKey, a algorithm, digest, sig []byte) error {
	if len(digest) != a.hash.Size() {
		return fmt.Errorf("%w: độ dài giá trị băm", ErrMalformed)
	}
	ok := false
	switch k := pub.(type) {
	case *rsa.PublicKey:
		switch {
		case k.N.BitLen() < 1024 || k.N.BitLen() > 16384:
			// Go refuses shorter keys; such a signature proves nothing either way.
			return fmt.Errorf("%w: khóa RSA %d bit", ErrUnsupported, k.N.BitLen())
		case a.scheme == pkcs1:
			ok = rsa.VerifyPKCS1v15(k, a.hash, digest, sig) == nil
		case a.scheme == pss && a.mgf != a.hash:
			return fmt.Errorf("%w: RSA-PSS với MGF1 khác hàm băm", ErrUnsupported)
		case a.scheme == pss:
			ok = rsa.VerifyPSS(k, a.hash, digest, sig, &rsa.PSSOptions{SaltLength: saltOption(a.salt), Hash: a.hash}) == nil
		}
	case *ecdsa.PublicKey:
		ok = a.scheme == ecdsaScheme && ecdsa.VerifyASN1(k, digest, sig)
	default:
		return fmt.Errorf("%w: khóa %T", ErrUnsupported, pub)
	}
	if !ok {
		return ErrSignature
	}
	return nil
}

// saltOption translates a stated length: 0 is PSSSaltLengthAuto to crypto/rsa.
func saltOption(n int) int {
	if n == 0 {
		return rsa.PSSSaltLengthAuto
	}
	return n
}

// weakness names what is too weak about a signature by today's rules, or "".
func weakness(pub crypto.PublicKey, a algorithm) []string {
	var out []string
	if weakHash(a.hash) {
		out = append(out, hashName(a.hash))
	}
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < 2048 { // law: RSA of at least 2048 bits
			out = append(out, fmt.Sprintf("RSA %d bit", n))
		}
	case *ecdsa.PublicKey:
		if n := k.Curve.Params().BitSize; n < 256 {
			out = append(out, fmt.Sprintf("ECDSA %d bit", n))
		}
	}
	return out
}

// --- DER writing shared by the builders ---

// explicit is a constructed context-specific tag.
func explicit(n uint8) casn1.Tag { return casn1.Tag(n).ContextSpecific().Constructed() }

// der runs f on a fresh builder. The builders only fail on values that the
// package itself supplies, so an error is a fault of the caller's arguments.
func der(f func(b *cryptobyte.Builder)) ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	f(b)
	return b.Bytes()
}

// addAlgorithm writes an AlgorithmIdentifier; null says whether the parameters
// are NULL (RSA, rfc3370:3.2) or absent (SHA-2 and ECDSA, rfc5754:2 and 3.2).
func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, null bool) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		if null {
			b.AddASN1NULL()
		}
	})
}

// addSignatureAlgorithm writes the identifier for a key and hash.
func addSignatureAlgorithm(b *cryptobyte.Builder, pub crypto.PublicKey, h crypto.Hash) {
	if _, rsaKey := pub.(*rsa.PublicKey); rsaKey {
		addAlgorithm(b, oidRSA, true)
		return
	}
	for _, s := range signatureOIDs {
		if s.scheme == ecdsaScheme && s.hash == h {
			addAlgorithm(b, s.oid, false)
			return
		}
	}
	b.SetError(ErrUnsupported)
}

// setOf writes the elements as a DER SET OF, sorted. x690:11.6
func setOf(b *cryptobyte.Builder, tag casn1.Tag, elements [][]byte) {
	sorted := slices.Clone(elements)
	slices.SortFunc(sorted, slices.Compare[[]byte])
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		for _, e := range sorted {
			b.AddBytes(e)
		}
	})
}

// attribute encodes one Attribute with a single value. rfc5652:5.3
func attribute(oid asn1.ObjectIdentifier, value func(b *cryptobyte.Builder)) ([]byte, error) {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(casn1.SET, value)
		})
	})
}

func addIssuerAndSerial(b *cryptobyte.Builder, rawIssuer []byte, serial *big.Int) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(rawIssuer)
		b.AddASN1BigInt(serial)
	})
}
