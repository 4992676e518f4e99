package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"vanthu/cms"
	demo "vanthu/internal/authority"
	"vanthu/pdf"
)

// rounds is how often each side runs, in turn: on a shared machine only the
// ratio of medians of neighbours says anything.
const rounds = 21

// interleave runs both and reports the medians, in milliseconds, and ratio as
// the last figure of the line.
func interleave(b *testing.B, bareUnit string, ours, bare func()) (ourTime, bareTime time.Duration) {
	b.Helper()
	ours() // warm: faces are parsed once per process
	var a, z []time.Duration
	for b.Loop() {
		for range rounds {
			t0 := time.Now()
			ours()
			t1 := time.Now()
			bare()
			a, z = append(a, t1.Sub(t0)), append(z, time.Since(t1))
		}
	}
	median := func(d []time.Duration) time.Duration { slices.Sort(d); return d[len(d)/2] }
	ourTime, bareTime = median(a), median(z)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(ourTime), "ms")
	b.ReportMetric(ms(bareTime), bareUnit)
	return ourTime, bareTime
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// bench is a world to measure in.
type bench struct {
	b      *testing.B
	ca     *demo.Authority
	person *cms.SoftwareSigner
}

func newBench(b *testing.B) *bench {
	b.Helper()
	ca, err := demo.Open(b.TempDir(), "http://ca.invalid", func() time.Time { return signing })
	if err != nil {
		b.Fatal(err)
	}
	person, err := ca.IssuePerson(demo.Person{Name: "A", Agency: "B"}, demo.RSA)
	if err != nil {
		b.Fatal(err)
	}
	return &bench{b, ca, person}
}

// sign makes n signatures with a time stamp each.
func (w *bench) sign(data []byte, n int) []byte {
	w.b.Helper()
	for i := range n {
		var err error
		data, err = Sign(context.Background(), data, Options{Field: fmt.Sprint("f", i), Time: signing}, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
			return cms.SignDetached(ctx, digest, hash, w.person, cms.Options{TSA: w.ca.TSA().Stamp})
		})
		if err != nil {
			w.b.Fatal(err)
		}
	}
	return data
}

// options hold the revocation answers, so that the network is not measured.
func (w *bench) options() VerifyOptions {
	answer, _ := w.ca.OCSP(w.person.Certificate())
	tsa, _ := w.ca.OCSP(w.ca.TSA().Signer.Certificate())
	root, _ := w.ca.RootCRL()
	anchors := &cms.Anchors{}
	anchors.Add(cms.Demo, w.ca.Root())
	return VerifyOptions{Anchors: anchors, Now: signing, Evidence: cms.Evidence{OCSPs: [][]byte{answer, tsa}, CRLs: [][]byte{root}}}
}

func (w *bench) verify(data []byte, o VerifyOptions) {
	r, err := Verify(context.Background(), data, o)
	if err != nil || r.Verdict() != Valid {
		w.b.Fatalf("%v %s", err, show(r))
	}
}

// padded is the tiny document with a content stream of about n bytes.
func padded(n int) []byte {
	if n == 0 {
		return []byte(tinyPDF)
	}
	head, _, _ := bytes.Cut([]byte(tinyPDF), []byte("4 0 obj"))
	at := len(head)
	var out bytes.Buffer
	out.Write(head)
	fmt.Fprintf(&out, "4 0 obj\n<</Length %d>>\nstream\n", n)
	out.Write(bytes.Repeat([]byte(" "), n))
	out.WriteString("\nendstream\nendobj\n")
	xref := out.Len()
	out.WriteString("xref\n0 5\n0000000000 65535 f \n")
	for i := 1; i < 4; i++ {
		fmt.Fprintf(&out, "%010d 00000 n \n", bytes.Index(head, fmt.Appendf(nil, "%d 0 obj", i)))
	}
	fmt.Fprintf(&out, "%010d 00000 n \ntrailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", at, xref)
	return out.Bytes()
}

// BenchmarkB9Sign: PAdES B-B, RSA-2048, visible by the picture of a signature,
// beside the bare SHA-256 of the file and one bare RSA signature. The aim is
// 1.3 at 33 KB and 1.5 at 1 MB and 10 MB.
func BenchmarkB9Sign(b *testing.B) {
	w := newBench(b)
	look, place := PersonalLook(signaturePNG()), &Place{Box: pdf.Box{X: 20, Y: 20, W: 45, H: 15}}
	for _, size := range []int{33 << 10, 1 << 20, 10 << 20} {
		data := padded(size)
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			ours, bare := interleave(b, "bare-ms", func() {
				_, err := Sign(context.Background(), data, Options{Place: place, Look: look, Time: signing}, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
					return cms.SignDetached(ctx, digest, hash, w.person, cms.Options{})
				})
				if err != nil {
					b.Fatal(err)
				}
			}, func() {
				sum := sha256.Sum256(data)
				if _, err := w.person.Key().Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(ratio(ours, bare), "ratio")
		})
	}
}

// BenchmarkBegin50MB: what preparing the largest file in use takes before the
// key is asked: its time beside the bare SHA-256, what is allocated, and the
// most memory in use beyond the file itself.
func BenchmarkBegin50MB(b *testing.B) {
	look, place := PersonalLook(signaturePNG()), &Place{Box: pdf.Box{X: 20, Y: 20, W: 45, H: 15}}
	data := padded(50 << 20)
	begin := func() {
		if _, err := Begin(data, Options{Place: place, Look: look, Time: signing}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	ours, bare := interleave(b, "hash-ms", begin, func() { sha256.Sum256(data) })
	b.ReportMetric(ratio(ours, bare), "ratio")
	b.ReportMetric(float64(peak(begin))/(1<<20), "peak-MB")
}

// BenchmarkB10Verify: all checks of one stamped signature over 1 MB beside the
// bare SHA-256 of the file (the aim is 2), beside the hash with every public
// key operation that the verdict rests on, and beside pdfsig as a process,
// which checks less (the aim is 20 times faster).
func BenchmarkB10Verify(b *testing.B) {
	w := newBench(b)
	data, o := w.sign(padded(1<<20), 1), w.options()
	b.Run("1MB/hash", func(b *testing.B) {
		ours, bare := interleave(b, "hash-ms", func() { w.verify(data, o) }, func() { sha256.Sum256(data) })
		b.ReportMetric(ratio(ours, bare), "ratio")
	})
	b.Run("1MB/crypto", func(b *testing.B) {
		ours, bare := interleave(b, "crypto-ms", func() { w.verify(data, o) }, w.bareCrypto(data))
		b.ReportMetric(ratio(ours, bare), "ratio")
	})
	b.Run("1MB/pdfsig", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "x.pdf")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
		ours, theirs := interleave(b, "pdfsig-ms", func() { w.verify(data, o) }, func() {
			if out, err := exec.Command("pdfsig", "-nocert", path).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("Signature is Valid")) {
				b.Fatalf("pdfsig: %v %s", err, out)
			}
		})
		b.ReportMetric(ratio(theirs, ours), "ratio")
	})
	// 51 signatures in one file, at most 100 ms; beside 51 files with one each.
	b.Run("51signatures", func(b *testing.B) {
		one, many := w.sign(padded(0), 1), w.sign(padded(0), 51)
		ours, single := interleave(b, "one-ms", func() { w.verify(many, o) }, func() { w.verify(one, o) })
		b.ReportMetric(ratio(ours, 51*single), "ratio")
	})
}

// bareCrypto is the floor under a verdict of the demonstration authority: the
// hash, one RSA signature, and the ECDSA signatures of the stamp, of both
// certificates and their issuer, of the OCSP answers with their responder, and
// of the root's list.
func (w *bench) bareCrypto(data []byte) func() {
	sum := sha256.Sum256(data)
	value, err := w.person.Key().Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		w.b.Fatal(err)
	}
	curve := w.ca.TSA().Signer.(*cms.SoftwareSigner).Key()
	point, err := curve.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		w.b.Fatal(err)
	}
	const ecdsaChecks = 8
	return func() {
		sum := sha256.Sum256(data)
		if rsa.VerifyPKCS1v15(w.person.Key().Public().(*rsa.PublicKey), crypto.SHA256, sum[:], value) != nil {
			w.b.Fatal("RSA")
		}
		for range ecdsaChecks {
			if !ecdsa.VerifyASN1(curve.Public().(*ecdsa.PublicKey), sum[:], point) {
				w.b.Fatal("ECDSA")
			}
		}
	}
}
