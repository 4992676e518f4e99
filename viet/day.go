package viet

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"
)

// Zone is the civil time of Việt Nam, +07:00 all year.
var Zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// Day is a civil day (ngày), counted so that days compare and subtract as
// numbers: d+1 is tomorrow, a < b is earlier. The zero Day is no day; it is
// stored and shown as an empty text.
type Day int

// epoch is how many Days lie before 1 January 1970.
const epoch = 719163

// MakeDay gives the day of a calendar date; values outside their range run
// over as in time.Date.
func MakeDay(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/86400 + epoch)
}

// DayOf gives the day it is in Việt Nam at t; no day for the zero time.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return 0
	}
	y, m, d := t.In(Zone).Date()
	return MakeDay(y, m, d)
}

// ParseDay reads "03/03/2025", "3-3-2025", "3.3.2025" or "2025-03-03". The
// empty text is no day. A date that does not exist is an error with a
// Vietnamese sentence.
func ParseDay(s string) (Day, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, nil
	}
	plain := strings.NewReplacer("-", "/", ".", "/").Replace(s)
	for _, layout := range []string{"2/1/2006", "2006/1/2"} {
		if t, err := time.Parse(layout, plain); err == nil && t.Year() >= 1 {
			return MakeDay(t.Date()), nil
		}
	}
	if len(s) > 40 {
		s = s[:40]
	}
	return 0, fmt.Errorf("%q không phải là ngày hợp lệ, hãy viết như 03/03/2025", s)
}

// MustDay is ParseDay for dates written in code; it panics on a wrong one.
func MustDay(s string) Day {
	d, err := ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (d Day) utc() time.Time { return time.Unix(int64(d-epoch)*86400, 0).UTC() }

// Start is the first moment of the day in Việt Nam.
func (d Day) Start() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return d.At(0, 0)
}

// At is a moment of the day on the clock of Việt Nam.
func (d Day) At(hour, minute int) time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, hour, minute, 0, 0, Zone)
}

// Date gives year, month and day of the month.
func (d Day) Date() (int, time.Month, int) { return d.utc().Date() }

// Year gives the calendar year, by which numbers start again.
func (d Day) Year() int { return d.utc().Year() }

// Month gives the month.
func (d Day) Month() time.Month { return d.utc().Month() }

// Quarter gives 1 to 4.
func (d Day) Quarter() int { return (int(d.Month())-1)/3 + 1 }

// Weekday gives the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// IsZero says that there is no day.
func (d Day) IsZero() bool { return d == 0 }

// Add moves by calendar days; no day stays no day.
func (d Day) Add(days int) Day {
	if d == 0 {
		return 0
	}
	return d + Day(days)
}

// AddMonths moves by months; the day of the month is cut to the length of the
// month reached (31/01 plus one month is 28/02 or 29/02).
func (d Day) AddMonths(n int) Day {
	if d == 0 {
		return 0
	}
	y, m, day := d.Date()
	last := MakeDay(y, m+time.Month(n)+1, 0)
	if r := MakeDay(y, m+time.Month(n), day); r < last {
		return r
	}
	return last
}

// AddYears moves by years; 29/02 becomes 28/02 where it must.
func (d Day) AddYears(n int) Day { return d.AddMonths(12 * n) }

// Monday gives the first day of the week of d.
func (d Day) Monday() Day { return d.Add(-((int(d.Weekday()) + 6) % 7)) }

// String writes "03/03/2025"; no day is "".
func (d Day) String() string { return d.format("02/01/2006") }

// ISO writes "2025-03-03", as stored and exchanged.
func (d Day) ISO() string { return d.format("2006-01-02") }

func (d Day) format(layout string) string {
	if d == 0 {
		return ""
	}
	return d.utc().Format(layout)
}

var weekdays = [7]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}

// WeekdayName gives "Thứ Hai" … "Chủ nhật".
func WeekdayName(w time.Weekday) string { return weekdays[w] }

// ShortWeekday gives "T2" … "T7", "CN".
func ShortWeekday(w time.Weekday) string {
	if w == time.Sunday {
		return "CN"
	}
	return fmt.Sprintf("T%d", w+1)
}

// Long writes "Thứ Hai, 3 tháng 3, 2025".
func (d Day) Long() string {
	if d == 0 {
		return ""
	}
	y, m, day := d.Date()
	return fmt.Sprintf("%s, %d tháng %d, %d", weekdays[d.Weekday()], day, m, y)
}

// Short writes "T2 10/3/2025".
func (d Day) Short() string {
	if d == 0 {
		return ""
	}
	return ShortWeekday(d.Weekday()) + " " + d.format("2/1/2006")
}

// Formal writes the date line of a document: "ngày 03 tháng 3 năm 2025"; days
// below 10 and the months 1 and 2 take a zero in front.
// law:ND30-PL1.II.4
func (d Day) Formal() string {
	if d == 0 {
		return ""
	}
	y, m, day := d.Date()
	month := fmt.Sprint(int(m))
	if m <= 2 {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", day, month, y)
}

// MarshalText writes the ISO form, for JSON and forms.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.ISO()), nil }

// UnmarshalText reads what ParseDay reads.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := ParseDay(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// Value stores the day as TEXT in ISO form.
func (d Day) Value() (driver.Value, error) { return d.ISO(), nil }

// Scan reads a day from a TEXT column; NULL and "" are no day.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = 0
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case time.Time: // drivers that know DATE columns
		y, m, day := v.Date()
		*d = MakeDay(y, m, day)
		return nil
	}
	return fmt.Errorf("viet: cannot scan %T into Day", src)
}

// Clock writes the time of day: "08:05".
func Clock(t time.Time) string { return t.In(Zone).Format("15:04") }

// DateTime writes "08:05 03/03/2025"; the zero time is "".
func DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone).Format("15:04 02/01/2006")
}

// ShortTime writes "03/03 08:02", for lists within a year.
func ShortTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone).Format("02/01 15:04")
}

// ISOTime writes the signing time of copies and annexes to the second with the
// Vietnamese zone: "2026-11-21T08:05:30+07:00".
// law:ND30-PL1.II.8b ND30-PL1.III.1d
func ISOTime(t time.Time) string { return t.In(Zone).Format("2006-01-02T15:04:05-07:00") }
