package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"net"
	"net/url"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A list of one distribution point speaks only for certificates that name that
// point: an authority that splits its list does not list all that it revoked in
// each part, and who was revoked would bring another part along. rfc5280:6.3.3
func TestOnePartOfASplitListDecidesNothingElse(t *testing.T) {
	b := newBench(t, true)
	point := func(names ...string) []pkix.Extension {
		value, err := der(func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { // distributionPoint
					b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { // fullName
						for _, n := range names {
							b.AddASN1(casn1.Tag(6).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(n)) })
						}
					})
				})
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: value}}
	}
	for name, c := range map[string]struct {
		cert []string
		list []string
		want Status
	}{
		"its own part":              {[]string{"ldap://ca/1", "http://ca/1.crl"}, []string{"http://ca/1.crl"}, Good},
		"one of two names":          {[]string{"http://ca/1.crl"}, []string{"http://mirror/1.crl", "http://ca/1.crl"}, Good},
		"another part":              {[]string{"http://ca/1.crl"}, []string{"http://ca/2.crl"}, Unknown},
		"a certificate of no point": {nil, []string{"http://ca/2.crl"}, Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			b.cert.CRLDistributionPoints = c.cert
			list := x509.RevocationList{ThisUpdate: noon, NextUpdate: noon.Add(24 * time.Hour), ExtraExtensions: point(c.list...)}
			if got, _ := b.judge(Evidence{CRLs: [][]byte{b.crl(list)}}, noon.Add(time.Hour)); got.Status != c.want {
				t.Errorf("%+v", got)
			}
		})
	}
	relative := []byte{0x30, 0x10, 0xa0, 0x0e, 0xa1, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x03, 'p', 'h', '1'}
	b.cert.CRLDistributionPoints = []string{"http://ca/1.crl"}
	list := x509.RevocationList{ThisUpdate: noon, NextUpdate: noon.Add(24 * time.Hour), ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: relative}}}
	if got, _ := b.judge(Evidence{CRLs: [][]byte{b.crl(list)}}, noon.Add(time.Hour)); got.Status != Unknown {
		t.Errorf("a point named relative to its authority: %+v", got)
	}
}

// The value over signed attributes is also a value over their bytes: without
// attributes it must not make those bytes pass as content that was signed, nor
// is the other way round a signature. rfc5652:5.4
func TestSignedAttributesAreNoContent(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(ecKey(elliptic.P256()), person("A"))
	digest := sum(crypto.SHA256, content)
	raw, err := SignDetached(context.Background(), digest, crypto.SHA256, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sd, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	si := *sd.Signers[0]
	attributes := bytes.Clone(si.rawSigned)
	si.rawSigned, si.Signed = nil, nil // as if they had never been there
	if c, err := sd.VerifyContent(&si, attributes); !errors.Is(err, ErrMalformed) {
		t.Errorf("a forged content passes: %+v %v", c, err)
	}
	if _, err := sd.VerifyContent(sd.Signers[0], content); err != nil {
		t.Errorf("the honest one: %v", err)
	}
}

// Whatever kind of name an authority is limited to, a certificate below it that
// uses such a name is not taken unexamined. rfc5280:4.2.1.10
func TestLimitsOfNamesOfEveryKind(t *testing.T) {
	leaf := &x509.Certificate{IPAddresses: []net.IP{{10, 0, 0, 1}}, URIs: []*url.URL{{Scheme: "https", Host: "a.vn"}}, DNSNames: []string{"a.vn"}, EmailAddresses: []string{"a@a.vn"}}
	network := []*net.IPNet{{IP: net.IP{192, 168, 0, 0}, Mask: net.IPMask{255, 255, 0, 0}}}
	for name, ca := range map[string]*x509.Certificate{
		"addresses": {PermittedIPRanges: network}, "no addresses": {ExcludedIPRanges: network},
		"URI": {PermittedURIDomains: []string{"b.vn"}}, "no URI": {ExcludedURIDomains: []string{"a.vn"}},
		"mail": {PermittedEmailAddresses: []string{"b.vn"}}, "DNS": {ExcludedDNSDomains: []string{"a.vn"}},
	} {
		if err := checkNames(ca, leaf); !errors.Is(err, ErrConstraint) {
			t.Errorf("%s: %v", name, err)
		}
		if err := checkNames(ca, &x509.Certificate{}); err != nil {
			t.Errorf("%s, a leaf without: %v", name, err)
		}
	}
}

// A caller without a digest, and a signature over an empty one, do not meet.
func TestNoDigestIsNoContent(t *testing.T) {
	pki := newPKI(t)
	s := pki.signer(ecKey(elliptic.P256()), person("A"))
	raw, err := SignDetached(context.Background(), sum(crypto.SHA256, content), crypto.SHA256, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sd, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	si := sd.Signers[0]
	empty := []byte{0x04, 0x00}
	for i, a := range si.Signed {
		if a.Type.Equal(oidMessageDigest) {
			si.Signed[i].Values = [][]byte{empty}
		}
	}
	if err := si.checkAttributes(nil); err == nil {
		t.Error("an empty digest passes for content that could not be read")
	}
	if _, err := si.Verify(nil); !errors.Is(err, ErrMalformed) {
		t.Errorf("no digest: %v", err)
	}
}
