package den

import (
	"context"
	"net/http"
	"path"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// asked is one act that a person pressed.
type asked struct {
	r  *http.Request
	x  *seat.Seat
	id document.ID
	f  *kit.Form
	to *string // where it leads instead of to the next document, if it sets this
}

// act calls its act of package office and says what happened.
type act struct {
	do   func(asked) (text string, err error)
	stay bool // the person goes on with the same document
}

// acts by the last part of their address.
var acts = map[string]act{
	"tiep-nhan":        {do: receive},
	"tra-lai":          {do: reason("Đã trả lại nơi gửi.", (*office.Office).Refuse)},
	"gan-ban-quet":     {do: attach, stay: true},
	"ky-ban-sao":       {do: signCopy},
	"nhan-ban-sao":     {do: takeCopy},
	"gui-ma":           {do: sendCode, stay: true},
	"trinh":            {do: present},
	"chi-dao":          {do: direct},
	"tra-lai-van-thu":  {do: reason("Đã trả lại văn thư.", (*office.Office).SendBack)},
	"luu":              {do: reason("Đã lưu, không giao xử lý.", (*office.Office).FileOnly)},
	"giao-viec":        {do: assign},
	"tra-lai-viec":     {do: reason("Đã trả lại việc.", (*office.Office).ReturnTask)},
	"tien-do":          {do: reason("Đã ghi tiến độ.", (*office.Office).Report), stay: true},
	"hoan-thanh":       {do: complete},
	"da-doc":           {do: plain("Đã đọc.", (*office.Office).MarkRead)},
	"ket-thuc":         {do: plain("Đã kết thúc.", (*office.Office).Close)},
	"dong-y-thu-hoi":   {do: answer("Đã đồng ý thu hồi; nội dung đã hủy.", true)},
	"tu-choi-thu-hoi":  {do: answer("Đã từ chối thu hồi.", false)},
	"dong-y-cap-nhat":  {do: answerChange("Đã đồng ý, báo nơi gửi.", true)},
	"tu-choi-cap-nhat": {do: answerChange("Đã từ chối, báo nơi gửi.", false)},
	"da-xem":           {do: plain("Đã xem.", (*office.Office).Noted)},
}

// post runs an act and leads to the next document of the same queue.
func (a act) post(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	next, code := "", ""
	err = x.Read(r, func(v *db.View) error {
		d, err := x.Incoming(v, id)
		if err != nil {
			return err
		}
		code = d.Code()
		next, err = after(v, x.Actor, document.Step(f.Get("buoc")), id)
		return err
	})
	if err != nil {
		return err
	}
	text, err := a.do(asked{r, x, id, f, &next})
	if f.Refused(err) {
		return draw(w, r, x, id, path.Base(r.URL.Path), f)
	} else if err != nil {
		return err
	}
	f.Taken()
	if a.stay {
		next = "/den/" + itoa(id)
	}
	return x.Kit.Done(w, r, next, part.Toast{Kind: "ok", Text: code + ": " + text})
}

// reason is an act that needs nothing but a reason.
func reason(text string, do func(*office.Office, context.Context, org.Actor, document.ID, string) error) func(asked) (string, error) {
	return func(a asked) (string, error) {
		return text, do(a.x.Office, a.r.Context(), a.x.Actor, a.id, a.f.Get("reason"))
	}
}

// plain is an act that needs nothing at all.
func plain(text string, do func(*office.Office, context.Context, org.Actor, document.ID) error) func(asked) (string, error) {
	return func(a asked) (string, error) { return text, do(a.x.Office, a.r.Context(), a.x.Actor, a.id) }
}

func answer(text string, agree bool) func(asked) (string, error) {
	return func(a asked) (string, error) {
		return text, a.x.Office.AnswerRecall(a.r.Context(), a.x.Actor, a.id, agree, a.f.Get("reason"))
	}
}

func answerChange(text string, agree bool) func(asked) (string, error) {
	return func(a asked) (string, error) {
		return text, a.x.Office.AnswerChange(a.r.Context(), a.x.Actor, a.id, seen(a), agree, a.f.Get("reason"))
	}
}

// seen is the sender's newest change that the page showed.
func seen(a asked) int64 {
	n, _ := a.f.Int("cap-nhat") // what is none, the office refuses
	return int64(n)
}

func receive(a asked) (string, error) {
	var c choices
	if err := a.x.Read(a.r, func(v *db.View) (err error) { c, err = loadChoices(v); return err }); err != nil {
		return "", err
	}
	in, err := c.input(a.f, viet.DayOf(a.x.Now()))
	if err != nil {
		return "", err
	}
	in.Change = seen(a)
	if err := a.x.Office.Receive(a.r.Context(), a.x.Actor, a.id, in); err != nil {
		return "", err
	}
	text := "đã tiếp nhận"
	err = a.x.Read(a.r, func(v *db.View) error {
		d, err := document.ByID(v, a.id)
		text += ", số đến " + itoa(d.ArrivalNo)
		return err
	})
	if in.PresentTo != 0 {
		text += ", đã trình lãnh đạo"
	}
	return text + ".", err
}

func attach(a asked) (string, error) {
	u, err := keep(a.r, a.x, a.f, "scan")
	if err != nil {
		return "", err
	}
	if u == nil {
		return "", fail.Invalid("scan", "Chọn tệp bản quét.", "HT33-8.1")
	}
	err = a.x.Office.AttachScan(a.r.Context(), a.x.Actor, a.id, *u)
	return "đã gắn bản quét.", refuseFile(a.f, "scan", err)
}

func present(a asked) (string, error) {
	to, _ := a.f.Int("leader") // 0 names nobody: the office says so
	return "đã trình lãnh đạo.", a.x.Office.Present(a.r.Context(), a.x.Actor, a.id, org.PersonID(to), a.f.Get("note"))
}

func direct(a asked) (string, error) {
	due, err := a.f.Day("due", viet.DayOf(a.x.Now()))
	if err != nil {
		return "", err
	}
	in := office.DirectInput{Text: a.f.Get("text"), Lead: org.Token(a.f.Get("lead")), Due: due,
		Coordinators: tokens(a.f.All("coordinators")), Informed: tokens(a.f.All("informed"))}
	return "đã phân phối.", a.x.Office.Direct(a.r.Context(), a.x.Actor, a.id, in)
}

func tokens(list []string) (out []org.Token) {
	for _, s := range list {
		if s != "" {
			out = append(out, org.Token(s))
		}
	}
	return out
}

func assign(a asked) (string, error) {
	due, err := a.f.Day("due", viet.DayOf(a.x.Now()))
	if err != nil {
		return "", err
	}
	to, _ := a.f.Int("to")
	return "đã giao việc.", a.x.Office.Assign(a.r.Context(), a.x.Actor, a.id, office.AssignInput{To: org.PersonID(to), Due: due, Text: a.f.Get("text")})
}

func complete(a asked) (string, error) {
	reply, _ := a.f.Int("reply")
	return "đã báo hoàn thành.", a.x.Office.Complete(a.r.Context(), a.x.Actor, a.id, a.f.Get("reason"), document.ID(reply))
}
