package pdf

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"encoding/ascii85"
	"io"
)

// Decode applies the filters of a stream (iso32000-2:7.4): Flate and LZW with
// predictors, ASCIIHex, ASCII85, RunLength. Picture filters (DCT, JPX, CCITT,
// JBIG2) are an error: this package has no use for pixels. Output is bounded
// by MaxInflated, or the length of the stream if that is more, and over all calls on one
// File by MaxInflatedTotal.
func (f *File) Decode(s *Stream) ([]byte, error) {
	return f.DecodeWithin(s, max(MaxInflated, len(s.Data)))
}

// DecodeWithin is Decode for what is of use only up to most bytes: neither a filter
// nor the file itself may give more.
func (f *File) DecodeWithin(s *Stream, most int) ([]byte, error) {
	filters, parms := f.filters(s.Dict)
	if len(filters) > 8 {
		return nil, tooBigf("%d filters on one stream", len(filters))
	}
	data := s.Data
	if err := f.all.spend(1024); err != nil { // a tiny stream used a million times costs too
		return nil, err
	}
	for i, name := range filters {
		var err error
		if data, err = f.decodeOne(name, data, parms[i], most); err != nil {
			return nil, err
		}
		if err := f.all.spend(len(data)); err != nil {
			return nil, err
		}
	}
	if len(data) > most {
		return nil, tooBigf("a stream has more than %d bytes", most)
	}
	if len(filters) == 0 { // a plain stream used by many pages costs each time too
		return data, f.all.spend(len(data))
	}
	return data, nil
}

func (f *File) filters(d Dict) (names []Name, parms []Dict) {
	one := func(n, p Object) {
		names, parms = append(names, f.Name(n)), append(parms, f.Dict(p))
	}
	switch v := f.Resolve(d["Filter"]).(type) {
	case Name:
		p := f.Resolve(d["DecodeParms"])
		if a, ok := p.(Array); ok && len(a) > 0 {
			p = a[0]
		}
		one(v, p)
	case Array:
		p := f.Array(d["DecodeParms"])
		for i, n := range v {
			var parm Object
			if i < len(p) {
				parm = p[i]
			}
			one(n, parm)
		}
	}
	return names, parms
}

func (f *File) decodeOne(name Name, data []byte, parm Dict, most int) (out []byte, err error) {
	switch name {
	case "FlateDecode", "Fl":
		out, err = inflate(data, most)
	case "LZWDecode", "LZW":
		early, ok := f.Int(parm["EarlyChange"])
		out, err = unLZW(data, !ok || early != 0, most)
	case "ASCIIHexDecode", "AHx":
		if i := bytes.IndexByte(data, '>'); i >= 0 {
			data = data[:i]
		}
		return decodeHex(data), nil
	case "ASCII85Decode", "A85":
		return unASCII85(data, most)
	case "RunLengthDecode", "RL":
		return unRunLength(data, most)
	default:
		return nil, damagedf("filter %s is not read here", name)
	}
	if err != nil {
		return nil, err
	}
	return f.unpredict(out, parm)
}

// inflate keeps what could be read when the checksum or the end is missing, as
// viewers do.
func inflate(data []byte, most int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, damagedf("flate: %v", err)
	}
	return readLimited(r, most)
}

func readLimited(r io.Reader, most int) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, int64(most)+1)) // grows by a quarter, not by half
	if len(out) > most {
		return nil, tooBigf("a stream inflates to more than %d bytes", most)
	}
	if err != nil && len(out) == 0 {
		return nil, damagedf("stream: %v", err)
	}
	return out, nil
}

// unLZW decodes LZW with variable width codes, most significant bit first.
// The standard library's variant changes width one code later than PDF's
// default /EarlyChange 1, so only /EarlyChange 0 may use it.
func unLZW(data []byte, early bool, most int) ([]byte, error) {
	if !early {
		return readLimited(lzw.NewReader(bytes.NewReader(data), lzw.MSB, 8), most)
	}
	const clearCode, endCode = 256, 257
	type node struct {
		prev int
		last byte
		n    int
	}
	table := make([]node, 258, 4097)
	for i := range 256 {
		table[i] = node{-1, byte(i), 1}
	}
	var out []byte
	prev, width, acc, bits := -1, 9, uint(0), 0
	for _, b := range data {
		acc, bits = acc<<8|uint(b), bits+8
		if bits < width {
			continue
		}
		bits -= width
		code := int(acc >> bits & (1<<width - 1))
		switch {
		case code == endCode:
			return out, nil
		case code == clearCode:
			table, prev, width = table[:258], -1, 9
			continue
		case code > len(table) || code == len(table) && prev < 0:
			return out, nil
		}
		from, extra := code, 0
		if code == len(table) { // the code being defined just now
			from, extra = prev, 1
		}
		start, n := len(out), table[from].n
		if start+n+extra > most {
			return nil, tooBigf("a stream inflates to more than %d bytes", most)
		}
		out = append(out, make([]byte, n+extra)...)
		for i, c := start+n-1, from; i >= start && c >= 0; i, c = i-1, table[c].prev {
			out[i] = table[c].last
		}
		if extra == 1 {
			out[start+n] = out[start]
		}
		if prev >= 0 && len(table) < 4096 {
			table = append(table, node{prev, out[start], table[prev].n + 1})
		}
		prev = code
		if n := len(table) + 1; n > 1<<width-1 && width < 12 {
			width++
		}
	}
	return out, nil
}

func unASCII85(data []byte, most int) ([]byte, error) {
	if i := bytes.Index(data, []byte("~>")); i >= 0 {
		data = data[:i]
	}
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("<~"))
	return readLimited(ascii85.NewDecoder(bytes.NewReader(data)), most)
}

func unRunLength(data []byte, most int) ([]byte, error) {
	var out []byte
	for len(data) > 1 {
		n := int(data[0])
		switch {
		case n == 128:
			return out, nil
		case n < 128:
			k := min(n+2, len(data))
			out, data = append(out, data[1:k]...), data[k:]
		default:
			out, data = append(out, bytes.Repeat(data[1:2], 257-n)...), data[2:]
		}
		if len(out) > most {
			return nil, tooBigf("a stream inflates to more than %d bytes", most)
		}
	}
	return out, nil
}

// unpredict undoes a PNG or TIFF predictor (iso32000-2:7.4.4.4).
func (f *File) unpredict(data []byte, parm Dict) ([]byte, error) {
	get := func(k Name, def int) int {
		if v, ok := f.Int(parm[k]); ok {
			return v
		}
		return def
	}
	pred, colors, bpc, cols := get("Predictor", 1), get("Colors", 1), get("BitsPerComponent", 8), get("Columns", 1)
	if pred < 2 {
		return data, nil
	}
	if colors < 1 || colors > 32 || bpc < 1 || bpc > 16 || cols < 1 || cols > 1<<20 {
		return nil, damagedf("bad predictor parameters")
	}
	bpp, row := (colors*bpc+7)/8, min((colors*bpc*cols+7)/8, len(data)) // a row longer than the data ends with it
	if pred == 2 {
		return unTIFF(data, row, colors, bpc), nil
	}
	return unPNG(data, row, bpp), nil
}

func unTIFF(data []byte, row, colors, bpc int) []byte {
	if bpc != 8 {
		return data
	}
	out := bytes.Clone(data)
	for start := 0; start < len(out); start += row {
		for i := start + colors; i < min(start+row, len(out)); i++ {
			out[i] += out[i-colors]
		}
	}
	return out
}

func unPNG(data []byte, row, bpp int) []byte {
	out := make([]byte, 0, len(data))
	prev := make([]byte, row)
	for len(data) > 1 {
		kind, line := data[0], make([]byte, row)
		n := copy(line, data[1:])
		data = data[1+n:]
		for i := range line[:n] {
			var left, upleft byte
			if i >= bpp {
				left, upleft = line[i-bpp], prev[i-bpp]
			}
			switch kind {
			case 1:
				line[i] += left
			case 2:
				line[i] += prev[i]
			case 3:
				line[i] += byte((int(left) + int(prev[i])) / 2)
			case 4:
				line[i] += paeth(left, prev[i], upleft)
			}
		}
		out, prev = append(out, line[:n]...), line
	}
	return out
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	if pa <= pb && pa <= pc {
		return a
	}
	if pb <= pc {
		return b
	}
	return c
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
