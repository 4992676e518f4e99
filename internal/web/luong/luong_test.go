package luong

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/part"
	"vanthu/viet"
)

func at(day, hour, minute int) time.Time {
	return viet.MakeDay(2025, time.February, day).At(hour, minute)
}

// told is a draft that was returned once and lies with the leader now. Thursday
// 27 and Friday 28 February 2025 are working days, 07:30–11:30 and 13:30–17:00
// or thereabouts.
func told() Story {
	return Story{
		calendar: viet.Standard(), now: viet.MakeDay(2025, time.March, 3).At(9, 0),
		names: map[int64]org.Person{1: {Name: "Bình"}, 2: {Name: "Sơn"}, 3: {Name: "Phúc"}},
		entries: []journal.Entry{
			{At: at(27, 8, 0), Person: 1, Verb: office.Drafted, Detail: journal.Detail{"version": "1"}},
			{At: at(27, 9, 0), Person: 1, Verb: office.SubmittedIt},
			{At: at(27, 9, 30), Person: 2, Verb: office.ReturnedIt, Detail: journal.Detail{"text": "Thêm căn cứ."}},
			{At: at(27, 10, 0), Person: 1, Verb: office.Drafted, Detail: journal.Detail{"version": "2"}},
			{At: at(27, 10, 10), Person: 1, Verb: office.SubmittedIt},
			{At: at(28, 10, 10), Person: 2, Verb: office.ContentPassed},
			{At: at(28, 10, 20), Person: 3, Verb: office.FormPassed},
		},
		waits:   []document.Waiting{{Token: "person:4", Step: document.ToApprove, Since: at(28, 10, 20)}},
		holders: map[org.Token]string{"person:4": "Hùng"},
	}
}

// A station lasts from the act before it to its own; a returned draft counts
// at its reviewer, and again at its drafter (HN20-6.1.a, ND30-10.3).
func TestStepsCountTimeAtEachStation(t *testing.T) {
	got := told().Steps()
	want := []part.Step{
		{What: "Soạn thảo", Who: "Bình", When: "27/02 08:00", Spent: "1 giờ"},
		{Kind: "late", What: "Trả lại", Who: "Sơn", When: "27/02 09:00", Spent: "30 phút"},
		{What: "Soạn thảo", Who: "Bình", When: "27/02 09:30", Spent: "40 phút"},
		{What: "Duyệt nội dung", Who: "Sơn", When: "27/02 10:10", Spent: "1 ngày"},
		{What: "Kiểm tra thể thức", Who: "Phúc", When: "28/02 10:10", Spent: "10 phút"},
	}
	if len(got) != 6 {
		t.Fatalf("%d steps, want 6: %+v", len(got), got)
	}
	if d := cmp.Diff(want, got[:5]); d != "" {
		t.Error(d)
	}
	if last := got[5]; last.Kind != "now" || last.Who != "Hùng" || last.Spent == "" {
		t.Errorf("where it lies now: %+v", last)
	}
}

// Before it is issued a document has no total and no issuer.
func TestTotalOnlyWhenIssued(t *testing.T) {
	s := told()
	if s.Total() != "" || s.Issuer() != "" {
		t.Errorf("total %q, issuer %q before the issue", s.Total(), s.Issuer())
	}
	s.entries = append(s.entries, journal.Entry{At: at(28, 11, 0), Person: 3, Verb: office.IssuedIt})
	if s.Issuer() != "Phúc" || s.Total() != "1 ngày 3 giờ" {
		t.Errorf("total %q, issuer %q", s.Total(), s.Issuer())
	}
}

func TestTimelineIsNewestFirst(t *testing.T) {
	got := told().Timeline(2)
	if len(got) != 2 || got[0].What != "Thể thức đạt" || got[1].What != "Duyệt nội dung" {
		t.Errorf("%+v", got)
	}
	all := told().Timeline(0)
	if e := all[3]; e.What != "Soạn dự thảo, phiên bản 2" {
		t.Errorf("%+v", e)
	}
	if e := all[4]; e.Kind != "late" || e.Quote != "Thêm căn cứ." {
		t.Errorf("a return: %+v", e)
	}
}
