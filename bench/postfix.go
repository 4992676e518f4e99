package main

import (
	"fmt"
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
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	p.cmd.Wait()
}

func (p *postfix) halt() { exec.Command("postfix", "-c", p.conf, "stop").Run() }

// relay sends count messages of about size bytes, each to so many recipients,
// over ten connections, and returns when all were delivered.
func (p *postfix) relay(count, size, recipients int) (time.Duration, error) {
	sink := exec.Command("smtp-sink", "-M", strconv.Itoa(count*recipients), "-m", "300", fmt.Sprintf("127.0.0.1:%d", p.out), "300")
	if os.Getuid() == 0 {
		sink.Args = append(sink.Args[:1], append([]string{"-u", "nobody"}, sink.Args[1:]...)...)
	}
	sink.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := sink.Start(); err != nil {
		return 0, err
	}
	defer sink.Process.Kill()
	if err := until(5*time.Second, func() error { return p.sinkListens() }); err != nil {
		return 0, err
	}
	start := time.Now()
	out, err := exec.Command("smtp-source", "-d", "-s", strconv.Itoa(min(senders, count)), "-m", strconv.Itoa(count), "-l", strconv.Itoa(size),
		"-r", strconv.Itoa(recipients), "-f", "a@bench.example", "-t", "b@elsewhere.example", fmt.Sprintf("127.0.0.1:%d", p.in)).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("smtp-source: %v: %s", err, out)
	}
	done := make(chan error, 1)
	go func() { done <- sink.Wait() }()
	select {
	case err = <-done:
		return time.Since(start), err
	case <-time.After(5 * time.Minute):
		return 0, fmt.Errorf("postfix did not deliver %d messages in 5 min", count*recipients)
	}
}

// sinkListens looks in the kernel's table: a connection would count.
func (p *postfix) sinkListens() error {
	b, err := os.ReadFile("/proc/net/tcp")
	if err == nil && !strings.Contains(string(b), fmt.Sprintf("0100007F:%04X 00000000:0000 0A", p.out)) {
		err = fmt.Errorf("smtp-sink does not listen")
	}
	return err
}
