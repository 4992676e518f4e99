package powertest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Strace is the arguments of strace that record a command to a log.
func Strace(log string, command ...string) []string {
	calls := "open,openat,close,lseek,write,writev,pwrite64,pwritev,ftruncate,fallocate,fsync,fdatasync,mmap," +
		"rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat," +
		"chdir,execve,clone,clone3,fork,vfork"
	return append([]string{"-f", "-qq", "--seccomp-bpf", "-xx", "-s", "4194304", "-e", "signal=none", "-e", "trace=" + calls, "-o", log, "--"}, command...)
}

// Tape is what a process, and those that it started, did, in order.
type Tape struct {
	steps []step
	from  map[string]origin // by thread
}

// origin is what started a thread.
type origin struct {
	pid   string
	files bool // they have their open files in common
}

// Len is the number of moments at which the power can be cut.
func (t *Tape) Len() int { return len(t.steps) }

// step is the beginning or the end of a system call. Most have their effect at
// the end; what is told, what a sync covers and what is closed is fixed at the
// beginning.
type step struct {
	pid    string
	begin  bool
	name   string
	args   []string
	result int64
}

// Read reads a recording.
func Read(log string) (*Tape, error) {
	raw, err := os.ReadFile(log)
	if err != nil {
		return nil, err
	}
	t := &Tape{from: map[string]origin{}}
	begun := map[string]string{} // by thread, the text of a call that goes on
	for line := range bytes.Lines(raw) {
		if err := t.line(strings.TrimSuffix(string(line), "\n"), begun); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *Tape) line(line string, begun map[string]string) error {
	pid, text, _ := strings.Cut(line, " ")
	text = strings.TrimLeft(text, " ")
	if strings.HasPrefix(text, "+++") || strings.HasPrefix(text, "---") {
		return nil
	}
	if head, goesOn := strings.CutSuffix(text, " <unfinished ...>"); goesOn {
		begun[pid] = head
		return t.add(pid, true, head, 0)
	}
	_, rest, goneOn := strings.Cut(text, " resumed>")
	goneOn = goneOn && strings.HasPrefix(text, "<... ")
	if goneOn {
		text = begun[pid] + rest
	}
	call, result, ok := ending(text)
	if !ok {
		return nil // it was killed in the middle
	}
	if !goneOn {
		if err := t.add(pid, true, call, 0); err != nil {
			return err
		}
	}
	return t.add(pid, false, call, result)
}

// ending takes the result off a call that came back: "close(3)   = 0".
func ending(text string) (call string, result int64, ok bool) {
	i := strings.LastIndex(text, " = ")
	if i < 0 {
		return "", 0, false
	}
	call, ok = strings.CutSuffix(strings.TrimRight(text[:i], " "), ")")
	word, _, _ := strings.Cut(text[i+3:], " ") // "?" when it was killed
	result, err := strconv.ParseInt(word, 0, 64)
	return call, result, ok && err == nil
}

func (t *Tape) add(pid string, begin bool, text string, result int64) error {
	name, rest, ok := strings.Cut(text, "(")
	if !ok {
		return fmt.Errorf("powertest: no call: %.200s", text)
	}
	s := step{pid: pid, begin: begin, name: name, result: result}
	for _, a := range arguments(rest) {
		s.args = append(s.args, unhex(a))
	}
	if starts[name] {
		if !begin && result > 0 {
			t.from[strconv.FormatInt(result, 10)] = origin{pid, strings.Contains(rest, "CLONE_FILES")}
		}
		return nil
	}
	t.steps = append(t.steps, s)
	return nil
}

// starts are the calls that start a thread or a process.
var starts = map[string]bool{"clone": true, "clone3": true, "fork": true, "vfork": true}

// arguments splits at the commas outside of brackets; texts are in hex.
func arguments(text string) (list []string) {
	depth, from := 0, 0
	for i, c := range text {
		switch {
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			list = append(list, strings.TrimLeft(text[from:i], " "))
			from = i + 1
		}
	}
	return append(list, strings.TrimLeft(text[from:], " "))
}

var partIn = regexp.MustCompile(`iov_base="([^"]*)"`)

// parts joins the pieces of a writev.
func parts(iovec string) string {
	var b strings.Builder
	for _, m := range partIn.FindAllStringSubmatch(iovec, -1) {
		b.WriteString(unhex(`"` + m[1]))
	}
	return b.String()
}

// unhex reads a "\x41…" text of strace; everything else stays as it is.
func unhex(a string) string {
	a = strings.TrimSuffix(strings.TrimSuffix(a, "..."), `"`)
	text, quoted := strings.CutPrefix(a, `"`)
	if !quoted {
		return a
	}
	b, err := hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	if err != nil {
		return a
	}
	return string(b)
}
