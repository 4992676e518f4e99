package demo

import (
	"context"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
)

// The clerk records the paper original that is printed, sealed and kept, once
// the document is issued; nobody else does, and not before (HT33-10.1.c.ii).
func TestPaperOriginalIsKept_HT33_10_1_c_ii(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	id := s.ready()
	o, lan := s.who("lan")
	_, an := s.who("an")
	s.refused(fail.Conflict, o.KeepPaper(ctx, lan, id, "Tập lưu, cặp 3"))
	s.must(o.Issue(ctx, lan, id))
	s.refused(fail.Denied, o.KeepPaper(ctx, an, id, "Tập lưu, cặp 3"))
	s.refused(fail.BadInput, o.KeepPaper(ctx, lan, id, " "))
	kept := func() (k document.KeptPaper) {
		s.must(o.Read(ctx, func(v *db.View) (err error) {
			k, err = document.PaperKept(v, id)
			return err
		}))
		return k
	}
	if k := kept(); k != (document.KeptPaper{}) {
		t.Errorf("before anything was recorded: %+v", k)
	}
	s.must(o.KeepPaper(ctx, lan, id, "Tập lưu, cặp 3"))
	s.must(o.KeepPaper(ctx, lan, id, "Kho lưu trữ, hộp 7")) // it moved
	if k := kept(); k.Place != "Kho lưu trữ, hộp 7" || k.Person != lan.ID || k.At.IsZero() {
		t.Errorf("%+v", k)
	}
}
