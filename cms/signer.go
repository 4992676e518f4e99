package cms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"software.sslmate.com/src/go-pkcs12"
)

// Signer signs digests with one person's or agency's private key.
//
// Sign gets a digest already computed with hash and returns an RSA PKCS#1 v1.5
// signature or an ASN.1 ECDSA signature, by the kind of the certificate's key.
// It may block until a person confirms; ctx ends the wait.
type Signer interface {
	Certificate() *x509.Certificate
	Chain() []*x509.Certificate // issuers, nearest first, without the leaf
	Sign(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error)
}

// SoftwareSigner is a Signer over a key in memory, for the demonstration
// authority and for tests. Official-duty keys live on tokens or in HSMs.
type SoftwareSigner struct {
	key   crypto.Signer
	cert  *x509.Certificate
	chain []*x509.Certificate
}

// NewSoftwareSigner checks that the key belongs to the certificate.
func NewSoftwareSigner(key crypto.Signer, cert *x509.Certificate, chain []*x509.Certificate) (*SoftwareSigner, error) {
	if key == nil || cert == nil {
		return nil, errors.New("thiếu khóa hoặc chứng thư số")
	}
	pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(cert.PublicKey) {
		return nil, errors.New("khóa bí mật không thuộc về chứng thư số này")
	}
	return &SoftwareSigner{key, cert, chain}, nil
}

// LoadPKCS12 opens a .p12/.pfx file: one key, its certificate, and the issuers.
// A file that wants its password worked on for longer than some seconds gives
// ErrTooLarge.
func LoadPKCS12(data []byte, password string) (*SoftwareSigner, error) {
	if len(data) > MaxSize || iterations(data, 0) > maxWork {
		return nil, ErrTooLarge
	}
	key, cert, chain, err := pkcs12.DecodeChain(data, password)
	if err != nil {
		return nil, fmt.Errorf("không mở được tệp PKCS#12 (sai mật khẩu hoặc tệp hỏng): %w", err)
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%w: khóa trong tệp PKCS#12", ErrUnsupported)
	}
	return NewSoftwareSigner(s, cert, chain)
}

// Bounds on the work on a password, for one key and for all of a file; writers ask
// for 2,048, careful ones for 600,000, and for three keys: of the check sum, of the
// certificates and of the private key. rfc8018:4.2
const maxIterations, maxWork = 2_000_000, 3 * 2_000_000

// iterations adds up the counts that follow a salt anywhere in DER, or in what a
// string of it wraps: the file would keep us busy for as long as its writer likes.
// A result beyond maxWork says no more than that one of the bounds is passed. What
// is encrypted cannot be seen. rfc7292:4
func iterations(der []byte, depth int) (sum int64) {
	if depth > maxNesting+1 {
		return maxWork + 1
	}
	for salt := false; len(der) > 0 && sum <= maxWork; {
		var e asn1.RawValue
		rest, err := asn1.Unmarshal(der, &e)
		if err != nil {
			return sum
		}
		if salt && e.Class == asn1.ClassUniversal && e.Tag == asn1.TagInteger {
			var n int64
			if _, err := asn1.Unmarshal(e.FullBytes, &n); err == nil && n > maxIterations {
				return maxWork + 1
			}
			sum += max(n, 0)
		}
		sum += iterations(e.Bytes, depth+1)
		salt, der = e.Tag == asn1.TagOctetString, rest
	}
	return sum
}

// Certificate returns the signer's certificate.
func (s *SoftwareSigner) Certificate() *x509.Certificate { return s.cert }

// Chain returns the issuers, nearest first.
func (s *SoftwareSigner) Chain() []*x509.Certificate { return s.chain }

// Sign signs the digest; see Signer.
func (s *SoftwareSigner) Sign(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.key.Sign(rand.Reader, digest, hash)
}

// Key returns the private key, which decryption needs.
func (s *SoftwareSigner) Key() crypto.Signer { return s.key }

// CheckSignature tells whether signature over digest (of hash) was made with the
// key of cert, by RSA PKCS#1 v1.5 or ECDSA. Use it on what a token, a phone or a
// service handed back, before anything is stored.
func CheckSignature(cert *x509.Certificate, hash crypto.Hash, digest, signature []byte) error {
	switch cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return verifyWith(cert.PublicKey, algorithm{scheme: pkcs1, hash: hash}, digest, signature)
	case *ecdsa.PublicKey:
		return verifyWith(cert.PublicKey, algorithm{scheme: ecdsaScheme, hash: hash}, digest, signature)
	}
	return fmt.Errorf("%w: khóa %T", ErrUnsupported, cert.PublicKey)
}
