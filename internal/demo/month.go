package demo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/paper"
	"vanthu/internal/register"
	"vanthu/internal/signing"
	"vanthu/law"
	"vanthu/viet"
)

// letter is one document of the month, from its draft to what became of it.
type letter struct {
	at      string // "2025-02-03 08:20", when it is drafted
	by      string // login of the drafter
	signer  string
	kind    string // "" is công văn
	about   string // trích yếu
	body    []string
	to      []string // stores of agencies, or names
	urgency document.Urgency
	reply   string      // what the receivers answer; "" leaves it with them
	stop    string      // where its way ends: "" issued, else review, form, approve, number, seal, check, issue
	unread  bool        // left at the receivers' gate
	instead document.ID // the issued document that it replaces
	amends  document.ID // the issued document that it corrects
	spoilt  bool        // damaged between the seal and the hub: its signature does not verify
}

// actor finds a person of the province as somebody who acts now.
func (w *World) actor(ctx context.Context, login string) (*office.Office, org.Actor, error) {
	for _, a := range province {
		if a.find(login).login == "" {
			continue
		}
		o, ok := w.Host.Office(a.code)
		if !ok {
			break
		}
		var p org.Person
		err := o.Read(ctx, func(v *db.View) (err error) {
			p, err = org.PersonByLogin(v, login)
			return err
		})
		if err != nil {
			return nil, org.Actor{}, err
		}
		who, err := o.Actor(ctx, p.ID, "127.0.0.1")
		return o, who, err
	}
	return nil, org.Actor{}, fmt.Errorf("demo: nobody is called %q", login)
}

func agencyOf(login string) agency {
	for _, a := range province {
		if a.find(login).login != "" {
			return a
		}
	}
	return agency{}
}

func byStore(store string) (agency, bool) {
	for _, a := range province {
		if a.store == store {
			return a, true
		}
	}
	return agency{}, false
}

// month makes the letters, in the order of their days, each going its whole way.
func (w *World) month(ctx context.Context) error {
	if err := w.beginBooks(ctx); err != nil {
		return err
	}
	if err := w.takePaper(ctx); err != nil {
		return fmt.Errorf("%s: %w", onPaper.code, err)
	}
	for _, l := range letters {
		t, err := time.ParseInLocation("2006-01-02 15:04", l.at, viet.Zone)
		if err != nil {
			return err
		}
		if err := w.Clock.Set(t); err != nil {
			return err
		}
		if err := w.write(ctx, l); err != nil {
			return fmt.Errorf("%s %q: %w", l.at, l.about, err)
		}
	}
	return nil
}

// beginBooks continues the numbers that were given before the product came.
func (w *World) beginBooks(ctx context.Context) error {
	last := map[string][2]int64{"ubt": {412, 318}, "stttt": {96, 71}, "snv": {130, 97}, "sxd": {401, 78}, "ubh": {155, 116}, "ubx": {61, 24}}
	for store, n := range last {
		a, _ := byStore(store)
		o, _ := w.Host.Office(a.code)
		err := o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
			if err := register.Begin(tx, document.In, register.Arrivals, 2025, n[0]); err != nil {
				return err
			}
			return register.Begin(tx, document.Out, "all", 2025, n[1])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sheet lays a letter out as its office would.
func (w *World) sheet(l letter) ([]byte, error) {
	a := agencyOf(l.by)
	kind, _ := law.KindByCode(l.kindCode())
	signer := agencyOf(l.signer).find(l.signer)
	d := paper.Document{Parent: a.superior, Agency: strings.ToUpper(a.name), Symbol: l.symbol(a), Place: a.place, Year: 2025,
		Subject: l.about, Title: strings.ToUpper(signer.title), Signer: signer.name, Kept: "VT", Made: w.Clock.Now()}
	if l.urgency != document.Normal {
		d.Urgency = l.urgency.String()
	}
	if kind.Abbr != "" {
		d.Kind = kind.Name
	}
	d.CopyTo = []string{"Như trên"}
	for _, t := range l.to {
		d.To = append(d.To, nameOf(t))
	}
	// Only letters and documents sent upward address somebody by name
	// (law:ND30-PL1.II.9a); the others list their recipients at the end.
	if k := l.kindCode(); k != "CV" && k != "TTr" && k != "BC" && k != "CĐ" {
		d.To, d.CopyTo = nil, d.To
	}
	for _, p := range l.paragraphs() {
		d.Body = append(d.Body, paper.Block{Text: p})
	}
	var b bytes.Buffer
	_, err := d.WriteTo(&b)
	return b.Bytes(), err
}

func nameOf(to string) string {
	if a, ok := byStore(to); ok {
		return a.name
	}
	return to
}

func (l letter) kindCode() string {
	if l.kind == "" {
		return "CV"
	}
	return l.kind
}

func (l letter) symbol(a agency) string {
	k, _ := law.KindByCode(l.kindCode())
	unit := "VP"
	for _, u := range a.units {
		for _, p := range u.people {
			if p.login == l.by {
				unit = u.short
			}
		}
	}
	return k.Symbol(a.short, unit)
}

func (l letter) paragraphs() []string {
	if len(l.body) > 0 {
		return l.body
	}
	return []string{
		"Thực hiện chương trình công tác năm 2025, " + agencyOf(l.by).name + " thông tin đến quý cơ quan về việc " + l.about + ".",
		"Đề nghị quý cơ quan phân công bộ phận đầu mối, rà soát nội dung thuộc phạm vi quản lý và phối hợp thực hiện đúng tiến độ đã thống nhất.",
		"Trong quá trình thực hiện nếu có khó khăn, vướng mắc, đề nghị phản ánh kịp thời để được hướng dẫn, tháo gỡ./.",
	}
}

func (l letter) recipients() []draft.Recipient {
	var out []draft.Recipient
	for _, t := range l.to {
		r := draft.Recipient{Name: nameOf(t)}
		if a, ok := byStore(t); ok {
			r.Code = a.code
		}
		for _, a := range outside {
			if a.Name == t {
				r.Code = a.Code
			}
		}
		out = append(out, r)
	}
	return out
}

// write takes a letter along its way, one act after the other, minutes apart.
func (w *World) write(ctx context.Context, l letter) error {
	o, drafter, err := w.actor(ctx, l.by)
	if err != nil {
		return err
	}
	_, signer, err := w.actor(ctx, l.signer)
	if err != nil {
		return err
	}
	data, err := w.sheet(l)
	if err != nil {
		return err
	}
	body, err := o.Keep(ctx, "Du-thao.pdf", bytes.NewReader(data))
	if err != nil {
		return err
	}
	about := l.about
	if l.kind == "" {
		about = "V/v " + about
	}
	id, err := o.CreateDraft(ctx, drafter, office.DraftInput{Kind: l.kindCode(), Subject: about, Urgency: l.urgency,
		Signer: signer.ID, Recipients: l.recipients(), Body: &body, Replaces: l.instead, Corrects: l.amends})
	if err != nil || l.stop == "draft" {
		return err
	}
	if l.spoilt {
		return w.writeSpoilt(ctx, o, id, l, drafter, signer)
	}
	if err := w.walk(ctx, o, id, l, drafter, signer); err != nil || l.stop != "" {
		return err
	}
	if err := w.Settle(ctx); err != nil {
		return err
	}
	for _, store := range l.to {
		if a, ok := byStore(store); ok && !l.unread {
			if err := w.handle(ctx, a, l); err != nil {
				return fmt.Errorf("%s: %w", a.short, err)
			}
		}
	}
	return w.Settle(ctx)
}

// writeSpoilt sends a letter whose sealed file lost its integrity on the
// sender's disk, so that receivers have one to return (law:HT33-8.2.iii).
func (w *World) writeSpoilt(ctx context.Context, o *office.Office, id document.ID, l letter, drafter, signer org.Actor) error {
	l.stop = "issue"
	if err := w.walk(ctx, o, id, l, drafter, signer); err != nil {
		return err
	}
	if err := spoil(ctx, o, id); err != nil {
		return err
	}
	if err := w.walkOne(ctx, o, id, "issue", drafter, signer); err != nil {
		return err
	}
	return w.Settle(ctx)
}

// spoil puts the sealed file of a document aside for one with a flipped byte.
func spoil(ctx context.Context, o *office.Office, id document.ID) error {
	var f document.File
	err := o.Read(ctx, func(v *db.View) (err error) {
		f, err = document.Newest(v, id, document.Sealed_)
		return err
	})
	if err != nil {
		return err
	}
	data, err := o.Blobs.Read(f.Hash)
	if err != nil {
		return err
	}
	data[bytes.Index(data, []byte("/Contents <"))-200]++
	if f.Hash, err = o.Blobs.PutBytes(ctx, data); err != nil {
		return err
	}
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := document.AddFile(tx, f)
		return err
	})
}

// step is one act on the way of an outgoing document, and how long it is until
// somebody does it.
type step struct {
	name string
	wait time.Duration
	act  func() error
}

// walk is the way of an outgoing document from Submit to Issue.
func (w *World) walk(ctx context.Context, o *office.Office, id document.ID, l letter, drafter, signer org.Actor) error {
	steps, err := w.steps(ctx, o, id, drafter, signer)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if s.name == l.stop {
			return nil
		}
		if err := w.Clock.Advance(s.wait); err != nil {
			return err
		}
		if err := s.act(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// walkOne does the one step of the way that has this name.
func (w *World) walkOne(ctx context.Context, o *office.Office, id document.ID, name string, drafter, signer org.Actor) error {
	steps, err := w.steps(ctx, o, id, drafter, signer)
	for _, s := range steps {
		if s.name == name {
			return s.act()
		}
	}
	return err
}

// steps are the acts of the way, by whoever holds the role today.
func (w *World) steps(ctx context.Context, o *office.Office, id document.ID, drafter, signer org.Actor) ([]step, error) {
	head, err := w.holder(ctx, o, org.UnitLeader, drafter.Unit)
	if err != nil {
		return nil, err
	}
	chief, err := w.holder(ctx, o, org.Chief, 0)
	if err != nil {
		return nil, err
	}
	clerk, err := w.holder(ctx, o, org.Clerk, 0)
	if err != nil {
		return nil, err
	}
	if chief.ID == 0 {
		chief = clerk
	}
	return []step{
		{"submit", 10 * time.Minute, func() error { return o.Submit(ctx, drafter, id) }},
		{"review", 45 * time.Minute, func() error {
			if head.ID == 0 || head.ID == drafter.ID {
				return nil
			}
			return o.PassContent(ctx, head, id, "Đồng ý nội dung, kính trình.")
		}},
		{"form", 20 * time.Minute, func() error { return o.PassForm(ctx, chief, id, "Thể thức đạt.") }},
		{"approve", 35 * time.Minute, func() error { return o.Approve(ctx, signer, id, office.Places{}) }},
		{"sign", time.Minute, func() error { return o.Sign(ctx, signer, id, signing.Consent{}) }},
		{"number", 12 * time.Minute, func() error { return o.Number(ctx, clerk, id) }},
		{"seal", 3 * time.Minute, func() error { return o.Seal(ctx, clerk, id, signing.Consent{}) }},
		{"check", 5 * time.Minute, func() error { return o.FinalCheck(ctx, chief, id, "") }},
		{"issue", 2 * time.Minute, func() error { return o.Issue(ctx, clerk, id) }},
	}, nil
}

// holder is somebody who holds a role; the zero actor when nobody does.
func (w *World) holder(ctx context.Context, o *office.Office, r org.Role, u org.UnitID) (org.Actor, error) {
	var who org.PersonID
	err := o.Read(ctx, func(v *db.View) error {
		list, err := org.WithRole(v, r, viet.DayOf(v.Now))
		if r == org.UnitLeader {
			if list, err = nil, error(nil); u != 0 {
				list, err = org.Heads(v, u, viet.DayOf(v.Now))
			}
		}
		if len(list) > 0 {
			who = list[0].ID
		}
		return err
	})
	if err != nil || who == 0 {
		return org.Actor{}, err
	}
	return o.Actor(ctx, who, "127.0.0.1")
}

// handle takes the newest arrival of an agency in, and on to its end when the
// letter was answered.
func (w *World) handle(ctx context.Context, a agency, l letter) error {
	o, _ := w.Host.Office(a.code)
	clerk, err := w.holder(ctx, o, org.Clerk, 0)
	if err != nil {
		return err
	}
	leader, err := w.holder(ctx, o, org.Head, 0)
	if err != nil {
		return err
	}
	var d document.Document
	err = o.Read(ctx, func(v *db.View) error {
		list, err := document.List(v, clerk, document.Filter{Way: document.In, States: []document.State{document.Arrived}, Limit: 1})
		if err == nil && len(list) == 1 {
			d = list[0]
		}
		return err
	})
	if err != nil || d.ID == 0 {
		return err
	}
	if err := w.Clock.Advance(9 * time.Minute); err != nil {
		return err
	}
	if err := o.Receive(ctx, clerk, d.ID, arrivalOf(d, leader.ID)); err != nil || l.reply == "" {
		return err
	}
	return w.answer(ctx, o, d.ID, leader, l)
}

func arrivalOf(d document.Document, leader org.PersonID) office.ArrivalInput {
	return office.ArrivalInput{Kind: d.Kind, Number: d.Number, Notation: d.Notation, Day: d.Day, IssuerCode: d.IssuerCode, IssuerName: d.IssuerName,
		Subject: d.Subject, Urgency: d.Urgency, SignerName: d.SignerName, SignerTitle: d.SignerTitle, Pages: d.Pages, Due: d.Due, PresentTo: leader}
}

// answer directs a document to an official, who reports the result.
func (w *World) answer(ctx context.Context, o *office.Office, id document.ID, leader org.Actor, l letter) error {
	official, err := w.holder(ctx, o, org.Official, 0)
	if err != nil || official.ID == 0 {
		return err
	}
	if err := w.Clock.Advance(50 * time.Minute); err != nil {
		return err
	}
	due := viet.DayOf(w.Clock.Now()).Add(7)
	err = o.Direct(ctx, leader, id, office.DirectInput{Text: "Giao đồng chí " + official.Short() + " nghiên cứu, tham mưu thực hiện.", Lead: org.Of(official.ID), Due: due})
	if err != nil {
		return err
	}
	if err := w.Clock.Advance(2 * time.Hour); err != nil {
		return err
	}
	if err := o.OpenTask(ctx, official, id); err != nil {
		return err
	}
	if err := w.Clock.Advance(3 * time.Hour); err != nil {
		return err
	}
	if err := o.Complete(ctx, official, id, l.reply, 0); err != nil {
		return err
	}
	clerk, err := w.holder(ctx, o, org.Clerk, 0)
	if err != nil {
		return err
	}
	return o.Close(ctx, clerk, id)
}
