package api

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// shaky is a hub that waits a moment only, and tells of connections that it has
// closed.
func shaky(t *testing.T, offers int) (s *site, closed chan struct{}) {
	w := New(t, dbtest.SQLite(t, nil), func(c *hub.Config) { c.Patience, c.MaxOffers = 300*time.Millisecond, offers })
	closed = make(chan struct{}, 100)
	srv := httptest.NewUnstartedServer(HubHandler(w.Hub))
	srv.Config.ConnState = func(_ net.Conn, to http.ConnState) {
		if to == http.StateClosed {
			closed <- struct{}{}
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	return &site{w, t, srv.URL, described(t)}, closed
}

// dial begins a request by hand, and does nothing about the rest.
func (s *site) dial(head string, body string) net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	if err := c.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		s.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c, "%s\r\nHost: truc\r\n\r\n%s", head, body); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func bearer(code string) string { return "\r\nAuthorization: Bearer " + code + ":" + Secret(code) }

// ends waits until the hub has closed a connection.
func ends(t *testing.T, closed chan struct{}) {
	t.Helper()
	select {
	case <-closed:
	case <-time.After(time.Minute):
		t.Fatal("the hub keeps waiting")
	}
}

// A caller vanishes without a word, in the middle of what he brings or of what he
// takes, or brings it byte by byte for ever: the hub leaves him (R5:
// BRVT1842-6.5).
func TestHubLeavesWhoVanishes(t *testing.T) {
	s, closed := shaky(t, 0)
	large := s.Send(UBH, Packet(Doc{From: UBH, To: []string{SXD}, Size: 20 << 20}))
	half := Packet(Doc{From: SXD, To: []string{SNV}, Size: 40_000})[:20_000]
	for name, c := range map[string]struct{ head, body string }{
		"in a packet":            {"POST /v1/packets HTTP/1.1\r\nContent-Length: 60000" + bearer(SXD), half},
		"in a packet in chunks":  {"POST /v1/packets HTTP/1.1\r\nTransfer-Encoding: chunked" + bearer(SXD), fmt.Sprintf("%x\r\n%s\r\n", len(half), half)},
		"in a large packet":      {"POST /v1/packets HTTP/1.1\r\nContent-Length: 900000" + bearer(SXD), half},
		"in a confirmation":      {"POST /v1/inbox HTTP/1.1\r\nContent-Length: 100" + bearer(SXD), `{"stored":[`},
		"in what nobody reads":   {"POST /v1/packets HTTP/1.1\r\nContent-Length: 60000", half},
		"in what he is to fetch": {"GET /v1/packets/" + large.ID + " HTTP/1.1" + bearer(SXD), ""},
	} {
		t.Run(name, func(t *testing.T) {
			conn := s.dial(c.head, c.body)
			ends(t, closed)
			if !strings.HasPrefix(name, "in a packet") {
				return
			}
			if said, _ := io.ReadAll(conn); !strings.Contains(string(said), `"code":"incomplete_body"`) {
				t.Errorf("it says %s", said)
			}
		})
	}
	t.Run("byte by byte", func(t *testing.T) {
		c := s.dial("POST /v1/packets HTTP/1.1\r\nContent-Length: 60000"+bearer(SXD), "")
		for range half {
			select {
			case <-closed:
				return
			case <-time.After(s.Patience / 20):
				io.WriteString(c, "<")
			}
		}
		t.Error("it goes on for ever")
	})
	if n := s.Counts().Faults; n > 0 {
		t.Errorf("%d faults of the line are counted as the hub's", n)
	}
}

// One agency's uploads stand still, all that it may have at once: others get
// through, and the agency itself does when the hub has left those (R5).
func TestStandingUploadsAreNobodyElses(t *testing.T) {
	s, closed := shaky(t, 8) // one for each agency
	half := Packet(Doc{From: SXD, To: []string{SNV}, Size: 400_000})[:200_000]
	for range 3 {
		s.dial("POST /v1/packets HTTP/1.1\r\nContent-Length: 500000"+bearer(SXD), half)
	}
	for n := range 5 {
		s.Send(UBH, Packet(Doc{From: UBH, To: []string{SNV}, Number: n + 1}))
	}
	for range 3 {
		ends(t, closed)
	}
	s.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
}

// A line that is slow and moves brings in hours what it has to bring, and takes
// it back; one that is a little slower than that is left (R5: BRVT1842-6.5).
func TestSlowLineGetsThrough(t *testing.T) {
	for pause, want := range map[time.Duration]int{59 * time.Second: 200 * piece, 61 * time.Second: 0} {
		synctest.Test(t, func(t *testing.T) {
			here, there := net.Pipe()
			var sender sync.WaitGroup
			defer sender.Wait()
			defer here.Close()
			got := make(chan int, 1)
			srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w, r = steady(w, r, time.Minute)
				b, err := io.ReadAll(r.Body)
				if err != nil {
					b = nil
				}
				got <- len(b)
				w.Write(b)
			})}
			l := &only{conn: there, over: make(chan struct{})}
			go srv.Serve(l)
			defer srv.Close()
			sender.Go(func() {
				fmt.Fprintf(here, "POST / HTTP/1.1\r\nHost: truc\r\nContent-Length: %d\r\n\r\n", 200*piece)
				var err error
				for n := 0; err == nil && n < 200; n++ {
					time.Sleep(pause)
					_, err = here.Write(make([]byte, piece))
				}
			})
			if n := <-got; n != want {
				t.Errorf("%d bytes with a piece every %v", n, pause)
			}
			buf := make([]byte, piece)
			for n := 0; n < want; {
				k, err := here.Read(buf)
				if err != nil {
					t.Fatalf("%v after %d bytes of the answer", err, n)
				}
				n += k
				time.Sleep(time.Second / 2) // four kilobytes at a time
			}
		})
	}
}

// only is a listener with one connection.
type only struct {
	conn net.Conn
	over chan struct{}
}

func (o *only) Accept() (net.Conn, error) {
	if c := o.conn; c != nil {
		o.conn = nil
		return c, nil
	}
	<-o.over
	return nil, net.ErrClosed
}

func (o *only) Close() error   { close(o.over); return nil }
func (o *only) Addr() net.Addr { return &net.TCPAddr{} }
