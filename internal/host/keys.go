package host

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"vanthu/cms"
	"vanthu/internal/account"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
)

// ring is the key ring of an agency.
func (h *Host) ring(store string) *signing.Ring {
	r := &signing.Ring{Anchors: h.Anchors, Client: h.Client, Drivers: map[signing.Kind]signing.Driver{signing.BySoftware: h.software(store)}}
	if h.Token != "" {
		r.Drivers[signing.ByToken] = signing.NewAgent(h.Token)
	}
	if h.Remote != nil {
		r.Drivers[signing.ByRemote] = h.Remote
	}
	if h.TSA != "" {
		r.TSA = &cms.TSAClient{URL: h.TSA, Client: h.Client}
	}
	return r
}

func (h *Host) software(store string) *signing.Software {
	return &signing.Software{Dir: filepath.Join(h.Dir, store, "keys")}
}

// SoftwareKeys are the key files of an agency, for whoever enters certificates.
func (h *Host) SoftwareKeys(g account.Agency) *signing.Software { return h.software(g.Store) }

// KeepKey keeps a key file of an agency under the host's own protection when it
// is called, and names it, as [office.CertificateInput] wants it. Each call has
// a name of its own, so that undoing one never touches another's file.
func (h *Host) KeepKey(o *office.Office, k *cms.SoftwareSigner) func() (string, func() error, error) {
	return func() (string, func() error, error) {
		keys := h.software(o.Store.Name())
		c, err := keys.Add(signing.Fingerprint(k.Certificate())[:16]+"-"+rand.Text()[:8]+".p12", k, authority.PKCS12)
		return c.KeyRef, func() error { return os.Remove(filepath.Join(keys.Dir, c.KeyRef)) }, err
	}
}

// OpeningKeys are the keys that open what others encrypt to an agency;
// they are apart from those that sign. law:HT33-13.1
func (h *Host) OpeningKeys(g account.Agency) *signing.Opening { return h.openingKeys(g.Store) }

// OpeningKeysOf are those of an agency that is open.
func (h *Host) OpeningKeysOf(o *office.Office) *signing.Opening {
	return h.openingKeys(o.Store.Name())
}

// KeepOpeningKey keeps such a key under the host's own protection when it is
// called.
func (h *Host) KeepOpeningKey(o *office.Office, k *cms.SoftwareSigner) func() error {
	return func() error {
		_, err := h.openingKeys(o.Store.Name()).Add(signing.Fingerprint(k.Certificate())[:16]+".p12", k, authority.PKCS12)
		return err
	}
}

// EnterOpeningToken enters a key that stays on its token, by the reference that
// the agent gives it. law:HT33-13.1
func (h *Host) EnterOpeningToken(ctx context.Context, o *office.Office, by org.Actor, ref string) (*x509.Certificate, error) {
	there, err := o.Keys.Keys(ctx, signing.ByToken)
	keys := h.OpeningKeysOf(o)
	for _, k := range there {
		if k.Ref == ref && len(k.Chain) > 0 && keys.Agent != nil {
			return k.Chain[0], o.EnterOpeningKey(ctx, by, keys.Agent.Opener(k), k.Chain, func() error {
				return keys.Name(signing.Fingerprint(k.Chain[0])[:16], k)
			})
		}
	}
	if err == nil {
		err = signing.Refuse(signing.NoKey, nil)
	}
	return nil, err
}

func (h *Host) openingKeys(store string) *signing.Opening {
	k := &signing.Opening{Software: &signing.Software{Dir: filepath.Join(h.Dir, store, "opening-keys")}}
	if h.Token != "" {
		k.Agent = signing.NewAgent(h.Token)
	}
	return k
}

// complete gives the register of a store from before it kept certificates
// themselves those of its key files.
func (h *Host) complete(ctx context.Context, o *office.Office) error {
	var bare []signing.Certificate
	err := o.Read(ctx, func(v *db.View) (err error) {
		bare, err = signing.Bare(v, signing.BySoftware)
		return err
	})
	if err != nil || len(bare) == 0 {
		return err
	}
	keys, err := h.software(o.Store.Name()).Keys(ctx)
	if err != nil { // a damaged key file must not keep the agency from opening
		slog.Error("key files", "agency", o.Store.Name(), "err", err, "cause", errors.Unwrap(err))
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		for _, c := range bare {
			for _, k := range keys {
				if k.Ref != c.KeyRef {
					continue
				}
				if err := signing.Complete(tx, c, k.Chain); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
