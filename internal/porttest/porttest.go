// Package porttest gives tests addresses (cổng) for servers that come and go.
package porttest

import (
	"errors"
	"net"
	"strconv"
	"syscall"
	"testing"
)

// Own is an address on loopback for a server that comes and goes. Until the test
// ends a socket that never listens is bound to it, so that nobody else is given
// the port: whoever says SO_REUSEADDR may listen there all the same, as every
// server of ours does.
func Own(t testing.TB) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	loopback := &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	if err := errors.Join(syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1), syscall.Bind(fd, loopback)); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(at.(*syscall.SockaddrInet4).Port))
}
