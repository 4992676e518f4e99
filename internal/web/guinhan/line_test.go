package guinhan

import (
	"testing"
	"time"

	"vanthu/internal/exchange"
	"vanthu/viet"
)

var noon = time.Date(2025, 3, 3, 12, 0, 0, 0, viet.Zone)

// A recipient that has not spoken for 72 hours is told of; in red when the hub
// says that nobody has fetched the packet (QD28-8.2).
func TestOverdueLine_QD28_8_2(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		late  exchange.Late
		bad   bool
		kind  string
		next  string
	}{
		{72 * time.Hour, "", false, "", "chờ nơi nhận nhận gói tin"},
		{73 * time.Hour, exchange.Fetched, false, "warn", "quá 72 giờ chưa báo đã nhận"},
		{73 * time.Hour, exchange.NotFetched, true, "late", "quá 72 giờ chưa lấy gói tin: gọi nơi nhận"},
	} {
		l := lineOf(exchange.Delivery{Channel: exchange.ByHub, State: exchange.Sent, At: noon.Add(-c.after), Late: c.late}, 0, noon, true)
		if l.Bad != c.bad || l.Tag.Kind != c.kind || l.Next != c.next {
			t.Errorf("after %v, %q: %v %q %q", c.after, c.late, l.Bad, l.Tag.Kind, l.Next)
		}
	}
}

// The bars prove what a code proves, a refusal turns the next bar red, and a
// recall does not take back what was reached (BRVT1842-6.5).
func TestBarsByState(t *testing.T) {
	for _, c := range []struct {
		d       exchange.Delivery
		done    int
		refused bool
		kind    string
	}{
		{exchange.Delivery{Channel: exchange.ByHub, State: exchange.Queued}, 0, false, ""},
		{exchange.Delivery{Channel: exchange.ByHub, State: exchange.Delivered}, 1, false, "brand"},
		{exchange.Delivery{Channel: exchange.ByHub, State: exchange.Refused, Note: "Thiếu phụ lục 2."}, 1, true, "late"},
		{exchange.Delivery{Channel: exchange.ByHub, State: exchange.Processing}, 4, false, "brand"},
		{exchange.Delivery{Channel: exchange.ByHub, State: exchange.Completed}, 5, false, "ok"},
		{exchange.Delivery{Channel: exchange.ByHub, State: exchange.RecallAsked, BeforeRecall: exchange.Accepted}, 2, false, "warn"},
		{exchange.Delivery{Channel: exchange.ByHub, State: exchange.Failed, Note: "Trục từ chối gói."}, 0, true, "late"},
		{exchange.Delivery{Channel: exchange.ByPaper, State: exchange.OnPaper, Reason: "Ngoài danh bạ"}, 0, false, "warn"},
	} {
		l := lineOf(c.d, 0, noon, false)
		if l.Bars.Done != c.done || l.Bars.Refused != c.refused || l.Tag.Kind != c.kind {
			t.Errorf("%s: %d bars, refused %v, tag %q; want %d, %v, %q", c.d.State, l.Bars.Done, l.Bars.Refused, l.Tag.Kind, c.done, c.refused, c.kind)
		}
		if c.refused && (!l.Bad || l.Next != c.d.Note) {
			t.Errorf("%s: the reason is not told in red: %+v", c.d.State, l)
		}
	}
}

// What can be done stands on the line, for the clerk only (HT33-7.4).
func TestLineOffersTheNextAct(t *testing.T) {
	paper := exchange.Delivery{ID: 7, Document: 3, Channel: exchange.ByPaper, State: exchange.OnPaper}
	if l := lineOf(paper, 0, noon, true); l.Paper == nil || l.Paper.Label != "Cách gửi" {
		t.Error("a paper line has no field for the clerk")
	}
	if l := lineOf(paper, 0, noon, false); l.Paper != nil {
		t.Error("a paper line offers its field to somebody else")
	}
	refused := exchange.Delivery{Document: 3, Code: "000.00.31.H99", Channel: exchange.ByHub, State: exchange.Refused}
	if l := lineOf(refused, 0, noon, true); l.Do == nil || l.Do.Href != "/du-thao/moi?gui-lai=3&noi-nhan=000.00.31.H99" {
		t.Errorf("a refused line leads nowhere: %+v", l.Do)
	}
	due := lineOf(exchange.Delivery{Channel: exchange.ByHub, State: exchange.Processing}, viet.MustDay("10/3/2025"), noon, true)
	if due.Next != "chờ kết quả, hạn 10/03/2025" {
		t.Errorf("next is %q", due.Next)
	}
}

func TestSummary(t *testing.T) {
	state := func(list ...exchange.State) (out []exchange.Delivery) {
		for _, s := range list {
			out = append(out, exchange.Delivery{State: s})
		}
		return out
	}
	for want, lines := range map[string][]exchange.Delivery{
		"6 nơi nhận · 4 đã tiếp nhận, 1 từ chối, 1 gửi giấy": state(exchange.Completed, exchange.Processing, exchange.Assigned, exchange.Accepted, exchange.Refused, exchange.OnPaper),
		"2 nơi nhận · 2 chờ tiếp nhận":                       state(exchange.Sent, exchange.Delivered),
		"0 nơi nhận":                                         nil,
	} {
		if got := summary(lines); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
