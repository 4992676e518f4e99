package pades

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/pdf"
)

const dpi = 100

// render draws one page with poppler.
func render(t *testing.T, data []byte, page string) image.Image {
	t.Helper()
	path := temp(t, "r.pdf", data)
	base := filepath.Join(filepath.Dir(path), "p")
	must(t, "pdftoppm", "-png", "-cropbox", "-r", "100", "-f", page, "-l", page, "-singlefile", path, base)
	im, err := png.Decode(bytes.NewReader(read(t, base+".png")))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// inked is the box in mm of the pixels for which ink is true.
func inked(im image.Image, ink func(r, g, b int) bool) pdf.Box {
	b := im.Bounds()
	x0, y0, x1, y1 := b.Max.X, b.Max.Y, 0, 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := im.At(x, y).RGBA()
			if ink(int(r>>8), int(g>>8), int(bl>>8)) {
				x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
			}
		}
	}
	mm := func(px int) float64 { return float64(px) * 25.4 / dpi }
	return pdf.Box{X: mm(x0), Y: mm(y0), W: mm(x1 - x0), H: mm(y1 - y0)}
}

func red(r, g, b int) bool  { return r > 180 && g < 110 && b < 110 }
func blue(r, g, b int) bool { return b > 150 && r < 110 && g < 110 }
func dark(r, g, b int) bool { return r < 100 && g < 100 && b < 100 }

// TestSealTrueSize_HT33_11_4_c: 36 mm ± 1 on the page, over 30–37 % of the
// width of the personal signature, on its left (ND30-PL1.II.8a); turned
// pages look the same.
func TestSealTrueSize_HT33_11_4_c(t *testing.T) {
	for _, shape := range []string{"libreoffice", "rotated"} {
		_, signed, sealed := flowA(t, sample(t, shape), sampleLayout())
		sig := inked(render(t, signed, "2"), blue)
		seal := inked(render(t, sealed, "2"), red)
		if math.Abs(seal.W-36) > 1 || math.Abs(seal.H-36) > 1 {
			t.Errorf("%s: seal is %.1f×%.1f mm", shape, seal.W, seal.H)
		}
		overlap := (seal.X + seal.W - sig.X) / sig.W
		if overlap < 0.30 || overlap > 0.37 || seal.X > sig.X {
			t.Errorf("%s: seal covers %.0f %% of the signature", shape, overlap*100)
		}
		name, err := open(t, sealed).FindAnchor(sampleSigner)
		if err != nil {
			t.Fatal(err)
		}
		n := name.Page.View(name.Rect)
		if d := sig.X + sig.W/2 - n.X - n.W/2; math.Abs(d) > 1 {
			t.Errorf("%s: signature stands %.1f mm off the name's middle", shape, d)
		}
		if sig.Y+sig.H > n.Y {
			t.Errorf("%s: signature runs into the name", shape)
		}
	}
}

// TestMarks: what annexes and copies show in the upper right corner, in black
// letters of size 10, clear of the state's name.
func TestMarks_ND30_PL1_II_8b_and_HT33_11_4_a(t *testing.T) {
	for name, l := range map[string]*Look{
		"annex": AnnexLook("Số: 46/QĐ-SXD", signedAt),
		"copy":  CopyLook("SAO Y", "Sở Xây dựng tỉnh An Sơn", signedAt),
	} {
		t.Run(name, func(t *testing.T) {
			in := sample(t, "libreoffice")
			page, err := open(t, in).Pages()
			if err != nil {
				t.Fatal(err)
			}
			signed := sign(t, in, Options{Place: l.TopRight(page[0]), Look: l, Time: signedAt}, agency())
			checkOutside(t, signed, 1, 1)
			text := must(t, "pdftotext", temp(t, "m.pdf", signed), "-")
			own, err := open(t, signed).Text()
			for _, m := range l.Marks {
				if !strings.Contains(text, m.Text) || !strings.Contains(own, m.Text) {
					t.Errorf("%q is not shown (%v)", m.Text, err)
				}
			}
			if !strings.Contains(text, "2026-11-21T08:05:30+07:00") {
				t.Error("no ISO 8601 time")
			}
			mark := inked(render(t, signed, "1"), dark)
			plain := inked(render(t, in, "1"), dark)
			if b := l.TopRight(page[0]).Box; mark.Y >= plain.Y || b.Y+b.H > plain.Y {
				t.Errorf("mark from %.1f mm down to %.1f, text begins at %.1f", mark.Y, b.Y+b.H, plain.Y)
			}
			keep(t, "mark-"+name, signed)
		})
	}
}

// TestProfiles_HT33_21_b: the form of the day.
func TestProfiles_HT33_21_b(t *testing.T) {
	for day, want := range map[string]string{"2019-06-01": "TT01", "2020-03-04": "TT01", "2020-03-05": "ND30", "2026-11-21": "ND30"} {
		at, err := time.ParseInLocation(time.DateOnly, day, hanoi)
		if err != nil {
			t.Fatal(err)
		}
		if got := ProfileOn(at).ID; got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
	old := Profiles[0]
	l := old.Seal(sealPNG(), 36, "Sở Xây dựng", signedAt)
	layout := sampleLayout()
	layout.SealTextLines = old.SealLines()
	prepared, err := PrepareDocument(sample(t, "libreoffice"), layout)
	if err != nil {
		t.Fatal(err)
	}
	sealed := sign(t, prepared, Options{Field: SealField, Look: l}, agency())
	if seal := inked(render(t, sealed, "2"), red); math.Abs(seal.W-36) > 1 || seal.H < 40 {
		t.Errorf("seal with text is %.1f×%.1f mm", seal.W, seal.H)
	}
	keep(t, "TT01", sealed)
}

// TestCopies_ND30_25_HT33_11_4_a: each form of copy is in letters by the decree,
// and bears the seal's picture in true size by the circular before it.
func TestCopies_ND30_25_HT33_11_4_a(t *testing.T) {
	in := sample(t, "libreoffice")
	pages, err := open(t, in).Pages()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Profiles {
		for _, form := range []CopyForm{TrueCopy, CopyOfCopy, Extract} {
			l := p.Copy(form, "Sở Xây dựng tỉnh An Sơn", sealPNG(), p.SealMM, signedAt)
			signed := sign(t, in, Options{Place: l.TopRight(pages[0]), Look: l, Time: signedAt}, agency())
			text, err := open(t, signed).Text()
			for _, want := range []string{string(form), "Sở Xây dựng tỉnh An Sơn", ISOTime(signedAt)} {
				if err != nil || !strings.Contains(text, want) {
					t.Errorf("%s: %q is not shown: %v", p.ID, want, err)
				}
			}
			seal := inked(render(t, signed, "1"), red)
			if shown := math.Abs(seal.W-p.SealMM) < 1 && math.Abs(seal.H-p.SealMM) < 1; shown != p.CopySeal {
				t.Errorf("%s %s: seal is %.1f×%.1f mm", p.ID, form, seal.W, seal.H)
			}
			keep(t, "copy-"+p.ID+"-"+string(form), signed)
		}
	}
}

func TestDatesAndNumbers_ND30_PL1_II(t *testing.T) {
	f := FillDate(time.Date(2026, 2, 3, 0, 30, 0, 0, hanoi))
	if strings.Join(f.Parts, " ") != "03 02 2026" {
		t.Error(f.Parts)
	}
	f = FillDate(time.Date(2026, 10, 2, 20, 0, 0, 0, time.UTC)) // the 3rd in Hà Nội
	if strings.Join(f.Parts, " ") != "03 10 2026" || FillNumber(7).Value != "07" || FillNumber(123).Value != "123" {
		t.Error(f.Parts)
	}
	if got := strings.Join(FillDate(time.Date(2026, 3, 15, 9, 0, 0, 0, hanoi)).Parts, " "); got != "15 3 2026" {
		t.Error(got)
	}
}

// TestAnchorsThatAreMissing: the screen learns what to ask for.
func TestAnchorsThatAreMissing(t *testing.T) {
	in := sample(t, "libreoffice")
	for _, c := range []struct {
		l      Layout
		kind   Kind
		anchor string
	}{
		{Layout{Signers: []Signer{{Name: "Trần Thị Mai"}}}, NoAnchor, SignerField},
		{Layout{Signers: []Signer{{Name: "- Như Điều 2;"}}}, NoGap, SignerField},
		{Layout{}, NoAnchor, SealField},
	} {
		_, err := PrepareDocument(in, c.l)
		var e *Error
		if !Is(err, c.kind) || !as(err, &e) || e.Anchor != c.anchor {
			t.Errorf("%+v: %v", c.l, err)
		}
	}
	plain := read(t, "testdata/trang-trong.pdf") // ends without a line end
	if _, err := NumberGap(open(t, plain)); !Is(err, NoAnchor) {
		t.Errorf("number in an empty page: %v", err)
	}
	if _, err := DateGap(open(t, plain)); !Is(err, NoAnchor) {
		t.Errorf("date in an empty page: %v", err)
	}
	given := &Gap{Place: Place{Box: pdf.Box{X: 40, Y: 40, W: 20, H: 6}}, Size: 13}
	prepared, err := PrepareDocument(plain, Layout{
		Signers: []Signer{{Place: &Place{Box: pdf.Box{X: 120, Y: 200, W: 45, H: 20}}}}, Number: given,
		Date: &Gap{Place: Place{Box: pdf.Box{X: 120, Y: 40, W: 40, H: 6}}, Face: pdf.Italic, Size: 14},
	})
	if err != nil {
		t.Fatal(err)
	}
	sealed := sign(t, prepared, Options{Field: SealField, Look: SealLook(sealPNG(), 36), Fill: []Fill{FillNumber(9), FillDate(signedAt)}}, agency())
	checkOutside(t, sealed, 1, 1)
	if text, _ := open(t, sealed).Text(); !strings.Contains(text, "09 21/11/2026") {
		t.Error(text)
	}
}

// TestGapsInLines: the forms in which number and date lines are typed.
func TestGapsInLines_ND30_PL1_II_3(t *testing.T) {
	line := func(s string) row {
		r := row{size: 13}
		for i, c := range []rune(s) {
			r.add(string(c), pdf.Box{X: float64(i) * 2, W: 2, H: 5})
		}
		return r
	}
	for in, want := range map[string]float64{ // mm of room, 0: none found
		"Số:        /QĐ-UBND":     15.4,
		"Số :       /QĐ-UBND":     13.4,
		"Số ......./QĐ-UBND":      15.4,
		"So\u0302\u0301:     /CV": 9.4,
		"Số: 46/QĐ-UBND":          1.4,
		"Số điện thoại: 0200/1":   0,
		"Công số:      /A":        0,
	} {
		x0, x1, found := line(in).numberGap()
		if got := x1 - x0; found != (want > 0) || found && math.Abs(got-want) > 0.01 {
			t.Errorf("%q: %.2f mm, %v", in, got, found)
		}
	}
	for in, want := range map[string]int{ // gaps
		"An Sơn, ngày    tháng    năm 2026": 2,
		"ngày ... tháng ... năm ...":        3,
		"ngày    tháng    năm      ":        3,
		"ngày 20 tháng 11 năm 2024":         0,
		"tháng     năm":                     0,
	} {
		if gaps, _ := line(in).dateGaps(); len(gaps) != want {
			t.Errorf("%q: gaps %v", in, gaps)
		}
	}
}

func as(err error, e **Error) bool {
	x, ok := err.(*Error)
	*e = x
	return ok
}

func TestDatesOfPDF_7_9_4(t *testing.T) {
	if got := FormatDate(signedAt); got != "D:20261121080530+07'00'" {
		t.Error(got)
	}
	for in, want := range map[string]string{
		"D:20261121080530+07'00'": "2026-11-21T08:05:30+07:00",
		"D:20261121080530Z":       "2026-11-21T08:05:30Z",
		"20261121":                "2026-11-21T00:00:00Z",
		"D:20261121080530-0330":   "2026-11-21T08:05:30-03:30",
	} {
		if got, ok := ParseDate(in); !ok || got.Format(time.RFC3339) != want {
			t.Errorf("%s is %v", in, got)
		}
	}
	for _, in := range []string{"", "D:", "D:2026112", "D:20269921", "hôm nay"} {
		if _, ok := ParseDate(in); ok {
			t.Errorf("%q was read", in)
		}
	}
}

// TestForeignForm: a file with fields of its own keeps them, and a foreign
// text field can be filled.
func TestForeignForm(t *testing.T) {
	in := read(t, "testdata/bieu-mau.pdf")
	before, err := Fields(open(t, in))
	if err != nil || len(before) == 0 {
		t.Fatalf("%d fields, %v", len(before), err)
	}
	signed := sign(t, in, Options{Place: &Place{Box: pdf.Box{X: 100, Y: 200, W: 40, H: 20}}, Look: PersonalLook(signaturePNG())}, person())
	after, err := Fields(open(t, signed))
	if err != nil || len(after) != len(before)+1 {
		t.Fatalf("%d fields, %v", len(after), err)
	}
	filled := sign(t, signed, Options{Fill: []Fill{{Field: "ho_ten", Value: "Đặng Thị Hồng Nhung"}}}, agency())
	checkOutside(t, filled, 2, 2)
	if text, _ := open(t, filled).Text(); !strings.Contains(text, "Đặng Thị Hồng Nhung") {
		t.Error(text)
	}
	if os.Getenv("VANTHU_KEEP") != "" {
		keep(t, "form", filled)
	}
}
