package pkcs12

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"strings"
	"testing"
)

const password = "chu"

// Files that no writer makes, put together by hand. rfc7292:4

func der(v any) []byte {
	b, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func seq(parts ...[]byte) []byte {
	return der(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: bytes.Join(parts, nil)})
}

func tagged(in []byte) []byte {
	return der(asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: in})
}

func id(dotted string) []byte {
	var arcs asn1.ObjectIdentifier
	n := 0
	for i := 0; i <= len(dotted); i++ {
		if i == len(dotted) || dotted[i] == '.' {
			arcs, n = append(arcs, n), 0
			continue
		}
		n = n*10 + int(dotted[i]-'0')
	}
	return der(arcs)
}

// kdf is a PBKDF2 that claims a count.
func kdf(count int64, size int) []byte {
	params := [][]byte{der([]byte("muối")), der(count)}
	if size > 0 {
		params = append(params, der(size))
	}
	params = append(params, seq(id("1.2.840.113549.2.9")))
	return seq(id(oidPBKDF2), seq(params...))
}

// seal closes plain by PBES2 with a true count of one and returns what claims another.
func seal(t testing.TB, plain []byte, claim int64) (algorithm, sealed []byte) {
	key, err := pbkdf2.Key(sha256.New, password, []byte("muối"), 1, 32)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := aes.NewCipher(key)
	pad := 16 - len(plain)%16
	plain = append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	sealed = make([]byte, len(plain))
	iv := make([]byte, 16)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, plain)
	return seq(id(oidPBES2), seq(kdf(claim, 0), seq(id("2.16.840.1.101.3.4.1.42"), der(iv)))), sealed
}

func bag(kind string, value []byte) []byte { return seq(id(kind), tagged(value)) }

func shroudedKey(t testing.TB, pkcs8 []byte, claim int64) []byte {
	by, sealed := seal(t, pkcs8, claim)
	return bag(oidShroudedBag, seq(by, der(sealed)))
}

func plainSafe(bags ...[]byte) []byte {
	return seq(id(oidData), tagged(der(seq(bags...))))
}

func sealedSafe(t testing.TB, claim int64, bags ...[]byte) []byte {
	by, sealed := seal(t, seq(bags...), claim)
	content := der(asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: sealed})
	return seq(id(oidEncryptedData), tagged(seq(der(0), seq(id(oidData), by, content))))
}

// file puts safes into a file whose MAC, by PBMAC1, claims a count; the true one is 1.
func file(t testing.TB, claim int64, safes ...[]byte) []byte {
	content := seq(safes...)
	key, err := pbkdf2.Key(sha256.New, password, []byte("muối"), 1, 32)
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha256.New, key)
	m.Write(content)
	by := seq(id(oidPBMAC1), seq(kdf(claim, 32), seq(id("1.2.840.113549.2.9"))))
	return seq(der(3), seq(id(oidData), tagged(der(content))), seq(seq(by, der(m.Sum(nil))), der([]byte{}), der(1)))
}

// Wherever a file asks to work on its password for hours, also inside what is
// encrypted, it is refused at once; and so are many places together. rfc7292:4.2
func TestOpenIsNotKeptBusy(t *testing.T) {
	h := newHolder(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(h.key)
	if err != nil {
		t.Fatal(err)
	}
	const forever = int64(1) << 62
	cert := bag(oidCertBag, seq(id(oidX509), tagged(der(h.own.Raw))))
	issuer := bag(oidCertBag, seq(id(oidX509), tagged(der(h.issuer.Raw))))
	many := make([][]byte, 5)
	for i := range many {
		many[i] = sealedSafe(t, 1, cert)
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"honest":                           {file(t, 1, sealedSafe(t, 1, cert, issuer, shroudedKey(t, pkcs8, 1))), nil},
		"many safes":                       {file(t, 1, append(many, plainSafe(issuer, shroudedKey(t, pkcs8, 1)))...), nil},
		"the MAC":                          {file(t, forever, plainSafe(cert, shroudedKey(t, pkcs8, 1))), ErrWork},
		"the safe":                         {file(t, 1, sealedSafe(t, forever, cert)), ErrWork},
		"the key":                          {file(t, 1, plainSafe(cert, shroudedKey(t, pkcs8, forever))), ErrWork},
		"the key inside an encrypted safe": {file(t, 1, sealedSafe(t, 1, cert, shroudedKey(t, pkcs8, forever))), ErrWork},
		"no rounds":                        {file(t, 1, plainSafe(cert, shroudedKey(t, pkcs8, 0))), ErrMalformed},
		"two keys":                         {file(t, 1, plainSafe(cert, shroudedKey(t, pkcs8, 1), shroudedKey(t, pkcs8, 1))), ErrUnsupported},
		"no key":                           {file(t, 1, plainSafe(cert)), ErrNoKey},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want == nil {
				h.holds(t, c.data, password)
			} else if _, err := Open(c.data, password); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// Each bearable, together not.
func TestOneBudgetForAFile(t *testing.T) {
	o := opener{budget: maxWork}
	for i := range 4 {
		err := o.spend(maxWork/3-1, 20, 20)
		if (err != nil) != (i == 3) {
			t.Errorf("derivation %d: %v", i, err)
		}
	}
	if err := o.spend(1, 20, 20); err != nil {
		t.Errorf("what is left: %v", err)
	}
}

// Every change of one byte is an error with a name, or opens the same key.
func TestOpenNamesItsErrors(t *testing.T) {
	h := newHolder(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(h.key)
	if err != nil {
		t.Fatal(err)
	}
	data := file(t, 1, plainSafe(bag(oidCertBag, seq(id(oidX509), tagged(der(h.own.Raw)))), shroudedKey(t, pkcs8, 1)))
	for at := range data {
		broken := bytes.Clone(data)
		broken[at] ^= 1
		_, err := Open(broken, password)
		if err == nil {
			continue
		}
		named := false
		for _, e := range []error{ErrPassword, ErrMalformed, ErrUnsupported, ErrNoKey, ErrWork} {
			named = named || errors.Is(err, e)
		}
		if !named || strings.TrimSpace(err.Error()) == "" {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

// Key files of strangers: refused or opened, and never worked on for long. The
// content is read without its MAC too, since no change would pass that.
func FuzzOpen(f *testing.F) {
	h := newHolder(f)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(h.key)
	if err != nil {
		f.Fatal(err)
	}
	cert := bag(oidCertBag, seq(id(oidX509), tagged(der(h.own.Raw))))
	f.Add(seq(sealedSafe(f, 1, cert), plainSafe(shroudedKey(f, pkcs8, 1))))
	f.Add(seq(plainSafe(cert, bag(oidKeyBag, pkcs8))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := Open(data, password); err == nil && c.Key == nil {
			t.Fatal("opened without a key")
		}
		o := opener{word: wordOf(password), budget: 20_000}
		if err := o.safes(data); err == nil && o.budget < 0 {
			t.Fatal("more was spent than there is")
		}
	})
}
