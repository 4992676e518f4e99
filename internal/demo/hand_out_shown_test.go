package demo

import (
	"bytes"
	"crypto/x509"
	"testing"
	"time"

	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/pades"
	"vanthu/pdf"
)

// giveBack hands the document out to the agency's program, signs file i of it
// so, and gives what is said to it.
func (s stage) giveBack(id document.ID, i int, opts func(office.Session) pades.Options) (office.Taken, error) {
	s.t.Helper()
	o, lan := s.who("lan")
	out, err := o.HandOut(s.t.Context(), lan, signing.ByAgency, id, signing.ByClient)
	s.must(err)
	file, err := o.Fetch(s.t.Context(), out.Files[i].Token, "")
	s.must(err)
	return o.TakeBack(s.t.Context(), out.Files[i].Token, "", bytes.NewReader(s.elsewhere(file.Data, s.key("sxd", "agency"), opts(out))))
}

// The agency's signature of another program shows the seal: in the field that
// is kept for it, or in one of the program's own. One that nobody sees is
// refused, and the document goes out again (ND30-PL1.II.8a, HT33-10.1.c.i).
func TestSealOfAnotherProgramIsSeen_HT33_10_1_c_i(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("lan")
	id := s.stopped("seal")
	blank := &pades.Look{W: 36, H: 36}
	off := signingtest.SealingAnew(t)
	off.Place.Box.X = 900
	for name, opts := range map[string]pades.Options{
		"its field, without a look": {Field: pades.SealField, LockAll: true},
		"its field, an empty look":  {Field: pades.SealField, Look: blank},
		"a field of no size":        {},
		"a field, an empty look":    {Look: blank, Place: &pades.Place{Box: pdf.Box{X: 90, Y: 225, W: 36, H: 36}}},
		"beside the page":           off,
	} {
		t.Log(name)
		_, err := s.giveBack(id, 0, func(office.Session) pades.Options { return opts })
		s.named(signing.NoSeal, err)
		s.inState(o, id, document.Numbered)
	}
	back, err := s.giveBack(id, 0, func(office.Session) pades.Options { return signingtest.SealingAnew(t) })
	s.must(err)
	if !back.Complete {
		t.Error("not complete")
	}
	s.inState(o, id, document.Sealed)
}

// An annex signed in another program shows number and symbol of its document,
// whole, and the time of signing, at the upper right of its first page
// (ND30-PL1.II.8b, HT33-10.1.c.v).
func TestMarkOfAnnexFromAnotherProgram_HT33_10_1_c_v(t *testing.T) {
	s := newStage(t)
	body, err := s.sheet(theLetter)
	s.must(err)
	id := s.numbered(body, office.Places{})
	now := s.Clock.Now()
	lines := func(l ...string) pades.Options { return signingtest.Corner(pades.TextLook(l...)) }
	for name, opts := range map[string]func(string) pades.Options{
		"no mark":                   func(string) pades.Options { return pades.Options{} },
		"another number":            func(code string) pades.Options { return signingtest.Marking("1"+code, now) },
		"another symbol":            func(code string) pades.Options { return signingtest.Marking(code+"-KT", now) },
		"no number":                 func(string) pades.Options { return signingtest.Marking("Phụ lục I", now) },
		"no time":                   func(code string) pades.Options { return lines(code) },
		"a time of no standard":     func(code string) pades.Options { return lines(code, now.Format("02.01.2006 15:04:05 +07:00")) },
		"a time without its zone":   func(code string) pades.Options { return lines(code, now.Format("2006-01-02T15:04:05")) },
		"a time of two days before": func(code string) pades.Options { return signingtest.Marking(code, now.AddDate(0, 0, -2)) },
		"a time of two days after":  func(code string) pades.Options { return signingtest.Marking(code, now.AddDate(0, 0, 2)) },
		"the seal":                  func(string) pades.Options { return signingtest.SealingAnew(t) },
	} {
		t.Log(name)
		_, err := s.giveBack(id, 1, func(x office.Session) pades.Options { return opts(x.Code) })
		s.named(signing.NoMark, err)
	}
	at := func(code string, x, y float64) pades.Options {
		o := signingtest.Marking(code, now)
		o.Place.Box.X, o.Place.Box.Y = x, y
		return o
	}
	for name, opts := range map[string]func(string) pades.Options{
		"at the foot":     func(code string) pades.Options { return at(code, 140, 270) },
		"on the left":     func(code string) pades.Options { return at(code, 30, 6) },
		"only the number": func(code string) pades.Options { return at(code, 140, 297./4-4) },
	} {
		t.Log(name)
		_, err := s.giveBack(id, 1, func(x office.Session) pades.Options { return opts(x.Code) })
		s.named(signing.MarkPlace, err)
	}
	for name, opts := range map[string]func(string) pades.Options{
		"as the server writes it": func(code string) pades.Options { return signingtest.Marking(code, now.Add(-time.Hour)) },
		"lower, beside the head":  func(code string) pades.Options { return at(code, 100, 45) },
		"short, in one line": func(code string) pades.Options {
			return lines("Số: " + code + " " + now.In(time.FixedZone("", 7*3600)).Format("20060102T150405.000-0700"))
		},
	} {
		t.Log(name)
		_, err := s.giveBack(id, 1, func(x office.Session) pades.Options { return opts(x.Code) })
		s.must(err)
	}
}

// Of many documents that go to the program in one call, one with an annex in a
// file of its own stays here, and its line says why: the program would be told
// no number to mark it with (ND30-PL1.II.8b, HT33-10.1.c.v, HT33-10.1.b).
func TestAnnexGoesToNoProgramInABatch_HT33_10_1_c_v(t *testing.T) {
	s := newStage(t)
	body, err := s.sheet(theLetter)
	s.must(err)
	plain, annexed := s.stopped("seal"), s.numbered(body, office.Places{})
	o, lan := s.who("lan")
	k, err := s.CA.IssueAgency(authority.Agency{Name: "Sở Xây dựng", Code: "000.00.15.H99", Locality: "H99"}, authority.RSA)
	s.must(err)
	c := signing.Describe(append([]*x509.Certificate{k.Certificate()}, k.Chain()...))
	c.Driver = signing.ByClient
	s.must(o.Store.Write(t.Context(), db.System, func(tx *db.Tx) error {
		id, err := signing.AddCertificate(tx, c)
		if err == nil {
			err = signing.HandOver(tx, id, lan.ID, "07/QĐ-SXD", "09/BBBG-SXD")
		}
		return err
	}))
	b, err := o.HandOutBatch(t.Context(), lan, signing.ByAgency, []document.ID{plain, annexed})
	s.must(err)
	if len(b.Files) != 1 || b.Files[0].Document != plain {
		t.Errorf("handed out: %+v", b.Files)
	}
	s.must(o.Read(t.Context(), func(v *db.View) error {
		x, err := office.Batch(v, lan.ID, b.Batch)
		if l := lineOf(x, annexed); l.State != signing.LineRefused || l.Next != signing.Refuse(signing.AnnexAlone, nil).Next {
			t.Errorf("%+v", l)
		}
		return err
	}))
	_, err = o.HandOutBatch(t.Context(), lan, signing.ByAgency, []document.ID{annexed})
	s.named(signing.AnnexAlone, err) // alone, it is told at once
}
