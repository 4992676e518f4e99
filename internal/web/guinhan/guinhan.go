// Package guinhan shows deliveries (gửi nhận): which sent documents need
// somebody, and the board of one document with a line per recipient: how far
// it has come, what comes next, and the hub's signed receipt of every step.
//
//	GET  /gui-nhan                             what needs attention, and the newest
//	GET  /gui-nhan/{id}                        the board; ?dong= one recipient's events
//	GET  /gui-nhan/{id}/bang.pdf               the board on paper
//	GET  /gui-nhan/{id}/chung-cu.zip           the document with every receipt
//	GET  /gui-nhan/{id}/bien-nhan/{event}      one receipt
//	POST /gui-nhan/{id}/giay/{line}            the paper copy went off
//	POST /gui-nhan/{id}/thu-hoi                recall
//
// law:ND30-18.1 HT33-10.1.d HT33-10.2.i BRVT1842-6.5
package guinhan

import (
	"embed"
	"net/http"
	"strconv"

	"vanthu/internal/document"
	"vanthu/internal/web/seat"
)

//go:embed *.html
var files embed.FS

// Routes mounts the pages of deliveries.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /gui-nhan", s.Handle(showList))
	mux.Handle("GET /gui-nhan/{$}", s.Handle(showList))
	mux.Handle("GET /gui-nhan/{id}", s.Handle(showBoard))
	mux.Handle("GET /gui-nhan/{id}/bang.pdf", s.Handle(printBoard))
	mux.Handle("GET /gui-nhan/{id}/chung-cu.zip", s.Handle(evidence))
	mux.Handle("GET /gui-nhan/{id}/bien-nhan/{event}", s.Handle(receipt))
	mux.Handle("POST /gui-nhan/{id}/giay/{line}", s.Handle(recordPaper))
	mux.Handle("POST /gui-nhan/{id}/gui-lai/{line}", s.Handle(resend))
	mux.Handle("POST /gui-nhan/{id}/theo-doi", s.Handle(followUp))
	mux.Handle("POST /gui-nhan/{id}/thu-hoi", s.Handle(recall))
	// A refused act is shown at its own address: loading that again leads back.
	mux.Handle("GET /gui-nhan/{id}/giay/{line}", s.Handle(back))
	mux.Handle("GET /gui-nhan/{id}/thu-hoi", s.Handle(back))
	mux.Handle("GET /gui-nhan/{id}/gui-lai/{line}", s.Handle(back))
	mux.Handle("GET /gui-nhan/{id}/theo-doi", s.Handle(back))
}

func back(w http.ResponseWriter, r *http.Request, _ *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err == nil {
		http.Redirect(w, r, path(id), http.StatusSeeOther)
	}
	return err
}

func itoa[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

func path(id document.ID) string { return "/gui-nhan/" + itoa(id) }
