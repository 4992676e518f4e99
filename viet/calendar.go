package viet

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
)

// Shift is one stretch of working time, in minutes after midnight.
type Shift struct{ From, To int }

// Calendar says which days and hours an agency works (lịch làm việc hành
// chính): shifts of a working day, the days of the week, holidays and make-up
// days. It is data of the agency; Standard gives the usual one. A Calendar
// must have at least one shift and one day of the week.
type Calendar struct {
	Shifts []Shift        // in order, not overlapping
	Week   [7]bool        // worked days by time.Weekday
	Off    map[Day]string // holidays, with their names
	Work   map[Day]string // make-up days, with their reasons; they win over Off
}

//go:embed holidays.tsv
var holidays string

// Standard is the usual working time: 07:30–11:30 and 13:30–17:00, Monday to
// Friday, with the public holidays known to this release. Every call gives a
// fresh copy that the caller may change.
func Standard() *Calendar {
	c := &Calendar{
		Shifts: []Shift{{7*60 + 30, 11*60 + 30}, {13*60 + 30, 17 * 60}},
		Week:   [7]bool{false, true, true, true, true, true, false},
		Off:    map[Day]string{},
		Work:   map[Day]string{},
	}
	if err := c.Load(holidays); err != nil {
		panic(err) // the embedded file is checked by a test
	}
	return c
}

// Load adds lines "2025-04-26<tab>work<tab>reason" (kinds off and work) to the
// calendar; blank lines and lines that begin with # are skipped.
func (c *Calendar) Load(table string) error {
	for n, line := range strings.Split(table, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		f := strings.SplitN(line, "\t", 3)
		if len(f) != 3 {
			return fmt.Errorf("viet: calendar line %d: want day, kind, name", n+1)
		}
		day, err := ParseDay(f[0])
		if err != nil {
			return fmt.Errorf("viet: calendar line %d: %w", n+1, err)
		}
		switch f[1] {
		case "off":
			c.Off[day] = f[2]
		case "work":
			c.Work[day] = f[2]
		default:
			return fmt.Errorf("viet: calendar line %d: unknown kind %q", n+1, f[1])
		}
	}
	return nil
}

// IsWorkday says whether d is worked.
func (c *Calendar) IsWorkday(d Day) bool {
	if _, ok := c.Work[d]; ok {
		return true
	}
	if _, ok := c.Off[d]; ok {
		return false
	}
	return c.Week[d.Weekday()]
}

// Name gives the name of a holiday or make-up day, or "".
func (c *Calendar) Name(d Day) string {
	if n, ok := c.Work[d]; ok {
		return n
	}
	return c.Off[d]
}

// longest is how many days in a row without work are looked through; a
// calendar with more (or none worked at all) is treated as worked every day.
const longest = 400

// NextWorkday gives the first worked day after d.
func (c *Calendar) NextWorkday(d Day) Day {
	for i := Day(1); i <= longest; i++ {
		if c.IsWorkday(d + i) {
			return d + i
		}
	}
	return d + 1
}

// Workday gives d when it is worked, else the next worked day.
func (c *Calendar) Workday(d Day) Day { return c.NextWorkday(d - 1) }

// AddWorkdays counts n worked days on from d, not counting d itself; n ≤ 0
// gives Workday(d). No day stays no day.
func (c *Calendar) AddWorkdays(d Day, n int) Day {
	if d == 0 {
		return 0
	}
	if n <= 0 {
		return c.Workday(d)
	}
	for ; n > 0; n-- {
		d = c.NextWorkday(d)
	}
	return d
}

// Workdays counts the worked days after a up to and with b; 0 when b ≤ a.
func (c *Calendar) Workdays(a, b Day) int {
	n := 0
	for d := a + 1; d <= b; d++ {
		if c.IsWorkday(d) {
			n++
		}
	}
	return n
}

// StartOfDay gives the first working minute of d (07:30).
func (c *Calendar) StartOfDay(d Day) time.Time { return d.At(0, c.Shifts[0].From) }

// EndOfDay gives the last working minute of d (17:00).
func (c *Calendar) EndOfDay(d Day) time.Time { return d.At(0, c.Shifts[len(c.Shifts)-1].To) }

// EndOfMorning gives the end of the first shift of d (11:30), the limit for
// sending on the next working day (rule T3).
func (c *Calendar) EndOfMorning(d Day) time.Time { return d.At(0, c.Shifts[0].To) }

// CountingDay gives the day an arrival at t counts for: the same day when it
// is worked and not over yet, else the next worked day.
// law:HT33-8.3.i
func (c *Calendar) CountingDay(t time.Time) Day {
	d := DayOf(t)
	if c.IsWorkday(d) && !t.After(c.EndOfDay(d)) {
		return d
	}
	return c.NextWorkday(d)
}

// AddDays gives the end of the n-th worked day after the day that t counts
// for; with n = 0 the end of that day itself.
func (c *Calendar) AddDays(t time.Time, n int) time.Time {
	return c.EndOfDay(c.AddWorkdays(c.CountingDay(t), n))
}

// AddHours gives the moment when n hours of working time have passed since t.
func (c *Calendar) AddHours(t time.Time, n int) time.Time {
	return c.AddWorking(t, time.Duration(n)*time.Hour)
}

// AddWorking gives the moment when d of working time has passed since t.
// Time outside the shifts does not count; a d ≤ 0 gives t.
func (c *Calendar) AddWorking(t time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return t
	}
	for day := c.Workday(DayOf(t)); ; day = c.NextWorkday(day) {
		for _, s := range c.Shifts {
			from, to := later(t, day.At(0, s.From)), day.At(0, s.To)
			if !from.Before(to) {
				continue
			}
			if left := to.Sub(from); d > left {
				d -= left
				continue
			}
			return from.Add(d)
		}
	}
}

// Until gives the working time from a to b; it is negative when b lies before a.
func (c *Calendar) Until(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Until(b, a)
	}
	var sum time.Duration
	last := DayOf(b)
	for day := c.Workday(DayOf(a)); day <= last; day = c.NextWorkday(day) {
		for _, s := range c.Shifts {
			from, to := later(a, day.At(0, s.From)), earlier(b, day.At(0, s.To))
			if from.Before(to) {
				sum += to.Sub(from)
			}
		}
	}
	return sum
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Remaining says in a few words how far a limit is: "còn 9 phút" within the
// last hour, "hôm nay 17:00", "ngày mai 11:30", "còn 3 ngày" (working days)
// within two weeks, else the date; after the limit "trễ 9 phút", "trễ 3 giờ",
// "trễ 2 ngày". No limit gives "".
func (c *Calendar) Remaining(now, due time.Time) string {
	if due.IsZero() {
		return ""
	}
	if now.After(due) {
		return "trễ " + c.late(now, due)
	}
	today, day := DayOf(now), DayOf(due)
	switch left := due.Sub(now); {
	case left < time.Hour:
		return fmt.Sprintf("còn %d phút", (left+time.Minute-1)/time.Minute)
	case day == today:
		return "hôm nay " + Clock(due)
	case day == today+1:
		return "ngày mai " + Clock(due)
	case day-today <= 14:
		return fmt.Sprintf("còn %d ngày", c.Workdays(today, day))
	}
	return day.String()
}

// late measures lateness: minutes and hours on the day of the limit, then
// worked days after it (at least one).
func (c *Calendar) late(now, due time.Time) string {
	if DayOf(now) == DayOf(due) {
		d := now.Sub(due)
		if d < time.Hour {
			return fmt.Sprintf("%d phút", max(1, d/time.Minute))
		}
		return fmt.Sprintf("%d giờ", d/time.Hour)
	}
	return fmt.Sprintf("%d ngày", max(1, c.Workdays(DayOf(due), DayOf(now))))
}
