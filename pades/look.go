package pades

import (
	"bytes"
	"fmt"
	"time"

	"vanthu/pdf"
)

// Look is what a signature shows (hình thức chữ ký): marks on a box whose
// measures are millimetres from its upper left corner. The zero Look shows
// nothing. Its pictures are read once, at the first signature, so a Look that
// serves a batch is made once; it serves one goroutine at a time.
type Look struct {
	Marks []Mark
	// W, H: the natural size of the box in mm, used when the caller places a
	// new field by its corner only; marks are drawn for the box they get.
	W, H float64
}

// Mark is one picture or one line of text of a Look.
type Mark struct {
	PNG  []byte // a picture, fitted into Box and centred in it
	Text string // or a line of text in Liberation Serif
	Face pdf.Face
	Size float64 // points
	Red  bool    // text in red instead of black
	// Box is where it goes; a zero Box is the whole field. Text is placed with
	// its baseline on Box's lower edge plus the descent.
	Box   pdf.Box
	Align Align

	image *pdf.Image // PNG, once it was read
	seal  bool       // Box is a seal's true size: see sealIn
}

// Align is how a line of text stands in its box.
type Align int

// The alignments.
const (
	Left Align = iota
	Center
	Right
)

// descent of Liberation Serif, in parts of its size.
const descent = 0.216

// PersonalLook is the competent person's signature: the picture of the
// handwritten signature, blue, transparent PNG, and no text
// (law:ND30-PL1.II.7d HT33-11.4.b).
func PersonalLook(png []byte) *Look { return &Look{Marks: []Mark{{PNG: png}}} }

// TextLook is used where a person has no picture: name and time in letters.
func TextLook(lines ...string) *Look { return textLook(Left, lines) }

// SealLook is the agency's signature on the main document: the seal's picture,
// red, true size, transparent PNG (law:ND30-PL1.II.8a HT33-11.4.c).
// Lines of text stand under the picture and the signer's name, and only where
// the profile of the day asks for them (Profile.SealText). A field that was
// prepared for another diameter keeps its place: a smaller seal has its true
// size over the same third of the signature, a larger one shrinks to the field.
func SealLook(png []byte, mm float64, lines ...string) *Look {
	l := &Look{Marks: []Mark{{PNG: png, Box: pdf.Box{W: mm, H: mm}, seal: true}}, W: mm, H: mm + SealTextHeight(len(lines))}
	size := 8.0
	if font, err := pdf.NewFont(pdf.Regular); err == nil {
		for _, s := range lines { // one size for all, so that the longest fits
			size = min(size, mm*pdf.PointsPerMM/max(font.Width(s, 1), 1))
		}
	}
	for i, s := range lines {
		y := mm + sealTextGap + float64(i)*sealLeading
		l.Marks = append(l.Marks, Mark{Text: s, Size: size, Red: true, Box: pdf.Box{Y: y, W: mm, H: sealLeading}})
	}
	return l
}

// SealTextHeight is the room in mm that n lines under a seal take.
func SealTextHeight(n int) float64 {
	if n == 0 {
		return 0
	}
	return sealTextGap + float64(n)*sealLeading
}

// AnnexLook marks an annex or attached document that is a file of its own:
// number and symbol of the document and the time of signing, in letters, no
// picture (law:ND30-PL1.II.8b ND30-PL1.III.1d).
func AnnexLook(symbol string, at time.Time) *Look {
	return textLook(Right, []string{symbol, ISOTime(at)})
}

// CopyForm is the form of a copy (hình thức sao), as it is written on it
// (law:ND30-25).
type CopyForm string

// The forms of copies: of a whole original, of a true copy, of a part.
const (
	TrueCopy   CopyForm = "SAO Y"
	CopyOfCopy CopyForm = "SAO LỤC"
	Extract    CopyForm = "TRÍCH SAO"
)

// CopyLook marks an electronic copy made from paper: form of the copy, the
// copying agency, the time of signing (law:ND30-25 HT33-11.4.a).
func CopyLook(form CopyForm, agency string, at time.Time) *Look {
	return textLook(Right, []string{string(form), agency, ISOTime(at)})
}

// Measures of text marks, upright and black (law:ND30-PL1.II.8b).
const (
	markSize    = 10.0
	markLeading = 4.2 // mm from line to line
	sealLeading = 3.5 // mm, lines under a seal
	sealTextGap = 5.0 // mm, where the signer's name stands
)

func textLook(align Align, lines []string) *Look {
	l := &Look{}
	font, err := pdf.NewFont(pdf.Regular)
	for i, s := range lines {
		l.Marks = append(l.Marks, Mark{
			Text: s, Size: markSize, Align: align,
			Box: pdf.Box{Y: float64(i) * markLeading, H: markLeading},
		})
		if err == nil {
			l.W = max(l.W, font.Width(s, markSize)/pdf.PointsPerMM+1)
		}
	}
	for i := range l.Marks {
		l.Marks[i].Box.W = l.W
	}
	l.H = float64(len(lines)) * markLeading
	return l
}

// ISOTime writes a time of signing as ISO 8601 in the Vietnamese zone, as
// 2026-11-21T08:05:30+07:00.
func ISOTime(t time.Time) string { return t.In(hanoi).Format("2006-01-02T15:04:05-07:00") }

var hanoi = time.FixedZone("+07", 7*3600)

// draw makes the appearance of the look for a widget with that rectangle.
func (e *editor) draw(p pdf.Page, r pdf.Rect, l *Look) (pdf.Dict, error) {
	view := p.View(r) // width and height as seen, in mm
	unit := pdf.PointsPerMM / p.UserUnit
	d := &drawing{e: e, unit: unit, w: view.W * unit, h: view.H * unit, xobjects: pdf.Dict{}, fonts: pdf.Dict{}}
	for i := range l.Marks {
		if err := l.Marks[i].read(); err != nil {
			return nil, err
		}
		m := l.Marks[i]
		if m.Box == (pdf.Box{}) {
			m.Box = pdf.Box{W: view.W, H: view.H}
		} else if m.seal {
			m.Box = sealIn(m.Box, view)
		}
		if err := d.mark(m, p.UserUnit); err != nil {
			return nil, err
		}
	}
	res := pdf.Dict{}
	if len(d.xobjects) > 0 {
		res["XObject"] = d.xobjects
	}
	if len(d.fonts) > 0 {
		res["Font"] = d.fonts
	}
	return pdf.Dict{"N": e.appearance(p, d.w, d.h, res, d.out.Bytes())}, nil
}

// sealIn places a seal in a field that may be made for another diameter: its
// right edge and its middle are where SealPlace put them, and nothing of it is
// cut off. law:ND30-PL1.II.8a
func sealIn(seal, field pdf.Box) pdf.Box {
	room := min(field.W, field.H)
	mm := min(seal.W, room)
	return pdf.Box{X: field.W - mm, Y: (room - mm) / 2, W: mm, H: mm}
}

// drawing collects the content of one appearance.
type drawing struct {
	e        *editor
	unit     float64 // user space units per mm
	w, h     float64 // user space units
	out      bytes.Buffer
	xobjects pdf.Dict
	fonts    pdf.Dict
}

// read decodes the picture of a mark that has one.
func (m *Mark) read() (err error) {
	if m.PNG != nil && m.image == nil {
		m.image, err = pdf.ReadPNG(m.PNG)
	}
	return err
}

func (d *drawing) mark(m Mark, userUnit float64) error {
	if m.image != nil {
		d.picture(m)
		return nil
	}
	if m.Text == "" {
		return nil
	}
	return d.line(m, m.Size/userUnit)
}

func (d *drawing) picture(m Mark) {
	im := m.image
	name := pdf.Name(fmt.Sprintf("Im%d", len(d.xobjects)))
	d.xobjects[name] = im.Embed(d.e.u)
	bw, bh := m.Box.W*d.unit, m.Box.H*d.unit
	scale := min(bw/float64(im.Width), bh/float64(im.Height))
	w, h := float64(im.Width)*scale, float64(im.Height)*scale
	x := m.Box.X*d.unit + (bw-w)/2
	y := d.h - m.Box.Y*d.unit - bh + (bh-h)/2
	fmt.Fprintf(&d.out, "q %.4f 0 0 %.4f %.4f %.4f cm /%s Do Q\n", w, h, x, y, name)
}

func (d *drawing) line(m Mark, size float64) error {
	face, err := d.e.font(m.Face)
	if err != nil {
		return err
	}
	glyphs, err := face.font.Encode(m.Text)
	if err != nil {
		return err
	}
	if w := face.font.Width(m.Text, size); w > m.Box.W*d.unit {
		size *= m.Box.W * d.unit / w // rather small than cut off
	}
	name := pdf.Name(fmt.Sprintf("F%d", m.Face))
	d.fonts[name] = face.ref
	free := m.Box.W*d.unit - face.font.Width(m.Text, size)
	x := m.Box.X * d.unit
	switch m.Align {
	case Center:
		x += free / 2
	case Right:
		x += free
	}
	y := d.h - (m.Box.Y+m.Box.H)*d.unit + descent*size
	colour := "0 g"
	if m.Red {
		colour = "1 0 0 rg"
	}
	fmt.Fprintf(&d.out, "q BT %s /%s %.4f Tf %.4f %.4f Td <%x> Tj ET Q\n", colour, name, size, x, y, string(glyphs))
	return nil
}
