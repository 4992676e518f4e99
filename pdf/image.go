package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
)

// Limits on pictures of signatures and seals.
const (
	MaxImageBytes  = 2 << 20 // law:HT33-11.4.c: a seal over 2 MB is refused
	MaxImagePixels = 8 << 20
)

// Image is a picture ready to be added to any number of files.
type Image struct {
	Width, Height int     // pixels
	color, mask   *Stream // mask is nil for an opaque picture
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

// Transparent says whether anything can be seen through the picture.
func (im *Image) Transparent() bool { return im.mask != nil }

// split separates colour and transparency. What cannot be seen takes the colour
// of the pixel before it: no fringe when a viewer interpolates, and long runs.
func split(src image.Image) *Image {
	b := src.Bounds()
	n := b.Dx() * b.Dy()
	im := &Image{Width: b.Dx(), Height: b.Dy()}
	pix, ok := src.(*image.NRGBA) // what image/png gives for pictures with transparency
	if !ok {
		pix = image.NewNRGBA(b)
		draw.Draw(pix, b, src, b.Min, draw.Src)
	}
	rgb, alpha := make([]byte, 0, 3*n), make([]byte, 0, n)
	opaque, seen := true, []byte{0, 0, 0}
	for y := range im.Height {
		for row := pix.Pix[y*pix.Stride:][:4*im.Width]; len(row) > 0; row = row[4:] {
			if row[3] != 0 {
				seen = row[:3]
			}
			rgb = append(rgb, seen...)
			alpha = append(alpha, row[3])
			opaque = opaque && row[3] == 255
		}
	}
	im.color = Compress(im.dict("DeviceRGB"), rgb)
	if !opaque {
		im.mask = Compress(im.dict("DeviceGray"), alpha)
	}
	return im
}

func (im *Image) dict(space Name) Dict {
	return Dict{
		"Type": Name("XObject"), "Subtype": Name("Image"), "Width": int64(im.Width), "Height": int64(im.Height),
		"ColorSpace": space, "BitsPerComponent": int64(8),
	}
}

// Embed adds the picture to u as an image XObject, its transparency as a soft
// mask (iso32000-2:8.9.5, 11.6.5.2).
func (im *Image) Embed(u *Update) Ref {
	if im.mask == nil {
		return u.Add(im.color)
	}
	d := im.color.Dict.Clone()
	d["SMask"] = u.Add(im.mask)
	return u.Add(&Stream{d, im.color.Data})
}
