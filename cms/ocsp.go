package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/ber"
)

// OCSPResponse is a parsed basic OCSP response. rfc6960:4.2.1
//
// x/crypto/ocsp reads these too, but refuses SHA-1, looks at the first embedded
// certificate only and leaves the responder's rights unchecked.
type OCSPResponse struct {
	Raw          []byte
	ProducedAt   time.Time
	Answers      []OCSPAnswer
	Certificates []*x509.Certificate

	tbs, sig  []byte
	algorithm pkix.AlgorithmIdentifier
}

// OCSPAnswer is the state of one certificate.
type OCSPAnswer struct {
	Serial     *big.Int
	Status     Status
	RevokedAt  time.Time
	Reason     int
	ThisUpdate time.Time
	NextUpdate time.Time // zero if absent

	hash              crypto.Hash
	nameHash, keyHash []byte
}

var oidBasicOCSP = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}

// ParseOCSP reads an OCSPResponse, or the BasicOCSPResponse alone as PDF tools
// sometimes store it, without judging it.
func ParseOCSP(data []byte) (*OCSPResponse, error) {
	raw, rest, err := ber.ToDER(data, MaxSize)
	if err != nil || len(bytes.TrimLeft(rest, "\x00")) > 0 {
		return nil, malformed("OCSP")
	}
	in := cryptobyte.String(raw)
	var seq, basic cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) {
		return nil, malformed("OCSP")
	}
	if !seq.PeekASN1Tag(casn1.ENUM) {
		basic = seq
	} else if basic, err = unwrapOCSP(seq); err != nil {
		return nil, err
	}
	r := &OCSPResponse{Raw: raw}
	return r, r.read(basic)
}

// unwrapOCSP takes responseStatus and responseBytes off. rfc6960:4.2.1
func unwrapOCSP(seq cryptobyte.String) (cryptobyte.String, error) {
	var status int
	var wrapped, body, octets, basic cryptobyte.String
	var kind asn1.ObjectIdentifier
	if !seq.ReadASN1Enum(&status) {
		return nil, malformed("OCSP")
	}
	if status != 0 {
		return nil, fmt.Errorf("máy chủ OCSP từ chối trả lời (mã %d)", status)
	}
	if !seq.ReadASN1(&wrapped, explicit(0)) || !wrapped.ReadASN1(&body, casn1.SEQUENCE) ||
		!body.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidBasicOCSP) ||
		!body.ReadASN1(&octets, casn1.OCTET_STRING) || !octets.ReadASN1(&basic, casn1.SEQUENCE) {
		return nil, malformed("OCSP")
	}
	return basic, nil
}

func (r *OCSPResponse) read(basic cryptobyte.String) error {
	var tbs cryptobyte.String
	var sig asn1.BitString
	if !basic.ReadASN1Element(&tbs, casn1.SEQUENCE) || !readAlgorithm(&basic, &r.algorithm) || !basic.ReadASN1BitString(&sig) {
		return malformed("OCSP")
	}
	r.tbs, r.sig = tbs, sig.RightAlign()
	if basic.PeekASN1Tag(explicit(0)) {
		var wrapped, list cryptobyte.String
		if !basic.ReadASN1(&wrapped, explicit(0)) || !wrapped.ReadASN1(&list, casn1.SEQUENCE) {
			return malformed("OCSP")
		}
		for !list.Empty() && len(r.Certificates) < 16 {
			var e cryptobyte.String
			if !list.ReadASN1Element(&e, casn1.SEQUENCE) {
				return malformed("OCSP")
			}
			if c, err := x509.ParseCertificate(e); err == nil {
				r.Certificates = append(r.Certificates, c)
			}
		}
	}
	return r.readData()
}

// readData takes ResponseData. rfc6960:4.2.1
func (r *OCSPResponse) readData() error {
	in := cryptobyte.String(r.tbs)
	var data, skipped, list cryptobyte.String
	var tag casn1.Tag
	if !in.ReadASN1(&data, casn1.SEQUENCE) || !data.SkipOptionalASN1(explicit(0)) ||
		!data.ReadAnyASN1(&skipped, &tag) || !data.ReadASN1GeneralizedTime(&r.ProducedAt) || !data.ReadASN1(&list, casn1.SEQUENCE) {
		return malformed("OCSP")
	}
	for !list.Empty() {
		var one cryptobyte.String
		if !list.ReadASN1(&one, casn1.SEQUENCE) || len(r.Answers) >= 1000 {
			return malformed("OCSP")
		}
		a, err := readAnswer(one)
		if err != nil {
			return err
		}
		r.Answers = append(r.Answers, a)
	}
	return nil
}

func readAnswer(in cryptobyte.String) (OCSPAnswer, error) {
	a := OCSPAnswer{Serial: new(big.Int)}
	bad := malformed("OCSP SingleResponse")
	var id, status cryptobyte.String
	var alg pkix.AlgorithmIdentifier
	var tag casn1.Tag
	if !in.ReadASN1(&id, casn1.SEQUENCE) || !readAlgorithm(&id, &alg) || !id.ReadASN1Bytes(&a.nameHash, casn1.OCTET_STRING) ||
		!id.ReadASN1Bytes(&a.keyHash, casn1.OCTET_STRING) || !id.ReadASN1Integer(a.Serial) || !in.ReadAnyASN1(&status, &tag) {
		return a, bad
	}
	var err error
	if a.hash, err = hashOf(alg.Algorithm); err != nil {
		return a, err
	}
	switch tag {
	case casn1.Tag(0).ContextSpecific():
		a.Status = Good
	case explicit(1):
		a.Status = Revoked
		if !status.ReadASN1GeneralizedTime(&a.RevokedAt) {
			return a, bad
		}
		var reason cryptobyte.String
		var present bool
		if !status.ReadOptionalASN1(&reason, &present, explicit(0)) || (present && !reason.ReadASN1Enum(&a.Reason)) {
			return a, bad
		}
	case casn1.Tag(2).ContextSpecific():
		a.Status = Unknown
	default:
		return a, bad
	}
	if !in.ReadASN1GeneralizedTime(&a.ThisUpdate) {
		return a, bad
	}
	if in.PeekASN1Tag(explicit(0)) {
		var next cryptobyte.String
		if !in.ReadASN1(&next, explicit(0)) || !next.ReadASN1GeneralizedTime(&a.NextUpdate) {
			return a, bad
		}
	}
	return a, nil
}

// For finds the answer about a certificate: serial and issuer must both fit.
func (r *OCSPResponse) For(cert, issuer *x509.Certificate) (OCSPAnswer, bool) {
	for _, a := range r.Answers {
		if a.Serial.Cmp(cert.SerialNumber) != 0 || !bytes.Equal(a.nameHash, sum(a.hash, issuer.RawSubject)) {
			continue
		}
		if bytes.Equal(a.keyHash, sum(a.hash, publicKeyBits(issuer))) {
			return a, true
		}
	}
	return OCSPAnswer{}, false
}

// publicKeyBits is the subjectPublicKey BIT STRING's content. rfc6960:4.1.1
func publicKeyBits(c *x509.Certificate) []byte {
	in := cryptobyte.String(c.RawSubjectPublicKeyInfo)
	var seq, alg cryptobyte.String
	var bits asn1.BitString
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1Element(&alg, casn1.SEQUENCE) || !seq.ReadASN1BitString(&bits) {
		return nil
	}
	return bits.RightAlign()
}

// Responder finds who signed the response among the issuer itself and the
// certificates it delegated to by the usage OCSPSigning. rfc6960:4.2.2.2
func (r *OCSPResponse) Responder(issuer *x509.Certificate, pool []*x509.Certificate) (*x509.Certificate, []string, error) {
	var err error = fmt.Errorf("%w: không tìm thấy chứng thư số của máy chủ OCSP", ErrUsage)
	for _, c := range append(slices.Clone(r.Certificates), pool...) {
		if !bytes.Equal(c.RawIssuer, issuer.RawSubject) || !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) {
			continue
		}
		weakCert, certErr := checkSigned(issuer, c.Raw, c.RawTBSCertificate, c.Signature)
		if certErr != nil {
			continue
		}
		weak, sigErr := checkSignedWith(c, r.algorithm, r.tbs, r.sig)
		if sigErr != nil {
			err = fmt.Errorf("chữ ký của câu trả lời OCSP: %w", sigErr)
			continue
		}
		if r.ProducedAt.Before(c.NotBefore) || r.ProducedAt.After(c.NotAfter) {
			err = fmt.Errorf("%w: máy chủ OCSP %s", ErrPeriod, c.Subject.CommonName)
			continue
		}
		return c, append(weak, weakCert...), nil
	}
	if weak, own := checkSignedWith(issuer, r.algorithm, r.tbs, r.sig); own == nil {
		return issuer, weak, nil
	}
	return nil, nil, err
}

// noCheck tells whether the issuer exempts a responder from revocation checks.
func noCheck(c *x509.Certificate) bool {
	return slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidOCSPNoCheck) })
}

// NewOCSPRequest asks about one certificate, naming its issuer by SHA-1, which
// every responder knows (rfc5019:2.1.1); nothing rests on that hash.
func NewOCSPRequest(cert, issuer *x509.Certificate) ([]byte, error) {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // OCSPRequest
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // TBSRequest
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // requestList
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // Request
						b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // CertID
							addAlgorithm(b, oidSHA1, true)
							b.AddASN1OctetString(sum(crypto.SHA1, issuer.RawSubject))
							b.AddASN1OctetString(sum(crypto.SHA1, publicKeyBits(issuer)))
							b.AddASN1BigInt(cert.SerialNumber)
						})
					})
				})
			})
		})
	})
}

// Fetch gets revocation answers. A nil function, or the zero Fetch, means that
// nothing may be asked for: what is not at hand stays unknown.
type Fetch struct {
	OCSP func(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error)
	// CRL gets the list at one of the addresses in a certificate of the issuer.
	CRL func(ctx context.Context, url string, issuer *x509.Certificate) ([]byte, error)
}

// Online fetches from the addresses in the certificate. They are asked only for
// certificates whose chain already leads to a trusted anchor, so a forged file
// cannot make the program call addresses of its choice.
func Online(client *http.Client) Fetch {
	return Fetch{
		OCSP: func(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
			request, err := NewOCSPRequest(cert, issuer)
			if err != nil {
				return nil, err
			}
			return tryEach(cert.OCSPServer, func(url string) ([]byte, error) {
				return post(ctx, client, url, "application/ocsp-request", request, 1<<20)
			})
		},
		CRL: func(ctx context.Context, url string, _ *x509.Certificate) ([]byte, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
			if err != nil {
				return nil, err
			}
			return do(client, req, MaxSize)
		},
	}
}

// errNoAddress says that a certificate names nobody to ask.
var errNoAddress = errors.New("chứng thư số không ghi địa chỉ kiểm tra thu hồi")

func tryEach(urls []string, get func(url string) ([]byte, error)) ([]byte, error) {
	err := errNoAddress
	for _, u := range askable(urls) {
		var data []byte
		if data, err = get(u); err == nil {
			return data, nil
		}
	}
	return nil, err
}

// askable keeps the addresses of a certificate that can be asked, four at most.
func askable(urls []string) (out []string) {
	for _, u := range urls {
		if len(out) < 4 && (strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://")) {
			out = append(out, u)
		}
	}
	return out
}
