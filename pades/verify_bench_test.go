package pades

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"fmt"
	"testing"

	"vanthu/cms"
	demo "vanthu/internal/authority"

	"time"
)

// benchCourt signs the tiny document n times; pad makes the file larger.
func benchCourt(b *testing.B, n, pad int) ([]byte, VerifyOptions) {
	b.Helper()
	ca, err := demo.Open(b.TempDir(), "http://ca.invalid", func() time.Time { return signing })
	if err != nil {
		b.Fatal(err)
	}
	person, err := ca.IssuePerson(demo.Person{Name: "A", Agency: "B"}, demo.RSA)
	if err != nil {
		b.Fatal(err)
	}
	data := padded(pad)
	for i := range n {
		data, err = Sign(context.Background(), data, Options{Field: fmt.Sprint("f", i), Time: signing}, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
			return cms.SignDetached(ctx, digest, hash, person, cms.Options{TSA: ca.TSA().Stamp})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	person1, _ := ca.OCSP(person.Certificate())
	tsa, _ := ca.OCSP(ca.TSA().Signer.Certificate())
	root, _ := ca.RootCRL()
	anchors := &cms.Anchors{}
	anchors.Add(cms.Demo, ca.Root())
	return data, VerifyOptions{Anchors: anchors, Now: signing, Evidence: cms.Evidence{OCSPs: [][]byte{person1, tsa}, CRLs: [][]byte{root}}}
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

func benchVerify(b *testing.B, data []byte, o VerifyOptions) {
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r, err := Verify(context.Background(), data, o)
		if err != nil || r.Verdict() != Valid {
			b.Fatalf("%v %s", err, show(r))
		}
	}
}

// B10: verification beside the bare hash of the file.
func BenchmarkB10Verify1MB(b *testing.B) {
	data, o := benchCourt(b, 1, 1<<20)
	b.Run("verify", func(b *testing.B) { benchVerify(b, data, o) })
	b.Run("bare hash", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			sha256.Sum256(data)
		}
	})
}

// B10: 51 signatures in one file, at most 100 ms.
func BenchmarkB10Verify51Signatures(b *testing.B) {
	data, o := benchCourt(b, 51, 0)
	b.ResetTimer()
	benchVerify(b, data, o)
}
