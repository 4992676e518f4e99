package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/kyngoai"
	"vanthu/internal/web/seat"
	"vanthu/pades"
)

// deskProgram is a signing program that knows a server only by what it was
// told: two addresses and a token.
type deskProgram struct {
	t    *testing.T
	base string
	// show puts the token where the program puts it.
	show func(r *http.Request)
}

func (p deskProgram) do(method, path, kind string, body io.Reader) (int, http.Header, []byte) {
	p.t.Helper()
	r, err := http.NewRequest(method, p.base+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Origin", "https://127.0.0.1:8987")
	if p.show != nil {
		p.show(r)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, res.Header, data
}

// answerOf is the contract of uploads, by the program's own reading.
type answerOf struct {
	Status                                                      bool
	Message, DocumentNumber, DocumentDate, FileName, FileServer string
}

func (p deskProgram) upload(path, field, name string, file []byte) (a answerOf) {
	p.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	m.WriteField("note", "fields before the file are not looked at")
	w, err := m.CreateFormFile(field, name)
	if err != nil {
		p.t.Fatal(err)
	}
	w.Write(file)
	m.Close()
	status, _, data := p.do("POST", path, m.FormDataContentType(), &b)
	if status != http.StatusOK {
		p.t.Fatalf("status %d: %s", status, data)
	}
	if err := json.Unmarshal(data, &a); err != nil {
		p.t.Fatalf("%s: %v", data, err)
	}
	return a
}

// A signing program fetches and brings back through the door with nothing but
// the token, from an origin of its own, wherever it puts the token; what it
// calls the file is not believed (HT33-4.2, HT33-10.1.b).
func TestDoorForPrograms(t *testing.T) {
	s := newStage(t)
	o, hung := s.who("hung")
	site := &seat.Site{Kit: kit.New(kit.Options{Plain: true, Clock: s.Clock.Now}), Host: s.Host}
	mux := http.NewServeMux()
	kyngoai.Routes(site, mux)
	srv := httptest.NewServer(site.Kit.Wrap(mux))
	defer srv.Close()
	key := s.key("sxd", "hung")
	hand := func(id document.ID) office.SessionFile {
		out, err := o.HandOut(context.Background(), hung, signing.ByPerson, id, signing.ByClient)
		s.must(err)
		return out.Files[0]
	}
	program := func(show func(*http.Request)) deskProgram { return deskProgram{t, srv.URL, show} }
	bare := func(path string) string { before, _, _ := strings.Cut(path, "?"); return before }

	for name, show := range map[string]func(token string) func(*http.Request){
		"query": func(string) func(*http.Request) { return nil },
		"bearer": func(t string) func(*http.Request) {
			return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+t) }
		},
		"cookie": func(t string) func(*http.Request) {
			return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "ASP.NET_SessionId", Value: t}) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			id := s.stopped("sign")
			f := hand(id)
			p := program(show(f.Token))
			get, put := seat.FetchPath(o, f), seat.TakeBackPath(o, f)
			if name != "query" {
				get, put = bare(get), bare(put)
			}
			if status, _, _ := p.do("HEAD", get, "", nil); status != http.StatusMethodNotAllowed {
				t.Errorf("HEAD: %d", status)
			}
			status, head, data := p.do("GET", get, "", nil)
			if status != http.StatusOK || head.Get("Cache-Control") != "no-store" || !bytes.HasPrefix(data, []byte("%PDF")) {
				t.Fatalf("%d %v", status, head)
			}
			if status, _, _ = p.do("GET", get, "", nil); status != http.StatusConflict {
				t.Errorf("a second fetch: %d", status)
			}
			signed := s.elsewhere(data, key, pades.Options{Field: pades.SignerField})
			a := p.upload(put, "uploadfile", "../../etc/passwd", signed)
			if !a.Status || strings.Contains(a.FileName, "passwd") || a.FileServer == "" {
				t.Errorf("%+v", a)
			}
			s.inState(o, id, document.Signed)
			if a = p.upload(put, "uploadfile", "x.pdf", signed); a.Status || a.Message == "" || a.FileName != "" || a.FileServer != "" {
				t.Errorf("replayed: %+v", a)
			}
		})
	}

	f := hand(s.stopped("sign"))
	p := program(nil)
	if a := p.upload(seat.TakeBackPath(o, f), "file", "x.pdf", []byte("%PDF-1.7")); a.Status || !strings.Contains(a.Message, "tệp đã ký") {
		t.Errorf("another field: %+v", a)
	}
	elsewhere := strings.Replace(seat.FetchPath(o, f), "/sxd/", "/ubh/", 1)
	if status, _, _ := p.do("GET", elsewhere, "", nil); status != http.StatusForbidden {
		t.Errorf("at another agency: %d", status)
	}
	if status, _, _ := p.do("GET", bare(seat.FetchPath(o, f)), "", nil); status != http.StatusForbidden {
		t.Errorf("without a token: %d", status)
	}
	s.must(s.Clock.Advance(16 * time.Minute))
	if status, _, _ := p.do("GET", seat.FetchPath(o, f), "", nil); status != http.StatusConflict {
		t.Errorf("too late: %d", status)
	}
}
