package pades

import (
	"context"
	"os"
	"testing"
)

// A picture of the page named /P or /Parent in its resources is no way back up:
// defining it after the signature changes what was signed.
func TestNamesOfBackLinksAreNotSkipped(t *testing.T) {
	for _, name := range []string{"P", "Parent"} {
		for _, c := range []struct {
			file    string
			invalid bool
		}{{name + "-base.pdf", false}, {name + "-sprung.pdf", true}} {
			data, err := os.ReadFile("testdata/backlinks/" + c.file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Verify(context.Background(), data, VerifyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if (r.Result == Invalid) != c.invalid {
				t.Errorf("%s: %s: %s", c.file, r.Result, r.Sentence)
			}
		}
	}
}
