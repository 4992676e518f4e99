package kit

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

var zippers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(nil, 5); return z }}

// compress gzips pages, JSON and text. Pages carry no token that an attacker
// could guess by the length of the answer, so compressing them is safe.
func compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || isLive(r) {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

// zipped decides at the first byte whether the answer is worth packing.
type zipped struct {
	http.ResponseWriter
	z       *gzip.Writer
	decided bool
}

func (z *zipped) WriteHeader(status int) {
	if !z.decided && status >= 200 {
		z.decided = true
		h := z.Header()
		if status != http.StatusNoContent && status != http.StatusNotModified && status != http.StatusPartialContent && packable(h) {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			h.Add("Vary", "Accept-Encoding")
			z.z = zippers.Get().(*gzip.Writer)
			z.z.Reset(z.ResponseWriter)
		}
	}
	z.ResponseWriter.WriteHeader(status)
}

func packable(h http.Header) bool {
	if h.Get("Content-Encoding") != "" {
		return false
	}
	t, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	switch t {
	case "text/html", "text/css", "text/javascript", "text/plain", "text/calendar", "application/json", "application/problem+json", "image/svg+xml", "application/xml", "text/xml":
		return true
	}
	return false
}

func (z *zipped) Write(b []byte) (int, error) {
	if !z.decided {
		if z.Header().Get("Content-Type") == "" {
			z.Header().Set("Content-Type", http.DetectContentType(b))
		}
		z.WriteHeader(http.StatusOK)
	}
	if z.z != nil {
		return z.z.Write(b)
	}
	return z.ResponseWriter.Write(b)
}

func (z *zipped) close() {
	if z.z != nil {
		_ = z.z.Close() // the browser has gone: nothing to do
		zippers.Put(z.z)
	}
}

// Flush lets a page that is written in pieces be seen in pieces.
func (z *zipped) Flush() {
	if z.z != nil {
		_ = z.z.Flush()
	}
	_ = http.NewResponseController(z.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }
