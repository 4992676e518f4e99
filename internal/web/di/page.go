package di

import (
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/luong"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

var docView = kit.NewView[docPage](files, "document.html", "now.html", "away.html", "tabs.html")

type docPage struct {
	kit.Page
	Doc       document.Document
	Kind      string
	State     part.Tag
	Urgent    string
	Due       part.Tag
	Under     string // the line under the subject
	OnDesk    bool   // the page may speak with the signing program of this machine
	Topic     string // of the document, for live pages
	DeskTopic string
	Queue     queue
	Sheet     sheet
	Tabs      []part.Tab
	Part      string // the tab shown
	Now       *now
	Info      *info
	Versions  []version
	Signs     []signReport
	Together  []check // of the signatures of a file together
	Kept      string  // address of the report of their examination
	SignNote  *part.Note
	Events    []part.Event
}

// queue is the list on the left.
type queue struct {
	Title string
	At, N int // "3 / 7"
	Rows  []queueRow
}

type queueRow struct {
	document.Document
	Due     part.Tag
	Under   string
	Current bool
}

// sheet is the document in the middle.
type sheet struct {
	Files []fileTab
	PDF   part.PDF
	Other *document.File // shown by its name only: no PDF
	Gone  bool           // destroyed by a recall
	Ask   bool           // the place of the signature is asked for
}

type fileTab struct {
	Name, Href string
	Current    bool
	Download   bool
}

// dossier is what a page needs to know of one document.
type dossier struct {
	doc   document.Document
	dr    draft.Draft
	files []document.File
	mine  document.Waiting // what waits for this person; ID 0 when nothing does
	story luong.Story
	to    []draft.Recipient
}

func load(v *db.View, x *seat.Seat, id document.ID) (d dossier, err error) {
	if d.doc, err = x.Outgoing(v, id); err != nil {
		return d, err
	}
	if d.dr, err = draft.Of(v, id); err != nil {
		return d, err
	}
	if d.files, err = document.Files(v, id); err != nil {
		return d, err
	}
	if d.to, err = draft.Recipients(v, id); err != nil {
		return d, err
	}
	d.story, err = luong.Load(v, x, id)
	return d, err
}

// parts are the tabs of the side.
var parts = []struct{ key, name string }{
	{"xu-ly", "Xử lý"}, {"thong-tin", "Thông tin"}, {"phien-ban", "Phiên bản"}, {"chu-ky", "Chữ ký"}, {"luong", "Luồng"}, {"lich-su", "Lịch sử"},
}

func show(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	p, err := page(r, x, id, nil, nil)
	if err != nil {
		return err
	}
	p.reach(w)
	return docView.Show(w, r, p)
}

// reach opens the one way that a page needs whose key signs on this machine.
func (p docPage) reach(w http.ResponseWriter) {
	if p.OnDesk {
		kit.Reach(w, seat.SigningProgram)
	}
}

// showRefused shows the page again after an act was refused: what was typed
// stands in the form, or in the act's dialog, which is open.
func showRefused(w http.ResponseWriter, r *http.Request, x *seat.Seat, id document.ID, a act, f *kit.Form) error {
	p, err := page(r, x, id, &a, f)
	if err != nil {
		return err
	}
	p.reach(w)
	return docView.ShowAs(w, r, f.Status(), p)
}

// page gathers the page of a document. After a refusal, failed is the act and f
// what was sent.
func page(r *http.Request, x *seat.Seat, id document.ID, failed *act, f *kit.Form) (p docPage, err error) {
	var d dossier
	err = x.Read(r, func(v *db.View) error {
		if d, err = load(v, x, id); err != nil {
			return err
		}
		var list []document.Item
		if d.mine, list, err = queueFor(v, x, id); err != nil {
			return err
		}
		if p.Queue, err = drawQueue(v, x, d, list); err != nil {
			return err
		}
		if p.OnDesk, err = seat.SignsOnDesk(v, x); err != nil {
			return err
		}
		return p.fill(v, r, x, d, failed, f)
	})
	if err != nil {
		return p, err
	}
	if err := p.outside(r, x, d, f); err != nil {
		return p, err
	}
	p.Page, err = x.Page(r, d.doc.Code()+" · "+p.Queue.Title)
	p.Shape, p.Open, p.Back = part.Trio, true, "/"
	if p.Queue.N > 1 {
		p.Title = p.Queue.Title + " " + strconv.Itoa(p.Queue.At) + "/" + strconv.Itoa(p.Queue.N)
	}
	return p, err
}

// fill is everything that the store tells.
func (p *docPage) fill(v *db.View, r *http.Request, x *seat.Seat, d dossier, failed *act, f *kit.Form) (err error) {
	kind, _ := law.KindByCode(d.doc.Kind)
	p.Doc, p.Kind, p.State, p.Urgent = d.doc, kind.Name, stateTag(d.doc.State), d.doc.Urgency.String()
	p.Due.Kind, p.Due.Text = x.Left(d.mine.Due)
	p.Topic, p.DeskTopic = x.Office.Topic(d.doc.ID), x.Office.DeskTopic()
	if p.Under, err = under(v, d); err != nil {
		return err
	}
	p.chooseTab(r, failed)
	switch p.Part {
	case "thong-tin":
		p.Info, err = drawInfo(v, x, d)
	case "phien-ban":
		p.Versions, err = drawVersions(v, d)
	case "luong":
		p.Events = d.story.Events()
		p.Info, err = drawDeliveries(v, d)
	case "lich-su":
		p.Events = d.story.Timeline(0)
	case "xu-ly":
		p.Now, err = drawNow(v, r, x, d, failed, f)
		if p.Now != nil && len(p.Now.Opinions) == 0 {
			p.Events = d.story.Timeline(4)
		}
	}
	return err
}

// chooseTab sets the tabs; a refused act is shown where it was pressed.
func (p *docPage) chooseTab(r *http.Request, failed *act) {
	want := r.URL.Query().Get("phan")
	p.Part = parts[0].key
	for _, t := range parts {
		if t.key == want && failed == nil {
			p.Part = want
		}
	}
	file := ""
	if tep := r.URL.Query().Get("tep"); tep != "" {
		if n, ok := wholeNumber(tep); ok {
			file = "&tep=" + itoa(n)
		}
	}
	for _, t := range parts {
		p.Tabs = append(p.Tabs, part.Tab{Text: t.name, Href: path(p.Doc.ID) + "?phan=" + t.key + file, Current: t.key == p.Part})
	}
}

// under is the line under the subject: who wrote it, for whom, when.
func under(v *db.View, d dossier) (string, error) {
	who, err := newPeople(v).find(d.dr.Drafter)
	if err != nil {
		return "", err
	}
	s := who.Name + " soạn"
	if d.doc.SignerName != "" {
		s += " · " + d.doc.SignerName + " ký"
	}
	s += " · phiên bản " + itoa(d.dr.Version)
	if !d.doc.Day.IsZero() {
		s += " · " + d.doc.Day.String()
	}
	return s, nil
}

// outside is what needs files: the document itself, and signature reports.
func (p *docPage) outside(r *http.Request, x *seat.Seat, d dossier, f *kit.Form) error {
	tep, _ := wholeNumber(r.URL.Query().Get("tep"))
	shown := p.drawSheet(d, document.FileID(tep))
	if p.Now != nil {
		if err := p.Now.look(r, x, d, &p.Sheet, f); err != nil {
			return err
		}
		if err := p.Now.consent(r, x, f); err != nil {
			return err
		}
		if p.Now.Step == document.ToIssue {
			p.Now.plan(r, x, d.doc.ID)
		}
	}
	if p.Part == "chu-ky" {
		return p.drawSigns(x, shown)
	}
	return nil
}

// drawSheet chooses the file to show: the one asked for, or the document
// itself at the furthest it has come.
func (p *docPage) drawSheet(d dossier, want document.FileID) document.File {
	list := shownFiles(d)
	var shown document.File
	for i, f := range list {
		if f.ID == want || (want == 0 && i == 0) {
			shown = f
		}
	}
	if shown.ID == 0 && want != 0 { // a file of an older version
		for _, f := range d.files {
			if f.ID == want {
				shown = f
				list = append(list, f)
			}
		}
	}
	if shown.ID == 0 && len(list) > 0 {
		shown = list[0]
	}
	for _, f := range list {
		t := fileTab{Name: f.Name, Href: path(d.doc.ID) + "?phan=" + p.Part + "&tep=" + itoa(f.ID), Current: f.ID == shown.ID}
		if f.ID == list[0].ID {
			t.Name = p.Kind
		}
		if f.MIME != "application/pdf" {
			t.Href, t.Download = fileAddress(f)+"?tai=1", true
		}
		p.Sheet.Files = append(p.Sheet.Files, t)
	}
	switch {
	case shown.Closed:
		p.Sheet.Gone = true
	case shown.MIME == "application/pdf":
		p.Sheet.PDF = part.PDF{Src: fileAddress(shown), Name: shown.Name, Pages: max(shown.Pages, 1)}
	case shown.ID != 0:
		p.Sheet.Other = &shown
	}
	return shown
}

func fileAddress(f document.File) string { return "/tep/" + itoa(f.Document) + "/" + itoa(f.ID) }

// shownFiles are the document and its annexes as they stand now: signed ones
// instead of those they were made from.
func shownFiles(d dossier) []document.File {
	var main document.File
	for _, slot := range []document.Slot{document.Sealed_, document.Signed_, document.Prepared, document.Body} {
		for _, f := range d.files {
			if f.Slot == slot && (f.Version == d.dr.Version || f.Version == 0) {
				main = f
			}
		}
		if main.ID != 0 {
			break
		}
	}
	var list, sealed []document.File
	for _, f := range d.files {
		switch {
		case f.Version != d.dr.Version:
		case f.Slot == document.Annex:
			list = append(list, f)
		case f.Slot == document.SealedAnnex:
			sealed = append(sealed, f)
		}
	}
	for i, a := range list {
		for _, s := range sealed {
			if s.Name == a.Name {
				list[i] = s
			}
		}
	}
	if main.ID == 0 {
		return list
	}
	return append([]document.File{main}, list...)
}

// queueFor finds what waits for the person at a document, and everything of
// his that waits for the same; delivery boards are no queue of this page.
func queueFor(v *db.View, x *seat.Seat, id document.ID) (mine document.Waiting, list []document.Item, err error) {
	desk, err := document.Desk(v, x.Actor, 0)
	if err != nil {
		return mine, nil, err
	}
	for _, it := range desk {
		if it.Document == id && (mine.ID == 0 || aboutDelivery(mine.Step)) {
			mine = it.Waiting
		}
	}
	for _, it := range desk {
		if mine.ID != 0 && it.Step == mine.Step && it.Doc.Way == document.Out {
			list = append(list, it)
		}
	}
	return mine, list, nil
}

const queueLimit = 60

// drawQueue shows the queue of the person's step; somebody who has nothing to
// do here sees the newest documents.
func drawQueue(v *db.View, x *seat.Seat, d dossier, list []document.Item) (queue, error) {
	if d.mine.ID == 0 {
		return recent(v, x, d)
	}
	q := queue{Title: steps[d.mine.Step].title, N: len(list)}
	for i, it := range list {
		if it.Document == d.doc.ID {
			q.At = i + 1
		}
	}
	first := max(0, q.At-queueLimit/2)
	for _, it := range list[first:min(first+queueLimit, len(list))] {
		rw := queueRow{Document: it.Doc, Under: it.Doc.SignerName, Current: it.Document == d.doc.ID}
		rw.Due.Kind, rw.Due.Text = x.Left(it.Due)
		q.Rows = append(q.Rows, rw)
	}
	return q, nil
}

func recent(v *db.View, x *seat.Seat, d dossier) (queue, error) {
	list, err := document.List(v, x.Actor, document.Filter{Way: document.Out, Limit: 20})
	q := queue{Title: "Văn bản đi"}
	for _, it := range list {
		q.Rows = append(q.Rows, queueRow{Document: it, Under: it.State.String(), Current: it.ID == d.doc.ID, Due: part.Tag{Text: viet.ShortTime(it.Updated)}})
	}
	return q, err
}
