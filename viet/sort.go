package viet

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// alphabet is the Vietnamese order, with the four letters of foreign names
// where readers expect them. đ and the letters with a hat, horn or breve are
// letters of their own; tones are not.
const alphabet = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

// digits36 are the only signs in a SortKey. Every collation of both database
// engines orders them as their bytes do.
const digits36 = "0123456789abcdefghijklmnopqrstuvwxyz"

// Signs of a sort key, below those of the letters (3 to z).
const (
	endOfWord    = '0' // shorter before longer: Hà, Hà Nội
	endOfLetters = '1' // an before anh
	number       = '2' // numbers before words
)

var letterSign = func() map[rune]byte {
	m := make(map[rune]byte)
	i := 3
	for _, r := range alphabet {
		m[r] = digits36[i]
		i++
	}
	return m
}()

// tone orders the marks: ngang (no mark), huyền, hỏi, ngã, sắc, nặng.
func tone(mark rune) byte {
	switch mark {
	case 0x0300:
		return '3'
	case 0x0309:
		return '4'
	case 0x0303:
		return '5'
	case 0x0301:
		return '6'
	case 0x0323:
		return '7'
	}
	return 0
}

// SortKey returns a key whose order is the Vietnamese dictionary's: word by
// word, first by letters (a ă â b … đ after d … ơ after ô), then by tone
// (ngang, huyền, hỏi, ngã, sắc, nặng). Numbers come before words and are
// ordered by value, so "Phòng 2" stands before "Phòng 10". Capitals, signs and
// where the tone mark stands do not count. The key is made of 0–9 and a–z only
// and may be compared by any collation.
func SortKey(s string) string {
	var k strings.Builder
	var w wordKey
	for _, r := range strings.ToLower(NFC(s)) {
		if r == 'ð' {
			r = 'đ'
		}
		if '0' <= r && r <= '9' {
			w.flushLetters(&k)
			w.digits = append(w.digits, byte(r))
			continue
		}
		letter, t := split(r)
		sign, ok := letterSign[letter]
		if !ok {
			w.flush(&k)
			continue
		}
		w.flushDigits(&k)
		w.letters = append(w.letters, sign)
		if t != 0 {
			w.tones = append(w.tones, t)
		}
	}
	w.flush(&k)
	return k.String()
}

// wordKey gathers one word of a sort key.
type wordKey struct{ letters, tones, digits []byte }

func (w *wordKey) flush(k *strings.Builder) {
	w.flushLetters(k)
	w.flushDigits(k)
}

func (w *wordKey) flushLetters(k *strings.Builder) {
	if len(w.letters) == 0 {
		return
	}
	k.Write(w.letters)
	k.WriteByte(endOfLetters)
	k.Write(w.tones)
	k.WriteByte(endOfWord)
	w.letters, w.tones = w.letters[:0], w.tones[:0]
}

func (w *wordKey) flushDigits(k *strings.Builder) {
	if len(w.digits) == 0 {
		return
	}
	d := trimZeros(string(w.digits))
	k.WriteByte(number)
	k.WriteByte(digits36[min(len(d), 35)]) // longer numbers are larger
	k.WriteString(d)
	k.WriteByte(endOfWord)
	w.digits = w.digits[:0]
}

// split parts a small letter into the letter of the alphabet and its tone.
func split(r rune) (letter rune, t byte) {
	if r < 0x80 {
		return r, 0
	}
	var rest []rune
	for _, m := range norm.NFD.String(string(r)) {
		if x := tone(m); x != 0 {
			t = x
		} else {
			rest = append(rest, m)
		}
	}
	for _, c := range norm.NFC.String(string(rest)) {
		return c, t
	}
	return r, t
}

// NameKey sorts people as Vietnamese lists do: by given name (the last word),
// then by the family and middle names.
func NameKey(full string) string {
	w := strings.Fields(full)
	if len(w) < 2 {
		return SortKey(full)
	}
	last := len(w) - 1
	return SortKey(w[last]) + SortKey(strings.Join(w[:last], " "))
}

// Less says that a stands before b in Vietnamese order.
func Less(a, b string) bool { return SortKey(a) < SortKey(b) }
