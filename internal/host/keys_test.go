package host

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/account"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/signing"
)

// A store that an earlier version made, whose register describes certificates
// without holding them, signs again once it is opened, though another key file
// is broken (HT33-4.2).
func TestOldRegisterIsCompleted(t *testing.T) {
	ctx := context.Background()
	ca, err := authority.Open(t.TempDir(), "http://127.0.0.1:1/ca", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ca.IssuePerson(authority.Person{Name: "Lê Quốc Hùng", Agency: "Sở Xây dựng"}, authority.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Dir: t.TempDir(), Clock: time.Now, Anchors: &cms.Anchors{}}
	g := account.Agency{Code: "000.00.15.H99", Store: "sxd", Name: "Sở Xây dựng", Short: "SXD"}
	h, err := Open(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	o, err := h.AddAgency(ctx, g)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.SoftwareKeys(g).Add("hung.p12", key, authority.PKCS12)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(h.SoftwareKeys(g).Dir, "cu.p12")
	if err := os.WriteFile(broken, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Person, c.PEM = 1, ""
	if err := o.Store.Write(ctx, db.System, func(tx *db.Tx) error { _, err := signing.AddCertificate(tx, c); return err }); err != nil {
		t.Fatal(err)
	}
	h.Close()
	if h, err = Open(ctx, config); err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	o, _ = h.Office(g.Code)
	err = o.Read(ctx, func(v *db.View) error {
		c, err := signing.OfPerson(v, 1)
		if err != nil {
			return err
		}
		chain, err := c.Parse()
		if err == nil && len(chain) != 3 {
			t.Errorf("chain of %d", len(chain))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
