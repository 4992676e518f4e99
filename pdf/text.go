package pdf

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Glyph is one shown letter in user space.
type Glyph struct {
	Text string  // what it stands for; a ligature has several letters
	Rect Rect    // its advance width, from descent to ascent
	Size float64 // of the font, in user space units

	dirX, dirY float64 // writing direction
	track      float64 // space that is set behind each letter, in user space units
	unseen     bool    // for search only, as in a scan with its text, or white on nothing
}

func (g Glyph) finite() bool {
	for _, v := range []float64{g.Rect.X0, g.Rect.Y0, g.Rect.X1, g.Rect.Y1, g.Size} {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			return false
		}
	}
	return true
}

// Line is what stands on one baseline of the page, from left to right, across
// columns. Words that stand apart are separated by one space at least.
type Line struct {
	Text   string  // NFC
	Rect   Rect    // user space
	Size   float64 // of the first letter
	Glyphs []Glyph
	// at[i] is the index in Glyphs of the letter that byte i of Text is from.
	at []int
}

// Lines reads the text of a page with positions, from top to bottom as the
// page is seen. Text that runs upwards or downwards is left out.
func (f *File) Lines(p Page) ([]Line, error) {
	glyphs, err := f.contentGlyphs(p)
	if err != nil {
		return nil, err
	}
	return layLines(p, glyphs), nil
}

// placed is a glyph with its box in mm as seen.
type placed struct {
	Glyph
	box Box
}

func (g placed) base() float64 { return g.box.Y + g.box.H }
func (g placed) blank() bool   { return strings.TrimSpace(g.Text) == "" }

// maxBorne bounds a letter with its accents, in bytes.
const maxBorne = 16

// bears says that a is an accent drawn by itself over the letter g, which was
// shown just before: it may begin left of it.
func (g placed) bears(a placed) bool {
	r, _ := utf8.DecodeRuneInString(a.Text)
	return unicode.Is(unicode.Mn, r) && !g.blank() && len(g.Text) < maxBorne && math.Abs(g.base()-a.base()) < 0.4*g.box.H &&
		a.box.X > g.box.X-0.4*g.box.H && a.box.X < g.box.X+g.box.W+0.4*g.box.H
}

// bear joins the accent to the letter, which then ends where the accent ends.
func (g *placed) bear(p Page, a placed) {
	g.Text += a.Text
	if w := a.box.X + a.box.W - g.box.X; w > g.box.W {
		g.box.W = w
		g.Rect = p.User(g.box)
	}
}

// layLines groups glyphs by baseline as seen.
func layLines(p Page, glyphs []Glyph) []Line {
	var all []placed
	for _, g := range glyphs {
		if !upright(p.Rotate, g) {
			continue
		}
		next := placed{g, p.View(g.Rect)}
		if n := len(all); n > 0 && all[n-1].bears(next) {
			all[n-1].bear(p, next)
			continue
		}
		all = append(all, next)
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.base(), b.base()) })
	var out []Line
	for start := 0; start < len(all); {
		end := start + 1
		// raised and lowered letters join: half the letter height is the band
		for end < len(all) && all[end].base()-all[start].base() < 0.4*max(all[start].box.H, 1) {
			end++
		}
		row := all[start:end]
		slices.SortStableFunc(row, func(a, b placed) int { return cmp.Compare(a.box.X, b.box.X) })
		if l := layLine(p, row); len(l.Glyphs) > 0 {
			out = append(out, l)
		}
		start = end
	}
	return out
}

// wordGap is the free room that makes another word, in parts of the height of the
// line's letters: 0.15 of the size. Justified text has word spaces of 0.18.
const wordGap = 0.135

// layLine joins letters from left to right. A space counts only where nothing
// else stands: a filled number lies over the spaces of its gap.
func layLine(p Page, row []placed) Line {
	var l Line
	var spaces []placed
	right := math.Inf(-1)
	var last placed
	for _, g := range row {
		if g.blank() {
			spaces = append(spaces, g)
			continue
		}
		if g.Text == last.Text && g.box.X-last.box.X < 0.08*g.box.H {
			continue // drawn twice to look bold
		}
		gap := g.box.X - right
		if g.track == last.track { // letters set apart are one word
			gap -= g.track / p.unit()
		}
		last = g
		if len(l.Glyphs) > 0 && gap > 0.08*g.box.H {
			if len(spaces) == 0 && gap > wordGap*g.box.H {
				b := Box{X: right, Y: g.box.Y, W: gap, H: g.box.H}
				spaces = append(spaces, placed{Glyph{Text: " ", Rect: p.User(b), Size: g.Size}, b})
			}
			for _, s := range spaces {
				l.add(s.Glyph)
			}
		}
		spaces = spaces[:0]
		l.add(g.Glyph)
		right = max(right, g.box.X+g.box.W)
	}
	if len(l.Glyphs) > 0 {
		l.Size = l.Glyphs[0].Size
		l.normalize()
	}
	return l
}

// upright: the letter's writing direction is to the right as seen.
func upright(rotate int, g Glyph) bool {
	x, y := g.dirX, g.dirY
	switch rotate {
	case 90:
		x, y = y, -x
	case 180:
		x, y = -x, -y
	case 270:
		x, y = -y, x
	}
	return x > 0 && math.Abs(y) < 0.1*x
}

func (l *Line) add(g Glyph) {
	l.Glyphs = append(l.Glyphs, g)
	l.Rect = l.Rect.Union(g.Rect)
	for range len(g.Text) {
		l.at = append(l.at, len(l.Glyphs)-1)
	}
}

// normalize makes Text of the glyphs, in NFC, and keeps at in step: letters that are composed
// count as the first of their parts.
func (l *Line) normalize() {
	var raw strings.Builder
	for _, g := range l.Glyphs {
		raw.WriteString(g.Text)
	}
	l.Text = raw.String()
	if norm.NFC.IsNormalString(l.Text) {
		return
	}
	var b strings.Builder
	var at []int
	var it norm.Iter
	it.InitString(norm.NFC, l.Text)
	for !it.Done() {
		from := it.Pos()
		seg := it.Next()
		b.Write(seg)
		for range len(seg) {
			at = append(at, l.at[min(from, len(l.at)-1)])
		}
	}
	l.Text, l.at = b.String(), at
}

// Span is the rectangle of Text[from:to], and the glyphs it is from.
func (l Line) Span(from, to int) (r Rect, first, last int) {
	first, last = -1, -1
	for _, g := range l.at[max(0, from):min(to, len(l.at))] {
		if first < 0 {
			first = g
		}
		last = max(last, g)
		r = r.Union(l.Glyphs[g].Rect)
	}
	return r, first, last
}

// Text reads the whole text of the file for search, in NFC, page by page, each
// page followed by what its form fields and signatures show. A page that
// cannot be read is left out; TooBig ends the reading with what was read.
func (f *File) Text() (string, error) {
	pages, err := f.Pages()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range pages {
		glyphs, err := f.contentGlyphs(p)
		if err == nil {
			glyphs, err = f.widgetGlyphs(p, glyphs)
		}
		for _, l := range layLines(p, glyphs) {
			b.WriteString(strings.Join(strings.Fields(l.Text), " "))
			b.WriteByte('\n')
		}
		if err == nil && b.Len() > maxText {
			err = tooBigf("more than %d bytes of text", maxText)
		}
		if err != nil {
			return b.String(), err
		}
	}
	return b.String(), nil
}

// maxText bounds what Text reads, in bytes.
const maxText = 16 << 20

// Anchor is a place where a text was found.
type Anchor struct {
	Page  Page
	Line  Line
	Rect  Rect // of the text, user space
	First int  // index in Line.Glyphs of its first letter
	Last  int  // and of its last
}

// FindAnchor looks for a text, written in NFC or not, from the last page
// backwards and on each page from the bottom up; runs of spaces count as one.
// Not found is an *Error of kind NotFound.
func (f *File) FindAnchor(s string) (Anchor, error) {
	pages, err := f.Pages()
	if err != nil {
		return Anchor{}, err
	}
	want := strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	for _, p := range slices.Backward(pages) {
		lines, err := f.Lines(p)
		if err != nil {
			return Anchor{}, err
		}
		for _, l := range slices.Backward(lines) {
			if a, ok := l.find(want); ok {
				a.Page = p
				return a, nil
			}
		}
	}
	return Anchor{}, &Error{NotFound, "Không tìm thấy “" + want + "” trong tệp.", ""}
}

// find looks for want in the line with runs of spaces folded, the last place
// first. Letters next to the match would make it another word.
func (l Line) find(want string) (Anchor, bool) {
	text, at := foldSpaces(l.Text)
	for end := len(text); want != ""; {
		i := strings.LastIndex(text[:end], want)
		if i < 0 {
			break
		}
		end = i + len(want) - 1
		if wordAt(text, i-1, true) || wordAt(text, i+len(want), false) {
			continue
		}
		r, first, last := l.Span(at[i], at[i+len(want)-1]+1)
		if first >= 0 {
			return Anchor{Line: l, Rect: r, First: first, Last: last}, true
		}
	}
	return Anchor{}, false
}

func wordAt(s string, i int, before bool) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	if before {
		r, _ = utf8.DecodeLastRuneInString(s[:i+1])
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// foldSpaces makes runs of spaces one space; at maps bytes back.
func foldSpaces(s string) (string, []int) {
	var b []byte
	var at []int
	for i, r := range s {
		if unicode.IsSpace(r) {
			if len(b) > 0 && b[len(b)-1] != ' ' {
				b, at = append(b, ' '), append(at, i)
			}
			continue
		}
		for k := range len(string(r)) {
			b, at = append(b, s[i+k]), append(at, i+k)
		}
	}
	return string(b), at
}
