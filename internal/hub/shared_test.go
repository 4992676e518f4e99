package hub_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// Two hub processes on one PostgreSQL share the load with the same guarantees:
// everything is offered to both at once, fetched from both at once, and takes
// effect once and in order (BRVT1842-6.5).
func TestTwoHubsOnOnePostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: SQLite only")
	}
	dsn := dbtest.Database(t)
	bodies, key := t.TempDir(), Key("truc.h99.vn")
	var hubs []*World
	for i := range 2 {
		hubs = append(hubs, Open(t, dbtest.Join(t, dsn, nil), bodies, key))
		if i == 0 {
			if err := Fill(ctx, hubs[0].Hub); err != nil {
				t.Fatal(err)
			}
		}
	}
	const count = 60
	var wg sync.WaitGroup
	for _, w := range hubs {
		for _, from := range []string{SXD, UBH} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := 1; n <= count; n++ {
					raw := Packet(Doc{From: from, To: []string{SNV}, Number: n})
					if _, err := w.Accept(ctx, w.As(from), hub.Offer{Body: strings.NewReader(raw)}); err != nil {
						t.Error(err)
					}
				}
			}()
		}
	}
	got := map[string]int{}
	order := map[string][]string{}
	var mu sync.Mutex
	for _, w := range hubs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			snv := w.As(SNV)
			for {
				list, err := w.Inbox(ctx, snv, hub.Look{Wait: 3 * time.Second, Limit: 7})
				if err != nil {
					t.Error(err)
				}
				if len(list) == 0 {
					return
				}
				for _, a := range list {
					mu.Lock()
					got[a.Document]++
					order[a.Sender] = append(order[a.Sender], a.Document)
					mu.Unlock()
					if _, err := w.Confirm(ctx, snv, a.ID); err != nil {
						t.Error(err)
					}
				}
			}
		}()
	}
	wg.Wait()
	for _, from := range []string{SXD, UBH} {
		for n := 1; n <= count; n++ {
			doc := fmt.Sprintf("%s,2025/03/03,%d/CV", from, n)
			if got[doc] != 1 || len(order[from]) < n || order[from][n-1] != doc {
				t.Fatalf("%s came %d times; order %v", doc, got[doc], order[from])
			}
		}
	}
	if err := hubs[1].Audit(ctx); err != nil {
		t.Fatal(err)
	}
}
