package office

import (
	"encoding/json"
	"slices"

	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/pades"
	"vanthu/pdf"
)

// A file that was signed before it came here can be given no fields in advance: each
// signature brings its own, at a place that is found, or was chosen at the approval.
// law:HT33-10.1.c.iii

// foreseen refuses at the approval what could not be signed later.
func foreseen(data []byte, name string, at Places) error {
	f, err := pdf.Open(data)
	if err != nil {
		return pdfError(err)
	}
	_, err = signerPlace(f, name, at.Signer)
	return err
}

// signerPlace is where the signer's field will be made; nil where it stands already.
func signerPlace(f *pdf.File, name string, chosen *pades.Place) (*pades.Place, error) {
	if ready, err := hasEmpty(f, pades.SignerField); ready || err != nil {
		return nil, err
	}
	if chosen != nil {
		return chosen, fits(f, *chosen)
	}
	p, err := pades.SignaturePlace(f, name, 45, 20)
	if err != nil {
		return nil, placeError(err)
	}
	return &p, nil
}

// keepPlace remembers for the signature where it was chosen to be.
func keepPlace(dr *draft.Draft, at Places) error {
	dr.Place = ""
	if at.Signer == nil {
		return nil
	}
	b, err := json.Marshal(at.Signer)
	dr.Place = string(b)
	return err
}

func chosenPlace(dr draft.Draft) *pades.Place {
	var p pades.Place
	if dr.Place == "" || json.Unmarshal([]byte(dr.Place), &p) != nil {
		return nil
	}
	return &p
}

// hasEmpty tells whether the file has this signature field, empty.
func hasEmpty(f *pdf.File, name string) (bool, error) {
	fields, err := pades.Fields(f)
	if err != nil {
		return false, pdfError(err)
	}
	return slices.ContainsFunc(fields, func(x pades.Field) bool { return x.Name == name && !x.Signed() }), nil
}

func fits(f *pdf.File, p pades.Place) error {
	pages, err := f.Pages()
	if err != nil {
		return pdfError(err)
	}
	bad := fail.Invalid("place", "Vị trí ký nằm ngoài trang. Chọn lại chỗ ký trên văn bản.", "ND30-PL1")
	if p.Page < 0 || p.Page >= len(pages) || p.Box.W <= 0 || p.Box.H <= 0 || p.Box.X < 0 || p.Box.Y < 0 {
		return bad
	}
	if w, h := pages[p.Page].Size(); p.Box.X+p.Box.W > w || p.Box.Y+p.Box.H > h {
		return bad
	}
	return nil
}

// sealPlace is where the seal's field will be made: over the left third of the
// signature that is seen last, which is the competent person's. nil where the field
// stands already. law:ND30-PL1.II.8a
func sealPlace(f *pdf.File, j *signingJob, mm float64, lines int) (*pades.Place, error) {
	if ready, err := hasEmpty(f, pades.SealField); ready || err != nil {
		return nil, err
	}
	signed, err := lastSeen(f)
	if err != nil {
		return nil, err
	}
	if signed == nil { // a program of another showed nothing: over the name
		if signed, err = signerPlace(f, j.doc.SignerName, chosenPlace(j.dr)); err != nil {
			return nil, err
		}
	}
	p := pades.SealPlace(*signed, mm, pades.SealTextHeight(lines))
	return &p, nil
}

// lastSeen is the place of the newest signature that a page shows; nil without any.
func lastSeen(f *pdf.File) (*pades.Place, error) {
	list, err := pades.Signatures(f)
	if err != nil {
		return nil, pdfError(err)
	}
	pages, err := f.Pages()
	if err != nil {
		return nil, pdfError(err)
	}
	for _, s := range slices.Backward(list) {
		for _, w := range s.Field.Widgets {
			if w.Page >= 0 && w.Page < len(pages) && w.Rect.W() > 0 && w.Rect.H() > 0 {
				return &pades.Place{Page: w.Page, Box: pages[w.Page].View(w.Rect)}, nil
			}
		}
	}
	return nil, nil
}
