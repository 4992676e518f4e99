package pdf

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// textFont turns the codes of a font into text and widths (iso32000-2:9.10).
type textFont struct {
	wide      bool    // two bytes per code
	vertical  bool    // letters stand below one another
	top, down float64 // then: from the letter's baseline to its origin, and to the next
	toUnicode *cmap
	encoding  *[256]string // simple fonts
	widths    map[int]float64
	ranges    []widthRange
	spans     []span // of ranges, the first wins
	missing   float64
}

// widthRange gives all codes from lo to hi one width.
type widthRange struct {
	lo, hi int
	w      float64
}

func (t *textFont) width(code int) float64 {
	if w, ok := t.widths[code]; ok {
		return w
	}
	if i, ok := find(t.spans, code); ok {
		return t.ranges[i].w
	}
	return t.missing
}

// char is one code of a string that is shown.
type char struct {
	text  string
	width float64 // of size 1
	space bool    // code 32 of a simple font: word spacing applies
}

// fontCost is what reading a font takes from the file's allowance of bytes
// (MaxInflatedTotal): a hostile page names a costly font again and again.
const (
	fontCost      = 1 << 15
	maxFontWidths = 1 << 17
	maxMapped     = 1 << 20 // entries of all fonts of a file
)

func (f *File) textFont(o Object) *textFont {
	ref, isRef := o.(Ref)
	if t, ok := f.fonts[ref]; ok && isRef {
		return t
	}
	d := f.Dict(o)
	if d == nil || f.all.spend(fontCost) != nil || f.mapped > maxMapped {
		return nil
	}
	t := &textFont{widths: map[int]float64{}, missing: 0.5}
	if s := f.Stream(d["ToUnicode"]); s != nil {
		if data, err := f.Decode(s); err == nil {
			t.toUnicode = readCMap(data)
		}
	}
	if f.Name(d["Subtype"]) == "Type0" {
		f.compositeFont(t, d)
	} else {
		f.simpleFont(t, d)
	}
	for i, r := range t.ranges {
		t.spans = append(t.spans, span{r.lo, r.hi, i})
	}
	t.spans = flatten(t.spans)
	if isRef {
		f.fonts[ref] = t
		f.mapped += 256 + len(t.widths) + len(t.ranges) + t.toUnicode.len()
	}
	return t
}

func (t *textFont) decode(s string) (out []char) {
	step := 1
	if t.wide {
		step = 2
	}
	for i := 0; i+step <= len(s); i += step {
		code := int(s[i])
		if t.wide {
			code = code<<8 | int(s[i+1])
		}
		c := char{width: t.width(code), space: !t.wide && code == ' '}
		if u, ok := t.toUnicode.text(code); ok {
			c.text = u
		} else if t.encoding != nil {
			c.text = t.encoding[code]
		}
		out = append(out, c)
	}
	return out
}

func (f *File) compositeFont(t *textFont, d Dict) {
	t.wide = true
	kids := f.Array(d["DescendantFonts"])
	if len(kids) == 0 {
		return
	}
	cid := f.Dict(kids[0])
	t.missing = 1
	if w, ok := f.Number(cid["DW"]); ok {
		t.missing = w / 1000
	}
	if t.vertical = f.writesDown(d["Encoding"]); t.vertical {
		t.top, t.down = 0.88, -1
		if v := f.Array(cid["DW2"]); len(v) == 2 {
			top, _ := f.Number(v[0])
			down, _ := f.Number(v[1])
			t.top, t.down = top/1000, down/1000
		}
	}
	w := f.Array(cid["W"])
	if f.all.spend(8*len(w)) != nil {
		return
	}
	steps := 0
	for i := 0; i < len(w) && steps < maxFontWidths; {
		first, _ := f.Int(w[i])
		if i+1 < len(w) {
			if list := f.Array(w[i+1]); list != nil {
				steps += len(list)
				for k, o := range list {
					n, _ := f.Number(o)
					t.widths[first+k] = n / 1000
				}
				i += 2
				continue
			}
		}
		if i+2 >= len(w) {
			return
		}
		last, _ := f.Int(w[i+1])
		n, _ := f.Number(w[i+2])
		if len(t.ranges) < maxRanges {
			t.ranges = append(t.ranges, widthRange{first, last, n / 1000})
		}
		i += 3
	}
}

// writesDown tells a CMap for vertical writing. The heights of single letters (W2)
// are not read: documents in Vietnamese are not written so (iso32000-2:9.7.4.3).
func (f *File) writesDown(encoding Object) bool {
	if s := f.Stream(encoding); s != nil {
		mode, _ := f.Int(s.Dict["WMode"])
		return mode == 1
	}
	return strings.HasSuffix(string(f.Name(encoding)), "-V")
}

func (f *File) simpleFont(t *textFont, d Dict) {
	unit := 0.001
	if m, ok := f.matrix(d["FontMatrix"]); ok && f.Name(d["Subtype"]) == "Type3" {
		unit = m[0]
	}
	first, _ := f.Int(d["FirstChar"])
	widths := f.Array(d["Widths"])
	for i, o := range widths[:min(len(widths), 256)] {
		if n, ok := f.Number(o); ok {
			t.widths[first+i] = n * unit
		}
	}
	if n, ok := f.Number(f.Dict(d["FontDescriptor"])["MissingWidth"]); ok && n > 0 {
		t.missing = n * unit
	}
	t.encoding = f.simpleEncoding(d)
	if len(t.widths) == 0 {
		t.standardWidths()
	}
}

// standardWidths stands in for the fonts that need not state theirs
// (iso32000-2:9.6.2.2), with those of Liberation Serif.
func (t *textFont) standardWidths() {
	font, err := NewFont(Regular)
	if err != nil {
		return
	}
	for c, s := range t.encoding {
		if s != "" {
			t.widths[c] = font.Width(s, 1)
		}
	}
}

func (f *File) simpleEncoding(d Dict) *[256]string {
	var table [256]string
	base := charmap.Windows1252
	enc := f.Resolve(d["Encoding"])
	name, _ := enc.(Name)
	ed, isDict := enc.(Dict)
	if isDict {
		name = f.Name(ed["BaseEncoding"])
	}
	if name == "MacRomanEncoding" {
		base = charmap.Macintosh
	}
	for c := ' '; c < 256; c++ {
		if r := base.DecodeByte(byte(c)); r != utf8.RuneError {
			table[c] = string(r)
		}
	}
	code := 0
	diff := f.Array(ed["Differences"])
	for _, o := range diff[:min(len(diff), 1024)] {
		switch v := f.Resolve(o).(type) {
		case int64:
			code = int(v)
		case Name:
			if code >= 0 && code < 256 {
				table[code] = glyphText(string(v))
			}
			code++
		}
	}
	return &table
}

// cmap turns codes into text. Ranges stay ranges: some producers write one
// over all 65,536 codes.
type cmap struct {
	single map[int]string
	ranges []bfRange
	spans  []span // of ranges, the last wins
}

// bfRange maps lo…hi to a text that counts up with the code, or to a list.
type bfRange struct {
	lo, hi int
	first  Object
	list   Array
}

// text is what a code stands for; ok is false when the map is silent.
func (m *cmap) text(code int) (s string, ok bool) {
	if m == nil {
		return "", false
	}
	if s, ok := m.single[code]; ok {
		return s, true
	}
	i, ok := find(m.spans, code)
	if !ok {
		return "", false
	}
	r := m.ranges[i]
	if r.list != nil {
		return unicodeOf(r.list[code-r.lo], 0), true
	}
	return unicodeOf(r.first, code-r.lo), true
}

func (m *cmap) len() int {
	if m == nil {
		return 0
	}
	return len(m.single) + len(m.ranges)
}

// readCMap reads the bfchar and bfrange lists of a /ToUnicode stream
// (iso32000-2:9.10.3).
func readCMap(data []byte) *cmap {
	m := &cmap{single: map[int]string{}}
	l := &lexer{data: data}
	var args []Object
	for len(m.single)+len(m.ranges) < maxFontWidths {
		l.skipSpace()
		if l.pos >= len(data) {
			break
		}
		o, err := l.object()
		if err != nil {
			break
		}
		op, ok := o.(keyword)
		if !ok {
			args = append(args, o)
			continue
		}
		switch op {
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				if src, ok := codeOf(args[i]); ok {
					m.single[src] = unicodeOf(args[i+1], 0)
				}
			}
		case "endbfrange":
			m.addRanges(args)
		}
		args = args[:0]
	}
	for i, r := range slices.Backward(m.ranges) {
		m.spans = append(m.spans, span{r.lo, r.hi, i})
	}
	m.spans = flatten(m.spans)
	return m
}

// maxRanges bounds the ranges that a font keeps of either kind.
const maxRanges = 4096

func (m *cmap) addRanges(args []Object) {
	for i := 0; i+2 < len(args) && len(m.ranges) < maxRanges; i += 3 {
		lo, ok1 := codeOf(args[i])
		hi, ok2 := codeOf(args[i+1])
		if !ok1 || !ok2 || hi < lo {
			continue
		}
		list, isList := args[i+2].(Array)
		if isList {
			hi = min(hi, lo+len(list)-1)
		}
		m.ranges = append(m.ranges, bfRange{lo, hi, args[i+2], list})
	}
}

func codeOf(o Object) (int, bool) {
	s, ok := o.(String)
	if !ok || len(s) == 0 || len(s) > 2 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		n = n<<8 | int(s[i])
	}
	return n, true
}

// unicodeOf decodes UTF-16BE whose last unit is raised by add.
func unicodeOf(o Object, add int) string {
	s, _ := o.(String)
	if len(s) < 2 || len(s) > 64 {
		return ""
	}
	b := []byte(s)
	last := int(b[len(b)-2])<<8 | int(b[len(b)-1])
	b[len(b)-2], b[len(b)-1] = byte((last+add)>>8), byte(last+add)
	return strings.Trim(decode16(String(b), 8, 0), "\x00")
}

// glyphNames are the names of the Adobe glyph list that are not letters with
// accents; those are composed by glyphText.
var glyphNames = func() map[string]string {
	out := map[string]string{}
	for _, pair := range strings.Fields(`space:0020 exclam:! quotedbl:" numbersign:# dollar:$ percent:% ampersand:& quotesingle:'
parenleft:( parenright:) asterisk:* plus:+ comma:, hyphen:- minus:- period:. slash:/ colon:003A semicolon:; less:< equal:= greater:>
question:? at:@ bracketleft:[ backslash:\ bracketright:] asciicircum:^ underscore:_ grave:0060 braceleft:{ bar:| braceright:}
asciitilde:~ zero:0 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 quoteleft:‘ quoteright:’ quotedblleft:“
quotedblright:” endash:– emdash:— bullet:• ellipsis:… Dcroat:Đ dcroat:đ Eth:Ð eth:ð dong:₫ germandbls:ß AE:Æ ae:æ OE:Œ oe:œ
Oslash:Ø oslash:ø fi:ﬁ fl:ﬂ degree:° section:§ guillemotleft:« guillemotright:» multiply:× divide:÷ plusminus:± nbspace:0020
dotlessi:ı Euro:€ copyright:© registered:® trademark:™ Ohorn:Ơ ohorn:ơ Uhorn:Ư uhorn:ư`) {
		name, val, _ := strings.Cut(pair, ":")
		if len(val) == 4 && strings.Trim(val, "0123456789ABCDEF") == "" {
			n, _ := strconv.ParseUint(val, 16, 16)
			val = string(rune(n))
		}
		out[name] = val
	}
	return out
}()

// accents are the endings of glyph names, longest first where one ends another.
var accents = []struct{ name, mark string }{
	{"circumflex", "\u0302"}, {"hookabove", "\u0309"}, {"dotbelow", "\u0323"}, {"dieresis", "\u0308"},
	{"breve", "\u0306"}, {"acute", "\u0301"}, {"grave", "\u0300"}, {"tilde", "\u0303"}, {"caron", "\u030c"},
	{"cedilla", "\u0327"}, {"macron", "\u0304"}, {"ring", "\u030a"}, {"horn", "\u031b"}, {"dotaccent", "\u0307"},
}

// glyphText turns a glyph name into text: "uni1EC6", "Ecircumflexdotbelow",
// "slash", "a.alt".
func glyphText(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if s, ok := glyphNames[name]; ok {
		return s
	}
	if len(name) == 1 && name[0] < utf8.RuneSelf { // else half a letter
		return name
	}
	for _, prefix := range []string{"uni", "u"} {
		if hex, ok := strings.CutPrefix(name, prefix); ok && len(hex) >= 4 && len(hex) <= 6 {
			if n, err := strconv.ParseUint(hex, 16, 32); err == nil && utf8.ValidRune(rune(n)) {
				return string(rune(n))
			}
		}
	}
	for _, a := range accents {
		if base, ok := strings.CutSuffix(name, a.name); ok && base != "" {
			if s := glyphText(base); s != "" {
				return norm.NFC.String(s + a.mark)
			}
		}
	}
	return ""
}
