package demo

import (
	"context"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
)

const snvCode = "000.00.12.H99"

// held is a letter that the hub has and holds back from SNV, with its packet.
func (s stage) held() (id document.ID, packet string) {
	s.t.Helper()
	ctx := context.Background()
	s.must(s.Hub.Pause(ctx, db.System, snvCode, true, "thay máy chủ"))
	id = s.sent(theLetter)
	s.must(s.Settle(ctx))
	x := s.lines(id)["Sở Nội vụ"]
	if x.State != exchange.Sent || x.Packet == "" {
		s.t.Fatalf("held back: %s, packet %q", x.State, x.Packet)
	}
	return id, x.Packet
}

// came checks that a letter's line failed for a reason, once: one event, one
// entry in the journal, one line on the clerk's desk.
func (s stage) came(id document.ID, why string) exchange.Delivery {
	s.t.Helper()
	x := s.lines(id)["Sở Nội vụ"]
	if x.State != exchange.Failed || x.Note != why {
		s.t.Fatalf("%s %q, want failed for %q", x.State, x.Note, why)
	}
	o, lan := s.who("lan")
	s.must(o.Read(context.Background(), func(v *db.View) error {
		events, err := exchange.Events(v, x.ID)
		if n := len(events); n < 2 || events[n-1].Code != "failed" || events[n-2].Code != "sent" {
			s.t.Errorf("events: %+v", events)
		}
		n, err2 := document.Counts(v, lan)
		if n[document.ToFollow] != 1 || n[document.ToPost] != 1 {
			s.t.Errorf("desk: %v", n)
		}
		list, err3 := journal.Of(v, int64(id))
		entries := 0
		for _, e := range list {
			if e.Verb == office.SendFailed && e.Detail["text"] == why {
				entries++
			}
		}
		if entries != 1 {
			s.t.Errorf("%d entries in the journal", entries)
		}
		for _, e := range []error{err, err2, err3} {
			s.must(e)
		}
		return nil
	}))
	return x
}

// The operator gives a packet back: its sender learns why, once, however often
// the hub is asked, and sends it again; what the old packet still does at the
// hub does not touch the new one (BRVT1842-6.5, QD28-8.2, HT33-10.2.i).
func TestGivenBack(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id, packet := s.held()
	s.must(s.Clock.Advance(time.Hour))
	given := s.Clock.Now().Truncate(time.Millisecond)
	s.must(s.Hub.GiveBack(ctx, db.System, packet, snvCode, "Máy chủ chưa chạy lại"))
	s.must(s.Clock.Advance(time.Hour))
	const why = "Đơn vị vận hành trục trả lại: Máy chủ chưa chạy lại"
	o, lan := s.who("lan")
	for range 3 {
		s.must(s.Settle(ctx))
		line := s.came(id, why)
		if d := line.At.Sub(given); d < 0 || d > time.Minute {
			t.Fatalf("failed at %v, given back at %v", line.At, given)
		}
		s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return org.Set(tx, "sent.since", "") }))
	}
	s.must(o.Resend(ctx, lan, id, s.lines(id)["Sở Nội vụ"].ID))
	s.must(s.Hub.GiveBack(ctx, db.System, packet, snvCode, "Lần nữa"))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"]; x.State != exchange.Sent || x.Packet == packet {
		t.Fatalf("sent again: %s", x.State)
	}
	s.must(s.Hub.GiveBack(ctx, db.System, packet, snvCode, "Lần thứ ba"))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"]; x.State != exchange.Sent {
		t.Fatalf("the old packet failed the new one: %s", x.State)
	}
	s.must(s.Hub.Pause(ctx, db.System, snvCode, false, ""))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.Delivered {
		t.Errorf("sent again: %s", x)
	}
}

// The recipient's system cannot read a packet: its sender learns why. When the
// operator then sends it on by himself, and it is read, the line leaves the
// desk again (BRVT1842-6.5, QD28-8.2).
func TestUnreadableAtTheRecipient(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id, packet := s.held()
	s.must(s.Hub.Pause(ctx, db.System, snvCode, false, ""))
	snv, _ := s.who("yen")
	list, err := snv.Partner.Inbox(ctx, 0)
	s.must(err)
	for _, a := range list {
		s.must(snv.Partner.Reject(ctx, a.ID, "Tệp hỏng."))
	}
	s.must(s.Settle(ctx))
	s.came(id, "Tệp hỏng.")
	s.must(s.Hub.Resend(ctx, db.System, packet, snvCode, "đã thay đĩa"))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.Delivered {
		t.Errorf("sent on by the operator: %s", x)
	}
	o, lan := s.who("lan")
	s.must(o.Read(ctx, func(v *db.View) error {
		n, err := document.Counts(v, lan)
		if n[document.ToFollow] != 0 {
			t.Errorf("still on the desk: %v", n)
		}
		return err
	}))
}

// The packet came back before its sender heard that the hub had it.
func TestCameBackBeforeTheAcknowledgement(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id, packet := s.held()
	o, _ := s.who("lan")
	line := s.lines(id)["Sở Nội vụ"]
	s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error { return exchange.Carry(tx, line.ID, "") }))
	s.must(s.Hub.GiveBack(ctx, db.System, packet, snvCode, "Gửi bản giấy"))
	s.must(s.Settle(ctx))
	s.came(id, "Đơn vị vận hành trục trả lại: Gửi bản giấy")
}

// handed is the hub's id of the packet of a kind and code that an office sent last.
func (s stage) handed(login string, kind exchange.Kind, code string) (packet string) {
	s.t.Helper()
	o, _ := s.who(login)
	s.must(o.Read(context.Background(), func(v *db.View) (err error) {
		packet, err = db.Value[string](v, `SELECT message FROM handed WHERE kind = $1 AND code = $2 ORDER BY id DESC LIMIT 1`, kind, code)
		return err
	}))
	return packet
}

// told counts the notices of somebody that hold a text.
func (s stage) told(login, text string) (n int) {
	s.t.Helper()
	o, a := s.who(login)
	s.must(o.Read(context.Background(), func(v *db.View) error {
		list, err := office.Notices(v, a, 50)
		for _, x := range list {
			if strings.Contains(x.Text, text) {
				n++
			}
		}
		return err
	}))
	return n
}

// A status does not get through after the hub took it: its sender's clerk is told,
// once, whom to call (BRVT1842-6.5, QD28-8.2).
func TestStatusGivenBack(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.sent(theLetter)
	s.must(s.Hub.Pause(ctx, db.System, agencyOf("an").code, true, "thay máy chủ"))
	snv, yen := s.who("yen")
	d := s.arrived("yen")
	s.must(snv.Receive(ctx, yen, d.ID, arrivalOf(d, 0)))
	s.must(s.Settle(ctx))
	s.must(s.Hub.GiveBack(ctx, db.System, s.handed("yen", exchange.Status, "03"), agencyOf("an").code, "Máy chủ hỏng"))
	for range 2 {
		s.must(s.Settle(ctx))
		if n := s.told("yen", "Chưa báo được trạng thái 03 cho Sở Xây dựng: Đơn vị vận hành trục trả lại: Máy chủ hỏng. Báo bằng điện thoại"); n != 1 {
			t.Fatalf("told %d times", n)
		}
		s.must(snv.Store.Write(ctx, db.System, func(tx *db.Tx) error { return org.Set(tx, "sent.since", "") }))
	}
}

// A recall does not get through, nor does the document that it is about: the clerk
// has the one on the desk, and the other does not stay as asked for. When the
// operator sends the document on after all, its recall is asked anew
// (ND30-18.4, QD28-9.2, BRVT1842-6.5).
func TestRecallGivenBack(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id, packet := s.held()
	o, lan := s.who("lan")
	s.must(o.Recall(ctx, lan, id, "Ban hành nhầm."))
	s.must(s.Settle(ctx))
	s.must(s.Hub.GiveBack(ctx, db.System, s.handed("lan", exchange.Recall, "13"), snvCode, "Máy chủ hỏng"))
	s.must(s.Settle(ctx))
	s.must(o.Read(ctx, func(v *db.View) error {
		list, err := document.WaitingFor(v, id)
		if len(list) != 1 || list[0].Step != document.ToFollow || !strings.Contains(list[0].Note, "Yêu cầu thu hồi chưa tới Sở Nội vụ") {
			t.Errorf("desk: %+v", list)
		}
		return err
	}))
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.RecallAsked {
		t.Errorf("the recall came back: %s", x)
	}
	s.must(s.Hub.GiveBack(ctx, db.System, packet, snvCode, "Máy chủ hỏng"))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"]; x.State != exchange.Failed || !strings.Contains(x.Note, "không còn gì để thu hồi") {
		t.Fatalf("the document came back: %s %q", x.State, x.Note)
	}
	s.must(s.Hub.Resend(ctx, db.System, packet, snvCode, "đã thay đĩa"))
	s.must(s.Hub.Pause(ctx, db.System, snvCode, false, ""))
	s.must(s.Settle(ctx))
	if x := s.lines(id)["Sở Nội vụ"].State; x != exchange.RecallAgreed {
		t.Errorf("sent on by the operator: %s", x)
	}
	if d := s.arrived("yen"); d.State != document.Recalled {
		t.Errorf("at the recipient: %s", d.State)
	}
}
