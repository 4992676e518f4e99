package edxml

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// Verdict is what is known of a signature.
type Verdict string

// The verdicts.
const (
	Valid     Verdict = "valid"     // the bytes are those that the holder of the key signed
	Invalid   Verdict = "invalid"   // they are not, or the signature is malformed
	Undecided Verdict = "undecided" // it uses what this package does not know
)

// SignatureResult is the verdict on one XML signature of a packet. Whether the
// certificate may be trusted, and was valid at the time, is not decided here.
// Legal weight lies in the signatures inside the PDFs, not in this one.
type SignatureResult struct {
	Verdict      Verdict
	Text         string              // one Vietnamese sentence
	Whole        bool                // the signature covers the whole packet, not parts by id
	Weak         bool                // SHA-1 or a short key: worth no more than a checksum
	Certificates []*x509.Certificate // as found; the first is the signer's
	Method       string              // signature algorithm
	Offset       int64               // byte where the Signature element begins
	Err          error               // technical cause, for verdicts other than valid
}

// VerifySignatures checks the XML signatures of a stored packet: those whose
// element lies in the genuine xmldsig namespace. Others, of the packet's own
// namespace, are not signatures, see Signature. It reads the packet once and
// once more for each reference, in constant memory. The error tells of a packet
// that cannot be read; a packet without signature gives none and no error.
func VerifySignatures(packet io.ReaderAt, size int64) ([]SignatureResult, error) {
	spans, _, err := findSignatures(io.NewSectionReader(packet, 0, size), size)
	if err != nil {
		return nil, err
	}
	results := make([]SignatureResult, len(spans))
	for i, sp := range spans {
		results[i] = verifyOne(packet, size, sp)
	}
	return results, nil
}

func verifyOne(packet io.ReaderAt, size int64, sp span) SignatureResult {
	res := SignatureResult{Offset: sp.from}
	err := res.check(packet, size, sp)
	res.Err = err
	var u unsupported
	switch {
	case err == nil:
		res.Verdict, res.Text = Valid, "Chữ ký gói tin hợp lệ."
		if res.Weak {
			res.Text = "Chữ ký gói tin khớp nhưng dùng thuật toán đã yếu."
		}
		if !res.Whole {
			res.Text = "Chữ ký gói tin khớp nhưng chỉ bao phủ một phần gói tin."
		}
	case errors.As(err, &u):
		res.Verdict, res.Text = Undecided, "Không kết luận được về chữ ký gói tin."
	default:
		res.Verdict, res.Text = Invalid, "Chữ ký gói tin không hợp lệ: nội dung đã bị sửa hoặc chữ ký sai."
	}
	return res
}

func (res *SignatureResult) check(packet io.ReaderAt, size int64, sp span) error {
	if sp.to-sp.from > maxSignature {
		return unsupported("a signature of more than a megabyte")
	}
	raw := make([]byte, sp.to-sp.from)
	if _, err := packet.ReadAt(raw, sp.from); err != nil && err != io.EOF {
		return err
	}
	d, err := parseSignature(raw, sp.outer)
	if err != nil {
		return err
	}
	res.Certificates, res.Method = d.certs, d.method
	if len(d.certs) == 0 {
		return unsupported("no certificate in KeyInfo")
	}
	if err := d.verifyValue(d.certs[0], res); err != nil {
		return err
	}
	for i := range d.references {
		r := &d.references[i]
		sum, err := digestReference(io.NewSectionReader(packet, 0, size), size, r, sp)
		if err != nil {
			return err
		}
		if !bytes.Equal(sum, r.value) {
			return fmt.Errorf("digest of reference %q differs", r.uri)
		}
		res.Whole = res.Whole || r.uri == "" && r.enveloped
		res.Weak = res.Weak || digests[r.digest] == crypto.SHA1
	}
	return nil
}

// verifyValue checks the signature value over the canonical SignedInfo.
func (d *dsig) verifyValue(cert *x509.Certificate, res *SignatureResult) error {
	m, ok := signatureMethods[d.method]
	if !ok {
		return unsupported("signature " + d.method)
	}
	h := m.hash.New()
	h.Write(d.signedInfo)
	sum := h.Sum(nil)
	res.Weak = m.hash == crypto.SHA1
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if m.family != "RSA" {
			return fmt.Errorf("RSA key with %s", d.method)
		}
		res.Weak = res.Weak || key.N.BitLen() < 2048
		return rsa.VerifyPKCS1v15(key, m.hash, sum, d.value)
	case *ecdsa.PublicKey:
		n := len(d.value) / 2
		r, s := new(big.Int).SetBytes(d.value[:n]), new(big.Int).SetBytes(d.value[n:])
		if m.family != "ECDSA" || len(d.value)%2 != 0 || !ecdsa.Verify(key, sum, r, s) {
			return fmt.Errorf("the ECDSA signature value does not verify")
		}
		return nil
	}
	return unsupported(fmt.Sprintf("key of type %T", cert.PublicKey))
}

// findSignatures reads a packet and returns the places of its XML signatures
// and of the end tag of its header (-1 if it has none).
func findSignatures(r io.Reader, size int64) (list []span, headerEnd int64, err error) {
	s := newScanner(r, size, maxDepth)
	defer s.close()
	headerEnd = -1
	depth, in := 0, 0 // in: depth of the Signature element being passed
	for {
		tok, err := s.next()
		if err != nil {
			return nil, 0, err
		}
		switch tok {
		case tokEOF:
			return list, headerEnd, nil
		case tokStart:
			depth++
			if in == 0 && string(s.local) == "Signature" && s.space() == nsXMLDSig {
				if len(list) == 8 {
					return nil, 0, s.fail(CodeLimit, "more than 8 signatures")
				}
				in = depth
				outer := s.bindings[:s.stack[len(s.stack)-1].bindings]
				list = append(list, span{from: s.offset, outer: append([]binding(nil), outer...)})
			}
		case tokEnd:
			if depth == in {
				list[len(list)-1].to, in = s.at(), 0
			}
			if depth <= 3 && string(s.local) == "edXMLHeader" {
				headerEnd = s.offset
			}
			depth--
		}
	}
}
