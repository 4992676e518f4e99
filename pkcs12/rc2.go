package pkcs12

import (
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strings"
)

// rc2 is the cipher of key files of the 1990s: OpenSSL before 3.0 and Windows still
// close the certificates, which are no secret, with 40 bits of it. rfc2268
type rc2 [64]uint16

// piTable is a random order of the 256 bytes, made of the digits of pi. rfc2268:2
var piTable = bytesOf(`
	d978f9c419ddb5ed28e9fd794aa0d89d
	c67e37832b76538e624c6488448bfba2
	179a59f587b34f1361456d8d09817d32
	bd8f40eb86b77b0bf09521225c6b4e82
	54d66593ce60b21c7356c014a78cf1dc
	1275ca1f3bbee4d1423dd430a33cb626
	6fbf0eda4669075727f21d9bbc944303
	f811c7f690ef3ee706c3d52fc8661ed7
	08e8eade8052eef784aa72ac354d6a2a
	961ad2715a1549744b9fd05e0418a4ec
	c2e0416e0f51cbcc2491af50a1f47039
	997c3a8523b8b47afc02365b25559731
	2d5dfa98e38a92ae05df2910676cbac9
	d300e6cfe19ea82c6316013f58e289a9
	0d38341bab33ffb0bb480c5fb9b1cd2e
	c5f3db47e5a59c770aa62068fe7fc1ad
`)

func bytesOf(digits string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
	if err != nil {
		panic(err)
	}
	return b
}

// newRC2 expands a key whose effective length is its own. rfc2268:2
func newRC2(key []byte) (cipher.Block, error) {
	var l [128]byte
	n := copy(l[:], key)
	for i := n; i < len(l); i++ {
		l[i] = piTable[l[i-1]+l[i-n]]
	}
	l[128-n] = piTable[l[128-n]]
	for i := 127 - n; i >= 0; i-- {
		l[i] = piTable[l[i+1]^l[i+n]]
	}
	var k rc2
	for i := range k {
		k[i] = binary.LittleEndian.Uint16(l[2*i:])
	}
	return &k, nil
}

func (*rc2) BlockSize() int { return 8 }

var rc2Turns = [4]int{1, 2, 3, 5}

// rc2Mashes tells after how many mixing rounds, of 16, a mashing round follows.
func rc2Mashes(round int) bool { return round == 5 || round == 11 }

// Encrypt is the cipher forwards. rfc2268:3
func (k *rc2) Encrypt(dst, src []byte) {
	r := rc2Words(src)
	for round := 1; round <= 16; round++ {
		for i := range r {
			a, b, c := r[(i+3)%4], r[(i+2)%4], r[(i+1)%4]
			r[i] = bits.RotateLeft16(r[i]+k[4*(round-1)+i]+(a&b)+(^a&c), rc2Turns[i])
		}
		if rc2Mashes(round) {
			for i := range r {
				r[i] += k[r[(i+3)%4]&63]
			}
		}
	}
	rc2Put(dst, r)
}

// Decrypt is the cipher backwards. rfc2268:4
func (k *rc2) Decrypt(dst, src []byte) {
	r := rc2Words(src)
	for round := 16; round >= 1; round-- {
		if rc2Mashes(round) {
			for i := 3; i >= 0; i-- {
				r[i] -= k[r[(i+3)%4]&63]
			}
		}
		for i := 3; i >= 0; i-- {
			a, b, c := r[(i+3)%4], r[(i+2)%4], r[(i+1)%4]
			r[i] = bits.RotateLeft16(r[i], -rc2Turns[i]) - k[4*(round-1)+i] - (a & b) - (^a & c)
		}
	}
	rc2Put(dst, r)
}

func rc2Words(src []byte) (r [4]uint16) {
	for i := range r {
		r[i] = binary.LittleEndian.Uint16(src[2*i:])
	}
	return r
}

func rc2Put(dst []byte, r [4]uint16) {
	for i, w := range r {
		binary.LittleEndian.PutUint16(dst[2*i:], w)
	}
}
