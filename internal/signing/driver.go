package signing

import (
	"context"
	"crypto"
	"crypto/x509"
	"log/slog"
)

// Kind names how a key signs.
type Kind string

// The kinds. The last two hand the file out and take it back signed: nobody
// here ever speaks to the key.
const (
	BySoftware Kind = "software" // PKCS#12 file on this machine
	ByToken    Kind = "pkcs11"   // token or HSM, through the agent vanthu-token
	ByRemote   Kind = "remote"   // service that speaks CSC API v2
	ByClient   Kind = "client"   // national signing program on the signer's desk
	ByUpload   Kind = "upload"   // signed anywhere, uploaded
)

// HandsOut says that the file goes to the key, not the digest.
func (k Kind) HandsOut() bool { return k == ByClient || k == ByUpload }

var kindNames = map[Kind]string{
	BySoftware: "Khóa mềm trên máy chủ", ByToken: "Thiết bị ký nối với máy chủ", ByRemote: "Dịch vụ ký số từ xa",
	ByClient: "Phần mềm ký số trên máy người ký", ByUpload: "Ký ngoài, tải lên",
}

// String is the kind as a page says it; "" for what is none.
func (k Kind) String() string { return kindNames[k] }

// Consent is what the holder of a key types to agree to one use of it. It is
// passed on and forgotten: never stored, never logged.
type Consent struct {
	PIN  string
	Code string // one-time
}

// String hides the consent from every %v.
func (Consent) String() string { return "(kín)" }

// GoString hides it from %#v.
func (Consent) GoString() string { return "signing.Consent{(kín)}" }

// LogValue hides it from the log.
func (Consent) LogValue() slog.Value { return slog.StringValue("(kín)") }

// MarshalText keeps it out of JSON.
func (Consent) MarshalText() ([]byte, error) { return []byte("(kín)"), nil }

// Need is what a key asks of its holder before it signs.
type Need struct {
	PIN  bool
	Code bool // a one-time code
	// Sends: the code comes by message after Ring.SendCode; otherwise the
	// holder reads it from a device of his.
	Sends bool
	Most  int  // signatures under one consent; 0: no limit
	Once  bool // the consent is spent with one call of Sign
	// Confirms: the holder agrees on a device of his, while Sign waits.
	Confirms bool
	Note     string // of the driver, Vietnamese: "PIN còn 1 lần thử"; may be empty
}

// Given refuses a consent that lacks what the key asks for.
func (n Need) Given(c Consent) error {
	switch {
	case n.PIN && c.PIN == "":
		return Refuse(PINNeeded, nil)
	case n.Code && c.Code == "":
		return Refuse(CodeNeeded, nil)
	}
	return nil
}

// Key is a key that a driver can use, as it is offered for the register.
type Key struct {
	Ref    string // what the register keeps as Certificate.KeyRef
	Label  string // for people: the label on the token, the description of the service
	Device string // serial number of the device, if it has one
	Chain  []*x509.Certificate
}

// Driver signs digests with keys that stay where they are. Every driver passes
// signingtest.Run. Errors are refusals with a [State].
type Driver interface {
	// Keys lists the keys that are there now, each with its certificate. With
	// an error, those that could be read are given all the same.
	Keys(ctx context.Context) ([]Key, error)
	// Need tells what consent the key wants; it refuses when the key is not
	// there now. It spends nothing: no try of a PIN, no message with a code.
	Need(ctx context.Context, c Certificate) (Need, error)
	// Sign signs every digest, made with hash, under one consent: all or none.
	// Values are RSA PKCS#1 v1.5 or ASN.1 ECDSA, by the kind of the key.
	Sign(ctx context.Context, c Certificate, consent Consent, digests [][]byte, hash crypto.Hash) ([][]byte, error)
}
