package browser

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	printing "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestPrinted prints the pages that clerks print from the browser, and fetches
// the register book and the delivery board that the product lays out itself;
// each is turned into a picture for the eye (ND30-PL4, ND30-22).
func TestPrinted(t *testing.T) {
	b := as(t, "lan", desktop)
	for name, path := range map[string]string{"in-trang-di": "/di/", "in-trang-den": "/den/"} {
		b.open(path)
		pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(func(p *printing.PrintToPDFParams) { p.PreferCSSPageSize = new(true) }))
		if err != nil {
			t.Fatal(err)
		}
		text := picture(t, name, pdf)
		if first, _, _ := strings.Cut(text, "\f"); strings.Count(first, "/2025") < 5 {
			t.Errorf("%s: the first sheet is all but empty", path)
		}
		for _, chrome := range []string{"Bàn làm việc\nVăn bản đến", "phím tắt", "Bản trình diễn"} {
			if strings.Contains(text, chrome) {
				t.Errorf("%s: the paper shows %q", path, chrome)
			}
		}
	}
	b.open("/so/den")
	book := b.str(`[...document.querySelectorAll(".acts a")].find(a => a.textContent.includes("In sổ")).getAttribute("href")`)
	if text := picture(t, "so-den-in", fetch(t, "lan", book)); !strings.Contains(text, "322/UBND-TH") {
		t.Error("the book does not name what was registered")
	}
	b.open(b.linkAt("/gui-nhan", "điều chỉnh quy hoạch chi tiết cụm"))
	board := b.str(`[...document.querySelectorAll(".acts a")].find(a => a.textContent.includes("In bảng")).getAttribute("href")`)
	if text := picture(t, "gui-nhan-in", fetch(t, "lan", board)); !strings.Contains(text, "Hội X") {
		t.Error("the board does not name every recipient")
	}
}

// fetch reads a file of the province as a person.
func fetch(t *testing.T, who, path string) []byte {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	if err := theStage.SignIn(context.Background(), c, who); err != nil {
		t.Fatal(err)
	}
	res, err := c.Get(theStage.BaseURL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", path, res.Status, err)
	}
	return data
}

// picture draws the first page of a PDF into shots/ and gives its text.
func picture(t *testing.T, name string, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+".pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	keep(t, name+".pdf", pdf)
	tool := func(name string, args ...string) []byte {
		out, err := exec.Command(name, args...).Output()
		if err != nil {
			t.Fatalf("%s (apt-get install poppler-utils): %v", name, err)
		}
		return out
	}
	keep(t, name, tool("pdftoppm", "-r", "80", "-png", "-f", "1", "-l", "1", file))
	return string(tool("pdftotext", "-layout", file, "-"))
}
