package api

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
	schema "vanthu/internal/schema/hub"
	"vanthu/ledger"
)

const childEnv = "VANTHU_TEST_HUB_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if n, _ := strconv.ParseUint(os.Getenv(childEnv+"_LIMIT"), 10, 64); n > 0 {
			// No file may grow beyond n bytes: a disk that is full.
			signal.Ignore(syscall.SIGXFSZ)
			syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
		}
		if err := serveChild(dir, os.Getenv(childEnv+"_KEY")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	dbtest.Main(m)
}

// openAt opens the hub whose files are in dir.
func openAt(dir, key string) (*hub.Hub, *db.Host, error) {
	host, err := db.OpenDir(dir, time.Now)
	if err != nil {
		return nil, nil, err
	}
	s, err := host.Store(context.Background(), "hub", schema.Hub)
	if err != nil {
		return nil, nil, err
	}
	b, err := blob.Open(dir + "/blob")
	if err != nil {
		return nil, nil, err
	}
	// A short lock: what a killed hub had handed out comes again soon.
	h, err := hub.Open(context.Background(), hub.Config{Store: s, Blobs: b, Key: key, Lock: 300 * time.Millisecond})
	return h, host, err
}

// serveChild is the hub process: it prints its address and serves until killed.
func serveChild(dir, key string) error {
	h, _, err := openAt(dir, key)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return http.Serve(l, HubHandler(h))
}

// process is a hub process that dies and comes back; clients reach whichever
// lives by client.
type process struct {
	t      *testing.T
	dir    string
	key    string
	cmd    *exec.Cmd
	addr   atomic.Value
	client *http.Client
}

func newProcess(t *testing.T) *process {
	p := &process{t: t, dir: t.TempDir(), key: Key("truc.h99.vn")}
	p.addr.Store("127.0.0.1:1")
	p.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", p.addr.Load().(string))
	}}}
	h, host, err := openAt(p.dir, p.key)
	if err == nil {
		err = Fill(context.Background(), h)
		host.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.cmd != nil {
			p.kill()
		}
	})
	return p
}

func (p *process) start(env ...string) {
	p.t.Helper()
	p.run(exec.Command(os.Args[0]), env...)
}

func (p *process) run(cmd *exec.Cmd, env ...string) {
	p.t.Helper()
	p.cmd = cmd
	p.cmd.Env = append(append(os.Environ(), childEnv+"="+p.dir, childEnv+"_KEY="+p.key), env...)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.t.Fatalf("hub process did not start: %v", err)
	}
	p.addr.Store(strings.TrimSpace(line))
}

func (p *process) kill() {
	p.cmd.Process.Signal(syscall.SIGKILL)
	p.cmd.Wait()
	p.cmd = nil
}

func (p *process) partner(code string) *partner.Hub {
	return partner.NewHub("http://hub", code, Secret(code), p.client)
}

// tally is the book outside the hub: what was acknowledged, what arrived.
type tally struct {
	mu       sync.Mutex
	acked    map[string]partner.Ack // by document
	hash     map[string]string      // of the packet, by document
	got      map[string][]string    // packet ids per document and recipient
	order    map[string][]int       // numbers per sender and recipient, as they arrived first
	problems []string
}

func (y *tally) problem(f string, a ...any) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.problems = append(y.problems, fmt.Sprintf(f, a...))
}

// Killed at any moment under load, the hub loses nothing that it acknowledged
// and doubles nothing, keeps the order, and its log only grows (R1, C09,
// BRVT1842-6.5, HT33-10.2.i). VANTHU_TORTURE=n sets the rounds.
func TestKilledAtAnyMoment(t *testing.T) {
	rounds := 12
	if n, err := strconv.Atoi(os.Getenv("VANTHU_TORTURE")); err == nil {
		rounds = n
	}
	p := newProcess(t)
	y := &tally{acked: map[string]partner.Ack{}, hash: map[string]string{}, got: map[string][]string{}, order: map[string][]int{}}
	ctx, stop := context.WithCancel(context.Background())
	var senders, receivers sync.WaitGroup
	quit := make(chan struct{})
	for _, s := range [][]string{{SXD, SNV}, {SXD, UBH}, {UBH, SNV}, {STT, SNV, UBH}} {
		senders.Add(1)
		go func() { defer senders.Done(); sendOn(ctx, p.partner(s[0]), y, s[0], s[1:], quit) }()
	}
	for _, r := range []string{SNV, UBH} {
		receivers.Add(1)
		go func() { defer receivers.Done(); receiveOn(ctx, p.partner(r), y, r) }()
	}
	w := &ledger.Witness{}
	for i := range rounds {
		p.start()
		time.Sleep(time.Duration(60+rand.IntN(250)) * time.Millisecond)
		if i%3 == 0 {
			look(t, p, w)
		}
		p.kill()
	}
	p.start()
	look(t, p, w)
	close(quit)
	senders.Wait()
	drain(t, y)
	look(t, p, w)
	stop()
	receivers.Wait()
	p.kill()
	judge(t, p, y)
}

// sendOn sends documents one after the other, each until it is acknowledged.
func sendOn(ctx context.Context, p *partner.Hub, y *tally, from string, to []string, quit chan struct{}) {
	for n := 1; ; n++ {
		select {
		case <-quit:
			return
		default:
		}
		doc := fmt.Sprintf("%s>%s,%d", from, strings.Join(to, "+"), n)
		raw := Packet(Doc{From: from, To: to, ID: doc, Number: n, Size: 2000 + rand.IntN(60_000)})
		sum := sha256.Sum256([]byte(raw))
		y.mu.Lock()
		y.hash[doc] = hex.EncodeToString(sum[:])
		y.mu.Unlock()
		for ctx.Err() == nil {
			ack, err := p.Send(ctx, strings.NewReader(raw), int64(len(raw)), doc)
			if err == nil {
				y.mu.Lock()
				y.acked[doc] = ack
				y.mu.Unlock()
				break
			}
			if !partner.Temporary(err) {
				y.problem("%s: %v", doc, err)
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// receiveOn fetches, stores, confirms, for ever.
func receiveOn(ctx context.Context, p *partner.Hub, y *tally, me string) {
	for ctx.Err() == nil {
		list, err := p.Inbox(ctx, time.Second)
		if err != nil {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		for _, a := range list {
			var raw bytes.Buffer
			if p.Fetch(ctx, a.ID, &raw) != nil {
				break // the order is kept by not going on
			}
			y.store(me, a, raw.Bytes())
			if p.Confirm(ctx, a.ID) != nil {
				break
			}
		}
	}
}

// store keeps a packet once, as an office does by its id.
func (y *tally) store(me string, a partner.Arrival, raw []byte) {
	sum := sha256.Sum256(raw)
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.hash[a.Document] != hex.EncodeToString(sum[:]) {
		y.problems = append(y.problems, a.Document+" arrived changed")
	}
	k := a.Document + " @" + me
	for _, id := range y.got[k] {
		if id == a.ID {
			return // again, and known
		}
	}
	y.got[k] = append(y.got[k], a.ID)
	pair, n, _ := strings.Cut(a.Document, ",")
	number, _ := strconv.Atoi(n)
	y.order[pair+" @"+me] = append(y.order[pair+" @"+me], number)
}

// look lets a witness check that the log has only grown.
func look(t *testing.T, p *process, w *ledger.Witness) {
	t.Helper()
	h := p.partner(SXD)
	if len(w.Keys) == 0 {
		about, err := h.About(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		w.Keys = []string{about.PublicKey}
	}
	if err := h.Watch(context.Background(), w); err != nil {
		t.Fatalf("witness: %v", err)
	}
}

// drain waits until everything that was acknowledged has arrived.
func drain(t *testing.T, y *tally) {
	for range 600 {
		y.mu.Lock()
		want, got := 0, 0
		for doc := range y.acked {
			pair, _, _ := strings.Cut(doc, ",")
			want += 1 + strings.Count(pair, "+")
		}
		for _, ids := range y.got {
			got += len(ids)
		}
		y.mu.Unlock()
		if got >= want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("not everything arrived within 30 s")
}

func judge(t *testing.T, p *process, y *tally) {
	t.Helper()
	for _, s := range y.problems {
		t.Error(s)
	}
	for doc, ack := range y.acked {
		pair, _, _ := strings.Cut(doc, ",")
		_, to, _ := strings.Cut(pair, ">")
		for _, r := range strings.Split(to, "+") {
			if ids := y.got[doc+" @"+r]; len(ids) != 1 || ids[0] != ack.ID {
				t.Errorf("%s at %s: acknowledged as %s, arrived as %v", doc, r, ack.ID, ids)
			}
		}
	}
	for pair, numbers := range y.order {
		for i := range numbers {
			if i > 0 && numbers[i] <= numbers[i-1] {
				t.Errorf("%s: %d after %d", pair, numbers[i], numbers[i-1])
			}
		}
	}
	h, host, err := openAt(p.dir, p.key)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	if err := h.Audit(context.Background()); err != nil {
		t.Error(err)
	}
	for doc, ack := range y.acked {
		r, err := ledger.VerifyReceipt(ack.Receipt, h.PublicKey())
		if err != nil || r.Entry.DocumentID != doc {
			t.Fatalf("receipt of %s: %v", doc, err)
		}
	}
	if t.Failed() {
		return
	}
	t.Logf("%d packets acknowledged, %d arrivals, 0 lost, 0 doubled", len(y.acked), len(y.got))
}

// The disk is full while packets come: the hub says that it cannot, keeps what
// it acknowledged, and goes on when there is room (R3).
func TestDiskFull(t *testing.T) {
	p := newProcess(t)
	p.start(childEnv + "_LIMIT=1500000")
	ctx := context.Background()
	sxd := p.partner(SXD)
	acked := map[string]bool{}
	offer := func(n, size int) error {
		raw := Packet(Doc{From: SXD, To: []string{SNV}, Number: n, Size: size})
		ack, err := sxd.Send(ctx, strings.NewReader(raw), int64(len(raw)), strconv.Itoa(n))
		if err == nil {
			acked[ack.ID] = true
		}
		return err
	}
	if err := offer(1, 2_000_000); !partner.Temporary(err) {
		t.Fatalf("a body without room: %v", err)
	}
	full := 0
	for n := 2; n < 600 && full < 5; n++ {
		if err := offer(n, 2000); err != nil {
			if !partner.Temporary(err) {
				t.Fatal(err)
			}
			full++
		}
	}
	if full == 0 || len(acked) == 0 {
		t.Fatalf("%d accepted, %d times full: the test does not fill the disk", len(acked), full)
	}
	p.kill()
	p.start()
	if err := offer(1, 2_000_000); err != nil {
		t.Fatal(err)
	}
	collect(t, p, acked)
}

// collect empties SNV's inbox and fails for what was acknowledged and is not
// there.
func collect(t *testing.T, p *process, acked map[string]bool) {
	t.Helper()
	ctx := context.Background()
	snv := p.partner(SNV)
	for range 100 {
		list, err := snv.Inbox(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			if err := snv.Fetch(ctx, a.ID, new(bytes.Buffer)); err != nil {
				t.Fatal(err)
			}
			if err := snv.Confirm(ctx, a.ID); err != nil {
				t.Fatal(err)
			}
			delete(acked, a.ID)
		}
		if len(list) == 0 {
			break
		}
	}
	if len(acked) != 0 {
		t.Fatalf("%d acknowledged packets lost", len(acked))
	}
}

// The disk refuses to sync: the hub stops at once, never syncs over the hole,
// and after a new start has everything that it acknowledged (R3).
func TestFailedSync(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("strace is needed for this test (apt-get install strace)")
	}
	for _, when := range []int{40, 57, 71} {
		p := newProcess(t)
		cmd := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
			"-e", fmt.Sprintf("inject=fsync,fdatasync:error=EIO:when=%d", when), os.Args[0])
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		p.run(cmd)
		acked := map[string]bool{}
		failed := 0
		for n := 1; n < 60; n++ {
			raw := Packet(Doc{From: SXD, To: []string{SNV}, Number: n})
			ack, err := p.partner(SXD).Send(context.Background(), strings.NewReader(raw), int64(len(raw)), strconv.Itoa(n))
			switch {
			case err == nil && failed > 0:
				t.Fatalf("acknowledged %d after a failed sync", n)
			case err == nil:
				acked[ack.ID] = true
			case !partner.Temporary(err):
				t.Fatal(err)
			default:
				failed++
			}
		}
		if failed == 0 || len(acked) == 0 {
			t.Fatalf("%d acknowledged, %d failed: nothing was injected", len(acked), failed)
		}
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		p.kill()
		p.start()
		collect(t, p, acked)
		p.kill()
	}
}
