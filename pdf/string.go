package pdf

import (
	"strings"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// docEncoding lists the characters of PDFDocEncoding that differ from Latin-1
// (iso32000-2:annex D.3).
var docEncoding = map[byte]rune{
	0x18: '˘', 0x19: 'ˇ', 0x1a: 'ˆ', 0x1b: '˙', 0x1c: '˝', 0x1d: '˛', 0x1e: '˚', 0x1f: '˜',
	0x80: '•', 0x81: '†', 0x82: '‡', 0x83: '…', 0x84: '—', 0x85: '–', 0x86: 'ƒ', 0x87: '⁄',
	0x88: '‹', 0x89: '›', 0x8a: '−', 0x8b: '‰', 0x8c: '„', 0x8d: '“', 0x8e: '”', 0x8f: '‘',
	0x90: '’', 0x91: '‚', 0x92: '™', 0x93: 'ﬁ', 0x94: 'ﬂ', 0x95: 'Ł', 0x96: 'Œ', 0x97: 'Š',
	0x98: 'Ÿ', 0x99: 'Ž', 0x9a: 'ı', 0x9b: 'ł', 0x9c: 'œ', 0x9d: 'š', 0x9e: 'ž', 0xa0: '€',
}

// EncodeText makes a text string: ASCII as it is, anything else UTF-16BE with
// a byte order mark, in NFC (iso32000-2:7.9.2.2).
func EncodeText(s string) Object {
	s = norm.NFC.String(s)
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
		return String(s)
	}
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return HexString(out)
}

// DecodeText reads a text string: UTF-16 in either order, UTF-8, or
// PDFDocEncoding. The result is in NFC.
func DecodeText(s String) string {
	switch {
	case strings.HasPrefix(string(s), "\xfe\xff"):
		return norm.NFC.String(decode16(s[2:], 8, 0))
	case strings.HasPrefix(string(s), "\xff\xfe"):
		return norm.NFC.String(decode16(s[2:], 0, 8))
	case strings.HasPrefix(string(s), "\xef\xbb\xbf"):
		return norm.NFC.String(strings.ToValidUTF8(string(s[3:]), "�"))
	}
	var b strings.Builder
	for i := range len(s) {
		if r, ok := docEncoding[s[i]]; ok {
			b.WriteRune(r)
		} else {
			b.WriteRune(rune(s[i]))
		}
	}
	return norm.NFC.String(b.String())
}

func decode16(s String, hi, lo uint) string {
	var u []uint16
	for i := 0; i+1 < len(s); i += 2 {
		u = append(u, uint16(s[i])<<hi|uint16(s[i+1])<<lo)
	}
	return string(utf16.Decode(u))
}
