package office_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/demo"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/paper"
	"vanthu/internal/search"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/viet"
)

// sheet is a page with a text, as an office's scanner with OCR makes it.
func sheet(t *testing.T, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	d := paper.Document{Agency: "HỘI X", Symbol: "HOIX-VP", Place: "Mẫu", Year: 2025, Subject: "việc", Body: []paper.Block{{Text: body}}, Signer: "Lê Văn Tám"}
	if _, err := d.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// seats is one agency at work, with people by login.
type seats struct {
	*office.Office
	t *testing.T
}

func open(t *testing.T, agency string) seats {
	t.Helper()
	w, err := demo.Open(t.Context(), demo.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	o, ok := w.Host.Office(agency)
	if !ok {
		t.Fatalf("no agency %s", agency)
	}
	return seats{o, t}
}

func (s seats) actor(login string) (a org.Actor) {
	s.t.Helper()
	err := s.Read(s.t.Context(), func(v *db.View) error {
		p, err := org.PersonByLogin(v, login)
		if err != nil {
			return err
		}
		a, err = org.Act(v, p.ID, viet.DayOf(v.Now), "127.0.0.1")
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// register enters a paper document, with its scan when there is one.
func (s seats) register(by org.Actor, number, subject string, scan []byte) document.ID {
	s.t.Helper()
	in := office.ArrivalInput{Kind: "CV", Number: number, Notation: "HOIX-VP", Day: viet.DayOf(s.Store.Now()), IssuerName: "Hội X", Subject: subject, SignerName: "Lê Văn Tám", Pages: 1}
	if scan != nil {
		u, err := s.Keep(s.t.Context(), "quet.pdf", strings.NewReader(string(scan)))
		if err != nil {
			s.t.Fatal(err)
		}
		in.Scan = &u
	}
	id, err := s.RegisterPaper(s.t.Context(), by, in)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s seats) told(a org.Actor) (out []string) {
	s.t.Helper()
	err := s.Read(s.t.Context(), func(v *db.View) error {
		list, err := office.Notices(v, a, 50)
		for _, n := range list {
			out = append(out, n.Text+"|"+n.Doc.Code())
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s seats) follow(f func(context.Context) (int, error)) (read int) {
	s.t.Helper()
	for {
		n, err := f(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if read += n; n == 0 {
			return read
		}
	}
}

// The leader is told of what was presented to him, once; the clerk not of what
// she did herself; a document that may not be seen any more is not named
// (BRVT1842-6.5, HN20-8.1.b).
func TestTell_BRVT1842_6_5(t *testing.T) {
	s := open(t, "000.00.15.H99")
	lan, hung := s.actor("lan"), s.actor("hung")
	id := s.register(lan, "9", "Đề nghị phối hợp tổ chức hội nghị", sheet(t, "Hội nghị sơ kết"))
	s.follow(s.Tell)
	if got := s.told(lan); len(got) != 0 {
		t.Errorf("the clerk is told of her own act: %v", got)
	}
	if err := s.SignCopy(t.Context(), lan, id, office.CopyInput{Form: pades.TrueCopy, PresentTo: hung.ID}, signing.Consent{}); err != nil {
		t.Fatal(err)
	}
	if n := s.follow(s.Tell); n == 0 {
		t.Error("Tell read nothing")
	}
	s.follow(s.Tell)
	if got := s.told(hung); len(got) != 1 || got[0] != "Được trình để cho ý kiến|9/HOIX-VP" {
		t.Errorf("the leader is told %q", got)
	}
	stranger := s.actor("tam")
	err := s.Store.Write(t.Context(), db.System, func(tx *db.Tx) error { return notice.Tell(tx, int64(stranger.ID), "Để biết", int64(id)) })
	if err != nil {
		t.Fatal(err)
	}
	if got := s.told(stranger); len(got) != 1 || got[0] != "Để biết|" {
		t.Errorf("a stranger reads %q", got)
	}
	if err := s.ReadNotices(t.Context(), hung.ID); err != nil {
		t.Fatal(err)
	}
	err = s.Read(t.Context(), func(v *db.View) error {
		for who, want := range map[org.PersonID]int{hung.ID: 0, stranger.ID: 1} {
			if n, err := notice.Unread(v, int64(who)); n != want || err != nil {
				t.Errorf("%d has %d unread, %v", who, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A document is found at once, before the index has read it, and by the words
// of its file after; only by those who may see it; amended and destroyed words
// are not found (HT33-20.4, HN20-8.1.b).
func TestSearch_HT33_20_4(t *testing.T) {
	s := open(t, "000.00.15.H99")
	lan, tam := s.actor("lan"), s.actor("tam")
	id := s.register(lan, "9", "Đề nghị phối hợp tổ chức hội nghị", sheet(t, "Thuyết minh về kè Bắc Sông"))
	found := func(by org.Actor, words string) (ids []document.ID, excerpt string) {
		t.Helper()
		f, err := s.Search(t.Context(), by, search.Parse(words), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range append(f.In, f.Out...) {
			ids = append(ids, h.ID)
			for _, p := range h.Excerpt {
				excerpt += p.Text
			}
		}
		return ids, excerpt
	}
	check := func(when string, by org.Actor, words string, want int) {
		t.Helper()
		if ids, _ := found(by, words); len(ids) != want || want == 1 && ids[0] != id {
			t.Errorf("%s: %s finds %v by %q, want %d", when, by.Login, ids, words, want)
		}
	}
	check("before the index", lan, "hoi nghi", 1)
	check("before the index", lan, "09/hoix-vp", 1)
	check("before the index", lan, "ke bac song", 0)
	check("before the index", tam, "hoi nghi", 0)
	s.follow(s.Index)
	check("indexed", lan, "hội nghị", 1)
	check("indexed", lan, "hỏi nghị", 0)
	check("indexed", tam, "hoi nghi", 0)
	check("indexed", tam, "ke bac song", 0)
	if _, excerpt := found(lan, "kè bắc sông"); !strings.Contains(excerpt, "kè Bắc Sông") {
		t.Errorf("excerpt %q", excerpt)
	}
	s.follow(s.Index)
	err := s.Store.Write(t.Context(), db.System, func(tx *db.Tx) error {
		d, err := document.ByID(tx, id)
		if err != nil {
			return err
		}
		d.Subject = "Đề nghị dự tập huấn"
		if err := document.Save(tx, d); err != nil {
			return err
		}
		return document.CloseFiles(tx, id)
	})
	if err != nil {
		t.Fatal(err)
	}
	check("changed, not indexed yet", lan, "to chuc hoi nghi", 0)
	check("destroyed, not indexed yet", lan, "ke bac song", 0)
}

// A history tells all who see the document why a file came back in vain, and
// nobody that a signer mistyped his PIN (HT33-4.2).
func TestWhyRefused_HT33_4_2(t *testing.T) {
	for _, c := range []struct {
		verb  journal.Verb
		state signing.State
		told  bool
	}{
		{"act.refused", signing.NoSeal, true}, {"act.refused", signing.AnnexAlone, true}, {"act.refused", signing.Expired, true},
		{"act.refused", signing.PINWrong, false}, {"act.refused", signing.CodeWrong, false}, {"act.refused", "", false}, {office.SignedIt, signing.NoSeal, false},
	} {
		got := office.WhyRefused(journal.Entry{Verb: c.verb, Detail: journal.Detail{"state": string(c.state)}})
		if (got != "") != c.told {
			t.Errorf("%s %s: %q", c.verb, c.state, got)
		}
	}
}
