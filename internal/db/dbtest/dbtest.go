// Package dbtest runs a test on both engines, real PostgreSQL beside SQLite.
//
// PostgreSQL comes from VANTHU_TEST_POSTGRES (a DSN of a server on loopback),
// or from a cluster that the first test starts from Debian's package and the
// last one stops. With -short only SQLite runs.
package dbtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"vanthu/internal/db"
)

// Each runs f once per engine, each time on an empty host that is closed after.
// clock may be nil for the real one.
func Each(t *testing.T, clock func() time.Time, f func(*testing.T, *db.Host)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t, clock)) })
	if testing.Short() {
		return
	}
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t, clock)) })
}

// SQLite gives an empty host in a temporary directory.
func SQLite(t testing.TB, clock func() time.Time) *db.Host {
	t.Helper()
	h, err := db.OpenDir(t.TempDir(), orReal(clock))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// Postgres gives an empty host in a database of its own.
func Postgres(t testing.TB, clock func() time.Time) *db.Host {
	t.Helper()
	return Join(t, Database(t), clock)
}

// Join opens a host of a database, as one more process would; it is closed
// after the test.
func Join(t testing.TB, dsn string, clock func() time.Time) *db.Host {
	t.Helper()
	h, err := db.OpenPostgres(context.Background(), dsn, orReal(clock))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// Database gives the DSN of an empty database that is dropped after the test.
func Database(t testing.TB) string {
	t.Helper()
	ctx := context.Background()
	base := cluster(t)
	name := fmt.Sprintf("t%d_%d", os.Getpid(), counter.Add(1))
	c, err := pgx.Connect(ctx, base)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c, err := pgx.Connect(ctx, base)
		if err == nil {
			c.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			c.Close(ctx)
		}
	})
	return strings.Replace(base, "dbname=postgres", "dbname="+name, 1)
}

func orReal(clock func() time.Time) func() time.Time {
	if clock == nil {
		return time.Now
	}
	return clock
}

var (
	counter atomic.Int64
	once    sync.Once
	dsn     string
	dsnErr  error
	stop    = func() {}
)

// Main is for TestMain of packages that use Each: it stops the cluster that
// the tests started.
func Main(m *testing.M) {
	code := m.Run()
	stop()
	os.Exit(code)
}

func cluster(t testing.TB) string {
	once.Do(func() {
		if dsn = os.Getenv("VANTHU_TEST_POSTGRES"); dsn == "" {
			dsn, stop, dsnErr = Start()
		}
	})
	if dsnErr != nil {
		t.Fatalf("PostgreSQL is needed for this test (apt-get install postgresql, or -short): %v", dsnErr)
	}
	return dsn
}

// Start runs a throw-away cluster on a Unix socket; stop ends it and removes its files.
// It waits for no disk, since nobody kills it: that takes most of the time of setting up
// a province. Tests that kill a server, or cut its power, make a NewCluster.
func Start() (dsn string, stop func(), err error) {
	c, err := newCluster(" -c fsync=off -c full_page_writes=off -c synchronous_commit=off")
	if err != nil {
		return "", nil, err
	}
	return c.DSN, c.Remove, nil
}

// Cluster is a PostgreSQL server of a test's own, which it may stop, kill and
// start again.
type Cluster struct {
	DSN  string
	Wrap []string // put before the server's command line from the next Start on

	dir, bin string
	asUser   []string
	options  string
}

// NewCluster makes a cluster and starts it; initdb gets the options given.
func NewCluster(initdb ...string) (*Cluster, error) { return newCluster("", initdb...) }

func newCluster(options string, initdb ...string) (*Cluster, error) {
	dir, err := os.MkdirTemp("", "vanthu-pg")
	if err != nil {
		return nil, err
	}
	c, err := in(dir)
	if err != nil {
		return nil, err
	}
	c.options += options
	args := append([]string{c.bin + "/initdb", "-D", c.Data(), "-A", "trust", "-E", "UTF8", "--no-locale", "-U", "postgres"}, initdb...)
	if err = c.run(args...); err == nil {
		err = c.Start()
	}
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return c, nil
}

// Reopen is the cluster whose files lie in a directory, such as after its power
// was cut; it is not started.
func Reopen(dir string) (*Cluster, error) { return in(dir) }

func in(dir string) (*Cluster, error) {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		return nil, fmt.Errorf("no /usr/lib/postgresql/*/bin")
	}
	c := &Cluster{DSN: "host=" + dir + " user=postgres dbname=postgres", dir: dir, bin: bins[len(bins)-1]}
	if me, err := user.Current(); err == nil && me.Uid == "0" {
		// PostgreSQL refuses to run as root.
		if out, err := exec.Command("chown", "-R", "postgres", dir).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("chown: %s", out)
		}
		c.asUser = []string{"runuser", "-u", "postgres", "--"}
	}
	os.Chmod(dir, 0o755)
	c.options = "-k " + dir + " -c listen_addresses='' -c max_connections=200 -c shared_buffers=64MB"
	return c, nil
}

// Dir is where the cluster's files lie.
func (c *Cluster) Dir() string { return c.dir }

// Data is the cluster's directory.
func (c *Cluster) Data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) run(args ...string) error {
	args = append(append([]string{}, c.asUser...), args...)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = c.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %v: %s", args[0], err, out)
	}
	return nil
}

// Start starts the server, waiting until what is left of a killed one is gone.
func (c *Cluster) Start() error {
	var err error
	for range 100 {
		if err = c.run(append(append([]string{}, c.Wrap...), c.starting()...)...); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}

func (c *Cluster) starting() []string {
	return []string{c.bin + "/pg_ctl", "-D", c.Data(), "-w", "-l", filepath.Join(c.dir, "log"), "-o", c.options, "start"}
}

// Starting is the command line that starts the server, for a test that does so
// itself.
func (c *Cluster) Starting() []string {
	return append(append([]string{}, c.asUser...), c.starting()...)
}

// Kill ends the server at once, as kill -9 does: nothing is written any more.
func (c *Cluster) Kill() error {
	b, err := os.ReadFile(filepath.Join(c.Data(), "postmaster.pid"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return err
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Kill()
}

// Stop stops the server in a mode of pg_ctl: smart, fast or immediate.
func (c *Cluster) Stop(mode string) error {
	return c.run(c.bin+"/pg_ctl", "-D", c.Data(), "-m", mode, "-w", "stop")
}

// Check has PostgreSQL's own pg_amcheck read every table and index, and whether
// each row is found in each of its indexes.
func (c *Cluster) Check() error {
	return c.run(c.bin+"/pg_amcheck", "--all", "--install-missing", "--heapallindexed", "-h", c.dir, "-U", "postgres")
}

// Remove stops the server and removes its files.
func (c *Cluster) Remove() {
	c.Stop("immediate")
	os.RemoveAll(c.dir)
}
