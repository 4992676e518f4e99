package demo

import (
	"context"
	"strings"
	"testing"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/register"
	"vanthu/internal/task"
	"vanthu/viet"
)

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
