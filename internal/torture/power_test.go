package torture

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/host"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/porttest"
	"vanthu/internal/powertest"
	"vanthu/ledger"
)

// record wraps the hub's command line in strace, which keeps a log.
func (s *site) record(log string) {
	s.t.Helper()
	s.wrap = append([]string{"strace"}, powertest.Strace(log)...)
}

// cuts are the moments of a recording at which the power goes, the last of them
// at its end: by then, whatever the dice say, something has been acknowledged.
func cuts(tape *powertest.Tape, r *rand.Rand, n int) (list []int) {
	for range n {
		list = append(list, r.IntN(tape.Len()))
	}
	return append(list, tape.Len())
}

// inMemory is an empty directory, in memory where the system has such: what
// is judged in it has no power to lose.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "vanthu")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// ackedIn finds the packets whose acknowledgement has left the hub.
func ackedIn(told []string) map[string]bool {
	m := map[string]bool{}
	for _, text := range told {
		if strings.HasPrefix(text, "HTTP/1.1 201 ") {
			m[idIn.FindStringSubmatch(text)[1]] = true
		}
	}
	return m
}

var idIn = regexp.MustCompile(`"id":"([0-9a-f]{32})"`)

// The power goes at any moment of a recorded half hour of traffic: what was
// not synced is gone, in part, torn, or in any order. The hub opens, its log
// is whole, and has every packet that it acknowledged (R2: BRVT1842-6.5,
// HT33-14.6). Bodies, embedded database and directories are covered at once,
// because what is replayed is what the process did.
func TestPowerCut(t *testing.T) {
	s := newSite(t, nil)
	disk, err := powertest.Load(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "strace")
	s.record(log)
	s.start()
	sent := s.traffic(20)
	s.kill()
	tape, err := powertest.Read(log)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	n, most := rounds("VANTHU_SEEDS", 25), 0
	tape.Play(disk, cuts(tape, r, n), func(moment int, d *powertest.Disk, told []string) {
		dir := inMemory(t)
		if err := d.After(r, dir); err != nil {
			t.Fatal(err)
		}
		acked := ackedIn(told)
		most = max(most, len(acked))
		if !judgeAfterCut(t, dir, "", sent, acked) {
			t.Fatalf("power cut at %d of %d, seed %d, %d acknowledged", moment, tape.Len(), seed, len(acked))
		}
		os.RemoveAll(dir)
	})
	if most == 0 {
		t.Fatal("nothing was acknowledged before a cut")
	}
	t.Logf("%d power cuts in a recording of %d steps, up to %d packets acknowledged before: 0 lost, 0 doubled", n, tape.Len(), most)
}

// traffic sends n packets from each of two agencies to a third, which takes in
// what comes, and returns what was sent, by sender.
func (s *site) traffic(n int) map[string][]string {
	s.t.Helper()
	sent := map[string][]string{}
	var wg sync.WaitGroup
	for _, from := range []string{SXD, UBH} {
		for i := range n {
			sent[from] = append(sent[from], packetOf(documentOf(from, []string{SNV}, i+1)))
		}
		wg.Go(func() {
			for _, raw := range sent[from] {
				if _, err := s.partner(from).Send(ctx, strings.NewReader(raw), int64(len(raw)), ""); err != nil {
					s.t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		snv := s.partner(SNV)
		for range n / 2 {
			list, err := snv.Inbox(ctx, time.Second)
			if err != nil {
				s.t.Error(err)
				return
			}
			for _, a := range list {
				if err := snv.Fetch(ctx, a.ID, new(bytes.Buffer)); err != nil {
					s.t.Error(err)
				}
				if err := snv.Confirm(ctx, a.ID); err != nil {
					s.t.Error(err)
				}
			}
		}
	})
	wg.Wait()
	return sent
}

// judgeAfterCut opens what the power cut left. Every packet acknowledged must
// be known; after everything has been offered again all of it has arrived, or
// arrives now, once and in order.
func judgeAfterCut(t *testing.T, dir, dsn string, sent map[string][]string, acked map[string]bool) bool {
	t.Helper()
	h, err := host.OpenHub(ctx, host.HubConfig{Dir: dir, Postgres: dsn, Name: "truc.h99.vn", Clock: time.Now, Lock: time.Nanosecond})
	if err != nil {
		t.Errorf("the hub does not open: %v", err)
		return false
	}
	defer h.Close()
	if err := h.Audit(ctx); err != nil {
		t.Errorf("log: %v", err)
	}
	w := &World{Hub: h.Hub, T: t}
	want := map[string][]string{} // by sender, the ids in order
	for from, list := range sent {
		for _, raw := range list {
			ack := w.Send(from, raw)
			if acked[ack.ID] && !ack.Duplicate {
				t.Errorf("%s was acknowledged and is forgotten", ack.Document)
			}
			if r, err := ledger.VerifyReceipt(ack.Receipt, h.PublicKey()); err != nil || r.Entry.Message != ack.ID {
				t.Errorf("%s: receipt: %v", ack.Document, err)
			}
			want[from] = append(want[from], ack.ID)
		}
	}
	got := takeWhole(t, w, SNV)
	for from, ids := range want {
		// What is not waiting had been confirmed, and those are the first ones.
		came := got[from]
		if missing := len(ids) - len(came); missing < 0 || !slices.Equal(ids[missing:], came) {
			t.Errorf("from %s: %d came of %d, or not in order", from, len(came), len(ids))
		}
	}
	return !t.Failed()
}

// takeWhole empties an inbox, reads every body, and returns the ids by sender.
func takeWhole(t *testing.T, w *World, code string) map[string][]string {
	t.Helper()
	got := map[string][]string{}
	c := w.As(code)
	for {
		list, err := w.Inbox(ctx, c, hub.Look{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			return got
		}
		for _, x := range list {
			b, err := w.Fetch(ctx, c, x.ID)
			if err != nil {
				t.Errorf("%s: body: %v", x.Document, err)
				continue
			}
			if _, err := b.WriteTo(new(bytes.Buffer)); err != nil {
				t.Errorf("%s: body: %v", x.Document, err)
			}
			b.Close()
			if _, err := w.Confirm(ctx, c, x.ID); err != nil {
				t.Error(err)
			}
			got[x.Sender] = append(got[x.Sender], x.ID)
		}
	}
}

// The power goes during the very first start. Afterwards the hub starts, and
// if it had told its key to anybody it has that key still: receipts rest on it
// (GL443-3.4.ii).
func TestPowerCutAtFirstStart(t *testing.T) {
	base := t.TempDir()
	s := &site{t: t, dir: filepath.Join(base, "hub"), addr: porttest.Own(t)}
	t.Cleanup(s.kill)
	disk, err := powertest.Load(base)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "strace")
	s.record(log)
	s.launch(filepath.Join(t.TempDir(), "log"))
	s.answers()
	s.kill()
	tape, err := powertest.Read(log)
	if err != nil {
		t.Fatal(err)
	}
	keyIn := regexp.MustCompile(`"key":"([^"]+)"`)
	r := rand.New(rand.NewPCG(1, 2))
	kept := 0
	list := append(cuts(tape, r, rounds("VANTHU_SEEDS", 20)), tape.Len(), tape.Len())
	tape.Play(disk, list, func(moment int, d *powertest.Disk, told []string) {
		dir := inMemory(t)
		if err := d.After(r, dir); err != nil {
			t.Fatal(err)
		}
		h, err := host.OpenHub(ctx, host.HubConfig{Dir: filepath.Join(dir, "hub"), Name: "truc.example", Clock: time.Now})
		if err != nil {
			t.Fatalf("cut at %d of %d: %v", moment, tape.Len(), err)
		}
		defer h.Close()
		if key := keyIn.FindStringSubmatch(strings.Join(told, "")); key != nil {
			kept++
			if key[1] != h.PublicKey() {
				t.Fatalf("cut at %d of %d: the hub has told key %s and now has %s", moment, tape.Len(), key[1], h.PublicKey())
			}
		}
	})
	if kept == 0 {
		t.Fatal("no key was told before a cut")
	}
}
