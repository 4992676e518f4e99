package pdf

import (
	"bytes"
	"cmp"
	"math"
	"slices"
)

// Found is an indirect object seen by scanning bytes, whatever the
// cross-reference sections say.
type Found struct {
	Num, Gen int // at most math.MaxInt32
	Offset   int64
}

// Scan lists the "num gen obj" headers that stand in data[from:to], in file
// order, whatever is written around them: with white space and comments between
// the words or with none. A verifier uses it to see second definitions that no
// table names. iso32000-2:7.2.4 7.3.10
func (f *File) Scan(from, to int64) []Found {
	s := scanner{data: f.data[:to]}
	s.gaps[0].start, s.gaps[1].start = -1, -1
	var out []Found
	for p := int(from); p < int(to) && len(out) <= MaxObjects; {
		if !isDigit(s.data[p]) {
			p++
			continue
		}
		num, end := s.number(p, len(s.data))
		if gen, ok := s.header(end); ok {
			out = append(out, Found{num, gen, int64(p)})
		}
		p = end
	}
	return out
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// scanner looks for headers in time that grows with the data, although many
// numbers in one comment may run into the same words behind it: of either gap of
// a header it notes the last that it crossed.
type scanner struct {
	data []byte
	gaps [2]gap
}

// gap is white space from start on, with a comment somewhere in it up to line,
// and what follows that up to end.
type gap struct{ start, behind, comment, line, end int }

// header reads "gen obj" behind a number that ends at p.
func (s *scanner) header(p int) (gen int, ok bool) {
	const digits = 64
	p = s.blank(&s.gaps[0], p)
	gen, end := s.number(p, p+digits)
	if end == p || end == p+digits {
		return 0, false
	}
	return gen, bytes.HasPrefix(s.data[s.blank(&s.gaps[1], end):], []byte("obj"))
}

// number reads digits up to limit; what is beyond 32 bits is their highest value.
func (s *scanner) number(p, limit int) (n, end int) {
	for ; p < min(limit, len(s.data)) && isDigit(s.data[p]); p++ {
		n = int(min(int64(n)*10+int64(s.data[p]-'0'), math.MaxInt32))
	}
	return n, p
}

// blank skips white space and comments.
func (s *scanner) blank(g *gap, p int) int {
	if p == g.start {
		return g.behind
	}
	q := p
	for q < len(s.data) && isSpace(s.data[q]) {
		q++
	}
	if q < len(s.data) && s.data[q] == '%' {
		if q < g.comment || q >= g.line {
			l := lexer{data: s.data, pos: endOfLine(s.data, q)}
			g.comment, g.line = q, l.pos
			l.skipSpace()
			g.end = l.pos
		}
		q = g.end
	}
	g.start, g.behind = p, q
	return q
}

func endOfLine(data []byte, p int) int {
	if i := bytes.IndexAny(data[p:], "\r\n"); i >= 0 {
		return p + i
	}
	return len(data)
}

// Stray gives the offset of the first word in revision i that belongs to nothing
// its table tells of: neither to an object in it, nor to the cross-reference
// section and what ends it. A reader that mends files may make something of it.
// ok is false where there is none. iso32000-2:7.5.6
func (f *File) Stray(i int) (at int64, ok bool) {
	rev := f.revs[i]
	type span struct{ from, to int64 }
	spans := []span{{rev.StartXref, f.closing(rev)}}
	for n, e := range rev.Entries {
		if e.Kind == 1 && e.Offset >= rev.Start && e.Offset < rev.End {
			spans = append(spans, span{e.Offset, e.Offset + int64(len(f.Bytes(n)))})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	spans = append(spans, span{rev.End, rev.End})
	p := rev.Start
	for _, s := range spans {
		if s.from > p {
			l := lexer{data: f.data[:s.from], pos: int(p)}
			if l.skipSpace(); int64(l.pos) < s.from {
				return int64(l.pos), true
			}
		}
		p = max(p, s.to)
	}
	return 0, false
}

// closing is the offset behind the number that follows startxref; %%EOF is a
// comment. iso32000-2:7.5.5
func (f *File) closing(rev Revision) int64 {
	l := lexer{data: f.data[:rev.End], pos: int(rev.section)}
	if o, err := l.object(); err != nil || o != keyword("startxref") {
		return rev.section
	}
	if n := l.digits(); n < 0 {
		return rev.section
	}
	return int64(l.pos)
}
