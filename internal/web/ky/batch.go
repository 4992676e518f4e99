package ky

import (
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

var batchView = kit.NewView[batchPage](files, "batch.html")

// batchPage is how far a batch is; it lives until the batch ends.
type batchPage struct {
	kit.Page
	Crumbs  []part.Crumb
	Topic   string // "" once it has ended
	Title   string
	Under   string
	Percent int
	Kind    string // of the bar
	Note    part.Note
	Rows    []line
	Stop    string // ends a batch that is out; "" where none is
	Again   string // where those that were not signed are ticked; "" when all are
	Next    part.Link
}

// line is one document of the batch.
type line struct {
	Code, Subject, Href string
	Kind, Icon, State   string
	Text, Next          string
}

var lineWords = map[signing.BatchState]struct{ kind, icon, text string }{
	signing.LineWaits:   {"", part.Icon("circle-dashed"), "Đang chờ"},
	signing.LineSigned:  {"ok", part.Icon("circle-check"), "Đã ký"},
	signing.LineRefused: {"late", part.Icon("circle-x"), "Chưa ký"},
	signing.LineCut:     {"warn", part.Icon("circle-alert"), "Chưa ký"},
}

func showBatch(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := seat.ID[int64](r.PathValue("batch"))
	if err != nil {
		return err
	}
	p := batchPage{Crumbs: []part.Crumb{{Text: "Ký số", Href: "/ky-so"}, {Text: "Kết quả"}}}
	err = s.Read(r, func(v *db.View) error {
		b, err := office.Batch(v, s.Actor.ID, id)
		if err != nil {
			return err
		}
		return p.load(v, s, b)
	})
	if err != nil {
		return err
	}
	if p.Page, err = s.Page(r, p.Title); err != nil {
		return err
	}
	return batchView.Show(w, r, p)
}

func (p *batchPage) load(v *db.View, s *seat.Seat, b signing.Batch) error {
	var left []document.ID
	over := b.Over(v.Now)
	for _, l := range b.Lines {
		if over && l.State == signing.LineWaits { // never came back from the program
			l.State, l.Text, l.Next = signing.LineRefused, "Hết thời gian, tệp đã giao chưa trở về.", "Ký lại."
		}
		x, err := lineOf(v, s, l)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, x)
		if l.State == signing.LineRefused || l.State == signing.LineCut {
			left = append(left, l.Document)
		}
	}
	n, done := len(b.Lines), len(b.Lines)-b.Waits()
	p.Percent, p.Kind = done*100/n, "ok"
	p.Under = "Bắt đầu " + viet.DateTime(b.Started)
	k := signs
	for _, x := range works {
		if x.purpose == b.Purpose {
			k = x
		}
	}
	if !over {
		p.Topic, p.Kind = s.Office.BatchTopic(b.ID), ""
		p.Title = "Đang ký " + itoa(done) + " / " + itoa(n) + " văn bản"
		return p.underWay(v, b)
	}
	p.ended(b, k, left)
	return nil
}

// underWay says what goes on, and what the person does meanwhile.
func (p *batchPage) underWay(v *db.View, b signing.Batch) error {
	c, err := signing.CertificateByID(v, b.Certificate)
	if err != nil {
		return err
	}
	p.Note = part.Note{Kind: "brand", Text: "Việc ký chạy trên máy chủ: có thể rời trang này và quay lại, hoặc tắt máy."}
	if c.Driver == signing.ByRemote {
		p.Note.Title = "Khi dịch vụ ký số hỏi trên điện thoại, xác nhận ở đó."
	}
	if b.Away() {
		p.Stop = seat.BatchAt(b.ID) + "/thoi"
		p.Note = part.Note{Kind: "brand", Text: "Phần mềm ký số trên máy của ông/bà đang ký, nhận tệp đến " + viet.ShortTime(b.Ends) + "."}
	}
	return nil
}

// ended sums up, and leads on.
func (p *batchPage) ended(b signing.Batch, k work, left []document.ID) {
	n := len(b.Lines)
	p.Title = "Đã ký " + itoa(b.Signed()) + " / " + itoa(n) + " văn bản"
	if !b.Ended.IsZero() {
		p.Under += " · xong " + viet.Clock(b.Ended)
	}
	p.Next = part.Link{Text: "Về Ký số", Href: "/ky-so", Icon: part.Icon("pen-line"), Kind: "pri", Key: "Enter"}
	if n == 1 && p.Rows[0].Href != "" {
		p.Next = part.Link{Text: "Mở văn bản", Href: p.Rows[0].Href, Icon: part.Icon("file-text"), Kind: "pri", Key: "Enter"}
	}
	if len(left) == 0 {
		p.Note = part.Note{Kind: "ok", Text: "Tất cả đã ký. Văn bản đã chuyển sang bước sau."}
		return
	}
	p.Kind, p.Again = "warn", "/ky-so?viec="+k.key+"&chon="+joined(left)
	p.Note = part.Note{Kind: "warn", Title: itoa(len(left)) + " văn bản chưa ký.", Text: "Lý do và việc cần làm ở từng dòng; những văn bản kia đã ký xong."}
}

func lineOf(v *db.View, s *seat.Seat, l signing.BatchLine) (line, error) {
	w := lineWords[l.State]
	x := line{Kind: w.kind, Icon: w.icon, State: w.text, Text: l.Text, Next: l.Next}
	if l.State == signing.LineCut {
		x.Text, x.Next = "Máy chủ dừng giữa chừng, văn bản này chưa được ký.", "Ký lại."
	}
	d, err := document.ByID(v, l.Document)
	if err != nil {
		return x, err
	}
	x.Code, x.Subject = d.Code(), d.Subject
	if office.See(v, s.Actor, d.ID) == nil {
		x.Href = pageOf(d)
	}
	return x, nil
}
