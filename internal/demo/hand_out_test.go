package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/pades"
	"vanthu/pdf"
)

// key is a key of the province, as a program on a desk would hold it.
func (s stage) key(store, name string) *cms.SoftwareSigner {
	s.t.Helper()
	dir := filepath.Join(s.Dir, store, "keys")
	pin, err := os.ReadFile(filepath.Join(dir, "pin"))
	s.must(err)
	data, err := os.ReadFile(filepath.Join(dir, name+".p12"))
	s.must(err)
	k, err := cms.LoadPKCS12(data, string(pin))
	s.must(err)
	return k
}

// elsewhere signs a file as a program on a desk does.
func (s stage) elsewhere(in []byte, k cms.Signer, o pades.Options) []byte {
	s.t.Helper()
	return signingtest.OnDesk(s.t, in, k, o)
}

func (s stage) named(want signing.State, err error) {
	s.t.Helper()
	if signing.StateOf(err) != want {
		s.t.Fatalf("want state %s, got %v", want, err)
	}
	if e, ok := fail.As(err); !ok || e.Text == "" || e.Next == "" {
		s.t.Fatalf("%s is no refusal with a next step: %v", want, err)
	}
}

// stopped is a letter of the province at a step.
func (s stage) stopped(at string) document.ID {
	l := theLetter
	l.stop = at
	return s.sent(l)
}

// A leader signs and the clerk seals with a program of their own: the file
// goes out under a one-time token and comes back as an increment (HT33-4.2,
// HT33-10.1.b, HT33-10.1.c.iii, ND23-17).
func TestSignedInAnotherProgram(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.stopped("sign")
	o, hung := s.who("hung")
	_, lan := s.who("lan")

	out, err := o.HandOut(ctx, hung, signing.ByPerson, id, signing.ByClient)
	s.must(err)
	if len(out.Files) != 1 || len(out.Files[0].Token) != 43 {
		t.Fatalf("%+v", out.Files)
	}
	file, err := o.Fetch(ctx, out.Files[0].Token, "")
	s.must(err)
	_, err = o.Fetch(ctx, out.Files[0].Token, "")
	s.named(signing.TokenUsed, err)
	signed := s.elsewhere(file.Data, s.key("sxd", "hung"), pades.Options{Field: pades.SignerField})
	all, entered := s.uses(o, hung.ID)
	back, err := o.TakeBack(ctx, out.Files[0].Token, "", bytes.NewReader(signed))
	s.must(err)
	if !back.Complete {
		t.Error("the only file is back, and the session is not complete")
	}
	if a, e := s.uses(o, hung.ID); a != all+1 || e != entered+1 {
		t.Errorf("the register of the key tells %d uses, %d entered", a-all, e-entered)
	}
	_, err = o.TakeBack(ctx, out.Files[0].Token, "", bytes.NewReader(signed))
	s.named(signing.TokenUsed, err)
	s.inState(o, id, document.Signed)

	s.must(o.Number(ctx, lan, id))
	out, err = o.HandOut(ctx, lan, signing.ByAgency, id, signing.ByClient)
	s.must(err)
	if out.Code == "" || out.Day.IsZero() {
		t.Errorf("the program is not told number and date: %+v", out)
	}
	file, err = o.Fetch(ctx, out.Files[0].Token, "")
	s.must(err)
	sealed := s.elsewhere(file.Data, s.key("sxd", "agency"), signingtest.Sealing(t))
	back, err = o.TakeBack(ctx, out.Files[0].Token, "", bytes.NewReader(sealed))
	s.must(err)
	if back.Code == "" || back.Day == "" || !back.Complete {
		t.Errorf("%+v", back)
	}
	s.inState(o, id, document.Sealed)
	s.must(o.Read(ctx, func(v *db.View) error {
		f, err := document.Newest(v, id, document.Sealed_)
		if f.Verdict != "valid" {
			t.Errorf("%s: %s", f.Verdict, f.Sentence)
		}
		var uses []string
		for _, e := range must2(journal.Of(v, int64(id))) {
			uses = append(uses, string(e.Verb))
		}
		if n := strings.Count(strings.Join(uses, " "), string(office.HandedOutIt)); n != 2 {
			t.Errorf("handed out %d times by the journal", n)
		}
		return err
	}))
}

func must2[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (s stage) inState(o *office.Office, id document.ID, want document.State) {
	s.t.Helper()
	s.must(o.Read(context.Background(), func(v *db.View) error {
		d, err := document.ByID(v, id)
		if d.State != want {
			s.t.Errorf("document is %s, want %s", d.State, want)
		}
		return err
	}))
}

// Nothing but the file handed out with the one expected signature is taken
// back, each refusal is named, and the person may try again (HT33-4.1, HT33-4.2,
// HT33-10.1.c.i, ND23-15, ND30-11.2).
func TestWhatComesBackIsExamined(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.stopped("sign")
	o, hung := s.who("hung")
	_, lan := s.who("lan")
	_, an := s.who("an")
	hers := s.key("sxd", "hung")

	_, err := o.HandOut(ctx, an, signing.ByPerson, id, signing.ByUpload)
	s.refused(fail.Denied, err)
	_, err = o.HandOut(ctx, hung, signing.ByPerson, id, signing.BySoftware)
	s.refused(fail.BadInput, err)
	out, err := o.HandOut(ctx, hung, signing.ByPerson, id, signing.ByUpload)
	s.must(err)
	f := out.Files[0]
	if f.Token != "" {
		t.Error("an upload by the person himself has a token")
	}
	_, err = o.Download(ctx, lan, f.ID)
	s.refused(fail.Hidden, err)
	_, err = o.TakeUpload(ctx, lan, f.ID, strings.NewReader("%PDF"))
	s.refused(fail.Hidden, err)
	given, err := o.Download(ctx, hung, f.ID)
	s.must(err)

	opts := pades.Options{Field: pades.SignerField}
	good := s.elsewhere(given.Data, hers, opts)
	other, err := s.sheet(letter{by: "an", signer: "hung", about: "văn bản khác", to: theLetter.to})
	s.must(err)
	filled, err := pades.FillFields(given.Data, pades.FillNumber(7))
	s.must(err)
	stranger := must2(s.CA.IssuePerson(authority.Person{Name: "Lê Quốc Hùng", Title: "Giám đốc", Agency: "Sở Xây dựng"}, authority.ECDSA))
	for _, c := range []struct {
		name string
		file []byte
		want signing.State
	}{
		{"not a PDF", []byte("GIF89a, only named like one"), ""},
		{"another document, well signed", s.elsewhere(other, hers, pades.Options{}), signing.NotAnIncrement},
		{"unsigned", given.Data, signing.NoNewSignature},
		{"signed twice", s.elsewhere(good, hers, pades.Options{}), signing.NoNewSignature},
		{"a number was filled in first", s.elsewhere(filled, hers, opts), signing.Tampered},
		{"a page was changed first", s.elsewhere(repainted(t, given.Data), hers, opts), signing.Tampered},
		{"in the agency's place", s.elsewhere(given.Data, hers, pades.Options{Field: pades.SealField}), signing.Tampered},
		{"the same name on another certificate", s.elsewhere(given.Data, stranger, opts), signing.WrongCertificate},
		{"the agency's key for the person", s.elsewhere(given.Data, s.key("sxd", "agency"), opts), signing.WrongCertificate},
		{"a damaged value", damaged(t, good), signing.BadSignature},
	} {
		_, err := o.TakeUpload(ctx, hung, f.ID, bytes.NewReader(c.file))
		if c.want == "" {
			s.refused(fail.BadFile, err)
		} else if signing.StateOf(err) != c.want {
			t.Errorf("%s: want %s, got %v (%v)", c.name, c.want, err, errors.Unwrap(err))
		}
	}
	s.inState(o, id, document.Approved)

	// Revoked meanwhile: not taken. In force: taken after all that.
	s.must(o.CancelHandOut(ctx, hung, f.ID))
	_, err = o.TakeUpload(ctx, hung, f.ID, bytes.NewReader(good))
	s.named(signing.TokenUsed, err)
	out, err = o.HandOut(ctx, hung, signing.ByPerson, id, signing.ByUpload)
	s.must(err)
	// A program may add a time stamp of the document on top.
	stamped := must2(pades.AddDocTimeStamp(ctx, good, s.CA.TSA().Stamp))
	back, err := o.TakeUpload(ctx, hung, out.Files[0].ID, bytes.NewReader(stamped))
	s.must(err)
	if !back.Complete {
		t.Error("not complete")
	}
	s.inState(o, id, document.Signed)
}

// damaged is a signed file with the end of its signature's value overwritten.
func damaged(t *testing.T, signed []byte) []byte {
	t.Helper()
	out := bytes.Clone(signed)
	sigs := must2(pades.Signatures(must2(pdf.Open(signed))))
	copy(out[int(sigs[0].HoleStart)+2*len(sigs[0].Contents)-20:], "0000000000")
	return out
}

// A token ends with its time, with a newer session, with the first answer,
// with the certificate, and it opens no other document (HT33-4.2, ND23-15).
func TestTokensEnd(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	a, b := s.stopped("sign"), s.stopped("sign")
	o, hung := s.who("hung")
	key := s.key("sxd", "hung")
	hand := func(id document.ID) office.SessionFile {
		out, err := o.HandOut(ctx, hung, signing.ByPerson, id, signing.ByClient)
		s.must(err)
		return out.Files[0]
	}
	first := hand(a)
	file, err := o.Fetch(ctx, first.Token, "")
	s.must(err)
	signedA := s.elsewhere(file.Data, key, pades.Options{Field: pades.SignerField})

	forB := hand(b)
	_, err = o.TakeBack(ctx, forB.Token, "", bytes.NewReader(signedA))
	s.named(signing.NotAnIncrement, err)
	_, err = o.TakeBack(ctx, forB.Token, "", bytes.NewReader(signedA)) // spent by the first answer
	s.named(signing.TokenUsed, err)

	second := hand(a)
	_, err = o.TakeBack(ctx, first.Token, "", bytes.NewReader(signedA))
	s.named(signing.TokenUsed, err)
	_, err = o.Fetch(ctx, "nobody's", "")
	s.named(signing.TokenUnknown, err)
	_, err = o.Fetch(ctx, "", "") // sessions without a token are not found by none
	s.named(signing.TokenUnknown, err)
	s.must(s.Clock.Set(s.Clock.Now().Add(16 * time.Minute)))
	_, err = o.TakeBack(ctx, second.Token, "", bytes.NewReader(signedA))
	s.named(signing.TokenEnded, err)

	of := hand(a)
	active := func(yes bool) {
		s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE person SET active = $2 WHERE id = $1`, hung.ID, yes)
			return err
		}))
	}
	active(false)
	_, err = o.Fetch(ctx, of.Token, "") // who has left signs nothing more
	s.named(signing.TokenUnknown, err)
	active(true)

	third := hand(a)
	s.must(s.CA.Revoke(key.Certificate().SerialNumber, authority.KeyCompromise))
	_, err = o.TakeBack(ctx, third.Token, "", bytes.NewReader(signedA))
	if got := signing.StateOf(err); got != signing.Revoked && got != signing.BadSignature {
		t.Errorf("revoked: %v", err)
	}
	_, err = o.HandOut(ctx, hung, signing.ByPerson, a, signing.ByClient)
	s.named(signing.Revoked, err)
	s.named(signing.Revoked, o.Sign(ctx, hung, a, signing.Consent{}))
	s.inState(o, a, document.Approved)
}

// away is a network on which nobody answers.
type away struct{}

func (away) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no answer") }

// What may pass spends no token: the same file is taken once the issuer
// answers again (HT33-4.2, ND23-15).
func TestTokenOutlivesAnOutage_HT33_4_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	id := s.stopped("sign")
	o, _ := s.who("hung")
	token, signed := s.signedElsewhere(id)
	back := func(r io.Reader) error {
		_, err := o.TakeBack(ctx, token, "", r)
		return err
	}
	client := o.Keys.Client
	o.Keys.Client = &http.Client{Transport: away{}}
	s.named(signing.Unanswered, back(bytes.NewReader(signed)))
	o.Keys.Client = client
	if err := back(iotest.ErrReader(errors.New("the line broke"))); err == nil {
		t.Fatal("half a file was taken")
	}
	s.must(back(bytes.NewReader(signed)))
	s.inState(o, id, document.Signed)
	s.named(signing.TokenUsed, back(bytes.NewReader(signed)))
}

// repainted appends an update that changes what a page shows.
func repainted(t *testing.T, in []byte) []byte {
	t.Helper()
	f, err := pdf.Open(in)
	if err != nil {
		t.Fatal(err)
	}
	u, err := f.Update()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	page := u.Dict(pages[0].Ref).Clone()
	page["Rotate"] = int64(180)
	u.Set(pages[0].Ref, page)
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// numbered is a document with one PDF annex that waits for the agency's
// signature; body is its text, place where its signer signs, if the text does
// not tell.
func (s stage) numbered(body []byte, place office.Places) document.ID {
	s.t.Helper()
	return s.numberedWith(body, place, blank(s.t))
}

// numberedWith is numbered with annexes of one name.
func (s stage) numberedWith(body []byte, place office.Places, annexes ...[]byte) document.ID {
	s.t.Helper()
	ctx := context.Background()
	o, an := s.who("an")
	_, hung := s.who("hung")
	main, err := o.Keep(ctx, "cv.pdf", bytes.NewReader(body))
	s.must(err)
	in := office.DraftInput{Kind: "CV", Subject: "V/v phụ lục", Signer: hung.ID, Recipients: theLetter.recipients(), Body: &main}
	for _, data := range annexes {
		annex, err := o.Keep(ctx, "Phụ lục I.pdf", bytes.NewReader(data))
		s.must(err)
		in.Annexes = append(in.Annexes, annex)
	}
	id := s.reviewed(in)
	s.must(o.Approve(ctx, hung, id, place))
	for _, step := range []string{"sign", "number"} {
		s.must(s.walkOne(ctx, o, id, step, an, hung))
	}
	return id
}

// reviewed is a draft that waits for its approval.
func (s stage) reviewed(in office.DraftInput) document.ID {
	s.t.Helper()
	o, an := s.who("an")
	_, hung := s.who("hung")
	id, err := o.CreateDraft(context.Background(), an, in)
	s.must(err)
	for _, step := range []string{"submit", "review", "form"} {
		s.must(s.walkOne(context.Background(), o, id, step, an, hung))
	}
	return id
}

func blank(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("../../pades/testdata/trang-trong.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Annexes in files of their own are handed out with the document; it is sealed
// when the last one is back, in any order, and only with the number that was
// given (HT33-10.1.c.i, HT33-10.1.c.v).
func TestAnnexesSignedElsewhere(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	body, err := s.sheet(theLetter)
	s.must(err)
	id := s.numbered(body, office.Places{})
	o, lan := s.who("lan")
	out, err := o.HandOut(ctx, lan, signing.ByAgency, id, signing.ByClient)
	s.must(err)
	if len(out.Files) != 2 || out.Files[1].Annex == 0 || out.Files[0].Token == out.Files[1].Token {
		t.Fatalf("%+v", out.Files)
	}
	key := s.key("sxd", "agency")
	for i, o2 := range []pades.Options{signingtest.Marking(out.Code, s.Clock.Now()), signingtest.Sealing(t)} { // the annex first
		f := out.Files[1-i]
		given, err := o.Fetch(ctx, f.Token, "")
		s.must(err)
		back, err := o.TakeBack(ctx, f.Token, "", bytes.NewReader(s.elsewhere(given.Data, key, o2)))
		s.must(err)
		if back.Complete != (i == 1) {
			t.Errorf("file %d: complete %v", i, back.Complete)
		}
		var now office.Session
		s.must(o.Read(ctx, func(v *db.View) (err error) { now, err = office.HandedOut(v, lan, id); return err }))
		if now.Back() != (i == 1) || now.Files[0].Token != "" {
			t.Errorf("after file %d: %+v", i, now)
		}
	}
	s.inState(o, id, document.Sealed)
	s.must(o.Read(ctx, func(v *db.View) error {
		f, err := document.Newest(v, id, document.SealedAnnex)
		if f.Name != "Phụ lục I.pdf" || f.Pages != 1 {
			t.Errorf("%+v", f)
		}
		return err
	}))
}

// A file without places for number and date gets two signatures of the agency,
// one on the other: under one PIN both, but not in another program, and not
// under a code that is good for one call (HT33-10.1.c.i).
func TestFileWithoutPlaces(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.numbered(blank(t), office.Places{Signer: &pades.Place{Box: pdf.Box{X: 110, Y: 200, W: 45, H: 20}}})
	o, lan := s.who("lan")
	_, err := o.HandOut(ctx, lan, signing.ByAgency, id, signing.ByUpload)
	s.named(signing.NoPlace, err)
	software := o.Keys.Drivers[signing.BySoftware]
	o.Keys.Drivers[signing.BySoftware] = once{software}
	s.named(signing.TwoRounds, o.Seal(ctx, lan, id, signing.Consent{}))
	o.Keys.Drivers[signing.BySoftware] = software
	s.must(o.Seal(ctx, lan, id, signing.Consent{}))
	s.must(o.Read(ctx, func(v *db.View) error {
		f, err := document.Newest(v, id, document.Sealed_)
		if err != nil {
			return err
		}
		data, err := o.Blobs.Read(f.Hash)
		if err != nil {
			return err
		}
		if n := len(must2(pades.Signatures(must2(pdf.Open(data))))); n != 3 || f.Verdict != "valid" {
			t.Errorf("%d signatures, %s", n, f.Sentence)
		}
		return nil
	}))
}

// once is a key whose consent is spent with one call.
type once struct{ signing.Driver }

func (o once) Need(ctx context.Context, c signing.Certificate) (signing.Need, error) {
	n, err := o.Driver.Need(ctx, c)
	n.Once = true
	return n, err
}
