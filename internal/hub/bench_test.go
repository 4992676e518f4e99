package hub_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// Packets accepted, durable and logged, without the network: for profiles.
// Figures against others are in bench/.
func BenchmarkAccept(b *testing.B) {
	for _, size := range []int{2_000, 220_000} { // 4 KB and 300 KB packets
		for _, engine := range []string{"sqlite", "postgres"} {
			b.Run(fmt.Sprintf("%s/%dKB", engine, size*4/3/1000), func(b *testing.B) { benchAccept(b, engine, size) })
		}
	}
}

func benchWorld(b *testing.B, engine string) *World {
	if engine == "sqlite" {
		return New(b, dbtest.SQLite(b, nil))
	}
	return New(b, dbtest.Postgres(b, nil))
}

func benchAccept(b *testing.B, engine string, size int) {
	w := benchWorld(b, engine)
	sxd := w.As(SXD)
	raw := Packet(Doc{From: SXD, To: []string{SNV}, ID: "DOC-0000000000", Size: size})
	var n atomic.Int64
	b.SetBytes(int64(len(raw)))
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			one := strings.Replace(raw, "DOC-0000000000", fmt.Sprintf("DOC-%010d", n.Add(1)), 1)
			if _, err := w.Accept(ctx, sxd, hub.Offer{Body: strings.NewReader(one)}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "packets/s")
}
