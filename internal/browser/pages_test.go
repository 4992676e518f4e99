package browser

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// page is one page of the sweep. find opens path and follows the line with
// these words, and on from there: "a > b".
type page struct {
	name, who, path, find string
}

var pages = []page{
	{"vao", "", "/vao", ""},
	{"ban", "lan", "/", ""},
	{"den", "lan", "/den/", ""},
	{"den-cho-tiep-nhan", "lan", "/den/cho-tiep-nhan", ""},
	{"den-dang-ky", "lan", "/den/dang-ky", ""},
	{"den-id", "lan", "/den/cho-tiep-nhan", "100/BC-SNV"},
	{"den-id-chu-ky", "lan", "/den/cho-tiep-nhan", "100/BC-SNV > Chữ ký"},
	{"du-thao", "an", "/du-thao", ""},
	{"du-thao-moi", "an", "/du-thao/moi", ""},
	{"di", "lan", "/di/", ""},
	{"di-id", "lan", "/", "thẩm định giá trị dự toán"},
	{"di-da-gui", "binh", "/di/", "điều chỉnh quy hoạch chi tiết cụm"},
	{"di-da-gui-van-thu", "lan", "/di/", "điều chỉnh quy hoạch chi tiết cụm"},
	{"thay-the", "binh", "/di/", "điều chỉnh quy hoạch chi tiết cụm > Thay thế"},
	{"gui-nhan", "lan", "/gui-nhan", ""},
	{"gui-nhan-id", "lan", "/gui-nhan", "điều chỉnh quy hoạch chi tiết cụm"},
	{"cong-viec", "son", "/cong-viec", ""},
	{"so-den", "lan", "/so/den", ""},
	{"so-di", "lan", "/so/di", ""},
	{"tuan-thu", "lan", "/tuan-thu", ""},
	{"tim", "lan", "/tim?q=quy+hoach", ""},
	{"thong-bao", "an", "/thong-bao", ""},
	{"truc", "vh1", "/truc", ""},
	{"truc-danh-ba", "vh1", "/truc/danh-ba", ""},
	{"truc-co-quan", "vh1", "/truc/000.00.15.H99", ""},
	{"truc-sap-xep", "vh1", "/truc/danh-ba/sap-xep", ""},
	{"truc-nhap", "vh1", "/truc/danh-ba/nhap", ""},
	{"truc-so-cai", "vh1", "/truc/so-cai", ""},
	{"quan-tri", "tam", "/quan-tri", ""},
	{"chung-thu-so", "tam", "/chung-thu-so", ""},
	{"chung-thu", "lan", "/chung-thu-so", "Sở Xây dựng"},
	{"con-dau", "tam", "/chung-thu-so", "Sở Xây dựng"},
	{"dang-ky-chung-thu", "tam", "/chung-thu-so/moi", ""},
	{"giao-giu-khoa", "hung", "/chung-thu-so", "Lê Quốc Hùng"},
	{"khoa-mo", "tam", "/chung-thu-so/khoa-mo", ""},
	{"tin-cay", "tam", "/chung-thu-so/tin-cay", ""},
	{"ky-so", "hung", "/ky-so", ""},
	{"tro-giup", "lan", "/tro-giup", ""},
	{"toi", "hung", "/toi", ""},
	{"ban-lanh-dao", "hung", "/", ""},
	{"khong-co", "lan", "/khong-co-trang-nay", ""},
}

// TestPages opens every page on the commune's screen and on a phone, in light
// and, on the screen, in dark. It fails on sideways scrolling, on messages in
// the console, and on what axe-core calls serious or critical against WCAG 2.2
// AA.
func TestPages(t *testing.T) {
	for _, s := range []size{desktop, phone} {
		t.Run(s.name, func(t *testing.T) {
			tabs := map[string]*tab{}
			for _, p := range pages {
				t.Run(p.name, func(u *testing.T) {
					b := tabs[p.who]
					if b == nil {
						b = as(t, p.who, s)
						tabs[p.who] = b
					}
					b.T = u
					b.look(p)
				})
			}
		})
	}
}

// look opens a page, takes its picture and examines it.
func (b *tab) look(p page) {
	b.Helper()
	b.open(p.path)
	for _, words := range strings.Split(p.find, " > ") {
		if words == "" {
			break
		}
		at := b.link(words)
		if at == "" {
			b.Fatalf("%s: no line %q", b.where(), words)
		}
		b.open(at)
	}
	b.fits()
	b.shoot(p.name + "-" + b.size.name)
	b.barriers()
	if b.size == desktop {
		b.theme("dark")
		b.shoot(p.name + "-toi")
		b.barriers()
		b.theme("light")
	}
	if p.name == "khong-co" {
		b.forget("404")
	}
	b.quiet()
}

// quiet fails on what the console has said, and forgets it.
func (b *tab) quiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.bad {
		b.Errorf("%s: console: %s", b.where(), m)
	}
	b.bad = nil
}

// fits fails on sideways scrolling, and names what is too wide.
func (b *tab) fits() {
	b.Helper()
	const wide = `(() => { const w = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= w && innerWidth <= w + 20) return "";
		return innerWidth + "/" + document.documentElement.scrollWidth + ">" + w + ": " + [...document.querySelectorAll("body *")].filter(x => x.getBoundingClientRect().right > w + 1).slice(-4).map(x => x.outerHTML.slice(0, 110)).join(" | ") })()`
	if got := b.str(wide); got != "" {
		b.Errorf("%s, %s: sideways scrolling: %s", b.where(), b.size.name, got)
	}
}

// theme shows the page in the other theme without choosing it for the person.
func (b *tab) theme(name string) {
	b.Helper()
	media := map[string]string{"dark": "all", "light": "not all"}[name]
	b.js(`document.documentElement.dataset.theme = "` + name + `"; document.getElementById("dark").media = "` + media + `"`)
	b.do(chromedp.Sleep(60 * time.Millisecond))
}

// axe is the script of axe-core.
var axe = sync.OnceValues(func() ([]byte, error) { return os.ReadFile(root + "node_modules/axe-core/axe.min.js") })

// barriers fails on what axe-core finds serious or critical.
func (b *tab) barriers() {
	b.Helper()
	if b.str("!!window.axe") != "true" {
		code, err := axe()
		if err != nil {
			b.Fatalf("axe-core is required for this test, run `npm ci --ignore-scripts`: %v", err)
		}
		b.js(string(code))
	}
	const run = `axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}).then(r => JSON.stringify(
		r.violations.filter(v => v.impact === "serious" || v.impact === "critical").map(v => v.id + " (" + v.impact + "): " + v.nodes.slice(0, 4).map(n => n.html.slice(0, 140) + " " + (n.any[0]?.message ?? "")).join(" | "))))`
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		b.Fatal(err)
	}
	for _, v := range list {
		b.Errorf("%s, %s, %s: %s", b.where(), b.size.name, b.str("document.documentElement.dataset.theme"), v)
	}
}
