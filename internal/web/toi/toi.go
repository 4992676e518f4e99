// Package toi is a person's own page (hồ sơ của tôi): who he is in the agency,
// for whom he may act, his certificate, and the session he works in.
//
//	GET /toi
//
// The password is changed in package vao.
package toi

import (
	"embed"
	"net/http"
	"slices"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

type page struct {
	kit.Page
	Facts   []fact
	Roles   []string    // own, without those of mandates
	For     []string    // people whose mandate is in force
	Keys    []part.Note // what is to be seen to
	Cert    part.Tag
	CertAt  string // "" without a certificate
	CertOf  []fact
	Kept    []kept // keys of the agency that he keeps
	Session []fact
}

type fact struct{ Name, Value string }

type kept struct{ Text, Href string }

var view = kit.NewView[page](files, "toi.html")

// Routes enters the page.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /toi", s.Handle(show))
}

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	shell, err := s.Page(r, "Hồ sơ của tôi")
	if err != nil {
		return err
	}
	a := s.Actor
	p := page{Page: shell, Facts: filled(fact{"Họ và tên", a.Name}, fact{"Chức vụ", a.Title}, fact{"Đơn vị", a.UnitName}, fact{"Cơ quan", a.Agency.Name},
		fact{"Mã định danh", a.Agency.Code}, fact{"Tên đăng nhập", a.Login}, fact{"Lĩnh vực phụ trách", a.Fields})}
	p.Session = session(r)
	err = s.Read(r, func(v *db.View) error {
		if err := p.load(v, a); err != nil {
			return err
		}
		return p.keys(v, s)
	})
	if err != nil {
		return err
	}
	return view.Show(w, r, p)
}

// load reads own roles and mandates received.
// law:BRVT1842-6.2 GL443-14.1
func (p *page) load(v *db.View, a org.Actor) error {
	for _, r := range a.Roles {
		holders, err := org.WithRole(v, r, viet.DayOf(v.Now))
		if err != nil {
			return err
		}
		own := slices.ContainsFunc(holders, func(x org.Person) bool { return x.ID == a.ID })
		if own && !slices.Contains(p.Roles, r.String()) {
			p.Roles = append(p.Roles, r.String())
		}
	}
	for _, t := range a.Tokens {
		if giver := t.Person(); giver != 0 && giver != a.ID {
			x, err := org.PersonByID(v, giver)
			if err != nil {
				return err
			}
			p.For = append(p.For, x.Name+", "+x.Title)
		}
	}
	return nil
}

// keys reads the own certificate and the agency's keys that he keeps.
// law:HT33-4.1 HT33-4.2
func (p *page) keys(v *db.View, s *seat.Seat) (err error) {
	if p.Keys, err = s.KeyNotes(v); err != nil {
		return err
	}
	list, err := signing.Kept(v, s.Actor.ID)
	for _, c := range list {
		p.Kept = append(p.Kept, kept{"Khóa của cơ quan, số sê-ri " + seat.Serial(c.Serial), seat.CertificateAt(c.ID)})
	}
	if err != nil {
		return err
	}
	entrusted, err := signing.EntrustedTo(v, s.Actor.ID, viet.DayOf(v.Now))
	for _, c := range entrusted {
		p.Kept = append(p.Kept, kept{"Khóa của " + seat.CommonName(c.Subject) + ", được giao giữ", seat.CertificateAt(c.ID)})
	}
	if err != nil {
		return err
	}
	c, err := signing.OfPerson(v, s.Actor.ID)
	if fail.Is(err, fail.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	p.Cert, p.CertAt = seat.Validity(c, s.Now()), seat.CertificateAt(c.ID)
	p.CertOf = filled(fact{"Cấp cho", seat.CommonName(c.Subject)}, fact{"Nơi cấp", seat.CommonName(c.Issuer)}, fact{"Số sê-ri", seat.Serial(c.Serial)},
		fact{"Hiệu lực", "từ " + viet.DayOf(c.NotBefore).String() + " đến " + viet.DayOf(c.NotAfter).String()}, fact{"Thiết bị", c.Device})
	return nil
}

func session(r *http.Request) []fact {
	k, ok := kit.SessionOf(r.Context())
	if !ok {
		return nil
	}
	list := []fact{{"Đăng nhập lúc", viet.DateTime(k.Started)}}
	return append(list, filled(fact{"Từ địa chỉ", k.Address})...)
}

func filled(list ...fact) (out []fact) {
	for _, f := range list {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}
