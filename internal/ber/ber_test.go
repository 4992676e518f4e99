package ber

import (
	"errors"
	"testing"
)

const limit = 16 << 20

// Lengths that do not fit an int of 32 bits are refused on every machine.
func TestLengthsBeyondAnInt(t *testing.T) {
	long := make([]byte, limit)
	for _, head := range [][]byte{{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, {0x30, 0x84, 0x80, 0, 0, 0}, {0x30, 0x88, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, {0x04, 0x85, 1, 0, 0, 0, 0}} {
		if _, _, err := ToDER(long[:copy(long, head)+limit-len(head)], limit); !errors.Is(err, ErrMalformed) {
			t.Errorf("% x: %v", head, err)
		}
	}
}

// The reader must turn what it accepts into something it accepts unchanged.
func FuzzBER(f *testing.F) {
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 4, 1, 1, 0, 0, 0, 0})
	f.Add([]byte{0x30, 0x81, 3, 2, 1, 5})
	f.Add(append([]byte{0x30, 0x82, 1, 4, 4, 0x82, 1, 0}, make([]byte, 256)...))
	f.Add([]byte{0xbf, 0x81, 1, 2, 5, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		out, _, err := ToDER(data, limit)
		if err != nil {
			return
		}
		again, rest, err := ToDER(out, limit)
		if err != nil || len(rest) > 0 || string(again) != string(out) {
			t.Fatalf("%x -> %x -> %x %v", data, out, again, err)
		}
		// What passes for DER is what the slow way gives, too.
		slow, err := (&reader{data: data}).element(nil, 0)
		if err != nil || string(slow) != string(out) {
			t.Fatalf("%x -> %x, not %x %v", data, out, slow, err)
		}
	})
}
