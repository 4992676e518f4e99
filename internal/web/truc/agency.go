package truc

import (
	"net/http"
	"strings"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// agencyPage is one agency on the hub.
type agencyPage struct {
	kit.Page
	Code, Name string
	Crumbs     []part.Crumb
	Link       part.Tag
	Paused     bool
	Next       string
	Facts      []fact
	Events     []part.Event
	Form       *kit.Form
}

var agencyView = kit.NewView[agencyPage](files, "co-quan.html")

func showAgency(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return renderAgency(w, r, s, s.Kit.NewForm(nil))
}

func renderAgency(w http.ResponseWriter, r *http.Request, s *seat.Seat, f *kit.Form) error {
	g, err := s.Hub.Agency(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	shell, err := s.Page(r, g.Name)
	if err != nil {
		return err
	}
	shell.Back = "/truc"
	o, err := s.Hub.Overview(r.Context())
	if err != nil {
		return err
	}
	events, err := s.Hub.Events(r.Context(), g.Code, 30)
	if err != nil {
		return err
	}
	p := agencyPage{Page: shell, Code: g.Code, Name: g.Name, Paused: g.Paused, Link: linkTag(g.State, g.Paused), Form: f,
		Crumbs: []part.Crumb{{Text: "Trục liên thông", Href: "/truc"}, {Text: g.Code}}, Facts: about(g)}
	for _, a := range o.Agencies {
		if a.Code == g.Code {
			x := rowOf(a, o.Now)
			p.Next, p.Link = x.Next, x.Link
			p.Facts = append(p.Facts, fact{"Gói tin chờ nhận", x.Waiting}, fact{"Chờ lâu nhất", x.Oldest}, fact{"Hệ thống gọi lần cuối", x.Seen},
				fact{"Đã nhận, đã gửi", x.Received + ", " + x.Sent + " gói"}, fact{"Báo lỗi", viet.Int(a.Failed)})
		}
	}
	if p.Events, err = timeline(r, s, events, false); err != nil {
		return err
	}
	return agencyView.ShowAs(w, r, f.Status(), p)
}

// about is what the directory says of an agency.
func about(g hub.Agency) []fact {
	list := []fact{{"Mã định danh", strings.Join(append([]string{g.Code}, filled(g.AltCode)...), " · ")}, {"Trạng thái", linkNames[g.State].Text + " từ " + viet.DayOf(g.Since).String()}}
	if g.State == hub.LinkTrial && !g.TrialEnds.IsZero() {
		list = append(list, fact{"Hết thử nghiệm", viet.DayOf(g.TrialEnds).String()})
	}
	for _, x := range []fact{{"Căn cứ", g.Decision}, {"Cơ quan cấp trên", g.Parent}, {"Đầu mối kỹ thuật", g.Contact}, {"Điện thoại", g.Phone}, {"Thư điện tử", g.Mail}, {"Cơ quan kế tục", g.Successor}, {"Mã cũ", strings.Join(g.Old, ", ")}} {
		if x.Value != "" {
			list = append(list, x)
		}
	}
	return list
}

func filled(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// pause holds an agency's queue back or lets it go on. The reason stands in the
// hub's journal.
func pause(on bool) handler {
	return func(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
		f, err := s.Kit.Form(w, r)
		if err != nil {
			return err
		}
		code := r.PathValue("code")
		var missing fail.Form
		missing.Require("reason", f.Get("reason"), "Ghi lý do; lý do được lưu vào nhật ký của trục.", "BRVT1842-10.4")
		if err = missing.Err(); err == nil {
			err = s.Hub.Pause(r.Context(), s.Actor.DB(), code, on, f.Get("reason"))
		}
		if f.Refused(err) {
			return renderAgency(w, r, s, f)
		}
		if err != nil {
			return err
		}
		text := "Đã mở lại hàng đợi: gói tin chờ được giao tiếp."
		if on {
			text = "Đã tạm giữ hàng đợi. Trục vẫn nhận gói tin gửi đến cơ quan này."
		}
		return s.Kit.Done(w, r, "/truc/"+code, part.Toast{Kind: "ok", Text: text})
	}
}
