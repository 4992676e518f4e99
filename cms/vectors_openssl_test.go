package cms

import (
	"bytes"
	"cmp"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/vectortest"
)

// TestVectorsInOpenSSL_ND23_16: of what it can judge, openssl says what the index
// says of it. It judges less, and some of what is refused here passes there.
func TestVectorsInOpenSSL_ND23_16(t *testing.T) { askOpenSSL(t, vectorDir) }

func askOpenSSL(t *testing.T, dir string) {
	for _, e := range vectortest.Read(t, dir, vectorKeys...) {
		if e["openssl"] == "" {
			continue
		}
		t.Run("openssl/"+e["file"], func(t *testing.T) {
			if got, said := (vectorJury{t, dir}).openssl(e); got != e["openssl"] {
				t.Errorf("%s, want %s\n%s", got, e["openssl"], said)
			}
		})
	}
}

// openssl is its word on a file, and what it printed.
func (j vectorJury) openssl(e vectortest.Entry) (word, said string) {
	var args []string
	root, issuing, file := j.path("trust/demo/root.pem"), j.path("given/issuing.pem"), j.path(e["file"])
	at := []string{"-CAfile", root, "-attime", fmt.Sprint(j.moment(e, "time", j.moment(e, "now", noon)).Add(time.Hour).Unix())}
	family := path.Dir(e["file"])
	out := filepath.Join(j.t.TempDir(), "out")
	switch family {
	case "signed":
		args = slices.Concat([]string{"cms", "-verify", "-binary", "-inform", "DER", "-in", file, "-purpose", "any", "-out", out}, at)
		if path.Ext(file) == ".p7s" {
			args = append(args, "-content", j.path("given/"+cmp.Or(e["content"], "content.txt")))
		}
		if e["bound"] != "" || strings.HasSuffix(e["expect"], "binding") {
			args = append(args, "-cades")
		}
	case "stamps":
		others := issuing
		if e["with"] != "" { // openssl takes one file
			others = write(j.t, j.t.TempDir(), "others", slices.Concat(j.file("given/"+e["with"]+".pem"), read(j.t, issuing)))
		}
		args = slices.Concat([]string{"ts", "-verify", "-in", file, "-data", j.path("given/content.txt"), "-untrusted", others}, at)
		if path.Ext(file) == ".tst" {
			args = append(args, "-token_in")
		}
	case "encrypted":
		args = []string{"cms", "-decrypt", "-binary", "-inform", "DER", "-in", file, "-recip", j.path("given/" + e["for"] + ".pem"), "-inkey", j.path("given/" + e["for"] + ".key"), "-out", out}
	default:
		return j.opensslAnswer(e, at)
	}
	said, ok := ask(args...)
	switch {
	case !ok:
		return "refused", said
	case family != "encrypted":
		return "verified", said
	case !bytes.Equal(read(j.t, out), j.file("given/"+cmp.Or(e["content"], "content.txt"))):
		return "opens as something else", said
	}
	return "opens", said
}

// stateLine is openssl's word on an OCSP answer: beside the name of the
// certificate, or alone on a line if it warns that the answer is not of today.
var stateLine = regexp.MustCompile(`(?m)^(?:.*subject\.pem: )?(good|revoked)$`)

// opensslAnswer asks about the state of given/subject.pem. openssl compares the
// times of OCSP answers with today, so what it says of them is not listened to.
func (j vectorJury) opensslAnswer(e vectortest.Entry, at []string) (word, said string) {
	subject, issuing, file := j.path("given/subject.pem"), j.path("given/issuing.pem"), j.path(e["file"])
	if path.Ext(file) == ".crl" {
		said, ok := ask(slices.Concat([]string{"verify", "-crl_check", "-CRLfile", file, "-untrusted", issuing}, at, []string{subject})...)
		switch {
		case ok:
			return "good", said
		case strings.Contains(said, "certificate revoked"):
			return "revoked", said
		}
		return "unknown", said
	}
	// Each -cert is asked for by the hash before it.
	said, _ = ask(slices.Concat([]string{"ocsp", "-respin", file, "-issuer", issuing, "-cert", subject, "-sha256", "-cert", subject, "-no_nonce"}, at)...)
	state := stateLine.FindStringSubmatch(said)
	if state == nil || !strings.Contains(said, "Response verify OK") {
		return "unknown", said
	}
	return state[1], said
}

func (j vectorJury) path(name string) string { return filepath.Join(j.dir, name) }

// ask runs openssl and returns what it prints.
func ask(args ...string) (said string, ok bool) {
	out, err := exec.Command("openssl", args...).CombinedOutput()
	return strings.Join(args, " ") + "\n" + string(out), err == nil
}
