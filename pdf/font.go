package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// Face is one of the built-in faces: Liberation Serif, which has the metrics
// of Times New Roman (law:ND30-PL1.I) and every Vietnamese letter.
type Face int

// The faces.
const (
	Regular Face = iota
	Bold
	Italic
)

// faceData is a parsed face; parsing is done once per process.
type faceData struct {
	name   string
	ttf    []byte
	sfnt   *sfnt.Font
	tables map[string][]byte
	units  int
	err    error
}

var faces = [3]func() *faceData{
	Regular: sync.OnceValue(func() *faceData { return parseFace("LiberationSerif", liberationserifregular.TTF) }),
	Bold:    sync.OnceValue(func() *faceData { return parseFace("LiberationSerif-Bold", liberationserifbold.TTF) }),
	Italic:  sync.OnceValue(func() *faceData { return parseFace("LiberationSerif-Italic", liberationserifitalic.TTF) }),
}

func parseFace(name string, ttf []byte) *faceData {
	d := &faceData{name: name, ttf: ttf, tables: map[string][]byte{}}
	if d.sfnt, d.err = sfnt.Parse(ttf); d.err != nil {
		return d
	}
	d.units = int(d.sfnt.UnitsPerEm())
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		e := ttf[12+16*i:]
		off, n := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
		d.tables[string(e[:4])] = ttf[off : off+n]
	}
	return d
}

// Font collects the letters used of one face, to be embedded as a subset.
type Font struct {
	face *faceData
	used map[uint16]rune
	buf  sfnt.Buffer
}

// NewFont begins a font of the face.
func NewFont(face Face) (*Font, error) {
	d := faces[face]()
	return &Font{face: d, used: map[uint16]rune{}}, d.err
}

// Encode gives the glyph numbers of s, in NFC, as the hexadecimal string
// operand of Tj, and remembers them. A letter that the font lacks is an *Error
// of kind BadGlyph.
func (f *Font) Encode(s string) (HexString, error) {
	var out []byte
	for _, r := range norm.NFC.String(s) {
		g, err := f.face.sfnt.GlyphIndex(&f.buf, r)
		if err != nil || g == 0 {
			return "", &Error{BadGlyph, fmt.Sprintf("Phông chữ không có ký tự “%c”.", r), fmt.Sprintf("U+%04X", r)}
		}
		f.used[uint16(g)] = r
		out = binary.BigEndian.AppendUint16(out, uint16(g))
	}
	return HexString(out), nil
}

// Width is the length of s at size points, in points.
func (f *Font) Width(s string, size float64) float64 {
	total := 0
	for _, r := range norm.NFC.String(s) {
		if g, err := f.face.sfnt.GlyphIndex(&f.buf, r); err == nil {
			total += f.advance(g)
		}
	}
	return float64(total) / float64(f.face.units) * size
}

// advance is a glyph's width in font units.
func (f *Font) advance(g sfnt.GlyphIndex) int {
	a, err := f.face.sfnt.GlyphAdvance(&f.buf, g, fixed.I(f.face.units), font.HintingNone)
	if err != nil {
		return 0
	}
	return a.Round()
}

// Embed writes the subset to u as the Type 0 font object at, with Identity-H
// encoding (iso32000-2:9.7). Call it after the last Encode. Glyph numbers are
// kept, so a later subset of the same face never clashes with this one.
func (f *Font) Embed(u *Update, at Ref) error {
	gids := make([]uint16, 0, len(f.used))
	for g := range f.used {
		gids = append(gids, g)
	}
	slices.Sort(gids)
	ttf, err := f.face.subset(gids)
	if err != nil {
		return err
	}
	name := Name(subsetTag(f.face.name, gids) + "+" + f.face.name)
	file := u.Add(Compress(Dict{"Length1": int64(len(ttf))}, ttf))
	descriptor := u.Add(f.descriptor(name, file))
	var widths Array
	for _, g := range gids {
		w := float64(f.advance(sfnt.GlyphIndex(g))) * 1000 / float64(f.face.units)
		widths = append(widths, int64(g), Array{w})
	}
	cid := u.Add(Dict{
		"Type": Name("Font"), "Subtype": Name("CIDFontType2"), "BaseFont": name,
		"CIDSystemInfo":  Dict{"Registry": String("Adobe"), "Ordering": String("Identity"), "Supplement": int64(0)},
		"FontDescriptor": descriptor, "CIDToGIDMap": Name("Identity"), "DW": int64(500), "W": widths,
	})
	u.Set(at, Dict{
		"Type": Name("Font"), "Subtype": Name("Type0"), "BaseFont": name, "Encoding": Name("Identity-H"),
		"DescendantFonts": Array{cid}, "ToUnicode": u.Add(Compress(Dict{}, f.toUnicode(gids))),
	})
	return nil
}

func (f *Font) descriptor(name Name, file Ref) Dict {
	head, hhea := f.face.tables["head"], f.face.tables["hhea"]
	scaled := func(b []byte) int64 {
		return int64(int16(binary.BigEndian.Uint16(b))) * 1000 / int64(f.face.units)
	}
	flags, angle := int64(2|4), int64(0) // serif, symbolic
	if strings.HasSuffix(f.face.name, "Italic") {
		flags, angle = flags|64, -16
	}
	return Dict{
		"Type": Name("FontDescriptor"), "FontName": name, "Flags": flags, "ItalicAngle": angle,
		"FontBBox": Array{scaled(head[36:]), scaled(head[38:]), scaled(head[40:]), scaled(head[42:])},
		"Ascent":   scaled(hhea[4:]), "Descent": scaled(hhea[6:]), "CapHeight": int64(662), "StemV": int64(80),
		"FontFile2": file,
	}
}

func (f *Font) toUnicode(gids []uint16) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for chunk := range slices.Chunk(gids, 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(chunk))
		for _, g := range chunk {
			fmt.Fprintf(&b, "<%04X> <%04X>\n", g, f.used[g]) // the face has no letters beyond the BMP
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// subsetTag is six capitals that depend on the letters used (iso32000-2:9.9.2).
func subsetTag(name string, gids []uint16) string {
	h := sha256.Sum256(fmt.Append(nil, name, gids))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + h[i]%26
	}
	return string(tag)
}

// subset writes a TrueType font that holds only the glyphs named and what they
// are composed of; all numbers stay, unused outlines are empty.
func (d *faceData) subset(gids []uint16) ([]byte, error) {
	loca, glyf := d.tables["loca"], d.tables["glyf"]
	long := binary.BigEndian.Uint16(d.tables["head"][50:]) == 1
	outline := func(g uint16) []byte {
		if long {
			return glyf[binary.BigEndian.Uint32(loca[4*int(g):]):binary.BigEndian.Uint32(loca[4*int(g)+4:])]
		}
		return glyf[2*int(binary.BigEndian.Uint16(loca[2*int(g):])) : 2*int(binary.BigEndian.Uint16(loca[2*int(g)+2:]))]
	}
	keep := map[uint16]bool{0: true}
	for todo := slices.Clone(gids); len(todo) > 0; todo = todo[1:] {
		if !keep[todo[0]] {
			keep[todo[0]] = true
			todo = append(todo, components(outline(todo[0]))...)
		}
	}
	top := uint16(0)
	for g := range keep {
		top = max(top, g)
	}
	var newGlyf, newLoca []byte
	for g := uint16(0); g <= top; g++ {
		newLoca = binary.BigEndian.AppendUint32(newLoca, uint32(len(newGlyf)))
		if keep[g] {
			newGlyf = append(newGlyf, outline(g)...)
			for len(newGlyf)%4 != 0 {
				newGlyf = append(newGlyf, 0)
			}
		}
	}
	newLoca = binary.BigEndian.AppendUint32(newLoca, uint32(len(newGlyf)))
	return d.assemble(int(top)+1, newGlyf, newLoca), nil
}

// components lists the glyphs that a composite outline is made of.
func components(o []byte) (out []uint16) {
	if len(o) < 10 || int16(binary.BigEndian.Uint16(o)) >= 0 {
		return nil
	}
	for p := 10; p+4 <= len(o); {
		flags := binary.BigEndian.Uint16(o[p:])
		out = append(out, binary.BigEndian.Uint16(o[p+2:]))
		p += 6
		if flags&1 != 0 { // words instead of bytes
			p += 2
		}
		switch {
		case flags&0x08 != 0:
			p += 2
		case flags&0x40 != 0:
			p += 4
		case flags&0x80 != 0:
			p += 8
		}
		if flags&0x20 == 0 {
			break
		}
	}
	return out
}

func (d *faceData) assemble(n int, glyf, loca []byte) []byte {
	head, maxp, hhea := bytes.Clone(d.tables["head"]), bytes.Clone(d.tables["maxp"]), bytes.Clone(d.tables["hhea"])
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint32(head[8:], 0)  // checkSumAdjustment, set below
	binary.BigEndian.PutUint16(maxp[4:], uint16(n))
	metrics := min(int(binary.BigEndian.Uint16(hhea[34:])), n)
	binary.BigEndian.PutUint16(hhea[34:], uint16(metrics))
	hmtx := d.tables["hmtx"][:metrics*4+(n-metrics)*2]
	tables := []struct {
		tag  string
		data []byte
	}{
		{"cvt ", d.tables["cvt "]}, {"fpgm", d.tables["fpgm"]}, {"glyf", glyf}, {"head", head},
		{"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"prep", d.tables["prep"]},
	}
	// 9 tables: searchRange 8·16, entrySelector 3, rangeShift (9−8)·16
	out := []byte{0, 1, 0, 0, 0, 9, 0, 128, 0, 3, 0, 16}
	off := 12 + 16*len(tables)
	var body []byte
	headAt := 0
	for _, t := range tables {
		if t.tag == "head" {
			headAt = off + len(body)
		}
		out = append(out, t.tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(t.data))
		out = binary.BigEndian.AppendUint32(out, uint32(off+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.data)))
		body = append(body, t.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) (sum uint32) {
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	if len(b) > 0 {
		var last [4]byte
		copy(last[:], b)
		sum += binary.BigEndian.Uint32(last[:])
	}
	return sum
}
