// Package db keeps the stores (kho dữ liệu): one per agency, one for the host,
// one for the hub, each a SQLite file or a PostgreSQL schema with the same SQL.
//
// Every write first takes the store's turn (lượt ghi, one row), so that the
// two engines behave alike: writes come one after another, numbers have no
// gaps, ids are small and ordered by commit. Nothing slow (network, files,
// signatures) happens inside Write: it is done before, its result passed in.
//
//	err := store.Write(ctx, by, func(tx *db.Tx) error {
//		_, err := tx.Exec(`INSERT INTO unit (id, name) VALUES ($1, $2)`, tx.NewID(), name)
//		return err
//	})
//
// Rules for SQL here: placeholders $1…, no NULLs (0 and ” mean none), times as
// UTC milliseconds (Ms, Time), civil days as TEXT, column types TEXT, BIGINT
// and BOOLEAN only.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"time"
)

// Actor is who acts, as far as a store must know: a person of that store, or
// the system (Person 0), perhaps on behalf of another under a mandate.
type Actor struct {
	Person   int64
	OnBehalf int64
	Address  string // network address the act came from
}

// System is the actor of timers and followers.
var System = Actor{}

// Q reads rows; both *Tx and *View do.
type Q interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
	Engine() Engine
}

// Tx is one write in its turn. It is valid only inside the function it was
// given to.
type Tx struct {
	Now   time.Time // of the whole act, millisecond precision
	By    Actor
	ctx   context.Context
	line  *line
	store *Store
	last  int64
	start Moment
	late  []late
	after []func()
	rouse []string // topics
}

// NewID gives the next id of the store: ids are unique over all its tables and
// grow in the order of commits.
func (tx *Tx) NewID() int64 { tx.last++; return tx.last }

// Leap passes over as many ids as a store gives in its lifetime, so that one that
// came back from an older copy gives none anew that it gave since.
func (tx *Tx) Leap() { tx.last += 1 << 32 }

// Context is the caller's context.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine tells which half of a two-halved query to use.
func (tx *Tx) Engine() Engine { return tx.store.host.engine }

// Moment is the store between two acts. If the moment before an act is the one
// behind an earlier act, nobody wrote in between and what the earlier act wrote
// stands: what it kept in memory still holds.
type Moment struct{ epoch, last int64 }

// Before is the moment at which the act begins.
func (tx *Tx) Before() Moment { return tx.start }

// Behind is the moment after the act, if it takes no more ids and succeeds.
func (tx *Tx) Behind() Moment { return Moment{tx.start.epoch, max(tx.last, tx.start.last+1)} }

// Put runs one statement whose outcome nobody asks for here, at the latest
// before the next query or at the end of the act. On PostgreSQL statements put
// in a row cost one way there and back. If it fails, the act fails with its
// error, whatever f returns; nothing put after it is run.
func (tx *Tx) Put(query string, args ...any) { tx.line.put(tx.ctx, query, args...) }

// Exec runs one statement now and tells how many rows it touched.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	tx.settle()
	r, err := tx.line.exec(tx.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Query runs one query.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	tx.settle()
	return tx.line.query(tx.ctx, query, args...)
}

// QueryRow runs one query for one row.
func (tx *Tx) QueryRow(query string, args ...any) *sql.Row {
	tx.settle()
	return tx.line.queryRow(tx.ctx, query, args...)
}

// After runs f once the write is durable; never when it fails.
func (tx *Tx) After(f func()) { tx.after = append(tx.after, f) }

// View is one snapshot that cannot write.
type View struct {
	Now   time.Time
	ctx   context.Context
	tx    *sql.Tx // nil for Peek
	store *Store
}

// Query runs one query in the snapshot.
func (v *View) Query(query string, args ...any) (*sql.Rows, error) {
	if st := v.compiled(query); st != nil {
		return st.QueryContext(v.ctx, args...)
	}
	return v.from().QueryContext(v.ctx, query, args...)
}

// QueryRow runs one query for one row in the snapshot.
func (v *View) QueryRow(query string, args ...any) *sql.Row {
	if st := v.compiled(query); st != nil {
		return st.QueryRowContext(v.ctx, args...)
	}
	return v.from().QueryRowContext(v.ctx, query, args...)
}

func (v *View) compiled(query string) *sql.Stmt {
	st := v.store.compiled(v.ctx, query)
	if st != nil && v.tx != nil {
		st = v.tx.StmtContext(v.ctx, st)
	}
	return st
}

func (v *View) from() interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
} {
	if v.tx == nil {
		return v.store.r
	}
	return v.tx
}

// Engine tells which half of a two-halved query to use.
func (v *View) Engine() Engine { return v.store.host.engine }

// Size tells how many bytes the store takes on the database's disk.
func (v *View) Size() (int64, error) {
	if v.Engine() == Postgres {
		return Value[int64](v, `SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0)::BIGINT FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace`)
	}
	return Value[int64](v, `SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s`)
}

// Row is what a scan function reads from.
type Row interface{ Scan(dest ...any) error }

// All collects every row of a query.
func All[T any](q Q, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// One reads exactly one row; ErrNone when there is none.
func One[T any](q Q, scan func(Row) (T, error), query string, args ...any) (T, error) {
	t, err := scan(q.QueryRow(query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return t, ErrNone
	}
	return t, err
}

// Value reads one column of one row; ErrNone when there is no row.
func Value[T any](q Q, query string, args ...any) (T, error) {
	return One(q, func(r Row) (T, error) { var t T; err := r.Scan(&t); return t, err }, query, args...)
}

// Column reads the first column of every row.
func Column[T any](q Q, query string, args ...any) ([]T, error) {
	return All(q, func(r Row) (T, error) { var t T; err := r.Scan(&t); return t, err }, query, args...)
}

// ErrNone says that a query for one row found none.
var ErrNone = errors.New("db: no such row")

// Ms is a moment as stored: UTC milliseconds, 0 for the zero time.
func Ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time is a stored moment; the zero time for 0.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// In builds "($n,$n+1,…)" for a list that starts at placeholder from, and the
// arguments for it. The one place where query text is built. The last value is
// repeated up to a power of two, so that lists of all lengths make few texts to
// compile and keep.
func In[T any](from int, list []T) (string, []any) {
	if len(list) == 0 {
		return "(NULL)", nil
	}
	b := []byte{'('}
	args := make([]any, 1<<bits.Len(uint(len(list)-1)))
	for i := range args {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "$%d", from+i)
		args[i] = list[min(i, len(list)-1)]
	}
	return string(append(b, ')')), args
}
