package paper

import "strings"

// A run is a stretch of text in one face.
type run struct {
	text string
	face face
}

// A word is what a line is never broken inside of.
type word struct {
	text  string
	face  face
	width float64
	glued bool // no blank between it and the word before
}

// A line is set text, not yet placed.
type line struct {
	words  []word
	width  float64 // with single blanks
	indent float64
	last   bool // of its paragraph: not stretched
}

// Ways to set the lines of a paragraph.
type align int

const (
	flushLeft align = iota
	justified
	centre
)

// cut makes of runs lines of at most width mm, the first one indented.
func (s *sheet) cut(runs []run, width, indent float64) []line {
	var out []line
	cur := line{indent: indent}
	for _, w := range s.words(runs, width-indent) {
		gap := s.gap(w, len(cur.words) == 0)
		if len(cur.words) > 0 && cur.indent+cur.width+gap+w.width > width+0.01 {
			out = append(out, cur)
			cur, gap = line{}, 0
		}
		cur.words = append(cur.words, w)
		cur.width += gap + w.width
	}
	cur.last = true
	return append(out, cur)
}

func (s *sheet) gap(w word, first bool) float64 {
	if first || w.glued {
		return 0
	}
	return s.measure(w.face, " ")
}

// words splits at blanks, and inside words that are wider than a line.
func (s *sheet) words(runs []run, width float64) []word {
	var out []word
	for i, r := range runs {
		fields := strings.FieldsFunc(clean(r.text), func(c rune) bool { return c == ' ' })
		for j, f := range fields {
			glued := i > 0 && j == 0 && !strings.HasSuffix(runs[i-1].text, " ") && !strings.HasPrefix(r.text, " ")
			for _, part := range s.fitting(r.face, f, width) {
				out = append(out, word{part, r.face, s.measure(r.face, part), glued})
				glued = true
			}
		}
	}
	return out
}

func (s *sheet) fitting(f face, t string, width float64) []string {
	if s.measure(f, t) <= width {
		return []string{t}
	}
	var out []string
	part := ""
	for _, r := range t {
		if part != "" && s.measure(f, part+string(r)) > width {
			out, part = append(out, part), ""
		}
		part += string(r)
	}
	return append(out, part)
}

// put writes a line at y within x … x+width. Each word carries its blank, so
// that the text can be searched and copied.
func (s *sheet) put(l line, x, y, width float64, a align) {
	extra := 0.0
	switch {
	case a == centre:
		x += (width - l.width) / 2
	case a == justified && !l.last:
		if n := gaps(l); n > 0 {
			extra = (width - l.indent - l.width) / float64(n)
		}
	}
	x += l.indent
	for i, w := range l.words {
		if i > 0 && !w.glued {
			x += s.measure(w.face, " ") + extra
		}
		t := w.text
		if i+1 < len(l.words) && !l.words[i+1].glued {
			t += " "
		}
		s.text(x, y, w.face, t)
		x += w.width
	}
}

func gaps(l line) int {
	n := 0
	for i, w := range l.words {
		if i > 0 && !w.glued {
			n++
		}
	}
	return n
}

// A para says how a paragraph is set.
type para struct {
	align   align
	indent  float64 // of the first line, mm
	spacing float64 // factor on single line height; 0 is 1
	after   float64 // mm
	carry   bool    // take the last two lines to a new page
}

func (p para) step(f face) float64 {
	if p.spacing == 0 {
		return f.line()
	}
	return f.line() * p.spacing
}

// flow writes a paragraph between the margins, over pages if need be, never
// leaving one line alone at the foot or the head of a page.
func (s *sheet) flow(runs []run, p para) {
	lines := s.cut(runs, s.width(), p.indent)
	step := p.step(runs[0].face)
	for i, l := range lines {
		left := len(lines) - i
		switch {
		case p.carry && i == max(0, len(lines)-2):
			s.newPage()
		case i == 0 && left > 1 || left == 2:
			s.need(2 * step)
		default:
			s.need(step)
		}
		s.put(l, s.left, s.y, s.width(), p.align)
		s.y += step
	}
	s.y += p.after
}

// block writes a paragraph into a column at x, y and gives the y below it.
func (s *sheet) block(x, y, width float64, runs []run, p para) float64 {
	step := p.step(runs[0].face)
	for _, l := range s.cut(runs, width, p.indent) {
		s.put(l, x, y, width, p.align)
		y += step
	}
	return y + p.after
}

func one(f face, t string) []run { return []run{{t, f}} }
