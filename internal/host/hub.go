package host

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
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
}

// Hub is a hub with the store it runs on.
type Hub struct {
	*hub.Hub
	stores *db.Host
}

// OpenHub opens the hub of a data directory, making its key on first use. Who
// holds hub.key signs receipts: it stays readable by its owner only.
func OpenHub(ctx context.Context, c HubConfig) (*Hub, error) {
	h := &Hub{}
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
	key, err := hubKey(filepath.Join(c.Dir, "hub.key"), c.Name)
	if err != nil {
		return nil, err
	}
	return hub.Open(ctx, hub.Config{Store: store, Blobs: blobs, Key: key})
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
	return private, os.WriteFile(path, []byte(private), 0o600)
}

// Run does what falls due at the hub (trials that become official, locks that
// end) until ctx ends.
func (h *Hub) Run(ctx context.Context, log *slog.Logger) {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		if err := h.Tick(ctx); err != nil && ctx.Err() == nil {
			log.Error("hub", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Close closes the hub's store.
func (h *Hub) Close() error { return h.stores.Close() }
