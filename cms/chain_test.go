package cms

import (
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

func (p *testPKI) pool(extra ...*x509.Certificate) *Pool {
	a := &Anchors{}
	a.Add(Demo, p.root)
	pool := NewPool(a)
	pool.Add(extra...)
	return pool
}

func TestChainLeadsToAnAnchorOfItsKind_ND23_16(t *testing.T) {
	pki := newPKI(t)
	leaf := pki.signer(ecKey(elliptic.P256()), person("A")).Certificate()
	c, err := pki.pool(pki.ca).BuildChain(leaf, noon)
	if err != nil || len(c.Certificates) != 3 || c.Kind != Demo || len(c.Weak) > 0 {
		t.Fatalf("%+v %v", c, err)
	}
	if err := c.ValidAt(noon); err != nil {
		t.Error(err)
	}
	for _, day := range []time.Time{from.Add(-time.Hour), until.Add(time.Hour)} {
		if err := c.ValidAt(day); !errors.Is(err, ErrPeriod) {
			t.Errorf("%v: %v", day, err)
		}
	}
}

func TestChainWithoutLinkOrAnchorIsNotDecided(t *testing.T) {
	pki, other := newPKI(t), newPKI(t)
	leaf := pki.signer(ecKey(elliptic.P256()), person("A")).Certificate()
	if _, err := pki.pool().BuildChain(leaf, noon); !errors.Is(err, ErrNoAnchor) {
		t.Errorf("missing link: %v", err)
	}
	// The other authority has the same names but other keys.
	if _, err := other.pool(other.ca, pki.ca).BuildChain(leaf, noon); !errors.Is(err, ErrNoAnchor) {
		t.Errorf("unknown root: %v", err)
	}
	if _, err := NewPool(nil).BuildChain(leaf, noon); !errors.Is(err, ErrNoAnchor) {
		t.Errorf("no anchors: %v", err)
	}
}

func TestOrdinaryCertificateCannotIssue(t *testing.T) {
	pki := newPKI(t)
	key := ecKey(elliptic.P256())
	plain := person("Kẻ gian")
	plain.KeyUsage |= x509.KeyUsageCertSign
	middle := pki.signer(key, plain).Certificate()
	leaf := pki.make(person("Chủ tịch giả"), middle, ecKey(elliptic.P256()).Public(), key)
	if _, err := pki.pool(pki.ca, middle).BuildChain(leaf, noon); !errors.Is(err, ErrConstraint) {
		t.Fatalf("got %v", err)
	}
}

func TestPathLengthIsRespected(t *testing.T) {
	pki := newPKI(t)
	sub := func(zero bool, parent *x509.Certificate, key, pub crypto.Signer) *x509.Certificate {
		return pki.make(&x509.Certificate{
			Subject: pkix.Name{CommonName: "Sub " + parent.Subject.CommonName}, IsCA: true, BasicConstraintsValid: true,
			MaxPathLenZero: zero, KeyUsage: x509.KeyUsageCertSign,
		}, parent, pub.Public(), key)
	}
	k1, k2 := ecKey(elliptic.P256()), ecKey(elliptic.P256())
	for _, zero := range []bool{false, true} {
		c1 := sub(zero, pki.root, pki.rootK, k1)
		c2 := sub(false, c1, k1, k2)
		leaf := pki.make(person("A"), c2, k1.Public(), k2)
		_, err := pki.pool(c1, c2).BuildChain(leaf, noon)
		if zero != errors.Is(err, ErrConstraint) {
			t.Errorf("pathlen zero %v: %v", zero, err)
		}
	}
}

func TestChainPrefersOneThatWasValid(t *testing.T) {
	pki := newPKI(t)
	old := pki.make(&x509.Certificate{
		Subject: pki.ca.Subject, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: from, NotAfter: from.AddDate(0, 1, 0),
	}, pki.root, pki.caK.Public(), pki.rootK)
	leaf := pki.make(person("A"), &x509.Certificate{Subject: pki.ca.Subject, RawSubject: pki.ca.RawSubject}, rsaKey().Public(), pki.caK)
	c, err := pki.pool(old, pki.ca).BuildChain(leaf, noon)
	if err != nil || c.ValidAt(noon) != nil || c.Certificates[1] != pki.ca {
		t.Fatalf("%+v %v", c, err)
	}
}

// Old chains: crypto/x509 refuses SHA-1, we read it and say so.
func TestSHA1ChainIsReadAndMarkedWeak(t *testing.T) {
	dir := t.TempDir()
	ext := write(t, dir, "ext", []byte("basicConstraints=critical,CA:true\nkeyUsage=keyCertSign,cRLSign\n"))
	openssl(t, true, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", dir+"/rk", "-out", dir+"/r", "-subj", "/CN=Old root", "-sha1", "-days", "3000")
	for _, c := range [][3]string{{"c", "r", "rk"}, {"l", "c", "ck"}} {
		openssl(t, true, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", dir+"/"+c[0]+"k", "-out", dir+"/q", "-subj", "/CN=Old "+c[0])
		args := []string{"x509", "-req", "-sha1", "-in", dir + "/q", "-CA", dir + "/" + c[1], "-CAkey", dir + "/" + c[2], "-CAcreateserial", "-days", "2000", "-out", dir + "/" + c[0]}
		if c[0] == "c" {
			args = append(args, "-extfile", ext)
		}
		openssl(t, true, args...)
	}
	load := func(name string) *x509.Certificate {
		certs, err := ParseCertificates(read(t, dir+"/"+name))
		if err != nil || len(certs) != 1 {
			t.Fatal(err)
		}
		return certs[0]
	}
	a := &Anchors{}
	a.Add(BanCoYeu, load("r"))
	pool := NewPool(a)
	pool.Add(load("c"))
	got, err := pool.BuildChain(load("l"), time.Now())
	if err != nil || got.Kind != BanCoYeu || !slices.Equal(got.Weak, []string{"SHA-1"}) {
		t.Fatalf("%+v %v", got, err)
	}
}

func TestLoadAnchorsByFolder(t *testing.T) {
	pki := newPKI(t)
	a, err := LoadAnchors(fstest.MapFS{
		"ban-co-yeu/root.crt": {Data: certPEM(pki.root)},
		"demo/all.pem":        {Data: certPEM(pki.root, pki.ca)},
		"other.der":           {Data: pki.root.Raw},
		"readme.txt":          {Data: []byte("không đọc")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []AnchorKind
	for _, r := range a.roots {
		kinds = append(kinds, r.kind)
	}
	if !slices.Equal(kinds, []AnchorKind{BanCoYeu, Demo, Public}) || len(a.extra) != 1 {
		t.Fatalf("%v %d", kinds, len(a.extra))
	}
	if _, err := LoadAnchors(fstest.MapFS{"x.crt": {Data: []byte("rác")}}); err == nil {
		t.Error("junk accepted")
	}
}

func TestSigningUsage_ND23_16(t *testing.T) {
	for name, c := range map[string]struct {
		cert x509.Certificate
		ok   bool
	}{
		"plain":          {x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature}, true},
		"non-repudation": {x509.Certificate{KeyUsage: x509.KeyUsageContentCommitment}, true},
		"no usage":       {x509.Certificate{}, true},
		"mail":           {x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}}, true},
		"documents":      {x509.Certificate{UnknownExtKeyUsage: documentUsages[:1]}, true},
		"encryption":     {x509.Certificate{KeyUsage: x509.KeyUsageKeyEncipherment}, false},
		"server":         {x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, false},
		"stamping":       {x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}, false},
		"authority":      {x509.Certificate{IsCA: true}, false},
	} {
		if err := CheckSigningUsage(&c.cert); (err == nil) != c.ok || (err != nil && !errors.Is(err, ErrUsage)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
