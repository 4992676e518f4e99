package duthao

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

// fields are the form of a draft, in the order in which one thinks of them.
// law:ND30-8 ND30-PL6.II
type fields struct {
	Body, Annexes          part.Field
	Kind, Subject          part.Field
	Field, Urgency         part.Field
	Secrecy, Mark          part.Field
	Signer, Capacity       part.Field
	Due, Recipients, Other part.Field
	Note                   part.Field
}

// choices are what the form's lists offer.
type choices struct {
	agencies []org.Agency
	leaders  []org.Person
}

func loadChoices(v *db.View, self org.Agency) (c choices, err error) {
	all, err := org.Directory(v)
	if err != nil {
		return c, err
	}
	for _, a := range all {
		if a.Code != self.Code {
			c.agencies = append(c.agencies, a)
		}
	}
	day := viet.DayOf(v.Now)
	for _, role := range []org.Role{org.Head, org.Leader} {
		list, err := org.WithRole(v, role, day)
		if err != nil {
			return c, err
		}
		for _, p := range list {
			if !c.leads(p.ID) {
				c.leaders = append(c.leaders, p)
			}
		}
	}
	return c, nil
}

func (c choices) leads(id org.PersonID) bool {
	for _, p := range c.leaders {
		if p.ID == id {
			return true
		}
	}
	return false
}

func (c choices) agency(code string) (org.Agency, bool) {
	for _, a := range c.agencies {
		if a.Code == code {
			return a, true
		}
	}
	return org.Agency{}, false
}

// choose marks the recipients that the directory has, and gives the others as
// the form holds them: a line each.
func (c choices) choose(list []draft.Recipient, to map[string]bool) string {
	var other []string
	for _, r := range list {
		if _, ok := c.agency(r.Code); ok {
			to[r.Code] = true
		} else {
			other = append(other, r.Name)
		}
	}
	return strings.Join(other, "\n")
}

// draw makes the fields; a revision may keep the files of the version before.
// to are the agencies chosen before anything was sent.
func (c choices) draw(f *kit.Form, revision bool, to map[string]bool) fields {
	x := fields{
		Body:    f.Upload("body", "Văn bản chính").Takes(".pdf,.docx,.odt").Law("ND30-10").Help("PDF, hoặc DOCX để hệ thống chuyển thành PDF. Để trống số và ngày: hệ thống điền khi ký số cơ quan."),
		Annexes: f.Upload("annexes", "Phụ lục").Many().Help("Nhiều tệp được; tệp PDF được ký số cơ quan khi phát hành."),
		Kind:    f.Select("kind", "Loại văn bản", kindOptions()).Need().Law("ND30-7"),
		Subject: f.Area("subject", "Trích yếu").Need(),
		Field:   f.Text("field", "Lĩnh vực"), Urgency: f.Select("urgency", "Độ khẩn", urgencyOptions()),
		Secrecy: f.Select("secrecy", "Độ mật", secrecyOptions()).Law("HT33-1.2"), Mark: f.Select("mark", "Phạm vi lưu hành", markOptions()),
		Signer: f.Select("signer", "Người ký", personOptions(c.leaders)).Ghost("Chọn người ký").Need().Law("ND30-13"), Capacity: f.Select("capacity", "Quyền hạn ký", capacityOptions()),
		Due:        f.Date("due", "Hạn trả lời").Help("Nếu đề nghị nơi nhận trả lời."),
		Recipients: f.Combo("recipients", "Nơi nhận", c.agencyOptions(to)).Many().Ghost("gõ tên, tên tắt hoặc mã"),
		Other:      f.Area("others", "Nơi nhận khác").Help("Ngoài danh bạ: mỗi dòng một nơi nhận; gửi bản giấy."),
		Note:       f.Text("note", "Ghi chú"),
	}
	if revision {
		x.Body = x.Body.Help("Để trống nếu giữ văn bản của phiên bản trước.")
		x.Annexes = x.Annexes.Help("Để trống nếu giữ phụ lục của phiên bản trước.")
		x.Note = x.Note.Help("Đã sửa gì so với phiên bản trước.")
	} else if len(f.Files("body")) == 0 {
		x.Body = x.Body.Need()
	}
	return x
}

// kindOptions are the kinds that are drawn up: an extract (trích sao) is among them, the
// other copies are made of a document that is there. law:ND30-7 ND30-25
func kindOptions() []part.Option {
	var options []part.Option
	for _, k := range law.Kinds() {
		if k.Group != law.Copy || k.Code == law.Extract {
			options = append(options, part.Option{Value: k.Code, Label: k.Name, Note: k.Abbr})
		}
	}
	return options
}

func urgencyOptions() []part.Option {
	var options []part.Option
	for u := document.Normal; u <= document.Express; u++ {
		options = append(options, part.Option{Value: itoa(u), Label: u.String()})
	}
	return options
}

// secrecyOptions are the levels of a state secret. They stand in the form so
// that the refusal, with the way that secrets go, is read before anything is
// written down. law:HT33-1.2
func secrecyOptions() []part.Option {
	return []part.Option{{Value: "", Label: "Thường"}, {Value: "mat", Label: "Mật"}, {Value: "toi-mat", Label: "Tối mật"}, {Value: "tuyet-mat", Label: "Tuyệt mật"}}
}

func markOptions() []part.Option {
	options := []part.Option{{Value: "", Label: "Không hạn chế"}}
	for _, m := range office.Marks() {
		options = append(options, part.Option{Value: m, Label: m})
	}
	return options
}

// law:ND30-13 ND30-PL1.II.7
func capacityOptions() []part.Option {
	return []part.Option{{Value: "", Label: "Không ghi"}, {Value: "TM.", Label: "TM. (thay mặt)"}, {Value: "KT.", Label: "KT. (ký thay)"}, {Value: "TL.", Label: "TL. (thừa lệnh)"}, {Value: "TUQ.", Label: "TUQ. (thừa ủy quyền)"}}
}

func personOptions(list []org.Person) []part.Option {
	options := make([]part.Option, len(list))
	for i, p := range list {
		options[i] = part.Option{Value: itoa(p.ID), Label: p.Name + ", " + p.Title}
	}
	return options
}

// agencyOptions marks the agencies that the exchange does not reach: they get
// paper (law:HT33-7.4).
func (c choices) agencyOptions(to map[string]bool) []part.Option {
	options := make([]part.Option, len(c.agencies))
	for i, a := range c.agencies {
		options[i] = part.Option{Value: a.Code, Label: a.Name, Note: strings.Trim(a.Short+" · "+a.AltCode, " ·"), Selected: to[a.Code]}
		if !a.OnHub() {
			options[i].Note = "chưa kết nối: bản giấy"
		}
	}
	return options
}

// input reads the form for package office, which checks it.
func (c choices) input(f *kit.Form, today viet.Day) (office.DraftInput, error) {
	in := office.DraftInput{
		Kind: f.Get("kind"), Subject: f.Get("subject"), Field: f.Get("field"), Secrecy: f.Get("secrecy"), Mark: f.Get("mark"),
		Capacity: f.Get("capacity"), Note: f.Get("note"),
	}
	u, _ := f.Int("urgency")
	in.Urgency = document.Urgency(min(max(u, 0), 3))
	n, _ := f.Int("signer")
	in.Signer = org.PersonID(n)
	if in.Signer != 0 && !c.leads(in.Signer) {
		return in, fail.Invalid("signer", "Người ký phải là lãnh đạo cơ quan.", "ND30-13")
	}
	for _, code := range f.All("recipients") {
		if a, ok := c.agency(code); ok {
			in.Recipients = append(in.Recipients, draft.Recipient{Code: a.Code, Name: a.Name})
		}
	}
	for name := range strings.Lines(f.Get("others")) {
		if name = strings.Trim(name, " -;,.\t\n"); name != "" {
			in.Recipients = append(in.Recipients, draft.Recipient{Name: name})
		}
	}
	var err error
	if in.Due, err = parseDay(f.Get("due"), today); err != nil {
		return in, fail.Invalid("due", err.Error())
	}
	return in, nil
}

// parseDay reads a day as people write it, like the date field's script:
// 3/3/2025, 3/3 of this year, +5 days from today. Empty is no day.
func parseDay(s string, today viet.Day) (viet.Day, error) {
	s = strings.TrimSpace(s)
	if n, err := strconv.Atoi(s); err == nil && strings.HasPrefix(s, "+") && n <= 999 {
		return today.Add(n), nil
	}
	if split := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/.- ", r) }); len(split) == 2 {
		s = split[0] + "/" + split[1] + "/" + itoa(today.Year())
	}
	return viet.ParseDay(s)
}

// keep stores the uploads of the form. A file that is refused is named beside
// its field.
func keep(r *http.Request, x *seat.Seat, f *kit.Form, in *office.DraftInput) error {
	if list := f.Files("body"); len(list) > 0 {
		u, err := keepOne(r, x, list[0]) // a file chosen now comes before those kept earlier
		if err != nil {
			return wrong(f, "body", list[0], err)
		}
		in.Body = &u
	}
	for _, file := range f.Files("annexes") {
		u, err := keepOne(r, x, file)
		if err != nil {
			return wrong(f, "annexes", file, err)
		}
		in.Annexes = append(in.Annexes, u)
	}
	return nil
}

func keepOne(r *http.Request, x *seat.Seat, file kit.File) (office.Upload, error) {
	b, err := file.Open()
	if err != nil {
		return office.Upload{}, err
	}
	defer b.Close()
	return x.Office.Keep(r.Context(), file.Name, b)
}

// wrong says beside the field what is wrong with a file, which is not offered
// again; one that only could not be stored just now is.
func wrong(f *kit.Form, field string, file kit.File, err error) error {
	e, ok := fail.As(err)
	if !ok {
		return err
	}
	f.Wrong(field, e.Text)
	if e.Kind != fail.Busy {
		f.Drop(field, file)
	}
	return err
}

// forget lets the files of a secret go: nothing of it stays. law:HT33-1.2
func forget(f *kit.Form) {
	for _, field := range []string{"body", "annexes"} {
		for _, file := range slices.Clone(f.Files(field)) {
			f.Drop(field, file)
		}
	}
}

// isRefusal says whether an error is one that a person can mend.
func isRefusal(err error) bool {
	var e *fail.Error
	return errors.As(err, &e)
}
