package cli

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/demo"
	"vanthu/internal/web"
)

func province(t *testing.T) *Province {
	t.Helper()
	p, err := StartProvince(context.Background(), ProvinceOptions{Still: true, Options: demo.Options{Dir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func client(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func get(t *testing.T, c *http.Client, url string) (int, string, http.Header) {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header
}

// pages are the addresses that need a person.
var pages = []string{"/", "/den", "/den/cho-tiep-nhan", "/den/dang-ky", "/di", "/du-thao", "/du-thao/moi", "/gui-nhan", "/cong-viec", "/so/den", "/so/di",
	"/tuan-thu", "/tim?q=a", "/thong-bao", "/truc", "/quan-tri", "/toi", "/tro-giup", "/tep/1/1", "/live"}

// Nobody gets nowhere; every page answers the right people, with the strict
// headers; a console stays closed to others (HN20-10.1.a, C01 invariant 3).
func TestPagesNeedTheirPeople(t *testing.T) {
	p := province(t)
	c := client(t)
	for _, path := range pages {
		code, _, _ := get(t, c, p.BaseURL()+path)
		if code != http.StatusUnauthorized && code != http.StatusSeeOther {
			t.Errorf("%s to nobody: %d", path, code)
		}
	}
	if err := p.SignIn(context.Background(), c, "lan"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/den", "/den/cho-tiep-nhan", "/den/dang-ky", "/di", "/du-thao", "/du-thao/moi", "/gui-nhan", "/cong-viec", "/so/den", "/so/di", "/tuan-thu", "/tim?q=a", "/thong-bao", "/toi", "/tro-giup"} {
		code, body, h := get(t, c, p.BaseURL()+path)
		if code != http.StatusOK || !strings.Contains(body, "<main") {
			t.Errorf("%s: %d", path, code)
		}
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe-inline") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	for path, want := range map[string]int{"/truc": 403, "/quan-tri": 403, "/tep/1/1": 404, "/den/999999": 404, "/khong-co": 404} {
		if code, _, _ := get(t, c, p.BaseURL()+path); code != want {
			t.Errorf("%s to the clerk: %d, want %d", path, code, want)
		}
	}
}

// The one-click door exists in the demonstration only, and a foreign page
// cannot press it.
func TestDemoDoorExistsOnlyInTheDemo(t *testing.T) {
	p := province(t)
	form := strings.NewReader(url.Values{"login": {"lan"}}.Encode())
	r := httptest.NewRequest(http.MethodPost, "/trinh-dien/vao", form)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	web.Handler(p.site, nil).ServeHTTP(w, r)
	if w.Code != http.StatusNotFound || len(w.Result().Cookies()) != 0 {
		t.Errorf("outside the demonstration: %d, cookies %v", w.Code, w.Result().Cookies())
	}
	req, err := http.NewRequest(http.MethodPost, p.BaseURL()+"/trinh-dien/vao", strings.NewReader("login=lan"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://evil.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("from a foreign page: %d", res.StatusCode)
	}
}

// The door refuses a wrong password and keeps the name; the session ends at
// sign-out (HN20-3.2.i).
func TestDoor(t *testing.T) {
	p := province(t)
	c := client(t)
	res, err := c.PostForm(p.BaseURL()+"/vao", url.Values{"login": {"lan"}, "password": {"sai"}})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized || !strings.Contains(string(b), `value="lan"`) || strings.Contains(string(b), "sai\"") {
		t.Errorf("wrong password: %d", res.StatusCode)
	}
	if err := p.SignIn(context.Background(), c, "Trần Thị Lan"); err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(p.BaseURL())
	cookies := c.Jar.Cookies(u)
	if code, _, _ := get(t, c, p.BaseURL()+"/"); code != http.StatusOK {
		t.Errorf("signed in: %d", code)
	}
	if res, err = c.PostForm(p.BaseURL()+"/ra", nil); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	old := client(t)
	old.Jar.SetCookies(u, cookies)
	if code, _, _ := get(t, old, p.BaseURL()+"/"); code == http.StatusOK {
		t.Error("the session still works after sign-out")
	}
}

// The register of certificates names a key file that does not open to the
// administrator, who can put it back, and to nobody else (HT33-4.2).
func TestBrokenKeyFileIsNamed_HT33_4_2(t *testing.T) {
	p := province(t)
	write(t, filepath.Join(p.Dir, "sxd", "keys", "cu.p12"), []byte("torn"))
	for login, want := range map[string]bool{"tam": true, "hung": false} {
		c := client(t)
		if err := p.SignIn(context.Background(), c, login); err != nil {
			t.Fatal(err)
		}
		code, body, _ := get(t, c, p.BaseURL()+"/chung-thu-so")
		if told := strings.Contains(body, "Không mở được tệp khóa cu.p12."); code != http.StatusOK || told != want {
			t.Errorf("%s: %d, told %v", login, code, told)
		}
	}
}
