// Package truc is the operator's console of the hub (trục liên thông): agencies
// with their links and queues, failures, the ledger's head, and what operators
// did. It counts and names; it never shows what a document says.
//
//	GET  /truc                    the hub at a glance
//	GET  /truc/dau-so             the signed head of the ledger, as text
//	GET  /truc/{code}             one agency, and its acts
//	POST /truc/{code}/tam-giu     hold its queue back, with the reason
//	POST /truc/{code}/mo-lai      let it go on, with the reason
//	POST /truc/gui-lai            put a failed packet back into its queue
//	POST /truc/kiem-tra           read the whole ledger again
//
// Only operators see it, and only where this process runs the hub.
//
// law:BRVT1842-10.4 HN20-10.1.d GL443-3.4.ii
package truc

import (
	"embed"
	"net/http"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/hub"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/ledger"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

// Routes enters the console.
func Routes(s *seat.Site, mux *http.ServeMux) {
	for pattern, h := range map[string]handler{
		"GET /truc": show, "GET /truc/dau-so": head, "GET /truc/{code}": showAgency,
		"POST /truc/{code}/tam-giu": pause(true), "POST /truc/{code}/mo-lai": pause(false),
		"POST /truc/gui-lai": resend, "POST /truc/kiem-tra": audit,
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

// page is the hub at a glance.
type page struct {
	kit.Page
	ID       string
	Figures  []figure
	Rows     []row
	Failures []failure
	Ledger   log
	Facts    []fact
	Events   []part.Event
	None     part.Empty
}

// figure is one large number over the table.
type figure struct {
	Label, Value, Note string
	Kind               string // "", "ok", "warn" or "late"
}

type row struct {
	Code, Name, Href string
	Link             part.Tag
	Waiting          string
	Oldest, Seen     string
	Late, Silent     bool
	Received, Sent   string
	Failed           string
	Next             string
}

// failure is a packet that a receiving system gave back.
type failure struct {
	ID, To          string
	From, ToName    string
	When, Kind, Age string
	Note, Size      string
}

// log is the ledger's signed head.
type log struct {
	Size, Root, Time, Key string
	Note                  string
}

type fact struct{ Name, Value string }

var view = kit.NewView[page](files, "truc.html")

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	shell, err := s.Page(r, "Trục liên thông")
	if err != nil {
		return err
	}
	o, err := s.Hub.Overview(r.Context())
	if err != nil {
		return err
	}
	dead, err := s.Hub.DeadLetters(r.Context(), 20)
	if err != nil {
		return err
	}
	events, err := s.Hub.Events(r.Context(), "", 12)
	if err != nil {
		return err
	}
	p := page{Page: shell, ID: o.ID, Figures: figures(o), Ledger: logOf(o), Facts: facts(s, o)}
	for _, a := range o.Agencies {
		p.Rows = append(p.Rows, rowOf(a, o.Now))
	}
	for _, d := range dead {
		p.Failures = append(p.Failures, failureOf(d))
	}
	if p.Events, err = timeline(r, s, events, true); err != nil {
		return err
	}
	return view.Show(w, r, p)
}

func showNone(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	shell, err := s.Page(r, "Trục liên thông")
	if err != nil {
		return err
	}
	return view.Show(w, r, page{Page: shell, None: part.Empty{Icon: part.Icon("network"), Title: "Trục không chạy trên máy này",
		Text: "Bảng điều hành chỉ mở được ở máy chủ đang chạy trục liên thông. Máy này chỉ chạy phần mềm của cơ quan."}})
}

func figures(o hub.Overview) []figure {
	live, lost, failed := 0, 0, int64(0)
	for _, a := range o.Agencies {
		failed += a.Failed
		if a.State != hub.LinkTrial && a.State != hub.LinkOfficial {
			continue
		}
		live++
		if a.Silent {
			lost++
		}
	}
	oldest := figure{Label: "Chờ lâu nhất", Value: "—", Note: "không có gói nào chờ", Kind: "ok"}
	if !o.Oldest.IsZero() {
		d := o.Now.Sub(o.Oldest)
		oldest = figure{Label: "Chờ lâu nhất", Value: viet.Span(d), Note: "từ " + viet.ShortTime(o.Oldest)}
		switch {
		case d > hub.LateAfter:
			oldest.Kind = "late"
		case d > time.Hour:
			oldest.Kind = "warn"
		}
	}
	return []figure{
		{Label: "Cơ quan đang kết nối", Value: viet.Int(int64(live - lost)), Note: "trên " + viet.Int(int64(live)) + " cơ quan liên thông", Kind: kind(lost > 0, "warn", "ok")},
		{Label: "Gói tin chờ nhận", Value: viet.Int(o.Waiting), Note: "của mọi nơi nhận"},
		oldest,
		{Label: "Nơi nhận báo lỗi", Value: viet.Int(failed), Note: "gói không đọc được", Kind: kind(failed > 0, "late", "ok")},
		{Label: "Sổ cái", Value: viet.Int(o.LogSize), Note: "mục đã ký"},
	}
}

func kind(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

var linkNames = map[hub.LinkState]part.Tag{
	hub.LinkNone: {Kind: "", Text: "Chưa liên thông"}, hub.LinkTrial: {Kind: "brand", Text: "Thử nghiệm"}, hub.LinkOfficial: {Kind: "ok", Text: "Chính thức"},
	hub.LinkSuspended: {Kind: "warn", Text: "Tạm dừng"}, hub.LinkClosed: {Kind: "", Text: "Đã đóng"},
}

func linkTag(s hub.LinkState, paused bool) part.Tag {
	if paused {
		return part.Tag{Kind: "warn", Text: "Đang tạm giữ"}
	}
	return linkNames[s]
}

func rowOf(a hub.AgencyLoad, now time.Time) row {
	x := row{Code: a.Code, Name: a.Name, Href: "/truc/" + a.Code, Link: linkTag(a.State, a.Paused), Waiting: viet.Int(a.Waiting), Late: a.Late, Silent: a.Silent,
		Received: viet.Int(a.Received), Sent: viet.Int(a.Sent), Next: a.Next, Seen: ago(a.Seen, now), Oldest: "—"}
	if a.Silent && !a.Paused {
		x.Link = part.Tag{Kind: "late", Text: "Mất kết nối"}
	}
	if !a.Oldest.IsZero() {
		x.Oldest = viet.Span(now.Sub(a.Oldest))
	}
	if a.Failed > 0 {
		x.Failed = viet.Int(a.Failed)
	}
	return x
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

func failureOf(d hub.DeadLetter) failure {
	return failure{ID: d.ID, To: d.To, From: d.From, ToName: d.ToName, When: viet.ShortTime(d.At), Kind: kindNames[d.Kind], Note: d.Note, Size: viet.Bytes(d.Size)}
}

var kindNames = map[hub.Kind]string{hub.New: "Văn bản", hub.Recall: "Yêu cầu thu hồi", hub.Update: "Cập nhật", hub.Replace: "Thay thế", hub.Status: "Trạng thái"}

// logOf reads size, root and time out of the signed head.
func logOf(o hub.Overview) log {
	x := log{Size: viet.Int(o.LogSize), Key: o.PublicKey, Note: string(o.Checkpoint)}
	cp, err := ledger.OpenCheckpoint(o.Checkpoint, o.PublicKey)
	if err == nil {
		x.Root, x.Time = cp.Root.String(), viet.DateTime(cp.Time)
	} else if lines := strings.SplitN(x.Note, "\n", 4); len(lines) == 4 {
		x.Root = lines[2]
	}
	return x
}

func facts(s *seat.Seat, o hub.Overview) []fact {
	k := o.Counts
	list := []fact{
		{"Đã nhận", viet.Int(k.Accepted) + " gói, " + viet.Bytes(k.Bytes)},
		{"Gửi trùng", viet.Int(k.Duplicates)},
		{"Từ chối", viet.Int(k.Refused)},
		{"Đã giao, xác nhận", viet.Int(k.HandedOut) + ", " + viet.Int(k.Confirmed)},
		{"Lỗi của trục", viet.Int(k.Faults)},
	}
	if free, total := disk(s.Host.Dir); total > 0 {
		list = append(list, fact{"Đĩa còn trống", viet.Bytes(free) + " trên " + viet.Bytes(total)})
	}
	return list
}

// head gives the signed head of the ledger: what a witness keeps.
func head(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	note, _, err := s.Hub.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="dau-so-cai.txt"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(note)
	return err
}

func audit(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	if err := s.Hub.Audit(r.Context()); err != nil {
		return err
	}
	_, n, err := s.Hub.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	return s.Kit.Done(w, r, "/truc", part.Toast{Kind: "ok", Text: "Sổ cái nguyên vẹn: đã đọc lại " + viet.Int(n) + " mục và khớp với đầu sổ đã ký."})
}

func resend(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	if err := s.Hub.Resend(r.Context(), s.Actor.DB(), f.Get("goi"), f.Get("noi-nhan")); err != nil {
		return err
	}
	return s.Kit.Done(w, r, "/truc", part.Toast{Kind: "ok", Text: "Đã đưa gói tin trở lại hàng đợi của nơi nhận."})
}

// timeline tells what operators and the clock did. Operators of this agency
// are named.
func timeline(r *http.Request, s *seat.Seat, list []hub.Event, named bool) (out []part.Event, err error) {
	err = s.Read(r, func(v *db.View) error {
		for _, e := range list {
			who := "Hệ thống"
			if e.Actor != 0 {
				who = "Người vận hành"
				if p, err := org.PersonByID(v, org.PersonID(e.Actor)); err == nil {
					who = p.Name
				}
			}
			if named && e.Subject != "" {
				who = e.Subject + " · " + who
			}
			out = append(out, part.Event{What: verbName(e.Verb), When: viet.ShortTime(e.At), ISO: viet.ISOTime(e.At), Who: who, Quote: e.Detail})
		}
		return nil
	})
	return out, err
}

var verbNames = map[string]string{
	"agency.enrolled": "Vào danh bạ", "agency.changed": "Sửa danh bạ", "agency.trial": "Bắt đầu thử nghiệm", "agency.official": "Liên thông chính thức",
	"agency.suspended": "Tạm dừng kết nối", "agency.closed": "Đóng kết nối", "agency.not_connected": "Ngừng liên thông",
	"agency.extended": "Gia hạn thử nghiệm", "agency.ready": "Xác nhận điều kiện", "agency.unready": "Bỏ xác nhận điều kiện", "agency.merged": "Chuyển việc cho cơ quan kế thừa",
	"agency.paused": "Tạm giữ hàng đợi", "agency.resumed": "Mở lại hàng đợi",
	"credential.given": "Cấp khóa kết nối", "credential.revoked": "Thu hồi khóa kết nối", "packet.resent": "Gửi lại gói tin lỗi",
}

func verbName(v string) string {
	if n := verbNames[v]; n != "" {
		return n
	}
	return v
}
