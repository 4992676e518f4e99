package api

import (
	"crypto/x509"
	"encoding/base64"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"vanthu/internal/fail"
	"vanthu/internal/hub"
)

// caller finds the agency behind a request (law:HT33-12.2: sender is the
// credential).
func (s *server) caller(r *http.Request) (hub.Caller, error) {
	code, secret, ok := credential(r.Header.Get("Authorization"))
	if !ok {
		return hub.Caller{}, fail.New(fail.Auth, "Cần mã cơ quan và khóa bí mật.", "HT33-12.2")
	}
	c, err := s.guard(r, code, func() (hub.Caller, error) { return s.hub.Authenticate(r.Context(), code, secret) })
	if at, said := http.ParseTime(r.Header.Get("Date")); err == nil && said == nil {
		s.hub.Said(c, at.Add(time.Second/2)) // the header is cut off at the second
	}
	return c, err
}

// guard slows down who keeps showing wrong credentials for a code. Behind a
// proxy many agencies share an address: one that errs delays only itself.
// A TLS certificate that is shown must be the caller's as well.
func (s *server) guard(r *http.Request, code string, try func() (hub.Caller, error)) (hub.Caller, error) {
	from := remote(r) + " " + hub.NormalCode(code)
	if !s.tries.allowed(from) {
		return hub.Caller{}, fail.New(fail.Busy, "Sai khóa bí mật quá nhiều lần, hãy thử lại sau.")
	}
	c, err := try()
	if err == nil {
		err = c.Shows(shown(r))
	}
	if fail.Is(err, fail.Auth) {
		s.tries.wrong(from)
	}
	return c, err
}

// shown is the TLS certificate that the caller showed; nil for none.
func shown(r *http.Request) *x509.Certificate {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	return r.TLS.PeerCertificates[0]
}

// credential reads "Bearer code:secret" or Basic of the same.
func credential(header string) (code, secret string, ok bool) {
	scheme, value, _ := strings.Cut(header, " ")
	value = strings.TrimSpace(value)
	switch strings.ToLower(scheme) {
	case "basic":
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return "", "", false
		}
		value = string(raw)
	case "bearer":
	default:
		return "", "", false
	}
	code, secret, ok = strings.Cut(value, ":")
	return code, secret, ok && code != "" && secret != ""
}

func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// tries counts wrong credentials per address and code: 20 at once, then one
// every 3 s.
type tries struct {
	mu   sync.Mutex
	from map[string]*attempt
}

type attempt struct {
	limit *rate.Limiter
	last  time.Time
}

func newTries() *tries { return &tries{from: map[string]*attempt{}} }

const maxAddresses = 10_000

func (t *tries) allowed(address string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.from[address]
	return !ok || a.limit.Tokens() >= 1
}

func (t *tries) wrong(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.from[address]
	if !ok {
		t.shrink()
		a = &attempt{limit: rate.NewLimiter(rate.Every(3*time.Second), 20)}
		t.from[address] = a
	}
	a.last = time.Now()
	a.limit.Allow()
}

// shrink forgets addresses that have been quiet, so that memory has a bound.
func (t *tries) shrink() {
	if len(t.from) < maxAddresses {
		return
	}
	for k, a := range t.from {
		if time.Since(a.last) > time.Minute {
			delete(t.from, k)
		}
	}
	if len(t.from) >= maxAddresses {
		clear(t.from)
	}
}
