package di

import (
	"net/http"
	"net/url"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

var listView = kit.NewView[listPage](files, "list.html")

type listPage struct {
	kit.Page
	Topic       string
	Words, Only string // what was searched, and the tab
	Tabs        []part.Tab
	Rows        []row
	Total       int
	Older       string // address of the next, older page
	Empty       part.Empty
}

// row is one line of the list.
type row struct {
	document.Document
	Kind   string
	Tag    part.Tag
	To     string // recipients in a few words
	Holder string
	Due    part.Tag
}

// groups are the tabs of the list. The empty key is everything.
var groups = []struct {
	key, name string
	states    []document.State
}{
	{"", "Tất cả", nil},
	{"du-thao", "Dự thảo", []document.State{document.Draft}},
	{"dang-trinh", "Đang trình", []document.State{document.UnitReview, document.FormCheck}},
	{"cho-ky", "Chờ ký", []document.State{document.LeaderReview, document.Approved}},
	{"cho-cap-so", "Chờ cấp số", []document.State{document.Signed}},
	{"cho-dong-dau", "Chờ đóng dấu", []document.State{document.Numbered}},
	{"cho-phat-hanh", "Chờ phát hành", []document.State{document.Sealed, document.Ready}},
	{"da-phat-hanh", "Đã phát hành", []document.State{document.Issued, document.Filed, document.Replaced}},
	{"thu-hoi", "Thu hồi", []document.State{document.Recalled, document.Cancelled}},
}

const perPage = 50

func showList(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	p := listPage{Topic: x.Office.DeskTopic(), Words: r.FormValue("q"), Only: r.FormValue("loai")}
	var err error
	if p.Page, err = x.Page(r, "Văn bản đi"); err != nil {
		return err
	}
	before, _ := wholeNumber(r.FormValue("truoc"))
	err = x.Read(r, func(v *db.View) error { return p.load(v, x, document.ID(before)) })
	if err != nil {
		return err
	}
	return listView.Show(w, r, p)
}

func wholeNumber(s string) (n int64, ok bool) {
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<50 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, s != ""
}

func (p *listPage) load(v *db.View, x *seat.Seat, before document.ID) error {
	f := document.Filter{Way: document.Out, Words: p.Words}
	for _, g := range groups {
		f.States = g.states
		n, err := document.CountList(v, x.Actor, f)
		if err != nil {
			return err
		}
		tab := part.Tab{Text: g.name, Href: p.address(g.key, 0), Current: g.key == p.Only}
		if g.key != "" && g.key != "da-phat-hanh" && g.key != "thu-hoi" {
			tab.Count = n
		}
		if tab.Current {
			p.Total = n
		}
		p.Tabs = append(p.Tabs, tab)
	}
	f.States, f.Before, f.Limit = statesOf(p.Only), before, perPage+1
	list, err := document.List(v, x.Actor, f)
	if err != nil {
		return err
	}
	if len(list) > perPage {
		list = list[:perPage]
		p.Older = p.address(p.Only, list[perPage-1].ID)
	}
	for _, d := range list {
		rw, err := rowOf(v, x, d)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, rw)
	}
	p.Empty = p.nothing()
	return nil
}

func statesOf(key string) []document.State {
	for _, g := range groups {
		if g.key == key {
			return g.states
		}
	}
	return nil
}

func (p *listPage) address(key string, before document.ID) string {
	q := url.Values{}
	if key != "" {
		q.Set("loai", key)
	}
	if p.Words != "" {
		q.Set("q", p.Words)
	}
	if before != 0 {
		q.Set("truoc", itoa(before))
	}
	if len(q) == 0 {
		return "/di/"
	}
	return "/di/?" + q.Encode()
}

func (p *listPage) nothing() part.Empty {
	if p.Words != "" {
		return part.Empty{Icon: part.Icon("search-x"), Title: "Không có văn bản nào khớp", Text: "Thử ít từ hơn, hoặc tìm ở mục Tất cả; có dấu hay không dấu đều được.",
			Links: []part.Link{{Text: "Bỏ lọc", Href: "/di/"}}}
	}
	return part.Empty{Icon: part.Icon("send"), Title: "Chưa có văn bản nào ở đây", Text: "Văn bản đi hiện ở đây từ khi là dự thảo đến khi phát hành, trong phạm vi ông/bà được xem.",
		Links: []part.Link{{Text: "Soạn dự thảo", Href: "/du-thao/moi", Icon: part.Icon("plus"), Kind: "pri"}}}
}

func rowOf(v *db.View, x *seat.Seat, d document.Document) (row, error) {
	kind, _ := law.KindByCode(d.Kind)
	rw := row{Document: d, Kind: kind.Name, Tag: stateTag(d.State)}
	to, err := draft.Recipients(v, d.ID)
	if err != nil {
		return rw, err
	}
	rw.To = brief(to)
	if d.State.Final() {
		return rw, nil
	}
	waits, err := document.WaitingFor(v, d.ID)
	if err != nil || len(waits) == 0 {
		return rw, err
	}
	rw.Due.Kind, rw.Due.Text = x.Left(waits[0].Due)
	rw.Holder, err = org.TokenName(v, waits[0].Token)
	return rw, err
}

// brief names the first two recipients and counts the others.
func brief(to []draft.Recipient) string {
	switch len(to) {
	case 0:
		return ""
	case 1:
		return to[0].Name
	case 2:
		return to[0].Name + ", " + to[1].Name
	}
	return to[0].Name + ", " + to[1].Name + " và " + viet.Int(int64(len(to)-2)) + " nơi khác"
}

// stateTag colours a state: blue on its way, green issued, red ended.
func stateTag(s document.State) part.Tag {
	t := part.Tag{Kind: "brand", Text: s.String()}
	switch s {
	case document.Draft:
		t.Kind = ""
	case document.Issued, document.Filed:
		t.Kind = "ok"
	case document.Recalled, document.Cancelled, document.Replaced:
		t.Kind = "late"
	}
	return t
}
