package den

import (
	"slices"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/task"
	"vanthu/internal/web/part"
	"vanthu/viet"
)

// hand is one line of who handles a document.
type hand struct {
	Role, Name, State string
	Due               part.Tag
	Result            string
}

// hands lists the directions' addressees; a unit that passed its part on
// stands with the person it went to.
func (c *content) hands() error {
	list, err := task.Of(c.v, c.d.ID)
	if err != nil {
		return err
	}
	passed := map[int64]string{}
	for _, a := range list {
		name, err := org.TokenName(c.v, a.Token)
		if err != nil {
			return err
		}
		if a.State == task.Passed {
			passed[a.ID] = name
			continue
		}
		h := hand{Role: a.Role.String(), Name: name, State: taskState(a), Result: a.Result}
		if from := passed[a.Parent]; from != "" {
			h.Name += " (" + from + ")"
		}
		if a.State == task.Open && !a.Due.IsZero() {
			h.Due.Kind, h.Due.Text = c.x.Left(c.x.Office.Calendar.EndOfDay(a.Due))
		}
		c.p.Hands = append(c.p.Hands, h)
	}
	rank := map[string]int{task.Lead.String(): 1, task.Coordinate.String(): 2, task.Inform.String(): 3}
	slices.SortStableFunc(c.p.Hands, func(a, b hand) int { return rank[a.Role] - rank[b.Role] })
	return nil
}

func taskState(a task.Assignment) string {
	switch {
	case a.State == task.Done && a.Role == task.Inform:
		return "đã đọc " + viet.ShortTime(a.DoneAt)
	case a.State == task.Done:
		return "xong " + viet.ShortTime(a.DoneAt)
	case a.State == task.Returned:
		return "đã trả lại " + viet.ShortTime(a.DoneAt)
	case a.Role == task.Inform:
		return "chưa đọc"
	case a.Opened.IsZero():
		return "chưa mở"
	}
	return "đang xử lý"
}

// hidden verbs are of the audit log, not of a document's story.
func hidden(v journal.Verb) bool { return v == "act.refused" }

// history fills timeline and flow from the journal.
func (c *content) history() error {
	list, err := journal.Of(c.v, int64(c.d.ID))
	if err != nil {
		return err
	}
	var told []journal.Entry
	for _, e := range list {
		if hidden(e.Verb) {
			continue
		}
		told = append(told, e)
		event, err := c.event(e)
		if err != nil {
			return err
		}
		c.p.Events = append([]part.Event{event}, c.p.Events...)
	}
	c.p.Recent = c.p.Events[:min(4, len(c.p.Events))]
	return c.flow(told)
}

func (c *content) event(e journal.Entry) (part.Event, error) {
	name, err := c.person(e.Person)
	if err != nil {
		return part.Event{}, err
	}
	v := part.Event{Kind: kindOf(e.Verb), What: verb(e), When: viet.ShortTime(e.At), ISO: e.At.In(viet.Zone).Format(time.RFC3339), Who: who(name, e), Quote: e.Detail["text"]}
	return v, nil
}

// person gives a name once per page.
func (c *content) person(id int64) (string, error) {
	if name, ok := c.names[id]; ok {
		return name, nil
	}
	p, err := org.PersonByID(c.v, org.PersonID(id))
	c.names[id] = p.Name
	return p.Name, err
}

// verb says an entry in a few words with what it was about.
func verb(e journal.Entry) string {
	name := office.VerbNames[e.Verb]
	switch e.Verb {
	case office.ArrivedIt:
		name = "Đến từ trục liên thông"
	case office.RegisteredIt:
		name = "Vào sổ đến số " + e.Detail["no"]
	case "document.scanned":
		name = "Gắn bản quét"
	case office.CompletedIt:
		if role := e.Detail["role"]; role != "" {
			name = "Báo hoàn thành"
		}
	}
	if name == "" {
		name = string(e.Verb)
	}
	return name
}

// who is the person and, where the act has one, whom it went to.
func who(name string, e journal.Entry) string {
	if e.Person == 0 && e.Verb == office.ArrivedIt {
		return e.Detail["from"] + plural(e.Detail["files"])
	}
	if to := e.Detail["to"]; to != "" {
		name += " → " + to
	}
	if due := e.Detail["due"]; due != "" {
		name += ", hạn " + due
	}
	if by := e.Detail["by"]; by != "" {
		name = by
	}
	return name
}

func plural(files string) string {
	if files == "" {
		return ""
	}
	return " · " + files + " tệp"
}

func kindOf(v journal.Verb) string {
	switch v {
	case office.ReturnedIt, office.TaskReturned, office.RecallAskedIt, office.RecallEnded, office.ReplacedIt:
		return "late"
	case office.CompletedIt, office.ClosedIt:
		return "ok"
	}
	return ""
}

// flow draws the stations that a document has passed, with the working time
// each took, who holds it now, and what is still to come.
func (c *content) flow(list []journal.Entry) error {
	var last time.Time
	for _, e := range list {
		if e.Verb == office.ProgressedIt || e.Verb == "document.scanned" {
			continue
		}
		name, err := c.person(e.Person)
		if err != nil {
			return err
		}
		s := part.Step{What: verb(e), Who: who(name, e), When: viet.ShortTime(e.At)}
		if kindOf(e.Verb) == "late" {
			s.Kind = "late"
		}
		if !last.IsZero() {
			s.Spent = spent(c.x.Office.Calendar, last, e.At)
		}
		last = e.At
		c.p.Steps = append(c.p.Steps, s)
	}
	now, err := c.holders(last)
	if err != nil {
		return err
	}
	c.p.Steps = append(append(c.p.Steps, now...), ahead(c.d.State)...)
	return nil
}

func spent(cal *viet.Calendar, from, to time.Time) string {
	d := cal.Until(from, to).Round(time.Minute)
	if d < time.Minute {
		return ""
	}
	return "sau " + viet.Span(d) + " làm việc"
}

// holders are the steps that wait now, with whom and since when.
func (c *content) holders(last time.Time) ([]part.Step, error) {
	list, err := document.WaitingFor(c.v, c.d.ID)
	if err != nil {
		return nil, err
	}
	var out []part.Step
	for _, w := range list {
		if w.Step == document.ToRead {
			continue // the informed hold nothing up
		}
		name, err := org.TokenName(c.v, w.Token)
		if err != nil {
			return nil, err
		}
		s := part.Step{Kind: "now", What: steps[w.Step].title, Who: name, When: "từ " + viet.ShortTime(w.Since)}
		if _, text := c.x.Left(w.Due); text != "" {
			s.Spent = text
		}
		out = append(out, s)
	}
	return out, nil
}

// ahead names the stations to come, so that everybody sees the way.
func ahead(s document.State) (out []part.Step) {
	way := []struct {
		before string
		states []document.State
	}{
		{"Vào sổ", []document.State{document.Arrived, document.Held}},
		{"Trình lãnh đạo", []document.State{document.Arrived, document.Held}},
		{"Ý kiến chỉ đạo", []document.State{document.Arrived, document.Held, document.Registered}},
		{"Hoàn thành", []document.State{document.Arrived, document.Held, document.Registered, document.Submitted}},
		{"Kết thúc", []document.State{document.Arrived, document.Held, document.Registered, document.Submitted, document.Distributed, document.InProgress}},
	}
	for _, w := range way {
		for _, x := range w.states {
			if x == s {
				out = append(out, part.Step{Kind: "wait", What: w.before})
			}
		}
	}
	return out
}

// facts are the document's data, those that are there.
// law:ND30-PL6.II
func (c *content) facts() error {
	d := c.d
	add := func(name, value string) {
		if strings.TrimSpace(value) != "" {
			c.p.Facts = append(c.p.Facts, fact{name, value})
		}
	}
	if d.ArrivalNo > 0 {
		add("Số đến", itoa(d.ArrivalNo))
	}
	add("Ngày đến", viet.DateTime(d.ArrivedAt))
	add("Vào sổ lúc", viet.DateTime(d.Registered))
	add("Nguồn", map[document.Source]string{document.ByHub: "Trục liên thông", document.ByPaper: "Văn bản giấy"}[d.Source])
	add("Số, ký hiệu", d.Code())
	add("Ngày văn bản", d.Day.String())
	add("Cơ quan ban hành", d.IssuerName)
	add("Mã định danh", d.IssuerCode)
	add("Loại văn bản", kindName(d.Kind))
	add("Lĩnh vực", d.Field)
	add("Người ký", strings.Trim(d.SignerName+", "+d.SignerTitle, ", "))
	add("Độ khẩn", d.Urgency.String())
	add("Phạm vi lưu hành", d.Mark)
	if d.Pages > 0 {
		add("Số trang", itoa(d.Pages))
	}
	add("Hạn", d.Due.String())
	add("Ghi chú", d.Note)
	encrypted, err := exchange.Sealed(c.v, d.ID)
	if err != nil {
		return err
	}
	if encrypted { // law:HT33-13.1
		add("Tệp", "đã mã hóa trên đường truyền")
	}
	return c.links()
}
