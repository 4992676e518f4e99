package den

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/form"
	"vanthu/internal/office"
	"vanthu/internal/register"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// entryPage is the register form beside the scan.
type entryPage struct {
	kit.Page
	Form   *kit.Form
	F      entry
	Scan   part.Field
	PDF    *part.PDF
	Next   int64  // the arrival number that saving would give now
	Year   int    // of the book
	Today  string // day of arrival
	Read   bool   // the machine filled fields in
	Blank  bool   // the scan is an image: nothing could be read
	Unread part.Note
	Copy   *part.Field       // the form of the copy, of whoever signs it in the same press
	Was    map[string]string // what it filled in: another scan may replace that
}

var entryView = kit.NewView[entryPage](files, "register.html", "entry.html")

// startValues are the form's own guesses, nobody's word.
var startValues = map[string]string{"kind": "CV", "urgency": "0"}

func showEntry(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	if err := office.MayRegisterPaper(x.Actor); err != nil {
		return err
	}
	return drawEntry(w, r, x, x.Kit.NewForm(startValues))
}

// drawEntry shows the form as it is filled in, with the scan that came with it.
func drawEntry(w http.ResponseWriter, r *http.Request, x *seat.Seat, f *kit.Form) error {
	p := entryPage{Form: f, Was: map[string]string{}}
	var err error
	if p.Page, err = start(w, r, x, "Đăng ký văn bản đến"); err != nil {
		return err
	}
	p.Shape, p.Back = part.Duo, "/den/cho-tiep-nhan"
	p.Scan = f.Upload("scan", "Bản quét").Takes(".pdf")
	p.Year, p.Today = x.Now().Year(), viet.DayOf(x.Now()).String()
	if list := f.Files("scan"); len(list) > 0 {
		last := list[len(list)-1]
		p.PDF = &part.PDF{Src: "/den/ban-quet/" + last.Token, Name: last.Name, Pages: 1}
	}
	p.Read = f.Has("read")
	p.Blank = p.Read && p.PDF != nil && f.Get("was.number")+f.Get("was.subject") == ""
	p.Unread = part.Note{Text: "Tệp không có chữ để đọc (bản quét ảnh): nhập các ô bằng tay."}
	for _, name := range readable {
		if v := f.Get("was." + name); v != "" {
			p.Was[name] = v
		}
	}
	err = x.Read(r, func(v *db.View) error {
		c, err := loadChoices(v)
		if err != nil {
			return err
		}
		p.F = c.entry(f)
		if p.F.Same, err = c.same(v, f, 0); err != nil {
			return err
		}
		if p.Copy, err = x.CopyField(v, f); err != nil {
			return err
		}
		p.Next, err = register.Next(v, document.In, register.Arrivals, p.Year)
		return err
	})
	if err != nil {
		return err
	}
	p.focus()
	return entryView.ShowAs(w, r, f.Status(), p)
}

// focus opens the form where the next key should go: after a reading at the
// field that a machine cannot know.
func (p *entryPage) focus() {
	switch {
	case p.Form.Sum() != nil:
	case p.F.Number.Value == "":
		p.F.Number = p.F.Number.First()
	default:
		p.F.Field = p.F.Field.First()
	}
}

// enter answers the form: it reads a scan into the fields (button "Đọc bản
// quét"), or registers.
func enter(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	if err := office.MayRegisterPaper(x.Actor); err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	if f.Has("read") {
		if err := readScan(r, x, f); err != nil {
			return err
		}
		return drawEntry(w, r, x, f)
	}
	id, in, err := registerPaper(r, x, f)
	if f.Refused(err) {
		return drawEntry(w, r, x, f)
	} else if err != nil {
		return err
	}
	f.Taken()
	t := part.Toast{Kind: "ok"}
	next := "/den/dang-ky"
	if in.after.PresentTo != 0 {
		if next, t, err = in.signAndPresent(r, x, id); err != nil {
			return err
		}
	} else if in.PresentTo != 0 {
		t.Text = ", đã trình lãnh đạo."
	}
	err = x.Read(r, func(v *db.View) error {
		d, err := document.ByID(v, id)
		t.Text = "Đã vào sổ, số đến " + itoa(d.ArrivalNo) + ": " + d.Code() + cmp.Or(t.Text, ".")
		return err
	})
	if err != nil {
		return err
	}
	return x.Kit.Done(w, r, next, t)
}

// registerPaper registers; what must be signed before it is presented is
// presented afterwards.
func registerPaper(r *http.Request, x *seat.Seat, f *kit.Form) (id document.ID, in registration, err error) {
	var c choices
	if err := x.Read(r, func(v *db.View) (err error) { c, err = loadChoices(v); return err }); err != nil {
		return 0, in, err
	}
	if in.ArrivalInput, err = c.input(f, viet.DayOf(x.Now())); err != nil {
		return 0, in, err
	}
	if in.Scan, err = keep(r, x, f, "scan"); err != nil {
		return 0, in, err
	}
	if err := in.signFirst(r, x, f); err != nil {
		return 0, in, err
	}
	id, err = x.Office.RegisterPaper(r.Context(), x.Actor, in.ArrivalInput)
	if fail.Is(err, fail.BadFile) {
		err = refuseFile(f, "scan", err)
	}
	return id, in, err
}

// readable are the fields that a reading may fill in.
var readable = []string{"number", "notation", "day", "issuer", "kind", "subject", "signer_name", "signer_title", "urgency", "pages", "due"}

// readScan fills fields from the text of the scan. What the person has typed
// stays; what an earlier scan filled in, and the form's own defaults, give way.
func readScan(r *http.Request, x *seat.Seat, f *kit.Form) error {
	list := f.Files("scan")
	if len(list) == 0 {
		f.Wrong("scan", "Chọn tệp PDF trước.")
		return nil
	}
	b, err := list[len(list)-1].Open()
	if err != nil {
		return err
	}
	defer b.Close()
	data, err := io.ReadAll(io.LimitReader(b, office.MaxFile))
	if err != nil {
		return err
	}
	got := form.Read(data)
	m := valuesOf(got)
	err = x.Read(r, func(v *db.View) error {
		c, err := loadChoices(v)
		m["issuer"] = issuerOf(got, c.agencies)
		return err
	})
	for _, name := range readable {
		if v := f.Get(name); v == f.Get("was."+name) || v == startValues[name] && m[name] != "" {
			f.Set(name, "")
		}
		f.Fill(name, m[name])
		f.Set("was."+name, m[name])
	}
	for name, v := range startValues {
		if f.Get(name) == "" {
			f.Set(name, v)
		}
	}
	return err
}

// serveScan shows the scan that waits in this session's stash beside the form.
// Only a PDF is shown: the stash takes anything.
func serveScan(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	kept := r.Clone(r.Context())
	kept.Method, kept.Header = http.MethodPost, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	kept.PostForm = url.Values{"scan.kept": {r.PathValue("token")}}
	f, err := x.Kit.Form(w, kept)
	if err != nil || len(f.Files("scan")) == 0 {
		return fail.NotFound()
	}
	b, err := f.Files("scan")[0].Open()
	if err != nil {
		return err
	}
	defer b.Close()
	var head [5]byte
	if _, err := io.ReadFull(b, head[:]); err != nil || string(head[:]) != "%PDF-" {
		return fail.File("Tệp này không phải là PDF.")
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", x.Now(), b)
	return nil
}

// sameNote warns of documents that are in the register, or wait on the hub,
// under the same number, notation and issuer. law:ND30-PL6.III.1h BRVT1842-9.2
type sameNote struct {
	Lines []sameLine
	Sure  bool // the box is ticked
}

type sameLine struct {
	Code, Where, Href string
	Gate              bool // it waits to be received
}

func (c choices) same(v *db.View, f *kit.Form, self document.ID) (n sameNote, err error) {
	d := document.Document{ID: self, Number: f.Get("number"), Notation: f.Get("notation")}
	d.IssuerCode, d.IssuerName = c.issuerOf(f.Get("issuer"))
	if d.Number == "" || d.Notation == "" || d.IssuerCode+d.IssuerName == "" {
		return n, nil
	}
	list, err := document.SameCode(v, d)
	for _, s := range list {
		l := sameLine{Code: s.Code(), Href: pathTo(s.ID), Where: "đang chờ tiếp nhận", Gate: s.ArrivalNo == 0}
		if s.ArrivalNo != 0 {
			l.Where = "đã vào sổ, số đến " + itoa(s.ArrivalNo) + " ngày " + viet.DayOf(s.Registered).String()
		}
		n.Lines = append(n.Lines, l)
	}
	n.Sure = f.Has("sure")
	return n, err
}

// samePage is the fragment that the form asks for while number, notation and
// issuer are typed.
type samePage struct {
	kit.Page
	F entry
}

var sameView = kit.NewView[samePage](files, "same.html", "entry.html")

func showSame(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	if err := office.MayRegisterPaper(x.Actor); err != nil {
		return err
	}
	q := r.URL.Query()
	values := map[string]string{}
	for _, name := range []string{"number", "notation", "issuer"} {
		values[name] = strings.TrimSpace(q.Get(name))
	}
	if q.Has("sure") {
		values["sure"] = "1"
	}
	f := x.Kit.NewForm(values)
	self, _ := strconv.ParseInt(q.Get("self"), 10, 64) // the document that is being received
	var p samePage
	err := x.Read(r, func(v *db.View) error {
		c, err := loadChoices(v)
		if err != nil {
			return err
		}
		p.F.Same, err = c.same(v, f, document.ID(self))
		return err
	})
	if err != nil {
		return err
	}
	return sameView.Fragment(w, "same", p)
}

// findIssuer offers agencies for what was typed: those of the directory whose
// name, short name or code fits, and at the end the typed name itself, for
// senders outside the directory.
func findIssuer(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	type option struct {
		Value string `json:"value"`
		Label string `json:"label"`
		Note  string `json:"note"`
	}
	typed := strings.TrimSpace(r.URL.Query().Get("q"))
	list := []option{}
	err := x.Read(r, func(v *db.View) error {
		c, err := loadChoices(v)
		for _, a := range c.agencies {
			if fits(a.Name+" "+a.Short+" "+a.Code+" "+a.AltCode, typed) && len(list) < 30 {
				list = append(list, option{a.Code, a.Name, a.AltCode})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if n := len([]rune(typed)); n > 3 && n <= 200 {
		list = append(list, option{typed, typed, "ngoài danh bạ"})
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(list)
}

// fits says that every typed word stands in the text, with or without marks.
func fits(text, typed string) bool {
	text = viet.Fold(text)
	for _, word := range strings.Fields(viet.Fold(typed)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
