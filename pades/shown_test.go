package pades

import (
	"strings"
	"testing"

	"vanthu/pdf"
)

// What a signature shows is told, in every shape of file and on turned pages:
// a picture, letters, or nothing. A flag hides it, and so does a place beside
// the page (ND30-PL1.II.8a, ND30-PL1.II.8b, iso32000-2:12.5.3).
func TestShown_ND30_PL1_II_8b(t *testing.T) {
	for _, shape := range shapes {
		look := AnnexLook("07/QĐ-SXD", signedAt)
		in := sample(t, shape)
		first := pageOf(t, in)
		data := sign(t, in, Options{Look: look, Place: look.TopRight(first)}, agency())
		f := open(t, data)
		s := signatures(t, data)[0]
		if text, drawn, err := s.Shown(f); err != nil || !drawn || !strings.Contains(text, "07/QĐ-SXD") || !strings.Contains(text, ISOTime(signedAt)) {
			t.Errorf("%s: %q, %v, %v", shape, text, drawn, err)
		}
		_, _, sealed := flowA(t, sample(t, shape), sampleLayout())
		f = open(t, sealed)
		s = signatures(t, sealed)[1]
		if text, drawn, err := s.Shown(f); err != nil || !drawn || text != "" {
			t.Errorf("%s: seal: %q, %v, %v", shape, text, drawn, err)
		}
		for name, change := range map[string]pdf.Dict{
			"hidden": {"F": int64(6)}, "not on the screen": {"F": int64(36)}, "no look": {"AP": pdf.Dict{}},
			"no room": {"Rect": pdf.Array{int64(90), int64(90), int64(90), int64(90)}}, "beside the page": {"Rect": pdf.Array{int64(9000), int64(90), int64(9090), int64(180)}},
		} {
			u, err := f.Update()
			if err != nil {
				t.Fatal(err)
			}
			u.Set(s.Field.Ref, with(f.Dict(s.Field.Ref), change))
			out, err := u.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if _, drawn, err := signatures(t, out)[1].Shown(open(t, out)); drawn || err != nil {
				t.Errorf("%s: %s: drawn %v, %v", shape, name, drawn, err)
			}
		}
	}
}

func pageOf(t *testing.T, data []byte) pdf.Page {
	t.Helper()
	pages, err := open(t, data).Pages()
	if err != nil {
		t.Fatal(err)
	}
	return pages[0]
}
