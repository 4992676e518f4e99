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
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/journal"
	"vanthu/internal/register"
)

// nextStep names the step of walk that a state waits for.
var nextStep = map[document.State]string{
	document.Draft: "submit", document.UnitReview: "review", document.FormCheck: "form", document.LeaderReview: "approve",
	document.Approved: "sign", document.Signed: "number", document.Numbered: "seal", document.Sealed: "check", document.Ready: "issue",
}

// TestCrashChild is the process that the crash test kills: it takes letters
// along their way and says after each act what was acknowledged.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv("VANTHU_CRASH_DIR")
	if dir == "" {
		t.Skip("only as a child of TestKilledAtAnyPoint")
	}
	ctx := context.Background()
	w, err := Open(ctx, Options{Dir: dir, Postgres: os.Getenv("VANTHU_CRASH_POSTGRES")})
	if err != nil {
		t.Fatal(err)
	}
	s := stage{w, t}
	for {
		l := theLetter
		l.stop = "draft"
		id := s.sent(l)
		fmt.Printf("acked %d %s\n", id, string(document.Draft))
		s.finish(id, func(st document.State) { fmt.Printf("acked %d %s\n", id, string(st)) })
	}
}

// finish takes a document from wherever it stands to its issue, one act at a time.
func (s stage) finish(id document.ID, after func(document.State)) {
	s.t.Helper()
	ctx := context.Background()
	o, drafter := s.who(theLetter.by)
	_, signer := s.who(theLetter.signer)
	for range len(nextStep) {
		st := s.state(id)
		step, more := nextStep[st]
		if !more {
			return
		}
		s.must(s.walkOne(ctx, o, id, step, drafter, signer))
		after(s.state(id))
	}
}

func (s stage) state(id document.ID) document.State {
	s.t.Helper()
	o, _ := s.who("an")
	var d document.Document
	s.must(o.Read(context.Background(), func(v *db.View) (err error) {
		d, err = document.ByID(v, id)
		return err
	}))
	return d.State
}

// Kill the process at any moment: what was acknowledged is there, the document
// stands in its last completed state, the next step works, numbers have no
// gap and the journal's chain holds (HT33-14.6, GL443-7.2.ii.b).
func TestKilledAtAnyPoint(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a while")
	}
	at := Options{Dir: t.TempDir(), Postgres: database(t)}
	w, err := Open(context.Background(), at)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	acks := 0
	for round := range 6 {
		id, state := crash(t, at)
		if id == 0 {
			continue
		}
		acks++
		w, err := Open(context.Background(), at)
		if err != nil {
			t.Fatalf("round %d: does not open after the crash: %v", round, err)
		}
		s := stage{w, t}
		now := s.state(id)
		if now != state && now != after(state) {
			t.Errorf("round %d: acknowledged %q, found %q", round, state, now)
		}
		s.finish(id, func(document.State) {})
		if got := s.state(id); got != document.Issued {
			t.Errorf("round %d: stands at %q after the restart", round, got)
		}
		s.must(s.Settle(context.Background()))
		s.checkBooks()
		w.Close()
	}
	t.Logf("%d crashes with acknowledged acts", acks)
	if acks == 0 {
		t.Fatal("no act was acknowledged before a crash")
	}
}

// after is the state that the act under way at the crash may have reached.
func after(s document.State) document.State {
	order := []document.State{document.Draft, document.UnitReview, document.FormCheck, document.LeaderReview, document.Approved,
		document.Signed, document.Numbered, document.Sealed, document.Ready, document.Issued}
	for i, x := range order[:len(order)-1] {
		if x == s {
			return order[i+1]
		}
	}
	return s
}

// crash runs the child and kills it a random while after a random act; it gives
// the last acknowledgement.
func crash(t *testing.T, at Options) (document.ID, document.State) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestCrashChild$")
	cmd.Env = append(os.Environ(), "VANTHU_CRASH_DIR="+at.Dir, "VANTHU_CRASH_POSTGRES="+at.Postgres)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var id document.ID
	var state document.State
	left := 1 + rand.IntN(14)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) != 3 || f[0] != "acked" {
			continue
		}
		n, _ := strconv.ParseInt(f[1], 10, 64)
		id, state = document.ID(n), document.State(f[2])
		if left--; left == 0 {
			time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
			break
		}
	}
	cmd.Process.Kill() // SIGKILL: nothing is told
	for lines.Scan() { // what was said before it died counts as acknowledged
		if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] == "acked" {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			id, state = document.ID(n), document.State(f[2])
		}
	}
	cmd.Wait()
	return id, state
}

func (s stage) checkBooks() {
	s.t.Helper()
	o, _ := s.who("an")
	s.must(o.Read(context.Background(), func(v *db.View) error {
		if _, _, err := journal.Check(v); err != nil {
			return err
		}
		books, err := register.Books(v, document.Out)
		if err != nil {
			return err
		}
		for _, b := range books {
			lines, err := register.Lines(v, b.ID)
			if err != nil {
				return err
			}
			for i, l := range lines {
				if l.No != int64(i+1) {
					s.t.Errorf("line %d has number %d", i, l.No)
				}
			}
		}
		return nil
	}))
}
