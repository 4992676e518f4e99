package duthao

import (
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/org"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/viet"
)

var listView = kit.NewView[listPage](files, "list.html")

type listPage struct {
	kit.Page
	Topic  string
	Query  string
	Panels []panel
	Total  int
	Empty  part.Empty
}

// panel is a group of drafts that are in the same hands.
type panel struct {
	Title, Icon, Aside string
	Rows               []row
}

// row is one draft.
type row struct {
	document.Document
	Kind    string
	Version int
	Drafter string // when that is somebody else
	Holder  string // who has it now, when that is somebody else
	Since   string
	Return  string // the opinion it came back with
	Due     part.Tag
	Verb    string
	Href    string
	First   bool // the filled button of the page
}

// writing are the states of a document that is still a draft.
var writing = []document.State{document.Draft, document.UnitReview, document.FormCheck, document.LeaderReview, document.Approved}

const listLimit = 200

func showList(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	p := listPage{Topic: x.Office.DeskTopic(), Query: r.FormValue("q")}
	var err error
	if p.Page, err = x.Page(r, "Dự thảo"); err != nil {
		return err
	}
	err = x.Read(r, func(v *db.View) error {
		list, err := document.List(v, x.Actor, document.Filter{Way: document.Out, States: writing, Words: p.Query, Limit: listLimit})
		if err != nil {
			return err
		}
		p.Total = len(list)
		p.Panels, err = sortOut(v, x, list)
		return err
	})
	if err != nil {
		return err
	}
	p.Empty = emptyList(p.Query)
	return listView.Show(w, r, p)
}

func emptyList(query string) part.Empty {
	if query != "" {
		return part.Empty{Icon: part.Icon("search-x"), Title: "Không có dự thảo nào khớp", Text: "Thử ít từ hơn; có dấu hay không dấu đều được.",
			Links: []part.Link{{Text: "Xem tất cả", Href: "/du-thao"}}}
	}
	return part.Empty{Icon: part.Icon("file-pen"), Title: "Chưa có dự thảo nào", Text: "Dự thảo của ông/bà và dự thảo đang chờ ông/bà xem hiện ở đây.",
		Links: []part.Link{{Text: "Soạn dự thảo", Href: "/du-thao/moi", Icon: part.Icon("plus"), Kind: "pri"}}}
}

// sortOut puts every draft into the panel of who has it: the person to review,
// the person as its drafter, or somebody else.
func sortOut(v *db.View, x *seat.Seat, list []document.Document) ([]panel, error) {
	review := panel{Title: "Chờ ông/bà xem", Icon: part.Icon("eye"), Aside: "duyệt nội dung, thể thức, ký"}
	mine := panel{Title: "Đang soạn", Icon: part.Icon("file-pen")}
	others := panel{Title: "Đang trình", Icon: part.Icon("send"), Aside: "việc đang ở người khác"}
	for _, d := range list {
		rw, step, err := rowOf(v, x, d)
		if err != nil {
			return nil, err
		}
		switch step {
		case "":
			others.Rows = append(others.Rows, rw)
		case document.ToRevise:
			mine.Rows = append(mine.Rows, rw)
		default:
			review.Rows = append(review.Rows, rw)
		}
	}
	var out []panel
	for _, p := range []panel{review, mine, others} {
		if len(p.Rows) == 0 {
			continue
		}
		p.Rows[0].First = len(out) == 0
		out = append(out, p)
	}
	return out, nil
}

var verbs = map[document.Step]string{
	document.ToRevise: "Sửa", document.ToReview: "Duyệt nội dung", document.ToCheckForm: "Kiểm tra", document.ToApprove: "Duyệt, ký", document.ToSign: "Ký số",
}

// rowOf fills a row; step is what waits for this person, "" when nothing does.
func rowOf(v *db.View, x *seat.Seat, d document.Document) (row, document.Step, error) {
	kind, _ := law.KindByCode(d.Kind)
	rw := row{Document: d, Kind: kind.Name, Verb: "Xem", Href: "/di/" + itoa(d.ID)}
	dr, err := draft.Of(v, d.ID)
	if err != nil {
		return rw, "", err
	}
	rw.Version = dr.Version
	who, err := org.PersonByID(v, dr.Drafter)
	if err != nil {
		return rw, "", err
	}
	if who.ID != x.Actor.ID {
		rw.Drafter = who.Name
	}
	waits, err := document.WaitingFor(v, d.ID)
	if err != nil {
		return rw, "", err
	}
	var mine document.Step
	for _, w := range waits {
		if x.Actor.Holds(w.Token) {
			mine = w.Step
		} else if rw.Holder, err = org.TokenName(v, w.Token); err != nil {
			return rw, "", err
		}
		rw.Since = viet.ShortTime(w.Since)
		rw.Due.Kind, rw.Due.Text = x.Left(w.Due)
	}
	if verb, ok := verbs[mine]; ok {
		rw.Verb = verb
	}
	if mine == document.ToRevise {
		rw.Return, err = returned(v, dr)
	}
	return rw, mine, err
}

// returned is the opinion that sent the newest version back, "" when none did.
func returned(q db.Q, dr draft.Draft) (string, error) {
	list, err := draft.Opinions(q, dr.Document)
	if err != nil || len(list) == 0 {
		return "", err
	}
	last := list[len(list)-1]
	if last.Version != dr.Version || last.Verdict != draft.Return {
		return "", nil
	}
	p, err := org.PersonByID(q, last.Person)
	return p.Name + ": " + last.Text, err
}
