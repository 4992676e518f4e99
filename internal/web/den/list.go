package den

import (
	"net/http"
	"net/url"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

// group is one tab over the register: states that people take for one.
type group struct {
	key, name string
	states    []document.State
}

var groups = []group{
	{"", "Tất cả", nil},
	{"cho-tiep-nhan", "Chờ tiếp nhận", []document.State{document.Arrived, document.Held}},
	{"vao-so", "Đã vào sổ", []document.State{document.Registered}},
	{"cho-y-kien", "Chờ ý kiến", []document.State{document.Submitted}},
	{"xu-ly", "Đang xử lý", []document.State{document.Distributed, document.InProgress}},
	{"xong", "Hoàn thành", []document.State{document.Done, document.Closed}},
	{"tra-lai", "Trả lại, thu hồi", []document.State{document.Refused, document.Recalled, document.Replaced}},
}

// listPage is the register on screen.
type listPage struct {
	kit.Page
	Topic    string
	Words    string
	State    string // key of the tab
	Kind     string
	Tabs     []part.Tab
	Kinds    part.Field
	Rows     []listRow
	Total    int
	Older    string // address of the next page, empty at the end
	Newest   bool   // this is the first page
	First    string // address of the first page
	Empty    part.Empty
	MayPaper bool
}

// listRow is one line of the register.
type listRow struct {
	No      string // số đến
	Href    string
	Icon    string
	Code    string
	Stamp   string
	Trial   bool // its sender is on trial
	Subject string
	Issuer  string
	Kind    string
	Day     string // of arrival
	State   part.Tag
	Due     part.Tag
}

var listView = kit.NewView[listPage](files, "list.html")

const perPage = 50

func showList(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	q := r.URL.Query()
	p := listPage{Words: q.Get("q"), State: q.Get("tinh-trang"), Kind: q.Get("loai"), Topic: x.Office.DeskTopic()}
	var err error
	if p.Page, err = start(w, r, x, "Văn bản đến"); err != nil {
		return err
	}
	before, _ := strconv.ParseInt(q.Get("truoc"), 10, 64) // 0: from the newest
	f := document.Filter{Way: document.In, Words: p.Words, Kind: p.Kind, Limit: perPage + 1, Before: document.ID(before)}
	for _, g := range groups {
		if g.key == p.State {
			f.States = g.states
		}
	}
	err = x.Read(r, func(v *db.View) error {
		list, err := document.List(v, x.Actor, f)
		if err != nil {
			return err
		}
		if len(list) > perPage {
			list = list[:perPage]
			p.Older = p.address(p.State, list[perPage-1].ID)
		}
		trial, err := onTrial(v, list)
		if err != nil {
			return err
		}
		for _, d := range list {
			row := rowOf(x, d)
			row.Trial = trial[d.ID]
			p.Rows = append(p.Rows, row)
		}
		f.Before = 0
		p.Total, err = document.CountList(v, x.Actor, f)
		return err
	})
	if err != nil {
		return err
	}
	p.dress(x, before == 0)
	return listView.Show(w, r, p)
}

// dress sets what stands around the rows.
func (p *listPage) dress(x *seat.Seat, newest bool) {
	p.Newest, p.First = newest, p.address(p.State, 0)
	for _, g := range groups {
		p.Tabs = append(p.Tabs, part.Tab{Text: g.name, Href: p.address(g.key, 0), Current: g.key == p.State})
	}
	p.Kinds = part.NewField(part.Select, "loai", "Loại văn bản").Ghost("Mọi loại")
	p.Kinds.Value = p.Kind
	p.Kinds = p.Kinds.Of(kindOptions())
	p.MayPaper = office.MayRegisterPaper(x.Actor) == nil
	p.Empty = part.Empty{Icon: part.Icon("inbox"), Title: "Chưa có văn bản đến", Text: "Văn bản từ trục liên thông và văn bản giấy đã đăng ký sẽ hiện ở đây."}
	if p.Words != "" || p.Kind != "" || p.State != "" {
		p.Empty = part.Empty{Icon: part.Icon("search-x"), Title: "Không có văn bản nào khớp", Text: "Thử bớt từ, viết không dấu cũng được, hoặc bỏ bộ lọc.",
			Links: []part.Link{{Text: "Xem tất cả", Href: "/den/", Icon: part.Icon("list")}}}
	}
}

// onTrial says which of some documents came from agencies on trial.
func onTrial(q db.Q, list []document.Document) (map[document.ID]bool, error) {
	ids := make([]document.ID, len(list))
	for i, d := range list {
		ids[i] = d.ID
	}
	return exchange.OnTrial(q, ids...)
}

// address is the list with its filters, from a document downwards.
func (p *listPage) address(state string, before document.ID) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": p.Words, "tinh-trang": state, "loai": p.Kind} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if before != 0 {
		q.Set("truoc", itoa(before))
	}
	if len(q) == 0 {
		return "/den/"
	}
	return "/den/?" + q.Encode()
}

func rowOf(x *seat.Seat, d document.Document) listRow {
	row := listRow{Href: pathTo(d.ID), Icon: sourceIcon(d.Source), Code: d.Code(), Stamp: d.Urgency.Stamp(), Subject: title(d),
		Issuer: d.IssuerName, Kind: kindName(d.Kind), Day: viet.DayOf(d.ArrivedAt).String(), State: stateTag(d.State)}
	if d.ArrivalNo > 0 {
		row.No = itoa(d.ArrivalNo)
	}
	if !d.Due.IsZero() && !d.State.Final() && d.State != document.Done {
		row.Due.Kind, row.Due.Text = x.Left(x.Office.Calendar.EndOfDay(d.Due))
	}
	return row
}

func kindName(code string) string {
	k, _ := law.KindByCode(code)
	return k.Name
}

// stateTag colours a state: green is proven done, red refused or taken back.
func stateTag(s document.State) part.Tag {
	kind := "brand"
	switch s {
	case document.Done, document.Closed:
		kind = "ok"
	case document.Refused, document.Recalled, document.Replaced:
		kind = "late"
	case document.Arrived, document.Held:
		kind = ""
	}
	return part.Tag{Kind: kind, Text: s.String()}
}

// waitingPage is what waits to be received, by the way it came.
type waitingPage struct {
	kit.Page
	Topic string
	Tabs  []part.Tab
	Rows  []waitRow
	Empty part.Empty
}

type waitRow struct {
	Href, Icon string
	Code       string
	Stamp      string
	Trial      bool // its sender is on trial
	Subject    string
	Sub        string // issuer, when it came
	Bad        string // what is wrong with its signatures
	Due        part.Tag
	Verb       string
	First      bool
}

var waitingView = kit.NewView[waitingPage](files, "waiting.html")

func showWaiting(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	paper := r.URL.Query().Get("nguon") == "giay"
	p := waitingPage{Topic: x.Office.DeskTopic(), Empty: part.Empty{Icon: part.Icon("inbox"), Title: "Không còn văn bản nào chờ tiếp nhận", Text: "Văn bản mới từ trục liên thông tự hiện ở đây."}}
	if paper {
		p.Empty = part.Empty{Icon: part.Icon("scan-line"), Title: "Không có văn bản giấy nào chờ bản quét", Text: "Văn bản giấy đã cấp số đến mà chưa gắn bản quét hiện ở đây.",
			Links: []part.Link{{Text: "Đăng ký văn bản giấy", Href: "/den/dang-ky", Icon: part.Icon("scan-line"), Kind: "pri", Key: "n"}}}
	}
	var err error
	if p.Page, err = start(w, r, x, "Chờ tiếp nhận"); err != nil {
		return err
	}
	counts := [2]int{}
	err = x.Read(r, func(v *db.View) error {
		items, err := document.Desk(v, x.Actor, 0)
		if err != nil {
			return err
		}
		for _, it := range items {
			row, isPaper, err := waiting(v, x, it)
			if err != nil {
				return err
			}
			if row.Href == "" {
				continue
			}
			n := 0
			if isPaper {
				n = 1
			}
			counts[n]++
			if isPaper == paper {
				row.First = len(p.Rows) == 0
				p.Rows = append(p.Rows, row)
			}
		}
		return nil
	})
	p.Tabs = []part.Tab{{Text: "Trục liên thông", Href: "/den/cho-tiep-nhan", Count: counts[0], Current: !paper},
		{Text: "Bản giấy chờ quét", Href: "/den/cho-tiep-nhan?nguon=giay", Count: counts[1], Current: paper}}
	if err != nil {
		return err
	}
	return waitingView.Show(w, r, p)
}

// waiting makes the line of a document at the gate: one that came by the hub,
// or one on paper whose scan is missing (law:HT33-8.1). Other items give none.
func waiting(v *db.View, x *seat.Seat, it document.Item) (row waitRow, paper bool, err error) {
	d := it.Doc
	row = waitRow{Icon: sourceIcon(d.Source), Code: d.Code(), Stamp: d.Urgency.Stamp(), Subject: title(d),
		Sub: d.IssuerName + " · đến " + viet.ShortTime(d.ArrivedAt), Verb: "Tiếp nhận"}
	row.Due.Kind, row.Due.Text = x.Left(it.Due)
	trial, err := exchange.OnTrial(v, d.ID)
	if err != nil {
		return row, false, err
	}
	row.Trial = trial[d.ID]
	switch {
	case it.Step == document.ToReceive:
		bad, err := badFile(v, d.ID)
		if err != nil {
			return row, false, err
		}
		if bad.Sentence != "" {
			row.Icon, row.Bad, row.Verb = part.Icon("shield-alert"), bad.Sentence, "Xem và trả lại"
		}
	case it.Step == document.ToPresent && d.Source == document.ByPaper && !hasText(v, d.ID):
		row.Verb, paper = "Gắn bản quét", true
		row.Sub = "Số đến " + itoa(d.ArrivalNo) + " · " + row.Sub
	default:
		return waitRow{}, false, nil
	}
	row.Href = pathTo(d.ID)
	return row, paper, nil
}

// badFile finds a file whose signature does not verify.
func badFile(q db.Q, id document.ID) (document.File, error) {
	list, err := document.Files(q, id)
	for _, f := range list {
		if f.Verdict == "invalid" && f.Slot != document.Earlier {
			return f, err
		}
	}
	return document.File{}, err
}

// hasText says whether the document's own file is here.
func hasText(q db.Q, id document.ID) bool {
	_, err := document.Main(q, id)
	return err == nil
}
