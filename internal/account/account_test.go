package account

import (
	"context"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/fail"
	"vanthu/internal/schema/host"
	"vanthu/law"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type world struct {
	*Accounts
	now time.Time
}

func each(t *testing.T, f func(*testing.T, *world, string)) {
	w := &world{now: time.Date(2025, 3, 3, 1, 0, 0, 0, time.UTC)}
	dbtest.Each(t, func() time.Time { return w.now }, func(t *testing.T, h *db.Host) {
		s, err := h.Store(context.Background(), "host", host.Schema)
		if err != nil {
			t.Fatal(err)
		}
		w.Accounts = New(s, law.Level2)
		ctx := context.Background()
		if err := w.AddAgency(ctx, Agency{"000.00.15.H99", "sxd", "Sở Xây dựng", "SXD"}); err != nil {
			t.Fatal(err)
		}
		once, err := w.Create(ctx, Account{Login: "lan", Agency: "000.00.15.H99", Person: 7, Name: "Trần Thị Lan"})
		if err != nil {
			t.Fatal(err)
		}
		f(t, w, once)
	})
}

// in signs in and starts the session, as package kit does.
func (w *world) in(t *testing.T, hash, password string) {
	t.Helper()
	s, err := w.SignIn(context.Background(), " Lan ", password, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(context.Background(), hash, s, "127.0.0.1"); err != nil {
		t.Fatal(err)
	}
}

// The first password must be changed, and no older session works after
// (HN20-3.1, HN20-3.2.i).
func TestFirstPasswordMustChange(t *testing.T) {
	each(t, func(t *testing.T, w *world, once string) {
		ctx := context.Background()
		w.in(t, "a", once)
		s, err := w.Lookup(ctx, "a")
		if err != nil || !s.MustChange || s.Person != 7 {
			t.Fatalf("%+v %v", s, err)
		}
		if _, err := w.ChangePassword(ctx, "lan", once, "ngan", "ngan", ""); !fail.Is(err, fail.BadInput) {
			t.Fatalf("short password: %v", err)
		}
		if _, err := w.ChangePassword(ctx, "lan", once, "1234567890", "1234567890", ""); !fail.Is(err, fail.BadInput) {
			t.Fatalf("common password: %v", err)
		}
		if _, err := w.ChangePassword(ctx, "lan", once, once, once, ""); !fail.Is(err, fail.BadInput) {
			t.Fatalf("old password again: %v", err)
		}
		fresh, err := w.ChangePassword(ctx, "lan", once, "Mưa phùn tháng ba", "Mưa phùn tháng ba", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Lookup(ctx, "a"); !fail.Is(err, fail.Auth) {
			t.Fatalf("old session: %v", err)
		}
		if fresh.MustChange {
			t.Fatalf("%+v", fresh)
		}
	})
}

// Five wrong tries lock the account for 15 minutes, also for the right
// password (C01).
func TestLockAfterFailures(t *testing.T) {
	each(t, func(t *testing.T, w *world, once string) {
		ctx := context.Background()
		for range 5 {
			if _, err := w.SignIn(ctx, "lan", "sai", ""); !fail.Is(err, fail.Auth) {
				t.Fatal(err)
			}
		}
		if _, err := w.SignIn(ctx, "lan", once, ""); !fail.Is(err, fail.Auth) {
			t.Fatalf("locked: %v", err)
		}
		w.now = w.now.Add(16 * time.Minute)
		if _, err := w.SignIn(ctx, "lan", once, ""); err != nil {
			t.Fatalf("after the lock: %v", err)
		}
	})
}

func TestSessionEndsIdleAndAtItsAge(t *testing.T) {
	each(t, func(t *testing.T, w *world, once string) {
		ctx := context.Background()
		w.in(t, "b", once)
		for range 24 {
			w.now = w.now.Add(29 * time.Minute)
			if _, err := w.Lookup(ctx, "b"); err != nil {
				t.Fatalf("at %v: %v", w.now, err)
			}
		}
		w.now = w.now.Add(29 * time.Minute)
		if _, err := w.Lookup(ctx, "b"); !fail.Is(err, fail.Auth) {
			t.Fatalf("twelve hours old: %v", err)
		}
		w.in(t, "c", once)
		w.now = w.now.Add(31 * time.Minute)
		if _, err := w.Lookup(ctx, "c"); !fail.Is(err, fail.Auth) {
			t.Fatalf("idle: %v", err)
		}
	})
}

// A wrong name and a wrong password look the same.
func TestNoAccountEnumeration(t *testing.T) {
	each(t, func(t *testing.T, w *world, once string) {
		_, a := w.SignIn(context.Background(), "lan", "sai", "")
		_, b := w.SignIn(context.Background(), "khong-co", "sai", "")
		if a == nil || b == nil || a.Error() != b.Error() {
			t.Fatalf("%v / %v", a, b)
		}
	})
}
