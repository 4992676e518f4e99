package host

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vanthu/cms"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/disk"
	"vanthu/internal/hub"
	hubschema "vanthu/internal/schema/hub"
	"vanthu/ledger"
)

// HubConfig says where a hub keeps its data.
type HubConfig struct {
	Dir      string // data directory; the hub is in hub/ and hub.key
	Postgres string // DSN; "" keeps the store as a SQLite file
	Name     string // of the ledger, on first use: "truc.h99.vn"
	Clock    func() time.Time
	TSA      string        // address of the time-stamping authority; "" for none
	Keep     time.Duration // how long bodies stay once all have them; 0 is the dated figure, below 0 for ever
	Lock     time.Duration // how long an inbox keeps what it handed out; 0 is the hub's own figure
	Patience time.Duration // how long the next 64 KiB may take on a caller's line; 0 is the hub's own figure
}

// Hub is a hub with the store it runs on.
type Hub struct {
	*hub.Hub
	dir    string
	stores *db.Host
}

// OpenHub opens the hub of a data directory, making its key on first use. Who
// holds hub.key signs receipts: it stays readable by its owner only.
func OpenHub(ctx context.Context, c HubConfig) (*Hub, error) {
	h := &Hub{dir: c.Dir}
	var err error
	if c.Postgres != "" {
		h.stores, err = db.OpenPostgres(ctx, c.Postgres, c.Clock)
	} else {
		h.stores, err = db.OpenDir(c.Dir, c.Clock)
	}
	if err != nil {
		return nil, err
	}
	if h.Hub, err = openHub(ctx, c, h.stores); err != nil {
		h.stores.Close()
		return nil, err
	}
	return h, nil
}

func openHub(ctx context.Context, c HubConfig, stores *db.Host) (*hub.Hub, error) {
	store, err := stores.Store(ctx, "hub", hubschema.Hub)
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Open(filepath.Join(c.Dir, "hub", "blob"))
	if err != nil {
		return nil, err
	}
	if err := settle(c.Dir, "hub"); err != nil {
		return nil, err
	}
	key, err := hubKey(filepath.Join(c.Dir, "hub.key"), c.Name)
	if err != nil {
		return nil, err
	}
	former, err := formerKeys(c.Dir)
	if err != nil {
		return nil, err
	}
	hc := hub.Config{Store: store, Blobs: blobs, Key: key, Former: former, Lock: c.Lock, Patience: c.Patience, Keep: c.Keep}
	if c.TSA != "" {
		hc.Stamp = (&cms.TSAClient{URL: c.TSA}).Stamp
	}
	return hub.Open(ctx, hc)
}

func hubKey(path, name string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil {
		return string(b), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	private, _, err := ledger.GenerateKey(name)
	if err != nil {
		return "", err
	}
	return private, disk.Write(path, []byte(private))
}

// settle makes the directories of a store durable: a file that was synced in
// a directory that was not may be gone after a power cut.
func settle(dir, store string) error {
	return errors.Join(disk.SyncDir(filepath.Join(dir, store)), disk.SyncDir(dir), disk.SyncDir(filepath.Dir(dir)))
}

// Run does what falls due at the hub until ctx ends: trials that end,
// checkpoints and their time stamps, bodies whose term is over. None of them
// waits for another.
func (h *Hub) Run(ctx context.Context, log *slog.Logger) {
	var all sync.WaitGroup
	for _, f := range []struct {
		every time.Duration
		do    func(context.Context) error
	}{
		{time.Minute, h.Tick},
		{time.Minute, func(ctx context.Context) error { _, err := h.StampDue(ctx); return err }},
		{time.Hour, func(ctx context.Context) error { _, err := h.PurgeDue(ctx); return err }},
	} {
		all.Go(func() { follow(ctx, log, f.every, f.do) })
	}
	all.Wait()
}

// follow repeats f; after failures the pause grows to a quarter of an hour.
func follow(ctx context.Context, log *slog.Logger, every time.Duration, f func(context.Context) error) {
	pause := every
	for ctx.Err() == nil {
		if err := f(ctx); err == nil {
			pause = every
		} else if ctx.Err() == nil {
			log.Error("hub", "err", err)
			pause = min(2*pause, max(every, 15*time.Minute))
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
		case <-t.C:
		}
	}
}

// Close closes the hub's store.
func (h *Hub) Close() error { return h.stores.Close() }
