package db

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// line is the connection that the writes of a store go over, one batch at a
// time. On PostgreSQL every answer is a way there and back, so what need not be
// answered waits in out and travels with the next statement that must. On
// SQLite compiling a statement costs as much as running it, so they are kept.
type line struct {
	db     *sql.DB
	engine Engine
	conn   *sql.Conn
	open   bool  // a transaction is
	err    error // first failure since the act began
	dirty  bool  // something was changed since the savepoint
	out    *pgx.Batch
	kept   map[string]*sql.Stmt
}

const (
	// patience is how long one act, the wait for the turn, or a commit may take on
	// PostgreSQL before the connection counts as lost.
	patience = time.Minute
	// stmtsKept bounds the statements kept: some are built for lists (In).
	stmtsKept = 500
	// beginTries: connections from before a restart of PostgreSQL are found dead
	// only here, where nothing has happened yet.
	beginTries = 3
)

// limit gives a statement that must end.
func (l *line) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.engine == SQLite {
		return ctx, func() {} // the disk answers, and an end that may come costs a goroutine for each statement
	}
	return context.WithTimeout(ctx, patience)
}

// begin takes the turn and tells the last id. With many a savepoint is set.
func (l *line) begin(many bool) (last int64, err error) {
	ctx, done := l.limit(context.Background())
	defer done()
	for range beginTries {
		if l.conn == nil {
			if l.conn, err = l.db.Conn(ctx); err != nil {
				return 0, err
			}
		}
		last, err = l.turn(ctx, many)
		if err == nil || l.engine == SQLite || ctx.Err() != nil {
			break
		}
		l.rest()
	}
	return last, err
}

func (l *line) turn(ctx context.Context, many bool) (last int64, err error) {
	l.err, l.open = nil, true
	if l.engine == SQLite {
		l.put(ctx, `BEGIN IMMEDIATE`)
		err = l.queryRow(ctx, `SELECT last FROM turn`).Scan(&last)
		if many {
			l.put(ctx, `SAVEPOINT act`)
		}
		return last, cmp.Or(l.err, err)
	}
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	b.Queue(`SELECT last FROM turn FOR UPDATE`).QueryRow(func(r pgx.Row) error { return r.Scan(&last) })
	if many {
		b.Queue(`SAVEPOINT act`)
	}
	return last, l.send(ctx, b)
}

// closeAct ends an act that means to succeed, and sets the savepoint for the next
// one, if this one left anything that could be undone with it.
func (l *line) closeAct(ctx context.Context, last bool) error {
	if l.dirty && !last || l.failed() {
		l.put(ctx, `RELEASE act`)
		l.put(ctx, `SAVEPOINT act`)
	}
	return l.flush(ctx)
}

// failed says whether a query has broken off the transaction, whatever became
// of its error.
func (l *line) failed() (yes bool) {
	if l.engine == Postgres {
		l.conn.Raw(func(c any) error {
			yes = c.(*stdlib.Conn).Conn().PgConn().TxStatus() == 'E'
			return nil
		})
	}
	return yes
}

// commit runs what was left for the end and gives the turn back.
func (l *line) commit(last int64, owed []late) error {
	ctx, done := l.limit(context.Background())
	defer done()
	l.err = nil
	for _, d := range owed {
		d.put(ctx, l)
	}
	l.put(ctx, `UPDATE turn SET last = $1`, last)
	l.put(ctx, `COMMIT`)
	if err := l.flush(ctx); err != nil {
		return err
	}
	l.open = false
	return nil
}

// undo takes back what an act did. Without a savepoint the transaction ends
// with the batch.
func (l *line) undo(ctx context.Context, savepoint bool) error {
	l.out, l.err = nil, nil
	if !savepoint {
		return nil
	}
	l.put(ctx, `ROLLBACK TO act`)
	return l.flush(ctx)
}

// rest ends what is open. A connection to PostgreSQL goes back to its pool, so
// that a hundred quiet stores hold none.
func (l *line) rest() {
	if l.conn == nil {
		return
	}
	ctx, done := l.limit(context.Background())
	defer done()
	if l.open {
		l.conn.ExecContext(ctx, `ROLLBACK`)
	}
	l.open, l.out = false, nil
	if l.engine == Postgres {
		l.close()
	}
}

func (l *line) close() {
	for _, st := range l.kept {
		st.Close()
	}
	l.kept = nil
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
}

// put runs a statement now (SQLite) or with the next one that is answered
// (PostgreSQL). A failure stays in err, and what is put after it is not run.
func (l *line) put(ctx context.Context, query string, args ...any) {
	if l.err != nil {
		return
	}
	l.dirty = true
	if l.engine == Postgres {
		if l.out == nil {
			l.out = &pgx.Batch{}
		}
		l.out.Queue(query, args...)
		return
	}
	_, l.err = l.exec(ctx, query, args...)
}

// flush sends what was put.
func (l *line) flush(ctx context.Context) error {
	if l.out == nil || l.err != nil {
		return l.err
	}
	b := l.out
	l.out = nil
	l.err = l.send(ctx, b)
	return l.err
}

func (l *line) send(ctx context.Context, b *pgx.Batch) error {
	return l.conn.Raw(func(c any) error {
		return c.(*stdlib.Conn).Conn().SendBatch(ctx, b).Close()
	})
}

func (l *line) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	l.dirty = true
	if err := l.flush(ctx); err != nil {
		return nil, err
	}
	if st := l.compiled(ctx, query); st != nil {
		return st.ExecContext(ctx, args...)
	}
	return l.conn.ExecContext(ctx, query, args...)
}

func (l *line) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := l.flush(ctx); err != nil {
		return nil, err
	}
	if st := l.compiled(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return l.conn.QueryContext(ctx, query, args...)
}

func (l *line) queryRow(ctx context.Context, query string, args ...any) *sql.Row {
	l.flush(ctx) // a failure has broken off the transaction, so the row fails too
	if st := l.compiled(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return l.conn.QueryRowContext(ctx, query, args...)
}

// compiled keeps statements of SQLite; nil for PostgreSQL, whose driver does so
// itself, and for a text that does not compile, which then fails where it runs.
func (l *line) compiled(ctx context.Context, query string) *sql.Stmt {
	if l.engine == Postgres {
		return nil
	}
	if st, ok := l.kept[query]; ok {
		return st
	}
	st, err := l.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	if len(l.kept) >= stmtsKept || l.kept == nil {
		for _, old := range l.kept {
			old.Close()
		}
		l.kept = map[string]*sql.Stmt{}
	}
	l.kept[query] = st
	return st
}
