package demo

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/law"
	"vanthu/pades"
	"vanthu/viet"
)

var byHand = typed{from: "HỘI X", code: "77/HOIX", about: "V/v đăng ký tham gia hội chợ", place: "An Sơn, ngày 28 tháng 02 năm 2025", to: "Sở Xây dựng tỉnh Mẫu",
	body: []string{"Hội X đề nghị Sở Xây dựng cho ý kiến về việc tham gia hội chợ", "vật liệu xây dựng năm 2025./."}, title: "CHỦ TỊCH", signer: "Lưu Văn Đạt"}

var sao = office.CopyInput{Form: pades.TrueCopy}

// scan keeps a scan of the letter at a resolution.
func (s stage) scan(o *office.Office, dpi int) office.Upload {
	s.t.Helper()
	data, err := byHand.scanned(dpi)
	s.must(err)
	u, err := o.Keep(context.Background(), "Hoi-X-77.pdf", bytes.NewReader(data))
	s.must(err)
	return u
}

// paperForm is the register form of the letter.
func paperForm(u *office.Upload) office.ArrivalInput {
	return office.ArrivalInput{Kind: "CV", Number: "77", Notation: "HOIX", Day: viet.MustDay("2025-02-28"), IssuerName: "Hội X", Subject: "V/v đăng ký tham gia hội chợ", Scan: u}
}

// atStep fails unless exactly this waits at a document, and gives whose desk.
func (s stage) atStep(o *office.Office, id document.ID, want document.Step) (who org.Token) {
	s.t.Helper()
	s.must(o.Read(context.Background(), func(v *db.View) error {
		list, err := document.WaitingFor(v, id)
		if len(list) != 1 || list[0].Step != want {
			s.t.Fatalf("waiting: %+v, want %s", list, want)
		}
		who = list[0].Token
		return err
	}))
	return who
}

func (s stage) files(o *office.Office, id document.ID) (list []document.File) {
	s.t.Helper()
	s.must(o.Read(context.Background(), func(v *db.View) (err error) { list, err = document.Files(v, id); return err }))
	return list
}

// Paper is scanned, signed as a copy and presented; before it is signed it
// cannot be presented, a scan too coarse is refused with the minimum, and the
// copy is what people read from then on (HT33-8.1, HT33-11.4.a, ND30-25,
// ND30-PL1.I.2, ND30-32.2).
func TestPaperIsSignedAsCopy_HT33_8_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, lan := s.who("lan")
	_, hung := s.who("hung")

	coarse := s.scan(o, 100)
	_, err := o.RegisterPaper(ctx, lan, paperForm(&coarse))
	s.refused(fail.BadFile, err)
	if e, _ := fail.As(err); !strings.Contains(e.Text, "ít nhất 200 dpi") || !strings.Contains(e.Text, "100 dpi") || e.Next == "" {
		t.Errorf("%+v", e)
	}
	scan := s.scan(o, 200)
	at := paperForm(&scan)
	at.PresentTo = hung.ID
	_, err = o.RegisterPaper(ctx, lan, at)
	s.refused(fail.Conflict, err) // presented at once, unsigned
	id, err := o.RegisterPaper(ctx, lan, paperForm(&scan))
	s.must(err)
	if who := s.atStep(o, id, document.ToCopy); who != org.Of(lan.ID) {
		t.Errorf("the copy waits at %s", who)
	}
	err = o.Present(ctx, lan, id, hung.ID, "")
	s.refused(fail.Conflict, err)
	if e, _ := fail.As(err); e.Next == "" || len(e.Refs) == 0 || e.Refs[0] != "HT33-8.1" {
		t.Errorf("%+v", e)
	}
	s.refused(fail.BadInput, o.SignCopy(ctx, lan, id, office.CopyInput{Form: pades.Extract}, signing.Consent{}))
	s.refused(fail.Hidden, o.SignCopy(ctx, s.actorOf("an"), id, sao, signing.Consent{}))
	s.refused(fail.Denied, o.SignCopy(ctx, hung, id, sao, signing.Consent{}))

	in := sao
	in.PresentTo, in.Note = hung.ID, "Kính trình."
	s.must(o.SignCopy(ctx, lan, id, in, signing.Consent{}))
	if who := s.atStep(o, id, document.ToDirect); who != org.Of(hung.ID) {
		t.Errorf("presented to %s", who)
	}
	s.inState(o, id, document.Submitted)
	s.refused(fail.Conflict, o.SignCopy(ctx, lan, id, sao, signing.Consent{})) // twice
	s.refused(fail.Conflict, o.AttachScan(ctx, lan, id, scan))                 // under the leader's eyes
	s.signedCopy(o, id, "SAO Y", "Sao y từ bản giấy")
}

func (s stage) actorOf(login string) org.Actor { _, a := s.who(login); return a }

// signedCopy fails unless the document's file is its scan with the agency's
// signature as a copy, provable offline, and noted wherever keys are noted.
func (s stage) signedCopy(o *office.Office, id document.ID, form, made string) {
	s.t.Helper()
	var main document.File
	var of document.CopyOf
	var events []journal.Entry
	s.must(o.Read(context.Background(), func(v *db.View) (err error) {
		if main, err = document.Main(v, id); err != nil {
			return err
		}
		if of, err = document.CopyAt(v, id); err != nil {
			return err
		}
		events, err = journal.Of(v, int64(id))
		c, err2 := signing.OfAgency(v)
		if err2 != nil {
			return err2
		}
		uses, err2 := signing.Uses(v, c.ID, 0, 1)
		if len(uses) != 1 || uses[0].Document != id || uses[0].Purpose != signing.AsCopy {
			s.t.Errorf("uses of the key: %+v", uses)
		}
		return err
	}))
	if main.Slot != document.Copy || main.Verdict != "valid" || main.ID != of.File || of.Form != made {
		s.t.Fatalf("main file: %s %s %q, %+v", main.Slot, main.Verdict, main.Sentence, of)
	}
	signed, err := o.Blobs.Read(main.Hash)
	s.must(err)
	var scan document.File
	for _, f := range s.files(o, id) {
		if f.ID == of.Scan {
			scan = f
		}
	}
	before, err := o.Blobs.Read(scan.Hash)
	s.must(err)
	if !bytes.HasPrefix(signed, before) || scan.Slot != document.Scan {
		s.t.Error("the scan was changed")
	}
	noted := false
	for _, e := range events {
		noted = noted || e.Verb == office.CopySignedIt && e.Detail["scan"] == string(scan.Hash) && e.Detail["text"] == made
	}
	if !noted {
		s.t.Error("the journal does not tell of the copy")
	}
	report, err := pades.Verify(context.Background(), signed, pades.VerifyOptions{Anchors: s.Host.Anchors, Now: s.Clock.Now()}) // no network
	s.must(err)
	if report.Result != pades.Valid || len(report.Signatures) != 1 || report.Signatures[0].Profile != "B-LT" || report.Signatures[0].Reason != made {
		s.t.Errorf("%s: %+v", report.Sentence, report.Signatures)
	}
	dir := s.t.TempDir()
	file := filepath.Join(dir, "copy.pdf")
	s.must(os.WriteFile(file, signed, 0o600))
	text := tool(s.t, "pdftotext", "-layout", file, "-")
	for _, want := range []string{form, "Sở Xây dựng", "+07:00"} {
		if !strings.Contains(text, want) {
			s.t.Errorf("page 1 does not show %q:\n%s", want, text)
		}
	}
	if out := tool(s.t, "pdfsig", "-nocert", file); !strings.Contains(out, "Signature is Valid") || !strings.Contains(out, "Total document signed") && !strings.Contains(out, "ETSI.CAdES.detached") {
		s.t.Error(out)
	}
	tool(s.t, "qpdf", "--check", file)
	if keep := os.Getenv("VANTHU_KEEP"); keep != "" {
		s.must(os.WriteFile(filepath.Join(keep, "copy-"+strings.ReplaceAll(form, " ", "-")+".pdf"), signed, 0o600))
	}
}

func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// A paper that is a copy itself becomes a SAO LỤC; a wrong scan is replaced and
// signed again; a copy signed and not presented goes to the clerks (ND30-25,
// HT33-8.1).
func TestCopyOfCopy_ND30_25(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, lan := s.who("lan")
	id, err := o.RegisterPaper(ctx, lan, paperForm(nil))
	s.must(err)
	s.atStep(o, id, document.ToPresent)
	s.must(o.AttachScan(ctx, lan, id, s.scan(o, 200)))
	s.atStep(o, id, document.ToCopy)
	s.must(o.SignCopy(ctx, lan, id, sao, signing.Consent{}))
	if who := s.atStep(o, id, document.ToPresent); who != org.RoleToken(org.Clerk) {
		t.Errorf("signed, it waits at %s", who)
	}
	s.signedCopy(o, id, "SAO Y", "Sao y từ bản giấy")
	s.must(o.AttachScan(ctx, lan, id, s.scan(o, 220)))
	s.atStep(o, id, document.ToCopy)
	s.must(o.Read(ctx, func(v *db.View) error {
		f, err := document.Main(v, id)
		if f.Slot != document.Scan {
			t.Errorf("read is %s, not the newer scan", f.Slot)
		}
		return err
	}))
	s.must(s.Clock.Advance(time.Minute))
	s.must(o.SignCopy(ctx, lan, id, office.CopyInput{Form: pades.CopyOfCopy}, signing.Consent{}))
	s.signedCopy(o, id, "SAO LỤC", "Sao lục từ bản sao y")
}

// Where nobody can sign copies, paper is presented unsigned; scans that waited
// for a key go on when it ends, and with the key to its next keeper (HT33-8.3.i,
// HT33-4.1, ND30-32.2b).
func TestCopiesFollowTheKey_HT33_4_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, lan := s.who("lan")
	_, hung := s.who("hung")
	_, phuc := s.who("phuc")
	scan := s.scan(o, 200)
	id, err := o.RegisterPaper(ctx, lan, paperForm(&scan))
	s.must(err)
	var c signing.Certificate
	s.must(o.Read(ctx, func(v *db.View) (err error) { c, err = signing.OfAgency(v); return err }))
	s.must(o.OfferKey(ctx, lan, c.ID, office.HandoverInput{Receiver: phuc.ID, Permission: "05/QĐ-VP", PermissionDay: viet.DayOf(s.Clock.Now()), PermittedBy: "Giám đốc"}))
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := signing.OffersTo(v, phuc.ID)
		if len(list) != 1 {
			t.Fatal(list)
		}
		c.ID = list[0].ID
		return err
	}))
	s.must(o.TakeKey(ctx, phuc, c.ID))
	if who := s.atStep(o, id, document.ToCopy); who != org.Of(phuc.ID) {
		t.Errorf("the copy waits at %s", who)
	}
	err = o.SignCopy(ctx, lan, id, sao, signing.Consent{})
	s.refused(fail.Denied, err)
	in := sao
	in.PresentTo = hung.ID
	s.refused(fail.Denied, o.SignCopy(ctx, phuc, id, in, signing.Consent{})) // the chief keeps the key; the clerk presents
	s.atStep(o, id, document.ToCopy)
	s.must(o.SignCopy(ctx, phuc, id, sao, signing.Consent{}))
	s.atStep(o, id, document.ToPresent)

	at := paperForm(&scan)
	at.Number = "78"
	waits, err := o.RegisterPaper(ctx, lan, at)
	s.must(err)
	s.atStep(o, waits, document.ToCopy)
	s.endAgencyKey(o)
	if who := s.atStep(o, waits, document.ToPresent); who != org.RoleToken(org.Clerk) {
		t.Errorf("released to %s", who)
	}
	at.Number, at.PresentTo = "79", hung.ID
	_, err = o.RegisterPaper(ctx, lan, at)
	s.must(err)
	s.must(o.Present(ctx, lan, waits, hung.ID, ""))
	s.must(o.Read(ctx, func(v *db.View) error {
		f, err := document.Main(v, waits)
		if f.Slot != document.Scan || f.Verdict != "" {
			t.Errorf("%s %q", f.Slot, f.Verdict)
		}
		return err
	}))
}

// endAgencyKey has the administrator take the agency's certificate out of use.
func (s stage) endAgencyKey(o *office.Office) {
	s.t.Helper()
	ctx := context.Background()
	admin, err := s.holder(ctx, o, org.Admin, 0)
	s.must(err)
	var c signing.Certificate
	s.must(o.Read(ctx, func(v *db.View) (err error) { c, err = signing.OfAgency(v); return err }))
	s.must(o.EndCertificate(ctx, admin, c.ID, "Mất thiết bị"))
}

// Twelve scans are signed under one confirmation and presented to one leader; a
// document that somebody took from the batch meanwhile is named, and the others
// are signed (HT33-8.1, HT33-10.1.b).
func TestManyCopies_HT33_8_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, lan := s.who("lan")
	_, hung := s.who("hung")
	scan := s.scan(o, 200)
	var ids []document.ID
	for i := range 4 {
		at := paperForm(&scan)
		at.Number = string(rune('1' + i))
		id, err := o.RegisterPaper(ctx, lan, at)
		s.must(err)
		ids = append(ids, id)
	}
	s.must(o.SignCopy(ctx, lan, ids[3], sao, signing.Consent{}))
	in := sao
	in.PresentTo = hung.ID
	batch, err := o.SignCopies(ctx, lan, ids, in, signing.Consent{})
	s.must(err)
	b := s.ended(o, lan.ID, batch)
	if b.Signed() != 3 || b.Purpose != signing.AsCopy || b.Lines[3].Text == "" || b.Lines[3].Next == "" {
		t.Errorf("%+v", b)
	}
	for _, id := range ids[:3] {
		s.inState(o, id, document.Submitted)
		s.provable(o, id)
	}
	s.inState(o, ids[3], document.Registered)
	_, err = o.SignCopies(ctx, lan, ids, office.CopyInput{}, signing.Consent{})
	s.refused(fail.BadInput, err)
	s.must(o.Read(ctx, func(v *db.View) error {
		if err := access.Check(v, hung, access.Subject(ids[0]), access.Direct); err != nil {
			t.Error(err)
		}
		return nil
	}))
}

// provable fails unless the document is read as a copy that is valid.
func (s stage) provable(o *office.Office, id document.ID) {
	s.t.Helper()
	s.must(o.Read(context.Background(), func(v *db.View) error {
		f, err := document.Main(v, id)
		if f.Slot != document.Copy || f.Verdict != "valid" {
			s.t.Errorf("%s %s", f.Slot, f.Sentence)
		}
		return err
	}))
}

// A copy signed with a program on the clerk's desk is taken if it is the scan
// with the agency's signature, saying the form of the copy, and nothing else
// (HT33-4.1, ND30-25, ND23-17).
func TestCopySignedElsewhere_ND30_25(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, lan := s.who("lan")
	_, hung := s.who("hung")
	scan := s.scan(o, 200)
	id, err := o.RegisterPaper(ctx, lan, paperForm(&scan))
	s.must(err)
	plain, err := o.Blobs.Read(scan.Hash)
	s.must(err)
	look := pades.CopyLook(pades.TrueCopy, "Sở Xây dựng", s.Clock.Now())
	copied := signingtest.Corner(look)
	up := func(data []byte) office.Upload {
		u, err := o.Keep(ctx, "da-ky.pdf", bytes.NewReader(data))
		s.must(err)
		return u
	}
	s.named(signing.NoForm, o.TakeCopy(ctx, lan, id, up(s.elsewhere(plain, s.key("sxd", "agency"), pades.Options{})), sao))
	s.named(signing.WrongCertificate, o.TakeCopy(ctx, lan, id, up(s.elsewhere(plain, s.key("sxd", "hung"), copied)), sao))
	s.named(signing.NoNewSignature, o.TakeCopy(ctx, lan, id, up(plain), sao))
	other, err := byHand.scanned(210)
	s.must(err)
	s.named(signing.NotAnIncrement, o.TakeCopy(ctx, lan, id, up(s.elsewhere(other, s.key("sxd", "agency"), copied)), sao))
	copied.Reason = "Sao y từ bản giấy"
	good := up(s.elsewhere(plain, s.key("sxd", "agency"), copied))
	s.named(signing.NoForm, o.TakeCopy(ctx, lan, id, good, office.CopyInput{Form: pades.CopyOfCopy}))
	s.refused(fail.Denied, o.TakeCopy(ctx, hung, id, good, sao))
	in := sao
	in.PresentTo = hung.ID
	s.must(o.TakeCopy(ctx, lan, id, good, in))
	s.inState(o, id, document.Submitted)
	s.provable(o, id)
}

// The evidence of a copy is renewed like that of a sealed file, once it was
// presented: until then its scan may be replaced (ND23-17).
func TestCopyIsRenewed_ND23_17(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, lan := s.who("lan")
	_, hung := s.who("hung")
	scan := s.scan(o, 200)
	id, err := o.RegisterPaper(ctx, lan, paperForm(&scan))
	s.must(err)
	judge := o.Judge
	o.Judge = func(ctx context.Context, pdf []byte, want office.Expected) (office.Finding, error) { // the revocation server sleeps
		f, err := judge(ctx, pdf, want)
		f.Verdict, f.Sentence, f.Evidence = "undecided", "Chưa xác định được.", pades.Evidence{}
		return f, err
	}
	s.must(o.SignCopy(ctx, lan, id, sao, signing.Consent{}))
	o.Judge = judge
	renewed := func(want int) {
		t.Helper()
		s.must(s.Clock.Advance(2 * time.Hour))
		if n, err := o.Restamp(ctx); err != nil || n != want {
			t.Fatalf("renewed %d, want %d: %v", n, want, err)
		}
	}
	renewed(0)
	s.must(o.Present(ctx, lan, id, hung.ID, ""))
	renewed(1)
	renewed(0)
	s.provable(o, id)
	s.must(o.Read(ctx, func(v *db.View) error {
		of, err := document.CopyAt(v, id)
		if of.Form != "Sao y từ bản giấy" {
			t.Errorf("%+v", of)
		}
		list, err2 := document.Latest(v, id)
		if len(list) != 2 || list[0].Slot != document.Scan || list[1].Slot != document.Copy {
			t.Errorf("%+v", list)
		}
		return errors.Join(err, err2)
	}))
}

// A copy that the signing program of the desk makes is held to the form that
// the clerk chose when the scan was handed out, and then presented (HT33-8.1,
// HT33-4.2, ND30-25).
func TestCopyHandedOut_HT33_8_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, lan := s.who("lan")
	_, hung := s.who("hung")
	scan := s.scan(o, 200)
	id, err := o.RegisterPaper(ctx, lan, paperForm(&scan))
	s.must(err)
	in := office.CopyInput{Form: pades.CopyOfCopy, PresentTo: hung.ID, Note: "Kính trình."}
	_, err = o.HandOut(ctx, lan, signing.AsCopy, id, signing.ByClient)
	s.named(signing.SignedAway, err) // the form would not be known
	_, err = o.HandOutCopy(ctx, lan, id, office.CopyInput{})
	s.refused(fail.BadInput, err)
	_, err = o.HandOutCopy(ctx, hung, id, in)
	s.refused(fail.Denied, err)
	back := func(form pades.CopyForm) error {
		x, err := o.HandOutCopy(ctx, lan, id, in)
		s.must(err)
		file, err := o.Fetch(ctx, x.Files[0].Token, "")
		s.must(err)
		look := pades.CopyLook(form, "Sở Xây dựng", s.Clock.Now())
		_, err = o.TakeBack(ctx, x.Files[0].Token, "", bytes.NewReader(s.elsewhere(file.Data, s.key("sxd", "agency"), signingtest.Corner(look))))
		return err
	}
	s.named(signing.NoForm, back(pades.TrueCopy))
	s.inState(o, id, document.Registered)
	s.must(back(pades.CopyOfCopy))
	s.inState(o, id, document.Submitted)
	s.provable(o, id)
}

// An extract is drawn up, signed, numbered and sealed as a document of its kind, with
// the symbol of its form of copy (ND30-25, ND30-PL1.III).
func TestExtractIsDrawnUp_ND30_25(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	o, lan := s.who("lan")
	_, an := s.who("an")
	_, hung := s.who("hung")
	data, err := s.sheet(theLetter)
	s.must(err)
	body, err := o.Keep(ctx, "trich-sao.pdf", bytes.NewReader(data))
	s.must(err)
	id := s.reviewed(office.DraftInput{Kind: law.Extract, Subject: "Trích sao Quyết định số 05/QĐ-SXD", Signer: hung.ID, Recipients: theLetter.recipients(), Body: &body})
	for _, step := range []string{"approve", "sign", "number"} {
		s.must(s.walkOne(ctx, o, id, step, an, hung))
	}
	s.must(o.Seal(ctx, lan, id, signing.Consent{}))
	s.must(o.Read(ctx, func(v *db.View) error {
		d, err := document.ByID(v, id)
		if err == nil && (d.Code() != "01/TrS-SXD" || d.State != document.Sealed) {
			t.Errorf("%s, %s", d.Code(), d.State)
		}
		return err
	}))
}
