package main

import (
	"fmt"
	"math/rand/v2"
	"os"
)

// signed is a signed file of the vectors of package pades.
var signed []byte

func readSigned() (err error) {
	if signed, err = os.ReadFile("../pades/testdata/vectors/flow-a.pdf"); err != nil {
		return fmt.Errorf("the program runs in its own directory: %w", err)
	}
	return nil
}

// signedPDF is that file brought to a size with bytes behind its end that
// nothing can compress. Below the size of the file it is its beginning.
func signedPDF(size int) []byte {
	b := append([]byte{}, signed[:min(size, len(signed))]...)
	r := rand.NewChaCha8([32]byte{})
	for len(b) < size {
		b = append(b, byte(r.Uint64()))
	}
	return b
}
