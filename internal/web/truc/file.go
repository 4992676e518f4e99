package truc

import (
	"context"
	"encoding/csv"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// importPage brings a directory file in: it is looked at, then entered while
// the operator may go on with something else.
type importPage struct {
	shell
	Topic   string
	Form    *kit.Form
	Look    *look
	Job     *progress
	Columns []fact
}

// look is what a file holds, before anything is entered.
type look struct {
	Token, Name  string
	Sum          string
	Unknown      string // columns that are not ours
	First        []hub.Agency
	Bad          []rejected
	BadMore      string
	Fresh, Known string
}

// progress is how far a file has come.
type progress struct {
	Name     string
	Done     bool
	Failed   string
	Entered  string
	Bad      string
	Meter    part.Meter
	Rejected []rejected
	More     string
	Since    string
}

// rejected is a line that is not entered.
type rejected struct {
	Line       string
	Code, Text string
}

var importView = kit.NewView[importPage](files, "import.html", "pieces.html")

// shownRejected is how many bad lines the page names.
const shownRejected = 50

// imports is the one file that is being entered, or was last.
type imports struct {
	mu  sync.Mutex
	job *job
}

type job struct {
	name    string
	lines   int
	since   time.Time
	done    bool
	err     error
	outcome hub.Imported
}

// columnNames tell what a directory file may hold.
var columnNames = []fact{{"code", "mã định danh; bắt buộc"}, {"name", "tên; bắt buộc"}, {"alt_code", "mã ở hệ mã kia"}, {"old", "mã cũ, cách nhau bằng dấu chấm phẩy"}, {"symbol", "ký hiệu"},
	{"parent", "mã cơ quan cấp trên"}, {"gateway", "mã cơ quan làm cổng"}, {"class", "state, enterprise hoặc voluntary"}, {"contact", "đầu mối kỹ thuật"}, {"phone, mail, fax, address, website", "liên lạc"}, {"decision", "số quyết định cấp mã"}}

func (m *imports) show(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	return m.render(w, r, s, s.Kit.NewForm(nil), nil)
}

func (m *imports) render(w http.ResponseWriter, r *http.Request, s *seat.Seat, f *kit.Form, k *look) error {
	sh, err := open(r, s, "Nhập danh bạ", "/truc/danh-ba")
	if err != nil {
		return err
	}
	sh.Back = "/truc/danh-ba"
	return importView.ShowAs(w, r, f.Status(), importPage{shell: sh, Topic: Topic, Form: f, Look: k, Job: m.progress(), Columns: columnNames})
}

func (m *imports) progress() *progress {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.job == nil {
		return nil
	}
	j := *m.job
	n := j.outcome.Entered + j.outcome.Rejected
	p := &progress{Name: j.name, Done: j.done, Entered: viet.Int(int64(j.outcome.Entered)), Bad: viet.Int(int64(j.outcome.Rejected)), Since: viet.ShortTime(j.since),
		Meter: part.Meter{Label: viet.Int(int64(n)) + " trên " + viet.Int(int64(j.lines)) + " dòng", Percent: min(100, n*100/max(1, j.lines))}}
	if j.err != nil {
		p.Failed = "Không nhập hết được tệp: máy chủ gặp lỗi. Chạy lại tệp này không gây trùng."
		if e, ok := fail.As(j.err); ok {
			p.Failed = e.Text
		}
	}
	p.Rejected, p.More = rejectedOf(j.outcome.Lines, j.outcome.Rejected)
	return p
}

func rejectedOf(list []hub.Rejected, all int) (out []rejected, more string) {
	for _, l := range list[:min(len(list), shownRejected)] {
		out = append(out, rejected{viet.Int(int64(l.Line)), l.Code, l.Text})
	}
	if n := all - len(out); n > 0 {
		more = viet.Int(int64(n))
	}
	return out, more
}

// look reads the file and says what is in it.
func (m *imports) look(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	file, err := chosen(f)
	if err != nil {
		if f.Refused(err) {
			return m.render(w, r, s, f, nil)
		}
		return err
	}
	k, err := lookAt(r.Context(), s, file)
	if f.Refused(err) {
		f.Drop("file", file)
		return m.render(w, r, s, f, nil)
	}
	if err != nil {
		return err
	}
	return m.render(w, r, s, f, &k)
}

// chosen is the one file of the form.
func chosen(f *kit.Form) (kit.File, error) {
	list := f.Files("file")
	if len(list) != 1 {
		return kit.File{}, fail.Invalid("file", "Chọn một tệp CSV.", "BRVT1842-10.3")
	}
	return list[0], nil
}

func lookAt(ctx context.Context, s *seat.Seat, file kit.File) (k look, err error) {
	in, err := file.Open()
	if err != nil {
		return k, err
	}
	defer in.Close()
	x, err := s.Hub.LookAt(ctx, in)
	if err != nil {
		return k, err
	}
	k = look{Token: file.Token, Name: file.Name, Sum: viet.Int(int64(x.Lines)) + " dòng, " + part.Size(file.Size), Unknown: strings.Join(x.Unknown, ", "), First: x.First,
		Fresh: viet.Int(int64(x.Fresh)), Known: viet.Int(int64(x.Known))}
	k.Bad, k.BadMore = rejectedOf(x.Bad, x.Rejected)
	return k, nil
}

// start enters the file that was looked at. It goes on after the answer; one
// file at a time.
func (m *imports) start(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	f, err := s.Kit.Form(w, r)
	if err != nil {
		return err
	}
	file, err := chosen(f)
	if err == nil {
		err = m.run(r.Context(), s, file)
	}
	if f.Refused(err) {
		return m.render(w, r, s, f, nil)
	}
	if err != nil {
		return err
	}
	f.Taken()
	return s.Kit.Done(w, r, "/truc/danh-ba/nhap", part.Toast{Kind: "ok", Text: "Đang nhập. Có thể rời trang này."})
}

func (m *imports) run(ctx context.Context, s *seat.Seat, file kit.File) error {
	x, err := file.Open()
	if err != nil {
		return err
	}
	seen, err := s.Hub.LookAt(ctx, x)
	if err == nil {
		_, err = x.Seek(0, 0)
	}
	if err != nil {
		x.Close()
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.job != nil && !m.job.done {
		x.Close()
		return fail.State("Đang nhập tệp "+m.job.name+"; chờ xong rồi nhập tệp khác.", "BRVT1842-10.3")
	}
	m.job = &job{name: file.Name, lines: seen.Lines, since: s.Now()}
	go m.enter(context.WithoutCancel(ctx), s.Hub, s.Actor.DB(), x)
	return nil
}

// enter is the work itself, a batch at a time, so that packets pass between.
func (m *imports) enter(ctx context.Context, h *hub.Hub, by db.Actor, in *os.File) {
	defer in.Close()
	outcome, err := h.Import(ctx, by, in, func(x hub.Imported) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.job.outcome = x
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.job.outcome, m.job.err, m.job.done = outcome, err, true
}

// export writes the directory as a file that import reads again.
func export(w http.ResponseWriter, r *http.Request, s *seat.Seat) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="danh-ba-`+today(s).ISO()+`.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write([]byte("\xef\xbb\xbf")); err != nil { // for spreadsheets, which would guess the letters wrong
		return err
	}
	c := csv.NewWriter(w)
	if err := c.Write([]string{"code", "alt_code", "old", "name", "symbol", "parent", "gateway", "class", "mail", "phone", "fax", "address", "website", "contact", "decision", "state"}); err != nil {
		return err
	}
	err := s.Hub.Every(r.Context(), func(g hub.Agency) error {
		return c.Write(cells(g.Code, g.AltCode, strings.Join(g.Old, ";"), g.Name, g.Symbol, g.Parent, g.Gateway, g.Class, g.Mail, g.Phone, g.Fax, g.Address, g.Website, g.Contact, g.Decision, string(g.State)))
	})
	c.Flush()
	if err == nil {
		err = c.Error()
	}
	return err
}

// cells keeps a spreadsheet from taking a text for a formula.
func cells(list ...string) []string {
	for i, c := range list {
		if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			list[i] = "'" + c
		}
	}
	return list
}

func today(s *seat.Seat) viet.Day { return viet.DayOf(s.Now()) }
