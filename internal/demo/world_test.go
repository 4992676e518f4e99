package demo

import (
	"context"
	"log/slog"
	"os"
	"testing"
)

func open(t *testing.T, month bool) *World {
	t.Helper()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	w, err := Open(context.Background(), Options{Dir: t.TempDir(), Month: month, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// A province can be closed and opened again where it stood.
func TestReopen(t *testing.T) {
	w := open(t, false)
	dir := w.Dir
	w.Close()
	w, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if n := len(w.Host.Offices()); n != len(province) {
		t.Fatalf("%d offices, want %d", n, len(province))
	}
}
