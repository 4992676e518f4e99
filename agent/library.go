//go:build cgo

package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"

	"github.com/miekg/pkcs11"

	"vanthu/internal/token"
)

// library is one PKCS#11 module. Its calls come one after another: many
// modules and most tokens bear no other use.
type library struct {
	mu  sync.Mutex
	p   *pkcs11.Ctx
	pin string // the machine's own; "" when requests bring one
	// only is the device that the machine's PIN is for, by its serial number;
	// "": every one.
	only string
}

func openLibrary(path, pin string) (*library, error) {
	p := pkcs11.New(path)
	if p == nil {
		return nil, fmt.Errorf("không nạp được thư viện %s", path)
	}
	if err := p.Initialize(); err != nil {
		p.Destroy()
		return nil, fmt.Errorf("thư viện %s: %w", path, err)
	}
	return &library{p: p, pin: pin}, nil
}

func (l *library) close() {
	l.p.Finalize()
	l.p.Destroy()
}

// device is a token in its slot.
type device struct {
	slot uint
	info pkcs11.TokenInfo
}

func (d device) serial() string { return strings.TrimSpace(strings.Trim(d.info.SerialNumber, "\x00")) }

func (d device) state() token.PINState {
	switch f := d.info.Flags; {
	case f&pkcs11.CKF_USER_PIN_LOCKED != 0:
		return token.PINLocked
	case f&pkcs11.CKF_USER_PIN_FINAL_TRY != 0:
		return token.PINFinal
	case f&pkcs11.CKF_USER_PIN_COUNT_LOW != 0:
		return token.PINLow
	}
	return token.PINGood
}

// devices lists the tokens that are plugged in now.
func (l *library) devices() ([]device, error) {
	slots, err := l.p.GetSlotList(true)
	if err != nil {
		return nil, err
	}
	var out []device
	for _, s := range slots {
		info, err := l.p.GetTokenInfo(s)
		if err != nil || info.Flags&pkcs11.CKF_TOKEN_INITIALIZED == 0 {
			continue // pulled out meanwhile, or empty
		}
		out = append(out, device{s, info})
	}
	return out, nil
}

// keys lists the keys by their certificates, which a token shows without a PIN.
func (l *library) keys() ([]token.Key, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	devices, err := l.devices()
	if err != nil {
		return nil, err
	}
	out := []token.Key{}
	for _, d := range devices {
		list, err := l.onDevice(d)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (l *library) onDevice(d device) ([]token.Key, error) {
	s, err := l.p.OpenSession(d.slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return nil, err
	}
	defer l.p.CloseSession(s)
	certs, err := l.certificates(s)
	if err != nil {
		return nil, err
	}
	var out []token.Key
	for _, c := range certs {
		if c.cert.IsCA || len(c.id) == 0 {
			continue
		}
		k := token.Key{ID: keyID{d.serial(), c.id, c.print()}.String(), Label: c.label, Token: d.serial(),
			Model: strings.TrimSpace(d.info.Model), PIN: !l.own(d), State: d.state()}
		for _, x := range chain(c, certs) {
			k.Certificates = append(k.Certificates, x.Raw)
		}
		out = append(out, k)
	}
	return out, nil
}

// stored is a certificate object.
type stored struct {
	id    []byte
	label string
	cert  *x509.Certificate
}

// print tells certificates of one key apart: a renewed one has the CKA_ID of
// the old.
func (c stored) print() string {
	sum := sha256.Sum256(c.cert.Raw)
	return hex.EncodeToString(sum[:8])
}

// keyID names a key by one certificate of it.
type keyID struct {
	serial string
	id     []byte // CKA_ID
	print  string // of the certificate; "" in names that earlier versions gave
}

func (k keyID) String() string { return k.serial + "/" + hex.EncodeToString(k.id) + "/" + k.print }

func parseKeyID(name string) (k keyID, err error) {
	var id string
	k.serial, id, _ = strings.Cut(name, "/")
	id, k.print, _ = strings.Cut(id, "/")
	if k.id, err = hex.DecodeString(id); err != nil || len(k.id) == 0 {
		return k, &token.Error{Code: token.NoKey}
	}
	return k, nil
}

// of says that a certificate is the one that is named.
func (k keyID) of(c stored) bool {
	return bytes.Equal(c.id, k.id) && !c.cert.IsCA && (k.print == "" || k.print == c.print())
}

func (l *library) certificates(s pkcs11.SessionHandle) ([]stored, error) {
	objects, err := l.find(s, pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE))
	if err != nil {
		return nil, err
	}
	var out []stored
	for _, o := range objects {
		a, err := l.p.GetAttributeValue(s, o, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_ID, nil), pkcs11.NewAttribute(pkcs11.CKA_LABEL, nil), pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)})
		if err != nil {
			return nil, err
		}
		cert, err := x509.ParseCertificate(a[2].Value)
		if err != nil {
			continue // not ours to judge; it is no key of ours either
		}
		out = append(out, stored{a[0].Value, string(a[1].Value), cert})
	}
	return out, nil
}

// chain follows the issuers that are on the token too.
func chain(leaf stored, all []stored) []*x509.Certificate {
	out := []*x509.Certificate{leaf.cert}
	for len(out) <= len(all) {
		last := out[len(out)-1]
		if bytes.Equal(last.RawIssuer, last.RawSubject) {
			break
		}
		next := (*x509.Certificate)(nil)
		for _, c := range all {
			if c.cert.IsCA && bytes.Equal(c.cert.RawSubject, last.RawIssuer) && last.CheckSignatureFrom(c.cert) == nil {
				next = c.cert
			}
		}
		if next == nil {
			break
		}
		out = append(out, next)
	}
	return out
}

const maxObjects = 1000

func (l *library) find(s pkcs11.SessionHandle, like ...*pkcs11.Attribute) ([]pkcs11.ObjectHandle, error) {
	if err := l.p.FindObjectsInit(s, like); err != nil {
		return nil, err
	}
	out, _, err := l.p.FindObjects(s, maxObjects)
	if end := l.p.FindObjectsFinal(s); err == nil {
		err = end
	}
	return out, err
}

// sign signs every digest with a key, or none.
func (l *library) sign(key, pin string, hash crypto.Hash, digests [][]byte) ([][]byte, error) {
	var out [][]byte
	err := l.with(key, pin, func(u inUse) (err error) {
		out, err = l.signIn(u, hash, digests)
		return err
	})
	return out, err
}

// inUse is a private key that may be used: the session is logged in.
type inUse struct {
	session pkcs11.SessionHandle
	key     pkcs11.ObjectHandle
	public  crypto.PublicKey // as its certificate has it
	slot    uint
	pin     string
}

// with runs f on a key.
func (l *library) with(key, pin string, f func(inUse) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	k, err := parseKeyID(key)
	if err != nil {
		return err
	}
	d, err := l.device(k.serial)
	if err != nil {
		return err
	}
	s, err := l.p.OpenSession(d.slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return gone(err)
	}
	defer l.p.CloseSession(s)
	public, err := l.publicOf(s, k)
	if err != nil {
		return err
	}
	pin, err = l.login(s, d, pin)
	if err != nil {
		return err
	}
	defer l.p.Logout(s)
	private, err := l.private(s, k.id, public)
	if err != nil {
		return err
	}
	return f(inUse{s, private, public, d.slot, pin})
}

func (l *library) device(serial string) (device, error) {
	all, err := l.devices()
	if err != nil {
		return device{}, err
	}
	for _, d := range all {
		if d.serial() == serial {
			return d, nil
		}
	}
	return device{}, &token.Error{Code: token.NoKey, Detail: "no such token"}
}

// publicOf is the public key in the certificate that names a key.
func (l *library) publicOf(s pkcs11.SessionHandle, k keyID) (crypto.PublicKey, error) {
	certs, err := l.certificates(s)
	if err != nil {
		return nil, gone(err)
	}
	for _, c := range certs {
		if k.of(c) {
			return c.cert.PublicKey, nil
		}
	}
	return nil, &token.Error{Code: token.NoKey, Detail: "no certificate for the key"}
}

// own says that the machine holds the PIN of a device.
func (l *library) own(d device) bool { return l.pin != "" && (l.only == "" || l.only == d.serial()) }

// login uses the machine's PIN or the request's. A PIN of the machine that is
// wrong once is dropped: trying on would lock the token.
func (l *library) login(s pkcs11.SessionHandle, d device, pin string) (string, error) {
	own := l.own(d)
	if own {
		pin = l.pin
	}
	if pin == "" {
		return "", &token.Error{Code: token.NeedPIN}
	}
	err := l.p.Login(s, pkcs11.CKU_USER, pin)
	switch code(err) {
	case 0, pkcs11.CKR_USER_ALREADY_LOGGED_IN:
		return pin, nil
	case pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_INVALID:
		if own {
			l.pin = ""
		}
		if info, err := l.p.GetTokenInfo(d.slot); err == nil {
			d.info = info
		}
		if d.state() == token.PINLocked {
			return "", &token.Error{Code: token.LockedPIN, State: token.PINLocked}
		}
		return "", &token.Error{Code: token.WrongPIN, State: d.state()}
	case pkcs11.CKR_PIN_LOCKED:
		return "", &token.Error{Code: token.LockedPIN, State: token.PINLocked}
	}
	return "", gone(err)
}

func (l *library) signIn(u inUse, hash crypto.Hash, digests [][]byte) ([][]byte, error) {
	again := l.alwaysAsks(u.session, u.key)
	out := make([][]byte, len(digests))
	for i, digest := range digests {
		mechanism, input, err := inputFor(u.public, hash, digest)
		if err != nil {
			return nil, err
		}
		if err := l.p.SignInit(u.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)}, u.key); err != nil {
			return nil, gone(err)
		}
		if again {
			if err := l.p.Login(u.session, pkcs11.CKU_CONTEXT_SPECIFIC, u.pin); err != nil {
				return nil, gone(err)
			}
		}
		raw, err := l.p.Sign(u.session, input)
		if err != nil {
			return nil, gone(err)
		}
		if out[i], err = valueOf(u.public, raw); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// private finds the private half of a public key. Some makers give every key
// of a token the same id: then the modulus, which RSA keys show, decides.
func (l *library) private(s pkcs11.SessionHandle, id []byte, public crypto.PublicKey) (pkcs11.ObjectHandle, error) {
	like := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_ID, id)}
	switch k := public.(type) {
	case *rsa.PublicKey:
		like = append(like, pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_RSA), pkcs11.NewAttribute(pkcs11.CKA_MODULUS, k.N.Bytes()))
	case *ecdsa.PublicKey:
		like = append(like, pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_EC))
	}
	found, err := l.find(s, like...)
	if err != nil {
		return 0, gone(err)
	}
	if len(found) != 1 {
		return 0, &token.Error{Code: token.NoKey, Detail: fmt.Sprintf("%d private keys of this id", len(found))}
	}
	return found[0], nil
}

// alwaysAsks says that the key wants the PIN for each signature.
func (l *library) alwaysAsks(s pkcs11.SessionHandle, o pkcs11.ObjectHandle) bool {
	a, err := l.p.GetAttributeValue(s, o, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_ALWAYS_AUTHENTICATE, nil)})
	return err == nil && len(a) == 1 && len(a[0].Value) == 1 && a[0].Value[0] == 1
}

// prefixes are the DigestInfo in front of a digest. rfc8017:9.2
var prefixes = map[crypto.Hash][]byte{
	crypto.SHA256: {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
	crypto.SHA384: {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30},
	crypto.SHA512: {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40},
}

// inputFor is what the token gets: a DigestInfo for RSA, the digest for ECDSA.
// pkcs11-v3.0-mech:2.1.6 2.3.6
func inputFor(public crypto.PublicKey, hash crypto.Hash, digest []byte) (uint, []byte, error) {
	switch public.(type) {
	case *rsa.PublicKey:
		return pkcs11.CKM_RSA_PKCS, append(bytes.Clone(prefixes[hash]), digest...), nil
	case *ecdsa.PublicKey:
		return pkcs11.CKM_ECDSA, digest, nil
	}
	return 0, nil, &token.Error{Code: token.BadRequest, Detail: "neither an RSA nor an ECDSA key"}
}

// valueOf brings the two halves of an ECDSA signature into ASN.1. rfc3279:2.2.3
func valueOf(public crypto.PublicKey, raw []byte) ([]byte, error) {
	if _, ok := public.(*ecdsa.PublicKey); !ok {
		return raw, nil
	}
	if len(raw) == 0 || len(raw)%2 != 0 {
		return nil, errors.New("ECDSA signature of odd length")
	}
	r, s := new(big.Int).SetBytes(raw[:len(raw)/2]), new(big.Int).SetBytes(raw[len(raw)/2:])
	return asn1.Marshal(struct{ R, S *big.Int }{r, s})
}

func code(err error) uint {
	var e pkcs11.Error
	if err == nil || !errors.As(err, &e) {
		return 0
	}
	return uint(e)
}

// gone tells a token that was pulled out from other failures.
func gone(err error) error {
	switch code(err) {
	case pkcs11.CKR_TOKEN_NOT_PRESENT, pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_SLOT_ID_INVALID, pkcs11.CKR_SESSION_HANDLE_INVALID:
		return &token.Error{Code: token.NoKey, Detail: err.Error()}
	}
	return err
}
