package pdf

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
)

// An image is measured as it is shown: turned, in a form, on a page of larger
// units, and not by its number of pixels (iso32000-2:8.9.5).
func TestShownImages_ISO32000_8_9(t *testing.T) {
	const img = "<</Type/XObject/Subtype/Image/Width 300/Height 600/ColorSpace/DeviceGray/BitsPerComponent 8/Length 0>>\nstream\n\nendstream"
	for content, want := range map[string][]float64{
		"q 72 0 0 144 10 10 cm /I Do Q":              {150},
		"q 0 72 -144 0 200 10 cm /I Do Q":            {150}, // turned by 90 degrees
		"q 144 0 0 144 0 0 cm /I Do Q":               {75},  // stretched: the lower counts
		"q 2 0 0 2 0 0 cm /F Do Q":                   {75},  // the form shows it at 72 by 144
		"q 0 0 0 0 0 0 cm /I Do Q /I":                nil,   // shown nowhere
		"q 72 0 0 144 0 0 cm /I Do /I Do Q /None Do": {150, 150},
	} {
		page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R/F 6 0 R>>>>/UserUnit 2>>"
		stream := func(d, data string) string {
			return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", d, len(data), data)
		}
		f := mustOpen(t, build("", catalog, onePage, page, stream("", content), img,
			stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</I 5 0 R>>>>", "q 72 0 0 144 0 0 cm /I Do Q")))
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		list, err := f.ShownImages(pages[0])
		if err != nil || len(list) != len(want) {
			t.Errorf("%s: %v, %v", content, list, err)
			continue
		}
		for i, s := range list {
			if math.Abs(s.DPI-want[i]) > .01 {
				t.Errorf("%s: %.1f dpi, want %.1f", content, s.DPI, want[i])
			}
		}
	}
}

// The rows of a scanned page that bear letters are told from the margin, turned
// or not; of a page of letters, a picture of another kind and a dark one nothing
// is told.
func TestInkOfAScan(t *testing.T) {
	data, err := os.ReadFile("../internal/web/story/testdata/quet-200.pdf")
	if err != nil {
		t.Fatal(err)
	}
	corner := Box{X: 140, Y: 3, W: 55, H: 40}
	for name, in := range map[string][]byte{
		"upright": data,
		"half":    bytes.Replace(data, []byte("/MediaBox[0 0 595"), []byte("/Rotate 180/MediaBox[0 0 595"), 1),
	} {
		f := mustOpen(t, in)
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		rows := f.Ink(pages[0], corner, .5)
		if name == "half" { // the letters stand at the foot now
			if slices.Contains(rows, true) || len(rows) != 80 {
				t.Errorf("%s: %v", name, rows)
			}
			continue
		}
		first := slices.Index(rows, true)
		if y := corner.Y + float64(first)*.5; y < 22 || y > 26 { // capitals above a baseline at 27 mm
			t.Errorf("the state's name begins at %.1f mm", y)
		}
	}
	for _, in := range []string{"testdata/quyet-dinh.pdf", "../testdata/corpus/rotated.pdf"} {
		data, err := os.ReadFile(in)
		if err != nil {
			t.Fatal(err)
		}
		f := mustOpen(t, data)
		if pages, err := f.Pages(); err != nil || f.Ink(pages[0], corner, .5) != nil {
			t.Errorf("%s: told, %v", in, err)
		}
	}
	const img = "<</Type/XObject/Subtype/Image/Width 3/Height 6/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode/Length 4>>\nstream\nnone\nendstream"
	f := mustOpen(t, build("", catalog, onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
		"<</Length 27>>\nstream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream", img))
	if pages, err := f.Pages(); err != nil || f.Ink(pages[0], corner, .5) != nil {
		t.Errorf("no JPEG: told, %v", err)
	}
}

func TestShownImagesOfAScan(t *testing.T) {
	data, err := os.ReadFile("../testdata/corpus/scan.pdf")
	if err != nil {
		t.Fatal(err)
	}
	f := mustOpen(t, data)
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	list, err := f.ShownImages(pages[0])
	if err != nil || len(list) != 1 || math.Abs(list[0].DPI-200) > 1 {
		t.Errorf("%v, %v", list, err)
	}
}
