package kit

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"vanthu/internal/fail"
	"vanthu/internal/web/static"
)

// policy lets a page load from this host only, with no inline script or style.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	connect + "; worker-src 'self'; frame-src 'self'; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const connect = "connect-src 'self'"

// Reach lets the page that is about to be shown speak with one more address,
// such as "wss://127.0.0.1:8987", and with nothing else besides this host.
func Reach(w http.ResponseWriter, address string) {
	w.Header().Set("Content-Security-Policy", strings.Replace(policy, connect, connect+" "+address, 1))
}

// Wrap puts the guards around the whole mux, outermost first: log, headers,
// faults, refusal of foreign posts, size and time, compression, session.
func (k *Kit) Wrap(next http.Handler) http.Handler {
	next = k.sessions(next)
	next = compress(next)
	next = k.limits(next)
	next = k.crossOrigin(next)
	next = k.recover(next)
	next = k.headers(next)
	return k.log(next)
}

func (k *Kit) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		if k.secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// crossOrigin refuses posts that another site's page has sent.
func (k *Kit) crossOrigin(next http.Handler) http.Handler {
	c := http.NewCrossOriginProtection()
	for _, o := range k.o.Trusted {
		if err := c.AddTrustedOrigin(o); err != nil {
			panic(fmt.Sprintf("kit: trusted origin %q: %v", o, err)) // a fault of the start-up, not of a request
		}
	}
	for p := range k.tokened {
		c.AddInsecureBypassPattern("POST " + p)
	}
	c.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.Problem(w, r, fail.Deny("Yêu cầu đến từ một trang khác nên không được thực hiện.").Then("Mở lại trang này và làm lại."))
	}))
	return c.Handler(next)
}

// limits bounds the body and the time of a request. Live keeps its line open
// and takes the time limit off itself.
func (k *Kit) limits(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > k.o.MaxBody {
			k.Problem(w, r, &http.MaxBytesError{Limit: k.o.MaxBody})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, k.o.MaxBody)
		if isLive(r) {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), k.o.Timeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// recover turns a panic into an error page and a line in the log.
func (k *Kit) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			k.Problem(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
		}()
		next.ServeHTTP(w, r)
	})
}

// log notes method, path, status, size and time of each request; never the
// query, the form or a name, which may be contents.
func (k *Kit) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := k.o.Clock()
		c := &counter{ResponseWriter: w}
		next.ServeHTTP(c, r)
		if strings.HasPrefix(r.URL.Path, static.Prefix) && c.status < 400 {
			return
		}
		k.o.Log.Info("request", "method", r.Method, "path", r.URL.Path, "status", c.status, "bytes", c.bytes,
			"ms", k.o.Clock().Sub(start)/time.Millisecond, "from", k.Address(r))
	})
}

// counter remembers the status and size of an answer.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *counter) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
