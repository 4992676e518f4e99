package office

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"vanthu/cms"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/pdf"
	"vanthu/viet"
)

// Taken is a file that came back signed.
type Taken struct {
	signing.HandOut
	Code     string // số ký hiệu of the document
	Day      string // ngày ban hành, dd/mm/yyyy
	Complete bool   // all files are back: the document is signed
}

// TakeBack takes a signed file back from the program that a token was given
// to. Nothing is believed but the bytes: they must be the file handed out with
// one signature more, made with a certificate that is registered for this
// person (or the agency) and valid now, and no other change. With the last
// file of the session the document is signed, as by Sign or Seal. The token is
// spent, whatever comes of it.
//
// Who: as for Sign and Seal; the token stands for the person. Each refusal is
// a [signing.State]. law:HT33-4.2 HT33-10.1.b HT33-10.1.c.iii ND23-15 ND23-17
func (o *Office) TakeBack(ctx context.Context, token, address string, r io.Reader) (Taken, error) {
	h, by, err := o.byToken(ctx, token, address)
	if err != nil {
		return Taken{}, err
	}
	t, err := o.takeBack(ctx, by, h, r)
	o.spend(ctx, by, h, err)
	return t, err
}

// TakeUpload is TakeBack for a file that the person himself uploads; after a
// refusal he may upload another.
func (o *Office) TakeUpload(ctx context.Context, by org.Actor, handOut int64, r io.Reader) (Taken, error) {
	h, err := o.ownHandOut(ctx, by, handOut)
	if err != nil {
		return Taken{}, err
	}
	return o.takeBack(ctx, by, h, r)
}

// CancelHandOut ends a session whose signer has changed his mind, here or in
// the program.
func (o *Office) CancelHandOut(ctx context.Context, by org.Actor, session int64) error {
	h, err := o.ownHandOut(ctx, by, session)
	if err != nil {
		return err
	}
	if err := o.may(ctx, by, h.Document, o.signingAct(h.Purpose).action); err != nil {
		return err
	}
	return o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		list, err := signing.HandOutsOf(tx, h.Session)
		if err == nil {
			err = o.cancelThem(tx, list)
		}
		tx.After(func() { o.publish(h.Document) })
		return err
	})
}

// cancelThem ends those of the files that are still out.
func (o *Office) cancelThem(tx *db.Tx, list []signing.HandOut) error {
	for _, h := range list {
		if !h.Done.IsZero() {
			continue
		}
		if err := o.markRefused(tx, h, signing.Cancelled); err != nil {
			return err
		}
	}
	return nil
}

// markRefused ends a hand-out, and with it its document's line of a batch.
func (o *Office) markRefused(tx *db.Tx, h signing.HandOut, s signing.State) error {
	if err := signing.MarkRefused(tx, h, s); err != nil {
		return err
	}
	return o.decideAway(tx, h, signing.Refuse(s, nil))
}

// decideAway notes what became of a document that was handed out in a batch.
func (o *Office) decideAway(tx *db.Tx, h signing.HandOut, why error) error {
	if h.Batch == 0 {
		return nil
	}
	if err := signing.DecideLine(tx, h.Batch, h.Document, why); err != nil {
		return err
	}
	tx.After(func() { o.tellBatch(h.Batch) })
	return signing.SettleBatch(tx, h.Batch)
}

// spend ends a hand-out whose file was refused. An outage, here or of the
// certificate's issuer, refuses nothing: the file may come again.
func (o *Office) spend(ctx context.Context, by org.Actor, h signing.HandOut, why error) {
	if e, refused := fail.As(why); !refused || e.Kind == fail.Busy {
		return
	}
	state := signing.StateOf(why)
	if state == "" {
		state = signing.NotWorked
	}
	err := o.Store.Write(context.WithoutCancel(ctx), by.DB(), func(tx *db.Tx) error {
		tx.After(func() { o.publish(h.Document) })
		return o.markRefused(tx, h, state)
	})
	if err != nil && signing.StateOf(err) != signing.TokenUsed {
		o.log().Error("hand-out not ended", "err", err)
	}
}

func (o *Office) takeBack(ctx context.Context, by org.Actor, h signing.HandOut, r io.Reader) (Taken, error) {
	act := o.signingAct(h.Purpose)
	if h.Purpose == signing.AsCopy {
		act = o.copying(CopyInput{pades.CopyForm(h.Copy.Form), h.Copy.PresentTo, h.Copy.Note})
	}
	if err := o.may(ctx, by, h.Document, act.action); err != nil {
		return Taken{}, err
	}
	t := Taken{HandOut: h}
	j, err := act.job(ctx, by, h.Document)
	if err == nil {
		err = o.restsOn(ctx, j, h)
	}
	if err == nil {
		t.Code, t.Day = j.doc.Code(), j.doc.Day.String()
		// The name is ours, never the program's.
		var u Upload
		if u, err = o.Keep(ctx, h.Name, r); err == nil {
			err = o.inspect(ctx, by, j, h, u)
		}
		if err == nil && h.Purpose == signing.AsCopy {
			err = o.saysForm(h.Handed, u.Hash, act.copy.Form)
		}
		t.Result, t.Certificate = u.Hash, j.cert.ID
	}
	if err == nil {
		t.Use, err = o.usedElsewhere(ctx, by, j.cert, t.HandOut)
	}
	if err != nil {
		o.refused(ctx, by, int64(h.Document), act.action, err)
		return t, err
	}
	t.Complete, err = o.enterBack(ctx, by, act, j, t.HandOut)
	return t, err
}

// usedElsewhere records the use of a key that signed in another program,
// whatever becomes of the file that came back; the same file twice is one use.
// law:HT33-4.1 GL443-12.4
func (o *Office) usedElsewhere(ctx context.Context, by org.Actor, c signing.Certificate, h signing.HandOut) (use int64, err error) {
	return use, o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		if use, err = signing.UseOf(tx, c.ID, h.Result); err != nil || use != 0 {
			return err
		}
		use, err = signing.Record(tx, signing.Use{Document: h.Document, Certificate: c.ID, Person: by.ID, Purpose: h.Purpose, Result: h.Result})
		if err != nil {
			return err
		}
		return o.tellOwner(tx, by, c, h.Document)
	})
}

// enterBack notes the file; with the last one of its session, the document
// goes on.
func (o *Office) enterBack(ctx context.Context, by org.Actor, act signingAct, j *signingJob, h signing.HandOut) (complete bool, err error) {
	o.back.Lock() // two files of one session must not both be the last but one
	defer o.back.Unlock()
	if complete, err = o.gather(ctx, j, h); err != nil {
		return false, err
	}
	j.also = func(tx *db.Tx) error {
		err := signing.MarkBack(tx, h)
		if err == nil && complete {
			err = o.decideAway(tx, h, nil)
		}
		return err
	}
	if complete {
		return true, act.enter(ctx, by, j)
	}
	return false, o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		tx.After(func() { o.publish(h.Document) })
		return j.also(tx)
	})
}

// gather makes the parts of the job from what is back, and tells whether that
// is all of the session.
func (o *Office) gather(ctx context.Context, j *signingJob, h signing.HandOut) (complete bool, err error) {
	complete = true
	err = o.Read(ctx, func(v *db.View) error {
		list, err := signing.HandOutsOf(v, h.Session)
		for _, x := range list {
			if x.ID == h.ID {
				x = h
			}
			complete = complete && x.Back()
			c, err := signing.CertificateByID(v, x.Certificate)
			if err != nil {
				return err
			}
			j.parts = append(j.parts, signingPart{name: x.Name, annex: x.Annex, cert: c, out: Upload{Name: x.Name, Hash: x.Result}, uses: []int64{x.Use}})
		}
		return err
	})
	for i := range j.parts {
		if p := &j.parts[i]; err == nil && complete {
			p.out, err = o.lookAgain(p.out)
		}
	}
	return complete, err
}

// lookAgain fills in size, type and pages of a stored file.
func (o *Office) lookAgain(u Upload) (Upload, error) {
	data, err := o.Blobs.Read(u.Hash)
	if err != nil {
		return u, err
	}
	u.Size = int64(len(data))
	return u, o.look(&u)
}

// inspect refuses everything but the handed-out file with the one signature
// that was asked for.
func (o *Office) inspect(ctx context.Context, by org.Actor, j *signingJob, h signing.HandOut, u Upload) error {
	base, err := o.Blobs.Read(h.Handed)
	if err != nil {
		return err
	}
	out, err := o.Blobs.Read(u.Hash)
	if err != nil {
		return err
	}
	added, err := pades.Compare(ctx, base, out)
	switch {
	case pades.Is(err, pades.WrongFile):
		return signing.Refuse(signing.NotAnIncrement, err)
	case err != nil:
		return signing.Refuse(signing.NotAnIncrement, pdfError(err))
	case added.Level > pades.FormFilling || len(added.Filled) > 0:
		return signing.Refuse(signing.Tampered, errors.New(strings.Join(append(added.Changes, added.Filled...), "; ")))
	}
	// A program may stamp the document on top of its signature.
	fresh := slices.DeleteFunc(added.Signatures, func(s pades.Signature) bool { return s.SubFilter == "ETSI.RFC3161" })
	if len(fresh) != 1 {
		return signing.Refuse(signing.NoNewSignature, nil)
	}
	if h.Purpose == signing.ByPerson && fresh[0].Field.Name == pades.SealField {
		return signing.Refuse(signing.Tampered, errors.New("signed in the agency's place"))
	}
	if err := o.signedBy(ctx, by, j, h, fresh[0]); err != nil {
		return err
	}
	return o.wellSigned(ctx, out, fresh[0], j, h)
}

// signedBy finds the certificate of the new signature among those registered
// for this person, or for the agency while he keeps its key, and asks its
// issuer. law:HT33-4.1 HT33-4.2 ND23-15
func (o *Office) signedBy(ctx context.Context, by org.Actor, j *signingJob, h signing.HandOut, s pades.Signature) error {
	sd, err := cms.Parse(s.Contents)
	if err != nil || len(sd.Signers) != 1 || sd.Signers[0].Certificate == nil {
		return signing.Refuse(signing.BadSignature, err)
	}
	owner := org.PersonID(0)
	if h.Purpose == signing.ByPerson {
		owner = j.dr.Signer
	}
	err = o.Read(ctx, func(v *db.View) (err error) {
		if j.cert, err = signing.InUse(v, owner, signing.Fingerprint(sd.Signers[0].Certificate)); err != nil {
			return err
		}
		if owner != 0 {
			return ownKey(v, by, j.dr, j.cert, viet.DayOf(v.Now))
		}
		who, err := signing.Custodian(v, j.cert.ID)
		if err == nil && who != by.ID {
			err = signing.Refuse(signing.WrongCertificate, errors.New("another person keeps this key"))
		}
		return err
	})
	if err != nil {
		return err
	}
	return o.Keys.Check(ctx, j.cert, o.Store.Now())
}

// wellSigned examines the whole file: the new signature must be intact and
// right, no earlier one may have suffered, a sealed main file shows the number
// and date that were given, and the agency's signature shows itself. That it
// locks the form is not asked: programs on desks are not ours.
// law:ND23-17 HT33-10.1.c.i
func (o *Office) wellSigned(ctx context.Context, out []byte, fresh pades.Signature, j *signingJob, h signing.HandOut) error {
	f, err := o.Judge(ctx, out, Expected{})
	if err != nil {
		return err
	}
	if f.Verdict == string(pades.Invalid) {
		return signing.Refuse(signing.BadSignature, errors.New(f.Sentence))
	}
	if !f.Sound(fresh.Field.Name) {
		return signing.Refuse(signing.BadSignature, errors.New("the new signature is not intact"))
	}
	if h.Purpose != signing.ByAgency {
		return nil
	}
	file, err := pdf.Open(out)
	if err != nil {
		return pdfError(err)
	}
	if h.Annex != 0 {
		return o.showsAgency(file, fresh, j.doc, true)
	}
	fields, err := pades.Fields(file)
	if err != nil {
		return pdfError(err)
	}
	for _, want := range numberAndDate(j.doc) {
		if fieldText(file, fields, want.Field) != want.Value {
			return signing.Refuse(signing.NoNumber, nil)
		}
	}
	return o.showsAgency(file, fresh, j.doc, false)
}

func fieldText(f *pdf.File, fields []pades.Field, name string) string {
	for _, x := range fields {
		if x.Name == name {
			return f.Str(x.Value)
		}
	}
	return ""
}
