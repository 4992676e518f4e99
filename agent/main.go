//go:build cgo

// Command vanthu-token is the token agent (chương trình thiết bị ký): it
// speaks to a signing token or HSM through the PKCS#11 library of its maker,
// and to the server through a Unix socket. See package internal/token for what
// is said there.
//
//	vanthu-token --module /usr/lib/opensc-pkcs11.so --socket /run/vanthu/token.sock
//
// A PIN comes with each request, from the person who signs, or once from the
// machine: a file, VANTHU_TOKEN_PIN, or the credential "pin" of systemd. It is
// never written anywhere. A key that opens what others encrypt works only with
// the machine's PIN; --pin-for keeps that PIN from the devices that sign.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type command struct {
	Module  string `help:"Thư viện PKCS#11 của thiết bị (tệp .so)." required:"" type:"existingfile"`
	Socket  string `help:"Socket mà máy chủ Văn Thư nối vào." default:"/run/vanthu/token.sock" type:"path"`
	PINFor  string `help:"Số sê-ri của thiết bị mà mã PIN của máy dùng cho; để trống là mọi thiết bị." name:"pin-for"`
	PINFile string `help:"Tệp chứa mã PIN, cho thiết bị ký không có người ngồi máy (HSM)." type:"path" name:"pin-file"`
}

func main() {
	var c command
	kong.Parse(&c, kong.Name("vanthu-token"), kong.Description("Chương trình thiết bị ký của Văn Thư."), kong.DefaultEnvars("VANTHU_TOKEN"))
	if err := c.run(); err != nil {
		fmt.Fprintln(os.Stderr, "vanthu-token:", err)
		os.Exit(1)
	}
}

func (c command) run() error {
	pin, err := c.pin()
	if err != nil {
		return err
	}
	lib, err := openLibrary(c.Module, pin)
	if err != nil {
		return err
	}
	defer lib.close()
	lib.only = c.PINFor
	l, err := listen(c.Socket)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: handler(lib), ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 8 << 10}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		srv.Shutdown(end)
	}()
	slog.Info("serving", "socket", c.Socket, "module", c.Module)
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// pin finds the machine's PIN; "" when each request must bring one.
func (c command) pin() (string, error) {
	path := c.PINFile
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); path == "" && dir != "" {
		path = filepath.Join(dir, "pin")
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			path = ""
		}
	}
	if path == "" {
		pin := os.Getenv("VANTHU_TOKEN_PIN")
		os.Unsetenv("VANTHU_TOKEN_PIN")
		return pin, nil
	}
	b, err := os.ReadFile(path)
	return strings.TrimSpace(string(b)), err
}

// listen makes the socket for this user alone; one that nobody listens on any
// more is replaced.
func listen(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("đã có chương trình khác ở %s", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return net.Listen("unix", path)
}
