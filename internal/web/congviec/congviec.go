// Package congviec shows tasks (công việc): what directions have given to me,
// and what my unit or, for leaders, the whole agency has in hand, with who
// leads it, by when, and what is late.
//
//	GET /cong-viec            mine
//	GET /cong-viec?cua=don-vi my unit's, or the agency's for those who oversee it
//
// A task is a line of document.Desk for the steps of handling; people see only
// documents that they may see.
//
// law:HT33-9.ii HN20-7.1.b GL443-9.2
package congviec

import (
	"embed"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

// Routes enters the tasks.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /cong-viec", s.Handle(show))
}

// page is a list of tasks with its counts.
type page struct {
	kit.Page
	Topic  string
	Tabs   []part.Tab
	Unit   bool // of several people: the holder has a column
	Open   int
	Today  int
	Late   int
	Filter string // "", "tre" or "hom-nay"
	Href   string // of the list without a filter
	Rows   []row
	Empty  part.Empty
}

type row struct {
	Href, Code, Stamp, Subject string
	Sub                        string // issuer, since when
	Role                       string
	Holder                     string
	Due                        part.Tag
}

var view = kit.NewView[page](files, "congviec.html")

// handling are the steps that are somebody's task, with his part in it.
var handling = map[document.Step]string{
	document.ToAssign: "Giao trong đơn vị", document.ToHandle: "Chủ trì", document.ToCoordinate: "Phối hợp", document.ToRead: "Để biết",
}

func show(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	p := page{Topic: x.Office.DeskTopic(), Unit: r.URL.Query().Get("cua") == "don-vi" && oversees(x.Actor), Filter: r.URL.Query().Get("loc"), Href: "/cong-viec",
		Empty: part.Empty{Icon: part.Icon("list-checks"), Title: "Không có việc nào", Text: "Việc được giao khi lãnh đạo cho ý kiến chỉ đạo sẽ hiện ở đây."}}
	var err error
	if p.Page, err = x.Page(r, "Công việc"); err != nil {
		return err
	}
	if t := x.Kit.TakeFlash(w, r); t != nil {
		p.Toast = t
	}
	p.dress(x.Actor)
	err = x.Read(r, func(v *db.View) error {
		who, err := p.people(v, x.Actor)
		if err != nil {
			return err
		}
		items, err := document.Desk(v, who, 0)
		if err != nil {
			return err
		}
		return p.fill(v, x, items)
	})
	if err != nil {
		return err
	}
	return view.Show(w, r, p)
}

// oversees says that a person has others' tasks to look after.
func oversees(a org.Actor) bool { return len(a.HeadOf) > 0 || wholeAgency(a) }

func wholeAgency(a org.Actor) bool {
	return a.Has(org.Leader) || a.Has(org.Head) || a.Has(org.Chief)
}

func (p *page) dress(a org.Actor) {
	p.Tabs = []part.Tab{{Text: "Việc của tôi", Href: "/cong-viec", Current: !p.Unit}}
	if oversees(a) {
		name := "Việc của đơn vị"
		if wholeAgency(a) {
			name = "Việc của cơ quan"
		}
		p.Tabs = append(p.Tabs, part.Tab{Text: name, Href: "/cong-viec?cua=don-vi", Current: p.Unit})
	}
	if p.Unit {
		p.Href = "/cong-viec?cua=don-vi"
	}
}

// people is whose desks the list is read from: an actor who holds the tokens of
// all of them. It only chooses rows; what may be seen is checked for each.
func (p *page) people(v *db.View, a org.Actor) (org.Actor, error) {
	if !p.Unit {
		return a, nil
	}
	who := org.Actor{Person: a.Person}
	units := a.HeadOf
	if wholeAgency(a) {
		all, err := org.Units(v)
		if err != nil {
			return who, err
		}
		units = []org.UnitID{0}
		for _, u := range all {
			units = append(units, u.ID)
		}
	}
	for _, u := range units {
		if u != 0 {
			who.Tokens = append(who.Tokens, org.HeadToken(u))
		}
		list, err := org.PeopleOf(v, u)
		if err != nil {
			return who, err
		}
		for _, q := range list {
			who.Tokens = append(who.Tokens, org.Of(q.ID))
		}
	}
	return who, nil
}

// fill makes the rows and counts; the filter narrows the rows, not the counts.
func (p *page) fill(v *db.View, x *seat.Seat, items []document.Item) error {
	for _, it := range items {
		role, ok := handling[it.Step]
		if !ok || p.Unit && it.Step == document.ToRead {
			continue
		}
		if p.Unit && office.See(v, x.Actor, it.Document) != nil {
			continue
		}
		line := row{Href: "/den/" + strconv.FormatInt(int64(it.Document), 10), Code: it.Doc.Code(), Stamp: it.Doc.Urgency.Stamp(), Subject: title(it.Doc),
			Sub: it.Doc.IssuerName + " · giao " + viet.ShortTime(it.Since), Role: role}
		if x.Actor.Holds(it.Token) {
			line.Href += "?buoc=" + string(it.Step)
		}
		line.Due.Kind, line.Due.Text = x.Left(it.Due)
		now := x.Now()
		late := !it.Due.IsZero() && now.After(it.Due)
		today := !late && !it.Due.IsZero() && viet.DayOf(it.Due) == viet.DayOf(now)
		p.Open++
		if late {
			p.Late++
		}
		if today {
			p.Today++
		}
		if p.Filter == "tre" && !late || p.Filter == "hom-nay" && !today {
			continue
		}
		var err error
		if line.Holder, err = org.TokenName(v, it.Token); err != nil {
			return err
		}
		p.Rows = append(p.Rows, line)
	}
	return nil
}

// At is the address of the list with a filter.
func (p page) At(filter string) string {
	sep := "?"
	if p.Unit {
		sep = "&"
	}
	return p.Href + sep + "loc=" + filter
}

// title is how people name a document: its subject, with the kind before it
// where the subject goes on from it ("Báo cáo biên chế quý I").
// law:ND30-PL1.II.5
func title(d document.Document) string {
	if first, _ := utf8.DecodeRuneInString(d.Subject); unicode.IsLower(first) {
		kind, _ := law.KindByCode(d.Kind)
		return strings.TrimSpace(kind.Name + " " + d.Subject)
	}
	return d.Subject
}
