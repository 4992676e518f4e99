package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
)

// together makes acts one batch: an act that holds the turn lets them gather
// behind it. It gives their errors.
func together(t *testing.T, s *db.Store, acts ...func(*db.Tx) error) []error {
	t.Helper()
	holds, free := make(chan struct{}), make(chan struct{})
	errs := make([]error, len(acts))
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Write(context.Background(), db.System, func(*db.Tx) error { close(holds); <-free; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-holds
	for i, f := range acts {
		wg.Go(func() { errs[i] = s.Write(context.Background(), db.System, f) })
		until(t, func() bool { return s.Queued() == i+1 })
	}
	close(free)
	wg.Wait()
	return errs
}

func until(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("it did not come to that in 30 s")
		}
	}
}

func put(no int) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		tx.Put(`INSERT INTO book (id, no, ok) VALUES ($1, $2, $3)`, tx.NewID(), no, true)
		return nil
	}
}

func numbers(t *testing.T, s *db.Store) (list []int) {
	t.Helper()
	err := s.Read(context.Background(), func(v *db.View) (err error) {
		list, err = db.Column[int](v, `SELECT no FROM book ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// In one commit every act stands or falls for itself, however it fails: by its
// own error, by a panic, by a statement, by one that it put and forgot, or by
// one whose error it swallowed.
func TestAnActFailsAlone(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		refuse := errors.New("refused")
		var told []int
		after := func(no int) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				tx.After(func() { told = append(told, no) })
				return put(no)(tx)
			}
		}
		errs := together(t, s,
			after(1),
			func(tx *db.Tx) error { after(2)(tx); return refuse },
			after(3),
			after(3), // the number is taken
			func(tx *db.Tx) error { after(4)(tx); panic("boom") },
			func(tx *db.Tx) error {
				after(5)(tx)
				_, err := tx.Exec(`INSERT INTO nowhere (id) VALUES (1)`)
				return err
			},
			after(6),
		)
		for i, fails := range []bool{false, true, false, true, true, true, false} {
			if (errs[i] != nil) != fails {
				t.Errorf("act %d: %v", i+1, errs[i])
			}
		}
		if !errors.Is(errs[1], refuse) || !db.IsUnique(errs[3]) || !strings.Contains(fmt.Sprint(errs[4]), "boom") {
			t.Errorf("errors went astray: %v", errs)
		}
		if got := numbers(t, s); !slices.Equal(got, []int{1, 3, 6}) || !slices.Equal(told, got) {
			t.Errorf("in the book %v, told %v", got, told)
		}
	})
}

// A query sees what was put before it.
func TestPutIsSeen(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		err := open(t, h).Write(context.Background(), db.System, func(tx *db.Tx) error {
			put(7)(tx)
			no, err := db.Value[int](tx, `SELECT MAX(no) FROM book`)
			if err == nil && no != 7 {
				err = fmt.Errorf("read %d", no)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Who has gone before he asked begins nothing, whoever is free to begin it
// (HT33-14.6).
func TestWhoHasGoneBeginsNothing(t *testing.T) {
	s := open(t, dbtest.SQLite(t, nil))
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	for range 100 {
		begun := false
		err := s.Write(gone, db.System, func(*db.Tx) error { begun = true; return nil })
		if !errors.Is(err, context.Canceled) || begun {
			t.Fatalf("begun %v, %v", begun, err)
		}
	}
}

// Whoever stops waiting before his act has begun can be sure that it will not.
func TestGivenUpActIsNotDone(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		ctx, giveUp := context.WithCancel(context.Background())
		var late error
		var wg sync.WaitGroup
		err := s.Write(context.Background(), db.System, func(*db.Tx) error {
			wg.Go(func() { late = s.Write(ctx, db.System, put(1)) })
			until(t, func() bool { return s.Queued() == 1 })
			giveUp()
			wg.Wait()
			return nil
		})
		if err != nil || !errors.Is(late, context.Canceled) {
			t.Fatal(err, late)
		}
		if err := s.Write(context.Background(), db.System, put(2)); err != nil {
			t.Fatal(err)
		}
		if got := numbers(t, s); !slices.Equal(got, []int{2}) {
			t.Fatalf("in the book %v", got)
		}
	})
}

// The connection breaks in mid-batch: nobody is told that his act is done, and
// the store goes on with the next one.
func TestConnectionLostInABatch(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: SQLite only")
	}
	dsn := dbtest.Database(t)
	s, other := open(t, dbtest.Join(t, dsn, nil)), open(t, dbtest.Join(t, dsn, nil))
	errs := together(t, s, put(1), func(tx *db.Tx) error {
		pid, err := db.Value[int](tx, `SELECT pg_backend_pid()`)
		if err != nil {
			return err
		}
		return other.Read(context.Background(), func(v *db.View) error {
			_, err := db.Value[bool](v, `SELECT pg_terminate_backend($1)`, pid)
			return err
		})
	}, put(3))
	for i, err := range errs {
		if err == nil {
			t.Errorf("act %d was acknowledged", i+1)
		}
	}
	if err := s.Write(context.Background(), db.System, put(4)); err != nil {
		t.Fatal(err)
	}
	if got := numbers(t, other); !slices.Equal(got, []int{4}) {
		t.Fatalf("in the book %v", got)
	}
}

// Two processes on one PostgreSQL take turns: numbers have no gaps, ids follow
// the commits (GL443-7.2.ii.b), and a value kept in memory is given up when the
// other has written.
func TestTwoProcessesTakeTurns(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: SQLite only")
	}
	dsn := dbtest.Database(t)
	const each = 100
	type kept struct {
		at db.Moment
		no int64
	}
	var wg sync.WaitGroup
	var stores []*db.Store
	for range 2 {
		stores = append(stores, open(t, dbtest.Join(t, dsn, nil)))
	}
	for _, s := range stores {
		var memory kept // the newest number, as this process last wrote it; used in its turn only
		for range each {
			wg.Go(func() {
				err := s.Write(context.Background(), db.System, func(tx *db.Tx) (err error) {
					no := memory.no
					if memory.at != tx.Before() {
						if no, err = db.Value[int64](tx, `SELECT COALESCE(MAX(no), 0) FROM book`); err != nil {
							return err
						}
					}
					put(int(no + 1))(tx)
					memory = kept{tx.Behind(), no + 1}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	got := numbers(t, stores[0])
	for i, no := range got {
		if no != i+1 {
			t.Fatalf("row %d has number %d", i, no)
		}
	}
	if len(got) != 2*each {
		t.Fatalf("%d rows", len(got))
	}
}

// What an act kept in memory holds until something else happens: another act,
// or its own failure behind its back.
func TestMoment(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		var kept [4]db.Moment
		var before [5]db.Moment
		keep := func(i int, f func(*db.Tx) error) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				before[i] = tx.Before()
				err := f(tx)
				kept[i] = tx.Behind()
				return err
			}
		}
		together(t, s, keep(0, put(1)), keep(1, func(*db.Tx) error { return nil }),
			keep(2, put(1)), // returns nil, and fails
			keep(3, put(2)))
		s.Write(context.Background(), db.System, func(tx *db.Tx) error { before[4] = tx.Before(); return nil })
		if before[1] != kept[0] || before[2] != kept[1] || before[4] != kept[3] {
			t.Errorf("nothing happened in between: %v %v", before, kept)
		}
		if before[3] == kept[2] || before[3] == kept[1] || before[2] == kept[0] {
			t.Errorf("something happened in between: %v %v", before, kept)
		}
	})
}

// What one process commits rouses those who wait for it in another, and nobody
// else.
func TestRousedByAnotherProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: SQLite only")
	}
	dsn := dbtest.Database(t)
	a, b := open(t, dbtest.Join(t, dsn, nil)), open(t, dbtest.Join(t, dsn, nil))
	rouse := func(topic string) {
		if err := a.Write(context.Background(), db.System, func(tx *db.Tx) error { tx.Rouse(topic); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	// Both ears are open when the first call comes through.
	for first := b.Await("first"); ; rouse("first") {
		select {
		case <-first:
		default:
			continue
		}
		break
	}
	mine, many, other := b.Await(db.Topic(7)), b.Await(strings.Repeat("long", 500)+"49"), b.Await(db.Topic(8))
	changed := b.Changed()
	rouse(db.Topic(7))
	<-mine
	<-changed
	select {
	case <-other:
		t.Fatal("roused for something else")
	default:
	}
	err := a.Write(context.Background(), db.System, func(tx *db.Tx) error {
		for i := range 50 { // more than one call carries
			tx.Rouse(strings.Repeat("long", 500) + fmt.Sprint(i))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-many
}

// What waits for the end of a commit is that of the acts that succeeded: the
// last word of several, and every row; an act that looks settles first, and
// takes nothing with it when it fails afterwards.
func TestLateIsOfThoseThatSucceeded(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		refuse := errors.New("refused")
		row := func(no int) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				tx.PutRow(`INSERT INTO book (id, no, ok) VALUES ($1, $2, $3)`, tx.NewID(), no, true)
				return nil
			}
		}
		last := func(no int) func(*db.Tx) error {
			return func(tx *db.Tx) error { tx.PutLast(`UPDATE book SET no = $1 WHERE no = 1`, no); return nil }
		}
		and := func(err error, list ...func(*db.Tx) error) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				for _, f := range list {
					f(tx)
				}
				return err
			}
		}
		looks := func(tx *db.Tx) error {
			before, err := db.Value[int](tx.Settled(), `SELECT COUNT(*) FROM book`)
			if err != nil || before != 0 && before != 3 {
				return fmt.Errorf("%d rows were there: %w", before, err)
			}
			n, err := db.Value[int](tx, `SELECT COUNT(*) FROM book`)
			if err == nil && n != 3 {
				err = fmt.Errorf("%d rows are there", n)
			}
			return err
		}
		var many []func(*db.Tx) error
		for no := 100; no < 139; no++ { // in several statements
			many = append(many, row(no))
		}
		errs := together(t, s,
			and(nil, row(1), row(2)),
			and(refuse, row(3), last(30)), // forgotten
			row(4),
			and(refuse, looks, row(5)), // undone, and still owed
			looks,
			last(60),
			last(70),
			and(nil, many...),
			and(refuse, last(90)),
		)
		for i, want := range []error{nil, refuse, nil, refuse, nil, nil, nil, nil, refuse} {
			if !errors.Is(errs[i], want) {
				t.Errorf("act %d: %v", i+1, errs[i])
			}
		}
		want := []int{70, 2, 4}
		for no := 100; no < 139; no++ {
			want = append(want, no)
		}
		if got := numbers(t, s); !slices.Equal(got, want) {
			t.Errorf("in the book %v", got)
		}
	})
}

// Counters are added up over the acts of a commit.
func TestSumsOfACommit(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		add := func(err error, key, n int64) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				tx.PutSum(`INSERT INTO book (id, no, ok) VALUES ($1, $2, TRUE) ON CONFLICT (id) DO UPDATE SET no = book.no + excluded.no`, key, n)
				return err
			}
		}
		for range 2 {
			errs := together(t, s, add(nil, 7, 1), add(errors.New("refused"), 7, 100), add(nil, 5, 10), add(nil, 7, 2))
			if err := errors.Join(errs[0], errs[2], errs[3]); err != nil {
				t.Fatal(err)
			}
		}
		if got := numbers(t, s); !slices.Equal(got, []int{20, 6}) {
			t.Errorf("the sums are %v", got)
		}
	})
}

// A statement at the end that fails takes the whole commit with it: nobody is
// told that his act stands.
func TestLateFailureFailsAll(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, h *db.Host) {
		s := open(t, h)
		bad := func(tx *db.Tx) error { tx.PutLast(`UPDATE nowhere SET no = $1`, 1); return nil }
		for i, err := range together(t, s, put(1), bad, put(2)) {
			if err == nil {
				t.Errorf("act %d was acknowledged", i+1)
			}
		}
		if err := s.Write(context.Background(), db.System, put(3)); err != nil {
			t.Fatal(err)
		}
		if got := numbers(t, s); !slices.Equal(got, []int{3}) {
			t.Errorf("in the book %v", got)
		}
	})
}
