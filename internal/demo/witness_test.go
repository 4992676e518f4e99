package demo

import (
	"context"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/office"
	"vanthu/internal/org"
)

// bell is what a person's bell says.
func (s stage) bell(login string) (all string) {
	s.t.Helper()
	o, by := s.who(login)
	s.must(o.Read(context.Background(), func(v *db.View) error {
		list, err := office.Notices(v, by, 50)
		for _, n := range list {
			all += n.Text + "\n"
		}
		return err
	}))
	return all
}

// A hub that changes its key says so to people, also when nothing is lost; and one
// that says it lost more than a recent copy explains is not believed before a
// person does (GL443-3.4.ii).
func TestHubRestoredIsToldAndPlausible(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.sent(theLetter)
	s.watch()
	key := s.Hub.PublicKey()
	s.copyHub().back(true)
	o, _ := s.who("an")
	s.must(o.WatchHub(ctx))
	if l, _ := s.log(); l.Key == key || l.Trouble != "" || !strings.Contains(s.bell("lan"), "đổi khóa ký sổ cái") {
		t.Fatalf("%+v, told %q", l, s.bell("lan"))
	}

	n, _, _ := s.morning()
	s.watch()
	s.must(s.Clock.Advance(8 * 24 * time.Hour))
	n.back(true)
	s.must(o.WatchHub(ctx))
	if l, queued := s.log(); !strings.Contains(l.Trouble, "quá 7 ngày") || queued != 0 {
		t.Fatalf("%+v, %d queued", l, queued)
	}
	s.must(o.TrustHubAnew(ctx, "CV 12/STTTT"))
	s.must(o.WatchHub(ctx))
	if l, queued := s.log(); l.Trouble != "" || queued != 1 {
		t.Errorf("%+v, %d queued", l, queued)
	}
}

// The head that an office kept before it kept all of them counts: a hub that has
// lost it is offered again what it had taken (GL443-3.4.ii, BRVT1842-6.5).
func TestHeadKeptBeforeTheUpgrade(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	n, _, _ := s.morning()
	s.watch()
	o, _ := s.who("an")
	l, _ := s.log()
	s.must(o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		tx.Put(`DELETE FROM hub_head`)
		return org.Set(tx, "hub.log.last", string(l.Last.Note))
	}))
	n.back(true)
	s.must(o.WatchHub(ctx))
	if _, queued := s.log(); queued == 0 || !strings.Contains(s.bell("lan"), "phục hồi từ bản sao lưu") {
		t.Errorf("%d queued, told %q", queued, s.bell("lan"))
	}
}

// A hub that does not prove its log for a day is told of, until it does
// (GL443-3.4.ii).
func TestUnprovenForADay_GL443_3_4_ii(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	s.sent(theLetter)
	s.watch()
	s.downHub()
	o, _ := s.who("an")
	told := func(after time.Duration, want bool) {
		t.Helper()
		s.must(s.Clock.Advance(after))
		err := o.WatchHub(ctx)
		if got := strings.Contains(s.bell("lan"), "chưa chứng minh được"); got != want {
			t.Errorf("told %v, want %v (%v)", got, want, err)
		}
	}
	told(23*time.Hour, false)
	told(2*time.Hour, true)
	s.must(s.openHub(ctx))
	told(0, false)
}
