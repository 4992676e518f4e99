package pades

import (
	"fmt"
	"strings"
	"time"
)

func stampText(t time.Time) string { return t.In(hanoi).Format("15:04 02/01/2006") }

// when shows day and time as a clerk reads them; the year only if it is not
// this one.
func when(t, now time.Time) string {
	t, now = t.In(hanoi), now.In(hanoi)
	if t.Year() == now.Year() {
		return t.Format("02/01 15:04")
	}
	return t.Format("02/01/2006 15:04")
}

// sentence is one line for a clerk: who, when, and whether it holds.
func (r *result) sentence(now time.Time) string {
	who := r.Holder.Name
	if who == "" {
		who = "Không rõ người ký"
	}
	if r.Holder.Title != "" {
		who += ", " + r.Holder.Title
	}
	if r.DocStamp {
		who = "Dấu thời gian của tệp"
	}
	parts := []string{who}
	switch {
	case !r.Time.IsZero():
		parts = append(parts, when(r.Time, now))
	case !r.Claimed.IsZero():
		parts = append(parts, when(r.Claimed, now))
	}
	return strings.Join(append(parts, r.outcome()), " · ")
}

func (r *result) outcome() string {
	switch r.Result {
	case Invalid:
		return "không hợp lệ: " + r.cause(Invalid)
	case Undecided:
		return "chưa xác định được: " + r.cause(Undecided)
	}
	text := "hợp lệ, thời gian do người ký khai"
	switch {
	case r.DocStamp:
		return "hợp lệ"
	case r.seen:
		text = "hợp lệ, đã có khi lập biên bản kiểm tra"
	case findCheck(r.Checks, Time).Verdict == Valid:
		text = "hợp lệ, có dấu thời gian"
	}
	if strings.HasPrefix(r.SubFilter, "adbe.") { // without the certificate among what is signed
		text += ", dạng chữ ký cũ " + r.SubFilter
	}
	return text
}

// cause is the reason of the first check with that verdict.
func (r *result) cause(v Verdict) string {
	for _, c := range r.Checks {
		if c.Verdict == v && (v == Invalid || c.Name != Time || r.DocStamp) {
			return c.Cause
		}
	}
	return ""
}

// sentence is one line for a clerk about the file.
func (r *Report) sentence() string {
	n := 0
	for _, s := range r.Signatures {
		if !s.DocStamp {
			n++
		}
	}
	if n == 0 {
		return "Tệp không có chữ ký số."
	}
	switch r.Result {
	case Invalid:
		return "Không hợp lệ: " + r.cause(Invalid) + "."
	case Undecided:
		return "Chưa xác định được: " + r.cause(Undecided) + "."
	}
	return fmt.Sprintf("Hợp lệ: %d chữ ký số, nội dung không bị sửa sau khi ký%s.", n, r.told())
}

// told is what must be known of the file although it is valid.
func (r *Report) told() (text string) {
	for _, c := range r.Checks {
		if c.Verdict == Valid && c.Cause != "" {
			text += "; " + c.Cause
		}
	}
	return text
}

func (r *Report) cause(v Verdict) string {
	for _, s := range r.Signatures {
		if s.Result == v && (v == Invalid || !s.DocStamp) {
			full := result{SignatureReport: s}
			if c := full.cause(v); c != "" {
				return c
			}
		}
	}
	for _, c := range r.Checks {
		if c.Verdict == v && !c.Remark {
			return c.Cause
		}
	}
	return ""
}
