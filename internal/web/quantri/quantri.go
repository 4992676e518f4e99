// Package quantri is the administrator's page (quản trị): whether the
// installation is well, and who has which role and account.
//
//	GET  /quan-tri
//	POST /quan-tri/kiem-tra     re-computes the journal's chain
//
// It shows states, never what documents say, and changes nothing.
//
// law:HN20-10.1.a HT33-14.6 HT33-4.1
package quantri

import (
	"embed"
	"errors"
	"net/http"
	"strings"

	"vanthu/internal/account"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

type page struct {
	kit.Page
	Checks []check
	Bad    int // checks that need somebody
	People []person
}

// check is one line of health.
type check struct {
	Name, Icon string
	State      part.Tag
	Text       string
}

type person struct {
	Name, Login, Initials string
	Sub                   string // title and unit
	Roles                 string
	Account               part.Tag
}

var view = kit.NewView[page](files, "quan-tri.html")

// Routes enters the page and its check.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /quan-tri", s.Handle(show))
	mux.Handle("POST /quan-tri/kiem-tra", s.Handle(checkJournal))
}

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := office.MayAdminister(s.Actor); err != nil {
		return err
	}
	shell, err := s.Page(r, "Quản trị")
	if err != nil {
		return err
	}
	accounts, err := s.Host.Accounts.All(r.Context())
	if err != nil {
		return err
	}
	p := page{Page: shell}
	err = s.Read(r, func(v *db.View) error {
		if p.Checks, err = health(v, s); err != nil {
			return err
		}
		return p.load(v, s.Actor.Agency.Code, accounts)
	})
	if err != nil {
		return err
	}
	for _, c := range p.Checks {
		if c.State.Kind == "late" || c.State.Kind == "warn" {
			p.Bad++
		}
	}
	return view.Show(w, r, p)
}

// load reads people with their accounts.
func (p *page) load(v *db.View, agency string, accounts []account.Account) error {
	states := map[org.PersonID]account.Account{}
	for _, a := range accounts {
		if a.Agency == agency {
			states[a.Person] = a
		}
	}
	roles, err := rolesOf(v)
	if err != nil {
		return err
	}
	list, err := org.People(v)
	if err != nil {
		return err
	}
	for _, x := range list {
		row := person{Name: x.Name, Login: x.Login, Initials: x.Initials(), Sub: join(x.Title, x.UnitName), Account: accountTag(states[x.ID])}
		row.Roles = strings.Join(roles[x.ID], ", ")
		p.People = append(p.People, row)
	}
	return nil
}

// rolesOf names the roles that each person holds today.
func rolesOf(v *db.View) (map[org.PersonID][]string, error) {
	m := map[org.PersonID][]string{}
	for _, r := range []org.Role{org.Head, org.Leader, org.Chief, org.UnitLeader, org.Official, org.Clerk, org.Archivist, org.Admin, org.Operator} {
		list, err := org.WithRole(v, r, viet.DayOf(v.Now))
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			m[p.ID] = append(m[p.ID], r.String())
		}
	}
	return m, nil
}

func accountTag(a account.Account) part.Tag {
	switch a.State {
	case account.Active:
		return part.Tag{Kind: "ok", Text: "Hoạt động"}
	case account.OnHold:
		return part.Tag{Kind: "late", Text: "Tạm khóa: báo lộ mật khẩu"}
	case account.Suspended:
		return part.Tag{Kind: "warn", Text: "Tạm ngừng"}
	case account.Closed:
		return part.Tag{Kind: "", Text: "Đã đóng"}
	}
	return part.Tag{Kind: "", Text: "Chưa có tài khoản"}
}

// checkJournal reads the whole journal and compares every hash.
// law:HT33-14.6
func checkJournal(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := office.MayAdminister(s.Actor); err != nil {
		return err
	}
	var head string
	var n int
	err := s.Read(r, func(v *db.View) (err error) {
		head, n, err = journal.Check(v)
		return err
	})
	var broken journal.ErrBroken
	if errors.As(err, &broken) {
		return fail.New(fail.Integrity, "Nhật ký không còn nguyên vẹn từ dòng "+viet.Int(broken.Entry)+".", "HT33-14.6").
			Then("Ngừng ghi, giữ nguyên kho dữ liệu, báo lãnh đạo và đối chiếu với bản sao lưu.").Because(err)
	}
	if err != nil {
		return err
	}
	text := "Nhật ký nguyên vẹn: đã kiểm tra " + viet.Int(int64(n)) + " dòng."
	if n > 0 {
		text += " Mã đầu chuỗi " + head[:12] + "…"
	}
	return s.Kit.Done(w, r, "/quan-tri", part.Toast{Kind: "ok", Text: text})
}
