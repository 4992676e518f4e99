package cms

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
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
