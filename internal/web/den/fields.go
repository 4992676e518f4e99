package den

import (
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

// entry is the register form of an incoming document, in the order in which a
// clerk reads the paper. It serves registration and receiving alike.
// law:ND30-PL6.II
type entry struct {
	Number, Notation, Day part.Field
	Issuer                part.Field
	Kind, Field           part.Field
	Subject               part.Field
	Signer, Title         part.Field
	Urgency, Pages, Due   part.Field
	Note                  part.Field
	Leader                part.Field
	Same                  sameNote // documents with the same number, notation and issuer
	SameAt                string   // where script asks for them
}

// choices are what the form's lists offer.
type choices struct {
	agencies []org.Agency
	leaders  []org.Person
}

func loadChoices(v *db.View) (c choices, err error) {
	if c.agencies, err = org.Directory(v); err != nil {
		return c, err
	}
	c.leaders, err = seat.Leaders(v)
	return c, err
}

// entry draws the form.
func (c choices) entry(f *kit.Form) entry {
	return entry{
		Number:   f.Text("number", "Số").Need().Bold(),
		Notation: f.Text("notation", "Ký hiệu").Need().Bold(),
		Day:      f.Date("day", "Ngày văn bản").Need(),
		Issuer:   c.issuer(f),
		Kind:     f.Select("kind", "Loại văn bản", kindOptions()).Need(),
		Field:    f.Text("field", "Lĩnh vực"),
		Subject:  f.Area("subject", "Trích yếu").Need(),
		Signer:   f.Text("signer_name", "Người ký"),
		Title:    f.Text("signer_title", "Chức vụ"),
		Urgency:  f.Select("urgency", "Độ khẩn", urgencyOptions()),
		Pages:    f.Number("pages", "Số trang"),
		Due:      f.Date("due", "Hạn trả lời"),
		Note:     f.Text("note", "Ghi chú"),
		SameAt:   "/den/trung",
		Leader:   f.Select("leader", "Trình lãnh đạo", seat.PersonOptions(c.leaders)).Ghost("Chưa trình").Law("ND30-23"),
	}
}

// issuer offers the directory and, by its source, whatever name was typed.
func (c choices) issuer(f *kit.Form) part.Field {
	options := make([]part.Option, 0, len(c.agencies)+1)
	value := f.Get("issuer")
	known := value == ""
	for _, a := range c.agencies {
		options = append(options, part.Option{Value: a.Code, Label: a.Name, Note: a.AltCode})
		known = known || a.Code == value
	}
	if !known {
		options = append(options, part.Option{Value: value, Label: value, Note: "ngoài danh bạ"})
	}
	p := f.Combo("issuer", "Cơ quan ban hành", options).Need().Ghost("gõ tên, tên tắt hoặc mã")
	p.Source = "/den/co-quan"
	return p
}

func kindOptions() []part.Option {
	list := law.Kinds()
	options := make([]part.Option, len(list))
	for i, k := range list {
		options[i] = part.Option{Value: k.Code, Label: k.Name, Note: k.Abbr}
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

// input reads the form for package office, which checks it. Only what cannot
// be read as a day or a number is refused here.
func (c choices) input(f *kit.Form, today viet.Day) (in office.ArrivalInput, err error) {
	var bad fail.Form
	day := func(name string) viet.Day {
		d, err := f.Day(name, today)
		if e, ok := fail.As(err); ok {
			bad.Add(name, e.Text)
		}
		return d
	}
	in = office.ArrivalInput{
		Kind: f.Get("kind"), Number: f.Get("number"), Notation: f.Get("notation"), Day: day("day"),
		Subject: f.Get("subject"), Field: f.Get("field"), SignerName: f.Get("signer_name"), SignerTitle: f.Get("signer_title"),
		Due: day("due"), Note: f.Get("note"), Duplicate: f.Has("sure"),
	}
	in.IssuerCode, in.IssuerName = c.issuerOf(f.Get("issuer"))
	u, _ := f.Int("urgency")
	in.Urgency = document.Urgency(min(max(u, 0), 3))
	if f.Get("pages") != "" {
		n, ok := f.Int("pages")
		if !ok || n < 0 || n > 100_000 {
			bad.Add("pages", "Số trang là một số.")
		}
		in.Pages = int(n)
	}
	if f.Get("leader") != "" {
		n, _ := f.Int("leader")
		in.PresentTo = org.PersonID(n)
	} else if f.Get("then") == "present" {
		bad.Add("leader", "Chọn lãnh đạo để trình.", "ND30-23")
	}
	return in, bad.Err()
}

// issuerOf tells a code of the directory from a name that was typed.
func (c choices) issuerOf(value string) (code, name string) {
	for _, a := range c.agencies {
		if value == a.Code {
			return a.Code, ""
		}
	}
	return "", value
}

// values are a document's data as the form holds them.
func values(d document.Document) map[string]string {
	m := map[string]string{
		"number": d.Number, "notation": d.Notation, "day": d.Day.String(), "issuer": d.IssuerCode, "kind": d.Kind, "field": d.Field,
		"subject": d.Subject, "signer_name": d.SignerName, "signer_title": d.SignerTitle, "urgency": itoa(d.Urgency),
		"due": d.Due.String(), "note": d.Note,
	}
	if d.IssuerCode == "" {
		m["issuer"] = d.IssuerName
	}
	if d.Pages > 0 {
		m["pages"] = itoa(d.Pages)
	}
	return m
}
