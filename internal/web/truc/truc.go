// Package truc is the operator's console of the hub (trục liên thông): how the
// exchange goes, who is lost or late and what to do about it, the directory of
// agencies with their way onto the exchange, packets that did not get through,
// the ledger and who watches it, and what operators did. It counts and names;
// it never shows what a document says.
//
//	truc.go        addresses, who may, what the pages share
//	console.go     the hub at a glance; chart.go its pictures, live.go its news
//	agency.go      one agency: queue, readiness, codes; act.go what is done to it
//	directory.go   danh bạ: search, tree, entering; file.go CSV in and out
//	reorganise.go  merger and division by decision, looked at before it is done
//	letters.go     queues and packets that did not get through
//	ledger.go      sổ cái, checkpoints, witnesses; log.go what operators did
//
// Only operators see it, and only where this process runs the hub.
//
// law:BRVT1842-10.4 BRVT1842-10.3 HN20-10.1.d GL443-3.4.ii
package truc

import (
	"embed"
	"net/http"
	"time"

	"vanthu/internal/hub"
	"vanthu/internal/office"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

// Routes enters the console.
func Routes(s *seat.Site, mux *http.ServeMux) {
	imports := &imports{}
	for pattern, h := range map[string]handler{
		"GET /truc": show, "GET /truc/hang-doi": showQueues, "GET /truc/goi-loi": showLetters, "GET /truc/nhat-ky": showLog,
		"GET /truc/so-cai": showLedger, "GET /truc/dau-so": head, "POST /truc/kiem-tra": audit,
		"POST /truc/gui-lai": resend, "POST /truc/gui-lai-tat-ca": resendAll, "POST /truc/tra-lai": giveBack,

		"GET /truc/danh-ba": showDirectory, "GET /truc/danh-ba/xuat": export,
		"GET /truc/danh-ba/moi": showNew, "POST /truc/danh-ba/moi": enrol,
		"GET /truc/danh-ba/nhap": imports.show, "POST /truc/danh-ba/nhap": imports.look, "POST /truc/danh-ba/nhap/chay": imports.start,
		"GET /truc/danh-ba/sap-xep": showReorganise, "POST /truc/danh-ba/sap-xep": reorganise,

		"GET /truc/{code}": showAgency, "GET /truc/{code}/sua": showEdit, "POST /truc/{code}/sua": edit,
		"POST /truc/{code}/tam-giu": pause(true), "POST /truc/{code}/mo-lai": pause(false),
		"POST /truc/{code}/trang-thai": link, "POST /truc/{code}/gia-han": extend,
		"POST /truc/{code}/dieu-kien": attest, "POST /truc/{code}/bo-dieu-kien": withdraw,
		"POST /truc/{code}/cap-khoa": giveKey, "POST /truc/{code}/chung-thu": bind, "POST /truc/{code}/thu-hoi-khoa": revokeKeys,
	} {
		mux.Handle(pattern, s.Handle(operators(h)))
	}
}

type handler = func(http.ResponseWriter, *http.Request, *seat.Seat) error

// operators lets only operators in; where no hub runs the page says so.
func operators(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
		if err := office.MayOperate(s.Actor); err != nil {
			return err
		}
		if s.Hub == nil {
			return showNone(w, r, s)
		}
		return h(w, r, s)
	}
}

// shell is what every page of the console has.
type shell struct {
	kit.Page
	Tabs []part.Tab
}

// open starts a page; at is the address of its tab.
func open(r *http.Request, s *seat.Seat, title, at string) (shell, error) {
	p, err := s.Page(r, title)
	if err != nil {
		return shell{}, err
	}
	dead, err := s.Hub.Dead(r.Context())
	x := shell{Page: p, Tabs: []part.Tab{{Text: "Tổng quan", Href: "/truc"}, {Text: "Danh bạ", Href: "/truc/danh-ba"}, {Text: "Hàng đợi", Href: "/truc/hang-doi"},
		{Text: "Gói tin lỗi", Href: "/truc/goi-loi", Count: int(dead)}, {Text: "Sổ cái", Href: "/truc/so-cai"}, {Text: "Nhật ký", Href: "/truc/nhat-ky"}}}
	for i := range x.Tabs {
		x.Tabs[i].Current = x.Tabs[i].Href == at
	}
	return x, err
}

// fact is a line of a list of particulars.
type fact struct{ Name, Value string }

// row is an agency in a list.
type row struct {
	Code, Name, Href string
	Sub              string // codes, or for whom it stands
	Link             part.Tag
	Waiting          string
	Oldest, Seen     string
	Late, Silent     bool
	Received, Sent   string
	Failed           string
	Next             string
}

func rowOf(a hub.AgencyLoad, now time.Time) row {
	x := row{Code: a.Code, Name: a.Name, Href: "/truc/" + a.Code, Sub: a.Code, Link: linkTag(a), Waiting: viet.Int(a.Waiting), Late: a.Late, Silent: a.Silent,
		Received: viet.Int(a.Received), Sent: viet.Int(a.Sent), Next: a.Next, Seen: ago(a.Seen, now), Oldest: "—"}
	if a.AltCode != "" {
		x.Sub += " · " + a.AltCode
	}
	if a.Gateway != "" {
		x.Seen = "qua " + a.Gateway
	}
	if a.State == hub.LinkNone || a.State == hub.LinkClosed {
		x.Seen = "—"
	}
	if !a.Oldest.IsZero() {
		x.Oldest = viet.Span(now.Sub(a.Oldest))
	}
	if a.Failed > 0 {
		x.Failed = viet.Int(a.Failed)
	}
	return x
}

var linkNames = map[hub.LinkState]part.Tag{
	hub.LinkNone: {Kind: "", Text: "Chưa liên thông"}, hub.LinkTrial: {Kind: "brand", Text: "Thử nghiệm"}, hub.LinkOfficial: {Kind: "ok", Text: "Chính thức"},
	hub.LinkSuspended: {Kind: "warn", Text: "Tạm dừng"}, hub.LinkClosed: {Kind: "", Text: "Đã đóng"},
}

// linkTag is the state of a link in a word: what is wrong comes first.
func linkTag(a hub.AgencyLoad) part.Tag {
	switch {
	case a.Paused:
		return part.Tag{Kind: "warn", Text: "Đang tạm giữ"}
	case a.Silent:
		return part.Tag{Kind: "late", Text: "Mất kết nối"}
	}
	return linkNames[a.State]
}

// ago says how long since a call; a clock that stands a little apart is "now".
func ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return "chưa lần nào"
	case d < 5*time.Second:
		return "vừa xong"
	default:
		return viet.Span(d) + " trước"
	}
}

var kindNames = map[hub.Kind]string{hub.New: "Văn bản", hub.Recall: "Yêu cầu thu hồi", hub.Update: "Cập nhật", hub.Replace: "Thay thế", hub.Status: "Trạng thái"}
