package hub_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// Acts of one commit see each other, though their rows go in at its end: the
// same packet offered by many at once takes effect once, one with the same
// document and other contents is refused, and a recall that comes with its
// document finds it (BRVT1842-6.5, HT33-10.1.d).
func TestOffersOfOneCommit(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		holds, free := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			w.Store.Write(ctx, db.System, func(*db.Tx) error { close(holds); <-free; return nil })
		})
		<-holds
		raw := Packet(Doc{From: SXD, To: []string{SNV}, ID: "X-1", Number: 1})
		other := Packet(Doc{From: SXD, To: []string{SNV}, ID: "X-1", Number: 2})
		acks := make([]hub.Ack, 12)
		errs := make([]error, len(acks))
		for i := range acks {
			o := offer(raw)
			switch i % 3 {
			case 1:
				o.Key = fmt.Sprint("khóa ", i)
			case 2:
				o.Body = strings.NewReader(other)
			}
			all.Go(func() { acks[i], errs[i] = w.Accept(ctx, w.As(SXD), o) })
		}
		close(free)
		all.Wait()
		ids, duplicates, refused := map[string]bool{}, 0, 0
		for i, a := range acks {
			switch {
			case codeOf(errs[i]) == hub.CodeDuplicate:
				refused++
			case errs[i] != nil:
				t.Fatal(errs[i])
			default:
				ids[a.ID] = true
				if a.Duplicate {
					duplicates++
				}
			}
		}
		if len(ids) != 1 || duplicates+refused != len(acks)-1 {
			t.Errorf("%d packets, %d called duplicates, %d refused", len(ids), duplicates, refused)
		}
		if got := w.Take(SNV); len(got) != 1 {
			t.Errorf("%d packets arrived", len(got))
		}
		q, err := w.Overview(ctx)
		if err != nil || q.Waiting != 0 {
			t.Errorf("%d wait, %v", q.Waiting, err)
		}
	})
}
