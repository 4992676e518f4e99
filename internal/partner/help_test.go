package partner_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"vanthu/internal/porttest"
)

// serveAt serves at an address until the test ends; "" is one of its own, which
// nobody else is given while the server is down.
func serveAt(t testing.TB, addr string, h http.Handler) *httptest.Server {
	t.Helper()
	if addr == "" {
		addr = porttest.Own(t)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(h)
	srv.Listener.Close()
	srv.Listener = l
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

// linkDirs gives the other side a view of an exchange folder: its in is our out.
func linkDirs(ours, theirs string) error {
	for _, d := range []string{"out", "done", "rejected"} {
		if err := os.MkdirAll(filepath.Join(theirs, d), 0o700); err != nil {
			return err
		}
	}
	return os.Symlink(filepath.Join(ours, "out"), filepath.Join(theirs, "in"))
}
