package office

import (
	"context"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
)

// Handed is a file that was handed out, for the program that signs it.
type Handed struct {
	Name string
	Data []byte
}

// Fetch gives the file of a token, once. The token stands for the person who
// began the session, for this file only: his rights are checked again.
//
// Refuses an unknown, used or old token, and a document that has changed since.
// law:HT33-4.2 HT33-10.1.b
func (o *Office) Fetch(ctx context.Context, token, address string) (Handed, error) {
	h, by, err := o.byToken(ctx, token, address)
	if err != nil {
		return Handed{}, err
	}
	if !h.Fetched.IsZero() {
		return Handed{}, signing.Refuse(signing.TokenUsed, nil)
	}
	out, err := o.handed(ctx, by, h)
	if err != nil {
		return out, err
	}
	return out, o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error { return signing.MarkFetched(tx, h.ID) })
}

// Download gives the file of a session to the person who began it, as often as
// he likes until the session ends. law:HT33-4.2
func (o *Office) Download(ctx context.Context, by org.Actor, handOut int64) (Handed, error) {
	h, err := o.ownHandOut(ctx, by, handOut)
	if err != nil {
		return Handed{}, err
	}
	return o.handed(ctx, by, h)
}

// byToken finds the open hand-out of a token and whom it stands for.
func (o *Office) byToken(ctx context.Context, token, address string) (h signing.HandOut, by org.Actor, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		if h, err = signing.HandOutByToken(v, token); err != nil {
			return err
		}
		if err := h.Open(v.Now); err != nil {
			return err
		}
		return stillHere(v, h.Person)
	})
	if err == nil {
		by, err = o.Actor(ctx, h.Person, address)
	}
	return h, by, err
}

// stillHere refuses the token of a person who has left.
func stillHere(q db.Q, p org.PersonID) error {
	here, err := org.Active(q, p)
	if err == nil && !here {
		err = signing.Refuse(signing.TokenUnknown, nil)
	}
	return err
}

// ownHandOut finds an open hand-out of this person.
func (o *Office) ownHandOut(ctx context.Context, by org.Actor, id int64) (h signing.HandOut, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		if h, err = signing.HandOutByID(v, id); err != nil {
			return err
		}
		if h.Person != by.ID {
			return fail.NotFound()
		}
		return h.Open(v.Now)
	})
	return h, err
}

// handed checks the right and that the document still rests on what was
// handed out, and reads the file.
func (o *Office) handed(ctx context.Context, by org.Actor, h signing.HandOut) (Handed, error) {
	act := o.signingAct(h.Purpose)
	if err := o.may(ctx, by, h.Document, act.action); err != nil {
		return Handed{}, err
	}
	j, err := act.job(ctx, by, h.Document)
	if err == nil {
		err = o.restsOn(ctx, j, h)
	}
	if err != nil {
		o.refused(ctx, by, int64(h.Document), act.action, err)
		return Handed{}, err
	}
	data, err := o.Blobs.Read(h.Handed)
	return Handed{h.Name, data}, err
}

// restsOn refuses when the document's file is no longer the one that the
// hand-out was made of.
func (o *Office) restsOn(ctx context.Context, j *signingJob, h signing.HandOut) error {
	if h.Annex == 0 {
		if j.file.Hash != h.Source {
			return signing.Refuse(signing.FileChanged, nil)
		}
		return nil
	}
	var f document.File
	err := o.Read(ctx, func(v *db.View) (err error) {
		f, err = document.FileByID(v, h.Document, h.Annex)
		return err
	})
	if err == nil && (f.Hash != h.Source || f.Version != j.dr.Version) {
		err = signing.Refuse(signing.FileChanged, nil)
	}
	return err
}
