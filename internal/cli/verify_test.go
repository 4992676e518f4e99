package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/db"
	"vanthu/internal/demo"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/office"
)

// A sealed document and a receipt of the hub are checked offline with nothing
// but the trust folder: status 0 for valid, 1 for broken, 2 where trust is
// missing (ND23-16, ND23-17, HT33-8.2.i).
func TestVerifyOffline(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a month of documents")
	}
	ctx := context.Background()
	dir := t.TempDir()
	w, err := demo.Open(ctx, demo.Options{Dir: dir, Month: true})
	if err != nil {
		t.Fatal(err)
	}
	o, _ := w.Host.Office("000.00.15.H99")
	sealed, receipt := issued(t, o)
	w.Close() // no OCSP, no hub: offline
	pdf, broken, rec := filepath.Join(dir, "a.pdf"), filepath.Join(dir, "b.pdf"), filepath.Join(dir, "r.receipt")
	bad := append([]byte{}, sealed...)
	bad[len(bad)/3]++
	forged := append([]byte{}, receipt...)
	forged[len(forged)/2]++
	fake := filepath.Join(dir, "f.receipt")
	for name, data := range map[string][]byte{pdf: sealed, broken: bad, rec: receipt, fake: forged} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trust := filepath.Join(dir, "trust")
	for _, x := range []struct {
		name  string
		files []string
		trust string
		want  exit
	}{
		{"valid document", []string{pdf}, trust, 0},
		{"valid receipt", []string{rec}, trust, 0},
		{"broken document among valid ones", []string{pdf, broken}, trust, 1},
		{"forged receipt", []string{fake}, trust, 1},
		{"nobody is trusted", []string{pdf}, "", 2},
	} {
		err := (&verifyCmd{Files: x.files, Trust: x.trust, Offline: true}).Run(ctx, io.Discard)
		var e exit
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%s: %v", x.name, err)
		}
		if e != x.want {
			t.Errorf("%s: exit %d, want %d", x.name, e, x.want)
		}
	}
}

// A verify that could not begin, or was interrupted, says so on the error output and
// ends with a status that is no verdict; other commands keep theirs.
func TestVerifyNotDone(t *testing.T) {
	dir := t.TempDir()
	pdf, trust := filepath.Join(dir, "a.pdf"), filepath.Join(dir, "trust")
	if err := errors.Join(os.WriteFile(pdf, []byte("%PDF-1.7"), 0o600), os.MkdirAll(filepath.Join(trust, "demo"), 0o700),
		os.WriteFile(filepath.Join(trust, "demo", "a.crt"), []byte("rác"), 0o600)); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, x := range []struct {
		err  error
		want int
		says string
	}{
		{(&verifyCmd{Files: []string{pdf}, Trust: trust, Offline: true}).Run(t.Context(), io.Discard), 3, "thư mục tin cậy"},
		{(&verifyCmd{Files: []string{pdf, pdf}, Detached: pdf}).Run(t.Context(), io.Discard), 3, "--detached"},
		{(&verifyCmd{Files: []string{pdf}, Offline: true}).Run(gone, io.Discard), 3, "bị ngắt"},
		{(&verifyCmd{Files: []string{pdf}, Offline: true}).Run(t.Context(), io.Discard), 2, ""},
		{errors.New("hỏng"), 1, "hỏng"},
		{nil, 0, ""},
	} {
		said, status := onStderr(t, func() int { return statusOf(x.err) })
		if status != x.want || !strings.Contains(said, x.says) || (said == "") != (x.says == "") {
			t.Errorf("%v: exit %d, %q", x.err, status, said)
		}
	}
	if _, status := onStderr(t, func() int { return run([]string{"check", "--no-such-flag"}, io.Discard) }); status != 2 {
		t.Errorf("another command's flags: exit %d", status)
	}
}

// onStderr gives what a call writes on the error output.
func onStderr(t *testing.T, call func() int) (string, int) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	was := os.Stderr
	os.Stderr = f
	status := call()
	os.Stderr = was
	said, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(said), status
}

func issued(t *testing.T, o *office.Office) (sealed, receipt []byte) {
	t.Helper()
	err := o.Read(context.Background(), func(v *db.View) error {
		id, err := db.Value[document.ID](v, `SELECT document FROM delivery WHERE channel = 'hub' ORDER BY id LIMIT 1`)
		if err != nil {
			return err
		}
		f, err := document.Newest(v, id, document.Sealed_)
		if err != nil {
			return err
		}
		if sealed, err = o.Blobs.Read(f.Hash); err != nil {
			return err
		}
		lines, err := exchange.Of(v, id)
		if err != nil {
			return err
		}
		events, err := exchange.Events(v, lines[0].ID)
		if err != nil {
			return err
		}
		receipt, err = o.Blobs.Read(events[0].Receipt)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sealed, receipt
}

// What a file says of itself stays on its line and does not steer the terminal.
func TestVerdictStaysOnItsLine(t *testing.T) {
	var out strings.Builder
	say(&out, "%s: %s", "a.pdf", "Không hợp lệ\nb.pdf: Hợp lệ\x1b[2J\x7f\u2028.")
	if got := out.String(); strings.Count(got, "\n") != 1 || strings.ContainsAny(got, "\x1b\x7f\u2028") {
		t.Errorf("%q", got)
	}
}
