package browser

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
)

// shrink draws a picture of the screen with 256 of its colours: the most
// frequent, and those that are unlike all others. The eye misses nothing, and
// two thirds of the bytes are gone.
func shrink(data []byte) ([]byte, error) {
	src, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r := src.Bounds()
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(src.At(x, y)).(color.RGBA) }
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	common := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int { return cmp.Compare(count[b], count[a]) })
	p := palette(common)
	nearest := map[color.RGBA]uint8{}
	for c := range count {
		nearest[c] = uint8(p.Index(c))
	}
	dst := image.NewPaletted(r, p)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			dst.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, dst)
	return out.Bytes(), err
}

func palette(common []color.RGBA) (p color.Palette) {
	far := make([]int, len(common)) // of each colour to the nearest taken
	for i := range far {
		far[i] = 1 << 30
	}
	take := func(n int) {
		p = append(p, common[n])
		for i, c := range common {
			far[i] = min(far[i], apart(c, common[n]))
		}
	}
	for n := range min(160, len(common)) {
		take(n)
	}
	for len(p) < min(256, len(common)) {
		best := 0
		for i := range far {
			if far[i] > far[best] {
				best = i
			}
		}
		take(best)
	}
	return p
}

func apart(a, b color.RGBA) int {
	r, g, u := int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B)
	return r*r + g*g + u*u
}
