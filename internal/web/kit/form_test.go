package kit_test

import (
	"bytes"
	"context"
	"embed"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vanthu/internal/fail"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/kit/kittest"
	"vanthu/internal/web/part"
	"vanthu/viet"
)

//go:embed testdata/form.html
var files embed.FS

type formPage struct {
	kit.Page
	Form *kit.Form
}

// Kinds are the choices of the form.
func (formPage) Kinds() []part.Option {
	return []part.Option{{Value: "cv", Label: "Công văn"}, {Value: "qd", Label: "Quyết định"}}
}

var view = kit.NewView[formPage](files, "testdata/form.html")

func TestTemplateTypes(t *testing.T) { kittest.Check(t, view) }

// TestTemplateCheckCanFail: the checker is not a rubber stamp.
func TestTemplateCheckCanFail(t *testing.T) {
	type wrong struct{ kit.Page }
	v := kit.NewView[wrong](files, "testdata/form.html")
	if err := v.Check(kittest.Error); err == nil {
		t.Error("a template that names a missing field passed")
	}
}

// register is a form whose act needs a subject and a file.
func register(taken *[]string) func(*kit.Kit) handler {
	return func(k *kit.Kit) handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			f, err := k.Form(w, r)
			if err != nil {
				return err
			}
			var bad fail.Form
			bad.Require("subject", f.Get("subject"), "Cần có trích yếu.", "ND30-8.5")
			if f.Refused(bad.Err()) {
				return view.ShowAs(w, r, f.Status(), formPage{Page: k.Page(r, "Đăng ký"), Form: f})
			}
			for _, x := range f.Files("scan") {
				file, err := x.Open()
				if err != nil {
					return err
				}
				b, _ := io.ReadAll(file)
				_ = file.Close()
				*taken = append(*taken, x.Name+"="+string(b))
			}
			f.Taken()
			return k.Done(w, r, "/", part.Toast{Text: "Đã vào sổ."})
		}
	}
}

func multi(t *testing.T, fields map[string]string, name, content string) (string, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		p, err := m.CreateFormFile("scan", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(p, content)
	}
	_ = m.Close()
	return m.FormDataContentType(), b.String()
}

// TestInvalidFormKeepsEverything: the refused form comes back with its words,
// the fault at its field, the clause, and the file kept (E-INVALID).
func TestInvalidFormKeepsEverything(t *testing.T) {
	var taken []string
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{"POST /x": register(&taken)})
	w.signIn()
	kind, body := multi(t, map[string]string{"subject": "  ", "number": " 120 <b>", "kind": "qd"}, `C:\quet\cong van.pdf`, "%PDF")
	res, html := w.do("POST", "/x", kind, body)
	if res.StatusCode != 422 {
		t.Fatalf("%d %s", res.StatusCode, html)
	}
	for _, want := range []string{`id="f-subject-e"`, "Cần có trích yếu.", "Khoản 5 Điều 8", `value="120 &lt;b&gt;"`, `<option value="qd" selected>`, "đã giữ lại: cong van.pdf", `aria-invalid="true"`, `href="#f-subject"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	m := regexp.MustCompile(`name="scan.kept" value="([0-9a-f]{32})"`).FindStringSubmatch(html)
	if m == nil {
		t.Fatal("no token for the kept file")
	}
	kind, body = multi(t, map[string]string{"subject": "V/v quy hoạch", "scan.kept": m[1]}, "", "")
	if res, html = w.do("POST", "/x", kind, body); res.StatusCode != 303 {
		t.Fatalf("%d %s", res.StatusCode, html)
	}
	if len(taken) != 1 || taken[0] != "cong van.pdf=%PDF" {
		t.Errorf("taken %q", taken)
	}
	if res, _ = w.do("POST", "/x", kind, body); res.StatusCode != 415 {
		t.Errorf("a file that was used is still there: %d", res.StatusCode)
	}
}

// What a power cut has left of a kept file is not taken for it: the person is
// asked to choose the file again (E-FILE).
func TestTornUploadIsGone(t *testing.T) {
	var taken []string
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{"POST /x": register(&taken)})
	w.signIn()
	post := func(fields map[string]string, file string) (int, string) {
		kind, body := multi(t, fields, file, "%PDF")
		res, html := w.do("POST", "/x", kind, body)
		return res.StatusCode, html
	}
	write := func(data string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(data), 0o600) }
	}
	for name, harm := range map[string]struct {
		ext string
		do  func(path string) error
	}{
		"description half": {".json", write(`{"Name":"a.p`)}, "description empty": {".json", write("")}, "description of zeros": {".json", write("\x00\x00\x00\x00")},
		"description gone": {".json", os.Remove}, "content cut": {"", write("%P")}, "content gone": {"", os.Remove},
	} {
		_, html := post(nil, "a.pdf")
		token := regexp.MustCompile(`[0-9a-f]{32}`).FindString(html)
		found, err := filepath.Glob(filepath.Join(w.stash, "*", token+harm.ext))
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		if err := harm.do(found[0]); err != nil {
			t.Fatal(err)
		}
		if code, html := post(map[string]string{"subject": "x", "scan.kept": token}, ""); code != 415 || !strings.Contains(html, "Chọn lại tệp.") || len(taken) != 0 {
			t.Errorf("%s: %d, taken %q", name, code, taken)
		}
	}
}

func TestKeptFileBelongsToItsSession(t *testing.T) {
	var taken []string
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{"POST /x": register(&taken)})
	w.signIn()
	kind, body := multi(t, nil, "a.pdf", "x")
	_, html := w.do("POST", "/x", kind, body)
	token := regexp.MustCompile(`[0-9a-f]{32}`).FindString(html)
	w.signIn() // another session
	for _, bad := range []string{token, "../../etc/passwd", strings.Repeat("0", 32)} {
		kind, body = multi(t, map[string]string{"subject": "x", "scan.kept": bad}, "", "")
		if res, _ := w.do("POST", "/x", kind, body); res.StatusCode < 400 || len(taken) != 0 {
			t.Errorf("token %q: %d, taken %q", bad, res.StatusCode, taken)
		}
	}
}

func TestUploadLimits(t *testing.T) {
	var taken []string
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{"POST /x": register(&taken)})
	kind, body := multi(t, map[string]string{"subject": "x"}, "a.pdf", "x")
	if res, _ := w.do("POST", "/x", kind, body); res.StatusCode != 401 {
		t.Errorf("a stranger's file: %d", res.StatusCode)
	}
	w.signIn()
	kind, body = multi(t, map[string]string{"subject": "x"}, "a.pdf", strings.Repeat("x", 1001))
	if res, _ := w.do("POST", "/x", kind, body); res.StatusCode != 415 {
		t.Errorf("a file over the limit: %d", res.StatusCode)
	}
	for _, broken := range []string{"", "--b\r\nbroken", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"} {
		if res, _ := w.do("POST", "/x", "multipart/form-data; boundary=b", broken); res.StatusCode != 422 {
			t.Errorf("broken form %q: %d", broken, res.StatusCode)
		}
	}
	many := strings.Repeat("a=1&", 3000)
	if res, _ := w.do("POST", "/x", form, many); res.StatusCode != 422 {
		t.Errorf("3000 fields: %d", res.StatusCode)
	}
}

func TestUploadAhead(t *testing.T) {
	w := newWorld(t, kit.Options{}, nil)
	w.signIn()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	p, _ := m.CreateFormFile("file", "bản quét.pdf")
	_, _ = io.WriteString(p, "%PDF")
	_ = m.Close()
	res, body := w.do("POST", kit.UploadPath, m.FormDataContentType(), b.String())
	if res.StatusCode != 200 || !regexp.MustCompile(`^\[\{"token":"[0-9a-f]{32}","name":"bản quét.pdf","size":"4 B"\}\]\s*$`).MatchString(body) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestStashSweep(t *testing.T) {
	dir := t.TempDir()
	s, err := kit.NewStash(dir, 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(context.Background(), time.Now().Add(48*time.Hour)); err != nil {
		t.Error(err)
	}
}

// TestFormIsNFC: what is stored is in NFC (HN20-2).
func TestFormIsNFC(t *testing.T) {
	var got string
	w := newWorld(t, kit.Options{}, map[string]func(*kit.Kit) handler{"POST /x": func(k *kit.Kit) handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			f, err := k.Form(w, r)
			if err == nil {
				got = f.Get("a")
			}
			return err
		}
	}})
	w.do("POST", "/x", form, "a=+Quy+hoa%CC%A3ch%0D%0Ahai+") // ạ as a + dot below
	if got != "Quy hoạch\nhai" {
		t.Errorf("%q", got)
	}
}

func TestFormDay(t *testing.T) {
	today := viet.MustDay("28/02/2025")
	k := kit.New(kit.Options{})
	for in, want := range map[string]string{"": "", "3/3/2025": "03/03/2025", "3/3": "03/03/2025", "+5": "05/03/2025", "2025-03-03": "03/03/2025", "31/2": "?", "+x": "?", "-5": "?"} {
		d, err := k.NewForm(map[string]string{"due": in}).Day("due", today)
		switch {
		case want == "?":
			if e, ok := fail.As(err); !ok || e.Fields[0].Name != "due" {
				t.Errorf("%q: %v %v, want a fault at the field", in, d, err)
			}
		case err != nil || (want == "") != d.IsZero() || want != "" && d.String() != want:
			t.Errorf("%q is %v, %v; want %s", in, d, err, want)
		}
	}
}

// TestLive: a page that listens hears its topics, not those it may not know.
func TestLive(t *testing.T) {
	w := newWorld(t, kit.Options{Timeout: 50 * time.Millisecond}, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", w.url+"/live?topic=document:12&topic=document:13&topic=desk:5&topic=%0Abad", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := w.c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Content-Encoding") != "" {
		t.Errorf("%v", res.Header)
	}
	time.Sleep(100 * time.Millisecond) // longer than a page may take
	w.live.Publish("document:13", "document:99")
	w.live.Publish("document:12", "desk:5")
	buf, text := make([]byte, 4096), ""
	for !strings.Contains(text, "\ndata:") {
		n, err := res.Body.Read(buf)
		text += string(buf[:n])
		if err != nil {
			t.Fatal(err, text)
		}
	}
	if !strings.Contains(text, "event: changed\ndata: desk:5 document:12\n\n") {
		t.Errorf("heard %q", text)
	}
}
