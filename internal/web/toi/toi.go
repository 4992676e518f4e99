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
	"strings"
	"time"

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
	Roles   []string // own, without those of mandates
	For     []string // people whose mandate is in force
	Cert    *part.Note
	CertOf  []fact
	Session []fact
}

type fact struct{ Name, Value string }

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
	err = s.Read(r, func(v *db.View) error { return p.load(v, a) })
	if err != nil {
		return err
	}
	return view.Show(w, r, p)
}

// load reads own roles, mandates received, and the certificate.
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
	c, err := signing.OfPerson(v, a.ID)
	if fail.Is(err, fail.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	p.Cert = validity(c, v.Now)
	p.CertOf = filled(fact{"Cấp cho", named(c.Subject)}, fact{"Nơi cấp", named(c.Issuer)}, fact{"Số sê-ri", c.Serial},
		fact{"Hiệu lực", "từ " + viet.DayOf(c.NotBefore).String() + " đến " + viet.DayOf(c.NotAfter).String()}, fact{"Thiết bị", c.Device})
	return nil
}

// soon is when the end of a certificate is worth a warning.
const soon = 30 * 24 * time.Hour

func validity(c signing.Certificate, now time.Time) *part.Note {
	until := viet.DayOf(c.NotAfter).String()
	switch {
	case now.After(c.NotAfter):
		return &part.Note{Kind: "late", Title: "Chứng thư đã hết hạn.", Text: "Hết hạn ngày " + until + "; đề nghị quản trị đăng ký chứng thư mới."}
	case now.Before(c.NotBefore):
		return &part.Note{Kind: "warn", Title: "Chứng thư chưa có hiệu lực.", Text: "Dùng được từ ngày " + viet.DayOf(c.NotBefore).String() + "."}
	case c.NotAfter.Sub(now) < soon:
		return &part.Note{Kind: "warn", Title: "Chứng thư sắp hết hạn.", Text: "Còn " + viet.Span(c.NotAfter.Sub(now)) + "; đề nghị quản trị gia hạn."}
	}
	return &part.Note{Kind: "ok", Title: "Chứng thư còn hiệu lực đến " + until + "."}
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

// named reads the name and the organisation out of a distinguished name.
func named(dn string) string {
	var list []string
	for _, kind := range []string{"CN=", "O="} {
		for _, p := range strings.Split(dn, ",") {
			if v, ok := strings.CutPrefix(strings.TrimSpace(p), kind); ok {
				list = append(list, v)
			}
		}
	}
	if len(list) == 0 {
		return dn
	}
	return strings.Join(list, ", ")
}
