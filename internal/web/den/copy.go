package den

import (
	"cmp"
	"net/http"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/law"
	"vanthu/pades"
)

// copying is the form that signs the scan of a paper document as a copy and
// presents it. law:HT33-8.1 HT33-11.4.a
type copying struct {
	Fields []part.Field
	Note   part.Field
	Cert   part.Note
	Sends  bool        // the key's service sends a code
	Signed *part.Field // of a key that signs on another machine: the file that comes back
	Scan   string      // address of the scan to sign there
	Desk   string      // where the signing program of this machine is given it; "" if the key is not in it
	State  string      // where a script asks what became of it
	Clerk  bool        // may present it, and put a better scan in its place
	Scans  part.Field

	key signing.Certificate
}

func (c *content) toCopy() error {
	f := c.of("ky-ban-sao", map[string]string{"leader": c.r.URL.Query().Get("lanh-dao")})
	if c.act == "nhan-ban-sao" || c.act == "gui-ma" {
		f = c.form
	}
	k := &copying{Clerk: c.x.Actor.Has(org.Clerk), Scans: c.of("gan-ban-quet", nil).Upload("scan", "Bản quét").Takes(".pdf").Need().Law("HT33-8.1").Named("f-other-scan")}
	c.p.Do.Copy = k
	var err error
	if k.Fields, err = c.x.CopyFields(c.v, f); err != nil {
		return err
	}
	k.Note = f.Text("note", "Ghi chú trình")
	k.key, err = signing.OfAgency(c.v)
	if e, ok := fail.As(err); ok {
		k.Cert = part.Note{Kind: "late", Text: e.Text + " " + e.Next, Laws: e.Refs}
		return nil
	} else if err != nil {
		return err
	}
	k.Cert = c.x.CertificateNote(k.key)
	if k.key.Driver.HandsOut() {
		k.Cert.Lines = append(k.Cert.Lines, "Khóa này ký trên máy của ông/bà.")
		if k.key.Driver == signing.ByClient {
			k.Desk, k.State = pathTo(c.d.ID)+"/giao-may", seat.DeskAt(c.d.ID)+"/phien-ky"
		}
		up := f.Upload("file", "Bản sao đã ký").Takes(".pdf").Need().Law("HT33-8.1")
		k.Signed, k.Scan = &up, "/tep/"+itoa(c.d.ID)+"/"+itoa(c.main().ID)+"?tai"
	}
	return nil
}

// consent asks for what the key wants of its holder; the driver is asked
// outside the store. law:HT33-4.2 ND23-15
func (c *content) consent() error {
	k := c.p.Do.Copy
	if k == nil || k.key.ID == 0 || k.Signed != nil {
		return nil
	}
	need, err := c.x.Office.Keys.Need(c.r.Context(), k.key)
	if e, ok := fail.As(err); ok {
		k.Cert = part.Note{Kind: "late", Text: e.Text, Lines: []string{e.Next}, Laws: e.Refs}
		return nil
	} else if err != nil {
		return err
	}
	f := c.of("ky-ban-sao", nil)
	if c.act == "gui-ma" {
		f = c.form
	}
	k.Fields, k.Sends = append(k.Fields, seat.ConsentFields(f, need)...), need.Sends
	if need.Note != "" {
		k.Cert.Lines = append(k.Cert.Lines, need.Note)
	}
	if need.Confirms {
		k.Cert.Lines = append(k.Cert.Lines, "Bấm ký, rồi xác nhận trên điện thoại của ông/bà.")
	}
	return nil
}

func signCopy(a asked) (string, error) {
	in, consent := seat.CopyInput(a.f), signing.Consent{PIN: a.f.Get("pin"), Code: a.f.Get("code")}
	need, _, err := a.x.CopyNeed(a.r)
	if err != nil {
		return "", err
	}
	if need.Confirms { // that may take longer than a page waits
		batch, err := a.x.Office.SignCopies(a.r.Context(), a.x.Actor, []document.ID{a.id}, in, consent)
		*a.to = seat.BatchAt(batch)
		return "chờ xác nhận trên điện thoại.", err
	}
	return signedText(in.PresentTo != 0), a.x.Office.SignCopy(a.r.Context(), a.x.Actor, a.id, in, consent)
}

// copyOnDesk gives the scan to the signing program of the person's machine: JSON
// for the script. law:HT33-8.1 HT33-4.2
func copyOnDesk(w http.ResponseWriter, r *http.Request, x *seat.Seat) error {
	id, err := seat.DocumentID(r)
	if err != nil {
		return err
	}
	f, err := x.Kit.Form(w, r)
	if err != nil {
		return err
	}
	next := ""
	err = x.Read(r, func(v *db.View) error {
		if _, err := x.Incoming(v, id); err != nil {
			return err
		}
		next, err = after(v, x.Actor, document.ToCopy, id)
		return err
	})
	if err != nil {
		return err
	}
	s, err := x.Office.HandOutCopy(r.Context(), x.Actor, id, seat.CopyInput(f))
	if err != nil {
		return err
	}
	return seat.JSON(w, seat.BegunOnDesk(x.Office, s, next))
}

func takeCopy(a asked) (string, error) {
	u, err := keep(a.r, a.x, a.f, "file")
	if err != nil {
		return "", err
	}
	if u == nil {
		return "", fail.Invalid("file", "Chọn tệp bản sao đã ký.", "HT33-8.1")
	}
	in := seat.CopyInput(a.f)
	return signedText(in.PresentTo != 0), refuseFile(a.f, "file", a.x.Office.TakeCopy(a.r.Context(), a.x.Actor, a.id, *u, in))
}

func signedText(presented bool) string {
	if presented {
		return "đã ký bản sao và trình lãnh đạo."
	}
	return "đã ký bản sao."
}

// sendCode has the service of the agency's key send its one-time code.
func sendCode(a asked) (string, error) {
	return "đã gửi mã xác nhận; nhập mã vừa nhận.", a.x.Office.SendCode(a.r.Context(), a.x.Actor.ID, signing.AsCopy)
}

// unsigned says plainly that a scan bears no signature of the agency: nobody
// could sign it when it was presented. law:HT33-8.1 ND30-25
func (c *content) unsigned() {
	if m := c.main(); m.Slot == document.Scan && m.Verdict == "" && c.step != document.ToCopy {
		c.p.Notes = append(c.p.Notes, part.Note{Kind: "warn", Icon: part.Icon("shield-off"), Title: "Bản quét chưa được ký số.",
			Text: "Chỉ để xem; bản giấy giữ giá trị.", Laws: []law.Ref{"HT33-8.1", "ND30-25"}})
	}
}

// registration is a register form whose scan may have to be signed before the
// document is presented.
type registration struct {
	office.ArrivalInput
	after  office.CopyInput // what happens once it is registered; PresentTo 0: nothing
	keeper org.PersonID     // who signs
}

// signFirst puts presenting off until the scan is signed, where somebody can
// sign it. law:HT33-8.1
func (in *registration) signFirst(r *http.Request, x *seat.Seat, f *kit.Form) error {
	if in.Scan == nil || in.PresentTo == 0 {
		return nil
	}
	err := x.Read(r, func(v *db.View) (err error) {
		in.keeper, err = office.CopyKeeper(v, v.Now)
		return err
	})
	if err != nil || in.keeper == 0 {
		return err
	}
	in.after = office.CopyInput{Form: cmp.Or(pades.CopyForm(f.Get("form")), pades.TrueCopy), PresentTo: in.PresentTo}
	in.PresentTo = 0
	return nil
}

// signAndPresent goes on with a document that was registered: in the same press
// where the key asks for nothing. It gives where the person goes and how the
// message ends.
func (in registration) signAndPresent(r *http.Request, x *seat.Seat, id document.ID) (next string, t part.Toast, err error) {
	if in.keeper != x.Actor.ID {
		return "/den/dang-ky", part.Toast{Kind: "ok", Text: ", chờ người giữ khóa ký bản sao rồi trình."}, nil
	}
	here := pathTo(id) + "?buoc=" + string(document.ToCopy) + "&lanh-dao=" + itoa(in.after.PresentTo)
	need, ready, err := x.CopyNeed(r)
	if err != nil || !ready || need.PIN || need.Code || need.Confirms {
		return here, part.Toast{Kind: "ok", Text: ", còn ký bản sao."}, err
	}
	err = x.Office.SignCopy(r.Context(), x.Actor, id, in.after, signing.Consent{})
	if e, ok := fail.As(err); ok {
		return here, part.Toast{Kind: "warn", Text: ". Chưa ký được bản sao: " + e.Text}, nil
	}
	return "/den/dang-ky", part.Toast{Kind: "ok", Text: ", đã ký bản sao và trình lãnh đạo."}, err
}
