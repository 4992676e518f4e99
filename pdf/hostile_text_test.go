package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"strings"
	"testing"
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

// Codes that stand for nothing make no glyphs that could be counted: they are
// passed over quickly, however many ranges the font has: each costs one search.
func BenchmarkCodesWithoutText(b *testing.B) {
	var m, w strings.Builder
	m.WriteString("4000 beginbfrange\n")
	for range 4000 {
		m.WriteString("<0001> <0001> <0041>\n")
		w.WriteString("1 1 500 ")
	}
	m.WriteString("endbfrange\n")
	data := textPage("BT /F 12 Tf 100 700 Td "+strings.Repeat("<"+strings.Repeat("FFFE", 20_000)+"> Tj ", 300)+"ET",
		"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</W["+w.String()+"]>>]/ToUnicode 6 0 R>>", m.String())
	for b.Loop() {
		if _, err := mustOpen(b, data).Text(); err != nil {
			b.Fatal(err)
		}
	}
}

// A long file in fonts of many ranges is no hostile one.
func TestLongFileInFontsOfManyRanges(t *testing.T) {
	var m, w, content strings.Builder
	m.WriteString("2000 beginbfrange\n")
	for i := range 2000 {
		fmt.Fprintf(&m, "<%04X> <%04X> <%04X>\n", 2*i, 2*i+1, 0x41+i%26)
		fmt.Fprintf(&w, "%d %d 500 ", 2*i, 2*i+1)
	}
	m.WriteString("endbfrange\n")
	for line := range 50 {
		fmt.Fprintf(&content, "BT /F 9 Tf 50 %d Td <%s> Tj ET\n", 800-15*line, strings.Repeat("00000F9F0777", 20))
	}
	var kids strings.Builder
	stream := func(d, data string) string {
		return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", d, len(data), data)
	}
	bodies := []string{catalog, "", stream("", content.String()),
		"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</W[" + w.String() + "]>>]/ToUnicode 5 0 R>>", stream("", m.String())}
	for i := range 300 {
		fmt.Fprintf(&kids, "%d 0 R ", 6+i)
		bodies = append(bodies, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>>>")
	}
	bodies[1] = "<</Type/Pages/Count 300/Kids[" + kids.String() + "]>>"
	f := mustOpen(t, build("", bodies...))
	text, err := f.Text()
	if n := strings.Count(text, "AYU"); err != nil || n != 300*50*20 {
		t.Errorf("%d, %v", n, err)
	}
}

// Of ranges that overlap the last wins for text and the first for widths, and a
// list that is too short leaves the rest to others.
func TestOverlappingRanges(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var m, w strings.Builder
		text, width := map[int]string{}, map[int]float64{}
		for i := range 1 + rnd.IntN(30) {
			lo := rnd.IntN(60)
			hi, letter := lo+rnd.IntN(20), 0x100+i*32
			fmt.Fprintf(&w, "%d %d %d ", lo, hi, i+1)
			list := rnd.IntN(3) == 0
			n := hi - lo + 1
			if list {
				n = rnd.IntN(n + 1)
			}
			fmt.Fprintf(&m, "1 beginbfrange <%04X> <%04X> ", lo, hi)
			if list {
				m.WriteString("[")
			} else {
				fmt.Fprintf(&m, "<%04X>", letter)
			}
			for k := range n {
				if list {
					fmt.Fprintf(&m, "<%04X>", letter+k)
				}
				text[lo+k] = string(rune(letter + k))
			}
			if list {
				m.WriteString("]")
			}
			m.WriteString(" endbfrange\n")
			for k := lo; k <= hi; k++ {
				if _, ok := width[k]; !ok {
					width[k] = float64(i+1) / 1000
				}
			}
		}
		f := mustOpen(t, textPage("", "<</Type/Font/Subtype/Type0/DescendantFonts[<</DW 7000/W["+w.String()+"]>>]/ToUnicode 6 0 R>>", m.String()))
		font := f.textFont(Ref{5, 0})
		for code := range 100 {
			c := font.decode(string([]byte{0, byte(code)}))[0]
			want, ok := width[code]
			if !ok {
				want = 7
			}
			if c.text != text[code] || c.width != want {
				t.Fatalf("code %d: %q %g, want %q %g\n%s\n%s", code, c.text, c.width, text[code], want, m.String(), w.String())
			}
		}
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
