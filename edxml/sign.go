package edxml

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// Sign copies a stored packet to w with an enveloped XML signature over the
// whole of it at the end of its header: exclusive C14N, RSA or ECDSA by the key,
// and a hash that is as strong. The first certificate is the signer's. Every
// other byte stays as it was. Only peers that ask for it get signed packets; a
// hub that appends its trace to a packet breaks the signature.
//
// It reads the packet twice and holds none of it. A packet that has an XML
// signature already is refused.
func Sign(w io.Writer, packet io.ReaderAt, size int64, key crypto.Signer, chain ...*x509.Certificate) error {
	section := func() io.Reader { return io.NewSectionReader(packet, 0, size) }
	found, at, err := findSignatures(section(), size)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return fault(CodeSignature, found[0].from, "the packet is signed already")
	}
	if at < 0 {
		return fault(CodeSignature, 0, "the packet has no header")
	}
	m, err := methodFor(key)
	if err != nil {
		return fault(CodeSignature, 0, "%w", err)
	}
	ref := reference{enveloped: true, digest: m.digest}
	sum, err := digestReference(section(), size, &ref, span{from: -1})
	if err != nil {
		return err
	}
	signature, err := makeSignature(m, sum, key, chain)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.MultiReader(
		io.NewSectionReader(packet, 0, at), bytes.NewReader(signature), io.NewSectionReader(packet, at, size-at)))
	return err
}

// makeSignature builds the Signature element around the digest.
func makeSignature(m signMethod, digest []byte, key crypto.Signer, chain []*x509.Certificate) ([]byte, error) {
	if len(chain) == 0 {
		return nil, fault(CodeSignature, 0, "no certificate")
	}
	b64 := base64.StdEncoding.EncodeToString
	info := `<SignedInfo><CanonicalizationMethod Algorithm="` + algExcC14N + `"></CanonicalizationMethod>` +
		`<SignatureMethod Algorithm="` + m.signature + `"></SignatureMethod><Reference URI=""><Transforms>` +
		`<Transform Algorithm="` + algEnveloped + `"></Transform><Transform Algorithm="` + algExcC14N + `"></Transform></Transforms>` +
		`<DigestMethod Algorithm="` + m.digest + `"></DigestMethod><DigestValue>` + b64(digest) + `</DigestValue></Reference></SignedInfo>`
	open := `<Signature xmlns="` + nsXMLDSig + `">`
	canonical, err := canonicalChild([]byte(open+info+"</Signature>"), nil, method{})
	if err != nil {
		return nil, err
	}
	h := m.hash.New()
	h.Write(canonical)
	value, err := signValue(key, m.hash, h.Sum(nil))
	if err != nil {
		return nil, fault(CodeSignature, 0, "%w", err)
	}
	var certs strings.Builder
	for _, c := range chain {
		certs.WriteString("<X509Certificate>" + b64(c.Raw) + "</X509Certificate>")
	}
	return []byte(open + info + "<SignatureValue>" + b64(value) + "</SignatureValue><KeyInfo><X509Data>" +
		certs.String() + "</X509Data></KeyInfo></Signature>"), nil
}

// signMethod is how a key signs: the names of signature and digest, and their hash.
type signMethod struct {
	signature, digest string
	hash              crypto.Hash
}

// methodFor is the method that fits a key's strength. rfc5480:4
func methodFor(key crypto.Signer) (signMethod, error) {
	switch k := key.Public().(type) {
	case *rsa.PublicKey:
		return signMethod{algMore + "rsa-sha256", algSHA256, crypto.SHA256}, nil
	case *ecdsa.PublicKey:
		switch bits := k.Params().BitSize; {
		case bits > 384:
			return signMethod{algMore + "ecdsa-sha512", algSHA512, crypto.SHA512}, nil
		case bits > 256:
			return signMethod{algMore + "ecdsa-sha384", algMore + "sha384", crypto.SHA384}, nil
		}
		return signMethod{algMore + "ecdsa-sha256", algSHA256, crypto.SHA256}, nil
	}
	return signMethod{}, fmt.Errorf("key of type %T", key.Public())
}

// signValue signs; ECDSA values are r and s side by side (rfc4050:3.3).
func signValue(key crypto.Signer, hash crypto.Hash, sum []byte) ([]byte, error) {
	value, err := key.Sign(rand.Reader, sum, hash)
	if err != nil {
		return nil, err
	}
	k, ok := key.Public().(*ecdsa.PublicKey)
	if !ok {
		return value, nil
	}
	var rs struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(value, &rs); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("the key gave no ASN.1 signature: %w", err)
	}
	n := (k.Params().BitSize + 7) / 8
	return append(rs.R.FillBytes(make([]byte, n)), rs.S.FillBytes(make([]byte, n))...), nil
}
