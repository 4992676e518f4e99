package kit

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vanthu/internal/fail"
)

// Session is who is signed in, as the store of sessions knows it.
type Session struct {
	Login      string
	Agency     string // code of the agency whose store holds the person
	Person     int64  // id there
	MustChange bool   // the password has to be changed before anything else
	Started    time.Time
	Address    string // where the session was begun

	key string // hash of the token: names the person's stashed uploads
}

// Sessions is the store of sessions. Tokens are only ever given to it as
// SHA-256, in hexadecimal, so that a stolen store opens nothing.
type Sessions interface {
	// Lookup gives the session and notes that it was seen. The error is
	// fail.Auth if there is none, or if it has ended.
	Lookup(ctx context.Context, tokenHash string) (Session, error)
	// Start keeps a new session.
	Start(ctx context.Context, tokenHash string, s Session) error
	// End forgets a session; ending an unknown one is no error.
	End(ctx context.Context, tokenHash string) error
}

const sessionCookie = "vt_session"

type sessionKey struct{}

// SessionOf gives the session of the request, if somebody is signed in.
func SessionOf(ctx context.Context) (Session, bool) {
	s, ok := ctx.Value(sessionKey{}).(Session)
	return s, ok
}

// WithSession puts a session into a context; for tests and the API's own login.
func WithSession(ctx context.Context, s Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// SignIn starts a session with a fresh 256-bit token in a cookie. A session
// that the browser had before is ended, so that a planted cookie is worthless.
func (k *Kit) SignIn(w http.ResponseWriter, r *http.Request, s Session) error {
	if old, ok := k.token(r); ok {
		if err := k.o.Sessions.End(r.Context(), hashToken(old)); err != nil {
			return err
		}
	}
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	token := base64.RawURLEncoding.EncodeToString(raw[:])
	s.Started, s.Address = k.o.Clock(), k.Address(r)
	if err := k.o.Sessions.Start(r.Context(), hashToken(token), s); err != nil {
		return err
	}
	http.SetCookie(w, k.cookie(r, token, 0))
	return nil
}

// SignOut ends the session and takes the cookie back.
func (k *Kit) SignOut(w http.ResponseWriter, r *http.Request) error {
	if token, ok := k.token(r); ok {
		if err := k.o.Sessions.End(r.Context(), hashToken(token)); err != nil {
			return err
		}
	}
	http.SetCookie(w, k.cookie(r, "", -1))
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return nil
}

// cookie is HttpOnly and SameSite=Lax, and gone when the browser closes. The
// __Host- prefix, which binds it to this host and to TLS, is used with Secure.
func (k *Kit) cookie(r *http.Request, value string, age int) *http.Cookie {
	return &http.Cookie{Name: k.cookieName(r), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: k.secure(r), SameSite: http.SameSiteLaxMode}
}

func (k *Kit) cookieName(r *http.Request) string {
	if k.secure(r) {
		return "__Host-" + sessionCookie
	}
	return sessionCookie
}

// secure says whether cookies demand TLS: always, but for one case. With
// Options.Plain the program serves HTTP to its own machine (demo, first steps),
// and a request that came over loopback gets cookies without Secure.
func (k *Kit) secure(r *http.Request) bool {
	if r.TLS != nil || k.o.Proxied || !k.o.Plain {
		return true
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err != nil || ip == nil || !ip.IsLoopback()
}

func (k *Kit) token(r *http.Request) (string, bool) {
	c, err := r.Cookie(k.cookieName(r))
	if err != nil || len(c.Value) != 43 {
		return "", false
	}
	return c.Value, true
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// sessions puts the session, if any, into the request's context.
func (k *Kit) sessions(next http.Handler) http.Handler {
	if k.o.Sessions == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := k.token(r)
		if !ok || strings.HasPrefix(r.URL.Path, "/static/") {
			next.ServeHTTP(w, r)
			return
		}
		hash := hashToken(token)
		s, err := k.o.Sessions.Lookup(r.Context(), hash)
		switch {
		case err == nil:
			s.key = hash
			r = r.WithContext(WithSession(r.Context(), s))
		case fail.Is(err, fail.Auth):
			http.SetCookie(w, k.cookie(r, "", -1))
		default:
			k.Problem(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Address is where the request came from: the last address that our own proxy
// added, if there is one, else the peer.
func (k *Kit) Address(r *http.Request) string {
	if k.o.Proxied {
		list := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if ip := net.ParseIP(strings.TrimSpace(list[len(list)-1])); ip != nil {
			return ip.String()
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// localPath gives the path of an address on this host, "/" for any other.
func localPath(r *http.Request, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != r.Host || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return u.RequestURI()
}
