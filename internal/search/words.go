package search

import (
	"strings"
	"unicode"

	"vanthu/viet"
)

// Words is a query.
type Words struct {
	Typed string // as it was typed
	terms []term
}

// term is one word of a query.
type term struct {
	key    string // folded
	marked []rune // with its marks, small letters, tones where Spell puts them
	open   bool   // may be unfinished
}

// Limits of a query: more than anybody types, less than hurts.
const (
	maxTyped = 200 // bytes
	maxTerms = 12
)

// Parse reads a query. Its last word may be unfinished, unless a blank stands
// after it.
func Parse(typed string) Words {
	typed = cut(viet.NFC(typed), maxTyped)
	w := Words{Typed: strings.TrimSpace(typed)}
	open := typed == strings.TrimRightFunc(typed, unicode.IsSpace)
	for _, p := range split(typed) {
		if len(w.terms) == maxTerms {
			break
		}
		if p.key != "" {
			w.terms = append(w.terms, term{key: p.key, marked: marked(p.text)})
		}
	}
	// "so" before a number is how people read it out: Số 120/UBH-VP.
	if len(w.terms) > 1 && w.terms[0].key == "so" && isDigits(w.terms[1].key) {
		w.terms = w.terms[1:]
	}
	if n := len(w.terms); n > 0 {
		w.terms[n-1].open = open
	}
	return w
}

// None says that there is nothing to look for.
func (w Words) None() bool { return len(w.terms) == 0 }

// Head says whether every word stands somewhere in a text, its marks too.
func (w Words) Head(text string) bool {
	words := split(viet.NFC(text))
	for _, t := range w.terms {
		found := false
		for i := 0; i < len(words) && !found; i++ {
			found = t.fits(words[i])
		}
		if !found {
			return false
		}
	}
	return !w.None()
}

// Body says whether the words stand side by side in a text, their marks too.
func (w Words) Body(text string) bool {
	_, ok := w.phraseIn(split(viet.NFC(text)))
	return ok
}

// phraseIn gives the place of the first word.
func (w Words) phraseIn(words []word) (int, bool) {
	for i := 0; !w.None() && i+len(w.terms) <= len(words); i++ {
		n := 0
		for n < len(w.terms) && w.terms[n].fits(words[i+n]) {
			n++
		}
		if n == len(w.terms) {
			return i, true
		}
	}
	return 0, false
}

// Piece is a part of a text; a hit is shown marked.
type Piece struct {
	Text string
	Hit  bool
}

// Mark parts a text at the words that fit.
func (w Words) Mark(text string) []Piece {
	text = viet.NFC(text)
	return w.mark(text, split(text))
}

func (w Words) mark(text string, words []word) (out []Piece) {
	at := 0
	for _, x := range words {
		for _, t := range w.terms {
			n := t.shown(x)
			if n == 0 {
				continue
			}
			if x.from > at {
				out = append(out, Piece{Text: text[at:x.from]})
			}
			out = append(out, Piece{text[x.from : x.from+n], true})
			at = x.from + n
			break
		}
	}
	if at < len(text) {
		out = append(out, Piece{Text: text[at:]})
	}
	return out
}

// around is how many words an excerpt shows on each side.
const around = 12

// Excerpt cuts the line around the words out of a text, its hits marked; nil
// when they do not stand side by side in it.
func (w Words) Excerpt(text string) []Piece {
	text = viet.NFC(text)
	words := split(text)
	i, ok := w.phraseIn(words)
	if !ok {
		return nil
	}
	from, to := max(0, i-around), min(len(words), i+len(w.terms)+around)
	start, end := words[from].from, words[to-1].end()
	line := strings.Join(strings.Fields(text[start:end]), " ")
	if from > 0 {
		line = "… " + line
	}
	if to < len(words) {
		line += " …"
	}
	return w.markPhrase(line)
}

// markPhrase marks only where all words stand together, so that "và" of a
// query is not marked all over an excerpt.
func (w Words) markPhrase(line string) []Piece {
	words := split(line)
	i, ok := w.phraseIn(words)
	if !ok {
		return []Piece{{Text: line}}
	}
	return w.mark(line, words[i:i+len(w.terms)])
}

// word is one word of a text: where it stands, and its folded key.
type word struct {
	from int
	text string
	key  string
}

func (x word) end() int { return x.from + len(x.text) }

// split parts NFC text into words of letters and digits. Digits with two or
// more letters behind are two words, so that "123QĐ" is 123 and QĐ; "12a" is
// one (as in viet.NotationKey).
func split(text string) (out []word) {
	start := -1
	for i, r := range text {
		in := unicode.IsLetter(r) || unicode.IsDigit(r)
		if in && start < 0 {
			start = i
		} else if !in && start >= 0 {
			out = appendWord(out, start, text[start:i])
			start = -1
		}
	}
	if start >= 0 {
		out = appendWord(out, start, text[start:])
	}
	return out
}

func appendWord(out []word, from int, s string) []word {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	if n > 0 && len([]rune(s[n:])) >= 2 {
		return append(out, word{from, s[:n], keyOf(s[:n])}, word{from + n, s[n:], keyOf(s[n:])})
	}
	return append(out, word{from, s, keyOf(s)})
}

// keyOf folds one word; zeros in front of a number do not count.
func keyOf(s string) string {
	k := strings.ReplaceAll(viet.SearchKey(s), " ", "")
	if isDigits(k) && len(k) > 1 {
		if k = strings.TrimLeft(k, "0"); k == "" {
			k = "0"
		}
	}
	return k
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// fold is a text as the index holds it.
func fold(text string) string {
	var b strings.Builder
	for _, x := range split(viet.NFC(text)) {
		if x.key == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(x.key)
	}
	return b.String()
}

// marked is a word as its marks are compared; i and y carry the same ones
// (kĩ, kỹ), whether they are one letter is for the key to say.
func marked(s string) []rune { return []rune(iForY.Replace(strings.ToLower(viet.Spell(s)))) }

var iForY = strings.NewReplacer("ý", "í", "ỳ", "ì", "ỷ", "ỉ", "ỹ", "ĩ", "ỵ", "ị")

// fits says whether a word of a text is the term, or begins with it.
func (t term) fits(x word) bool {
	if x.key != t.key && !(t.open && strings.HasPrefix(x.key, t.key)) {
		return false
	}
	return t.sameMarks(marked(x.text)) || t.open && t.sameMarks([]rune(iForY.Replace(strings.ToLower(x.text))))
}

// sameMarks says whether each mark of the term stands in the text. A letter
// that was typed without a mark stands for all of its kind.
func (t term) sameMarks(text []rune) bool {
	for i, r := range t.marked {
		if r < 0x80 {
			continue
		}
		if i >= len(text) || text[i] != r {
			return false
		}
	}
	return true
}

// shown is how many bytes of a word are marked as the hit; 0 is none.
func (t term) shown(x word) int {
	if !t.fits(x) {
		return 0
	}
	if x.key == t.key {
		return len(x.text)
	}
	n := 0
	for i := range x.text {
		if n == len([]rune(t.key)) {
			return i
		}
		n++
	}
	return len(x.text)
}
