package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"strings"
	"time"

	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	xdraw "golang.org/x/image/draw"

	"vanthu/internal/office"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/viet"
)

// typed is a letter on paper from somebody who has no exchange.
type typed struct {
	from, code, about, place string
	to                       string
	body                     []string // lines as they stand
	title, signer            string
}

// sheetOfPaper is a page under a scanner: colour, so and so many dots per inch.
type sheetOfPaper struct {
	im  *image.RGBA
	dpi float64
	err error
}

func (s *sheetOfPaper) px(mm float64) int { return int(mm / 25.4 * s.dpi) }

// line types a line, its middle or left edge at x, its foot at y, in mm.
func (s *sheetOfPaper) line(ttf []byte, size, x, y float64, centred bool, text string) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		s.err = err
		return
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: s.dpi})
	if err != nil {
		s.err = err
		return
	}
	dot := fixed.P(s.px(x), s.px(y))
	if centred {
		dot.X -= font.MeasureString(face, text) / 2
	}
	d := font.Drawer{Dst: s.im, Src: image.NewUniform(color.Gray{0x22}), Face: face, Dot: dot}
	d.DrawString(text)
}

// picture lays ink on the page, w mm wide.
func (s *sheetOfPaper) picture(data []byte, x, y, w, h float64) {
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		s.err = err
		return
	}
	xdraw.ApproxBiLinear.Scale(s.im, image.Rect(s.px(x), s.px(y), s.px(x+w), s.px(y+h)), p, p.Bounds(), xdraw.Over, nil)
}

// scanned is what a scanner makes of a letter on paper: a PDF with nothing but
// a picture of the page, in true size. law:ND30-PL1.I.2
func (t typed) scanned(dpi int) ([]byte, error) {
	s := &sheetOfPaper{im: image.NewRGBA(image.Rect(0, 0, 210*dpi*10/254, 297*dpi*10/254)), dpi: float64(dpi)}
	draw.Draw(s.im, s.im.Bounds(), image.NewUniform(color.RGBA{0xfb, 0xfa, 0xf6, 0xff}), image.Point{}, draw.Src)
	regular, bold, italic := liberationserifregular.TTF, liberationserifbold.TTF, liberationserifitalic.TTF
	s.line(bold, 13, 62, 27, true, t.from)
	s.line(regular, 13, 62, 37, true, "Số: "+t.code)
	s.line(regular, 12, 62, 44, true, t.about)
	s.line(bold, 12, 142, 27, true, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
	s.line(bold, 13, 142, 33, true, "Độc lập - Tự do - Hạnh phúc")
	s.line(italic, 13, 142, 44, true, t.place)
	s.line(regular, 14, 110, 62, true, "Kính gửi: "+t.to)
	y := 76.0
	for _, l := range t.body {
		s.line(regular, 14, 32, y, false, l)
		y += 7.5
	}
	s.line(bold, 14, 150, y+12, true, t.title)
	s.line(bold, 14, 150, y+46, true, t.signer)
	sign, err := signaturePNG(t.signer)
	if err != nil {
		return nil, err
	}
	seal, err := sealPNG(t.from, "MẪU")
	if err != nil {
		return nil, err
	}
	s.picture(sign, 130, y+18, 45, 20)
	s.picture(seal, 108, y+12, 36, 36)
	if s.err != nil {
		return nil, s.err
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, s.im, &jpeg.Options{Quality: 62}); err != nil {
		return nil, err
	}
	return imagePDF(b.Bytes(), s.im.Bounds().Dx(), s.im.Bounds().Dy(), s.dpi), nil
}

// takePaper takes the letter that came by post in: registered with its scan,
// signed as a copy, presented, answered. law:HT33-8.1
func (w *World) takePaper(ctx context.Context) error {
	day := viet.MakeDay(2025, time.January, 24)
	if err := w.Clock.Set(day.At(8, 5)); err != nil {
		return err
	}
	o, clerk, err := w.actor(ctx, "lan")
	if err != nil {
		return err
	}
	leader, err := w.holder(ctx, o, org.Head, 0)
	if err != nil {
		return err
	}
	data, err := onPaper.scanned(200)
	if err != nil {
		return err
	}
	scan, err := o.Keep(ctx, "Hoi-X-12.pdf", bytes.NewReader(data))
	if err != nil {
		return err
	}
	number, notation, _ := strings.Cut(onPaper.code, "/")
	in := office.ArrivalInput{Kind: "CV", Number: number, Notation: notation, Day: day.Add(-2), IssuerName: "Hội X", Subject: onPaper.about,
		SignerName: onPaper.signer, SignerTitle: "Chủ tịch", Pages: 1, Scan: &scan}
	id, err := o.RegisterPaper(ctx, clerk, in)
	if err != nil {
		return err
	}
	if err := w.Clock.Advance(2 * time.Minute); err != nil {
		return err
	}
	if err := o.SignCopy(ctx, clerk, id, office.CopyInput{Form: pades.TrueCopy, PresentTo: leader.ID}, signing.Consent{}); err != nil {
		return err
	}
	return w.answer(ctx, o, id, leader, letter{reply: "Đã cử đại biểu tham dự."})
}

// imagePDF is one page that is a JPEG picture (iso32000-2:8.9.5).
func imagePDF(data []byte, w, h int, dpi float64) []byte {
	wide, high := float64(w)*72/dpi, float64(h)*72/dpi
	content := fmt.Sprintf("q %.2f 0 0 %.2f 0 0 cm /P Do Q", wide, high)
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	object := func(head string, stream []byte) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\n", len(at), head)
		if stream != nil {
			fmt.Fprintf(&b, "stream\n%s\nendstream\n", stream)
		}
		b.WriteString("endobj\n")
	}
	object("<</Type/Catalog/Pages 2 0 R>>", nil)
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>", nil)
	object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>", wide, high), nil)
	object(fmt.Sprintf("<</Length %d>>", len(content)), []byte(content))
	object(fmt.Sprintf("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length %d>>", w, h, len(data)), data)
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}
