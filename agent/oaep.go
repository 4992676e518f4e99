//go:build cgo

package main

import (
	"crypto"
	"crypto/subtle"
	"encoding/binary"

	"vanthu/internal/token"
)

// unpadOAEP undoes EME-OAEP, without a label, in the same time whatever is
// wrong: which step failed would open the message to who may ask often.
// rfc8017:7.1.2 step 3
func unpadOAEP(block []byte, hash, mask crypto.Hash) ([]byte, error) {
	bad := &token.Error{Code: token.BadData, Detail: "padding"}
	n := hash.Size()
	if len(block) < 2*n+2 {
		return nil, bad
	}
	good := subtle.ConstantTimeByteEq(block[0], 0)
	seed, db := block[1:1+n], block[1+n:]
	maskBy(seed, db, mask)
	maskBy(db, seed, mask)
	good &= subtle.ConstantTimeCompare(hash.New().Sum(nil), db[:n])
	looking, at := 1, 0 // for the one that ends the zeros
	for i, b := range db[n:] {
		one, zero := subtle.ConstantTimeByteEq(b, 1), subtle.ConstantTimeByteEq(b, 0)
		at = subtle.ConstantTimeSelect(looking&one, i, at)
		good &= 1 - looking&(1-one)&(1-zero)
		looking &= 1 - one
	}
	if good&(1-looking) != 1 {
		return nil, bad
	}
	return db[n+at+1:], nil
}

// maskBy adds MGF1 of a seed. rfc8017:B.2.1
func maskBy(to, seed []byte, hash crypto.Hash) {
	h := hash.New()
	var sum []byte
	for n := uint32(0); len(to) > 0; n++ {
		h.Reset()
		h.Write(seed)
		h.Write(binary.BigEndian.AppendUint32(nil, n))
		sum = h.Sum(sum[:0])
		k := subtle.XORBytes(to, to, sum[:min(len(sum), len(to))])
		to = to[k:]
	}
}
