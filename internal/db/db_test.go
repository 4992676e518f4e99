package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var schema = db.Schema{FS: fstest.MapFS{
	"0001_book.sql": {Data: []byte(`-- owner: internal/db
CREATE TABLE book (
  id BIGINT PRIMARY KEY,
  no BIGINT NOT NULL UNIQUE,
  ok BOOLEAN NOT NULL
);
`)},
	"0002_more.sql": {Data: []byte(`ALTER TABLE book ADD COLUMN pages BIGINT NOT NULL DEFAULT 0;
ALTER TABLE book ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE;
`)},
}}

func open(t *testing.T, h *db.Host) *db.Store {
	t.Helper()
	s, err := h.Store(context.Background(), "ubt", schema)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Numbers have no gaps although a third of the concurrent acts fail (GL443-7.2.ii.b).
func TestConcurrentWritesHaveNoGaps(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		refuse := errors.New("refused")
		var wg sync.WaitGroup
		for i := range 120 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := s.Write(context.Background(), db.System, func(tx *db.Tx) error {
					no, err := db.Value[int64](tx, `SELECT COALESCE(MAX(no), 0) + 1 FROM book`)
					if err != nil {
						return err
					}
					if _, err := tx.Exec(`INSERT INTO book (id, no, ok) VALUES ($1, $2, $3)`, tx.NewID(), no, true); err != nil {
						return err
					}
					if i%3 == 0 {
						return refuse
					}
					return nil
				})
				if err != nil && !errors.Is(err, refuse) {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		err := s.Read(context.Background(), func(v *db.View) error {
			got, err := db.Column[int64](v, `SELECT no FROM book ORDER BY id`)
			if err != nil {
				return err
			}
			if len(got) != 80 {
				return fmt.Errorf("%d rows, want 80", len(got))
			}
			for i, no := range got {
				if no != int64(i+1) {
					return fmt.Errorf("row %d has number %d: ids do not follow commits", i, no)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestPanicFailsOnlyItsAct(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		if err := s.Write(context.Background(), db.System, func(*db.Tx) error { panic("boom") }); err == nil {
			t.Fatal("a panic was swallowed")
		}
		ran := false
		err := s.Write(context.Background(), db.System, func(tx *db.Tx) error {
			tx.After(func() { ran = true })
			_, err := tx.Exec(`INSERT INTO book (id, no, ok) VALUES ($1, 1, $2)`, tx.NewID(), false)
			return err
		})
		if err != nil || !ran {
			t.Fatalf("next write: %v, after ran: %v", err, ran)
		}
	})
}

func TestReadCannotWrite(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		err := s.Read(context.Background(), func(v *db.View) error {
			_, err := db.Value[int64](v, `INSERT INTO book (id, no, ok) VALUES (1, 1, $1) RETURNING id`, true)
			return err
		})
		if err == nil {
			t.Fatal("a read wrote")
		}
	})
}

func TestUniqueIsRecognised(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		err := s.Write(context.Background(), db.System, func(tx *db.Tx) error {
			for range 2 {
				if _, err := tx.Exec(`INSERT INTO book (id, no, ok) VALUES ($1, 7, $2)`, tx.NewID(), true); err != nil {
					return err
				}
			}
			return nil
		})
		if !db.IsUnique(err) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestChangedIsClosedByACommit(t *testing.T) {
	s := open(t, dbtest.SQLite(t, nil))
	ch := s.Changed()
	if err := s.Write(context.Background(), db.System, func(*db.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ch:
	case <-time.After(5 * time.Second):
		t.Fatal("no signal")
	}
}

func BenchmarkWrite(b *testing.B) {
	h := dbtest.SQLite(b, nil)
	s, err := h.Store(context.Background(), "b", schema)
	if err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s.Write(context.Background(), db.System, func(tx *db.Tx) error {
				id := tx.NewID()
				_, err := tx.Exec(`INSERT INTO book (id, no, ok) VALUES ($1, $1, $2)`, id, true)
				return err
			})
		}
	})
}
