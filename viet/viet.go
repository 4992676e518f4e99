// Package viet handles Vietnamese text and Vietnamese days (chữ Việt, ngày làm việc).
//
// Text is stored in NFC (chữ dựng sẵn). Three keys are computed from it when a
// row is written, so that both database engines search and sort alike:
//
//	Fold("Quy hoạch Đông Hà")      "quy hoach dong ha"   shown text, rune for rune
//	SearchKey("Công ty Mỹ Lý")     "cong ti mi li"       what a search box compares
//	SortKey("Đà Nẵng")             bytes whose order is that of the Vietnamese alphabet
//	NotationKey("Số: 07/QÐ - UBND") "7-qd-ubnd"          any spelling of a document's notation
//
// Text from before Unicode is converted by FromTCVN3, FromVNI and FromVIQR.
//
// A civil day is a Day; what hours and days are worked is a Calendar, with
// holidays (ngày nghỉ lễ) and make-up days (ngày làm bù) as data. The clock is
// that of Hà Nội, seven hours ahead of UTC all year; no time zone files are
// needed.
//
// law:HN20-2 ND30-PL1.I (TCVN 6909:2001)
package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NFC returns s in the precomposed form that is stored and compared.
// law:HN20-2
func NFC(s string) string { return norm.NFC.String(s) }

// Fold returns NFC(s) in small letters without any mark, with đ as d and every
// rune that is neither letter nor digit as a blank. The result has exactly as
// many runes as NFC(s), so that a hit found in the folded text is marked in
// the original at the same rune positions.
func Fold(s string) string {
	if isPlain(s) {
		return strings.Map(foldRune, s)
	}
	return strings.Map(foldRune, NFC(s))
}

// isPlain says that s has ASCII only and so is in NFC already.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// foldRune folds one rune of NFC text to one rune.
func foldRune(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		return r
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < 0x80:
		return ' '
	}
	// ð and Ð (Icelandic) are what scanners and old fonts give for đ and Đ.
	switch r {
	case 'đ', 'Đ', 'ð', 'Ð':
		return 'd'
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return ' '
	}
	return unicode.ToLower(base(r))
}

// base is the first rune of the decomposition of r: ẫ gives a.
func base(r rune) rune {
	var buf [8]byte
	n := copy(buf[:], string(r))
	if d := norm.NFD.Properties(buf[:n]).Decomposition(); len(d) > 0 {
		for _, first := range string(d) {
			return first
		}
	}
	return r
}

// SearchKey returns the form in which texts are compared by search: folded,
// single blanks, and i and y written alike where Vietnamese spelling allows
// both (kĩ thuật, kỹ thuật; quý, quí; công ti, công ty). Use it for the stored
// column and for the query. Where a tone mark stands (hòa, hoà) does not
// matter, since marks are gone.
func SearchKey(s string) string {
	words := strings.Fields(Fold(s))
	for i, w := range words {
		words[i] = iForY(w)
	}
	return strings.Join(words, " ")
}

// iForY rewrites the y of a folded syllable that may also be written i: alone,
// alone after h k l m s t, and after qu. The y of uy, ay, yê stays.
func iForY(w string) string {
	if len(w) < 1 || len(w) > 5 || !strings.Contains(w, "y") {
		return w
	}
	if w == "y" {
		return "i"
	}
	if len(w) == 2 && strings.IndexByte("hklmst", w[0]) >= 0 && w[1] == 'y' {
		return w[:1] + "i"
	}
	if strings.HasPrefix(w, "quy") && !strings.HasPrefix(w, "quye") {
		return "qui" + w[3:]
	}
	return w
}

// NotationKey returns one key for every spelling of a document's number and
// symbol (số và ký hiệu), so that duplicates are found however they were
// typed or scanned: "Số: 07/QĐ-UBND", "7 / QÐ – UBND" and "007/QD.UBND" all
// give "7-qd-ubnd". The empty string means that nothing was written.
// law:ND30-PL6.III.1h ND30-15
func NotationKey(s string) string {
	parts := strings.Fields(Fold(s))
	if len(parts) > 1 && parts[0] == "so" {
		parts = parts[1:]
	}
	if len(parts) == 0 {
		return ""
	}
	if number, rest := splitNumber(parts[0]); rest != "" {
		parts = append([]string{number, rest}, parts[1:]...)
	}
	for i, p := range parts {
		parts[i] = trimZeros(p)
	}
	return strings.Join(parts, "-")
}

// splitNumber parts the digits a notation begins with from what follows them
// without a sign between: "123qd" gives 123 and qd, "12a" stays whole because
// a single letter belongs to the number (số 12a).
func splitNumber(p string) (number, rest string) {
	n := 0
	for n < len(p) && '0' <= p[n] && p[n] <= '9' {
		n++
	}
	if n == 0 || len(p)-n < 2 {
		return p, ""
	}
	return p[:n], p[n:]
}

// trimZeros drops the zeros in front of a number.
func trimZeros(p string) string {
	t := strings.TrimLeft(p, "0")
	if t == "" && p != "" {
		return "0"
	}
	if t[0] < '0' || t[0] > '9' {
		return p
	}
	return t
}

// SplitNotation parts "07/QĐ-UBND" at the first stroke into the number as
// written and the symbol, both trimmed and without "Số:". A text without a
// stroke is all symbol.
func SplitNotation(s string) (number, symbol string) {
	s = strings.TrimSpace(NFC(s))
	if head, rest, ok := strings.Cut(s, ":"); ok && Fold(strings.TrimSpace(head)) == "so" {
		s = strings.TrimSpace(rest)
	}
	number, symbol, ok := strings.Cut(s, "/")
	if !ok {
		return "", s
	}
	return strings.TrimSpace(number), strings.TrimSpace(symbol)
}
