package pdf

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A header is found however it is written. iso32000-2:7.2.4 7.3.10
func TestScan(t *testing.T) {
	for text, want := range map[string]string{
		"7 0 obj":         "7:0",
		"7 0 obj 8 1 obj": "7:0 8:1",
		"7 0obj<<":        "7:0",
		"x7 0 obj":        "7:0",
		"7\x00\t\f\r\n 0 " + strings.Repeat(" ", 99) + "obj": "7:0",
		"7%\n0 % 5 5\r%%\n obj":                              "7:0 5:5",
		"7 %8 9 obj\n0 obj":                                  "8:9 7:0",
		"00007 000 obj":                                      "7:0",
		"99999999999999999999 0 obj":                         "2147483647:0",
		"7 99999 obj":                                        "7:99999",
		"7 0 %obj":                                           "",
		"7 0 (a) obj":                                        "",
		"70 obj":                                             "",
		"7 0 ob":                                             "",
		"7 0":                                                "",
		"7":                                                  "",
		"7 " + strings.Repeat("0", 70):                       "",
		"1 2 3 4 obj":                                        "3:4",
		"7 % no end of line 5 6 obj ":                        "5:6",
		"7 0 endobj 8 0 % \xff\n\robj ":                      "8:0",
	} {
		f := newFile([]byte(text), &budget{})
		var got []string
		for _, x := range f.Scan(0, int64(len(text))) {
			got = append(got, fmt.Sprintf("%d:%d", x.Num, x.Gen))
		}
		slices.Sort(got)
		asked := strings.Fields(want)
		slices.Sort(asked)
		if !slices.Equal(got, asked) {
			t.Errorf("%.60q: %v, want %q", text, got, want)
		}
	}
}

// What the scan sees is what the reader takes for a header, and all of it.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"7 0 obj", "7 %8 9 obj\n0 obj", "1%1%1\n%\n5 %\n%\nobj", "00000000000000000001200 obj", "1 2 3 obj obj"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found := map[int64]bool{}
		for _, x := range newFile(data, &budget{}).Scan(0, int64(len(data))) {
			found[x.Offset] = true
		}
		for p := range data {
			l := lexer{data: data, pos: p}
			// the reader may be sent into the middle of a number, or before white space
			if _, _, ok := l.header(); ok && isDigit(data[p]) && (p == 0 || !isDigit(data[p-1])) && !found[int64(p)] {
				t.Errorf("header at %d of %q not found", p, data)
			}
		}
	})
}

// Where sections end inside each other, each still has the mark that follows it.
func TestRevisionEnds(t *testing.T) {
	data := []byte("0123%%EOF\r\n1%%EOF2")
	got := revisionEnds(data, []section{{end: 0}, {end: 12}, {end: 4}, {end: 5}, {end: 16}, {end: 0}})
	for at, want := range map[int64]int64{0: 9, 4: 9, 5: 17, 12: 17, 16: int64(len(data))} {
		if got[at] != want {
			t.Errorf("behind %d: %d, want %d", at, got[at], want)
		}
	}
}

// Bytes that the table does not account for are told. iso32000-2:7.5.6
func TestStray(t *testing.T) {
	first := build("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R>>")
	prev := strings.LastIndex(string(first), "xref\n0")
	update := func(before, between, tail string) []byte {
		out := slices.Concat(first, []byte(before))
		at := len(out)
		out = fmt.Appendf(out, "3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n%s", between)
		xref := len(out)
		return fmt.Appendf(out, "xref\n3 1\n%010d 00000 n\r\ntrailer\n<</Size 9/Root 1 0 R/Prev %d>>\n%sstartxref\n%d\n%%%%EOF\n", at, prev, tail, xref)
	}
	for name, c := range map[string]struct {
		data  []byte
		stray bool
	}{
		"nothing":              {update("", "", ""), false},
		"comments and spaces":  {update("%PDF-1.7\n%\xe2\xe3\n\x00 ", "% 1 0 ob\n", "%x\n"), false},
		"a word before":        {update("x\n", "", ""), true},
		"a word between":       {update("", "5 0 /x obj<<>>endobj\n", ""), true},
		"a word in the ending": {update("", "", "trailer\n<</Root 9 0 R>>\n"), true},
	} {
		f, err := Open(c.data)
		if err != nil || len(f.Revisions()) != 2 {
			t.Fatal(name, err)
		}
		if at, yes := f.Stray(1); yes != c.stray {
			t.Errorf("%s: %v at %d, want %v", name, yes, at, c.stray)
		}
	}
}
