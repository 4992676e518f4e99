package pades

import (
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
		if got, err := s.Shown(f); err != nil || !got.Drawn || got.Text != "07/QĐ-SXD\n"+ISOTime(signedAt)+"\n" || got.Corner != got.Text {
			t.Errorf("%s: %+v, %v", shape, got, err)
		}
		_, _, sealed := flowA(t, sample(t, shape), sampleLayout())
		f = open(t, sealed)
		s = signatures(t, sealed)[1]
		if got, err := s.Shown(f); err != nil || got != (Shown{Drawn: true}) {
			t.Errorf("%s: seal: %+v, %v", shape, got, err)
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
			if got, err := signatures(t, out)[1].Shown(open(t, out)); got != (Shown{}) || err != nil {
				t.Errorf("%s: %s: %+v, %v", shape, name, got, err)
			}
		}
	}
}

// The upper right of page 1 is told from everywhere else, on turned pages as
// they are seen; a mark that reaches out of it is not there whole
// (ND30-PL1.II.8b).
func TestShownInTheCorner_ND30_PL1_II_8b(t *testing.T) {
	look := AnnexLook("07/QĐ-SXD", signedAt)
	all := "07/QĐ-SXD\n" + ISOTime(signedAt) + "\n"
	for _, shape := range shapes {
		in := sample(t, shape)
		w, h := pageOf(t, in).Size()
		for name, c := range map[string]struct {
			x, y float64
			page int
			want string
		}{
			"as it is made here":      {look.TopRight(pageOf(t, in)).Box.X, cornerTop, 0, all},
			"in the middle":           {w/2 - look.W/2, 20, 0, all},
			"the upper left":          {15, cornerTop, 0, ""},
			"half way down":           {w - look.W - 15, h / 2, 0, ""},
			"the lower right":         {w - look.W - 15, h - 20, 0, ""},
			"the second line too low": {w - look.W - 15, h/4 - markLeading, 0, "07/QĐ-SXD\n"},
			"page 2":                  {w - look.W - 15, cornerTop, 1, ""},
		} {
			data := sign(t, in, Options{Look: look, Place: &Place{Page: c.page, Box: pdf.Box{X: c.x, Y: c.y, W: look.W, H: look.H}}}, agency())
			if got, err := signatures(t, data)[0].Shown(open(t, data)); err != nil || got.Text != all || got.Corner != c.want {
				t.Errorf("%s: %s: %+v, %v", shape, name, got, err)
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
