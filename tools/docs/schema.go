package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"time"

	"vanthu/internal/db"
	hostschema "vanthu/internal/schema/host"
	hubschema "vanthu/internal/schema/hub"
	officeschema "vanthu/internal/schema/office"
)

// stores are the three kinds of store.
var stores = []struct {
	name, about string
	schema      db.Schema
}{
	{"host", "the agencies of one machine, their accounts and sessions", hostschema.Schema},
	{"office", "one agency; there is one such store for each", officeschema.Schema},
	{"hub", "the exchange hub", hubschema.Hub},
}

// schemaSQL runs the migrations on fresh SQLite stores and gives what there is
// then. On PostgreSQL the same tables have BIGINT and BOOLEAN for INTEGER.
func schemaSQL() (string, error) {
	dir, err := os.MkdirTemp("", "schema")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	h, err := db.OpenDir(dir, time.Now)
	if err != nil {
		return "", err
	}
	defer h.Close()
	var b strings.Builder
	fmt.Fprintf(&b, "-- "+strings.TrimSuffix(generated, "\n"), "internal/schema")
	b.WriteString("-- The schema after all migrations, as SQLite has it; PostgreSQL has BIGINT and BOOLEAN for INTEGER.\n-- Times are milliseconds since 1970 in UTC, days are ISO texts, *_fold columns hold folded text.\n")
	for _, s := range stores {
		st, err := h.Store(context.Background(), s.name, s.schema)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n\n-- ====== store %s: %s ======\n", s.name, s.about)
		if err := dump(&b, st, owners(s.schema)); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func dump(b *strings.Builder, st *db.Store, owner map[string]string) error {
	type object struct{ table, sql string }
	return st.Read(context.Background(), func(v *db.View) error {
		list, err := db.All(v, func(r db.Row) (o object, err error) { return o, r.Scan(&o.table, &o.sql) },
			`SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name`)
		last := ""
		for _, o := range list {
			if strings.HasPrefix(o.sql, "CREATE TABLE '") { // inner table of a full-text index
				continue
			}
			if o.table != last {
				b.WriteString("\n")
				if w := owner[o.table]; w != "" {
					fmt.Fprintf(b, "-- written by %s only\n", w)
				}
			}
			last = o.table
			b.WriteString(o.sql + ";\n")
		}
		return err
	})
}

var (
	ownerLine = regexp.MustCompile(`^--\s*owner:\s*(\S+)`)
	tableLine = regexp.MustCompile(`^CREATE (?:VIRTUAL )?TABLE (\w+)`)
)

// owners reads the line above each table that names the package that writes it.
func owners(s db.Schema) map[string]string {
	out := map[string]string{}
	names, _ := fs.Glob(s.FS, "*.sql") // the pattern is sound
	for _, n := range names {
		text, err := fs.ReadFile(s.FS, n)
		if err != nil {
			continue
		}
		owner := ""
		for line := range strings.Lines(string(text)) {
			if m := ownerLine.FindStringSubmatch(line); m != nil {
				owner = m[1]
			}
			if m := tableLine.FindStringSubmatch(line); m != nil {
				out[m[1]] = owner
			}
		}
	}
	return out
}
