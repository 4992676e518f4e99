// Package kyngoai is the door for programs that sign on a person's desk (phần
// mềm ký số trên máy người ký): they fetch a file that was handed out, and
// bring it back signed.
//
// A request shows the one-time token of the file, never the person's session:
// as bearer, as the value of a cookie, or in the query, since the programs in
// use differ in what they do with the token they are given. One token opens
// one file once and takes it back once, so it is safe against replay and
// against use for another document. Files of a batch come back under the one
// token of the batch, each once. Requests need no Origin of ours for the
// same reason.
//
// The answer to an upload is the one such programs expect: status 200 and
// {"Status": true, "Message", "DocumentNumber", "DocumentDate", "FileName",
// "FileServer"}; after a refusal Status is false and Message is the sentence.
//
// law:HT33-4.2 HT33-10.1.b HT33-10.1.c.iii
package kyngoai

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/web/seat"
)

// Routes adds the door.
func Routes(s *seat.Site, mux *http.ServeMux) {
	s.Kit.Tokened(seat.DoorPrefix)
	d := door{s}
	mux.Handle("GET "+seat.DoorPrefix+"{store}/{name}", s.Kit.Handle(d.fetch))
	mux.Handle("POST "+seat.DoorPrefix+"{store}", s.Kit.Handle(d.takeBack((*office.Office).TakeBack)))
	mux.Handle("POST "+seat.DoorPrefix+"{store}/nhieu", s.Kit.Handle(d.takeBack((*office.Office).TakeBackFromBatch)))
}

type door struct{ *seat.Site }

// fetch gives the file of a token, once.
func (d door) fetch(w http.ResponseWriter, r *http.Request) error {
	o, err := d.office(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead { // must not spend the fetch
		w.Header().Set("Allow", http.MethodGet)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return nil
	}
	h, err := o.Fetch(r.Context(), token(r), d.Kit.Address(r))
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "application/pdf")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": h.Name}))
	head.Set("Content-Length", strconv.Itoa(len(h.Data)))
	head.Set("Cache-Control", "no-store")
	_, err = w.Write(h.Data)
	return err
}

// answer is what the program on the desk is told about its upload.
type answer struct {
	Status         bool
	Message        string
	DocumentNumber string
	DocumentDate   string
	FileName       string
	FileServer     string
}

// taker takes one signed file back under a token.
type taker func(o *office.Office, ctx context.Context, token, address string, file io.Reader) (office.Taken, error)

// takeBack takes a signed file back, by the token of the file or of its batch.
func (d door) takeBack(by taker) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error { return d.answer(w, r, by) }
}

func (d door) answer(w http.ResponseWriter, r *http.Request, by taker) error {
	var a answer
	t, err := d.take(r, by)
	e, refused := fail.As(err)
	switch {
	case refused:
		a.Message = strings.TrimSpace(e.Text + " " + e.Next)
	case err != nil:
		return err
	default:
		a = answer{true, "Đã nhận tệp đã ký.", t.Code, t.Day, t.Name, strconv.FormatInt(t.ID, 10)}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(a)
}

func (d door) take(r *http.Request, by taker) (office.Taken, error) {
	o, err := d.office(r)
	if err != nil {
		return office.Taken{}, err
	}
	file, err := uploaded(r)
	if err != nil {
		return office.Taken{}, fail.Invalid("uploadfile", "Yêu cầu không mang tệp đã ký.").Because(err)
	}
	return by(o, r.Context(), token(r), d.Kit.Address(r), file)
}

// maxParts bounds the fields that come before the file.
const maxParts = 20

// uploaded finds the file in the form. Its name is not looked at.
func uploaded(r *http.Request) (io.Reader, error) {
	m, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	for range maxParts {
		p, err := m.NextPart()
		if err != nil {
			return nil, err
		}
		if p.FormName() == "uploadfile" {
			return p, nil
		}
	}
	return nil, errors.New("too many fields")
}

func (d door) office(r *http.Request) (*office.Office, error) {
	for _, o := range d.Host.Offices() {
		if o.Store.Name() == r.PathValue("store") {
			return o, nil
		}
	}
	return nil, signing.Refuse(signing.TokenUnknown, nil)
}

// cookieNames are what signing programs call the cookie of the session that
// they were given: they were made for ASP.NET, Java and PHP servers.
var cookieNames = []string{"ASP.NET_SessionId", "JSESSIONID", "PHPSESSID", "SessionId", "SessionID"}

// token finds the token of a request: in the query, as bearer, or in a cookie
// of a known name. Other cookies of this host are not looked at, whatever they
// hold, and of two that differ neither is taken.
func token(r *http.Request) string {
	if t := r.URL.Query().Get("t"); t != "" {
		return t
	}
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(t)
	}
	found := ""
	for _, c := range r.Cookies() {
		if !slices.Contains(cookieNames, c.Name) {
			continue
		}
		if found != "" && found != c.Value {
			return ""
		}
		found = c.Value
	}
	return found
}
