package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Decrypter holds the private half of a certificate. The software signer's key
// is one where it is RSA or ECDSA; see NewDecrypter.
type Decrypter interface {
	Certificate() *x509.Certificate
	// Unseal undoes RSA-OAEP (SHA-256) or PKCS#1 v1.5.
	Unseal(ctx context.Context, sealed []byte, oaep bool) ([]byte, error)
	// Agree computes the ECDH secret with a peer's point.
	Agree(ctx context.Context, point []byte) ([]byte, error)
}

type softwareDecrypter struct{ s *SoftwareSigner }

// NewDecrypter decrypts with a software signer's key.
func NewDecrypter(s *SoftwareSigner) Decrypter { return softwareDecrypter{s} }

func (d softwareDecrypter) Certificate() *x509.Certificate { return d.s.cert }

func (d softwareDecrypter) Unseal(_ context.Context, sealed []byte, oaep bool) ([]byte, error) {
	k, ok := d.s.key.(*rsa.PrivateKey)
	if !ok {
		return nil, ErrUnsupported
	}
	if oaep {
		return k.Decrypt(nil, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256})
	}
	// A random key of the right length on failure: no oracle for the attacker.
	return k.Decrypt(rand.Reader, sealed, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: 32})
}

func (d softwareDecrypter) Agree(_ context.Context, point []byte) ([]byte, error) {
	k, ok := d.s.key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, ErrUnsupported
	}
	own, err := k.ECDH()
	if err != nil {
		return nil, err
	}
	peer, err := own.Curve().NewPublicKey(point)
	if err != nil {
		return nil, ErrDecrypt
	}
	return own.ECDH(peer)
}

// Decrypt opens what Encrypt, or `openssl cms -encrypt` with AES-256 and these
// key algorithms, made. Errors: ErrNotRecipient, ErrDecrypt, ErrUnsupported,
// ErrMalformed.
func Decrypt(ctx context.Context, data []byte, d Decrypter) ([]byte, error) {
	raw, _, err := toDER(data)
	if err != nil {
		return nil, err
	}
	in := cryptobyte.String(raw)
	var ci, wrapped, body, recipients cryptobyte.String
	var kind asn1.ObjectIdentifier
	var version int
	if !in.ReadASN1(&ci, casn1.SEQUENCE) || !ci.ReadASN1ObjectIdentifier(&kind) || !ci.ReadASN1(&wrapped, explicit(0)) ||
		!wrapped.ReadASN1(&body, casn1.SEQUENCE) || !body.ReadASN1Integer(&version) ||
		!body.SkipOptionalASN1(explicit(0)) || !body.ReadASN1(&recipients, casn1.SET) {
		return nil, malformed("EnvelopedData")
	}
	if !kind.Equal(oidAuthEnvelopedData) && !kind.Equal(oidEnvelopedData) {
		return nil, fmt.Errorf("%w: loại nội dung %v", ErrUnsupported, kind)
	}
	key, err := openRecipients(ctx, recipients, d)
	if err != nil {
		return nil, err
	}
	return openContent(kind, body, key)
}

func openRecipients(ctx context.Context, list cryptobyte.String, d Decrypter) ([]byte, error) {
	for n := 0; !list.Empty(); n++ {
		var one cryptobyte.String
		var tag casn1.Tag
		if !list.ReadAnyASN1(&one, &tag) || n > 10_000 {
			return nil, malformed("RecipientInfo")
		}
		var key []byte
		var mine bool
		var err error
		switch tag {
		case casn1.SEQUENCE:
			key, mine, err = openTransport(ctx, one, d)
		case explicit(1):
			key, mine, err = openAgreement(ctx, one, d)
		}
		if mine || err != nil {
			return key, err
		}
	}
	return nil, ErrNotRecipient
}

// isMine compares issuer and serial, or the key identifier under tag [0].
func isMine(in *cryptobyte.String, cert *x509.Certificate) (bool, error) {
	keyID := casn1.Tag(0).ContextSpecific()
	if in.PeekASN1Tag(keyID) {
		var id cryptobyte.String
		in.ReadASN1(&id, keyID)
		return len(id) > 0 && bytes.Equal(id, cert.SubjectKeyId), nil
	}
	if in.PeekASN1Tag(explicit(0)) { // rKeyId
		var seq cryptobyte.String
		var id []byte
		if !in.ReadASN1(&seq, explicit(0)) || !seq.ReadASN1Bytes(&id, casn1.OCTET_STRING) {
			return false, malformed("RecipientIdentifier")
		}
		return len(id) > 0 && bytes.Equal(id, cert.SubjectKeyId), nil
	}
	var seq, issuer cryptobyte.String
	serial := new(big.Int)
	if !in.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1Element(&issuer, casn1.SEQUENCE) || !seq.ReadASN1Integer(serial) {
		return false, malformed("RecipientIdentifier")
	}
	return bytes.Equal(issuer, cert.RawIssuer) && serial.Cmp(cert.SerialNumber) == 0, nil
}

func openTransport(ctx context.Context, in cryptobyte.String, d Decrypter) ([]byte, bool, error) {
	var version int
	if !in.ReadASN1Integer(&version) {
		return nil, false, malformed("KeyTransRecipientInfo")
	}
	mine, err := isMine(&in, d.Certificate())
	if !mine || err != nil {
		return nil, false, err
	}
	var alg, hash, inner cryptobyte.String
	var oid asn1.ObjectIdentifier
	var sealed []byte
	if !in.ReadASN1(&alg, casn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&oid) || !in.ReadASN1Bytes(&sealed, casn1.OCTET_STRING) {
		return nil, true, malformed("KeyTransRecipientInfo")
	}
	oaep := oid.Equal(oidRSAOAEP)
	if oaep {
		var params cryptobyte.String
		var h asn1.ObjectIdentifier
		if !alg.ReadASN1(&params, casn1.SEQUENCE) || !params.ReadASN1(&hash, explicit(0)) || !hash.ReadASN1(&inner, casn1.SEQUENCE) ||
			!inner.ReadASN1ObjectIdentifier(&h) || !h.Equal(oidSHA256) {
			return nil, true, fmt.Errorf("%w: RSA-OAEP không dùng SHA-256", ErrUnsupported)
		}
	} else if !oid.Equal(oidRSA) {
		return nil, true, fmt.Errorf("%w: mã hóa khóa %v", ErrUnsupported, oid)
	}
	key, err := d.Unseal(ctx, sealed, oaep)
	if errors.Is(err, ErrUnsupported) {
		return nil, true, err
	}
	if err != nil {
		return nil, true, ErrDecrypt
	}
	return key, true, nil
}

func openAgreement(ctx context.Context, in cryptobyte.String, d Decrypter) ([]byte, bool, error) {
	var version int
	var originator, key, spki, alg, list cryptobyte.String
	var point asn1.BitString
	var oid, wrapOID asn1.ObjectIdentifier
	bad := malformed("KeyAgreeRecipientInfo")
	if !in.ReadASN1Integer(&version) || !in.ReadASN1(&originator, explicit(0)) {
		return nil, false, bad
	}
	if !originator.ReadASN1(&key, explicit(1)) {
		return nil, false, nil // static keys of the originator: not for us
	}
	if !key.ReadASN1(&spki, casn1.SEQUENCE) || !key.ReadASN1BitString(&point) || !in.SkipOptionalASN1(explicit(1)) ||
		!in.ReadASN1(&alg, casn1.SEQUENCE) || !in.ReadASN1(&list, casn1.SEQUENCE) {
		return nil, false, bad
	}
	for !list.Empty() {
		var one, wrapAlg cryptobyte.String
		if !list.ReadASN1(&one, casn1.SEQUENCE) {
			return nil, false, bad
		}
		mine, err := isMine(&one, d.Certificate())
		if err != nil {
			return nil, false, err
		}
		var sealed []byte
		if !mine {
			continue
		}
		if !one.ReadASN1Bytes(&sealed, casn1.OCTET_STRING) || !alg.ReadASN1ObjectIdentifier(&oid) ||
			!alg.ReadASN1(&wrapAlg, casn1.SEQUENCE) || !wrapAlg.ReadASN1ObjectIdentifier(&wrapOID) {
			return nil, true, bad
		}
		if !oid.Equal(oidECDHSHA256) || !wrapOID.Equal(oidAES256Wrap) {
			return nil, true, fmt.Errorf("%w: thỏa thuận khóa %v", ErrUnsupported, oid)
		}
		shared, err := d.Agree(ctx, point.RightAlign())
		if err != nil {
			return nil, true, err
		}
		content, err := unwrapKey(kdf(shared), sealed)
		return content, true, err
	}
	return nil, false, nil
}

// openContent decrypts EncryptedContentInfo and, for GCM, checks the tag.
func openContent(kind asn1.ObjectIdentifier, in cryptobyte.String, key []byte) ([]byte, error) {
	var eci, alg, body cryptobyte.String
	var contentType, oid asn1.ObjectIdentifier
	if !in.ReadASN1(&eci, casn1.SEQUENCE) || !eci.ReadASN1ObjectIdentifier(&contentType) || !eci.ReadASN1(&alg, casn1.SEQUENCE) ||
		!alg.ReadASN1ObjectIdentifier(&oid) {
		return nil, malformed("EncryptedContentInfo")
	}
	if err := readOctets(&eci, &body); err != nil {
		return nil, err
	}
	if len(key) != 32 {
		return nil, ErrDecrypt
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, ErrDecrypt
	}
	switch {
	case oid.Equal(oidAES256GCM) && kind.Equal(oidAuthEnvelopedData):
		return openGCM(block, alg, body, in)
	case oid.Equal(oidAES256CBC) && kind.Equal(oidEnvelopedData):
		return openCBC(block, alg, body)
	}
	return nil, fmt.Errorf("%w: mã hóa nội dung %v", ErrUnsupported, oid)
}

// readOctets reads [0] IMPLICIT OCTET STRING, whole or in pieces as streaming
// writers leave it.
func readOctets(in, body *cryptobyte.String) error {
	if whole := casn1.Tag(0).ContextSpecific(); in.PeekASN1Tag(whole) && in.ReadASN1(body, whole) {
		return nil
	}
	var pieces, one cryptobyte.String
	if !in.ReadASN1(&pieces, explicit(0)) {
		return malformed("nội dung mã hóa")
	}
	var all []byte
	for !pieces.Empty() {
		if !pieces.ReadASN1(&one, casn1.OCTET_STRING) {
			return malformed("nội dung mã hóa")
		}
		all = append(all, one...)
	}
	*body = all
	return nil
}

func openGCM(block cipher.Block, alg, body, rest cryptobyte.String) ([]byte, error) {
	var params cryptobyte.String
	var nonce, tag []byte
	size := 12
	if !alg.ReadASN1(&params, casn1.SEQUENCE) || !params.ReadASN1Bytes(&nonce, casn1.OCTET_STRING) ||
		(!params.Empty() && !params.ReadASN1Integer(&size)) {
		return nil, malformed("GCMParameters")
	}
	if rest.PeekASN1Tag(explicit(1)) {
		return nil, fmt.Errorf("%w: thuộc tính xác thực kèm theo", ErrUnsupported)
	}
	if !rest.ReadASN1Bytes(&tag, casn1.OCTET_STRING) || len(tag) != size || size < 12 || size > 16 || len(nonce) != 12 {
		return nil, malformed("GCM")
	}
	gcm, err := cipher.NewGCMWithTagSize(block, size)
	if err != nil {
		return nil, ErrDecrypt
	}
	out, err := gcm.Open(nil, nonce, append(bytes.Clone(body), tag...), nil)
	if err != nil {
		return nil, ErrDecrypt
	}
	return out, nil
}

func openCBC(block cipher.Block, alg, body cryptobyte.String) ([]byte, error) {
	var iv []byte
	if !alg.ReadASN1Bytes(&iv, casn1.OCTET_STRING) || len(iv) != aes.BlockSize || len(body) == 0 || len(body)%aes.BlockSize != 0 {
		return nil, malformed("CBC")
	}
	out := make([]byte, len(body))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, body)
	pad := int(out[len(out)-1])
	if pad == 0 || pad > aes.BlockSize || !bytes.Equal(out[len(out)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, ErrDecrypt
	}
	return out[:len(out)-pad], nil
}

// unwrapKey undoes wrapKey. rfc3394:2.2.2
func unwrapKey(kek, sealed []byte) ([]byte, error) {
	if len(sealed) < 24 || len(sealed)%8 != 0 || len(sealed) > 72 {
		return nil, ErrDecrypt
	}
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, ErrDecrypt
	}
	r := bytes.Clone(sealed)
	buf := make([]byte, 16)
	n := len(r)/8 - 1
	for t := 6 * n; t >= 1; t-- {
		at := 8 * ((t-1)%n + 1)
		binary.BigEndian.PutUint64(buf, binary.BigEndian.Uint64(r)^uint64(t))
		copy(buf[8:], r[at:at+8])
		block.Decrypt(buf, buf)
		copy(r, buf[:8])
		copy(r[at:], buf[8:])
	}
	if subtle.ConstantTimeCompare(r[:8], wrapIV) != 1 {
		return nil, ErrDecrypt
	}
	return r[8:], nil
}
