package blob

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"vanthu/internal/fail"
)

func TestPutReadDelete(t *testing.T) {
	d, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	h, n, err := d.Put(ctx, strings.NewReader("công văn"), 100)
	if err != nil || n != 10 || h != Sum([]byte("công văn")) {
		t.Fatalf("put: %s %d %v", h, n, err)
	}
	if _, _, err := d.Put(ctx, strings.NewReader("công văn"), 100); err != nil {
		t.Fatalf("second put of the same content: %v", err)
	}
	if got, err := d.Read(h); err != nil || string(got) != "công văn" {
		t.Fatalf("read: %q %v", got, err)
	}
	if err := d.Delete(h); err != nil || d.Has(h) {
		t.Fatalf("delete: %v", err)
	}
	if _, err := d.Read(h); !errors.Is(err, ErrNone) {
		t.Fatalf("read after delete: %v", err)
	}
	if h, _, err = d.Put(ctx, strings.NewReader("tờ trình"), 100); err != nil {
		t.Fatal(err)
	}
	for _, what := range []Hash{h, h, Sum([]byte("chưa từng có"))} { // what is gone already is no fault
		if err := d.Destroy(what); err != nil || d.Has(what) {
			t.Errorf("destroy: %v", err)
		}
	}
}

func TestTooLargeLeavesNothing(t *testing.T) {
	root := t.TempDir()
	d, _ := Open(root)
	if _, _, err := d.Put(context.Background(), strings.NewReader("12345"), 4); !fail.Is(err, fail.BadFile) {
		t.Fatalf("got %v", err)
	}
	if left, _ := filepath.Glob(root + "/tmp/*/*"); len(left) != 0 {
		t.Fatalf("%d files left", len(left))
	}
}

// What is not let in leaves nothing behind, and whoever decides has seen it whole.
func TestPutIfAsksOnceItKnowsTheHash(t *testing.T) {
	root := t.TempDir()
	d, _ := Open(root)
	want, no := Sum([]byte("tờ trình")), errors.New("no")
	var asked []Hash
	_, _, err := d.PutIf(context.Background(), strings.NewReader("tờ trình"), 100, func(h Hash) error { asked = append(asked, h); return no })
	if !errors.Is(err, no) || len(asked) != 1 || asked[0] != want || d.Has(want) {
		t.Errorf("%v; asked about %v", err, asked)
	}
	if left, _ := filepath.Glob(root + "/tmp/*/*"); len(left) != 0 {
		t.Errorf("%d files left", len(left))
	}
}

// One flipped bit is found before it is passed on (HT33-14.6).
func TestFlippedBitIsRefused(t *testing.T) {
	d, _ := Open(t.TempDir())
	h, _ := d.PutBytes(context.Background(), []byte("nguyên vẹn"))
	b, _ := os.ReadFile(d.path(h))
	b[3] ^= 1
	os.WriteFile(d.path(h), b, 0o600)
	if _, err := d.Read(h); !fail.Is(err, fail.Integrity) {
		t.Fatalf("got %v", err)
	}
}

// After a sync that failed nothing is kept any more, not even what is here
// already and would only be synced again; what is here can be read, and a new
// opening finds the disk as it is (HT33-14.6).
func TestNothingIsKeptAfterAFailedSync(t *testing.T) {
	root, ctx := t.TempDir(), context.Background()
	d, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	h, err := d.PutBytes(ctx, []byte("công văn"))
	if err != nil {
		t.Fatal(err)
	}
	_, pipe, err := os.Pipe() // which cannot be synced
	if err != nil {
		t.Fatal(err)
	}
	if err := d.keep(pipe, Sum(nil)); !fail.Is(err, fail.Busy) {
		t.Fatalf("a file that cannot be synced: %v", err)
	}
	for _, text := range []string{"công văn", "tờ trình"} {
		if _, err := d.PutBytes(ctx, []byte(text)); !fail.Is(err, fail.Busy) {
			t.Errorf("%s after a failed sync: %v", text, err)
		}
	}
	if err := d.Destroy(h); !fail.Is(err, fail.Busy) || !d.Has(h) {
		t.Errorf("destroyed after a failed sync: %v", err)
	}
	if d, err = Open(root); err != nil {
		t.Fatal(err)
	}
	if _, err := d.PutBytes(ctx, []byte("tờ trình")); err != nil {
		t.Error(err)
	}
}

func TestBadHashIsNoPath(t *testing.T) {
	d, _ := Open(t.TempDir())
	for _, h := range []Hash{"", "..", Hash(strings.Repeat("/", 64)), Hash(strings.Repeat("A", 64))} {
		if _, err := d.Open(h); !errors.Is(err, ErrNone) {
			t.Errorf("%q: %v", h, err)
		}
	}
}

// A second process that opens the directory leaves alone what the first one is
// just writing, and sweeps what a dead one left (BRVT1842-6.5).
func TestSecondOpenSweepsOnlyTheDead(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "tmp", "dead"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "tmp", "dead", "put1"), []byte("một nửa"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	body, sender := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, _, err := first.Put(context.Background(), body, 100)
		done <- err
	}()
	io.WriteString(sender, "nửa đầu, ") // returns when it is in Put's hands
	second, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(sender, "nửa sau")
	sender.Close()
	if err := <-done; err != nil {
		t.Fatalf("the upload of the first process: %v", err)
	}
	if !second.Has(Sum([]byte("nửa đầu, nửa sau"))) {
		t.Error("the second process does not see it")
	}
	if left, _ := filepath.Glob(root + "/tmp/*/*"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	runtime.KeepAlive(first)
}
