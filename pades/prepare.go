package pades

import (
	"fmt"

	"vanthu/pdf"
)

// Names of the signature fields that PrepareDocument makes; with several
// signers the later ones are chu_ky_2, chu_ky_3 …
const (
	SignerField = "chu_ky"
	SealField   = "con_dau"
)

// NewField is an empty field to be placed before anybody signs.
type NewField struct {
	Name string
	Text bool // a text field; else a signature field
	Gap       // place, and for a text field its face, size and stretches
	// Lock: once this signature field is signed, no field may change; see
	// [Options.LockAll].
	Lock bool
}

// Layout tells PrepareDocument what to place and by what. A place that is
// given wins over the anchor.
type Layout struct {
	// Signers are full names as printed, the competent person first, each
	// looked for from the last page backwards.
	Signers []Signer
	// SealMM is the true diameter of the seal; 0: of the profile in force.
	SealMM float64
	// SealTextLines are kept free under the seal (Profile.SealText).
	SealTextLines int
	// NoSeal, NoNumber: leave these out (flow M makes signature fields later).
	NoSeal, NoNumber bool
	Seal             *Place
	Number, Date     *Gap
}

// Signer is one who signs.
type Signer struct {
	Name  string
	PNG   []byte // picture of the signature: its proportions make the field's
	Place *Place
	W, H  float64 // largest box in mm; 0: 45×20
}

// PrepareDocument is the first step of flows A and M: it finds the places by
// the text of the document and puts the fields there. It is done once, before
// the first signature. Errors: as Prepare, and NoAnchor or NoGap with
// Error.Anchor telling what to ask the person for.
func PrepareDocument(in []byte, l Layout) ([]byte, error) {
	f, err := pdf.Open(in)
	if err != nil {
		return nil, err
	}
	fields, err := l.Fields(f)
	if err != nil {
		return nil, err
	}
	return Prepare(in, fields)
}

// Fields turns the layout into fields with places on the file's pages.
func (l Layout) Fields(f *pdf.File) ([]NewField, error) {
	var out []NewField
	if !l.NoNumber {
		number, err := gapOr(f, l.Number, NumberGap)
		if err != nil {
			return nil, err
		}
		date, err := gapOr(f, l.Date, DateGap)
		if err != nil {
			return nil, err
		}
		out = append(out, NewField{Name: NumberField, Text: true, Gap: number}, NewField{Name: DateField, Text: true, Gap: date})
	}
	seal := l.Seal
	for i, s := range l.Signers {
		p, err := s.place(f)
		if err != nil {
			return nil, err
		}
		name := SignerField
		if i > 0 {
			name = fmt.Sprintf("%s_%d", SignerField, i+1)
		} else if seal == nil {
			sp := SealPlace(p, l.sealMM(), SealTextHeight(l.SealTextLines))
			seal = &sp
		}
		out = append(out, NewField{Name: name, Gap: Gap{Place: p}})
	}
	if l.NoSeal {
		return out, nil
	}
	if seal == nil {
		return nil, missing(SealField, "chỗ đóng dấu", false)
	}
	return append(out, NewField{Name: SealField, Gap: Gap{Place: *seal}, Lock: true}), nil
}

func (l Layout) sealMM() float64 {
	if l.SealMM > 0 {
		return l.SealMM
	}
	return Profiles[len(Profiles)-1].SealMM
}

func gapOr(f *pdf.File, given *Gap, find func(*pdf.File) (Gap, error)) (Gap, error) {
	if given != nil {
		return *given, nil
	}
	return find(f)
}

// place finds the signer's box and gives it the proportions of the picture, so
// that "a third of the signature's image" is a third of the box.
func (s Signer) place(f *pdf.File) (Place, error) {
	if s.W == 0 || s.H == 0 {
		s.W, s.H = 45, 20
	}
	p := Place{}
	if s.Place != nil {
		p = *s.Place
	} else {
		var err error
		if p, err = SignaturePlace(f, s.Name, s.W, s.H); err != nil {
			return p, err
		}
	}
	if s.PNG == nil {
		return p, nil
	}
	im, err := pdf.ReadPNG(s.PNG)
	if err != nil {
		return p, err
	}
	b := &p.Box
	scale := min(b.W/float64(im.Width), b.H/float64(im.Height))
	w, h := float64(im.Width)*scale, float64(im.Height)*scale
	b.X, b.Y, b.W, b.H = b.X+(b.W-w)/2, b.Y+(b.H-h)/2, w, h
	return p, nil
}

// Prepare places empty fields in one update. It refuses a file that is signed
// already (Kind Signed: use flow B), and names that exist.
func Prepare(in []byte, fields []NewField) ([]byte, error) {
	e, err := openEditor(in)
	if err != nil {
		return nil, err
	}
	if err := e.clear(); err != nil {
		return nil, err
	}
	old, err := Fields(e.f)
	if err != nil {
		return nil, err
	}
	for _, f := range old {
		if f.Signed() {
			return nil, refuse(Signed, "Tệp đã có chữ ký nên không đặt thêm trường được.")
		}
	}
	for _, n := range fields {
		if _, exists := findField(old, n.Name); exists {
			return nil, refuse(BadInput, "Tệp đã có trường “%s”.", n.Name)
		}
		if err := e.place(n); err != nil {
			return nil, err
		}
	}
	if err := e.defaultResources(); err != nil {
		return nil, err
	}
	return e.u.Bytes()
}

func (e *editor) place(n NewField) error {
	p, err := e.page(n.Page)
	if err != nil {
		return err
	}
	r := p.User(n.Box)
	if r.W() <= 0 || r.H() <= 0 {
		return refuse(BadInput, "Trường “%s” không có kích thước.", n.Name)
	}
	d := sigField(n.Name, r)
	if n.Text {
		if d, err = e.textField(p, n, r); err != nil {
			return err
		}
	} else if n.Lock {
		d["Lock"] = e.u.Add(lockDict("SigFieldLock", FieldLock{Action: "Exclude", Fields: stampFields()}))
	}
	d["AP"] = e.emptyAppearance(p, r)
	if p.Rotate != 0 {
		d["MK"] = pdf.Dict{"R": int64(p.Rotate)}
	}
	e.addField(p, d)
	return nil
}

func (e *editor) textField(p pdf.Page, n NewField, r pdf.Rect) (pdf.Dict, error) {
	face, err := e.font(n.Face)
	if err != nil {
		return nil, err
	}
	// what a viewer may want to set: numbers and dates
	if _, err := face.font.Encode("0123456789/ "); err != nil {
		return nil, err
	}
	size := n.Size
	if size == 0 {
		size = 13
	}
	gaps := pdf.Array{}
	for _, s := range n.Parts {
		unit := pdf.PointsPerMM / p.UserUnit
		g := pdf.Rect{X0: s[0] * unit, X1: s[1] * unit}.Array()
		gaps = append(gaps, g[0], g[2])
	}
	return pdf.Dict{
		"FT": pdf.Name("Tx"), "T": pdf.EncodeText(n.Name), "Rect": r.Array(), gapsKey: gaps,
		"F": int64(4), "Ff": int64(1), // Print; read-only for viewers, filled by fill only
		"DA": pdf.String(fmt.Sprintf("/%s %.4g Tf 0 g", faceNames[n.Face], size)),
	}, nil
}

// defaultResources names the fonts of /DA in the form and drops
// /NeedAppearances, which would let viewers draw over what was signed.
func (e *editor) defaultResources() error {
	e.acroForm()
	if err := e.embedFonts(); err != nil {
		return err
	}
	form := e.u.Dict(e.form)
	dr := pdf.Dict{}
	if old := e.u.Dict(form["DR"]); old != nil {
		dr = old.Clone()
	}
	fonts := pdf.Dict{}
	if old := e.u.Dict(dr["Font"]); old != nil {
		fonts = old.Clone()
	}
	for face, r := range e.fonts {
		fonts[pdf.Name(faceNames[face])] = r.ref
	}
	if len(fonts) > 0 {
		dr["Font"] = fonts
		e.set(e.form, pdf.Dict{"DR": dr})
	}
	e.set(e.form, pdf.Dict{"NeedAppearances": nil})
	return nil
}
