package pdf

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestLexer_7_3(t *testing.T) {
	for in, want := range map[string]string{
		"/A#42c":                      "/ABc",
		`(a\(b\)\101\n(in)\` + "\nz)": "<6128622941" + "0a28696e297a>",
		"<48 65 6C6>":                 "(Hel`)",
		"[1 0 R 2 3 .5 -7 true null]": "[1 0 R 2 3 0.5 -7 true null]",
		"<</B 1/A[/x(y)]>>":           "<</A [/x (y)]/B 1>>",
		"--5":                         "-5",
		"595.303937007874":            "595.303937007874",
		"-0.0":                        "0",
		"% note\n12":                  "12",
	} {
		l := &lexer{data: []byte(in), refs: true}
		o, err := l.object()
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got, _ := Marshal(o); string(got) != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func TestTextStrings_7_9_2(t *testing.T) {
	for _, s := range []string{"", "Quyet dinh (1)", "Quyết định phê duyệt", "ữ𝄞"} {
		b, err := Marshal(EncodeText(s))
		if err != nil {
			t.Fatal(err)
		}
		o, err := (&lexer{data: b}).object()
		if err != nil || DecodeText(o.(String)) != norm.NFC.String(s) {
			t.Errorf("%q came back as %v", s, o)
		}
	}
	if got := DecodeText("\x80 \xd0"); got != "• Ð" {
		t.Errorf("PDFDocEncoding gives %q", got)
	}
	if got := DecodeText("\xef\xbb\xbfĐ"); got != "Đ" {
		t.Errorf("UTF-8 gives %q", got)
	}
}

func TestFilters_7_4(t *testing.T) {
	f := mustOpen(t, build("", catalog, onePage, pageHead+">>"))
	long := bytes.Repeat([]byte("Cộng hòa xã hội chủ nghĩa Việt Nam. "), 700)
	for _, c := range []struct {
		name string
		d    Dict
		in   string
		want string
	}{
		{"hex", Dict{"Filter": Name("ASCIIHexDecode")}, "41 42 4>zz", "AB@"},
		{"ascii85", Dict{"Filter": Name("ASCII85Decode")}, "87cURD]i,\"Ebo80~>", "Hello World!"},
		{"run length", Dict{"Filter": Name("RunLengthDecode")}, "\x02abc\xfed\x80zz", "abcddd"},
		{"lzw of the standard", Dict{"Filter": Name("LZWDecode")}, "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"},
		{"lzw long", Dict{"Filter": Name("LZWDecode")}, string(lzwEncode(long)), string(long)},
		{"png up", Dict{"Filter": Name("ASCIIHexDecode"), "X": nil}, "02", "\x02"},
		{"two filters", Dict{"Filter": Array{Name("AHx"), Name("RL")}}, "00 41 80>", "A"},
	} {
		got, err := f.Decode(&Stream{c.d, []byte(c.in)})
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", c.name, got[:min(len(got), 40)], err)
		}
		if c.name == "two filters" {
			continue // the first gives more than the last
		}
		if got, err := f.DecodeWithin(&Stream{c.d, []byte(c.in)}, len(c.want)); err != nil || string(got) != c.want {
			t.Errorf("%s within its length: %v", c.name, err)
		}
		if _, err := f.DecodeWithin(&Stream{c.d, []byte(c.in)}, len(c.want)-1); !Is(err, TooBig) {
			t.Errorf("%s within less: %v", c.name, err)
		}
	}
	if _, err := f.Decode(&Stream{Dict{"Filter": Name("DCTDecode")}, nil}); !Is(err, Damaged) {
		t.Errorf("DCT gave %v", err)
	}
}

// lzwEncode writes codes with the early change of width that PDF has by
// default (iso32000-2:7.4.4.2).
func lzwEncode(data []byte) (out []byte) {
	acc, bits, width, next := uint(0), 0, 9, 258
	put := func(code int) {
		acc, bits = acc<<width|uint(code), bits+width
		for bits >= 8 {
			out = append(out, byte(acc>>(bits-8)))
			bits -= 8
		}
	}
	table := map[string]int{}
	code := func(s string) int {
		if len(s) == 1 {
			return int(s[0])
		}
		return table[s]
	}
	put(256)
	cur := ""
	for _, c := range data {
		next1 := cur + string([]byte{c})
		if _, ok := table[next1]; ok || len(next1) == 1 {
			cur = next1
			continue
		}
		put(code(cur))
		table[next1] = next
		next++
		switch next + 1 {
		case 513, 1025, 2049:
			width++
		case 4096:
			put(256)
			table, next, width = map[string]int{}, 258, 9
		}
		cur = string([]byte{c})
	}
	put(code(cur))
	put(257)
	return append(out, byte(acc<<(8-bits)))
}

func TestPredictors_7_4_4_4(t *testing.T) {
	f := mustOpen(t, build("", catalog, onePage, pageHead+">>"))
	parm := Dict{"Predictor": int64(15), "Columns": int64(4)}
	png := []byte{0, 1, 2, 3, 4, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 3, 2, 2, 2, 2, 4, 1, 0, 0, 0}
	want := []byte{1, 2, 3, 4, 1, 2, 3, 4, 2, 3, 4, 5, 3, 5, 6, 7, 4, 5, 6, 7}
	if got, err := f.unpredict(png, parm); err != nil || !bytes.Equal(got, want) {
		t.Errorf("PNG: %v, %v", got, err)
	}
	parm["Predictor"] = int64(2)
	if got, _ := f.unpredict([]byte{1, 1, 1, 1, 5, 0, 0, 1}, parm); !bytes.Equal(got, []byte{1, 2, 3, 4, 5, 5, 5, 6}) {
		t.Errorf("TIFF: %v", got)
	}
}

// TestPositionsAgreeWithPoppler: every word of four letters or more stands
// where pdftotext says, to half a millimetre.
func TestPositionsAgreeWithPoppler(t *testing.T) {
	word := regexp.MustCompile(`xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="([\d.]+)">([^<]{4,})<`)
	for name, data := range shapes(t) {
		out := must(t, "pdftotext", "-bbox", "-f", "1", "-l", "1", temp(t, data), "-")
		f := mustOpen(t, data)
		pages, _ := f.Pages()
		lines, err := f.Lines(pages[0])
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range word.FindAllStringSubmatch(out, -1) {
			x0, _ := strconv.ParseFloat(m[1], 64)
			x1, _ := strconv.ParseFloat(m[2], 64)
			if !hasWord(lines, norm.NFC.String(m[4]), x0, x1) {
				t.Errorf("%s: no %q at %s", name, m[4], m[1])
			}
			n++
		}
		if n < 10 {
			t.Errorf("%s: only %d words compared", name, n)
		}
	}
}

func hasWord(lines []Line, w string, x0, x1 float64) bool {
	for _, l := range lines {
		for from := 0; ; {
			i := strings.Index(l.Text[from:], w)
			if i < 0 {
				break
			}
			r, _, _ := l.Span(from+i, from+i+len(w))
			if math.Abs(r.X0-x0) < 1.4 && math.Abs(r.X1-x1) < 1.4 {
				return true
			}
			from += i + 1
		}
	}
	return false
}

func TestAnchorFromTheLastPageBackwards(t *testing.T) {
	f := mustOpen(t, read(t, libreOffice))
	a, err := f.FindAnchor(norm.NFD.String("Nguyễn  Văn Hùng"))
	if err != nil || a.Page.Index != 1 {
		t.Fatalf("page %d, %v", a.Page.Index, err)
	}
	if a, err := f.FindAnchor("phê duyệt"); err != nil || a.Page.Index != 0 {
		t.Errorf("page %d, %v", a.Page.Index, err)
	}
	for _, s := range []string{"Nguyễn Văn Hùn", "guyễn Văn Hùng", "Trần Thị Mai", ""} {
		if _, err := f.FindAnchor(s); !Is(err, NotFound) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// TestLettersDrawnTwice: some printers make bold by drawing again.
func TestLettersDrawnTwice(t *testing.T) {
	content := "BT /F 12 Tf 1 0 0 1 50 700 Tm (ball  46) Tj 1 0 0 1 50.3 700 Tm (ball  46) Tj ET"
	f := mustOpen(t, build("", catalog, onePage, pageHead+" /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
		"<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>"))
	if text, err := f.Text(); err != nil || text != "ball 46\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestPageGeometryRoundTrip(t *testing.T) {
	for _, rot := range []int{0, 90, 180, 270} {
		p := Page{CropBox: Rect{100, 50, 700, 850}, Rotate: rot, UserUnit: 2}
		in := Box{X: 10, Y: 20, W: 30, H: 40}
		out := p.View(p.User(in))
		if math.Abs(out.X-10)+math.Abs(out.Y-20)+math.Abs(out.W-30)+math.Abs(out.H-40) > 4e-4 { // ten-thousandths of a unit
			t.Errorf("rotate %d: %+v", rot, out)
		}
		if r := p.User(Box{}); r.X0 != r.X1 {
			t.Errorf("rotate %d: %v", rot, r)
		}
	}
}

const vietnamese = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"

// TestEveryVietnameseLetter_TCVN6909: all letters, in both cases, in each
// face, come back from the file as text, and are drawn from embedded subsets.
func TestEveryVietnameseLetter_TCVN6909(t *testing.T) {
	text := vietnamese + strings.ToUpper(vietnamese) + "0123456789/-.:+“”–"
	f := mustOpen(t, build("", catalog, onePage, pageHead+" /Contents 4 0 R>>", "<</Length 0>>\nstream\n\nendstream"))
	u, err := f.Update()
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	fonts := Dict{}
	for i, face := range []Face{Regular, Bold, Italic} {
		font, err := NewFont(face)
		if err != nil {
			t.Fatal(err)
		}
		ref := u.Alloc()
		name := fmt.Sprintf("F%d", i)
		fonts[Name(name)] = ref
		for k, r := 0, []rune(text); k < len(r); k += 50 {
			g, err := font.Encode(string(r[k:min(k+50, len(r))]))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&content, "BT /%s 10 Tf 30 %d Td <%x> Tj ET\n", name, 800-i*120-k/50*20, string(g))
		}
		if err := font.Embed(u, ref); err != nil {
			t.Fatal(err)
		}
	}
	page := f.Dict(Ref{3, 0}).Clone()
	page["Resources"] = Dict{"Font": fonts}
	u.Set(Ref{3, 0}, page)
	u.Set(Ref{4, 0}, Compress(Dict{}, content.Bytes()))
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	path := temp(t, out)
	joined := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if got := joined(must(t, "pdftotext", path, "-")); got != strings.Repeat(text, 3) {
		t.Errorf("pdftotext: %s", got)
	}
	own, err := mustOpen(t, out).Text()
	if err != nil || joined(own) != strings.Repeat(text, 3) {
		t.Errorf("own reader: %v %s", err, own)
	}
	if list := must(t, "pdffonts", path); strings.Count(list, "yes yes yes") != 3 {
		t.Errorf("fonts must be embedded, subset, with ToUnicode:\n%s", list)
	}
	if out := must(t, "mutool", "draw", "-F", "txt", "-o", "/dev/null", path); strings.Contains(out, "error") {
		t.Error(out)
	}
	font, _ := NewFont(Regular)
	if _, err := font.Encode("漢"); !Is(err, BadGlyph) {
		t.Errorf("a letter that is not in the face gave %v", err)
	}
}

func TestGlyphNames(t *testing.T) {
	for name, want := range map[string]string{
		"A": "A", "uni1EC6": "Ệ", "ecircumflexdotbelow": "ệ", "ohornacute": "ớ", "Dcroat": "Đ",
		"slash": "/", "a.alt": "a", "space": " ", "g23": "", "u1D11E": "𝄞",
	} {
		if got := glyphText(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestPictures_HT33_11_4_c(t *testing.T) {
	for name, data := range map[string][]byte{
		"not PNG":  []byte("\xff\xd8\xff jpeg"),
		"too big":  make([]byte, MaxImageBytes+1),
		"cut off":  []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
		"too wide": []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\x00\x00\x00\x00\x00\x00\x00"),
	} {
		if _, err := ReadPNG(data); !Is(err, BadImage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
