package pkcs12

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"hash"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxWork is the rounds of hashing one file may ask for; writers ask for 2,048 for
// each thing they derive, careful ones for 600,000. rfc8018:4.2
const maxWork = 12_000_000

// spend takes what deriving size bytes in rounds costs from the budget.
func (o *opener) spend(rounds, size, block int) error {
	if rounds < 1 {
		return ErrMalformed
	}
	blocks := (size + block - 1) / block
	if rounds > o.budget/blocks {
		return ErrWork
	}
	o.budget -= rounds * blocks
	return nil
}

// word is a password in the two forms that key files use.
type word struct {
	utf8 string
	bmp  []byte // UTF-16, high byte first, with a zero at its end. rfc7292:B.1
}

func wordOf(password string) word {
	w := word{utf8: password}
	for _, unit := range utf16.Encode([]rune(password)) {
		w.bmp = binary.BigEndian.AppendUint16(w.bmp, unit)
	}
	w.bmp = append(w.bmp, 0, 0)
	return w
}

// What a derived key is for. rfc7292:B.3
const (
	forKey = 1
	forIV  = 2
	forMAC = 3
)

// derive is the key derivation of PKCS#12 itself. rfc7292:B.2
func (o *opener) derive(h hash.Hash, salt []byte, rounds, purpose, size int) ([]byte, error) {
	if err := o.spend(rounds, size, h.Size()); err != nil {
		return nil, err
	}
	v := h.BlockSize()
	d := make([]byte, v)
	for i := range d {
		d[i] = byte(purpose)
	}
	in := append(repeated(salt, v), repeated(o.word.bmp, v)...)
	var out []byte
	for {
		h.Reset()
		h.Write(d)
		h.Write(in)
		a := h.Sum(nil)
		for range rounds - 1 {
			h.Reset()
			h.Write(a)
			a = h.Sum(a[:0])
		}
		if out = append(out, a...); len(out) >= size {
			return out[:size], nil
		}
		b := repeated(a, v)[:v]
		for at := 0; at < len(in); at += v {
			increase(in[at:at+v], b)
		}
	}
}

// repeated writes s again and again until a multiple of v bytes is full.
func repeated(s []byte, v int) []byte {
	if len(s) == 0 {
		return nil
	}
	out := make([]byte, (len(s)+v-1)/v*v)
	for i := range out {
		out[i] = s[i%len(s)]
	}
	return out
}

// increase adds b and 1 to a, both numbers of the same length, high byte first; what
// does not fit is lost.
func increase(a, b []byte) {
	carry := 1
	for i := len(a) - 1; i >= 0; i-- {
		carry += int(a[i]) + int(b[i])
		a[i] = byte(carry)
		carry >>= 8
	}
}

// asStated stands for a size that the parameters must state. rfc9579:5
const asStated = 0

// pbkdf2 derives size bytes by PBKDF2-params ::= SEQUENCE { salt OCTET STRING,
// iterationCount, keyLength OPTIONAL, prf DEFAULT hmacWithSHA1 }. rfc8018:A.2
func (o *opener) pbkdf2(by algorithm, size int) ([]byte, error) {
	var seq, salt cryptobyte.String
	var rounds, length int
	if !by.params.ReadASN1(&seq, casn1.SEQUENCE) {
		return nil, ErrMalformed
	}
	if !seq.PeekASN1Tag(casn1.OCTET_STRING) {
		return nil, unsupported("muối lấy từ nguồn khác")
	}
	if !seq.ReadASN1(&salt, casn1.OCTET_STRING) || !readCount(&seq, &rounds) {
		return nil, ErrMalformed
	}
	if seq.PeekASN1Tag(casn1.INTEGER) && !seq.ReadASN1Integer(&length) {
		return nil, ErrMalformed
	}
	switch {
	case size == asStated && length >= 20 && length <= 64:
		size = length
	case size == asStated, length != 0 && length != size:
		return nil, ErrMalformed
	}
	prf := oidHMACWithSHA1
	if !seq.Empty() {
		a, ok := readAlgorithm(&seq)
		if !ok {
			return nil, ErrMalformed
		}
		prf = a.id
	}
	h := hmacs[prf]
	if h == nil {
		return nil, unsupported("hàm dẫn xuất khóa %s", prf)
	}
	// One round of HMAC hashes twice.
	if err := o.spend(2*rounds, size, h().Size()); err != nil {
		return nil, err
	}
	return pbkdf2.Key(h, o.word.utf8, salt, rounds, size)
}

// readCount reads a number of rounds. One that no int holds is as good as any other
// beyond the budget.
func readCount(in *cryptobyte.String, rounds *int) bool {
	var wide int64
	if !in.ReadASN1Integer(&wide) {
		return false
	}
	*rounds = int(min(wide, maxWork+1))
	return true
}

// pbe derives for PKCS-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations }.
// rfc7292:C
func (o *opener) pbe(by algorithm, key, iv int) (k, i []byte, err error) {
	var seq, salt cryptobyte.String
	var rounds int
	if !by.params.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1(&salt, casn1.OCTET_STRING) || !readCount(&seq, &rounds) {
		return nil, nil, ErrMalformed
	}
	if k, err = o.derive(sha1.New(), salt, rounds, forKey, key); err != nil {
		return nil, nil, err
	}
	i, err = o.derive(sha1.New(), salt, rounds, forIV, iv)
	return k, i, err
}
