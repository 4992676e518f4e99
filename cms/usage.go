package cms

import (
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
