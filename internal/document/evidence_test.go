package document_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/document"
	"vanthu/internal/schema/office"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Files whose evidence cannot be renewed come last and hold up nobody; a file
// that was renewed stands back for the one that took over; a clock that was ahead
// puts nothing off for longer (ND23-17).
func TestAgingPagesPastFailures_ND23_17(t *testing.T) {
	now := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, h *db.Host) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		s, err := h.Store(t.Context(), "aging", office.Schema)
		must(err)
		write := func(f func(*db.Tx) error) { t.Helper(); must(s.Write(t.Context(), db.System, f)) }
		var ids []document.FileID
		var doc document.ID
		write(func(tx *db.Tx) (err error) {
			if doc, err = document.Add(tx, document.Document{Way: document.Out, State: document.Issued, Number: "01", Notation: "SXD-KT"}); err != nil {
				return err
			}
			for i := range 4 {
				f := document.File{Document: doc, Slot: document.SealedAnnex, Name: "phu-luc.pdf", Hash: blob.Sum(fmt.Append(nil, i))}
				id, err := document.AddFile(tx, f)
				if err != nil {
					return err
				}
				ids = append(ids, id)
				e := document.Evidence{File: id}
				if i == 3 { // proves itself for years
					e.Until = now.AddDate(9, 0, 0)
				}
				if err := document.NoteEvidence(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		aging := func(limit int) (out []document.FileID) {
			must(s.Read(t.Context(), func(v *db.View) error {
				list, err := document.Aging{Ends: now, Since: now, Now: v.Now, Rest: 7 * 24 * time.Hour}.Files(v, limit)
				for _, f := range list {
					out = append(out, f.ID)
				}
				return err
			}))
			return out
		}
		want := func(got []document.FileID, want ...document.FileID) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Fatalf("%v, want %v", got, want)
			}
		}
		want(aging(1), ids[0])
		write(func(tx *db.Tx) error {
			return document.Postpone(tx, ids[0], now.Add(time.Hour), "Nơi kiểm tra không trả lời.")
		})
		want(aging(1), ids[1])
		now = now.Add(2 * time.Hour)
		want(aging(9), ids[1], ids[2], ids[0])

		write(func(tx *db.Tx) error { return document.Renewed(tx, ids[1]) })
		want(aging(9), ids[2], ids[0])
		must(s.Read(t.Context(), func(v *db.View) error {
			list, err := document.Unrenewed(v, 1)
			if len(list) != 1 || list[0].Code != "01/SXD-KT" || list[0].Why == "" {
				t.Errorf("%+v", list)
			}
			files, err2 := document.Latest(v, doc)
			if len(files) != 3 || files[1].ID != ids[2] {
				t.Errorf("%+v", files)
			}
			return errors.Join(err, err2)
		}))
		// The last failure was noted by a clock a year ahead.
		write(func(tx *db.Tx) error {
			return document.Postpone(tx, ids[2], now.AddDate(1, 0, 0), "Nơi kiểm tra không trả lời.")
		})
		want(aging(9), ids[0], ids[2])
	})
}

// A stamp whose key will be too short is renewed before, one of another kind of key or
// long enough is not; nor is one that was made yesterday by the same short key: another
// would be no better. ND23-17
func TestAgingOfShortKeys_ND23_17(t *testing.T) {
	now := time.Date(2030, 9, 1, 8, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, h *db.Host) {
		s, err := h.Store(t.Context(), "short", office.Schema)
		if err != nil {
			t.Fatal(err)
		}
		stamps := []document.Evidence{
			{RSA: 2048, Stamped: now.AddDate(-3, 0, 0)}, {RSA: 3072, Stamped: now.AddDate(-3, 0, 0)},
			{RSA: 0, Stamped: now.AddDate(-3, 0, 0)}, {RSA: 2048, Stamped: now.AddDate(0, 0, -1)},
		}
		var ids []document.FileID
		err = s.Write(t.Context(), db.System, func(tx *db.Tx) error {
			doc, err := document.Add(tx, document.Document{Way: document.Out, State: document.Issued, Number: "01", Notation: "SXD-KT"})
			for i, e := range stamps {
				if err != nil {
					return err
				}
				if e.File, err = document.AddFile(tx, document.File{Document: doc, Slot: document.SealedAnnex, Name: "phu-luc.pdf", Hash: blob.Sum(fmt.Append(nil, i))}); err != nil {
					return err
				}
				e.Until = now.AddDate(9, 0, 0)
				ids, err = append(ids, e.File), document.NoteEvidence(tx, e)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for bits, want := range map[int][]document.FileID{2048: nil, 3072: ids[:1]} {
			err := s.Read(t.Context(), func(v *db.View) error {
				list, err := document.Aging{Ends: now.AddDate(0, 6, 0), RSA: bits, Since: now.AddDate(0, -6, 0), Now: v.Now, Rest: time.Hour}.Files(v, 10)
				var got []document.FileID
				for _, f := range list {
					got = append(got, f.ID)
				}
				if !slices.Equal(got, want) {
					t.Errorf("keys under %d bits: %v, want %v", bits, got, want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}
