package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/ber"
)

// Token is a parsed RFC 3161 time-stamp token (dấu thời gian).
type Token struct {
	Raw     []byte // the ContentInfo
	Time    time.Time
	Hash    crypto.Hash
	Imprint []byte // Hash of what is stamped
	Serial  *big.Int
	Policy  asn1.ObjectIdentifier
	Nonce   *big.Int
	Signed  *SignedData
}

// tstInfo is rfc3161:2.4.2.
type tstInfo struct {
	Version    int
	Policy     asn1.ObjectIdentifier
	Imprint    messageImprint
	Serial     *big.Int
	Time       time.Time        `asn1:"generalized"`
	Accuracy   accuracy         `asn1:"optional"`
	Ordering   bool             `asn1:"optional,default:false"`
	Nonce      *big.Int         `asn1:"optional"`
	TSA        asn1.RawValue    `asn1:"tag:0,optional"`
	Extensions []pkix.Extension `asn1:"tag:1,optional"`
}

type messageImprint struct {
	Algorithm pkix.AlgorithmIdentifier
	Digest    []byte
}

type accuracy struct {
	Seconds int `asn1:"optional"`
	Millis  int `asn1:"tag:0,optional"`
	Micros  int `asn1:"tag:1,optional"`
}

// ErrImprint says that a token stamps something else.
var ErrImprint = errors.New("dấu thời gian được cấp cho dữ liệu khác")

// ParseToken reads a token without judging it.
func ParseToken(data []byte) (*Token, error) {
	sd, err := Parse(data)
	if err != nil {
		return nil, err
	}
	if !sd.ContentType.Equal(oidTSTInfo) || sd.Content == nil {
		return nil, malformed("không phải dấu thời gian")
	}
	if len(sd.Signers) != 1 { // rfc3161:2.4.2: exactly the TSA's
		return nil, malformed("dấu thời gian phải có đúng một chữ ký")
	}
	var info tstInfo
	if rest, err := asn1.Unmarshal(sd.Content, &info); err != nil || len(rest) > 0 || info.Version != 1 {
		return nil, malformed("TSTInfo")
	}
	hash, err := hashOf(info.Imprint.Algorithm.Algorithm)
	if err != nil {
		return nil, err
	}
	if len(info.Imprint.Digest) != hash.Size() {
		return nil, malformed("messageImprint")
	}
	return &Token{
		Raw: sd.Raw, Time: info.Time.UTC(), Hash: hash, Imprint: info.Imprint.Digest,
		Serial: info.Serial, Policy: info.Policy, Nonce: info.Nonce, Signed: sd,
	}, nil
}

// Covers tells whether the token stamps exactly these bytes; else ErrImprint.
func (t *Token) Covers(data []byte) error { return t.CoversDigest(sum(t.Hash, data)) }

// CoversDigest is Covers for a digest already made with t.Hash.
func (t *Token) CoversDigest(digest []byte) error {
	if subtle.ConstantTimeCompare(digest, t.Imprint) != 1 {
		return ErrImprint
	}
	return nil
}

// Certificate is the stamping authority's certificate, nil if not embedded.
func (t *Token) Certificate() *x509.Certificate { return t.Signed.Signers[0].Certificate }

// Supply offers certificates from elsewhere (a DSS) when the token embeds none.
func (t *Token) Supply(certs []*x509.Certificate) { t.Signed.Supply(certs) }

// Supply offers certificates from elsewhere for signers whose own is not embedded.
func (s *SignedData) Supply(certs []*x509.Certificate) {
	for _, si := range s.Signers {
		if si.Certificate == nil {
			si.Certificate = si.match(certs)
		}
	}
}

// Verify checks the token's own signature and that its certificate may stamp.
// Chain and revocation are checked apart. rfc3161:2.3
func (t *Token) Verify() (Checked, error) {
	si := t.Signed.Signers[0]
	c, err := t.Signed.VerifyContent(si, nil)
	if err != nil {
		return c, err
	}
	if !c.Bound {
		return c, malformed("dấu thời gian thiếu tham chiếu chứng thư số")
	}
	if weakHash(t.Hash) {
		c.Weak = append(c.Weak, hashName(t.Hash))
	}
	return c, checkStampUsage(si.Certificate)
}

// TSAClient asks a time-stamp authority over HTTP. rfc3161:3.4
type TSAClient struct {
	URL    string
	Client *http.Client // nil: a client with a 20 s limit
}

const maxTokenSize = 256 << 10

// Stamp gets a token over imprint; it is a Stamper. The answer's imprint, nonce
// and signature are checked before it is returned.
func (c *TSAClient) Stamp(ctx context.Context, imprint []byte) ([]byte, error) {
	req, nonce, err := NewTimestampRequest(imprint)
	if err != nil {
		return nil, err
	}
	body, err := post(ctx, c.Client, c.URL, "application/timestamp-query", req, maxTokenSize)
	if err != nil {
		return nil, err
	}
	raw, err := ParseTimestampResponse(body)
	if err != nil {
		return nil, err
	}
	token, err := ParseToken(raw)
	if err != nil {
		return nil, err
	}
	if err := token.CoversDigest(imprint); err != nil {
		return nil, err
	}
	if token.Nonce == nil || token.Nonce.Cmp(nonce) != 0 {
		return nil, malformed("dấu thời gian trả lời một yêu cầu khác (nonce)")
	}
	if _, err := token.Verify(); err != nil {
		return nil, err
	}
	return raw, nil
}

// NewTimestampRequest encodes a TimeStampReq for an imprint of SHA-256, SHA-384
// or SHA-512, asking for the certificate, with a fresh nonce. rfc3161:2.4.1
func NewTimestampRequest(imprint []byte) (request []byte, nonce *big.Int, err error) {
	hash, err := hashByLength(imprint)
	if err != nil {
		return nil, nil, err
	}
	oid, err := hashOID(hash)
	if err != nil {
		return nil, nil, err
	}
	if nonce, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63)); err != nil {
		return nil, nil, err
	}
	request, err = der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			addImprint(b, oid, imprint)
			b.AddASN1BigInt(nonce)
			b.AddASN1Boolean(true)
		})
	})
	return request, nonce, err
}

func addImprint(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, imprint []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addAlgorithm(b, oid, true)
		b.AddASN1OctetString(imprint)
	})
}

func hashByLength(digest []byte) (crypto.Hash, error) {
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		if h.Size() == len(digest) {
			return h, nil
		}
	}
	return 0, fmt.Errorf("%w: giá trị băm dài %d byte", ErrUnsupported, len(digest))
}

// ParseTimestampResponse returns the token of a granted TimeStampResp. rfc3161:2.4.2
func ParseTimestampResponse(data []byte) ([]byte, error) {
	raw, _, err := ber.ToDER(data, MaxSize)
	if err != nil {
		return nil, err
	}
	in := cryptobyte.String(raw)
	var resp, status, token cryptobyte.String
	var code int
	if !in.ReadASN1(&resp, casn1.SEQUENCE) || !resp.ReadASN1(&status, casn1.SEQUENCE) || !status.ReadASN1Integer(&code) {
		return nil, malformed("TimeStampResp")
	}
	if code != 0 && code != 1 { // granted, grantedWithMods
		return nil, fmt.Errorf("máy chủ dấu thời gian từ chối (mã %d)", code)
	}
	if !resp.ReadASN1Element(&token, casn1.SEQUENCE) {
		return nil, malformed("TimeStampResp")
	}
	return bytes.Clone(token), nil
}

// post sends a request and reads an answer of at most limit bytes.
func post(ctx context.Context, client *http.Client, url, kind string, body []byte, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	return do(client, req, limit)
}

func do(client *http.Client, req *http.Request, limit int64) ([]byte, error) {
	if client == nil {
		client = &http.Client{Timeout: 20 * time.Second}
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("không kết nối được %s: %w", req.URL.Host, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s trả lời HTTP %d", req.URL.Host, resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, ErrTooLarge
	}
	return data, nil
}
