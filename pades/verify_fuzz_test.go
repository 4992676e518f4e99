package pades

import (
	"bytes"
	"context"
	"crypto"
	"testing"
	"time"

	"vanthu/cms"
	demo "vanthu/internal/authority"
	"vanthu/pdf"
)

// tinyPDF is the smallest document that can be signed.
const tinyPDF = `%PDF-1.7
1 0 obj
<</Type/Catalog/Pages 2 0 R>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>
endobj
4 0 obj
<</Length 3>>
stream
q Q
endstream
endobj
xref
0 5
0000000000 65535 f 
0000000009 00000 n 
0000000054 00000 n 
0000000105 00000 n 
0000000185 00000 n 
trailer
<</Size 5/Root 1 0 R>>
startxref
235
%%EOF
`

// FuzzVerify appends anything to a signed file: no panic, and never valid with
// page content other than the signed one.
func FuzzVerify(f *testing.F) {
	ca, err := demo.Open(f.TempDir(), "http://ca.invalid", func() time.Time { return signing })
	if err != nil {
		f.Fatal(err)
	}
	person, err := ca.IssuePerson(demo.Person{Name: "A", Agency: "B"}, demo.ECDSA)
	if err != nil {
		f.Fatal(err)
	}
	signed, err := Sign(context.Background(), []byte(tinyPDF), Options{Time: signing, Reserve: 8192}, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
		return cms.SignDetached(ctx, digest, hash, person, cms.Options{TSA: ca.TSA().Stamp})
	})
	if err != nil {
		f.Fatal(err)
	}
	answer, err := ca.OCSP(person.Certificate())
	if err != nil {
		f.Fatal(err)
	}
	crl, _ := ca.CRL()
	root, _ := ca.RootCRL()
	anchors := &cms.Anchors{}
	anchors.Add(cms.Demo, ca.Root())
	o := VerifyOptions{Anchors: anchors, Now: signing, Evidence: cms.Evidence{OCSPs: [][]byte{answer}, CRLs: [][]byte{crl, root}}}
	if r, err := Verify(context.Background(), signed, o); err != nil || r.Verdict() != Valid {
		f.Fatalf("%v %s", err, show(r))
	}
	lt, err := AddDSS(signed, Evidence{OCSPs: [][]byte{answer}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(lt[len(signed):], 0, byte(0))
	f.Add([]byte("4 0 obj\n<</Length 3>>\nstream\nx x\nendstream\nendobj\n"), 0, byte(0))
	f.Add([]byte("\n"), 300, byte(1))
	f.Fuzz(func(t *testing.T, tail []byte, at int, mask byte) {
		data := append(bytes.Clone(signed), tail...)
		if at >= 0 && at < len(data) {
			data[at] ^= mask
		}
		r, err := Verify(context.Background(), data, o)
		if err != nil || r.Verdict() != Valid {
			return
		}
		got, err := pdf.Open(data)
		if err != nil {
			t.Fatal("valid and unreadable")
		}
		pages, err := got.Pages()
		if err != nil || len(pages) != 1 {
			t.Fatal("valid with other pages")
		}
		if s := got.Stream(pages[0].Dict["Contents"]); s == nil || string(s.Data) != "q Q" {
			t.Fatal("valid with other content")
		}
	})
}
