package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers "sqlite"
)

// Engine names a kind of database.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Host is where stores live: a data directory (SQLite: one file per store), or
// a PostgreSQL database (one schema per store).
type Host struct {
	engine Engine
	dir    string
	dsn    string
	clock  func() time.Time

	crier *crier // PostgreSQL only

	mu     sync.Mutex
	stores map[string]*Store
}

// OpenDir keeps stores as SQLite files dir/<name>/<name>.db.
func OpenDir(dir string, clock func() time.Time) (*Host, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Host{engine: SQLite, dir: dir, clock: clock, stores: map[string]*Store{}}, nil
}

// OpenPostgres keeps stores as schemas of the database that dsn names.
func OpenPostgres(ctx context.Context, dsn string, clock func() time.Time) (*Host, error) {
	h := &Host{engine: Postgres, dsn: dsn, clock: clock, stores: map[string]*Store{}}
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("db: postgres: %w", err)
	}
	if err := c.Close(ctx); err != nil {
		return nil, err
	}
	h.crier = startCrier(h)
	return h, nil
}

// Engine tells the kind of database.
func (h *Host) Engine() Engine { return h.engine }

var storeName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// Store opens the store of that name, bringing its schema up to date from the
// numbered files of schema. Names are lower-case letters, digits and _.
func (h *Host) Store(ctx context.Context, name string, schema Schema) (*Store, error) {
	if !storeName.MatchString(name) {
		return nil, fmt.Errorf("db: bad store name %q", name)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if s, ok := h.stores[name]; ok {
		return s, nil
	}
	s := &Store{host: h, name: name, queue: make(chan *write, 256), readers: make(chan struct{}, 8), quit: make(chan struct{}), epoch: 1}
	var err error
	if h.engine == SQLite {
		err = s.openFile(filepath.Join(h.dir, name, name+".db"))
	} else {
		err = s.openSchema(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("db: open %s: %w", name, err)
	}
	if err := s.migrate(ctx, schema); err != nil {
		s.close()
		return nil, fmt.Errorf("db: migrate %s: %w", name, err)
	}
	s.done.Add(1)
	go s.writer()
	h.stores[name] = s
	return s, nil
}

// Close closes every store.
func (h *Host) Close() error {
	if h.crier != nil {
		h.crier.close()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, s := range h.stores {
		s.close()
		delete(h.stores, name)
	}
	return nil
}

// openFile opens one writer and a few readers: SQLite has one writer anyway,
// and readers that may not write cannot take its lock by mistake.
func (s *Store) openFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	open := func(pragmas ...string) (*sql.DB, error) {
		q := url.Values{"_pragma": append([]string{"busy_timeout(10000)", "foreign_keys(1)"}, pragmas...)}
		return sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	}
	var err error
	// FULL: a commit is on the disk when it is acknowledged. What savepoints may
	// have to undo stays in memory (2), it is a few pages.
	if s.w, err = open("journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(2000)", "temp_store(2)"); err != nil {
		return err
	}
	s.w.SetMaxOpenConns(1)
	if err := s.w.Ping(); err != nil {
		return err
	}
	if s.r, err = open("query_only(1)", "cache_size(-2000)"); err != nil {
		return err
	}
	keepBusy(s.r, cap(s.readers)+1) // one is for compiling statements
	return nil
}

func (s *Store) openSchema(ctx context.Context) error {
	cfg, err := pgx.ParseConfig(s.host.dsn)
	if err != nil {
		return err
	}
	cfg.RuntimeParams["search_path"] = s.name
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["jit"] = "off" // statements here are short; compiling one takes longer than a thousand of them
	d := stdlib.OpenDB(*cfg)
	keepBusy(d, cap(s.readers)+1) // one is for the writer
	s.w, s.r = d, d
	_, err = d.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS `+s.name)
	return err
}

// keepBusy lets a pool keep its connections between two requests under load,
// with the statements that they have compiled, and end those of a quiet store.
func keepBusy(d *sql.DB, most int) {
	d.SetMaxOpenConns(most)
	d.SetMaxIdleConns(most)
	d.SetConnMaxIdleTime(time.Minute)
}
