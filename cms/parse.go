package cms

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/ber"
)

// SignedData is a parsed CMS signature container. rfc5652:5.1
type SignedData struct {
	Raw          []byte // the ContentInfo, brought to definite lengths
	ContentType  asn1.ObjectIdentifier
	Content      []byte // nil if detached
	Certificates []*x509.Certificate
	Unreadable   int // embedded certificates that are not X.509 or broken
	CRLs         [][]byte
	Signers      []*SignerInfo
}

// Attribute is one attribute with its values, each a DER element.
type Attribute struct {
	Type   asn1.ObjectIdentifier
	Values [][]byte
}

// SignerInfo is one signer's part. rfc5652:5.3
type SignerInfo struct {
	RawIssuer    []byte   // with Serial: how the signer's certificate is named …
	Serial       *big.Int // …
	SubjectKeyID []byte   // … or by key identifier
	Hash         crypto.Hash
	Signed       []Attribute
	Unsigned     []Attribute
	Signature    []byte
	Certificate  *x509.Certificate // the embedded match, nil if absent

	rawSigned   []byte // the attributes as written, under tag SET
	algorithmID pkix.AlgorithmIdentifier
	content     asn1.ObjectIdentifier
}

// Parse reads a ContentInfo that holds SignedData, in DER or BER. Zero bytes
// after it are ignored; anything else there is refused.
func Parse(data []byte) (*SignedData, error) {
	raw, rest, err := ber.ToDER(data, MaxSize)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimLeft(rest, "\x00")) > 0 {
		return nil, fmt.Errorf("%w: có dữ liệu thừa sau chữ ký", ErrMalformed)
	}
	s := &SignedData{Raw: raw}
	in := cryptobyte.String(raw)
	var ci, wrapped, sd cryptobyte.String
	var kind asn1.ObjectIdentifier
	if !in.ReadASN1(&ci, casn1.SEQUENCE) || !ci.ReadASN1ObjectIdentifier(&kind) {
		return nil, malformed("ContentInfo")
	}
	if !kind.Equal(oidSignedData) {
		return nil, fmt.Errorf("%w: loại nội dung %v", ErrUnsupported, kind)
	}
	if !ci.ReadASN1(&wrapped, explicit(0)) || !wrapped.ReadASN1(&sd, casn1.SEQUENCE) {
		return nil, malformed("SignedData")
	}
	if err := s.read(sd); err != nil {
		return nil, err
	}
	for _, si := range s.Signers {
		si.content = s.ContentType
		si.Certificate = si.match(s.Certificates)
	}
	return s, nil
}

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }

// read takes the fields of SignedData in order.
func (s *SignedData) read(sd cryptobyte.String) error {
	var version int
	var digests, encap, infos cryptobyte.String
	if !sd.ReadASN1Integer(&version) || !sd.ReadASN1(&digests, casn1.SET) || !sd.ReadASN1(&encap, casn1.SEQUENCE) {
		return malformed("SignedData")
	}
	if err := s.readContent(encap); err != nil {
		return err
	}
	if err := s.readCertificates(&sd); err != nil {
		return err
	}
	var crls cryptobyte.String
	var present bool
	if !sd.ReadOptionalASN1(&crls, &present, explicit(1)) {
		return malformed("CRLs")
	}
	for !crls.Empty() {
		var e cryptobyte.String
		var tag casn1.Tag
		if !crls.ReadAnyASN1Element(&e, &tag) {
			return malformed("CRLs")
		}
		if tag == casn1.SEQUENCE {
			s.CRLs = append(s.CRLs, e)
		}
	}
	if !sd.ReadASN1(&infos, casn1.SET) {
		return malformed("SignerInfos")
	}
	for !infos.Empty() {
		var one cryptobyte.String
		if !infos.ReadASN1(&one, casn1.SEQUENCE) || len(s.Signers) >= 64 {
			return malformed("SignerInfos")
		}
		si, err := readSignerInfo(one)
		if err != nil {
			return err
		}
		s.Signers = append(s.Signers, si)
	}
	return nil
}

// readContent takes EncapsulatedContentInfo. PKCS#7 writers put any element
// where CMS has an OCTET STRING; its bytes are then the content. rfc5652:5.2.1
func (s *SignedData) readContent(encap cryptobyte.String) error {
	if !encap.ReadASN1ObjectIdentifier(&s.ContentType) {
		return malformed("EncapsulatedContentInfo")
	}
	var wrapped, content cryptobyte.String
	var present bool
	if !encap.ReadOptionalASN1(&wrapped, &present, explicit(0)) {
		return malformed("EncapsulatedContentInfo")
	}
	if !present {
		return nil
	}
	var tag casn1.Tag
	if !wrapped.ReadAnyASN1(&content, &tag) {
		return malformed("nội dung")
	}
	s.Content = append([]byte{}, content...)
	return nil
}

// readCertificates keeps what parses; old chains hold certificates that Go's
// strict reader refuses, and the others must still be of use.
func (s *SignedData) readCertificates(sd *cryptobyte.String) error {
	var certs cryptobyte.String
	var present bool
	if !sd.ReadOptionalASN1(&certs, &present, explicit(0)) {
		return malformed("chứng thư số")
	}
	for n := 0; !certs.Empty(); n++ {
		var e cryptobyte.String
		var tag casn1.Tag
		if !certs.ReadAnyASN1Element(&e, &tag) || n >= 256 {
			return malformed("chứng thư số")
		}
		c, err := x509.ParseCertificate(e)
		if err != nil {
			s.Unreadable++
			continue
		}
		s.Certificates = append(s.Certificates, c)
	}
	return nil
}

func readSignerInfo(in cryptobyte.String) (*SignerInfo, error) {
	si := &SignerInfo{}
	var version int
	if !in.ReadASN1Integer(&version) {
		return nil, malformed("SignerInfo")
	}
	if err := si.readIdentifier(&in); err != nil {
		return nil, err
	}
	var digest, alg pkix.AlgorithmIdentifier
	if !readAlgorithm(&in, &digest) {
		return nil, malformed("digestAlgorithm")
	}
	var err error
	if si.Hash, err = hashOf(digest.Algorithm); err != nil {
		return nil, err
	}
	if in.PeekASN1Tag(explicit(0)) {
		var whole cryptobyte.String
		if !in.ReadASN1Element(&whole, explicit(0)) {
			return nil, malformed("signedAttrs")
		}
		si.rawSigned = append([]byte{byte(casn1.SET)}, whole[1:]...)
		if si.Signed, err = readAttributes(si.rawSigned); err != nil {
			return nil, err
		}
	}
	if !readAlgorithm(&in, &alg) || !in.ReadASN1Bytes(&si.Signature, casn1.OCTET_STRING) {
		return nil, malformed("chữ ký")
	}
	si.algorithmID = alg
	if in.PeekASN1Tag(explicit(1)) {
		var whole cryptobyte.String
		if !in.ReadASN1Element(&whole, explicit(1)) {
			return nil, malformed("unsignedAttrs")
		}
		si.Unsigned, err = readAttributes(append([]byte{byte(casn1.SET)}, whole[1:]...))
	}
	return si, err
}

func (si *SignerInfo) readIdentifier(in *cryptobyte.String) error {
	if in.PeekASN1Tag(casn1.Tag(0).ContextSpecific()) {
		if !in.ReadASN1Bytes(&si.SubjectKeyID, casn1.Tag(0).ContextSpecific()) {
			return malformed("SignerIdentifier")
		}
		return nil
	}
	var sid, issuer cryptobyte.String
	si.Serial = new(big.Int)
	if !in.ReadASN1(&sid, casn1.SEQUENCE) || !sid.ReadASN1Element(&issuer, casn1.SEQUENCE) || !sid.ReadASN1Integer(si.Serial) {
		return malformed("SignerIdentifier")
	}
	si.RawIssuer = issuer
	return nil
}

func readAlgorithm(in *cryptobyte.String, out *pkix.AlgorithmIdentifier) bool {
	var e cryptobyte.String
	if !in.ReadASN1Element(&e, casn1.SEQUENCE) {
		return false
	}
	rest, err := asn1.Unmarshal(e, out)
	return err == nil && len(rest) == 0
}

func readAttributes(set []byte) ([]Attribute, error) {
	in := cryptobyte.String(set)
	var all cryptobyte.String
	if !in.ReadASN1(&all, casn1.SET) {
		return nil, malformed("thuộc tính")
	}
	var out []Attribute
	for !all.Empty() {
		var one, values cryptobyte.String
		var a Attribute
		if !all.ReadASN1(&one, casn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&a.Type) || !one.ReadASN1(&values, casn1.SET) || len(out) >= 256 {
			return nil, malformed("thuộc tính")
		}
		for !values.Empty() {
			var v cryptobyte.String
			var tag casn1.Tag
			if !values.ReadAnyASN1Element(&v, &tag) {
				return nil, malformed("thuộc tính")
			}
			a.Values = append(a.Values, v)
		}
		out = append(out, a)
	}
	return out, nil
}

// match finds the certificate that the signer identifier names.
func (si *SignerInfo) match(certs []*x509.Certificate) *x509.Certificate {
	for _, c := range certs {
		if si.Serial != nil && c.SerialNumber.Cmp(si.Serial) == 0 && bytes.Equal(c.RawIssuer, si.RawIssuer) {
			return c
		}
		if si.SubjectKeyID != nil && bytes.Equal(c.SubjectKeyId, si.SubjectKeyID) {
			return c
		}
	}
	return nil
}

// only returns the single value of an attribute that may occur once.
func only(attrs []Attribute, oid asn1.ObjectIdentifier) ([]byte, bool, error) {
	var value []byte
	found := false
	for _, a := range attrs {
		if !a.Type.Equal(oid) {
			continue
		}
		if found || len(a.Values) != 1 {
			return nil, true, malformed("thuộc tính lặp lại")
		}
		value, found = a.Values[0], true
	}
	return value, found, nil
}

// SigningTime is the time the signer claims, if the attribute is present.
// Only a time stamp makes a time trusted.
func (si *SignerInfo) SigningTime() (time.Time, bool) {
	raw, found, err := only(si.Signed, oidSigningTime)
	if !found || err != nil {
		return time.Time{}, false
	}
	var t time.Time
	rest, err := asn1.Unmarshal(raw, &t)
	return t, err == nil && len(rest) == 0
}

// Timestamps returns the signature time-stamp tokens, as found and unchecked.
func (si *SignerInfo) Timestamps() [][]byte {
	var out [][]byte
	for _, a := range si.Unsigned {
		if a.Type.Equal(oidTimeStampToken) {
			out = append(out, a.Values...)
		}
	}
	return out
}

// Revocations returns the CRLs and OCSP responses of adbe-revocationInfoArchival,
// which Adobe's and VGCA's tools store in the signature. iso32000-2:12.8.3.3.2
func (si *SignerInfo) Revocations() (crls, ocsps [][]byte) {
	raw, found, err := only(si.Signed, oidAdobeRevocation)
	if !found || err != nil {
		return nil, nil
	}
	in := cryptobyte.String(raw)
	var seq, part cryptobyte.String
	if !in.ReadASN1(&seq, casn1.SEQUENCE) {
		return nil, nil
	}
	read := func(tag uint8) (out [][]byte) {
		var list cryptobyte.String
		if !seq.PeekASN1Tag(explicit(tag)) || !seq.ReadASN1(&part, explicit(tag)) || !part.ReadASN1(&list, casn1.SEQUENCE) {
			return nil
		}
		for !list.Empty() {
			var e cryptobyte.String
			if !list.ReadASN1Element(&e, casn1.SEQUENCE) {
				return out
			}
			out = append(out, e)
		}
		return out
	}
	return read(0), read(1)
}
