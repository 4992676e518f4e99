// Package di shows outgoing documents (văn bản đi): the register list, and the
// page of one document from its draft to its issue, where whoever holds it
// does the one next act.
//
//	GET  /di/              the list, by state, with search
//	GET  /di/{id}          queue, document, side; ?phan= is the tab, ?tep= the file
//	POST /di/{id}/{act}    one act of package office each, see acts.go
//	POST /di/{id}/giao-may giao-tep; GET phien-ky, tep-ky; POST nhan-tep, thoi-ky
//	                       signing on the person's own machine, see away.go
//
// Which form a person sees follows from what waits for him
// (document.Waiting); whether he may do it, package office decides.
//
// law:ND30-10 ND30-12 ND30-13 ND30-15 ND30-18 HT33-10.1.a
package di

import (
	"embed"
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/seat"
)

//go:embed *.html
var files embed.FS

// Routes mounts the pages of outgoing documents.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /di", s.Handle(showList))
	mux.Handle("GET /di/{$}", s.Handle(showList))
	mux.Handle("GET /di/{id}", s.Handle(show))
	mux.Handle("POST /di/{id}/giao-may", s.Handle(beginOnDesk))
	mux.Handle("POST /di/{id}/giao-tep", s.Handle(beginByHand))
	mux.Handle("GET /di/{id}/phien-ky", s.Handle(stateAway))
	mux.Handle("GET /di/{id}/tep-ky/{tep}", s.Handle(download))
	mux.Handle("POST /di/{id}/nhan-tep/{tep}", s.Handle(upload))
	mux.Handle("GET /di/{id}/nhan-tep/{tep}", s.Handle(back))
	mux.Handle("POST /di/{id}/thoi-ky/{tep}", s.Handle(stopAway))
	for _, a := range acts {
		mux.Handle("POST /di/{id}/"+a.name, s.Handle(a.post))
		// A refused act is shown at its own address: loading that again leads back.
		mux.Handle("GET /di/{id}/"+a.name, s.Handle(back))
	}
}

func back(w http.ResponseWriter, r *http.Request, _ *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err == nil {
		http.Redirect(w, r, path(id), http.StatusSeeOther)
	}
	return err
}

func itoa[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

func path(id document.ID) string { return "/di/" + itoa(id) }

// people remembers the names of a page's people.
type people struct {
	q     db.Q
	known map[org.PersonID]org.Person
}

func newPeople(q db.Q) *people { return &people{q, map[org.PersonID]org.Person{}} }

func (p *people) find(id org.PersonID) (org.Person, error) {
	if who, ok := p.known[id]; ok {
		return who, nil
	}
	who, err := org.PersonByID(p.q, id)
	if err == nil {
		p.known[id] = who
	}
	return who, err
}

// steps are what may wait at an outgoing document: the head of its queue, and
// what its holder is doing.
var steps = map[document.Step]struct{ title, doing string }{
	document.ToRevise:     {"Dự thảo của tôi", "soạn, sửa"},
	document.ToReview:     {"Chờ duyệt nội dung", "duyệt nội dung"},
	document.ToCheckForm:  {"Chờ kiểm tra thể thức", "kiểm tra thể thức"},
	document.ToApprove:    {"Chờ duyệt, ký", "duyệt, ký"},
	document.ToSign:       {"Chờ ký số", "ký số"},
	document.ToNumber:     {"Chờ cấp số", "cấp số"},
	document.ToSeal:       {"Chờ ký số cơ quan", "ký số cơ quan"},
	document.ToFinalCheck: {"Chờ kiểm tra cuối", "kiểm tra cuối"},
	document.ToIssue:      {"Chờ phát hành", "phát hành"},
	document.ToFollow:     {"Gửi đi cần theo dõi", "theo dõi nơi nhận"},
	document.ToPost:       {"Gửi bản giấy", "gửi bản giấy"},
}

// maySee says whether the person may see another document.
func maySee(q db.Q, x *seat.Seat, id document.ID) (bool, error) {
	err := office.See(q, x.Actor, id)
	if _, refused := fail.As(err); refused {
		return false, nil
	}
	return err == nil, err
}
