package api

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/blob"
	. "vanthu/internal/hub/hubtest"
)

// B3: intake of the hub against a bare server that reads, hashes, stores
// durably and signs, and knows neither XML nor rows; interleaved A B A B in one
// run, 10 senders. Aim: 0.5 at 4 KB, 0.6 at 300 KB.
func BenchmarkB3Intake(b *testing.B) {
	for _, size := range []int{2_000, 220_000} {
		b.Run(fmt.Sprintf("%dKB", size*4/3/1000), func(b *testing.B) {
			s := start(b)
			bare := httptest.NewTLSServer(bareServer(b))
			defer bare.Close()
			full := httptest.NewTLSServer(HubHandler(s.Hub))
			defer full.Close()
			raw := Packet(Doc{From: SXD, To: []string{SNV}, ID: "DOC-0000000000", Size: size})
			var n atomic.Int64
			run := func(srv *httptest.Server) time.Duration {
				begin := time.Now()
				post(b, srv, raw, &n, 200)
				return time.Since(begin)
			}
			run(full)
			run(bare)
			b.ResetTimer()
			var a, c time.Duration
			for range b.N {
				a += run(full)
				c += run(bare)
			}
			b.ReportMetric(float64(200*b.N)/a.Seconds(), "packets/s")
			b.ReportMetric(float64(c)/float64(a), "of-ceiling")
		})
	}
}

func bareServer(b *testing.B) http.Handler {
	d, err := blob.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, _, err := d.Put(context.Background(), r.Body, 1<<30)
		if err != nil {
			b.Error(err)
		}
		w.WriteHeader(http.StatusCreated)
		w.Write(ed25519.Sign(key, []byte(h)))
	})
}

// post sends count packets by 10 senders.
func post(b *testing.B, srv *httptest.Server, raw string, n *atomic.Int64, count int) {
	client := srv.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 16
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for range count / 10 {
				one := strings.Replace(raw, "DOC-0000000000", fmt.Sprintf("DOC-%010d", n.Add(1)), 1)
				req, _ := http.NewRequest("POST", srv.URL+"/v1/packets", strings.NewReader(one))
				req.Header.Set("Authorization", "Bearer "+SXD+":"+Secret(SXD))
				res, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
				if res.StatusCode != http.StatusCreated {
					b.Error(res.Status)
				}
			}
		})
	}
	wg.Wait()
}
