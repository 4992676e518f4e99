package pdf

import "testing"

// FuzzOpen takes files as strangers send them; nothing may panic or hang.
func FuzzOpen(f *testing.F) {
	for _, data := range shapes(f) {
		if len(data) < 200_000 {
			f.Add(data)
		}
	}
	f.Add(build("", catalog, onePage, pageHead+" /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
		"<</Length 42>>\nstream\nBT /F 12 Tf 10 20 Td (abc) Tj [(d) 5 (e)] TJ ET\nendstream",
		"<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>"))
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
		file.inflated = 0
		parm := Dict{"Predictor": int64(12), "Columns": int64(which)}
		file.Decode(&Stream{Dict{"Filter": names[int(which)%len(names)], "DecodeParms": parm}, data})
	})
}
