package pades

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"path/filepath"
	"testing"

	"vanthu/pdf"
)

// corners is a picture 2:1, red in its upper left quarter, blue in its lower right.
func corners() []byte {
	im := image.NewNRGBA(image.Rect(0, 0, 200, 100))
	for y := range 50 {
		for x := range 100 {
			im.SetNRGBA(x, y, color.NRGBA{220, 20, 20, 255})
			im.SetNRGBA(x+100, y+50, color.NRGBA{20, 40, 200, 255})
		}
	}
	return encodePNG(im)
}

// muDraw draws the first page with MuPDF, which knows /UserUnit.
func muDraw(t *testing.T, data []byte) image.Image {
	t.Helper()
	path := temp(t, "g.pdf", data)
	out := filepath.Join(filepath.Dir(path), "g.png")
	must(t, "mutool", "draw", "-q", "-r", "100", "-o", out, path, "1")
	im, err := png.Decode(bytes.NewReader(read(t, out)))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// TestSignatureStandsWhereItIsAsked: to the half millimetre, upright, on pages of
// every make, in the eyes of two other programs. iso32000-2:7.7.3.3 14.11.2
func TestSignatureStandsWhereItIsAsked(t *testing.T) {
	box := pdf.Box{X: 30, Y: 50, W: 40, H: 20}
	for name, page := range map[string]string{
		"plain":            "/MediaBox[0 0 595 842]",
		"rotate 90":        "/MediaBox[0 0 595 842]/Rotate 90",
		"rotate 180":       "/MediaBox[0 0 595 842]/Rotate 180",
		"rotate 270":       "/MediaBox[0 0 595 842]/Rotate 270",
		"rotate -90":       "/MediaBox[0 0 595 842]/Rotate -90",
		"negative origin":  "/MediaBox[-100 -200 495 642]/CropBox[-60 -150 450 600]",
		"negative, turned": "/MediaBox[-100 -200 495 642]/CropBox[-60 -150 450 600]/Rotate 270",
		"crop beyond":      "/MediaBox[0 0 595 842]/CropBox[-50 100 700 900]",
		"corners swapped":  "/MediaBox[595 842 0 0]",
		"user unit":        "/MediaBox[0 0 297.5 421]/UserUnit 2",
		"unit, turned":     "/MediaBox[0 0 297.5 421]/UserUnit 2/Rotate 90",
	} {
		t.Run(name, func(t *testing.T) {
			in := plainPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R"+page+">>")
			look := PersonalLook(corners())
			place := Place{Box: box}
			prepared, err := Prepare(in, []NewField{{Name: SignerField, Gap: Gap{Place: place}}})
			if err != nil {
				t.Fatal(err)
			}
			for how, signed := range map[string][]byte{
				"new":      sign(t, in, Options{Place: &place, Look: look}, person()),
				"prepared": sign(t, prepared, Options{Field: SignerField, Look: look}, person()),
			} {
				checkOutside(t, signed, 1, 1)
				stands(t, how+", mutool", muDraw(t, signed), box)
				if pages, err := open(t, signed).Pages(); err != nil || pages[0].UserUnit == 1 { // poppler does not know it
					stands(t, how+", poppler", render(t, signed, "1"), box)
				}
			}
		})
	}
}

func stands(t *testing.T, who string, im image.Image, box pdf.Box) {
	t.Helper()
	w, h := box.W/2, box.H/2
	for colour, is := range map[string]struct{ got, want pdf.Box }{
		"red":  {inked(im, red), pdf.Box{X: box.X, Y: box.Y, W: w, H: h}},
		"blue": {inked(im, blue), pdf.Box{X: box.X + w, Y: box.Y + h, W: w, H: h}},
	} {
		for _, d := range []float64{is.got.X - is.want.X, is.got.Y - is.want.Y, is.got.W - is.want.W, is.got.H - is.want.H} {
			if math.Abs(d) > 0.5 {
				t.Errorf("%s: %s at %.1f, want %.1f", who, colour, is.got, is.want)
				break
			}
		}
	}
}
