package cms

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

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

// MaxEncrypted is the largest content, in bytes, that Encrypt takes and Decrypt
// gives. It is held in memory: with AES-GCM nothing may be handed on before the
// tag at the end was checked (rfc5084:4), so a stream would have to be kept
// somewhere anyway.
const MaxEncrypted = 64 << 20

// Encrypt encrypts content to the holders of certificates, each of whom can
// read it alone: RSA by OAEP with SHA-256, elliptic keys by ephemeral ECDH. The
// content is at most MaxEncrypted long. A certificate that may not be encrypted
// to gives ErrUsage, see CheckEncryptionUsage. law:HT33-13.1
func Encrypt(content []byte, to []*x509.Certificate, c Cipher) ([]byte, error) {
	if len(content) > MaxEncrypted {
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
	if err := CheckEncryptionUsage(cert); err != nil {
		return nil, err
	}
	if pub, ok := cert.PublicKey.(*rsa.PublicKey); ok {
		return transport(cert, pub, key)
	}
	return agreement(cert, cert.PublicKey.(*ecdsa.PublicKey), key)
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
	wrap, err := der(func(b *cryptobyte.Builder) { addAlgorithm(b, oidAES256Wrap, false) })
	if err != nil {
		return nil, err
	}
	sealed, err := wrapKey(kdf(crypto.SHA256, shared, wrap, nil, 32), key)
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

// kdf is the ANSI X9.63 function over ECC-CMS-SharedInfo: wrap is the encoded
// identifier of the key wrap as it stands in the message, ukm the sender's keying
// material (entityUInfo) or nil, size that of the wrapping key. rfc5753:7.2 sec1:3.6.1
func kdf(hash crypto.Hash, shared, wrap, ukm []byte, size int) []byte {
	info, err := der(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(wrap)
			if ukm != nil {
				b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(ukm) })
			}
			b.AddASN1(explicit(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString(binary.BigEndian.AppendUint32(nil, uint32(size*8))) })
		})
	})
	if err != nil {
		panic(err) // bytes are added to memory
	}
	var out []byte
	for n := uint32(1); len(out) < size; n++ {
		out = append(out, sum(hash, slices.Concat(shared, binary.BigEndian.AppendUint32(nil, n), info))...)
	}
	return out[:size]
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
