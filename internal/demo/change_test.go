package demo

import (
	"slices"
	"strings"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/notice"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/pades"
)

// changed is what the page of a document at UBND huyện A rests on.
type changed struct {
	document.Document
	changes []exchange.Change
	desk    []document.Waiting
	slots   []document.Slot
	verbs   []journal.Verb
}

// newest is what the clerk has seen of the sender's changes.
func (x changed) newest() int64 { return x.changes[len(x.changes)-1].ID }

func (s stage) changed(id document.ID) (x changed) {
	s.t.Helper()
	o, _ := s.who("hoa")
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		if x.Document, err = document.ByID(v, id); err != nil {
			return err
		}
		if x.changes, err = exchange.Changes(v, id); err != nil {
			return err
		}
		if x.desk, err = document.WaitingFor(v, id); err != nil {
			return err
		}
		files, err := document.Files(v, id)
		for _, f := range files {
			x.slots = append(x.slots, f.Slot)
		}
		entries, err := journal.Of(v, int64(id))
		for _, e := range entries {
			x.verbs = append(x.verbs, e.Verb)
		}
		return err
	}))
	return x
}

func (x changed) waits(step document.Step) (w document.Waiting) {
	for _, w := range x.desk {
		if w.Step == step {
			return w
		}
	}
	return w
}

func (x changed) check(t *testing.T, state document.State, slots ...document.Slot) {
	t.Helper()
	if x.State != state || !slices.Equal(x.slots, slots) {
		t.Errorf("%s with files %v, want %s with %v", x.State, x.slots, state, slots)
	}
}

// said are the statuses that Sở Xây dựng has from UBND huyện A about a
// document, by its identifier.
func (s stage) said(key string) (codes []string) {
	s.t.Helper()
	o, _ := s.who("lan")
	var list []exchange.Arrival
	s.must(o.Read(s.t.Context(), func(v *db.View) (err error) {
		list, err = db.All(v, func(r db.Row) (a exchange.Arrival, err error) { return a, r.Scan(&a.Packet) },
			`SELECT packet FROM arrival WHERE kind = 'status' AND document_key = $1 ORDER BY id`, key)
		return err
	}))
	for _, a := range list {
		f, err := o.Blobs.Open(a.Packet)
		s.must(err)
		p, err := edxml.Read(f, edxml.Options{})
		f.Close()
		s.must(err)
		codes = append(codes, string(p.Status.Code))
	}
	return codes
}

// other is a PDF whose content differs with its subject.
func (s stage) other(about string) []byte {
	s.t.Helper()
	data, err := s.sheet(letter{by: "an", signer: "hung", about: about, to: theLetter.to})
	s.must(err)
	return data
}

func update(p *edxml.Packet, key, reason string) *edxml.Packet {
	p.Business = &edxml.Business{DocType: edxml.Update, DocumentID: key, Reason: reason, Info: &edxml.BusinessInfo{DocumentInfo: true}}
	return p
}

// Before a document is received, an update takes its place: the form is filled
// with what the sender says now, the old files stay in sight, a broken one no
// longer stops it, and the same update has one effect (HT33-12.1, QD28-9.2).
func TestUpdateBeforeReceipt_QD28_9_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hoa := s.who("hoa")
	first := s.foreign("k1", attached("cv.pdf", damaged(t, s.elsewhere(blank(t), s.key("sxd", "hung"), pades.Options{}))))
	first.Header.OtherInfo.Priority = int(document.Express)
	s.carry(s.written(first))
	id := s.incoming()[0].ID
	s.refused(fail.Integrity, o.Receive(ctx, hoa, id, arrivalOf(s.incoming()[0], 0)))

	p := update(s.foreign("k1", attached("cv-moi.pdf", s.other("bản sửa"))), "k1", "Ký lại, sửa trích yếu")
	p.Header.Subject = "V/v quy hoạch chung thị trấn B"
	p.Header.OtherInfo.NoPriority = true // what a packet leaves out stays
	s.carry(s.written(p))
	x := s.changed(id)
	x.check(t, document.Arrived, document.Earlier, document.Body)
	if x.Subject != p.Header.Subject || x.Urgency != document.Express || len(x.changes) != 1 || x.changes[0].State != exchange.Taken {
		t.Errorf("%q, %+v", x.Subject, x.changes)
	}
	want := []exchange.Difference{{Name: "Trích yếu", Was: "V/v quy hoạch chung thị trấn", Now: "V/v quy hoạch chung thị trấn B"}, {Name: "Tệp", Was: "cv.pdf", Now: "cv-moi.pdf"}}
	if len(x.changes) == 1 && !slices.Equal(x.changes[0].Differences, want) {
		t.Errorf("%+v", x.changes[0].Differences)
	}
	if w := x.waits(document.ToReceive); !strings.Contains(w.Note, "Ký lại") || w.Due.IsZero() || len(x.desk) != 1 {
		t.Errorf("desk %+v", x.desk)
	}
	if !slices.Contains(x.verbs, office.ChangeCame) || !slices.Equal(s.said("k1"), []string{"01", "15"}) {
		t.Errorf("journal %v, sender %v", x.verbs, s.said("k1"))
	}

	p.Trace = []edxml.TraceHeader{{OrganID: "001.00.20.TT2", Timestamp: s.Clock.Now()}} // over another way
	h, err := o.Blobs.PutBytes(ctx, s.written(p))
	s.must(err)
	s.must(o.Arrive(ctx, office.Arrival{Message: "again", Sender: "000.00.15.H99", Packet: h}))
	if x := s.changed(id); len(x.changes) != 1 || len(x.slots) != 2 || len(s.incoming()) != 1 {
		t.Errorf("an update that came twice: %+v", x)
	}
	in := arrivalOf(x.Document, 0)
	s.refused(fail.Conflict, o.Receive(ctx, hoa, id, in)) // the page was open before the update
	in.Change = x.newest()
	s.must(o.Receive(ctx, hoa, id, in))
}

// Of a registered document nothing changes: what the sender says now stands
// beside it, the clerk answers, and the people at work hear of what was agreed
// to. Presenting it meanwhile loses no request (HT33-12.1, QD28-9.2, QCVN102-2).
func TestUpdateAfterReceipt_QD28_9_2(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hoa := s.who("hoa")
	_, khanh := s.who("khanh")
	_, tho := s.who("tho")
	s.carry(s.written(s.foreign("k2", attached("cv.pdf", blank(t)))))
	d := s.incoming()[0]
	s.must(o.Receive(ctx, hoa, d.ID, arrivalOf(d, 0)))
	s.refused(fail.Conflict, o.AnswerChange(ctx, hoa, d.ID, 0, true, ""))

	p := update(s.foreign("k2", attached("cv.pdf", blank(t)), attached("phụ lục.pdf", s.other("phụ lục"))), "k2", "Bổ sung phụ lục")
	p.Header.SignerInfo.FullName = "Đặng Tuyết Mai"
	s.carry(s.written(p))
	x := s.changed(d.ID)
	x.check(t, document.Registered, document.Body, document.Updating)
	if x.SignerName != "Lê Quốc Hùng" || x.changes[0].State != exchange.Open || x.changes[0].Differences[0].Now != "Đặng Tuyết Mai" {
		t.Errorf("%s, %+v", x.SignerName, x.changes)
	}
	s.must(o.Present(ctx, hoa, d.ID, khanh.ID, ""))
	if w := s.changed(d.ID).waits(document.ToChange); w.Token != org.RoleToken(org.Clerk) || !strings.Contains(w.Note, "Bổ sung phụ lục") {
		t.Fatalf("desk %+v", s.changed(d.ID).desk)
	}
	s.refused(fail.Denied, o.AnswerChange(ctx, khanh, d.ID, x.newest(), true, ""))
	s.refused(fail.Hidden, o.AnswerChange(ctx, tho, d.ID, x.newest(), true, ""))
	s.refused(fail.BadInput, o.AnswerChange(ctx, hoa, d.ID, x.newest(), false, " "))
	s.refused(fail.Conflict, o.AnswerChange(ctx, hoa, d.ID, x.newest()-1, true, ""))
	s.must(o.AnswerChange(ctx, hoa, d.ID, x.newest(), true, ""))
	s.must(s.Settle(ctx))
	x = s.changed(d.ID)
	x.check(t, document.Submitted, document.Body, document.Updating)
	if x.changes[0].State != exchange.Agreed || len(x.desk) != 1 || x.SignerName != "Lê Quốc Hùng" {
		t.Errorf("%+v", x)
	}
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := notice.Of(v, int64(khanh.ID), 5)
		if !slices.ContainsFunc(list, func(n notice.Notice) bool { return strings.Contains(n.Text, "Bổ sung phụ lục") }) {
			t.Errorf("the leader reads %+v", list)
		}
		return err
	}))

	// The sender takes this agency off its recipients; the clerk declines.
	p = update(s.foreign("k2"), "k2", "Gửi nhầm")
	p.Business.Info = &edxml.BusinessInfo{DocumentReceiver: true, Receivers: []edxml.Receiver{{OrganID: "H99.31", Type: 0}}}
	s.carry(s.written(p))
	x = s.changed(d.ID)
	if len(x.changes) != 2 || x.changes[1].Differences[0].Name != "Nơi nhận" {
		t.Errorf("%+v", x.changes)
	}
	s.must(o.AnswerChange(ctx, hoa, d.ID, x.newest(), false, "Đã trình lãnh đạo"))
	s.must(s.Settle(ctx))
	if got := s.said("k2"); !slices.Equal(got, []string{"01", "03", "15", "16"}) {
		t.Errorf("the sender hears %v", got)
	}
}

// A replacement is a document of its own, under its own identifier or that of
// the old one, which it names; what waits to be received leaves the gate, what
// is registered stays and its clerk answers (HT33-12.1, QD28-9.2).
func TestReplacement_QD28_9_2(t *testing.T) {
	for _, key := range []string{"k4", "k3"} { // another identifier, and the same
		t.Run(key, func(t *testing.T) {
			s := newStage(t)
			ctx := t.Context()
			o, hoa := s.who("hoa")
			s.carry(s.written(s.foreign("k3", attached("cv.pdf", blank(t)))))
			old := s.incoming()[0]
			s.must(o.Receive(ctx, hoa, old.ID, arrivalOf(old, 0)))
			p := s.foreign(key, attached("cv.pdf", s.other("thay thế")))
			p.Header.Code.Number = "57"
			p.Business = &edxml.Business{DocType: edxml.Replace, Reason: "Sai căn cứ", Replacements: []edxml.Replacement{{DocumentID: "k3"}}}
			s.carry(s.written(p))
			list := s.incoming()
			if len(list) != 2 || list[0].Number != "57" || list[0].State != document.Arrived {
				t.Fatalf("%s: %+v", key, list)
			}
			x := s.changed(old.ID)
			x.check(t, document.Registered, document.Body)
			if x.changes[0].Replacement != list[0].ID || !strings.Contains(x.waits(document.ToChange).Note, "57/SXD-QH") || !slices.Contains(x.verbs, office.ReplacedIt) {
				t.Errorf("%s: %+v", key, x)
			}
			s.must(o.Read(ctx, func(v *db.View) error {
				links, err := document.Links(v, list[0].ID)
				if len(links) != 1 || links[0].ID != old.ID || links[0].Kind != document.Replaces || !links[0].Forward {
					t.Errorf("%s: links %+v", key, links)
				}
				return err
			}))
			h, err := o.Blobs.PutBytes(ctx, s.written(p))
			s.must(err)
			s.must(o.Arrive(ctx, office.Arrival{Message: "again", Sender: "000.00.15.H99", Packet: h}))
			if n := len(s.incoming()); n != 2 {
				t.Errorf("%s: a replacement that came twice made %d documents", key, n)
			}

			// And again, before the second is received: the gate has only the newest.
			q := s.foreign("k5", attached("cv.pdf", s.other("lần ba")))
			q.Header.Code.Number = "58"
			q.Business = &edxml.Business{DocType: edxml.Replace, Replacements: []edxml.Replacement{{DocumentID: key}, {DocumentID: "k3", OrganIDs: []string{"000.00.12.H99"}}}}
			s.carry(s.written(q))
			second := s.changed(list[0].ID)
			second.check(t, document.Replaced, document.Body)
			if len(second.desk) != 0 || len(s.changed(old.ID).changes) != 1 {
				t.Errorf("%s: desk %+v", key, second.desk)
			}
			s.refused(fail.Conflict, o.Receive(ctx, hoa, second.ID, arrivalOf(second.Document, 0)))
		})
	}
}

// What went back, or was recalled, may come again under its identifier with
// another content, and only so (QD28-5.4).
func TestComesAgainAfterRefusal_QD28_5_4(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	o, hoa := s.who("hoa")
	first := s.foreign("k6", attached("cv.pdf", blank(t)))
	s.carry(s.written(first))
	s.must(o.Refuse(ctx, hoa, s.incoming()[0].ID, "Thiếu phụ lục."))
	arrive := func(message string, p *edxml.Packet, want int) {
		t.Helper()
		h, err := o.Blobs.PutBytes(ctx, s.written(p))
		s.must(err)
		s.must(o.Arrive(ctx, office.Arrival{Message: message, Sender: "000.00.15.H99", Packet: h}))
		if list := s.incoming(); len(list) != want {
			t.Errorf("%s: %d documents, want %d", message, len(list), want)
		}
	}
	arrive("the same", first, 1)
	arrive("whole", s.foreign("k6", attached("cv.pdf", blank(t)), attached("phụ lục.pdf", s.other("phụ lục"))), 2)
	arrive("update of what never came", update(s.foreign("k7", attached("cv.pdf", blank(t))), "k7", "Thêm nơi nhận"), 3)
}
