package office

import (
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vanthu/internal/document"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/pdf"
	"vanthu/viet"
)

// showsAgency refuses a file whose signature of the agency does not show what
// it must: the seal on the main file, number, symbol and time on an annex, at
// the upper right of its first page. What was filled or drawn is not asked:
// programs sign the empty field con_dau that the file keeps for the seal, or put
// a field of their own where their user points, and both are right.
// law:ND30-PL1.II.8a ND30-PL1.II.8b HT33-10.1.c.i HT33-10.1.c.v
func (o *Office) showsAgency(f *pdf.File, s pades.Signature, d document.Document, annex bool) error {
	shown, err := s.Shown(f)
	now := o.Store.Now()
	switch {
	case err != nil:
		return pdfError(err)
	case !annex && !shown.Drawn:
		return signing.Refuse(signing.NoSeal, nil)
	case !annex:
		return nil
	case !showsCode(shown.Text, d.Code()):
		return signing.Refuse(signing.NoMark, errors.New("the mark does not show number and symbol"))
	case !showsTime(shown.Text, now):
		return signing.Refuse(signing.NoMark, errors.New("the mark does not show the time of signing"))
	case !showsCode(shown.Corner, d.Code()), !showsTime(shown.Corner, now):
		return signing.Refuse(signing.MarkPlace, nil)
	}
	return nil
}

// showsCode looks for a number and symbol that is not part of another one:
// 12/QĐ-SXD is neither in 112/QĐ-SXD nor in 12/QĐ-SXD-KT.
func showsCode(text, code string) bool {
	text, code = strings.ToUpper(viet.NFC(text)), strings.ToUpper(viet.NFC(code))
	for code != "" {
		before, after, found := strings.Cut(text, code)
		if !found {
			return false
		}
		if last, _ := utf8.DecodeLastRuneInString(before); !unicode.IsDigit(last) && !goesOn(after) {
			return true
		}
		text = after
	}
	return false
}

// goesOn says that a symbol does not end before rest.
func goesOn(rest string) bool {
	r, n := utf8.DecodeRuneInString(rest)
	if r == '-' || r == '/' {
		r, _ = utf8.DecodeRuneInString(rest[n:])
		return unicode.IsLetter(r)
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// isoTime is a date and a time of ISO 8601 with the Vietnamese zone, long or
// short; programs set a blank for the T, and time or zone on a line of its own.
var isoTime = regexp.MustCompile(`(?:^|\D)(\d{4}-\d\d-\d\d|\d{8})(?:[Tt]|\s+)(\d\d:\d\d:\d\d|\d{6})(?:[.,]\d+)?\s*\+07(?::?00)?`)

// showsTime looks for a time of signing about now: no further off than a file
// may be out, either way, since the clock is that of the signer's desk.
// law:ND30-PL1.II.8b
func showsTime(text string, now time.Time) bool {
	for _, m := range isoTime.FindAllStringSubmatch(text, -1) {
		digits := strings.NewReplacer("-", "", ":", "").Replace(m[1] + m[2])
		t, err := time.ParseInLocation("20060102150405", digits, viet.Zone)
		if err == nil && t.Sub(now).Abs() <= handOutTerm(signing.ByUpload, now) {
			return true
		}
	}
	return false
}
