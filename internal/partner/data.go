package partner

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// copyData reads a getEdoc answer, {"status":…, "data":"<base64>"}, and
// decodes data into w on its way, so that memory does not follow the packet's
// size. The other members may stand before or after it.
func copyData(w io.Writer, r io.Reader) (a nationalAnswer, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if err := skipTo(in, '{'); err != nil {
		return a, err
	}
	rest := map[string]json.RawMessage{}
	for first := true; ; first = false {
		name, end, err := member(in, first)
		if err != nil {
			return a, err
		}
		if end {
			break
		}
		if name == "data" {
			err = copyBase64(w, in)
		} else {
			err = scalar(in, name, rest)
		}
		if err != nil {
			return a, err
		}
	}
	b, err := json.Marshal(rest)
	if err != nil {
		return a, err
	}
	err = json.Unmarshal(b, &a)
	return a, err
}

var errAnswer = errors.New("answer is not the expected JSON object")

// next gives the next byte that is not white space.
func next(in *bufio.Reader) (byte, error) {
	for {
		b, err := in.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil || !strings.ContainsRune(" \t\r\n", rune(b)) {
			return b, err
		}
	}
}

func skipTo(in *bufio.Reader, want byte) error {
	b, err := next(in)
	if err == nil && b != want {
		err = errAnswer
	}
	return err
}

// member reads up to the value of the next member; end at the object's end.
func member(in *bufio.Reader, first bool) (name string, end bool, err error) {
	b, err := next(in)
	if err == nil && b == ',' && !first {
		b, err = next(in)
	}
	if err != nil {
		return "", false, err
	}
	if b == '}' {
		return "", true, nil
	}
	if b != '"' {
		return "", false, errAnswer
	}
	raw, err := quoted(in)
	if err != nil {
		return "", false, err
	}
	if err := json.Unmarshal(raw, &name); err != nil {
		return "", false, err
	}
	return name, false, skipTo(in, ':')
}

const maxScalar = 64 << 10

// quoted reads the rest of a string after its opening quote, quotes included.
func quoted(in *bufio.Reader) ([]byte, error) {
	out := []byte{'"'}
	for escaped := false; len(out) < maxScalar; {
		b, err := in.ReadByte()
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		out = append(out, b)
		if b == '"' && !escaped {
			return out, nil
		}
		escaped = b == '\\' && !escaped
	}
	return nil, errAnswer
}

// scalar keeps a member that is a string, number, true, false or null.
func scalar(in *bufio.Reader, name string, rest map[string]json.RawMessage) error {
	b, err := next(in)
	if err != nil {
		return err
	}
	if b == '"' {
		rest[name], err = quoted(in)
		return err
	}
	if b == '{' || b == '[' {
		return errAnswer
	}
	out := []byte{b}
	for len(out) < maxScalar {
		p, err := in.Peek(1)
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if strings.IndexByte(",} \t\r\n", p[0]) >= 0 {
			rest[name] = out
			return nil
		}
		in.Discard(1)
		out = append(out, p[0])
	}
	return errAnswer
}

// copyBase64 decodes a string value, or nothing for null.
func copyBase64(w io.Writer, in *bufio.Reader) error {
	b, err := next(in)
	if err != nil {
		return err
	}
	if b == 'n' {
		_, err := in.Discard(len("ull"))
		return err
	}
	if b != '"' {
		return errAnswer
	}
	s := &stringBytes{in: in}
	if _, err := io.Copy(w, base64.NewDecoder(base64.StdEncoding, s)); err != nil {
		return err
	}
	if !s.done {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// stringBytes gives the bytes of a JSON string up to its closing quote. In
// base64 only a slash, or a line break, may come escaped.
type stringBytes struct {
	in   *bufio.Reader
	done bool
}

func (s *stringBytes) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && !s.done {
		if n > 0 && s.in.Buffered() == 0 {
			break
		}
		b, err := s.in.ReadByte()
		if err != nil {
			return n, io.ErrUnexpectedEOF
		}
		switch b {
		case '"':
			s.done = true
			continue
		case '\\':
			if b, err = s.in.ReadByte(); err != nil {
				return n, io.ErrUnexpectedEOF
			}
			switch b {
			case '/':
			case 'n', 'r':
				b = '\n'
			default:
				return n, errAnswer
			}
		}
		p[n] = b
		n++
	}
	if n == 0 && s.done {
		return 0, io.EOF
	}
	return n, nil
}
