package pdf

import (
	"bytes"
	"encoding/hex"
	"math"
	"reflect"
	"strconv"
)

// Limits on what one file may ask of us.
const (
	MaxNesting       = 100       // arrays and dictionaries inside each other
	MaxObjects       = 2_000_000 // entries of all cross-reference sections together; fewer in a small file
	MaxInflated      = 64 << 20  // bytes of one decoded stream
	MaxInflatedTotal = 256 << 20 // bytes of all streams decoded through one File
	MaxRevisions     = 1000      // cross-reference sections in one /Prev chain
	// MaxReopened is the entries of the tables of all files that At opens from
	// one, and fewer in a small file.
	MaxReopened = 10_000_000
	maxNumber   = 8_388_607 * 4 // of an object
	MaxPages    = 50_000
	maxValues   = 500_000 // values inside one object: memory is many times the bytes
)

// keyword is a bare word of the syntax: obj, endobj, stream, R, operators.
type keyword string

// lexer reads objects from data (iso32000-2:7.2, 7.3).
type lexer struct {
	data  []byte
	pos   int
	depth int
	count int  // values read
	refs  bool // "1 0 R" is a reference; false inside content streams
	loose bool // something was met that readers take differently
	// other are the objects that another reader may be referred to; last are the
	// two numbers read last, which a stray "R" may take for a reference.
	other []int
	last  [2]int
	// spans, when set, records where each value of the outermost dictionary
	// stands; the verifier compares them with /ByteRange.
	spans map[Name][2]int
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelim(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !isSpace(c) && !isDelim(c) }

func (l *lexer) skipSpace() {
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		if c == '%' {
			for l.pos < len(l.data) && l.data[l.pos] != '\n' && l.data[l.pos] != '\r' {
				l.pos++
			}
			continue
		}
		if !isSpace(c) {
			return
		}
		l.pos++
	}
}

// object reads the next object or keyword. Errors are *Error of kind Damaged.
func (l *lexer) object() (Object, error) {
	l.skipSpace()
	if l.pos >= len(l.data) {
		return nil, damagedf("unexpected end of data at %d", l.pos)
	}
	if l.count++; l.count > maxValues {
		return nil, tooBigf("object with more than %d values", maxValues)
	}
	switch c := l.data[l.pos]; {
	case c == '/':
		return l.name(), nil
	case c == '(':
		return l.literal()
	case c == '<':
		if l.pos+1 < len(l.data) && l.data[l.pos+1] == '<' {
			return l.dict()
		}
		return l.hex()
	case c == '[':
		return l.array()
	case c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9':
		return l.number()
	case isDelim(c):
		l.pos++
		if c == '>' && l.pos < len(l.data) && l.data[l.pos] == '>' {
			l.pos++
			return keyword(">>"), nil
		}
		return keyword(string(rune(c))), nil
	}
	return l.word(), nil
}

func (l *lexer) word() Object {
	start := l.pos
	for l.pos < len(l.data) && isRegular(l.data[l.pos]) {
		l.pos++
	}
	switch w := string(l.data[start:min(l.pos, start+64)]); w {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	default:
		return keyword(w)
	}
}

func (l *lexer) name() Name {
	l.pos++
	start, escaped := l.pos, false
	for l.pos < len(l.data) && isRegular(l.data[l.pos]) {
		escaped = escaped || l.data[l.pos] == '#'
		l.pos++
	}
	raw := l.data[start:l.pos]
	if !escaped {
		return Name(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && unhex(raw[i+1]) >= 0 && unhex(raw[i+2]) >= 0 {
			out = append(out, byte(unhex(raw[i+1])<<4|unhex(raw[i+2])))
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return Name(out)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// number reads a number and, when refs are wanted, looks ahead for "gen R".
func (l *lexer) number() (Object, error) {
	start := l.pos
	for l.pos < len(l.data) && isRegular(l.data[l.pos]) {
		l.pos++
	}
	n, strict := parseNumber(l.data[start:l.pos])
	l.loose = l.loose || !strict
	v, _ := Number(n)
	l.last = [2]int{l.last[1], int(max(-1, min(v, math.MaxInt32)))}
	i, ok := n.(int64)
	if !ok || !l.refs || i < 0 || i > math.MaxInt32 {
		return n, nil
	}
	if gen, end, ok := l.peekRef(); ok {
		l.pos = end
		return Ref{int(i), gen}, nil
	}
	return n, nil
}

func (l *lexer) peekRef() (gen, end int, ok bool) {
	after := lexer{data: l.data, pos: l.pos}
	after.skipSpace() // a comment is white space. iso32000-2:7.2.4
	p := after.pos
	s := p
	for p < len(l.data) && p-s < 6 && l.data[p] >= '0' && l.data[p] <= '9' {
		p++
	}
	if p == s || p == l.pos {
		return 0, 0, false
	}
	gen, _ = strconv.Atoi(string(l.data[s:p]))
	g := p
	after.pos = p
	after.skipSpace()
	if p = after.pos; p == g || p >= len(l.data) || l.data[p] != 'R' || p+1 < len(l.data) && isRegular(l.data[p+1]) {
		return 0, 0, false
	}
	return gen, p + 1, true
}

// parseNumber is lenient as viewers are: "--5", "1.2.3" and "-" give a number,
// which is not strict.
func parseNumber(b []byte) (n Object, strict bool) {
	if i, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return i, true
	}
	if len(b) > 64 {
		b = b[:64]
	}
	if f, err := strconv.ParseFloat(string(b), 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) && !bytes.ContainsAny(b, "xXpP_eE") {
		return f, true
	}
	neg, val, frac, seenDot := false, 0.0, 1.0, false
	for i, c := range b {
		switch {
		case c == '-' && i == 0:
			neg = true
		case c == '.' && !seenDot:
			seenDot = true
		case c >= '0' && c <= '9' && seenDot:
			frac /= 10
			val += frac * float64(c-'0')
		case c >= '0' && c <= '9':
			val = val*10 + float64(c-'0')
		}
	}
	if neg {
		val = -val
	}
	return val, false
}

func (l *lexer) literal() (Object, error) {
	l.pos++
	var out []byte
	for depth := 1; l.pos < len(l.data); {
		c := l.data[l.pos]
		l.pos++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return String(out), nil
			}
		case '\\':
			out = l.escape(out)
			continue
		case '\r':
			if l.pos < len(l.data) && l.data[l.pos] == '\n' {
				l.pos++
			}
			c = '\n'
		}
		out = append(out, c)
	}
	return nil, damagedf("string without end")
}

var simpleEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// escape reads what follows a backslash (iso32000-2:7.3.4.2, table 3).
func (l *lexer) escape(out []byte) []byte {
	if l.pos >= len(l.data) {
		return out
	}
	c := l.data[l.pos]
	l.pos++
	if e, ok := simpleEscapes[c]; ok {
		return append(out, e)
	}
	switch {
	case c == '\r':
		if l.pos < len(l.data) && l.data[l.pos] == '\n' {
			l.pos++
		}
		return out
	case c == '\n':
		return out
	case c >= '0' && c <= '7':
		v := int(c - '0')
		for i := 0; i < 2 && l.pos < len(l.data) && l.data[l.pos] >= '0' && l.data[l.pos] <= '7'; i++ {
			v = v<<3 | int(l.data[l.pos]-'0')
			l.pos++
		}
		return append(out, byte(v))
	}
	return append(out, c)
}

func (l *lexer) hex() (Object, error) {
	l.pos++
	end := bytes.IndexByte(l.data[l.pos:], '>')
	if end < 0 {
		return nil, damagedf("hexadecimal string without end")
	}
	digits := l.data[l.pos : l.pos+end]
	l.pos += end + 1
	if l.spans != nil {
		return String(""), nil // only the place is asked for, and signatures are long
	}
	return String(decodeHex(digits)), nil
}

func decodeHex(b []byte) []byte {
	out := make([]byte, len(b)/2+1)
	if n, err := hex.Decode(out, b); err == nil { // nearly always: no white space
		return out[:n]
	}
	out = out[:0]
	hi := -1
	for _, c := range b {
		v := unhex(c)
		switch {
		case v < 0:
		case hi < 0:
			hi = v
		default:
			out, hi = append(out, byte(hi<<4|v)), -1
		}
	}
	if hi >= 0 {
		out = append(out, byte(hi<<4))
	}
	return out
}

func (l *lexer) enter() error {
	if l.depth++; l.depth > MaxNesting {
		return tooBigf("nesting deeper than %d", MaxNesting)
	}
	return nil
}

func (l *lexer) array() (Object, error) {
	if err := l.enter(); err != nil {
		return nil, err
	}
	defer func() { l.depth-- }()
	l.pos++
	out := Array{}
	for {
		o, err := l.object()
		if err != nil {
			return nil, err
		}
		if k, ok := o.(keyword); ok {
			if k == "]" {
				return out, nil
			}
			if k == ">>" || k == "endobj" || k == "stream" {
				return nil, damagedf("array without end at %d", l.pos)
			}
			l.stray(k)
			continue
		}
		out = append(out, o)
	}
}

// stray notes what stands where nothing of its kind may: another reader may skip
// less of it, or more.
func (l *lexer) stray(o Object) {
	l.loose = true
	if w, ok := o.(keyword); ok && len(w) > 0 && w[0] == 'R' {
		l.other = append(l.other, l.last[0])
	}
	l.other = appendRefs(l.other, o)
}

// appendRefs appends the numbers of the objects that o refers to.
func appendRefs(to []int, o Object) []int {
	switch v := o.(type) {
	case Ref:
		return append(to, v.Num)
	case Array:
		for _, e := range v {
			to = appendRefs(to, e)
		}
	case Dict:
		for _, e := range v {
			to = appendRefs(to, e)
		}
	}
	return to
}

func (l *lexer) dict() (Object, error) {
	if err := l.enter(); err != nil {
		return nil, err
	}
	defer func() { l.depth-- }()
	l.pos += 2
	out := Dict{}
	for {
		k, err := l.object()
		if err != nil {
			return nil, err
		}
		key, ok := k.(Name)
		if !ok {
			if k == keyword(">>") {
				return out, nil
			}
			if k == keyword("endobj") || k == keyword("stream") || k == keyword("]") {
				return nil, damagedf("dictionary without end at %d", l.pos)
			}
			l.stray(k)
			continue
		}
		l.skipSpace()
		start := l.pos
		v, err := l.object()
		if err != nil {
			return nil, err
		}
		if w, ok := v.(keyword); ok {
			l.stray(w)
			if w == ">>" {
				return out, nil
			}
			v = nil
		}
		if old, twice := out[key]; twice && !reflect.DeepEqual(old, v) {
			l.stray(old)
			l.stray(v)
		}
		out[key] = v
		if l.spans != nil && l.depth == 1 {
			l.spans[key] = [2]int{start, l.pos}
		}
	}
}

// header reads "num gen obj" at the position.
func (l *lexer) header() (num, gen int, ok bool) {
	n, g := l.digits(), l.digits()
	l.skipSpace()
	if n < 0 || n > math.MaxInt32 || g < 0 || g > 65535 || !bytes.HasPrefix(l.data[l.pos:], []byte("obj")) {
		return 0, 0, false
	}
	l.pos += 3
	return int(n), int(g), true
}

// digits reads an unsigned number, -1 if there is none or one of more than twenty
// digits.
func (l *lexer) digits() int64 {
	l.skipSpace()
	s := l.pos
	for l.pos < len(l.data) && l.pos-s < 20 && l.data[l.pos] >= '0' && l.data[l.pos] <= '9' {
		l.pos++
	}
	n, err := strconv.ParseInt(string(l.data[s:l.pos]), 10, 64)
	if err != nil || l.pos < len(l.data) && isDigit(l.data[l.pos]) {
		return -1
	}
	return n
}
