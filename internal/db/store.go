package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// Store is one agency's (or the host's, or the hub's) data.
type Store struct {
	host *Host
	name string
	w, r *sql.DB

	queue chan *write // SQLite only
	quit  chan struct{}
	done  sync.WaitGroup

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every commit
}

type write struct {
	ctx context.Context
	by  Actor
	f   func(*Tx) error
	err chan error
	tx  *Tx
}

// Name is the store's name.
func (s *Store) Name() string { return s.name }

// Now is the store's clock, as writes see it.
func (s *Store) Now() time.Time { return s.host.clock().UTC().Truncate(time.Millisecond) }

// Changed gives a channel that is closed at the next commit: followers wait on
// it and then read from their cursor.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *Store) announce() {
	s.mu.Lock()
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
}

// Write runs f as one transaction in the store's turn. When Write returns nil
// everything f wrote is on disk; on any error nothing of it is there.
func (s *Store) Write(ctx context.Context, by Actor, f func(*Tx) error) error {
	if s.host.engine == Postgres {
		return s.writeRow(ctx, by, f)
	}
	w := &write{ctx: ctx, by: by, f: f, err: make(chan error, 1)}
	select {
	case s.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return errClosed
	}
	// From here the writer decides: a caller that goes away must still learn
	// nothing false, so it waits for the verdict.
	select {
	case err := <-w.err:
		return err
	case <-s.quit:
		select {
		case err := <-w.err:
			return err
		case <-time.After(5 * time.Second):
			return errClosed
		}
	}
}

var errClosed = errors.New("db: store is closed")

// Read runs f on one snapshot.
func (s *Store) Read(ctx context.Context, f func(*View) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if s.host.engine == Postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	tx, err := s.r.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(&View{Now: s.Now(), ctx: ctx, tx: tx, store: s})
}

func (s *Store) start() {
	if s.host.engine != SQLite {
		return
	}
	s.queue = make(chan *write, 256)
	s.done.Add(1)
	go s.writer()
}

// writer takes all waiting writes into one commit, each behind its own
// savepoint, and answers them after it: one fsync serves many.
func (s *Store) writer() {
	defer s.done.Done()
	for {
		var batch []*write
		select {
		case w := <-s.queue:
			batch = append(batch, w)
		case <-s.quit:
			return
		}
		for len(batch) < 128 {
			select {
			case w := <-s.queue:
				batch = append(batch, w)
				continue
			default:
			}
			break
		}
		s.commit(batch)
	}
}

func (s *Store) commit(batch []*write) {
	errs := make([]error, len(batch))
	err := s.transact(batch, errs)
	wrote := false
	for i := range batch {
		if errs[i] == nil {
			errs[i] = err
		}
		wrote = wrote || errs[i] == nil
	}
	if wrote {
		s.announce()
	}
	for i, w := range batch {
		if errs[i] == nil {
			w.tx.runAfter()
		}
		w.err <- errs[i]
	}
}

// transact fills errs for writes that failed alone; its own error fails all.
func (s *Store) transact(batch []*write, errs []error) error {
	ctx := context.Background()
	c, err := s.w.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	last, err := s.runBatch(ctx, c, batch, errs)
	if err == nil {
		_, err = c.ExecContext(ctx, `UPDATE turn SET last = $1`, last)
	}
	if err == nil {
		_, err = c.ExecContext(ctx, `COMMIT`)
	}
	if err != nil {
		c.ExecContext(ctx, `ROLLBACK`)
	}
	return err
}

func (s *Store) runBatch(ctx context.Context, c *sql.Conn, batch []*write, errs []error) (last int64, err error) {
	if err := c.QueryRowContext(ctx, `SELECT last FROM turn`).Scan(&last); err != nil {
		return 0, err
	}
	for i, w := range batch {
		if errs[i] = w.ctx.Err(); errs[i] != nil {
			continue
		}
		if _, err := c.ExecContext(ctx, `SAVEPOINT act`); err != nil {
			return 0, err
		}
		// The act is not cut off half-way by its caller's context: it is short.
		w.tx = &Tx{Now: s.Now(), By: w.by, ctx: context.WithoutCancel(w.ctx), conn: c, store: s, last: last}
		end := `RELEASE act`
		if errs[i] = call(w.f, w.tx); errs[i] != nil {
			end = `ROLLBACK TO act; RELEASE act`
		} else {
			last = w.tx.last
		}
		if _, err := c.ExecContext(ctx, end); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// writeRow is Write on PostgreSQL: the turn is a row lock.
func (s *Store) writeRow(ctx context.Context, by Actor, f func(*Tx) error) error {
	t, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	tx := &Tx{By: by, ctx: ctx, conn: t, store: s}
	if err := t.QueryRowContext(ctx, `SELECT last FROM turn FOR UPDATE`).Scan(&tx.last); err != nil {
		return err
	}
	tx.Now = s.Now()
	if err := call(f, tx); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, `UPDATE turn SET last = $1`, tx.last); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	s.announce()
	tx.runAfter()
	return nil
}

// call turns a panic of an act into its error: one act must not take the
// writer of a whole agency with it.
func call(f func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("db: panic in write: %v\n%s", p, debug.Stack())
		}
	}()
	return f(tx)
}

func (tx *Tx) runAfter() {
	for _, f := range tx.after {
		f()
	}
}

func (s *Store) close() {
	select {
	case <-s.quit:
		return
	default:
		close(s.quit)
	}
	s.done.Wait()
	if s.r != s.w {
		s.r.Close()
	}
	s.w.Close()
}
