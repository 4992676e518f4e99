package di

import (
	"net/http"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/register"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// now is the tab "Xử lý": the one next act for this person and state, with
// what one must know to do it.
type now struct {
	Step     document.Step
	Sum      *kit.Sum
	Notes    []part.Note
	Opinions []part.Event // what a returned draft must take up
	Checks   []check
	Passed   []check // of a long list: what is as it should be, folded away
	Plan     []planLine
	Facts    string
	Action   string // of the form: where its filled button leads
	Fields   []part.Field
	Buttons  []button
	Dialogs  []part.Confirm
	Ask      *part.Confirm // a dialog that was refused: shown in the page, with its fault
	Away     *away         // the key signs on the person's own machine

	key  *signing.Certificate // signs here, so its consent is asked for
	at   string               // address of the document
	auto bool                 // the person pressed "Duyệt và ký" just before
}

// button is one press: a form's, a link's or a dialog's.
type button struct {
	Text, Icon, Kind, Key string
	Action                string // posts the form there
	Href                  string // or leads there
	Free                  bool   // of what the form must hold
}

// check is one line of what the machine found.
type check struct{ Kind, Text, More string }

// Sign is the icon of a check.
func (c check) Sign() string {
	switch c.Kind {
	case "ok":
		return part.Icon("circle-check")
	case "late":
		return part.Icon("circle-x")
	}
	return part.Icon("triangle-alert")
}

// planLine is how one recipient will get the document.
type planLine struct {
	Name, Code, How string
	Paper           bool
}

// maker builds the tab.
type maker struct {
	*now
	v     *db.View
	x     *seat.Seat
	d     dossier
	f     *kit.Form
	put   int64 // the hand-out whose upload was refused just now, else 0
	names *people
}

func drawNow(v *db.View, r *http.Request, x *seat.Seat, d dossier, failed *act, f *kit.Form) (*now, error) {
	m := maker{now: &now{Step: d.mine.Step, at: path(d.doc.ID), auto: r.URL.Query().Has("ky")}, v: v, x: x, d: d, f: f, names: newPeople(v)}
	if m.f == nil {
		m.f = x.Kit.NewForm(nil)
	} else {
		m.Sum = f.Sum()
	}
	if failed != nil && failed.name == takesBack {
		m.put, _ = seat.ID[int64](r.PathValue("tep"))
	}
	draw, ok := drawers[d.mine.Step]
	if !ok {
		draw = maker.others
	}
	if err := draw(m); err != nil {
		return nil, err
	}
	if failed != nil && failed.ask != nil && !m.hasField("reason") {
		c := m.confirm(*failed, true)
		m.Ask, m.Dialogs = &c, nil
	}
	return m.now, nil
}

func (n *now) hasField(name string) bool {
	for _, f := range n.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// drawers are the tabs by what waits.
var drawers = map[document.Step]func(maker) error{
	document.ToRevise: maker.toRevise, document.ToReview: maker.toReview, document.ToCheckForm: maker.toCheckForm,
	document.ToApprove: maker.toApprove, document.ToSign: maker.toSign, document.ToNumber: maker.toNumber,
	document.ToSeal: maker.toSeal, document.ToFinalCheck: maker.toFinalCheck, document.ToIssue: maker.toIssue,
}

func (m maker) at(act string) string { return path(m.d.doc.ID) + "/" + act }

func (m maker) press(text, icon, kind, act string) {
	b := button{Text: text, Icon: icon, Kind: kind, Action: m.at(act)}
	if kind == "pri" {
		b.Key, m.Action = "Ctrl+Enter", b.Action
	}
	m.Buttons = append(m.Buttons, b)
}

func (m maker) link(text, icon, kind, href string) {
	m.Buttons = append(m.Buttons, button{Text: text, Icon: icon, Kind: kind, Href: href})
}

// dialog adds an act that asks for a reason, and the button that opens it.
func (m maker) dialog(name, text string) {
	for _, a := range acts {
		if a.name != name {
			continue
		}
		c := m.confirm(a, false)
		kind := ""
		if c.Risk {
			kind = "risk"
		}
		m.Dialogs = append(m.Dialogs, c)
		m.link(text, c.Icon, kind, "#"+c.ID)
	}
}

// confirm is an act's dialog; with what was typed when it comes back refused.
func (m maker) confirm(a act, again bool) part.Confirm {
	f := m.f
	if !again {
		f = m.x.Kit.NewForm(nil)
	}
	field := f.Area("reason", a.ask.label).Need()
	if !again {
		field = field.Named("f-" + a.name)
	}
	return part.Confirm{ID: "hop-" + a.name, Title: a.ask.title, Text: a.ask.text, Action: m.at(a.name), Button: a.ask.button, Icon: a.ask.icon, Risk: a.ask.risk, Reason: &field}
}

// facts is the line "6 nơi nhận · 1 phụ lục".
func (m maker) facts() string {
	s := viet.Int(int64(len(m.d.to))) + " nơi nhận"
	if n := len(shownFiles(m.d)) - 1; n > 0 {
		s += " · " + viet.Int(int64(n)) + " phụ lục"
	}
	return s
}

// opinions are what was said on the version, as a timeline.
func opinionEvents(names *people, list []draft.Opinion, version int, only draft.Verdict) ([]part.Event, error) {
	var out []part.Event
	for _, o := range list {
		if o.Version != version || (only != "" && o.Verdict != only) {
			continue
		}
		who, err := names.find(o.Person)
		if err != nil {
			return nil, err
		}
		e := part.Event{What: who.Name, When: viet.ShortTime(o.At), ISO: viet.ISOTime(o.At), Who: steps[o.Step].doing + ": đồng ý", Quote: o.Text}
		if o.Verdict == draft.Return {
			e.Kind, e.Who = "late", steps[o.Step].doing+": trả lại"
		}
		out = append(out, e)
	}
	return out, nil
}

// toRevise: the draft is with its drafter. law:ND30-10.3
func (m maker) toRevise() error {
	list, err := draft.Opinions(m.v, m.d.doc.ID)
	if err != nil {
		return err
	}
	if m.Opinions, err = opinionEvents(m.names, list, m.d.dr.Version, draft.Return); err != nil {
		return err
	}
	edit := "/du-thao/" + itoa(m.d.doc.ID) + "/sua"
	m.Facts = m.facts()
	if len(m.Opinions) > 0 {
		m.Notes = append(m.Notes, part.Note{Kind: "warn", Title: "Dự thảo được trả lại.", Text: "Sửa theo ý kiến, lưu phiên bản mới rồi trình.", Laws: refs("ND30-10.3")})
		m.link("Sửa", part.Icon("file-pen"), "pri", edit)
		m.press("Trình", part.Icon("send"), "", "trinh")
		m.Action = m.at("trinh")
	} else {
		m.press("Trình", part.Icon("send"), "pri", "trinh")
		m.link("Sửa", part.Icon("file-pen"), "", edit)
	}
	m.dialog("huy", "Hủy dự thảo")
	return nil
}

// toReview: the unit leader checks the content. law:ND30-12.1
func (m maker) toReview() error {
	m.Facts = m.facts()
	m.Fields = append(m.Fields, m.f.Area("reason", "Ý kiến").Law("ND30-12.1").Phrases("Đồng ý nội dung, kính trình.", "Bổ sung số liệu.", "Rà soát lại căn cứ."))
	m.press("Đồng ý, chuyển tiếp", part.Icon("check"), "pri", "dong-y")
	m.press("Trả lại", part.Icon("undo-2"), "", "tra-lai")
	return nil
}

// toCheckForm: form, technique and authority. law:ND30-12.2
func (m maker) toCheckForm() error {
	m.Facts = m.facts()
	m.Fields = append(m.Fields, m.f.Area("reason", "Ý kiến").Law("ND30-12.2").Phrases("Thể thức đạt.", "Sửa thể thức theo Phụ lục I."))
	m.press("Thể thức đạt", part.Icon("check"), "pri", "the-thuc")
	m.press("Trả lại", part.Icon("undo-2"), "", "tra-lai")
	return nil
}

// toApprove: the leader reads and signs. law:ND30-11 ND30-13
func (m maker) toApprove() error {
	m.Facts = m.facts()
	if err := m.said(); err != nil {
		return err
	}
	if m.x.Actor.ID != m.d.dr.Signer {
		// A mandate lends the right to approve, never the key (HT33-4.2).
		m.Notes = append(m.Notes, part.Note{Text: "Ông/bà duyệt thay; " + m.d.doc.SignerName + " tự ký bằng khóa của mình.", Laws: refs("HT33-4.2")})
		m.press("Duyệt", part.Icon("check"), "pri", "duyet")
	} else {
		c, err := m.certificate(m.d.dr.Signer)
		if err != nil {
			return err
		}
		if c.Driver.HandsOut() {
			m.press("Duyệt và ký", part.Icon("pen-line"), "pri", "duyet-may")
		} else {
			m.press("Duyệt và ký", part.Icon("pen-line"), "pri", "duyet-ky")
			m.key = &c
		}
	}
	m.dialog("tra-lai", "Trả lại")
	return nil
}

func (m maker) toSign() error {
	m.Facts = m.facts()
	keeps, err := office.UsesKeyOf(m.v, m.x.Actor, m.d.dr, viet.DayOf(m.x.Now()))
	if err != nil {
		return err
	}
	if keeps && m.x.Actor.ID != m.d.dr.Signer {
		m.Notes = append(m.Notes, part.Note{Icon: part.Icon("key-round"), Text: m.d.doc.SignerName + " đã duyệt và giao ông/bà giữ khóa; mỗi lần ký được báo cho chủ khóa.", Laws: refs("HT33-4.2")})
	}
	if !keeps {
		m.Notes = append(m.Notes, part.Note{Text: "Đã duyệt. Chờ " + m.d.doc.SignerName + " ký bằng khóa của mình.", Laws: refs("HT33-4.2")})
	} else {
		c, err := m.certificate(m.d.dr.Signer)
		if err != nil {
			return err
		}
		if err := m.signWith(c, "Ký số", part.Icon("pen-line"), "ky"); err != nil {
			return err
		}
	}
	if !keeps || m.x.Actor.ID == m.d.dr.Signer { // giving back is the signer's, and of whom he mandated
		m.dialog("tra-lai", "Trả lại")
	}
	return nil
}

// said are the opinions that the version has got on its way here.
func (m maker) said() error {
	list, err := draft.Opinions(m.v, m.d.doc.ID)
	if err == nil {
		m.Opinions, err = opinionEvents(m.names, list, m.d.dr.Version, "")
	}
	return err
}

// toNumber: the clerk gives the number that the book says is next; nobody
// types one. law:ND30-15 HT33-10.1.c.i
func (m maker) toNumber() error {
	series, err := register.SeriesOf(m.v, m.d.doc.Kind)
	if err != nil {
		return err
	}
	today := viet.DayOf(m.x.Now())
	next, err := register.Next(m.v, document.Out, series, today.Year())
	if err != nil {
		return err
	}
	d := m.d.doc
	d.Number = register.Text(next)
	m.Notes = append(m.Notes, part.Note{Kind: "brand", Icon: part.Icon("hash"), Title: "Số tiếp theo: " + d.Code(), Text: "ngày " + today.String() + ". Số và ngày được điền vào văn bản khi ký số cơ quan.", Laws: refs("ND30-15")})
	m.Facts = m.facts()
	m.press("Cấp số", part.Icon("hash"), "pri", "cap-so")
	return nil
}

// toSeal: the custodian signs with the agency's key. law:ND30-32.2 HT33-4.1
func (m maker) toSeal() error {
	m.Facts = m.facts()
	c, err := m.certificate(0)
	if err != nil {
		return err
	}
	m.Notes = append(m.Notes, part.Note{Icon: part.Icon("stamp"), Text: "Số " + m.d.doc.Code() + ", ngày " + m.d.doc.Day.String() + " và dấu cơ quan vào văn bản trong một lần ký; chữ ký của " + m.d.doc.SignerName + " giữ nguyên hiệu lực.", Laws: refs("HT33-10.1.c.i")})
	if err := m.signWith(c, "Ký số cơ quan", part.Icon("stamp"), "ky-co-quan"); err != nil {
		return err
	}
	m.dialog("huy-so", "Hủy số")
	return nil
}

// toFinalCheck: the last look before the document leaves. law:HN20-7.1.d
func (m maker) toFinalCheck() error {
	m.Facts = m.facts()
	m.Checks = complete(m.d)
	m.Fields = append(m.Fields, m.f.Text("reason", "Ý kiến"))
	m.press("Đạt, cho phát hành", part.Icon("check"), "pri", "kiem-tra")
	return nil
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// others: nothing waits for this person here. He sees with whom the document
// lies, and what may still be done with it.
func (m maker) others() error {
	d := m.d.doc
	switch d.State {
	case document.Issued, document.Filed:
		m.link("Bảng gửi nhận", part.Icon("radio-tower"), "pri", "/gui-nhan/"+itoa(d.ID))
		m.Notes = append(m.Notes, part.Note{Kind: "ok", Icon: part.Icon("send"), Title: "Đã phát hành " + viet.DateTime(d.Issued) + ".", Text: m.facts() + "."})
		m.putRight()
		m.keepPaper()
		return nil
	case document.Replaced:
		m.link("Bảng gửi nhận", part.Icon("radio-tower"), "", "/gui-nhan/"+itoa(d.ID))
		return m.replacedBy()
	case document.Recalled:
		m.link("Bảng gửi nhận", part.Icon("radio-tower"), "", "/gui-nhan/"+itoa(d.ID))
		m.Notes = append(m.Notes, part.Note{Kind: "late", Title: "Đã yêu cầu thu hồi.", Text: "Văn bản không sửa được nữa; xem từng nơi nhận trên bảng gửi nhận.", Laws: refs("ND30-18.4")})
		return nil
	case document.Cancelled:
		m.Notes = append(m.Notes, part.Note{Kind: "late", Title: "Đã hủy.", Text: "Văn bản ở lại trong hệ thống cùng lý do; xem Lịch sử."})
		return nil
	}
	return m.heldBy()
}

// putRight offers what sets a wrong document right: a document in its place, a
// letter that corrects it, or its recall. law:ND30-18.3 ND30-18.4
func (m maker) putRight() {
	if office.MayDraft(m.x.Actor) == nil {
		m.link("Thay thế", part.Icon("replace"), "", "/du-thao/moi?thay-the="+itoa(m.d.doc.ID))
		m.link("Đính chính", part.Icon("file-pen"), "", "/du-thao/moi?dinh-chinh="+itoa(m.d.doc.ID))
	}
	if m.mayRecall() {
		m.dialog("thu-hoi", "Thu hồi")
	}
}

// keepPaper offers to record the paper original at the clerk's.
// law:HT33-10.1.c.ii
func (m maker) keepPaper() {
	if m.x.Actor.Has(org.Clerk) {
		m.dialog("luu-giay", "Bản giấy lưu")
	}
}

// replacedBy names the document that stands in the place of this one.
func (m maker) replacedBy() error {
	list, err := document.Links(m.v, m.d.doc.ID)
	for _, l := range list {
		if l.Kind == document.Replaces && !l.Forward && l.State != document.Cancelled {
			m.Notes = append(m.Notes, part.Note{Kind: "warn", Title: "Đã được thay thế.", Text: "Văn bản thay thế: " + l.Code() + " · " + l.Subject + ".", Laws: refs("ND30-18.3")})
		}
	}
	return err
}

// mayRecall says whether to offer the recall; package office decides.
func (m maker) mayRecall() bool {
	return m.x.Actor.Has(org.Clerk) || m.x.Actor.ID == m.d.dr.Signer
}

// heldBy tells who has the document, since when and until when. law:HN20-6.1.a
func (m maker) heldBy() error {
	waits, err := document.WaitingFor(m.v, m.d.doc.ID)
	for _, w := range waits {
		name, err := org.TokenName(m.v, w.Token)
		if err != nil {
			return err
		}
		text := "để " + steps[w.Step].doing + ", từ " + viet.ShortTime(w.Since)
		kind, left := m.x.Left(w.Due)
		text += limit(left)
		n := part.Note{Icon: part.Icon("user-round"), Title: "Đang ở " + name, Text: text + "."}
		if kind == "late" {
			n.Kind = "warn"
		}
		m.Notes = append(m.Notes, n)
	}
	return err
}

// limit is how far a limit is, after a sentence: "; hạn ngày mai 11:30", "; trễ
// 2 ngày".
func limit(left string) string {
	switch {
	case left == "":
		return ""
	case strings.HasPrefix(left, "còn") || strings.HasPrefix(left, "trễ"):
		return "; " + left
	}
	return "; hạn " + left
}
