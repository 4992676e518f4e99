package partner_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
)

// silent is a hub behind a line that goes silent: it hears so many bytes, says
// some words, and nothing moves any more, nor does anybody hang up.
func silent(t *testing.T, hears int64, says string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			c.(*net.TCPConn).SetReadBuffer(4 << 10)
			go func() {
				io.CopyN(io.Discard, c, hears)
				io.WriteString(c, says)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// The line to the hub goes silent and nobody hangs up, in the middle of a request,
// of an answer, or before it: every driver gives up by itself, and what it asked
// is asked again later (R5: BRVT1842-6.5).
func TestDriversGiveASilentLineUp(t *testing.T) {
	raw := strings.Repeat("x", 30<<20) // more than fits into the line
	head := "HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n"
	for dialect, dial := range map[string]func(string) partner.Partner{
		"hub": func(at string) partner.Partner {
			return partner.NewHub(at, SXD, "x", partner.Patient(300*time.Millisecond))
		},
		"national": func(at string) partner.Partner {
			return partner.NewNational(at, SXD, "x", partner.Patient(300*time.Millisecond))
		},
		"provincial": func(at string) partner.Partner {
			return partner.NewProvincial(at, SXD, "x", partner.Patient(300*time.Millisecond))
		},
	} {
		for where, at := range map[string]string{
			"at once": silent(t, 0, ""), "in the request": silent(t, 100_000, ""), "in the answer": silent(t, 100, head+"{"),
		} {
			t.Run(dialect+" "+where, func(t *testing.T) {
				t.Parallel()
				p := dial(at)
				_, err := p.Send(ctx, strings.NewReader(raw), int64(len(raw)), "k")
				if !partner.Temporary(err) {
					t.Errorf("send: %v", err)
				}
				if _, err := p.Inbox(ctx, 0); !partner.Temporary(err) {
					t.Errorf("inbox: %v", err)
				}
				if err := p.Fetch(ctx, "a", new(bytes.Buffer)); !partner.Temporary(err) {
					t.Errorf("fetch: %v", err)
				}
			})
		}
	}
}
