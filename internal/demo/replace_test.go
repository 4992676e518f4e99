package demo

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
)

// tied are the documents of an agency that one is tied to.
func (s stage) tied(login string, id document.ID, kind document.Tie) (list []document.Document) {
	s.t.Helper()
	o, _ := s.who(login)
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		list, err = document.Tied(v, id, kind)
		return err
	}))
	return list
}

func (s stage) byID(login string, id document.ID) (d document.Document) {
	s.t.Helper()
	o, _ := s.who(login)
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		d, err = document.ByID(v, id)
		return err
	}))
	return d
}

func codeOf(store string) string {
	a, _ := byStore(store)
	return a.code
}

// A document with a wrong content is replaced by one of the same kind: the old
// one no longer stands at the sender, and each recipient has both, joined; one
// that had not received it yet agrees by itself, the others' clerks answer, and
// the sender sees the answers (ND30-18.3, HT33-12.1, GL443-12.2).
func TestReplaceAnIssuedDocument(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	first := theLetter
	first.to, first.unread = []string{"ubh", "snv", "Hội X"}, true
	old := s.sent(first)

	// UBND huyện A works on it already, Sở Nội vụ has it at its gate.
	uo, hoa := s.who("hoa")
	wrong := s.arrived("hoa")
	s.must(uo.Receive(ctx, hoa, wrong.ID, arrivalOf(wrong, 0)))
	gate := s.arrived("yen")

	// Only a document of the same kind, for all who hold the first, may replace it.
	second := first
	second.instead, second.about = old, "phối hợp kiểm tra công trình (thay thế)"
	second.kind = "BC"
	s.refused(fail.BadInput, s.write(ctx, second))
	second.kind, second.to = "", []string{"ubh", "Hội X"}
	s.refused(fail.BadInput, s.write(ctx, second))
	second.to = first.to
	fresh := s.sent(second)
	s.must(s.Settle(ctx))

	if d := s.byID("an", old); d.State != document.Replaced {
		t.Errorf("the old one is %s", d.State)
	}
	var packets []edxml.Kind
	for _, raw := range s.hubPackets() {
		p, err := edxml.Read(bytes.NewReader(raw), edxml.Options{})
		s.must(err)
		if p.Kind() == edxml.Replace {
			packets = append(packets, p.Kind())
			want := []string{codeOf("ubh"), codeOf("snv")}
			if r := p.Targets(); len(r) != 1 || !slices.Equal(r[0].OrganIDs, want) {
				t.Errorf("the packet replaces %+v, want for %v", r, want)
			}
		}
	}
	if len(packets) != 1 {
		t.Fatalf("%d packets that replace", len(packets))
	}

	// Not received yet: it leaves the gate, and the sender hears 15.
	if d := s.byID("yen", gate.ID); d.State != document.Replaced {
		t.Errorf("at Sở Nội vụ the old one is %s", d.State)
	}
	// Registered: the line stays, the clerk is asked and declines.
	if d := s.byID("hoa", wrong.ID); d.State == document.Replaced {
		t.Errorf("the registered one is %s", d.State)
	}
	came := s.arrived("hoa")
	if list := s.tied("hoa", came.ID, document.Replaces); len(list) != 1 || list[0].ID != wrong.ID {
		t.Errorf("joined to %v", list)
	}
	s.must(uo.AnswerChange(ctx, hoa, wrong.ID, s.changed(wrong.ID).newest(), false, "Đã giải quyết xong."))
	s.must(s.Settle(ctx))

	answers := map[string][]string{}
	lo, lan := s.who("lan")
	s.must(lo.Read(ctx, func(v *db.View) error {
		for name, l := range s.lines(old) {
			events, err := exchange.Events(v, l.ID)
			if err != nil {
				return err
			}
			for _, e := range events {
				if !e.Applied {
					t.Errorf("%s: %s is kept as an anomaly", name, e.Code)
				}
				answers[name] = append(answers[name], e.Code)
			}
		}
		return nil
	}))
	if !slices.Contains(answers["Sở Nội vụ"], exchange.ReplacementAgreed) || !slices.Contains(answers["UBND huyện A"], exchange.ReplacementDeclined) {
		t.Errorf("answers %v", answers)
	}
	var follow string
	s.must(lo.Read(ctx, func(v *db.View) error {
		list, err := document.WaitingFor(v, old)
		for _, w := range list {
			if w.Step == document.ToFollow {
				follow = w.Note
			}
		}
		return err
	}))
	if follow != "UBND huyện A từ chối thay thế: Đã giải quyết xong." {
		t.Errorf("the clerk follows %q", follow)
	}
	s.must(lo.Followed(ctx, lan, old, "Đã điện thoại thống nhất."))

	// What does not stand any more is neither replaced nor corrected again.
	third := second
	s.refused(fail.Conflict, s.write(ctx, third))
	if list := s.tied("an", fresh, document.Replaces); len(list) != 1 || list[0].ID != old {
		t.Errorf("the new one replaces %v", list)
	}
}

// While the line is down nothing that replaces a document overtakes it
// (BRVT1842-6.5, ND30-18.3).
func TestReplacementDoesNotOvertake(t *testing.T) {
	s := newStage(t)
	o, _ := s.who("lan")
	first := theLetter
	first.to = []string{"ubh"}
	s.must(s.StopHub(t.Context()))
	old := s.sent(first)
	second := first
	second.instead = old
	s.sent(second)
	var due []exchange.Item
	s.must(o.Read(t.Context(), func(v *db.View) (err error) {
		due, err = exchange.Due(v, s.Clock.Now().Add(exchange.LongestPause), 10)
		return err
	}))
	for _, x := range due {
		if x.Document != old && x.Kind == exchange.Document {
			t.Errorf("document %d is due while %d waits", x.Document, old)
		}
	}
	if len(due) == 0 {
		t.Error("nothing waits")
	}
	s.must(s.StartHub(t.Context()))
	s.must(s.Settle(t.Context()))
	if d := s.arrived("hoa"); len(s.tied("hoa", d.ID, document.Replaces)) != 1 {
		t.Errorf("%s came, joined to nothing", d.Code())
	}
}

// A wrong form is corrected by a letter: the document stands, both are joined
// here and at each recipient, and who works on it is told (ND30-18.3, GL443-12.2).
func TestCorrectAnIssuedDocument(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	first := theLetter
	first.kind, first.to = "BC", []string{"ubh"}
	old := s.sent(first)
	uo, hoa := s.who("hoa")
	before := s.arrived("hoa")
	s.must(uo.Receive(ctx, hoa, before.ID, arrivalOf(before, 0)))

	letter := first
	letter.amends = old
	s.refused(fail.BadInput, s.write(ctx, letter))
	letter.kind, letter.about = "", "đính chính số liệu"
	s.sent(letter)
	s.must(s.Settle(ctx))
	if d := s.byID("an", old); d.State != document.Issued {
		t.Errorf("the corrected one is %s", d.State)
	}
	came := s.arrived("hoa")
	if list := s.tied("hoa", came.ID, document.Corrects); len(list) != 1 || list[0].ID != before.ID {
		t.Errorf("the correction is joined to %v", list)
	}
}
