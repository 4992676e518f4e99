package form

import (
	"strings"
	"unicode"

	"vanthu/pdf"
	"vanthu/viet"
)

// cell is one shown letter, or a blank between words.
type cell struct {
	text string
	box  pdf.Box // mm as seen
	size float64 // points
}

func (c cell) blank() bool { return strings.TrimSpace(c.text) == "" }

// row is letters that stand on one line, or a stretch of them.
type row struct {
	page  int // index; only of use when there are cells
	box   pdf.Box
	cells []cell
}

func (r row) number() int {
	if len(r.cells) == 0 {
		return 0
	}
	return r.page + 1
}

func (r row) right() float64  { return r.box.X + r.box.W }
func (r row) bottom() float64 { return r.box.Y + r.box.H }
func (r row) middle() float64 { return r.box.X + r.box.W/2 }

// size is that of its first letter, in points.
func (r row) size() float64 {
	if len(r.cells) == 0 {
		return 0
	}
	return r.cells[0].size
}

// text is the row in NFC with single blanks.
func (r row) text() string {
	var b strings.Builder
	for _, c := range r.cells {
		b.WriteString(c.text)
	}
	return strings.Join(strings.Fields(viet.NFC(b.String())), " ")
}

// letters is the row for comparison, see letters.
func (r row) letters() string { return letters(r.text()) }

// letters reduces a text to small letters and digits without marks or blanks.
func letters(s string) string { return strings.ReplaceAll(viet.Fold(s), " ", "") }

// exact is a text without blanks, its marks and capitals kept and tones placed
// alike, to compare spelling.
func exact(s string) string { return strings.Join(strings.Fields(viet.Spell(s)), "") }

// of makes a row of cells without the blanks at its ends.
func (r row) of(cells []cell) row {
	for len(cells) > 0 && cells[0].blank() {
		cells = cells[1:]
	}
	for len(cells) > 0 && cells[len(cells)-1].blank() {
		cells = cells[:len(cells)-1]
	}
	out := row{page: r.page, cells: cells}
	for i, c := range cells {
		if i == 0 {
			out.box = c.box
			continue
		}
		out.box = around(out.box, c.box)
	}
	return out
}

func around(a, b pdf.Box) pdf.Box {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return pdf.Box{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

// between is what stands between two distances from the left edge of the page.
func (r row) between(x0, x1 float64) row {
	var in []cell
	for _, c := range r.cells {
		if m := c.box.X + c.box.W/2; m >= x0 && m < x1 {
			in = append(in, c)
		}
	}
	return r.of(in)
}

// columnGap parts two columns on one line; stretched blanks of justified text
// are narrower. In mm.
const columnGap = 5

// segments are the stretches of a row that wide gaps part.
func (r row) segments() []row {
	var out []row
	start, right, seen := 0, 0.0, false
	for i, c := range r.cells {
		if c.blank() {
			continue
		}
		if seen && c.box.X-right > columnGap {
			out = append(out, r.of(r.cells[start:i]))
			start = i
		}
		right, seen = c.box.X+c.box.W, true
	}
	if last := r.of(r.cells[start:]); len(last.cells) > 0 {
		out = append(out, last)
	}
	return out
}

// find gives the stretch whose letters are key; ok is false if there is none.
func (r row) find(key string) (row, bool) {
	var b strings.Builder
	var at []int
	for i, c := range r.cells {
		k := letters(c.text)
		b.WriteString(k)
		for range len(k) {
			at = append(at, i)
		}
	}
	i := strings.Index(b.String(), key)
	if i < 0 || key == "" {
		return row{}, false
	}
	end := at[i+len(key)-1] + 1
	for end < len(r.cells) && isMark(r.cells[end].text) { // an accent drawn by itself
		end++
	}
	return r.of(r.cells[at[i]:end]), true
}

func (r row) has(key string) bool {
	_, ok := r.find(key)
	return ok
}

func isMark(s string) bool {
	return s != "" && strings.TrimFunc(s, func(r rune) bool { return unicode.Is(unicode.Mn, r) }) == ""
}

// digits says that a text is a number and nothing else.
func digits(s string) bool {
	return s != "" && len(s) <= 4 && strings.Trim(s, "0123456789") == ""
}

// capitals says that a text has letters and no small ones.
func capitals(s string) bool { return s == strings.ToUpper(s) && s != strings.ToLower(s) }

// read takes in the pages; ok is false when there is no text on them.
func read(f *pdf.File, e Expect) (*checker, bool) {
	pages, err := f.Pages()
	if err != nil || len(pages) == 0 {
		return nil, false
	}
	c := &checker{f: f, e: e, pages: pages[:min(len(pages), MaxPages)]}
	total := 0
	for i, p := range c.pages {
		lines, err := f.Lines(p)
		if err != nil {
			lines = nil // like a page that is a picture
		}
		c.rows = append(c.rows, rowsOf(i, p, lines))
		for _, r := range c.rows[i] {
			total += len(r.letters())
		}
	}
	c.findAnnexes()
	c.split = c.rightColumn()
	return c, total >= 40 // less is a stamp on a picture
}

func rowsOf(page int, p pdf.Page, lines []pdf.Line) []row {
	var out []row
	for _, l := range lines {
		r := row{page: page}
		for _, g := range l.Glyphs {
			r.cells = append(r.cells, cell{g.Text, p.View(g.Rect), g.Size * p.UserUnit})
		}
		if r = r.of(r.cells); len(r.cells) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// rightColumn is where the national title begins, or a little left of the
// middle when there is none.
func (c *checker) rightColumn() float64 {
	if r, ok := c.findOn(0, nationalKey); ok {
		return r.box.X - 1
	}
	w, _ := c.pages[0].Size()
	return 0.46 * w
}

// findOn looks for the letters on a page, from the top.
func (c *checker) findOn(page int, key string) (row, bool) {
	for _, r := range c.rows[page] {
		if at, ok := r.find(key); ok {
			return at, true
		}
	}
	return row{}, false
}

// segmentsOn are the stretches of a page, from top to bottom.
func (c *checker) segmentsOn(page int) []row {
	var out []row
	for _, r := range c.rows[page] {
		out = append(out, r.segments()...)
	}
	return out
}

// findAnnexes notes the pages that begin with "Phụ lục".
func (c *checker) findAnnexes() {
	for i := 1; i < len(c.rows); i++ {
		for j, s := range c.segmentsOn(i) {
			if j < 4 && isAnnexHead(s.letters()) {
				c.annex = append(c.annex, i)
				break
			}
		}
	}
}

func isAnnexHead(key string) bool {
	rest, ok := strings.CutPrefix(key, "phuluc")
	rest = strings.TrimPrefix(rest, "so")
	return ok && strings.Trim(rest, "ivxl0123456789") == ""
}

// last is the index of the last page of the document itself, before its annexes.
func (c *checker) last() int {
	if len(c.annex) > 0 {
		return c.annex[0] - 1
	}
	return len(c.pages) - 1
}
