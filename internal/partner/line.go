package partner

import (
	"context"
	"net"
	"net/http"
	"time"
)

// quiet is how long nothing may move on a line before it counts as dead.
const quiet = 3 * time.Minute

// Patient makes a client that gives a connection up on which nothing has moved
// for so long, neither way: the other side vanished without a word, or something
// in between keeps silent. What moves may take hours. quiet must be longer than
// the waits of Inbox. law:BRVT1842-6.5
func Patient(quiet time.Duration) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = quiet
	t.MaxIdleConnsPerHost = 8
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &moving{c, quiet}, nil
	}
	return &http.Client{Transport: t}
}

// moving is a connection on which something must move. The transport always
// reads, also while it writes, so each write gives the reading more time.
type moving struct {
	net.Conn
	quiet time.Duration
}

func (m *moving) Read(b []byte) (int, error) {
	m.SetDeadline(time.Now().Add(m.quiet))
	return m.Conn.Read(b)
}

func (m *moving) Write(b []byte) (int, error) {
	m.SetDeadline(time.Now().Add(m.quiet))
	return m.Conn.Write(b)
}
