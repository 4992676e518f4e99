package cms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
)

// State names where a certificate stands, each with its own next step.
type State string

// The states, as a person about to sign must be told them (law:ND23-15).
const (
	InForce      State = "valid"     // sign
	Ended        State = "expired"   // renew the certificate
	NotYet       State = "not-yet"   // wait, or set the clock right
	Withdrawn    State = "revoked"   // ask for a new certificate
	Untrusted    State = "untrusted" // the administrator adds the root
	Unfit        State = "unfit"     // choose a certificate that may sign
	WeakKey      State = "weak"      // ask for a certificate with a strong key
	NotAnswering State = "unknown"   // try again when the authority answers
)

// Standing is the state of a certificate and its issuers at the moment of a Check.
type Standing struct {
	State State
	Cause string // Vietnamese, empty when in force
	Chain *Chain // nil if none was found
}

// Standing judges one certificate together with its issuers: may it sign now?
// Only InForce is a yes. law:ND23-15
func (c *Check) Standing(ctx context.Context, cert *x509.Certificate) Standing {
	return c.standing(ctx, cert, maySign)
}

// maySign is CheckSigningUsage, and a key of a kind whose signatures this
// package and the readers of today can check.
func maySign(cert *x509.Certificate) error {
	switch cert.PublicKey.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey:
		return CheckSigningUsage(cert)
	}
	return fmt.Errorf("%w: khóa %s", ErrUnsupported, cert.PublicKeyAlgorithm)
}

// EncryptionStanding is Standing for a certificate to encrypt to. law:HT33-13.2
func (c *Check) EncryptionStanding(ctx context.Context, cert *x509.Certificate) Standing {
	return c.standing(ctx, cert, CheckEncryptionUsage)
}

func (c *Check) standing(ctx context.Context, cert *x509.Certificate, usage func(*x509.Certificate) error) Standing {
	if err := usage(cert); err != nil {
		return Standing{State: Unfit, Cause: err.Error()}
	}
	chain, err := c.Pool.BuildChain(cert, c.At)
	if errors.Is(err, ErrConstraint) {
		return Standing{State: Unfit, Cause: err.Error()}
	}
	if err != nil {
		return Standing{State: Untrusted, Cause: err.Error()}
	}
	if err := chain.ValidAt(c.At); err != nil {
		state := Ended
		if c.At.Before(chain.outside(c.At).NotBefore) { // its own period, or an issuer's
			state = NotYet
		}
		return Standing{state, err.Error(), chain}
	}
	weak := append(weakness(cert.PublicKey, algorithm{hash: crypto.SHA256}), chain.Weak...)
	for i, one := range chain.Certificates[:len(chain.Certificates)-1] {
		got := c.Revocation(ctx, one, chain.Certificates[i+1])
		switch got.Status {
		case Revoked:
			return Standing{Withdrawn, "chứng thư số " + one.Subject.CommonName + " bị thu hồi ngày " + civil(got.RevokedAt), chain}
		case Unknown:
			return Standing{NotAnswering, "chưa biết chứng thư số " + one.Subject.CommonName + " có bị thu hồi hay không: " + got.Cause, chain}
		}
	}
	if len(weak) > 0 {
		return Standing{WeakKey, "thuật toán yếu: " + strings.Join(weak, ", "), chain}
	}
	return Standing{State: InForce, Chain: chain}
}
