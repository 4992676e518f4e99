package pdf

import (
	"bytes"
	"maps"
	"math"
	"slices"
)

// Revision is one stage of the file's life: what one save or signature added.
type Revision struct {
	Start int64 // end of the revision before, 0 for the first
	EOF   int64 // offset behind its %%EOF
	End   int64 // offset behind the line end that follows %%EOF
	// StartXref is the offset of its cross-reference section.
	StartXref int64
	// Stream: the section is a cross-reference stream, not a classic table.
	Stream bool
	// Hybrid: a classic table with an /XRefStm beside it.
	Hybrid bool
	// Veiled are the objects that the table of a hybrid section calls free and
	// its stream defines: readers that pass the stream by do not see them.
	Veiled  []int
	section int64 // offset behind the cross-reference section
	// Linear: a linearised first revision, made of two sections.
	Linear bool
	// Entries are the objects that this revision itself defines or frees.
	Entries map[int]Entry
	Trailer Dict
}

// Revisions lists the revisions, oldest first; nil for a repaired file.
func (f *File) Revisions() []Revision { return f.revs }

// At opens the file as it was at the end of revision i (0 is the first). What all
// the files ask for that come from one is bounded together; see MaxReopened.
func (f *File) At(i int) (*File, error) {
	if i < 0 || i >= len(f.revs) {
		return nil, damagedf("no revision %d", i)
	}
	f.all.reopened = true
	before := f.all.last
	if before != nil {
		before.before = nil // not a chain of all
		if before.damage != "" || len(before.data) > int(f.revs[i].End) {
			before = nil
		}
	}
	g, err := open(f.data[:f.revs[i].End], f.all, before)
	if err == nil {
		f.all.last = g
	}
	return g, err
}

// section is one cross-reference section: a table or a stream.
type section struct {
	off, end int64
	stream   bool
	hybrid   bool
	veiled   []int
	entries  map[int]Entry
	trailer  Dict
}

// load follows startxref and the /Prev chain and fills the tables.
func (f *File) load() error {
	off, err := lastStartXref(f.data)
	if err != nil {
		return err
	}
	var chain []section // newest first
	seen, total := map[int64]bool{}, 0
	for !f.known(off) {
		if seen[off] {
			return damagedf("/Prev chain is a circle")
		}
		if len(chain) >= MaxRevisions {
			return tooBigf("more than %d revisions", MaxRevisions)
		}
		seen[off] = true
		s, err := f.section(off)
		if err != nil {
			return err
		}
		if total += len(s.entries); total > f.maxObjects() {
			return tooBigf("more than %d objects", f.maxObjects())
		}
		if err := f.all.list(len(s.entries)); err != nil {
			return err
		}
		chain = append(chain, s)
		prev, ok := Number(s.trailer["Prev"])
		if !ok {
			f.before = nil // an earlier revision is not part of this one
			break
		}
		off = int64(prev)
	}
	if err := f.resume(total, chain); err != nil {
		return err
	}
	return f.checkEntries(chain)
}

// known says that at off stands the last section of the revision before, whose
// tables have been read.
func (f *File) known(off int64) bool {
	return f.before != nil && off == f.before.revs[len(f.before.revs)-1].StartXref
}

// resume puts the sections of the chain on what the revision before had.
func (f *File) resume(total int, chain []section) error {
	if b := f.before; b != nil {
		if total += len(b.entries); total > f.maxObjects() {
			return tooBigf("more than %d objects", f.maxObjects())
		}
		if err := f.all.list(len(b.entries) / cloning); err != nil {
			return err
		}
		f.entries, f.revs, f.Trailer, f.highest = maps.Clone(b.entries), slices.Clone(b.revs), b.Trailer, b.highest
	}
	if len(chain) > 0 {
		f.Trailer = chain[0].trailer
	}
	f.merge(chain)
	return nil
}

// cloning an entry costs that part of reading it.
const cloning = 16

// merge turns the chain into revisions and the table in effect.
func (f *File) merge(chain []section) {
	ends := revisionEnds(f.data, chain)
	for i := len(chain) - 1; i >= 0; i-- {
		s := chain[i]
		maps.Copy(f.entries, s.entries)
		n := len(f.revs)
		if n > 0 && s.off < f.revs[n-1].StartXref {
			// iso32000-2:F.3.1: the first-page section of a linearised file
			// stands before the main section that its /Prev names
			last := &f.revs[n-1]
			if n > 1 || !f.linearised() {
				f.damage = "/Prev points forward"
			}
			maps.Copy(last.Entries, s.entries)
			last.StartXref, last.Trailer, last.Stream, last.Linear = s.off, s.trailer, s.stream, true
			continue
		}
		r := Revision{StartXref: s.off, Stream: s.stream, Hybrid: s.hybrid, Veiled: s.veiled, Entries: s.entries, Trailer: s.trailer, section: s.end}
		r.EOF, r.End = ends[s.end], lineEnd(f.data, ends[s.end])
		if n > 0 {
			r.Start = f.revs[n-1].End
		}
		f.revs = append(f.revs, r)
	}
}

func (f *File) linearised() bool {
	return bytes.Contains(f.data[:min(len(f.data), 2048)], []byte("/Linearized"))
}

// revisionEnds finds the %%EOF that closes each section: by where the section
// ends, the offset behind its mark. It reads the file once, however many there are.
func revisionEnds(data []byte, chain []section) map[int64]int64 {
	const mark = "%%EOF"
	from := make([]int64, 0, len(chain))
	for _, s := range chain {
		from = append(from, s.end)
	}
	slices.Sort(from)
	out, next, seen := map[int64]int64{}, int64(len(data)), int64(len(data))
	for _, p := range slices.Backward(from) {
		if i := bytes.Index(data[p:min(int64(len(data)), seen+int64(len(mark)-1))], []byte(mark)); i >= 0 {
			next = p + int64(i+len(mark))
		}
		out[p], seen = next, p
	}
	return out
}

// lineEnd is the offset behind the line end that stands at p, if one does.
func lineEnd(data []byte, p int64) int64 {
	if p < int64(len(data)) && data[p] == '\r' {
		p++
	}
	if p < int64(len(data)) && data[p] == '\n' {
		p++
	}
	return p
}

func lastStartXref(data []byte) (int64, error) {
	tail := data[max(0, len(data)-2048):]
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return 0, damagedf("no startxref")
	}
	l := &lexer{data: tail, pos: i + len("startxref")}
	o, err := l.object()
	n, ok := o.(int64)
	if err != nil || !ok || n <= 0 || n >= int64(len(data)) {
		return 0, damagedf("startxref points nowhere")
	}
	return n, nil
}

func (f *File) section(off int64) (section, error) {
	if off < 0 || off >= int64(len(f.data)) {
		return section{}, damagedf("cross-reference offset %d outside the file", off)
	}
	l := &lexer{data: f.data, pos: int(off), refs: true}
	l.skipSpace()
	if bytes.HasPrefix(f.data[l.pos:], []byte("xref")) {
		l.pos += 4
		return f.table(off, l)
	}
	return f.xrefStream(off)
}

// table reads a classic table and its trailer (iso32000-2:7.5.4, 7.5.5).
func (f *File) table(off int64, l *lexer) (section, error) {
	s := section{off: off, entries: map[int]Entry{}}
	for {
		l.skipSpace()
		if bytes.HasPrefix(f.data[l.pos:], []byte("trailer")) {
			l.pos += len("trailer")
			break
		}
		if err := f.subsection(l, s.entries); err != nil {
			return s, err
		}
	}
	t, err := l.object()
	if err != nil {
		return s, err
	}
	d, ok := t.(Dict)
	if !ok {
		return s, damagedf("trailer is no dictionary")
	}
	f.doubt(l.loose, "trailer that readers take differently")
	s.trailer, s.end = d, int64(l.pos)
	if at, ok := Number(d["XRefStm"]); ok {
		return s, f.hybrid(&s, int64(at))
	}
	return s, nil
}

// hybrid adds the entries of /XRefStm: they are looked up after the table's
// own and before /Prev, and what the table hides as free is theirs
// (iso32000-2:7.5.8.4).
func (f *File) hybrid(s *section, at int64) error {
	if at < 0 || at >= int64(len(f.data)) {
		return damagedf("/XRefStm outside the file")
	}
	x, err := f.xrefStream(at)
	if err != nil {
		return err
	}
	for n, e := range x.entries {
		old, ok := s.entries[n]
		if ok && old.Kind == 0 && e.Kind != 0 {
			s.veiled = append(s.veiled, n)
		}
		if !ok || old.Kind == 0 {
			s.entries[n] = e
		}
	}
	s.hybrid = true
	return nil
}

// doubt notes why another reader may see other objects; see Unsignable.
func (f *File) doubt(yes bool, why string) {
	if yes {
		f.damage = why
	}
}

// enter lists an object in a section. Of two entries the first counts here, in
// other readers the last.
func (f *File) enter(entries map[int]Entry, num int, e Entry) {
	old, twice := entries[num]
	f.doubt(twice && old != e && num != 0, "object listed twice in one cross-reference section")
	if !twice {
		entries[num] = e
	}
}

func (f *File) subsection(l *lexer, entries map[int]Entry) error {
	a, b := l.digits(), l.digits()
	if a < 0 || b < 0 || a+b > maxNumber {
		return damagedf("bad subsection of the cross-reference table at %d", l.pos)
	}
	for i := range b {
		off, gen := l.digits(), l.digits()
		l.skipSpace()
		if off < 0 || gen < 0 || l.pos >= len(l.data) {
			return damagedf("bad cross-reference entry at %d", l.pos)
		}
		c := l.data[l.pos]
		l.pos++
		if gen > 65535 && c != 'f' { // Ghostscript writes 65536 for the free entry 0
			return damagedf("bad cross-reference entry at %d", l.pos)
		}
		if c != 'n' && c != 'f' {
			return damagedf("bad cross-reference entry at %d", l.pos)
		}
		if len(entries) > f.maxObjects() {
			return tooBigf("more than %d objects", f.maxObjects())
		}
		e := Entry{Gen: int(gen)}
		if c == 'n' && off > 0 { // some writers list unused numbers as "0 00000 n"
			e.Kind, e.Offset = 1, off
		}
		f.enter(entries, int(a+i), e)
	}
	return nil
}

// xrefStream reads a cross-reference stream (iso32000-2:7.5.8).
func (f *File) xrefStream(off int64) (section, error) {
	s := section{off: off, stream: true, entries: map[int]Entry{}}
	l := &lexer{data: f.data, pos: int(off), refs: true}
	num, gen, ok := l.header()
	if !ok {
		return s, damagedf("no cross-reference section at %d", off)
	}
	at := Entry{Kind: 1, Offset: off, Gen: gen}
	o, end, err := f.parseAt(f.lexerAt(at), num, at)
	if err != nil {
		return s, err
	}
	st, ok := o.(*Stream)
	if !ok || st.Dict["Type"] != Name("XRef") {
		return s, damagedf("no cross-reference stream at %d", off)
	}
	f.doubt(f.loose[num], "cross-reference stream that readers take differently")
	s.trailer, s.end = st.Dict, int64(end)
	data, err := f.Decode(st)
	if err != nil {
		return s, err
	}
	return s, f.xrefEntries(st.Dict, data, s.entries)
}

func (f *File) xrefEntries(d Dict, data []byte, entries map[int]Entry) error {
	w, _ := d["W"].(Array)
	var width [3]int
	if len(w) != 3 {
		return damagedf("bad /W")
	}
	for i := range w {
		n, ok := w[i].(int64)
		if !ok || n < 0 || n > 8 {
			return damagedf("bad /W")
		}
		width[i] = int(n)
	}
	row := width[0] + width[1] + width[2]
	index, ok := d["Index"].(Array)
	if !ok {
		index = Array{int64(0), d["Size"]}
	}
	if row == 0 {
		return damagedf("bad /W")
	}
	for i := 0; i+1 < len(index); i += 2 {
		first, ok1 := index[i].(int64)
		count, ok2 := index[i+1].(int64)
		if !ok1 || !ok2 || first < 0 || count < 0 || first > maxNumber {
			return damagedf("bad /Index")
		}
		for k := int64(0); k < count && len(data) >= row; k++ {
			if len(entries) > f.maxObjects() {
				return tooBigf("more than %d objects", f.maxObjects())
			}
			f.enter(entries, int(first+k), xrefRow(data[:row], width))
			data = data[row:]
		}
	}
	return nil
}

func xrefRow(row []byte, width [3]int) Entry {
	field := func(n int) int64 {
		v := int64(0)
		for _, b := range row[:n] {
			v = v<<8 | int64(b)
		}
		row = row[n:]
		return v
	}
	kind := int64(1)
	if width[0] > 0 {
		kind = field(width[0])
	}
	a, b := field(width[1]), field(width[2])
	switch kind {
	case 1:
		return Entry{Kind: 1, Offset: a, Gen: small(b)}
	case 2:
		return Entry{Kind: 2, Stream: small(a), Index: small(b)}
	}
	return Entry{Gen: small(b)}
}

// small is n, or -1 if it is beyond 32 bits: cut off, it would be another number.
func small(n int64) int {
	if n < 0 || n > math.MaxInt32 {
		return -1
	}
	return int(n)
}

// checkEntries demands that each object stands where the table says, of those that
// the chain tells of. A table that is wrong anywhere is not to be trusted: two
// readers would see two documents.
func (f *File) checkEntries(chain []section) error {
	size, _ := Number(f.Trailer["Size"])
	for _, s := range chain {
		for n, e := range s.entries {
			if e.Kind == 0 || f.entries[n] != e { // free, or replaced by a later one
				continue
			}
			if f.highest = max(f.highest, n); float64(n) >= size {
				continue
			}
			if err := f.checkEntry(n, e); err != nil {
				return err
			}
		}
	}
	if f.highest > 0 && float64(f.highest) >= size {
		f.damage = "objects beyond /Size" // readers differ on whether they exist
	}
	return nil
}

func (f *File) checkEntry(n int, e Entry) error {
	if e.Kind != 1 {
		return nil
	}
	if e.Offset <= 0 || e.Offset >= int64(len(f.data)) {
		return damagedf("object %d outside the file", n)
	}
	l := &lexer{data: f.data, pos: int(e.Offset), refs: true}
	if num, gen, ok := l.header(); !ok || num != n || gen != e.Gen {
		return damagedf("object %d is not at offset %d", n, e.Offset)
	}
	return nil
}
