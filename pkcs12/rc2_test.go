package pkcs12

import (
	"encoding/hex"
	"testing"
)

// The standard's own examples with a key as long as it is effective. rfc2268:5
func TestRC2(t *testing.T) {
	for _, c := range []struct{ key, plain, sealed string }{
		{"ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", "1000000000000001", "30649edf9be7d2c2"},
		{"88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"},
	} {
		key, _ := hex.DecodeString(c.key)
		plain, _ := hex.DecodeString(c.plain)
		b, err := newRC2(key)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 8)
		b.Encrypt(got, plain)
		if hex.EncodeToString(got) != c.sealed {
			t.Errorf("%s encrypts to %x", c.key, got)
		}
		b.Decrypt(got, got)
		if hex.EncodeToString(got) != c.plain {
			t.Errorf("%s decrypts to %x", c.key, got)
		}
	}
}
