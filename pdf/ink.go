package pdf

import (
	"bytes"
	"image"
	"image/jpeg"
)

// Limits on the picture that a scanned page is looked at by.
const (
	maxInkPixels = 10_000_000 // A4 at 300 dpi has 9
	darkLuma     = 120        // of 255: ink, not paper
	inkShare     = 0.02       // of a row: letters, not dust
	nightShare   = 0.6        // of all rows: a dark page tells nothing
)

// Ink says for each row of a box, step millimetres high, whether something dark
// stands there in the JPEG picture that a scanned page is. It tells nothing
// (nil) of a page that is none, or whose picture is of another kind, too large,
// or dark all over.
func (f *File) Ink(p Page, b Box, step float64) []bool {
	list, err := f.ShownImages(p)
	if err != nil || len(list) != 1 || !(step > 0) {
		return nil
	}
	im, m, ok := f.picture(list[0])
	if !ok {
		return nil
	}
	rows := make([]bool, int(b.H/step))
	dark := 0
	for i := range rows {
		n, all := 0, 0
		for x := b.X; x < b.X+b.W; x += step / 2 {
			r := p.User(Box{X: x, Y: b.Y + (float64(i)+.5)*step})
			u, v := m.point(r.X0, r.Y0)
			if all++; lumaAt(im, u, 1-v) < darkLuma {
				n++
			}
		}
		rows[i] = float64(n) >= max(1, inkShare*float64(all))
		if rows[i] {
			dark++
		}
	}
	if float64(dark) > nightShare*float64(len(rows)) {
		return nil
	}
	return rows
}

// picture decodes the image of a page and gives the matrix from user space into
// its unit square.
func (f *File) picture(s Shown) (im image.Image, m matrix, ok bool) {
	names, _ := f.filters(s.stream.Dict)
	m, ok = s.at.inverse()
	if !ok || len(names) != 1 || names[0] != "DCTDecode" && names[0] != "DCT" {
		return nil, m, false
	}
	data := s.stream.Data
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > maxInkPixels/c.Height {
		return nil, m, false
	}
	im, err = jpeg.Decode(bytes.NewReader(data))
	return im, m, err == nil
}

// lumaAt is the brightness of a point of the unit square, y downwards; outside
// it is paper.
func lumaAt(im image.Image, u, v float64) uint8 {
	if u < 0 || u >= 1 || v < 0 || v >= 1 {
		return 255
	}
	b := im.Bounds()
	x, y := b.Min.X+int(u*float64(b.Dx())), b.Min.Y+int(v*float64(b.Dy()))
	switch im := im.(type) {
	case *image.YCbCr:
		return im.Y[im.YOffset(x, y)]
	case *image.Gray:
		return im.GrayAt(x, y).Y
	}
	return 255
}
