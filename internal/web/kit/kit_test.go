package kit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/fail"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
)

// memory is the store of sessions, in memory.
type memory struct {
	mu sync.Mutex
	m  map[string]kit.Session
}

func (s *memory) Lookup(_ context.Context, hash string) (kit.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.m[hash]
	if !ok {
		return v, fail.New(fail.Auth, "Phiên đã hết.")
	}
	return v, nil
}

func (s *memory) Start(_ context.Context, hash string, v kit.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[hash] = v
	return nil
}

func (s *memory) End(_ context.Context, hash string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, hash)
	return nil
}

// world is a server with a few pages and a browser's cookies.
type world struct {
	t     *testing.T
	url   string
	c     *http.Client
	log   *bytes.Buffer
	store *memory
	live  *kit.Live
	stash string // the folder of uploads that wait
}

type handler = func(http.ResponseWriter, *http.Request) error

func newWorld(t *testing.T, o kit.Options, routes map[string]func(*kit.Kit) handler) *world {
	t.Helper()
	w := &world{t: t, log: &bytes.Buffer{}, store: &memory{m: map[string]kit.Session{}}, live: kit.NewLive(), stash: t.TempDir()}
	stash, err := kit.NewStash(w.stash, 1000)
	if err != nil {
		t.Fatal(err)
	}
	o.Plain, o.Sessions, o.Stash, o.Log = true, w.store, stash, slog.New(slog.NewTextHandler(w.log, nil))
	k := kit.New(o)
	mux := http.NewServeMux()
	mux.Handle("POST /vao", k.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		if err := k.SignIn(rw, r, kit.Session{Login: "lan", Agency: "H99.15", Person: 5}); err != nil {
			return err
		}
		http.Redirect(rw, r, kit.BackTo(r), http.StatusSeeOther)
		return nil
	}))
	mux.Handle("POST /ra", k.Handle(k.SignOut))
	mux.Handle("GET /live", w.live.Handler(func(_ *http.Request, topic string) bool { return topic != "document:13" }))
	mux.Handle("POST "+kit.UploadPath, k.Signed(k.Upload))
	for pattern, h := range routes {
		mux.Handle(pattern, k.Handle(h(k)))
	}
	s := httptest.NewServer(k.Wrap(mux))
	t.Cleanup(s.Close)
	jar, _ := cookiejar.New(nil)
	w.url = s.URL
	w.c = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return w
}

func (w *world) do(method, path, kind, body string, header ...string) (*http.Response, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := w.c.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, string(b)
}

const form = "application/x-www-form-urlencoded"

func (w *world) signIn() { w.t.Helper(); w.do("POST", "/vao", form, "") }

// TestRefusalsOnTheWire: each kind has its status, its words, its clause and
// its next step, as page, fragment and JSON (requirements §1.3).
func TestRefusalsOnTheWire(t *testing.T) {
	cases := []struct {
		err    error
		status int
		see    string
	}{
		{fail.Deny("Chỉ văn thư cấp số.", "ND30-15"), 403, "Không đủ thẩm quyền"},
		{fail.NotFound(), 404, "Không tìm thấy"},
		{fail.State("Văn bản đã phát hành.", "ND30-18.1").Then("Lập văn bản thay thế."), 409, "Lập văn bản thay thế."},
		{fail.Invalid("subject", "Cần có trích yếu."), 422, "Cần có trích yếu."},
		{fail.Bar("Văn bản mật không đưa lên hệ thống."), 422, "Văn bản mật"},
		{fail.New(fail.Integrity, "Chữ ký không khớp."), 422, "Chữ ký không khớp."},
		{fail.File("Tệp không phải PDF."), 415, "Tệp không phải PDF."},
		{fail.New(fail.Busy, "Đang sao lưu."), 503, "Đang sao lưu."},
		{context.DeadlineExceeded, 503, "lâu hơn"},
		{errors.New("pq: secret detail"), 500, "Mã sự cố"},
	}
	var now error
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{
		"GET /x": func(*kit.Kit) handler { return func(http.ResponseWriter, *http.Request) error { return now } },
	})
	for _, c := range cases {
		now = c.err
		res, body := w.do("GET", "/x", "", "")
		if res.StatusCode != c.status || !strings.Contains(body, c.see) || !strings.Contains(body, "<!doctype html>") {
			t.Errorf("%v: page %d, want %d with %q", c.err, res.StatusCode, c.status, c.see)
		}
		res, body = w.do("GET", "/x", "", "", "HX-Request", "true")
		if res.StatusCode != c.status || !strings.Contains(body, c.see) || strings.Contains(body, "<html") || res.Header.Get("HX-Retarget") != "#main" {
			t.Errorf("%v: fragment %d %q", c.err, res.StatusCode, body)
		}
		res, body = w.do("GET", "/x", "", "", "Accept", "application/json")
		var j struct{ Code, Detail, Incident string }
		if err := json.Unmarshal([]byte(body), &j); err != nil || res.StatusCode != c.status || j.Detail == "" {
			t.Errorf("%v: JSON %d %q %v", c.err, res.StatusCode, body, err)
		}
		if strings.Contains(body, "secret") {
			t.Errorf("an internal cause reached the caller: %s", body)
		}
	}
	if !strings.Contains(w.log.String(), "secret detail") || !strings.Contains(w.log.String(), "incident=") {
		t.Error("the log lacks the cause or the incident")
	}
	now = fail.State("Văn bản đã phát hành.", "ND30-18.1")
	if _, body := w.do("GET", "/x", "", ""); !strings.Contains(body, "Khoản 1 Điều 18") || !strings.Contains(body, "/tuan-thu#ND30-18.1") {
		t.Error("the refusal does not name its clause")
	}
}

func TestPanicIsAnIncident(t *testing.T) {
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{
		"GET /x": func(*kit.Kit) handler { return func(http.ResponseWriter, *http.Request) error { panic("broken") } },
	})
	if res, body := w.do("GET", "/x", "", ""); res.StatusCode != 500 || strings.Contains(body, "broken") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestSession(t *testing.T) {
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{
		"GET /toi": func(k *kit.Kit) handler {
			return func(rw http.ResponseWriter, r *http.Request) error {
				s, ok := kit.SessionOf(r.Context())
				if !ok {
					return kit.ErrNoSession
				}
				_, err := io.WriteString(rw, s.Login)
				return err
			}
		},
	})
	res, _ := w.do("GET", "/toi?a=1", "", "")
	if res.StatusCode != 303 || res.Header.Get("Location") != "/vao?ve=%2Ftoi%3Fa%3D1" {
		t.Errorf("stranger: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	res, _ = w.do("POST", "/vao", form, "ve=/toi")
	cookie := res.Header.Get("Set-Cookie")
	for _, want := range []string{"vt_session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %q", cookie, want)
		}
	}
	if res.Header.Get("Location") != "/toi" {
		t.Errorf("led to %q", res.Header.Get("Location"))
	}
	token := strings.TrimPrefix(strings.Split(cookie, ";")[0], "vt_session=")
	if len(token) != 43 {
		t.Errorf("token of %d letters, want 43 (256 bits)", len(token))
	}
	if _, stored := w.store.m[token]; stored {
		t.Error("the store holds the token itself")
	}
	if _, body := w.do("GET", "/toi", "", ""); body != "lan" {
		t.Errorf("signed in as %q", body)
	}
	w.signIn() // again: the old session ends
	if len(w.store.m) != 1 {
		t.Errorf("%d sessions, want 1", len(w.store.m))
	}
	w.do("POST", "/ra", form, "")
	if res, _ := w.do("GET", "/toi", "", ""); res.StatusCode != 303 || len(w.store.m) != 0 {
		t.Error("still signed in after signing out")
	}
}

func TestCookieIsSecureBehindProxyAndOffLoopback(t *testing.T) {
	store := &memory{m: map[string]kit.Session{}}
	for _, c := range []struct {
		o      kit.Options
		remote string
		secure bool
	}{
		{kit.Options{Plain: true}, "127.0.0.1:5", false}, {kit.Options{Plain: true}, "[::1]:5", false},
		{kit.Options{Plain: true}, "10.0.0.9:5", true}, {kit.Options{}, "127.0.0.1:5", true}, {kit.Options{Plain: true, Proxied: true}, "127.0.0.1:5", true},
	} {
		c.o.Sessions = store
		k := kit.New(c.o)
		r, w := httptest.NewRequest("POST", "/vao", nil), httptest.NewRecorder()
		r.RemoteAddr = c.remote
		if err := k.SignIn(w, r, kit.Session{}); err != nil {
			t.Fatal(err)
		}
		got := w.Header().Get("Set-Cookie")
		if strings.Contains(got, "; Secure") != c.secure || strings.HasPrefix(got, "__Host-") != c.secure {
			t.Errorf("%+v from %s: %s", c.o, c.remote, got)
		}
	}
}

func TestForeignPostIsRefused(t *testing.T) {
	done := 0
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{
		"POST /x": func(*kit.Kit) handler { return func(http.ResponseWriter, *http.Request) error { done++; return nil } },
	})
	for _, h := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		if res, body := w.do("POST", "/x", form, "", h[0], h[1]); res.StatusCode != 403 || !strings.Contains(body, "trang khác") {
			t.Errorf("%v: %d", h, res.StatusCode)
		}
	}
	if done != 0 {
		t.Error("a foreign post was carried out")
	}
	if res, _ := w.do("POST", "/x", form, "", "Sec-Fetch-Site", "same-origin"); res.StatusCode != 200 || done != 1 {
		t.Error("our own post was refused")
	}
}

func TestHeadersAndCompression(t *testing.T) {
	page := strings.Repeat("văn bản ", 2000)
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{
		"GET /x": func(*kit.Kit) handler {
			return func(rw http.ResponseWriter, _ *http.Request) error {
				rw.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, err := io.WriteString(rw, page)
				return err
			}
		},
		"GET /pdf": func(*kit.Kit) handler {
			return func(rw http.ResponseWriter, r *http.Request) error {
				http.ServeContent(rw, r, "a.pdf", time.Time{}, strings.NewReader("%PDF-1.7 "+page))
				return nil
			}
		},
	})
	res, body := w.do("GET", "/x?q=secret", "", "", "Accept-Encoding", "gzip")
	if res.Header.Get("Content-Encoding") != "gzip" || len(body) > len(page)/10 {
		t.Errorf("page not packed: %d bytes", len(body))
	}
	csp := res.Header.Get("Content-Security-Policy")
	if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("CSP %q", csp)
	}
	if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") == "" {
		t.Error("headers are missing")
	}
	if strings.Contains(w.log.String(), "secret") {
		t.Error("the log holds a query")
	}
	res, body = w.do("GET", "/pdf", "", "", "Range", "bytes=0-7", "Accept-Encoding", "gzip")
	if res.StatusCode != 206 || body != "%PDF-1.7" {
		t.Errorf("range of a PDF: %d %q", res.StatusCode, body)
	}
}

func TestBodyTooLarge(t *testing.T) {
	w := newWorld(t, kit.Options{MaxBody: 100}, map[string]func(*kit.Kit) handler{
		"POST /x": func(k *kit.Kit) handler {
			return func(rw http.ResponseWriter, r *http.Request) error { _, err := k.Form(rw, r); return err }
		},
	})
	if res, body := w.do("POST", "/x", form, "a="+strings.Repeat("x", 200)); res.StatusCode != 415 || !strings.Contains(body, "quá lớn") {
		t.Errorf("declared: %d", res.StatusCode)
	}
}

func TestBackToStaysHere(t *testing.T) {
	for in, want := range map[string]string{"/den?x=1": "/den?x=1", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "": "/", "den": "/", "/a\r\nb": "/"} {
		r := &http.Request{Form: map[string][]string{"ve": {in}}}
		if got := kit.BackTo(r); got != want {
			t.Errorf("%q leads to %q, want %q", in, got, want)
		}
	}
}

func TestFlashUndoIsOnceAndLocal(t *testing.T) {
	var got []*part.Toast
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{
		"POST /x": func(k *kit.Kit) handler {
			return func(rw http.ResponseWriter, r *http.Request) error {
				return k.Done(rw, r, "/y", part.Toast{Kind: "ok", Text: "Đã vào sổ.", Undo: r.FormValue("undo")})
			}
		},
		"GET /y": func(k *kit.Kit) handler {
			return func(rw http.ResponseWriter, r *http.Request) error { got = append(got, k.TakeFlash(rw, r)); return nil }
		},
	})
	res, _ := w.do("POST", "/x", form, "undo=/hoan-tac/5")
	if res.StatusCode != 303 || res.Header.Get("Location") != "/y" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	w.do("GET", "/y", "", "")
	w.do("GET", "/y", "", "")
	w.do("POST", "/x", form, "undo=https://evil.example/")
	w.do("GET", "/y", "", "")
	if got[0] == nil || got[0].Text != "Đã vào sổ." || got[0].Undo != "/hoan-tac/5" || got[1] != nil || got[2].Undo != "" && got[2].Undo != "/" {
		t.Errorf("%+v %+v %+v", got[0], got[1], got[2])
	}
}
