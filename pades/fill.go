package pades

import (
	"fmt"
	"strings"
	"time"

	"vanthu/pdf"
)

// Names of the two text fields of flows A and M.
const (
	NumberField = "so_van_ban"
	DateField   = "ngay_van_ban"
)

// Fill enters one text field.
type Fill struct {
	Field string
	// Value is what the field holds and, without Parts, what it shows.
	Value string
	// Parts are shown one in each gap of a field that Prepare placed over a
	// line with words between the gaps ("ngày … tháng … năm …").
	Parts []string
}

// FillNumber enters the number; below 10 it gets a leading zero
// (law:ND30-PL1.II.3).
func FillNumber(n int) Fill {
	return Fill{Field: NumberField, Value: fmt.Sprintf("%02d", n)}
}

// FillDate enters the date of issue: days below 10 and the months 1 and 2 get
// a leading zero (law:ND30-PL1.II.4).
func FillDate(t time.Time) Fill {
	t = t.In(hanoi)
	return Fill{Field: DateField, Value: t.Format("02/01/2006"), Parts: dateParts(t)}
}

func dateParts(t time.Time) []string {
	month := fmt.Sprint(int(t.Month()))
	if t.Month() <= 2 {
		month = "0" + month
	}
	return []string{fmt.Sprintf("%02d", t.Day()), month, fmt.Sprint(t.Year())}
}

// Private keys that Prepare leaves in a text field for fill: the gaps as pairs
// of offsets from the field's left edge, in user space units.
const gapsKey = pdf.Name("VT_Gaps")

// fill sets /V and /AP of a text field.
func (e *editor) fill(fields []Field, in Fill) error {
	fd, ok := findField(fields, in.Field)
	if !ok || fd.Type != "Tx" || len(fd.Widgets) != 1 {
		return refuse(NoField, "Tệp không có trường văn bản “%s”.", in.Field)
	}
	w := fd.Widgets[0]
	if w.Page < 0 {
		return refuse(NoField, "Trường “%s” không nằm trên trang nào.", in.Field)
	}
	p := e.pages[w.Page]
	ap, err := e.draw(p, w.Rect, fillLook(e.f, p, fd, w, in))
	if err != nil {
		return err
	}
	e.set(w.Ref, pdf.Dict{"AP": ap})
	e.set(fd.Ref, pdf.Dict{"V": pdf.EncodeText(in.Value)})
	return nil
}

// fillLook draws the value once, or each part in its gap.
func fillLook(f *pdf.File, p pdf.Page, fd Field, w Widget, in Fill) *Look {
	box := p.View(w.Rect)
	unit := pdf.PointsPerMM / p.UserUnit
	face, size := defaultAppearance(f.Str(fd.Dict["DA"]))
	parts, gaps := in.Parts, f.Array(f.Dict(w.Ref)[gapsKey])
	if len(parts) == 0 || len(gaps) < 2 {
		parts, gaps = []string{in.Value}, pdf.Array{0.0, box.W * unit}
	}
	l := &Look{}
	for i := 0; i+1 < len(gaps) && i/2 < len(parts); i += 2 {
		x0, _ := f.Number(gaps[i])
		x1, _ := f.Number(gaps[i+1])
		l.Marks = append(l.Marks, Mark{
			Text: parts[i/2], Face: face, Size: size, Align: Center,
			Box: pdf.Box{X: x0 / unit, W: (x1 - x0) / unit, H: box.H},
		})
	}
	return l
}

// faceNames are the resource names of our faces in /DA and /DR.
var faceNames = map[pdf.Face]string{pdf.Regular: "VTRegular", pdf.Bold: "VTBold", pdf.Italic: "VTItalic"}

// defaultAppearance reads face and size from /DA: "/VTItalic 14 Tf 0 g".
func defaultAppearance(da string) (pdf.Face, float64) {
	words := strings.Fields(da)
	face, size := pdf.Regular, 13.0
	for i, w := range words {
		if w != "Tf" || i < 2 {
			continue
		}
		for f, name := range faceNames {
			if words[i-2] == "/"+name {
				face = f
			}
		}
		var s float64
		if _, err := fmt.Sscan(words[i-1], &s); err == nil && s > 0 && s < 200 {
			size = s
		}
	}
	return face, size
}
