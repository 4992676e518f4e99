package pdf

import (
	"bytes"
	"crypto/sha256"
)

// Entry says where an object is defined (iso32000-2:7.5.4, 7.5.8.3).
type Entry struct {
	Kind   int   // 0 free, 1 at Offset, 2 inside object stream Stream
	Offset int64 // Kind 1: of "num gen obj"
	Gen    int
	Stream int // Kind 2: number of the object stream
	Index  int // Kind 2: place inside it
}

// File is an open PDF. It keeps the slice given to Open; nobody may change it.
type File struct {
	// Trailer is the newest trailer dictionary (or that of the xref stream).
	Trailer Dict

	data    []byte
	entries map[int]Entry
	revs    []Revision
	damage  string
	cache   map[int]cached
	busy    map[int]bool
	tooDeep bool // more objects were needed for one another than MaxNesting
	loose   map[int]bool
	other   map[int][]int
	streams map[int]*objectStream
	fonts   map[Ref]*textFont
	all     *budget
	before  *File // an earlier revision that At opened, nil if there is none
	highest int   // number of an object in use
	held    int   // what cache holds, in bytes as they are estimated
	decoded int   // bytes that streams holds
	mapped  int   // entries of all fonts
	others  int   // numbers that other holds
}

// Open reads the structure of a PDF. Errors are *Error of kind NotPDF,
// Encrypted, Damaged (not even repair found a document) or TooBig.
func Open(data []byte) (*File, error) { return open(data, &budget{size: int64(len(data))}, nil) }

// open reads a PDF of which before, if any, is an earlier revision.
func open(data []byte, all *budget, before *File) (*File, error) {
	start := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-"))
	if start < 0 {
		return nil, errNotPDF()
	}
	f := newFile(data, all)
	f.before = before
	err := f.load()
	if err == nil && f.Trailer["Encrypt"] != nil {
		return nil, errEncrypted()
	}
	if err == nil {
		err = f.checkCatalog()
	}
	if err != nil {
		if Is(err, TooBig) {
			return nil, err
		}
		return repair(data, all, err)
	}
	if start > 0 {
		f.damage = "bytes before the %PDF- header"
	}
	return f, nil
}

func newFile(data []byte, all *budget) *File {
	return &File{
		data: data, all: all, entries: map[int]Entry{}, cache: map[int]cached{}, busy: map[int]bool{}, loose: map[int]bool{}, other: map[int][]int{},
		streams: map[int]*objectStream{}, fonts: map[Ref]*textFont{},
	}
}

func (f *File) checkCatalog() error {
	root := f.Dict(f.Trailer["Root"])
	if root == nil {
		return damagedf("no catalog")
	}
	if f.Dict(root["Pages"]) == nil {
		return damagedf("no page tree")
	}
	return nil
}

// Unsignable returns nil, or why nothing may be appended to this file: its
// structure had to be repaired, so that another reader may see other objects.
func (f *File) Unsignable() error {
	if f.damage == "" {
		return nil
	}
	return &Error{Damaged, "Tệp PDF có cấu trúc không hợp lệ nên không ký được; cần xuất lại tệp.", f.damage}
}

// Data is the whole file, not to be changed.
func (f *File) Data() []byte { return f.data }

// Root is the reference of the catalog.
func (f *File) Root() (Ref, bool) { r, ok := f.Trailer["Root"].(Ref); return r, ok }

// Catalog is the document catalog.
func (f *File) Catalog() Dict { return f.Dict(f.Trailer["Root"]) }

// Entries is the table of all objects in effect: number → place. Read only.
func (f *File) Entries() map[int]Entry { return f.entries }

// Resolve follows references to the object itself; an object that is absent,
// free, or cannot be parsed is nil, as the standard has it (iso32000-2:7.3.10).
func (f *File) Resolve(o Object) Object {
	for range 32 {
		r, ok := o.(Ref)
		if !ok {
			return o
		}
		e, found := f.entries[r.Num]
		if !found || e.Gen != r.Gen {
			return nil
		}
		o, _ = f.Load(r.Num)
	}
	return nil
}

// Dict resolves o; for a stream it gives the stream's dictionary.
func (f *File) Dict(o Object) Dict {
	switch v := f.Resolve(o).(type) {
	case Dict:
		return v
	case *Stream:
		return v.Dict
	}
	return nil
}

// Array resolves o to an array, nil for anything else.
func (f *File) Array(o Object) Array { a, _ := f.Resolve(o).(Array); return a }

// Name resolves o to a name, "" for anything else.
func (f *File) Name(o Object) Name { n, _ := f.Resolve(o).(Name); return n }

// Stream resolves o to a stream, nil for anything else.
func (f *File) Stream(o Object) *Stream { s, _ := f.Resolve(o).(*Stream); return s }

// Number resolves o to a number.
func (f *File) Number(o Object) (float64, bool) { return Number(f.Resolve(o)) }

// Int resolves o to an integer.
func (f *File) Int(o Object) (int, bool) {
	n, ok := Number(f.Resolve(o))
	if !ok || n != float64(int(n)) {
		return 0, false
	}
	return int(n), true
}

// Str resolves o to a text string decoded to UTF-8 (iso32000-2:7.9.2.2).
func (f *File) Str(o Object) string {
	s, _ := f.Resolve(o).(String)
	return DecodeText(s)
}

// Load reads object num. A free or absent number gives nil, nil.
func (f *File) Load(num int) (Object, error) {
	if o, ok := f.cache[num]; ok {
		return o.Object, nil
	}
	e, ok := f.entries[num]
	if !ok || e.Kind == 0 {
		return nil, nil
	}
	if o, ok := f.inherit(num, e); ok {
		return o, nil
	}
	if f.busy[num] {
		return nil, damagedf("object %d refers to itself", num)
	}
	if len(f.busy) >= MaxNesting { // a stream whose length stands in a stream whose length …
		f.tooDeep = true
	}
	if f.tooDeep { // for good: what is read must not depend on where the reading began
		return nil, errDeep()
	}
	f.busy[num] = true
	defer delete(f.busy, num)
	if e.Kind == 2 {
		s, err := f.objectStream(e.Stream)
		if err != nil {
			return nil, err
		}
		o, _, err := f.packed(s, num, e.Index)
		return o, err
	}
	l := f.lexerAt(e)
	o, end, err := f.parseAt(l, num, e)
	if f.tooDeep {
		return nil, errDeep()
	}
	if err == nil {
		f.keep(num, o, l.count, end-int(e.Offset))
	}
	return o, err
}

func errDeep() error {
	return tooBigf("objects referring to objects deeper than %d", MaxNesting)
}

// Loose reports whether readers may differ on what object num is: a key stands
// twice in a dictionary with two values, a word or a number is none of the
// syntax, or endobj is missing. Load(num) gives one of the readings.
// iso32000-2:7.3
func (f *File) Loose(num int) bool {
	if _, err := f.Load(num); err != nil {
		return true
	}
	return f.loose[num]
}

// OtherRefs are the objects that num refers to in another reading than that of
// Load: by a key that stands twice, or around a word that does not belong there.
// They are numbers; a real one may be among them, too. In a file with very many
// of them only the first of each object are listed. iso32000-2:7.3.7
func (f *File) OtherRefs(num int) []int {
	_, _ = f.Load(num) // what cannot be read has no reading
	return f.other[num]
}

// note keeps what the lexer met in an object.
func (f *File) note(num int, l *lexer, closed bool) {
	if l.loose || !closed {
		f.loose[num] = true
	}
	if len(l.other) == 0 {
		return
	}
	f.others += len(l.other) - len(f.other[num])
	if f.others > maxOther { // that there are some is what decides; see OtherRefs
		f.others -= len(l.other) - 1
		l.other = l.other[:1:1]
	}
	f.other[num] = l.other
}

// maxOther bounds what OtherRefs lists of a file.
const maxOther = 1_000_000

func (f *File) lexerAt(e Entry) *lexer {
	return &lexer{data: f.data, pos: int(max(0, min(e.Offset, int64(len(f.data))))), refs: true}
}

// parseAt parses the indirect object at e with the lexer that stands there, and
// returns it with the offset behind it.
func (f *File) parseAt(l *lexer, num int, e Entry) (obj Object, end int, err error) {
	if e.Offset < 0 || e.Offset >= int64(len(f.data)) {
		return nil, 0, damagedf("object %d outside the file", num)
	}
	if err := f.all.toil(0); err != nil {
		return nil, 0, err
	}
	defer func() { _ = f.all.toil(max(l.pos, end) - int(e.Offset)) }() // the next call tells
	n, g, ok := l.header()
	if !ok || n != num || g != e.Gen {
		return nil, 0, damagedf("object %d is not at offset %d", num, e.Offset)
	}
	o, err := l.object()
	if err != nil {
		return nil, 0, err
	}
	if k, ok := o.(keyword); ok {
		if k != "endobj" {
			return nil, 0, damagedf("object %d holds %q", num, string(k))
		}
		return nil, l.pos, nil
	}
	end = l.pos
	if d, ok := o.(Dict); ok {
		if data, behind, ok := f.streamData(l, d); ok {
			o, end = &Stream{d, data}, behind
		}
	}
	end, closed := f.skipWord(end, "endobj")
	f.note(num, l, closed)
	return o, end, nil
}

func (f *File) skipWord(pos int, word string) (end int, there bool) {
	l := &lexer{data: f.data, pos: pos}
	l.skipSpace()
	if bytes.HasPrefix(f.data[l.pos:], []byte(word)) {
		return l.pos + len(word), true
	}
	return pos, false
}

// streamData finds the bytes after a dictionary, if "stream" follows it.
func (f *File) streamData(l *lexer, d Dict) (data []byte, end int, ok bool) {
	l.skipSpace()
	if !bytes.HasPrefix(f.data[l.pos:], []byte("stream")) {
		return nil, 0, false
	}
	start := l.pos + len("stream")
	if start < len(f.data) && f.data[start] == '\r' {
		start++
	}
	if start < len(f.data) && f.data[start] == '\n' {
		start++
	}
	if n, isInt := f.Int(d["Length"]); isInt && n >= 0 && n <= len(f.data)-start {
		p := start + n
		for p < len(f.data) && isSpace(f.data[p]) && p < start+n+3 {
			p++
		}
		if bytes.HasPrefix(f.data[p:], []byte("endstream")) {
			return f.data[start : start+n], p + len("endstream"), true
		}
	}
	// a wrong /Length: the data ends at the next endstream
	i := bytes.Index(f.data[start:], []byte("endstream"))
	if i < 0 {
		return nil, len(f.data), true
	}
	data = bytes.TrimSuffix(f.data[start:start+i], []byte("\n"))
	return bytes.TrimSuffix(data, []byte("\r")), start + i + len("endstream"), true
}

// Bytes gives the bytes of object num exactly as the file has them: from
// "num gen obj" to "endobj", or its part of the decoded object stream; nil if
// it is absent or unreadable.
func (f *File) Bytes(num int) []byte {
	switch e := f.entries[num]; e.Kind {
	case 1:
		if _, end, err := f.parseAt(f.lexerAt(e), num, e); err == nil {
			return f.data[e.Offset:end]
		}
	case 2:
		if s, err := f.objectStream(e.Stream); err == nil {
			if _, raw, err := f.packed(s, num, e.Index); err == nil {
				return raw
			}
		}
	}
	return nil
}

// Hash is the SHA-256 of Bytes(num); ok is false when there is no such object.
// Two revisions with equal hashes hold the same object, wherever it stands.
func (f *File) Hash(num int) (h [32]byte, ok bool) {
	b := f.Bytes(num)
	return sha256.Sum256(b), b != nil
}

// ValueSpan gives the file offsets [start, end) of the value of key in the
// dictionary that is object num; ok is false for objects inside streams.
func (f *File) ValueSpan(num int, key Name) (start, end int64, ok bool) {
	e := f.entries[num]
	if e.Kind != 1 {
		return 0, 0, false
	}
	l := f.lexerAt(e)
	l.spans = map[Name][2]int{}
	if _, _, err := f.parseAt(l, num, e); err != nil {
		return 0, 0, false
	}
	s, ok := l.spans[key]
	return int64(s[0]), int64(s[1]), ok
}

// objectStream is a decoded stream of objects (iso32000-2:7.5.7).
type objectStream struct {
	data []byte
	num  []int
	off  []int
}

func (f *File) objectStream(num int) (*objectStream, error) {
	if s, ok := f.streams[num]; ok {
		return s, nil
	}
	if f.entries[num].Kind != 1 {
		return nil, damagedf("object stream %d is not a plain object", num)
	}
	o, err := f.Load(num)
	if err != nil {
		return nil, err
	}
	st, ok := o.(*Stream)
	if !ok {
		return nil, damagedf("object %d is no object stream", num)
	}
	s, err := f.readObjectStream(st)
	if err != nil {
		return nil, err
	}
	if f.decoded += len(s.data); f.decoded > f.maxDecoded() {
		clear(f.streams)
		f.decoded = len(s.data)
	}
	f.streams[num] = s
	return s, nil
}

func (f *File) readObjectStream(st *Stream) (*objectStream, error) {
	data, err := f.Decode(st)
	if err != nil {
		return nil, err
	}
	n, ok1 := f.Int(st.Dict["N"])
	first, ok2 := f.Int(st.Dict["First"])
	if !ok1 || !ok2 || n < 0 || first < 0 || first > len(data) || n > first {
		return nil, damagedf("object stream with bad /N or /First")
	}
	s := &objectStream{data: data}
	l := &lexer{data: data[:first]}
	for range n {
		a, err1 := l.object()
		b, err2 := l.object()
		num, ok1 := a.(int64)
		off, ok2 := b.(int64)
		if err1 != nil || err2 != nil || !ok1 || !ok2 || off < 0 || off > int64(len(data)-first) || num < 0 || num > maxNumber {
			return nil, damagedf("object stream with a bad header")
		}
		s.num, s.off = append(s.num, int(num)), append(s.off, first+int(off))
	}
	return s, nil
}

// Packed lists the numbers of the objects in object stream num, in their order.
// iso32000-2:7.5.7
func (f *File) Packed(num int) ([]int, error) {
	s, err := f.objectStream(num)
	if err != nil {
		return nil, err
	}
	return s.num, nil
}

// packed parses one object of an object stream and gives its bytes.
func (f *File) packed(s *objectStream, num, index int) (Object, []byte, error) {
	if index < 0 || index >= len(s.num) || s.num[index] != num {
		return nil, nil, damagedf("object %d is not in its object stream", num)
	}
	if err := f.all.toil(0); err != nil {
		return nil, nil, err
	}
	l := &lexer{data: s.data, pos: s.off[index], refs: true}
	o, err := l.object()
	raw := s.data[s.off[index]:l.pos]
	_ = f.all.toil(len(raw)) // the next call tells
	if err != nil {
		return nil, nil, err
	}
	if _, bad := o.(keyword); bad {
		return nil, nil, damagedf("object %d of a stream holds a keyword", num)
	}
	f.note(num, l, true)
	f.keep(num, o, l.count, len(raw))
	return o, raw, nil
}
