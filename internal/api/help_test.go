package api

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// watchHeap samples the heap until the returned function tells how far it grew.
func watchHeap(t testing.TB) func() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	base := m.HeapAlloc
	var peak atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return peak.Load() - min(base, peak.Load())
	}
}

// flip changes one bit of a stored packet, which is a file or a row.
func flip(t testing.TB, s *site, ack hub.Ack) {
	t.Helper()
	f, err := s.Blobs.Open(blob.Hash(ack.SHA256))
	if errors.Is(err, blob.ErrNone) {
		err = s.Store.Write(context.Background(), db.System, func(tx *db.Tx) error {
			n, err := tx.Exec(`UPDATE body SET text = REPLACE(text, 'PromulgationInfo', 'QromulgationInfo')
				WHERE packet = (SELECT id FROM packet WHERE name = $1)`, ack.ID)
			if err == nil && n != 1 {
				err = errors.New("no such body")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	raw, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(f.Name(), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
