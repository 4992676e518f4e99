package stories

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"vanthu/internal/cli"
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
	worlds := &worlds{dir: t.TempDir()}
	for _, path := range paths {
		if strings.HasPrefix(path, needsOffice) && missing != nil {
			t.Logf("%s: not run, LibreOffice is not installed", path)
			continue
		}
		story.RunT(t, worlds.fresh, path)
	}
}

// worlds makes the province once, which takes longer than most stories, and
// gives each story its own copy.
type worlds struct {
	dir  string
	once sync.Once
	err  error
}

// fresh is the province on Monday morning; it ends with the test.
func (w *worlds) fresh(t *testing.T) story.World {
	t.Helper()
	w.once.Do(func() { w.err = makeWorld(t, w.dir) })
	if w.err != nil {
		t.Fatal(w.err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	world, done, err := cli.StoryWorld(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	return world
}

// makeWorld makes the province in dir and leaves it for copying; without its
// clock a copy begins when the first did.
func makeWorld(t *testing.T, dir string) error {
	_, done, err := cli.StoryWorld(t.Context(), dir)
	if err != nil {
		return err
	}
	done()
	return os.Remove(filepath.Join(dir, "clock"))
}
