package torture

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub/hubtest"
	"vanthu/internal/porttest"
	"vanthu/internal/powertest"
)

// The power of a machine on which PostgreSQL and the hub run goes at any moment of
// recorded traffic, between checkpoints and in the middle of them. PostgreSQL
// comes back from its log with every page and index sound, and the hub has every
// packet that it acknowledged (R2: BRVT1842-6.5, HT33-14.6).
func TestPowerCutUnderPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: SQLite only")
	}
	base := openDir(t, "")
	t.Setenv("TMPDIR", base)
	pg := newCluster(t, "--wal-segsize=1", "--data-checksums")
	// Checkpoints come every few packets; what was there before is safe.
	conf := filepath.Join(pg.Data(), "postgresql.conf")
	note(conf, "max_wal_size = 2MB\nmin_wal_size = 2MB\ncheckpoint_completion_target = 0.1\nlog_checkpoints = on")
	s := &site{t: t, dir: filepath.Join(base, "hub"), pg: pg, addr: porttest.Own(t)}
	t.Cleanup(s.kill)
	h := s.open()
	if err := hubtest.Fill(ctx, h.Hub); err != nil {
		t.Fatal(err)
	}
	h.Close()
	if err := pg.Stop("fast"); err != nil {
		t.Fatal(err)
	}
	disk, err := powertest.Load(base)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "strace")
	s.record(log)
	s.wrap = append(s.wrap, "sh", afterStart(t, pg))
	s.start()
	sent := s.traffic(20)
	s.kill()
	if err := pg.Kill(); err != nil {
		t.Fatal(err)
	}
	tape, err := powertest.Read(log)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	n, most := max(4, rounds("VANTHU_SEEDS", 0)/10), 0
	tape.Play(disk, cuts(tape, r, n), func(moment int, d *powertest.Disk, told []string) {
		dir := openDir(t, "/dev/shm")
		if err := d.After(r, dir); err != nil {
			t.Fatal(err)
		}
		acked := ackedIn(told)
		most = max(most, len(acked))
		if !s.judgePostgres(dir, sent, acked) {
			t.Fatalf("power cut at %d of %d, seed %d, %d acknowledged", moment, tape.Len(), seed, len(acked))
		}
	})
	if most == 0 {
		t.Fatal("nothing was acknowledged before a cut")
	}
	t.Logf("%d power cuts in a recording of %d steps, up to %d packets acknowledged before: 0 lost, 0 doubled", n, tape.Len(), most)
}

// openDir is an empty directory that the user of PostgreSQL may enter; where
// there is none such as in, it is among the temporary ones.
func openDir(t *testing.T, in string) string {
	t.Helper()
	dir, err := os.MkdirTemp(in, "vanthu")
	if err != nil && in != "" {
		dir, err = os.MkdirTemp("", "vanthu")
	}
	if err == nil {
		t.Cleanup(func() { os.RemoveAll(dir) })
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// afterStart writes a script that starts PostgreSQL and becomes the command that
// it is given.
func afterStart(t *testing.T, pg *dbtest.Cluster) string {
	t.Helper()
	text := "cd / &&"
	for _, word := range pg.Starting() {
		text += " '" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	script := filepath.Join(t.TempDir(), "start")
	if err := os.WriteFile(script, []byte(text+` && exec "$@"`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return script
}

// judgePostgres starts PostgreSQL and the hub on what the power cut left.
func (s *site) judgePostgres(dir string, sent map[string][]string, acked map[string]bool) bool {
	s.t.Helper()
	pg, err := dbtest.Reopen(filepath.Join(dir, filepath.Base(s.pg.Dir())))
	if err != nil {
		s.t.Fatal(err)
	}
	defer pg.Remove()
	// After a real cut no other PostgreSQL has the number of this process; here one
	// may. Cut in the moment of its start the file is empty, to be removed by hand.
	os.Remove(filepath.Join(pg.Data(), "postmaster.pid"))
	if err := pg.Start(); err != nil {
		log, _ := os.ReadFile(filepath.Join(pg.Dir(), "log"))
		s.t.Errorf("PostgreSQL does not start: %v\n%s", err, log)
		return false
	}
	good := judgeAfterCut(s.t, filepath.Join(dir, "hub"), pg.DSN, sent, acked)
	if err := pg.Check(); err != nil {
		s.t.Error(err)
	}
	return good && !s.t.Failed()
}
