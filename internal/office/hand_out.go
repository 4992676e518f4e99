package office

import (
	"bytes"
	"context"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/law"
	"vanthu/pades"
	"vanthu/viet"
)

// Session is a document that was handed out to be signed in another program
// (phiên ký ngoài): all its files must come back.
type Session struct {
	ID       int64
	Document document.ID
	Purpose  signing.Purpose
	Code     string   // số ký hiệu, for the program to show; "" before numbering
	Day      viet.Day // ngày ban hành, zero before numbering
	Ends     time.Time
	Files    []SessionFile // the main file first, then annexes
}

// SessionFile is one file of a session.
type SessionFile struct {
	signing.HandOut
	// Token opens this one file once, and takes it back once. It is told only
	// here, at the beginning, and only to the program on the signer's desk.
	Token string
}

// Back says whether every file is signed and taken back.
func (s Session) Back() bool {
	for _, f := range s.Files {
		if !f.Back() {
			return false
		}
	}
	return len(s.Files) > 0
}

// Refused is the file of the session that was refused; its State is "" when
// none was.
func (s Session) Refused() SessionFile {
	for _, f := range s.Files {
		if f.State != "" {
			return f
		}
	}
	return SessionFile{}
}

// HandOut gives a document's files out to be signed in another program: the
// approved file for the person's signature; for the agency's, the file with
// number and date filled in already, and each PDF annex. way is
// [signing.ByClient], where each file gets a token that replaces the signer's
// session for this one file, or [signing.ByUpload], where the signer himself
// downloads and uploads. An earlier session of the document ends.
//
// Who: as for Sign and Seal. Refuses what they refuse, and a file without
// places for number and date. law:HT33-4.2 HT33-10.1.b HT33-10.1.c.i HT33-10.1.c.v
func (o *Office) HandOut(ctx context.Context, by org.Actor, p signing.Purpose, id document.ID, way signing.Kind) (Session, error) {
	if p == signing.AsCopy {
		return Session{}, signing.Refuse(signing.SignedAway, nil) // HandOutCopy
	}
	return o.handOutOne(ctx, by, o.signingAct(p), id, way)
}

// HandOutCopy gives the scan of a registered paper document to the signing
// program of the clerk's machine, which writes the form of the copy itself. in
// is kept: what comes back must show that form, and is then presented.
//
// Who: as for SignCopy. Refuses what it refuses. law:HT33-8.1 HT33-4.2 ND30-25
func (o *Office) HandOutCopy(ctx context.Context, by org.Actor, id document.ID, in CopyInput) (Session, error) {
	if err := in.check(); err != nil {
		o.refused(ctx, by, int64(id), access.SignCopy, err)
		return Session{}, err
	}
	return o.handOutOne(ctx, by, o.copying(in), id, signing.ByClient)
}

func (o *Office) handOutOne(ctx context.Context, by org.Actor, act signingAct, id document.ID, way signing.Kind) (Session, error) {
	if err := o.may(ctx, by, id, act.action); err != nil {
		return Session{}, err
	}
	s, err := o.handOut(ctx, by, act, id, way, 0)
	if err != nil {
		o.refused(ctx, by, int64(id), act.action, err)
	}
	return s, err
}

func (o *Office) handOut(ctx context.Context, by org.Actor, act signingAct, id document.ID, way signing.Kind, batch int64) (Session, error) {
	if !way.HandsOut() {
		return Session{}, fail.Invalid("way", "Chọn ký bằng phần mềm trên máy, hoặc tải lên tệp đã ký.")
	}
	j, err := act.job(ctx, by, id)
	if err == nil {
		err = act.sameKey(j)
	}
	if err != nil {
		return Session{}, err
	}
	if err := o.Keys.Check(ctx, j.cert, o.Store.Now()); err != nil {
		return Session{}, err
	}
	files, err := o.toHandOut(ctx, act, j)
	if err != nil {
		return Session{}, err
	}
	s := Session{Document: id, Purpose: act.purpose, Code: j.doc.Code(), Day: j.doc.Day, Ends: o.Store.Now().Add(handOutTerm(way, o.Store.Now()))}
	return s, o.act(ctx, by, id, act.action, func(tx *db.Tx, _ *document.Document) error {
		if err := o.supersede(tx, id); err != nil {
			return err
		}
		for _, h := range files {
			f := SessionFile{HandOut: h}
			if way == signing.ByClient {
				f.Token = signing.NewToken()
			}
			f.Session, f.Batch, f.Certificate, f.Person, f.Ends = s.ID, batch, j.cert.ID, by.ID, s.Ends
			f.Copy = signing.Copy{Form: string(act.copy.Form), PresentTo: act.copy.PresentTo, Note: act.copy.Note}
			var err error
			if f.HandOut, err = signing.AddHandOut(tx, f.HandOut, f.Token); err != nil {
				return err
			}
			s.ID = f.Session
			s.Files = append(s.Files, f)
		}
		return journal.Write(tx, HandedOutIt, int64(id), 0, journal.Detail{"way": string(way), "sha256": string(files[0].Handed)})
	})
}

// supersede ends the sessions that a document is out in, and decides its lines in
// their batches: nothing there waits for a file that no longer counts.
func (o *Office) supersede(tx *db.Tx, id document.ID) error {
	batches, err := signing.Supersede(tx, id)
	for _, b := range batches {
		if err == nil {
			err = o.decideAway(tx, signing.HandOut{Batch: b, Document: id}, signing.Refuse(signing.Superseded, nil))
		}
	}
	return err
}

// handOutTerm is how long a session lasts.
func handOutTerm(way signing.Kind, on time.Time) time.Duration {
	if way == signing.ByClient {
		return minutes("sign.client.minutes", on)
	}
	return time.Duration(law.Figure("sign.upload.hours", viet.DayOf(on))) * time.Hour
}

// toHandOut prepares the files of a session.
func (o *Office) toHandOut(ctx context.Context, act signingAct, j *signingJob) ([]signing.HandOut, error) {
	main := signing.HandOut{Document: j.doc.ID, Purpose: act.purpose, Name: j.file.Name, Source: j.file.Hash, Handed: j.file.Hash}
	switch act.purpose {
	case signing.ByPerson:
		return []signing.HandOut{main}, nil
	case signing.AsCopy:
		main.Name = copyName(j.file.Name)
		return []signing.HandOut{main}, nil
	}
	main.Name = fileName(j.doc)
	var err error
	if main.Handed, err = o.numberedFile(ctx, j); err != nil {
		return nil, err
	}
	out := []signing.HandOut{main}
	annexes, err := o.pdfAnnexes(ctx, j)
	for _, a := range annexes {
		out = append(out, signing.HandOut{Document: j.doc.ID, Purpose: act.purpose, Annex: a.ID, Name: a.Name, Source: a.Hash, Handed: a.Hash})
	}
	return out, err
}

// numberedFile is the signed file with number and date filled in, for a
// program that only signs. Both are under the agency's signature like
// everything before it. law:HT33-10.1.c.i
func (o *Office) numberedFile(ctx context.Context, j *signingJob) (blob.Hash, error) {
	if j.dr.Flow != Reserved {
		return "", signing.Refuse(signing.NoPlace, nil)
	}
	in, err := o.Blobs.Read(j.file.Hash)
	if err != nil {
		return "", err
	}
	out, err := pades.FillFields(in, numberAndDate(j.doc)...)
	if err != nil {
		return "", placeError(err)
	}
	u, err := o.Keep(ctx, fileName(j.doc), bytes.NewReader(out))
	return u.Hash, err
}

// pdfAnnexes are the annexes that get the agency's signature.
func (o *Office) pdfAnnexes(ctx context.Context, j *signingJob) (out []document.File, err error) {
	err = o.Read(ctx, func(v *db.View) error {
		all, err := document.Annexes(v, j.doc.ID, j.dr.Version)
		for _, a := range all {
			if a.MIME == "application/pdf" {
				out = append(out, a)
			}
		}
		return err
	})
	return out, err
}

// HandedOut finds the newest session of a document, for the page to see how
// far it is; it tells no tokens. E-HIDDEN when there is none.
func HandedOut(q db.Q, by org.Actor, id document.ID) (Session, error) {
	if err := See(q, by, id); err != nil {
		return Session{}, err
	}
	list, err := signing.LatestHandOuts(q, id)
	if err == nil && len(list) == 0 {
		err = fail.NotFound()
	}
	if err != nil {
		return Session{}, err
	}
	d, err := document.ByID(q, id)
	s := Session{ID: list[0].Session, Document: id, Purpose: list[0].Purpose, Code: d.Code(), Day: d.Day, Ends: list[0].Ends}
	for _, h := range list {
		s.Files = append(s.Files, SessionFile{HandOut: h})
	}
	return s, err
}
