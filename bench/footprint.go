package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func build(bin string) error {
	cmd := exec.Command("go", "build", "-C", "..", "-trimpath", "-o", bin, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build (make build first): %v: %s", err, out)
	}
	return nil
}

// quietly starts a server of the product without listening to it.
func quietly(args []string) (*process, error) {
	p := &process{cmd: exec.Command(args[0], args[1:]...)}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.out, p.pid = nil, p.cmd.Process.Pid
	return p, nil
}

// footprint is B15: how soon an office answers, what it needs when idle, and
// what a browser loads first.
func (r *run) footprint() error {
	bin, err := r.binary()
	if err != nil {
		return err
	}
	info, err := os.Stat(bin)
	if err != nil {
		return err
	}
	dir, err := r.temp("office")
	if err != nil {
		return err
	}
	var best time.Duration
	var idle float64
	var page int
	for range r.rounds() {
		took, mb, size, err := r.startOffice(bin, dir)
		if err != nil {
			return err
		}
		if best == 0 || took < best {
			best = took
		}
		idle, page = max(idle, mb), size
	}
	r.line("B15", "an office starts", fmt.Sprintf("binary %d MB, first page after %.0f ms, best of %d", info.Size()>>20, best.Seconds()*1000, r.rounds()), best.Seconds()/0.3, "≤ 1 of 300 ms")
	r.line("B15", "an office idle", fmt.Sprintf("%.0f MB", idle), idle/50, "≤ 1 of 50 MB")
	r.line("B15", "first page", fmt.Sprintf("%.1f KB as sent, without scripts, styles and faces", float64(page)/1000), float64(page)/60_000, "≤ 1 of 60 KB")
	return nil
}

func (r *run) startOffice(bin, dir string) (took time.Duration, mb float64, page int, err error) {
	port := freePort()
	start := time.Now()
	p, err := quietly([]string{bin, "serve", "--data", dir, "--listen", fmt.Sprintf("127.0.0.1:%d", port)})
	if err != nil {
		return 0, 0, 0, err
	}
	defer p.kill()
	var body []byte
	err = until(20*time.Second, func() error {
		res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/vao", port))
		if err != nil {
			return err
		}
		defer res.Body.Close()
		body, err = io.ReadAll(res.Body)
		if err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", res.Status, bytes.TrimSpace(body))
		}
		return err
	})
	took = time.Since(start)
	time.Sleep(time.Second) // at rest
	return took, p.memory("VmRSS"), len(body), err
}
