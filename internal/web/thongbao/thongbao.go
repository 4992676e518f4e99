// Package thongbao shows a person's notices (thông báo): what came to his desk,
// newest first, by day.
//
//	GET  /thong-bao
//	POST /thong-bao/da-doc     marks all as read
//
// A notice names its document only as long as the reader may see it.
package thongbao

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

type page struct {
	kit.Page
	Topic  string
	Days   []day
	Unread int
	Empty  part.Empty
}

type day struct {
	Name string
	Rows []row
}

type row struct {
	Text, Href    string
	Code, Subject string
	Stamp, When   string
	ISO           string
	Read          bool
}

var view = kit.NewView[page](files, "thong-bao.html")

// Routes enters the page and its one act.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /thong-bao", s.Handle(show))
	mux.Handle("POST /thong-bao/da-doc", s.Handle(read))
}

// newest is how many notices the page shows.
const newest = 200

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	shell, err := s.Page(r, "Thông báo")
	if err != nil {
		return err
	}
	p := page{Page: shell, Topic: s.Office.NoticeTopic(), Unread: shell.News,
		Empty: part.Empty{Icon: part.Icon("bell"), Title: "Chưa có thông báo", Text: "Khi có văn bản được chuyển đến ông/bà, thông báo hiện ở đây và trên chuông."}}
	err = s.Read(r, func(v *db.View) error {
		list, err := office.Notices(v, s.Actor, newest)
		p.group(list, viet.DayOf(s.Now()))
		return err
	})
	if err != nil {
		return err
	}
	return view.Show(w, r, p)
}

// group puts the notices under their days.
func (p *page) group(list []office.Told, today viet.Day) {
	var last viet.Day
	for _, n := range list {
		d := viet.DayOf(n.At)
		if len(p.Days) == 0 || d != last {
			p.Days = append(p.Days, day{Name: dayName(d, today)})
			last = d
		}
		rows := &p.Days[len(p.Days)-1].Rows
		*rows = append(*rows, rowOf(n))
	}
}

func rowOf(n office.Told) row {
	x := row{Text: n.Text, When: viet.Clock(n.At), ISO: viet.ISOTime(n.At), Read: n.Read}
	if _, id, ok := strings.Cut(n.Topic, ":"); ok { // certificates and keys
		x.Href, x.Code = "/chung-thu-so/"+id, "Chứng thư số"
	}
	if alarm, ok := strings.CutPrefix(n.Topic, office.AlarmTopic); ok {
		_, agency, _ := strings.Cut(alarm, ":")
		x.Href, x.Code = strings.TrimSuffix("/truc/"+agency, "/"), "Bảng điều hành"
	}
	if n.Topic == office.EvidenceTopic {
		x.Href, x.Code = "/quan-tri", "Quản trị"
	}
	if d := n.Doc; d.ID != 0 {
		x.Code, x.Subject, x.Stamp = d.Code(), d.Subject, d.Urgency.Stamp()
		x.Href = "/di/" + strconv.FormatInt(int64(d.ID), 10)
		if d.Way == document.In {
			x.Href = "/den/" + strconv.FormatInt(int64(d.ID), 10)
		}
	}
	return x
}

func dayName(d, today viet.Day) string {
	switch d {
	case today:
		return "Hôm nay"
	case today - 1:
		return "Hôm qua"
	}
	return d.Long()
}

func read(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := s.Office.ReadNotices(r.Context(), s.Actor.ID); err != nil {
		return err
	}
	return s.Kit.Done(w, r, "/thong-bao", part.Toast{Kind: "ok", Text: "Đã đánh dấu mọi thông báo là đã đọc."})
}
