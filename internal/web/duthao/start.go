package duthao

import (
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/web/seat"
	"vanthu/law"
)

// opening is what a form starts with: values, agencies chosen, and the
// document it starts from.
type opening struct {
	values map[string]string
	to     map[string]bool
	source *source
}

// source is the document that a draft starts from.
type source struct {
	Label, Name, Value   string // hidden field: name, value
	Code, Subject, About string
	Href                 string
}

// start fills a new form: an answer goes to the issuer of what it answers; a
// repeat takes over what was sent, for the recipient that turned it down; a
// replacement or correction goes to whoever got what was wrong.
func start(v *db.View, x *seat.Seat, c choices, get func(string) string) (opening, error) {
	open := opening{values: map[string]string{"kind": "CV"}, to: map[string]bool{}}
	if id := get("tra-loi"); id != "" {
		return open.reply(v, x, c, id)
	}
	if id := get("gui-lai"); id != "" {
		return open.repeat(v, x, id, get("noi-nhan"))
	}
	if id := get("thay-the"); id != "" {
		return open.replace(v, x, c, id)
	}
	if id := get("dinh-chinh"); id != "" {
		return open.correct(v, x, c, id)
	}
	return open, nil
}

func (o opening) reply(v *db.View, x *seat.Seat, c choices, text string) (opening, error) {
	id, err := seat.ID[document.ID](text)
	if err != nil {
		return o, err
	}
	d, err := x.Incoming(v, id)
	if err != nil {
		return o, err
	}
	kind, _ := law.KindByCode(d.Kind)
	o.values["subject"] = "V/v trả lời " + kind.Name + " số " + d.Code()
	if !d.Day.IsZero() {
		o.values["subject"] += " ngày " + d.Day.String()
	}
	o.values["field"], o.values["urgency"] = d.Field, itoa(d.Urgency)
	if _, ok := c.agency(d.IssuerCode); ok {
		o.to[d.IssuerCode] = true
	} else {
		o.values["others"] = d.IssuerName
	}
	o.source = &source{Label: "Trả lời văn bản", Name: "tra-loi", Value: itoa(id), Code: d.Code(), Subject: d.Subject, About: d.IssuerName, Href: "/den/" + itoa(id)}
	return o, nil
}

// replace takes over everything of the document whose content is wrong.
// law:ND30-18.3
func (o opening) replace(v *db.View, x *seat.Seat, c choices, text string) (opening, error) {
	d, dr, err := issued(v, x, text)
	if err != nil {
		return o, err
	}
	o.values = values(d, dr)
	o.source = &source{Label: "Thay thế văn bản", Name: "thay-the", Value: text, Code: d.Code(), Subject: d.Subject, Href: "/di/" + text,
		About: "Khi phát hành, văn bản cũ hết hiệu lực và mọi nơi đã nhận đều được báo."}
	return o.everybody(v, c, d.ID)
}

// correct begins the letter that corrects a wrong form. law:ND30-18.3
func (o opening) correct(v *db.View, x *seat.Seat, c choices, text string) (opening, error) {
	d, dr, err := issued(v, x, text)
	if err != nil {
		return o, err
	}
	kind, _ := law.KindByCode(d.Kind)
	o.values = values(d, dr)
	o.values["kind"], o.values["due"] = "CV", ""
	o.values["subject"] = "V/v đính chính " + kind.Name + " số " + d.Code() + " ngày " + d.Day.String()
	o.source = &source{Label: "Đính chính văn bản", Name: "dinh-chinh", Value: text, Code: d.Code(), Subject: d.Subject, Href: "/di/" + text,
		About: "Văn bản đã phát hành giữ nguyên; nơi nhận thấy công văn đính chính bên cạnh."}
	return o.everybody(v, c, d.ID)
}

// issued reads a document that has gone out, with its draft.
func issued(v *db.View, x *seat.Seat, text string) (d document.Document, dr draft.Draft, err error) {
	id, err := seat.ID[document.ID](text)
	if err != nil {
		return d, dr, err
	}
	if d, err = x.Outgoing(v, id); err != nil {
		return d, dr, err
	}
	dr, err = draft.Of(v, id)
	return d, dr, err
}

// everybody chooses the recipients of an earlier document.
func (o opening) everybody(v *db.View, c choices, id document.ID) (opening, error) {
	list, err := draft.Recipients(v, id)
	o.values["others"] = c.choose(list, o.to)
	return o, err
}

func (o opening) repeat(v *db.View, x *seat.Seat, text, to string) (opening, error) {
	d, dr, err := issued(v, x, text)
	if err != nil {
		return o, err
	}
	o.values = values(d, dr)
	o.to[to] = true
	o.source = &source{Label: "Bổ sung, gửi lại văn bản", Name: "gui-lai", Value: text, Code: d.Code(), Subject: d.Subject, About: "Văn bản đã phát hành giữ nguyên số; bản bổ sung lấy số mới.", Href: "/gui-nhan/" + text}
	return o, nil
}

// values are a draft's data as the form holds them.
func values(d document.Document, dr draft.Draft) map[string]string {
	return map[string]string{"kind": d.Kind, "subject": d.Subject, "field": d.Field, "urgency": itoa(d.Urgency), "mark": d.Mark,
		"signer": itoa(dr.Signer), "capacity": dr.Capacity, "due": d.Due.String()}
}
