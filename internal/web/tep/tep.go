// Package tep serves the files of documents (tệp): the bytes as they are
// stored, checked against their hash, to those who may see the document.
package tep

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/web/seat"
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
	data, err := s.Office.Blobs.Read(f.Hash)
	if f.Closed || errors.Is(err, blob.ErrNone) {
		return fail.NotFound()
	}
	if err != nil {
		return err
	}
	how := "attachment"
	if r.URL.Query().Get("tai") == "" && inline[f.MIME] {
		how = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", f.MIME)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
	h.Set("ETag", `"`+string(f.Hash)+`"`)
	h.Set("Cache-Control", "private, no-cache") // asked again each time: rights may have changed
	// A PDF may not run anything, whatever it holds.
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}

// inline are the kinds a browser may show by itself.
var inline = map[string]bool{"application/pdf": true, "image/png": true, "image/jpeg": true}
