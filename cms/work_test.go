package cms

import (
	"encoding/asn1"
	"errors"
	"testing"
)

// Many bags, each of a bearable count, are as much work as one beyond bearing.
// rfc7292:4.2
func TestLoadPKCS12OfManyBags(t *testing.T) {
	type key struct {
		Salt  []byte
		Count int
	}
	for n, want := range map[int]bool{3: false, 4: true, 1000: true} {
		keys := make([]key, n)
		for i := range keys {
			keys[i] = key{[]byte("muối"), maxIterations}
		}
		der, err := asn1.Marshal(keys)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := LoadPKCS12(der, "chu"); errors.Is(err, ErrTooLarge) != want {
			t.Errorf("%d keys: %v", n, err)
		}
	}
}
