package cms

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"
)

// A list of some reasons that names the certificate revokes it; one that does
// not name it, or names it later, says nothing of the other reasons. rfc5280:6.3.3
func TestListOfSomeReasons(t *testing.T) {
	b := newBench(t, true)
	hour := time.Hour
	entry := func(serial *big.Int, at time.Time) []x509.RevocationListEntry {
		return []x509.RevocationListEntry{{SerialNumber: serial, RevocationTime: at, ReasonCode: 1}}
	}
	some := []byte{0x30, 0x04, 0x83, 0x02, 0x06, 0x40} // onlySomeReasons: keyCompromise
	both := []byte{0x30, 0x07, 0x83, 0x02, 0x06, 0x40, 0x84, 0x01, 0xff}
	for name, c := range map[string]struct {
		point   []byte
		entries []x509.RevocationListEntry
		want    Status
	}{
		"named":               {some, entry(b.cert.SerialNumber, noon.Add(-hour)), Revoked},
		"not named":           {some, nil, Unknown},
		"another is named":    {some, entry(big.NewInt(987654321), noon.Add(-hour)), Unknown},
		"named afterwards":    {some, entry(b.cert.SerialNumber, noon.Add(hour)), Unknown},
		"named, but indirect": {both, entry(b.cert.SerialNumber, noon.Add(-hour)), Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			list := x509.RevocationList{ThisUpdate: noon, NextUpdate: noon.Add(24 * hour), RevokedCertificateEntries: c.entries,
				ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: c.point}}}
			if got, _ := b.judge(Evidence{CRLs: [][]byte{b.crl(list)}}, noon.Add(2*hour)); got.Status != c.want {
				t.Errorf("%+v", got)
			}
		})
	}
}

// listOf is a list of some age, good for a day, for the reasons of a BIT STRING of two bytes,
// padding first.
func (b *revocationBench) listOf(bits [2]byte, age time.Duration, entries ...x509.RevocationListEntry) []byte {
	point := []byte{0x30, 0x05, 0x83, 0x03, 0x07, bits[0], bits[1]}
	return b.crl(x509.RevocationList{ThisUpdate: noon.Add(-age), NextUpdate: noon.Add(24*time.Hour - age), RevokedCertificateEntries: entries,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: point}}})
}

// Lists that together speak for every reason make good what each alone leaves open,
// as long as each is fresh and none names the certificate. rfc5280:6.3.3
func TestListsOfAllReasons(t *testing.T) {
	b := newBench(t, true)
	named := func(after time.Duration) x509.RevocationListEntry {
		return x509.RevocationListEntry{SerialNumber: b.cert.SerialNumber, RevocationTime: noon.Add(after), ReasonCode: 5}
	}
	keys, rest, most := [2]byte{0x60, 0x00}, [2]byte{0x1f, 0x80}, [2]byte{0x1f, 0x00} // most: all but attribute authorities
	for name, c := range map[string]struct {
		lists [][]byte
		want  Status
		used  int
	}{
		"both":                 {[][]byte{b.listOf(keys, 0), b.listOf(rest, 0)}, Good, 2},
		"one bit with neither": {[][]byte{b.listOf(keys, 0), b.listOf(most, 0)}, Unknown, 0},
		"one twice":            {[][]byte{b.listOf(keys, 0), b.listOf(keys, 0)}, Unknown, 0},
		"one of them old":      {[][]byte{b.listOf(keys, 0), b.listOf(rest, 48*time.Hour)}, Unknown, 0},
		"named in one":         {[][]byte{b.listOf(keys, 0), b.listOf(rest, 0, named(-time.Hour))}, Revoked, 1},
		"named later in one":   {[][]byte{b.listOf(keys, 0), b.listOf(rest, 0, named(3*time.Hour))}, Good, 2},
		"a third for nothing":  {[][]byte{b.listOf(keys, 0), b.listOf(rest, 0), b.listOf(most, 0)}, Good, 2},
		"beside a whole one":   {[][]byte{b.listOf(keys, 0), b.crl(x509.RevocationList{ThisUpdate: noon, NextUpdate: noon.Add(time.Hour)})}, Good, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got, check := b.judge(Evidence{CRLs: c.lists}, noon.Add(2*time.Hour))
			if got.Status != c.want || len(check.Used.CRLs) != c.used {
				t.Errorf("%+v from %d lists", got, len(check.Used.CRLs))
			}
			if later := name == "named later in one"; later != !got.RevokedAt.IsZero() && got.Status == Good {
				t.Errorf("revoked at %v", got.RevokedAt)
			}
		})
	}
}

// A certificate whose lists lie at several addresses: each is asked until they decide.
func TestListsAtSeveralAddresses(t *testing.T) {
	b := newBench(t, true)
	at := map[string][]byte{
		"http://khoa": b.listOf([2]byte{0x60, 0x00}, 0), "http://khac": b.listOf([2]byte{0x1f, 0x80}, 0),
	}
	b.cert.CRLDistributionPoints = []string{"ldap://x", "http://khoa", "http://hong", "http://khac", "http://thua"}
	var asked []string
	c := &Check{At: noon, Now: noon, Pool: b.pool(b.ca), Fetch: Fetch{CRL: func(_ context.Context, url string, _ *x509.Certificate) ([]byte, error) {
		asked = append(asked, url)
		if at[url] == nil {
			return nil, errors.New("hỏng mạng")
		}
		return at[url], nil
	}}}
	if got := c.Revocation(context.Background(), b.cert, b.ca); got.Status != Good || len(asked) != 3 || len(c.Used.CRLs) != 2 {
		t.Errorf("%+v after %v", got, asked)
	}
}
