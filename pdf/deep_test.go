package pdf

import (
	"fmt"
	"strings"
	"testing"
)

// A stream may give its length by another object. A chain of such streams costs
// neither the stack nor the process: the file is too big, from wherever it is read.
// iso32000-2:7.3.8.2
func TestChainOfLengths(t *testing.T) {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Contents 10 0 R>>endobj\n")
	const last = 3000
	for i := 10; i < last; i++ {
		fmt.Fprintf(&b, "%d 0 obj<</Length %d 0 R>>stream\n\nendstream endobj\n", i, i+1)
	}
	b.WriteString("trailer<</Root 1 0 R>>\n")
	f, err := Open([]byte(b.String()))
	if err != nil {
		if !Is(err, TooBig) {
			t.Fatal(err)
		}
		return
	}
	for _, n := range []int{10, last - 20, 1500} {
		if _, err := f.Load(n); !Is(err, TooBig) {
			t.Errorf("object %d: %v", n, err)
		}
	}
}
