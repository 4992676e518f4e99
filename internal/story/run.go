package story

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"vanthu/viet"
)

// A Result tells how a story went.
type Result struct {
	Story *Story // nil when the file could not be understood
	Path  string
	Steps []StepResult // those that were run; only the last can have failed
	Took  time.Duration
	Err   error // nil, or why it stopped: *Failure, *SyntaxError, or another
}

// OK tells whether every sentence held.
func (r *Result) OK() bool { return r.Err == nil }

// StepResult is one sentence that was run.
type StepResult struct {
	Step Step
	Took time.Duration
	Err  error
}

// A Failure is a sentence that did not hold, with what is needed to see why
// without running again.
type Failure struct {
	Path   string
	Step   Step
	Cause  error
	Person string // who was at the page
	URL    string // where he was
	Status int
	Page   string   // what the page showed
	Near   []string // the names or lines on the page closest to what was asked
}

func (f *Failure) Unwrap() error { return f.Cause }

// Error is the whole report, several lines.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: %s\n    %s\n", f.Path, f.Step.Line, f.Cause, f.Step.Text)
	if f.URL != "" {
		fmt.Fprintf(&b, "  Trang của %s: %s (%d)\n", f.Person, f.URL, f.Status)
	}
	if len(f.Near) > 0 {
		fmt.Fprintf(&b, "  Gần giống nhất: %s\n", strings.Join(quoteAll(f.Near), ", "))
	}
	if f.Page != "" {
		b.WriteString("  Trang đang hiện:\n")
		for line := range strings.Lines(excerpt(f.Page)) {
			b.WriteString("    │ " + line)
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func quoteAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		if r := []rune(s); len(r) > 90 {
			s = string(r[:90]) + "…"
		}
		out[i] = "'" + s + "'"
	}
	return out
}

// excerpt is at most 60 lines of the page.
func excerpt(text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) > 60 {
		lines = append(lines[:60], fmt.Sprintf("… (còn %d dòng)", len(lines)-60))
	}
	return strings.Join(lines, "\n")
}

// A run is the state of a story between its sentences.
type run struct {
	story *Story
	world World
	tabs  map[string]*tab // by person
	tab   *tab            // whose turn it is; nil before the first "as"
	vars  map[string]string
	day   viet.Day       // of the last "at"
	moves int            // how often the clock was moved
	read  map[string]int // journal entries already told, by agency
	dir   string         // for downloads
	out   func(string)   // for the verb show
}

// Run runs the story at path on the world and tells how it went. It stops at
// the first sentence that does not hold.
func Run(ctx context.Context, w World, path string) *Result {
	return RunShowing(ctx, w, path, func(string) {})
}

// RunShowing is Run; the text of pages that the story asks to show goes to out.
func RunShowing(ctx context.Context, w World, path string, out func(string)) *Result {
	start := time.Now()
	res := &Result{Path: path}
	defer func() { res.Took = time.Since(start) }()
	if res.Story, res.Err = Parse(path); res.Err != nil {
		return res
	}
	dir, err := os.MkdirTemp("", "story-")
	if err != nil {
		res.Err = fmt.Errorf("không tạo được thư mục tạm: %w", err)
		return res
	}
	defer os.RemoveAll(dir)
	r := &run{story: res.Story, world: w, tabs: map[string]*tab{}, vars: map[string]string{}, read: map[string]int{}, dir: dir, out: out}
	for i, step := range res.Story.Steps {
		begin := time.Now()
		err := r.do(ctx, i)
		res.Steps = append(res.Steps, StepResult{step, time.Since(begin), err})
		if err != nil {
			res.Err = err
			break
		}
	}
	return res
}

// do runs sentence i.
func (r *run) do(ctx context.Context, i int) error {
	step := r.story.Steps[i]
	err := r.expand(&step)
	if err == nil {
		v := verbs[step.Verb]
		if v.page && (r.tab == nil || r.tab.page == nil) {
			err = errors.New("chưa có trang nào; viết as … rồi open … trước")
		} else {
			err = v.run(ctx, r, &step)
		}
		if errors.Is(err, errUsage) {
			err = v.wrong()
		}
	}
	if err == nil {
		err = r.serverFault(i)
	}
	if err == nil {
		return nil
	}
	return r.failure(step, err)
}

// serverFault fails a step after which the server shows an error of its own,
// unless the next sentence says that this is what it expects.
func (r *run) serverFault(i int) error {
	if r.tab == nil || r.tab.page == nil || r.tab.page.status < 500 || r.tab.judged {
		return nil
	}
	steps := r.story.Steps
	if i+1 < len(steps) && steps[i+1].Verb == "status" {
		return nil
	}
	return fmt.Errorf("máy chủ báo lỗi %d", r.tab.page.status)
}

func (r *run) failure(step Step, cause error) *Failure {
	f := &Failure{Path: r.story.Path, Step: step, Cause: cause}
	if r.tab != nil && r.tab.page != nil {
		p := r.tab.page
		f.Person, f.URL, f.Status, f.Page = r.tab.person, p.url.RequestURI(), p.status, p.text()
	}
	var m interface{ near() []string }
	if errors.As(cause, &m) {
		f.Near = m.near()
	}
	return f
}

// expand puts $variables into every part of the step.
func (r *run) expand(s *Step) error {
	var bad string
	put := func(text string) string {
		return variable.ReplaceAllStringFunc(text, func(m string) string {
			value, ok := r.vars[strings.Trim(m, "${}")]
			if !ok {
				bad = m
			}
			return value
		})
	}
	args, pairs := make([]string, len(s.Args)), make([]Pair, len(s.Pairs))
	for i, a := range s.Args {
		args[i] = put(a)
	}
	for i, p := range s.Pairs {
		pairs[i] = Pair{put(p.Label), put(p.Value)}
	}
	s.Args, s.Pairs, s.Beside = args, pairs, put(s.Beside)
	if bad != "" {
		return fmt.Errorf("chưa có biến %s; tạo nó bằng save hoặc download", bad)
	}
	return nil
}
