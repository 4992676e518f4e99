package signingtest

import (
	"bytes"
	"context"
	"crypto"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/pades"
	"vanthu/pdf"
)

// OnDesk is a file with one signature more, as a program on a person's desk
// makes it.
func OnDesk(t testing.TB, in []byte, signer cms.Signer, o pades.Options) []byte {
	t.Helper()
	out, err := pades.Sign(context.Background(), in, o, func(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
		return cms.SignDetached(ctx, digest, hash, signer, cms.Options{})
	})
	if err != nil {
		t.Error(err)
	}
	return out
}

// Sealing is how such a program signs for an agency: the picture of the seal in
// the field that is kept for it.
func Sealing(t testing.TB) pades.Options {
	t.Helper()
	return pades.Options{Field: pades.SealField, LockAll: true, Look: pades.SealLook(sealPicture(t), 36)}
}

// SealingAnew is Sealing by a program that puts a field of its own where its
// user points, and locks nothing.
func SealingAnew(t testing.TB) pades.Options {
	t.Helper()
	return pades.Options{Look: pades.SealLook(sealPicture(t), 36), Place: &pades.Place{Box: pdf.Box{X: 90, Y: 225, W: 36, H: 36}}}
}

// Marking is how it signs an annex in a file of its own. law:ND30-PL1.II.8b
func Marking(code string, at time.Time) pades.Options {
	return Corner(pades.AnnexLook(code, at))
}

// Corner puts a look at the upper right of page 1.
func Corner(l *pades.Look) pades.Options {
	return pades.Options{Look: l, Place: &pades.Place{Box: pdf.Box{X: 140, Y: 6, W: l.W, H: l.H}}}
}

// sealPicture is a red disc.
func sealPicture(t testing.TB) []byte {
	t.Helper()
	const size = 40
	im := image.NewNRGBA(image.Rect(0, 0, size, size))
	for x := range size {
		for y := range size {
			if dx, dy := x-size/2, y-size/2; dx*dx+dy*dy < size*size/4 {
				im.SetNRGBA(x, y, color.NRGBA{R: 255, A: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
