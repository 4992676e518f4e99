// Command story runs story files (kịch bản nghiệm thu, see doc/stories.md), each
// on a fresh copy of the fictional province:
//
//	go run ./tools/story [-v] [-syntax] [-dir folder] FILE...
//
// It prints one line per story, with -v one per sentence, and the whole report
// of a sentence that did not hold. The exit status is 0 if every story held, 1
// if one did not, 2 if it was called wrongly.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"vanthu/internal/story"
)

// options are the flags.
type options struct {
	verbose bool
	syntax  bool
	dir     string
	limit   time.Duration
}

func main() {
	var o options
	flag.BoolVar(&o.verbose, "v", false, "in từng câu với thời gian")
	flag.BoolVar(&o.syntax, "syntax", false, "chỉ kiểm tra cách viết, không chạy")
	flag.StringVar(&o.dir, "dir", "", "giữ dữ liệu của máy chủ trong thư mục này (mặc định: thư mục tạm, xóa khi xong)")
	flag.DurationVar(&o.limit, "limit", 5*time.Minute, "thời gian tối đa của một kịch bản")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "Cách dùng: story [cờ] TỆP…")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	failed := 0
	for _, path := range flag.Args() {
		if !runOne(ctx, os.Stdout, o, path) {
			failed++
		}
	}
	fmt.Printf("%d kịch bản, %d không đạt\n", flag.NArg(), failed)
	if failed > 0 {
		os.Exit(1)
	}
}

// runOne runs one file and prints how it went.
func runOne(ctx context.Context, out io.Writer, o options, path string) bool {
	parsed, err := story.Parse(path)
	if err != nil {
		fmt.Fprintf(out, "HỎNG  %v\n", err)
		return false
	}
	if o.syntax {
		fmt.Fprintf(out, "đúng  %s: %s (%d câu)\n", path, parsed.Title, len(parsed.Steps))
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, o.limit)
	defer cancel()
	dir, done, err := workDir(o.dir, path)
	if err != nil {
		fmt.Fprintf(out, "HỎNG  %v\n", err)
		return false
	}
	defer done()
	world, stop, err := startWorld(ctx, dir)
	if err != nil {
		fmt.Fprintf(out, "HỎNG  %s: không dựng được tỉnh Mẫu: %v\n", path, err)
		return false
	}
	defer stop()
	res := story.RunShowing(ctx, world, path, func(s string) { fmt.Fprintln(out, s) })
	report(out, o, res)
	return res.OK()
}

// workDir is where the story's server keeps its data.
func workDir(keep, path string) (dir string, done func(), err error) {
	if keep == "" {
		dir, err = os.MkdirTemp("", "vanthu-story-")
		return dir, func() { os.RemoveAll(dir) }, err
	}
	dir = filepath.Join(keep, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	return dir, func() {}, os.MkdirAll(dir, 0o700)
}

func report(out io.Writer, o options, res *story.Result) {
	if o.verbose {
		for _, s := range res.Steps {
			mark := "đạt "
			if s.Err != nil {
				mark = "HỎNG"
			}
			fmt.Fprintf(out, "  %s %6s  %s\n", mark, s.Took.Round(time.Millisecond), s.Step.Text)
		}
	}
	title := res.Story.Title
	if len(res.Story.Laws) > 0 {
		title += " [" + strings.Join(res.Story.Laws, " ") + "]"
	}
	if res.OK() {
		fmt.Fprintf(out, "đạt   %s: %s (%d câu, %s)\n", res.Path, title, len(res.Steps), res.Took.Round(time.Millisecond))
		return
	}
	fmt.Fprintf(out, "HỎNG  %s: %s\n%v\n", res.Path, title, res.Err)
}
