package porttest

import (
	"net"
	"testing"
)

// Whoever asks for any port is given another; the owner's server comes and goes.
func TestOwn(t *testing.T) {
	addr := Own(t)
	for range 2 {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
	for range 300 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if l.Addr().String() == addr {
			t.Fatal("the port was given away")
		}
	}
}
