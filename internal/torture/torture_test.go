// Package torture breaks things and looks what is left: it kills the hub, the
// agencies' systems and PostgreSQL, cuts the power, spoils disks and lines,
// and flips bits. After each fault it asks the same questions: has everything
// that was acknowledged arrived exactly once, in order; did statuses only move
// forward; has the log only grown. doc/faults.md lists the faults.
//
// The package is tests only. They run real processes: this test binary started
// again as vanthu itself, or as a small agency system that keeps its own books
// (agency_test.go). VANTHU_TORTURE=n and VANTHU_SEEDS=n make them long.
package torture

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"vanthu/internal/cli"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/host"
	"vanthu/internal/hub/hubtest"
	"vanthu/internal/partner"
	"vanthu/internal/porttest"
	"vanthu/ledger"
)

// roleEnv says what a copy of this binary is: vanthu, or an agency's system.
const roleEnv = "VANTHU_TORTURE_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleEnv) {
	case "vanthu":
		os.Exit(cli.Main(os.Args[1:]))
	case "agency":
		agencyMain()
		return
	}
	dbtest.Main(m)
}

// rounds is how often a test breaks something: a dozen or so, or what the
// environment wants.
func rounds(env string, few int) int {
	if n, err := strconv.Atoi(os.Getenv(env)); err == nil {
		return n
	}
	return few
}

var ctx = context.Background()

// site is a hub process with its data, which dies and comes back at the same
// address.
type site struct {
	t    *testing.T
	dir  string
	pg   *dbtest.Cluster // nil: SQLite
	addr string
	cmd  *exec.Cmd
	args []string // more flags of "hub serve"
	wrap []string // put before the hub's command line
}

// newSite makes a hub with the agencies of hubtest, not yet running.
func newSite(t *testing.T, pg *dbtest.Cluster) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), pg: pg, addr: porttest.Own(t)}
	h := s.open()
	if err := hubtest.Fill(ctx, h.Hub); err != nil {
		t.Fatal(err)
	}
	h.Close()
	t.Cleanup(s.kill)
	return s
}

func newCluster(t *testing.T, initdb ...string) *dbtest.Cluster {
	t.Helper()
	c, err := dbtest.NewCluster(initdb...)
	if err != nil {
		t.Fatalf("PostgreSQL is needed for this test: %v", err)
	}
	t.Cleanup(c.Remove)
	return c
}

// eachEngine runs a test on a hub with each database; the cluster is the
// test's own, to be killed.
func eachEngine(t *testing.T, f func(*testing.T, *site)) {
	t.Run("sqlite", func(t *testing.T) { f(t, newSite(t, nil)) })
	if testing.Short() {
		return
	}
	t.Run("postgres", func(t *testing.T) { f(t, newSite(t, newCluster(t))) })
}

func (s *site) dsn() string {
	if s.pg == nil {
		return ""
	}
	return s.pg.DSN
}

// open opens the hub's data in this process, to prepare or to judge it.
func (s *site) open() *host.Hub {
	s.t.Helper()
	h, err := s.reopen()
	if err != nil {
		s.t.Fatal(err)
	}
	return h
}

func (s *site) reopen() (*host.Hub, error) {
	return host.OpenHub(ctx, host.HubConfig{Dir: s.dir, Postgres: s.dsn(), Name: "truc.h99.vn", Clock: time.Now})
}

// start runs the hub and waits until it answers.
func (s *site) start() {
	s.t.Helper()
	s.launch(filepath.Join(s.dir, "log"))
	s.ready()
}

func (s *site) launch(log string) {
	s.t.Helper()
	args := append([]string{}, s.wrap...)
	args = append(args, os.Args[0], "hub", "serve", "--data", s.dir, "--postgres", s.dsn(), "--listen", s.addr, "--admin", "127.0.0.1:0", "--lock", lockOfHub.String(), "--patience", patienceOfHub.String())
	s.cmd = child(s.t, "vanthu", log, nil, append(args, s.args...)...)
}

// patienceOfHub is how long the hub lets a line stand still, and patienceOfAgency
// how long an agency's system does, which asks the hub to wait for a second.
const (
	patienceOfHub    = time.Second
	patienceOfAgency = 1500 * time.Millisecond
)

// ready waits until the hub serves its agencies.
func (s *site) ready() {
	s.t.Helper()
	s.await(func() error { _, err := s.partner(hubtest.SXD).About(ctx); return err })
}

// answers waits until the hub answers anything at all.
func (s *site) answers() {
	s.t.Helper()
	s.await(func() error {
		c, err := net.Dial("tcp", s.addr)
		if err == nil {
			c.Close()
		}
		return err
	})
}

func (s *site) await(f func() error) {
	s.t.Helper()
	until := time.Now().Add(time.Minute)
	for err := f(); err != nil; err = f() {
		if time.Now().After(until) {
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.t.Fatalf("the hub does not answer: %v\n%s", err, log)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// child starts a process in a group of its own; what it says goes to a file.
func child(t *testing.T, role, log string, files []*os.File, args ...string) *exec.Cmd {
	t.Helper()
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), roleEnv+"="+role)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = f, f, files
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// kill ends the hub at once, with what wraps it.
func (s *site) kill() {
	s.cmd = killed(s.cmd)
}

func killed(cmd *exec.Cmd) *exec.Cmd {
	if cmd != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		// What it wrapped dies by itself, and keeps its address until it has.
		for until := time.Now().Add(10 * time.Second); syscall.Kill(-cmd.Process.Pid, 0) == nil && time.Now().Before(until); {
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}

// client keeps no connection that a dead process leaves behind.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, ResponseHeaderTimeout: time.Minute}}

func (s *site) partner(code string) *partner.Hub { return partnerAt(s.addr, code) }

func partnerAt(addr, code string) *partner.Hub {
	return partner.NewHub("http://"+addr, code, hubtest.Secret(code), client)
}

// look lets a witness check that the log has only grown.
func (s *site) look(w *ledger.Witness) {
	s.t.Helper()
	h := s.partner(hubtest.SXD)
	if len(w.Keys) == 0 {
		about, err := h.About(ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		w.Keys = []string{about.PublicKey}
	}
	if err := h.Watch(ctx, w); err != nil {
		s.t.Fatalf("witness: %v", err)
	}
}

// audit re-reads the log of a hub that does not run.
func (s *site) audit() {
	s.t.Helper()
	h := s.open()
	defer h.Close()
	if err := h.Audit(ctx); err != nil {
		s.t.Errorf("log: %v", err)
	}
}

// lines reads a file of whole lines, each split at its tabs; a last line that
// was cut off is not there yet.
func lines(path string) [][]string {
	b, _ := os.ReadFile(path)
	var out [][]string
	for line := range strings.Lines(string(b)) {
		if strings.HasSuffix(line, "\n") {
			out = append(out, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		}
	}
	return out
}

// note adds a line to a file of lines.
func note(path string, fields ...any) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.WriteString(strings.Join(texts(fields), "\t") + "\n"); err != nil {
		panic(err)
	}
}

func texts(fields []any) (out []string) {
	for _, x := range fields {
		out = append(out, fmt.Sprint(x))
	}
	return out
}
