package office

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/draft"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/pades"
	"vanthu/pdf"
)

// signingAct is what differs between the signatures of a document: who may
// make them, on what, and what happens then.
type signingAct struct {
	action  access.Action
	purpose signing.Purpose
	copy    CopyInput // of a copy: what the clerk asked for
	// job gathers what is worked on and refuses what the law refuses.
	job func(ctx context.Context, by org.Actor, id document.ID) (*signingJob, error)
	// parts lays out the signatures: one for each file.
	parts func(ctx context.Context, j *signingJob) error
	// enter is the transaction, with the signed files there.
	enter func(ctx context.Context, by org.Actor, j *signingJob) error
	// batch: what waits for approval is approved on the way.
	batch bool
	// key was found ready before the act began; nil: it is asked about now.
	key *readyKey
	// also happens in the transaction that enters a signed document; may be nil.
	also func(tx *db.Tx, id document.ID) error
}

func (o *Office) personal() signingAct {
	return signingAct{action: access.Sign, purpose: signing.ByPerson, job: o.signingJob, parts: o.personParts, enter: o.enterSigned}
}

func (o *Office) agency() signingAct {
	return signingAct{action: access.Seal, purpose: signing.ByAgency, job: o.sealingJob, parts: o.agencyParts, enter: o.enterSealed}
}

func (o *Office) signingAct(p signing.Purpose) signingAct {
	switch p {
	case signing.ByAgency:
		return o.agency()
	case signing.AsCopy:
		return o.copying(CopyInput{Form: pades.TrueCopy})
	}
	return o.personal()
}

// signingJob is one document on its way to a signature.
type signingJob struct {
	doc   document.Document
	dr    draft.Draft
	file  document.File // what the signature goes on
	cert  signing.Certificate
	parts []signingPart // the main file, then annexes
	err   error         // why it will not be signed
	// also happens in the transaction that enters the signature; may be nil.
	also func(tx *db.Tx) error
}

// signingPart is one file that gets a signature.
type signingPart struct {
	name  string
	annex document.FileID // 0: the main file
	cert  signing.Certificate
	in    blob.Hash // what is signed
	opts  pades.Options
	// then is a second signature on the result of the first, or nil.
	then    *pades.Options
	pending *signing.Pending
	out     Upload
	uses    []int64 // of the key, as recorded
}

// enterPart adds the signed file, and notes that the uses of the key led to it.
func (o *Office) enterPart(tx *db.Tx, p signingPart, f document.File) error {
	id, err := o.addFile(tx, f)
	for _, u := range p.uses {
		if err == nil {
			err = signing.Enter(tx, u, id)
		}
	}
	return err
}

// outcome is what became of one document of a batch.
type outcome struct {
	document document.ID
	err      error // nil: it is signed
}

// signOne signs one document: a batch of one.
func (o *Office) signOne(ctx context.Context, by org.Actor, act signingAct, id document.ID, consent signing.Consent) error {
	var err error
	o.signAll(ctx, by, act, []document.ID{id}, consent, func(x outcome) { err = x.err })
	return err
}

// signAll is the way of every signature that a driver makes. Rights and states
// are checked for each document; then the certificate and the consent, once;
// everything is prepared, the driver signs it all in one call, and each
// document is stamped and entered in a transaction of its own. A document that
// is refused does not hold up the others. told hears of each, once, as soon as
// it is decided. law:HT33-10.1.b HT33-10.1.c.iii HT33-4.2 GL443-5.1 GL443-5.3
func (o *Office) signAll(ctx context.Context, by org.Actor, act signingAct, ids []document.ID, consent signing.Consent, told func(outcome)) {
	refuse := func(id document.ID, err error) {
		o.refused(ctx, by, int64(id), act.action, err)
		told(outcome{id, err})
	}
	var jobs []*signingJob
	for _, id := range ids {
		if err := o.may(ctx, by, id, act.action); err != nil {
			told(outcome{id, err}) // may has journalled it
			continue
		}
		j, err := act.job(ctx, by, id)
		if act.batch && j.doc.State == document.LeaderReview && fail.Is(err, fail.Conflict) {
			err = nil // approved on the way
		}
		if err != nil {
			refuse(id, err)
			continue
		}
		if act.also != nil {
			j.also = func(tx *db.Tx) error { return act.also(tx, id) }
		}
		jobs = append(jobs, j)
	}
	if len(jobs) == 0 {
		return
	}
	var err error
	if act.key == nil {
		act.key, err = o.ready(ctx, jobs[0].cert, consent)
	}
	if err == nil {
		err = o.signJobs(ctx, by, act, jobs, consent)
	}
	for _, j := range jobs {
		if j.err == nil {
			j.err = err
		}
		if j.err != nil {
			refuse(j.doc.ID, j.err)
			continue
		}
		if j.err = o.finishJob(ctx, j); j.err != nil {
			refuse(j.doc.ID, j.err)
			continue
		}
		told(outcome{j.doc.ID, act.enter(ctx, by, j)}) // act journals its refusal
	}
}

// signJobs takes all jobs through the driver; its error is everybody's, that
// of one document stands in its job.
func (o *Office) signJobs(ctx context.Context, by org.Actor, act signingAct, jobs []*signingJob, consent signing.Consent) error {
	var all []*signing.Pending
	second := false
	for _, j := range jobs {
		if j.err = o.prepareJob(ctx, by, act, j); j.err == nil {
			all = append(all, j.pending()...)
			second = second || j.twice()
		}
	}
	if err := o.useKey(ctx, by, act, jobs, consent, all); err != nil || !second {
		return err
	}
	return o.signAgain(ctx, by, act, jobs, consent)
}

// useKey has the driver sign, and records at once what the key has signed:
// what becomes of a signature afterwards does not undo the use of the key.
// law:HT33-4.1 GL443-12.4
func (o *Office) useKey(ctx context.Context, by org.Actor, act signingAct, jobs []*signingJob, consent signing.Consent, all []*signing.Pending) error {
	err := o.Keys.Sign(ctx, act.key.cert, act.key.need, consent, all...)
	if !slices.ContainsFunc(all, (*signing.Pending).Used) {
		return err
	}
	noted := o.Store.Write(context.WithoutCancel(ctx), by.DB(), func(tx *db.Tx) error {
		for _, j := range jobs {
			used := false
			for i := range j.parts {
				p := &j.parts[i]
				if !slices.Contains(all, p.pending) || !p.pending.Used() {
					continue
				}
				use, err := signing.Record(tx, signing.Use{Document: j.doc.ID, Certificate: p.cert.ID, Person: by.ID, Purpose: act.purpose})
				if err != nil {
					return err
				}
				p.uses, used = append(p.uses, use), true
			}
			if used {
				if err := o.tellOwner(tx, by, act.key.cert, j.doc.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return errors.Join(err, noted)
}

// readyKey is a certificate that is valid now, and what its key asks for.
type readyKey struct {
	cert signing.Certificate
	need signing.Need
}

// ready refuses a certificate that is not valid now, a key that is not there,
// and a consent that lacks what the key asks for. law:ND23-15
func (o *Office) ready(ctx context.Context, c signing.Certificate, consent signing.Consent) (*readyKey, error) {
	if err := o.Keys.Check(ctx, c, o.Store.Now()); err != nil {
		return nil, err
	}
	need, err := o.Keys.Need(ctx, c)
	if err == nil {
		err = need.Given(consent)
	}
	return &readyKey{c, need}, err
}

// sameKey refuses a document that another key than the batch's signs: one that
// was entrusted, or entered meanwhile. law:HT33-4.2
func (a signingAct) sameKey(j *signingJob) error {
	if a.key != nil && j.cert.ID != a.key.cert.ID {
		return fail.State("Văn bản này ký bằng khóa khác.", "HT33-4.2").Then("Mở từng văn bản để ký.")
	}
	return nil
}

// prepareJob is the first phase for one document.
func (o *Office) prepareJob(ctx context.Context, by org.Actor, act signingAct, j *signingJob) error {
	if err := act.sameKey(j); err != nil {
		return err
	}
	if j.doc.State == document.LeaderReview {
		if err := o.approveFirst(ctx, by, act, j); err != nil {
			return err
		}
	}
	if err := act.parts(ctx, j); err != nil {
		return err
	}
	if j.twice() && act.key.need.Once {
		return signing.Refuse(signing.TwoRounds, nil)
	}
	for i := range j.parts {
		if err := o.preparePart(&j.parts[i], j.cert); err != nil {
			return inFile(j.parts[i].name, err)
		}
	}
	return nil
}

// approveFirst is "Duyệt và ký" on the way of a batch. law:HT33-10.1.a
func (o *Office) approveFirst(ctx context.Context, by org.Actor, act signingAct, j *signingJob) error {
	if err := o.Approve(ctx, by, j.doc.ID, Places{}); err != nil {
		return err
	}
	approved, err := act.job(ctx, by, j.doc.ID)
	if err == nil {
		approved.also = j.also
		*j = *approved
	}
	return err
}

func (o *Office) preparePart(p *signingPart, cert signing.Certificate) error {
	in, err := o.Blobs.Read(p.in)
	if err != nil {
		return err
	}
	p.cert = cert
	p.pending, err = o.Keys.Prepare(cert, in, p.opts)
	return signError(err)
}

// signAgain makes the second signature of those files that get two.
func (o *Office) signAgain(ctx context.Context, by org.Actor, act signingAct, jobs []*signingJob, consent signing.Consent) error {
	cert := act.key.cert
	var all []*signing.Pending
	for _, j := range jobs {
		if j.err != nil || !j.twice() {
			continue
		}
		for i := range j.parts {
			p := &j.parts[i]
			if p.then == nil || j.err != nil {
				continue
			}
			if j.err = o.finishPart(ctx, p); j.err != nil {
				continue
			}
			p.in, p.opts, p.then = p.out.Hash, *p.then, nil
			if j.err = o.preparePart(p, cert); j.err == nil {
				all = append(all, p.pending)
			}
		}
	}
	return o.useKey(ctx, by, act, jobs, consent, all)
}

// finishJob is the last phase for one document: stamps, and the files stored.
func (o *Office) finishJob(ctx context.Context, j *signingJob) error {
	for i := range j.parts {
		if err := o.finishPart(ctx, &j.parts[i]); err != nil {
			return inFile(j.parts[i].name, err)
		}
	}
	return nil
}

func (o *Office) finishPart(ctx context.Context, p *signingPart) error {
	in, err := o.Blobs.Read(p.in)
	if err != nil {
		return err
	}
	out, err := o.Keys.Finish(ctx, p.pending, in)
	if err != nil {
		return signError(err)
	}
	p.out, err = o.Keep(ctx, p.name, bytes.NewReader(out))
	return err
}

func (j *signingJob) pending() []*signing.Pending {
	out := make([]*signing.Pending, len(j.parts))
	for i, p := range j.parts {
		out[i] = p.pending
	}
	return out
}

func (j *signingJob) twice() bool {
	for _, p := range j.parts {
		if p.then != nil {
			return true
		}
	}
	return false
}

// enter runs what else happens in the transaction.
func (j *signingJob) enter(tx *db.Tx) error {
	if j.also == nil {
		return nil
	}
	return j.also(tx)
}

// main is the signed main file.
func (j *signingJob) main() Upload { return j.parts[0].out }

// signError is a refusal of package pades as ours; of what the file is to
// blame for, the person reads what it is. law:HT33-11.1
func signError(err error) error {
	var pe *pades.Error
	var file *pdf.Error
	if _, ok := fail.As(err); err == nil || ok {
		return err
	}
	if errors.As(err, &pe) || errors.As(err, &file) {
		return placeError(err)
	}
	return signing.Refuse(signing.NotWorked, err)
}
