package torture

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"

	"github.com/jackc/pgx/v5"
)

// inject makes strace spoil the syncs of whatever it starts.
func inject(t *testing.T, how string) []string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("strace is needed for this test (apt-get install strace)")
	}
	return []string{strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:" + how, "--"}
}

// offered is what a test offered to SNV and what became of it.
type offered struct {
	s      *site
	pad    string // makes subjects long
	mu     sync.Mutex
	acked  map[string]bool
	failed int
}

func newOffered(s *site) *offered { return &offered{s: s, acked: map[string]bool{}} }

// mixed sizes: bodies that are rows and bodies that are files in turn.
func mixed(n int) int { return 20 + n%2*40_000 }

// offer sends one packet once; only temporary errors are in order.
func (o *offered) offer(n, size int) error {
	raw := Packet(Doc{From: SXD, To: []string{SNV}, Number: n, Size: size, Subject: "Về việc phối hợp " + o.pad})
	ack, err := o.s.partner(SXD).Send(ctx, strings.NewReader(raw), int64(len(raw)), strconv.Itoa(n))
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err == nil:
		o.acked[ack.ID] = true
	case partner.Temporary(err):
		o.failed++
	default:
		o.s.t.Error(err)
	}
	return err
}

// collect empties SNV's inbox; everything acknowledged must be in it, whole
// and once.
func (o *offered) collect() {
	o.s.t.Helper()
	snv := o.s.partner(SNV)
	count := len(o.acked)
	for {
		list, err := snv.Inbox(ctx, 0)
		if err != nil {
			o.s.t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, a := range list {
			if err := snv.Fetch(ctx, a.ID, new(bytes.Buffer)); err != nil {
				o.s.t.Fatal(err)
			}
			if err := snv.Confirm(ctx, a.ID); err != nil {
				o.s.t.Fatal(err)
			}
			delete(o.acked, a.ID)
		}
	}
	if len(o.acked) != 0 {
		o.s.t.Fatalf("%d acknowledged packets lost", len(o.acked))
	}
	o.s.t.Logf("%d acknowledged and delivered, %d refused for the time being", count, o.failed)
}

// The disk refuses to sync once, a commit or the body of a packet or its
// directory: the hub takes nothing any more, never syncs over the hole, and
// after a new start has everything that it acknowledged (R3: BRVT1842-6.5).
func TestFailedSync(t *testing.T) {
	for name, where := range map[string][]string{"commit": {"hub/hub.db-wal"}, "body": nil, "directory": {"hub/blob"}} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			s.start()
			o := newOffered(s)
			for n := 1; n < 10; n++ {
				o.offer(n, 200_000)
			}
			for i := range where {
				where[i] = filepath.Join(s.dir, where[i])
			}
			sound := spoil(t, s.cmd.Process.Pid, where...)
			for n := 10; o.failed == 0 && n < 200; n++ { // each in a directory of the store by chance
				o.offer(n, 200_000)
			}
			sound()
			if o.failed == 0 || len(o.acked) == 0 {
				t.Fatalf("%d acknowledged, %d failed: nothing was injected", len(o.acked), o.failed)
			}
			for n := 200; n < 220; n++ {
				if err := o.offer(n, 200_000); err == nil {
					t.Fatalf("acknowledged %d after a failed sync", n)
				}
			}
			s.kill()
			s.start()
			o.collect()
		})
	}
}

// spoil makes the next sync of a process fail, whichever of its threads makes
// it; of certain files or directories when paths are given. sound ends that.
func spoil(t *testing.T, pid int, paths ...string) (sound func()) {
	t.Helper()
	args := inject(t, "error=EIO")
	args = slices.DeleteFunc(args, func(a string) bool { return a == "-qq" || a == "--" })
	args = append(args, "-p", strconv.Itoa(pid))
	for _, path := range paths {
		args = append(args, "-P", path)
	}
	cmd := exec.Command(args[0], args[1:]...)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), " attached") {
	}
	return sync.OnceFunc(func() {
		cmd.Process.Signal(os.Interrupt) // it lets go of the process
		for lines.Scan() {
		}
		cmd.Wait()
	})
}

// The disk under PostgreSQL refuses to sync: PostgreSQL goes down and comes
// back from its log; the hub, which lives on, acknowledges nothing in between,
// takes up again by itself, and has all that it acknowledged (R3).
func TestFailedSyncOfPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: SQLite only")
	}
	s := newSite(t, newCluster(t))
	s.start()
	o := newOffered(s)
	for n := 1; n < 40; n++ {
		if n == 10 {
			s.spoilBackends("error=EIO:when=12")
		}
		until := time.Now().Add(time.Minute)
		for err := o.offer(n, mixed(n)); err != nil; err = o.offer(n, mixed(n)) {
			if time.Now().After(until) {
				t.Fatalf("packet %d is not taken: %v", n, err)
			}
			pauseABit(ctx)
		}
	}
	if o.failed == 0 {
		t.Fatal("nothing was injected")
	}
	o.collect()
	s.kill()
	s.audit()
}

// spoilBackends attaches strace to the sessions that the hub has now at
// PostgreSQL. It ends with them: what PostgreSQL starts afterwards is sound.
func (s *site) spoilBackends(how string) {
	s.t.Helper()
	c, err := pgx.Connect(ctx, s.pg.DSN)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close(ctx)
	rows, _ := c.Query(ctx, `SELECT pid::text FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(pids) == 0 {
		s.t.Fatalf("sessions of the hub: %v, %v", pids, err)
	}
	args := inject(s.t, how)
	args = args[:len(args)-1] // no command follows
	for _, pid := range pids {
		args = append(args, "-p", pid)
	}
	cmd := exec.Command(args[0], args[1:]...)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
}

// full is a limit on the size of any file, which is how a disk fills up here.
func full(bytes int) []string { return []string{"prlimit", "--fsize=" + strconv.Itoa(bytes), "--"} }

// The disk of the hub is full: it says that it cannot, keeps what it
// acknowledged, and goes on when there is room (R3).
func TestDiskFull(t *testing.T) {
	s := newSite(t, nil)
	s.wrap = full(1_500_000)
	s.start()
	o := newOffered(s)
	if err := o.offer(1, 2_000_000); !partner.Temporary(err) {
		t.Fatalf("a body without room: %v", err)
	}
	for n := 2; n < 600 && o.failed < 6; n++ {
		o.offer(n, 2000)
	}
	if o.failed < 6 || len(o.acked) == 0 {
		t.Fatalf("%d accepted, %d times full: the test does not fill the disk", len(o.acked), o.failed)
	}
	s.kill()
	s.wrap = nil
	s.start()
	if err := o.offer(1, 2_000_000); err != nil {
		t.Fatal(err)
	}
	o.collect()
}

// The disk of PostgreSQL is full; then there is room again (R3).
func TestDiskFullOfPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: SQLite only")
	}
	s := newSite(t, newCluster(t, "--wal-segsize=1"))
	if err := s.pg.Stop("fast"); err != nil {
		t.Fatal(err)
	}
	s.pg.Wrap = full(1 << 20) // WAL files fit, tables stop growing
	if err := s.pg.Start(); err != nil {
		t.Fatal(err)
	}
	s.start()
	o := newOffered(s)
	o.pad = strings.Repeat("rà soát ", 40) // fills tables fast
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for n := next.Add(1); n < 5000 && o.offer(int(n), mixed(int(n))) == nil; n = next.Add(1) {
			}
		})
	}
	wg.Wait()
	if o.failed < 5 || len(o.acked) == 0 {
		t.Fatalf("%d accepted, %d times full: the test does not fill the disk", len(o.acked), o.failed)
	}
	if err := s.pg.Stop("immediate"); err != nil {
		t.Fatal(err)
	}
	s.pg.Wrap = nil
	if err := s.pg.Start(); err != nil {
		t.Fatal(err)
	}
	s.ready()
	o.known()
}

// known asks the hub for all that was sent; everything acknowledged must be
// there.
func (o *offered) known() {
	o.s.t.Helper()
	count := len(o.acked)
	for since, more := "", true; more; {
		list, next, err := o.s.partner(SXD).Sent(ctx, since)
		if err != nil {
			o.s.t.Fatal(err)
		}
		for _, l := range list {
			delete(o.acked, l.ID)
		}
		since, more = next, len(list) > 0
	}
	if len(o.acked) != 0 {
		o.s.t.Fatalf("%d acknowledged packets lost", len(o.acked))
	}
	o.s.t.Logf("%d acknowledged and there, %d refused for the time being", count, o.failed)
}

// The disk is slow, up to 200 ms for a sync, and everybody comes at once: each
// caller is answered within a bounded time, too many are told when to come
// back, and none that was acknowledged is lost (R4).
func TestSlowDisk(t *testing.T) {
	for _, delay := range []time.Duration{2 * time.Millisecond, 20 * time.Millisecond, 200 * time.Millisecond} {
		t.Run(delay.String(), func(t *testing.T) {
			s := newSite(t, nil)
			s.wrap = inject(t, fmt.Sprintf("delay_exit=%d", delay.Microseconds()))
			s.start()
			o := newOffered(s)
			var worst time.Duration
			var wg sync.WaitGroup
			for n := range 300 {
				wg.Go(func() {
					begin := time.Now()
					o.offer(n+1, mixed(n))
					o.mu.Lock()
					worst = max(worst, time.Since(begin))
					o.mu.Unlock()
				})
			}
			wg.Wait()
			if delay == 200*time.Millisecond && o.failed == 0 {
				t.Error("300 at once on a disk of 200 ms and none is told to come back")
			}
			t.Logf("slowest answer %v", worst.Round(time.Millisecond))
			s.retryAfter(delay, o)
			s.kill()
			s.wrap = nil
			s.start()
			o.collect()
		})
	}
}

// retryAfter looks at a busy answer as a client without our library sees it.
func (s *site) retryAfter(delay time.Duration, o *offered) {
	s.t.Helper()
	if delay < 200*time.Millisecond {
		return
	}
	ctx, done := context.WithTimeout(ctx, 30*time.Second)
	defer done()
	busy := make(chan string, 400)
	var wg sync.WaitGroup
	for n := range 200 {
		wg.Go(func() {
			raw := Packet(Doc{From: SXD, To: []string{UBH}, Number: 1000 + n})
			req, _ := http.NewRequestWithContext(ctx, "POST", "http://"+s.addr+"/v1/packets", strings.NewReader(raw))
			req.Header.Set("Authorization", "Bearer "+SXD+":"+Secret(SXD))
			res, err := client.Do(req)
			if err != nil {
				return
			}
			defer res.Body.Close()
			if res.StatusCode == http.StatusServiceUnavailable {
				busy <- res.Header.Get("Retry-After")
			}
		})
	}
	wg.Wait()
	close(busy)
	for after := range busy {
		if n, err := strconv.Atoi(after); err != nil || n < 1 {
			s.t.Fatalf("503 with Retry-After %q", after)
		}
	}
}
