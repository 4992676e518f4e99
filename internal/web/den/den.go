// Package den shows incoming documents (văn bản đến): those that wait to be
// received, the register, the form that enters paper, and the page of one
// document, where it is received, presented, directed, assigned and answered.
//
//	GET  /den/                   the register, with search
//	GET  /den/cho-tiep-nhan      what waits to be received
//	GET  /den/dang-ky            the register form beside the scan
//	GET  /den/{id}               queue, document, what I can do
//	POST /den/{id}/giao-may      the scan to the signing program on the clerk's machine
//	POST /den/{id}/{act}         one act of package office each (acts.go)
//
// Which form a person sees follows from what waits for him (document.Waiting);
// whether he may do it, package office decides.
//
// law:ND30-20 ND30-21 ND30-22 ND30-23 ND30-24
package den

import (
	"embed"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

//go:embed *.html
var files embed.FS

// Routes enters the pages of incoming documents.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /den", s.Handle(showList))
	mux.Handle("GET /den/{$}", s.Handle(showList))
	mux.Handle("GET /den/cho-tiep-nhan", s.Handle(showWaiting))
	mux.Handle("GET /den/dang-ky", s.Handle(showEntry))
	mux.Handle("POST /den/dang-ky", s.Handle(enter))
	mux.Handle("GET /den/trung", s.Handle(showSame))
	mux.Handle("GET /den/co-quan", s.Handle(findIssuer))
	mux.Handle("GET /den/ban-quet/{token}", s.Handle(serveScan))
	mux.Handle("GET /den/{id}", s.Handle(show))
	mux.Handle("GET /den/{id}/{act}", s.Handle(again))
	mux.Handle("POST /den/{id}/giao-may", s.Handle(copyOnDesk))
	for name, a := range acts {
		mux.Handle("POST /den/{id}/"+name, s.Handle(a.post))
	}
}

// start begins a page with the message that the last act left.
func start(w http.ResponseWriter, r *http.Request, x *seat.Seat, title string) (kit.Page, error) {
	p, err := x.Page(r, title)
	if t := x.Kit.TakeFlash(w, r); t != nil {
		p.Toast = t
	}
	return p, err
}

// title is how people name a document: its subject, with the kind before it
// where the subject goes on from it ("Báo cáo biên chế quý I").
// law:ND30-PL1.II.5
func title(d document.Document) string {
	if first, _ := utf8.DecodeRuneInString(d.Subject); unicode.IsLower(first) {
		return strings.TrimSpace(kindName(d.Kind) + " " + d.Subject)
	}
	return d.Subject
}

func itoa[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

func pathTo(id document.ID) string { return "/den/" + itoa(id) }

// steps are what may wait at an incoming document, as the head of its queue
// and as the verb of its line.
var steps = map[document.Step]struct{ title, verb string }{
	document.ToReceive:    {"Chờ tiếp nhận", "Tiếp nhận"},
	document.ToCopy:       {"Chờ ký bản sao", "Ký bản sao"},
	document.ToPresent:    {"Chờ trình", "Trình"},
	document.ToDirect:     {"Chờ cho ý kiến", "Cho ý kiến"},
	document.ToAssign:     {"Chờ giao việc", "Giao việc"},
	document.ToHandle:     {"Chờ xử lý", "Xử lý"},
	document.ToCoordinate: {"Chờ phối hợp", "Phối hợp"},
	document.ToRead:       {"Để biết", "Đọc"},
	document.ToClose:      {"Chờ kết thúc", "Kết thúc"},
	document.ToAnswer:     {"Yêu cầu thu hồi", "Trả lời"},
	document.ToChange:     {"Nơi gửi cập nhật, thay thế", "Trả lời"},
	document.ToNote:       {"Tệp không mở được", "Xem"},
}

// sourceIcon is the sign of how a document came.
func sourceIcon(s document.Source) string {
	if s == document.ByPaper {
		return part.Icon("scan-line")
	}
	return part.Icon("radio-tower")
}

// keep stores the first upload of a field; nil when none was sent.
func keep(r *http.Request, x *seat.Seat, f *kit.Form, field string) (*office.Upload, error) {
	list := f.Files(field)
	if len(list) == 0 {
		return nil, nil
	}
	last := list[len(list)-1]
	b, err := last.Open()
	if err != nil {
		return nil, err
	}
	defer b.Close()
	u, err := x.Office.Keep(r.Context(), last.Name, b)
	if err != nil {
		return nil, refuseFile(f, field, err)
	}
	return &u, nil
}

// refuseFile takes a file that was refused out of the form:
// it is not offered again.
func refuseFile(f *kit.Form, field string, err error) error {
	list := f.Files(field)
	if e, ok := fail.As(err); ok && e.Kind != fail.Busy && len(list) > 0 {
		f.Drop(field, list[len(list)-1])
	}
	return err
}
