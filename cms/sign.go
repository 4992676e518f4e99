package cms

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Profile says which signed attributes a signature carries.
type Profile string

// The profiles.
const (
	// PAdES is for PDF: content-type, message-digest, signing-certificate-v2 and
	// nothing else; the claimed time stands in the PDF's /M. etsi-319142-1:6.3
	PAdES Profile = "pades"
	// CAdES is for other files and adds signing-time. etsi-319122-1:6.3
	CAdES Profile = "cades"
)

// Stamper gets an RFC 3161 time-stamp token over imprint, a SHA-256, SHA-384 or
// SHA-512 value told apart by its length. [TSAClient.Stamp] is one.
type Stamper func(ctx context.Context, imprint []byte) (token []byte, err error)

// Options of a signature.
type Options struct {
	TSA     Stamper   // nil: no signature time stamp (level B-B)
	Profile Profile   // "" means PAdES
	Time    time.Time // signing-time of the CAdES profile
}

// ErrTimestamp says that the signature was made but no usable time stamp could be had.
var ErrTimestamp = errors.New("chưa lấy được dấu thời gian")

// Prepared is a signature that waits for its value. It survives JSON, so that
// a phone or another machine may sign Digest later. Its content is public.
type Prepared struct {
	Hash        crypto.Hash `json:"hash"`        // of the content and of the attributes
	Attributes  []byte      `json:"attributes"`  // DER SET OF Attribute, what is signed
	Digest      []byte      `json:"digest"`      // Hash of Attributes: give this to the key
	Certificate []byte      `json:"certificate"` // DER
	Chain       [][]byte    `json:"chain"`       // DER, nearest issuer first
}

// SignDetached signs the digest of a content that stays outside, and returns
// the DER ContentInfo. The signature is verified before it is returned.
func SignDetached(ctx context.Context, contentDigest []byte, hash crypto.Hash, s Signer, o Options) ([]byte, error) {
	p, err := Prepare(contentDigest, hash, s.Certificate(), s.Chain(), o)
	if err != nil {
		return nil, err
	}
	sig, err := s.Sign(ctx, p.Digest, hash)
	if err != nil {
		return nil, fmt.Errorf("ký: %w", err)
	}
	return p.Finish(ctx, sig, o)
}

// Prepare is the first phase: it fixes what will be signed.
func Prepare(contentDigest []byte, hash crypto.Hash, cert *x509.Certificate, chain []*x509.Certificate, o Options) (*Prepared, error) {
	attrs, err := signedAttributes(oidData, contentDigest, hash, cert, o)
	if err != nil {
		return nil, err
	}
	p := &Prepared{Hash: hash, Attributes: attrs, Digest: sum(hash, attrs), Certificate: cert.Raw}
	for _, c := range chain {
		p.Chain = append(p.Chain, c.Raw)
	}
	return p, nil
}

// Finish is the second phase: it checks the signature value against the
// certificate, stamps it if o.TSA is set, and assembles the ContentInfo.
// Without a time stamp although one was asked for, the error is ErrTimestamp.
func (p *Prepared) Finish(ctx context.Context, signature []byte, o Options) ([]byte, error) {
	cert, err := x509.ParseCertificate(p.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: chứng thư số: %w", ErrMalformed, err)
	}
	if err := signingHash(p.Hash); err != nil {
		return nil, err
	}
	if err := CheckSignature(cert, p.Hash, sum(p.Hash, p.Attributes), signature); err != nil {
		return nil, err
	}
	var unsigned [][]byte
	if o.TSA != nil {
		a, err := stampAttribute(ctx, signature, o.TSA)
		if err != nil {
			return nil, err
		}
		unsigned = append(unsigned, a)
	}
	return assemble(oidData, nil, p, cert, signature, unsigned)
}

// stampAttribute asks for a token over the signature value. rfc3161:appendix-A
func stampAttribute(ctx context.Context, signature []byte, tsa Stamper) ([]byte, error) {
	imprint := sha256.Sum256(signature)
	raw, err := tsa(ctx, imprint[:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	token, err := ParseToken(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	if err := token.Covers(signature); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	return attribute(oidTimeStampToken, func(b *cryptobyte.Builder) { b.AddBytes(token.Raw) })
}

// signedAttributes encodes the DER SET OF. rfc5652:5.3 etsi-319142-1:6.3
func signedAttributes(content asn1.ObjectIdentifier, digest []byte, hash crypto.Hash, cert *x509.Certificate, o Options) ([]byte, error) {
	if err := signingHash(hash); err != nil {
		return nil, err
	}
	if len(digest) != hash.Size() {
		return nil, fmt.Errorf("%w: giá trị băm dài %d byte", ErrMalformed, len(digest))
	}
	if cert == nil {
		return nil, errors.New("thiếu chứng thư số của người ký")
	}
	var all [][]byte
	var firstErr error
	add := func(oid asn1.ObjectIdentifier, value func(b *cryptobyte.Builder)) {
		a, err := attribute(oid, value)
		if err != nil && firstErr == nil {
			firstErr = err
		}
		all = append(all, a)
	}
	add(oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(content) })
	add(oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) })
	add(oidSigningCertV2, func(b *cryptobyte.Builder) { addSigningCertificateV2(b, cert) })
	if o.Profile == CAdES {
		t := o.Time
		if t.IsZero() {
			t = time.Now()
		}
		add(oidSigningTime, func(b *cryptobyte.Builder) { addTime(b, t.UTC()) })
	}
	if firstErr != nil {
		return nil, firstErr
	}
	return der(func(b *cryptobyte.Builder) { setOf(b, casn1.SET, all) })
}

// addTime writes UTCTime up to 2049, GeneralizedTime after. rfc5652:11.3
func addTime(b *cryptobyte.Builder, t time.Time) {
	if t.Year() >= 1950 && t.Year() < 2050 {
		b.AddASN1UTCTime(t)
		return
	}
	b.AddASN1GeneralizedTime(t)
}

// addSigningCertificateV2 binds the signature to one certificate, by SHA-256
// (the default, therefore left out) and by issuer and serial. rfc5035:3
func addSigningCertificateV2(b *cryptobyte.Builder, cert *x509.Certificate) {
	hash := sha256.Sum256(cert.Raw)
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // certs
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // ESSCertIDv2
				b.AddASN1OctetString(hash[:])
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // IssuerSerial
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // GeneralNames
						b.AddASN1(explicit(4), func(b *cryptobyte.Builder) { b.AddBytes(cert.RawIssuer) })
					})
					b.AddASN1BigInt(cert.SerialNumber)
				})
			})
		})
	})
}

// assemble writes ContentInfo(SignedData) with one signer. content nil means
// detached. rfc5652:5.1
func assemble(contentType asn1.ObjectIdentifier, content []byte, p *Prepared, cert *x509.Certificate, sig []byte, unsigned [][]byte) ([]byte, error) {
	digestOID, err := hashOID(p.Hash)
	if err != nil {
		return nil, err
	}
	version := int64(1)
	if !contentType.Equal(oidData) {
		version = 3 // rfc5652:5.1: any other content type
	}
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidSignedData)
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(version)
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, digestOID, false) })
					addEncapsulated(b, contentType, content)
					if p.Certificate != nil { // a TSA leaves it out unless asked
						setOf(b, explicit(0), append([][]byte{p.Certificate}, p.Chain...))
					}
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { addSignerInfo(b, p, cert, digestOID, sig, unsigned) })
				})
			})
		})
	})
}

func addEncapsulated(b *cryptobyte.Builder, contentType asn1.ObjectIdentifier, content []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(contentType)
		if content != nil {
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
		}
	})
}

// addSignerInfo writes version 1: the signer by issuer and serial. rfc5652:5.3
func addSignerInfo(b *cryptobyte.Builder, p *Prepared, cert *x509.Certificate, digestOID asn1.ObjectIdentifier, sig []byte, unsigned [][]byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addIssuerAndSerial(b, cert.RawIssuer, cert.SerialNumber)
		addAlgorithm(b, digestOID, false)
		// signedAttrs is the signed SET OF under the tag [0]. rfc5652:5.4
		b.AddBytes(append([]byte{byte(explicit(0))}, p.Attributes[1:]...))
		addSignatureAlgorithm(b, cert.PublicKey, p.Hash)
		b.AddASN1OctetString(sig)
		if len(unsigned) > 0 {
			setOf(b, explicit(1), unsigned)
		}
	})
}

func sum(h crypto.Hash, data []byte) []byte {
	w := h.New()
	w.Write(data)
	return w.Sum(nil)
}
