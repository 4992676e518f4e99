package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	xdraw "golang.org/x/image/draw"
)

// signaturePNG draws an invented handwritten signature: blue ink on nothing,
// always the same for the same name. law:ND30-PL1
func signaturePNG(name string) ([]byte, error) {
	return drawOnce("signature\n"+name, func() ([]byte, error) { return drawSignature(name) })
}

func drawSignature(name string) ([]byte, error) {
	const w, h = 450, 200
	seed := uint64(0)
	for _, r := range name {
		seed = seed*131 + uint64(r)
	}
	rnd := rand.New(rand.NewPCG(seed, 7))
	var z vector.Rasterizer
	z.Reset(w, h)
	x, y := 90.0, 230.0
	pts := [][2]float64{{x, y}}
	for i := range 9 {
		up := 150.0
		if i%2 == 1 {
			up = -110
		}
		x += 55 + 40*rnd.Float64()
		pts = append(pts, [2]float64{x - 30*rnd.Float64(), 215 - up*(0.45+0.55*rnd.Float64())})
	}
	pts = append(pts, [2]float64{840, 170 + 60*rnd.Float64()}, [2]float64{230, 318}, [2]float64{640, 300})
	stroke(&z, pts, 7, w/900.0)
	return ink(&z, w, h, color.NRGBA{0x12, 0x3c, 0xb4, 0xff})
}

// stroke draws a smooth line of the given width through points, as a chain of
// small discs.
func stroke(z *vector.Rasterizer, p [][2]float64, width, scale float64) {
	at := func(i int) [2]float64 { return p[min(max(i, 0), len(p)-1)] }
	for i := 0; i+1 < len(p); i++ {
		a, b, c, d := at(i-1), at(i), at(i+1), at(i+2)
		step := 1.2 / math.Max(1, math.Hypot(c[0]-b[0], c[1]-b[1]))
		for t := 0.0; t < 1; t += step {
			q := [2]float64{}
			for k := range q {
				q[k] = 0.5 * (2*b[k] + (c[k]-a[k])*t + (2*a[k]-5*b[k]+4*c[k]-d[k])*t*t + (3*b[k]-a[k]-3*c[k]+d[k])*t*t*t)
			}
			r := width / 2 * (0.55 + 0.45*math.Abs(math.Sin(float64(i)+2*t)))
			disc(z, q[0]*scale, q[1]*scale, r*scale)
		}
	}
}

func disc(z *vector.Rasterizer, x, y, r float64) {
	polygon(z, 12, func(i int) (float64, float64) {
		a := float64(i) * math.Pi / 6
		return x + r*math.Cos(a), y + r*math.Sin(a)
	})
}

func polygon(z *vector.Rasterizer, n int, at func(int) (float64, float64)) {
	for i := range n {
		x, y := at(i)
		if i == 0 {
			z.MoveTo(float32(x), float32(y))
		} else {
			z.LineTo(float32(x), float32(y))
		}
	}
	z.ClosePath()
}

func ink(z *vector.Rasterizer, w, h int, c color.NRGBA) ([]byte, error) {
	im := image.NewNRGBA(image.Rect(0, 0, w, h))
	z.Draw(im, im.Bounds(), image.NewUniform(c), image.Point{})
	var b bytes.Buffer
	err := png.Encode(&b, im)
	return b.Bytes(), err
}

var sealRed = color.NRGBA{0xd0, 0x1f, 0x1f, 0xff}

// sealPNG draws an invented seal of an agency: two rings, a star, the name
// around; red on nothing. It bears the word MẪU, so that nobody takes it for a
// real one. law:ND30-PL1
func sealPNG(name, superior string) ([]byte, error) {
	return drawOnce("seal\n"+name+"\n"+superior, func() ([]byte, error) { return drawSeal(name, superior) })
}

// drawn are the pictures that were drawn before, for the next province.
var drawn sync.Map

func drawOnce(key string, draw func() ([]byte, error)) ([]byte, error) {
	if b, ok := drawn.Load(key); ok {
		return bytes.Clone(b.([]byte)), nil
	}
	b, err := draw()
	if err == nil {
		drawn.Store(key, bytes.Clone(b))
	}
	return b, err
}

func drawSeal(name, superior string) ([]byte, error) {
	const n, u = 432, 432 / 720.0 // 36 mm at 300 dpi
	im := image.NewNRGBA(image.Rect(0, 0, n, n))
	var z vector.Rasterizer
	z.Reset(n, n)
	ring(&z, n/2, 345*u, 331*u)
	ring(&z, n/2, 318*u, 312*u)
	ring(&z, n/2, 205*u, 200*u)
	star(&z, n/2, n/2, 110*u)
	z.Draw(im, im.Bounds(), image.NewUniform(sealRed), image.Point{})
	face, err := sealFace(52 * u)
	if err != nil {
		return nil, err
	}
	around(im, face, superior, 235*u, math.Pi, true)
	around(im, face, name, 235*u, math.Pi, false)
	var b bytes.Buffer
	err = png.Encode(&b, im)
	return b.Bytes(), err
}

func ring(z *vector.Rasterizer, c, outer, inner float64) {
	for _, r := range []float64{outer, -inner} {
		polygon(z, 120, func(i int) (float64, float64) {
			a := float64(i) * 2 * math.Pi / 120
			if r < 0 {
				a = -a // the hole turns the other way
			}
			return c + math.Abs(r)*math.Cos(a), c + math.Abs(r)*math.Sin(a)
		})
	}
}

func star(z *vector.Rasterizer, x, y, r float64) {
	polygon(z, 10, func(i int) (float64, float64) {
		a, q := float64(i)*math.Pi/5-math.Pi/2, r
		if i%2 == 1 {
			q = r * 0.382
		}
		return x + q*math.Cos(a), y + q*math.Sin(a)
	})
}

func sealFace(size float64) (font.Face, error) {
	f, err := opentype.Parse(liberationsansbold.TTF)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
}

// around writes text on a circle, over the top or along the bottom.
func around(im draw.Image, face font.Face, text string, radius, span float64, top bool) {
	runes := []rune(text)
	widths, total := make([]float64, len(runes)), 0.0
	for i, r := range runes {
		adv, _ := face.GlyphAdvance(r)
		widths[i] = float64(adv)/64 + 2
		total += widths[i]
	}
	scale := min(1, span*1.05*radius/total)
	angle := -total * scale / radius / 2
	for i, r := range runes {
		mid := angle + widths[i]*scale/radius/2
		turned(im, face, r, radius, mid, scale, top)
		angle += widths[i] * scale / radius
	}
}

// turned draws one letter upright on a tile and turns it into its place.
func turned(im draw.Image, face font.Face, r rune, radius, angle, scale float64, top bool) {
	const t = 58
	tile := image.NewNRGBA(image.Rect(0, 0, t, t))
	adv, _ := face.GlyphAdvance(r)
	d := font.Drawer{Dst: tile, Src: image.NewUniform(sealRed), Face: face, Dot: fixed.Point26_6{X: fixed.I(t/2) - adv/2, Y: fixed.I(40)}}
	d.DrawString(string(r))
	// Along the bottom letters stand on the circle's inside, still left to right.
	side, turn := -1.0, angle
	if !top {
		side, turn = 1, -angle
	}
	c := float64(im.Bounds().Dx()) / 2
	x, y := c+(radius+12)*math.Sin(angle), c+side*(radius+12)*math.Cos(angle)
	cos, sin := math.Cos(turn)*scale, math.Sin(turn)*scale
	m := f64.Aff3{cos, -sin, x - cos*t/2 + sin*t/2, sin, cos, y - sin*t/2 - cos*t/2}
	xdraw.CatmullRom.Transform(im, m, tile, tile.Bounds(), xdraw.Over, nil)
}
