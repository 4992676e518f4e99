package guinhan

import (
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/luong"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

var boardView = kit.NewView[boardPage](files, "board.html")

type boardPage struct {
	kit.Page
	Doc     document.Document
	Topic   string
	Crumbs  []part.Crumb
	Under   string
	Sum     *kit.Sum
	Lines   []line
	Chosen  string // the recipient whose events are shown
	Events  []eventOf
	Steps   []part.Step
	Total   string
	Recall  *part.Confirm // nil: this person does not recall
	Recalls *part.Confirm // refused: shown in the page
	Follow  *part.Field   // how a refusal or failure was dealt with; nil when none waits
	Print   string
	Proof   string
}

func showBoard(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	return board(w, r, x, id, nil, 0)
}

// board shows the page; after a refusal with what was typed, beside the line
// that it was about (0: the recall).
func board(w http.ResponseWriter, r *http.Request, x *seat.Seat, id document.ID, f *kit.Form, at int64) error {
	p := boardPage{Topic: x.Office.Topic(id), Print: path(id) + "/bang.pdf", Proof: path(id) + "/chung-cu.zip"}
	err := x.Read(r, func(v *db.View) (err error) {
		if p.Doc, err = x.Outgoing(v, id); err != nil {
			return err
		}
		if p.Doc.Issued.IsZero() {
			return fail.State("Văn bản chưa phát hành nên chưa có bảng gửi nhận.").Then("Mở trang văn bản để xem đang ở bước nào.")
		}
		chosen, _ := seat.ID[int64](r.URL.Query().Get("dong"))
		if err := p.loadLines(v, x, chosen); err != nil {
			return err
		}
		story, err := luong.Load(v, x, id)
		p.Steps, p.Total = story.Steps(), story.Total()
		p.Under = "Phát hành " + viet.DateTime(p.Doc.Issued) + by(story.Issuer()) + " · " + p.Under
		return err
	})
	if err != nil {
		return err
	}
	p.drawRecall(x, id)
	if p.Follow != nil && f != nil && at == followed {
		field := f.Area("reason", p.Follow.Label).Need()
		p.Follow = &field
	}
	status := http.StatusOK
	if f != nil {
		status = f.Status()
		p.refuse(f, at)
	}
	if p.Page, err = x.Page(r, p.Doc.Code()+" · Bảng gửi nhận"); err != nil {
		return err
	}
	p.Crumbs = []part.Crumb{{Text: "Văn bản đi", Href: "/di/"}, {Text: p.Doc.Code(), Href: "/di/" + itoa(id)}}
	return boardView.ShowAs(w, r, status, p)
}

func by(name string) string {
	if name == "" {
		return ""
	}
	return ", " + name
}

// loadLines draws a line per recipient, each with its receipt.
func (p *boardPage) loadLines(v *db.View, x *seat.Seat, chosen int64) error {
	list, err := exchange.Of(v, p.Doc.ID)
	if err != nil {
		return err
	}
	p.Under = summary(list)
	clerk := x.Actor.Has(org.Clerk)
	waiting, err := document.WaitingFor(v, p.Doc.ID)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if w.Step == document.ToFollow && x.Actor.Holds(w.Token) {
			field := part.NewField(part.Area, "reason", "Đã xử lý thế nào").Need().Law("QD28-8.2")
			p.Follow = &field
		}
	}
	for _, d := range list {
		l := lineOf(d, p.Doc.Due, x.Now(), clerk)
		events, err := exchange.Events(v, d.ID)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.Receipt != "" { // the newest proves the most
				l.Receipt = path(p.Doc.ID) + "/bien-nhan/" + itoa(e.ID)
			}
			if d.ID == chosen {
				p.Events = append(p.Events, drawEvent(e, d))
			}
		}
		if d.ID == chosen {
			l.Current, p.Chosen = true, d.Name
		}
		if d.Channel == exchange.ByHub {
			if a, err := org.AgencyByCode(v, d.Code); err == nil && a.AltCode != "" {
				l.Code = a.AltCode
			}
		}
		p.Lines = append(p.Lines, l)
	}
	return nil
}

// drawRecall offers the recall to those who might; package office decides.
// law:ND30-18.4
func (p *boardPage) drawRecall(x *seat.Seat, id document.ID) {
	leads := x.Actor.Has(org.Leader) || x.Actor.Has(org.Head)
	if p.Doc.State != document.Issued && p.Doc.State != document.Filed || !x.Actor.Has(org.Clerk) && !leads {
		return
	}
	reason := part.NewField(part.Area, "reason", "Lý do").Need()
	p.Recall = &part.Confirm{ID: "hop-thu-hoi", Title: "Thu hồi văn bản", Text: "Mọi nơi nhận trên trục nhận được yêu cầu thu hồi (13). Văn bản không sửa được nữa.", Action: path(id) + "/thu-hoi",
		Button: "Thu hồi", Icon: part.Icon("undo-2"), Risk: true, Reason: &reason}
}

// refuse shows a fault where it belongs.
func (p *boardPage) refuse(f *kit.Form, at int64) {
	p.Sum = f.Sum()
	if at == 0 && p.Recall != nil {
		field := f.Area("reason", "Lý do").Need()
		p.Recall.Reason = &field
		p.Recalls, p.Recall = p.Recall, nil
	}
	for i := range p.Lines {
		if l := &p.Lines[i]; l.ID == at && l.Paper != nil {
			field := f.Text("carrier", "Cách gửi").Ghost(l.Paper.Placeholder)
			l.Paper = &field
		}
	}
}

// recordPaper notes how the paper copy for a recipient went. law:HT33-7.4
func recordPaper(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	at, err := seat.ID[int64](r.PathValue("line"))
	if err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	err = x.Office.RecordPaper(r.Context(), x.Actor, id, at, f.Get("carrier"))
	if shows(err) && f.Refused(err) {
		return board(w, r, x, id, f, at)
	} else if err != nil {
		return err
	}
	return x.Kit.Done(w, r, path(id), part.Toast{Kind: "ok", Text: "Đã ghi gửi bản giấy."})
}

// followed stands for the form of Followed where a line's id would stand.
const followed = -1

// resend queues a failed line again. law:BRVT1842-6.5
func resend(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	at, err := seat.ID[int64](r.PathValue("line"))
	if err != nil {
		return err
	}
	if err := x.Office.Resend(r.Context(), x.Actor, id, at); err != nil {
		return err
	}
	return x.Kit.Done(w, r, path(id), part.Toast{Kind: "ok", Text: "Đã xếp gửi lại."})
}

// followUp notes how a refusal or a failure was dealt with. law:QD28-8.2
func followUp(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	err = x.Office.Followed(r.Context(), x.Actor, id, f.Get("reason"))
	if shows(err) && f.Refused(err) {
		return board(w, r, x, id, f, followed)
	} else if err != nil {
		return err
	}
	return x.Kit.Done(w, r, "/gui-nhan", part.Toast{Kind: "ok", Text: "Đã ghi cách xử lý."})
}

// recall asks every recipient for the document back. law:ND30-18.4
func recall(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	err = x.Office.Recall(r.Context(), x.Actor, id, f.Get("reason"))
	if shows(err) && f.Refused(err) {
		return board(w, r, x, id, f, 0)
	} else if err != nil {
		return err
	}
	return x.Kit.Done(w, r, path(id), part.Toast{Kind: "ok", Text: "Đã gửi yêu cầu thu hồi."})
}

// shows says that the board can show a refusal: not when it is hidden.
func shows(err error) bool { return err != nil && !fail.Is(err, fail.Hidden) }
