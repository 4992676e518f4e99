package chungthu

import (
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

var listView = kit.NewView[listPage](files, "list.html")

type listPage struct {
	kit.Page
	Topic    string
	Summary  string
	MayEnter bool
	Notes    []part.Note
	Agency   []row
	People   []row
	Ended    []row
	NoAgency part.Empty
	Without  []string // people who sign by their office and have no certificate
}

// row is one certificate.
type row struct {
	Href       string
	Owner, Sub string
	Issuer     string
	Serial     string
	Key        string // how it signs, and the device
	Until      string
	State      part.Tag
}

// endedShown is how many certificates out of use the register lists.
const endedShown = 50

func showList(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := office.MaySeeKeys(s.Actor); err != nil {
		return err
	}
	shell, err := s.Page(r, "Chứng thư số")
	if err != nil {
		return err
	}
	p := listPage{Page: shell, Topic: s.Office.KeyTopic(), MayEnter: office.MayAdminister(s.Actor) == nil,
		NoAgency: part.Empty{Icon: part.Icon("stamp"), Title: "Cơ quan chưa có chứng thư số", Text: "Chưa ký số cơ quan được. Đăng ký chứng thư số của cơ quan rồi lập biên bản giao khóa cho văn thư."}}
	if err := s.Read(r, func(v *db.View) error { return p.load(v, s) }); err != nil {
		return err
	}
	if p.MayEnter {
		_, err := s.Office.Keys.Keys(r.Context(), signing.BySoftware)
		if e, ok := fail.As(err); ok {
			p.Notes = append(p.Notes, part.Note{Kind: "late", Text: e.Text, Lines: []string{e.Next}})
		} else if err != nil {
			return err
		}
	}
	return listView.Show(w, r, p)
}

func (p *listPage) load(v *db.View, s *seat.Seat) error {
	list, err := signing.Certificates(v)
	if err != nil {
		return err
	}
	ended, err := signing.EndedOnes(v, endedShown)
	if err != nil {
		return err
	}
	near, err := office.Expiries(v, s.Now())
	if err != nil {
		return err
	}
	if err := p.rows(v, s, append(list, ended...)); err != nil {
		return err
	}
	p.Summary = viet.Int(int64(len(list))) + " chứng thư đang dùng"
	if n := len(near); n > 0 {
		p.Summary += " · " + viet.Int(int64(n)) + " sắp hết hạn hoặc đã hết hạn"
	}
	if p.Notes, err = s.KeyNotes(v); err != nil {
		return err
	}
	p.Without, err = without(v, list)
	return err
}

// rows draws every certificate into the list that it belongs to.
func (p *listPage) rows(v *db.View, s *seat.Seat, list []signing.Certificate) error {
	for _, c := range list {
		x, err := rowOf(v, s, c)
		if err != nil {
			return err
		}
		switch {
		case !c.Ended.IsZero():
			p.Ended = append(p.Ended, x)
		case c.Person == 0:
			p.Agency = append(p.Agency, x)
		default:
			p.People = append(p.People, x)
		}
	}
	return nil
}

func rowOf(v *db.View, s *seat.Seat, c signing.Certificate) (row, error) {
	x := row{Href: address(c.ID), Owner: s.Actor.Agency.Name, Issuer: seat.CommonName(c.Issuer), Serial: seat.Serial(c.Serial), Key: join(", ", c.Driver.String(), c.Device),
		Until: viet.DayOf(c.NotAfter).String(), State: seat.Validity(c, s.Now())}
	if c.Person != 0 {
		who, err := org.PersonByID(v, c.Person)
		x.Owner, x.Sub = who.Name, join(" · ", who.Title, who.UnitName)
		return x, err
	}
	keeper, err := signing.Custodian(v, c.ID)
	if err != nil || keeper == 0 {
		x.Sub = "Chưa giao cho ai giữ khóa"
		return x, err
	}
	who, err := org.PersonByID(v, keeper)
	x.Sub = "Người giữ khóa: " + who.Name
	return x, err
}

// without are the leaders who could sign but have no certificate. law:ND30-13
func without(v *db.View, list []signing.Certificate) ([]string, error) {
	has := map[org.PersonID]bool{}
	for _, c := range list {
		has[c.Person] = true
	}
	var names []string
	for _, role := range []org.Role{org.Head, org.Leader} {
		leaders, err := org.WithRole(v, role, viet.DayOf(v.Now))
		if err != nil {
			return nil, err
		}
		for _, p := range leaders {
			if !has[p.ID] {
				has[p.ID] = true
				names = append(names, p.Name)
			}
		}
	}
	return names, nil
}
