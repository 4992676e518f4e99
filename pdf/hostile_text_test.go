package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"strings"
	"testing"
	"time"
)

// textPage is a file of one page that shows content with font F, object 5.
func textPage(content, font string, more ...string) []byte {
	stream := func(d, data string) string {
		return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", d, len(data), data)
	}
	packed, _ := Marshal(Compress(Dict{}, []byte(content)))
	bodies := []string{catalog, onePage,
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>", string(packed), font}
	for _, m := range more {
		bodies = append(bodies, stream("", m))
	}
	return build("", bodies...)
}

// A glyph name of one byte is text only where that byte is a letter by itself:
// half a letter at the end of a line once stopped the search.
func TestGlyphNameOfHalfALetter(t *testing.T) {
	for _, name := range []string{"#FF", "#C3", "#FFacute"} {
		f := mustOpen(t, textPage("BT /F 12 Tf 100 700 Td (xA) Tj ET",
			"<</Type/Font/Subtype/Type1/BaseFont/X/Encoding<</Differences[65/"+name+"]>>>>"))
		if _, err := f.FindAnchor("Nguyễn Văn A"); !Is(err, NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Codes that stand for nothing cost a walk through all ranges of the font too,
// and end with an error, not after minutes.
func TestCodesWithoutTextAreCounted(t *testing.T) {
	var m, w strings.Builder
	m.WriteString("4000 beginbfrange\n")
	for range 4000 {
		m.WriteString("<0001> <0001> <0041>\n")
		w.WriteString("1 1 500 ")
	}
	m.WriteString("endbfrange\n")
	f := mustOpen(t, textPage("BT /F 12 Tf 100 700 Td "+strings.Repeat("<"+strings.Repeat("FFFE", 20_000)+"> Tj ", 300)+"ET",
		"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</W["+w.String()+"]>>]/ToUnicode 6 0 R>>", m.String()))
	start := time.Now()
	if _, err := f.Text(); !Is(err, TooBig) {
		t.Errorf("%v", err)
	}
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("took %v", d)
	}
}

// The sides of a picture are multiplied where an int has 32 bits too.
func TestInkOfAHugePicture(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	i := bytes.Index(data, []byte{0xFF, 0xC0})
	copy(data[i+5:], []byte{0xFF, 0xFF, 0xFF, 0xFF})
	f := mustOpen(t, textPage("", "null"))
	s := Shown{stream: &Stream{Dict{"Filter": Name("DCTDecode")}, data}, at: identity}
	if _, _, ok := f.picture(s); ok {
		t.Error("a picture of 65,535 pixels both ways is decoded")
	}
}
