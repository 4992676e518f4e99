package truc

import (
	"net/http"
	"net/url"

	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// directoryPage is the directory (danh bạ): found by words or state, or walked
// down the tree.
type directoryPage struct {
	shell
	Words    string
	State    string
	States   []part.Option
	Crumbs   []part.Crumb // of the tree
	Chips    []chip       // agencies by state
	Rows     []directoryRow
	Next     string // address of the next page
	First    string // address of the first page, on a later one
	Searched bool
	Empty    part.Empty
}

// chip leads to the agencies in one state.
type chip struct {
	Text, Count, Href string
	Current           bool
}

type directoryRow struct {
	row
	Parent string
	Below  string // address of those below it
	Until  string // end of the trial
}

var directoryView = kit.NewView[directoryPage](files, "directory.html", "pieces.html")

func showDirectory(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	sh, err := open(r, s, "Danh bạ", "/truc/danh-ba")
	if err != nil {
		return err
	}
	q := r.URL.Query()
	p := directoryPage{shell: sh, Words: q.Get("q"), State: q.Get("trang-thai"), Empty: part.Empty{Icon: part.Icon("search-x"), Title: "Không có cơ quan nào", Text: "Thử ít chữ hơn, hoặc bỏ bớt điều kiện lọc."}}
	p.Searched = p.Words != "" || p.State != ""
	b := hub.Browse{Words: p.Words, State: hub.LinkState(p.State), After: q.Get("sau"), Limit: hub.Listed}
	if q.Has("duoi") && !p.Searched {
		b.Under, b.Parent = true, hub.NormalCode(q.Get("duoi"))
		if p.Crumbs, err = pathOf(r, s, b.Parent); err != nil {
			return err
		}
	}
	list, more, err := s.Hub.Browse(r.Context(), b)
	if err != nil {
		return err
	}
	if err := p.fill(r, s, list); err != nil {
		return err
	}
	if more {
		p.Next = with(r.URL, "sau", list[len(list)-1].Code)
	}
	if b.After != "" {
		p.First = with(r.URL, "sau", "")
	}
	return directoryView.Show(w, r, p)
}

func (p *directoryPage) fill(r *http.Request, s *seat.Seat, list []hub.AgencyLoad) error {
	codes := make([]string, len(list))
	for i, a := range list {
		codes[i] = a.Code
	}
	below, err := s.Hub.Below(r.Context(), codes)
	if err != nil {
		return err
	}
	for _, a := range list {
		x := directoryRow{row: rowOf(a, s.Now()), Parent: a.Parent}
		if below[a.Code] {
			x.Below = "/truc/danh-ba?duoi=" + a.Code
		}
		if a.State == hub.LinkTrial {
			x.Until = "đến " + viet.DayOf(a.TrialEnds).String()
		}
		p.Rows = append(p.Rows, x)
	}
	return p.fillStates(r, s)
}

// fillStates counts the agencies in each state.
func (p *directoryPage) fillStates(r *http.Request, s *seat.Seat) error {
	states, err := s.Hub.States(r.Context())
	if err != nil {
		return err
	}
	all := int64(0)
	for _, n := range states {
		all += n
	}
	p.Chips = []chip{{Text: "Tất cả", Count: viet.Int(all), Href: with(r.URL, "trang-thai", ""), Current: p.State == ""}}
	for _, st := range hub.LinkStates {
		p.Chips = append(p.Chips, chip{Text: linkNames[st].Text, Count: viet.Int(states[st]), Href: with(r.URL, "trang-thai", string(st)), Current: p.State == string(st)})
	}
	return nil
}

// with is the address with one of its parameters changed; a page begins anew.
func with(u *url.URL, name, value string) string {
	q := u.Query()
	q.Del("sau")
	if name == "trang-thai" {
		q.Del("duoi")
	}
	if q.Set(name, value); value == "" {
		q.Del(name)
	}
	if len(q) == 0 {
		return u.Path
	}
	return u.Path + "?" + q.Encode()
}

// pathOf is the way from the top of the tree to an agency.
func pathOf(r *http.Request, s *seat.Seat, code string) ([]part.Crumb, error) {
	var way []part.Crumb
	for range 16 {
		if code == "" {
			break
		}
		a, err := s.Hub.Agency(r.Context(), code)
		if err != nil {
			return nil, err
		}
		way = append([]part.Crumb{{Text: a.Name, Href: "/truc/danh-ba?duoi=" + a.Code}}, way...)
		code = a.Parent
	}
	way = append([]part.Crumb{{Text: "Cấp trên cùng", Href: "/truc/danh-ba?duoi="}}, way...)
	way[len(way)-1].Href = ""
	return way, nil
}

// formPage enters an agency or changes its particulars.
type formPage struct {
	shell
	Heading string
	Crumbs  []part.Crumb
	Form    *kit.Form
	Action  string
	Back    string
	New     bool
}

var formView = kit.NewView[formPage](files, "form.html", "pieces.html")

// Classes are the kinds of agency to choose from.
func (p formPage) Classes() []part.Option {
	return []part.Option{{Value: "state", Label: classNames["state"]}, {Value: "enterprise", Label: classNames["enterprise"]}, {Value: hub.Voluntary, Label: classNames[hub.Voluntary], Note: "cần văn bản đề nghị"}}
}

func showNew(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return renderForm(w, r, s, s.Kit.NewForm(map[string]string{"class": "state", "parent": r.URL.Query().Get("duoi")}), nil)
}

// renderForm shows the form of a new agency, or of one that is there.
func renderForm(w http.ResponseWriter, r *http.Request, s *seat.Seat, f *kit.Form, g *hub.Agency) error {
	p := formPage{Heading: "Thêm cơ quan vào danh bạ", Form: f, Action: "/truc/danh-ba/moi", Back: "/truc/danh-ba", New: true,
		Crumbs: []part.Crumb{{Text: "Trục liên thông", Href: "/truc"}, {Text: "Danh bạ", Href: "/truc/danh-ba"}, {Text: "Thêm cơ quan"}}}
	if g != nil {
		p.Heading, p.Action, p.Back, p.New = g.Name, "/truc/"+g.Code+"/sua", "/truc/"+g.Code, false
		p.Crumbs[2] = part.Crumb{Text: g.Code, Href: p.Back}
	}
	var err error
	if p.shell, err = open(r, s, p.Heading, "/truc/danh-ba"); err != nil {
		return err
	}
	p.shell.Page.Back = p.Back
	return formView.ShowAs(w, r, f.Status(), p)
}

func enrol(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	g := agencyOf(f, hub.Agency{Code: f.Get("code")})
	err = s.Hub.Enrol(r.Context(), s.Actor.DB(), g)
	if f.Refused(err) {
		return renderForm(w, r, s, f, nil)
	}
	if err != nil {
		return err
	}
	return s.Kit.Done(w, r, "/truc/"+hub.NormalCode(g.Code), part.Toast{Kind: "ok", Text: "Đã vào danh bạ. Mọi cơ quan thấy ở lần đồng bộ tiếp theo."})
}

func showEdit(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	g, err := s.Hub.Agency(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	return renderForm(w, r, s, s.Kit.NewForm(map[string]string{"code": g.Code, "alt_code": g.AltCode, "name": g.Name, "symbol": g.Symbol, "parent": g.Parent, "gateway": g.Gateway,
		"class": g.Class, "mail": g.Mail, "phone": g.Phone, "fax": g.Fax, "address": g.Address, "website": g.Website, "contact": g.Contact, "decision": g.Decision}), &g)
}

func edit(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	g, err := s.Hub.Agency(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	err = s.Hub.Enrol(r.Context(), s.Actor.DB(), agencyOf(f, hub.Agency{Code: g.Code}))
	if f.Refused(err) {
		return renderForm(w, r, s, f, &g)
	}
	if err != nil {
		return err
	}
	return s.Kit.Done(w, r, "/truc/"+g.Code, part.Toast{Kind: "ok", Text: "Đã sửa danh bạ. Mọi cơ quan thấy ở lần đồng bộ tiếp theo."})
}

// agencyOf reads the particulars that the form has.
func agencyOf(f *kit.Form, g hub.Agency) hub.Agency {
	g.AltCode, g.Name, g.Symbol, g.Parent, g.Gateway, g.Class = f.Get("alt_code"), f.Get("name"), f.Get("symbol"), f.Get("parent"), f.Get("gateway"), f.Get("class")
	g.Mail, g.Phone, g.Fax, g.Address, g.Website, g.Contact, g.Decision = f.Get("mail"), f.Get("phone"), f.Get("fax"), f.Get("address"), f.Get("website"), f.Get("contact"), f.Get("decision")
	return g
}
