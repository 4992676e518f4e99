package db_test

import (
	"context"
	"sync"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
)

// More snapshots at once than there are connections, each with a text that
// nobody compiled before, wait for each other and not for ever.
func TestManyReadersCompileAtOnce(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				err := s.Read(context.Background(), func(v *db.View) error {
					list := make([]int, i+1)
					in, args := db.In(1, list)
					for range 3 {
						n, err := db.Value[int](v, `SELECT COUNT(*) FROM book WHERE no IN `+in, args...)
						if err != nil {
							return err
						}
						if n != 0 {
							t.Errorf("%d rows in an empty book", n)
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func BenchmarkRead(b *testing.B) {
	s, err := dbtest.SQLite(b, nil).Store(context.Background(), "b", schema)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		err := s.Read(context.Background(), func(v *db.View) error {
			_, err := db.Column[int](v, `SELECT no FROM book WHERE no > $1 AND ok = $2 ORDER BY no LIMIT 50`, 5, true)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
