package story

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"vanthu/viet"
)

// office is a small server with the shapes that real pages have: rows with their
// own buttons, dialogs, groups, a combobox, uploads, redirects, refusals.
type office struct {
	*httptest.Server
	mu      sync.Mutex
	now     time.Time
	hub     bool
	unread  string
	polls   int
	journal []Entry
	saved   string
}

func newOffice(t *testing.T) *office {
	o := &office{hub: true}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /den", o.list)
	mux.HandleFunc("GET /dang-ky", o.form)
	mux.HandleFunc("POST /dang-ky", o.register)
	mux.HandleFunc("POST /den/{n}/{act}", o.act)
	mux.HandleFunc("GET /den/{n}", o.document)
	mux.HandleFunc("GET /cho", o.pending)
	mux.HandleFunc("GET /bang.csv", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		w.Header().Set("Content-Disposition", `attachment; filename="bang.csv"`)
		io.WriteString(w, "số,ký hiệu\n120,UBH-VP\n")
	})
	mux.HandleFunc("GET /tu-choi", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(409)
		io.WriteString(w, `<h1>Văn bản đã phát hành</h1><p>Không cấp số lại được.</p>`)
	})
	mux.HandleFunc("GET /hong", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "x", 500) })
	mux.HandleFunc("GET /ra-ngoai", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://example.invalid/", http.StatusSeeOther)
	})
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	return o
}

func who(r *http.Request) string {
	c, err := r.Cookie("phien")
	if err != nil {
		return "khách"
	}
	return c.Value
}

func page_(w http.ResponseWriter, r *http.Request, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><title>t</title><style>.x{}</style><header>Người dùng: <b>%s</b></header><main>%s</main>`,
		html.EscapeString(who(r)), body)
}

func (o *office) list(w http.ResponseWriter, r *http.Request) {
	page_(w, r, `<h1>Văn bản đến</h1>
<a href="/dang-ky">Đăng ký</a> <a href="/bang.csv">Xuất CSV</a>
<table><tr><th>Số đến</th><th>Ký hiệu</th><th>Trích yếu</th><th></th></tr>
<tr><td>412</td><td>120/UBH-VP</td><td>Phối hợp   rà
soát</td><td><form method=post action="/den/412/tiep-nhan"><button>Tiếp nhận</button></form>
 <button type=button commandfor=tra-412 command=show-modal>Trả lại…</button></td></tr>
<tr><td>413</td><td>07/CĐ-UBND</td><td>Công điện</td><td><form method=post action="/den/413/tiep-nhan"><button>Tiếp nhận</button></form></td></tr>
</table>
<dialog id=tra-412><form method=post action="/den/412/tra-lai"><label>Lý do <textarea name=ly_do></textarea></label>
<button formmethod=dialog>Hủy</button><button>Trả lại <kbd>Ctrl ⏎</kbd></button></form></dialog>
<button type=button>Chỉ có kịch bản</button><p hidden>Bị giấu</p>
<ul><li><a href="/den/412">Xem 120/UBH-VP</a></li></ul>
<section><h2>Hàng đợi</h2><a href="/den/412"><div><b>120/UBH-VP</b> còn 5 ngày</div></a><a href="/den/413"><div><b>07/CĐ-UBND</b> ngay</div></a></section>
<p>Cuối trang <a href="#tra-412">Từ chối</a></p>`)
}

const form = `<h1>Đăng ký văn bản đến</h1><form method=post action="/dang-ky" enctype="multipart/form-data">
<label for=ty>Trích yếu <span class=faint>· bắt buộc</span> *</label><textarea id=ty name=trich_yeu>
cũ</textarea>
<label>Ngày văn bản <input type=date name=ngay></label>
<label>Số <input name=so value=1></label><label>Ký hiệu <input name=ky_hieu aria-label="Số và ký hiệu"></label>
<label>Loại văn bản <select name=loai><option value="">Chọn</option><option value=cv>Công văn</option><option value=qd>Quyết định</option></select></label>
<label>Nơi nhận <select name=noi_nhan multiple><option value=1>Sở Xây dựng</option><option value=2>Sở Nội vụ</option><option value=3>Hội X</option></select></label>
<label>Cơ quan <input name=co_quan list=cq></label><datalist id=cq><option value=H99.31>UBND huyện A</datalist>
<fieldset><legend>Độ khẩn</legend><label><input type=radio name=khan value=0 checked>Thường</label><label><input type=radio name=khan value=1>Khẩn</label><label><input type=radio name=khan value=2>Hỏa tốc</label></fieldset>
<label><input type=checkbox name=giay>Có bản giấy</label>
<label>Tệp văn bản <input type=file name=tep></label>
<label>Người nhập <input name=nguoi value=lan readonly></label>
<input type=hidden name=ma value=m1><button name=viec value=luu>Lưu</button><button name=viec value=tiep>Lưu và tiếp</button></form>`

func (o *office) form(w http.ResponseWriter, r *http.Request) { page_(w, r, form) }

func (o *office) register(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	var b strings.Builder
	for _, k := range []string{"trich_yeu", "ngay", "so", "ky_hieu", "loai", "noi_nhan", "co_quan", "khan", "giay", "ma", "viec"} {
		fmt.Fprintf(&b, "<dt>%s</dt><dd>%s</dd>", k, html.EscapeString(strings.Join(r.Form[k], "+")))
	}
	if f := r.MultipartForm.File["tep"]; len(f) == 1 && f[0].Filename != "" {
		fmt.Fprintf(&b, "<dt>tệp</dt><dd>%s %d</dd>", f[0].Filename, f[0].Size)
	}
	o.mu.Lock()
	o.saved = b.String()
	o.journal = append(o.journal, Entry{"document.registered", "414", r.FormValue("trich_yeu")})
	o.mu.Unlock()
	http.Redirect(w, r, "/den/414", http.StatusSeeOther)
}

func (o *office) act(w http.ResponseWriter, r *http.Request) {
	n, act := r.PathValue("n"), r.PathValue("act")
	if act == "tra-lai" && r.FormValue("ly_do") == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(422)
		io.WriteString(w, `<p>Cần có lý do.</p>`)
		return
	}
	verb := map[string]string{"tra-lai": "document.returned", "tiep-nhan": "document.received"}[act]
	o.mu.Lock()
	o.journal = append(o.journal, Entry{verb, n, r.FormValue("ly_do")})
	o.mu.Unlock()
	page_(w, r, "<p>Xong: "+verb+" "+n+"</p><p>"+html.EscapeString(r.FormValue("ly_do"))+"</p>")
}

func (o *office) document(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	page_(w, r, "<h1>Văn bản "+r.PathValue("n")+"</h1><p>Số đến: "+r.PathValue("n")+"</p><dl>"+o.saved+"</dl>")
}

func (o *office) pending(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.polls++
	text := "Đang gửi"
	if o.polls > 2 {
		text = "Đã đến"
	}
	page_(w, r, fmt.Sprintf("<p>%s</p><p>%s, trục %v %s</p>", text, viet.DateTime(o.now), o.hub, o.unread))
}

func (o *office) BaseURL() string { return o.URL }
func (o *office) SignIn(_ context.Context, c *http.Client, name string) error {
	if viet.Fold(name) == "ma" {
		return errors.New("không có người này")
	}
	r, _ := http.NewRequest("GET", o.URL, nil)
	c.Jar.SetCookies(r.URL, []*http.Cookie{{Name: "phien", Value: strings.ToLower(name), Path: "/"}})
	return nil
}
func (o *office) set(f func()) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f()
	return nil
}
func (o *office) SetClock(_ context.Context, t time.Time) error { return o.set(func() { o.now = t }) }
func (o *office) AdvanceClock(_ context.Context, d time.Duration) error {
	return o.set(func() { o.now = o.now.Add(d) })
}
func (o *office) Unread(_ context.Context, agency, reason string) error {
	return o.set(func() { o.unread = agency + ": " + reason })
}
func (o *office) Issue(_ context.Context, holder string) ([]byte, error) {
	return []byte("chứng thư của " + holder), nil
}
func (o *office) SignElsewhere(_ context.Context, holder string, in []byte, shows ...string) ([]byte, error) {
	return fmt.Appendf(in, "\n%s ký, hiện %q", holder, shows), nil
}
func (o *office) StopHub(context.Context) error  { return o.set(func() { o.hub = false }) }
func (o *office) StartHub(context.Context) error { return o.set(func() { o.hub = true }) }
func (o *office) Journal(context.Context, string) (string, []Entry, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return "SXD", append([]Entry(nil), o.journal...), nil
}

func TestStoriesThatHold(t *testing.T) {
	RunT(t, func(t *testing.T) World { return newOffice(t) }, "testdata/*.story")
}

// TestStoriesThatFail: each sentence must fail, and its report must help.
func TestStoriesThatFail(t *testing.T) {
	const begin = "as lan\nopen /den\n"
	tests := []struct{ name, text, want string }{
		{"see", begin + "see 'Phối hợp rà xoát'", "không thấy chữ"},
		{"see names the closest line", begin + "see 'Phoi hop ra soat'", "Phối hợp rà soát"},
		{"see wants accents", begin + "see 'Van ban den'", "không thấy"},
		{"see ignores the hidden", begin + "see 'Bị giấu'", "không thấy"},
		{"see ignores closed dialogs", begin + "see 'Lý do'", "không thấy"},
		{"notsee", begin + "notsee '120/UBH-VP'", "không được có"},
		{"notsee on a refusal", "as lan\nopen /tu-choi\nnotsee 'gì đó'", "status 409 trước"},
		{"beside the wrong row", begin + "see 'Công điện' beside '120/UBH-VP'", "không thấy"},
		{"beside nothing", begin + "press 'Tiếp nhận' beside '999/XX'", "không có dòng có chữ"},
		{"two buttons of one name", begin + "press 'Tiếp nhận'", "thêm beside"},
		{"button needs a script", begin + "press 'Chỉ có kịch bản'", "JavaScript"},
		{"no such button", begin + "press 'Tiep nhan het'", "Gần giống nhất: 'Tiếp nhận'"},
		{"no such link", begin + "follow '08/CĐ'", "liên kết"},
		{"no such field", begin + "press 'Trả lại' beside '120/UBH-VP' Lỹ do='x'", "'Lý do'"},
		{"refused form", begin + "press 'Trả lại' beside '120/UBH-VP'\nsee 'Xong'", "Cần có lý do."},
		{"status", begin + "status 404", "trả lời 200"},
		{"server fault", "as lan\nopen /hong", "máy chủ báo lỗi 500"},
		{"leaves the server", "as lan\nopen /ra-ngoai", "ra ngoài máy chủ"},
		{"journal", begin + "journal document.returned", "nhật ký SXD"},
		{"journal tells the order", begin + "press 'Tiếp nhận' beside '412'\njournal document.received\njournal document.received", "nhật ký"},
		{"nojournal", begin + "press 'Tiếp nhận' beside '412'\nnojournal document.received", "không được có"},
		{"unknown option", "as lan\nopen /dang-ky\nchoose 'Loại văn bản'='Công vân'", "'Công văn'"},
		{"readonly", "as lan\nopen /dang-ky\nfill 'Người nhập'='hoa'", "khóa"},
		{"unknown file", "as lan\nopen /dang-ky\nupload 'Tệp văn bản' khong-co.pdf", "không thấy tệp"},
		{"label of two fields", "as lan\nopen /dang-ky\nfill 'N'='x'\npress 'Lưu'", "cùng nhãn"},
		{"unknown variable", begin + "see '$so'", "chưa có biến"},
		{"wait", "as lan\nopen /den\nwait 'Không bao giờ' 150ms", "sau 150ms"},
		{"unknown person", "as Ma", "không đăng nhập được"},
		{"no page", "as lan\nsee 'x'", "chưa có trang"},
		{"nobody yet", "open /den", "chưa biết ai"},
		{"not a PDF", begin + "download 'Xuất CSV' as f\npdf sound $f", "qpdf"},
		{"file lacks", begin + "download 'Xuất CSV' as f\nfile $f lacks 'UBH'", "không được có"},
		{"download refused", begin + "open /den\ndownload 'Xuất PDF' as f", "không có liên kết"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := Run(t.Context(), newOffice(t), write(t, "story 'x'\n"+tt.text))
			var f *Failure
			if !errors.As(res.Err, &f) {
				t.Fatalf("want a failure, got %v", res.Err)
			}
			last := len(strings.Split("story 'x'\n"+tt.text, "\n"))
			if f.Step.Line != last || !strings.Contains(f.Error(), fmt.Sprintf(":%d: ", last)) {
				t.Errorf("failed at line %d, want %d\n%v", f.Step.Line, last, f)
			}
			if !strings.Contains(f.Error(), tt.want) {
				t.Errorf("report lacks %q:\n%v", tt.want, f)
			}
		})
	}
}

func TestSyntaxErrorsNameTheLine(t *testing.T) {
	tests := []struct {
		text string
		line int
		want string
	}{
		{"", 1, "tệp rỗng"},
		{"as lan", 1, "dòng đầu phải là"},
		{"story 'a'\nstory 'b'", 2, "chỉ có một"},
		{"story 'a'\nsse 'x'", 2, "không có động từ"},
		{"story 'a'\n# ghi chú\nsee 'x", 3, "đóng ngoặc"},
		{"story 'a'\npress 'Lưu' Lý do=", 2, "thiếu giá trị"},
		{"story 'a'\npress 'Lưu' ='x'", 2, ""},
		{"story 'a'\npress Lưu Lý do='x'", 2, "cách viết: press"},
		{"story 'a'\nfill 'Trích yếu'", 2, "cách viết: fill"},
		{"story 'a'\nsave 'Số đến'", 2, "cách viết: save"},
		{"story 'a'\nopen den", 2, "bắt đầu bằng /"},
		{"story 'a'\nhub restart", 2, "cách viết: hub"},
		{"story 'a'\nsee", 2, "cách viết: see"},
	}
	for _, tt := range tests {
		_, err := Parse(write(t, tt.text))
		var s *SyntaxError
		if tt.want == "" {
			continue
		}
		if !errors.As(err, &s) || s.Line != tt.line || !strings.Contains(s.Msg, tt.want) {
			t.Errorf("%q: got %v, want line %d: %s", tt.text, err, tt.line, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	s, err := Parse(write(t, "\ufeffstory “Số và ký hiệu”  law HT33-8.2.iii ND30-21.2\r\n"+
		"press 'Trả lại' beside '120' Lý do='Chữ ký hỏng'\r\n   'Ngày hẹn'=3/3/2025 # sớm\nwait \"x\" 10s\nopen /den?so=1"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Title != "Số và ký hiệu" || strings.Join(s.Laws, " ") != "HT33-8.2.iii ND30-21.2" || len(s.Steps) != 3 {
		t.Fatalf("%+v", s)
	}
	p := s.Steps[0]
	if p.Line != 2 || p.Args[0] != "Trả lại" || p.Beside != "120" || len(p.Pairs) != 2 ||
		p.Pairs[0] != (Pair{"Lý do", "Chữ ký hỏng"}) || p.Pairs[1] != (Pair{"Ngày hẹn", "3/3/2025"}) {
		t.Errorf("press: %+v", p)
	}
	if w := s.Steps[1]; w.Within != 10*time.Second || len(w.Args) != 1 {
		t.Errorf("wait: %+v", w)
	}
	if o := s.Steps[2]; o.Args[0] != "/den?so=1" {
		t.Errorf("open: %+v", o)
	}
}

// TestDecomposedFileName: a file from a disk that decomposes names is found, and
// sent under the name it has (HN20-2).
func TestDecomposedFileName(t *testing.T) {
	path := write(t, "story 'x'\nas lan\nopen /dang-ky\nupload 'Tệp văn bản' 'Công văn.pdf'\npress 'Lưu'\nsee 'Công văn.pdf 1'")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "Co\u0302ng va\u0306n.pdf"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if res := Run(t.Context(), newOffice(t), path); !res.OK() {
		t.Error(res.Err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("story 'a'\npress 'b' c='d' beside \"e\"\n  f=g # h")
	f.Add("story ‘a’ law X\nsave 'x' as y\nwait 'z' 3s")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parse("f", text)
		if err != nil || !utf8.ValidString(text) {
			return
		}
		for _, step := range s.Steps {
			if _, ok := verbs[step.Verb]; !ok {
				t.Errorf("unknown verb kept: %q", step.Verb)
			}
		}
	})
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.story")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
