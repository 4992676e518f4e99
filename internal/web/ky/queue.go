package ky

import (
	"net/http"
	"slices"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

var queueView = kit.NewView[queuePage](files, "queue.html", "confirm.html")

type queuePage struct {
	kit.Page
	Work      string // ?viec=
	Verb      string
	Law       law.Ref
	Tabs      []part.Tab
	Topic     string
	Rows      []row
	Shown     *row
	PDF       part.PDF
	Facts     string // of the document shown
	Cert      part.Note
	Elsewhere bool // the key signs somewhere else, document by document
	Desk      bool // the key signs on the signer's machine, many at once
	Most      int
	Running   *part.Note
	Sum       *kit.Sum
	Confirm   *confirmation
	Empty     part.Empty
}

// row is one document that waits.
type row struct {
	ID      document.ID
	Code    string
	Subject string
	Under   string
	Stamp   string
	Due     part.Tag
	Ticked  bool
	Current bool
	Href    string // shows it here
	Page    string // its own page
}

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	q := r.URL.Query()
	p, err := queue(r, s, q.Get("viec"), chosen(strings.Split(q.Get("chon"), ",")))
	if err != nil {
		return err
	}
	p.reach(w)
	return queueView.Show(w, r, p)
}

// queue gathers the page; ticked are the documents chosen.
func queue(r *http.Request, s *seat.Seat, key string, ticked []document.ID) (p queuePage, err error) {
	p.Topic, p.Most = s.Office.DeskTopic(), law.Figure("sign.batch", viet.DayOf(s.Now()))
	err = s.Read(r, func(v *db.View) error { return p.load(v, r, s, key, ticked) })
	if err != nil {
		return p, err
	}
	p.Page, err = s.Page(r, "Ký số")
	p.Shape, p.Back = part.Trio, "/"
	return p, err
}

func (p *queuePage) load(v *db.View, r *http.Request, s *seat.Seat, key string, ticked []document.ID) error {
	mine := map[string][]document.Item{}
	for _, k := range works {
		list, err := waiting(v, s, k)
		if err != nil {
			return err
		}
		mine[k.key] = list
	}
	k := workOf(key)
	if key == "" {
		for _, x := range slices.Backward(works) { // the first kind of which something waits
			if len(mine[x.key]) > 0 {
				k = x
			}
		}
	}
	p.Work, p.Verb, p.Law = k.key, k.verb, k.law
	for _, x := range works {
		if n := len(mine[x.key]); n > 0 || x.key == k.key {
			p.Tabs = append(p.Tabs, part.Tab{Text: x.title, Href: "/ky-so?viec=" + x.key, Count: n, Current: x.key == k.key})
		}
	}
	p.rows(s, k, mine[k.key], chosen([]string{r.URL.Query().Get("xem")}), ticked)
	if err := p.running(v, s); err != nil {
		return err
	}
	p.Empty = part.Empty{Icon: part.Icon("circle-check-big"), Title: "Không có văn bản nào chờ ký", Text: "Văn bản được trình ông/bà ký, đã cấp số chờ ký số cơ quan, hoặc bản quét chờ ký bản sao, tự hiện ở đây."}
	if len(p.Rows) == 0 {
		return nil
	}
	if err := p.certificate(v, s, k); err != nil {
		return err
	}
	return p.sheet(v)
}

func (p *queuePage) rows(s *seat.Seat, k work, list []document.Item, shown, ticked []document.ID) {
	for i, it := range list {
		x := row{ID: it.Document, Code: it.Doc.Code(), Subject: it.Doc.Subject, Stamp: it.Doc.Urgency.Stamp(), Ticked: slices.Contains(ticked, it.Document),
			Under: it.Doc.SignerName + " ký", Href: "/ky-so?viec=" + k.key + "&xem=" + itoa(it.Document), Page: pageOf(it.Doc)}
		switch k.purpose {
		case signing.ByPerson:
			x.Under = "trình " + viet.ShortTime(it.Since)
		case signing.AsCopy:
			x.Under = it.Doc.IssuerName + " · số đến " + itoa(it.Doc.ArrivalNo)
		}
		x.Due.Kind, x.Due.Text = s.Left(it.Due)
		x.Current = slices.Contains(shown, it.Document) || len(shown) == 0 && i == 0
		p.Rows = append(p.Rows, x)
	}
	for i := range p.Rows {
		if p.Rows[i].Current {
			p.Shown = &p.Rows[i]
		}
	}
	if p.Shown == nil && len(p.Rows) > 0 { // the one asked for is signed already
		p.Shown, p.Rows[0].Current = &p.Rows[0], true
	}
}

// pageOf is the address of a document's own page.
func pageOf(d document.Document) string {
	if d.Way == document.In {
		return "/den/" + itoa(d.ID)
	}
	return "/di/" + itoa(d.ID)
}

// certificate tells with what the documents will be signed, and what is wrong
// with it before anybody presses. law:ND23-15
func (p *queuePage) certificate(v *db.View, s *seat.Seat, k work) error {
	c, err := k.certificate(v, s)
	if e, ok := fail.As(err); ok {
		p.Cert = part.Note{Kind: "late", Text: e.Text, Lines: []string{e.Next}, Laws: e.Refs}
		return nil
	} else if err != nil {
		return err
	}
	p.Cert = s.CertificateNote(c)
	p.Desk = c.Driver == signing.ByClient && k.purpose != signing.AsCopy // of a copy the program must know the form
	p.Elsewhere = c.Driver.HandsOut() && !p.Desk
	if p.Desk {
		p.Cert.Lines = append(p.Cert.Lines, "Khóa ký trên máy này, qua phần mềm ký số.")
	}
	if p.Elsewhere {
		p.Cert.Lines = append(p.Cert.Lines, "Khóa này ký ngoài rồi tải lên: mở từng văn bản để ký.")
	}
	return nil
}

// sheet shows the document as it stands: what was submitted, approved or
// signed.
func (p *queuePage) sheet(v *db.View) error {
	for _, slot := range []document.Slot{document.Signed_, document.Prepared, document.Body, document.Scan} {
		f, err := document.Newest(v, p.Shown.ID, slot)
		if fail.Is(err, fail.Hidden) || fail.Is(err, fail.Conflict) {
			continue
		}
		if err != nil {
			return err
		}
		if f.MIME == "application/pdf" {
			p.PDF = part.PDF{Src: "/tep/" + itoa(f.Document) + "/" + itoa(f.ID), Name: f.Name, Pages: max(f.Pages, 1)}
			return nil
		}
	}
	return nil
}

// running leads to the batch that is still at work.
func (p *queuePage) running(v *db.View, s *seat.Seat) error {
	b, err := signing.LatestBatch(v, s.Actor.ID)
	if fail.Is(err, fail.Hidden) || err == nil && b.Over(v.Now) {
		return nil
	}
	if err != nil {
		return err
	}
	p.Running = &part.Note{Kind: "brand", Icon: part.Icon("loader-circle"), Title: "Đang ký " + viet.Int(int64(len(b.Lines))) + " văn bản.",
		Text: "Đã ký " + viet.Int(int64(b.Signed())) + ".", Links: []part.Link{{Text: "Xem tiến độ", Href: seat.BatchAt(b.ID)}}}
	return nil
}
