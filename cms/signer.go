package cms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"vanthu/pkcs12"
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

// LoadPKCS12 opens a .p12/.pfx file: one key, its certificate, and the issuers. The
// errors are those of [pkcs12.Open]; ErrNoKey also if no certificate is the key's.
func LoadPKCS12(data []byte, password string) (*SoftwareSigner, error) {
	c, err := pkcs12.Open(data, password)
	if err != nil {
		return nil, fmt.Errorf("không mở được tệp khóa: %w", err)
	}
	own, issuers := c.Certificate()
	if own == nil {
		return nil, fmt.Errorf("không mở được tệp khóa: %w", pkcs12.ErrNoKey)
	}
	return NewSoftwareSigner(c.Key, own, issuers)
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
