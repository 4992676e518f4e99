package api

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/internal/authority"
	"vanthu/internal/db/dbtest"
	"vanthu/internal/hub"
	. "vanthu/internal/hub/hubtest"
)

// family is a metric as it is exposed.
type family struct {
	help, kind string
	samples    map[string]float64 // by name and labels
	order      []string
}

var sampleLine = regexp.MustCompile(`^([a-z_]+)((?:\{[a-z_]+="(?:[^"\\]|\\.)*"(?:,[a-z_]+="(?:[^"\\]|\\.)*")*\})?) ([-+0-9.eE]+|NaN|\+Inf)$`)

// readMetrics reads the text form strictly: HELP and TYPE once and before the
// samples, one block for each metric, no series twice.
func readMetrics(t *testing.T, text string) map[string]*family {
	t.Helper()
	all := map[string]*family{}
	var now string
	if !strings.HasSuffix(text, "\n") {
		t.Error("no end of line at the end")
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			name, help, _ := strings.Cut(rest, " ")
			if all[name] != nil {
				t.Errorf("%s comes twice", name)
			}
			now, all[name] = name, &family{help: help, samples: map[string]float64{}}
			continue
		}
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, kind, _ := strings.Cut(rest, " ")
			if name != now || all[now].kind != "" {
				t.Fatalf("TYPE out of place: %s", line)
			}
			all[now].kind = kind
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil || now == "" {
			t.Fatalf("no sample: %q", line)
		}
		f := all[now]
		base := m[1]
		if f.kind == "histogram" {
			base = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(base, "_bucket"), "_sum"), "_count")
		}
		v, err := strconv.ParseFloat(m[3], 64)
		if _, twice := f.samples[m[1]+m[2]]; base != now || err != nil || twice {
			t.Errorf("sample of another metric, no number, or twice: %q", line)
		}
		f.samples[m[1]+m[2]], f.order = v, append(f.order, m[1]+m[2])
	}
	return all
}

// notUnits are what names must not be counted in: base units only.
var notUnits = regexp.MustCompile(`_(ms|millis|milliseconds|microseconds|nanoseconds|minutes|hours|days|kb|mb|gb|kilobytes|megabytes|gigabytes|bits|percent|gauge|counter|histogram)(_|$)`)

// Names and types follow the conventions of Prometheus, and the operator's
// handbook tells of each figure, and of no other.
func TestMetricsFollowConventions(t *testing.T) {
	ca, err := authority.Open(t.TempDir(), "http://ca.invalid", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	w := New(t, dbtest.SQLite(t, nil), func(c *hub.Config) { c.Stamp = ca.TSA().Stamp })
	ack := w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}}))
	w.Send(SXD, Packet(Doc{From: SXD, To: []string{UBH}, Number: 2}))
	if err := w.Release(t.Context(), w.As(SNV), ack.ID, true, "hỏng", 0); err != nil {
		t.Fatal(err)
	}
	if err := w.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.StampDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRecorder()
	AdminHandler(w.Hub).ServeHTTP(r, httptest.NewRequest("GET", "/metrics", nil))
	all := readMetrics(t, r.Body.String())
	for name, f := range all {
		switch {
		case !strings.HasPrefix(name, "vanthu_hub_"), notUnits.MatchString(name), strings.Contains(name, "__"):
			t.Errorf("%s: name", name)
		case (f.kind == "counter") != strings.HasSuffix(name, "_total"):
			t.Errorf("%s is a %s", name, f.kind)
		case f.kind != "counter" && f.kind != "gauge" && f.kind != "histogram":
			t.Errorf("%s: type %q", name, f.kind)
		case f.kind != "histogram" && regexp.MustCompile(`_(count|sum|bucket)$`).MatchString(name):
			t.Errorf("%s looks like part of a histogram", name)
		case len(f.help) < 10 || !strings.HasSuffix(f.help, "."):
			t.Errorf("%s: help %q", name, f.help)
		}
		if f.kind == "histogram" {
			checkHistogram(t, name, f)
		}
	}
	documented(t, all)
}

func checkHistogram(t *testing.T, name string, f *family) {
	t.Helper()
	last := -1.0
	var le string
	for _, s := range f.order {
		if bound, ok := strings.CutPrefix(s, name+`_bucket{le="`); ok {
			if f.samples[s] < last {
				t.Errorf("%s: buckets are not cumulative", name)
			}
			last, le = f.samples[s], bound
		}
	}
	if le != `+Inf"}` || last != f.samples[name+"_count"] || last == 0 {
		t.Errorf("%s: last bucket %s %g, count %g", name, le, last, f.samples[name+"_count"])
	}
}

// documented holds the handbook's table against what there is.
func documented(t *testing.T, all map[string]*family) {
	t.Helper()
	text, err := os.ReadFile("../../doc/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| Figures | Say |")
	table, rest, _ := strings.Cut(table, "\n\n")
	told := map[string]bool{}
	for row := range strings.Lines(table) {
		figures, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
		for _, m := range regexp.MustCompile("`([a-z_]+)").FindAllStringSubmatch(figures, -1) {
			told["vanthu_hub_"+m[1]] = true
			if all["vanthu_hub_"+m[1]] == nil {
				t.Errorf("%s is told of and not there", m[1])
			}
		}
	}
	for name := range all {
		if !told[name] {
			t.Errorf("%s is there and not told of", name)
		}
	}
	for _, m := range regexp.MustCompile(`vanthu_hub_[a-z_]+`).FindAllString(rest, -1) {
		if !told[strings.TrimSuffix(m, "_bucket")] {
			t.Errorf("a rule asks for %s", m)
		}
	}
}
