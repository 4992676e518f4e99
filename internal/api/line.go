package api

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// A line may be slow, or dead without a word (đường truyền treo): the other side
// is gone and nothing says so. A whole request has no limit, since a large packet
// may take hours on a slow line, but each piece of it has, and each piece of the
// answer: whoever brings or takes less is left, and what he held is free.

// piece is what must pass within the hub's patience.
const piece = 64 << 10

// steady holds a request and its answer to that (law:BRVT1842-6.5).
func steady(w http.ResponseWriter, r *http.Request, patience time.Duration) (http.ResponseWriter, *http.Request) {
	l := line{http.NewResponseController(w), patience}
	if r.Body != http.NoBody {
		in := &incoming{ReadCloser: r.Body, line: l}
		in.wait()                      // also for a body that nobody reads: the server does, to go on with the next request
		r = r.WithContext(r.Context()) // the server looks at its own, whether it has told the caller to continue
		r.Body = in
	}
	return &outgoing{w, l}, r
}

// line sets the deadlines of a connection. Recorders in tests have none.
type line struct {
	to       *http.ResponseController
	patience time.Duration
}

type incoming struct {
	io.ReadCloser
	line
	left int // of the piece
}

func (in *incoming) wait() {
	in.to.SetReadDeadline(time.Now().Add(in.patience))
	in.left = piece
}

func (in *incoming) Read(b []byte) (int, error) {
	if in.left <= 0 {
		in.wait()
	}
	n, err := in.ReadCloser.Read(b)
	in.left -= n
	switch {
	case err == io.EOF:
		in.to.SetReadDeadline(time.Time{}) // the act may take longer; a caller who hangs up is noticed
	case err != nil: // it stood still or broke off: the line's fault, not the hub's
		err = fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
	}
	return n, err
}

type outgoing struct {
	http.ResponseWriter
	line
}

// Unwrap is for http.ResponseController.
func (o *outgoing) Unwrap() http.ResponseWriter { return o.ResponseWriter }

func (o *outgoing) Write(b []byte) (n int, err error) {
	for first := true; err == nil && (first || n < len(b)); first = false {
		o.to.SetWriteDeadline(time.Now().Add(o.patience))
		var k int
		k, err = o.ResponseWriter.Write(b[n:min(n+piece, len(b))])
		n += k
	}
	return n, err
}
