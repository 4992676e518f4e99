package paper

import "fmt"

// A Column of a table. Widths are shares of the room between the margins.
type Column struct {
	Head   string
	Share  float64
	Centre bool // cells in the middle
}

// A Table is a ruled table that runs over pages; its head stands on each.
type Table struct {
	Columns []Column
	Rows    [][]string
	// Numbered puts the line (1) (2) (3) … under the head, as the forms of
	// ND30 PL4 have it.
	Numbered bool
	Size     float64 // of the letters, points; 0 is 12
	MinRow   float64 // least height of a row, mm
}

const cellPad = 1.2 // mm

func (t *Table) face(bold bool) face {
	size := t.Size
	if size == 0 {
		size = 12
	}
	return face{size: size, bold: bold}
}

// widths are the columns' in mm.
func (t *Table) widths(s *sheet) []float64 {
	total := 0.0
	for _, c := range t.Columns {
		total += c.Share
	}
	out := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Share / total * s.width()
	}
	return out
}

func (t *Table) draw(s *sheet) {
	widths := t.widths(s)
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Head
	}
	head := t.set(s, widths, heads, true)
	if most := (s.high - s.top - s.bottom) / 3; head.height > most { // so that rows have room
		head, _ = head.cut(most)
	}
	first := 2 * t.MinRow
	if len(t.Rows) > 0 {
		first = t.set(s, widths, t.Rows[0], false).height
	}
	s.need(min(head.height+first+10, s.high-s.top-s.bottom))
	above := s.y
	t.top(s, widths, head)
	whole := s.high - s.top - s.bottom - (s.y - above) // of a page, below the head
	next := func() {
		s.newPage()
		t.top(s, widths, head)
	}
	for _, row := range t.Rows {
		r := t.set(s, widths, row, false)
		if r.height > s.room() && r.height <= whole {
			next()
		}
		for r.height > s.room() { // no page holds it
			part, rest := r.cut(s.room())
			t.put(s, widths, part)
			r = rest
			next()
		}
		t.put(s, widths, r)
	}
}

// top draws the head, and the line of column numbers.
func (t *Table) top(s *sheet, widths []float64, head setRow) {
	t.put(s, widths, head)
	if !t.Numbered {
		return
	}
	numbers := make([]string, len(t.Columns))
	for i := range numbers {
		numbers[i] = fmt.Sprintf("(%d)", i+1)
	}
	f := face{size: t.face(false).size - 1, italic: true}
	r := setRow{head: true, step: f.line()}
	for i, n := range numbers {
		r.cells = append(r.cells, s.cut(one(f, n), widths[i]-2*cellPad, 0))
	}
	r.height = f.line() + cellPad
	t.put(s, widths, r)
}

// A setRow is a row whose cells are broken into lines.
type setRow struct {
	cells  [][]line
	head   bool
	step   float64
	height float64
}

func (r setRow) lines() int {
	n := 0
	for _, c := range r.cells {
		n = max(n, len(c))
	}
	return n
}

func (t *Table) set(s *sheet, widths []float64, texts []string, head bool) setRow {
	f := t.face(head)
	r := setRow{head: head, step: f.line()}
	for i := range t.Columns {
		text := ""
		if i < len(texts) {
			text = texts[i]
		}
		r.cells = append(r.cells, s.cut(one(f, text), widths[i]-2*cellPad, 0))
	}
	r.height = max(float64(r.lines())*r.step+2*cellPad, t.MinRow)
	return r
}

// cut divides the row at the line that ends within high mm. The first part has at
// least one line.
func (r setRow) cut(high float64) (part, rest setRow) {
	n := max(1, int((high-2*cellPad)/r.step))
	part, rest = setRow{step: r.step, height: high, head: r.head}, setRow{step: r.step}
	for _, c := range r.cells {
		k := min(n, len(c))
		part.cells, rest.cells = append(part.cells, c[:k]), append(rest.cells, c[k:])
	}
	rest.height = float64(rest.lines())*r.step + 2*cellPad
	return part, rest
}

// put draws a row at the cursor.
func (t *Table) put(s *sheet, widths []float64, r setRow) {
	x := s.left
	for i, w := range widths {
		s.pdf.Rect(x, s.y, w, r.height, "D")
		a, y := flushLeft, s.y+cellPad
		if r.head || t.Columns[i].Centre {
			a = centre
		}
		if r.head {
			y = s.y + (r.height-float64(len(r.cells[i]))*r.step)/2
		}
		for _, l := range r.cells[i] {
			s.put(l, x+cellPad, y, w-2*cellPad, a)
			y += r.step
		}
		x += w
	}
	s.y += r.height
}
