package chungthu

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

var showView = kit.NewView[showPage](files, "show.html", "picture.html")

type showPage struct {
	kit.Page
	Crumbs  []part.Crumb
	Topic   string
	ID      int64
	Owner   string
	State   part.Tag
	Facts   []fact
	Notes   []part.Note
	Links   []part.Link // beside the name
	Offer   *openOffer
	Keepers []keeper
	Trusts  []trust
	Picture *pictured
	Uses    []use
	Used    int
	Older   string
	Events  []part.Event
	End     *part.Confirm // nil: not this person's to do
	Ask     *part.Confirm // refused: shown open, with its fault
	Sum     *kit.Sum
}

type fact struct{ Name, Value string }

// keeper is one span of custody.
type keeper struct {
	Name, Sub, From, To, Permission, Minutes string
	Href                                     string // of the minutes, where they can be printed
}

// use is one signature made with the key.
type use struct {
	Code, Href, Subject, Who, What, When string
	Lost                                 bool // the signature was not entered
}

const usesShown = 25

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	p, err := certificatePage(r, s, id)
	if err != nil {
		return err
	}
	return showView.Show(w, r, p)
}

func certificatePage(r *http.Request, s *seat.Seat, id int64) (p showPage, err error) {
	p.Topic, p.ID = s.Office.KeyTopic(), id
	err = s.Read(r, func(v *db.View) error {
		c, err := office.SeeKey(v, s.Actor, id, viet.DayOf(v.Now))
		if err != nil {
			return err
		}
		return p.load(v, r, s, c)
	})
	if err != nil {
		return p, err
	}
	p.Page, err = s.Page(r, p.Owner+" · Chứng thư số")
	return p, err
}

func (p *showPage) load(v *db.View, r *http.Request, s *seat.Seat, c signing.Certificate) error {
	p.Owner, p.State = s.Actor.Agency.Name, seat.Validity(c, s.Now())
	if c.Person != 0 {
		who, err := org.PersonByID(v, c.Person)
		if err != nil {
			return err
		}
		p.Owner = who.Name
	}
	p.Crumbs = []part.Crumb{{Text: "Chứng thư số", Href: "/chung-thu-so"}, {Text: p.Owner}}
	if office.MaySeeKeys(s.Actor) != nil {
		p.Crumbs[0] = part.Crumb{Text: "Hồ sơ của tôi", Href: "/toi"}
	}
	p.Facts = facts(c)
	if err := p.uses(v, r, s, c); err != nil {
		return err
	}
	if c.Person == 0 {
		if err := p.custody(v, s, c); err != nil {
			return err
		}
	}
	if c.Person != 0 {
		if err := p.trusts(v, s, c); err != nil {
			return err
		}
	}
	if err := p.history(v, c); err != nil {
		return err
	}
	if c.Ended.IsZero() && office.MayAdminister(s.Actor) == nil {
		end := endDialog(s.Kit.NewForm(nil), c.ID, true)
		p.End = &end
	}
	if !shows(s, c) {
		return nil
	}
	var err error
	p.Picture, err = pictureOf(v, s, c)
	return err
}

func facts(c signing.Certificate) []fact {
	list := []fact{{"Cấp cho", seat.CommonName(c.Subject)}, {"Nơi cấp", seat.CommonName(c.Issuer)}, {"Số sê-ri", seat.Serial(c.Serial)},
		{"Hiệu lực", "từ " + viet.DayOf(c.NotBefore).String() + " đến " + viet.DayOf(c.NotAfter).String()}, {"Khóa", c.Driver.String()}}
	if c.Device != "" {
		list = append(list, fact{"Thiết bị", c.Device})
	}
	list = append(list, fact{"Dấu vân SHA-256", c.Fingerprint})
	if !c.Ended.IsZero() {
		list = append(list, fact{"Ngừng dùng", viet.DateTime(c.Ended) + " · " + c.EndedReason})
	}
	return list
}

// custody is who kept the agency's key, and what is to be done about it now.
// law:HT33-4.1 ND30-32.2
func (p *showPage) custody(v *db.View, s *seat.Seat, c signing.Certificate) error {
	list, err := signing.Custodies(v, c.ID)
	if err != nil {
		return err
	}
	handovers, err := signing.Handovers(v, c.ID)
	if err != nil {
		return err
	}
	for _, x := range list {
		who, err := org.PersonByID(v, x.Person)
		if err != nil {
			return err
		}
		k := keeper{Name: who.Name, Sub: join(", ", who.Title, who.UnitName), From: viet.DateTime(x.From), To: "đang giữ", Permission: x.Permission, Minutes: x.Minutes}
		if !x.To.IsZero() {
			k.To = viet.DateTime(x.To)
		}
		for _, h := range handovers {
			if h.State == signing.Taken && h.Minutes == x.Minutes {
				k.Href = "/chung-thu-so/ban-giao/" + itoa(h.ID) + "/bien-ban"
			}
		}
		p.Keepers = append(p.Keepers, k)
	}
	if !c.Ended.IsZero() {
		return nil
	}
	if len(list) == 0 || !list[0].To.IsZero() {
		p.Notes = append(p.Notes, part.Note{Kind: "warn", Title: "Chưa ai giữ khóa.", Text: "Văn thư chưa ký số cơ quan được cho đến khi nhận bàn giao.", Laws: refs("HT33-4.1")})
	}
	for _, h := range handovers {
		if h.State == signing.Offered {
			p.Offer, err = drawOffer(v, s, h)
			return err
		}
	}
	if _, _, err := office.MayOfferKey(v, s.Actor, c.ID); err == nil {
		p.Links = append(p.Links, part.Link{Text: "Bàn giao khóa", Href: address(c.ID) + "/ban-giao", Icon: part.Icon("handshake"), Kind: "pri"})
	}
	return nil
}

// purposes say what a key was used for.
var purposes = map[signing.Purpose]string{signing.ByPerson: "Ký duyệt", signing.ByAgency: "Ký số cơ quan", signing.AsCopy: "Ký bản sao"}

// uses lists what was signed with the key. law:HT33-4.1
func (p *showPage) uses(v *db.View, r *http.Request, s *seat.Seat, c signing.Certificate) (err error) {
	if p.Used, err = signing.CountUses(v, c.ID); err != nil {
		return err
	}
	list, err := signing.Uses(v, c.ID, before(r), usesShown+1)
	if err != nil {
		return err
	}
	if len(list) > usesShown {
		list = list[:usesShown]
		p.Older = address(c.ID) + "?truoc=" + itoa(list[usesShown-1].ID) + "#su-dung"
	}
	for _, x := range list {
		d, err := document.ByID(v, x.Document)
		if err != nil {
			return err
		}
		who, err := org.PersonByID(v, x.Person)
		if err != nil {
			return err
		}
		u := use{Code: d.Code(), Who: who.Name, What: purposes[x.Purpose], When: viet.DateTime(x.At), Lost: x.File == 0}
		if office.See(v, s.Actor, d.ID) == nil {
			u.Href, u.Subject = "/di/"+itoa(d.ID), d.Subject
		}
		p.Uses = append(p.Uses, u)
	}
	return nil
}

// before reads where an older page of uses goes on.
func before(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get("truoc"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// history is what happened to the certificate and its key, newest first.
func (p *showPage) history(v *db.View, c signing.Certificate) error {
	list, err := journal.Of(v, c.ID)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(list) {
		if e.Verb == "act.refused" {
			continue
		}
		who, err := org.PersonByID(v, org.PersonID(e.Person))
		if err != nil {
			return err
		}
		what := office.VerbNames[e.Verb]
		if to := e.Detail["to"]; to != "" {
			what += " cho " + to
		}
		if n := e.Detail["minutes"]; n != "" {
			what += ", biên bản " + n
		}
		p.Events = append(p.Events, part.Event{What: what, When: viet.ShortTime(e.At), ISO: viet.ISOTime(e.At), Who: who.Name, Quote: e.Detail["text"]})
	}
	return nil
}

func endDialog(f *kit.Form, id int64, first bool) part.Confirm {
	field := f.Area("reason", "Lý do").Need().Law("HT33-4.1").Phrases("Hết hạn.", "Bị thu hồi.", "Mất thiết bị.", "Chuyển công tác.")
	if first {
		field = field.Named("f-ngung")
	}
	return part.Confirm{ID: "hop-ngung", Title: "Ngừng dùng chứng thư số", Text: "Không ký được bằng chứng thư này nữa. Văn bản đã ký vẫn có giá trị; dòng đăng ký ở lại cùng lý do.",
		Action: address(id) + "/ngung", Button: "Ngừng dùng", Icon: part.Icon("ban"), Risk: true, Reason: &field}
}

// end takes the certificate out of use. law:HT33-4.1
func end(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	err = s.Office.EndCertificate(r.Context(), s.Actor, id, f.Get("reason"))
	if !f.Refused(err) {
		if err != nil {
			return err
		}
		return s.Kit.Done(w, r, address(id), part.Toast{Kind: "ok", Text: "Đã ngừng dùng chứng thư số."})
	}
	p, err := certificatePage(r, s, id)
	if err != nil {
		return err
	}
	ask := endDialog(f, id, false)
	p.Ask, p.End, p.Sum = &ask, nil, f.Sum()
	return showView.ShowAs(w, r, f.Status(), p)
}

func join(sep string, list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), sep)
}
