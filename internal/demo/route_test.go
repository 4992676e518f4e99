package demo

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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
	hostschema "vanthu/internal/schema/host"
	hubschema "vanthu/internal/schema/hub"
	officeschema "vanthu/internal/schema/office"
	"vanthu/internal/signing"
)

// postgres is the server of the second round: every test of this package runs
// on SQLite, and then again on PostgreSQL.
var postgres string

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if code != 0 || testing.Short() || os.Getenv("VANTHU_CRASH_DIR") != "" {
		os.Exit(code)
	}
	dsn, stop, err := dbtest.Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	postgres = dsn
	code = m.Run()
	stop()
	os.Exit(code)
}

var databases atomic.Int64

// database is a database of the second round with the tables of a province and
// nothing in them; "" in the first.
func database(t *testing.T) string {
	t.Helper()
	if postgres == "" {
		return ""
	}
	if err := ready(); err != nil {
		t.Fatal(err)
	}
	return copied(t, "ready")
}

// copied is a copy of a database that nobody uses; it ends with the test.
func copied(t *testing.T, template string) string {
	t.Helper()
	name := fmt.Sprintf("province%d", databases.Add(1))
	if err := ask("CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY FILE_COPY"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ask("DROP DATABASE " + name + " WITH (FORCE)") })
	return named(name)
}

// ready makes the tables once: a thousand of them, with their indexes, take PostgreSQL
// two seconds, and every test wants its own.
var ready = sync.OnceValue(func() error {
	if err := ask("CREATE DATABASE ready"); err != nil {
		return err
	}
	h, err := db.OpenPostgres(context.Background(), named("ready"), time.Now)
	if err != nil {
		return err
	}
	defer h.Close()
	stores := map[string]db.Schema{"host": hostschema.Schema, "hub": hubschema.Hub}
	for _, a := range province {
		stores[a.store] = officeschema.Schema
	}
	for name, of := range stores {
		if _, err := h.Store(context.Background(), name, of); err != nil {
			return err
		}
	}
	return nil
})

// ask has the server itself do something.
func ask(statement string) error {
	c, err := pgx.Connect(context.Background(), postgres)
	if err != nil {
		return err
	}
	defer c.Close(context.Background())
	_, err = c.Exec(context.Background(), statement)
	return err
}

func named(database string) string {
	return strings.Replace(postgres, "dbname=postgres", "dbname="+database, 1)
}

// stage is a province with helpers that fail the test.
type stage struct {
	*World
	t *testing.T
}

func newStage(t *testing.T) stage {
	t.Parallel() // every stage is a province of its own
	return stage{openQuick(t), t}
}

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

// The whole outgoing and incoming route: HT33-10.1.a to d,
// HT33-8.1, HT33-9.i, HT33-9.ii; HOIX is on the paper list with its article
// (HT33-7.4).
func TestRoute(t *testing.T) {
	s := newStage(t)
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
	s.refused(fail.Denied, o.Sign(ctx, thu, id, signing.Consent{}))
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
