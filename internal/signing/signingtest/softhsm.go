package signingtest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/token"
)

// KeyKinds are the kinds of key that tokens in use hold.
var KeyKinds = []string{"RSA-2048", "RSA-3072", "RSA-4096", "P-256", "P-384", "P-521"}

// largest is the one key of 4096 bits: its primes are searched once for all tests.
var largest = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 4096) })

// NewKey makes a key of a kind.
func NewKey(t *testing.T, kind string) crypto.Signer {
	t.Helper()
	var k crypto.Signer
	var err error
	switch kind {
	case "RSA-2048":
		k, err = rsa.GenerateKey(rand.Reader, 2048)
	case "RSA-3072":
		k, err = rsa.GenerateKey(rand.Reader, 3072)
	case "RSA-4096":
		k, err = largest()
	case "P-521":
		k, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "P-384":
		k, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	default:
		k, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The PIN of test tokens.
const PIN = "739154"

// SoftHSM is a real PKCS#11 token in a directory of the test, and the agent
// over it.
type SoftHSM struct {
	t      *testing.T
	dir    string
	Socket string
}

// Module is the library that the Debian package softhsm2 installs.
const Module = "/usr/lib/softhsm/libsofthsm2.so"

// NewSoftHSM makes an empty token; tools/setup.sh installs what it needs.
func NewSoftHSM(t *testing.T) *SoftHSM {
	t.Helper()
	dir, err := os.MkdirTemp("", "vt") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	h := &SoftHSM{t: t, dir: dir, Socket: filepath.Join(dir, "token.sock")}
	conf := "directories.tokendir = " + filepath.Join(dir, "tokens") + "\nobjectstore.backend = file\nlog.level = ERROR\n"
	if err := os.MkdirAll(filepath.Join(dir, "tokens"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "softhsm2.conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	h.run("softhsm2-util", "--init-token", "--free", "--label", "vanthu", "--pin", PIN, "--so-pin", "58274163")
	return h
}

func (h *SoftHSM) env() []string {
	return append(os.Environ(), "SOFTHSM2_CONF="+filepath.Join(h.dir, "softhsm2.conf"), "HOME="+h.dir)
}

func (h *SoftHSM) run(name string, args ...string) {
	h.t.Helper()
	c := exec.Command(name, args...)
	c.Env = h.env()
	if out, err := c.CombinedOutput(); err != nil {
		h.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// Put brings a key with its certificates onto the token, under an id in hex;
// it does all mechanisms, or only some, as pkcs11-tool names them.
func (h *SoftHSM) Put(id string, key crypto.Signer, chain []*x509.Certificate, only ...string) {
	h.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		h.t.Fatal(err)
	}
	use := []string{"--usage-sign", "--usage-decrypt", "--usage-derive"}
	if len(only) > 0 {
		use = append(use, "--allowed-mechanisms", strings.Join(only, ","))
	}
	h.object(id, "privkey", "khoa "+id, der, use...)
	for i, c := range chain {
		at := id
		if i > 0 {
			at = "f" + id[1:]
		}
		h.object(at, "cert", c.Subject.CommonName, c.Raw)
	}
}

// Certify brings one more certificate onto the token, under the id of its key.
func (h *SoftHSM) Certify(id string, c *x509.Certificate) {
	h.t.Helper()
	h.object(id, "cert", c.Subject.CommonName, c.Raw)
}

func (h *SoftHSM) object(id, kind, label string, data []byte, more ...string) {
	h.t.Helper()
	file := filepath.Join(h.dir, "object.der")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.run("pkcs11-tool", append([]string{"--module", Module, "--login", "--pin", PIN, "--write-object", file, "--type", kind, "--id", id, "--label", label}, more...)...)
}

// Start builds the agent and runs it until the test ends. Further arguments
// are the agent's.
func (h *SoftHSM) Start(args ...string) {
	h.t.Helper()
	binary := filepath.Join(h.dir, "vanthu-token")
	build := exec.Command("go", "build", "-o", binary, "vanthu/agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		h.t.Fatalf("the agent does not build: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, binary, append([]string{"--module", Module, "--socket", h.Socket}, args...)...)
	var log strings.Builder
	c.Env, c.Stderr, c.Stdout = h.env(), &log, &log
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 5 * time.Second
	if err := c.Start(); err != nil {
		h.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { c.Wait(); close(ended) }()
	h.t.Cleanup(func() {
		stop()
		<-ended
		if strings.Contains(log.String(), PIN) {
			h.t.Errorf("the agent's log tells the PIN:\n%s", log.String())
		}
	})
	agent := token.NewClient(h.Socket)
	for {
		if _, err := agent.Keys(h.t.Context()); err == nil {
			return
		}
		select {
		case <-ended:
			h.t.Fatalf("the agent ended:\n%s", log.String())
		case <-h.t.Context().Done():
			h.t.Fatal("the agent does not answer")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Certified is a key with a certificate of the demonstration authority.
type Certified struct {
	Key   crypto.Signer
	Chain []*x509.Certificate
}

// Signer is the key as software holds it.
func (c Certified) Signer(t *testing.T) *cms.SoftwareSigner {
	t.Helper()
	s, err := cms.NewSoftwareSigner(c.Key, c.Chain[0], c.Chain[1:])
	if err != nil {
		t.Fatal(err)
	}
	return s
}
