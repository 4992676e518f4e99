package den

import (
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/task"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// showPage is the page of one incoming document: queue, document, side.
type showPage struct {
	kit.Page
	Topic, DeskTopic string
	OnDesk           bool // a key signs in the program of this machine
	Queue            queue
	Files            []fileTab
	PDF              *part.PDF
	Other            *fileTab // the chosen file when it is not a PDF
	NoFile           part.Empty
	Head             head
	Tabs             []part.Tab
	Tab              string
	Notes            []part.Note // verdicts, recall, tombstone
	Do               do
	Confirms         []part.Confirm
	Hands            []hand // who handles it
	Facts            []fact // tab Thông tin
	Linked           []part.Link
	Signed           []signedFile // tab Chữ ký
	Steps            []part.Step  // tab Luồng
	Events           []part.Event // tab Lịch sử; its last ones under the form
	Recent           []part.Event
	All              string // address of the whole history
}

// head is what stands over the tabs.
type head struct {
	Arrival string // "Số đến 412"
	Kind    string
	Field   string
	State   part.Tag
	Stamp   string
	Trial   bool // its sender is on trial
	Subject string
	Line    string // issuer, code, days
}

type fileTab struct {
	Name, Short, Href string
	Open              string // address of the bytes
	Save              string
	Size              string
	Current           bool
}

type fact struct{ Name, Value string }

var showView = kit.NewView[showPage](files, "show.html", "side.html", "do.html", "entry.html")

// show draws the page. Opening it as the handler begins the handling
// (office.OpenTask); nothing else changes.
func show(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	if err := begin(r, x, id); err != nil {
		return err
	}
	return draw(w, r, x, id, "", nil)
}

// again leads a reload of a refused form back to its document.
func again(w http.ResponseWriter, r *http.Request, _ *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	http.Redirect(w, r, pathTo(id), http.StatusSeeOther)
	return nil
}

// begin notes the first opening by a handler. It asks before it writes, so
// that looking again costs no turn of the store.
func begin(r *http.Request, x *seat.Seat, id document.ID) error {
	first := false
	err := x.Read(r, func(v *db.View) error {
		if err := office.See(v, x.Actor, id); err != nil {
			return err
		}
		mine, err := waitsFor(v, x, id)
		if err != nil {
			return err
		}
		_, handles := mine[document.ToHandle]
		_, coordinates := mine[document.ToCoordinate]
		if handles || coordinates {
			a, err := task.OpenFor(v, id, x.Actor)
			first = err == nil && a.Opened.IsZero() // nothing open any more: there is nothing to begin
		}
		return nil
	})
	if err != nil || !first {
		return err
	}
	return x.Office.OpenTask(r.Context(), x.Actor, id)
}

// waitsFor are the steps that wait at a document for this person.
func waitsFor(q db.Q, x *seat.Seat, id document.ID) (map[document.Step]document.Waiting, error) {
	list, err := document.WaitingFor(q, id)
	m := map[document.Step]document.Waiting{}
	for _, w := range list {
		if x.Actor.Holds(w.Token) {
			m[w.Step] = w
		}
	}
	return m, err
}

// draw shows the page, after a refused act with its form as it was filled in.
func draw(w http.ResponseWriter, r *http.Request, x *seat.Seat, id document.ID, act string, f *kit.Form) error {
	p := showPage{Topic: x.Office.Topic(id), DeskTopic: x.Office.DeskTopic(), Tab: tabOf(r)}
	var err error
	if p.Page, err = start(w, r, x, "Văn bản đến"); err != nil {
		return err
	}
	p.Shape, p.Open, p.Back = part.Trio, true, "/"
	if f != nil {
		p.Tab = ""
	}
	c := &content{x: x, r: r, act: act, form: f, p: &p}
	err = x.Read(r, func(v *db.View) error {
		if p.OnDesk, err = seat.SignsOnDesk(v, x); err != nil {
			return err
		}
		c.v = v
		return c.load(id)
	})
	if err != nil {
		return err
	}
	if p.OnDesk {
		kit.Reach(w, seat.SigningProgram)
	}
	if err := c.reports(); err != nil {
		return err
	}
	if err := c.consent(); err != nil {
		return err
	}
	status := http.StatusOK
	if f != nil {
		status = f.Status()
	}
	return showView.ShowAs(w, r, status, p)
}

// tabs of the side, in their order; the first needs no name in the address.
var tabs = []struct{ key, name string }{{"", "Xử lý"}, {"thong-tin", "Thông tin"}, {"chu-ky", "Chữ ký"}, {"luong", "Luồng"}, {"lich-su", "Lịch sử"}}

func tabOf(r *http.Request) string {
	for _, t := range tabs {
		if t.key == r.URL.Query().Get("tab") {
			return t.key
		}
	}
	return ""
}

// content fills the page on one snapshot.
type content struct {
	x     *seat.Seat
	r     *http.Request
	v     *db.View
	p     *showPage
	act   string    // the act that was refused, "" when the page is just opened
	form  *kit.Form // of that act
	d     document.Document
	step  document.Step
	mine  map[document.Step]document.Waiting
	files []document.File // without those that a renewed one has taken over
	first document.FileID // of them, the one that people read as the document
	names map[int64]string

	sealed []office.PacketSignature // of the packets that it came in
}

func (c *content) load(id document.ID) (err error) {
	if c.d, err = c.x.Incoming(c.v, id); err != nil {
		return err
	}
	if c.mine, err = waitsFor(c.v, c.x, id); err != nil {
		return err
	}
	if c.files, err = document.Latest(c.v, id); err != nil {
		return err
	}
	if m, err := document.Main(c.v, id); err == nil {
		c.first = m.ID
	} else if !fail.Is(err, fail.Hidden) {
		return err
	}
	c.names = map[int64]string{}
	c.step = c.chooseStep()
	c.head()
	c.showFiles()
	c.p.All = c.address("tab", "lich-su")
	for _, f := range []func() error{c.queue, c.trial, c.verdicts, c.todo, c.hands, c.facts, c.history} {
		if err := f(); err != nil {
			return err
		}
	}
	for _, t := range tabs {
		c.p.Tabs = append(c.p.Tabs, part.Tab{Text: t.name, Href: c.address("tab", t.key), Current: t.key == c.p.Tab})
	}
	return nil
}

// order is which form is shown when several things wait for one person.
var order = []document.Step{document.ToAnswer, document.ToChange, document.ToReceive, document.ToDirect, document.ToAssign, document.ToHandle, document.ToCoordinate,
	document.ToCopy, document.ToPresent, document.ToClose, document.ToRead, document.ToNote}

// chooseStep is the step asked for by the address, else the first in order.
func (c *content) chooseStep() document.Step {
	wish := document.Step(c.r.URL.Query().Get("buoc"))
	if c.form != nil {
		wish = document.Step(c.form.Get("buoc"))
	}
	if _, ok := c.mine[wish]; ok {
		return wish
	}
	for _, s := range order {
		if _, ok := c.mine[s]; ok {
			return s
		}
	}
	return ""
}

// address is this page with one part of its query changed; files and steps
// stay chosen.
func (c *content) address(name, value string) string {
	q := c.r.URL.Query()
	q.Del("tab")
	if value == "" {
		q.Del(name)
	} else {
		q.Set(name, value)
	}
	if name == "tep" && c.p.Tab != "" {
		q.Set("tab", c.p.Tab)
	}
	if len(q) == 0 {
		return pathTo(c.d.ID)
	}
	return pathTo(c.d.ID) + "?" + q.Encode()
}

func (c *content) head() {
	d := c.d
	h := head{Kind: kindName(d.Kind), Field: d.Field, State: stateTag(d.State), Stamp: d.Urgency.Stamp(), Subject: title(d)}
	if d.ArrivalNo > 0 {
		h.Arrival = "Số đến " + itoa(d.ArrivalNo)
	}
	h.Line = d.IssuerName + " · " + d.Code()
	if !d.Day.IsZero() {
		h.Line += " · " + d.Day.String()
	}
	h.Line += " · đến " + viet.ShortTime(d.ArrivedAt)
	c.p.Head, c.p.Title = h, d.Code()
}

// showFiles chooses the file in the middle: the one asked for, else the main
// one.
func (c *content) showFiles() {
	wish := c.r.URL.Query().Get("tep")
	if _, err := strconv.ParseInt(wish, 10, 64); err != nil {
		wish = ""
	}
	c.p.NoFile = part.Empty{Icon: part.Icon("scan-line"), Title: "Chưa có bản quét", Text: "Văn bản giấy này đã có số đến. Gắn bản quét ở bên phải để trình."}
	if c.d.State == document.Recalled {
		c.p.NoFile = part.Empty{Icon: part.Icon("file-x"), Title: "Nội dung đã được hủy", Text: "Nơi gửi đã thu hồi văn bản này. Dòng sổ và thông tin thu hồi vẫn được giữ."}
	}
	main := c.main()
	for _, f := range c.files {
		if f.Closed || f.Slot == document.Packet {
			continue
		}
		t := fileTab{Name: f.Name, Short: f.Name, Size: part.Size(f.Size), Href: c.address("tep", itoa(f.ID)), Open: "/tep/" + itoa(c.d.ID) + "/" + itoa(f.ID)}
		t.Save = t.Open + "?tai"
		t.Current = itoa(f.ID) == wish || wish == "" && f.ID == main.ID
		switch {
		case f.ID == main.ID:
			t.Short = kindName(c.d.Kind)
		case f.Slot == document.Scan:
			t.Short = "Bản quét gốc"
		case f.Slot == document.Earlier:
			t.Short = "Bản trước: " + f.Name
		case f.Slot == document.Updating:
			t.Short = "Cập nhật: " + f.Name
		}
		if t.Current && f.MIME == "application/pdf" {
			c.p.PDF = &part.PDF{Src: t.Open, Name: f.Name, Pages: max(f.Pages, 1)}
		} else if t.Current {
			other := t
			c.p.Other = &other
		}
		if f.ID == main.ID { // it stands first, whatever it was made from
			c.p.Files = append([]fileTab{t}, c.p.Files...)
		} else {
			c.p.Files = append(c.p.Files, t)
		}
	}
}

// main is the file that people read as the document; zero without one.
func (c *content) main() (m document.File) {
	for _, f := range c.files {
		if f.ID == c.first && !f.Closed {
			m = f
		}
	}
	return m
}
