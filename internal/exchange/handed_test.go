package exchange

import (
	"context"
	"slices"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	schema "vanthu/internal/schema/office"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// What the hub took from an entry on, or without telling where, is offered again
// as it was, before what was queued since and with all its time; what was handed
// over long ago is not kept (BRVT1842-6.5, BRVT1842-10.7).
func TestOfferAgain_BRVT1842_10_7(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, host *db.Host) {
		now = time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		ctx := context.Background()
		s, err := host.Store(ctx, "sxd", schema.Schema)
		if err != nil {
			t.Fatal(err)
		}
		write := func(f func(*db.Tx) error) {
			t.Helper()
			if err := s.Write(ctx, db.System, f); err != nil {
				t.Fatal(err)
			}
		}
		entries := []int64{3, 7, 8, NoEntry}
		for i, entry := range entries {
			if i == 1 {
				now = now.AddDate(0, 0, 100)
			}
			write(func(tx *db.Tx) error {
				id, err := Put(tx, Item{Document: 1, Kind: Status, Code: "0" + itoa(i), Receiver: "000.00.12.H99", Packet: "p"})
				if err != nil {
					return err
				}
				if err := Postpone(tx, id, now, "chậm"); err != nil {
					return err
				}
				h := Handed{Item: Item{ID: id, Document: 1, Kind: Status, Code: "0" + itoa(i), Receiver: "000.00.12.H99", Packet: "p"}, Message: "m" + itoa(i), Entry: entry}
				return HandOver(tx, h)
			})
		}
		now = now.Add(80 * time.Hour)
		write(func(tx *db.Tx) error {
			past, err := PastSent(tx, now.AddDate(0, 0, -90), 10)
			if len(past) != 1 {
				t.Errorf("%d packets are past their time", len(past))
			}
			for _, p := range past {
				if err == nil {
					err = Forget(tx, p.ID)
				}
			}
			return err
		})
		var n int64
		write(func(tx *db.Tx) (err error) {
			if _, err = Put(tx, Item{Document: 1, Kind: Status, Code: "new"}); err != nil {
				return err
			}
			n, err = OfferAgain(tx, 8, time.Time{})
			return err
		})
		if n != 2 {
			t.Errorf("%d offered again", n)
		}
		var codes []string
		for range 4 {
			err := s.Read(ctx, func(v *db.View) error {
				due, err := Due(v, now, 10)
				for _, x := range due {
					codes = append(codes, x.Code)
					if x.Again != (x.Code != "new") || x.Tries != 0 || !x.Since.Equal(now) || x.Error != "" {
						t.Errorf("%+v", x)
					}
				}
				for m, want := range map[string]bool{"m0": false, "m1": true, "m2": false} {
					if h, found, err := HandedAs(v, m); err != nil || found != want || found && h.Entry != 7 {
						t.Errorf("%s: %+v %v %v, want %v", m, h, found, err, want)
					}
				}
				if len(due) == 0 {
					return err
				}
				return s.Write(ctx, db.System, func(tx *db.Tx) error { return Drop(tx, due[0].ID) })
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(codes, []string{"02", "03", "new"}) {
			t.Errorf("order: %v", codes)
		}
	})
}

// Heads that the hub's log leads to no more stay, but are not asked for; what a
// receipt claims is kept once, beside the proven ones, until it is dropped
// (GL443-3.4.ii).
func TestHeads_GL443_3_4_ii(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, host *db.Host) {
		ctx := context.Background()
		s, err := host.Store(ctx, "sxd", schema.Schema)
		if err != nil {
			t.Fatal(err)
		}
		see := func(h Head) {
			t.Helper()
			if err := s.Write(ctx, db.System, func(tx *db.Tx) error { return SeeHead(tx, h) }); err != nil {
				t.Fatal(err)
			}
		}
		see(Head{Size: 5, Note: "n5", Key: "k", Proven: true})
		see(Head{Size: 6, Note: "r6", Key: "k"})
		see(Head{Size: 9, Note: "n9", Key: "k", Proven: true})
		see(Head{Size: 12, Note: "r12", Key: "k"})
		see(Head{Size: 12, Note: "r12", Key: "k"})
		want := func(sizes ...int64) {
			t.Helper()
			err := s.Read(ctx, func(v *db.View) error {
				got, err := Heads(v)
				if !slices.Equal(got, sizes) {
					t.Errorf("%v, want %v", got, sizes)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		want(5, 9)
		err = s.Write(ctx, db.System, func(tx *db.Tx) error {
			claimed, err := Claimed(tx)
			if len(claimed) != 2 || claimed[0].Note != "r6" || claimed[1].Note != "r12" {
				t.Errorf("claimed: %+v", claimed)
			}
			if err == nil {
				DropClaims(tx, claimed[:1])
				err = LoseHeads(tx, 5)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want(5)
		see(Head{Size: 9, Note: "other", Key: "k2", Proven: true})
		want(5, 9)
		err = s.Read(ctx, func(v *db.View) error {
			h, err := HeadAt(v, 9)
			if h != (Head{ID: h.ID, Size: 9, Note: "other", Key: "k2", Proven: true}) {
				t.Errorf("%+v", h)
			}
			if last, found, err := LastHead(v); err != nil || !found || last != h {
				t.Errorf("last: %+v %v %v", last, found, err)
			}
			if claimed, err := Claimed(v); err != nil || len(claimed) != 0 {
				t.Errorf("claimed: %+v %v", claimed, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func itoa(n int) string { return string(rune('0' + n)) }
