package demo

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/office"
	"vanthu/internal/signing"
)

// TestBatchCrashChild is the process that is killed in the middle of a batch:
// it says whenever a line is decided.
func TestBatchCrashChild(t *testing.T) {
	dir := os.Getenv("VANTHU_CRASH_BATCH")
	if dir == "" {
		t.Skip("only as a child of TestBatchKilledInTheMiddle")
	}
	w, err := Open(context.Background(), Options{Dir: dir, Postgres: os.Getenv("VANTHU_CRASH_POSTGRES")})
	if err != nil {
		t.Fatal(err)
	}
	s := stage{w, t}
	o, hung := s.who("hung")
	o.Publish = func(topics ...string) {
		if strings.HasPrefix(topics[0], "batch:") {
			fmt.Println("decided")
		}
	}
	var ids []document.ID
	for _, f := range strings.Fields(os.Getenv("VANTHU_CRASH_IDS")) {
		n, err := strconv.ParseInt(f, 10, 64)
		s.must(err)
		ids = append(ids, document.ID(n))
	}
	id, err := o.SignBatch(context.Background(), hung, signing.ByPerson, ids, signing.Consent{})
	s.must(err)
	s.ended(o, hung.ID, id)
}

// A batch of fifty whose process is killed, twice, in the middle: what is
// marked is signed, once; nothing else is, and the rest still waits on the desk
// and can be signed (HT33-10.1.b, HT33-14.6).
func TestBatchKilledInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a while")
	}
	at := Options{Dir: t.TempDir(), Postgres: database(t)}
	w, err := Open(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	var ids []document.ID
	for range 50 {
		ids = append(ids, stage{w, t}.stopped("sign"))
	}
	w.Close()
	left, kills := ids, 0
	for len(left) > 0 {
		whole := kills == 2
		crashBatch(t, at, left, whole)
		if w, err = Open(context.Background(), at); err != nil {
			t.Fatalf("does not open after the crash: %v", err)
		}
		before := len(left)
		left = stage{w, t}.afterCrash(ids, left)
		t.Logf("%d of %d signed", before-len(left), before)
		w.Close()
		if whole && len(left) > 0 {
			t.Fatalf("%d documents stay unsigned in a batch that ran to its end", len(left))
		}
		kills++
	}
}

// crashBatch runs the child over the documents, and unless whole, kills it as
// soon as some lines are decided and others are not.
func crashBatch(t *testing.T, at Options, ids []document.ID, whole bool) {
	t.Helper()
	var names []string
	for _, id := range ids {
		names = append(names, strconv.FormatInt(int64(id), 10))
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestBatchCrashChild$")
	cmd.Env = append(os.Environ(), "VANTHU_CRASH_BATCH="+at.Dir, "VANTHU_CRASH_POSTGRES="+at.Postgres, "VANTHU_CRASH_IDS="+strings.Join(names, " "))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := 1 + rand.IntN(max(1, len(ids)/2))
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); {
		if lines.Text() == "decided" {
			n++
		}
		if n == limit && !whole {
			cmd.Process.Kill() // SIGKILL: nothing is told
		}
	}
	cmd.Wait()
}

// afterCrash holds every document of the newest batch to what its line says,
// and gives those that are not signed. all are the documents of all batches.
func (s stage) afterCrash(all, batch []document.ID) (left []document.ID) {
	s.t.Helper()
	o, hung := s.who("hung")
	s.must(o.Read(context.Background(), func(v *db.View) error {
		b, err := signing.LatestBatch(v, hung.ID)
		s.must(err)
		if len(b.Lines) != len(batch) || b.Ended.IsZero() {
			s.t.Errorf("the batch has %d lines, ended %v", len(b.Lines), b.Ended)
		}
		marked := map[document.ID]signing.BatchState{}
		for _, l := range b.Lines {
			marked[l.Document] = l.State
		}
		for _, id := range batch {
			d, err := document.ByID(v, id)
			s.must(err)
			signed := marked[id] == signing.LineSigned
			if !signed {
				left = append(left, id)
			}
			if signed != (d.State == document.Signed) || !signed && (marked[id] != signing.LineCut || d.State != document.Approved) {
				s.t.Errorf("document %d is %s, its line says %q", id, d.State, marked[id])
			}
			s.onlyOnce(v, id, signed)
		}
		return nil
	}))
	if _, entered := s.uses(o, hung.ID); entered != len(all)-len(left) {
		s.t.Errorf("the register of the key tells of %d signatures that were entered, not %d", entered, len(all)-len(left))
	}
	return left
}

// onlyOnce holds a document to one signature, or to none and its place on the
// signer's desk.
func (s stage) onlyOnce(v *db.View, id document.ID, signed bool) {
	s.t.Helper()
	want := 0
	if signed {
		want = 1
	}
	list, err := journal.Of(v, int64(id))
	s.must(err)
	n := 0
	for _, e := range list {
		if e.Verb == office.SignedIt {
			n++
		}
	}
	files, err := document.Files(v, id)
	s.must(err)
	m := 0
	for _, f := range files {
		if f.Slot == document.Signed_ {
			m++
		}
	}
	waits, err := document.WaitingFor(v, id)
	s.must(err)
	onDesk := len(waits) == 1 && waits[0].Step == document.ToSign
	if n != want || m != want || onDesk == signed {
		s.t.Errorf("document %d: journal tells of %d signatures, %d signed files, waits to be signed: %v", id, n, m, onDesk)
	}
}
