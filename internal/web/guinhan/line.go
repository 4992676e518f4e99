package guinhan

import (
	"time"

	"vanthu/internal/exchange"
	"vanthu/internal/web/part"
	"vanthu/law"
	"vanthu/viet"
)

// line is one recipient on the board.
type line struct {
	ID      int64
	Name    string
	Code    string // or why it has none
	Bars    part.Delivery
	Tag     part.Tag
	When    string
	Next    string     // what comes next, or what went wrong
	Bad     bool       // in red
	Do      *part.Link // what to do about it
	Laws    []law.Ref
	Paper   *part.Field // how the paper copy went; nil when none waits
	Again   bool        // failed: may be sent again
	Receipt string      // address of its receipt
	Events  string      // address of the line's events
	Current bool
}

// reached is how many of the five bars a state proves: arrived, received,
// assigned, handled, done. law:BRVT1842-6.5
var reached = map[exchange.State]int{
	exchange.Delivered: 1, exchange.Refused: 1, exchange.Accepted: 2, exchange.Assigned: 3, exchange.Processing: 4, exchange.Completed: 5, exchange.PaperSent: 1,
}

var tagKinds = map[exchange.State]string{
	exchange.Delivered: "brand", exchange.Accepted: "brand", exchange.Assigned: "brand", exchange.Processing: "brand",
	exchange.Completed: "ok", exchange.PaperSent: "ok", exchange.RecallAgreed: "ok",
	exchange.Refused: "late", exchange.Failed: "late", exchange.RecallDeclined: "late",
	exchange.OnPaper: "warn", exchange.RecallAsked: "warn",
}

// nexts say what a line waits for.
var nexts = map[exchange.State]string{
	exchange.Queued: "tự gửi khi thông trục", exchange.Sent: "chờ nơi nhận nhận gói tin", exchange.Delivered: "chờ văn thư nơi nhận tiếp nhận",
	exchange.Accepted: "chờ phân công", exchange.Assigned: "chờ xử lý", exchange.Processing: "chờ kết quả", exchange.Completed: "—",
	exchange.RecallAsked: "chờ trả lời thu hồi", exchange.RecallAgreed: "đã đóng nội dung tại nơi nhận", exchange.PaperSent: "—",
}

// lineOf draws a delivery line; mayAct shows what the clerk can do on it.
func lineOf(d exchange.Delivery, due viet.Day, now time.Time, mayAct bool) line {
	l := line{ID: d.ID, Name: d.Name, Code: d.Code, Tag: part.Tag{Kind: tagKinds[d.State], Text: d.State.String()}, When: viet.ShortTime(d.At), Next: nexts[d.State]}
	l.Events = path(d.Document) + "?dong=" + itoa(d.ID) + "#dien-bien"
	at := d.State
	if d.BeforeRecall != "" && reached[at] == 0 {
		at = d.BeforeRecall
	}
	l.Bars = part.Delivery{Done: reached[at], Text: d.State.String()}
	if d.Channel == exchange.ByPaper {
		l.Code = d.Reason
	}
	if d.Declined() {
		l.Bad, l.Next = true, "từ chối thu hồi: "+d.Note
		return l
	}
	switch d.State {
	case exchange.Sent:
		l.overdue(d, now)
	case exchange.Processing, exchange.Assigned, exchange.Accepted:
		if !due.IsZero() {
			l.Next += ", hạn " + due.String()
		}
	case exchange.Refused:
		l.Bars.Refused, l.Bad, l.Next = true, true, d.Note
		if mayAct {
			l.Do = &part.Link{Text: "Bổ sung và gửi lại", Href: "/du-thao/moi?gui-lai=" + itoa(d.Document) + "&noi-nhan=" + d.Code}
		}
	case exchange.Failed:
		l.Bars.Refused, l.Bad, l.Next = true, true, d.Note
	case exchange.RecallDeclined:
		l.Bad, l.Next = true, d.Note
	case exchange.PaperSent:
		l.Next = d.Carrier
	case exchange.OnPaper:
		l.Next = ""
	}
	l.Again = mayAct && d.State == exchange.Failed
	if mayAct && (d.State == exchange.OnPaper || d.State == exchange.Failed) {
		f := part.NewField(part.Text, "carrier", "Cách gửi").Named("f-carrier-" + itoa(d.ID)).Ghost("bưu điện, số phiếu gửi…")
		l.Paper = &f
	}
	return l
}

// overdue says that a recipient has not spoken for long. law:QD28-8.2
func (l *line) overdue(d exchange.Delivery, now time.Time) {
	switch {
	case d.Late == exchange.NotFetched:
		l.Bad, l.Next, l.Tag.Kind = true, "quá 72 giờ chưa lấy gói tin: gọi nơi nhận", "late"
	case d.Waits(now):
		l.Next, l.Tag.Kind = "quá 72 giờ chưa báo đã nhận", "warn"
	}
}

// codeNames say the codes of a line's events in words.
var codeNames = map[string]string{
	"sent": "Trục đã nhận gói tin", "failed": "Chưa gửi được", "resend": "Gửi lại", "paper": "Đã gửi bản giấy", "late": "Quá 72 giờ nơi nhận chưa lấy gói tin",
	"01": "01 Đã đến", "02": "02 Từ chối", "03": "03 Đã tiếp nhận", "04": "04 Đã phân công", "05": "05 Đang xử lý", "06": "06 Hoàn thành",
	"13": "13 Yêu cầu thu hồi", "15": "15 Đồng ý thu hồi", "16": "16 Từ chối thu hồi",
	exchange.ReplacementAgreed: "15 Đồng ý thay thế", exchange.ReplacementDeclined: "16 Từ chối thay thế",
}

// eventOf is one entry of a line's history.
type eventOf struct {
	part.Event
	Receipt string // address, "" when there is none
}

func drawEvent(e exchange.Event, d exchange.Delivery) eventOf {
	x := eventOf{Event: part.Event{What: codeNames[e.Code], When: viet.ShortTime(e.At), ISO: viet.ISOTime(e.At), Who: e.Staff, Quote: e.Note}}
	if x.What == "" {
		x.What = e.Code
	}
	switch {
	case !e.Applied:
		x.Kind, x.Who = "wait", "không theo trình tự: ghi lại, không áp dụng"
	case e.Code == "02" || e.Code == "failed" || e.Code == "late" || e.Code == "16" || e.Code == exchange.ReplacementDeclined:
		x.Kind = "late"
	default:
		x.Kind = "ok"
	}
	if e.Receipt != "" {
		x.Receipt = path(d.Document) + "/bien-nhan/" + itoa(e.ID)
	}
	return x
}
