// Package tep serves the files of documents (tệp): the bytes as they are
// stored, checked against their hash, to those who may see the document. With
// ?ban=N a PDF is served as it was at the end of its revision N (bản thứ N),
// which is what a signature over that revision covers; with ?bien-ban=1 it is the
// report of its examination (biên bản kiểm tra) with the evidence, for
// "vanthu verify --report". law:ND23-17
package tep

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/web/seat"
	"vanthu/pdf"
)

// Routes mounts the files.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /tep/{document}/{file}", s.Handle(serve))
}

func serve(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	doc, err := seat.ID[document.ID](r.PathValue("document"))
	if err != nil {
		return err
	}
	id, err := seat.ID[document.FileID](r.PathValue("file"))
	if err != nil {
		return err
	}
	var f document.File
	err = s.Read(r, func(v *db.View) (err error) {
		if err = office.See(v, s.Actor, doc); err != nil {
			return err
		}
		f, err = document.FileByID(v, doc, id)
		return err
	})
	if err != nil {
		return err
	}
	if r.URL.Query().Get("bien-ban") != "" {
		f = document.File{Hash: f.Report, Name: strings.TrimSuffix(f.Name, ".pdf") + ".bien-ban.json", MIME: "application/json", Closed: f.Closed || f.Report == ""}
	}
	data, err := s.Office.Blobs.Read(f.Hash)
	if f.Closed || errors.Is(err, blob.ErrNone) {
		return fail.NotFound()
	}
	if err != nil {
		return err
	}
	tag, name := string(f.Hash), f.Name
	if n := r.URL.Query().Get("ban"); n != "" {
		if data, err = asOf(data, n); err != nil {
			return err
		}
		tag, name = tag+"-"+n, "ban-"+n+"-"+name
	}
	how := "attachment"
	if r.URL.Query().Get("tai") == "" && inline[f.MIME] {
		how = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", f.MIME)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Cache-Control", "private, no-cache") // asked again each time: rights may have changed
	// A PDF may not run anything, whatever it holds.
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}

// asOf cuts a PDF at the end of one of its revisions, counted from 1.
// law:ND23-16 iso32000-2:7.5.6
func asOf(data []byte, revision string) ([]byte, error) {
	n, err := strconv.Atoi(revision)
	if err != nil {
		return nil, fail.NotFound()
	}
	f, err := pdf.Open(data)
	if err != nil {
		return nil, fail.NotFound()
	}
	if n < 1 || n > len(f.Revisions()) {
		return nil, fail.NotFound()
	}
	return data[:f.Revisions()[n-1].End], nil
}

// inline are the kinds a browser may show by itself.
var inline = map[string]bool{"application/pdf": true, "image/png": true, "image/jpeg": true}
