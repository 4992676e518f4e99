// Package host puts together what runs on one machine (máy chủ): the store of
// accounts, one office per agency, and the followers that carry packets to and
// from the hub. Construction is here, in the open, and nowhere else.
package host

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sort"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"vanthu/cms"
	"vanthu/internal/account"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/office"
	hostschema "vanthu/internal/schema/host"
	officeschema "vanthu/internal/schema/office"
	"vanthu/internal/signing"
	"vanthu/law"
	"vanthu/viet"
)

// Config says where things are.
type Config struct {
	Dir      string // data directory
	Postgres string // DSN; "" keeps the stores as SQLite files in Dir
	Clock    func() time.Time
	Profile  law.Profile     // of account security; "" is cap-do-2
	Anchors  *cms.Anchors    // who is trusted to certify
	TSA      string          // address of the time-stamping authority; "" for none
	Client   *http.Client    // for OCSP, CRL and time stamps
	Token    string          // socket of the token agent; "" for none
	Remote   *signing.Remote // service for remote signing; nil for none
	Convert  office.Converter
	Publish  func(topics ...string)
	Log      *slog.Logger
}

// Host is one machine's agencies.
type Host struct {
	Config
	DB       *db.Host
	Accounts *account.Accounts

	room    *semaphore.Weighted
	mu      sync.RWMutex
	offices map[string]*office.Office // by agency code
}

// Open opens the host and every agency that it has.
func Open(ctx context.Context, c Config) (*Host, error) {
	h := &Host{Config: c, offices: map[string]*office.Office{}, room: semaphore.NewWeighted(office.ExamineRoom)}
	var err error
	if c.Postgres != "" {
		h.DB, err = db.OpenPostgres(ctx, c.Postgres, c.Clock)
	} else {
		h.DB, err = db.OpenDir(c.Dir, c.Clock)
	}
	if err != nil {
		return nil, err
	}
	store, err := h.DB.Store(ctx, "host", hostschema.Schema)
	if err != nil {
		h.DB.Close()
		return nil, err
	}
	h.Accounts = account.New(store, c.Profile)
	list, err := h.Accounts.Agencies(ctx)
	for _, g := range list {
		if err == nil {
			_, err = h.open(ctx, g)
		}
	}
	if err != nil {
		h.DB.Close()
		return nil, err
	}
	return h, nil
}

// AddAgency enters an agency of this host and opens its office.
func (h *Host) AddAgency(ctx context.Context, g account.Agency) (*office.Office, error) {
	if err := h.Accounts.AddAgency(ctx, g); err != nil {
		return nil, err
	}
	return h.open(ctx, g)
}

func (h *Host) open(ctx context.Context, g account.Agency) (*office.Office, error) {
	store, err := h.DB.Store(ctx, g.Store, officeschema.Schema)
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Open(filepath.Join(h.Dir, g.Store, "blob"))
	if err != nil {
		return nil, fmt.Errorf("host: %s: %w", g.Code, err)
	}
	if err := settle(h.Dir, g.Store); err != nil {
		return nil, err
	}
	o := &office.Office{
		Store: store, Blobs: blobs, Keys: h.ring(g.Store), Openers: h.openingKeys(g.Store).Openers, Judge: h.judge, Room: h.room, Convert: h.Convert,
		Calendar: viet.Standard(), Publish: h.Publish, Log: h.Log,
	}
	if err := h.complete(ctx, o); err != nil {
		return nil, fmt.Errorf("host: %s: %w", g.Code, err)
	}
	h.mu.Lock()
	h.offices[g.Code] = o
	h.mu.Unlock()
	return o, nil
}

// Office finds the office of an agency by its code.
func (h *Host) Office(code string) (*office.Office, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	o, ok := h.offices[code]
	return o, ok
}

// Offices lists the agencies of this host in the order of their codes.
func (h *Host) Offices() []*office.Office {
	h.mu.RLock()
	defer h.mu.RUnlock()
	codes := make([]string, 0, len(h.offices))
	for c := range h.offices {
		codes = append(codes, c)
	}
	sort.Strings(codes)
	out := make([]*office.Office, len(codes))
	for i, c := range codes {
		out[i] = h.offices[c]
	}
	return out
}

// EndCutBatches ends what the last stop of this server cut off. It is called
// once, before anybody is served.
func (h *Host) EndCutBatches(ctx context.Context) error {
	for _, o := range h.Offices() {
		if err := o.EndCutBatches(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Close closes every store.
func (h *Host) Close() error { return h.DB.Close() }
