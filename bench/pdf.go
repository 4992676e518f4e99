package main

import (
	"math/rand/v2"
	"os"
)

// signedPDF is a signed file of the vectors of package pades, brought to a size
// with bytes behind its end that nothing can compress. Below the size of the
// file it is its beginning.
func signedPDF(size int) []byte {
	b, err := os.ReadFile("../pades/testdata/vectors/flow-a.pdf")
	if err != nil {
		panic(err) // the program runs in its own directory
	}
	b = b[:min(size, len(b))]
	r := rand.NewChaCha8([32]byte{})
	for len(b) < size {
		b = append(b, byte(r.Uint64()))
	}
	return b
}
