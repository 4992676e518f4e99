// Package chungthu is the register of certificates (danh mục chứng thư số): who
// signs with what, until when, who keeps the agency's key, and every use of a
// key.
//
//	GET  /chung-thu-so                         the register
//	GET  /chung-thu-so/tin-cay                 whom this installation trusts
//	GET  /chung-thu-so/khoa-mo                 the keys that open encrypted files; POST enters one
//	POST /chung-thu-so/khoa-mo/{ref}/ngung     one out of use, with a reason
//	POST /chung-thu-so/khoa-mo/thuat-toan      how files that go out are encrypted
//	GET  /chung-thu-so/moi                     enter a certificate; POST
//	GET  /chung-thu-so/{id}                    one certificate: custody, uses, picture
//	POST /chung-thu-so/{id}/ngung              out of use, with a reason
//	GET  /chung-thu-so/{id}/ban-giao           hand over the agency's key; POST
//	POST /chung-thu-so/ban-giao/{id}/nhan      the receiver confirms
//	POST /chung-thu-so/ban-giao/{id}/thoi      not handed over after all
//	GET  /chung-thu-so/ban-giao/{id}/bien-ban  the minutes, as PDF
//	GET  /chung-thu-so/{id}/giao-giu           entrust a personal key to a clerk; POST
//	POST /chung-thu-so/giao-giu/{id}/thoi      take it back
//	GET  /chung-thu-so/giao-giu/{id}/quy-che   the regulation that allows it
//	GET  /chung-thu-so/{id}/hinh               the picture of seal or signature; POST
//
// A certificate is shown to those who oversee keys, to its holder, to the
// keeper of its key and to whom that is being handed over. What was signed is
// named by its subject only to those who may see the document.
//
// law:HT33-4.1 HT33-4.2 ND30-32.2 GL443-12.4 GL443-5.2 HT33-13.1
package chungthu

import (
	"embed"
	"net/http"
	"strconv"

	"vanthu/internal/web/seat"
)

//go:embed *.html
var files embed.FS

// Routes enters the pages.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /chung-thu-so", s.Handle(showList))
	mux.Handle("GET /chung-thu-so/tin-cay", s.Handle(showTrust))
	mux.Handle("GET /chung-thu-so/khoa-mo", s.Handle(showOpening))
	mux.Handle("POST /chung-thu-so/khoa-mo", s.Handle(enterOpening))
	mux.Handle("POST /chung-thu-so/khoa-mo/{ref}/ngung", s.Handle(endOpening))
	mux.Handle("GET /chung-thu-so/khoa-mo/{ref}/ngung", s.Handle(backToOpening))
	mux.Handle("POST /chung-thu-so/khoa-mo/thuat-toan", s.Handle(setHow))
	mux.Handle("GET /chung-thu-so/khoa-mo/thuat-toan", s.Handle(backToOpening))
	mux.Handle("GET /chung-thu-so/moi", s.Handle(showEnter))
	mux.Handle("POST /chung-thu-so/moi", s.Handle(enter))
	mux.Handle("GET /chung-thu-so/{id}", s.Handle(show))
	mux.Handle("POST /chung-thu-so/{id}/ngung", s.Handle(end))
	mux.Handle("GET /chung-thu-so/{id}/ngung", s.Handle(back))
	mux.Handle("GET /chung-thu-so/{id}/ban-giao", s.Handle(showOffer))
	mux.Handle("POST /chung-thu-so/{id}/ban-giao", s.Handle(offer))
	mux.Handle("POST /chung-thu-so/ban-giao/{id}/nhan", s.Handle(take))
	mux.Handle("POST /chung-thu-so/ban-giao/{id}/thoi", s.Handle(withdraw))
	mux.Handle("GET /chung-thu-so/ban-giao/{id}/bien-ban", s.Handle(minutes))
	mux.Handle("GET /chung-thu-so/{id}/giao-giu", s.Handle(showEntrust))
	mux.Handle("POST /chung-thu-so/{id}/giao-giu", s.Handle(entrust))
	mux.Handle("POST /chung-thu-so/giao-giu/{id}/thoi", s.Handle(takeBack))
	mux.Handle("GET /chung-thu-so/giao-giu/{id}/quy-che", s.Handle(regulation))
	mux.Handle("GET /chung-thu-so/{id}/hinh", s.Handle(picture))
	mux.Handle("POST /chung-thu-so/{id}/hinh", s.Handle(setPicture))
}

// back leads from the address of a refused act to the page it stands on.
func back(w http.ResponseWriter, r *http.Request, _ *seat.Seat) error {
	id, err := idOf(r)
	if err == nil {
		http.Redirect(w, r, address(id), http.StatusSeeOther)
	}
	return err
}

func backToOpening(w http.ResponseWriter, r *http.Request, _ *seat.Seat) error {
	http.Redirect(w, r, openingAt, http.StatusSeeOther)
	return nil
}

func idOf(r *http.Request) (int64, error) { return seat.ID[int64](r.PathValue("id")) }

func address(id int64) string { return seat.CertificateAt(id) }

func itoa[T ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }
