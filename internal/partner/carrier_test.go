package partner_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
)

// carrier is the other side of exchange folders: it brings what agencies put
// into them to the hub, and back.
type carrier struct {
	*World
	mu   sync.Mutex
	dirs map[string]string // agency → folder
}

// carried is an exchange folder that somebody empties and fills.
type carried struct {
	*partner.Folder
	carrier *carrier
}

func folder(s site, code string) *carried {
	s.carrier.mu.Lock()
	defer s.carrier.mu.Unlock()
	if s.carrier.dirs[code] == "" {
		s.carrier.dirs[code] = s.T.TempDir()
	}
	f, err := partner.NewFolder(s.carrier.dirs[code])
	if err != nil {
		s.T.Fatal(err)
	}
	f.Poll, f.Settle = 50*time.Millisecond, 0
	return &carried{f, s.carrier}
}

func (f *carried) Send(ctx context.Context, raw io.Reader, size int64, key string) (partner.Ack, error) {
	ack, err := f.Folder.Send(ctx, raw, size, key)
	f.carrier.carry()
	return ack, err
}

func (f *carried) Inbox(ctx context.Context, wait time.Duration) ([]partner.Arrival, error) {
	f.carrier.carry()
	return f.Folder.Inbox(ctx, wait)
}

// carry moves everything once: confirmations first, then packets.
func (c *carrier) carry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for code, dir := range c.dirs {
		for _, f := range packets(dir, "done") {
			c.ok(c.Confirm(ctx, c.As(code), nameOf(f)))
		}
		for _, f := range packets(dir, "rejected") {
			why, err := os.ReadFile(strings.TrimSuffix(f, ".edxml") + ".txt")
			c.ok(nil, err)
			c.ok(nil, c.Release(ctx, c.As(code), nameOf(f), true, string(why), 0))
		}
	}
	for code, dir := range c.dirs {
		for _, f := range packets(dir, "out") {
			raw, err := os.ReadFile(f)
			c.ok(nil, err)
			_, err = c.Accept(ctx, c.As(code), hub.Offer{Body: strings.NewReader(string(raw)), Key: nameOf(f)})
			c.ok(nil, err)
			c.ok(nil, os.Remove(f))
		}
	}
	for code, dir := range c.dirs {
		list, err := c.Hub.Inbox(ctx, c.As(code), hub.Look{})
		c.ok(nil, err)
		for _, x := range list {
			body, err := c.Hub.Fetch(ctx, c.As(code), x.ID)
			c.ok(nil, err)
			var raw bytes.Buffer
			_, err = body.WriteTo(&raw)
			body.Close()
			c.ok(nil, err)
			c.ok(nil, os.WriteFile(filepath.Join(dir, "in", "."+x.ID), raw.Bytes(), 0o600))
			c.ok(nil, os.Rename(filepath.Join(dir, "in", "."+x.ID), filepath.Join(dir, "in", x.ID+".edxml")))
		}
	}
}

func (c *carrier) ok(_ []byte, err error) {
	c.T.Helper()
	if err != nil {
		c.T.Error(err)
	}
}

func packets(dir, in string) []string {
	list, _ := filepath.Glob(filepath.Join(dir, in, "*.edxml"))
	return list
}

func nameOf(path string) string { return strings.TrimSuffix(filepath.Base(path), ".edxml") }
