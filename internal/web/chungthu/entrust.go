package chungthu

import (
	"bytes"
	"mime"
	"net/http"
	"strconv"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

var entrustView = kit.NewView[entrustPage](files, "entrust.html")

// entrustPage is where the owner of a personal key gives it into the keeping of
// a clerk. law:HT33-4.2
type entrustPage struct {
	kit.Page
	Crumbs []part.Crumb
	Action string
	Sum    *kit.Sum
	Fields []part.Field
}

// trust is one entrustment on the page of a certificate.
type trust struct {
	Name, From, Until, Rule, File string
	Stop                          string // "" where it has ended, or is not this person's to end
	State                         part.Tag
}

func (p *showPage) trusts(v *db.View, s *seat.Seat, c signing.Certificate) error {
	today, held := viet.DayOf(v.Now), false
	list, err := signing.Entrustments(v, c.ID)
	for _, e := range list {
		who, err := org.PersonByID(v, e.Keeper)
		if err != nil {
			return err
		}
		at := "/chung-thu-so/giao-giu/" + itoa(e.ID)
		x := trust{Name: who.Name, From: viet.DateTime(e.Begun), Until: e.Until.String(), Rule: e.Rule + " ngày " + e.RuleDay.String(), File: at + "/quy-che", State: part.Tag{Text: "Đã thôi"}}
		stands, err := e.Stands(v, today)
		if err != nil {
			return err
		}
		if held = held || stands; stands {
			x.State = part.Tag{Kind: "ok", Text: "Đang giữ"}
			if s.Actor.ID == e.Person || s.Actor.ID == e.Keeper || office.MayAdminister(s.Actor) == nil {
				x.Stop = at + "/thoi"
			}
		}
		p.Trusts = append(p.Trusts, x)
	}
	if err != nil {
		return err
	}
	if _, err := office.MayEntrust(v, s.Actor, c.ID, today); err == nil && !held {
		p.Links = append(p.Links, part.Link{Text: "Giao văn thư giữ khóa", Href: address(c.ID) + "/giao-giu", Icon: part.Icon("handshake")})
	}
	return nil
}

func showEntrust(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	p, err := entrustForm(r, s, id, s.Kit.NewForm(nil))
	if err != nil {
		return err
	}
	return entrustView.Show(w, r, p)
}

func entrustForm(r *http.Request, s *seat.Seat, id int64, f *kit.Form) (p entrustPage, err error) {
	var clerks []part.Option
	err = s.Read(r, func(v *db.View) error {
		if _, err := office.MayEntrust(v, s.Actor, id, viet.DayOf(v.Now)); err != nil {
			return err
		}
		list, err := org.WithRole(v, org.Clerk, viet.DayOf(v.Now))
		for _, x := range list {
			if x.ID != s.Actor.ID {
				clerks = append(clerks, part.Option{Value: itoa(x.ID), Label: x.Name, Note: join(", ", x.Title, x.UnitName)})
			}
		}
		return err
	})
	if err != nil {
		return p, err
	}
	p.Action, p.Sum = address(id)+"/giao-giu", f.Sum()
	p.Crumbs = []part.Crumb{{Text: "Hồ sơ của tôi", Href: "/toi"}, {Text: s.Actor.Name, Href: address(id)}, {Text: "Giao giữ khóa"}}
	p.Fields = []part.Field{
		f.Combo("keeper", "Văn thư giữ khóa", clerks).Ghost("gõ tên văn thư").Need().First(),
		f.Text("rule", "Quy chế văn thư").Ghost("12/QĐ-SXD").Need().Law("HT33-4.2"),
		f.Date("rule-day", "Ngày quy chế").Need(),
		f.Upload("file", "Tệp quy chế").Takes(".pdf").Need(),
		f.Date("until", "Giao đến hết ngày").Need(),
	}
	p.Page, err = s.Page(r, "Giao văn thư giữ khóa")
	return p, err
}

// entrust gives the key into a clerk's keeping. law:HT33-4.2
func entrust(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	in, err := entrustInput(r, s, f)
	if err == nil {
		err = s.Office.EntrustKey(r.Context(), s.Actor, id, in)
	}
	if f.Refused(err) {
		p, err := entrustForm(r, s, id, f)
		if err != nil {
			return err
		}
		return entrustView.ShowAs(w, r, f.Status(), p)
	} else if err != nil {
		return err
	}
	f.Taken()
	return s.Kit.Done(w, r, address(id), part.Toast{Kind: "ok", Text: "Đã giao giữ khóa."})
}

func entrustInput(r *http.Request, s *seat.Seat, f *kit.Form) (in office.EntrustInput, err error) {
	today := viet.DayOf(s.Now())
	keeper, _ := strconv.ParseInt(f.Get("keeper"), 10, 64) // what is none, the act refuses
	in.Keeper, in.Rule = org.PersonID(keeper), f.Get("rule")
	if in.RuleDay, err = f.Day("rule-day", today); err != nil {
		return in, err
	}
	if in.Until, err = f.Day("until", today); err != nil {
		return in, err
	}
	data, err := onlyFile(f, "file", office.MaxFile, "Chọn tệp quy chế văn thư.")
	if err == nil {
		in.File, err = s.Office.Keep(r.Context(), f.Files("file")[0].Name, bytes.NewReader(data))
	}
	if err == nil && in.File.MIME != "application/pdf" {
		f.Drop("file", f.Files("file")[0])
		err = fail.Invalid("file", "Tệp quy chế phải là PDF.", "HT33-4.2")
	}
	return in, err
}

// takeBack ends an entrustment. law:HT33-4.2
func takeBack(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	e, err := entrustmentOf(r, s)
	if err != nil {
		return err
	}
	if err := s.Office.TakeKeyBack(r.Context(), s.Actor, e.ID); err != nil {
		return err
	}
	to := address(e.Certificate)
	if s.Actor.ID == e.Keeper {
		to = "/" // the key's page is his no longer
	}
	return s.Kit.Done(w, r, to, part.Toast{Kind: "ok", Text: "Đã thôi giao giữ khóa."})
}

// regulation shows the rule that an entrustment rests on.
func regulation(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	e, err := entrustmentOf(r, s)
	if err != nil {
		return err
	}
	data, err := s.Office.Blobs.Read(e.RuleFile)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": e.RuleName}))
	w.Header().Set("Content-Type", "application/pdf")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}

// entrustmentOf finds the entrustment of an address, for those who may see the
// key.
func entrustmentOf(r *http.Request, s *seat.Seat) (e signing.Entrustment, err error) {
	id, err := idOf(r)
	if err != nil {
		return e, err
	}
	return e, s.Read(r, func(v *db.View) error {
		if e, err = signing.EntrustmentByID(v, id); err != nil {
			return err
		}
		_, err = office.SeeKey(v, s.Actor, e.Certificate, viet.DayOf(v.Now))
		return err
	})
}
