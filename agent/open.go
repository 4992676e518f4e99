//go:build cgo

package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	_ "crypto/sha256" // named in requests, like the next
	_ "crypto/sha512"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/miekg/pkcs11"

	"vanthu/internal/token"
)

// open opens what was encrypted to a key.
func (l *library) open(q token.OpenRequest) ([]byte, error) {
	if q.Way == token.PKCS1 && (q.Size < 16 || q.Size > 64) {
		return nil, &token.Error{Code: token.BadRequest, Detail: "size of the key out of bounds"}
	}
	var out []byte
	err := l.with(q.Key, "", func(u inUse) (err error) {
		switch k := u.public.(type) {
		case *rsa.PublicKey:
			if q.Way != token.ECDH {
				out, err = l.openRSA(u, k, q)
				return err
			}
		case *ecdsa.PublicKey:
			if q.Way == token.ECDH {
				out, err = l.agree(u, k, q.Data)
				return err
			}
		}
		return &token.Error{Code: token.NoWay, Detail: fmt.Sprintf("%s with a key of another kind", q.Way)}
	})
	return out, err
}

// oaepHashes are the hashes of OAEP, as PKCS#11 numbers them.
// pkcs11-v3.0-mech:2.1.7
var oaepHashes = map[string]struct {
	hash           crypto.Hash
	mechanism, mgf uint
}{
	"SHA-1": {crypto.SHA1, pkcs11.CKM_SHA_1, pkcs11.CKG_MGF1_SHA1}, "SHA-256": {crypto.SHA256, pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256},
	"SHA-384": {crypto.SHA384, pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384}, "SHA-512": {crypto.SHA512, pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512},
}

func (l *library) openRSA(u inUse, k *rsa.PublicKey, q token.OpenRequest) ([]byte, error) {
	// rfc8017:5.1.2 asks for both; a token may answer anything to what breaks them.
	if len(q.Data) != k.Size() || new(big.Int).SetBytes(q.Data).Cmp(k.N) >= 0 {
		return nil, &token.Error{Code: token.BadData, Detail: "ciphertext out of range"}
	}
	if q.Way == token.PKCS1 {
		return l.openPKCS1(u, k, q)
	}
	return l.openOAEP(u, k, q)
}

// openOAEP has the token undo OAEP; where it knows only other hashes, and many
// know only SHA-1, it does the arithmetic and the padding is undone here.
func (l *library) openOAEP(u inUse, k *rsa.PublicKey, q token.OpenRequest) ([]byte, error) {
	h, ok := oaepHashes[q.Hash]
	m, ok2 := oaepHashes[q.MGF]
	if !ok || !ok2 {
		return nil, &token.Error{Code: token.NoWay, Detail: "RSA-OAEP " + q.Hash + ", mask " + q.MGF}
	}
	params := pkcs11.NewOAEPParams(h.mechanism, m.mgf, pkcs11.CKZ_DATA_SPECIFIED, nil)
	out, err := l.decrypt(u, pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS_OAEP, params), q.Data)
	if err == nil || !lacks(err) {
		return out, l.blame(u, k, err)
	}
	block, err := l.decrypt(u, pkcs11.NewMechanism(pkcs11.CKM_RSA_X_509, nil), q.Data)
	if lacks(err) {
		return nil, &token.Error{Code: token.NoWay, Detail: "RSA-OAEP " + q.Hash + ", mask " + q.MGF + "; nor CKM_RSA_X_509"}
	} else if err != nil {
		return nil, gone(err)
	}
	whole := make([]byte, k.Size())
	if len(block) > len(whole) {
		return nil, errors.New("the token gives more than a block")
	}
	copy(whole[len(whole)-len(block):], block) // some leave out leading zeros
	return unpadOAEP(whole, h.hash, m.hash)
}

// openPKCS1 gives a random key where the padding is wrong. rfc3218:2.3.2
func (l *library) openPKCS1(u inUse, k *rsa.PublicKey, q token.OpenRequest) ([]byte, error) {
	spare := make([]byte, q.Size)
	rand.Read(spare)
	out, err := l.decrypt(u, pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS, nil), q.Data)
	if lacks(err) {
		return nil, &token.Error{Code: token.NoWay, Detail: "CKM_RSA_PKCS"}
	}
	var bad *token.Error
	if err = l.blame(u, k, err); err == nil && len(out) == q.Size {
		return out, nil
	} else if err == nil || errors.As(err, &bad) && bad.Code == token.BadData {
		return spare, nil
	}
	return nil, err
}

// decrypt runs one mechanism over one block.
func (l *library) decrypt(u inUse, m *pkcs11.Mechanism, data []byte) ([]byte, error) {
	if err := l.p.DecryptInit(u.session, []*pkcs11.Mechanism{m}, u.key); err != nil {
		return nil, err
	}
	if l.alwaysAsks(u.session, u.key) {
		if err := l.p.Login(u.session, pkcs11.CKU_CONTEXT_SPECIFIC, u.pin); err != nil {
			return nil, err
		}
	}
	return l.p.Decrypt(u.session, data)
}

// lacks says that the token does not know a mechanism, or not with these
// parameters, or not for this key.
func lacks(err error) bool {
	return slices.Contains([]uint{pkcs11.CKR_MECHANISM_INVALID, pkcs11.CKR_MECHANISM_PARAM_INVALID, pkcs11.CKR_ARGUMENTS_BAD,
		pkcs11.CKR_KEY_FUNCTION_NOT_PERMITTED, pkcs11.CKR_KEY_TYPE_INCONSISTENT, pkcs11.CKR_FUNCTION_NOT_SUPPORTED}, code(err))
}

// blame tells data that does not open from a token that does not work. Makers
// answer wrong padding with anything, so where the code does not say, a block
// of our own is tried: if that opens, the data is to blame.
func (l *library) blame(u inUse, k *rsa.PublicKey, err error) error {
	bad := &token.Error{Code: token.BadData, Detail: "padding"}
	switch code(err) {
	case 0:
		return err
	case pkcs11.CKR_ENCRYPTED_DATA_INVALID, pkcs11.CKR_ENCRYPTED_DATA_LEN_RANGE, pkcs11.CKR_DATA_INVALID, pkcs11.CKR_DATA_LEN_RANGE:
		return bad
	case pkcs11.CKR_GENERAL_ERROR, pkcs11.CKR_FUNCTION_FAILED, pkcs11.CKR_DEVICE_ERROR:
		if l.opensOwn(u, k) {
			return bad
		}
	}
	return gone(err)
}

func (l *library) opensOwn(u inUse, k *rsa.PublicKey) bool {
	probe := []byte("vanthu-token")
	for _, m := range []uint{pkcs11.CKM_RSA_PKCS_OAEP, pkcs11.CKM_RSA_PKCS} {
		sealed, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, k, probe, nil)
		params := pkcs11.NewOAEPParams(pkcs11.CKM_SHA_1, pkcs11.CKG_MGF1_SHA1, pkcs11.CKZ_DATA_SPECIFIED, nil)
		mechanism := pkcs11.NewMechanism(m, params)
		if m == pkcs11.CKM_RSA_PKCS {
			sealed, err = rsa.EncryptPKCS1v15(rand.Reader, k, probe)
			mechanism = pkcs11.NewMechanism(m, nil)
		}
		if err != nil {
			continue
		}
		if out, err := l.decrypt(u, mechanism, sealed); err == nil && string(out) == string(probe) {
			return true
		}
	}
	return false
}

// agree computes the ECDH secret with a peer's point. The point is looked at
// first: one beside the curve would draw the key out of a careless token.
// sec1:3.2.2.1 pkcs11-v3.0-mech:2.3.12
func (l *library) agree(u inUse, k *ecdsa.PublicKey, point []byte) ([]byte, error) {
	own, err := k.ECDH()
	if err != nil {
		return nil, &token.Error{Code: token.NoWay, Detail: "curve " + k.Params().Name}
	}
	if _, err := own.Curve().NewPublicKey(point); err != nil {
		return nil, &token.Error{Code: token.BadData, Detail: "not a point of the curve"}
	}
	size := (k.Params().BitSize + 7) / 8
	wrapped, err := asn1.Marshal(point)
	if err != nil {
		return nil, err
	}
	for _, data := range [][]byte{point, wrapped} { // the standard allows both, a token may know one
		secret, err := l.derive(u, data, size)
		if err == nil {
			return secret, nil
		}
		if !lacks(err) {
			return nil, gone(err)
		}
	}
	return nil, &token.Error{Code: token.NoWay, Detail: "CKM_ECDH1_DERIVE"}
}

// derive has the token make a secret object, which is read and goes.
func (l *library) derive(u inUse, point []byte, size int) ([]byte, error) {
	m := pkcs11.NewMechanism(pkcs11.CKM_ECDH1_DERIVE, pkcs11.NewECDH1DeriveParams(pkcs11.CKD_NULL, nil, point))
	o, err := l.p.DeriveKey(u.session, []*pkcs11.Mechanism{m}, u.key, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_GENERIC_SECRET),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, false), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, false),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, true), pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, size)})
	if err != nil {
		return nil, err
	}
	defer l.p.DestroyObject(u.session, o)
	a, err := l.p.GetAttributeValue(u.session, o, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)})
	if err != nil {
		return nil, err
	}
	if len(a[0].Value) > size {
		return nil, errors.New("the token gives more than a coordinate")
	}
	out := make([]byte, size)
	copy(out[size-len(a[0].Value):], a[0].Value) // some leave out leading zeros
	return out, nil
}
