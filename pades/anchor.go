package pades

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vanthu/pdf"
)

// Gap is room left free on a printed line, to be filled later.
type Gap struct {
	Place
	Face pdf.Face // of the line it stands in
	Size float64  // points
	// Parts are the stretches to be filled, as pairs of mm from the left edge.
	Parts [][2]float64
}

// cell is one letter of a line with its box in mm as seen.
type cell struct {
	text string
	box  pdf.Box
}

// row is a line as cells, for finding gaps between its words.
type row struct {
	page  pdf.Page
	cells []cell
	size  float64 // points
}

func newRow(p pdf.Page, l pdf.Line) row {
	r := row{page: p, size: l.Size * p.UserUnit}
	for _, g := range l.Glyphs {
		r.add(g.Text, p.View(g.Rect))
	}
	return r
}

// add appends a letter; an accent that is drawn by itself joins its letter.
func (r *row) add(text string, box pdf.Box) {
	first, _ := utf8.DecodeRuneInString(text)
	if n := len(r.cells); n > 0 && unicode.Is(unicode.Mn, first) {
		r.cells[n-1].text = norm.NFC.String(r.cells[n-1].text + text)
		return
	}
	r.cells = append(r.cells, cell{norm.NFC.String(text), box})
}

// word finds a word in the cells from index from on; end is behind its last cell.
func (r row) word(w string, from int) (start, end int, ok bool) {
	for i := from; i < len(r.cells); i++ {
		if i > 0 && isWord(r.cells[i-1].text) {
			continue
		}
		got := ""
		for j := i; j < len(r.cells) && len(got) < len(w); j++ {
			got += r.cells[j].text
			if !strings.HasPrefix(w, got) {
				break
			}
			if got == w && (j+1 == len(r.cells) || !isWord(r.cells[j+1].text)) {
				return i, j + 1, true
			}
		}
	}
	return 0, 0, false
}

func isWord(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) >= 0
}

// blank reports whether a cell only marks room to be filled: space, dots, line.
func blank(s string) bool { return strings.Trim(s, " \u00a0\t.…_") == "" }

// next is the first cell from i on that is not blank, len if there is none.
func (r row) next(i int) int {
	for i < len(r.cells) && blank(r.cells[i].text) {
		i++
	}
	return i
}

// right and left edges of cells in mm.
func (r row) right(i int) float64 { return r.cells[i].box.X + r.cells[i].box.W }
func (r row) left(i int) float64  { return r.cells[i].box.X }

// gapMargin is kept free on either side of a gap, in mm.
const gapMargin = 0.3

// digitWidth of the line's size, in mm.
func (r row) digitWidth() float64 { return 0.5 * r.size / pdf.PointsPerMM }

// numberGap finds the room between "Số:" and the symbol (law:ND30-PL1.II.3).
func (r row) numberGap() (x0, x1 float64, found bool) {
	end, ok := r.numberWord()
	if !ok {
		return 0, 0, false
	}
	x0 = r.right(end-1) + gapMargin
	x1 = x0 + 8*r.digitWidth()
	if n := r.next(end); n < len(r.cells) {
		x1 = min(x1, r.left(n)-gapMargin)
	}
	return x0, x1, true
}

// numberWord finds "Số:", "Số :" or "Số …/" and the index behind it; "Số điện
// thoại" is none of them.
func (r row) numberWord() (end int, ok bool) {
	if _, end, ok = r.word("Số:", 0); ok {
		return end, true
	}
	_, end, ok = r.word("Số", 0)
	n := r.next(end)
	if !ok || n == len(r.cells) {
		return 0, false
	}
	switch r.cells[n].text {
	case ":":
		return n + 1, true
	case "/":
		return end, true
	}
	return 0, false
}

// dateGaps finds the rooms in "ngày … tháng … năm …"; the year is left out
// where it is printed (law:ND30-PL1.II.4). found is false where day or month
// are printed already.
func (r row) dateGaps() (gaps [][2]float64, found bool) {
	_, d, ok1 := r.word("ngày", 0)
	if !ok1 {
		return nil, false
	}
	m0, m, ok2 := r.word("tháng", d)
	if !ok2 || r.next(d) != m0 {
		return nil, false
	}
	y0, y, ok3 := r.word("năm", m)
	if !ok3 || r.next(m) != y0 {
		return nil, false
	}
	gaps = [][2]float64{{r.right(d-1) + gapMargin, r.left(m0) - gapMargin}, {r.right(m-1) + gapMargin, r.left(y0) - gapMargin}}
	if n := r.next(y); n == len(r.cells) || !isDigit(r.cells[n].text) {
		start := r.right(y-1) + 0.5*r.digitWidth()
		gaps = append(gaps, [2]float64{start, start + 4.5*r.digitWidth()})
	}
	return gaps, true
}

func isDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// gap makes a Gap of the stretches, as tall as the line's letters.
func (r row) gap(face pdf.Face, parts [][2]float64) Gap {
	x0, x1 := parts[0][0], parts[len(parts)-1][1]
	b := r.cells[0].box
	for _, c := range r.cells { // the row's own baseline, by its largest letters
		if c.box.X >= x0-30 && c.box.X <= x1+30 && !blank(c.text) {
			b = c.box
			break
		}
	}
	g := Gap{Place: Place{Page: r.page.Index, Box: pdf.Box{X: x0, Y: b.Y, W: x1 - x0, H: b.H}}, Face: face, Size: r.size}
	for _, p := range parts {
		g.Parts = append(g.Parts, [2]float64{p[0] - x0, p[1] - x0})
	}
	return g
}

// NumberGap finds where the number goes on page 1. Errors: NoAnchor if there
// is no "Số:", NoGap if nothing is free behind it.
func NumberGap(f *pdf.File) (Gap, error) {
	rows, err := firstPage(f)
	if err != nil {
		return Gap{}, err
	}
	narrow := false
	for _, r := range rows {
		x0, x1, found := r.numberGap()
		if found && x1-x0 >= 2*r.digitWidth() {
			return r.gap(pdf.Regular, [][2]float64{{x0, x1}}), nil
		}
		narrow = narrow || found
	}
	return Gap{}, missing(NumberField, "chỗ ghi số sau chữ “Số:”", narrow)
}

// DateGap finds where day, month and, if it is not printed, year go on page 1.
func DateGap(f *pdf.File) (Gap, error) {
	rows, err := firstPage(f)
	if err != nil {
		return Gap{}, err
	}
	narrow := false
	for _, r := range rows {
		parts, found := r.dateGaps()
		if !found {
			continue
		}
		if parts[0][1]-parts[0][0] >= 2*r.digitWidth() && parts[1][1]-parts[1][0] >= 2*r.digitWidth() {
			return r.gap(pdf.Italic, parts), nil
		}
		narrow = true
	}
	return Gap{}, missing(DateField, "chỗ ghi “ngày … tháng … năm …”", narrow)
}

func firstPage(f *pdf.File) ([]row, error) {
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	lines, err := f.Lines(pages[0])
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, l := range lines {
		rows = append(rows, newRow(pages[0], l))
	}
	return rows, nil
}

func missing(anchor, what string, narrow bool) error {
	if narrow {
		return &Error{NoGap, fmt.Sprintf("Trong tệp, %s không đủ rộng; cần chỉ vị trí trên trang.", what), anchor}
	}
	return &Error{NoAnchor, fmt.Sprintf("Không tìm thấy %s trong tệp; cần chỉ vị trí trên trang.", what), anchor}
}

// SignaturePlace finds the room between title and name of the signer, from the
// last page backwards (law:ND30-PL1.II.7d): a box of at most w×h mm, centred
// over the name. Errors: NoAnchor, or NoGap if less than 8 mm is free.
func SignaturePlace(f *pdf.File, name string, w, h float64) (Place, error) {
	a, err := f.FindAnchor(name)
	if pdf.Is(err, pdf.NotFound) {
		return Place{}, missing(SignerField, "họ tên người ký “"+name+"”", false)
	}
	if err != nil {
		return Place{}, err
	}
	n := a.Page.View(a.Rect)
	free, err := freeAbove(f, a.Page, n)
	if err != nil {
		return Place{}, err
	}
	if h = min(h, free-1); h < 8 {
		return Place{}, missing(SignerField, "khoảng trống trên họ tên “"+name+"”", true)
	}
	pageW, _ := a.Page.Size()
	x := min(max(0, n.X+n.W/2-w/2), pageW-w)
	// centred in the free room, so that it stands between title and name
	y := n.Y - free/2 - h/2
	return Place{Page: a.Page.Index, Box: pdf.Box{X: x, Y: y, W: w, H: h}}, nil
}

// freeAbove is the height in mm between a box and the nearest letters above it
// in its own column, at most 60.
func freeAbove(f *pdf.File, p pdf.Page, b pdf.Box) (float64, error) {
	lines, err := f.Lines(p)
	if err != nil {
		return 0, err
	}
	free := min(60, b.Y)
	for _, l := range lines {
		for _, g := range l.Glyphs {
			c := p.View(g.Rect)
			if blank(g.Text) || c.X > b.X+b.W || c.X+c.W < b.X || c.Y+c.H > b.Y+b.H/2 {
				continue
			}
			free = min(free, b.Y-c.Y-c.H)
		}
	}
	return max(free, 0), nil
}

// SealPlace puts a seal of that diameter so that it covers the left third of
// the signature (law:ND30-PL1.II.8a). textH is room in mm for lines under it.
func SealPlace(signature Place, diameter, textH float64) Place {
	s := signature.Box
	return Place{Page: signature.Page, Box: pdf.Box{
		X: max(0, s.X+s.W/3-diameter), Y: max(0, s.Y+s.H/2-diameter/2), W: diameter, H: diameter + textH,
	}}
}

// NumberDate is flow B for a file that arrives finished: the place and look of
// an extra agency signature on page 1 that shows number and date in their
// gaps. number and date may be given by position; nil means by anchor.
func NumberDate(f *pdf.File, n string, t time.Time, number, date *Gap) (*Place, *Look, error) {
	for _, g := range []struct {
		gap  **Gap
		find func(*pdf.File) (Gap, error)
	}{{&number, NumberGap}, {&date, DateGap}} {
		if *g.gap == nil {
			found, err := g.find(f)
			if err != nil {
				return nil, nil, err
			}
			*g.gap = &found
		}
	}
	if number.Page != date.Page {
		return nil, nil, refuse(BadInput, "Số và ngày phải ở cùng một trang.")
	}
	a, b := number.Box, date.Box
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	box := pdf.Box{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
	l := &Look{W: box.W, H: box.H}
	l.Marks = append(number.marks([]string{n}, x, y), date.marks(dateParts(t.In(hanoi)), x, y)...)
	return &Place{Page: number.Page, Box: box}, l, nil
}

// marks draws one part in each stretch of the gap, for a box that begins at x, y.
func (g Gap) marks(parts []string, x, y float64) (out []Mark) {
	stretches := g.Parts
	if len(stretches) == 0 {
		stretches, parts = [][2]float64{{0, g.Box.W}}, []string{strings.Join(parts, "/")}
	}
	for i, s := range stretches[:min(len(stretches), len(parts))] {
		out = append(out, Mark{
			Text: parts[i], Face: g.Face, Size: g.Size, Align: Center,
			Box: pdf.Box{X: g.Box.X - x + s[0], Y: g.Box.Y - y, W: s[1] - s[0], H: g.Box.H},
		})
	}
	return out
}
