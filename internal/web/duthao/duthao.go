// Package duthao shows drafts (dự thảo): what I am writing, what waits for
// somebody's review, and the form that opens a draft or saves its next version.
//
//	GET  /du-thao              drafts by who holds them
//	GET  /du-thao/moi          a new draft; ?tra-loi=12 answers a document,
//	                           ?gui-lai=12&noi-nhan=H99.31 sends one again,
//	                           ?thay-the=12 replaces one, ?dinh-chinh=12 corrects it
//	POST /du-thao/moi          saves it, and submits it with "Lưu và trình"
//	GET  /du-thao/{id}/sua     the same form for the next version
//	POST /du-thao/{id}/sua
//
// What happens to a draft after that is done on its page, package di.
//
// law:ND30-10 HT33-10.1.a
package duthao

import (
	"embed"
	"net/http"
	"strconv"

	"vanthu/internal/web/seat"
)

//go:embed *.html
var files embed.FS

// Routes mounts the pages of drafts.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /du-thao", s.Handle(showList))
	mux.Handle("GET /du-thao/{$}", s.Handle(showList))
	mux.Handle("GET /du-thao/moi", s.Handle(showNew))
	mux.Handle("POST /du-thao/moi", s.Handle(create))
	mux.Handle("GET /du-thao/{id}/sua", s.Handle(showEdit))
	mux.Handle("POST /du-thao/{id}/sua", s.Handle(revise))
}

func itoa[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }
