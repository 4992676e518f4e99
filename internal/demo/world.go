// Package demo is the fictional province Mẫu (H99): agencies, people, a hub, a
// certification authority, and a month of documents, all made by the
// product's own acts. It serves the demonstration, stories, tests and pictures.
//
// One World is one process: the offices of a host, the hub with its own store
// and address, the authority with OCSP, CRL and time stamps at another. The
// offices reach both only over HTTP, as anywhere.
package demo

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"vanthu/cms"
	"vanthu/internal/api"
	"vanthu/internal/authority"
	"vanthu/internal/convert"
	"vanthu/internal/host"
	"vanthu/internal/partner"
)

// Options of a world.
type Options struct {
	Dir      string // data directory
	Postgres string // DSN; "" for embedded stores
	Month    bool   // a month of documents is there already
	Hub, CA  string // addresses to listen on; "" for any free port
	Publish  func(topics ...string)
	Log      *slog.Logger

	newKey   func(authority.KeyKind) (crypto.Signer, error) // where holders' keys come from; nil makes them
	doorless bool                                           // nobody has an account: no password is hashed
}

// World is a province at work.
type World struct {
	Options
	Clock *Clock
	Host  *host.Host
	Hub   *host.Hub
	CA    *authority.Authority

	hubAddr string
	caURL   string
	hubSrv  *http.Server
	caSrv   *http.Server
	stop    context.CancelFunc
	wg      sync.WaitGroup

	elsewhere map[string]*cms.SoftwareSigner // keys that stay with their holders, by name
}

// Open opens the province of a data directory, making it first when it is not
// there or was left half-made.
func Open(ctx context.Context, o Options) (*World, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	made := filepath.Join(o.Dir, "made")
	_, err := os.Stat(made)
	fresh := errors.Is(err, os.ErrNotExist)
	if fresh {
		if err := wipe(o.Dir); err != nil {
			return nil, err
		}
	}
	w := &World{Options: o}
	if err := w.open(ctx); err != nil {
		w.Close()
		return nil, err
	}
	if fresh {
		err = w.build(ctx)
		if err == nil {
			err = os.WriteFile(made, []byte(w.Clock.Now().Format(time.RFC3339)+"\n"), 0o600)
		}
	} else {
		err = w.connect()
		if err == nil {
			err = w.Host.EndCutBatches(ctx)
		}
	}
	if err == nil {
		err = w.Hub.Tick(ctx)
	}
	if err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// wipe removes what an earlier, unfinished making left. It refuses a directory
// that holds anything else.
func wipe(dir string) error {
	ours := map[string]bool{"clock": true, "hub": true, "hub.key": true, "ca": true, "host": true, "addresses": true, "stash": true, "trust": true}
	for _, a := range province {
		ours[a.store] = true
	}
	list, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return err
	}
	for _, e := range list {
		if !ours[e.Name()] {
			return fmt.Errorf("thư mục %s đã có dữ liệu khác (%s): chọn thư mục trống", dir, e.Name())
		}
	}
	for _, e := range list {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) open(ctx context.Context) (err error) {
	if w.Clock, err = OpenClock(w.Dir); err != nil {
		return err
	}
	if err = w.openCA(); err != nil {
		return err
	}
	if err = w.openHub(ctx); err != nil {
		return err
	}
	anchors := &cms.Anchors{}
	anchors.Add(cms.Demo, w.CA.Root())
	anchors.AddIntermediate(w.CA.Issuing())
	c := host.Config{Dir: w.Dir, Postgres: w.Postgres, Clock: w.Clock.Now, Anchors: anchors, TSA: w.caURL + "/tsa",
		Client: &http.Client{Timeout: 20 * time.Second}, Publish: w.Publish, Log: w.Log}
	if lo := convert.Find(); lo != nil {
		c.Convert = lo
	}
	w.Host, err = host.Open(ctx, c)
	return err
}

// openCA serves the authority where its certificates say it is: the address of
// the first start is kept.
func (w *World) openCA() error {
	addr, err := w.address("ca", w.Options.CA)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	w.caURL = "http://" + l.Addr().String()
	if err := w.keepAddress("ca", l.Addr().String()); err != nil {
		return err
	}
	if w.CA, err = authority.Open(filepath.Join(w.Dir, "ca"), w.caURL, w.Clock.Now); err != nil {
		l.Close()
		return err
	}
	w.CA.NewKey = w.newKey
	w.caSrv = w.serve(l, w.CA)
	return nil
}

func (w *World) address(name, wish string) (string, error) {
	b, err := os.ReadFile(filepath.Join(w.Dir, "addresses", name))
	switch {
	case err == nil:
		return string(b), nil
	case !errors.Is(err, os.ErrNotExist):
		return "", err
	case wish == "":
		return "127.0.0.1:0", nil
	}
	return wish, nil
}

func (w *World) keepAddress(name, addr string) error {
	dir := filepath.Join(w.Dir, "addresses")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), []byte(addr), 0o600)
}

func (w *World) serve(l net.Listener, h http.Handler) *http.Server {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	w.wg.Add(1)
	go func() {
		defer w.wg.Done()
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			w.Log.Error("serve", "addr", l.Addr(), "err", err)
		}
	}()
	return s
}

func (w *World) openHub(ctx context.Context) (err error) {
	w.Hub, err = host.OpenHub(ctx, host.HubConfig{Dir: w.Dir, Postgres: w.Postgres, Name: "truc.h99.example", Clock: w.Clock.Now, TSA: w.caURL + "/tsa"})
	if err != nil {
		return err
	}
	if w.hubAddr, err = w.address("hub", w.Options.Hub); err != nil {
		return err
	}
	return w.StartHub(ctx)
}

// StartHub brings the hub to its address, at first or after StopHub.
func (w *World) StartHub(context.Context) error {
	if w.hubSrv != nil {
		return nil
	}
	l, err := net.Listen("tcp", w.hubAddr)
	if err != nil {
		return err
	}
	w.hubAddr = l.Addr().String()
	w.hubSrv = w.serve(l, api.HubHandler(w.Hub.Hub))
	return w.keepAddress("hub", w.hubAddr)
}

// StopHub cuts the hub off: the offices go on without it.
func (w *World) StopHub(context.Context) error {
	if w.hubSrv == nil {
		return nil
	}
	err := w.hubSrv.Close()
	w.hubSrv = nil
	return err
}

// Unread lets an agency's system give back, as unreadable, what waits for it.
func (w *World) Unread(ctx context.Context, code, reason string) error {
	for _, a := range province {
		if a.code != code {
			continue
		}
		secret, err := os.ReadFile(w.secretFile(a))
		if err != nil {
			return err
		}
		c, err := w.Hub.Authenticate(ctx, code, strings.TrimSpace(string(secret)))
		if err != nil {
			return err
		}
		list, err := w.Hub.Queue(ctx, code, 100)
		for _, d := range list {
			if err == nil {
				err = w.Hub.Release(ctx, c, d.ID, true, reason, 0)
			}
		}
		return err
	}
	return fmt.Errorf("demo: agency %s is missing", code)
}

// HubURL is where the hub listens.
func (w *World) HubURL() string { return "http://" + w.hubAddr }

// CAURL is where the authority answers.
func (w *World) CAURL() string { return w.caURL }

// connect gives every office its line to the hub.
func (w *World) connect() error {
	for _, a := range province {
		o, ok := w.Host.Office(a.code)
		if !ok {
			return fmt.Errorf("demo: agency %s is missing", a.code)
		}
		secret, err := os.ReadFile(w.secretFile(a))
		if err != nil {
			return err
		}
		line := partner.NewHub(w.HubURL(), a.code, string(secret), nil)
		line.Clock = w.Clock.Now
		o.Partner = line
	}
	return nil
}

func (w *World) secretFile(a agency) string { return filepath.Join(w.Dir, a.store, "hub.secret") }

// Run starts the followers of every office and of the hub; they end with Close.
func (w *World) Run(ctx context.Context) {
	ctx, w.stop = context.WithCancel(ctx)
	for _, o := range w.Host.Offices() {
		o.Run(ctx)
	}
	w.wg.Go(func() { w.Hub.Run(ctx, w.Log) })
	w.wg.Go(func() { w.Host.Watch(ctx, w.Hub.Hub, w.Log) })
}

// RunIndex starts only the followers that index for search, where Settle does
// the rest.
func (w *World) RunIndex(ctx context.Context) {
	ctx, w.stop = context.WithCancel(ctx)
	for _, o := range w.Host.Offices() {
		o.RunIndex(ctx)
	}
}

// Settle carries packets until nothing moves any more: what is due has arrived.
func (w *World) Settle(ctx context.Context) error {
	for range 50 {
		moved := 0
		for _, o := range w.Host.Offices() {
			n, err := o.Post(ctx)
			if err != nil && !partner.Temporary(err) {
				return err
			}
			m, err := o.Collect(ctx, 0)
			if err != nil && !partner.Temporary(err) {
				return err
			}
			k, err := o.WatchSent(ctx)
			if err != nil && !partner.Temporary(err) {
				return err
			}
			if _, err := o.Destroy(ctx); err != nil {
				return err
			}
			if _, err := o.Tell(ctx); err != nil {
				return err
			}
			if _, err := o.WatchKeys(ctx); err != nil {
				return err
			}
			moved += n + m + k
		}
		if moved == 0 {
			return nil
		}
	}
	return errors.New("demo: the exchange does not come to rest")
}

// Close ends the world; its data stays.
func (w *World) Close() {
	if w.stop != nil {
		w.stop()
	}
	for _, s := range []*http.Server{w.hubSrv, w.caSrv} {
		if s != nil {
			s.Close()
		}
	}
	if w.Host != nil {
		w.Host.Close()
	}
	if w.Hub != nil {
		w.Hub.Close()
	}
	w.wg.Wait()
}

// Remove deletes the province of a data directory; it refuses a directory that
// holds anything else.
func Remove(dir string) error {
	if err := os.Remove(filepath.Join(dir, "made")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return wipe(dir)
}
