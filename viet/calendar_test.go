package viet

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("02/01/2006 15:04", s, Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func TestWorkdays(t *testing.T) {
	c := Standard()
	for day, want := range map[string]bool{
		"03/03/2025": true, "08/03/2025": false, "09/03/2025": false,
		"26/04/2025": true,  // make-up Saturday
		"02/05/2025": false, // swapped
		"07/04/2025": false, "29/01/2025": false,
	} {
		if got := c.IsWorkday(MustDay(day)); got != want {
			t.Errorf("%s worked: %v", day, got)
		}
	}
	if got := c.AddWorkdays(MustDay("25/04/2025"), 5); got != MustDay("06/05/2025") {
		t.Errorf("5 working days after 25/04/2025 (26 make-up, 28, 29, 05, 06 ) = %v", got)
	}
	if n := c.Workdays(MustDay("24/01/2025"), MustDay("03/02/2025")); n != 1 {
		t.Errorf("Tết week has %d working days", n)
	}
}

func TestAddHoursAndUntil_T5(t *testing.T) {
	c := Standard()
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"03/03/2025 08:00", 4, "03/03/2025 14:00"}, // over the midday rest
		{"03/03/2025 15:00", 4, "04/03/2025 09:30"},
		{"07/03/2025 16:30", 4, "10/03/2025 11:00"}, // over a weekend
		{"08/03/2025 10:00", 1, "10/03/2025 08:30"},
		{"03/03/2025 07:30", 4, "03/03/2025 11:30"}, // full shift ends with it
		{"03/03/2025 12:00", 0, "03/03/2025 12:00"},
	} {
		if got := c.AddHours(at(x.from), x.n); !got.Equal(at(x.want)) {
			t.Errorf("%s + %d h = %s, want %s", x.from, x.n, DateTime(got), x.want)
		}
	}
	if d := c.Until(at("07/03/2025 16:00"), at("10/03/2025 08:30")); d != 2*time.Hour {
		t.Errorf("Until = %v", d)
	}
	if d := c.Until(at("10/03/2025 08:30"), at("07/03/2025 16:00")); d != -2*time.Hour {
		t.Errorf("Until backwards = %v", d)
	}
}

func TestAddWorkingIsUndoneByUntil(t *testing.T) {
	c := Standard()
	rapid.Check(t, func(t *rapid.T) {
		from := at("01/01/2025 00:00").Add(time.Duration(rapid.IntRange(0, 600*24*60).Draw(t, "from")) * time.Minute)
		d := time.Duration(rapid.IntRange(1, 200*60).Draw(t, "d")) * time.Minute
		if got := c.Until(from, c.AddWorking(from, d)); got != d {
			t.Fatalf("from %v: %v came back as %v", from, d, got)
		}
	})
}

func TestCountingDay_T1_HT33_8_3_i(t *testing.T) {
	c := Standard()
	for from, want := range map[string]string{
		"03/03/2025 08:00": "03/03/2025", "03/03/2025 17:00": "03/03/2025",
		"03/03/2025 17:01": "04/03/2025", "07/03/2025 18:00": "10/03/2025", "08/03/2025 09:00": "10/03/2025",
	} {
		if got := c.CountingDay(at(from)); got != MustDay(want) {
			t.Errorf("%s counts for %v, want %s", from, got, want)
		}
	}
	if got := c.AddDays(at("07/03/2025 18:00"), 5); !got.Equal(at("17/03/2025 17:00")) {
		t.Errorf("AddDays = %v", DateTime(got))
	}
	if got := c.EndOfMorning(c.NextWorkday(MustDay("07/03/2025"))); !got.Equal(at("10/03/2025 11:30")) { // T3
		t.Errorf("T3 limit %v", DateTime(got))
	}
	if c.StartOfDay(MustDay("03/03/2025")) != at("03/03/2025 07:30") {
		t.Error("start of day")
	}
}

func TestRemaining(t *testing.T) {
	c := Standard()
	now := at("03/03/2025 08:05")
	for due, want := range map[string]string{
		"03/03/2025 08:14": "còn 9 phút", "03/03/2025 17:00": "hôm nay 17:00", "04/03/2025 11:30": "ngày mai 11:30",
		"07/03/2025 17:00": "còn 4 ngày", "10/03/2025 17:00": "còn 5 ngày", "30/04/2025 17:00": "30/04/2025",
		"03/03/2025 07:56": "trễ 9 phút", "03/03/2025 05:00": "trễ 3 giờ", "27/02/2025 17:00": "trễ 2 ngày",
		"02/03/2025 17:00": "trễ 1 ngày",
	} {
		if got := c.Remaining(now, at(due)); got != want {
			t.Errorf("due %s: %q, want %q", due, got, want)
		}
	}
	if c.Remaining(now, time.Time{}) != "" {
		t.Error("no limit has a text")
	}
}

func TestLoadNamesTheBadLine(t *testing.T) {
	for _, s := range []string{"2025-01-01", "x\toff\tn", "2025-01-01\tmaybe\tn"} {
		if Standard().Load(s) == nil {
			t.Errorf("%q accepted", s)
		}
	}
	if Standard().Name(MustDay("02/09/2025")) != "Quốc khánh" {
		t.Error("holiday has no name")
	}
	never := &Calendar{Shifts: Standard().Shifts}
	if never.NextWorkday(1000) != 1001 {
		t.Error("a calendar without worked days must still end")
	}
}
