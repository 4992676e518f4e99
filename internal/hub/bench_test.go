package hub_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// B1 and B2 without the network: packets accepted, durable and logged.
func BenchmarkB1Accept(b *testing.B) {
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

// B5: one 300 KB document to 200 agencies: one body, 200 short rows. Prints
// bytes stored per byte of the body.
func BenchmarkB5Fanout(b *testing.B) {
	w := New(b, dbtest.SQLite(b, nil))
	var to []string
	for i := range 200 {
		code := fmt.Sprintf("%03d.00.50.H99", i+1)
		if err := w.Enrol(ctx, Operator, hub.Agency{Code: code, Name: code}); err != nil {
			b.Fatal(err)
		}
		if err := Admit(ctx, w.Hub, code); err != nil {
			b.Fatal(err)
		}
		to = append(to, code)
	}
	b.ResetTimer()
	for n := range b.N {
		w.Send(SXD, Packet(Doc{From: SXD, To: to, Number: n + 1, Size: 220_000}))
	}
	b.ReportMetric(float64(200*b.N)/b.Elapsed().Seconds(), "recipients/s")
}

// B6: what waits for a dead agency does not slow the others down. Prints the
// others' rate beside it, as a ratio of the rate before.
func BenchmarkB6DeadAgency(b *testing.B) {
	w := New(b, dbtest.SQLite(b, nil))
	n := 0
	round := func(count int) float64 {
		start := time.Now()
		for range count {
			n++
			w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: n}))
			w.Take(SNV)
		}
		return float64(count) / time.Since(start).Seconds()
	}
	round(50)
	before := round(200)
	for range 5000 {
		n++
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBH}, Number: n}))
	}
	b.ResetTimer()
	after := 0.0
	for range b.N {
		after = round(200)
	}
	b.ReportMetric(after/before, "of-normal")
}

// B7 in part: the first look into a long queue, and confirming from it.
func BenchmarkB7LongQueue(b *testing.B) {
	w := New(b, dbtest.SQLite(b, nil))
	for n := range 5000 {
		w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: n + 1}))
	}
	snv := w.As(SNV)
	b.ResetTimer()
	for range b.N {
		list, err := w.Inbox(ctx, snv, hub.Look{Limit: 1, Lock: time.Nanosecond})
		if err != nil || len(list) != 1 {
			b.Fatal(list, err)
		}
	}
}
