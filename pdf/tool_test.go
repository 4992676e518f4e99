package pdf

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// must calls an outside program, which has to be installed.
func must(t testing.TB, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed for this test and is not installed", name)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func temp(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const libreOffice = "testdata/quyet-dinh.pdf"

// qpdf rewrites the LibreOffice file with the options.
func qpdf(t testing.TB, opts ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "q.pdf")
	must(t, "qpdf", append(opts, libreOffice, out)...)
	return read(t, out)
}

// shapes are the forms in which the same document comes.
func shapes(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"libreoffice":               read(t, libreOffice),
		"ghostscript":               read(t, "testdata/quyet-dinh-gs.pdf"),
		"object streams":            qpdf(t, "--object-streams=generate"),
		"linearized":                qpdf(t, "--linearize"),
		"linearized object streams": qpdf(t, "--linearize", "--object-streams=generate"),
		"plain streams":             qpdf(t, "--stream-data=uncompress"),
	}
}

func mustOpen(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// build writes a small file with a classic table from object bodies 1, 2, …;
// trailer is added to /Size and /Root 1 0 R.
func build(trailer string, bodies ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	off := make([]int, len(bodies))
	for i, s := range bodies {
		off[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, s)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f\r\n", len(bodies)+1)
	for _, o := range off {
		fmt.Fprintf(&b, "%010d 00000 n\r\n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", len(bodies)+1, trailer, at)
	return b.Bytes()
}

const (
	catalog  = "<</Type /Catalog /Pages 2 0 R>>"
	onePage  = "<</Type /Pages /Kids [3 0 R] /Count 1>>"
	pageHead = "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
)
