package tep

import (
	"bytes"
	"os"
	"strconv"
	"testing"

	"vanthu/internal/fail"
	"vanthu/pades"
	"vanthu/pdf"
)

// What a signature covers is what is shown as signed (ND23-16).
func TestAsSigned_ND23_16(t *testing.T) {
	data, err := os.ReadFile("../../../pades/testdata/vectors/flow-a.pdf")
	if err != nil {
		t.Fatal(err)
	}
	r, err := pades.Verify(t.Context(), data, pades.VerifyOptions{})
	if err != nil || len(r.Signatures) != 2 {
		t.Fatal(err)
	}
	for _, s := range r.Signatures {
		got, err := asOf(data, strconv.Itoa(s.Revision))
		if err != nil || !bytes.Equal(got, s.Covers(data)) {
			t.Errorf("%s: %d bytes, %v", s.Field, len(got), err)
		}
		if _, err := pdf.Open(got); err != nil {
			t.Error(err)
		}
	}
	for _, n := range []string{"0", "-1", "99", "x"} {
		if _, err := asOf(data, n); !fail.Is(err, fail.Hidden) {
			t.Errorf("%s: %v", n, err)
		}
	}
	if _, err := asOf([]byte("no PDF"), "1"); !fail.Is(err, fail.Hidden) {
		t.Error(err)
	}
}
