package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Check re-reads the whole store and lists what the engine itself finds
// damaged: structure, indexes and references on SQLite; on PostgreSQL every
// row, whose pages have checksums when the server was made with them, which
// sums tells.
func (s *Store) Check(ctx context.Context) (bad []string, sums bool, err error) {
	if s.host.engine == SQLite {
		bad, err = s.sqliteCheck(ctx)
		return bad, false, err
	}
	return s.postgresCheck(ctx)
}

func (s *Store) sqliteCheck(ctx context.Context) (bad []string, err error) {
	rows, err := s.r.QueryContext(ctx, `PRAGMA integrity_check(20)`)
	if err != nil {
		return nil, err
	}
	if bad, err = texts(rows); err != nil {
		return nil, err
	}
	if len(bad) == 1 && bad[0] == "ok" {
		bad = nil
	}
	rows, err = s.r.QueryContext(ctx, `PRAGMA foreign_key_check`)
	if err != nil {
		return nil, err
	}
	lost, err := texts(rows)
	for _, table := range lost {
		bad = append(bad, "a row of "+table+" refers to nothing")
	}
	return bad, err
}

// texts collects the first column of any rows.
func texts(rows *sql.Rows) (out []string, err error) {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	rest := make([]any, len(columns))
	for i := range rest {
		rest[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(rest...); err != nil {
			return nil, err
		}
		out = append(out, fmt.Sprint(*rest[0].(*any)))
	}
	return out, rows.Err()
}

func (s *Store) postgresCheck(ctx context.Context) (bad []string, sums bool, err error) {
	var on string
	if err := s.r.QueryRowContext(ctx, `SHOW data_checksums`).Scan(&on); err != nil {
		return nil, false, err
	}
	rows, err := s.r.QueryContext(ctx, `SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY table_name`, s.name)
	if err != nil {
		return nil, false, err
	}
	tables, err := texts(rows)
	if err != nil {
		return nil, false, err
	}
	for _, t := range tables {
		err := s.readAll(ctx, t)
		var pg *pgconn.PgError
		if errors.As(err, &pg) {
			bad = append(bad, t+": "+pg.Message)
		} else if err != nil {
			return nil, false, err
		}
	}
	return bad, on == "on", nil
}

func (s *Store) readAll(ctx context.Context, table string) error {
	rows, err := s.r.QueryContext(ctx, `TABLE `+pgx.Identifier{s.name, table}.Sanitize())
	if err != nil {
		return err
	}
	_, err = texts(rows)
	return err
}
