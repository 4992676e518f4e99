package den

import (
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/web/kit/kittest"
)

func TestViews(t *testing.T) {
	kittest.Check(t, listView, waitingView, entryView, sameView, showView)
}

// A document is named as on paper: kind and subject (ND30-PL1.II.5).
func TestTitle_ND30_PL1_II_5(t *testing.T) {
	for _, c := range []struct{ kind, subject, want string }{
		{"BC", "biên chế quý I", "Báo cáo biên chế quý I"},
		{"CV", "V/v phối hợp rà soát", "V/v phối hợp rà soát"},
		{"QĐ", "Ban hành Quy chế", "Ban hành Quy chế"},
		{"", "đề nghị", "đề nghị"},
		{"BC", "", ""},
	} {
		if got := title(document.Document{Kind: c.kind, Subject: c.subject}); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.kind, c.subject, got, c.want)
		}
	}
}

// A broken signature is red and names its clause; a missing one counts only
// where one was due (HT33-8.2.i, HT33-8.2.iii).
func TestVerdictNote_HT33_8_2(t *testing.T) {
	pdf := "application/pdf"
	for _, c := range []struct {
		name string
		f    document.File
		due  bool
		kind string
		ok   bool
	}{
		{"valid", document.File{Verdict: "valid", Sentence: "Hợp lệ.", MIME: pdf}, true, "ok", true},
		{"invalid", document.File{Verdict: "invalid", Sentence: "Không hợp lệ.", MIME: pdf}, false, "late", true},
		{"undecided", document.File{Verdict: "undecided", Sentence: "Chưa xác định được.", MIME: pdf}, false, "warn", true},
		{"unsigned, from the hub", document.File{MIME: pdf}, true, "warn", true},
		{"unsigned scan", document.File{MIME: pdf}, false, "", false},
		{"destroyed", document.File{Verdict: "valid", Sentence: "Hợp lệ.", Closed: true}, true, "", false},
	} {
		n, ok := verdictNote(c.f, c.due)
		if ok != c.ok || ok && n.Kind != c.kind {
			t.Errorf("%s: %q %v, want %q %v", c.name, n.Kind, ok, c.kind, c.ok)
		}
		if c.kind == "late" && len(n.Laws) == 0 {
			t.Errorf("%s: names no clause", c.name)
		}
	}
}

// An annex that nobody can look into is told of on the page; one whose signatures
// were examined has its report (HT33-8.2.iii).
func TestUnexaminedAnnex_HT33_8_2(t *testing.T) {
	for _, x := range []struct {
		file document.File
		want bool
	}{
		{document.File{Verdict: "undecided", Sentence: "Tệp “a.odp”: loại tệp này không được nhận."}, true},
		{document.File{Verdict: "undecided", Sentence: "Chưa xác định được.", Report: "ab"}, false},
		{document.File{Verdict: "valid", Sentence: "Hợp lệ."}, false},
		{document.File{}, false},
	} {
		if got := unexamined(x.file); got != x.want {
			t.Errorf("%+v: %v", x.file, got)
		}
	}
}

// Every step of an incoming document has its form, its title and its place in
// the order; every document shows the way that is still ahead.
func TestStepsAreComplete(t *testing.T) {
	for _, s := range order {
		if steps[s].title == "" || steps[s].verb == "" {
			t.Errorf("step %s has no words", s)
		}
	}
	if len(order) != len(steps) {
		t.Errorf("%d steps in order, %d with words", len(order), len(steps))
	}
	for state, want := range map[document.State]int{document.Arrived: 5, document.Registered: 3, document.Submitted: 2, document.InProgress: 1, document.Done: 0, document.Closed: 0, document.Recalled: 0} {
		if got := len(ahead(state)); got != want {
			t.Errorf("%s: %d stations ahead, want %d", state, got, want)
		}
	}
}

func TestFits(t *testing.T) {
	for typed, want := range map[string]bool{"huyen a": true, "UBND Huyện": true, "ubh": true, "h99.31": true, "huyen x": false, "": true} {
		if got := fits("UBND huyện A UBH 000.00.31.H99 H99.31", typed); got != want {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
}
