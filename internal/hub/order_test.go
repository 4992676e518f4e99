package hub_test

import (
	"slices"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	. "vanthu/internal/hub/hubtest"
)

// What is urgent does not overtake what its sender sent before about the same
// document, under whichever id (QD28-6.2, BRVT1842-6.5).
func TestUrgentStaysBehindItsDocument(t *testing.T) {
	const doc = SXD + ",2025/03/03,1/CV"
	for name, packets := range map[string][]Doc{
		"update after update of another id":  {{ID: "CN-1", Kind: 2, About: doc}, {ID: "CN-2", Kind: 2, About: doc, Priority: 3}},
		"recall after an update":             {{ID: "CN-1", Kind: 2, About: doc}, {ID: "TH-1", Kind: 1, About: doc, Priority: 2}},
		"update of the update":               {{ID: "CN-1", Kind: 2, About: doc}, {ID: "CN-2", Kind: 2, About: "CN-1", Priority: 3}},
		"new document after its own recall":  {{ID: doc}, {ID: "TH-1", Kind: 1, About: doc}, {ID: "CN-2", Kind: 2, About: doc, Priority: 3}},
		"the second urgent one follows, too": {{ID: "CN-1", Kind: 2, About: doc}, {ID: "CN-2", Kind: 2, About: doc, Priority: 3}, {ID: "CN-3", Kind: 2, About: "CN-2", Priority: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *World) {
				var want []string
				for i, d := range packets {
					d.From, d.To, d.Number = SXD, []string{SNV}, i+1
					want = append(want, w.Send(SXD, Packet(d)).ID)
				}
				// Another sender's, and one about another document, go first.
				other := w.Send(UBH, Packet(Doc{From: UBH, To: []string{SNV}, ID: "CN-9", Kind: 2, About: doc, Priority: 3}))
				alone := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, ID: "CN-8", Number: 8, Kind: 2, About: "KHAC", Priority: 3}))
				want = append([]string{other.ID, alone.ID}, want...)
				if got := w.Take(SNV); !slices.Equal(got, want) {
					t.Errorf("got %v\nwant %v", got, want)
				}
				// Nothing of it waits any more: it is urgent again.
				bulk := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 10}))
				last := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, ID: "CN-11", Number: 11, Kind: 2, About: doc, Priority: 3}))
				if got := w.Take(SNV); !slices.Equal(got, []string{last.ID, bulk.ID}) {
					t.Errorf("got %v", got)
				}
			})
		})
	}
}

// What is handed out again comes before what is about it and still waits.
func TestRedeliveredBeforeItsUrgentUpdate(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		w := New(t, host)
		first := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
		w.Take(SNV)
		update := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, ID: "CN-1", Kind: 2, About: SXD + ",2025/03/03,1/CV", Priority: 3}))
		if n, err := w.Redeliver(ctx, Operator, SNV, now.Add(-time.Hour), "phục hồi máy chủ"); err != nil || n.Packets != 1 {
			t.Fatal(n, err)
		}
		if got := w.Take(SNV); !slices.Equal(got, []string{first.ID, update.ID}) {
			t.Errorf("got %v", got)
		}
	})
}
