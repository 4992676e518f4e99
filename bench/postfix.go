package main

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// postfix is Debian's mail server with a queue of its own. It takes messages
// from smtp-source and relays them to smtp-sink: every message is on the disk
// before it is accepted, as with the hub. Without TLS, without a directory, in
// its favour.
type postfix struct {
	conf    string
	in, out int // ports
	cmd     *exec.Cmd
	sink    *exec.Cmd
}

const mainCf = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
maillog_file =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = bench.example
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
relayhost = [127.0.0.1]:%[2]d
message_size_limit = 0
in_flow_delay = 0
default_destination_concurrency_limit = %[3]d
initial_destination_concurrency = %[3]d
smtp_destination_recipient_limit = 1
smtpd_recipient_limit = 1000
alias_maps =
alias_database =
local_recipient_maps =
`

func (r *run) postfix(d *disk) (*postfix, error) {
	dir, err := r.temp("postfix")
	if err != nil {
		return nil, err
	}
	p := &postfix{conf: dir + "/etc", in: freePort(), out: freePort()}
	for _, sub := range []string{"etc", "queue", "data"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	if out, err := exec.Command("chown", "postfix", dir+"/data").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("Postfix is needed (apt-get install postfix): %s", out)
	}
	master, err := os.ReadFile("/usr/share/postfix/master.cf.dist")
	if err != nil {
		return nil, fmt.Errorf("Postfix is needed (apt-get install postfix): %w", err)
	}
	var own strings.Builder
	for line := range strings.Lines(string(master)) {
		f := strings.Fields(line)
		if len(f) == 8 && f[4] == "y" { // no chroot
			f[4] = "n"
		}
		if len(f) >= 8 && f[0] == "smtp" && f[1] == "inet" {
			f[0] = fmt.Sprintf("127.0.0.1:%d", p.in)
		}
		if len(f) >= 8 && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, " ") {
			line = strings.Join(f, " ") + "\n"
		}
		own.WriteString(line)
	}
	if err := os.WriteFile(p.conf+"/main.cf", fmt.Appendf(nil, mainCf, dir, p.out, receivers), 0o644); err != nil {
		return nil, err
	}
	if err := os.WriteFile(p.conf+"/master.cf", []byte(own.String()), 0o644); err != nil {
		return nil, err
	}
	if out, err := exec.Command("postfix", "-c", p.conf, "check").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("postfix check: %s", out)
	}
	args := d.wrap(r.dir, []string{"/usr/lib/postfix/sbin/master", "-c", p.conf, "-d"})
	p.cmd = exec.Command(args[0], args[1:]...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	r.mustStop(p.halt)
	if err := p.receive(); err != nil {
		p.stop()
		return nil, err
	}
	return p, until(20*time.Second, func() error {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.in))
		if err == nil {
			c.Close()
		}
		return err
	})
}

func (p *postfix) stop() {
	if p == nil {
		return
	}
	p.halt()
	if p.sink.Process != nil {
		p.sink.Process.Kill()
		p.sink.Wait()
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	p.cmd.Wait()
}

func (p *postfix) halt() { exec.Command("postfix", "-c", p.conf, "stop").Run() }

// receive starts the server that the messages are relayed to.
func (p *postfix) receive() error {
	p.sink = exec.Command("smtp-sink", "-m", "300", fmt.Sprintf("127.0.0.1:%d", p.out), "300")
	if os.Getuid() == 0 {
		p.sink.Args = append(p.sink.Args[:1], append([]string{"-u", "nobody"}, p.sink.Args[1:]...)...)
	}
	p.sink.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.sink.Start(); err != nil {
		return err
	}
	return until(5*time.Second, p.sinkListens)
}

// relay sends count messages of about size bytes, each to so many recipients,
// over ten connections, and returns when nothing is left in the queue.
func (p *postfix) relay(count, size, recipients int) (time.Duration, error) {
	start := time.Now()
	out, err := exec.Command("smtp-source", "-d", "-s", strconv.Itoa(min(senders, count)), "-m", strconv.Itoa(count), "-l", strconv.Itoa(size),
		"-r", strconv.Itoa(recipients), "-f", "a@bench.example", "-t", "b@elsewhere.example", fmt.Sprintf("127.0.0.1:%d", p.in)).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("smtp-source: %v: %s", err, out)
	}
	err = until(5*time.Minute, p.delivered)
	return time.Since(start), err
}

// delivered says whether nothing is left of what was taken in.
func (p *postfix) delivered() error {
	for _, q := range []string{"maildrop", "incoming", "active", "deferred"} {
		n := 0
		filepath.WalkDir(filepath.Join(filepath.Dir(p.conf), "queue", q), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				n++
			}
			return nil
		})
		if n > 0 {
			return fmt.Errorf("%d messages are left in %s", n, q)
		}
	}
	return nil
}

// sinkListens looks in the kernel's table: a connection would count.
func (p *postfix) sinkListens() error {
	b, err := os.ReadFile("/proc/net/tcp")
	if err == nil && !strings.Contains(string(b), fmt.Sprintf("0100007F:%04X 00000000:0000 0A", p.out)) {
		err = fmt.Errorf("smtp-sink does not listen")
	}
	return err
}
