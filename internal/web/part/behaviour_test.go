package part_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"vanthu/internal/web/static"
)

// page opens a page of the gallery in a tab.
func page(t *testing.T, url string, w, h int64) context.Context {
	t.Helper()
	ctx, complaints := tab(t, browser(t), w, h)
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range complaints() {
			t.Errorf("console: %s", c)
		}
	})
	return ctx
}

// is waits until an expression holds, and fails with what it was about.
func is(t *testing.T, ctx context.Context, what, expr string) {
	t.Helper()
	var err error
	for end := time.Now().Add(6 * time.Second); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
		var ok bool // an error may be that the page is just being left
		if ok, err = chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expr+")")); ok && err == nil {
			return
		}
	}
	t.Errorf("%s: %s never held (%v)", what, expr, err)
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func js(t *testing.T, ctx context.Context, expr string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(() => {"+expr+"; return true})()")); err != nil {
		t.Fatal(expr, err)
	}
}

// TestComboboxFindsWithoutMarks: "dau thau" finds "Đấu thầu"; what is taken
// stands in the native select that the form sends.
func TestComboboxFindsWithoutMarks(t *testing.T) {
	ctx := page(t, serve(t)+"/dang-ky", 1366, 768)
	is(t, ctx, "upgraded", `!!document.querySelector("#f-area[role=combobox]")`)
	do(t, ctx, chromedp.Click("#f-area"), chromedp.SendKeys("#f-area", "dau th"))
	is(t, ctx, "one choice", `document.querySelectorAll("#f-area").length === 1 && [...document.querySelectorAll("[role=option]")].filter(o => o.offsetParent).map(o => o.textContent).join() === "Đấu thầu"`)
	is(t, ctx, "hit is marked", `document.querySelector("[role=option] mark").textContent === "Đấu"`)
	do(t, ctx, chromedp.KeyEvent(kb.Enter))
	is(t, ctx, "taken", `document.querySelector("select[name=area]").value === "dt" && document.querySelector("#f-area").value === "Đấu thầu"`)
	is(t, ctx, "form not sent", `location.pathname === "/dang-ky"`)
	do(t, ctx, chromedp.SendKeys("#f-area", "zzz"), chromedp.KeyEvent(kb.Escape))
	is(t, ctx, "what names no choice is taken back", `document.querySelector("#f-area").value === "Đấu thầu"`)
}

func TestComboboxManyByKeyboard(t *testing.T) {
	ctx := page(t, serve(t)+"/van-ban", 1366, 768)
	is(t, ctx, "two chips", `document.querySelectorAll(".picked").length === 2`)
	do(t, ctx, chromedp.Click("#f-with"), chromedp.SendKeys("#f-with", "duc"), chromedp.KeyEvent(kb.Enter))
	is(t, ctx, "three", `[...document.querySelector("select[name=with]").selectedOptions].map(o => o.value).join() === "kt,binh,duc"`)
	do(t, ctx, chromedp.KeyEvent(kb.Backspace))
	is(t, ctx, "Backspace drops the last", `document.querySelectorAll(".picked").length === 2`)
}

func TestDateField(t *testing.T) {
	ctx := page(t, serve(t)+"/dang-ky", 1366, 768)
	is(t, ctx, "weekday", `document.querySelector("#f-arrived + .wd")?.textContent === "T2"`)
	js(t, ctx, `const i = document.querySelector("#f-arrived"); i.value = "5/3/25"; i.dispatchEvent(new Event("change"))`)
	is(t, ctx, "written out", `document.querySelector("#f-arrived").value === "05/03/2025"`)
	do(t, ctx, chromedp.Click("#f-arrived"), chromedp.KeyEvent(kb.ArrowUp))
	is(t, ctx, "next day", `document.querySelector("#f-arrived").value === "06/03/2025"`)
	js(t, ctx, `const i = document.querySelector("#f-arrived"); i.value = "31/2/2025"; i.dispatchEvent(new Event("change"))`)
	is(t, ctx, "no such day stays as typed", `document.querySelector("#f-arrived").value === "31/2/2025"`)
	js(t, ctx, `window.onbeforeunload = null; document.querySelectorAll("form").forEach(f => delete f.dataset.dirty)`)
}

func TestKeys(t *testing.T) {
	ctx := page(t, serve(t)+"/ban", 1366, 768)
	is(t, ctx, "script runs", `!!customElements.get("combo-box")`)
	do(t, ctx, chromedp.KeyEvent("?"))
	is(t, ctx, "help lists the page's keys", `document.querySelector("#keys[open]")?.textContent.includes("Đăng ký văn bản giấy") && document.querySelector("#keys").textContent.includes("Văn bản đến")`)
	do(t, ctx, chromedp.KeyEvent(kb.Escape))
	is(t, ctx, "Escape closes", `!document.querySelector("#keys")`)
	do(t, ctx, chromedp.KeyEvent("/"))
	is(t, ctx, "search has the focus", `document.activeElement.name === "q"`)
	js(t, ctx, `document.activeElement.blur()`)
	do(t, ctx, chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"))
	is(t, ctx, "first line chosen", `document.querySelector("tr[aria-selected=true] .num").textContent === "07/CĐ-UBND"`)
	do(t, ctx, chromedp.KeyEvent("g"), chromedp.KeyEvent("g"))
	is(t, ctx, "g g goes", `location.pathname === "/gui-nhan"`)
}

func TestDialogWithAndWithoutScript(t *testing.T) {
	base := serve(t)
	ctx := page(t, base+"/gui-nhan", 1366, 768)
	is(t, ctx, "script runs", `!!customElements.get("combo-box")`)
	do(t, ctx, chromedp.Click(`a[href="#thu-hoi"]`))
	is(t, ctx, "open as modal, reason has the focus", `document.querySelector("#thu-hoi:modal") && document.activeElement.name === "reason"`)
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "hop-thoai", png)
	js(t, ctx, `document.querySelector("#thu-hoi .chip").click()`)
	is(t, ctx, "a phrase is put in", `document.querySelector("#thu-hoi textarea").value === "Sai thể thức"`)
	js(t, ctx, `delete document.querySelector("#thu-hoi form").dataset.dirty; document.querySelector("#thu-hoi [data-shut]").click()`)
	is(t, ctx, "shut", `!document.querySelector("#thu-hoi").open`)
	// Without script :target opens it.
	js(t, ctx, `location.hash = "thu-hoi"`)
	is(t, ctx, "by :target", `getComputedStyle(document.querySelector("#thu-hoi")).display === "block"`)
}

func TestThemeIsKept(t *testing.T) {
	ctx := page(t, serve(t)+"/ban", 1366, 768)
	is(t, ctx, "script runs", `!!customElements.get("combo-box")`)
	js(t, ctx, `document.querySelector("details.menu").open = true; document.querySelector("[data-theme-form] button[value=dark]").click()`)
	is(t, ctx, "dark at once", `getComputedStyle(document.body).backgroundColor === "rgb(14, 21, 29)"`)
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "tai-khoan", png)
}

// TestPDFView: pages are drawn, the text can be selected, zoom works, and a
// signature's box moves by keys within the page.
func TestPDFView(t *testing.T) {
	ctx := page(t, serve(t)+"/ky", 1366, 768)
	is(t, ctx, "drawn", `!!document.querySelector(".pdf-page[data-page='1'] canvas")`)
	is(t, ctx, "text layer", `document.querySelector(".textLayer")?.textContent.includes("CỘNG HÒA")`)
	is(t, ctx, "box", `!!document.querySelector(".sign-box")`)
	js(t, ctx, `document.querySelector(".sign-box").focus()`)
	do(t, ctx, chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowUp))
	is(t, ctx, "moved by a point", `document.querySelector("[name='sign.x']").value === "331" && document.querySelector("[name='sign.y']").value === "181"`)
	for range 3 {
		js(t, ctx, `const b = document.querySelector(".sign-box"); for (let i = 0; i < 100; i++) b.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", shiftKey: true}))`)
	}
	is(t, ctx, "stays on the page", `Number(document.querySelector("[name='sign.x']").value) + 130 <= 596`)
	js(t, ctx, `document.querySelector("[aria-label^='Phóng to']").click()`)
	is(t, ctx, "zoomed", `document.querySelector(".zoom").textContent === "100 %"`)
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "vi-tri-ky", png)
}

// TestFirstViewWeight: a first view is at most 150 KB over the wire, apart from
// faces and the PDF reader.
func TestFirstViewWeight(t *testing.T) {
	base := serve(t)
	total := 0
	for _, path := range []string{"/ban", static.URL("app.css"), static.URL("dark.css"), static.URL("app.js"), static.URL("icons.svg"), static.URL("seal.svg")} {
		r, _ := http.NewRequest("GET", base+path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		if strings.HasPrefix(path, static.Prefix) && !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is not kept by browsers", path)
		}
		t.Logf("%6d %s", len(b), path)
		total += len(b)
	}
	if total > 150<<10 {
		t.Errorf("the first view weighs %d bytes", total)
	}
}

// TestWorksWithoutScript: every field of the gallery is a real form control.
func TestWorksWithoutScript(t *testing.T) {
	res, err := http.Get(serve(t) + "/dang-ky")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	for _, want := range []string{`<select id="f-issuer" name="issuer"`, `name="dated"`, `<textarea id="f-subject" name="subject" required`, `<a class="btn" href="/mau.pdf">`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the plain page lacks %s", want)
		}
	}
	for _, never := range []string{" style=", "<style", "onclick=", "javascript:"} {
		if strings.Contains(string(b), never) {
			t.Errorf("the page has %s, which the CSP forbids", never)
		}
	}
}
