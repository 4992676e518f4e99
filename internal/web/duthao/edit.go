package duthao

import (
	"net/http"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

var formView = kit.NewView[formPage](files, "form.html")

type formPage struct {
	kit.Page
	Crumbs []part.Crumb
	Action string
	Save   string // the label of the plain button: "Lưu phiên bản 2"
	Sum    *kit.Sum
	F      fields
	Source *source      // the document that this one is about
	Before *before      // the version that a revision starts from
	Way    []part.Event // whose hands it will pass
}

// before is what a revision should take up.
type before struct {
	Version  int
	File     string // address of the PDF
	Name     string
	Annexes  []string
	Opinions []part.Event
}

func showNew(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	var open opening
	var p formPage
	err := x.Read(r, func(v *db.View) error {
		c, err := loadChoices(v, x.Actor.Agency)
		if err != nil {
			return err
		}
		if open, err = start(v, x, c, r.FormValue); err != nil {
			return err
		}
		if len(c.leaders) == 1 && open.values["signer"] == "" {
			open.values["signer"] = itoa(c.leaders[0].ID)
		}
		p.F = c.draw(x.Kit.NewForm(open.values), false, open.to)
		p.F.Subject = p.F.Subject.Fill(open.source != nil)
		p.Way, err = way(v, x)
		return err
	})
	if err != nil {
		return err
	}
	return showForm(w, r, x, 0, open.source, p)
}

// showForm finishes the page of a new draft.
func showForm(w http.ResponseWriter, r *http.Request, x *seat.Seat, status int, from *source, p formPage) (err error) {
	if p.Page, err = x.Page(r, "Soạn dự thảo"); err != nil {
		return err
	}
	p.Crumbs, p.Action, p.Save, p.Source = []part.Crumb{{Text: "Dự thảo", Href: "/du-thao"}, {Text: "Mới"}}, "/du-thao/moi", "Lưu dự thảo", from
	if status == 0 {
		status = http.StatusOK
	}
	return formView.ShowAs(w, r, status, p)
}

// create saves a new draft and, when asked to, submits it.
func create(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	c, err := choicesOf(r, x)
	if err != nil {
		return err
	}
	id, err := save(r, x, c, f)
	if f.Refused(err) {
		p := formPage{Sum: f.Sum(), F: c.draw(f, false, nil)}
		var open opening
		err := x.Read(r, func(v *db.View) error {
			if open, err = start(v, x, c, f.Get); err != nil {
				return err
			}
			p.Way, err = way(v, x)
			return err
		})
		if err != nil {
			return err
		}
		return showForm(w, r, x, f.Status(), open.source, p)
	} else if err != nil {
		return err
	}
	f.Taken()
	return after(w, r, x, id, f.Get("then") == "submit", "Đã lưu dự thảo.")
}

func choicesOf(r *http.Request, x *seat.Seat) (c choices, err error) {
	err = x.Read(r, func(v *db.View) error {
		c, err = loadChoices(v, x.Actor.Agency)
		return err
	})
	return c, err
}

func save(r *http.Request, x *seat.Seat, c choices, f *kit.Form) (document.ID, error) {
	in, err := c.input(f, viet.DayOf(x.Now()))
	if err != nil {
		return 0, err
	}
	if in.Secrecy == "" { // the file of a secret is not even stored (law:HT33-1.2)
		if err := keep(r, x, f, &in); err != nil {
			return 0, err
		}
	}
	for name, at := range map[string]*document.ID{"tra-loi": &in.ReplyTo, "thay-the": &in.Replaces, "dinh-chinh": &in.Corrects} {
		if text := f.Get(name); text != "" {
			if *at, err = seat.ID[document.ID](text); err != nil {
				return 0, err
			}
		}
	}
	id, err := x.Office.CreateDraft(r.Context(), x.Actor, in)
	if in.Secrecy == "" && fail.Is(err, fail.Barred) {
		forget(f)
	}
	return id, err
}

// after leads on from a saved draft. It is saved even when it could not be
// submitted: the page of the draft then says why.
func after(w http.ResponseWriter, r *http.Request, x *seat.Seat, id document.ID, submit bool, text string) error {
	to := "/di/" + itoa(id)
	if !submit {
		return x.Kit.Done(w, r, to, part.Toast{Kind: "ok", Text: text})
	}
	err := x.Office.Submit(r.Context(), x.Actor, id)
	if isRefusal(err) {
		e, _ := fail.As(err)
		return x.Kit.Done(w, r, to, part.Toast{Kind: "late", Text: text + " Chưa trình được: " + e.Text})
	} else if err != nil {
		return err
	}
	return x.Kit.Done(w, r, to, part.Toast{Kind: "ok", Text: text + " Đã trình."})
}

// way tells whose hands a draft will pass, so that its drafter knows where it
// goes. law:ND30-12 ND30-13
func way(v *db.View, x *seat.Seat) ([]part.Event, error) {
	day := viet.DayOf(v.Now)
	steps := []part.Event{{Kind: "ok", What: "Soạn dự thảo", Who: x.Actor.Name}}
	if x.Actor.Unit != 0 && !x.Actor.Holds(org.HeadToken(x.Actor.Unit)) {
		heads, err := org.Heads(v, x.Actor.Unit, day)
		if err != nil {
			return nil, err
		}
		if len(heads) > 0 {
			steps = append(steps, part.Event{Kind: "wait", What: "Duyệt nội dung", Who: names(heads), Laws: []law.Ref{"ND30-12.1"}})
		}
	}
	chiefs, err := org.WithRole(v, org.Chief, day)
	if err != nil {
		return nil, err
	}
	if len(chiefs) == 0 {
		if chiefs, err = org.WithRole(v, org.Clerk, day); err != nil {
			return nil, err
		}
	}
	return append(steps,
		part.Event{Kind: "wait", What: "Kiểm tra thể thức", Who: names(chiefs), Laws: []law.Ref{"ND30-12.2"}},
		part.Event{Kind: "wait", What: "Duyệt, ký số", Who: "người ký đã chọn", Laws: []law.Ref{"ND30-13"}},
		part.Event{Kind: "wait", What: "Cấp số, ký số cơ quan, phát hành", Who: "Văn thư", Laws: []law.Ref{"ND30-15", "ND30-18"}}), nil
}

func names(list []org.Person) string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.Name
	}
	return strings.Join(out, ", ")
}

// showEdit shows the form for the next version.
func showEdit(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	return editPage(w, r, x, id, nil, nil)
}

// editPage shows the form of a revision: with what stands in the draft, or
// with what was sent and refused.
func editPage(w http.ResponseWriter, r *http.Request, x *seat.Seat, id document.ID, c *choices, f *kit.Form) error {
	var p formPage
	var d document.Document
	err := x.Read(r, func(v *db.View) (err error) {
		if d, err = x.Outgoing(v, id); err != nil {
			return err
		}
		if d.State != document.Draft {
			return d.Move(document.Draft, document.Draft)
		}
		dr, err := draft.Of(v, id)
		if err != nil {
			return err
		}
		if f == nil {
			err = p.begin(v, x, d, dr)
		} else {
			p.F, p.Sum = c.draw(f, true, nil), f.Sum()
		}
		if err != nil {
			return err
		}
		if p.Before, err = loadBefore(v, dr); err != nil {
			return err
		}
		p.Way, err = way(v, x)
		return err
	})
	if err != nil {
		return err
	}
	if p.Page, err = x.Page(r, "Sửa dự thảo"); err != nil {
		return err
	}
	p.Crumbs = []part.Crumb{{Text: "Dự thảo", Href: "/du-thao"}, {Text: d.Code(), Href: "/di/" + itoa(id)}, {Text: "Sửa"}}
	p.Action, p.Save = "/du-thao/"+itoa(id)+"/sua", "Lưu phiên bản "+itoa(p.Before.Version+1)
	status := http.StatusOK
	if f != nil {
		status = f.Status()
	}
	return formView.ShowAs(w, r, status, p)
}

// begin fills the form from the version before.
func (p *formPage) begin(v *db.View, x *seat.Seat, d document.Document, dr draft.Draft) error {
	c, err := loadChoices(v, x.Actor.Agency)
	if err != nil {
		return err
	}
	start, to := values(d, dr), map[string]bool{}
	list, err := draft.Recipients(v, d.ID)
	if err != nil {
		return err
	}
	start["others"] = c.choose(list, to)
	p.F = c.draw(x.Kit.NewForm(start), true, to)
	return nil
}

// loadBefore gathers what the next version should take up: the file as it is
// and the opinions on it. law:ND30-10.3
func loadBefore(v *db.View, dr draft.Draft) (*before, error) {
	b := &before{Version: dr.Version}
	f, err := document.Newest(v, dr.Document, document.Body)
	if err != nil {
		return nil, err
	}
	b.File, b.Name = "/tep/"+itoa(dr.Document)+"/"+itoa(f.ID), f.Name
	annexes, err := document.Annexes(v, dr.Document, dr.Version)
	if err != nil {
		return nil, err
	}
	for _, a := range annexes {
		b.Annexes = append(b.Annexes, a.Name)
	}
	list, err := draft.Opinions(v, dr.Document)
	for _, o := range list {
		if o.Version != dr.Version || o.Text == "" {
			continue
		}
		who, err := org.PersonByID(v, o.Person)
		if err != nil {
			return nil, err
		}
		e := part.Event{What: who.Name, When: viet.ShortTime(o.At), ISO: viet.ISOTime(o.At), Quote: o.Text}
		if o.Verdict == draft.Return {
			e.Kind, e.Who = "late", "trả lại"
		}
		b.Opinions = append(b.Opinions, e)
	}
	return b, err
}

// revise saves the next version.
func revise(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	c, err := choicesOf(r, x)
	if err != nil {
		return err
	}
	err = saveNext(r, x, c, f, id)
	if f.Refused(err) {
		return editPage(w, r, x, id, &c, f)
	} else if err != nil {
		return err
	}
	f.Taken()
	return after(w, r, x, id, f.Get("then") == "submit", "Đã lưu phiên bản mới.")
}

func saveNext(r *http.Request, x *seat.Seat, c choices, f *kit.Form, id document.ID) error {
	in, err := c.input(f, viet.DayOf(x.Now()))
	if err != nil {
		return err
	}
	if in.Secrecy == "" {
		if err := keep(r, x, f, &in); err != nil {
			return err
		}
	}
	err = x.Office.Revise(r.Context(), x.Actor, id, in)
	if in.Secrecy == "" && fail.Is(err, fail.Barred) {
		forget(f)
	}
	return err
}
