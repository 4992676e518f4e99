package api

import (
	"context"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
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

// flip changes one bit in the middle of a stored packet.
func flip(t testing.TB, s *site, ack hub.Ack) {
	t.Helper()
	b, err := s.Fetch(context.Background(), s.As(SXD), ack.ID)
	if err != nil {
		t.Fatal(err)
	}
	path := b.Name()
	b.Close()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
