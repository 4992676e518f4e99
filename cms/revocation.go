package cms

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Status is whether a certificate was withdrawn.
type Status string

// The states. Unknown is never to be read as good (law:ND23-16).
const (
	Good    Status = "good"
	Revoked Status = "revoked"
	Unknown Status = "unknown"
)

// Revocation is the state of one certificate at one moment, with its ground.
type Revocation struct {
	Status     Status    `json:"status"`
	RevokedAt  time.Time `json:"revoked_at,omitzero"` // also set when Good: revoked later
	Reason     int       `json:"reason,omitempty"`    // rfc5280:5.3.1
	Source     string    `json:"source,omitempty"`    // "OCSP" or "CRL"
	ThisUpdate time.Time `json:"this_update,omitzero"`
	Cause      string    `json:"cause,omitempty"` // why unknown, Vietnamese
	Weak       []string  `json:"weak,omitempty"`
}

// Evidence is what a check rested on, or may rest on: DER values, kept with the
// document so that the check can be repeated when nobody answers any more.
type Evidence struct {
	Certificates [][]byte `json:"certificates,omitempty"`
	OCSPs        [][]byte `json:"ocsps,omitempty"`
	CRLs         [][]byte `json:"crls,omitempty"`
	Tokens       [][]byte `json:"tokens,omitempty"`
}

// Add joins other evidence in, without duplicates.
func (e *Evidence) Add(more Evidence) {
	e.Certificates = union(e.Certificates, more.Certificates)
	e.OCSPs = union(e.OCSPs, more.OCSPs)
	e.CRLs = union(e.CRLs, more.CRLs)
	e.Tokens = union(e.Tokens, more.Tokens)
}

func union(have, more [][]byte) [][]byte {
	for _, m := range more {
		if !slices.ContainsFunc(have, func(h []byte) bool { return bytes.Equal(h, m) }) {
			have = append(have, m)
		}
	}
	return have
}

// Check judges revocation over one stock of evidence. It keeps parsed answers
// between calls and notes what its verdicts used.
type Check struct {
	At    time.Time // the moment that matters: signing time if proven, else now
	Now   time.Time // answers from after this moment are not believed
	Pool  *Pool     // where certificates of responders are found
	Fetch Fetch     // asked when the evidence does not decide
	Used  Evidence  // filled by Revocation

	stock *stock
}

// stock is the parsed evidence, shared by the checks made with AsOf.
type stock struct {
	ocsps []*OCSPResponse
	crls  []*crl
	// signers remembers who signed which answer: the same one is judged for
	// many signatures.
	signers map[signedAnswer]signer
	asked   map[string]error // by certificate (DER): what came of asking
}

type signedAnswer struct {
	answer any // *OCSPResponse or *crl
	issuer *x509.Certificate
}

type signer struct {
	by   *x509.Certificate
	weak []string
	err  error
}

// signerOf asks find once per answer and issuer.
func (s *stock) signerOf(answer any, issuer *x509.Certificate, find func() signer) signer {
	key := signedAnswer{answer, issuer}
	got, ok := s.signers[key]
	if !ok {
		got = find()
		if s.signers == nil {
			s.signers = map[signedAnswer]signer{}
		}
		s.signers[key] = got
	}
	return got
}

func (c *Check) have() *stock {
	if c.stock == nil {
		c.stock = &stock{}
	}
	return c.stock
}

// skew forgives clocks that differ a little between machines.
const skew = 5 * time.Minute

// Offer adds answers at hand; unreadable ones are dropped.
func (c *Check) Offer(e Evidence) {
	s := c.have()
	for _, raw := range e.OCSPs {
		if r, err := ParseOCSP(raw); err == nil {
			s.ocsps = append(s.ocsps, r)
		}
	}
	for _, raw := range e.CRLs {
		if l, err := parseCRL(raw); err == nil {
			s.crls = append(s.crls, l)
		}
	}
}

// AsOf is the same check for another moment, over the same stock of evidence.
func (c *Check) AsOf(at time.Time) *Check {
	c.have()
	d := *c
	d.At, d.Used = at, Evidence{}
	return &d
}

// Revocation judges one certificate issued by issuer. A revocation up to the
// moment At decides; otherwise one usable "good" does; otherwise it is unknown,
// with the reason. rfc6960:3.2 rfc5280:6.3
func (c *Check) Revocation(ctx context.Context, cert, issuer *x509.Certificate) Revocation {
	best := c.atHand(cert, issuer, true)
	if best.Status != Unknown {
		return best
	}
	s := c.have()
	failed, asked := s.asked[string(cert.Raw)]
	if !asked {
		failed = c.fetch(ctx, cert, issuer)
		if s.asked == nil {
			s.asked = map[string]error{}
		}
		s.asked[string(cert.Raw)] = failed
		best = c.atHand(cert, issuer, true)
	}
	if best.Status == Unknown && failed != nil {
		best.Cause = failed.Error()
	}
	return best
}

// fetch asks for an OCSP answer and, if that does not decide, for lists until one
// does, or several together. What arrives joins the stock; the error is the last that
// occurred. It is called once per certificate: a server that is down is not waited
// for again.
func (c *Check) fetch(ctx context.Context, cert, issuer *x509.Certificate) error {
	var failed error
	if c.Fetch.OCSP != nil && len(cert.OCSPServer) > 0 {
		raw, err := c.Fetch.OCSP(ctx, cert, issuer)
		var r *OCSPResponse
		if err == nil {
			r, err = ParseOCSP(raw)
		}
		if failed = err; err == nil {
			c.stock.ocsps = append(c.stock.ocsps, r)
			if c.atHand(cert, issuer, true).Status != Unknown {
				return nil
			}
		}
	}
	if c.Fetch.CRL == nil {
		return failed
	}
	for _, url := range askable(cert.CRLDistributionPoints) {
		raw, err := c.Fetch.CRL(ctx, url, issuer)
		var l *crl
		if err == nil {
			l, err = parseCRL(raw)
		}
		if failed = err; err == nil {
			c.stock.crls = append(c.stock.crls, l)
			if c.atHand(cert, issuer, true).Status != Unknown {
				return nil
			}
		}
	}
	return failed
}

// atHand goes through all answers; delegated is false while a responder's own
// certificate is being checked, which only a CRL may vouch for.
func (c *Check) atHand(cert, issuer *x509.Certificate, delegated bool) Revocation {
	best := Revocation{Status: Unknown, Cause: "không có câu trả lời OCSP hoặc danh sách thu hồi"}
	var used Evidence
	consider := func(r Revocation, e Evidence) {
		switch {
		case best.Status == Revoked, r.Status == Unknown && best.Status == Good:
			return
		case r.Status == Revoked, r.Status == Good && best.Status != Good, r.Status == Unknown,
			len(r.Weak) < len(best.Weak): // two that are good: the stronger one
			best, used = r, e
		}
	}
	if delegated {
		for _, o := range c.have().ocsps {
			if r, e, ok := c.judgeOCSP(o, cert, issuer); ok {
				consider(r, e)
			}
		}
	}
	var lists partial
	for _, l := range c.have().crls {
		r, covered, ok := c.judgeCRL(l, cert, issuer)
		switch {
		case !ok:
		case r.Status == Good && covered != everyReason:
			lists.join(r, covered, l.raw)
			consider(Revocation{Status: Unknown, Cause: errPartial.Error()}, Evidence{})
		default:
			consider(r, Evidence{CRLs: [][]byte{l.raw}})
		}
	}
	if lists.covered == everyReason {
		consider(lists.good, lists.used)
	}
	if best.Status != Unknown {
		c.Used.Add(used)
	}
	return best
}

// judgeOCSP reports false if the response is not about this certificate.
func (c *Check) judgeOCSP(o *OCSPResponse, cert, issuer *x509.Certificate) (Revocation, Evidence, bool) {
	a, about := o.For(cert, issuer)
	if !about {
		return Revocation{}, Evidence{}, false
	}
	unknown := func(err error) (Revocation, Evidence, bool) {
		return Revocation{Status: Unknown, Cause: err.Error()}, Evidence{}, true
	}
	signed := c.have().signerOf(o, issuer, func() signer {
		by, weak, err := o.Responder(issuer, c.Pool.Certificates())
		return signer{by, weak, err}
	})
	by := signed.by
	if signed.err != nil {
		return unknown(signed.err)
	}
	if by != issuer && !noCheck(by) {
		own := c.atHand(by, issuer, false)
		if own.Status != Good {
			return unknown(errors.New("chưa biết chứng thư số của máy chủ OCSP còn hiệu lực hay không"))
		}
	}
	r := c.judge(a.Status, a.RevokedAt, a.ThisUpdate, a.NextUpdate, cert)
	r.Source, r.Reason, r.Weak = "OCSP", a.Reason, signed.weak
	e := Evidence{OCSPs: [][]byte{o.Raw}}
	if by != issuer {
		e.Certificates = [][]byte{by.Raw}
	}
	return r, e, true
}

// judge weighs a statement made at thisUpdate about a certificate for the
// moment At.
func (c *Check) judge(s Status, revokedAt, thisUpdate, nextUpdate time.Time, cert *x509.Certificate) Revocation {
	r := Revocation{Status: Unknown, ThisUpdate: thisUpdate}
	switch {
	case thisUpdate.After(c.Now.Add(skew)):
		r.Cause = "câu trả lời đề ngày trong tương lai"
	case s == Revoked && !revokedAt.After(c.At):
		r.Status, r.RevokedAt = Revoked, revokedAt
	case s == Revoked: // withdrawn after the moment that matters: was good then
		r.Status, r.RevokedAt = Good, revokedAt
	case s == Unknown:
		r.Cause = "máy chủ OCSP không biết chứng thư số này"
	case thisUpdate.After(cert.NotAfter):
		// Authorities may drop expired certificates from their lists. rfc5280:3.3
		r.Cause = "câu trả lời được lập sau khi chứng thư số hết hạn"
	case thisUpdate.Before(c.At.Add(-skew)) && nextUpdate.Before(c.At):
		r.Cause = "câu trả lời đã cũ so với thời điểm ký (" + civil(thisUpdate) + ")"
	default:
		r.Status = Good
	}
	return r
}

// crl is a parsed revocation list.
type crl struct {
	raw  []byte
	list *x509.RevocationList
}

// parseCRL reads a list; what covers refuses is refused later.
func parseCRL(data []byte) (*crl, error) {
	if len(data) > MaxSize {
		return nil, ErrTooLarge
	}
	list, err := x509.ParseRevocationList(data)
	if err != nil {
		return nil, malformed("CRL")
	}
	return &crl{data, list}, nil
}

// judgeCRL reports false if the list is not this issuer's. Good is meant for the
// reasons covered alone.
func (c *Check) judgeCRL(l *crl, cert, issuer *x509.Certificate) (r Revocation, covered reasons, ours bool) {
	if !bytes.Equal(l.list.RawIssuer, cert.RawIssuer) || !bytes.Equal(l.list.RawIssuer, issuer.RawSubject) {
		return Revocation{}, 0, false
	}
	unknown := func(err error) (Revocation, reasons, bool) {
		return Revocation{Status: Unknown, Cause: err.Error()}, 0, true
	}
	if issuer.KeyUsage != 0 && issuer.KeyUsage&x509.KeyUsageCRLSign == 0 {
		return unknown(fmt.Errorf("%w: ký danh sách thu hồi", ErrUsage))
	}
	signed := c.have().signerOf(l, issuer, func() signer {
		weak, err := checkSigned(issuer, l.list.Raw, l.list.RawTBSRevocationList, l.list.Signature)
		return signer{issuer, weak, err}
	})
	if signed.err != nil {
		return unknown(fmt.Errorf("chữ ký của danh sách thu hồi: %w", signed.err))
	}
	covered, err := l.covers(cert)
	if err != nil {
		return unknown(err)
	}
	status, at, reason := Good, time.Time{}, 0
	for _, e := range l.list.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(cert.SerialNumber) == 0 {
			status, at, reason = Revoked, e.RevocationTime, e.ReasonCode
		}
	}
	r = c.judge(status, at, l.list.ThisUpdate, l.list.NextUpdate, cert)
	r.Source, r.Reason, r.Weak = "CRL", reason, signed.weak
	return r, covered, true
}

var errPartial = fmt.Errorf("%w: danh sách thu hồi từng phần", ErrUnsupported)

// covers tells for which reasons the list speaks, and refuses lists that are not whole
// for this certificate otherwise. rfc5280:5.2.4-5.2.5
func (l *crl) covers(cert *x509.Certificate) (reasons, error) {
	covered := everyReason
	for _, e := range l.list.Extensions {
		switch id := e.Id.String(); {
		case id == "2.5.29.28":
			var ok bool
			if covered, ok = pointCovers(e.Value, cert); !ok {
				return 0, errPartial
			}
		case id == "2.5.29.27": // delta CRL
			return 0, errPartial
		case e.Critical:
			return 0, errPartial
		}
	}
	return covered, nil
}

// pointCovers reads IssuingDistributionPoint: [0] the point, which must be one
// that the certificate names, and the flags [1] user, [2] CA, [3] some reasons,
// [4] indirect, [5] attribute certificates only. rfc5280:6.3.3
func pointCovers(value []byte, cert *x509.Certificate) (covered reasons, ok bool) {
	in := cryptobyte.String(value)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) {
		return 0, false
	}
	covered = everyReason
	for !seq.Empty() {
		var field cryptobyte.String
		var tag casn1.Tag
		if !seq.ReadAnyASN1(&field, &tag) {
			return 0, false
		}
		set := len(field) == 1 && field[0] != 0
		switch tag &^ 0x20 {
		case casn1.Tag(0).ContextSpecific():
			if !pointOf(field, cert.CRLDistributionPoints) {
				return 0, false
			}
		case casn1.Tag(1).ContextSpecific():
			if set && cert.IsCA {
				return 0, false
			}
		case casn1.Tag(2).ContextSpecific():
			if set && !cert.IsCA {
				return 0, false
			}
		case casn1.Tag(3).ContextSpecific():
			covered = readReasons(field)
		default:
			if set {
				return 0, false
			}
		}
	}
	return covered, true
}

// pointOf tells whether a point has one of these addresses. Its other forms,
// which no list in use has, are not compared: such a list does not decide.
func pointOf(point cryptobyte.String, addresses []string) bool {
	var names cryptobyte.String
	if !point.ReadASN1(&names, explicit(0)) {
		return false
	}
	for !names.Empty() {
		var name cryptobyte.String
		var tag casn1.Tag
		if !names.ReadAnyASN1(&name, &tag) {
			return false
		}
		if tag == casn1.Tag(6).ContextSpecific() && slices.Contains(addresses, string(name)) {
			return true
		}
	}
	return false
}
