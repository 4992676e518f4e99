package edxml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var expectLine = regexp.MustCompile(`<!-- expect: (.*) -->`)

// TestVectors reads each packet of testdata/packets and compares with the
// expectation that it carries in its last comment.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/packets/*.edxml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d vectors, %v", len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := expectLine.FindSubmatch(b)
		if want == nil {
			t.Fatalf("%s has no expect: line", name)
		}
		if got := describe(b); got != string(want[1]) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want[1])
		}
	}
}

func describe(b []byte) string {
	p, err := Read(bytes.NewReader(b), Options{})
	var e *Error
	if errors.As(err, &e) {
		return fmt.Sprintf("error %s at %d", e.Code, e.Offset)
	}
	var targets, files, findings []string
	for _, r := range p.Targets() {
		targets = append(targets, r.DocumentID)
	}
	for _, a := range p.Attachments {
		files = append(files, fmt.Sprintf("%s/%s/%d", a.Name, a.Format, a.Size))
	}
	for _, f := range ValidateOn(p, now) {
		findings = append(findings, f.Code)
	}
	k := p.Key()
	list := func(s []string) string { return "[" + strings.Join(s, " ") + "]" }
	return fmt.Sprintf("kind=%s from=%s id=%s targets=%s signature=%s files=%s findings=%s",
		p.Kind(), k.From, k.Document, list(targets), p.Signature.Kind, list(files), list(findings))
}

// A packet in any habit, read and written by us, means the same again.
func TestVectorsSurviveRewriting(t *testing.T) {
	files, err := filepath.Glob("testdata/packets/*.edxml")
	if err != nil {
		t.Fatal(err)
	}
	survived := 0
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var contents [][]byte
		p, err := Read(bytes.NewReader(b), Options{Attachment: func(_ Attachment, r io.Reader) error {
			c, err := io.ReadAll(r)
			contents = append(contents, c)
			return err
		}})
		if err != nil {
			continue // what is refused is not written again
		}
		for i := range p.Attachments {
			p.Attachments[i].Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(contents[i])), nil }
		}
		again := mustRead(t, write(t, p))
		ours := cmpopts.IgnoreFields(Packet{}, "Namespace", "Problems", "Signature") // Write uses NS, sound values and no signature
		if d := cmp.Diff(p, again, ours, cmpopts.IgnoreFields(Attachment{}, "Open"), cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
		survived++
	}
	if survived < 20 {
		t.Errorf("only %d packets were rewritten", survived)
	}
}
