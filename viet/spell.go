package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Spell returns NFC(s) with the tone marks of oa, oe and uy where the older
// rule of state papers puts them (hòa, khỏe, thủy; but hoàn, thuyền), so that
// two spellings of one word compare equal with their marks kept. The decree
// itself writes both "Hỏa tốc" and "HOẢ TỐC". Capitals stay.
// law:ND30-4.2c ND30-PL1.II
func Spell(s string) string {
	s = NFC(s)
	if isPlain(s) {
		return s
	}
	var out strings.Builder
	word := make([]rune, 0, 16)
	flush := func() {
		placeTone(word)
		out.WriteString(string(word))
		word = word[:0]
	}
	for _, r := range s {
		if unicode.IsLetter(r) {
			word = append(word, r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}

// placeTone moves the tone inside the pair oa, oe or uy of one syllable: onto
// the first vowel when the pair ends the syllable, else onto the second.
func placeTone(w []rune) {
	for i := 0; i+1 < len(w); i++ {
		a, ta := bare(w[i])
		b, tb := bare(w[i+1])
		if !isPair(unicode.ToLower(a), unicode.ToLower(b)) || ta == 0 && tb == 0 || ta != 0 && tb != 0 {
			continue
		}
		if i > 0 && unicode.ToLower(w[i-1]) == 'q' {
			return // the u of qu belongs to the consonant
		}
		if i+2 == len(w) {
			w[i], w[i+1] = withTone(a, ta+tb), b
		} else {
			w[i], w[i+1] = a, withTone(b, ta+tb)
		}
		return
	}
}

func isPair(a, b rune) bool {
	return a == 'o' && (b == 'a' || b == 'e') || a == 'u' && b == 'y'
}

// bare parts a letter from its tone mark (0 for none).
func bare(r rune) (rune, rune) {
	if r < 0x80 {
		return r, 0
	}
	var mark rune
	var rest []rune
	for _, m := range norm.NFD.String(string(r)) {
		if tone(m) != 0 {
			mark = m
		} else {
			rest = append(rest, m)
		}
	}
	for _, c := range norm.NFC.String(string(rest)) {
		return c, mark
	}
	return r, 0
}

func withTone(r, mark rune) rune {
	for _, c := range norm.NFC.String(string([]rune{r, mark})) {
		return c
	}
	return r
}

// SpellKey is Spell in small letters with single blanks: the accented twin of
// SearchKey, used to rank hits that match with their marks.
func SpellKey(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(Spell(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// IsSyllable says whether a word could be a Vietnamese syllable: an initial
// consonant, a vowel group, a final consonant, and at most one tone. It knows
// the shapes, not the dictionary.
func IsSyllable(w string) bool {
	tones := 0
	var b strings.Builder
	for _, r := range strings.ToLower(NFC(w)) {
		l, mark := bare(r)
		if mark != 0 {
			tones++
		}
		b.WriteRune(l)
	}
	s := b.String()
	if s == "" || tones > 1 {
		return false
	}
	s = cutLongest(s, initials, strings.CutPrefix)
	s = cutLongest(s, finals, strings.CutSuffix)
	return vowels[s]
}

func cutLongest(s string, of []string, cut func(string, string) (string, bool)) string {
	for _, p := range of {
		if rest, ok := cut(s, p); ok && rest != "" {
			return rest
		}
	}
	return s
}

// Longest first.
var (
	initials = strings.Fields("ngh ch gh gi kh ng nh ph qu th tr b c d đ g h k l m n p r s t v x")
	finals   = strings.Fields("ng nh ch c m n p t")
	vowels   = func() map[string]bool {
		m := map[string]bool{}
		for _, v := range strings.Fields("a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iu oa oă oe oi ôi ơi oo ua uâ uê ui uô uơ uy ưa ưi ươ ưu yê oai oay oao oeo uây uôi uya uyê uyu ươi ươu iêu yêu") {
			m[v] = true
		}
		return m
	}()
)
