package org_test

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/org"
	"vanthu/internal/schema/office"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// The agencies that ended in favour of one are found in every generation, with
// the day where it is known; a circle, which a directory from elsewhere may
// hold, ends (BRVT1842-10.3).
func TestPredecessors_BRVT1842_10_3(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s, err := h.Store(t.Context(), "sxd", office.Schema)
		if err != nil {
			t.Fatal(err)
		}
		closed := time.Date(2026, 7, 1, 1, 2, 3, 0, time.UTC)
		err = s.Write(t.Context(), db.System, func(tx *db.Tx) error {
			for _, g := range []org.Agency{
				{Code: "A", HubState: "official"}, {Code: "B", HubState: "closed", Successor: "A", Closed: closed}, {Code: "C", HubState: "closed", Successor: "B"},
				{Code: "D", HubState: "closed"}, {Code: "X", HubState: "closed", Successor: "Y"}, {Code: "Y", HubState: "closed", Successor: "X"},
			} {
				if err := org.PutAgency(tx, g); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string][]string{"A": {"B", "C"}, "B": {"C"}, "C": nil, "": nil, "X": {"X", "Y"}} {
			var got []string
			err := s.Read(t.Context(), func(v *db.View) error {
				list, err := org.Predecessors(v, code)
				for _, g := range list {
					got = append(got, g.Code)
					if g.Closed.Equal(closed) != (g.Code == "B") {
						t.Errorf("%s was closed %v", g.Code, g.Closed)
					}
				}
				return err
			})
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v", code, got, err)
			}
		}
	})
}

// A store of before, which does not know when agencies were closed, reads the
// directory anew (BRVT1842-10.3).
func TestDirectoryIsReadAnew_BRVT1842_10_3(t *testing.T) {
	dir := t.TempDir()
	before := fstest.MapFS{}
	names, err := fs.Glob(office.Schema.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(office.Schema.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if name < "0030" {
			before[name] = &fstest.MapFile{Data: data}
		}
	}
	// open opens the store of one version or the other, closes it, and gives
	// from where on the directory is read.
	open := func(schema db.Schema, known string) (since string) {
		h, err := db.OpenDir(dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		s, err := h.Store(t.Context(), "sxd", schema)
		if err == nil && known != "" {
			err = s.Write(t.Context(), db.System, func(tx *db.Tx) error { return org.Set(tx, "directory.since", known) })
		}
		if err == nil {
			err = s.Read(t.Context(), func(v *db.View) (err error) { since, err = org.Setting(v, "directory.since"); return err })
		}
		if err != nil {
			t.Fatal(err)
		}
		return since
	}
	if got := open(db.Schema{FS: before}, "77"); got != "77" {
		t.Fatalf("read from %q on before", got)
	}
	if got := open(office.Schema, ""); got != "" {
		t.Errorf("read from %q on", got)
	}
}
