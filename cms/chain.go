package cms

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Pool holds certificates to build chains from, and remembers which signed
// which, so that a file with fifty signatures costs little more than one.
type Pool struct {
	certs   []*x509.Certificate
	known   map[[32]byte]bool
	checked map[[2]*x509.Certificate]signedBy
	anchors *Anchors
}

type signedBy struct {
	weak []string
	err  error
}

// NewPool starts a pool on the anchors and their intermediates.
func NewPool(anchors *Anchors) *Pool {
	if anchors == nil {
		anchors = &Anchors{}
	}
	p := &Pool{known: map[[32]byte]bool{}, checked: map[[2]*x509.Certificate]signedBy{}, anchors: anchors}
	p.Add(anchors.extra...)
	return p
}

// maxPool bounds what one document may bring along.
const maxPool = 2000

// Add offers certificates; duplicates are dropped.
func (p *Pool) Add(certs ...*x509.Certificate) {
	for _, c := range certs {
		id := sha256.Sum256(c.Raw)
		if !p.known[id] && len(p.certs) < maxPool {
			p.known[id] = true
			p.certs = append(p.certs, c)
		}
	}
}

// Certificates returns what is in the pool, without the anchors.
func (p *Pool) Certificates() []*x509.Certificate { return p.certs }

// Chain leads from a certificate to an anchor.
type Chain struct {
	Certificates []*x509.Certificate // the leaf first, the anchor last
	Kind         AnchorKind
	Weak         []string // such as "SHA-1": the chain is readable but proves little
}

var (
	// ErrNoAnchor says that no chain to a trusted root could be built: the root
	// is not trusted or a link is missing. Not decided, rather than invalid.
	ErrNoAnchor = errors.New("không dẫn được tới chứng thư số gốc tin cậy")
	// ErrConstraint says that a chain exists but breaks a rule, such as an
	// ordinary certificate acting as an authority.
	ErrConstraint = errors.New("chuỗi chứng thư số vi phạm ràng buộc")
	// ErrPeriod says that a certificate is not within its period.
	ErrPeriod = errors.New("chứng thư số không trong thời hạn hiệu lực")
)

const (
	maxDepth  = 8
	maxChecks = 400
)

// BuildChain finds a chain, preferring one whose certificates are all within
// their periods at the given moment. Periods are not a condition: ask
// [Chain.ValidAt]. Errors: ErrNoAnchor, ErrConstraint. rfc5280:6.1
func (p *Pool) BuildChain(leaf *x509.Certificate, at time.Time) (*Chain, error) {
	s := search{pool: p, at: at}
	s.walk([]*x509.Certificate{leaf}, nil)
	switch {
	case s.best != nil:
		return s.best, nil
	case s.broken != nil:
		return nil, s.broken
	}
	return nil, fmt.Errorf("%w: %s", ErrNoAnchor, leaf.Issuer.CommonName)
}

type search struct {
	pool   *Pool
	at     time.Time
	checks int
	best   *Chain
	broken error // why a chain that reached an anchor was refused
	done   bool
}

// walk extends a path by every possible issuer, anchors first.
func (s *search) walk(path []*x509.Certificate, weak []string) {
	last := path[len(path)-1]
	for _, r := range s.pool.anchors.roots {
		if s.done {
			return
		}
		if r.cert.Equal(last) {
			s.found(path, r.kind, weak)
		} else if by, ok := s.issued(r.cert, last); ok {
			s.found(append(slices.Clone(path), r.cert), r.kind, append(slices.Clone(weak), by.weak...))
		}
	}
	if len(path) >= maxDepth {
		return
	}
	for _, c := range s.pool.certs {
		if s.done {
			return
		}
		if slices.Contains(path, c) {
			continue
		}
		if by, ok := s.issued(c, last); ok {
			s.walk(append(slices.Clone(path), c), append(slices.Clone(weak), by.weak...))
		}
	}
}

func (s *search) found(path []*x509.Certificate, kind AnchorKind, weak []string) {
	if err := checkAuthorities(path); err != nil {
		s.broken = err
		return
	}
	slices.Sort(weak)
	c := &Chain{Certificates: path, Kind: kind, Weak: slices.Compact(weak)}
	if s.best == nil {
		s.best = c
	}
	if c.ValidAt(s.at) == nil {
		s.best, s.done = c, true
	}
}

// issued tells whether the parent's name and key fit the child.
func (s *search) issued(parent, child *x509.Certificate) (signedBy, bool) {
	if !bytes.Equal(parent.RawSubject, child.RawIssuer) || s.checks > maxChecks {
		return signedBy{}, false
	}
	if len(child.AuthorityKeyId) > 0 && len(parent.SubjectKeyId) > 0 && !bytes.Equal(child.AuthorityKeyId, parent.SubjectKeyId) {
		return signedBy{}, false
	}
	s.checks++
	by := s.pool.signedBy(parent, child)
	return by, by.err == nil
}

// signedBy checks the child's signature, SHA-1 included, which crypto/x509 refuses.
func (p *Pool) signedBy(parent, child *x509.Certificate) signedBy {
	key := [2]*x509.Certificate{parent, child}
	if got, ok := p.checked[key]; ok {
		return got
	}
	var got signedBy
	got.weak, got.err = checkSigned(parent, child.Raw, child.RawTBSCertificate, child.Signature)
	p.checked[key] = got
	return got
}

// checkSigned verifies a SIGNED structure (certificate, CRL): whole is the outer
// SEQUENCE, from which the algorithm with its parameters is read.
func checkSigned(by *x509.Certificate, whole, tbs, sig []byte) ([]string, error) {
	in := cryptobyte.String(whole)
	var seq, first cryptobyte.String
	var id pkix.AlgorithmIdentifier
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1Element(&first, casn1.SEQUENCE) || !readAlgorithm(&seq, &id) {
		return nil, malformed("cấu trúc đã ký")
	}
	return checkSignedWith(by, id, tbs, sig)
}

func checkSignedWith(by *x509.Certificate, id pkix.AlgorithmIdentifier, tbs, sig []byte) ([]string, error) {
	alg, err := algorithmOf(id, 0)
	if err != nil {
		return nil, err
	}
	if !alg.hash.Available() {
		return nil, ErrUnsupported
	}
	return weakness(by.PublicKey, alg), verifyWith(by.PublicKey, alg, sum(alg.hash, tbs), sig)
}

// checkAuthorities applies the rules for everything above the leaf. rfc5280:6.1.4
func checkAuthorities(path []*x509.Certificate) error {
	bad := func(c *x509.Certificate, why string) error {
		return fmt.Errorf("%w: %s %s", ErrConstraint, c.Subject.CommonName, why)
	}
	for i, c := range path {
		if len(c.UnhandledCriticalExtensions) > 0 && !onlyStampUsage(c) {
			return bad(c, "có phần mở rộng bắt buộc chưa được hỗ trợ")
		}
		if i == 0 {
			continue
		}
		isAnchor := i == len(path)-1
		if !c.BasicConstraintsValid || !c.IsCA {
			if !isAnchor || c.Version == 3 { // a version 1 root can say nothing
				return bad(c, "không phải là tổ chức chứng thực")
			}
		}
		if c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0 {
			return bad(c, "không được ký chứng thư số")
		}
		if limited := c.MaxPathLen > 0 || c.MaxPathLenZero; limited && i-1 > c.MaxPathLen {
			return bad(c, "đứng trên quá nhiều cấp")
		}
		for _, below := range path[:i] {
			if err := checkNames(c, below); err != nil {
				return err
			}
		}
	}
	return nil
}

func onlyStampUsage(c *x509.Certificate) bool {
	return !slices.ContainsFunc(c.UnhandledCriticalExtensions, func(o asn1.ObjectIdentifier) bool { return !o.Equal(oidExtKeyUsage) })
}

// checkNames is cautious: an authority limited to some names, over a certificate
// that uses names of that type, is refused rather than guessed at. Limits of
// directory names, which package x509 does not read, are critical and refused
// as such. rfc5280:4.2.1.10
func checkNames(ca, below *x509.Certificate) error {
	mail := len(ca.PermittedEmailAddresses)+len(ca.ExcludedEmailAddresses) > 0 && len(below.EmailAddresses) > 0
	dns := len(ca.PermittedDNSDomains)+len(ca.ExcludedDNSDomains) > 0 && len(below.DNSNames) > 0
	ip := len(ca.PermittedIPRanges)+len(ca.ExcludedIPRanges) > 0 && len(below.IPAddresses) > 0
	uri := len(ca.PermittedURIDomains)+len(ca.ExcludedURIDomains) > 0 && len(below.URIs) > 0
	if mail || dns || ip || uri {
		return fmt.Errorf("%w: giới hạn tên của %s", ErrConstraint, ca.Subject.CommonName)
	}
	return nil
}

// ValidAt tells whether every certificate below the anchor was within its period
// at a moment; else ErrPeriod names the first that was not (law:ND23-16).
func (c *Chain) ValidAt(at time.Time) error {
	switch cert := c.outside(at); {
	case cert == nil:
		return nil
	case at.Before(cert.NotBefore):
		return fmt.Errorf("%w: %s chỉ có hiệu lực từ %s", ErrPeriod, cert.Subject.CommonName, civil(cert.NotBefore))
	default:
		return fmt.Errorf("%w: %s hết hạn ngày %s", ErrPeriod, cert.Subject.CommonName, civil(cert.NotAfter))
	}
}

// outside is the first certificate below the anchor that was not within its
// period at a moment, or nil.
func (c *Chain) outside(at time.Time) *x509.Certificate {
	for i, cert := range c.Certificates {
		if i > 0 && i == len(c.Certificates)-1 {
			break
		}
		if at.Before(cert.NotBefore) || at.After(cert.NotAfter) {
			return cert
		}
	}
	return nil
}

// civil is a day in Vietnam, as people read it.
func civil(t time.Time) string { return t.In(hanoi).Format("02/01/2006") }

var hanoi = time.FixedZone("+07", 7*3600)
