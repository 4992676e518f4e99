package main

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// ratiosFile keeps the ratio of each line that is to stay high, as taken on a
// quiet machine with -record.
const ratiosFile = "ratios.tsv"

// fall is how far below its recorded ratio a line may come.
const fall = 0.15

// ratios are those recorded before and those of this run, by line.
type ratios struct {
	recorded, now map[string]float64
	fallen        []string
}

func readRatios(path string) (*ratios, error) {
	k := &ratios{recorded: map[string]float64{}, now: map[string]float64{}}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		line, text, _ := cutLast(s.Text(), "\t")
		ratio, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, s.Text(), err)
		}
		k.recorded[line] = ratio
	}
	return k, s.Err()
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// add notes a ratio; only those that are to be high are kept. It says what was
// recorded, for the line.
func (k *ratios) add(line, aim string, ratio float64) string {
	if !strings.HasPrefix(aim, "≥") {
		return ""
	}
	k.now[line] = ratio
	was, ok := k.recorded[line]
	if !ok {
		return ""
	}
	if ratio < was*(1-fall) {
		k.fallen = append(k.fallen, fmt.Sprintf("%s: %.2f, was %.2f", strings.ReplaceAll(line, "\t", ", "), ratio, was))
	}
	return fmt.Sprintf(", recorded %.2f", was)
}

// judge fails a run in which a ratio has fallen.
func (k *ratios) judge() error {
	if len(k.fallen) == 0 {
		return nil
	}
	return fmt.Errorf("more than %.0f%% below the recorded ratio:\n%s", 100*fall, strings.Join(k.fallen, "\n"))
}

// write records this run's ratios over those of the same lines.
func (k *ratios) write(path string) error {
	all := maps.Clone(k.recorded)
	maps.Copy(all, k.now)
	var out []string
	for line, ratio := range all {
		out = append(out, fmt.Sprintf("%s\t%.2f\n", line, ratio))
	}
	slices.Sort(out)
	return os.WriteFile(path, []byte(strings.Join(out, "")), 0o644)
}

// quiet says whether the machine has little else to do; ratios of a busy one
// are no reason to fail.
func quiet() bool {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(string(b), " ")
	load, err := strconv.ParseFloat(first, 64)
	return err == nil && load < float64(runtime.NumCPU())/2
}
