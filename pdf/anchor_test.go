package pdf

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// utf16Font shows UTF-16 codes as themselves, each half an em wide, combining
// accents without any width.
const utf16Font = "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/DW 500/W[768 879 0]>>]>>"

const utf16Map = "1 beginbfrange\n<0000> <FFFF> <0000>\nendbfrange\n"

// shown is a string operand in UTF-16.
func shown(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return "<" + b.String() + ">"
}

// TestAnchorsAsPrintersWriteThem: a name is found, and where it stands, however a
// program sets its letters. iso32000-2:9.3 9.4.3
func TestAnchorsAsPrintersWriteThem(t *testing.T) {
	const name = "Nguyễn Văn Hùng" // 15 letters of 6 units
	nfd := func(s string) string { return shown(norm.NFD.String(s)) }
	each := func(step float64) string { // every letter placed by itself
		var b strings.Builder
		for i, r := range []rune(name) {
			fmt.Fprintf(&b, "1 0 0 1 %g 700 Tm %s Tj ", 100+step*float64(i), shown(string(r)))
		}
		return b.String()
	}
	for about, c := range map[string]struct {
		content string
		x1      float64 // its right end; it begins at 100
	}{
		"plain":               {"100 700 Td " + shown(name) + " Tj", 190},
		"NFD":                 {"100 700 Td " + nfd(name) + " Tj", 190},
		"NFD, dot below last": {"100 700 Td " + shown("Nguye\u0302\u0303n Va\u0306n Hu\u0300ng") + " Tj", 190},
		"NFD, spread":         {"1 Tc 100 700 Td " + shown("Nguy") + " Tj " + nfd("ễn Văn Hùng") + " Tj", 208},
		"accents set back":    {"100 700 Td [" + shown("Nguye") + " 400 " + shown("\u0302\u0303") + " -400 " + shown("n Va") + " 550 " + shown("\u0306") + " -550 " + shown("n Hu") + " 300 " + shown("\u0300") + " -300 " + shown("ng") + "] TJ", 190},
		"several Tj":          {"100 700 Td " + shown("Ng") + " Tj " + shown("uyễn V") + " Tj " + shown("ăn Hùng") + " Tj", 190},
		"kerned":              {"100 700 Td [" + shown("Nguyễn ") + " 80 " + shown("V") + " 60 " + shown("ăn Hùn") + " -20 " + shown("g") + "] TJ", 188.56},
		"letter by letter":    {each(6), 190},
		"spaces as moves":     {"100 700 Td [" + shown("Nguyễn") + " -250 " + shown("Văn") + " -250 " + shown("Hùng") + "] TJ", 184},
		"tight spaces":        {"100 700 Td [" + shown("Nguyễn") + " -180 " + shown("Văn") + " -180 " + shown("Hùng") + "] TJ", 182.32},
		"words from behind":   {"1 0 0 1 166 700 Tm " + shown("Hùng") + " Tj 1 0 0 1 100 700 Tm " + shown("Nguyễn Văn ") + " Tj", 190},
		"Tz":                  {"80 Tz 100 700 Td " + shown(name) + " Tj", 172},
		"Tz 150":              {"150 Tz 100 700 Td " + shown(name) + " Tj", 235},
		"Tc":                  {"1.5 Tc 100 700 Td " + shown(name) + " Tj", 211},
		"Tc, far apart":       {"4 Tc 100 700 Td " + shown(name) + " Tj", 246},
		"Tc, narrow":          {"-1 Tc 100 700 Td " + shown(name) + " Tj", 176},
		"Tc with Tz":          {"4 Tc 50 Tz 100 700 Td " + shown(name) + " Tj", 173},
		"Ts":                  {"3 Ts 100 700 Td " + shown(name) + " Tj", 190},
		"Ts within":           {"100 700 Td " + shown("Nguyễn ") + " Tj 2 Ts " + shown("Văn") + " Tj 0 Ts " + shown(" Hùng") + " Tj", 190},
		"no-break space":      {"100 700 Td " + shown("Nguyễn\u00a0Văn\u00a0Hùng") + " Tj", 190},
		"in a scaled space":   {"1 0 0 1 100 700 Tm 0.1 0 0 0.1 100 700 Tm /F 120 Tf " + shown(name) + " Tj", 190},
		"lines by leading":    {"14 TL 100 714 Td " + shown("GIÁM ĐỐC") + " Tj " + shown(name) + " '", 190},
	} {
		f := mustOpen(t, textPage("BT /F 12 Tf "+c.content+" ET", utf16Font, utf16Map))
		for form, ask := range map[string]string{"NFC": name, "NFD": norm.NFD.String(name)} {
			a, err := f.FindAnchor(ask)
			if err != nil {
				pages, _ := f.Pages()
				lines, _ := f.Lines(pages[0])
				t.Errorf("%s, %s: %v; lines %q", about, form, err, texts(lines))
			} else if math.Abs(a.Rect.X0-100) > .5 || math.Abs(a.Rect.X1-c.x1) > .5 || a.Rect.Y0 > 703 || a.Rect.Y1 < 703 {
				t.Errorf("%s, %s: at %+v, want 100 to %g", about, form, a.Rect, c.x1)
			}
		}
	}
}

func texts(lines []Line) (out []string) {
	for _, l := range lines {
		out = append(out, l.Text)
	}
	return out
}

// The word space of fonts of one byte moves what follows, and that of wide
// fonts does not. iso32000-2:9.3.3
func TestAnchorWithWordSpace(t *testing.T) {
	const simple = "<</Type/Font/Subtype/TrueType/FirstChar 32/Widths[250 500 500]/FontDescriptor<</MissingWidth 500>>/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[97/abreve/uni1EC5/ugrave]>>>>"
	f := mustOpen(t, textPage("BT /F 12 Tf 10 Tw 100 700 Td (Nguybn Van Hcng) Tj ET", simple))
	a, err := f.FindAnchor("Nguyễn Văn Hùng")
	if want := 100 + 13*6 + 2*13.0; err != nil || math.Abs(a.Rect.X1-want) > .5 {
		t.Errorf("%v: %+v, want right end %g", err, a.Rect, want)
	}
	f = mustOpen(t, textPage("BT /F 12 Tf 10 Tw 100 700 Td "+shown("Nguyễn Văn Hùng")+" Tj ET", utf16Font, utf16Map))
	if a, err := f.FindAnchor("Nguyễn Văn Hùng"); err != nil || math.Abs(a.Rect.X1-190) > .5 {
		t.Errorf("%v: %+v", err, a.Rect)
	}
}

// A name in a form is found where the form shows it, also when the form is in
// another and half of the line is outside. iso32000-2:8.10.1
func TestAnchorInForms_ISO32000_8_10_1(t *testing.T) {
	stream := func(d, data string) string {
		return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", d, len(data), data)
	}
	fonts := "/Resources<</Font<</F 5 0 R>>/XObject<</In 8 0 R>>>>"
	for about, content := range map[string]string{
		"form":              "q 1 0 0 1 100 600 cm /All Do Q",
		"form in a form":    "q 1 0 0 1 100 600 cm /Out Do Q",
		"half outside":      "BT /F 12 Tf 100 700 Td " + shown("Nguyễn ") + " Tj ET q 1 0 0 1 142 600 cm /In Do Q",
		"text state kept":   "BT /F 12 Tf 100 700 Td " + shown("Nguyễn ") + " Tj q 1 0 0 1 142 600 cm /In Do Q ET",
		"without own fonts": "q 1 0 0 1 100 600 cm /Bare Do Q",
	} {
		page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</All 7 0 R/In 8 0 R/Out 9 0 R/Bare 10 0 R>>>>>>"
		f := mustOpen(t, build("", catalog, onePage, page, stream("", content), utf16Font, stream("", utf16Map),
			stream("/Subtype/Form/BBox[0 0 600 900]"+fonts, "BT /F 12 Tf 0 100 Td "+shown("Nguyễn Văn Hùng")+" Tj ET"),
			stream("/Subtype/Form/BBox[0 0 600 900]"+fonts, "BT /F 6 Tf 2 0 0 2 0 100 Tm "+shown("Văn Hùng")+" Tj ET"),
			stream("/Subtype/Form/BBox[0 0 600 900]/Matrix[1 0 0 1 0 50]"+fonts, "BT /F 12 Tf 0 50 Td "+shown("Nguyễn ")+" Tj ET q 1 0 0 1 42 -50 cm /In Do Q"),
			stream("/Subtype/Form/BBox[0 0 600 900]", "BT /F 12 Tf 0 100 Td "+shown("Nguyễn Văn Hùng")+" Tj ET")))
		a, err := f.FindAnchor("Nguyễn Văn Hùng")
		if err != nil || math.Abs(a.Rect.X0-100) > .5 || math.Abs(a.Rect.X1-190) > .5 || math.Abs(a.Rect.Y0-697.4) > .5 {
			t.Errorf("%s: %v %+v", about, err, a.Rect)
		}
	}
}

// Letters of vertical writing stand below one another, each half an em to both sides
// of where the text is set; they are no line, and no name across. iso32000-2:9.7.4.3
func TestVerticalWriting(t *testing.T) {
	down := strings.Replace(utf16Font, "Identity-H", "Identity-V", 1)
	for about, c := range map[string]struct {
		font string
		step float64
	}{
		"by default": {down, 12},
		"stated":     {strings.Replace(down, "/DW 500", "/DW 500/DW2[880 -1500]", 1), 18},
	} {
		f := mustOpen(t, textPage("BT /F 12 Tf 100 700 Td [<00410042>500<0043>]TJ ET", c.font, utf16Map))
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		lines, err := f.Lines(pages[0])
		if err != nil || len(lines) != 3 {
			t.Fatalf("%s: %v %q", about, err, texts(lines))
		}
		for i, want := range []struct {
			text string
			y    float64
		}{{"A", 0}, {"B", c.step}, {"C", 2*c.step + 6}} {
			base := 700 - 0.88*12 - want.y
			if l := lines[i]; l.Text != want.text || math.Abs(l.Rect.X0-97) > .1 || math.Abs(l.Rect.X1-103) > .1 || math.Abs(l.Rect.Y0-(base-descentPart*12)) > .1 {
				t.Errorf("%s: %q at %+v, want %q on %g", about, l.Text, l.Rect, want.text, base)
			}
		}
	}
}

// A font that stands in the resources themselves is read once for a page, not at each
// of its uses: an honest page of them would be beyond what a file may cost.
func TestFontWithoutANumber(t *testing.T) {
	content := strings.Repeat("BT /F 12 Tf 0 0 Td (x) Tj ET ", 20_000) + "BT /F 12 Tf 100 700 Td (Nguyen) Tj ET"
	page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/TrueType/BaseFont/X/Encoding/WinAnsiEncoding>>>>>>>>"
	f := mustOpen(t, build("", catalog, onePage, page, fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content)))
	if _, err := f.FindAnchor("Nguyen"); err != nil {
		t.Error(err)
	}
}
