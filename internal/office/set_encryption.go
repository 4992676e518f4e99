package office

import (
	"context"
	"slices"
	"strconv"

	"vanthu/cms"
	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
)

// Encryption is how an agency encrypts files that go out (thuật toán mã hóa):
// the cipher of the content, and the shortest RSA key that it encrypts to. How
// the content's key is sealed follows from the recipient's certificate.
type Encryption struct {
	Cipher  string // "AES-256-GCM", "AES-256-CBC"
	RSABits int
}

// The ways to seal the content's key, as the page of settings says them.
const (
	RSATransport = "RSA-OAEP, SHA-256"
	ECAgreement  = "ECDH, SHA-256, AES-256"
)

// ciphers that package cms writes, by the figures that allow them (1) or not
// (0), and the number that C24.cipher gives each.
var ciphers = []struct {
	name, figure string
	number       int
	cipher       cms.Cipher
}{
	{"AES-256-GCM", "C24.gcm", 1, cms.AES256GCM},
	{"AES-256-CBC", "C24.cbc", 2, cms.AES256CBC},
}

var rsaLengths = []int{2048, 3072, 4096}

// EncryptionChoices are what the national figures of a day allow, and the
// choice of an agency that has not chosen: the weakest lengths are left out on
// the day they are no longer allowed. law:HT33-13.2
func EncryptionChoices(on viet.Day) (names []string, lengths []int, usual Encryption) {
	return encryptionChoices(func(key string) int { return law.Figure(key, on) })
}

func encryptionChoices(figure func(string) int) (names []string, lengths []int, usual Encryption) {
	for _, c := range ciphers {
		if figure(c.figure) != 1 {
			continue
		}
		names = append(names, c.name)
		if usual.Cipher == "" || figure("C24.cipher") == c.number {
			usual.Cipher = c.name
		}
	}
	least := figure("C24.rsa.bits")
	for _, n := range rsaLengths {
		if n >= least {
			lengths = append(lengths, n)
		}
	}
	if !slices.Contains(lengths, least) {
		lengths = append([]int{least}, lengths...)
	}
	usual.RSABits = least
	return names, lengths, usual
}

// EncryptionOf is the agency's choice. What the figures of the day no longer
// allow gives way to what they say. law:HT33-13.2
func EncryptionOf(q db.Q, on viet.Day) (Encryption, error) {
	names, lengths, e := EncryptionChoices(on)
	cipher, err := org.Setting(q, cipherSetting)
	if err != nil {
		return e, err
	}
	bits, err := org.Setting(q, rsaSetting)
	if err != nil {
		return e, err
	}
	if slices.Contains(names, cipher) {
		e.Cipher = cipher
	}
	if n, err := strconv.Atoi(bits); err == nil && slices.Contains(lengths, n) {
		e.RSABits = n
	}
	return e, nil
}

const (
	cipherSetting = "encryption.cipher"
	rsaSetting    = "encryption.rsa"
)

// cipher is the choice as package cms knows it.
func (e Encryption) cipher() cms.Cipher {
	for _, c := range ciphers {
		if c.name == e.Cipher {
			return c.cipher
		}
	}
	return cms.AES256GCM
}

// SetEncryption chooses how files that go out are encrypted from now on; what
// was sent stays as it is.
//
// Who: the administrator. Refuses E-INVALID for what the national figures do
// not allow on this day. law:HT33-13.2
func (o *Office) SetEncryption(ctx context.Context, by org.Actor, e Encryption) error {
	err := access.May(by, access.Administer)
	if err == nil {
		err = lawful(e, viet.DayOf(o.Store.Now()))
	}
	if err != nil {
		o.refused(ctx, by, 0, access.Administer, err)
		return err
	}
	return o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		was, err := EncryptionOf(tx, viet.DayOf(tx.Now))
		if err != nil || was == e {
			return err
		}
		if err := org.Set(tx, cipherSetting, e.Cipher); err != nil {
			return err
		}
		if err := org.Set(tx, rsaSetting, strconv.Itoa(e.RSABits)); err != nil {
			return err
		}
		return journal.Write(tx, EncryptionSet, 0, 0, journal.Detail{"before": was.String(), "after": e.String()})
	})
}

// String is the choice in one line.
func (e Encryption) String() string {
	return e.Cipher + ", RSA từ " + strconv.Itoa(e.RSABits) + " bit"
}

// lawful holds a choice against what may be chosen on a day. law:HT33-13.2
func lawful(e Encryption, on viet.Day) error {
	names, lengths, _ := EncryptionChoices(on)
	if !slices.Contains(names, e.Cipher) {
		return fail.Invalid("cipher", "Thuật toán mã hóa nội dung không nằm trong danh mục được dùng.", "HT33-13.2")
	}
	if !slices.Contains(lengths, e.RSABits) {
		return fail.Invalid("bits", "Độ dài khóa RSA không nằm trong danh mục được dùng.", "HT33-13.2")
	}
	return nil
}
