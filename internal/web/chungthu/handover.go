package chungthu

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/paper"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

var offerView = kit.NewView[offerPage](files, "offer.html")

type offerPage struct {
	kit.Page
	Crumbs []part.Crumb
	Action string
	Sum    *kit.Sum
	Facts  []fact
	Fields []part.Field
	Way    []part.Event
}

// openOffer is a handing over that waits for the receiver.
type openOffer struct {
	Facts    []fact
	Mine     bool // the person at the browser is asked to take the key
	Take     string
	Withdraw *part.Confirm // nil: he is neither party
	Ask      *part.Confirm // refused
	Sum      *kit.Sum
}

func showOffer(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	p, err := offerForm(r, s, id, s.Kit.NewForm(nil))
	if err != nil {
		return err
	}
	return offerView.Show(w, r, p)
}

func offerForm(r *http.Request, s *seat.Seat, id int64, f *kit.Form) (p offerPage, err error) {
	p.Action, p.Sum = address(id)+"/ban-giao", f.Sum()
	err = s.Read(r, func(v *db.View) error {
		c, keeper, err := office.MayOfferKey(v, s.Actor, id)
		if err != nil {
			return err
		}
		return p.load(v, c, keeper, f)
	})
	if err != nil {
		return p, err
	}
	p.Crumbs = []part.Crumb{{Text: "Chứng thư số", Href: "/chung-thu-so"}, {Text: s.Actor.Agency.Name, Href: address(id)}, {Text: "Bàn giao"}}
	p.Page, err = s.Page(r, "Bàn giao khóa của cơ quan")
	return p, err
}

func (p *offerPage) load(v *db.View, c signing.Certificate, keeper org.PersonID, f *kit.Form) error {
	p.Facts = facts(c)[:4]
	if c.Device != "" {
		p.Facts = append(p.Facts, fact{"Thiết bị", c.Device})
	}
	giver := "Cơ quan (chưa ai giữ khóa)"
	if keeper != 0 {
		who, err := org.PersonByID(v, keeper)
		if err != nil {
			return err
		}
		giver = who.Name
	}
	p.Facts = append(p.Facts, fact{"Bên giao", giver})
	people, err := receivers(v, keeper)
	if err != nil {
		return err
	}
	head, err := headOf(v)
	if err != nil {
		return err
	}
	f.Fill("permitted-by", head)
	p.Fields = []part.Field{
		f.Combo("receiver", "Bên nhận", people).Ghost("gõ tên người nhận").Need().First(),
		f.Text("permission", "Văn bản cho phép").Ghost("05/QĐ-SXD").Need().Law("ND30-32.2b"),
		f.Date("permission-day", "Ngày văn bản").Need(),
		f.Text("permitted-by", "Người cho phép").Need(),
		f.Area("condition", "Tình trạng thiết bị").Phrases("Hoạt động tốt, đã đổi mã PIN.", "Chưa đổi mã PIN."),
	}
	p.Way = []part.Event{{What: "Bên giao ghi văn bản cho phép và người nhận", Kind: "wait"}, {What: "Bên nhận xác nhận đã cầm thiết bị", Kind: "wait"},
		{What: "Khóa chuyển, biên bản bàn giao có số và in được", Kind: "wait", Laws: refs("ND30-32.2b")}}
	return nil
}

// receivers are the people who may be given the key.
func receivers(v *db.View, keeper org.PersonID) ([]part.Option, error) {
	list, err := org.People(v)
	var out []part.Option
	for _, p := range list {
		if p.ID != keeper {
			out = append(out, part.Option{Value: itoa(p.ID), Label: p.Name, Note: join(", ", p.Title, p.UnitName)})
		}
	}
	return out, err
}

// headOf is who permits it as a rule: the head of the agency.
func headOf(v *db.View) (string, error) {
	list, err := org.WithRole(v, org.Head, viet.DayOf(v.Now))
	if err != nil || len(list) == 0 {
		return "", err
	}
	return join(", ", list[0].Name, list[0].Title), nil
}

// offer begins the handing over. law:HT33-4.1 ND30-32.2b
func offer(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	to, _ := strconv.ParseInt(f.Get("receiver"), 10, 64)
	day, err := f.Day("permission-day", viet.DayOf(s.Now()))
	if err == nil {
		err = s.Office.OfferKey(r.Context(), s.Actor, id, office.HandoverInput{Receiver: org.PersonID(to), Permission: f.Get("permission"),
			PermissionDay: day, PermittedBy: f.Get("permitted-by"), Condition: f.Get("condition")})
	}
	if f.Refused(err) {
		p, err := offerForm(r, s, id, f)
		if err != nil {
			return err
		}
		return offerView.ShowAs(w, r, f.Status(), p)
	} else if err != nil {
		return err
	}
	return s.Kit.Done(w, r, address(id), part.Toast{Kind: "ok", Text: "Đã đề nghị bàn giao, chờ bên nhận xác nhận."})
}

// drawOffer shows an open handing over to both parties and to those who look on.
func drawOffer(v *db.View, s *seat.Seat, h signing.Handover) (*openOffer, error) {
	names := map[org.PersonID]string{0: "Cơ quan"}
	for _, id := range []org.PersonID{h.Giver, h.Receiver} {
		if id != 0 {
			who, err := org.PersonByID(v, id)
			if err != nil {
				return nil, err
			}
			names[id] = join(", ", who.Name, who.Title)
		}
	}
	x := &openOffer{Take: "/chung-thu-so/ban-giao/" + itoa(h.ID) + "/nhan", Mine: h.Receiver == s.Actor.ID,
		Facts: []fact{{"Bên giao", names[h.Giver]}, {"Bên nhận", names[h.Receiver]}, {"Văn bản cho phép", h.Permission + " ngày " + h.PermissionDay.String()},
			{"Người cho phép", h.PermittedBy}, {"Tình trạng thiết bị", h.Condition}, {"Đề nghị lúc", viet.DateTime(h.OfferedAt)}}}
	if h.Condition == "" {
		x.Facts = append(x.Facts[:4], x.Facts[5:]...)
	}
	if x.Mine || h.OfferedBy == s.Actor.ID {
		c := withdrawDialog(s.Kit.NewForm(nil), h.ID, x.Mine, true)
		x.Withdraw = &c
	}
	return x, nil
}

func withdrawDialog(f *kit.Form, id int64, receives, first bool) part.Confirm {
	field := f.Area("reason", "Lý do").Need()
	if first {
		field = field.Named("f-thoi")
	}
	c := part.Confirm{ID: "hop-thoi", Title: "Rút lại đề nghị bàn giao", Text: "Khóa vẫn ở người đang giữ.", Action: "/chung-thu-so/ban-giao/" + itoa(id) + "/thoi",
		Button: "Rút lại", Icon: part.Icon("undo-2"), Reason: &field}
	if receives {
		c.Title, c.Button = "Không nhận bàn giao", "Không nhận"
	}
	return c
}

func take(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	h, err := handoverOf(r, s)
	if err != nil {
		return err
	}
	if err := s.Office.TakeKey(r.Context(), s.Actor, h.ID); err != nil {
		return err
	}
	return s.Kit.Done(w, r, address(h.Certificate), part.Toast{Kind: "ok", Text: "Ông/bà đang giữ khóa của cơ quan. Biên bản bàn giao đã lập."})
}

func withdraw(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	h, err := handoverOf(r, s)
	if err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	err = s.Office.WithdrawKey(r.Context(), s.Actor, h.ID, f.Get("reason"))
	if !f.Refused(err) {
		if err != nil {
			return err
		}
		return s.Kit.Done(w, r, afterWithdrawal(s, h), part.Toast{Kind: "ok", Text: "Không bàn giao nữa; khóa vẫn ở người đang giữ."})
	}
	p, err := certificatePage(r, s, h.Certificate)
	if err != nil {
		return err
	}
	if p.Offer != nil {
		ask := withdrawDialog(f, h.ID, p.Offer.Mine, false)
		p.Offer.Ask, p.Offer.Withdraw, p.Offer.Sum = &ask, nil, f.Sum()
	}
	return showView.ShowAs(w, r, f.Status(), p)
}

// afterWithdrawal is where a party can still look: a receiver who declined has
// no more to do with the key.
func afterWithdrawal(s *seat.Seat, h signing.Handover) string {
	if h.Receiver == s.Actor.ID && office.MaySeeKeys(s.Actor) != nil {
		return "/"
	}
	return address(h.Certificate)
}

func handoverOf(r *http.Request, s *seat.Seat) (h signing.Handover, err error) {
	id, err := idOf(r)
	if err != nil {
		return h, err
	}
	err = s.Read(r, func(v *db.View) error {
		if h, err = signing.HandoverByID(v, id); err != nil {
			return err
		}
		if h.Receiver == s.Actor.ID || h.Giver == s.Actor.ID || h.OfferedBy == s.Actor.ID {
			return nil
		}
		_, err = office.SeeKey(v, s.Actor, h.Certificate, viet.DayOf(v.Now))
		return err
	})
	return h, err
}

// minutes prints the biên bản of a handing over that was done.
// law:ND30-32.2b
func minutes(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	h, err := handoverOf(r, s)
	if err != nil {
		return err
	}
	if h.State != signing.Taken {
		return fail.NotFound()
	}
	k := paper.KeyHandover{Parent: s.Actor.Agency.Superior, Agency: s.Actor.Agency.Name, Place: s.Actor.Agency.Place, Number: h.Minutes, At: h.EndedAt, Made: h.EndedAt,
		Permission: h.Permission + " ngày " + h.PermissionDay.String() + " của " + h.PermittedBy, Condition: h.Condition}
	err = s.Read(r, func(v *db.View) error {
		c, err := signing.CertificateByID(v, h.Certificate)
		if err != nil {
			return err
		}
		k.Holder, k.Serial, k.Issuer, k.Device = seat.CommonName(c.Subject), seat.Serial(c.Serial), seat.CommonName(c.Issuer), c.Device
		k.From, k.To = viet.DayOf(c.NotBefore), viet.DayOf(c.NotAfter)
		if k.Giver, err = party(v, h.Giver); err != nil {
			return err
		}
		k.Receiver, err = party(v, h.Receiver)
		return err
	})
	if err != nil {
		return err
	}
	k.Receiver.Confirmed = h.EndedAt
	if h.OfferedBy == h.Giver {
		k.Giver.Confirmed = h.OfferedAt
	}
	var b bytes.Buffer
	if _, err := k.WriteTo(&b); err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "application/pdf")
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": office.CleanName("Bien-ban-" + h.Minutes + ".pdf")}))
	_, _ = w.Write(b.Bytes()) // the browser has gone: nothing to do
	return nil
}

func party(v *db.View, id org.PersonID) (paper.Party, error) {
	if id == 0 {
		return paper.Party{}, nil
	}
	who, err := org.PersonByID(v, id)
	return paper.Party{Name: who.Name, Title: join(", ", who.Title, who.UnitName)}, err
}

func refs(r ...law.Ref) []law.Ref { return r }
