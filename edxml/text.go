package edxml

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// charData reads a text, or the part of it that is in the buffer.
func (s *scanner) charData() (token, error) {
	for {
		chunk := s.buf[s.pos:s.end]
		if i := bytes.IndexByte(chunk, '<'); i >= 0 {
			chunk = chunk[:i]
		} else if chunk = wholePart(chunk); len(chunk) == 0 || s.eof && len(chunk) < s.end-s.pos {
			// Nothing whole yet, or the input ends in a fragment.
			more, err := s.fill()
			if err != nil {
				return 0, err
			}
			if !more {
				return 0, s.fail(CodeTruncated, "in a text")
			}
			continue
		}
		if err := s.setText(chunk); err != nil {
			return 0, err
		}
		s.pos += len(chunk)
		return tokText, nil
	}
}

// wholePart cuts what may be the beginning of a reference, a line break, "]]>"
// or a character of several bytes off the end of a text.
func wholePart(b []byte) []byte {
	tail := b[max(0, len(b)-16):]
	if i := bytes.LastIndexByte(tail, '&'); i >= 0 && bytes.IndexByte(tail[i:], ';') < 0 {
		return b[:len(b)-len(tail)+i]
	}
	return wholeEnd(b)
}

// wholeEnd is wholePart where "&" means itself.
func wholeEnd(b []byte) []byte {
	for range 2 {
		if n := len(b); n > 0 && (b[n-1] == ']' || b[n-1] == '\r') {
			b = b[:n-1]
		}
	}
	for i := len(b) - 1; i >= max(0, len(b)-3); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}

// setText makes a chunk of character data the token's text.
func (s *scanner) setText(chunk []byte) error {
	if s.rawText && bytes.IndexByte(chunk, '&') < 0 {
		s.text = chunk
		return nil
	}
	if !validText(chunk) || bytes.Contains(chunk, []byte("]]>")) {
		return s.fail(CodeSyntax, "a character that XML does not allow")
	}
	if bytes.IndexByte(chunk, '&') < 0 && bytes.IndexByte(chunk, '\r') < 0 {
		s.text = chunk
		return nil
	}
	s.scratch = s.scratch[:0]
	for len(chunk) > 0 {
		i := bytes.IndexAny(chunk, "&\r")
		if i < 0 {
			s.scratch = append(s.scratch, chunk...)
			break
		}
		s.scratch = append(s.scratch, chunk[:i]...)
		chunk = chunk[i:]
		if chunk[0] == '\r' {
			chunk = s.lineBreak(chunk)
			continue
		}
		n, err := s.entity(chunk)
		if err != nil {
			return err
		}
		chunk = chunk[n:]
	}
	s.text = s.scratch
	return nil
}

// lineBreak appends a line feed for the CR or CR LF at the beginning of b
// (xml:2.11) and returns the rest.
func (s *scanner) lineBreak(b []byte) []byte {
	s.scratch = append(s.scratch, '\n')
	if len(b) > 1 && b[1] == '\n' {
		return b[2:]
	}
	return b[1:]
}

// entity appends what the reference at the beginning of b stands for to
// scratch and returns its length.
func (s *scanner) entity(b []byte) (int, error) {
	end := bytes.IndexByte(b[:min(len(b), 16)], ';')
	if end < 2 {
		return 0, s.fail(CodeSyntax, `"&" without a reference`)
	}
	name := string(b[1:end])
	switch name {
	case "amp":
		s.scratch = append(s.scratch, '&')
	case "lt":
		s.scratch = append(s.scratch, '<')
	case "gt":
		s.scratch = append(s.scratch, '>')
	case "quot":
		s.scratch = append(s.scratch, '"')
	case "apos":
		s.scratch = append(s.scratch, '\'')
	default:
		r, ok := charRef(name)
		if !ok {
			if name[0] != '#' {
				return 0, s.fail(CodeDoctype, "entity %.16q", name)
			}
			return 0, s.fail(CodeSyntax, "reference %.16q", name)
		}
		s.scratch = utf8.AppendRune(s.scratch, r)
	}
	return end + 1, nil
}

// charRef reads #10 or #xA.
func charRef(name string) (rune, bool) {
	digits, base := name[1:], 10
	if name[0] != '#' {
		return 0, false
	}
	if digits != "" && digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	r := rune(n)
	if err != nil || digits[0] == '+' || !utf8.ValidRune(r) || !validText(utf8.AppendRune(nil, r)) {
		return 0, false
	}
	return r, true
}

// cdataText reads a CDATA section, or the part of it that is in the buffer.
func (s *scanner) cdataText() (token, error) {
	for {
		s.offset = s.at()
		chunk := s.buf[s.pos:s.end]
		i := bytes.Index(chunk, []byte("]]>"))
		if i >= 0 {
			chunk, s.cdata = chunk[:i], false
		} else {
			chunk = wholeEnd(chunk)
		}
		if i >= 0 || len(chunk) > 0 {
			if err := s.setCDATA(chunk); err != nil {
				return 0, err
			}
			s.pos += len(chunk)
			if i >= 0 {
				s.pos += 3
			}
			return tokText, nil
		}
		more, err := s.fill()
		if err != nil {
			return 0, err
		}
		if !more {
			return 0, s.fail(CodeTruncated, "in CDATA")
		}
	}
}

func (s *scanner) setCDATA(chunk []byte) error {
	if !validText(chunk) {
		return s.fail(CodeSyntax, "a character that XML does not allow")
	}
	s.text = chunk
	if bytes.IndexByte(chunk, '\r') < 0 {
		return nil
	}
	s.scratch = s.scratch[:0]
	for len(chunk) > 0 {
		if chunk[0] == '\r' {
			chunk = s.lineBreak(chunk)
			continue
		}
		s.scratch = append(s.scratch, chunk[0])
		chunk = chunk[1:]
	}
	s.text = s.scratch
	return nil
}
