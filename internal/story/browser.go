package story

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
)

const (
	maxPage     = 32 << 20         // bytes of one answer
	pageTimeout = 60 * time.Second // for one request with its redirects
)

// A page is the last answer a person has before him.
type page struct {
	url    *url.URL
	status int
	kind   string // media type
	file   string // name offered for saving, may be empty
	body   []byte
	root   *html.Node // nil when the answer is not HTML
}

// text is all a person can read on the page.
func (p *page) text() string {
	switch {
	case p == nil:
		return ""
	case p.root != nil:
		return seenText(p.root)
	case utf8.Valid(p.body):
		return string(p.body)
	}
	return fmt.Sprintf("[tệp %s, %d byte]", p.kind, len(p.body))
}

// A tab is one person's browser: his cookies, his page, and what he has entered
// but not sent.
type tab struct {
	person string
	client *http.Client
	page   *page
	staged []staged
	// judged is set once a story has stated the status of the page itself.
	judged bool
	moves  int // of the clock, when the person signed in
}

// staged is a value entered before its form is sent.
type staged struct {
	Pair
	beside string
}

func newTab(person string, base func() string) *tab {
	jar, _ := cookiejar.New(nil) // cannot fail without options
	return &tab{person: person, client: &http.Client{
		Jar:     jar,
		Timeout: pageTimeout,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) >= 10 {
				return errors.New("trang chuyển hướng quá 10 lần")
			}
			return sameHost(r.URL, base())
		},
	}}
}

// sameHost keeps a story on the server it was given.
func sameHost(u *url.URL, base string) error {
	b, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("địa chỉ máy chủ hỏng: %w", err)
	}
	if u.Scheme != b.Scheme || u.Host != b.Host {
		return fmt.Errorf("liên kết dẫn ra ngoài máy chủ: %s", u)
	}
	return nil
}

// send makes a request as a browser would and reads the whole answer.
func (t *tab) send(ctx context.Context, r *http.Request, base string) (*page, error) {
	if err := sameHost(r.URL, base); err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	r.Header.Set("Accept-Language", "vi")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if r.Method == http.MethodPost {
		r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
	}
	if t.page != nil {
		r.Header.Set("Referer", t.page.url.String())
	}
	resp, err := t.client.Do(r.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("máy chủ không trả lời: %w", err)
	}
	defer resp.Body.Close()
	return readPage(resp)
}

func readPage(resp *http.Response) (*page, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil {
		return nil, fmt.Errorf("đường truyền đứt giữa chừng: %w", err)
	}
	if len(body) > maxPage {
		return nil, fmt.Errorf("máy chủ trả về hơn %d MB", maxPage>>20)
	}
	p := &page{url: resp.Request.URL, status: resp.StatusCode, body: body}
	p.kind, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil {
		p.file = params["filename"]
	}
	if p.kind == "text/html" {
		if p.root, err = html.Parse(strings.NewReader(string(body))); err != nil {
			return nil, fmt.Errorf("không đọc được trang: %w", err)
		}
	}
	return p, nil
}

// show makes p the page before the person.
func (t *tab) show(p *page) {
	t.page, t.staged, t.judged = p, nil, false
}
