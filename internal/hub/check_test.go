package hub_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/fail"
	. "vanthu/internal/hub/hubtest"
)

// The check reads a whole hub on either engine, and names each thing that is no
// longer as it was written, with the next step (HT33-14.6, GL443-3.4.ii,
// BRVT1842-6.6).
func TestCheck_HT33_14_6(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, host *db.Host) {
		bodies := t.TempDir()
		w := Open(t, host, bodies, Key("truc.h99.vn"))
		if err := Fill(ctx, w.Hub); err != nil {
			t.Fatal(err)
		}
		done := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1}))
		w.Take(SNV)
		file := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 2, Size: 200_000}))
		if err := w.Tick(ctx); err != nil { // keeps a checkpoint
			t.Fatal(err)
		}
		n, bad, err := w.Check(ctx)
		if err != nil || len(bad) > 0 || n.Packets != 2 || n.Bodies != 2 || n.Checkpoints == 0 || n.Entries != 5 || n.Sums {
			t.Fatalf("whole: %+v %v %v", n, bad, err)
		}
		for _, x := range []struct {
			what, says string
			break_     string // one statement, with the packet's id
			mend       string
			id         string
		}{
			{"entry", "Sổ cái không còn nguyên vẹn", `UPDATE leaf SET entry = REPLACE(entry, 'accepted', 'acceptea') WHERE packet = (SELECT id FROM packet WHERE name = $1)`,
				`UPDATE leaf SET entry = REPLACE(entry, 'acceptea', 'accepted') WHERE packet = (SELECT id FROM packet WHERE name = $1)`, done.ID},
			{"row", "không khớp với sổ cái", `UPDATE packet SET document = document || 'x' WHERE name = $1`,
				`UPDATE packet SET document = SUBSTR(document, 1, LENGTH(document) - 1) WHERE name = $1`, done.ID},
			{"confirmation", "Xác nhận của gói tin", `UPDATE delivery SET confirmed_at = 0 WHERE packet = (SELECT id FROM packet WHERE name = $1)`,
				`UPDATE delivery SET confirmed_at = 1 WHERE packet = (SELECT id FROM packet WHERE name = $1)`, done.ID},
			{"queue", "nằm trong hàng đợi", `INSERT INTO waiting (recipient, class, packet, sender, status, since, locked_until, attempts)
				SELECT d.recipient, 1, d.packet, d.sender, FALSE, 0, 0, 0 FROM delivery d WHERE d.packet = (SELECT id FROM packet WHERE name = $1)`,
				`DELETE FROM waiting WHERE packet = (SELECT id FROM packet WHERE name = $1)`, done.ID},
			{"checkpoint", "Điểm chốt", `UPDATE checkpoint SET size = size + 1 WHERE $1 <> ''`, `UPDATE checkpoint SET size = size - 1 WHERE $1 <> ''`, done.ID},
			{"body", "trong cơ sở dữ liệu không còn nguyên vẹn", `UPDATE body SET text = REPLACE(text, 'Subject', 'Subjecu') WHERE packet = (SELECT id FROM packet WHERE name = $1)`,
				`UPDATE body SET text = REPLACE(text, 'Subjecu', 'Subject') WHERE packet = (SELECT id FROM packet WHERE name = $1)`, done.ID},
		} {
			run := func(text string) {
				t.Helper()
				err := w.Store.Write(ctx, db.System, func(tx *db.Tx) error {
					if n, err := tx.Exec(text, x.id); err != nil || n == 0 {
						t.Fatalf("%s: %d rows, %v", x.what, n, err)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			run(x.break_)
			found(t, w, x.what, x.says)
			run(x.mend)
		}
		path := bodies + "/" + file.SHA256[:2] + "/" + file.SHA256[2:]
		if err := os.Rename(path, path+".away"); err != nil {
			t.Fatal(err)
		}
		found(t, w, "missing file", "không có trong kho")
		if err := os.Rename(path+".away", path); err != nil {
			t.Fatal(err)
		}
		if _, bad, err := w.Check(ctx); err != nil || len(bad) > 0 {
			t.Errorf("mended: %v %v", bad, err)
		}
	})
}

// found checks that something is found broken, named, with what to do.
func found(t *testing.T, w *World, what, says string) {
	t.Helper()
	_, bad, err := w.Check(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bad {
		if e, ok := fail.As(b); ok && strings.Contains(e.Text, says) && strings.Contains(e.Next, "vanthu hub restored") {
			return
		}
	}
	t.Errorf("%s: not %q among %v", what, says, bad)
}

// PostgreSQL made with checksums proves every page; the check says so, and names
// the table with a page that a bit was turned in (HT33-14.6).
func TestCheckOnPostgresWithChecksums(t *testing.T) {
	if testing.Short() {
		t.Skip("PostgreSQL")
	}
	c, err := dbtest.NewCluster("--data-checksums")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Remove)
	bodies, key := t.TempDir(), Key("truc.h99.vn")
	open := func() (*World, func()) {
		host, err := db.OpenPostgres(ctx, c.DSN, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return Open(t, host, bodies, key), func() { host.Close() }
	}
	w, end := open()
	if err := Fill(ctx, w.Hub); err != nil {
		t.Fatal(err)
	}
	w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Number: 1}))
	if n, bad, err := w.Check(ctx); err != nil || len(bad) > 0 || !n.Sums {
		t.Fatalf("whole: %+v %v %v", n, bad, err)
	}
	var table string
	err = w.Store.Read(ctx, func(v *db.View) (err error) {
		table, err = db.Value[string](v, `SELECT pg_relation_filepath('agency'::regclass)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	end()
	if err := c.Stop("fast"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(c.Data() + "/" + table)
	if err != nil {
		t.Fatal(err)
	}
	b[8000] ^= 1 // in the name of an agency, say
	if err := os.WriteFile(c.Data()+"/"+table, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w, end = open()
	defer end()
	found(t, w, "page", "agency")
}
