package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/porttest"
	"vanthu/internal/schema/host"
	"vanthu/internal/schema/hub"
	schema "vanthu/internal/schema/office"
)

// What an earlier version of the software has left is opened by this one, from the
// first version on: a packet that waited in an office's outbox and one that waited
// at the hub arrive, each once; logs, journals and files are whole (R10:
// HT33-14.6, BRVT1842-6.5). What an earlier version left is made of what this one
// leaves, by the numbered files of that time: without the tables and columns that
// it did not have, and with the bodies of packets where it kept them.
func TestEarlierDataOpens(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, err := Open(ctx, Options{Dir: t.TempDir(), Postgres: database(t), Hub: porttest.Own(t), CA: porttest.Own(t)})
	if err != nil {
		t.Fatal(err)
	}
	s := stage{w, t}
	ids := []document.ID{s.sent(theLetter)}
	s.must(s.Settle(ctx))
	ids = append(ids, s.sent(theLetter))
	o, _ := s.who("an")
	_, err = o.Post(ctx)
	s.must(err) // it waits at the hub
	s.must(s.StopHub(ctx))
	ids = append(ids, s.sent(theLetter)) // it waits in the outbox
	w.Close()

	const firstOffice, firstHub = 9, 3 // before those there was no office and no hub
	lastOffice, lastHub := last(t, schema.Schema), last(t, hub.Hub)
	step := 1
	if postgres != "" {
		step = 4 // the files are the same but for two
	}
	for later := 0; later < max(lastOffice-firstOffice, lastHub-firstHub); later += step {
		if testing.Short() && later > 0 {
			break
		}
		oldOffice, oldHub := min(firstOffice+later, lastOffice), min(firstHub+later, lastHub)
		t.Run(fmt.Sprintf("office %d hub %d", oldOffice, oldHub), func(t *testing.T) {
			dir := t.TempDir()
			s := stage{&World{}, t}
			s.must(os.CopyFS(dir, os.DirFS(w.Dir)))
			past := earlierStores{stage: s, dir: dir}
			if postgres != "" {
				past.dsn = copied(t, databaseOf(w.Postgres))
			}
			for _, a := range province {
				past.put(a.store, schema.Schema, oldOffice)
			}
			past.put("host", host.Schema, 1)
			past.put("hub", hub.Hub, oldHub)
			w, err := Open(ctx, Options{Dir: dir, Postgres: past.dsn})
			s.must(err)
			s.World = w
			defer s.Close()
			s.must(s.Settle(ctx))
			s.inOrder(ids)
			s.sound()
		})
	}
}

// last is the number of the newest file of a schema.
func last(t *testing.T, of db.Schema) (n int) {
	t.Helper()
	names, err := fs.Glob(of.FS, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("no schema: %v", err)
	}
	return number(names[len(names)-1])
}

func number(name string) (n int) {
	fmt.Sscanf(name, "%04d", &n)
	return n
}

// earlierStores puts stores in the place of others, as they were when their
// schemas ended with a number.
type earlierStores struct {
	stage
	dir, dsn string // dsn is "" for files
}

// put makes the earlier store beside the one of now, which it calls by the name
// "now", and takes over what both have.
func (e earlierStores) put(store string, now db.Schema, version int) {
	e.t.Helper()
	x := e.aside(store)
	defer x.Close()
	then := fstest.MapFS{}
	names, err := fs.Glob(now.FS, "*.sql")
	e.must(err)
	for _, name := range names {
		if number(name) <= version {
			data, err := fs.ReadFile(now.FS, name)
			e.must(err)
			then[name] = &fstest.MapFile{Data: data}
		}
	}
	e.begin(x, store, db.Schema{FS: then})
	tables := e.tables(x, store)
	for _, table := range tables {
		both := strings.Join(e.columns(x, store, table), ", ")
		if both == "" {
			continue // there is no such table any more
		}
		_, err := x.Exec(`INSERT INTO ` + e.own(store) + `.` + table + ` (` + both + `) SELECT ` + both + ` FROM now.` + table)
		e.must(err)
	}
	if store == "hub" && !slices.Contains(tables, "body") {
		b, err := blob.Open(filepath.Join(e.dir, store, "blob"))
		e.must(err)
		for _, text := range e.column(x, `SELECT text FROM now.body`) {
			_, err := b.PutBytes(context.Background(), []byte(text))
			e.must(err)
		}
	}
	e.forget(x, store)
}

// own is the name of the earlier store for x.
func (e earlierStores) own(store string) string {
	if e.dsn == "" {
		return "main"
	}
	return store
}

// aside puts the store of now aside.
func (e earlierStores) aside(store string) *sql.DB {
	e.t.Helper()
	if e.dsn != "" {
		x, err := sql.Open("pgx", e.dsn)
		e.must(err)
		x.SetMaxOpenConns(1)
		// Rows come in any order, as nobody checks what they refer to.
		for _, q := range []string{`SET session_replication_role = replica`, `ALTER SCHEMA ` + store + ` RENAME TO now`} {
			_, err = x.Exec(q)
			e.must(err)
		}
		return x
	}
	path := filepath.Join(e.dir, store, store+".db")
	e.must(os.Rename(path, path+".now"))
	x, err := sql.Open("sqlite", path)
	e.must(err)
	x.SetMaxOpenConns(1)
	return x
}

// begin makes the earlier store, but for the rows that its schema begins with.
func (e earlierStores) begin(x *sql.DB, store string, then db.Schema) {
	e.t.Helper()
	h, err := db.OpenDir(e.dir, nil)
	if e.dsn != "" {
		h, err = db.OpenPostgres(context.Background(), e.dsn, nil)
	}
	e.must(err)
	_, err = h.Store(context.Background(), store, then)
	e.must(errors.Join(err, h.Close()))
	if e.dsn == "" {
		_, err = x.Exec(`ATTACH $1 AS now`, filepath.Join(e.dir, store, store+".db.now"))
		e.must(err)
	}
	for _, table := range e.tables(x, store) {
		_, err := x.Exec(`DELETE FROM ` + e.own(store) + `.` + table)
		e.must(err)
	}
}

// tables are those of the earlier store that hold what people and machines did.
func (e earlierStores) tables(x *sql.DB, store string) []string {
	if e.dsn != "" {
		return e.column(x, `SELECT table_name FROM information_schema.tables WHERE table_schema = $1 AND table_name <> 'schema_version'`, store)
	}
	return e.column(x, `SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_word%' AND name <> 'schema_version'`)
}

// columns are those of a table that both stores have.
func (e earlierStores) columns(x *sql.DB, store, table string) []string {
	if e.dsn != "" {
		return e.column(x, `SELECT t.column_name FROM information_schema.columns t JOIN information_schema.columns n ON n.table_schema = 'now' AND n.table_name = t.table_name
			AND n.column_name = t.column_name WHERE t.table_schema = $1 AND t.table_name = $2 AND t.is_generated = 'NEVER'`, store, table)
	}
	return e.column(x, `SELECT t.name FROM pragma_table_info($1, 'main') t JOIN pragma_table_info($1, 'now') n ON n.name = t.name`, table)
}

// forget removes the store of now.
func (e earlierStores) forget(x *sql.DB, store string) {
	e.t.Helper()
	if e.dsn != "" {
		_, err := x.Exec(`DROP SCHEMA now CASCADE`)
		e.must(err)
		return
	}
	e.must(x.Close())
	e.must(os.Remove(filepath.Join(e.dir, store, store+".db.now")))
}

func (e earlierStores) column(x *sql.DB, query string, args ...any) (list []string) {
	e.t.Helper()
	rows, err := x.Query(query, args...)
	e.must(err)
	defer rows.Close()
	for rows.Next() {
		var v string
		e.must(rows.Scan(&v))
		list = append(list, v)
	}
	e.must(rows.Err())
	return list
}

// sound has hub and offices read all that they keep.
func (s stage) sound() {
	s.t.Helper()
	ctx := context.Background()
	_, bad, err := s.Hub.Check(ctx)
	if err != nil || len(bad) > 0 {
		s.t.Errorf("hub: %v %v", bad, err)
	}
	s.must(s.Hub.Audit(ctx))
	for _, o := range s.Host.Offices() {
		if _, bad, err := o.Check(ctx); err != nil || len(bad) > 0 {
			s.t.Errorf("%s: %v %v", o.Store.Name(), bad, err)
		}
		s.must(o.Read(ctx, func(v *db.View) error {
			if n, _, err := exchange.Waiting(v); err != nil || n > 0 {
				s.t.Errorf("%s: %d packets have not gone, %v", o.Store.Name(), n, err)
			}
			return nil
		}))
	}
}

func databaseOf(dsn string) string {
	_, name, _ := strings.Cut(dsn, "dbname=")
	name, _, _ = strings.Cut(name, " ")
	return name
}
