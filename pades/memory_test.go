package pades

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
)

// What package pdf promises, and Verify with it, whatever a file holds.
const (
	promiseBase   = 256 << 20
	promiseFactor = 8
)

// peak is the most memory that f has in use at a time, as far as sampling sees.
func peak(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // what is no longer needed goes at once
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	used := func() uint64 { metrics.Read(sample); return sample[0].Value.Uint64() }
	before, most := used(), uint64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, used())
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	f()
	most = max(most, used())
	close(stop)
	<-done
	return most - min(most, before)
}

// deflated is a stream object of s.
func deflated(dict, s string) string {
	st := pdf.Compress(pdf.Dict{}, []byte(s))
	return fmt.Sprintf("<<%s /Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream", dict, len(st.Data), st.Data)
}

// packed is a file whose objects from 10 on stand in one object stream, all at
// the given offsets into body; the others are plain.
func packed(body string, offsets []int, extra map[int]string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	size := 10 + len(offsets)
	rows := make([][3]int, size)
	put := func(n int, s string) {
		rows[n] = [3]int{1, b.Len(), 0}
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, s)
	}
	var head strings.Builder
	for i, off := range offsets {
		fmt.Fprintf(&head, "%d %d ", 10+i, off)
		rows[10+i] = [3]int{2, 4, i}
	}
	put(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/DSS 6 0 R>>")
	put(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
	for n, s := range extra {
		put(n, s)
	}
	put(4, deflated(fmt.Sprintf("/Type/ObjStm /N %d /First %d", len(offsets), head.Len()), head.String()+body))
	at := b.Len()
	rows[9] = [3]int{1, at, 0}
	var table strings.Builder
	for _, r := range rows {
		table.Write([]byte{byte(r[0]), byte(r[1] >> 24), byte(r[1] >> 16), byte(r[1] >> 8), byte(r[1]), byte(r[2] >> 16), byte(r[2] >> 8), byte(r[2])})
	}
	fmt.Fprintf(&b, "9 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", deflated(fmt.Sprintf("/Type/XRef /Size %d /W [1 4 3] /Root 1 0 R", size), table.String()), at)
	return b.Bytes()
}

const blankPage = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"

// hostile are files that are small and want much.
func hostile() map[string][]byte {
	page := map[int]string{3: blankPage}
	same := make([]int, 2000)
	refs := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	fonts := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<<" + refs(4000, func(i int) string { return fmt.Sprintf("/F%d %d 0 R", i, 7+i) }) + ">>>>>>",
		deflated("", "BT "+refs(4000, func(i int) string { return fmt.Sprintf("/F%d 9 Tf <0001> Tj ", i) })+"ET"),
		deflated("", "beginbfchar\n"+refs(60_000, func(i int) string { return fmt.Sprintf("<%04x> <0041>", i) })+"endbfchar"),
		"[<</W [" + refs(2000, func(i int) string { return "0 65535 500 " }) + "]>>]"}
	for range 4000 {
		fonts = append(fonts, "<</Subtype/Type0/ToUnicode 5 0 R/DescendantFonts 6 0 R>>")
	}
	long := "<" + strings.Repeat("3082", 1<<19) + ">"
	sigs := []string{"<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", blankPage,
		"<</Fields[" + refs(15_000, func(i int) string { return fmt.Sprintf("%d 0 R ", 15+i) }) + "]>>"}
	for range 10 {
		sigs = append(sigs, "<</Type/Sig/Contents "+long+"/ByteRange[0 1 2 3]>>")
	}
	for i := range 15_000 {
		sigs = append(sigs, fmt.Sprintf("<</FT/Sig/T(%d)/V %d 0 R>>", i, 5+i%10))
	}
	bomb := deflated("", strings.Repeat("\x00", 60<<20))
	dss := []string{"<</Type/Catalog/Pages 2 0 R/DSS 4 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", blankPage,
		"<</Certs[5 0 R 6 0 R 7 0 R 8 0 R 9 0 R 10 0 R]/CRLs[5 0 R 6 0 R]>>", bomb, bomb, bomb, bomb, bomb, bomb}
	return map[string][]byte{
		"one array, many names":   packed("["+strings.Repeat("1 ", 10_000_000)+"]", same, page),
		"one dict, many names":    packed("<<"+refs(400_000, func(i int) string { return fmt.Sprintf("/%d<<>>", i) })+">>", same, page),
		"empty dictionaries":      plainPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", blankPage, "["+strings.Repeat("<<>>", 1<<20)+"]"),
		"many objects":            packed("1 ", make([]int, 900_000), page),
		"fonts":                   plainPDF(fonts...),
		"glyphs":                  plainPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F<</Subtype/Type1>>>>>>>>", deflated("", "BT /F 9 Tf "+strings.Repeat("("+strings.Repeat("a", 500)+") Tj ", 20_000)+"ET")),
		"signatures of one":       plainPDF(sigs...),
		"overlapping objects":     overlapping(200, 1<<20),
		"predictor":               plainPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/Contents["+strings.Repeat("4 0 R ", 1000)+"]>>", strings.Replace(deflated("", "xx"), "/Filter", "/DecodeParms<</Predictor 12/Columns 1000000/Colors 32/BitsPerComponent 16>>/Filter", 1)),
		"evidence":                plainPDF(dss...),
		"content over and over":   plainPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/Contents["+strings.Repeat("4 0 R ", 100)+"]>>", bomb),
		"forms inside each other": nested(),
	}
}

// overlapping are signature dictionaries that all run into one long tail.
func overlapping(n, tail int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := []int{}
	obj := func(s string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s", len(offsets), s)
	}
	obj("<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>\nendobj\n")
	obj("<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n")
	obj(blankPage + "\nendobj\n")
	var fields strings.Builder
	for i := range n {
		fmt.Fprintf(&fields, "<</FT/Sig/T(%d)/V %d 0 R>> ", i, 6+i)
	}
	obj("<</Fields 5 0 R>>\nendobj\n")
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "%d 0 R ", 6+n+i)
	}
	obj("[" + list.String() + "]\nendobj\n")
	for range n {
		obj("<</Type/Sig ")
	}
	fmt.Fprintf(&b, "/Contents <%s> >>\nendobj\n", strings.Repeat("30", tail))
	for i := range n {
		obj(fmt.Sprintf("<</FT/Sig/T(%d)/V %d 0 R>>\nendobj\n", i, 6+i))
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f\r\n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n\r\n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, at)
	return b.Bytes()
}

// nested are forms that draw each other, each with a long content.
func nested() []byte {
	objs := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>", "<</Length 5>>\nstream\n/A Do\nendstream"}
	for i := range 11 {
		objs = append(objs, deflated(fmt.Sprintf("/Subtype/Form/Resources<</XObject<</A %d 0 R>>>>", 6+i), strings.Repeat(" ", 30<<20)+"/A Do"))
	}
	return plainPDF(objs...)
}

// TestMemoryIsBounded: no file takes more than the stated base and multiple of
// its size, and none takes for ever.
func TestMemoryIsBounded(t *testing.T) {
	for name, data := range hostile() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			used := peak(func() {
				f, err := pdf.Open(data)
				if err != nil {
					t.Log(err)
					return
				}
				if _, err := f.Text(); err != nil {
					t.Log(err)
				}
				for n := range f.Entries() {
					f.Load(n)
				}
				if _, err := Verify(context.Background(), data, VerifyOptions{}); err != nil {
					t.Log(err)
				}
			})
			t.Logf("%d KB: %d MB, %v", len(data)>>10, used>>20, time.Since(start).Round(time.Millisecond))
			if limit := uint64(promiseBase + promiseFactor*len(data)); used > limit {
				t.Errorf("%d MB, at most %d", used>>20, limit>>20)
			}
		})
	}
}
