package signing

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"vanthu/cms"
	"vanthu/internal/db"
)

// Describe is a certificate with its issuers, nearest first, as the register
// holds it. The caller adds whose it is, the driver and the key's reference.
func Describe(chain []*x509.Certificate) Certificate {
	c := chain[0]
	var text []byte
	for _, x := range chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: x.Raw})...)
	}
	return Certificate{
		Serial: fmt.Sprintf("%x", c.SerialNumber), Subject: c.Subject.String(), Issuer: c.Issuer.String(),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, Fingerprint: Fingerprint(c), PEM: string(text),
	}
}

// Fingerprint is the SHA-256 of a certificate, hexadecimal.
func Fingerprint(c *x509.Certificate) string {
	h := sha256.Sum256(c.Raw)
	return hex.EncodeToString(h[:])
}

// Parse gives the certificate and its issuers, nearest first; at least one.
func (c Certificate) Parse() ([]*x509.Certificate, error) {
	chain, err := cms.ParseCertificates([]byte(c.PEM))
	if err == nil && len(chain) == 0 {
		err = errors.New("no certificate")
	}
	if err == nil && c.Fingerprint != Fingerprint(chain[0]) {
		err = errors.New("the certificate is not the one of the fingerprint")
	}
	if err != nil {
		return nil, Refuse(Incomplete, err)
	}
	return chain, nil
}

// Bare lists the certificates of a kind that were entered without the
// certificate itself, by an earlier version of this program.
func Bare(q db.Q, k Kind) ([]Certificate, error) {
	return db.All(q, scan, columns+` WHERE driver = $1 AND pem = ''`, k)
}

// Complete enters the certificate itself; it must be the one described.
func Complete(tx *db.Tx, c Certificate, chain []*x509.Certificate) error {
	whole := Describe(chain)
	if whole.Fingerprint != c.Fingerprint {
		return nil // the key file was replaced: the entry stays without
	}
	_, err := tx.Exec(`UPDATE certificate SET pem = $2 WHERE id = $1`, c.ID, whole.PEM)
	return err
}
