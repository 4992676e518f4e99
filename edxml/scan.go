package edxml

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// scanner splits XML 1.0 into tokens. encoding/xml is not used because it
// gathers a text of any length in memory, forgets prefixes (which signatures
// need) and would be the largest cost of a packet.
//
// It accepts the part of XML that packets need: UTF-8, ASCII names, no
// DOCTYPE, the five predefined entities. Slices in a token are valid until the
// next call.
type scanner struct {
	in       io.Reader
	own      *[bufferSize]byte
	buf      []byte
	pos, end int   // unread part of buf
	base     int64 // offset of buf[0] in the input
	eof      bool
	max      int64 // bytes allowed
	maxDepth int

	rawText bool // hand out text without decoding or checking it, if it has no '&'
	started bool // the document element has begun
	cdata   bool // inside a CDATA section
	pending bool // the end tag of an empty element is to come

	stack    []frame
	names    []byte // raw names of the open elements, one after the other
	bindings []binding
	scratch  []byte

	// The token.
	offset  int64  // where it begins; -1 for the end of an empty element
	prefix  []byte // of start and end tags
	local   []byte
	attrs   []attr // of start tags, namespace declarations included
	text    []byte // of texts (maybe a part), comments and instructions
	endName []byte // keeps the name of an end tag
}

// frame is an open element: where its raw name and its namespace declarations
// begin, and how many bytes of the name are prefix.
type frame struct{ name, prefix, bindings int }

type binding struct{ prefix, uri string }

type attr struct {
	prefix, local []byte
	value         []byte // normalised
}

type token int

const (
	tokEOF token = iota
	tokStart
	tokEnd
	tokText
	tokComment
	tokInstruction
)

const bufferSize = 64 << 10

// Scanners and buffers are used again: a small packet would otherwise cost more
// to provide for than to read.
var (
	scanners = sync.Pool{New: func() any { return &scanner{own: new([bufferSize]byte)} }}
	buffers  = sync.Pool{New: func() any { return new([bufferSize]byte) }}
)

// newScanner takes a scanner; give it back with close.
func newScanner(in io.Reader, max int64, maxDepth int) *scanner {
	s := scanners.Get().(*scanner)
	*s = scanner{in: in, max: max, maxDepth: maxDepth, own: s.own, buf: s.own[:], stack: s.stack[:0], names: s.names[:0],
		bindings: s.bindings[:0], attrs: s.attrs[:0], scratch: s.scratch[:0], endName: s.endName[:0]}
	return s
}

// close gives the scanner back; no slice of a token may be used afterwards.
func (s *scanner) close() {
	s.in, s.buf = nil, nil
	if cap(s.scratch) <= bufferSize {
		scanners.Put(s)
	}
}

func (s *scanner) at() int64 { return s.base + int64(s.pos) }

func (s *scanner) fail(code ErrorCode, cause string, args ...any) error {
	return fault(code, s.at(), cause, args...)
}

// fill reads more input behind the unread part. It returns false at the end of
// the input; an error if the buffer is full or reading fails.
func (s *scanner) fill() (bool, error) {
	if s.eof {
		return false, nil
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.base += int64(s.pos)
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		return false, s.fail(CodeLimit, "a tag or comment of more than %d bytes", len(s.buf))
	}
	for range 100 {
		n, err := s.in.Read(s.buf[s.end:])
		s.end += n
		if s.base+int64(s.end) > s.max {
			return false, s.fail(CodeLimit, "more than %d bytes", s.max)
		}
		if err == io.EOF {
			s.eof = true
			return n > 0, nil
		}
		if err != nil {
			return false, inputFault(s.base+int64(s.end), err)
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, inputFault(s.at(), io.ErrNoProgress)
}

func inputFault(offset int64, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{Code: CodeInput, Offset: offset, Text: texts[CodeInput], Err: err}
}

// need makes at least n unread bytes available, if the input has them.
func (s *scanner) need(n int) (bool, error) {
	for s.end-s.pos < n {
		more, err := s.fill()
		if err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// untilByte is until for one character.
func (s *scanner) untilByte(from int, mark byte) (int, error) {
	if i := bytes.IndexByte(s.buf[s.pos+from:s.end], mark); i >= 0 {
		return from + i, nil
	}
	return s.until(from, string(mark))
}

// until makes the input available up to and with the mark, searched from the
// unread byte `from`, and returns where the mark begins, relative to pos.
func (s *scanner) until(from int, mark string) (int, error) {
	for {
		if from < s.end-s.pos {
			if i := bytes.Index(s.buf[s.pos+from:s.end], []byte(mark)); i >= 0 {
				return from + i, nil
			}
			from = max(from, s.end-s.pos-len(mark)+1)
		}
		more, err := s.fill()
		if err != nil {
			return 0, err
		}
		if !more {
			return 0, s.fail(CodeTruncated, "no %q", mark)
		}
	}
}

// begin checks what stands before the document element's "<".
func (s *scanner) begin() error {
	if _, err := s.need(6); err != nil {
		return err
	}
	head := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		s.pos += 3
	case bytes.HasPrefix(head, []byte("\xFE\xFF")), bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\x00<")), bytes.HasPrefix(head, []byte("<\x00")):
		return s.fail(CodeEncoding, "UTF-16")
	}
	if _, err := s.need(6); err != nil {
		return err
	}
	if head = s.buf[s.pos:s.end]; bytes.HasPrefix(head, []byte("<?xml")) && len(head) > 5 && isSpace(head[5]) {
		return s.declaration()
	}
	return nil
}

// declaration reads <?xml version="1.0" encoding="UTF-8"?>.
func (s *scanner) declaration() error {
	i, err := s.until(5, "?>")
	if err != nil {
		return err
	}
	decl := string(s.buf[s.pos+5 : s.pos+i])
	if v := pseudo(decl, "version"); v != "1.0" {
		return s.fail(CodeSyntax, "XML version %.20q", v)
	}
	if e := pseudo(decl, "encoding"); e != "" && !strings.EqualFold(e, "utf-8") {
		return s.fail(CodeEncoding, "encoding %.40q", e)
	}
	s.pos += i + 2
	return nil
}

// pseudo returns a pseudo-attribute of an XML declaration, or "".
func pseudo(decl, name string) string {
	i := strings.Index(decl, name)
	if i < 1 || !isSpace(decl[i-1]) {
		return ""
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(decl[i+len(name):], " \t\r\n"), "=")
	rest = strings.TrimLeft(rest, " \t\r\n")
	if !ok || rest == "" || (rest[0] != '"' && rest[0] != '\'') {
		return ""
	}
	v, _, _ := strings.Cut(rest[1:], rest[:1])
	return v
}

// next reads one token.
func (s *scanner) next() (token, error) {
	if s.base == 0 && s.pos == 0 && !s.started {
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	if s.pending {
		s.pending, s.offset = false, -1
		return s.closeElement()
	}
	if s.cdata {
		return s.cdataText()
	}
	for {
		if s.pos == s.end {
			more, err := s.fill()
			if err != nil {
				return 0, err
			}
			if !more {
				return s.finish()
			}
		}
		s.offset = s.at()
		if s.buf[s.pos] == '<' {
			return s.markup()
		}
		if len(s.stack) > 0 {
			return s.charData()
		}
		if err := s.skipSpace(); err != nil {
			return 0, err
		}
	}
}

func (s *scanner) finish() (token, error) {
	if len(s.stack) > 0 {
		return 0, s.fail(CodeTruncated, "%d elements are open", len(s.stack))
	}
	if !s.started {
		return 0, s.fail(CodeRoot, "no element")
	}
	return tokEOF, nil
}

// skipSpace passes white space outside the document element; nothing else may
// stand there. Only a BOM is tolerated before the XML.
func (s *scanner) skipSpace() error {
	for s.pos < s.end && s.buf[s.pos] != '<' {
		if !isSpace(s.buf[s.pos]) {
			if !s.started {
				return s.fail(CodePrefix, "byte %#02x", s.buf[s.pos])
			}
			return s.fail(CodeSyntax, "byte %#02x after the end of the packet", s.buf[s.pos])
		}
		s.pos++
	}
	return nil
}

// markup reads what begins with "<".
func (s *scanner) markup() (token, error) {
	if ok, err := s.need(2); err != nil {
		return 0, err
	} else if !ok {
		return 0, s.fail(CodeTruncated, "in a tag")
	}
	switch s.buf[s.pos+1] {
	case '/':
		return s.endTag()
	case '!':
		return s.declarationMarkup()
	case '?':
		return s.instruction()
	}
	return s.startTag()
}

func (s *scanner) declarationMarkup() (token, error) {
	if _, err := s.need(9); err != nil {
		return 0, err
	}
	head := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		return s.comment()
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		if len(s.stack) == 0 {
			return 0, s.fail(CodeSyntax, "CDATA outside the document element")
		}
		s.pos += 9
		s.cdata = true
		return s.cdataText()
	case len(head) < 9:
		return 0, s.fail(CodeTruncated, "in a declaration")
	}
	// No DOCTYPE at all: no entities, no external files, no bombs.
	return 0, s.fail(CodeDoctype, "")
}

func (s *scanner) comment() (token, error) {
	i, err := s.until(4, "--")
	if err != nil {
		return 0, err
	}
	if ok, err := s.need(i + 3); err != nil {
		return 0, err
	} else if !ok {
		return 0, s.fail(CodeTruncated, "in a comment")
	}
	if s.buf[s.pos+i+2] != '>' {
		return 0, s.fail(CodeSyntax, `"--" in a comment`)
	}
	s.text = s.buf[s.pos+4 : s.pos+i]
	if !validText(s.text) {
		return 0, s.fail(CodeSyntax, "a character that XML does not allow")
	}
	s.pos += i + 3
	return tokComment, nil
}

func (s *scanner) instruction() (token, error) {
	i, err := s.until(2, "?>")
	if err != nil {
		return 0, err
	}
	body := s.buf[s.pos+2 : s.pos+i]
	n := nameLength(body)
	target := body[:n]
	switch {
	case strings.EqualFold(string(target), "xml") && !s.started:
		// An XML declaration that is not at the very beginning.
		return 0, s.fail(CodePrefix, "white space before the XML declaration")
	case n == 0, strings.EqualFold(string(target), "xml"), bytes.IndexByte(target, ':') >= 0,
		n < len(body) && !isSpace(body[n]), !validText(body):
		return 0, s.fail(CodeSyntax, "bad processing instruction")
	}
	s.text = body
	s.pos += i + 2
	return tokInstruction, nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// nameLength returns the length of the ASCII name, colons included, at the
// beginning of b; 0 if there is none.
func nameLength(b []byte) int {
	for i, c := range b {
		if class := nameClass[c]; class == 0 || i == 0 && class == 1 {
			return i
		}
	}
	return len(b)
}

// nameClass: 2 may begin a name, 1 may go on with it.
var nameClass = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			t[c] = 2
		case '0' <= c && c <= '9', c == '-', c == '.', c == ':':
			t[c] = 1
		}
	}
	return t
}()

// splitName takes prefix:local apart.
func splitName(b []byte) (prefix, local []byte, ok bool) {
	i := bytes.IndexByte(b, ':')
	if i < 0 {
		return nil, b, true
	}
	prefix, local = b[:i], b[i+1:]
	return prefix, local, i > 0 && len(local) > 0 && nameClass[local[0]] == 2 && bytes.IndexByte(local, ':') < 0
}

// validText reports whether b is UTF-8 and has only characters of XML 1.0
// (xml:2.2).
func validText(b []byte) bool {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\t' && c != '\r' {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if n == 1 || r == 0xFFFE || r == 0xFFFF {
			return false
		}
		i += n
	}
	return true
}
