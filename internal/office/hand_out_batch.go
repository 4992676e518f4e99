package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
)

// Bundle is many documents handed out together, to be signed on the signer's
// desk under one confirmation there.
type Bundle struct {
	Batch int64
	// Token takes every file of the batch back. It is told only here.
	Token string
	Files []SessionFile // each with the token that fetches it, once
	why   error         // why the last one refused is not among them
}

// HandOutBatch is HandOut for many documents: the signing program fetches all
// files, signs them under one confirmation, and brings them back with the one
// token of the batch. A document of a person's batch that still waits for his
// approval is approved first. What cannot be handed out stands refused in its
// line of the batch, and holds up no other.
//
// Who: as for Sign (ByPerson) and Seal (ByAgency), for each document. Refuses
// what SignBatch refuses, a certificate whose key does not sign in the program,
// and when nothing is left to sign; in its line, a document to be sealed with
// its PDF annexes. law:HT33-10.1.b HT33-10.1.c.iii HT33-10.1.c.v HT33-4.2 ND23-15
func (o *Office) HandOutBatch(ctx context.Context, by org.Actor, p signing.Purpose, ids []document.ID) (Bundle, error) {
	if p == signing.AsCopy { // the program must know the form of each: HandOutCopy
		return Bundle{}, signing.Refuse(signing.SignedAway, nil)
	}
	ids = distinct(ids)
	act := o.signingAct(p)
	act.batch = true
	cert, err := o.batchKey(ctx, by, p, ids)
	if err == nil && cert.Driver != signing.ByClient {
		err = signing.Refuse(signing.NoDriver, nil)
	}
	if err == nil {
		err = o.Keys.Check(ctx, cert, o.Store.Now())
	}
	if err != nil {
		o.refused(ctx, by, 0, act.action, err)
		return Bundle{}, err
	}
	act.key = &readyKey{cert: cert}
	b := Bundle{Token: signing.NewToken()}
	err = o.Store.Write(ctx, by.DB(), func(tx *db.Tx) (err error) {
		x := signing.Batch{Person: by.ID, Purpose: p, Certificate: cert.ID, Ends: tx.Now.Add(handOutTerm(signing.ByClient, tx.Now))}
		b.Batch, err = signing.AddBatch(tx, x, ids, b.Token)
		return err
	})
	for _, id := range ids {
		if err != nil {
			return b, err
		}
		err = o.intoBundle(ctx, by, act, id, &b)
	}
	if err == nil && len(b.Files) == 0 && len(ids) == 1 {
		return b, b.why
	}
	if err == nil && len(b.Files) == 0 {
		err = fail.State("Không văn bản nào đã chọn ký được lúc này.", "HT33-10.1.b").Then("Mở từng văn bản để xem lý do.")
	}
	return b, err
}

// intoBundle hands one document out, or notes why not.
func (o *Office) intoBundle(ctx context.Context, by org.Actor, act signingAct, id document.ID, b *Bundle) error {
	err := o.may(ctx, by, id, act.action) // journals its refusal
	if err == nil {
		var s Session
		if s, err = o.approveAndHandOut(ctx, by, act, id, b.Batch); err == nil {
			b.Files = append(b.Files, s.Files...)
			return nil
		}
		o.refused(ctx, by, int64(id), act.action, err)
	}
	b.why = err
	return o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		return o.decideAway(tx, signing.HandOut{Batch: b.Batch, Document: id}, err)
	})
}

func (o *Office) approveAndHandOut(ctx context.Context, by org.Actor, act signingAct, id document.ID, batch int64) (Session, error) {
	j, err := act.job(ctx, by, id)
	if act.purpose == signing.ByPerson && j.doc.State == document.LeaderReview && fail.Is(err, fail.Conflict) {
		err = o.Approve(ctx, by, id, Places{}) // "Duyệt và ký"
	}
	if err != nil {
		return Session{}, err
	}
	if act.purpose == signing.ByAgency {
		// One call for many files tells the program no numbers to mark annexes with.
		annexes, err := o.pdfAnnexes(ctx, j)
		if err == nil && len(annexes) > 0 {
			err = signing.Refuse(signing.AnnexAlone, nil)
		}
		if err != nil {
			return Session{}, err
		}
	}
	return o.handOut(ctx, by, act, id, signing.ByClient, batch)
}

// TakeBackFromBatch is TakeBack with the token of a batch. Which file it is
// the bytes tell, not the program: the one that it is an increment of. What is
// no increment of any file that is out is refused and spends nothing.
// law:HT33-4.2 HT33-10.1.b HT33-10.1.c.iii ND23-15 ND23-17
func (o *Office) TakeBackFromBatch(ctx context.Context, token, address string, r io.Reader) (Taken, error) {
	var open []signing.HandOut
	var b signing.Batch
	err := o.Read(ctx, func(v *db.View) (err error) {
		if b, err = signing.BatchByToken(v, token); err != nil {
			return err
		}
		if b.Over(v.Now) {
			return signing.Refuse(signing.TokenEnded, nil)
		}
		if err := stillHere(v, b.Person); err != nil {
			return err
		}
		list, err := signing.HandOutsOfBatch(v, b.ID)
		open = slices.DeleteFunc(list, func(h signing.HandOut) bool { return h.Open(v.Now) != nil })
		return err
	})
	if err != nil {
		return Taken{}, err
	}
	by, err := o.Actor(ctx, b.Person, address)
	if err != nil {
		return Taken{}, err
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1)) // what is longer, Keep refuses
	if err != nil {
		return Taken{}, err
	}
	h, err := o.incrementOf(open, data)
	if err != nil {
		return Taken{}, err
	}
	t, err := o.takeBack(ctx, by, h, bytes.NewReader(data))
	o.spend(ctx, by, h, err)
	return t, err
}

// incrementOf finds the file that data begins with.
func (o *Office) incrementOf(open []signing.HandOut, data []byte) (signing.HandOut, error) {
	bySize := map[int64][]signing.HandOut{}
	var sizes []int64
	for _, h := range open {
		n, err := o.sizeOf(h.Handed)
		if err != nil {
			return h, err
		}
		if bySize[n] == nil && n < int64(len(data)) {
			sizes = append(sizes, n)
		}
		bySize[n] = append(bySize[n], h)
	}
	slices.Sort(sizes)
	sum, at := sha256.New(), int64(0)
	for _, n := range sizes {
		sum.Write(data[at:n])
		at = n
		for _, h := range bySize[n] {
			if h.Handed == blob.Hash(hex.EncodeToString(sum.Sum(nil))) {
				return h, nil
			}
		}
	}
	return signing.HandOut{}, signing.Refuse(signing.NotAnIncrement, nil)
}

func (o *Office) sizeOf(h blob.Hash) (int64, error) {
	f, err := o.Blobs.Open(h)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// CancelBatch ends a batch that the signer does not go on with: what is not
// back stays unsigned. Who: the person who began it, whatever he may sign now.
func (o *Office) CancelBatch(ctx context.Context, by org.Actor, id int64) error {
	return o.Store.Write(ctx, by.DB(), func(tx *db.Tx) error {
		b, err := Batch(tx, by.ID, id)
		if err != nil {
			return err
		}
		if !b.Away() || !b.Ended.IsZero() {
			return nil // the server's own goes on; what has ended stays as it is
		}
		list, err := signing.HandOutsOfBatch(tx, id)
		if err != nil {
			return err
		}
		for _, h := range list {
			tx.After(func() { o.publish(h.Document) })
		}
		if err := o.cancelThem(tx, list); err != nil {
			return err
		}
		return signing.EndBatch(tx, id)
	})
}
