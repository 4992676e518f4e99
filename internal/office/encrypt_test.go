package office

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"vanthu/cms"
	"vanthu/internal/fail"
	"vanthu/viet"
)

// The least length of keys is a dated figure (HT33-13.2).
func TestShortKeysAreNotEncryptedTo_HT33_13_2(t *testing.T) {
	key := func(bits uint) *x509.Certificate {
		return &x509.Certificate{PublicKey: &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), bits-1)}}
	}
	curve := func(c elliptic.Curve) *x509.Certificate {
		return &x509.Certificate{PublicKey: &ecdsa.PublicKey{Curve: c}}
	}
	on := viet.MakeDay(2025, 3, 3)
	_, _, usual := EncryptionChoices(on)
	for name, x := range map[string]struct {
		cert  *x509.Certificate
		short bool
	}{
		"RSA 1024": {key(1024), true}, "RSA 2048": {key(2048), false}, "RSA 4096": {key(4096), false},
		"P-224": {curve(elliptic.P224()), true}, "P-256": {curve(elliptic.P256()), false}, "another kind": {&x509.Certificate{}, true},
	} {
		if why := tooShort(x.cert, usual, on); (why != "") != x.short {
			t.Errorf("%s: %q", name, why)
		}
	}
	usual.RSABits = 4096 // the agency asks for more
	if tooShort(key(3072), usual, on) == "" || tooShort(key(4096), usual, on) != "" {
		t.Error("the agency's own length is not asked for")
	}
}

// An agency chooses among what the figures of the day allow, and nothing else
// (HT33-13.2).
func TestWhatMayBeChosenIsDated_HT33_13_2(t *testing.T) {
	figures := map[string]int{"C24.cipher": 1, "C24.gcm": 1, "C24.cbc": 1, "C24.rsa.bits": 2048}
	of := func(key string) int { return figures[key] }
	names, lengths, usual := encryptionChoices(of)
	if !slices.Equal(names, []string{"AES-256-GCM", "AES-256-CBC"}) || !slices.Equal(lengths, []int{2048, 3072, 4096}) || usual != (Encryption{"AES-256-GCM", 2048}) {
		t.Error(names, lengths, usual)
	}
	figures["C24.cipher"], figures["C24.cbc"], figures["C24.rsa.bits"] = 2, 0, 3072
	names, lengths, usual = encryptionChoices(of)
	if !slices.Equal(names, []string{"AES-256-GCM"}) || !slices.Equal(lengths, []int{3072, 4096}) || usual != (Encryption{"AES-256-GCM", 3072}) {
		t.Error(names, lengths, usual)
	}
	on := viet.MakeDay(2025, 3, 3)
	for _, e := range []Encryption{{}, {"3DES-CBC", 2048}, {"AES-256-GCM", 1024}, {"AES-256-GCM", 0}} {
		if err := lawful(e, on); !fail.Is(err, fail.BadInput) {
			t.Errorf("%v: %v", e, err)
		}
	}
}

// What is wrong with a file is told to its sender; what is wrong with us is
// not, and the packet waits (HT33-13.1).
func TestWhoseFaultAClosedFileIs_HT33_13_1(t *testing.T) {
	for _, err := range []error{cms.ErrNotRecipient, cms.ErrDecrypt, cms.ErrMalformed, cms.ErrUnsupported, cms.ErrTooLarge} {
		if cannotOpen(err) == "" {
			t.Errorf("%v is kept silent", err)
		}
	}
	o := &Office{Openers: func() ([]cms.Decrypter, error) { return nil, errors.New("broken disk") }}
	_, _, err := o.open(t.Context(), []byte("0"))
	if err == nil || cannotOpen(err) != "" || !strings.Contains(err.Error(), "broken disk") {
		t.Errorf("%v", err)
	}
	if _, bad := unreadable(err); bad {
		t.Error("a packet is refused because of our own key file")
	}
}
