package pades

import (
	"os"
	"testing"
	"time"

	"vanthu/pdf"
)

// FuzzSignatures takes signed files as strangers send them: listing fields and
// signatures, and beginning another signature, may fail but never panic.
func FuzzSignatures(f *testing.F) {
	for _, name := range []string{"testdata/trang-trong.pdf", "testdata/bieu-mau.pdf"} {
		in, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(in)
		mark := AnnexLook("12/QĐ-SXD", time.Date(2025, 3, 3, 8, 0, 0, 0, hanoi))
		p, err := Begin(in, Options{Reserve: 64, LockAll: true, Look: mark, Place: &Place{Box: pdf.Box{X: 99, Y: 6, W: mark.W, H: mark.H}}})
		if err != nil {
			f.Fatal(err)
		}
		signed, err := p.Finish([]byte{0x30, 3, 2, 1, 1})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(signed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := pdf.Open(data)
		if err != nil {
			return
		}
		sigs, _ := Signatures(file)
		for _, s := range sigs {
			s.Signed(data)
			s.Shown(file)
		}
		NumberGap(file)
		DateGap(file)
		SignaturePlace(file, sampleSigner, 45, 20)
		if p, err := Begin(data, Options{Fill: []Fill{{Field: "ho_ten", Value: "Ệ"}}, Reserve: 16}); err == nil {
			p.Finish([]byte{0x30, 0})
		}
	})
}

// FuzzDate reads what others write into /M; what it accepts it writes again the
// same way.
func FuzzDate(f *testing.F) {
	f.Add("D:20261121080530+07'00'")
	f.Add("D:2026-0330")
	f.Add("0001+9999")
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := ParseDate(s)
		if !ok || at.Year() < 1 || at.Year() > 9999 {
			return
		}
		again, ok := ParseDate(FormatDate(at))
		if !ok || !again.Equal(at) {
			t.Fatalf("%q is %v, then %v", s, at, again)
		}
	})
}
