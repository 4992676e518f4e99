package demo

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/hub"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/register"
	"vanthu/internal/task"
	"vanthu/viet"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// stage is a province with helpers that fail the test.
type stage struct {
	*World
	t *testing.T
}

func newStage(t *testing.T) stage { return stage{open(t, false), t} }

func (s stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s stage) refused(kind fail.Kind, err error) {
	s.t.Helper()
	if !fail.Is(err, kind) {
		s.t.Fatalf("want %s, got %v", kind, err)
	}
}

func (s stage) who(login string) (*office.Office, org.Actor) {
	s.t.Helper()
	o, a, err := s.actor(context.Background(), login)
	s.must(err)
	return o, a
}

// sent makes a letter of an's and takes it to where l.stop says.
func (s stage) sent(l letter) document.ID {
	s.t.Helper()
	o, drafter := s.who(l.by)
	s.must(s.write(context.Background(), l))
	var id document.ID
	s.must(o.Read(context.Background(), func(v *db.View) error {
		list, err := document.List(v, drafter, document.Filter{Way: document.Out, Limit: 1})
		if len(list) > 0 {
			id = list[0].ID
		}
		return err
	}))
	return id
}

var theLetter = letter{by: "an", signer: "hung", about: "phối hợp kiểm tra công trình", to: []string{"ubh", "snv", "Hội X"}, unread: true}

func (s stage) arrived(login string) document.Document {
	s.t.Helper()
	o, a := s.who(login)
	var d document.Document
	s.must(o.Read(context.Background(), func(v *db.View) error {
		list, err := document.List(v, a, document.Filter{Way: document.In, Limit: 1})
		if len(list) > 0 {
			d = list[0]
		}
		return err
	}))
	if d.ID == 0 {
		s.t.Fatalf("nothing came to %s", login)
	}
	return d
}

func (s stage) lines(id document.ID) map[string]exchange.Delivery {
	s.t.Helper()
	o, _ := s.who("an")
	m := map[string]exchange.Delivery{}
	s.must(o.Read(context.Background(), func(v *db.View) error {
		list, err := exchange.Of(v, id)
		for _, l := range list {
			m[l.Name] = l
		}
		return err
	}))
	return m
}

// The whole outgoing and incoming route, on PostgreSQL: HT33-10.1.a to d,
// HT33-8.1, HT33-9.i, HT33-9.ii; HOIX is on the paper list with its article
// (HT33-7.4).
func TestRouteOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL")
	}
	dsn, stop, err := dbtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	w, err := Open(context.Background(), Options{Dir: t.TempDir(), Postgres: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s := stage{w, t}
	l := theLetter
	l.unread, l.reply = false, "Đã cử cán bộ."
	id := s.sent(l)
	lines := s.lines(id)
	for _, name := range []string{"UBND huyện A", "Sở Nội vụ"} {
		if lines[name].State != exchange.Completed {
			t.Errorf("%s: %s", name, lines[name].State)
		}
	}
	if x := lines["Hội X"]; x.Channel != exchange.ByPaper || !strings.Contains(x.Reason, "Điều 7") {
		t.Errorf("Hội X: %+v", x)
	}
}

// Others' validators accept the sealed document: both signatures good, nothing
// rewritten (HT33-10.1.c.i, HT33-10.1.c.iii, ND30-32.2).
func TestSealedDocumentInOthersValidators(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.sent(theLetter)
	o, _ := s.who("lan")
	var body, sealed document.File
	s.must(o.Read(ctx, func(v *db.View) (err error) {
		if body, err = document.Newest(v, id, document.Body); err != nil {
			return err
		}
		sealed, err = document.Newest(v, id, document.Sealed_)
		return err
	}))
	in, err := o.Blobs.Read(body.Hash)
	s.must(err)
	out, err := o.Blobs.Read(sealed.Hash)
	s.must(err)
	if !bytes.HasPrefix(out, in) {
		t.Error("the drafter's bytes were rewritten")
	}
	path := filepath.Join(t.TempDir(), "sealed.pdf")
	s.must(os.WriteFile(path, out, 0o600))
	report := run(t, "pdfsig", "-nocert", path)
	if n := strings.Count(report, "Signature is Valid"); n != 2 {
		t.Errorf("pdfsig: %d valid signatures\n%s", n, report)
	}
	run(t, "qpdf", "--check", path)
	text := strings.Join(strings.Fields(run(t, "pdftotext", "-layout", path, "-")), " ")
	if !strings.Contains(text, "Số: 01 /SXD-KT") || !strings.Contains(text, "ngày 03 tháng 3 năm 2025") {
		t.Errorf("number or date is not on the page:\n%.900s", text)
	}
	if dir := os.Getenv("VANTHU_SHOTS"); dir != "" {
		run(t, "pdftoppm", "-r", "80", "-png", path, filepath.Join(dir, "sealed"))
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s (apt-get install poppler-utils qpdf): %v\n%s", name, err, out)
	}
	return string(out)
}

// Each act is refused to everybody but its people: E-HIDDEN outside the
// drafting chain, E-FORBID inside it (HN20-7.1.b, HN20-8.1.b, ND30-12.1,
// ND30-12.2, HT33-4.1).
func TestOnlyTheRightPeople(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	l := theLetter
	l.stop = "review"
	id := s.sent(l)
	o, an := s.who("an")
	_, thu := s.who("thu")
	_, lan := s.who("lan")
	_, hung := s.who("hung")
	_, binh := s.who("binh")
	_, tam := s.who("tam")
	for _, x := range []struct {
		who  org.Actor
		kind fail.Kind
	}{{binh, fail.Hidden}, {tam, fail.Hidden}, {hung, fail.Hidden}, {lan, fail.Hidden}, {an, fail.Denied}} {
		s.refused(x.kind, o.PassContent(ctx, x.who, id, ""))
	}
	s.refused(fail.Denied, o.Sign(ctx, thu, id))
	s.refused(fail.Denied, o.Number(ctx, thu, id))
	s.refused(fail.BadInput, o.ReturnDraft(ctx, thu, id, " "))
	s.must(o.ReturnDraft(ctx, thu, id, "Bổ sung căn cứ."))
	s.refused(fail.Conflict, o.PassContent(ctx, thu, id, ""))

	var refusals int
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := journal.Of(v, int64(id))
		for _, e := range list {
			if e.Verb == "act.refused" {
				refusals++
			}
		}
		return err
	}))
	if refusals < 7 {
		t.Errorf("%d refusals in the journal", refusals)
	}
}

// A returned draft comes back as version 2, and both stay (ND30-10.3, C07).
func TestReturnMakesVersion2(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	l := theLetter
	l.stop = "review"
	id := s.sent(l)
	o, an := s.who("an")
	_, thu := s.who("thu")
	s.must(o.ReturnDraft(ctx, thu, id, "Sửa khoản 2."))
	data, err := s.sheet(letter{by: "an", signer: "hung", about: "phối hợp kiểm tra, bản sửa", to: l.to})
	s.must(err)
	up, err := o.Keep(ctx, "v2.pdf", bytes.NewReader(data))
	s.must(err)
	_, hung := s.who("hung")
	s.must(o.Revise(ctx, an, id, office.DraftInput{Kind: "CV", Subject: "V/v phối hợp kiểm tra", Signer: hung.ID, Recipients: l.recipients(), Body: &up}))
	s.must(o.Submit(ctx, an, id))
	s.must(o.Read(ctx, func(v *db.View) error {
		vs, err := draft.Versions(v, id)
		if len(vs) != 2 || !vs[0].Locked {
			t.Errorf("%+v", vs)
		}
		ops, err2 := draft.Opinions(v, id)
		if len(ops) != 1 || ops[0].Verdict != draft.Return {
			t.Errorf("%+v", ops)
		}
		if err == nil {
			err = err2
		}
		return err
	}))
}

// A document whose signature is broken is refused with the reason; the sender
// sees 02 and why, and has it on the desk (HT33-8.2.iii, ND30-21.2a).
func TestBrokenSignatureGoesBack(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	l := theLetter
	l.stop = "issue"
	id := s.sent(l)
	o, lan := s.who("lan")
	s.must(spoil(ctx, o, id))
	s.must(o.Issue(ctx, lan, id))
	s.must(s.Settle(ctx))
	snv, yen := s.who("yen")
	d := s.arrived("yen")
	s.refused(fail.Integrity, snv.Receive(ctx, yen, d.ID, arrivalOf(d, 0)))
	s.refused(fail.BadInput, snv.Refuse(ctx, yen, d.ID, ""))
	s.must(snv.Refuse(ctx, yen, d.ID, "Chữ ký không hợp lệ."))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"]; x.State != exchange.Refused || x.Note != "Chữ ký không hợp lệ." {
		t.Errorf("%+v", x)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		n, err := document.Counts(v, lan)
		if n[document.ToFollow] != 1 {
			t.Errorf("desk: %v", n)
		}
		return err
	}))
}

// The hub being away loses nothing: the packet goes when it is back; an agency
// cut off the hub makes its line fail with the reason, the others get theirs,
// and the line is sent again (HT33-10.2.i, BRVT1842-6.5).
func TestHubAwayAndResend(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.must(s.StopHub(ctx))
	id := s.sent(theLetter)
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.Queued {
		t.Fatalf("without the hub: %s", x)
	}
	s.must(s.World.StartHub(ctx))
	s.must(s.Hub.Link(ctx, db.System, "000.00.12.H99", hub.LinkSuspended, "", "QĐ 20"))
	s.must(s.Clock.Advance(time.Hour))
	s.must(s.Settle(ctx))
	lines := s.lines(id)
	if lines["UBND huyện A"].State != exchange.Delivered || lines["Sở Nội vụ"].State != exchange.Failed || lines["Sở Nội vụ"].Note == "" {
		t.Fatalf("UBH %s, SNV %s %q", lines["UBND huyện A"].State, lines["Sở Nội vụ"].State, lines["Sở Nội vụ"].Note)
	}
	s.must(s.Hub.Link(ctx, db.System, "000.00.12.H99", hub.LinkOfficial, "", "QĐ 21"))
	o, lan := s.who("lan")
	s.refused(fail.Conflict, o.Resend(ctx, lan, id, lines["UBND huyện A"].ID))
	s.must(o.Resend(ctx, lan, id, lines["Sở Nội vụ"].ID))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.Delivered {
		t.Errorf("sent again: %s", x)
	}
	s.refused(fail.Conflict, o.Followed(ctx, lan, id, "Đã gửi lại."))
}

// A recall before acceptance closes the document at the receiver by itself;
// after it the clerk agrees or declines; the sender's is frozen and the
// receiver keeps a tombstone without content (ND30-18.4, QD28-9.2,
// ND30-PL6.III.8a, ND30-PL6.III.8b).
func TestRecall(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.sent(theLetter)
	o, lan := s.who("lan")
	ubh, hoa := s.who("hoa")
	_, khanh := s.who("khanh")
	d := s.arrived("hoa")
	s.must(ubh.Receive(ctx, hoa, d.ID, arrivalOf(d, khanh.ID)))
	s.must(s.Settle(ctx))
	s.refused(fail.BadInput, o.Recall(ctx, lan, id, ""))
	s.must(o.Recall(ctx, lan, id, "Sai số liệu."))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.RecallAgreed {
		t.Errorf("not yet accepted: %s", x)
	}
	if x := s.lines(id)["UBND huyện A"].State; x != exchange.RecallAsked {
		t.Errorf("accepted: %s", x)
	}
	s.must(ubh.AnswerRecall(ctx, hoa, d.ID, true, ""))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["UBND huyện A"].State; x != exchange.RecallAgreed {
		t.Errorf("after agreement: %s", x)
	}
	s.must(ubh.Read(ctx, func(v *db.View) error {
		got, err := document.ByID(v, d.ID)
		if got.State != document.Recalled || got.ArrivalNo == 0 {
			t.Errorf("tombstone: %+v", got)
		}
		files, err2 := document.Files(v, d.ID)
		for _, f := range files {
			if !f.Closed || ubh.Blobs.Has(f.Hash) {
				t.Errorf("%s is still there", f.Name)
			}
		}
		if err == nil {
			err = err2
		}
		return err
	}))
	s.refused(fail.Conflict, o.Recall(ctx, lan, id, "Lần nữa."))
}

// Paper with the number, notation and issuer of a registered document is
// warned of, in any spelling, and registered only when the clerk says so; a
// bad form names every field (ND30-PL6.III.1h, BRVT1842-9.2, HT33-8.1).
func TestPaperDuplicate(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, hoa := s.who("hoa")
	in := office.ArrivalInput{Kind: "CV", Number: "12", Notation: "SXD-QH", Day: viet.MustDay("2025-02-27"), IssuerName: "sở xây dựng", Subject: "Về quy hoạch"}
	id, err := o.RegisterPaper(ctx, hoa, in)
	s.must(err)
	again := in
	again.Number, again.Notation = "012", "sxd-qh"
	_, err = o.RegisterPaper(ctx, hoa, again)
	s.refused(fail.Conflict, err)
	again.Duplicate = true
	_, err = o.RegisterPaper(ctx, hoa, again)
	s.must(err)
	_, err = o.RegisterPaper(ctx, hoa, office.ArrivalInput{})
	e, _ := fail.As(err)
	if e == nil || len(e.Fields) < 6 {
		t.Errorf("empty form: %v", err)
	}
	s.refused(fail.Conflict, o.Present(ctx, hoa, id, hoa.ID, "")) // no file yet
	_, an := s.who("an")
	sxd, _ := s.who("an")
	_, err = sxd.RegisterPaper(ctx, an, in)
	s.refused(fail.Denied, err)
}

// Secrets leave nothing behind (HT33-1.2).
func TestSecretIsBarred(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, an := s.who("an")
	_, err := o.CreateDraft(ctx, an, office.DraftInput{Kind: "CV", Subject: "Phương án tác chiến", Secrecy: "Mật"})
	s.refused(fail.Barred, err)
	_, err = o.CreateDraft(ctx, an, office.DraftInput{Kind: "CV", Subject: "TỐI MẬT: phương án"})
	s.refused(fail.Barred, err)
	_, err = o.Keep(ctx, "Ke_hoach-TUYỆT MẬT.pdf", strings.NewReader("%PDF-1.4 bí mật"))
	s.refused(fail.Barred, err)
	s.must(o.Read(ctx, func(v *db.View) error {
		n, err := document.CountList(v, an, document.Filter{})
		if n != 0 {
			t.Errorf("%d documents", n)
		}
		list, err2 := journal.Last(v, 10)
		for _, e := range list {
			for _, x := range e.Detail {
				if strings.Contains(x, "tác chiến") {
					t.Errorf("the journal holds the title: %v", e.Detail)
				}
			}
		}
		if err == nil {
			err = err2
		}
		return err
	}))
}

// A unit's work goes down to a person and up again; only the lead completes
// the document, and not without a result (GL443-9.2, GL443-9.5, GL443-14.4).
func TestDirectionThroughAUnit(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.sent(theLetter)
	o, hoa := s.who("hoa")
	_, khanh := s.who("khanh")
	_, cuong := s.who("cuong")
	_, dung := s.who("dung")
	_, tho := s.who("tho")
	d := s.arrived("hoa")
	s.must(o.Receive(ctx, hoa, d.ID, arrivalOf(d, khanh.ID)))
	due := viet.DayOf(s.Clock.Now()).Add(5)
	in := office.DirectInput{Text: "Tham mưu trả lời.", Lead: org.HeadToken(cuong.Unit), Coordinators: []org.Token{org.Of(tho.ID)}, Due: due}
	s.refused(fail.Denied, o.Direct(ctx, hoa, d.ID, in))
	bad := in
	bad.Lead = ""
	s.refused(fail.BadInput, o.Direct(ctx, khanh, d.ID, bad))
	s.must(o.Direct(ctx, khanh, d.ID, in))
	s.refused(fail.Hidden, o.Complete(ctx, dung, d.ID, "x", 0))
	s.refused(fail.BadInput, o.Assign(ctx, cuong, d.ID, office.AssignInput{To: dung.ID, Due: due.Add(1)}))
	s.must(o.Assign(ctx, cuong, d.ID, office.AssignInput{To: dung.ID, Text: "Đồng chí làm."}))
	s.must(o.OpenTask(ctx, dung, d.ID))
	s.must(o.Complete(ctx, tho, d.ID, "Đã góp ý.", 0))
	s.must(o.Read(ctx, func(v *db.View) error {
		got, err := document.ByID(v, d.ID)
		if got.State != document.InProgress {
			t.Errorf("a coordinator's completion moved it to %s", got.State)
		}
		list, err2 := task.Of(v, d.ID)
		if len(list) != 3 {
			t.Errorf("%d assignments", len(list))
		}
		if err == nil {
			err = err2
		}
		return err
	}))
	s.refused(fail.BadInput, o.Complete(ctx, dung, d.ID, "", 0))
	s.must(o.Complete(ctx, dung, d.ID, "Đã có văn bản trả lời.", 0))
	s.must(s.Settle(ctx))
}

// What lists show is what Can allows, for everybody and every document (the
// property behind HN20-7.1.b and section 5).
func TestListsEqualRights(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	for _, stop := range []string{"draft", "review", "form", "approve", "number", ""} {
		l := theLetter
		l.stop = stop
		s.must(s.write(ctx, l))
	}
	for _, a := range province {
		o, _ := s.Host.Office(a.code)
		s.must(o.Read(ctx, func(v *db.View) error {
			people, err := org.People(v)
			if err != nil {
				return err
			}
			ids, err := db.Column[document.ID](v, `SELECT id FROM document`)
			if err != nil {
				return err
			}
			for _, p := range people {
				who, err := org.Act(v, p.ID, viet.DayOf(v.Now), "")
				if err != nil {
					return err
				}
				shown := map[document.ID]bool{}
				list, err := document.List(v, who, document.Filter{Limit: 1000})
				if err != nil {
					return err
				}
				for _, d := range list {
					shown[d.ID] = true
				}
				for _, id := range ids {
					may := access.Check(v, who, access.Subject(id), access.See) == nil
					if may != shown[id] {
						t.Errorf("%s: document %d: may see %v, list shows %v", p.Login, id, may, shown[id])
					}
				}
			}
			return nil
		}))
	}
}

// Outgoing numbers run 01, 02, … and a void one stays with its reason
// (ND30-15, GL443-7.2.ii.b).
func TestVoidNumberStays(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	l := theLetter
	l.stop = "seal"
	first := s.sent(l)
	o, lan := s.who("lan")
	s.refused(fail.BadInput, o.VoidNumber(ctx, lan, first, ""))
	s.must(o.VoidNumber(ctx, lan, first, "Lãnh đạo quyết định không phát hành."))
	second := s.sent(l)
	s.must(o.Read(ctx, func(v *db.View) error {
		d, err := document.ByID(v, second)
		if d.Number != "02" {
			t.Errorf("second number %q", d.Number)
		}
		books, err2 := register.Books(v, document.Out)
		if err != nil || err2 != nil {
			return err2
		}
		lines, err := register.Lines(v, books[0].ID)
		if len(lines) != 2 || lines[0].VoidReason == "" {
			t.Errorf("%+v", lines)
		}
		return err
	}))
}
