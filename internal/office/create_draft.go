package office

import (
	"context"
	"errors"
	"strings"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/law"
	"vanthu/viet"
)

// DraftInput is the form of a draft.
type DraftInput struct {
	Kind       string // code of law.Kinds
	Subject    string
	Field      string
	Urgency    document.Urgency
	Secrecy    string // anything but "" is refused
	Mark       string
	Signer     org.PersonID
	Capacity   string
	Due        viet.Day // asked of the recipients
	Recipients []draft.Recipient
	Note       string
	ReplyTo    document.ID
	Replaces   document.ID // the issued document whose content is wrong
	Corrects   document.ID // the issued document whose form is wrong
	Body       *Upload     // PDF or DOCX
	Annexes    []Upload
}

// CreateDraft opens a draft with its first version.
//
// Who: everybody who handles work. Refuses E-INVALID for missing fields (all
// are named), E-BARRED for secrets. law:ND30-10 HT33-10.1.a
func (o *Office) CreateDraft(ctx context.Context, by org.Actor, in DraftInput) (document.ID, error) {
	if err := access.May(by, access.CreateDraft); err != nil {
		o.refused(ctx, by, 0, access.CreateDraft, err)
		return 0, err
	}
	body, err := o.checkDraft(ctx, &in, true)
	if err != nil {
		o.refused(ctx, by, 0, access.CreateDraft, err)
		return 0, err
	}
	var id document.ID
	err = o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		signer, err := signerOf(tx, in.Signer)
		if err != nil {
			return err
		}
		d := document.Document{Way: document.Out, State: document.Draft, IssuerCode: by.Agency.Code, IssuerName: by.Agency.Name, Pages: body.Pages}
		in.fill(&d, signer)
		if d.Notation, err = notation(tx, in.Kind, by); err != nil {
			return err
		}
		if id, err = document.Add(tx, d); err != nil {
			return err
		}
		dr := draft.Draft{Document: id, Drafter: by.ID, Unit: by.Unit, Signer: in.Signer, Capacity: in.Capacity, Form: "digital", ReplyTo: in.ReplyTo}
		if err := o.addVersion(tx, dr, in, body, by); err != nil {
			return err
		}
		if err := access.Grant(tx, access.Subject(id), org.Of(by.ID), access.Drafter); err != nil {
			return err
		}
		if err := in.tie(tx, by, id); err != nil {
			return err
		}
		return document.Hand(tx, id, org.Of(by.ID), document.ToRevise, o.endOf(0))
	})
	return id, err
}

// checkDraft looks at a form before anything is written; it gives the PDF of
// the body. A revision may leave the body as it is.
func (o *Office) checkDraft(ctx context.Context, in *DraftInput, needBody bool) (Upload, error) {
	if in.Secrecy != "" {
		return Upload{}, secretRefused()
	}
	if err := barredText(in.Subject, in.Note); err != nil {
		return Upload{}, err
	}
	var f fail.Form
	f.Require("subject", in.Subject, "Cần có trích yếu.", "ND30-PL1")
	f.Limit("subject", in.Subject, 500, "ND30-PL6")
	if _, ok := law.KindByCode(in.Kind); !ok {
		f.Add("kind", "Chọn loại văn bản.", "ND30-7")
	}
	if in.Signer == 0 {
		f.Add("signer", "Chọn người ký.", "ND30-13")
	}
	if len(in.Recipients) == 0 {
		f.Add("recipients", "Chọn ít nhất một nơi nhận.", "ND30-PL1")
	}
	if needBody && in.Body == nil {
		f.Add("body", "Tải lên văn bản chính (PDF hoặc DOCX).", "ND30-10")
	}
	if err := f.Err(); err != nil || in.Body == nil {
		return Upload{}, err
	}
	body, err := o.asPDF(ctx, *in.Body)
	if err != nil {
		return body, err
	}
	err = o.barredPDF(body)
	if fail.Is(err, fail.Barred) {
		// Nothing of a secret stays (law:HT33-1.2).
		err = errors.Join(err, o.discard(ctx, body.Hash), o.discard(ctx, in.Body.Hash))
	}
	return body, err
}

// barredPDF looks for the stamp of a secret on the first page.
func (o *Office) barredPDF(u Upload) error {
	top, err := o.firstLines(u.Hash)
	if err != nil {
		return err
	}
	return barredText(top)
}

func (in DraftInput) fill(d *document.Document, signer org.Person) {
	d.Kind, d.Subject, d.Field, d.Urgency, d.Mark, d.Due, d.Note = in.Kind, in.Subject, in.Field, in.Urgency, in.Mark, in.Due, in.Note
	d.SignerName, d.SignerTitle = signer.Name, signer.Title
}

func (o *Office) addVersion(tx *db.Tx, dr draft.Draft, in DraftInput, body Upload, by org.Actor) error {
	dr.Version++
	if err := draft.Put(tx, dr); err != nil {
		return err
	}
	if err := draft.AddVersion(tx, dr.Document, dr.Version, by.ID, in.Note); err != nil {
		return err
	}
	if err := draft.SetRecipients(tx, dr.Document, in.Recipients); err != nil {
		return err
	}
	if in.Body != nil && in.Body.Hash != body.Hash {
		// The editor's file stays beside the PDF made of it (law:HN20-9.1.b.i).
		if _, err := o.addFile(tx, in.Body.file(dr.Document, dr.Version, document.Source_)); err != nil {
			return err
		}
	}
	if _, err := o.addFile(tx, body.file(dr.Document, dr.Version, document.Body)); err != nil {
		return err
	}
	for _, a := range in.Annexes {
		if _, err := o.addFile(tx, a.file(dr.Document, dr.Version, document.Annex)); err != nil {
			return err
		}
	}
	return journal.Write(tx, Drafted, int64(dr.Document), 0, journal.Detail{"version": itoa(int64(dr.Version)), "note": in.Note})
}

// signerOf finds the person who is to sign; only leaders may be chosen.
func signerOf(q db.Q, id org.PersonID) (org.Person, error) {
	p, err := org.PersonByID(q, id)
	if err != nil || id == 0 {
		return p, fail.Invalid("signer", "Chọn người ký.", "ND30-13")
	}
	return p, nil
}

// notation is the ký hiệu of a kind: "QĐ-SXD", and "SXD-KT" for a công văn,
// which has no abbreviation of its own. law:ND30-PL1.II.3
func notation(q db.Q, kind string, by org.Actor) (string, error) {
	k, _ := law.KindByCode(kind)
	if k.Abbr != "" {
		return k.Abbr + "-" + by.Agency.Short, nil
	}
	unit := "VP"
	if by.Unit != 0 {
		u, err := org.UnitByID(q, by.Unit)
		if err != nil {
			return "", err
		}
		unit = u.Short
	}
	return strings.Trim(by.Agency.Short+"-"+unit, "-"), nil
}
