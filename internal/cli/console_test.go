package cli

import (
	"html"
	"io"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"vanthu/internal/api"
	"vanthu/internal/hub"
	"vanthu/internal/hub/hubtest"
)

// The operator reads from whom and to whom, never what: no title, number, file
// name or content of a packet is on any page of the console that a link leads
// to, in its files, or at the administration address (C30 invariant 4,
// BRVT1842-10.4).
func TestConsoleShowsNoContents(t *testing.T) {
	p := province(t)
	ctx := t.Context()
	caller := func(code string) hub.Caller {
		t.Helper()
		secret, err := p.Hub.NewCredential(ctx, hubtest.Operator, code, "thử")
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Hub.Authenticate(ctx, code, secret)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	accept := func(packet string) hub.Ack {
		t.Helper()
		packet = strings.ReplaceAll(packet, "cv.pdf", "zz-ten-tep.pdf")
		ack, err := p.Hub.Accept(ctx, caller(hubtest.SXD), hub.Offer{Body: strings.NewReader(packet)})
		if err != nil {
			t.Fatal(err)
		}
		return ack
	}
	if err := p.Hub.Pause(ctx, hubtest.Operator, hubtest.SNV, true, "bảo trì"); err != nil {
		t.Fatal(err)
	}
	doc := hubtest.Doc{From: hubtest.SXD, To: []string{hubtest.SNV}, ID: "zz-ma-van-ban", Number: 98765, Subject: "zz-trich-yeu", File: []byte("%PDF-1.7 zz-noi-dung")}
	first := accept(hubtest.Packet(doc))
	doc.ID, doc.Number = "zz-ma-van-ban-2", 98766
	accept(hubtest.Packet(doc))
	doc.ID, doc.Kind, doc.About = "zz-ma-van-ban-3", 1, "zz-ma-van-ban-2"
	accept(hubtest.Packet(doc))
	if err := p.Hub.Release(ctx, caller(hubtest.SNV), first.ID, true, "không đọc được", 0); err != nil {
		t.Fatal(err)
	}
	if err := p.AdvanceClock(ctx, 73*time.Hour); err != nil {
		t.Fatal(err)
	}

	secrets := []string{"zz-", "98765", "98766"}
	clean := func(at, body string) {
		t.Helper()
		for _, s := range secrets {
			if n := strings.Index(body, s); n >= 0 {
				t.Errorf("%s tells %q: …%s…", at, s, body[max(0, n-80):min(len(body), n+80)])
			}
		}
	}
	c := client(t)
	if err := p.SignIn(ctx, c, "vh1"); err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`(?:href|action|data-[a-z-]+)="(/truc[^"#]*)`)
	seen, next := map[string]bool{"/truc": true}, []string{"/truc"}
	for len(next) > 0 && len(seen) < 400 {
		at := next[0]
		next = next[1:]
		code, body, _ := get(t, c, p.BaseURL()+at)
		if code >= 500 {
			t.Errorf("%s: %d", at, code)
		}
		clean(at, body)
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			if to := html.UnescapeString(m[1]); !seen[to] {
				seen[to], next = true, append(next, to)
			}
		}
	}
	for _, at := range []string{"/truc/hang-doi", "/truc/goi-loi", "/truc/nhat-ky", "/truc/so-cai", "/truc/dau-so", "/truc/danh-ba", "/truc/danh-ba/xuat", "/truc/danh-ba/moi",
		"/truc/danh-ba/nhap", "/truc/danh-ba/sap-xep", "/truc/" + hubtest.SNV, "/truc/" + hubtest.SXD + "/sua", "/truc/nhat-ky?ma=" + hubtest.SNV} {
		if !seen[at] {
			t.Errorf("no link leads to %s", at)
		}
	}
	// Refused acts come back with their page.
	for _, at := range []string{"/truc/gui-lai", "/truc/tra-lai", "/truc/" + hubtest.SNV + "/tam-giu"} {
		res, err := c.PostForm(p.BaseURL()+at, url.Values{"goi": {first.ID}, "noi-nhan": {hubtest.SXD}})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		clean(at, string(body))
	}
	for _, at := range []string{"/metrics", "/readyz", "/healthz"} {
		r := httptest.NewRecorder()
		api.AdminHandler(p.Hub.Hub).ServeHTTP(r, httptest.NewRequest("GET", at, nil))
		clean(at, r.Body.String())
	}
}
