package edxml

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// CodeSystem is one of the codings of agencies that live side by side.
type CodeSystem int

// The codings.
const (
	OtherCoding CodeSystem = iota // enterprises by their tax code, free ids such as "vxp.saas.03"
	QCVN102                       // "000.00.14.H20", 13 characters, level 1 at the right
	QD20                          // "H20.14", QĐ 20/2020/QĐ-TTg, level 1 at the left
)

// AgencyCode is a parsed agency code (mã định danh cơ quan). It is comparable:
// two spellings of one code give equal values. A code of one coding never
// equals one of the other; the directory maps them.
type AgencyCode struct {
	System CodeSystem
	Text   string // canonical
}

// MaxAgencyCode is the length that QĐ 20/2020 allows.
const MaxAgencyCode = 35

// ParseAgencyCode reads a code of any coding. Small letters, blanks around dots
// and the short forms of QCVN 102 ("28.22.H17", "1.2.G22") are brought to the
// canonical form. Only an empty code, one longer than MaxAgencyCode and one
// with characters that do not belong in an identifier are errors, told in a
// Vietnamese sentence.
func ParseAgencyCode(s string) (AgencyCode, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return AgencyCode{}, errors.New("Thiếu mã định danh cơ quan.")
	}
	if isCanonical(s) {
		return AgencyCode{QCVN102, s}, nil
	}
	groups := strings.Split(s, ".")
	for i := range groups {
		groups[i] = strings.TrimSpace(groups[i])
	}
	s = strings.Join(groups, ".")
	if len(s) > MaxAgencyCode || strings.IndexFunc(s, notCode) >= 0 {
		return AgencyCode{}, fmt.Errorf("Mã định danh cơ quan %.60q không hợp lệ.", s)
	}
	upper := strings.Split(strings.ToUpper(s), ".")
	if text, ok := qcvn102(upper); ok {
		return AgencyCode{QCVN102, text}, nil
	}
	if isLevel1(upper[0]) && allAlphanumeric(upper) {
		return AgencyCode{QD20, strings.Join(upper, ".")}, nil
	}
	return AgencyCode{OtherCoding, s}, nil
}

// isCanonical recognises the canonical form of QCVN 102, which nearly all codes
// on the wire have, at no cost.
func isCanonical(s string) bool {
	if len(s) != 13 || s[3] != '.' || s[6] != '.' || s[9] != '.' || isLevel1(s[:3]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; i != 3 && i != 6 && i != 9 && !isDigit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return !isDigit(s[10])
}

func notCode(r rune) bool {
	return !(r < utf8.RuneSelf && (nameClass[r] != 0 && r != ':'))
}

// qcvnWidths are the groups V1V2V3.Z1Z2.Y1Y2.MX.
var qcvnWidths = [4]int{3, 2, 2, 3}

// qcvn102 pads a code of that system on the left. A code of several groups
// that begins like a level 1 code of QĐ 20 is not of this system.
func qcvn102(groups []string) (string, bool) {
	n := len(groups)
	last := groups[n-1]
	if n < 2 || n > 4 || isLevel1(groups[0]) || !allAlphanumeric(groups) {
		return "", false
	}
	if len(last) != 3 || last[0] < 'A' || last[0] > 'Z' {
		return "", false
	}
	out := [4]string{"000", "00", "00", last}
	for i, g := range groups[:n-1] {
		at := 4 - n + i
		if len(g) > qcvnWidths[at] {
			return "", false
		}
		out[at] = strings.Repeat("0", qcvnWidths[at]-len(g)) + g
	}
	return strings.Join(out[:], "."), true
}

// isLevel1 reports whether g is a letter and two digits, such as H37.
func isLevel1(g string) bool {
	return len(g) == 3 && 'A' <= g[0] && g[0] <= 'Z' && isDigit(g[1]) && isDigit(g[2])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func allAlphanumeric(groups []string) bool {
	for _, g := range groups {
		if g == "" || strings.ContainsAny(g, "-_") {
			return false
		}
	}
	return true
}

// String gives the canonical text.
func (c AgencyCode) String() string { return c.Text }

// path lists the groups from level 1 downwards.
func (c AgencyCode) path() []string {
	groups := strings.Split(c.Text, ".")
	switch c.System {
	case OtherCoding:
		return []string{c.Text}
	case QD20:
		return groups
	}
	first := 0
	for first < 3 && strings.Trim(groups[first], "0") == "" {
		first++
	}
	down := make([]string, 0, 4)
	for i := 3; i >= first; i-- {
		down = append(down, groups[i])
	}
	return down
}

// Level is 1 for ministries and provinces, 2 for what is under them, and so on.
func (c AgencyCode) Level() int { return len(c.path()) }

// Parent gives the code one level up, as far as the code itself tells; false
// at level 1.
func (c AgencyCode) Parent() (AgencyCode, bool) {
	groups := strings.Split(c.Text, ".")
	switch {
	case c.System == QD20 && len(groups) > 1:
		return AgencyCode{QD20, strings.Join(groups[:len(groups)-1], ".")}, true
	case c.System == QCVN102 && c.Level() > 1:
		lowest := 4 - c.Level()
		groups[lowest] = strings.Repeat("0", qcvnWidths[lowest])
		return AgencyCode{QCVN102, strings.Join(groups, ".")}, true
	}
	return AgencyCode{}, false
}

// Under reports whether c is top or somewhere below it, by the codes alone.
func (c AgencyCode) Under(top AgencyCode) bool {
	for ok := c.System == top.System; ok; c, ok = c.Parent() {
		if c == top {
			return true
		}
	}
	return false
}

// Compare orders codes as a tree: parents before children, siblings by code,
// the codings one after the other.
func (c AgencyCode) Compare(d AgencyCode) int {
	if c.System != d.System {
		return int(c.System) - int(d.System)
	}
	a, b := c.path(), d.path()
	for i := range min(len(a), len(b)) {
		if k := strings.Compare(a[i], b[i]); k != 0 {
			return k
		}
	}
	return len(a) - len(b)
}

// SameAgency reports whether two texts are spellings of one code.
func SameAgency(a, b string) bool {
	x, errX := ParseAgencyCode(a)
	y, errY := ParseAgencyCode(b)
	return errX == nil && errY == nil && (x == y || x.System == OtherCoding && y.System == OtherCoding && strings.EqualFold(x.Text, y.Text))
}
