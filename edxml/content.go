package edxml

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
)

// content decodes the base64 text of the scanner's open element while it is
// read, and hashes what comes out. Memory: one buffer, whatever the size.
type content struct {
	s       *scanner
	hash    hash.Hash
	size    int64
	head    [16]byte // first bytes, to tell the format
	headLen int

	out     []byte // decoded, not yet read: buf[…]
	buf     *[bufferSize]byte
	carry   [4]byte // characters that do not make a group of four yet
	carryN  int
	carryAt int64 // where the first of them stood
	padded  bool  // a "=" has been seen: nothing may follow
	err     error // sticky; io.EOF at the end tag
}

func newContent(s *scanner) *content {
	s.rawText = true
	return &content{s: s, hash: sha256.New(), buf: buffers.Get().(*[bufferSize]byte)}
}

// close gives the buffer back. A sink that reads after its return gets nothing.
func (c *content) close() {
	buffers.Put(c.buf)
	c.buf, c.out, c.err = nil, nil, io.ErrClosedPipe
}

// Read implements io.Reader.
func (c *content) Read(p []byte) (int, error) {
	for len(c.out) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.err = c.step()
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// WriteTo implements io.WriterTo: io.Copy needs no second buffer.
func (c *content) WriteTo(w io.Writer) (total int64, err error) {
	for {
		if len(c.out) > 0 {
			n, err := w.Write(c.out)
			total += int64(n)
			c.out = c.out[n:]
			if err != nil {
				return total, err
			}
		}
		if c.err == io.EOF {
			return total, nil
		}
		if c.err != nil {
			return total, c.err
		}
		c.err = c.step()
	}
}

// drain reads what the sink left.
func (c *content) drain() error {
	_, err := c.WriteTo(io.Discard)
	return err
}

func (c *content) sum() (d [32]byte) {
	c.hash.Sum(d[:0])
	return d
}

// step takes one token; it returns io.EOF at the element's end tag.
func (c *content) step() error {
	tok, err := c.s.next()
	if err != nil {
		return err
	}
	switch tok {
	case tokText:
		return c.decode(c.s.text)
	case tokEnd:
		c.s.rawText = false
		if c.carryN != 0 {
			return c.s.fail(CodeBase64, "the last group of characters is not complete")
		}
		return io.EOF
	case tokStart:
		return c.s.fail(CodeBase64, "an element inside the content")
	}
	return nil // comments
}

// decode appends the meaning of a piece of base64 to out.
func (c *content) decode(b []byte) error {
	start := c.s.offset
	b = stripSpace(b)
	if len(b) == 0 {
		return nil
	}
	if c.padded {
		return fault(CodeBase64, start, "characters after the padding")
	}
	out := c.buf[:0]
	if c.carryN > 0 {
		n := copy(c.carry[c.carryN:], b)
		start += int64(n)
		c.carryN += n
		if b = b[n:]; c.carryN < 4 {
			return nil
		}
		c.carryN = 0
		var err error
		if out, err = c.group(out, c.carry[:], c.carryAt); err != nil {
			return err
		}
	}
	whole := len(b) &^ 3
	c.carryN, c.carryAt = copy(c.carry[:], b[whole:]), start+int64(whole)
	out, err := c.group(out, b[:whole], start)
	if err != nil {
		return err
	}
	if c.padded && c.carryN > 0 {
		return fault(CodeBase64, start, "characters after the padding")
	}
	c.deliver(out)
	return nil
}

// group decodes whole groups of four characters.
func (c *content) group(out, b []byte, start int64) ([]byte, error) {
	if len(b) == 0 {
		return out, nil
	}
	if c.padded {
		return nil, fault(CodeBase64, start, "characters after the padding")
	}
	done := decodeWhole(out[len(out):cap(out)], b)
	out, b = out[:len(out)+done/4*3], b[done:]
	if len(b) == 0 {
		return out, nil
	}
	// The last group with its padding, or what is wrong.
	c.padded = true
	n, err := base64.StdEncoding.Decode(out[len(out):cap(out)], b)
	if err != nil {
		// The byte itself, if no white space is before it in this piece.
		at := done + max(0, bytes.IndexFunc(b, notBase64))
		return nil, fault(CodeBase64, start+int64(at), "%w", err)
	}
	return out[:len(out)+n], nil
}

// sextets gives the six bits of each character in each of the four places of
// a group, or a bit that no group has.
var sextets = func() (t [4][256]uint32) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for place := range t {
		for c := range t[place] {
			t[place][c] = notSextet
		}
		for v, c := range []byte(letters) {
			t[place][c] = uint32(v) << (18 - 6*place)
		}
	}
	return t
}()

const notSextet = 1 << 31

// decodeWhole decodes groups of four letters up to the first that has another
// character and returns how many characters it took. encoding/base64 takes
// nearly twice as long, and decoding is half the cost of a large packet.
func decodeWhole(dst, src []byte) int {
	n := len(src) &^ 3
	for i, j := 0, 0; i+4 <= n && j+3 <= len(dst); i, j = i+4, j+3 {
		in, out := src[i:i+4:i+4], dst[j:j+3:j+3]
		v := sextets[0][in[0]] | sextets[1][in[1]] | sextets[2][in[2]] | sextets[3][in[3]]
		if v&notSextet != 0 {
			return i
		}
		out[0], out[1], out[2] = byte(v>>16), byte(v>>8), byte(v)
	}
	return n
}

func notBase64(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '+', r == '/', r == '=':
		return false
	}
	return true
}

func (c *content) deliver(out []byte) {
	c.out = out
	c.size += int64(len(out))
	c.hash.Write(out)
	if c.headLen < len(c.head) {
		c.headLen += copy(c.head[c.headLen:], out)
	}
}

// stripSpace removes white space in place.
func stripSpace(b []byte) []byte {
	i := firstSpace(b)
	if i < 0 {
		return b
	}
	out := b[:i]
	for rest := b[i:]; len(rest) > 0; {
		if isSpace(rest[0]) {
			rest = rest[1:]
			continue
		}
		n := firstSpace(rest)
		if n < 0 {
			n = len(rest)
		}
		out = append(out, rest[:n]...)
		rest = rest[n:]
	}
	return out
}

// firstSpace finds a white space; lines are short or there are none, so the
// usual separator is searched first and limits the search for the others.
func firstSpace(b []byte) int {
	end, found := len(b), -1
	for _, c := range [...]byte{'\n', '\r', ' ', '\t'} {
		if i := bytes.IndexByte(b[:end], c); i >= 0 {
			end, found = i, i
		}
	}
	return found
}
