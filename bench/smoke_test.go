package main

import (
	"os"
	"testing"
)

// TestMain lets the test binary be the servers that the measurements start.
func TestMain(m *testing.M) {
	if f, ok := children[os.Getenv(childEnv)]; ok {
		go dieWithParent()
		if err := f(os.Args[1:]); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Every measurement works, on a small scale. What comes out is no figure.
func TestShort(t *testing.T) {
	if err := (&run{short: true, engines: []string{"sqlite"}}).measure(nil); err != nil {
		t.Fatal(err)
	}
	if err := (&run{short: true, engines: []string{"postgres"}}).measure([]string{"B4", "urgent"}); err != nil {
		t.Fatal(err)
	}
}

// A slow disk is slow for everybody, and its syncs are counted: NATS with
// sync-always makes one for each act, many acts of ours share one.
func TestInjectedDisk(t *testing.T) {
	dir := t.TempDir()
	os.Chmod(dir, 0o755)
	r := &run{short: true, dir: dir}
	d := slow()
	q, err := r.nats(d)
	if err != nil {
		t.Fatal(err)
	}
	defer q.stop()
	before := d.syncs()
	took, err := q.publish(8, 50)
	if err != nil {
		t.Fatal(err)
	}
	if n := d.syncs() - before; n < 50 || took.Milliseconds() < 100 {
		t.Errorf("50 acts made %d syncs of 2 ms and took %v", n, took)
	}
}

// A ratio that falls by more than its share fails the run; one that is new, or
// is to be low, does not.
func TestRatiosAreHeld(t *testing.T) {
	path := t.TempDir() + "/ratios.tsv"
	k, err := readRatios(path)
	if err != nil {
		t.Fatal(err)
	}
	k.add("B1\tsqlite", "≥ 2", 2.00)
	k.add("B2\tsqlite", "≥ 5", 5.00)
	k.add("B7\tsqlite", "≤ 1 s", 0.40)
	if err := k.write(path); err != nil {
		t.Fatal(err)
	}
	if k, err = readRatios(path); err != nil {
		t.Fatal(err)
	}
	k.add("B1\tsqlite", "≥ 2", 1.71)
	k.add("B3\tsqlite", "≥ 0.6", 0.10)
	k.add("B7\tsqlite", "≤ 1 s", 0.01)
	if err := k.judge(); err != nil {
		t.Error(err)
	}
	k.add("B2\tsqlite", "≥ 5", 4.24)
	if err := k.judge(); err == nil {
		t.Error("a fallen ratio is let through")
	}
}
