package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"vanthu/internal/fail"
)

// Store is one agency's (or the host's, or the hub's) data.
type Store struct {
	host *Host
	name string
	w, r *sql.DB

	readers chan struct{} // one token per snapshot
	reads   sync.Map      // SQLite: text → *sql.Stmt
	texts   atomic.Int64  // in reads

	queue chan *write
	quit  chan struct{}
	done  sync.WaitGroup

	seen, epoch int64 // of the writer alone: the last id it committed; see Moment

	bell bell

	broken atomic.Pointer[error] // a sync failed; nothing is written any more
}

// write is one act that waits for its turn.
type write struct {
	ctx   context.Context
	by    Actor
	f     func(*Tx) error
	begun atomic.Bool // taken into a batch, or given up before that
	err   chan error
	tx    *Tx
}

// Name is the store's name.
func (s *Store) Name() string { return s.name }

// Now is the store's clock, as writes see it.
func (s *Store) Now() time.Time { return s.host.clock().UTC().Truncate(time.Millisecond) }

// Write runs f as one transaction in the store's turn. When Write returns nil
// everything f wrote is on disk; on any error nothing of it is there, unless
// the connection to PostgreSQL broke during the commit: then nobody knows. A
// ctx that ends before f began ends the waiting; f itself is short and is not
// cut off half-way. Acts that wait at the same time share one commit: f must
// not call Write.
func (s *Store) Write(ctx context.Context, by Actor, f func(*Tx) error) error {
	if e := s.broken.Load(); e != nil {
		return errBroken(*e)
	}
	if err := ctx.Err(); err != nil {
		return err // who has gone begins nothing
	}
	w := &write{ctx: ctx, by: by, f: f, err: make(chan error, 1)}
	select {
	case s.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return errClosed
	}
	select {
	case err := <-w.err:
		return err
	case <-ctx.Done():
		if w.begun.CompareAndSwap(false, true) {
			return ctx.Err()
		}
	case <-s.quit:
		if w.begun.CompareAndSwap(false, true) {
			return errClosed
		}
	}
	// The act has begun: a caller that goes away must learn nothing false, so it
	// waits for the verdict, which always comes.
	return <-w.err
}

// errBroken: a disk that fails to sync says so once and may have dropped what it
// was given; a later sync would succeed over the hole. What is on the disk is
// found out by starting anew.
func errBroken(cause error) error {
	return fail.New(fail.Busy, "Ổ đĩa bị lỗi, kho dữ liệu tạm ngừng ghi.", "HT33-14.6").Because(cause).
		Then("Báo quản trị kiểm tra ổ đĩa rồi khởi động lại.")
}

var errClosed = errors.New("db: store is closed")

// Read runs f on one snapshot.
func (s *Store) Read(ctx context.Context, f func(*View) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if s.host.engine == Postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	select {
	case s.readers <- struct{}{}:
		defer func() { <-s.readers }()
	case <-ctx.Done():
		return ctx.Err()
	}
	tx, err := s.r.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(&View{Now: s.Now(), ctx: ctx, tx: tx, store: s})
}

// Peek is Read without the snapshot: each query sees what is committed when it
// runs. On PostgreSQL a snapshot costs two ways there and back more.
func (s *Store) Peek(ctx context.Context, f func(*View) error) error {
	select {
	case s.readers <- struct{}{}:
		defer func() { <-s.readers }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return f(&View{Now: s.Now(), ctx: ctx, store: s})
}

// compiled keeps the reading statements of SQLite, as line does those of the
// writer; nil where that is no use.
func (s *Store) compiled(ctx context.Context, query string) *sql.Stmt {
	if s.host.engine == Postgres {
		return nil
	}
	if st, ok := s.reads.Load(query); ok {
		return st.(*sql.Stmt)
	}
	if s.texts.Load() >= stmtsKept {
		return nil
	}
	st, err := s.r.PrepareContext(ctx, query) // on the connection that no snapshot holds
	if err != nil {
		return nil
	}
	if had, ok := s.reads.LoadOrStore(query, st); ok {
		st.Close()
		return had.(*sql.Stmt)
	}
	s.texts.Add(1)
	return st
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
