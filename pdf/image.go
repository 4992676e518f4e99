package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// Limits on pictures of signatures and seals.
const (
	MaxImageBytes  = 2 << 20 // law:HT33-11.4.c: a seal over 2 MB is refused
	MaxImagePixels = 8 << 20
)

// Image is a decoded picture, ready to be added to files.
type Image struct {
	Width, Height int // pixels
	rgb, alpha    []byte
}

// ReadPNG decodes a PNG with or without transparency. Anything else, or one
// beyond the limits, is an *Error of kind BadImage.
func ReadPNG(data []byte) (*Image, error) {
	bad := func(detail string) error {
		return &Error{BadImage, "Ảnh chữ ký, con dấu phải là PNG không quá 2 MB.", detail}
	}
	if len(data) > MaxImageBytes {
		return nil, bad(fmt.Sprintf("%d bytes", len(data)))
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, bad(err.Error())
	}
	if c.Width < 1 || c.Height < 1 || c.Width > MaxImagePixels/c.Height {
		return nil, bad(fmt.Sprintf("%d×%d pixels", c.Width, c.Height))
	}
	src, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, bad(err.Error())
	}
	return split(src), nil
}

// split separates colour and transparency.
func split(src image.Image) *Image {
	b := src.Bounds()
	n := b.Dx() * b.Dy()
	im := &Image{Width: b.Dx(), Height: b.Dy(), rgb: make([]byte, 0, 3*n), alpha: make([]byte, 0, n)}
	opaque := true
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(src.At(x, y)).(color.NRGBA)
			im.rgb = append(im.rgb, c.R, c.G, c.B)
			im.alpha = append(im.alpha, c.A)
			opaque = opaque && c.A == 255
		}
	}
	if opaque {
		im.alpha = nil
	}
	return im
}

// Embed adds the picture to u as an image XObject, its transparency as a soft
// mask (iso32000-2:8.9.5, 11.6.5.2).
func (im *Image) Embed(u *Update) Ref {
	dict := func(space Name) Dict {
		return Dict{
			"Type": Name("XObject"), "Subtype": Name("Image"), "Width": int64(im.Width), "Height": int64(im.Height),
			"ColorSpace": space, "BitsPerComponent": int64(8),
		}
	}
	d := dict("DeviceRGB")
	if im.alpha != nil {
		d["SMask"] = u.Add(Compress(dict("DeviceGray"), im.alpha))
	}
	return u.Add(Compress(d, im.rgb))
}
