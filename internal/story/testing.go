package story

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// RunT runs every story that the glob matches as a subtest, each in a World of
// its own. A glob that matches nothing fails the test.
func RunT(t *testing.T, world func(*testing.T) World, glob string) {
	t.Helper()
	paths, err := filepath.Glob(glob)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no story matches %q (%v)", glob, err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		t.Run(name, func(t *testing.T) {
			w := world(t) // the first may take its time
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			res := RunShowing(ctx, w, path, func(s string) { t.Log(s) })
			if !res.OK() {
				t.Fatalf("%v", res.Err)
			}
		})
	}
}
