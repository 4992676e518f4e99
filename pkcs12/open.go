// Package pkcs12 opens key files (tệp khóa PKCS#12: .p12, .pfx): a private key, its
// certificate and those of its issuers, under a password.
//
// It reads what OpenSSL, Windows, Java and Firefox write today and wrote twenty years
// ago: PBES2 with AES or triple DES, the schemes of PKCS#12 itself with triple DES or
// RC2, checked by either kind of MAC, in DER or BER. (rfc7292, rfc8018, rfc9579)
//
// A key file says itself how long its password is to be worked on, also in places
// that are themselves encrypted. All that is derived for one file therefore draws on
// one budget, and a file that wants more gives [ErrWork]: some seconds at the most.
package pkcs12

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/ber"
)

// MaxSize is the largest key file read, in bytes; usual ones have 3 to 10 KB.
const MaxSize = 1 << 20

// What is wrong with a file.
var (
	ErrPassword    = errors.New("sai mật khẩu")
	ErrMalformed   = errors.New("không phải tệp PKCS#12 hoặc tệp hỏng")
	ErrUnsupported = errors.New("cách đóng tệp PKCS#12 chưa được hỗ trợ")
	ErrNoKey       = errors.New("tệp không có khóa bí mật cùng chứng thư số của nó")
	ErrWork        = errors.New("tệp PKCS#12 đòi quá nhiều phép tính")
)

// Contents is what a key file holds. Certificates are in the file's order.
type Contents struct {
	Key          crypto.Signer
	Certificates []*x509.Certificate
}

// Certificate returns the certificate of the key, or nil, and its issuers, nearest
// first. Certificates that do not lead on from it are left out.
func (c *Contents) Certificate() (own *x509.Certificate, issuers []*x509.Certificate) {
	public, ok := c.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return nil, nil
	}
	for _, cert := range c.Certificates {
		if own == nil && public.Equal(cert.PublicKey) {
			own = cert
		}
	}
	if own == nil {
		return nil, nil
	}
	seen := map[*x509.Certificate]bool{own: true}
	for at := c.issuerOf(own, seen); at != nil; at = c.issuerOf(at, seen) {
		seen[at] = true
		issuers = append(issuers, at)
	}
	return own, issuers
}

// issuerOf goes by names and key identifiers; who relies on a chain checks it.
func (c *Contents) issuerOf(of *x509.Certificate, seen map[*x509.Certificate]bool) *x509.Certificate {
	for _, cert := range c.Certificates {
		id := cert.SubjectKeyId
		if len(of.AuthorityKeyId) == 0 {
			id = nil
		}
		if !seen[cert] && bytes.Equal(cert.RawSubject, of.RawIssuer) && (len(id) == 0 || bytes.Equal(id, of.AuthorityKeyId)) {
			return cert
		}
	}
	return nil
}

// Object identifiers. rfc7292:A-D rfc2315:14
var (
	oidData          = oid(1, 2, 840, 113549, 1, 7, 1)
	oidEncryptedData = oid(1, 2, 840, 113549, 1, 7, 6)
	oidKeyBag        = oid(1, 2, 840, 113549, 1, 12, 10, 1, 1)
	oidShroudedBag   = oid(1, 2, 840, 113549, 1, 12, 10, 1, 2)
	oidCertBag       = oid(1, 2, 840, 113549, 1, 12, 10, 1, 3)
	oidX509          = oid(1, 2, 840, 113549, 1, 9, 22, 1)
)

// Open reads a key file. Without a MAC the password cannot be checked as a whole;
// such a file is opened with the empty password alone.
//
// Errors: ErrPassword, ErrMalformed, ErrUnsupported, ErrNoKey, ErrWork.
func Open(data []byte, password string) (*Contents, error) {
	pfx, err := sequence(data)
	if err != nil {
		return nil, err
	}
	// PFX ::= SEQUENCE { version 3, authSafe ContentInfo, macData OPTIONAL }. rfc7292:4
	var version int
	if !pfx.ReadASN1Integer(&version) {
		return nil, ErrMalformed
	}
	if version != 3 {
		return nil, unsupported("phiên bản %d", version)
	}
	kind, content, ok := readContent(&pfx)
	if !ok {
		return nil, ErrMalformed
	}
	var safes cryptobyte.String
	if kind != oidData {
		return nil, unsupported("niêm phong bằng %s", kind)
	}
	if !content.ReadASN1(&safes, casn1.OCTET_STRING) {
		return nil, ErrMalformed
	}
	o := opener{budget: maxWork}
	if err := o.admit(password, safes, pfx); err != nil {
		return nil, err
	}
	if err := o.safes(safes); err != nil {
		return nil, err
	}
	if o.found.Key == nil {
		return nil, ErrNoKey
	}
	return &o.found, nil
}

func unsupported(format string, a ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnsupported}, a...)...)
}

// sequence gives what stands in one, as DER: some writers, Firefox for one, leave BER.
func sequence(data []byte) (content cryptobyte.String, err error) {
	out, _, err := ber.ToDER(data, MaxSize)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	in := cryptobyte.String(out)
	if !in.ReadASN1(&content, casn1.SEQUENCE) {
		return nil, ErrMalformed
	}
	return content, nil
}

// readContent reads ContentInfo ::= SEQUENCE { contentType OID, content [0] }.
func readContent(in *cryptobyte.String) (kind string, content cryptobyte.String, ok bool) {
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) {
		return "", nil, false
	}
	kind, ok = readOID(&seq)
	return kind, content, ok && seq.ReadASN1(&content, casn1.Tag(0).ContextSpecific().Constructed())
}

// opener is one file being opened.
type opener struct {
	word   word // the password as the MAC proved it
	budget int  // rounds of hashing left
	found  Contents
}

// safes reads AuthenticatedSafe: plain and encrypted contents. rfc7292:4.1
func (o *opener) safes(data []byte) error {
	list, err := sequence(data)
	if err != nil {
		return err
	}
	for !list.Empty() {
		kind, content, ok := readContent(&list)
		if !ok {
			return ErrMalformed
		}
		var plain cryptobyte.String
		switch kind {
		case oidData:
			if !content.ReadASN1(&plain, casn1.OCTET_STRING) {
				return ErrMalformed
			}
		case oidEncryptedData:
			opened, err := o.encrypted(content)
			if err != nil {
				return err
			}
			plain = opened
		default:
			return unsupported("niêm phong bằng %s", kind)
		}
		if err := o.bags(plain); err != nil {
			return err
		}
	}
	return nil
}

// encrypted opens EncryptedData ::= SEQUENCE { version 0, SEQUENCE { contentType,
// AlgorithmIdentifier, [0] IMPLICIT OCTET STRING } }. rfc5652:8
func (o *opener) encrypted(in cryptobyte.String) ([]byte, error) {
	var seq, info, sealed cryptobyte.String
	var version int
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1Integer(&version) || !seq.ReadASN1(&info, casn1.SEQUENCE) {
		return nil, ErrMalformed
	}
	if _, ok := readOID(&info); !ok {
		return nil, ErrMalformed
	}
	by, ok := readAlgorithm(&info)
	if !ok || ber.ReadOctets(&info, &sealed) != nil {
		return nil, ErrMalformed
	}
	return o.decrypt(by, sealed)
}

// bags reads SafeContents: SafeBag ::= SEQUENCE { bagId OID, bagValue [0], attributes
// OPTIONAL }. Bags of other kinds hold nothing for us. rfc7292:4.2
func (o *opener) bags(data []byte) error {
	list, err := sequence(data)
	if err != nil {
		return err
	}
	for !list.Empty() {
		kind, value, ok := readContent(&list)
		if !ok {
			return ErrMalformed
		}
		var err error
		switch kind {
		case oidKeyBag:
			err = o.key(value)
		case oidShroudedBag:
			err = o.shrouded(value)
		case oidCertBag:
			err = o.certificate(value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// shrouded opens EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, OCTET
// STRING }. rfc5958:3
func (o *opener) shrouded(in cryptobyte.String) error {
	var seq, sealed cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) {
		return ErrMalformed
	}
	by, ok := readAlgorithm(&seq)
	if !ok || !seq.ReadASN1(&sealed, casn1.OCTET_STRING) {
		return ErrMalformed
	}
	opened, err := o.decrypt(by, sealed)
	if err != nil {
		return err
	}
	return o.key(opened)
}

func (o *opener) key(pkcs8 []byte) error {
	if o.found.Key != nil {
		return unsupported("tệp có nhiều hơn một khóa bí mật")
	}
	key, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return unsupported("khóa bí mật: %v", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return unsupported("khóa không ký được")
	}
	o.found.Key = signer
	return nil
}

// certificate reads CertBag ::= SEQUENCE { certId OID, certValue [0] OCTET STRING }.
func (o *opener) certificate(in cryptobyte.String) error {
	kind, value, ok := readContent(&in)
	if !ok {
		return ErrMalformed
	}
	if kind != oidX509 {
		return nil
	}
	var der cryptobyte.String
	if !value.ReadASN1(&der, casn1.OCTET_STRING) {
		return ErrMalformed
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("%w: chứng thư số", ErrMalformed)
	}
	o.found.Certificates = append(o.found.Certificates, cert)
	return nil
}
