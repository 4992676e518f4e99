// Package tim searches (tìm kiếm): documents by number, subject, issuer, signer
// and the text of their files, and people, with or without marks.
//
//	GET /tim?q=quy+hoach
//
// The page works as a plain form; with script the answer follows the typing in
// the search box of the bar. What is found, and within whose rights, package
// office decides.
//
// law:HT33-20.4
package tim

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/search"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

type page struct {
	kit.Page
	Groups []group
	People []person
	Empty  part.Empty
}

// group is the documents of one way.
type group struct {
	Title, Icon string
	Count       string
	Rows        []row
	All         string // the register, narrowed by the same words; empty when all are here
}

type row struct {
	Href, Icon, Stamp string
	Code, Subject     []search.Piece
	Sub               []search.Piece
	Excerpt           []search.Piece
	Day               string
	State             part.Tag
}

type person struct {
	Name, Sub []search.Piece
	Initials  string
}

var view = kit.NewView[page](files, "tim.html")

// Routes enters the page.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /tim", s.Handle(show))
}

// perGroup is how many documents of a way stand on the page.
const perGroup = 30

func show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	shell, err := s.Page(r, "Tìm kiếm")
	if err != nil {
		return err
	}
	words := search.Parse(r.URL.Query().Get("q"))
	shell.Query = words.Typed
	p := page{Page: shell, Empty: nothing(words)}
	if words.None() {
		return view.Show(w, r, p)
	}
	found, err := s.Office.Search(r.Context(), s.Actor, words, perGroup)
	if err != nil {
		return err
	}
	p.add(words, "Văn bản đến", part.Icon("inbox"), "/den/", found.In, found.MoreIn)
	p.add(words, "Văn bản đi", part.Icon("send"), "/di/", found.Out, found.MoreOut)
	err = s.Read(r, func(v *db.View) error {
		list, err := org.People(v)
		p.addPeople(words, list)
		return err
	})
	if err != nil {
		return err
	}
	return view.Show(w, r, p)
}

func (p *page) add(w search.Words, title, icon, list string, hits []office.Hit, more bool) {
	if len(hits) == 0 {
		return
	}
	g := group{Title: title, Icon: icon, Count: strconv.Itoa(len(hits))}
	if more {
		g.Count += "+"
		g.All = list + "?q=" + url.QueryEscape(w.Typed)
	}
	for _, h := range hits {
		g.Rows = append(g.Rows, rowOf(w, h))
	}
	p.Groups = append(p.Groups, g)
}

func rowOf(w search.Words, h office.Hit) row {
	d := h.Document
	day := d.Day
	x := row{Href: "/di/" + strconv.FormatInt(int64(d.ID), 10), Icon: part.Icon("send"), Stamp: d.Urgency.Stamp(), Excerpt: h.Excerpt}
	if d.Way == document.In {
		x.Href = "/den/" + strconv.FormatInt(int64(d.ID), 10)
		x.Icon = part.Icon("radio-tower")
		if d.Source == document.ByPaper {
			x.Icon = part.Icon("scan-line")
		}
		day = viet.DayOf(d.ArrivedAt)
	}
	if day.IsZero() {
		day = viet.DayOf(d.Created)
	}
	mark := w.Mark
	if h.Excerpt != nil {
		// The words stand together in the file; one of them alone in the
		// register line is chance.
		mark = func(s string) []search.Piece { return []search.Piece{{Text: s}} }
	}
	x.Code, x.Subject, x.Day = mark(d.Code()), mark(d.Subject), day.String()
	x.Sub = mark(strings.Join(filled(d.IssuerName, d.SignerName, d.Field, arrivalNo(d)), " · "))
	x.State = stateTag(d.State)
	return x
}

func arrivalNo(d document.Document) string {
	if d.ArrivalNo == 0 {
		return ""
	}
	return "số đến " + strconv.FormatInt(d.ArrivalNo, 10)
}

func filled(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// stateTag colours a state: green is done, red refused or taken back.
func stateTag(s document.State) part.Tag {
	kind := "brand"
	switch s {
	case document.Done, document.Closed, document.Issued, document.Filed:
		kind = "ok"
	case document.Refused, document.Recalled, document.Cancelled:
		kind = "late"
	case document.Arrived, document.Held, document.Draft, document.Replaced:
		kind = ""
	}
	return part.Tag{Kind: kind, Text: s.String()}
}

// maxPeople bounds the people on the page.
const maxPeople = 12

func (p *page) addPeople(w search.Words, list []org.Person) {
	for _, x := range list {
		sub := strings.Join(filled(x.Title, x.UnitName), " · ")
		if len(p.People) < maxPeople && w.Head(x.Name+" "+x.Login) {
			p.People = append(p.People, person{w.Mark(x.Name), w.Mark(sub), x.Initials()})
		}
	}
}

// Nothing says that no group has a line.
func (p page) Nothing() bool { return len(p.Groups) == 0 && len(p.People) == 0 }

// Total is the head line of the page.
func (p page) Total() string {
	if p.Query == "" {
		return "Số, ký hiệu, trích yếu, cơ quan, người ký, nội dung tệp; có dấu hay không dấu đều được."
	}
	var list []string
	for _, g := range p.Groups {
		list = append(list, g.Count+" "+strings.ToLower(g.Title[:1])+g.Title[1:])
	}
	if n := len(p.People); n > 0 {
		list = append(list, strconv.Itoa(n)+" người")
	}
	if len(list) == 0 {
		return "Không có kết quả cho “" + p.Query + "”"
	}
	return strings.Join(list, ", ") + " cho “" + p.Query + "”"
}

func nothing(w search.Words) part.Empty {
	if w.None() {
		return part.Empty{Icon: part.Icon("search"), Title: "Tìm trong mọi văn bản được xem", Text: "Gõ số và ký hiệu (120/UBH-VP), vài từ của trích yếu, tên cơ quan hoặc người ký. Gõ không dấu cũng tìm thấy; gõ có dấu thì khớp đúng dấu."}
	}
	return part.Empty{Icon: part.Icon("search-x"), Title: "Không tìm thấy văn bản nào", Text: "Thử bớt từ hoặc bỏ dấu. Chỉ tìm trong những văn bản ông/bà được xem."}
}
