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

// The verdicts. What could not be established is Undecided, never Valid.
const (
	// Valid: the whole packet is as the holder of a trusted certificate signed it,
	// by algorithms that can be relied on.
	Valid Verdict = "valid"
	// Invalid: what is covered is not what was signed, or the signature is malformed.
	Invalid Verdict = "invalid"
	// Undecided: it uses what this package does not know, or it fits, but proves
	// less than Valid says; see [SignatureResult.Fits].
	Undecided Verdict = "undecided"
)

// Trust decides on the certificate of a signature that fits: nil if its holder may
// be relied on, else the reason why not. It gets the certificates as they lie in
// the packet, the signer's first; anybody can put any others there.
type Trust func(certs []*x509.Certificate) error

// SignatureResult is the verdict on one XML signature of a packet. Legal weight
// lies in the signatures inside the PDFs, not in this one.
type SignatureResult struct {
	Verdict Verdict
	Text    string // one Vietnamese sentence
	// Fits: what is covered is what the key of the first certificate signed. By
	// itself it says neither whose key that is nor how much is covered.
	Fits         bool
	Whole        bool                // the signature covers the whole packet, not parts by id
	Weak         bool                // SHA-1 or a short key: worth no more than a checksum
	Certificates []*x509.Certificate // as found; the first is the signer's
	Method       string              // signature algorithm
	Offset       int64               // byte where the Signature element begins
	Err          error               // technical cause, for verdicts other than valid
}

// Why a signature that fits is not Valid; Err may also be that of the Trust.
var (
	ErrPart     = errors.New("edxml: the signature covers only a part of the packet")
	ErrWeak     = errors.New("edxml: the signature uses a weak algorithm or key")
	ErrNoTrust  = errors.New("edxml: nobody was named whose signature counts")
	errMismatch = errors.New("the signature value does not verify")
)

// VerifySignatures checks the XML signatures of a stored packet: those whose
// element lies in the genuine xmldsig namespace. Others, of the packet's own
// namespace, are not signatures, see Signature. With a nil trust, none is Valid.
// It reads the packet once and once more for each reference, in constant memory;
// more than sixteen readings of a packet beyond 8 MB are not made, and what would
// need them is Undecided.
// The error tells of a packet that cannot be read; a packet without signature
// gives none and no error.
func VerifySignatures(packet io.ReaderAt, size int64, trust Trust) ([]SignatureResult, error) {
	spans, _, err := findSignatures(io.NewSectionReader(packet, 0, size), size)
	if err != nil {
		return nil, err
	}
	results := make([]SignatureResult, len(spans))
	c := checked{packet, size, max(16*size, 128<<20)}
	for i, sp := range spans {
		results[i] = c.verify(sp, trust)
	}
	return results, nil
}

// checked is a packet whose signatures are looked at, and how many bytes of it may
// still be read: each reference reads it all, and their number is the sender's.
type checked struct {
	packet io.ReaderAt
	size   int64
	left   int64
}

func (c *checked) verify(sp span, trust Trust) SignatureResult {
	res := SignatureResult{Offset: sp.from}
	res.Err = res.check(c, sp)
	var u unsupported
	switch {
	case res.Err == nil:
		res.Fits = true
		res.judge(trust)
	case errors.As(res.Err, &u) && len(res.Certificates) == 0:
		res.Verdict, res.Text = Undecided, "Không kết luận được về chữ ký gói tin: không kèm chứng thư số của bên ký."
	case errors.As(res.Err, &u):
		res.Verdict, res.Text = Undecided, "Không kết luận được về chữ ký gói tin: cách ký hoặc thuật toán không được hỗ trợ."
	default:
		res.Verdict, res.Text = Invalid, "Chữ ký gói tin không hợp lệ: nội dung đã bị sửa hoặc chữ ký sai."
	}
	return res
}

// judge says what a signature that fits is worth.
func (res *SignatureResult) judge(trust Trust) {
	if trust == nil {
		trust = func([]*x509.Certificate) error { return ErrNoTrust }
	}
	err := trust(res.Certificates)
	res.Verdict, res.Err = Undecided, err
	switch {
	case !res.Whole:
		res.Text, res.Err = "Chữ ký gói tin khớp nhưng chỉ bao phủ một phần gói tin.", ErrPart
	case res.Weak:
		res.Text, res.Err = "Chữ ký gói tin khớp nhưng dùng thuật toán đã yếu.", ErrWeak
	case err != nil:
		res.Text = "Chữ ký gói tin khớp nhưng chưa rõ chứng thư số của bên ký có đáng tin cậy."
	default:
		res.Verdict, res.Text = Valid, "Chữ ký gói tin hợp lệ."
	}
}

func (res *SignatureResult) check(c *checked, sp span) error {
	if sp.to-sp.from > maxSignature {
		return unsupported("a signature of more than a megabyte")
	}
	raw := make([]byte, sp.to-sp.from)
	if _, err := c.packet.ReadAt(raw, sp.from); err != nil && err != io.EOF {
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
		if c.left -= c.size; c.left < 0 {
			return unsupported("more references than a packet of this size is read for")
		}
		sum, err := digestReference(io.NewSectionReader(c.packet, 0, c.size), c.size, r, sp)
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

// Lengths of RSA keys: a shorter one is no protection, one beyond takes minutes to
// try. The packet brings its own key.
const minRSA, maxRSA = 1024, 16384

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
		if n := key.N.BitLen(); n < minRSA || n > maxRSA {
			return unsupported(fmt.Sprintf("RSA key of %d bits", n))
		}
		res.Weak = res.Weak || key.N.BitLen() < 2048
		return rsa.VerifyPKCS1v15(key, m.hash, sum, d.value)
	case *ecdsa.PublicKey:
		n := len(d.value) / 2
		r, s := new(big.Int).SetBytes(d.value[:n]), new(big.Int).SetBytes(d.value[n:])
		if m.family != "ECDSA" || len(d.value)%2 != 0 || !ecdsa.Verify(key, sum, r, s) {
			return errMismatch
		}
		res.Weak = res.Weak || key.Params().BitSize < 256
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
