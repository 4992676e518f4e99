package cms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/ber"
)

// Decrypt opens what Encrypt, or another writer of CMS, made: AES by GCM or
// CBC, keys by RSA-OAEP, RSA PKCS#1 v1.5 or ephemeral ECDH. Content and
// structure together are at most MaxEncrypted and a megabyte long. CBC does not
// notice changes: check the signatures of what is inside. Somebody on the way can
// make CBC of what was sent as GCM and learn from what comes of it, unless the
// sender bound the key to the cipher, which is read here: never send back what
// was opened and could not be understood. rfc9709:1
//
// Errors: ErrNotRecipient, ErrDecrypt, ErrKeyAway, ErrUnsupported, ErrMalformed, ErrTooLarge.
func Decrypt(ctx context.Context, data []byte, d Decrypter) ([]byte, error) {
	e, err := parseEnvelope(data)
	if err != nil {
		return nil, err
	}
	key, err := openRecipients(ctx, e, d)
	if err != nil {
		return nil, err
	}
	return e.open(key)
}

// CipherOf names the algorithm of an encrypted content, such as "AES-256-GCM".
func CipherOf(data []byte) (string, error) {
	e, err := parseEnvelope(data)
	if err != nil {
		return "", err
	}
	return e.cipher.name, nil
}

// IsEncrypted tells by the first bytes, a hundred are enough, whether a file
// is CMS that only recipients can read.
func IsEncrypted(head []byte) bool {
	for _, oid := range []asn1.ObjectIdentifier{oidEnvelopedData, oidAuthEnvelopedData} {
		id, err := asn1.Marshal(oid)
		if at := bytes.Index(head[:min(len(head), 32)], id); err == nil && at > 1 && at < 12 && head[0] == 0x30 {
			return true
		}
	}
	return false
}

// encrypted is a parsed envelope. rfc5652:6.1 rfc5083:2.1
type encrypted struct {
	kind       asn1.ObjectIdentifier
	recipients cryptobyte.String
	cipher     contentCipher
	params     cryptobyte.String
	body       cryptobyte.String
	rest       cryptobyte.String // of AuthEnvelopedData: attributes and tag
	bound      []byte            // the cipher's identifier, if the key depends on it
}

// contentCipher is an algorithm for the content.
type contentCipher struct {
	name    string
	oid     asn1.ObjectIdentifier
	keySize int
	gcm     bool
}

var contentCiphers = []contentCipher{
	{"AES-256-GCM", oidAES256GCM, 32, true}, {"AES-192-GCM", asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 26}, 24, true}, {"AES-128-GCM", asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 6}, 16, true},
	{"AES-256-CBC", oidAES256CBC, 32, false}, {"AES-192-CBC", asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}, 24, false}, {"AES-128-CBC", asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}, 16, false},
}

func cipherOf(oid asn1.ObjectIdentifier) (contentCipher, error) {
	for _, c := range contentCiphers {
		if c.oid.Equal(oid) {
			return c, nil
		}
	}
	return contentCipher{}, fmt.Errorf("%w: mã hóa nội dung %v", ErrUnsupported, oid)
}

func parseEnvelope(data []byte) (*encrypted, error) {
	raw, _, err := ber.ToDER(data, MaxEncrypted+1<<20)
	if err != nil {
		return nil, err
	}
	in := cryptobyte.String(raw)
	var ci, wrapped, body, eci, alg cryptobyte.String
	var contentType asn1.ObjectIdentifier
	var version int
	e := new(encrypted)
	if !in.ReadASN1(&ci, casn1.SEQUENCE) || !ci.ReadASN1ObjectIdentifier(&e.kind) || !ci.ReadASN1(&wrapped, explicit(0)) {
		return nil, malformed("EnvelopedData")
	}
	if !e.kind.Equal(oidAuthEnvelopedData) && !e.kind.Equal(oidEnvelopedData) {
		return nil, fmt.Errorf("%w: loại nội dung %v", ErrUnsupported, e.kind)
	}
	if !wrapped.ReadASN1(&body, casn1.SEQUENCE) || !body.ReadASN1Integer(&version) ||
		!body.SkipOptionalASN1(explicit(0)) || !body.ReadASN1(&e.recipients, casn1.SET) {
		return nil, malformed("EnvelopedData")
	}
	if !body.ReadASN1(&eci, casn1.SEQUENCE) || !eci.ReadASN1ObjectIdentifier(&contentType) || !eci.ReadASN1(&alg, casn1.SEQUENCE) {
		return nil, malformed("EncryptedContentInfo")
	}
	if err := e.readAlgorithm(alg); err != nil {
		return nil, err
	}
	if e.cipher.gcm != e.kind.Equal(oidAuthEnvelopedData) {
		return nil, fmt.Errorf("%w: mã hóa nội dung %v", ErrUnsupported, e.cipher.oid)
	}
	e.rest = body
	return e, ber.ReadOctets(&eci, &e.body)
}

func openRecipients(ctx context.Context, e *encrypted, d Decrypter) ([]byte, error) {
	list := e.recipients
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
			key, mine, err = openTransport(ctx, one, e.cipher.keySize, d)
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

func openTransport(ctx context.Context, in cryptobyte.String, keySize int, d Decrypter) ([]byte, bool, error) {
	var version int
	if !in.ReadASN1Integer(&version) {
		return nil, false, malformed("KeyTransRecipientInfo")
	}
	mine, err := isMine(&in, d.Certificate())
	if !mine || err != nil {
		return nil, false, err
	}
	var alg cryptobyte.String
	var oid asn1.ObjectIdentifier
	var sealed []byte
	if !in.ReadASN1(&alg, casn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&oid) || !in.ReadASN1Bytes(&sealed, casn1.OCTET_STRING) {
		return nil, true, malformed("KeyTransRecipientInfo")
	}
	var opts crypto.DecrypterOpts
	switch {
	case oid.Equal(oidRSAOAEP):
		if opts, err = oaepOf(alg); err != nil {
			return nil, true, err
		}
	case oid.Equal(oidRSA):
		// A random key of the right length on failure: no oracle for the attacker. rfc3218:2.3.2
		opts = &rsa.PKCS1v15DecryptOptions{SessionKeyLen: keySize}
	default:
		return nil, true, fmt.Errorf("%w: mã hóa khóa %v", ErrUnsupported, oid)
	}
	key, err := d.Unseal(ctx, sealed, opts)
	return key, true, ofKey(ctx, err)
}

// oaepOf reads RSAES-OAEP-params, whose every default is SHA-1. rfc4055:4.1
func oaepOf(params cryptobyte.String) (*rsa.OAEPOptions, error) {
	o := &rsa.OAEPOptions{Hash: crypto.SHA1, MGFHash: crypto.SHA1}
	var p struct {
		Hash  pkix.AlgorithmIdentifier `asn1:"explicit,tag:0,optional"`
		MGF   pkix.AlgorithmIdentifier `asn1:"explicit,tag:1,optional"`
		Label asn1.RawValue            `asn1:"explicit,tag:2,optional"`
	}
	if rest, err := asn1.Unmarshal(params, &p); err != nil || len(rest) > 0 {
		return nil, malformed("tham số RSA-OAEP")
	}
	if len(p.Label.FullBytes) > 0 {
		return nil, fmt.Errorf("%w: RSA-OAEP có nhãn", ErrUnsupported)
	}
	var err error
	if p.Hash.Algorithm != nil {
		if o.Hash, err = hashOf(p.Hash.Algorithm); err != nil {
			return nil, err
		}
	}
	if p.MGF.Algorithm != nil {
		var inner pkix.AlgorithmIdentifier
		if _, err := asn1.Unmarshal(p.MGF.Parameters.FullBytes, &inner); err != nil || !p.MGF.Algorithm.Equal(oidMGF1) {
			return nil, fmt.Errorf("%w: hàm sinh mặt nạ %v", ErrUnsupported, p.MGF.Algorithm)
		}
		if o.MGFHash, err = hashOf(inner.Algorithm); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// agreements are the ECDH schemes, by their derivation's hash. rfc5753:7.1.4
var agreements = []struct {
	oid  asn1.ObjectIdentifier
	hash crypto.Hash
}{
	{asn1.ObjectIdentifier{1, 3, 133, 16, 840, 63, 0, 2}, crypto.SHA1},
	{oidECDHSHA256, crypto.SHA256},
	{asn1.ObjectIdentifier{1, 3, 132, 1, 11, 2}, crypto.SHA384},
	{asn1.ObjectIdentifier{1, 3, 132, 1, 11, 3}, crypto.SHA512},
}

// keyWraps are the AES key wraps, by the size of the wrapping key. rfc3565:2.3.2
var keyWraps = []struct {
	oid  asn1.ObjectIdentifier
	size int
}{
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 5}, 16}, {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 25}, 24}, {oidAES256Wrap, 32},
}

// agreed reads a KeyEncryptionAlgorithmIdentifier and derives the wrapping key
// with the sender's keying material, nil if there is none.
func agreed(alg cryptobyte.String, ukm []byte, agree func() ([]byte, error)) ([]byte, error) {
	var wrap, in cryptobyte.String
	var oid, wrapOID asn1.ObjectIdentifier
	if !alg.ReadASN1ObjectIdentifier(&oid) || !alg.ReadASN1Element(&wrap, casn1.SEQUENCE) {
		return nil, malformed("thỏa thuận khóa")
	}
	if in = wrap; !in.ReadASN1(&in, casn1.SEQUENCE) || !in.ReadASN1ObjectIdentifier(&wrapOID) {
		return nil, malformed("thỏa thuận khóa")
	}
	for _, a := range agreements {
		for _, w := range keyWraps {
			if !a.oid.Equal(oid) || !w.oid.Equal(wrapOID) {
				continue
			}
			shared, err := agree()
			if err != nil {
				return nil, err
			}
			return kdf(a.hash, shared, wrap, ukm, w.size), nil
		}
	}
	return nil, fmt.Errorf("%w: thỏa thuận khóa %v với %v", ErrUnsupported, oid, wrapOID)
}

// openAgreement reads KeyAgreeRecipientInfo. rfc5753:3.1
func openAgreement(ctx context.Context, in cryptobyte.String, d Decrypter) ([]byte, bool, error) {
	var version int
	var originator, key, spki, material, alg, list cryptobyte.String
	var point asn1.BitString
	bad := malformed("KeyAgreeRecipientInfo")
	if !in.ReadASN1Integer(&version) || !in.ReadASN1(&originator, explicit(0)) {
		return nil, false, bad
	}
	if !originator.ReadASN1(&key, explicit(1)) {
		return nil, false, nil // static keys of the originator: not for us
	}
	var ukm []byte
	var given bool
	if !key.ReadASN1(&spki, casn1.SEQUENCE) || !key.ReadASN1BitString(&point) || !in.ReadOptionalASN1(&material, &given, explicit(1)) ||
		given && !material.ReadASN1Bytes(&ukm, casn1.OCTET_STRING) ||
		!in.ReadASN1(&alg, casn1.SEQUENCE) || !in.ReadASN1(&list, casn1.SEQUENCE) {
		return nil, false, bad
	}
	for !list.Empty() {
		var one cryptobyte.String
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
		if !one.ReadASN1Bytes(&sealed, casn1.OCTET_STRING) {
			return nil, true, bad
		}
		kek, err := agreed(alg, ukm, func() ([]byte, error) {
			shared, err := d.Agree(ctx, point.RightAlign())
			return shared, ofKey(ctx, err)
		})
		if err != nil {
			return nil, true, err
		}
		content, err := unwrapKey(kek, sealed)
		return content, true, err
	}
	return nil, false, nil
}

// open decrypts the content and, for GCM, checks the tag.
func (e *encrypted) open(key []byte) ([]byte, error) {
	if len(key) != e.cipher.keySize {
		return nil, ErrDecrypt
	}
	if e.bound != nil {
		var err error
		if key, err = boundKey(key, e.bound, len(key)); err != nil {
			return nil, ErrDecrypt
		}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, ErrDecrypt
	}
	if e.cipher.gcm {
		return openGCM(block, e.params, e.body, e.rest)
	}
	return openCBC(block, e.params, e.body)
}

func openGCM(block cipher.Block, alg, body, rest cryptobyte.String) ([]byte, error) {
	var params cryptobyte.String
	var nonce, tag []byte
	size := 12
	if !alg.ReadASN1(&params, casn1.SEQUENCE) || !params.ReadASN1Bytes(&nonce, casn1.OCTET_STRING) ||
		(!params.Empty() && !params.ReadASN1Integer(&size)) {
		return nil, malformed("GCMParameters")
	}
	var attrs cryptobyte.String
	if rest.PeekASN1Tag(explicit(1)) {
		if !rest.ReadASN1Element(&attrs, explicit(1)) {
			return nil, malformed("thuộc tính xác thực")
		}
		attrs = append([]byte{byte(casn1.SET)}, attrs[1:]...) // rfc5083:2.2
	}
	if !rest.ReadASN1Bytes(&tag, casn1.OCTET_STRING) || len(tag) != size || size < 12 || size > 16 || len(nonce) != 12 {
		return nil, malformed("GCM")
	}
	gcm, err := cipher.NewGCMWithTagSize(block, size)
	if err != nil {
		return nil, ErrDecrypt
	}
	out, err := gcm.Open(nil, nonce, slices.Concat(body, tag), attrs)
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
	pad, ok := padding(out[len(out)-aes.BlockSize:])
	if !ok {
		return nil, ErrDecrypt // as for a wrong key: what was wrong is nobody's business
	}
	return out[:len(out)-pad], nil
}

// padding reads the length of the padding in the last block, in the same time
// whatever stands there. rfc5652:6.3
func padding(block []byte) (n int, ok bool) {
	n = int(block[aes.BlockSize-1])
	good := subtle.ConstantTimeLessOrEq(1, n) & subtle.ConstantTimeLessOrEq(n, aes.BlockSize)
	for i, b := range block {
		part := subtle.ConstantTimeLessOrEq(aes.BlockSize, i+n)
		good &= subtle.ConstantTimeSelect(part, subtle.ConstantTimeByteEq(b, byte(n)), 1)
	}
	return n, good == 1
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
