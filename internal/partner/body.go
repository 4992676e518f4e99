package partner

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
)

var (
	errPage = errors.New("a web page in place of a packet")
	errCut  = errors.New("the packet broke off")
)

// copyPacket copies a packet that is the body of an answer. What is none is an
// error, so that nobody rejects a document because something between here and the
// hub spoke in its place, or the line broke: an empty body, a web page, and a packet
// without its end where the answer does not tell its length.
func copyPacket(w io.Writer, res *http.Response) error {
	in := bufio.NewReader(res.Body)
	head, err := in.Peek(256)
	if err != nil && err != io.EOF {
		return err
	}
	head = bytes.ToLower(bytes.TrimLeft(head, "\ufeff \t\r\n"))
	switch {
	case len(head) == 0:
		return errCut
	case bytes.HasPrefix(head, []byte("<!doctype html")), bytes.HasPrefix(head, []byte("<html")):
		return errPage
	}
	t := &tail{w: w}
	if _, err := io.Copy(t, in); err != nil {
		return err
	}
	told := res.ContentLength >= 0 || len(res.TransferEncoding) > 0 || res.ProtoMajor > 1
	if !told && !bytes.HasSuffix(bytes.TrimSpace(t.last), []byte(">")) {
		return errCut
	}
	return nil
}

// tail remembers the end of what is written through it.
type tail struct {
	w    io.Writer
	last []byte
}

func (t *tail) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	const most = 64
	if part := p[max(0, n-most):n]; len(part) == most {
		t.last = append(t.last[:0], part...)
	} else {
		t.last = append(t.last, part...)
		t.last = append(t.last[:0], t.last[max(0, len(t.last)-most):]...)
	}
	return n, err
}
