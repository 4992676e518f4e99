package cms

import (
	"bytes"
	"crypto/subtle"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// ErrDigest says that the content is not the one that was signed.
var ErrDigest = errors.New("nội dung không khớp giá trị băm đã ký")

// ErrBinding says that the signed reference to the certificate names another one.
var ErrBinding = errors.New("chữ ký tham chiếu một chứng thư số khác")

// ErrNoCertificate says that the signer's certificate is not at hand.
var ErrNoCertificate = errors.New("không có chứng thư số của người ký")

// Checked is what a successful Verify found out.
type Checked struct {
	Algorithm string   // such as "RSA SHA-256"
	Bound     bool     // an ESS signing-certificate attribute names this certificate
	Weak      []string // reasons why the signature proves less than it should: "SHA-1", "RSA 1024 bit"
}

// Verify checks this signer's value over a content with the given digest, made
// with si.Hash, under si.Certificate. A nil error says only that the key signed
// this content: chain, validity and revocation are checked apart. The content
// itself is not seen here: see Confusable, or use VerifyContent.
//
// Errors: ErrDigest, ErrSignature, ErrBinding (invalid); ErrUnsupported,
// ErrNoCertificate (cannot be decided); ErrMalformed. rfc5652:5.4-5.6
func (si *SignerInfo) Verify(contentDigest []byte) (Checked, error) {
	var out Checked
	if si.Certificate == nil {
		return out, ErrNoCertificate
	}
	if len(contentDigest) != si.Hash.Size() { // nil above all, where there was nothing to hash
		return out, malformed("độ dài giá trị băm")
	}
	alg, err := algorithmOf(si.algorithmID, si.Hash)
	if err != nil {
		return out, err
	}
	out.Algorithm = alg.String()
	out.Weak = weakness(si.Certificate.PublicKey, alg)
	if weakHash(si.Hash) && !slices.Contains(out.Weak, hashName(si.Hash)) {
		out.Weak = append(out.Weak, hashName(si.Hash))
	}
	if si.rawSigned == nil {
		if !si.content.Equal(oidData) { // rfc5652:5.3: attributes must be there
			return out, malformed("thiếu thuộc tính được ký")
		}
		return out, verifyWith(si.Certificate.PublicKey, alg, contentDigest, si.Signature)
	}
	if err := si.checkAttributes(contentDigest); err != nil {
		return out, err
	}
	if out.Bound, err = si.checkBinding(); err != nil {
		return out, err
	}
	return out, si.verifyAttributes(alg)
}

// VerifyContent hashes the content (the embedded one if nil is given) and
// verifies. A content that has itself the form of signed attributes is refused
// where there are none: the value over attributes is one over their bytes too,
// so anybody could pass them off as what was signed. rfc5652:5.4
func (s *SignedData) VerifyContent(si *SignerInfo, content []byte) (Checked, error) {
	if content == nil {
		content = s.Content
	}
	if si.Confusable(content) {
		return Checked{}, malformed("nội dung có dạng thuộc tính được ký")
	}
	return si.Verify(sum(si.Hash, content))
}

// Confusable says that a content cannot be told from the signed attributes of
// another signature: this one has none, and the content has their form. Who
// hashes a content for Verify asks this of it first; no honest one is refused.
func (si *SignerInfo) Confusable(content []byte) bool {
	if si.rawSigned != nil || len(content) == 0 || content[0] != byte(casn1.SET) {
		return false
	}
	list, err := readAttributes(content)
	if err != nil {
		return false
	}
	_, found, _ := only(list, oidMessageDigest)
	return found
}

// verifyAttributes tries the attributes as written, then sorted: DER is what
// must be signed (rfc5652:5.4), some tools sign what they wrote.
func (si *SignerInfo) verifyAttributes(alg algorithm) error {
	err := verifyWith(si.Certificate.PublicKey, alg, sum(alg.hash, si.rawSigned), si.Signature)
	if !errors.Is(err, ErrSignature) {
		return err
	}
	sorted, sortErr := resort(si.rawSigned)
	if sortErr != nil || bytes.Equal(sorted, si.rawSigned) {
		return err
	}
	return verifyWith(si.Certificate.PublicKey, alg, sum(alg.hash, sorted), si.Signature)
}

func resort(set []byte) ([]byte, error) {
	in := cryptobyte.String(set)
	var all cryptobyte.String
	var elements [][]byte
	if !in.ReadASN1(&all, casn1.SET) {
		return nil, malformed("thuộc tính")
	}
	for !all.Empty() {
		var e cryptobyte.String
		if !all.ReadASN1Element(&e, casn1.SEQUENCE) {
			return nil, malformed("thuộc tính")
		}
		elements = append(elements, e)
	}
	return der(func(b *cryptobyte.Builder) { setOf(b, casn1.SET, elements) })
}

// checkAttributes compares message-digest and content-type. rfc5652:11.1-11.2
func (si *SignerInfo) checkAttributes(contentDigest []byte) error {
	raw, found, err := only(si.Signed, oidMessageDigest)
	if err != nil || !found {
		return errors.Join(malformed("message-digest"), err)
	}
	var digest []byte
	in := cryptobyte.String(raw)
	if !in.ReadASN1Bytes(&digest, casn1.OCTET_STRING) {
		return malformed("message-digest")
	}
	if len(digest) != si.Hash.Size() || subtle.ConstantTimeCompare(digest, contentDigest) != 1 {
		return ErrDigest
	}
	raw, found, err = only(si.Signed, oidContentType)
	if err != nil || !found {
		return errors.Join(malformed("content-type"), err)
	}
	var kind asn1.ObjectIdentifier
	in = cryptobyte.String(raw)
	if !in.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(si.content) {
		return malformed("content-type")
	}
	return nil
}

// checkBinding compares the ESS attribute, version 2 or 1, with the certificate
// used: without it another certificate over the same key could be slipped in.
// rfc5035:5.4
func (si *SignerInfo) checkBinding() (bool, error) {
	for _, oid := range []asn1.ObjectIdentifier{oidSigningCertV2, oidSigningCert} {
		raw, found, err := only(si.Signed, oid)
		if err != nil {
			return false, err
		}
		if !found {
			continue
		}
		if err := essMatches(raw, oid.Equal(oidSigningCertV2), si.Certificate); err != nil {
			return false, err
		}
		return true, nil
	}
	return false, nil
}

// essMatches reads the first ESSCertID(v2), which names the signer's certificate.
func essMatches(raw []byte, v2 bool, cert *x509.Certificate) error {
	in := cryptobyte.String(raw)
	var seq, certs, id cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1(&certs, casn1.SEQUENCE) || !certs.ReadASN1(&id, casn1.SEQUENCE) {
		return malformed("signing-certificate")
	}
	oid := oidSHA1
	if v2 {
		oid = oidSHA256
		if id.PeekASN1Tag(casn1.SEQUENCE) {
			var alg cryptobyte.String
			if !id.ReadASN1(&alg, casn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&oid) {
				return malformed("signing-certificate")
			}
		}
	}
	hash, err := hashOf(oid)
	if err != nil {
		return err
	}
	var digest []byte
	if !id.ReadASN1Bytes(&digest, casn1.OCTET_STRING) {
		return malformed("signing-certificate")
	}
	if !bytes.Equal(digest, sum(hash, cert.Raw)) {
		return fmt.Errorf("%w: %s", ErrBinding, cert.Subject.CommonName)
	}
	return nil
}
