package stories

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"vanthu/internal/cli"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/demo"
	"vanthu/internal/porttest"
	"vanthu/internal/story"
)

// needsOffice begins the names of stories that upload an editor's file: they
// hold only where LibreOffice converts it. What is said without it is proved
// in package office.
const needsOffice = "docx-"

// TestStories runs every story of this folder, one after another: copies of
// one province share the address of its certification authority.
func TestStories(t *testing.T) {
	paths, err := filepath.Glob("*.story")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no stories (%v)", err)
	}
	if testing.Short() {
		paths = paths[:1]
	}
	_, missing := exec.LookPath("soffice")
	worlds := newWorlds(t, "")
	for _, path := range paths {
		if strings.HasPrefix(path, needsOffice) && missing != nil {
			t.Logf("%s: not run, LibreOffice is not installed", path)
			continue
		}
		story.RunT(t, worlds.fresh, path)
	}
}

// TestStoriesOnPostgres runs the numbered stories, the whole job, on the other
// engine.
func TestStoriesOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL")
	}
	dsn, stop, err := dbtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	paths, err := filepath.Glob("0*.story")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no stories (%v)", err)
	}
	worlds := newWorlds(t, dsn)
	for _, path := range paths {
		story.RunT(t, worlds.fresh, path)
	}
}

// worlds makes the province once, which takes longer than most stories, and
// gives each story its own copy.
type worlds struct {
	demo.Options
	once sync.Once
	n    int
	err  error
}

// newWorlds takes the addresses at which one copy after the other answers; dsn is
// that of a server, or "" for embedded stores.
func newWorlds(t *testing.T, dsn string) *worlds {
	return &worlds{Options: demo.Options{Dir: t.TempDir(), Postgres: dsn, Hub: porttest.Own(t), CA: porttest.Own(t)}}
}

// fresh is the province on Monday morning; it ends with the test.
func (w *worlds) fresh(t *testing.T) story.World {
	t.Helper()
	w.once.Do(func() { w.err = w.make(t) })
	if w.err != nil {
		t.Fatal(w.err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(w.Dir)); err != nil {
		t.Fatal(err)
	}
	w.n++
	dsn, err := w.database(t, fmt.Sprintf("story%d", w.n), "TEMPLATE province")
	if err != nil {
		t.Fatal(err)
	}
	world, done, err := cli.StoryWorldOn(t.Context(), demo.Options{Dir: dir, Postgres: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	return world
}

// make makes the province and leaves it for copying; without its clock a copy
// begins when the first did.
func (w *worlds) make(t *testing.T) error {
	dsn, err := w.database(t, "province", "")
	if err != nil {
		return err
	}
	first := w.Options
	first.Postgres = dsn
	_, done, err := cli.StoryWorldOn(t.Context(), first)
	if err != nil {
		return err
	}
	done()
	return os.Remove(filepath.Join(w.Dir, "clock"))
}

// database makes a database on the server, if there is one, and gives its DSN.
func (w *worlds) database(t *testing.T, name, how string) (string, error) {
	if w.Postgres == "" {
		return "", nil
	}
	c, err := pgx.Connect(t.Context(), w.Postgres)
	if err != nil {
		return "", err
	}
	defer c.Close(t.Context())
	_, err = c.Exec(t.Context(), "CREATE DATABASE "+name+" "+how)
	return strings.Replace(w.Postgres, "dbname=postgres", "dbname="+name, 1), err
}
