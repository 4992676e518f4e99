package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
)

// bench is one measurement. It prints its lines itself.
type bench struct {
	id  string
	run func(r *run) error
}

var benches = []bench{
	{"B1", func(r *run) error { return r.relay("B1", 300_000, r.n(300, 30), 2) }},
	{"B2", func(r *run) error { return r.relay("B2", 4_000, r.n(2000, 60), 5) }},
	{"B3", (*run).ceiling},
	{"B4", (*run).enqueue},
	{"B5", (*run).fanout},
	{"B6", (*run).deadAgency},
	{"B7", (*run).killed},
	{"urgent", (*run).urgent},
	{"B15", (*run).footprint},
	{"B16", (*run).large},
}

// run is what the measurements of one run share.
type run struct {
	short    bool
	engines  []string
	dir      string // of the run, removed at its end
	profiles string // directory for profiles of the hub; "": none
	out      *tabwriter.Writer
	made     int
	ratios   *ratios

	mu    sync.Mutex
	stops []func() // what must not outlive an interrupted run
}

func main() {
	if f, ok := children[os.Getenv(childEnv)]; ok {
		go dieWithParent()
		if err := f(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	short := flag.Bool("short", false, "small sizes, to see that everything works")
	only := flag.String("only", "", "measurements, by id: B1,B4")
	engine := flag.String("engine", "sqlite,postgres", "databases of the hub")
	profiles := flag.String("profiles", "", "directory that gets processor profiles of the hub under B1 and B2")
	record := flag.Bool("record", false, "record the ratios in "+ratiosFile+" instead of holding them against it")
	flag.Parse()
	r := &run{short: *short, engines: list(*engine), profiles: *profiles}
	if err := r.judged(list(*only), *record); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// judged measures and holds the ratios against the recorded ones, or records
// them. On a busy machine nothing is judged.
func (r *run) judged(only []string, record bool) (err error) {
	if r.ratios, err = readRatios(ratiosFile); err != nil {
		return err
	}
	calm := quiet()
	if err := r.measure(only); err != nil {
		return err
	}
	switch {
	case record:
		return r.ratios.write(ratiosFile)
	case !r.short && calm:
		return r.ratios.judge()
	case !r.short && len(r.ratios.fallen) > 0:
		fmt.Println("the machine was busy at the start: not judged,", r.ratios.judge())
	}
	return nil
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func (r *run) measure(only []string) error {
	if err := readSigned(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "vanthu-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755) // PostgreSQL and Postfix look into it as other users
	r.dir, r.out = dir, tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer r.stopOnSignal()()
	for _, b := range benches {
		if only != nil && !slices.Contains(only, b.id) {
			continue
		}
		if err := b.run(r); err != nil {
			return fmt.Errorf("%s: %w", b.id, err)
		}
	}
	return nil
}

// stopOnSignal ends servers that would live on without this program: strace
// lets go of what it follows when it dies.
func (r *run) stopOnSignal() (end func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-c; !ok {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, stop := range r.stops {
			stop()
		}
		os.RemoveAll(r.dir)
		os.Exit(1)
	}()
	return func() { signal.Stop(c); close(c) }
}

func (r *run) mustStop(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stops = append(r.stops, f)
}

// rounds of each side in one measurement.
func (r *run) rounds() int { return r.n(3, 1) }

// disks are the disks to measure on.
func (r *run) disks() []func() *disk {
	if r.short {
		return []func() *disk{slow} // it has all that the other has
	}
	return []func() *disk{real, slow}
}

// n is a size: for a whole run, or a short one.
func (r *run) n(whole, short int) int {
	if r.short {
		return short
	}
	return whole
}

// temp makes a directory inside the run's.
func (r *run) temp(name string) (string, error) {
	r.made++
	d := fmt.Sprintf("%s/%s%d", r.dir, name, r.made)
	return d, os.Mkdir(d, 0o755)
}

// line prints one measurement, its ratio and the aim last.
func (r *run) line(id, what, figures string, ratio float64, aim string) {
	recorded := ""
	if r.ratios != nil {
		recorded = r.ratios.add(id+"\t"+what, aim, ratio)
	}
	fmt.Fprintf(r.out, "%s\t%s\t%s\t%.2f (aim %s%s)\n", id, what, figures, ratio, aim, recorded)
	r.out.Flush()
}
