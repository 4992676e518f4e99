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
	"crypto/sha256"
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

var (
	oidEnvelopedData     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3}
	oidAuthEnvelopedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 23}
	oidAES256GCM         = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 46}
	oidAES256CBC         = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
	oidAES256Wrap        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 45}
	oidECDHSHA256        = asn1.ObjectIdentifier{1, 3, 132, 1, 11, 1} // dhSinglePass-stdDH-sha256kdf
)

// ErrNotRecipient says that nothing was encrypted to this certificate.
var ErrNotRecipient = errors.New("dữ liệu không được mã hóa cho chứng thư số này")

// ErrDecrypt says that the data was altered or the key is wrong.
var ErrDecrypt = errors.New("không giải mã được: dữ liệu bị thay đổi hoặc sai khóa")

// Cipher is how the content is encrypted.
type Cipher int

// The ciphers.
const (
	AES256GCM Cipher = iota // AuthEnvelopedData, rfc5083: also detects changes
	AES256CBC               // EnvelopedData, rfc5652:6, for old receivers; sign what is inside
)

// Encrypt encrypts content to the holders of certificates, each of whom can
// read it alone: RSA by OAEP with SHA-256, elliptic keys by ephemeral ECDH. The
// whole content is held in memory, at most MaxSize. law:HT33-13.1
func Encrypt(content []byte, to []*x509.Certificate, c Cipher) ([]byte, error) {
	if len(content) > MaxSize {
		return nil, ErrTooLarge
	}
	if len(to) == 0 {
		return nil, errors.New("cần ít nhất một bên nhận")
	}
	key := make([]byte, 32)
	rand.Read(key)
	var recipients [][]byte
	for _, cert := range to {
		r, err := recipientInfo(cert, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", cert.Subject.CommonName, err)
		}
		recipients = append(recipients, r)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if c == AES256CBC {
		return envelopCBC(block, content, recipients, agreesKeys(to))
	}
	return envelopGCM(block, content, recipients)
}

func agreesKeys(certs []*x509.Certificate) bool {
	for _, c := range certs {
		if _, ok := c.PublicKey.(*ecdsa.PublicKey); ok {
			return true
		}
	}
	return false
}

// envelopGCM writes AuthEnvelopedData. rfc5083:2.1 rfc5084:3.2
func envelopGCM(block cipher.Block, content []byte, recipients [][]byte) ([]byte, error) {
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	rand.Read(nonce)
	sealed := gcm.Seal(nil, nonce, content, nil)
	body, tag := sealed[:len(content)], sealed[len(content):]
	return envelope(oidAuthEnvelopedData, 0, recipients, func(b *cryptobyte.Builder) {
		addEncrypted(b, oidAES256GCM, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { // GCMParameters
				b.AddASN1OctetString(nonce)
				b.AddASN1Int64(int64(len(tag)))
			})
		}, body)
		b.AddASN1OctetString(tag)
	})
}

// envelopCBC writes EnvelopedData; version 2 if a recipient agrees on a key.
// rfc5652:6.1
func envelopCBC(block cipher.Block, content []byte, recipients [][]byte, agreement bool) ([]byte, error) {
	iv := make([]byte, aes.BlockSize)
	rand.Read(iv)
	pad := aes.BlockSize - len(content)%aes.BlockSize
	body := append(bytes.Clone(content), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(body, body)
	version := int64(0)
	if agreement {
		version = 2
	}
	return envelope(oidEnvelopedData, version, recipients, func(b *cryptobyte.Builder) {
		addEncrypted(b, oidAES256CBC, func(b *cryptobyte.Builder) { b.AddASN1OctetString(iv) }, body)
	})
}

func envelope(kind asn1.ObjectIdentifier, version int64, recipients [][]byte, rest func(b *cryptobyte.Builder)) ([]byte, error) {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(kind)
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(version)
					setOf(b, casn1.SET, recipients)
					rest(b)
				})
			})
		})
	})
}

// addEncrypted writes EncryptedContentInfo. rfc5652:6.1
func addEncrypted(b *cryptobyte.Builder, alg asn1.ObjectIdentifier, params func(b *cryptobyte.Builder), body []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidData)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(alg)
			params(b)
		})
		b.AddASN1(casn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(body) })
	})
}

func recipientInfo(cert *x509.Certificate, key []byte) ([]byte, error) {
	switch pub := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if cert.KeyUsage != 0 && cert.KeyUsage&x509.KeyUsageKeyEncipherment == 0 {
			return nil, fmt.Errorf("%w: mã hóa khóa", ErrUsage)
		}
		return transport(cert, pub, key)
	case *ecdsa.PublicKey:
		if cert.KeyUsage != 0 && cert.KeyUsage&x509.KeyUsageKeyAgreement == 0 {
			return nil, fmt.Errorf("%w: thỏa thuận khóa", ErrUsage)
		}
		return agreement(cert, pub, key)
	}
	return nil, fmt.Errorf("%w: khóa %T", ErrUnsupported, cert.PublicKey)
}

// transport writes KeyTransRecipientInfo with RSAES-OAEP, hash and mask both
// SHA-256 and both stated: left out they would mean SHA-1. rfc3560:3
func transport(cert *x509.Certificate, pub *rsa.PublicKey, key []byte) ([]byte, error) {
	sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, pub, key, nil)
	if err != nil {
		return nil, err
	}
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(0)
			addIssuerAndSerial(b, cert.RawIssuer, cert.SerialNumber)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidRSAOAEP)
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { addAlgorithm(b, oidSHA256, true) })
					b.AddASN1(explicit(1), func(b *cryptobyte.Builder) {
						b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
							b.AddASN1ObjectIdentifier(oidMGF1)
							addAlgorithm(b, oidSHA256, true)
						})
					})
				})
			})
			b.AddASN1OctetString(sealed)
		})
	})
}

// agreement writes KeyAgreeRecipientInfo with an ephemeral key. rfc5753:3.1
func agreement(cert *x509.Certificate, pub *ecdsa.PublicKey, key []byte) ([]byte, error) {
	theirs, err := pub.ECDH()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	own, err := theirs.Curve().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	shared, err := own.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	sealed, err := wrapKey(kdf(shared), key)
	if err != nil {
		return nil, err
	}
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { // [1] IMPLICIT KeyAgreeRecipientInfo
			b.AddASN1Int64(3)
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { // originator
				b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { // originatorKey
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidECPublicKey) })
					b.AddASN1BitString(own.PublicKey().Bytes())
				})
			})
			addKeyAgreementAlgorithm(b)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					addIssuerAndSerial(b, cert.RawIssuer, cert.SerialNumber)
					b.AddASN1OctetString(sealed)
				})
			})
		})
	})
}

func addKeyAgreementAlgorithm(b *cryptobyte.Builder) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidECDHSHA256)
		addAlgorithm(b, oidAES256Wrap, false)
	})
}

// kdf is the ANSI X9.63 function with SHA-256 over ECC-CMS-SharedInfo; one
// round gives the 32 bytes of the wrapping key. rfc5753:7.2 sec1:3.6.1
func kdf(shared []byte) []byte {
	info, err := der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addAlgorithm(b, oidAES256Wrap, false)
			b.AddASN1(explicit(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString([]byte{0, 0, 1, 0}) }) // 256 bits
		})
	})
	if err != nil {
		panic(err) // constant input
	}
	h := sha256.New()
	h.Write(shared)
	h.Write([]byte{0, 0, 0, 1})
	h.Write(info)
	return h.Sum(nil)
}

var wrapIV = bytes.Repeat([]byte{0xa6}, 8)

// wrapKey is AES key wrap. rfc3394:2.2.1
func wrapKey(kek, key []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, err
	}
	r := append(bytes.Clone(wrapIV), key...)
	buf := make([]byte, 16)
	n := len(key) / 8
	for t := 1; t <= 6*n; t++ {
		at := 8 * ((t-1)%n + 1)
		copy(buf, r[:8])
		copy(buf[8:], r[at:at+8])
		block.Encrypt(buf, buf)
		binary.BigEndian.PutUint64(r, binary.BigEndian.Uint64(buf)^uint64(t))
		copy(r[at:], buf[8:])
	}
	return r, nil
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
