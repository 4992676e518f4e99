package office

import (
	"context"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/org"
)

// Revise saves a draft as its next version. Without a new body the last one
// goes on; every version stays.
//
// Who: the drafter, while the draft is with him. law:ND30-10.3 ND30-PL6.III.5a
func (o *Office) Revise(ctx context.Context, by org.Actor, id document.ID, in DraftInput) error {
	body, err := o.checkDraft(ctx, &in, false)
	if err != nil {
		o.refused(ctx, by, int64(id), access.Revise, err)
		return err
	}
	return o.act(ctx, by, id, access.Revise, func(tx *db.Tx, d *document.Document) error {
		if err := d.Move(document.Draft, document.Draft); err != nil {
			return err
		}
		dr, err := draft.Of(tx, id)
		if err != nil {
			return err
		}
		signer, err := signerOf(tx, in.Signer)
		if err != nil {
			return err
		}
		if in.Body == nil {
			if body, in.Body, err = lastBody(tx, dr); err != nil {
				return err
			}
		}
		if in.Annexes == nil {
			if in.Annexes, err = lastAnnexes(tx, dr); err != nil {
				return err
			}
		}
		if err := in.fits(tx, id); err != nil {
			return err
		}
		in.fill(d, signer)
		if d.Notation, err = notation(tx, in.Kind, by); err != nil {
			return err
		}
		d.Pages = body.Pages
		dr.Signer, dr.Capacity = in.Signer, in.Capacity
		return o.addVersion(tx, dr, in, body, by)
	})
}

// lastBody is the PDF of the last version and the editor's file it came from.
func lastBody(q db.Q, dr draft.Draft) (body Upload, source *Upload, err error) {
	files, err := document.Files(q, dr.Document)
	if err != nil {
		return body, nil, err
	}
	for _, f := range files {
		if f.Version != dr.Version {
			continue
		}
		u := uploadOf(f)
		switch f.Slot {
		case document.Body:
			body = u
		case document.Source_:
			source = &u
		}
	}
	if body.Hash == "" {
		return body, nil, fail.Invalid("body", "Tải lên văn bản chính (PDF hoặc DOCX).", "ND30-10")
	}
	if source == nil {
		source = &body
	}
	return body, source, nil
}

func lastAnnexes(q db.Q, dr draft.Draft) ([]Upload, error) {
	list, err := document.Annexes(q, dr.Document, dr.Version)
	if err != nil {
		return nil, err
	}
	out := make([]Upload, len(list))
	for i, f := range list {
		out[i] = uploadOf(f)
	}
	return out, nil
}

func uploadOf(f document.File) Upload {
	return Upload{Name: f.Name, Hash: f.Hash, Size: f.Size, MIME: f.MIME, Pages: f.Pages}
}
