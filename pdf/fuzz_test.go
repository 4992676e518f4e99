package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// FuzzOpen takes files as strangers send them; nothing may panic or hang. The
// seeds are small, so that the engine spends its time on new ones.
func FuzzOpen(f *testing.F) {
	small := build("", catalog, onePage, pageHead+" /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
		"<</Length 77>>\nstream\nBT /F 12 Tf 10 20 Td (abc) Tj [(d) 5 <65>] TJ T* (f) ' ET q 1 0 0 1 5 5 cm Q\nendstream",
		"<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding <</Differences [97 /uni1EC6]>>>>")
	path := temp(f, small)
	f.Add(small)
	for _, opts := range [][]string{
		{"--object-streams=generate"}, {"--linearize"}, {"--stream-data=uncompress", "--object-streams=generate"},
	} {
		out := path + ".out"
		must(f, "qpdf", append(opts, path, out)...)
		f.Add(read(f, out))
	}
	f.Add(bytes.Replace(small, []byte("startxref"), []byte("startxxxx"), 1))
	f.Fuzz(func(t *testing.T, data []byte) { exercise(data) })
}

// FuzzFilters feeds the decoders, which see bytes of strangers too.
func FuzzFilters(f *testing.F) {
	f.Add(uint8(0), []byte("\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01"))
	f.Add(uint8(1), []byte("\x02abc\xfed\x80zz"))
	f.Add(uint8(2), []byte("87cURD]i~>"))
	names := []Name{"LZWDecode", "RunLengthDecode", "ASCII85Decode", "ASCIIHexDecode", "FlateDecode"}
	file, err := Open(build("", catalog, onePage, pageHead+">>"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		file.all.inflated = 0
		parm := Dict{"Predictor": int64(12), "Columns": int64(which)}
		file.Decode(&Stream{Dict{"Filter": names[int(which)%len(names)], "DecodeParms": parm}, data})
	})
}

// FuzzText reads a page whose content, /ToUnicode map and widths are given: no
// panic, and glyphs stay within the limits.
func FuzzText(f *testing.F) {
	f.Add([]byte("q 1 0 0 1 5 5 cm BT /F 12 Tf 10 20 Td [<0001> -50 (ab)] TJ T* 1 2 (c) \" ET Q /A Do BI /W 1 ID x EI"), []byte("1 beginbfchar\n<0001> <0041>\nendbfchar\n1 beginbfrange\n<0002> <0010> [<0042>]\nendbfrange"), []byte("[1 [500 600] 3 9 400]"))
	f.Add([]byte("BT /F 9 Tf (x) Tj ET"), []byte("beginbfrange <00> <ff> <1EC6> endbfrange"), []byte("[0 65535 1]"))
	f.Fuzz(func(t *testing.T, content, cmap, widths []byte) {
		stream := func(data []byte) string { return fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(data), data) }
		file, err := Open(build("", catalog, onePage, pageHead+" /Contents 4 0 R /Resources <</Font <</F 5 0 R>> /XObject <</A 8 0 R>>>>>>", stream(content),
			"<</Type /Font /Subtype /Type0 /ToUnicode 6 0 R /DescendantFonts [7 0 R]>>", stream(cmap), "<</W "+string(widths)+">>",
			"<</Subtype /Form /BBox [0 0 9 9] /Length 5>>\nstream\n/A Do\nendstream"))
		if err != nil {
			return
		}
		pages, err := file.Pages()
		if err != nil {
			return
		}
		lines, _ := file.Lines(pages[0])
		for _, l := range lines {
			if len(l.Glyphs) > maxGlyphs+1 {
				t.Fatal(len(l.Glyphs))
			}
			l.Span(0, len(l.Text))
			l.find("A")
		}
	})
}

// FuzzInk looks at a page that shows a picture: no panic, and no more rows than
// were asked for.
func FuzzInk(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("q 595 0 0 842 0 0 cm /I Do Q"), b.Bytes())
	f.Add([]byte("q 0 842 -595 0 595 0 cm /I Do Q /I"), b.Bytes()[:99])
	f.Fuzz(func(t *testing.T, content, picture []byte) {
		stream := func(d string, data []byte) string {
			return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", d, len(data), data)
		}
		file, err := Open(build("", catalog, onePage, pageHead+" /Contents 4 0 R /Resources <</XObject <</I 5 0 R>>>>>>", stream("", content),
			stream("/Subtype/Image/Width 8/Height 8/Filter/DCTDecode", picture)))
		if err != nil {
			return
		}
		pages, err := file.Pages()
		if err != nil {
			return
		}
		if rows := file.Ink(pages[0], Box{X: 140, Y: 3, W: 55, H: 50}, .5); len(rows) > 100 {
			t.Fatal(len(rows))
		}
	})
}

// FuzzPNG reads pictures of signatures as strangers upload them. What is read
// can be embedded and keeps its measures.
func FuzzPNG(f *testing.F) {
	im := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	im.SetNRGBA(1, 1, color.NRGBA{200, 0, 0, 128})
	for _, src := range []image.Image{im, image.NewGray16(im.Rect), image.NewPaletted(im.Rect, color.Palette{color.Black, color.Transparent})} {
		var b bytes.Buffer
		if err := png.Encode(&b, src); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	file, err := Open(build("", catalog, onePage, pageHead+">>"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		im, err := ReadPNG(data)
		if err != nil {
			if !Is(err, BadImage) {
				t.Fatal(err)
			}
			return
		}
		u, err := file.Update()
		if err != nil {
			t.Fatal(err)
		}
		u.Set(Ref{3, 0}, Dict{"X": im.Embed(u)})
		out, err := u.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Open(out)
		if err != nil {
			t.Fatal(err)
		}
		file.all.inflated, again.all.inflated = 0, 0
		st := again.Stream(again.Dict(Ref{3, 0})["X"])
		if pixels, err := again.Decode(st); err != nil || len(pixels) != 3*im.Width*im.Height {
			t.Fatalf("%d bytes for %d×%d, %v", len(pixels), im.Width, im.Height, err)
		}
	})
}

// FuzzLetters writes any text in the built-in faces and reads it back.
func FuzzLetters(f *testing.F) {
	f.Add("Nguyễn Văn Hùng", uint8(0))
	f.Add("e\u0302\u0323 Đ“”", uint8(2))
	f.Fuzz(func(t *testing.T, s string, face uint8) {
		font, err := NewFont(Face(face % 3))
		if err != nil {
			t.Fatal(err)
		}
		glyphs, err := font.Encode(s)
		if err != nil {
			if !Is(err, BadGlyph) {
				t.Fatal(err)
			}
			return
		}
		file, err := Open(build("", catalog, onePage, pageHead+" /Contents 4 0 R>>", "<</Length 0>>\nstream\n\nendstream"))
		if err != nil {
			t.Fatal(err)
		}
		u, err := file.Update()
		if err != nil {
			t.Fatal(err)
		}
		ref := u.Alloc()
		if err := font.Embed(u, ref); err != nil {
			t.Fatal(err)
		}
		page := file.Dict(Ref{3, 0}).Clone()
		page["Resources"] = Dict{"Font": Dict{"F": ref}}
		u.Set(Ref{3, 0}, page)
		u.Set(Ref{4, 0}, Compress(Dict{}, fmt.Appendf(nil, "BT /F 10 Tf 30 700 Td <%x> Tj ET", string(glyphs))))
		out, err := u.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Open(out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := again.Text(); err != nil {
			t.Fatal(err)
		}
	})
}
