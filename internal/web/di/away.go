package di

import (
	"mime"
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// A key that signs on the signer's own machine: the page speaks with the
// signing program there, or the person downloads the files, signs them
// anywhere, and uploads them. law:HT33-4.2 HT33-10.1.b HT33-10.1.c.iii

// away is the panel of such a key.
type away struct {
	Desk  bool // the signing program on this machine can be asked
	Auto  bool // at once, without another press
	Begin string
	State string // where a script asks what became of the files
	Plain string // where the plain form begins
	Files []awayFile
	Until string
	Stop  string     // ends the session; "" while none is open
	Why   *part.Note // why the last session came to nothing
}

// awayFile is one file that was handed out.
type awayFile struct {
	Name, Get, Put string
	Field          part.Field
	Tag            part.Tag
	Open           bool
}

// takesBack is the act of an upload.
const takesBack = "nhan-tep"

// purposes are the signatures that may be made elsewhere, by what waits.
var purposes = map[document.Step]signing.Purpose{document.ToSign: signing.ByPerson, document.ToSeal: signing.ByAgency}

// signAway draws the panel and, if files are out, how far each of them is.
func (m maker) signAway(c signing.Certificate, auto bool) error {
	at := path(m.d.doc.ID)
	a := &away{Desk: c.Driver == signing.ByClient, Auto: auto, Begin: at + "/giao-may", State: at + "/phien-ky", Plain: at + "/giao-tep"}
	m.Away = a
	s, err := office.HandedOut(m.v, m.x.Actor, m.d.doc.ID)
	if fail.Is(err, fail.Hidden) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.Purpose != purposes[m.Step] || s.Files[0].Person != m.x.Actor.ID || m.x.Now().After(s.Ends) {
		return nil
	}
	if e := refusal(s); e != nil { // one file is spent, so the session cannot end well: the next begins anew
		if signing.StateOf(e) != signing.Cancelled {
			a.Why = &part.Note{Kind: "late", Title: "Tệp trả về không được nhận.", Text: e.Text, Lines: some(e.Next), Laws: e.Refs}
		}
		return nil
	}
	if s.Back() {
		return nil
	}
	a.Stop, a.Until = at+"/thoi-ky/"+itoa(s.ID), viet.ShortTime(s.Ends)
	for _, f := range s.Files {
		w := awayFile{Name: f.Name, Get: at + "/tep-ky/" + itoa(f.ID), Put: at + "/" + takesBack + "/" + itoa(f.ID), Open: !f.Back(), Tag: part.Tag{Kind: "warn", Text: "chờ ký"}}
		if f.Back() {
			w.Tag = part.Tag{Kind: "ok", Text: "đã nhận"}
		}
		w.Field = m.putField(f.HandOut, len(s.Files) > 1)
		a.Files = append(a.Files, w)
	}
	return nil
}

// putField takes one file back. After a refusal the fault stands beside it, and
// the words above lead there and say which of several files it is.
func (m maker) putField(h signing.HandOut, several bool) part.Field {
	form, id := m.x.Kit.NewForm(nil), "file-"+itoa(h.ID)
	if m.put == h.ID && m.Sum != nil {
		form = m.f
		for i := range m.Sum.Fields {
			f := &m.Sum.Fields[i]
			f.Field = id
			if several {
				f.Message = h.Name + ": " + f.Message
			}
		}
	}
	return form.Upload("file", "Tệp đã ký").Takes(".pdf").Named("f-" + id)
}

// refusal says why a session did not come back whole, and of several files
// which; nil while none was refused.
func refusal(s office.Session) *fail.Error {
	f := s.Refused()
	if f.State == "" {
		return nil
	}
	e := signing.Refuse(f.State, nil)
	if len(s.Files) > 1 && e.Kind == fail.Integrity {
		e.Text = f.Name + ": " + e.Text
	}
	return e
}

// beginOnDesk hands the files out to the signing program: JSON for the script.
func beginOnDesk(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, purpose, err := toSignAway(r, x)
	if err != nil {
		return err
	}
	before, err := queueOf(r, x, id)
	if err != nil {
		return err
	}
	s, err := x.Office.HandOut(r.Context(), x.Actor, purpose, id, signing.ByClient)
	if err != nil {
		return err
	}
	next := path(id)
	if n := after(before, id); n != 0 && purpose == signing.ByPerson {
		next = path(n)
	}
	return seat.JSON(w, seat.BegunOnDesk(x.Office, s, next))
}

// stateAway tells the script what became of the files: only what the server
// took counts, not what the program says.
func stateAway(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	var s office.Session
	err = x.Read(r, func(v *db.View) error {
		s, err = office.HandedOut(v, x.Actor, id)
		return err
	})
	if err != nil {
		return err
	}
	out := struct {
		Taken      int
		Back       bool
		Text, Next string `json:",omitempty"`
	}{Back: s.Back()}
	for _, f := range s.Files {
		if f.Back() {
			out.Taken++
		}
	}
	if e := refusal(s); e != nil {
		out.Text, out.Next = e.Text, e.Next
	}
	return seat.JSON(w, out)
}

// toSignAway reads which signature waits for the person at a document.
func toSignAway(r *http.Request, x *seat.Seat) (id document.ID, p signing.Purpose, err error) {
	if id, err = seat.DocumentID(r); err != nil {
		return 0, "", err
	}
	var mine document.Waiting
	err = x.Read(r, func(v *db.View) error {
		if _, err := x.Outgoing(v, id); err != nil {
			return err
		}
		mine, _, err = queueFor(v, x, id)
		return err
	})
	if err != nil {
		return id, "", err
	}
	p, ok := purposes[mine.Step]
	if !ok {
		return id, "", fail.State("Văn bản không chờ ông/bà ký.", "HT33-10.1.b")
	}
	return id, p, nil
}

// beginByHand hands the files out for download.
func beginByHand(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, purpose, err := toSignAway(r, x)
	if err != nil {
		return err
	}
	if _, err := x.Office.HandOut(r.Context(), x.Actor, purpose, id, signing.ByUpload); err != nil {
		return err
	}
	return x.Kit.Done(w, r, path(id), part.Toast{Kind: "ok", Text: "Tải từng tệp về, ký, rồi tải lên."})
}

// download gives a file that was handed out to this person.
func download(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	out, err := seat.ID[int64](r.PathValue("tep"))
	if err != nil {
		return err
	}
	h, err := x.Office.Download(r.Context(), x.Actor, out)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "application/pdf")
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": h.Name}))
	_, _ = w.Write(h.Data) // the browser has gone: nothing to do
	return nil
}

// upload takes a file back that the person signed somewhere.
func upload(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	out, err := seat.ID[int64](r.PathValue("tep"))
	if err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	before, err := queueOf(r, x, id)
	if err != nil {
		return err
	}
	taken, err := takeUpload(r, x, out, f)
	a := act{name: takesBack, done: "Đã nhận tệp đã ký."}
	if canShow(err) && f.Refused(err) {
		return showRefused(w, r, x, id, a, f)
	} else if err != nil {
		return err
	}
	f.Taken()
	to, code := path(id), ""
	if taken.Complete {
		if to, code, err = a.next(r, x, id, before); err != nil {
			return err
		}
		a.done = "Đã ký số " + code + "."
	}
	return x.Kit.Done(w, r, to, part.Toast{Kind: "ok", Text: a.done})
}

func takeUpload(r *http.Request, x *seat.Seat, out int64, f *kit.Form) (office.Taken, error) {
	list := f.Files("file")
	if len(list) != 1 {
		return office.Taken{}, fail.Invalid("file", "Chọn tệp đã ký.")
	}
	file, err := list[0].Open()
	if err != nil {
		return office.Taken{}, err
	}
	defer file.Close()
	t, err := x.Office.TakeUpload(r.Context(), x.Actor, out, file)
	if err != nil {
		f.Drop("file", list[0]) // the same file would be refused again
	}
	return t, err
}

// stopAway ends a session that the person does not go on with.
func stopAway(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	session, err := seat.ID[int64](r.PathValue("tep"))
	if err != nil {
		return err
	}
	if err := x.Office.CancelHandOut(r.Context(), x.Actor, session); err != nil {
		return err
	}
	return x.Kit.Done(w, r, path(id), part.Toast{Kind: "ok", Text: "Đã thôi ký ngoài; tệp đã giao không nhận lại nữa."})
}
