package viet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Initials gives the two letters of a person's badge: the first of the family
// name and the first of the given name ("Trần Thị Lan" gives "TL").
func Initials(full string) string {
	w := strings.Fields(NFC(full))
	if len(w) == 0 {
		return ""
	}
	first := upperFirst(w[0])
	if len(w) == 1 {
		return first
	}
	return first + upperFirst(w[len(w)-1])
}

func upperFirst(w string) string {
	for _, r := range w {
		return string(unicode.ToUpper(r))
	}
	return ""
}

// GivenName is the last word of a full name, by which people are called.
func GivenName(full string) string {
	w := strings.Fields(full)
	if len(w) == 0 {
		return ""
	}
	return w[len(w)-1]
}

// Login proposes an account name: given name, then the initials of the rest,
// folded ("Trần Thị Lan" gives "lantt").
func Login(full string) string {
	w := strings.Fields(Fold(full))
	if len(w) == 0 {
		return ""
	}
	s := w[len(w)-1]
	for _, x := range w[:len(w)-1] {
		s += x[:1]
	}
	return s
}

// Title writes the first letter of a sentence as a capital.
func Title(s string) string {
	for i, r := range s {
		return s[:i] + string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}

// Int writes a whole number with dots between thousands: 1.234.567.
func Int(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}

// Decimal writes a number with a decimal comma and the given places: 2,40.
func Decimal(f float64, places int) string {
	return strings.Replace(strconv.FormatFloat(f, 'f', places, 64), ".", ",", 1)
}

// Percent writes part of whole: "75 %", "99,5 %". Without a whole there is no
// share, and the text is "không có số liệu" (law:HN20-5.1).
func Percent(part, whole int64) string {
	if whole == 0 {
		return "không có số liệu"
	}
	p := float64(part) * 100 / float64(whole)
	s := Decimal(p, 1)
	// Almost all is not all: 9.999 of 10.000 stays below 100 %.
	switch {
	case s == "100,0" && part != whole:
		s = "99,9"
	case s == "0,0" && part != 0:
		s = "0,1"
	}
	return strings.TrimSuffix(s, ",0") + " %"
}

// Bytes writes a file size: "512 B", "45 KB", "2,4 MB", in units of 1024.
func Bytes(n int64) string {
	if n < 1024 {
		return strconv.FormatInt(n, 10) + " B"
	}
	f, units := float64(n), []string{"KB", "MB", "GB", "TB"}
	for i, u := range units {
		f /= 1024
		if f < 1000 || i == len(units)-1 {
			if f < 10 {
				return strings.TrimSuffix(Decimal(f, 1), ",0") + " " + u
			}
			return Decimal(f, 0) + " " + u
		}
	}
	return ""
}

// Span writes how long something took: "45 giây", "12 phút", "2 giờ 5 phút",
// "3 ngày".
func Span(d time.Duration) string {
	d = max(d, -d)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d giây", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d phút", d/time.Minute)
	case d < 24*time.Hour:
		if m := d % time.Hour / time.Minute; m != 0 {
			return fmt.Sprintf("%d giờ %d phút", d/time.Hour, m)
		}
		return fmt.Sprintf("%d giờ", d/time.Hour)
	}
	return fmt.Sprintf("%d ngày", d/(24*time.Hour))
}

// Pad writes a document's number as on paper: below 10 with a zero in front.
// law:ND30-PL1.II.3
func Pad(n int64) string { return fmt.Sprintf("%02d", n) }

// Roman writes 1 to 3999 in Roman figures, for annexes and the headings of a
// file plan; other numbers in Arabic ones.
func Roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	values := []int{1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1}
	signs := []string{"M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"}
	var b strings.Builder
	for i, v := range values {
		for ; n >= v; n -= v {
			b.WriteString(signs[i])
		}
	}
	return b.String()
}

// PointLetters are the letters of points (điểm) in the order of Vietnamese
// acts: a b c d đ e g h i k …, without f j w z.
const PointLetters = "abcdđeghiklmnopqrstuvxy"
