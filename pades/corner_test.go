package pades

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
)

// header puts letters into the margin of page 1, as fax machines and scanners do:
// the text, and where its baseline stands in mm from the upper edge.
func header(t *testing.T, in []byte, text string, at float64) []byte {
	t.Helper()
	page, err := open(t, in).Pages()
	if err != nil {
		t.Fatal(err)
	}
	w, _ := page[0].Size()
	box := pdf.Box{X: w / 2, Y: at - 3, W: w/2 - 10, H: 3}
	l := &Look{Marks: []Mark{{Text: text, Size: 8, Box: pdf.Box{W: box.W, H: box.H}}}, W: box.W, H: box.H}
	return sign(t, in, Options{Place: &Place{Box: box}, Look: l, Time: signedAt}, agency())
}

// The mark of a copy is clear of the state's name and of whatever else stands in
// the margin; where the room is low its letters shrink, where the margin is full it
// goes below, and where there is no room it is refused (HT33-11.4.a, ND30-PL1.I).
func TestCopyIsClearOfTheText_HT33_11_4_a(t *testing.T) {
	plain := sample(t, "libreoffice")
	full := header(t, header(t, plain, "Điện thoại: 0200 3822 119, Fax: 0200 3822 120", 10), "Thư điện tử: hoix@example.vn", 18)
	for name, c := range map[string]struct {
		in     []byte
		at     float64 // mm from the upper edge
		shrunk bool
		full   bool
	}{
		"margin":         {in: plain, at: cornerTop},
		"turned page":    {in: sample(t, "rotated"), at: cornerTop},
		"fax line above": {in: header(t, plain, "FAX 0200 3822 119  03/03/2025 08:20  TRANG 1/2", 7), at: 8, shrunk: true},
		"line below":     {in: header(t, plain, "Trang 1/2 ngày 03/03/2025", 20), at: 3.7},
		"low room":       {in: header(t, plain, "Trang 1/2 ngày 03/03/2025", 16.5), at: 3.7, shrunk: true},
		"full margin":    {in: full, at: 42, shrunk: true}, // beside the title
		"no room":        {in: header(t, header(t, full, "ĐẾN Số: 12 Ngày: 03/03/2025", 48), "Chuyển: Phòng Kinh tế xây dựng", 56), full: true},
	} {
		f := open(t, c.in)
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		want := ProfileOn(signedAt).Copy(TrueCopy, "Sở Xây dựng tỉnh An Sơn", sealPNG(), 36, signedAt)
		l, place, err := want.InCorner(f, pages[0])
		if c.full {
			if !Is(err, NoGap) {
				t.Errorf("%s: %v %v", name, place, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if shrunk := l.H < want.H; shrunk != c.shrunk || l.Marks[0].Size < 7-.01 {
			t.Errorf("%s: letters of %.1f points, %.1f mm high", name, l.Marks[0].Size, l.H)
		}
		if place.Box.Y > c.at+.5 || place.Box.Y < c.at-.5 {
			t.Errorf("%s: placed %.1f mm below the edge, want %.1f", name, place.Box.Y, c.at)
		}
		if w, _ := pages[0].Size(); place.Box.X+place.Box.W > w-cornerRight+.01 {
			t.Errorf("%s: reaches to %.1f mm of %.1f", name, place.Box.X+place.Box.W, w)
		}
		clear(t, name, f, pages[0], place.Box)
		signed := sign(t, c.in, Options{Place: place, Look: l, Time: signedAt}, agency())
		text, err := open(t, signed).Text()
		if err != nil || !strings.Contains(text, "SAO Y") || !bytes.HasPrefix(signed, c.in) {
			t.Errorf("%s: the mark is not shown: %v", name, err)
		}
		keep(t, "corner-"+name, signed)
	}
}

// clear fails when a letter of the page stands in the box.
func clear(t *testing.T, name string, f *pdf.File, p pdf.Page, b pdf.Box) {
	t.Helper()
	lines, err := f.Lines(p)
	if err != nil {
		t.Fatal(err)
	}
	state := false
	for _, l := range lines {
		state = state || strings.Contains(l.Text, "CHỦ NGHĨA VIỆT")
		for _, g := range l.Glyphs {
			v := p.View(g.Rect)
			if v.X < b.X+b.W && v.X+v.W > b.X && v.Y < b.Y+b.H && v.Y+v.H > b.Y {
				t.Errorf("%s: %q of %q is covered", name, g.Text, l.Text)
				return
			}
		}
	}
	if !state {
		t.Errorf("%s: the page has no state name", name)
	}
}

// The seal's picture, which the circular before the decree wanted on copies, is
// not made smaller: where it does not fit, the copy is refused (HT33-21.b).
func TestPictureKeepsItsSize_HT33_21_b(t *testing.T) {
	f := open(t, sample(t, "libreoffice"))
	pages, err := f.Pages()
	if err != nil {
		t.Fatal(err)
	}
	old := ProfileOn(time.Date(2020, 1, 2, 8, 0, 0, 0, hanoi))
	_, _, err = old.Copy(TrueCopy, "Sở Xây dựng", sealPNG(), 36, signedAt).InCorner(f, pages[0])
	if !Is(err, NoGap) {
		t.Error(err)
	}
	if _, _, err := old.Copy(TrueCopy, "Sở Xây dựng", nil, 36, signedAt).InCorner(f, pages[0]); err != nil {
		t.Error("without a picture:", err)
	}
}

// A scan is a picture: the mark keeps clear of what is dark on it, here a page
// that was laid on the glass too high.
func TestCopyIsClearOfTheInk_HT33_11_4_a(t *testing.T) {
	scan := read(t, "../internal/web/story/testdata/quet-200.pdf")
	for name, c := range map[string]struct {
		up     float64 // mm that the picture is moved up by
		y      float64 // where the mark stands
		shrunk bool
	}{
		"straight":  {0, cornerTop, false},
		"high":      {9, cornerEdge, true},
		"very high": {16, 30, false}, // under the date
	} {
		moved := bytes.Replace(scan, []byte(" 0 0 cm /P Do"), []byte(fmt.Sprintf(" 0 %1.0f cm /P Do", c.up*pdf.PointsPerMM)), 1)
		f := open(t, moved)
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		want := CopyLook(TrueCopy, "Sở Xây dựng", signedAt)
		l, place, err := want.InCorner(f, pages[0])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if math.Abs(place.Box.Y-c.y) > 1.5 || l.H < want.H != c.shrunk {
			t.Errorf("%s: at %.1f mm, %.1f mm high", name, place.Box.Y, l.H)
		}
	}
}
