package hub_test

import (
	"strings"
	"sync"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// An address that no store can keep as it is written leads to its agency or
// nowhere; it never takes the packets of others with it, which share its commit
// (law:BRVT1842-6.5).
func TestAddressHarmsNobody(t *testing.T) {
	each(t, func(t *testing.T, w *World) {
		holds, free := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			w.Store.Write(ctx, db.System, func(*db.Tx) error { close(holds); <-free; return nil })
		})
		<-holds
		odd := []string{SNV + "\x00", SNV + "\xff", "\x01" + SNV}
		errs := make([]error, len(odd)+1)
		for i, to := range odd {
			raw := Packet(Doc{From: SXD, To: []string{SNV}, ID: "LA-" + string(rune('a'+i)), Number: i + 1})
			all.Go(func() {
				_, errs[i] = w.Accept(ctx, w.As(SXD), hub.Offer{Body: strings.NewReader(raw), To: []string{to}})
			})
		}
		all.Go(func() {
			_, errs[len(odd)] = w.Accept(ctx, w.As(SNV), offer(Packet(Doc{From: SNV, To: []string{SXD}, ID: "LANH-1"})))
		})
		close(free)
		all.Wait()
		for i, err := range errs {
			if err != nil {
				t.Errorf("offer %d: %v", i, err)
			}
		}
		if got := w.Take(SXD); len(got) != 1 {
			t.Errorf("%d packets of the other agency arrived", len(got))
		}
	})
}
