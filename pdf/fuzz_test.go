package pdf

import (
	"bytes"
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
		file.inflated = 0
		parm := Dict{"Predictor": int64(12), "Columns": int64(which)}
		file.Decode(&Stream{Dict{"Filter": names[int(which)%len(names)], "DecodeParms": parm}, data})
	})
}
