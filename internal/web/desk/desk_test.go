package desk

import (
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/web/kit/kittest"
	"vanthu/viet"
)

func TestView(t *testing.T) { kittest.Check(t, view) }

// Every step has one panel and a verb: nothing that waits is ever out of sight.
func TestEveryStepHasItsPanel(t *testing.T) {
	for step, w := range words {
		n := 0
		for _, g := range order {
			if g.has(step) {
				n++
			}
		}
		if n != 1 || w.verb == "" || w.icon == "" {
			t.Errorf("step %s stands in %d panels, verb %q", step, n, w.verb)
		}
	}
	if len(words) != 23 {
		t.Errorf("%d steps have words, want 23", len(words))
	}
}

// In time is the day that the arrival counts for, 15 minutes when urgent
// (HT33-8.3.i, HT33-8.3.ii).
func TestRegisteredInTime_HT33_8_3(t *testing.T) {
	day := viet.MustDay("03/03/2025") // a Monday
	for _, c := range []struct {
		name string
		d    document.Document
		want bool
	}{
		{"same day", document.Document{ArrivedAt: day.At(8, 0), Registered: day.At(16, 30)}, true},
		{"next day", document.Document{ArrivedAt: day.At(8, 0), Registered: day.Add(1).At(8, 0)}, false},
		{"came after hours", document.Document{ArrivedAt: day.At(18, 0), Registered: day.Add(1).At(8, 0)}, true},
		{"came on Saturday", document.Document{ArrivedAt: day.Add(-2).At(9, 0), Registered: day.At(9, 0)}, true},
		{"urgent at once", document.Document{Urgency: document.Express, ArrivedAt: day.At(8, 0), Registered: day.At(8, 15)}, true},
		{"urgent late", document.Document{Urgency: document.Urgent, ArrivedAt: day.At(8, 0), Registered: day.At(8, 16)}, false},
	} {
		if got := registeredInTime(viet.Standard(), c.d); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
