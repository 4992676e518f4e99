package guinhan

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

var listView = kit.NewView[listPage](files, "list.html")

type listPage struct {
	kit.Page
	Topic  string
	Link   *part.Note // packets that have not left
	Follow []followRow
	Sent   []sentRow
	Empty  part.Empty
}

// followRow is one thing that somebody must do about a delivery.
type followRow struct {
	document.Document
	What string
	Due  part.Tag
	Icon string
	Verb string
}

// sentRow is one issued document with its recipients summed up.
type sentRow struct {
	document.Document
	Bars  part.Delivery
	State part.Tag
	Text  string
}

func showList(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	p := listPage{Topic: x.Office.DeskTopic()}
	var err error
	if p.Page, err = x.Page(r, "Gửi nhận"); err != nil {
		return err
	}
	err = x.Read(r, func(v *db.View) error {
		if p.Link, err = waiting(v, x); err != nil {
			return err
		}
		if p.Follow, err = follow(v, x); err != nil {
			return err
		}
		p.Sent, err = sent(v, x)
		return err
	})
	if err != nil {
		return err
	}
	p.Empty = part.Empty{Icon: part.Icon("radio-tower"), Title: "Chưa có văn bản nào được phát hành", Text: "Văn bản đã phát hành và trạng thái từng nơi nhận hiện ở đây."}
	return listView.Show(w, r, p)
}

// waiting tells of packets that the line has kept back. law:HT33-10.2.i
func waiting(v *db.View, x *seat.Seat) (*part.Note, error) {
	n, oldest, err := exchange.Waiting(v)
	if err != nil || n == 0 {
		return nil, err
	}
	return &part.Note{Kind: "warn", Icon: part.Icon("clock-alert"), Title: fmt.Sprintf("%d gói tin chờ gửi", n), Text: "từ " + viet.ShortTime(oldest) + ". Hệ thống tự gửi khi thông trục; không cần gửi lại."}, nil
}

// follow is the person's desk, narrowed to deliveries.
func follow(v *db.View, x *seat.Seat) ([]followRow, error) {
	desk, err := document.Desk(v, x.Actor, 0)
	var out []followRow
	for _, it := range desk {
		rw := followRow{Document: it.Doc, What: it.Note}
		rw.Due.Kind, rw.Due.Text = x.Left(it.Due)
		switch it.Step {
		case document.ToFollow:
			rw.Icon, rw.Verb = part.Icon("triangle-alert"), "Xem lý do"
		case document.ToPost:
			rw.Icon, rw.Verb, rw.What = part.Icon("mail"), "Ghi sổ bưu điện", "có nơi nhận gửi bản giấy"
		default:
			continue
		}
		out = append(out, rw)
	}
	return out, err
}

const newest = 40

func sent(v *db.View, x *seat.Seat) ([]sentRow, error) {
	list, err := document.List(v, x.Actor, document.Filter{Way: document.Out, States: []document.State{document.Issued, document.Filed, document.Recalled, document.Replaced}, Limit: newest})
	if err != nil {
		return nil, err
	}
	var out []sentRow
	for _, d := range list {
		lines, err := exchange.Of(v, d.ID)
		if err != nil {
			return nil, err
		}
		rw := sentRow{Document: d, Text: summary(lines), State: part.Tag{Kind: "ok", Text: "đủ nơi nhận"}}
		rw.Bars, rw.State = sumUp(d, lines, x.Now())
		out = append(out, rw)
	}
	return out, nil
}

// sumUp is the slowest of a document's lines, and the word for all of them.
func sumUp(d document.Document, lines []exchange.Delivery, now time.Time) (part.Delivery, part.Tag) {
	least, bad, open := 5, 0, 0
	for _, l := range lines {
		x := lineOf(l, 0, now, false)
		switch {
		case x.Bad:
			bad++
		case l.State != exchange.Completed && l.State != exchange.PaperSent:
			open++
		}
		if l.Channel == exchange.ByHub {
			least = min(least, x.Bars.Done)
		}
	}
	bars := part.Delivery{Done: least, Refused: bad > 0, Text: summary(lines)}
	switch {
	case d.State == document.Recalled:
		return bars, part.Tag{Kind: "late", Text: "Thu hồi"}
	case bad > 0:
		return bars, part.Tag{Kind: "late", Text: fmt.Sprintf("%d cần xem", bad)}
	case open > 0:
		return bars, part.Tag{Kind: "brand", Text: "Đang theo dõi"}
	}
	return bars, part.Tag{Kind: "ok", Text: "Hoàn thành"}
}

// summary counts recipients as people say it: "6 nơi nhận · 4 đã tiếp nhận, 1
// từ chối, 1 gửi giấy".
func summary(lines []exchange.Delivery) string {
	accepted, refused, failed, paper, recalled, waits := 0, 0, 0, 0, 0, 0
	for _, l := range lines {
		switch l.State {
		case exchange.Accepted, exchange.Assigned, exchange.Processing, exchange.Completed:
			accepted++
		case exchange.Refused:
			refused++
		case exchange.Failed:
			failed++
		case exchange.OnPaper, exchange.PaperSent:
			paper++
		case exchange.RecallAsked, exchange.RecallAgreed, exchange.RecallDeclined:
			recalled++
		default:
			waits++
		}
	}
	var parts []string
	for _, c := range []struct {
		n    int
		text string
	}{{accepted, "đã tiếp nhận"}, {waits, "chờ tiếp nhận"}, {refused, "từ chối"}, {failed, "lỗi gửi"}, {paper, "gửi giấy"}, {recalled, "thu hồi"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.text))
		}
	}
	s := fmt.Sprintf("%d nơi nhận", len(lines))
	if len(parts) > 0 {
		s += " · " + strings.Join(parts, ", ")
	}
	return s
}
