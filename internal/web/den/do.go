package den

import (
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/org"
	"vanthu/internal/task"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

// do is the tab Xử lý: the one next act of this person at this document.
type do struct {
	Kind     string   // the step whose form is shown, "" when nothing waits
	Path     string   // of the document, where its acts post
	Step     string   // sent along, so that the act leads on in the same queue
	Change   int64    // the sender's newest, sent along where an act answers for it; 0: none
	Sum      *kit.Sum // what a refused act says
	Entry    entry    // receive
	Bad      bool     // a signature is broken: returning is what to do
	Fields   []part.Field
	Pair     []part.Field // two short fields in one row
	After    []part.Field
	Attach   *part.Field // of a paper document without its scan
	Copy     *copying    // a scan waits to be signed as a copy
	Hint     string
	Note     *part.Note
	Retry    *part.Confirm // the refused act was a dialog: it stands open
	Reply    string        // where an answer is drafted
	Others   []part.Link   // more that waits for this person here
	Progress part.Field
}

// todo fills the tab by the step that waits.
func (c *content) todo() error {
	c.p.Do = do{Path: pathTo(c.d.ID), Step: string(c.step)}
	if c.form != nil {
		c.p.Do.Sum = c.form.Sum()
	}
	fill := map[document.Step]func() error{
		document.ToReceive: c.toReceive, document.ToCopy: c.toCopy, document.ToPresent: c.toPresent, document.ToDirect: c.toDirect, document.ToAssign: c.toAssign,
		document.ToHandle: c.toHandle, document.ToCoordinate: c.toHandle, document.ToRead: c.toRead, document.ToClose: c.toClose, document.ToAnswer: c.toAnswer,
		document.ToChange: c.toChange, document.ToNote: c.toNote,
	}[c.step]
	if fill == nil {
		return nil
	}
	c.p.Do.Kind = string(c.step)
	for _, s := range order {
		if _, ok := c.mine[s]; ok && s != c.step {
			c.p.Do.Others = append(c.p.Do.Others, part.Link{Text: steps[s].verb, Href: c.address("buoc", string(s))})
		}
	}
	return fill()
}

// of gives the form of an act: as it was filled in when it was refused, else
// with starting values.
func (c *content) of(act string, start map[string]string) *kit.Form {
	if c.act == act {
		return c.form
	}
	return c.x.Kit.NewForm(start)
}

// confirm adds a dialog that asks for a reason; refused, it stands open.
func (c *content) confirm(act, title, text, button, icon string, risk bool, laws ...law.Ref) {
	reason := c.of(act, nil).Area("reason", "Lý do").Need().Named("f-reason-" + act)
	d := part.Confirm{ID: act, Title: title, Text: text, Action: pathTo(c.d.ID) + "/" + act, Button: button, Icon: icon, Risk: risk, Reason: &reason,
		Hidden: map[string]string{"buoc": string(c.step)}, Laws: laws}
	if c.p.Do.Change != 0 {
		d.Hidden["cap-nhat"] = itoa(c.p.Do.Change)
	}
	if c.act == act {
		d.Reason.ID = "f-reason"
		c.p.Do.Retry = &d
		return
	}
	c.p.Confirms = append(c.p.Confirms, d)
}

func (c *content) toReceive() error {
	ch, err := loadChoices(c.v)
	if err == nil {
		err = c.changed()
	}
	if err != nil {
		return err
	}
	v := values(c.d)
	if v["kind"] == "" {
		v["kind"] = "CV"
	}
	f := c.of("tiep-nhan", v)
	c.p.Do.Entry = ch.entry(f)
	c.p.Do.Entry.SameAt = "/den/trung?self=" + itoa(c.d.ID)
	if c.p.Do.Entry.Same, err = ch.same(c.v, f, c.d.ID); err != nil {
		return err
	}
	bad, err := badFile(c.v, c.d.ID)
	c.p.Do.Bad = bad.ID != 0
	c.confirm("tra-lai", "Trả lại nơi gửi", "Nơi gửi nhận trạng thái 02 kèm lý do; văn bản không vào sổ.", "Trả lại", part.Icon("undo-2"), true, "HT33-8.2.iii")
	if n := len(c.p.Confirms); c.p.Do.Bad && n > 0 {
		reason := c.p.Confirms[n-1].Reason // what the examination found is the reason, for the clerk to put in his words
		reason.Value, reason.Filled = bad.Sentence, true
	}
	return err
}

func (c *content) toPresent() error {
	if !hasText(c.v, c.d.ID) {
		f := c.of("gan-ban-quet", nil).Upload("scan", "Bản quét").Takes(".pdf").Need().Law("HT33-8.1")
		c.p.Do.Attach = &f
		return nil
	}
	list, err := seat.Leaders(c.v)
	if err != nil {
		return err
	}
	f := c.of("trinh", nil)
	c.p.Do.Fields = []part.Field{f.Select("leader", "Lãnh đạo", seat.PersonOptions(list)).Need().Law("ND30-23"), f.Area("note", "Ghi chú")}
	return nil
}

// phrases are what leaders write most.
var phrases = []string{"Tham mưu trả lời.", "Nghiên cứu, đề xuất.", "Phối hợp thực hiện.", "Để biết."}

func (c *content) toDirect() error {
	options, err := c.addressees()
	if err != nil {
		return err
	}
	f := c.of("chi-dao", nil)
	if c.act != "chi-dao" {
		due, hint := c.proposeDue()
		f.Fill("due", due.String())
		c.p.Do.Hint = hint
		lead, like, err := c.proposeLead()
		if err != nil {
			return err
		}
		f.Fill("lead", string(lead))
		if lead != "" {
			c.p.Do.Hint = strings.TrimSpace(c.p.Do.Hint + " Chủ trì như văn bản " + like + ".")
		}
	}
	c.p.Do.Fields = []part.Field{f.Area("text", "Ý kiến chỉ đạo").Need().Law("GL443-9.2").Phrases(phrases...)}
	c.p.Do.Pair = []part.Field{f.Combo("lead", "Chủ trì", options).Need().Ghost("đơn vị, người"), f.Date("due", "Hạn xử lý")}
	c.p.Do.After = []part.Field{f.Combo("coordinators", "Phối hợp", options).Ghost("thêm người, đơn vị").Many(), f.Combo("informed", "Nhận để biết", options).Ghost("thêm người, đơn vị").Many()}
	c.confirm("tra-lai-van-thu", "Trả lại văn thư", "Văn thư trình lại, hoặc trình lãnh đạo khác.", "Trả lại văn thư", part.Icon("undo-2"), false, "ND30-23")
	c.confirm("luu", "Lưu, không xử lý", "Văn bản kết thúc xử lý, không giao cho ai.", "Lưu, không xử lý", part.Icon("archive"), false)
	return nil
}

// addressees are the units and people that a direction may name.
func (c *content) addressees() (options []part.Option, err error) {
	units, err := org.Units(c.v)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		options = append(options, part.Option{Value: string(org.HeadToken(u.ID)), Label: u.Name, Note: "đơn vị"})
	}
	people, err := org.People(c.v)
	for _, p := range people {
		if p.ID == c.x.Actor.ID {
			continue
		}
		note := p.Title
		if p.UnitName != "" {
			note += ", " + p.UnitName
		}
		options = append(options, part.Option{Value: string(org.Of(p.ID)), Label: p.Name, Note: note})
	}
	return options, err
}

// proposeDue is the day that the sender asked for, else the usual term of the
// kind. law:GL443-9.1
func (c *content) proposeDue() (viet.Day, string) {
	today, cal := viet.DayOf(c.v.Now), c.x.Office.Calendar
	if c.d.Due >= today {
		left := cal.Workdays(today, c.d.Due)
		return c.d.Due, "Còn " + itoa(left) + " ngày làm việc. Người gửi đề nghị trả lời trước " + c.d.Due.Short() + "."
	}
	kind, ok := law.KindByCode(c.d.Kind)
	if days := kind.DefaultDays(today); ok && days > 0 {
		return cal.AddWorkdays(today, days), "Hạn thường của loại văn bản này: " + itoa(days) + " ngày làm việc."
	}
	return 0, ""
}

// proposeLead is who led the last directed document of the same issuer and
// field: the machine's guess, tinted, for the leader to keep or change.
func (c *content) proposeLead() (lead org.Token, like string, err error) {
	list, err := document.List(c.v, c.x.Actor, document.Filter{Way: document.In, Words: c.d.IssuerName, Limit: 20,
		States: []document.State{document.Distributed, document.InProgress, document.Done, document.Closed}})
	if err != nil {
		return "", "", err
	}
	for _, d := range list {
		if d.IssuerCode != c.d.IssuerCode || d.Field != c.d.Field {
			continue
		}
		given, err := task.Of(c.v, d.ID)
		if err != nil {
			return "", "", err
		}
		for _, a := range given {
			if a.Role == task.Lead && a.Parent == 0 {
				return a.Token, d.Code(), nil
			}
		}
	}
	return "", "", nil
}

func (c *content) toAssign() error {
	parent, err := task.OpenFor(c.v, c.d.ID, c.x.Actor)
	if err != nil {
		return err
	}
	people, err := org.PeopleOf(c.v, parent.Token.Unit())
	if err != nil {
		return err
	}
	if err := c.direction(); err != nil {
		return err
	}
	f := c.of("giao-viec", map[string]string{"due": parent.Due.String()})
	c.p.Do.Pair = []part.Field{f.Select("to", "Người xử lý", seat.PersonOptions(people)).Need().Ghost("Chọn người").Law("HN20-7.1.b"), f.Date("due", "Hạn")}
	c.p.Do.After = []part.Field{f.Area("text", "Ý kiến")}
	c.returnTask()
	return nil
}

// direction shows what the leader wrote, over the form of whoever does it.
func (c *content) direction() error {
	list, err := task.Directions(c.v, c.d.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	last := list[len(list)-1]
	name, err := c.person(int64(last.Author))
	n := part.Note{Kind: "brand", Icon: part.Icon("quote"), Title: name + ":", Text: last.Text}
	if !last.Due.IsZero() {
		n.Lines = []string{"Hạn xử lý " + last.Due.Short()}
	}
	c.p.Do.Note = &n
	return err
}

func (c *content) returnTask() {
	c.confirm("tra-lai-viec", "Trả lại việc", "Chỉ trong 4 giờ làm việc từ khi được giao.", "Trả lại việc", part.Icon("undo-2"), false, "GL443-14.4")
}

func (c *content) toHandle() error {
	if err := c.direction(); err != nil {
		return err
	}
	issued, err := document.List(c.v, c.x.Actor, document.Filter{Way: document.Out, States: []document.State{document.Issued, document.Filed}, Limit: 50})
	if err != nil {
		return err
	}
	var options []part.Option
	for _, d := range issued {
		options = append(options, part.Option{Value: itoa(d.ID), Label: strings.TrimSpace(d.Code() + " " + d.Subject), Note: viet.ShortTime(d.Issued)})
	}
	f := c.of("hoan-thanh", nil)
	c.p.Do.Fields = []part.Field{f.Area("reason", "Kết quả").Law("HT33-9.ii")}
	if len(options) > 0 {
		c.p.Do.After = []part.Field{f.Combo("reply", "Văn bản trả lời", options).Ghost("không có")}
	}
	c.p.Do.Progress = c.of("tien-do", nil).Text("reason", "Tiến độ").Named("f-progress")
	c.p.Do.Reply = "/du-thao/moi?tra-loi=" + itoa(c.d.ID)
	c.returnTask()
	return nil
}

func (c *content) toRead() error  { return c.direction() }
func (c *content) toClose() error { return nil }

func (c *content) toAnswer() error {
	c.confirm("tu-choi-thu-hoi", "Từ chối thu hồi", "Nơi gửi nhận trạng thái 16 kèm lý do; văn bản tiếp tục được xử lý.", "Từ chối thu hồi", part.Icon("x"), false, "ND30-18.4")
	return nil
}

func (c *content) toChange() error {
	if err := c.changed(); err != nil {
		return err
	}
	c.confirm("tu-choi-cap-nhat", "Từ chối cập nhật, thay thế", "Nơi gửi nhận trạng thái 16 kèm lý do; văn bản tiếp tục được xử lý như đã vào sổ.", "Từ chối", part.Icon("x"), false, "QD28-9.2")
	return nil
}

// changed notes what the sender did last, for the act to say what it has seen.
// A refused act keeps saying what it had seen: the page must be opened anew.
func (c *content) changed() (err error) {
	if c.form != nil {
		c.p.Do.Change, _ = c.form.Int("cap-nhat")
		return nil
	}
	c.p.Do.Change, err = exchange.NewestChange(c.v, c.d.ID)
	return err
}

func (c *content) toNote() error { return nil }
