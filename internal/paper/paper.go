// Package paper prints what the decree on clerical work (Nghị định 30/2020)
// prescribes on paper, as PDF: administrative documents (văn bản hành chính,
// Phụ lục I), the books of the clerk (sổ đăng ký, Phụ lục IV), the arrival stamp
// (dấu ĐẾN), the handling slip (phiếu giải quyết văn bản đến), and the exchange's
// delivery sheet (bảng gửi nhận).
//
// Each form is a struct of plain texts and days with a WriteTo:
//
//	doc := paper.Document{
//		Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng",
//		Symbol: "SXD-KT", Place: "Mẫu", Year: 2025,
//		Subject: "phối hợp rà soát quy hoạch", To: []string{"Ủy ban nhân dân huyện A"},
//		Body:  []paper.Block{{Text: "Thực hiện kế hoạch công tác năm 2025, …"}},
//		Title: "Giám đốc", Signer: "Trần Văn Hùng",
//		CopyTo: []string{"Như trên"}, Kept: "VT, KT",
//	}
//	_, err := doc.WriteTo(f)
//
// The face is Liberation Serif, which has the metrics of Times New Roman, embedded
// as a subset that copies and searches as Unicode (law:ND30-PL1.I). The same input
// gives the same bytes: times come from the input only. Lengths are millimetres,
// sizes of letters points.
package paper

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font/sfnt"

	"vanthu/viet"
)

const (
	point  = 25.4 / 72 // mm
	single = 1.15      // height of a line in sizes of its letters, as Times New Roman has it
)

// A face is the size and style of letters.
type face struct {
	size         float64 // points
	bold, italic bool
}

// A font is one of the four styles of the face. The tag before its name says
// that only the letters used are embedded (iso32000-2:9.9.2).
type font struct {
	name string
	ttf  []byte
}

// fonts are ordered from the longest name to the shortest, see named.
var fonts = []font{
	{"VTHUAD+LiberationSerif-BoldItalic", liberationserifbolditalic.TTF},
	{"VTHUAC+LiberationSerif-Italic", liberationserifitalic.TTF},
	{"VTHUAB+LiberationSerif-Bold", liberationserifbold.TTF},
	{"VTHUAA+LiberationSerif", liberationserifregular.TTF},
}

func (f face) font() font {
	switch {
	case f.bold && f.italic:
		return fonts[0]
	case f.italic:
		return fonts[1]
	case f.bold:
		return fonts[2]
	}
	return fonts[3]
}

// alias is the family name that fpdf turns into a font name as long as ours.
func (f font) alias() string { return strings.Repeat("x", len(f.name)-len("utf8")) }

// named puts the fonts' own names in place of fpdf's, byte for byte, so that no
// offset of the file moves.
func named(file []byte) []byte {
	for _, f := range fonts {
		file = bytes.ReplaceAll(file, []byte("/utf8"+f.alias()), []byte("/"+f.name))
	}
	return file
}

// line is the height of a line of this face, in mm.
func (f face) line() float64 { return f.size * point * single }

// A sheet is a PDF being written: fpdf with a cursor of our own, for fpdf's
// knows neither first-line indents nor rows that stay together.
type sheet struct {
	pdf                      *fpdf.Fpdf
	wide, high               float64 // of the page
	left, top, right, bottom float64 // margins
	y                        float64 // top of what comes next
	face                     face    // in use
	heading                  func()  // drawn at the top of every new page
}

// newSheet starts a document on pages of wide × high mm.
func newSheet(wide, high float64, title string, made time.Time) *sheet {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: wide, Ht: high}})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	pdf.SetProducer("Văn Thư", true)
	pdf.SetTitle(clean(title), true)
	pdf.SetLang("vi-VN")
	pdf.SetLineWidth(0.2)
	return &sheet{pdf: pdf, wide: wide, high: high}
}

// width is that between the margins.
func (s *sheet) width() float64 { return s.wide - s.left - s.right }

// room is the height left on the page.
func (s *sheet) room() float64 { return s.high - s.bottom - s.y }

func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.y = s.top
	if s.heading != nil {
		s.heading()
	}
}

// need starts a new page unless h mm are left on this one.
func (s *sheet) need(h float64) {
	if s.room() < h {
		s.newPage()
	}
}

// use makes f the face of what is written and measured next. fpdf takes in a
// font once, when it is first asked for.
func (s *sheet) use(f face) {
	if f == s.face {
		return
	}
	s.face = f
	font := f.font()
	s.pdf.AddUTF8FontFromBytes(font.alias(), "", font.ttf)
	s.pdf.SetFont(font.alias(), "", f.size)
}

// text writes one line of letters whose upper edge is y.
func (s *sheet) text(x, y float64, f face, t string) {
	s.use(f)
	// The baseline: ascent 0.891 em below the upper edge, as the font says.
	s.pdf.Text(x, y+(0.891+(single-1.107)/2)*f.size*point, t)
}

func (s *sheet) centred(middle, y float64, f face, t string) {
	s.text(middle-s.measure(f, t)/2, y, f, t)
}

func (s *sheet) measure(f face, t string) float64 {
	s.use(f)
	return s.pdf.GetStringWidth(t)
}

// rule draws a line of the given width around middle.
func (s *sheet) rule(middle, y, width float64) {
	s.pdf.Line(middle-width/2, y, middle+width/2, y)
}

// writeTo hands the finished file to w.
func (s *sheet) writeTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return 0, fmt.Errorf("dựng tệp PDF: %w", err)
	}
	n, err := w.Write(named(b.Bytes()))
	return int64(n), err
}

// glyphs is the font's list of letters.
var glyphs = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(liberationserifregular.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	return f
})

// clean makes a text printable: NFC, no control characters, and a box for what
// the face cannot show, so that one odd letter in a subject does not stop a
// register from being printed.
func clean(t string) string {
	var b sfnt.Buffer
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		if g, err := glyphs().GlyphIndex(&b, r); err != nil || g == 0 || r > 0xFFFF {
			return '□'
		}
		return r
	}, viet.NFC(strings.ToValidUTF8(t, "□")))
}
