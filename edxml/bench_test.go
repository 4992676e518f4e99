package edxml

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
)

// sized is a business packet of about n bytes, its attachments incompressible.
func sized(tb testing.TB, n int) []byte {
	p := full()
	p.Attachments = nil
	room := (n - len(write(tb, p))) * 3 / 4
	rng := rand.NewChaCha8([32]byte{1})
	for i := 1; room > 600; i++ {
		size := min(room-400, 1<<20)
		content := make([]byte, size)
		_, _ = rng.Read(content)
		copy(content, "%PDF-1.7\n")
		p.Attachments = append(p.Attachments, file(fmt.Sprint(i), fmt.Sprintf("tệp %d.pdf", i), "application/pdf", content))
		room -= size + 400
	}
	return write(tb, p)
}

func readAndValidate(tb testing.TB, b []byte) {
	p, err := Read(bytes.NewReader(b), Options{})
	if err != nil {
		tb.Fatal(err)
	}
	if l := Validate(p); len(l) != 0 {
		tb.Fatal(l)
	}
}

func xmlTokens(tb testing.TB, b []byte) {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkB8: read, validate, decode and hash a corpus of packets, against
// encoding/xml doing nothing but tokens over the same bytes, interleaved. The
// aim is a ratio of at least 8 and at most 4 MB allocated per packet.
func BenchmarkB8(b *testing.B) {
	sizes := []int{5 << 10, 50 << 10, 400 << 10, 2 << 20, 20 << 20}
	var corpus [][]byte
	for _, n := range sizes {
		corpus = append(corpus, sized(b, n))
	}
	run := func(b *testing.B, packets [][]byte) {
		var ours, theirs time.Duration
		var bytes int64
		for b.Loop() {
			for _, p := range packets {
				t0 := time.Now()
				readAndValidate(b, p)
				t1 := time.Now()
				xmlTokens(b, p)
				theirs += time.Since(t1)
				ours += t1.Sub(t0)
				bytes += int64(len(p))
			}
		}
		b.ReportMetric(float64(ours)/float64(b.N), "ns/op")
		b.ReportMetric(float64(bytes)/1e6/ours.Seconds(), "MB/s")
		b.ReportMetric(float64(bytes)/1e6/theirs.Seconds(), "xml-MB/s")
		b.ReportMetric(float64(theirs)/float64(ours), "ratio")
	}
	for i, n := range sizes {
		b.Run(fmt.Sprintf("%dKB", n>>10), func(b *testing.B) { run(b, corpus[i:i+1]) })
	}
	b.Run("corpus", func(b *testing.B) { run(b, corpus) })
}

// endless is a packet with one attachment of n bytes that is never in memory.
func endless(n int64) io.Reader {
	head := packetHead + `<AttachmentEncoded><Attachment><ContentId>1</ContentId><AttachmentName>a.pdf</AttachmentName><ContentTransferEncoded>`
	tail := `</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>`
	block := []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("%PDF-1.7 và nội dung."), 1<<10/4*3)))
	return io.MultiReader(strings.NewReader(head), &repeat{block: block, left: n / 4 * 4}, strings.NewReader(tail))
}

const packetHead = `<edXML xmlns="` + NS + `"><edXMLEnvelope><edXMLHeader><MessageHeader><Subject>Lớn</Subject></MessageHeader></edXMLHeader></edXMLEnvelope>`

type repeat struct {
	block []byte
	at    int
	left  int64
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.block[r.at:])
	r.at = (r.at + n) % len(r.block)
	r.left -= int64(n)
	return n, nil
}

// A packet of 200 MB costs less than 4 MB, all allocations counted.
func TestMemoryDoesNotFollowSize(t *testing.T) {
	const size = 200 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := Read(endless(size), Options{Attachment: func(_ Attachment, r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	}})
	runtime.ReadMemStats(&after)
	if err != nil || p.Attachments[0].Size != size/4*3 || p.Attachments[0].Format != PDF {
		t.Fatalf("%v", err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes allocated for a packet of %d", used, size)
	}
}

// So does verifying a signature over it.
func TestMemoryOfVerification(t *testing.T) {
	id := newIdentity(t, rsaKey(t))
	b := sized(t, 20<<20)
	signed := sign(t, b, id)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if r := verify(t, signed); r.Verdict != Valid {
		t.Fatalf("%+v", r)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes allocated", used)
	}
}
