package signing

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"vanthu/cms"
	"vanthu/internal/disk"
)

// Opening are the keys that open what was encrypted to one agency (khóa mở):
// key files, and keys on a token of which the directory holds the name and the
// certificate. A token opens only under the machine's PIN: packets come at
// night, when nobody types one.
type Opening struct {
	*Software
	Agent *Agent // nil: no token is used on this machine
}

// Openers are the keys, newest first: an older one still opens what was on its
// way when it was replaced. With an error, which names the key files that are
// broken, the others are given all the same. A key on a token is given whether
// it is there now or not: what it cannot open wraps cms.ErrKeyAway.
func (s *Opening) Openers() ([]cms.Decrypter, error) {
	list, err := s.OpeningKeys()
	if err != nil {
		return nil, Refuse(KeyBroken, err)
	}
	var keys []cms.Decrypter
	var broken []error
	for _, x := range list {
		if x.Err != nil {
			broken = append(broken, fmt.Errorf("%s: %w", x.Ref, x.Err))
			continue
		}
		keys = append(keys, x.opener)
	}
	return keys, errors.Join(broken...)
}

// OpeningKey is one key that opens what was encrypted to the agency.
type OpeningKey struct {
	Ref    string
	Chain  []*x509.Certificate // empty where the file is broken
	Err    error               // why it does not open
	Token  string              // the name of the key on its token; "" for a key file
	opener cms.Decrypter
	kept   time.Time // when it was entered
}

// OpeningKeys lists the keys, newest first, the broken files at the end.
func (s *Opening) OpeningKeys() ([]OpeningKey, error) {
	files, err := filepath.Glob(filepath.Join(s.Dir, "*.p12"))
	if err != nil {
		return nil, err
	}
	named, err := filepath.Glob(filepath.Join(s.Dir, "*"+tokenExt))
	var out []OpeningKey
	for _, f := range append(files, named...) {
		x := OpeningKey{Ref: filepath.Base(f)}
		if info, err := os.Stat(f); err == nil {
			x.kept = info.ModTime()
		}
		if filepath.Ext(f) == tokenExt {
			x.Token, x.Chain, x.Err = readNamed(f)
			if x.Err == nil {
				x.opener = s.opener(x.Token, x.Chain[0])
			}
		} else {
			var key *cms.SoftwareSigner
			if key, x.Err = s.open(x.Ref); x.Err == nil {
				x.Chain, x.opener = chainOf(key), cms.NewDecrypter(key)
			}
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b OpeningKey) int {
		if a.Err != nil || b.Err != nil {
			return cmp.Compare(len(b.Chain), len(a.Chain))
		}
		// Two certificates may start together: authorities like midnight.
		return cmp.Or(b.Chain[0].NotBefore.Compare(a.Chain[0].NotBefore), b.kept.Compare(a.kept))
	})
	return out, err
}

// Shelve takes a key file out of use. It stays in the directory under another
// name: what was encrypted to it may have to be opened again as evidence.
func (s *Opening) Shelve(ref string) error {
	if ref != filepath.Base(ref) || filepath.Ext(ref) != ".p12" && filepath.Ext(ref) != tokenExt {
		return Refuse(NoKey, nil)
	}
	path := filepath.Join(s.Dir, ref)
	away := path + ".ended"
	for n := 2; taken(away); n++ { // by an earlier key of this name
		away = fmt.Sprintf("%s.%d.ended", path, n)
	}
	err := disk.Rename(path, away)
	if errors.Is(err, os.ErrNotExist) {
		err = Refuse(NoKey, err)
	}
	return err
}

func taken(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, os.ErrNotExist)
}

// MayRead tells whether content may be encrypted to a certificate now: it
// leads to a trusted root and neither it nor an issuer has ended or been
// revoked. What cannot be found out is no. The certificate comes first, then
// those of its issuers that are at hand. law:HT33-13.2
func (r *Ring) MayRead(ctx context.Context, at time.Time, chain ...*x509.Certificate) cms.Standing {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return r.check(at, chain).EncryptionStanding(ctx, chain[0])
}
