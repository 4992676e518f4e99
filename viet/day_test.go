package viet

import (
	"encoding/json"
	"testing"
	"time"
)

func TestDayTexts(t *testing.T) {
	d := MakeDay(2025, 3, 3)
	for got, want := range map[string]string{
		d.String(): "03/03/2025", d.ISO(): "2025-03-03", d.Long(): "Thứ Hai, 3 tháng 3, 2025",
		d.Add(7).Short(): "T2 10/3/2025", d.Formal(): "ngày 03 tháng 3 năm 2025", // ND30-PL1.II.4
		MakeDay(2025, 2, 11).Formal(): "ngày 11 tháng 02 năm 2025",
		MakeDay(2025, 3, 9).Short():   "CN 9/3/2025",
		Day(0).String():               "", Day(0).Long(): "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestParseDay(t *testing.T) {
	for _, s := range []string{"03/03/2025", "3/3/2025", "2025-03-03", "3-3-2025", " 03.03.2025 "} {
		if d, err := ParseDay(s); err != nil || d != MakeDay(2025, 3, 3) {
			t.Errorf("ParseDay(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"30/02/2025", "x", "2025", "03/13/2025", "0000-01-01"} {
		if _, err := ParseDay(s); err == nil {
			t.Errorf("ParseDay(%q) accepted", s)
		}
	}
	if d, err := ParseDay(""); err != nil || d != 0 {
		t.Error("empty text is no day")
	}
}

func TestDayOfIsHanoi(t *testing.T) {
	if d := DayOf(time.Date(2025, 3, 2, 17, 0, 0, 0, time.UTC)); d != MakeDay(2025, 3, 3) {
		t.Errorf("midnight in Hà Nội falls on %v", d)
	}
	if DayOf(time.Time{}) != 0 || !Day(0).Start().IsZero() {
		t.Error("zero time and zero day do not match")
	}
	if MakeDay(1970, 1, 1) != epoch || MakeDay(1, 1, 1) != 1 {
		t.Error("epoch is wrong")
	}
}

func TestDayArithmetic(t *testing.T) {
	for _, c := range []struct{ got, want Day }{
		{MustDay("31/01/2025").AddMonths(1), MustDay("28/02/2025")},
		{MustDay("31/12/2024").AddMonths(2), MustDay("28/02/2025")},
		{MustDay("29/02/2024").AddYears(1), MustDay("28/02/2025")},
		{MustDay("15/11/2024").AddMonths(3), MustDay("15/02/2025")},
		{MustDay("28/02/2025").Add(1), MustDay("01/03/2025")},
		{MustDay("09/03/2025").Monday(), MustDay("03/03/2025")},
		{MustDay("03/03/2025").Monday(), MustDay("03/03/2025")},
		{MustDay("08/03/2025").Monday(), MustDay("03/03/2025")},
		{Day(0).AddMonths(3), 0},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	if MustDay("30/06/2025").Quarter() != 2 || MustDay("01/10/2025").Quarter() != 4 {
		t.Error("quarter")
	}
}

func TestDayJSONAndSQL(t *testing.T) {
	in := struct{ D, None Day }{D: MakeDay(2025, 3, 3)}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"D":"2025-03-03","None":""}` {
		t.Fatalf("%s %v", b, err)
	}
	out := in
	out.D = 0
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("%v %v", out, err)
	}
	v, _ := in.D.Value()
	if v != "2025-03-03" {
		t.Errorf("stored as %v", v)
	}
	for _, src := range []any{"2025-03-03", []byte("2025-03-03"), time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC)} {
		var d Day
		if err := d.Scan(src); err != nil || d != in.D {
			t.Errorf("Scan(%v) = %v, %v", src, d, err)
		}
	}
	var d Day = 5
	if err := d.Scan(nil); err != nil || d != 0 {
		t.Error("NULL is no day")
	}
	if d.Scan(3.5) == nil {
		t.Error("float scanned")
	}
}

func TestClockTexts(t *testing.T) {
	at := time.Date(2026, 11, 21, 1, 5, 30, 0, time.UTC)
	if Clock(at) != "08:05" || DateTime(at) != "08:05 21/11/2026" || ISOTime(at) != "2026-11-21T08:05:30+07:00" || ShortTime(at) != "21/11 08:05" {
		t.Error(Clock(at), DateTime(at), ISOTime(at), ShortTime(at))
	}
}
