package pades

import (
	"os"
	"slices"
	"testing"

	"vanthu/pdf"
)

// changes lists the objects of revision i that were there before and are now
// different, with the keys that differ.
func changes(t *testing.T, f *pdf.File, i int) map[int][]pdf.Name {
	t.Helper()
	old, err := f.At(i - 1)
	if err != nil {
		t.Fatal(err)
	}
	now, err := f.At(i)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int][]pdf.Name{}
	for n := range old.Entries() {
		a, had := old.Hash(n)
		if b, has := now.Hash(n); had == has && a == b {
			continue
		}
		x, _ := old.Load(n)
		y, _ := now.Load(n)
		dx, isDict := x.(pdf.Dict)
		dy, _ := y.(pdf.Dict)
		out[n] = nil
		if !isDict {
			out[n] = []pdf.Name{"(whole)"}
		}
		for k := range dy {
			bx, _ := pdf.Marshal(dx[k])
			by, _ := pdf.Marshal(dy[k])
			if string(bx) != string(by) {
				out[n] = append(out[n], k)
			}
		}
		slices.Sort(out[n])
	}
	return out
}

// TestChangesAreTheAllowedOnes: what each update of flow A touches of the
// objects before it. Strict validators accept /V and /AP of existing fields
// and /DSS of the catalog, and no other.
func TestChangesAreTheAllowedOnes(t *testing.T) {
	for _, shape := range shapes {
		t.Run(shape, func(t *testing.T) {
			prepared, _, sealed := flowA(t, sample(t, shape), sampleLayout())
			lt, err := AddDSS(sealed, Evidence{Certs: [][]byte{testCA().cert.Raw}})
			if err != nil {
				t.Fatal(err)
			}
			lt, err = AddDSS(lt, Evidence{Certs: [][]byte{person().Certificate().Raw}})
			if err != nil {
				t.Fatal(err)
			}
			f := open(t, lt)
			num := map[string]int{}
			fields, _ := Fields(f)
			for _, fd := range fields {
				num[fd.Name] = fd.Ref.Num
			}
			root, _ := f.Root()
			dss := f.Catalog()["DSS"].(pdf.Ref)
			r0 := len(open(t, prepared).Revisions())
			for i, want := range []map[int][]pdf.Name{
				{num[SignerField]: {"AP", "V"}},
				{num[SealField]: {"AP", "V"}, num[NumberField]: {"AP", "V"}, num[DateField]: {"AP", "V"}},
				{root.Num: {"DSS"}},
				{dss.Num: {"Certs"}},
			} {
				got := changes(t, f, r0+i)
				if len(got) != len(want) {
					t.Errorf("update %d changed %v, want %v", i+1, got, want)
				}
				for n, keys := range want {
					if !slices.Equal(got[n], keys) {
						t.Errorf("update %d changed %v of object %d, want %v", i+1, got[n], n, keys)
					}
				}
			}
		})
	}
}

// TestFlowBChanges: a new signature adds itself to the two arrays, and to a
// page that had no annotations gives /Annots.
func TestFlowBChanges(t *testing.T) {
	in := sample(t, "libreoffice")
	at, err := SignaturePlace(open(t, in), sampleSigner, 45, 20)
	if err != nil {
		t.Fatal(err)
	}
	now := sign(t, in, Options{Place: &at}, person())
	place, look, err := NumberDate(open(t, now), "46", signedAt, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	now = sign(t, now, Options{Place: place, Look: look}, agency())
	now = sign(t, now, Options{Place: &at}, agency())
	f := open(t, now)
	pages, _ := f.Pages()
	n := len(f.Revisions())
	second, third := changes(t, f, n-2), changes(t, f, n-1)
	if keys := second[pages[0].Ref.Num]; len(second) != 2 || !slices.Equal(keys, []pdf.Name{"Annots"}) {
		t.Errorf("second signature changed %v", second)
	}
	if len(third) != 2 {
		t.Errorf("third signature changed %v", third)
	}
	for num, keys := range third {
		if keys[0] != "(whole)" {
			t.Errorf("third signature changed %v of object %d", keys, num)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	in, err := os.ReadFile("../pdf/testdata/quyet-dinh.pdf")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p, err := Begin(in, Options{Place: &Place{Box: pdf.Box{X: 20, Y: 20, W: 40, H: 20}}, Look: TextLook("Nguyễn Văn Hùng")})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Finish([]byte{0x30, 0}); err != nil {
			b.Fatal(err)
		}
	}
}
