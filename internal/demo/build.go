package demo

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vanthu/internal/account"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/hub"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/viet"
)

// build makes the province: agencies, people, keys, the hub's directory, and a
// month of work.
func (w *World) build(ctx context.Context) error {
	for _, a := range province {
		if err := w.buildAgency(ctx, a); err != nil {
			return fmt.Errorf("demo: %s: %w", a.short, err)
		}
	}
	if err := w.enrol(ctx); err != nil {
		return fmt.Errorf("demo: hub: %w", err)
	}
	if err := w.connect(); err != nil {
		return err
	}
	if err := w.writeTrust(); err != nil {
		return err
	}
	for range 2 { // the second round brings the encryption keys that the first one publishes
		for _, o := range w.Host.Offices() {
			if err := o.SyncDirectory(ctx); err != nil {
				return err
			}
		}
	}
	if !w.Month {
		return nil
	}
	if err := w.month(ctx); err != nil {
		return fmt.Errorf("demo: month: %w", err)
	}
	return w.Clock.Set(Start)
}

func (w *World) buildAgency(ctx context.Context, a agency) error {
	g := account.Agency{Code: a.code, Store: a.store, Name: a.name, Short: a.short}
	o, err := w.Host.AddAgency(ctx, g)
	if err != nil {
		return err
	}
	ids, err := w.enterPeople(ctx, o, a)
	if err != nil {
		return err
	}
	for login, id := range ids {
		if w.doorless {
			break
		}
		if _, err := w.Host.Accounts.Create(ctx, account.Account{Login: login, Agency: a.code, Person: id, Name: a.find(login).name}); err != nil {
			return err
		}
	}
	return w.enterKeys(ctx, o, g, a, ids)
}

// everybody lists an agency's people with the unit each belongs to.
func (a agency) everybody() map[string][]person {
	m := map[string][]person{"": a.people}
	for _, u := range a.units {
		m[u.short] = u.people
	}
	return m
}

func (a agency) find(login string) person {
	for _, list := range a.everybody() {
		for _, p := range list {
			if p.login == login {
				return p
			}
		}
	}
	return person{}
}

func (w *World) enterPeople(ctx context.Context, o *office.Office, a agency) (map[string]org.PersonID, error) {
	ids := map[string]org.PersonID{}
	err := o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		if err := org.PutAgency(tx, org.Agency{Code: a.code, AltCode: a.alt, Name: a.name, Short: a.short, Parent: a.parent, HubState: a.hubState}); err != nil {
			return err
		}
		for name, value := range map[string]string{"agency.code": a.code, "agency.place": a.place, "agency.superior": a.superior, "register.series": "all"} {
			if err := org.Set(tx, name, value); err != nil {
				return err
			}
		}
		if err := enter(tx, a.people, 0, ids); err != nil {
			return err
		}
		for _, u := range a.units {
			id, err := org.AddUnit(tx, u.name, u.short, 0)
			if err != nil {
				return err
			}
			if err := enter(tx, u.people, id, ids); err != nil {
				return err
			}
		}
		return nil
	})
	return ids, err
}

func enter(tx *db.Tx, people []person, u org.UnitID, ids map[string]org.PersonID) error {
	from := viet.MakeDay(2025, time.January, 2)
	for _, p := range people {
		id, err := org.AddPerson(tx, org.Person{Login: p.login, Name: p.name, Title: p.title, Unit: u, Fields: p.fields})
		if err != nil {
			return err
		}
		ids[p.login] = id
		for _, r := range p.roles {
			if err := org.Appoint(tx, id, r, u, from, "QĐ 02/QĐ-TCCB"); err != nil {
				return err
			}
		}
	}
	return nil
}

// enterKeys issues certificates for those who sign and for the agency, whose
// key the clerk keeps.
func (w *World) enterKeys(ctx context.Context, o *office.Office, g account.Agency, a agency, ids map[string]org.PersonID) error {
	keys := w.Host.SoftwareKeys(g)
	type entry struct {
		cert  signing.Certificate
		image []byte
	}
	certs := map[org.PersonID]entry{}
	for _, login := range slices.Sorted(maps.Keys(ids)) { // the register of certificates is the same in every province
		id, p := ids[login], a.find(login)
		if !p.signs {
			continue
		}
		s, err := w.CA.IssuePerson(authority.Person{Name: p.name, Title: p.title, Agency: a.name}, authority.RSA)
		if err != nil {
			return err
		}
		c, err := keys.Add(login+".p12", s, authority.PKCS12)
		if err != nil {
			return err
		}
		png, err := signaturePNG(p.name)
		if err != nil {
			return err
		}
		c.Person = id
		certs[id] = entry{c, png}
	}
	s, err := w.CA.IssueAgency(authority.Agency{Name: a.name, Code: a.code, Locality: a.place}, authority.ECDSA)
	if err != nil {
		return err
	}
	c, err := keys.Add("agency.p12", s, authority.PKCS12)
	if err != nil {
		return err
	}
	if err := w.enterOpeningKey(g, a); err != nil {
		return err
	}
	seal, err := sealPNG(strings.ToUpper(a.name), a.superior)
	if err != nil {
		return err
	}
	certs[0] = entry{c, seal}
	for _, id := range slices.Sorted(maps.Keys(certs)) {
		e := certs[id]
		if err := enterKey(ctx, o, id, e.cert, e.image, ids[a.clerk()]); err != nil {
			return err
		}
	}
	return nil
}

// enterOpeningKey gives an agency what others encrypt to it with, RSA for some
// and elliptic for others.
func (w *World) enterOpeningKey(g account.Agency, a agency) error {
	kind := authority.ECDSA
	if a.units == nil {
		kind = authority.RSA
	}
	s, err := w.CA.IssueAgency(authority.Agency{Name: a.name, Code: a.code, Locality: a.place}, kind)
	if err != nil {
		return err
	}
	_, err = w.Host.OpeningKeys(g).Add("mo-khoa.p12", s, authority.PKCS12)
	return err
}

func (a agency) clerk() string {
	for _, p := range a.people {
		for _, r := range p.roles {
			if r == org.Clerk {
				return p.login
			}
		}
	}
	return ""
}

func enterKey(ctx context.Context, o *office.Office, id org.PersonID, c signing.Certificate, image []byte, custodian org.PersonID) error {
	if err := o.SetImage(ctx, id, image); err != nil {
		return err
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		cert, err := signing.AddCertificate(tx, c)
		if err != nil || id != 0 {
			return err
		}
		return signing.HandOver(tx, cert, custodian, "01/QĐ-VP", "BB-01")
	})
}

// enrol enters every agency in the hub's directory and connects those that are
// on it.
func (w *World) enrol(ctx context.Context) error {
	for _, a := range province {
		if err := w.Hub.Enrol(ctx, db.System, hub.Agency{Code: a.code, AltCode: a.alt, Name: a.name, Symbol: a.short, Parent: a.parent, Class: "state"}); err != nil {
			return err
		}
		if err := w.admit(ctx, a.code); err != nil {
			return err
		}
		secret, err := w.Hub.NewCredential(ctx, db.System, a.code, "demo")
		if err != nil {
			return err
		}
		if err := os.WriteFile(w.secretFile(a), []byte(secret), 0o600); err != nil {
			return err
		}
	}
	for _, a := range outside {
		if err := w.Hub.Enrol(ctx, db.System, hub.Agency{Code: a.Code, AltCode: a.AltCode, Name: a.Name, Symbol: a.Short, Parent: a.Parent, Class: "voluntary"}); err != nil {
			return err
		}
	}
	return nil
}

// admit takes an agency through its trial with the readiness list complete.
func (w *World) admit(ctx context.Context, code string) error {
	if err := w.Hub.Link(ctx, db.System, code, hub.LinkTrial, "", "QĐ 15/QĐ-STTTT"); err != nil {
		return err
	}
	list, err := w.Hub.Readiness(ctx, code)
	if err != nil {
		return err
	}
	for _, i := range list {
		if err := w.Hub.Attest(ctx, db.System, code, i.Key, "Biên bản 15/BB-STTTT"); err != nil {
			return err
		}
	}
	return w.Hub.Link(ctx, db.System, code, hub.LinkOfficial, "", "QĐ 15/QĐ-STTTT")
}

// writeTrust leaves what an outsider needs to check documents and receipts of
// the province: vanthu verify --trust DATA/trust FILE…
func (w *World) writeTrust() error {
	dir := filepath.Join(w.Dir, "trust")
	if err := os.MkdirAll(filepath.Join(dir, "demo"), 0o755); err != nil {
		return err
	}
	for name, data := range map[string][]byte{
		"demo/root.crt": w.CA.Root().Raw, "demo/issuing.crt": w.CA.Issuing().Raw, "truc.hub": []byte(w.Hub.PublicKey() + "\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
