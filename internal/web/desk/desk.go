// Package desk is the work desk (bàn làm việc): everything that waits for one
// person, grouped by what is to be done, most urgent first, each line with its
// one next action.
//
//	GET /    panels by step; a step without work has no panel
//
// Lines are the rows of document.Desk, so counts equal lists; a line vanishes
// when its act is done.
//
// law:HN20-7.1.b HT33-8.3.i
package desk

import (
	"embed"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

//go:embed *.html
var files embed.FS

// Routes enters the desk.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /{$}", s.Handle(show))
}

// page is the desk of one person.
type page struct {
	kit.Page
	Topic    string
	Summary  string // "Thứ Hai, 3 tháng 3, 2025 · 14 việc chờ, 1 việc quá hạn"
	MayPaper bool
	Next     string      // where the first document at the gate is, "" without one
	Keys     []part.Note // certificates and keys that want seeing to
	Panels   []panel
	Empty    part.Empty
	Week     *week
	Load     []load
}

// panel is one step group.
type panel struct {
	ID, Title, Icon string
	Rule            string // the deadline in words
	Rows            []row
	Count           int
	Batch           string // where many are signed at once, "" for one or none
	More            string // address of the rest, when the panel does not show all
}

// row is one line.
type row struct {
	Icon, Code, Stamp, Subject string
	Sub                        string
	Bad                        string
	Href, Verb                 string
	Due                        part.Tag
	First                      bool
}

// load is how much waits in a panel, for the side.
type load struct {
	Title string
	Count int
	Late  int
	Href  string
}

// most lines of one panel; the rest is a link away.
const panelLines = 12

var view = kit.NewView[page](files, "desk.html")

func show(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	p := page{Topic: x.Office.DeskTopic(), MayPaper: office.MayRegisterPaper(x.Actor) == nil,
		Empty: part.Empty{Icon: part.Icon("circle-check-big"), Title: "Không còn việc nào chờ", Text: "Văn bản được trình, giao hay gửi tới ông/bà sẽ tự hiện ở đây."}}
	var err error
	if p.Page, err = x.Page(r, "Bàn làm việc"); err != nil {
		return err
	}
	if t := x.Kit.TakeFlash(w, r); t != nil {
		p.Toast = t
	}
	err = x.Read(r, func(v *db.View) error {
		items, err := document.Desk(v, x.Actor, 0)
		if err != nil {
			return err
		}
		late, err := p.fill(v, x, items)
		if err != nil {
			return err
		}
		p.Summary = summary(x.Now(), items, late)
		if p.Keys, err = x.KeyNotes(v); err != nil {
			return err
		}
		if p.MayPaper {
			p.Week, err = weekOf(v, x)
		}
		return err
	})
	if err != nil {
		return err
	}
	return view.Show(w, r, p)
}

// fill sorts the items into their panels and gives the number that are late.
func (p *page) fill(v *db.View, x *seat.Seat, items []document.Item) (late int, err error) {
	for _, s := range order {
		g := panel{ID: s.id, Title: s.title, Icon: s.icon, Rule: s.rule}
		l := load{Title: s.title, Href: "#" + s.id}
		for _, it := range items {
			if !s.has(it.Step) {
				continue
			}
			g.Count++
			if !it.Due.IsZero() && x.Now().After(it.Due) {
				l.Late++
			}
			if p.Next == "" && it.Step == document.ToReceive {
				p.Next = address(it)
			}
			if len(g.Rows) == panelLines {
				g.More = s.all
				continue
			}
			line, err := rowOf(v, x, it)
			if err != nil {
				return late, err
			}
			g.Rows = append(g.Rows, line)
		}
		if g.Count == 0 {
			continue
		}
		if batched(items, s) > 1 {
			g.Batch = s.batch
		}
		late += l.Late
		l.Count = g.Count
		p.Panels, p.Load = append(p.Panels, g), append(p.Load, l)
	}
	p.fillFirst()
	return late, nil
}

// batched counts the lines of a group that can be signed together.
func batched(items []document.Item, g group) (n int) {
	for _, it := range items {
		switch it.Step {
		case document.ToApprove, document.ToSign, document.ToSeal, document.ToCopy:
			if g.has(it.Step) {
				n++
			}
		}
	}
	return n
}

// fillFirst fills the one most urgent button of the desk: a late or urgent line
// before others, else the first line.
func (p *page) fillFirst() {
	for _, urgent := range []bool{true, false} {
		for i := range p.Panels {
			for j := range p.Panels[i].Rows {
				line := &p.Panels[i].Rows[j]
				if !urgent || line.Due.Kind == "late" || line.Stamp != "" {
					line.First = true
					return
				}
			}
		}
	}
}

func rowOf(v *db.View, x *seat.Seat, it document.Item) (row, error) {
	d, w := it.Doc, words[it.Step]
	line := row{Icon: w.icon, Code: d.Code(), Stamp: d.Urgency.Stamp(), Subject: title(d), Href: address(it), Verb: w.verb}
	line.Due.Kind, line.Due.Text = x.Left(it.Due)
	if d.Number == "" {
		line.Code = ""
	}
	if d.Way == document.In {
		line.Icon = part.Icon("radio-tower")
		if d.Source == document.ByPaper {
			line.Icon = part.Icon("scan-line")
		}
		line.Sub = d.IssuerName + " · đến " + viet.ShortTime(d.ArrivedAt)
		if d.ArrivalNo > 0 {
			line.Sub = "Số đến " + strconv.FormatInt(d.ArrivalNo, 10) + " · " + line.Sub
		}
	} else {
		line.Sub = d.State.String() + " · từ " + viet.ShortTime(it.Since)
		if !d.Issued.IsZero() {
			line.Sub = "Phát hành " + viet.ShortTime(d.Issued)
		}
	}
	switch it.Step {
	case document.ToReceive:
		if it.Note != "" { // the sender has changed it since it came
			line.Sub += " · " + it.Note
		}
		return line, line.verdict(v, d)
	case document.ToChange:
		line.Sub += " · " + it.Note // what the sender did is no fault
	case document.ToFollow, document.ToPost:
		if err := line.trouble(v, it); err != nil || it.Step == document.ToFollow {
			return line, err
		}
		line.Sub, line.Bad = line.Sub+" · "+line.Bad, "" // paper to be sent is no fault
	case document.ToPresent:
		if _, err := document.Main(v, d.ID); err != nil {
			line.Verb = "Gắn bản quét"
			line.Sub += " · chưa có bản quét"
		}
	case document.ToCoordinate, document.ToRead, document.ToHandle, document.ToAssign:
		// the note is the role, which the panel already says
	default:
		line.Bad = it.Note // why it came back
	}
	return line, nil
}

// verdict says on the line what the signatures are worth.
func (line *row) verdict(v *db.View, d document.Document) error {
	list, err := document.Files(v, d.ID)
	if err != nil {
		return err
	}
	for _, f := range list {
		if f.Verdict == "invalid" && f.Slot != document.Earlier {
			line.Icon, line.Bad, line.Verb = part.Icon("shield-alert"), f.Sentence, "Xem và trả lại"
			return nil
		}
	}
	if f, err := document.Main(v, d.ID); err == nil {
		switch f.Verdict {
		case "valid":
			line.Sub += " · chữ ký hợp lệ"
		case "undecided":
			line.Sub += " · chữ ký chưa xác định"
		default:
			line.Sub += " · chưa có chữ ký số"
		}
	}
	return nil
}

// trouble says which recipient refused or waits for paper, or else what the line
// on the desk says.
func (line *row) trouble(v *db.View, it document.Item) error {
	list, err := exchange.Of(v, it.Document)
	if err != nil {
		return err
	}
	n := 0
	for _, l := range list {
		hit := it.Step == document.ToPost && l.State == exchange.OnPaper ||
			it.Step == document.ToFollow && (l.State == exchange.Refused || l.State == exchange.Failed || l.Declined())
		if !hit {
			continue
		}
		if n++; n == 1 {
			line.Bad = l.Name + ": " + l.State.String()
			if l.Declined() {
				line.Bad = l.Name + ": từ chối thu hồi"
			}
			if l.Note != "" {
				line.Bad += ", " + l.Note
			}
		}
	}
	if n == 0 {
		line.Bad = it.Note
	}
	if n > 1 {
		line.Bad += " · và " + strconv.Itoa(n-1) + " nơi nữa"
	}
	line.Sub += " · " + strconv.Itoa(n) + " trong " + strconv.Itoa(len(list)) + " nơi nhận"
	return nil
}

// address is where the work of an item is done.
func address(it document.Item) string {
	id := strconv.FormatInt(int64(it.Document), 10)
	switch {
	case it.Doc.Way == document.In:
		return "/den/" + id + "?buoc=" + string(it.Step)
	case it.Step == document.ToFollow || it.Step == document.ToPost:
		return "/gui-nhan/" + id
	}
	return "/di/" + id
}

func summary(now time.Time, items []document.Item, late int) string {
	s := viet.DayOf(now).Long() + " · " + strconv.Itoa(len(items)) + " việc chờ"
	urgent := 0
	for _, it := range items {
		if it.Doc.Urgency != document.Normal {
			urgent++
		}
	}
	if urgent > 0 {
		s += ", " + strconv.Itoa(urgent) + " việc gấp"
	}
	if late > 0 {
		s += ", " + strconv.Itoa(late) + " việc quá hạn"
	}
	return s
}

// title is how people name a document: its subject, with the kind before it
// where the subject goes on from it ("Báo cáo biên chế quý I").
// law:ND30-PL1.II.5
func title(d document.Document) string {
	if first, _ := utf8.DecodeRuneInString(d.Subject); unicode.IsLower(first) {
		kind, _ := law.KindByCode(d.Kind)
		return strings.TrimSpace(kind.Name + " " + d.Subject)
	}
	return d.Subject
}
