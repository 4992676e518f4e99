package demo

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/edxml"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/notice"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/viet"
)

// ready takes the letter to where it waits to be issued.
func (s stage) ready() document.ID {
	l := theLetter
	l.stop = "issue"
	return s.sent(l)
}

// hubPackets are the bodies that the hub keeps.
func (s stage) hubPackets() (list [][]byte) {
	s.t.Helper()
	s.must(filepath.WalkDir(filepath.Join(s.Dir, "hub", "blob"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b[:min(len(b), 200)], []byte("edXML")) {
			list = append(list, b)
		}
		return err
	}))
	return list
}

func (s stage) sealedFile(id document.ID) []byte {
	s.t.Helper()
	o, _ := s.who("lan")
	var f document.File
	s.must(o.Read(context.Background(), func(v *db.View) (err error) {
		f, err = document.Newest(v, id, document.Sealed_)
		return err
	}))
	b, err := o.Blobs.Read(f.Hash)
	s.must(err)
	return b
}

// openingKey is the first opening key of an agency's clerk.
func (s stage) openingKey(login string) *cms.SoftwareSigner {
	s.t.Helper()
	var g agency
	for _, a := range province {
		if a.find(login).login != "" {
			g = a
		}
	}
	dir := filepath.Join(s.Dir, g.store, "opening-keys")
	pin, err := os.ReadFile(filepath.Join(dir, "pin"))
	s.must(err)
	p12, err := os.ReadFile(filepath.Join(dir, "mo-khoa.p12"))
	s.must(err)
	key, err := cms.LoadPKCS12(p12, strings.TrimSpace(string(pin)))
	s.must(err)
	return key
}

// openssl opens a file with the first opening key of an agency's clerk.
func (s stage) openssl(login string, sealed []byte) []byte {
	s.t.Helper()
	key, dir := s.openingKey(login), s.t.TempDir()
	der, err := x509.MarshalPKCS8PrivateKey(key.Key())
	s.must(err)
	for name, data := range map[string][]byte{"in": sealed, "key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		"cert": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: key.Certificate().Raw})} {
		s.must(os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	run(s.t, "openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", filepath.Join(dir, "in"), "-recip", filepath.Join(dir, "cert"),
		"-inkey", filepath.Join(dir, "key"), "-out", filepath.Join(dir, "out"))
	out, err := os.ReadFile(filepath.Join(dir, "out"))
	s.must(err)
	return out
}

// An encrypted document reaches its recipients whole; the hub holds a header
// and ciphertext, which openssl opens with a recipient's key; the receiver
// keeps what was opened as evidence (HT33-13.1, C24).
func TestEncryptedOnTheWay_HT33_13_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.ready()
	o, lan := s.who("lan")
	s.must(o.IssueEncrypted(ctx, lan, id))
	s.must(s.Settle(ctx))
	plain := s.sealedFile(id)
	bodies := s.hubPackets()
	found := 0
	for _, b := range bodies {
		if bytes.Contains(b, []byte(base64.StdEncoding.EncodeToString(plain[:60]))) {
			t.Error("the hub holds the document in clear")
		}
		_, err := edxml.Read(bytes.NewReader(b), edxml.Options{Attachment: func(a edxml.Attachment, r io.Reader) error {
			sealed, err := io.ReadAll(r)
			if err != nil || !strings.HasSuffix(a.Name, ".pdf.p7m") {
				return err
			}
			found++
			for _, login := range []string{"yen", "hoa"} {
				if !bytes.Equal(s.openssl(login, sealed), plain) {
					t.Errorf("openssl, key of %s: another content", login)
				}
			}
			return nil
		}})
		s.must(err)
		if !bytes.Contains(b, []byte("phối hợp kiểm tra công trình")) && bytes.Contains(b, []byte("<edXML:Subject>")) {
			t.Error("the header is not readable")
		}
	}
	if found != 1 {
		t.Fatalf("%d encrypted files at the hub, in %d packets", found, len(bodies))
	}
	for _, login := range []string{"yen", "hoa"} {
		d := s.arrived(login)
		to, _ := s.who(login)
		s.must(to.Read(ctx, func(v *db.View) error {
			f, err := document.Newest(v, d.ID, document.Body)
			if err != nil {
				return err
			}
			if f.Verdict != "valid" || strings.HasSuffix(f.Name, ".p7m") {
				t.Errorf("%s: %s %s %s", login, f.Name, f.Verdict, f.Sentence)
			}
			parts, err := exchange.Parts(v, d.ID)
			if len(parts) != 1 || parts[0].Opened != f.Hash || parts[0].Cipher != "AES-256-GCM" || parts[0].Serial == "" || parts[0].Sealed == string(f.Hash) {
				t.Errorf("%s: evidence %+v", login, parts)
			}
			return err
		}))
	}
	if x := s.lines(id)["Sở Nội vụ"]; x.State != exchange.Delivered {
		t.Errorf("%+v", x)
	}
}

// Every recipient can open or nothing is sent: a recipient without a key, with
// another agency's, or with one that nobody trusts is named (HT33-13.1).
func TestEncryptionIsAllOrNothing_HT33_13_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.ready()
	o, lan := s.who("lan")
	foreign, err := authority.Open(t.TempDir(), "http://ca.invalid", s.Clock.Now)
	s.must(err)
	issue := func(ca *authority.Authority, code string) string {
		k, err := ca.IssueAgency(authority.Agency{Name: "Sở Nội vụ", Code: code}, authority.RSA)
		s.must(err)
		return base64.StdEncoding.EncodeToString(k.Certificate().Raw)
	}
	for _, x := range []struct{ certificate, says string }{
		{"", "chưa công bố chứng thư số mã hóa"},
		{issue(s.CA, "000.00.31.H99"), "không ghi mã của cơ quan này"},
		{issue(foreign, "000.00.12.H99"), "chứng thư số gốc tin cậy"},
	} {
		s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
			a, err := org.AgencyByCode(tx, "000.00.12.H99")
			if err != nil {
				return err
			}
			a.Certificate = x.certificate
			return org.PutAgency(tx, a)
		}))
		err := o.IssueEncrypted(ctx, lan, id)
		s.refused(fail.Conflict, err)
		if e, _ := fail.As(err); !strings.Contains(e.Text, "Sở Nội vụ ("+x.says) && !strings.Contains(e.Text, x.says) || strings.Contains(e.Text, "UBND huyện A") || e.Next == "" {
			t.Errorf("%q, %q", e.Text, e.Next)
		}
		s.must(s.Settle(ctx))
		if n := len(s.lines(id)); n != 0 {
			t.Errorf("%d lines after a refusal", n)
		}
	}
	_, an := s.who("an")
	s.refused(fail.Denied, o.IssueEncrypted(ctx, an, id))
}

// Encryption is no way round the bar: what may not travel is refused before
// anything is encrypted (HT33-13.2, HT33-6).
func TestEncryptionDoesNotLiftTheBar_HT33_13_2(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.ready()
	o, lan := s.who("lan")
	s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		d, err := document.ByID(tx, id)
		if err != nil {
			return err
		}
		d.Mark = "LƯU HÀNH NỘI BỘ"
		return document.Save(tx, d)
	}))
	s.refused(fail.Barred, o.IssueEncrypted(ctx, lan, id))
}

// What the administrator has chosen is what is used, and the journal knows it;
// an agency that asks for longer keys than a recipient has sends nothing
// (HT33-13.2).
func TestTheChosenAlgorithmIsUsed_HT33_13_2(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.ready()
	o, lan := s.who("lan")
	_, tam := s.who("tam")
	s.refused(fail.Denied, o.SetEncryption(ctx, lan, office.Encryption{Cipher: "AES-256-CBC", RSABits: 2048}))
	s.refused(fail.BadInput, o.SetEncryption(ctx, tam, office.Encryption{Cipher: "3DES", RSABits: 2048}))
	s.must(o.SetEncryption(ctx, tam, office.Encryption{Cipher: "AES-256-CBC", RSABits: 4096}))
	snv, yen := s.who("yen")
	k, err := s.CA.IssueAgency(authority.Agency{Name: "Sở Nội vụ", Code: yen.Agency.Code, Locality: "Mẫu"}, authority.RSA)
	s.must(err)
	s.must(s.Host.OpeningKeysOf(snv).Shelve("mo-khoa.p12"))
	s.must(s.Host.KeepOpeningKey(snv, k)())
	s.public("yen")
	s.must(o.SyncDirectory(ctx))
	s.refused(fail.Conflict, o.IssueEncrypted(ctx, lan, id))
	s.must(o.SetEncryption(ctx, tam, office.Encryption{Cipher: "AES-256-CBC", RSABits: 2048}))
	s.must(o.SetEncryption(ctx, tam, office.Encryption{Cipher: "AES-256-CBC", RSABits: 2048})) // nothing new
	s.must(o.IssueEncrypted(ctx, lan, id))
	s.must(s.Settle(ctx))
	d := s.arrived("yen")
	s.must(snv.Read(ctx, func(v *db.View) error {
		parts, err := exchange.Parts(v, d.ID)
		if len(parts) == 0 || parts[0].Cipher != "AES-256-CBC" || parts[0].Opened == "" {
			t.Errorf("%+v", parts)
		}
		return err
	}))
	s.must(o.Read(ctx, func(v *db.View) error {
		n, err := db.Value[int](v, `SELECT COUNT(*) FROM entry WHERE verb = $1`, office.EncryptionSet)
		if n != 2 {
			t.Errorf("%d lines in the journal", n)
		}
		return err
	}))
}

// Who cannot open says so: 02 with the reason, and the sender has it on the
// desk; the other recipient has the document all the same (HT33-13.1, QD28-5.4).
func TestWhoCannotOpenSaysSo_HT33_13_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.ready()
	o, lan := s.who("lan")
	s.must(o.IssueEncrypted(ctx, lan, id))
	snv, _ := s.who("yen")
	other, _ := s.Host.Office("000.00.10.H99")
	snv.Openers = other.Openers // its own key is lost
	s.must(s.Settle(ctx))
	lines := s.lines(id)
	if x := lines["Sở Nội vụ"]; x.State != exchange.Refused || !strings.Contains(x.Note, "Không mở được tệp mã hóa") {
		t.Errorf("%+v", x)
	}
	if x := lines["UBND huyện A"]; x.State != exchange.Delivered {
		t.Errorf("%+v", x)
	}
	d := s.arrived("yen")
	if d.State != document.Refused {
		t.Errorf("at the receiver: %s", d.State)
	}
	// The receiver's clerk learns of it, with the reason, until she has seen it.
	_, yen := s.who("yen")
	_, dao := s.who("dao")
	desk := func() (notes []string) {
		s.must(snv.Read(ctx, func(v *db.View) error {
			list, err := document.Desk(v, yen, 0)
			for _, x := range list {
				if x.Step == document.ToNote && x.Document == d.ID {
					notes = append(notes, x.Note)
				}
			}
			return err
		}))
		return notes
	}
	if list := desk(); len(list) != 1 || !strings.Contains(list[0], "Sở Xây dựng: Không mở được tệp mã hóa") || !strings.Contains(list[0], "không được mã hóa cho khóa nào") {
		t.Errorf("desk of the receiver: %q", list)
	}
	s.must(snv.Read(ctx, func(v *db.View) error {
		list, err := notice.Of(v, int64(yen.ID), 1)
		if len(list) != 1 || list[0].Subject != int64(d.ID) || !strings.Contains(list[0].Text, "đã tự trả lời nơi gửi: Sở Xây dựng") {
			t.Errorf("the clerk reads %+v", list)
		}
		return err
	}))
	s.refused(fail.Hidden, snv.Noted(ctx, dao, d.ID))
	s.must(snv.Noted(ctx, yen, d.ID))
	s.refused(fail.Conflict, snv.Noted(ctx, yen, d.ID))
	if list := desk(); len(list) != 0 {
		t.Errorf("still on the desk: %q", list)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		n, err := document.Counts(v, lan)
		if n[document.ToFollow] != 1 {
			t.Errorf("desk: %v", n)
		}
		return err
	}))
}

// A key file that is broken keeps no packet from coming in but one that was
// encrypted to it, which waits until the key is mended; the administrator is
// told (HT33-13.1, BRVT1842-3.3).
func TestABrokenOpeningKeyStopsNothingElse_HT33_13_1(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	sealed := s.ready()
	o, lan := s.who("lan")
	s.must(o.IssueEncrypted(ctx, lan, sealed))
	plain := s.ready()
	s.must(o.Issue(ctx, lan, plain))
	_, err := o.Post(ctx)
	s.must(err)

	snv, yen := s.who("yen")
	s.must(snv.Store.Write(ctx, db.System, func(tx *db.Tx) error { return org.Appoint(tx, yen.ID, org.Admin, 0, viet.DayOf(tx.Now), "01/QĐ-SNV") }))
	file := filepath.Join(s.Dir, snv.Store.Name(), "opening-keys", "mo-khoa.p12")
	good, err := os.ReadFile(file)
	s.must(err)
	s.must(os.WriteFile(file, good[:len(good)/2], 0o600))
	came, err := snv.Collect(ctx, 0)
	if err == nil || came == 0 {
		t.Errorf("%d came, %v", came, err)
	}
	if x := s.lines(plain)["Sở Nội vụ"]; x.State == exchange.Refused {
		t.Errorf("%+v", x)
	}
	if d := s.arrived("yen"); d.State != document.Arrived {
		t.Errorf("the plain one: %s", d.State)
	}
	told := 0
	s.must(snv.Read(ctx, func(v *db.View) error {
		admins, err := org.WithRole(v, org.Admin, viet.DayOf(v.Now))
		for _, p := range admins {
			list, err := notice.Of(v, int64(p.ID), 10)
			s.must(err)
			for _, n := range list {
				if strings.Contains(n.Text, "Có khóa mở tệp mã hóa bị hỏng") {
					told++
				}
			}
		}
		return err
	}))
	if told == 0 {
		t.Error("no administrator was told")
	}

	s.must(os.WriteFile(file, good, 0o600))
	s.must(s.Clock.Advance(time.Hour)) // the hub's lock ends
	s.must(s.Settle(ctx))
	if x := s.lines(sealed)["Sở Nội vụ"]; x.State != exchange.Delivered {
		t.Errorf("after the key was mended: %+v", x)
	}
}

// The recall of a document that waits for its key waits with it (BRVT1842-3.3).
func TestARecallWaitsForItsDocument_BRVT1842_3_3(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	sealed := s.ready()
	o, lan := s.who("lan")
	s.must(o.IssueEncrypted(ctx, lan, sealed))
	_, err := o.Post(ctx)
	s.must(err)
	s.must(o.Recall(ctx, lan, sealed, "Ban hành nhầm."))
	_, err = o.Post(ctx)
	s.must(err)

	snv, _ := s.who("yen")
	file := filepath.Join(s.Dir, snv.Store.Name(), "opening-keys", "mo-khoa.p12")
	good, err := os.ReadFile(file)
	s.must(err)
	s.must(os.WriteFile(file, good[:len(good)/2], 0o600))
	if came, err := snv.Collect(ctx, 0); err == nil || came != 0 {
		t.Errorf("%d came, %v", came, err)
	}
	s.must(os.WriteFile(file, good, 0o600))
	s.must(s.Clock.Advance(time.Hour)) // the hub's lock ends
	s.must(s.Settle(ctx))
	if d := s.arrived("yen"); d.State == document.Arrived {
		t.Errorf("the recalled document stands as %s", d.State)
	}
}
