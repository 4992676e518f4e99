package part

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"time"
	"vanthu/law"
)

//go:embed gallery
var galleryFiles embed.FS

// Gallery shows every part on six pages that stand for the product's screens:
// / (all parts), /ban (work desk), /van-ban (three panes), /dang-ky (form
// beside the document), /gui-nhan (delivery), /ky (place of a signature). ?theme=dark and ?theme=light
// choose the theme. It is for tests and the demo only; the data are invented.
func Gallery() http.Handler {
	mux := http.NewServeMux()
	for path, p := range galleryPages() {
		mux.Handle("GET "+path, p)
	}
	mux.HandleFunc("GET /mau.pdf", func(w http.ResponseWriter, r *http.Request) {
		body, err := galleryFiles.ReadFile("gallery/mau.pdf")
		if err != nil {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, "mau.pdf", time.Time{}, bytes.NewReader(body))
	})
	return mux
}

// galleryPage is one page of the gallery with what its template shows.
type galleryPage struct {
	t *template.Template
	galleryData
}

type galleryData struct {
	Page
	PDF     PDF
	Notes   []Note
	Tabs    []Tab
	Events  []Event
	Steps   []Step
	Sent    []Delivery
	Meters  []Meter
	Empty   Empty
	Pager   Pager
	Crumbs  []Crumb
	Recall  Confirm
	Wrong   Toast
	Sum     *gallerySum
	F       map[string]Field
	Problem Problem
}

type gallerySum struct {
	Text, Next string
	Fields     []Fault
	Laws       []law.Ref
}

func (g galleryPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := g.galleryData
	d.Theme = Theme(r.URL.Query().Get("theme"))
	var b bytes.Buffer
	if err := g.t.ExecuteTemplate(&b, "page", d); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

func galleryPages() map[string]galleryPage {
	open := func(file, title, at string, shape Shape) galleryPage {
		d := galleryContents()
		d.Page = galleryShell(title, at, shape)
		return galleryPage{Template(galleryFiles, "gallery/"+file), d}
	}
	sign := open("sign.html", "Chờ ký", "/van-ban", Duo)
	sign.PDF.Place = &Place{Name: "sign", Page: 1, X: 330, Y: 180, W: 130, H: 52, Label: "chữ ký của ông"}
	return map[string]galleryPage{
		"/{$}":      open("parts.html", "Các mảnh giao diện", "", Plain),
		"/ban":      open("desk.html", "Bàn làm việc", "/ban", Plain),
		"/van-ban":  open("document.html", "120/UBH-VP", "/van-ban", Trio),
		"/dang-ky":  open("register.html", "Đăng ký văn bản đến", "/dang-ky", Duo),
		"/ky":       sign,
		"/gui-nhan": open("delivery.html", "Bảng gửi nhận", "/gui-nhan", Plain),
	}
}

func galleryShell(title, at string, shape Shape) Page {
	p := Page{
		Title: title, Shape: shape, Open: true, News: 2,
		Person: Person{"Trần Thị Lan", "Văn thư", "TL"}, Agency: Agency{"Sở Xây dựng", "H99.15"},
		Hub: Hub{"ok", "Trục: thông · 2 giây trước"},
		Nav: []NavItem{
			{Label: "Bàn làm việc", Href: "/ban", Icon: "layout-list", Count: 14, Key: "b"},
			{Label: "Văn bản đến", Href: "/van-ban", Icon: "inbox", Count: 6, Late: true, Key: "d"},
			{Label: "Văn bản đi", Href: "/dang-ky", Icon: "send", Count: 3, Key: "i"},
			{Label: "Dự thảo", Href: "#", Icon: "file-pen", Key: "t"},
			{Label: "Gửi nhận", Href: "/gui-nhan", Icon: "radio-tower", Count: 2, Key: "g"},
			{Label: "Công việc", Href: "#", Icon: "list-checks", Count: 5, Gap: true, Key: "v"},
			{Label: "Hồ sơ công việc", Href: "#", Icon: "folder-open", Key: "h"},
			{Label: "Lịch công tác", Href: "#", Icon: "calendar-days", Key: "l"},
			{Label: "Phòng họp, xe", Href: "#", Icon: "car"},
			{Label: "Tin nội bộ", Href: "#", Icon: "newspaper", Count: 1},
			{Label: "Thư mục chung", Href: "#", Icon: "folder-tree"},
			{Label: "Trao đổi", Href: "#", Icon: "messages-square", Count: 3},
			{Label: "Thống kê, báo cáo", Href: "#", Icon: "chart-column", Gap: true},
			{Label: "Tuân thủ", Href: "/", Icon: "scale", Key: "u"},
		},
	}
	for i := range p.Nav {
		p.Nav[i].Current = at != "" && p.Nav[i].Href == at
	}
	if shape == Plain && at == "" {
		p.Banner = "Bản trình diễn: mọi người, cơ quan và văn bản đều không có thật."
		p.Toast = &Toast{Kind: "ok", Text: "Đã vào sổ đến số 412.", Undo: "/hoan-tac"}
	}
	return p
}
