package signing_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
)

// issuers are a root and an authority below it, made by hand: they certify
// what the demonstration authority does not. Their lists are on a server.
type issuers struct {
	t          *testing.T
	rootK, caK crypto.Signer
	root, ca   *x509.Certificate
	anchors    *cms.Anchors
	url        string

	mu      sync.Mutex
	revoked map[string]*big.Int // by who lists it: "/root.crl", "/ca.crl"
	next    time.Time           // when the lists are to be renewed
	fault   bool                // no list is served
	serial  int64
}

var (
	noon  = time.Date(2026, 3, 3, 5, 0, 0, 0, time.UTC)
	years = func(n int) time.Time { return noon.AddDate(n, 0, 0) }
)

// newIssuers makes them. ca tells what is special about the authority.
func newIssuers(t *testing.T, caKey crypto.Signer, ca func(*x509.Certificate)) *issuers {
	t.Helper()
	i := &issuers{t: t, rootK: ecKey(t, elliptic.P256()), caK: caKey, anchors: &cms.Anchors{}, revoked: map[string]*big.Int{}, next: years(1)}
	s := httptest.NewServer(http.HandlerFunc(i.list))
	t.Cleanup(s.Close)
	i.url = s.URL
	c := &x509.Certificate{Subject: pkix.Name{CommonName: "Gốc"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	i.root = i.issue(c, nil, i.rootK.Public())
	c = &x509.Certificate{Subject: pkix.Name{CommonName: "Tổ chức cấp"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, CRLDistributionPoints: []string{i.url + "/root.crl"}}
	if ca != nil {
		ca(c)
	}
	i.ca = i.issue(c, i.root, i.caK.Public())
	i.anchors.Add(cms.Public, i.root)
	return i
}

func ecKey(t *testing.T, c elliptic.Curve) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (i *issuers) issue(c, parent *x509.Certificate, pub crypto.PublicKey) *x509.Certificate {
	i.t.Helper()
	i.serial++
	c.SerialNumber, c.SubjectKeyId = big.NewInt(i.serial), []byte{1, byte(i.serial)}
	if c.NotBefore.IsZero() {
		c.NotBefore = years(-1)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = years(5)
	}
	key := i.rootK
	if parent == nil {
		parent = c
	} else if parent == i.ca {
		key = i.caK
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, parent, pub, key)
	if err != nil {
		i.t.Fatal(err)
	}
	out, err := x509.ParseCertificate(raw)
	if err != nil {
		i.t.Fatal(err)
	}
	return out
}

// list answers for the lists of both.
func (i *issuers) list(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	by, key := i.ca, i.caK
	if r.URL.Path == "/root.crl" {
		by, key = i.root, i.rootK
	}
	l := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: noon.Add(-48 * time.Hour), NextUpdate: i.next}
	if n := i.revoked[r.URL.Path]; n != nil {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: n, RevocationTime: noon.Add(-24 * time.Hour)}}
	}
	raw, err := x509.CreateRevocationList(rand.Reader, l, by, key)
	if err != nil || i.fault {
		http.Error(w, "no list", http.StatusServiceUnavailable)
		return
	}
	w.Write(raw)
}

// person is a certificate for signing, changed by more.
func (i *issuers) person(pub crypto.PublicKey, more func(*x509.Certificate)) signing.Certificate {
	i.t.Helper()
	c := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Lê Quốc Hùng"}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		CRLDistributionPoints: []string{i.url + "/ca.crl"},
	}
	if more != nil {
		more(c)
	}
	return signing.Describe([]*x509.Certificate{i.issue(c, i.ca, pub), i.ca})
}

// serial is the number of an entered certificate.
func serialOf(t *testing.T, c signing.Certificate) *big.Int {
	t.Helper()
	chain, err := c.Parse()
	if err != nil {
		t.Fatal(err)
	}
	return chain[0].SerialNumber
}

// A certificate of the demonstration authority, which answers over OCSP:
// before anything is signed, its state is asked for and named (ND23-15,
// HT33-4.2).
func TestCheckBeforeSigning_ND23_15(t *testing.T) {
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	defer s.Close()
	ca, err := authority.Open(t.TempDir(), s.URL+"/ca", func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/ca/", ca)
	anchors := &cms.Anchors{}
	anchors.Add(cms.Demo, ca.Root())
	enter := func(pub crypto.PublicKey) signing.Certificate {
		return signing.Describe(certifiedFor(t, ca, pub))
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good, revoked := enter(ecKey(t, elliptic.P256()).Public()), enter(ecKey(t, elliptic.P256()).Public())
	if err := ca.Revoke(serialOf(t, revoked), authority.KeyCompromise); err != nil {
		t.Fatal(err)
	}
	bare, swapped := good, good
	bare.PEM, swapped.PEM = "", revoked.PEM
	alone := signing.Describe(certifiedFor(t, ca, ecKey(t, elliptic.P256()).Public())[:1])
	other := &cms.Anchors{}
	other.Add(cms.Public, newIssuers(t, ecKey(t, elliptic.P256()), nil).root)
	gone, cancel := context.WithCancel(t.Context())
	cancel()

	for _, c := range []struct {
		name    string
		cert    signing.Certificate
		at      time.Time
		anchors *cms.Anchors
		client  *http.Client
		ctx     context.Context
		want    signing.State
	}{
		{name: "in force", cert: good},
		{name: "P-384", cert: enter(ecKey(t, elliptic.P384()).Public())},
		{name: "not yet", cert: good, at: time.Date(2023, 12, 31, 0, 0, 0, 0, time.UTC), want: signing.NotYet},
		{name: "expired", cert: good, at: time.Date(2036, 1, 2, 0, 0, 0, 0, time.UTC), want: signing.Expired},
		{name: "revoked", cert: revoked, want: signing.Revoked},
		{name: "another root is trusted", cert: good, anchors: other, want: signing.Untrusted},
		{name: "nobody is trusted", cert: good, anchors: &cms.Anchors{}, want: signing.Untrusted},
		{name: "entered without its issuer", cert: alone, want: signing.Untrusted},
		{name: "an authority's own", cert: signing.Describe([]*x509.Certificate{ca.Issuing()}), want: signing.Unfit},
		{name: "for time stamps", cert: signing.Describe([]*x509.Certificate{ca.TSA().Signer.Certificate(), ca.Issuing()}), want: signing.Unfit},
		{name: "a key of a kind that nobody checks", cert: enter(edwards), want: signing.Unfit},
		{name: "RSA-1024", cert: enter(small.Public()), want: signing.Weak},
		{name: "P-224", cert: enter(ecKey(t, elliptic.P224()).Public()), want: signing.Weak},
		{name: "no answer", cert: good, client: &http.Client{Transport: silent{}}, want: signing.Unanswered},
		{name: "no answer in time", cert: good, ctx: gone, want: signing.Unanswered},
		{name: "entered without the certificate", cert: bare, want: signing.Incomplete},
		{name: "entered with another certificate", cert: swapped, want: signing.Incomplete},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.at.IsZero() {
				c.at = noon
			}
			if c.anchors == nil {
				c.anchors = anchors
			}
			if c.client == nil {
				c.client = s.Client()
			}
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			checked(t, &signing.Ring{Anchors: c.anchors, Client: c.client}, c.ctx, c.cert, c.at, c.want)
		})
	}
}

// silent is a network on which nobody answers.
type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) { return nil, http.ErrHandlerTimeout }

func certifiedFor(t *testing.T, ca *authority.Authority, pub crypto.PublicKey) []*x509.Certificate {
	t.Helper()
	cert, err := ca.CertifyPerson(authority.Person{Name: "Lê Quốc Hùng", Agency: "Sở Xây dựng"}, pub)
	if err != nil {
		t.Fatal(err)
	}
	return []*x509.Certificate{cert, ca.Issuing()}
}

// checked asks about a certificate; want is "" where it may sign.
func checked(t *testing.T, r *signing.Ring, ctx context.Context, c signing.Certificate, at time.Time, want signing.State) {
	t.Helper()
	err := r.Check(ctx, c, at)
	if want != "" {
		refusedAs(t, err, want)
	} else if err != nil {
		t.Error(err)
	}
}

// Certificates that the demonstration authority does not make, under issuers
// with faults of their own: an issuer that has ended, is not in force yet, is
// revoked, weak or no authority at all is told as such, and what its lists do
// not tell is not taken for good (ND23-15).
func TestCheckOfIssuers_ND23_15(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	old := signingtest.NewKey(t, "RSA-2048")
	sha1 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA }
	ended := func(c *x509.Certificate) { c.NotAfter = noon.Add(-time.Hour) }
	begins := func(c *x509.Certificate) { c.NotBefore = noon.Add(time.Hour) }
	usage := func(u x509.KeyUsage) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.KeyUsage = u }
	}
	for _, c := range []struct {
		name  string
		caKey crypto.Signer
		ca    func(*x509.Certificate)
		cert  func(*x509.Certificate)
		then  func(*issuers, signing.Certificate) // what the lists say
		want  signing.State
	}{
		{name: "in force"},
		{name: "issuer ended", ca: ended, want: signing.IssuerEnded},
		{name: "both ended", ca: ended, cert: ended, want: signing.Expired},
		{name: "issuer not yet", ca: begins, want: signing.NotYet},
		{name: "neither yet", ca: begins, cert: begins, want: signing.NotYet},
		{name: "issuer ended, key not yet", ca: ended, cert: begins, want: signing.NotYet},
		{name: "issuer not yet, key ended", ca: begins, cert: ended, want: signing.Expired},
		{name: "revoked by list", then: func(i *issuers, x signing.Certificate) { i.revoked["/ca.crl"] = serialOf(i.t, x) }, want: signing.Revoked},
		{name: "issuer revoked", then: func(i *issuers, _ signing.Certificate) { i.revoked["/root.crl"] = i.ca.SerialNumber }, want: signing.Revoked},
		{name: "old lists", then: func(i *issuers, _ signing.Certificate) { i.next = noon.Add(-time.Hour) }, want: signing.Unanswered},
		{name: "no lists", then: func(i *issuers, _ signing.Certificate) { i.fault = true }, want: signing.Unanswered},
		{name: "names no list", cert: func(c *x509.Certificate) { c.CRLDistributionPoints = nil }, want: signing.Unanswered},
		{name: "for encryption only", cert: usage(x509.KeyUsageKeyEncipherment), want: signing.Unfit},
		{name: "for servers only", cert: func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, want: signing.Unfit},
		{name: "issuer that is no authority", ca: func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature }, want: signing.Unfit},
		{name: "issuer that may sign no certificates", ca: usage(x509.KeyUsageCRLSign), want: signing.Unfit},
		{name: "signed with SHA-1", caKey: old, cert: sha1, want: signing.Weak},
	} {
		t.Run(c.name, func(t *testing.T) {
			caKey := c.caKey
			if caKey == nil {
				caKey = key
			}
			i := newIssuers(t, caKey, c.ca)
			cert := i.person(key.Public(), c.cert)
			if c.then != nil {
				c.then(i, cert)
			}
			checked(t, &signing.Ring{Anchors: i.anchors, Client: http.DefaultClient}, t.Context(), cert, noon, c.want)
		})
	}
}
