package cms

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Responder is a time-stamp authority: it signs the time it reads from Clock.
type Responder struct {
	Signer Signer // certificate with the critical usage timeStamping
	Clock  func() time.Time
	Policy asn1.ObjectIdentifier
}

// timeStampReq is rfc3161:2.4.1.
type timeStampReq struct {
	Version    int
	Imprint    messageImprint
	Policy     asn1.ObjectIdentifier `asn1:"optional"`
	Nonce      *big.Int              `asn1:"optional"`
	CertReq    bool                  `asn1:"optional,default:false"`
	Extensions []pkix.Extension      `asn1:"tag:0,optional"`
}

// PKIFailureInfo bits. rfc3161:2.4.2
const (
	failBadAlg    = 0
	failBadFormat = 5
	failSystem    = 25
)

// Respond answers a DER TimeStampReq with a DER TimeStampResp. Bad requests get
// a rejection, which is an answer too; the error is for failures of signing.
func (r *Responder) Respond(ctx context.Context, request []byte) ([]byte, error) {
	var req timeStampReq
	if len(request) > maxTokenSize {
		return rejection(failBadFormat)
	}
	if rest, err := asn1.Unmarshal(request, &req); err != nil || len(rest) > 0 || req.Version != 1 {
		return rejection(failBadFormat)
	}
	hash, err := hashOf(req.Imprint.Algorithm.Algorithm)
	if err != nil || weakHash(hash) || len(req.Imprint.Digest) != hash.Size() {
		return rejection(failBadAlg)
	}
	token, err := r.Token(ctx, hash, req.Imprint.Digest, req.Nonce, req.CertReq)
	if err != nil {
		return nil, err
	}
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
			b.AddBytes(token)
		})
	})
}

// Stamp makes a token without the request, as a Stamper.
func (r *Responder) Stamp(ctx context.Context, imprint []byte) ([]byte, error) {
	hash, err := hashByLength(imprint)
	if err != nil {
		return nil, err
	}
	return r.Token(ctx, hash, imprint, nil, true)
}

// Token signs the TSTInfo for an imprint. withCerts embeds the chain.
func (r *Responder) Token(ctx context.Context, hash crypto.Hash, imprint []byte, nonce *big.Int, withCerts bool) ([]byte, error) {
	oid, err := hashOID(hash)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	info, err := der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1ObjectIdentifier(r.Policy)
			addImprint(b, oid, imprint)
			b.AddASN1BigInt(serial)
			b.AddASN1GeneralizedTime(r.Clock().UTC())
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(1) }) // accuracy: one second
			if nonce != nil {
				b.AddASN1BigInt(nonce)
			}
		})
	})
	if err != nil {
		return nil, err
	}
	return r.sign(ctx, info, withCerts)
}

func (r *Responder) sign(ctx context.Context, info []byte, withCerts bool) ([]byte, error) {
	cert := r.Signer.Certificate()
	attrs, err := signedAttributes(oidTSTInfo, sum(crypto.SHA256, info), crypto.SHA256, cert, Options{Profile: CAdES, Time: r.Clock()})
	if err != nil {
		return nil, err
	}
	p := &Prepared{Hash: crypto.SHA256, Attributes: attrs, Digest: sum(crypto.SHA256, attrs)}
	sig, err := r.Signer.Sign(ctx, p.Digest, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	if withCerts {
		p.Certificate = cert.Raw
		for _, c := range r.Signer.Chain() {
			p.Chain = append(p.Chain, c.Raw)
		}
	}
	return assemble(oidTSTInfo, info, p, cert, sig, nil)
}

func rejection(bit int) ([]byte, error) {
	failure := make([]byte, bit/8+1)
	failure[bit/8] = 0x80 >> (bit % 8)
	return asn1.Marshal(struct {
		Status struct {
			Code int
			Fail asn1.BitString
		}
	}{struct {
		Code int
		Fail asn1.BitString
	}{2, asn1.BitString{Bytes: failure, BitLength: bit + 1}}})
}
