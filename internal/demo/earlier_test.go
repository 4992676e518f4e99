package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	if postgres != "" {
		t.Skip("the files are of the first round")
	}
	t.Parallel()
	ctx := context.Background()
	w, err := Open(ctx, Options{Dir: t.TempDir(), Hub: porttest.Own(t), CA: porttest.Own(t)})
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
	for later := range max(lastOffice-firstOffice, lastHub-firstHub) {
		if testing.Short() && later > 0 {
			break
		}
		oldOffice, oldHub := min(firstOffice+later, lastOffice), min(firstHub+later, lastHub)
		t.Run(fmt.Sprintf("office %d hub %d", oldOffice, oldHub), func(t *testing.T) {
			dir := t.TempDir()
			s := stage{&World{}, t}
			s.must(os.CopyFS(dir, os.DirFS(w.Dir)))
			for _, a := range province {
				s.earlier(dir, a.store, schema.Schema, oldOffice)
			}
			s.earlier(dir, "host", host.Schema, 1)
			s.earlier(dir, "hub", hub.Hub, oldHub)
			w, err := Open(ctx, Options{Dir: dir})
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

// earlier puts a store in the place of one, as it was when its schema ended with
// a number.
func (s stage) earlier(dir, store string, now db.Schema, version int) {
	s.t.Helper()
	path := filepath.Join(dir, store, store+".db")
	s.must(os.Rename(path, path+".now"))
	then := fstest.MapFS{}
	names, err := fs.Glob(now.FS, "*.sql")
	s.must(err)
	for _, name := range names {
		if number(name) <= version {
			data, err := fs.ReadFile(now.FS, name)
			s.must(err)
			then[name] = &fstest.MapFile{Data: data}
		}
	}
	h, err := db.OpenDir(dir, nil)
	s.must(err)
	_, err = h.Store(context.Background(), store, db.Schema{FS: then})
	s.must(errors.Join(err, h.Close()))
	x, err := sql.Open("sqlite", path)
	s.must(err)
	defer x.Close()
	x.SetMaxOpenConns(1)
	_, err = x.Exec(`ATTACH $1 AS now`, path+".now")
	s.must(err)
	for _, table := range s.column(x, `SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_word%' AND name <> 'schema_version'`) {
		both := strings.Join(s.column(x, `SELECT t.name FROM pragma_table_info($1, 'main') t JOIN pragma_table_info($1, 'now') n ON n.name = t.name`, table), ", ")
		if both == "" {
			continue // there is no such table any more
		}
		_, err := x.Exec(`INSERT OR REPLACE INTO main.` + table + ` (` + both + `) SELECT ` + both + ` FROM now.` + table)
		s.must(err)
	}
	if store == "hub" && len(s.column(x, `SELECT name FROM main.sqlite_master WHERE name = 'body'`)) == 0 {
		b, err := blob.Open(filepath.Join(dir, store, "blob"))
		s.must(err)
		for _, text := range s.column(x, `SELECT text FROM now.body`) {
			_, err := b.PutBytes(context.Background(), []byte(text))
			s.must(err)
		}
	}
	s.must(x.Close())
	s.must(os.Remove(path + ".now"))
}

func (s stage) column(x *sql.DB, query string, args ...any) (list []string) {
	s.t.Helper()
	rows, err := x.Query(query, args...)
	s.must(err)
	defer rows.Close()
	for rows.Next() {
		var v string
		s.must(rows.Scan(&v))
		list = append(list, v)
	}
	s.must(rows.Err())
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
