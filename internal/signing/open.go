package signing

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"vanthu/cms"
)

// Openers are the keys that open what was encrypted to the agency, newest
// first: an older one still opens what was on its way when it was replaced.
// With an error, which names the key files that are broken, the others are
// given all the same.
func (s *Software) Openers() ([]cms.Decrypter, error) {
	files, err := filepath.Glob(filepath.Join(s.Dir, "*.p12"))
	if err != nil {
		return nil, Refuse(KeyBroken, err)
	}
	var keys []*cms.SoftwareSigner
	var broken []error
	for _, f := range files {
		k, err := s.open(filepath.Base(f))
		if err != nil {
			broken = append(broken, fmt.Errorf("%s: %w", filepath.Base(f), err))
			continue
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b *cms.SoftwareSigner) int {
		return cmp.Or(b.Certificate().NotBefore.Compare(a.Certificate().NotBefore), b.Certificate().SerialNumber.Cmp(a.Certificate().SerialNumber))
	})
	out := make([]cms.Decrypter, len(keys))
	for i, k := range keys {
		out[i] = cms.NewDecrypter(k)
	}
	return out, errors.Join(broken...)
}

// MayRead tells whether content may be encrypted to a certificate now: it
// leads to a trusted root and neither it nor an issuer has ended or been
// revoked. What cannot be found out is no. The certificate comes first, then
// those of its issuers that are at hand. law:HT33-13.2
func (r *Ring) MayRead(ctx context.Context, at time.Time, chain ...*x509.Certificate) cms.Standing {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	check := cms.Check{At: at, Now: at, Pool: cms.NewPool(r.Anchors), Fetch: cms.Online(r.Client)}
	check.Pool.Add(chain[1:]...)
	return check.EncryptionStanding(ctx, chain[0])
}
