// Package luong tells the way of an outgoing document (luồng văn bản) from its
// journal: who did what when, how long it lay with each, and with whom it lies
// now. The page of a document and the delivery board both show it.
//
//	s, err := luong.Load(v, x, id)
//	s.Steps()       stations with the working time spent at each
//	s.Timeline(5)   the newest five entries
//
// law:HN20-6.1.a ND30-PL6.III.5a
package luong

import (
	"fmt"
	"slices"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
	"vanthu/viet"
)

// Story is what happened to one document.
type Story struct {
	entries  []journal.Entry
	names    map[int64]org.Person
	waits    []document.Waiting
	holders  map[org.Token]string
	calendar *viet.Calendar
	now      time.Time
}

// Load reads the story of a document that the caller has found visible.
func Load(v *db.View, x *seat.Seat, id document.ID) (Story, error) {
	s := Story{names: map[int64]org.Person{}, holders: map[org.Token]string{}, calendar: x.Office.Calendar, now: x.Now()}
	var err error
	if s.entries, err = journal.Of(v, int64(id)); err != nil {
		return s, err
	}
	for _, e := range s.entries {
		if _, known := s.names[e.Person]; known {
			continue
		}
		if s.names[e.Person], err = org.PersonByID(v, org.PersonID(e.Person)); err != nil {
			return s, err
		}
	}
	if s.waits, err = document.WaitingFor(v, id); err != nil {
		return s, err
	}
	for _, w := range s.waits {
		if s.holders[w.Token], err = org.TokenName(v, w.Token); err != nil {
			return s, err
		}
	}
	return s, nil
}

// stations name the acts that end a station of the way. Approving and numbering
// are moments inside a station.
var stations = map[journal.Verb]string{
	office.SubmittedIt: "Soạn thảo", office.ContentPassed: "Duyệt nội dung", office.FormPassed: "Kiểm tra thể thức", office.ReturnedIt: "Trả lại",
	office.SignedIt: "Duyệt, ký", office.SealedIt: "Cấp số, dấu", office.CheckedIt: "Kiểm tra cuối", office.IssuedIt: "Phát hành",
	office.CancelledIt: "Hủy dự thảo", office.NumberVoided: "Hủy số", office.RecallAskedIt: "Thu hồi",
}

// doing name the station where a document lies now.
var doing = map[document.Step]string{
	document.ToRevise: "Soạn thảo", document.ToReview: "Duyệt nội dung", document.ToCheckForm: "Kiểm tra thể thức", document.ToApprove: "Duyệt, ký",
	document.ToSign: "Duyệt, ký", document.ToNumber: "Cấp số, dấu", document.ToSeal: "Cấp số, dấu", document.ToFinalCheck: "Kiểm tra cuối", document.ToIssue: "Phát hành",
}

// Steps are the stations that the document has passed, when it came to each,
// and the working time it lay there; last the one where it is.
func (s Story) Steps() []part.Step {
	var out []part.Step
	var since time.Time
	for _, e := range s.entries {
		if since.IsZero() {
			since = e.At
		}
		name, ends := stations[e.Verb]
		if !ends {
			continue
		}
		x := part.Step{What: name, Who: s.who(e), When: viet.ShortTime(since), Spent: s.spent(since, e.At)}
		switch e.Verb {
		case office.ReturnedIt, office.CancelledIt, office.NumberVoided, office.RecallAskedIt:
			x.Kind = "late"
		}
		if e.Verb == office.RecallAskedIt {
			x.When, x.Spent = viet.ShortTime(e.At), ""
		}
		out, since = append(out, x), e.At
	}
	for _, w := range s.waits {
		if name, ok := doing[w.Step]; ok {
			x := part.Step{Kind: "now", What: name, Who: s.holders[w.Token], When: viet.ShortTime(w.Since), Spent: s.spent(w.Since, s.now)}
			out = append(out, x)
		}
	}
	return out
}

// Events are the stations as a timeline, for a narrow column.
func (s Story) Events() []part.Event {
	var out []part.Event
	for _, x := range s.Steps() {
		e := part.Event{Kind: x.Kind, What: x.What, When: x.When, Who: x.Who}
		if x.Spent != "" {
			e.Who += " · " + x.Spent
		}
		if e.Kind == "now" {
			e.Kind, e.Who = "wait", e.Who+" rồi, chưa xong"
		}
		out = append(out, e)
	}
	return out
}

// Total is the working time from the first draft to the issue, "" before it.
func (s Story) Total() string {
	for _, e := range s.entries {
		if e.Verb == office.IssuedIt {
			return s.spent(s.entries[0].At, e.At)
		}
	}
	return ""
}

// Issuer is who issued the document, "" while nobody has.
func (s Story) Issuer() string {
	for _, e := range s.entries {
		if e.Verb == office.IssuedIt {
			return s.who(e)
		}
	}
	return ""
}

func (s Story) who(e journal.Entry) string { return s.names[e.Person].Name }

// spent is the working time between two moments, in days as long as the
// agency's; work done outside hours counts by the clock.
func (s Story) spent(a, b time.Time) string {
	work := s.calendar.Until(a, b)
	if work < time.Minute {
		work = min(b.Sub(a), 24*time.Hour-time.Minute)
	}
	day := s.workday()
	if work < day {
		return viet.Span(work)
	}
	days, rest := work/day, work%day/time.Hour
	if rest == 0 {
		return fmt.Sprintf("%d ngày", days)
	}
	return fmt.Sprintf("%d ngày %d giờ", days, rest)
}

// Timeline is the newest n entries of the journal, newest first; 0 is all.
func (s Story) Timeline(n int) []part.Event {
	var out []part.Event
	for _, e := range slices.Backward(s.entries) {
		if n > 0 && len(out) == n {
			break
		}
		out = append(out, s.event(e))
	}
	return out
}

func (s Story) event(e journal.Entry) part.Event {
	what, ok := office.VerbNames[e.Verb]
	if !ok {
		what = string(e.Verb)
	}
	x := part.Event{What: what + suffix(e), When: viet.ShortTime(e.At), ISO: viet.ISOTime(e.At), Who: s.who(e), Quote: e.Detail["text"]}
	if to := e.Detail["to"]; to != "" && e.Verb != office.SubmittedIt {
		x.Who = to
	}
	if x.Quote == "" {
		x.Quote = e.Detail["note"]
	}
	if why := office.WhyRefused(e); why != "" {
		x.Quote = why
	}
	switch e.Verb {
	case office.SignedIt, office.SealedIt, office.IssuedIt:
		x.Kind = "ok"
	case office.ReturnedIt, office.NumberVoided, office.CancelledIt, office.SendFailed, office.RecallAskedIt, "act.refused":
		x.Kind = "late"
	}
	return x
}

// suffix adds what tells two entries of one kind apart.
func suffix(e journal.Entry) string {
	switch e.Verb {
	case office.Drafted:
		if v := e.Detail["version"]; v != "" && v != "1" {
			return ", phiên bản " + v
		}
	case office.NumberedIt, office.IssuedIt:
		if c := e.Detail["code"]; c != "" {
			return " " + c
		}
	case office.StatusCame:
		if c := e.Detail["code"]; c != "" {
			return " " + c
		}
	}
	return ""
}

// workday is how long the agency works a day.
func (s Story) workday() time.Duration {
	d := s.calendar.Workday(viet.DayOf(s.now))
	return max(s.calendar.Until(s.calendar.StartOfDay(d), s.calendar.EndOfDay(d)), time.Hour)
}
