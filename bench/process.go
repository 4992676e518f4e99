package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const childEnv = "VANTHU_BENCH_CHILD"

// children are the servers that this program runs as processes of their own.
var children = map[string]func(args []string) error{"hub": hubChild, "nats": natsChild, "bare": bareChild, "enqueue": enqueueChild}

// disk says how the disk behaves under the processes of one side.
type disk struct {
	name   string
	inject string // for strace; "" runs without it
	count  bool
	logs   []string
	stdin  *os.File // of the next child
}

func real() *disk    { return &disk{name: "disk"} }
func counted() *disk { return &disk{name: "disk", count: true} }
func slow() *disk {
	return &disk{name: "disk+2ms", count: true, inject: "fsync,fdatasync:delay_exit=2000"}
}

// wrap puts strace before a command. Only the two system calls stop the
// process (seccomp), everything else runs at full speed.
func (d *disk) wrap(dir string, args []string) []string {
	if !d.count {
		return args
	}
	f, err := os.CreateTemp(dir, "strace")
	if err != nil {
		return args // the count of nothing will show it
	}
	f.Close()
	log := f.Name()
	d.logs = append(d.logs, log)
	s := []string{"strace", "-f", "-qq", "--seccomp-bpf", "-o", log, "-e", "trace=fsync,fdatasync"}
	if d.inject != "" {
		s = append(s, "-e", "inject="+d.inject)
	}
	return append(s, args...)
}

// syncs counts the calls so far.
func (d *disk) syncs() (n int) {
	for _, log := range d.logs {
		b, _ := os.ReadFile(log)
		n += bytes.Count(b, []byte("sync(")) // a resumed call has no parenthesis
	}
	return n
}

// process is a server that was started for the run.
type process struct {
	cmd *exec.Cmd
	pid int // of the server itself, not of strace
	out *bufio.Reader
}

// child starts this program as one of its servers and reads its first line.
func (d *disk) child(dir, name string, args ...string) (*process, string, error) {
	return d.start(dir, []string{childEnv + "=" + name}, append([]string{os.Args[0]}, args...)...)
}

// start runs a server that prints a line when it is ready.
func (d *disk) start(dir string, env []string, args ...string) (*process, string, error) {
	args = d.wrap(dir, args)
	p := &process{cmd: exec.Command(args[0], args[1:]...)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = os.Stderr
	if d.stdin != nil {
		p.cmd.Stdin, d.stdin = d.stdin, nil
	}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, "", err
	}
	p.out = bufio.NewReader(out)
	first, err := p.out.ReadString('\n')
	if err != nil {
		p.kill()
		return nil, "", fmt.Errorf("%s did not start: %w", args[0], err)
	}
	line := strings.Fields(first)
	p.pid = p.cmd.Process.Pid
	if len(line) > 1 {
		p.pid, _ = strconv.Atoi(line[1])
	}
	return p, line[0], nil
}

// dieWithParent ends a child whose parent is gone: strace lets go of what it
// follows when it is killed.
func dieWithParent() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(100 * time.Millisecond)
	}
	os.Exit(1)
}

// ready is what a child prints: what the parent needs, and its own pid.
func ready(what string) { fmt.Println(what, os.Getpid()) }

func (p *process) kill() {
	if p == nil || p.cmd == nil {
		return
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	if p.out != nil {
		io.Copy(io.Discard, p.out)
	}
	p.cmd.Wait()
	p.cmd = nil
}

// memory reads a line such as VmRSS of a process, in MB.
func (p *process) memory(line string) float64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	for l := range strings.Lines(string(b)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == line+":" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}

// written is how many bytes a process has had written to the disk.
func (p *process) written() (n int64) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/io", p.pid))
	for l := range strings.Lines(string(b)) {
		fmt.Sscanf(l, "write_bytes: %d", &n)
	}
	return n
}

// postgres is a cluster of its own.
type postgres struct {
	cmd  *exec.Cmd
	dsn  string
	data string
}

func (r *run) postgres(d *disk) (*postgres, error) {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		return nil, errors.New("PostgreSQL is needed (apt-get install postgresql)")
	}
	dir, err := r.temp("pg")
	if err != nil {
		return nil, err
	}
	bin, data := bins[len(bins)-1], filepath.Join(dir, "data")
	as := []string{}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		as = []string{"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"}
		if out, err := exec.Command("chown", "postgres", dir).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("chown: %s", out)
		}
	}
	init := append(as, bin+"/initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--no-locale", "-N", "-U", "postgres")
	if out, err := exec.Command(init[0], init[1:]...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %s", out)
	}
	args := d.wrap(r.dir, append(as, bin+"/postgres", "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "log_min_messages=fatal"))
	p := &postgres{cmd: exec.Command(args[0], args[1:]...), dsn: "host=" + dir + " user=postgres dbname=postgres", data: data}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	r.mustStop(p.halt)
	return p, until(30*time.Second, func() error {
		c, err := pgx.Connect(context.Background(), p.dsn)
		if err == nil {
			c.Close(context.Background())
		}
		return err
	})
}

func (p *postgres) stop() {
	if p == nil {
		return
	}
	p.halt()
	p.cmd.Wait()
}

func (p *postgres) halt() {
	if pid := p.pid(); pid > 0 {
		syscall.Kill(pid, syscall.SIGQUIT) // its files are thrown away
	}
}

func (p *postgres) pid() int {
	b, _ := os.ReadFile(filepath.Join(p.data, "postmaster.pid"))
	line, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(line)
	return pid
}

// written is what all processes of the cluster have had written.
func (p *postgres) written() (n int64) {
	if p == nil {
		return 0
	}
	for _, pid := range offspring(p.pid()) {
		n += (&process{pid: pid}).written()
	}
	return n
}

// offspring is a process with its children, and theirs.
func offspring(pid int) []int {
	all := []int{pid}
	kids, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for _, k := range strings.Fields(string(kids)) {
		if id, err := strconv.Atoi(k); err == nil {
			all = append(all, offspring(id)...)
		}
	}
	return all
}

// cpu is the processor time of a process and its offspring, of those that have
// ended too. Unlike the clock it does not depend on what else runs.
func cpu(pid int) (sum time.Duration) {
	for _, pid := range offspring(pid) {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if len(f) < 15 {
			continue
		}
		for _, ticks := range f[11:15] { // utime, stime, and the same of children
			n, _ := strconv.ParseInt(ticks, 10, 64)
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}

// until repeats f until it succeeds.
func until(most time.Duration, f func() error) error {
	for end := time.Now().Add(most); ; time.Sleep(5 * time.Millisecond) {
		err := f()
		if err == nil || time.Now().After(end) {
			return err
		}
	}
}

// freePort is a port of loopback that nobody listened on a moment ago.
func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
