package part_test

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"vanthu/internal/fail"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/static"
)

//go:embed testdata/live.html
var liveFiles embed.FS

type livePage struct {
	kit.Page
	N    int64
	Form *kit.Form
}

var liveView = kit.NewView[livePage](liveFiles, "testdata/live.html")

// everybody is a store of sessions that knows everyone.
type everybody struct{}

func (everybody) Lookup(context.Context, string) (kit.Session, error) {
	return kit.Session{Login: "lan"}, nil
}
func (everybody) Start(context.Context, string, kit.Session) error { return nil }
func (everybody) End(context.Context, string) error                { return nil }

// TestLivePageAndUpload: a page that shows a number hears that it has changed
// and fetches it again without touching what is being typed; a file goes ahead
// of the form, and a refused form still has it.
func TestLivePageAndUpload(t *testing.T) {
	if !static.Built() {
		t.Fatal("the assets are not built: run `npm ci --ignore-scripts && go run ./tools/assets`")
	}
	var n atomic.Int64
	n.Store(1)
	stash, err := kit.NewStash(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	k := kit.New(kit.Options{Plain: true, Sessions: everybody{}, Stash: stash})
	live := kit.NewLive()
	show := func(w http.ResponseWriter, r *http.Request, status int, f *kit.Form) error {
		p := livePage{Page: k.Page(r, "Thử"), N: n.Load(), Form: f}
		p.Live = "/live"
		return liveView.ShowAs(w, r, status, p)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static.Handler())
	mux.Handle("GET /live", live.Handler(nil))
	mux.Handle("POST "+kit.UploadPath, k.Signed(k.Upload))
	mux.Handle("POST /vao", k.Handle(func(w http.ResponseWriter, r *http.Request) error { return k.SignIn(w, r, kit.Session{}) }))
	mux.Handle("GET /{$}", k.Handle(func(w http.ResponseWriter, r *http.Request) error {
		return show(w, r, http.StatusOK, k.NewForm(nil))
	}))
	mux.Handle("POST /luu", k.Handle(func(w http.ResponseWriter, r *http.Request) error {
		f, err := k.Form(w, r)
		if err != nil {
			return err
		}
		if f.Refused(fail.Invalid("note", fmt.Sprintf("Nhận %d tệp.", len(f.Files("scan"))))) {
			return show(w, r, f.Status(), f)
		}
		return k.Done(w, r, "/", part.Toast{})
	}))
	s := httptest.NewServer(k.Wrap(mux))
	t.Cleanup(s.Close)
	ctx, _ := tab(t, browser(t), 1366, 768)
	do(t, ctx, chromedp.Navigate(s.URL+"/"))
	js(t, ctx, `window.before = true; fetch("/vao", {method: "POST"}).then(() => location.reload())`)
	is(t, ctx, "signed in and upgraded", `!window.before && document.querySelector("file-drop.on") && document.cookie === ""`)
	do(t, ctx, chromedp.SendKeys("#f-note", "đang gõ"))
	n.Store(2)
	is(t, ctx, "listening", `performance.getEntriesByType("resource").some(e => e.name.includes("/app")) && (window.__t ??= Date.now()) && Date.now() - window.__t > 400`)
	live.Publish("desk:5")
	is(t, ctx, "fetched again", `document.querySelector("#count").textContent === "2 việc"`)
	is(t, ctx, "typed words stay", `document.querySelector("#f-note").value === "đang gõ"`)
	file := filepath.Join(t.TempDir(), "quét.pdf")
	if err := os.WriteFile(file, []byte(strings.Repeat("%PDF", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.SetUploadFiles("#f-scan", []string{file}))
	is(t, ctx, "sent ahead", `document.querySelector("input[name='scan.kept']") && document.querySelector(".file").textContent.includes("4 KB")`)
	do(t, ctx, chromedp.Click("button.pri:not(.undo)"))
	is(t, ctx, "the refused form has its file", `document.querySelector("#f-note-e")?.textContent === "Nhận 1 tệp." && document.querySelector(".files").textContent.includes("đã giữ lại: quét.pdf")`)
}
