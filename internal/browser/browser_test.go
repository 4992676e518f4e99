// Package browser looks at the product as people do: it runs the fictional
// province, opens its pages in a headless Chromium, walks the two routes with
// keys and taps, and leaves pictures in shots/ for the eye (ảnh chụp màn hình).
//
// There is one province for all tests of the package and one tab with its own
// cookies for each person. Every tab fails its test on a message in the console
// and so on a breach of the content security policy.
package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"vanthu/internal/cli"
	"vanthu/internal/demo"
	"vanthu/internal/web/static"
)

const root = "../../"

// stage is the province and the browser before it.
type stage struct {
	*cli.Province
	browser context.Context
}

var theStage stage

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	flag.Parse()
	if testing.Short() {
		fmt.Println("-short leaves the browser out")
		return 0
	}
	if err := raise(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		theStage.Close()
		os.RemoveAll(theStage.Dir)
	}()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("lang", "vi"),
		chromedp.Flag("ignore-certificate-errors-spki-list", deskKey())) // the signing program of desk_test.go
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "chromium:", err)
		return 1
	}
	theStage.browser = ctx
	return m.Run()
}

// raise opens the province; what a test needs and is not there is an error.
func raise() error {
	if _, err := exec.LookPath("chromium"); err != nil {
		return fmt.Errorf("chromium is required for these tests: apt install chromium")
	}
	if !static.Built() {
		return fmt.Errorf("the assets are not built: run `npm ci --ignore-scripts && go run ./tools/assets`")
	}
	dir, err := os.MkdirTemp("", "vanthu-browser-")
	if err != nil {
		return err
	}
	theStage.Province, err = cli.StartProvince(context.Background(), cli.ProvinceOptions{Options: demo.Options{Dir: dir, Month: true}})
	return err
}

// size is a viewport.
type size struct {
	name string
	w, h int64
}

var (
	desktop = size{"may-tinh", 1366, 768} // what communes have
	phone   = size{"dien-thoai", 390, 844}
)

// tab is one person's window.
type tab struct {
	*testing.T
	ctx  context.Context
	who  string
	size size

	mu  sync.Mutex
	bad []string // what the console said
}

var pictures = flag.Bool("pictures", false, "renew the pictures of the read-me in doc/img")

// show keeps a picture for the read-me when the tests run with -pictures.
func (b *tab) show(name string) {
	b.Helper()
	png := b.shoot(name)
	if !*pictures {
		return
	}
	png, err := shrink(png)
	if err != nil {
		b.Fatal(err)
	}
	if len(png) > 200<<10 {
		b.Errorf("%s.png has %d bytes, at most 200 KB", name, len(png))
	}
	if err := os.MkdirAll(root+"doc/img", 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "doc/img", name+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// as opens a window and signs the person in at the door with one press; ""
// stays outside.
func as(t *testing.T, who string, s size) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(theStage.browser, chromedp.WithNewBrowserContext())
	ctx, late := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(func() { late(); cancel() })
	b := &tab{T: t, ctx: ctx, who: who, size: s}
	steps := []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(s.w, s.h)}
	if s == phone {
		steps = []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(s.w, s.h, chromedp.EmulateMobile, chromedp.EmulateTouch)}
	}
	b.do(steps...)
	go b.listen()
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, m := range b.bad {
			t.Errorf("%s, %s: console: %s", who, s.name, m)
		}
	})
	b.open("/vao")
	if who != "" {
		b.leave(fmt.Sprintf(`document.querySelector("input[name=login][value=%s]").form.requestSubmit()`, who))
		b.at("/")
	}
	return b
}

func (b *tab) listen() {
	for m, err := range chromedp.Console(b.ctx) {
		if err != nil {
			return // the tab is closed
		}
		switch m.Type {
		case chromedp.ConsoleError, chromedp.ConsoleException, chromedp.ConsoleWarning:
			b.mu.Lock()
			b.bad = append(b.bad, m.String()+" "+m.URL)
			b.mu.Unlock()
		}
	}
}

// forget drops console messages that hold a phrase: those that the test caused.
func (b *tab) forget(phrase string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := b.bad[:0]
	for _, m := range b.bad {
		if !strings.Contains(m, phrase) {
			kept = append(kept, m)
		}
	}
	b.bad = kept
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatalf("%s: %v", b.where(), err)
	}
}

func (b *tab) where() string {
	s, _ := chromedp.Run(b.ctx, chromedp.Location())
	return b.who + " at " + strings.TrimPrefix(s, theStage.BaseURL())
}

// open goes to a page and waits until it stands.
func (b *tab) open(path string) {
	b.Helper()
	b.do(chromedp.Navigate(theStage.BaseURL() + path))
	b.ready()
}

// A paper below the edge of the screen is drawn when somebody comes to it.
const isReady = `document.readyState === "complete" && document.fonts.status === "loaded" && (!(document.querySelector("pdf-view")?.getBoundingClientRect().top < innerHeight) || !!document.querySelector(".pdf-page canvas, .pdf-error"))`

func (b *tab) ready() {
	b.Helper()
	b.is("page stands", isReady)
}

// is waits until an expression holds.
func (b *tab) is(what, expr string) {
	b.Helper()
	var err error
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		var ok bool // an error may be that the page is just being left
		if ok, err = chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+expr+")")); ok && err == nil {
			return
		}
	}
	b.shoot("loi-" + strings.ReplaceAll(b.Name(), "/", "-"))
	b.Fatalf("%s: %s: %s never held (%v)", b.where(), what, expr, err)
}

// js runs statements.
func (b *tab) js(code string) {
	b.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("(() => {"+code+"; return true})()")); err != nil {
		b.Fatalf("%s: %s: %v", b.where(), code, err)
	}
}

// str is the value of an expression.
func (b *tab) str(expr string) string {
	b.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("String("+expr+")"))
	if err != nil {
		b.Fatalf("%s: %s: %v", b.where(), expr, err)
	}
	return s
}

// leave runs statements that go to another page, and waits for it.
func (b *tab) leave(code string) {
	b.Helper()
	b.js("window.vtBefore = true; " + code)
	b.arrive()
}

// stay marks the page, so that arrive can wait for the next one.
func (b *tab) stay() { b.Helper(); b.js("window.vtBefore = true") }

func (b *tab) arrive() {
	b.Helper()
	b.is("another page", "!window.vtBefore && "+isReady)
}

// at says which page this must be.
func (b *tab) at(path string) {
	b.Helper()
	if got := b.str("location.pathname"); got != path {
		b.Fatalf("%s: at %s, not at %s", b.who, got, path)
	}
}

// sees waits for words on the page.
func (b *tab) sees(words ...string) {
	b.Helper()
	for _, w := range words {
		b.is("sees "+w, fmt.Sprintf("document.body.innerText.includes(%q)", w))
	}
}

// link is where the line with these words leads; "" without one.
func (b *tab) link(words string) string {
	b.Helper()
	return b.str(fmt.Sprintf(`[...document.querySelectorAll("tr a, .qi, main a")].find(a => a.textContent.includes(%q))?.getAttribute("href") ?? ""`, words))
}

// shoot leaves a picture in shots/, which is not in the repository.
func (b *tab) shoot(name string) []byte {
	b.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Errorf("%s: %v", b.where(), err)
	}
	keep(b.T, name, png)
	return png
}

func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	if !strings.Contains(name, ".") {
		name += ".png"
	}
	if err := os.MkdirAll(root+"shots", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "shots", name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}
