package db

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Schema is a folder of numbered SQL files, forward only: 0001_name.sql runs on
// both engines, 0002_name.sqlite.sql and 0002_name.postgres.sql on one each.
// The files use TEXT, BIGINT and BOOLEAN; statements end with ";" at the end
// of a line.
type Schema struct{ FS fs.FS }

type step struct {
	version int
	name    string
	text    string
}

func (sc Schema) steps(e Engine) ([]step, error) {
	names, err := fs.Glob(sc.FS, "*.sql")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	other := map[Engine]string{SQLite: ".postgres.sql", Postgres: ".sqlite.sql"}[e]
	var out []step
	for _, n := range names {
		if strings.HasSuffix(n, other) {
			continue
		}
		v, err := strconv.Atoi(strings.SplitN(n, "_", 2)[0])
		if err != nil {
			return nil, fmt.Errorf("db: schema file %s has no number", n)
		}
		b, err := fs.ReadFile(sc.FS, n)
		if err != nil {
			return nil, err
		}
		out = append(out, step{v, n, string(b)})
	}
	return out, nil
}

var (
	intTypes = regexp.MustCompile(`\b(BIGINT|BOOLEAN)\b`)
	tableEnd = regexp.MustCompile(`(?m)^\)\s*$`)
)

// dialect is the only place where the two engines' tables differ.
func dialect(e Engine, stmt string) string {
	if e == SQLite && (strings.Contains(stmt, "CREATE TABLE") || strings.Contains(stmt, "ADD COLUMN")) {
		stmt = intTypes.ReplaceAllString(stmt, "INTEGER")
		stmt = tableEnd.ReplaceAllString(stmt, ") STRICT")
	}
	return stmt
}

// Statements splits a schema file into its statements for an engine.
func Statements(e Engine, text string) []string {
	var out []string
	for _, stmt := range strings.Split(text+"\n", ";\n") {
		if strings.TrimSpace(stripComments(stmt)) != "" {
			out = append(out, dialect(e, stmt))
		}
	}
	return out
}

func stripComments(s string) string {
	var b strings.Builder
	for _, line := range strings.Split(s, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

const versionTable = `CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL)`
const turnTable = `CREATE TABLE IF NOT EXISTS turn (id BIGINT PRIMARY KEY CHECK (id = 1), last BIGINT NOT NULL)`

func (s *Store) migrate(ctx context.Context, sc Schema) error {
	e := s.host.engine
	steps, err := sc.steps(e)
	if err != nil {
		return err
	}
	for _, stmt := range []string{versionTable, turnTable,
		`INSERT INTO turn (id, last) VALUES (1, 0) ON CONFLICT (id) DO NOTHING`} {
		if _, err := s.w.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	var have int
	if err := s.w.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM schema_version`).Scan(&have); err != nil {
		return err
	}
	for _, st := range steps {
		if st.version > have {
			if err := s.apply(ctx, st); err != nil {
				return fmt.Errorf("%s: %w", st.name, err)
			}
		}
	}
	return nil
}

func (s *Store) apply(ctx context.Context, st step) error {
	t, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	for _, stmt := range Statements(s.host.engine, st.text) {
		if _, err := t.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("%w in %.80q", err, strings.TrimSpace(stmt))
		}
	}
	if _, err := t.ExecContext(ctx, `INSERT INTO schema_version (version, name) VALUES ($1, $2)`, st.version, st.name); err != nil {
		return err
	}
	return t.Commit()
}
