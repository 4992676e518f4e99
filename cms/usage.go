package cms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
)

// ErrUsage says that a certificate is used for what it was not issued for.
var ErrUsage = errors.New("chứng thư số không được cấp cho mục đích này")

// usages that allow signing documents where a certificate lists usages at all.
var documentUsages = []asn1.ObjectIdentifier{
	{1, 3, 6, 1, 5, 5, 7, 3, 36},       // id-kp-documentSigning, rfc9336
	{1, 2, 840, 113583, 1, 1, 5},       // Adobe authentic documents
	{1, 3, 6, 1, 4, 1, 311, 10, 3, 12}, // Microsoft document signing
}

// CheckSigningUsage tells whether a certificate may sign documents: key usage
// digitalSignature or contentCommitment, and no list of other usages only. The
// scope check of law:ND23-16.
func CheckSigningUsage(c *x509.Certificate) error {
	if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return fmt.Errorf("%w: ký số", ErrUsage)
	}
	if c.IsCA {
		return fmt.Errorf("%w: chứng thư số của tổ chức chứng thực", ErrUsage)
	}
	if len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 {
		return nil
	}
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageAny || u == x509.ExtKeyUsageEmailProtection || u == x509.ExtKeyUsageClientAuth {
			return nil
		}
	}
	for _, u := range c.UnknownExtKeyUsage {
		if slices.ContainsFunc(documentUsages, u.Equal) {
			return nil
		}
	}
	return fmt.Errorf("%w: ký văn bản", ErrUsage)
}

// CheckEncryptionUsage tells whether content may be encrypted to a certificate:
// an RSA key of 2048 bits or more that may encipher keys, or an elliptic one
// of 256 or more that may agree on them. rfc5280:4.2.1.3 law:HT33-13.2
func CheckEncryptionUsage(c *x509.Certificate) error {
	need := x509.KeyUsageKeyAgreement
	switch c.PublicKey.(type) {
	case *rsa.PublicKey:
		need = x509.KeyUsageKeyEncipherment
	case *ecdsa.PublicKey:
	default:
		return fmt.Errorf("%w: khóa %T", ErrUnsupported, c.PublicKey)
	}
	if c.KeyUsage != 0 && c.KeyUsage&need == 0 || c.IsCA {
		return fmt.Errorf("%w: mã hóa", ErrUsage)
	}
	if weak := weakness(c.PublicKey, algorithm{hash: crypto.SHA256}); len(weak) > 0 {
		return fmt.Errorf("%w: khóa yếu %s", ErrUsage, weak[0])
	}
	return nil
}

// checkStampUsage wants the one extended usage timeStamping, critical. rfc3161:2.3
func checkStampUsage(cert *x509.Certificate) error {
	if len(cert.ExtKeyUsage) != 1 || len(cert.UnknownExtKeyUsage) > 0 || cert.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping {
		return fmt.Errorf("%w: cấp dấu thời gian", ErrUsage)
	}
	for _, e := range cert.Extensions {
		if e.Id.Equal(oidExtKeyUsage) && !e.Critical {
			return fmt.Errorf("%w: cấp dấu thời gian (không ở dạng bắt buộc)", ErrUsage)
		}
	}
	return nil
}
