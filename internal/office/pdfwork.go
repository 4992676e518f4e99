package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/pades"
	"vanthu/pdf"
	"vanthu/viet"
)

// The two ways signatures get into a PDF. With Reserved, the places of number,
// date and both signatures are set before anybody signs, and the agency's one
// increment fills them. Finished is for a PDF that has no room for them: number
// and date become the look of an extra agency signature on page 1.
// law:HT33-10.1.c.i HT33-10.1.c.iii
const (
	Reserved = "A"
	Finished = "B"
)

// Places are chosen by hand where the text does not tell them: the signer's
// box, in millimetres from the upper left corner of a page counted from 0.
type Places struct {
	Signer *pades.Place
}

type prepared struct {
	Upload
	flow string
}

// prepare sets the places into the PDF of a draft.
func (o *Office) prepare(ctx context.Context, id document.ID, body document.File, at Places) (prepared, error) {
	data, err := o.Blobs.Read(body.Hash)
	if err != nil {
		return prepared{}, err
	}
	var name string
	var look images
	err = o.Read(ctx, func(v *db.View) error {
		d, err := document.ByID(v, id)
		if err != nil {
			return err
		}
		name = d.SignerName
		look, err = o.images(v, signerID(v, id))
		return err
	})
	if err != nil {
		return prepared{}, err
	}
	layout := pades.Layout{Signers: []pades.Signer{{Name: name, PNG: look.person, Place: at.Signer}}, SealMM: look.sealMM, SealTextLines: pades.ProfileOn(o.Store.Now()).SealLines()}
	out, flow := []byte(nil), Reserved
	out, err = pades.PrepareDocument(data, layout)
	if lacksNumberRoom(err) || pades.Is(err, pades.Signed) {
		flow, layout.NoNumber = Finished, true
		if out, err = pades.PrepareDocument(data, layout); pades.Is(err, pades.Signed) {
			out, err = data, nil
		}
	}
	if err != nil {
		return prepared{}, placeError(err)
	}
	u, err := o.Keep(ctx, body.Name, bytes.NewReader(out))
	return prepared{u, flow}, err
}

func lacksNumberRoom(err error) bool {
	var e *pades.Error
	return errors.As(err, &e) && (e.Kind == pades.NoAnchor || e.Kind == pades.NoGap) && e.Anchor != pades.SignerField
}

// placeError asks for the signer's place where the text does not tell it.
func placeError(err error) error {
	var e *pades.Error
	if !errors.As(err, &e) {
		return pdfError(err)
	}
	if e.Kind == pades.NoAnchor || e.Kind == pades.NoGap {
		return fail.Invalid("place", e.Text, "ND30-PL1")
	}
	return fail.File(e.Text).Because(err)
}

// images are the pictures of signature and seal. law:ND30-PL1
type images struct {
	person []byte  // blue, transparent PNG
	seal   []byte  // red, transparent PNG
	sealMM float64 // its true diameter
}

// Names of the settings that hold the hashes of pictures.
func signatureImage(p org.PersonID) string { return picturePrefix + "signature." + itoa(int64(p)) }

const (
	picturePrefix = "image."
	sealImage     = picturePrefix + "seal"
)

func (o *Office) images(q db.Q, signer org.PersonID) (im images, err error) {
	if im.person, err = o.image(q, signatureImage(signer)); err != nil {
		return im, err
	}
	if im.seal, err = o.image(q, sealImage); err != nil {
		return im, err
	}
	im.sealMM, err = SealMM(q, o.Store.Now())
	return im, err
}

func (o *Office) image(q db.Q, setting string) ([]byte, error) {
	h, err := org.Setting(q, setting)
	if err != nil || h == "" {
		return nil, err
	}
	return o.Blobs.Read(blob.Hash(h))
}

func signerID(q db.Q, id document.ID) org.PersonID {
	p, err := db.Value[org.PersonID](q, `SELECT signer FROM draft WHERE document = $1`, id)
	if err != nil {
		return 0
	}
	return p
}

// personParts lays out the competent person's signature on the approved file.
func (o *Office) personParts(ctx context.Context, j *signingJob) error {
	in, err := o.Blobs.Read(j.file.Hash)
	if err != nil {
		return err
	}
	var im images
	if err := o.Read(ctx, func(v *db.View) error { im, err = o.images(v, j.dr.Signer); return err }); err != nil {
		return err
	}
	now := o.Store.Now()
	opts := pades.Options{Name: j.doc.SignerName, Reason: "Ký duyệt văn bản", Time: now, Field: pades.SignerField, Look: pades.PersonalLook(im.person)}
	if im.person == nil {
		opts.Look = pades.TextLook(j.doc.SignerName, viet.DateTime(now))
	}
	if opts.Place, err = newFieldPlace(in, j); err != nil {
		return err
	}
	if opts.Place != nil {
		opts.Field = ""
	}
	j.parts = []signingPart{{name: j.file.Name, in: j.file.Hash, opts: opts}}
	return nil
}

// newFieldPlace is where a signature goes on a file that could not be
// prepared because it was signed before it came here.
func newFieldPlace(in []byte, j *signingJob) (*pades.Place, error) {
	f, err := pdf.Open(in)
	if err != nil {
		return nil, pdfError(err)
	}
	fields, err := pades.Fields(f)
	if err != nil {
		return nil, pdfError(err)
	}
	for _, x := range fields {
		if x.Name == pades.SignerField && !x.Signed() {
			return nil, nil
		}
	}
	p, err := pades.SignaturePlace(f, j.doc.SignerName, 45, 20)
	if err != nil {
		return nil, placeError(err)
	}
	return &p, nil
}

// agencyParts lays out the agency's increment on the main file and its
// signatures on the PDF annexes. law:HT33-10.1.c.i HT33-10.1.c.iv HT33-10.1.c.v
func (o *Office) agencyParts(ctx context.Context, j *signingJob) error {
	var im images
	if err := o.Read(ctx, func(v *db.View) (err error) { im, err = o.images(v, j.dr.Signer); return err }); err != nil {
		return err
	}
	annexes, err := o.pdfAnnexes(ctx, j)
	if err != nil {
		return err
	}
	main, err := o.sealPart(j, im)
	if err != nil {
		return err
	}
	j.parts = []signingPart{main}
	for _, a := range annexes {
		p, err := o.annexPart(a, j)
		if err != nil {
			return inFile(a.Name, err)
		}
		j.parts = append(j.parts, p)
	}
	return nil
}

func (o *Office) sealPart(j *signingJob, im images) (signingPart, error) {
	now := o.Store.Now()
	opts := pades.Options{Name: j.doc.IssuerName, Reason: "Ký số cơ quan", Time: now, LockAll: true, Field: pades.SealField, Look: pades.ProfileOn(now).Seal(im.seal, im.sealMM, j.doc.IssuerName, now)}
	if im.seal == nil {
		opts.Look = pades.TextLook(j.doc.IssuerName, viet.DateTime(now))
	}
	p := signingPart{name: fileName(j.doc), in: j.file.Hash, opts: opts}
	if j.dr.Flow == Reserved {
		p.opts.Fill = numberAndDate(j.doc)
		return p, nil
	}
	// The file has no places for number and date: an agency signature of its
	// own shows them, then the seal closes the document.
	in, err := o.Blobs.Read(j.file.Hash)
	if err != nil {
		return p, err
	}
	f, err := pdf.Open(in)
	if err != nil {
		return p, pdfError(err)
	}
	if opts.Place, err = newSealPlace(f, j, im.sealMM, pades.SealTextHeight(pades.ProfileOn(now).SealLines())); err != nil {
		return p, err
	}
	mark := pades.Options{Name: j.doc.IssuerName, Reason: "Số, ngày văn bản", Time: now}
	mark.Place, mark.Look, err = pades.NumberDate(f, j.doc.Number, j.doc.Day.Start(), nil, nil)
	if pades.Is(err, pades.NoAnchor) || pades.Is(err, pades.NoGap) {
		mark.Place, mark.Look, err = besideTop(f, j.doc)
	}
	p.opts, p.then = mark, &opts
	return p, placeError(err)
}

// newSealPlace is where the seal goes on a file that could not be prepared
// because it was signed before it came here: over the signature that
// newFieldPlace put over the signer's name. Nil where the file has the seal's
// field, or where nothing tells the place. law:ND30-PL1.II.8a
func newSealPlace(f *pdf.File, j *signingJob, mm, textH float64) (*pades.Place, error) {
	fields, err := pades.Fields(f)
	if err != nil {
		return nil, pdfError(err)
	}
	for _, x := range fields {
		if x.Name == pades.SealField {
			return nil, nil
		}
	}
	signature, err := pades.SignaturePlace(f, j.doc.SignerName, 45, 20)
	if pades.Is(err, pades.NoAnchor) || pades.Is(err, pades.NoGap) {
		return nil, nil // a signature in a field of the file's own
	}
	if err != nil {
		return nil, pdfError(err)
	}
	p := pades.SealPlace(signature, mm, textH)
	return &p, nil
}

// numberAndDate are what the agency's increment fills in. law:HT33-10.1.c.i
func numberAndDate(d document.Document) []pades.Fill {
	return []pades.Fill{{Field: pades.NumberField, Value: d.Number}, pades.FillDate(d.Day.Start())}
}

// besideTop writes number and date at the top right of page 1, for a file
// whose text leaves no gap for them, such as a scan.
func besideTop(f *pdf.File, d document.Document) (*pades.Place, *pades.Look, error) {
	pages, err := f.Pages()
	if err != nil || len(pages) == 0 {
		return nil, nil, pdfError(err)
	}
	look := pades.TextLook("Số: "+d.Code(), "Ngày "+d.Day.String())
	return look.TopRight(pages[0]), look, nil
}

func (o *Office) annexPart(a document.File, j *signingJob) (signingPart, error) {
	in, err := o.Blobs.Read(a.Hash)
	if err != nil {
		return signingPart{}, err
	}
	f, err := pdf.Open(in)
	if err != nil {
		return signingPart{}, pdfError(err)
	}
	pages, err := f.Pages()
	if err != nil {
		return signingPart{}, pdfError(err)
	}
	now := o.Store.Now()
	look := pades.AnnexLook(j.doc.Code(), now)
	opts := pades.Options{Name: j.doc.IssuerName, Reason: "Phụ lục kèm theo", Time: now, Look: look, Place: look.TopRight(pages[0])}
	return signingPart{name: a.Name, annex: a.ID, in: a.Hash, opts: opts}, nil
}

func fileName(d document.Document) string {
	return CleanName(fmt.Sprintf("%s-%s.pdf", d.Number, d.Notation))
}

// firstLines is the text of the first page, for the bar of secrets.
func (o *Office) firstLines(h blob.Hash) (string, error) {
	data, err := o.Blobs.Read(h)
	if err != nil {
		return "", err
	}
	f, err := pdf.Open(data)
	if err != nil {
		return "", pdfError(err)
	}
	pages, err := f.Pages()
	if err != nil || len(pages) == 0 {
		return "", pdfError(err)
	}
	lines, err := f.Lines(pages[0])
	if err != nil {
		return "", nil // a page whose text cannot be read is like a scan
	}
	var b bytes.Buffer
	for _, l := range lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String(), nil
}
