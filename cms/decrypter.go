package cms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
)

// Decrypter holds the private half of a certificate: software, a token, an HSM.
type Decrypter interface {
	Certificate() *x509.Certificate
	// Unseal undoes RSA key transport, with the options of crypto/rsa:
	// *rsa.OAEPOptions or *rsa.PKCS1v15DecryptOptions. Keys that are not RSA
	// give ErrUnsupported.
	Unseal(ctx context.Context, sealed []byte, opts crypto.DecrypterOpts) ([]byte, error)
	// Agree computes the ECDH secret with a peer's point. Keys that are not
	// elliptic give ErrUnsupported.
	Agree(ctx context.Context, point []byte) ([]byte, error)
}

// ErrKeyAway is what a Decrypter wraps when its key cannot be used now: a token
// that is not plugged in, a service that does not answer. It says nothing about
// the data, so Decrypt passes it on; any other error of a Decrypter than this
// and ErrUnsupported is ErrDecrypt to the caller, without a cause that would
// help whoever tries.
var ErrKeyAway = errors.New("khóa giải mã chưa dùng được")

// ofKey is what the caller learns of an error of a Decrypter.
func ofKey(ctx context.Context, err error) error {
	switch {
	case err == nil, errors.Is(err, ErrUnsupported), errors.Is(err, ErrKeyAway):
		return err
	case ctx.Err() != nil: // the caller has gone: the data is not to blame
		return fmt.Errorf("%w: %w", ErrKeyAway, ctx.Err())
	}
	return ErrDecrypt
}

type softwareDecrypter struct{ s *SoftwareSigner }

// NewDecrypter decrypts with a software signer's key.
func NewDecrypter(s *SoftwareSigner) Decrypter { return softwareDecrypter{s} }

func (d softwareDecrypter) Certificate() *x509.Certificate { return d.s.cert }

func (d softwareDecrypter) Unseal(_ context.Context, sealed []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	k, ok := d.s.key.(*rsa.PrivateKey)
	if !ok {
		return nil, ErrUnsupported
	}
	return k.Decrypt(rand.Reader, sealed, opts)
}

func (d softwareDecrypter) Agree(_ context.Context, point []byte) ([]byte, error) {
	k, ok := d.s.key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, ErrUnsupported
	}
	own, err := k.ECDH()
	if err != nil {
		return nil, err
	}
	peer, err := own.Curve().NewPublicKey(point)
	if err != nil {
		return nil, ErrDecrypt
	}
	return own.ECDH(peer)
}
