package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Legacy names a way of writing Vietnamese from before Unicode.
type Legacy string

// The encodings that old files and pasted texts use.
const (
	TCVN3 Legacy = "TCVN3" // fonts .VnTime …, one byte a letter (TCVN 5712:1993)
	VNI   Legacy = "VNI"   // fonts VNI-Times …, base letter and a byte for its mark
	VIQR  Legacy = "VIQR"  // 7-bit mnemonics: a^ a( dd, tones ' ` ? ~ . (RFC 1456)
)

// tcvnHigh are the letters of the TCVN 5712 bytes A1 to FF. Fonts of capitals
// (.VnTimeH) use the codes of the small letters, so most capitals with a tone
// cannot be told from small ones in plain text.
const tcvnHigh = "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"

// FromTCVN3 converts text whose runes below U+0100 are TCVN3 bytes, as they
// come from a clipboard or a file read as Latin-1 ("C«ng v¨n" gives "Công
// văn"). Other runes stay.
// law:HN20-2
func FromTCVN3(s string) string {
	high := []rune(tcvnHigh)
	return NFC(strings.Map(func(r rune) rune {
		if 0xA1 <= r && r <= 0xFF {
			return high[r-0xA1]
		}
		return r
	}, s))
}

// ToTCVN3 is the reverse of FromTCVN3 for the letters that the fonts have;
// capitals with a tone become the codes of their small letters.
func ToTCVN3(s string) string {
	codes := map[rune]rune{}
	for i, r := range []rune(tcvnHigh) {
		codes[r] = rune(0xA1 + i)
	}
	return strings.Map(func(r rune) rune {
		if c, ok := codes[r]; ok && (unicode.IsLower(r) || c <= 0xA7) {
			return c
		}
		if c, ok := codes[unicode.ToLower(r)]; ok {
			return c
		}
		return r
	}, NFC(s))
}

// The marks of VNI: the byte after a vowel and what it adds. Capitals use the
// capital of the byte.
var vniMarks = map[rune]string{
	'ù': "\u0301", 'ø': "\u0300", 'û': "\u0309", 'õ': "\u0303", 'ï': "\u0323",
	'â': "\u0302", 'á': "\u0302\u0301", 'à': "\u0302\u0300", 'å': "\u0302\u0309", 'ã': "\u0302\u0303", 'ä': "\u0302\u0323",
	'ê': "\u0306", 'é': "\u0306\u0301", 'è': "\u0306\u0300", 'ú': "\u0306\u0309", 'ü': "\u0306\u0303", 'ë': "\u0306\u0323",
}

// Letters that VNI writes as one byte.
var vniLetters = map[rune]rune{
	'ñ': 'đ', 'ô': 'ơ', 'ö': 'ư', 'í': 'í', 'ì': 'ì', 'æ': 'ỉ', 'ó': 'ĩ', 'ò': 'ị', 'î': 'ỵ',
}

// FromVNI converts text whose runes below U+0100 are VNI-Windows bytes ("Coâng
// vaên" gives "Công văn").
// law:HN20-2
func FromVNI(s string) string {
	var out strings.Builder
	canCarry := false // the last letter may take a mark
	for _, r := range s {
		low := unicode.ToLower(r)
		if marks, ok := vniMarks[low]; ok && canCarry {
			out.WriteString(marks)
			canCarry = false
			continue
		}
		if l, ok := vniLetters[low]; ok {
			canCarry = l == 'ơ' || l == 'ư'
			if unicode.IsUpper(r) {
				l = unicode.ToUpper(l)
			}
			out.WriteRune(l)
			continue
		}
		canCarry = strings.ContainsRune("aeouy", low)
		out.WriteRune(r)
	}
	return NFC(out.String())
}

// ToVNI is the reverse of FromVNI.
func ToVNI(s string) string {
	bytes := map[string]rune{}
	for b, marks := range vniMarks {
		bytes[norm.NFC.String("a"+marks)] = b // keyed by what it makes of an a
	}
	single := map[rune]rune{}
	for b, l := range vniLetters {
		single[l] = b
	}
	var out strings.Builder
	for _, r := range NFC(s) {
		out.WriteString(toVNI(r, bytes, single))
	}
	return out.String()
}

func toVNI(r rune, bytes map[string]rune, single map[rune]rune) string {
	up := func(x rune) string {
		if unicode.IsUpper(r) {
			x = unicode.ToUpper(x)
		}
		return string(x)
	}
	if b, ok := single[unicode.ToLower(r)]; ok {
		return up(b)
	}
	letter, mark := bare(r)
	if b, ok := single[unicode.ToLower(letter)]; ok && mark != 0 { // ơ, ư with a tone
		return up(b) + up(bytes[norm.NFC.String("a"+string(mark))])
	}
	first := base(r)
	if first == r || !strings.ContainsRune("aeouy", unicode.ToLower(first)) {
		return string(r)
	}
	_, marks, _ := strings.Cut(norm.NFD.String(string(r)), string(first))
	b, ok := bytes[norm.NFC.String("a"+marks)]
	if !ok {
		return string(r)
	}
	return string(first) + up(b)
}

var viqrMarks = map[rune]rune{
	'\'': 0x0301, '`': 0x0300, '?': 0x0309, '~': 0x0303, '.': 0x0323,
	'^': 0x0302, '(': 0x0306, '+': 0x031B,
}

// FromVIQR converts 7-bit mnemonics ("Vie^.t Nam" gives "Việt Nam"). A
// backslash takes a sign out of its meaning, as RFC 1456 has it.
// law:HN20-2
func FromVIQR(s string) string {
	var out strings.Builder
	rs := []rune(s)
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		if r == '\\' && i+1 < len(rs) {
			i++
			out.WriteRune(rs[i])
			continue
		}
		if low := unicode.ToLower(r); low == 'd' && i+1 < len(rs) && unicode.ToLower(rs[i+1]) == 'd' {
			i++
			out.WriteRune(map[rune]rune{'d': 'đ', 'D': 'Đ'}[r])
			continue
		}
		out.WriteRune(r)
		i += viqrVowel(&out, r, rs[i+1:])
	}
	return NFC(out.String())
}

// viqrVowel writes the marks that follow a vowel, one hat or horn and one
// tone, and says how many signs they took.
func viqrVowel(out *strings.Builder, vowel rune, rest []rune) int {
	v := unicode.ToLower(vowel)
	if !strings.ContainsRune("aeiouy", v) {
		return 0
	}
	n := 0
	if n < len(rest) {
		ok := rest[n] == '^' && strings.ContainsRune("aeo", v) || rest[n] == '(' && v == 'a' || rest[n] == '+' && strings.ContainsRune("ou", v)
		if ok {
			out.WriteRune(viqrMarks[rest[n]])
			n++
		}
	}
	if n < len(rest) && strings.ContainsRune("'`?~.", rest[n]) {
		out.WriteRune(viqrMarks[rest[n]])
		n++
	}
	return n
}

// ToVIQR is the reverse of FromVIQR.
func ToVIQR(s string) string {
	signs := map[rune]rune{}
	for sign, mark := range viqrMarks {
		signs[mark] = sign
	}
	var out strings.Builder
	var last rune // the vowel before, which an ASCII sign would change
	for _, r := range NFC(s) {
		switch {
		case r == 'đ' || r == 'Đ':
			out.WriteString(map[rune]string{'đ': "dd", 'Đ': "DD"}[r])
			last = 'd'
			continue
		case r == '\\' || viqrClash(last, r):
			out.WriteByte('\\')
			out.WriteRune(r)
			last = 0
			continue
		case r < 0x80:
			out.WriteRune(r)
			last = viqrCarrier(r)
			continue
		}
		out.WriteString(viqrLetter(r, signs))
		last = viqrCarrier(base(r))
	}
	return out.String()
}

// viqrClash says that r after last would be read as a mark.
func viqrClash(last, r rune) bool {
	switch last {
	case 0:
		return false
	case 'd', 'D':
		return r == 'd' || r == 'D'
	}
	return strings.ContainsRune("'`?~.^(+", r)
}

func viqrCarrier(r rune) rune {
	if strings.ContainsRune("aeiouyd", unicode.ToLower(r)) {
		return r
	}
	return 0
}

// viqrLetter writes one accented letter as its base, its hat or horn, its tone.
func viqrLetter(r rune, signs map[rune]rune) string {
	letter, mark := bare(r)
	var s strings.Builder
	for _, c := range norm.NFD.String(string(letter)) {
		if sign, ok := signs[c]; ok {
			c = sign
		}
		s.WriteRune(c)
	}
	if mark != 0 {
		s.WriteRune(signs[mark])
	}
	return s.String()
}

// From converts text in a legacy encoding to Unicode; an unknown one gives the
// text back in NFC.
func From(enc Legacy, s string) string {
	switch enc {
	case TCVN3:
		return FromTCVN3(s)
	case VNI:
		return FromVNI(s)
	case VIQR:
		return FromVIQR(s)
	}
	return NFC(s)
}

// GuessLegacy says which legacy encoding a text is likely to be in: the one
// whose conversion has clearly more Vietnamese syllables, with marks, than the
// text itself. "" means that the text reads well as it stands.
func GuessLegacy(s string) Legacy {
	if len(s) > 64<<10 {
		s = strings.ToValidUTF8(s[:64<<10], "")
	}
	best, most := Legacy(""), score(s)+score(s)/4
	for _, enc := range []Legacy{TCVN3, VNI, VIQR} {
		if n := score(From(enc, s)); n > most {
			best, most = enc, n
		}
	}
	return best
}

// score counts marked syllables double and takes off for words that are none.
func score(s string) int {
	n := 0
	for _, w := range strings.FieldsFunc(s, unicode.IsSpace) {
		w = strings.TrimFunc(w, func(r rune) bool { return unicode.IsPunct(r) && r < 0x80 })
		switch {
		case w == "":
		case isPlain(w) && IsSyllable(w):
			n++
		case IsSyllable(w):
			n += 3
		case !isPlain(w):
			n -= 2
		default:
			n--
		}
	}
	return n
}
