package truc

import (
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/hub"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

// agencyPage is one agency on the hub.
type agencyPage struct {
	shell
	Topic      string
	Code, Name string
	Crumbs     []part.Crumb
	Link       part.Tag
	Next       string
	Facts      []fact
	Flow       chart
	Queue      []letter
	QueueMore  string // how many more wait
	Items      []item
	Ready      string // how much of the list is done
	Codes      []naming
	Keys       []key
	Secret     string // a new key, shown once
	Events     []part.Event
	Form       *kit.Form
	Sum        *kit.Sum
	Moves      []part.Option // states that it may go to
	Trial      bool          // its trial may be extended
	Paused     bool
	Closed     bool
	Below      bool // others stand below it
	Revoke     []part.Confirm
}

// item is a line of the readiness list.
type item struct {
	Key, Text string
	Laws      []law.Ref
	Done      bool
	How       string // by whom and on what it was attested, or that the hub sees it
	Attested  bool
	Attest    part.Confirm
	Withdraw  part.Confirm
}

// naming is a code that leads to the agency.
type naming struct{ Code, Of, Since, Until string }

// key is a secret of its system.
type key struct {
	Label, Since string
	State        part.Tag
	Certificate  string // fingerprint of the TLS certificate bound to it
	Holder       string
}

var agencyView = kit.NewView[agencyPage](files, "agency.html", "pieces.html")

const (
	shownQueue = 20
	shownKeys  = 5
)

func showAgency(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return renderAgency(w, r, s, s.Kit.NewForm(nil), "")
}

// renderAgency shows an agency with a form that was refused, or a new secret.
func renderAgency(w http.ResponseWriter, r *http.Request, s *seat.Seat, f *kit.Form, secret string) error {
	g, err := s.Hub.Agency(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	sh, err := open(r, s, g.Name, "/truc/danh-ba")
	if err != nil {
		return err
	}
	sh.Back = "/truc/danh-ba"
	p := agencyPage{shell: sh, Topic: Topic, Code: g.Code, Name: g.Name, Form: f, Sum: f.Sum(), Secret: secret, Paused: g.Paused, Closed: g.State == hub.LinkClosed,
		Crumbs: []part.Crumb{{Text: "Trục liên thông", Href: "/truc"}, {Text: "Danh bạ", Href: "/truc/danh-ba"}, {Text: g.Code}}}
	p.Revoke = []part.Confirm{
		revoking("old", "Thu hồi các khóa cũ", "Chỉ khóa mới nhất còn dùng được.", g.Code, s),
		revoking("all", "Thu hồi tất cả", "Hệ thống của cơ quan không gọi được trục cho đến khi có khóa mới. Gói tin gửi đến vẫn được giữ.", g.Code, s),
	}
	for _, fill := range []func(*http.Request, *seat.Seat, hub.Agency) error{p.fillLink, p.fillQueue, p.fillReadiness, p.fillCodes, p.fillKeys, p.fillEvents} {
		if err := fill(r, s, g); err != nil {
			return err
		}
	}
	return agencyView.ShowAs(w, r, f.Status(), p)
}

// fillLink is what the directory and the line say of an agency.
func (p *agencyPage) fillLink(r *http.Request, s *seat.Seat, g hub.Agency) error {
	a, err := s.Hub.Load(r.Context(), g.Code)
	if err != nil {
		return err
	}
	x := rowOf(a, s.Now())
	p.Next, p.Link = x.Next, x.Link
	p.Facts = append(about(g), fact{"Hệ thống gọi lần cuối", x.Seen}, fact{"Đã nhận, đã gửi", x.Received + ", " + x.Sent + " gói"})
	p.Trial = g.State == hub.LinkTrial
	p.Moves = moves(g.State)
	flow, err := s.Hub.FlowOf(r.Context(), g.Code)
	if err != nil {
		return err
	}
	p.Flow = flowChart(flow)
	below, err := s.Hub.Below(r.Context(), []string{g.Code})
	p.Below = below[g.Code]
	return err
}

// about is what the directory says of an agency.
func about(g hub.Agency) []fact {
	codes := g.Code
	if g.AltCode != "" {
		codes += " · " + g.AltCode
	}
	list := []fact{{"Mã định danh", codes}, {"Trạng thái", linkNames[g.State].Text + " từ " + viet.DayOf(g.Since).String()}}
	if g.State == hub.LinkTrial && !g.TrialEnds.IsZero() {
		list = append(list, fact{"Hết thử nghiệm", viet.DayOf(g.TrialEnds).String()})
	}
	for _, x := range []fact{{"Ký hiệu", g.Symbol}, {"Loại", classNames[g.Class]}, {"Căn cứ", g.Decision}, {"Cơ quan cấp trên", g.Parent}, {"Qua cổng của", g.Gateway}, {"Đầu mối kỹ thuật", g.Contact},
		{"Điện thoại", g.Phone}, {"Thư điện tử", g.Mail}, {"Địa chỉ", g.Address}, {"Cơ quan kế tục", g.Successor}} {
		if x.Value != "" {
			list = append(list, x)
		}
	}
	return list
}

var classNames = map[string]string{"state": "Cơ quan nhà nước", "enterprise": "Doanh nghiệp", hub.Voluntary: "Tham gia tự nguyện"}

// moves offers the states that an agency may go to, the most likely one first.
// The hub decides again.
func moves(from hub.LinkState) (list []part.Option) {
	for _, to := range hub.Ways(from) {
		list = append(list, part.Option{Value: string(to), Label: moveNames[to]})
	}
	return list
}

var moveNames = map[hub.LinkState]string{hub.LinkTrial: "Bắt đầu thử nghiệm", hub.LinkOfficial: "Liên thông chính thức", hub.LinkSuspended: "Tạm dừng kết nối",
	hub.LinkNone: "Ngừng liên thông", hub.LinkClosed: "Đóng, có cơ quan kế tục"}

func (p *agencyPage) fillQueue(r *http.Request, s *seat.Seat, g hub.Agency) error {
	list, err := s.Hub.Queue(r.Context(), g.Code, shownQueue)
	if err != nil {
		return err
	}
	for _, d := range list {
		p.Queue = append(p.Queue, letterOf(d, s, "/truc/"+g.Code))
	}
	if len(list) == shownQueue {
		a, err := s.Hub.Load(r.Context(), g.Code)
		if err != nil {
			return err
		}
		p.QueueMore = viet.Int(max(0, a.Waiting-shownQueue))
	}
	return nil
}

func (p *agencyPage) fillReadiness(r *http.Request, s *seat.Seat, g hub.Agency) error {
	list, err := s.Hub.Readiness(r.Context(), g.Code)
	if err != nil {
		return err
	}
	done := 0
	err = s.Read(r, func(v *db.View) error {
		for _, i := range list {
			x := item{Key: i.Key, Text: i.Text, Laws: i.Refs, Done: i.Done, Attested: !i.At.IsZero()}
			switch {
			case x.Attested:
				x.How = i.Evidence + " · " + viet.DayOf(i.At).String()
				if by, err := org.PersonByID(v, org.PersonID(i.By)); err == nil {
					x.How += " · " + by.Name
				}
			case i.Seen:
				x.How = "trục tự thấy"
			}
			if i.Done {
				done++
			}
			p.Items = append(p.Items, itemActs(x, g.Code, s))
		}
		return nil
	})
	p.Ready = viet.Int(int64(done)) + " trên " + viet.Int(int64(len(list))) + " điều kiện"
	return err
}

// revoking asks for the reason before keys are taken back.
func revoking(which, title, text, code string, s *seat.Seat) part.Confirm {
	reason := s.Kit.NewForm(nil).Text("cause", "Lý do thu hồi").Need().Named("f-thu-hoi-"+which).
		Phrases("Đã đổi sang khóa mới", "Khóa bị lộ hoặc mất máy")
	return part.Confirm{ID: "thu-hoi-" + which, Title: title, Text: text, Icon: part.Icon("key-round"), Risk: true, Button: title, Reason: &reason,
		Action: "/truc/" + code + "/thu-hoi-khoa", Hidden: map[string]string{"which": which}, Laws: []law.Ref{"HN20-3.2.iii"}}
}

// itemActs adds what the operator may do about an item.
func itemActs(x item, code string, s *seat.Seat) item {
	evidence := s.Kit.NewForm(nil).Text("evidence", "Căn cứ").Need().Help("Số, ngày của biên bản hoặc văn bản.").Named("f-evidence-" + x.Key)
	reason := s.Kit.NewForm(nil).Text("cause", "Lý do bỏ").Need().Named("f-cause-" + x.Key)
	x.Attest = part.Confirm{ID: "xac-nhan-" + x.Key, Title: "Xác nhận điều kiện", Text: x.Text + ".", Icon: part.Icon("circle-check"), Button: "Xác nhận", Action: "/truc/" + code + "/dieu-kien",
		Reason: &evidence, Hidden: map[string]string{"item": x.Key}, Laws: x.Laws}
	x.Withdraw = part.Confirm{ID: "bo-" + x.Key, Title: "Bỏ xác nhận", Text: x.Text + ".", Icon: part.Icon("undo-2"), Button: "Bỏ xác nhận", Action: "/truc/" + code + "/bo-dieu-kien",
		Risk: true, Reason: &reason, Hidden: map[string]string{"item": x.Key}}
	return x
}

func (p *agencyPage) fillCodes(r *http.Request, s *seat.Seat, g hub.Agency) error {
	list, err := s.Hub.Codes(r.Context(), g.Code)
	for _, c := range list {
		x := naming{Code: c.Code, Since: c.Since.String(), Until: "đang dùng"}
		if c.Agency != g.Code {
			x.Of = c.Agency
		}
		if !c.Until.IsZero() {
			x.Until = c.Until.String()
		}
		p.Codes = append(p.Codes, x)
	}
	return err
}

func (p *agencyPage) fillKeys(r *http.Request, s *seat.Seat, g hub.Agency) error {
	list, err := s.Hub.Credentials(r.Context(), g.Code, shownKeys)
	for _, c := range list {
		x := key{Label: c.Label, Since: viet.ShortTime(c.Since), Certificate: c.Certificate, Holder: c.Holder, State: part.Tag{Kind: "ok", Text: "Đang dùng"}}
		if !c.Revoked.IsZero() {
			x.State = part.Tag{Kind: "", Text: "Đã thu hồi"}
		}
		p.Keys = append(p.Keys, x)
	}
	return err
}

func (p *agencyPage) fillEvents(r *http.Request, s *seat.Seat, g hub.Agency) error {
	events, err := s.Hub.Events(r.Context(), g.Code, 0, 15)
	if err != nil {
		return err
	}
	p.Events, err = timeline(r, s, events, false)
	return err
}
