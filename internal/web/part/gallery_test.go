package part_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/static"
)

const root = "../../../"

// serve runs the gallery behind the real guards, so that the real CSP holds.
func serve(t *testing.T) string {
	t.Helper()
	if !static.Built() {
		t.Fatal("the assets are not built: run `npm ci --ignore-scripts && go run ./tools/assets`")
	}
	stash, err := kit.NewStash(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	k := kit.New(kit.Options{Plain: true, Stash: stash})
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static.Handler())
	mux.Handle("POST /giao-dien", k.Handle(k.Theme))
	mux.Handle("/", part.Gallery())
	s := httptest.NewServer(k.Wrap(mux))
	t.Cleanup(s.Close)
	return s.URL
}

// browser opens a headless Chromium for the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves the browser out")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Fatal("chromium is required for this test: apt install chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("lang", "vi"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// tab opens a page and gathers what it complains of.
func tab(t *testing.T, parent context.Context, w, h int64) (context.Context, func() []string) {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var bad []string
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(w, h)); err != nil {
		t.Fatal(err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return // the tab is closed
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleWarning {
				mu.Lock()
				bad = append(bad, m.String())
				mu.Unlock()
			}
		}
	}()
	return ctx, func() []string { mu.Lock(); defer mu.Unlock(); return bad }
}

var screens = []struct {
	name string
	w, h int64
}{{"may-tinh", 1366, 768}, {"dien-thoai", 390, 844}}

// TestGalleryWCAG opens every page of the gallery at two sizes in two themes.
// It fails on messages in the console (so on breaches of the CSP), on sideways
// scrolling and on what axe-core finds against WCAG 2.2 AA, and leaves pictures
// in shots/ for the eye.
func TestGalleryWCAG(t *testing.T) {
	base := serve(t)
	axe, err := os.ReadFile(root + "node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("axe-core is required for this test: run `npm ci --ignore-scripts`")
	}
	parent := browser(t)
	for _, s := range screens {
		ctx, complaints := tab(t, parent, s.w, s.h)
		for _, path := range []string{"/", "/ban", "/van-ban", "/dang-ky", "/gui-nhan", "/ky"} {
			for _, theme := range []string{"light", "dark"} {
				name := strings.Trim(path, "/")
				if name == "" {
					name = "mang"
				}
				shoot(t, ctx, base+path+"?theme="+theme, fmt.Sprintf("%s-%s-%s", name, s.name, theme), string(axe))
			}
		}
		for _, c := range complaints() {
			t.Errorf("%s: console: %s", s.name, c)
		}
	}
}

func shoot(t *testing.T, ctx context.Context, url, name, axe string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(name, err)
	}
	const ready = `document.fonts.status === "loaded" && (!document.querySelector("pdf-view") || !!document.querySelector(".pdf-page canvas"))`
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](ready, chromedp.WithPollingTimeout(15*time.Second))); err != nil {
		t.Errorf("%s: never ready: %v", name, err)
	}
	time.Sleep(250 * time.Millisecond) // the toast has risen, the text layer stands
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(name, err)
	}
	keep(t, name, png)
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if err != nil || wide > 0 {
		t.Errorf("%s: %d pixels too wide (%v)", name, wide, err)
	}
	for _, v := range breaches(t, ctx, axe) {
		t.Errorf("%s: %s", name, v)
	}
}

// keep leaves a picture in shots/, which is not in the repository.
func keep(t *testing.T, name string, png []byte) {
	t.Helper()
	if err := os.MkdirAll(root+"shots", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "shots", name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// breaches runs axe-core and gives a line for each finding.
func breaches(t *testing.T, ctx context.Context, axe string) []string {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axe+";true")); err != nil {
		t.Fatal(err)
	}
	const run = `axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}).then(r => JSON.stringify(
		r.violations.map(v => v.id + " (" + v.impact + "): " + v.nodes.slice(0, 4).map(n => n.html.slice(0, 140) + " " + (n.any[0]?.message ?? "")).join(" | "))))`
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	return list
}
