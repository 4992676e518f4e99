package office

import (
	"context"
	"runtime/debug"
	"time"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/internal/signing"
	"vanthu/law"
	"vanthu/viet"
)

// SignBatch signs many documents under one confirmation, in the background:
// the browser may go away. It gives the batch, whose lines tell at any time
// what is decided; a commit of each line is told on BatchTopic. A document of
// a person's batch that still waits for his approval is approved first, as by
// "Duyệt và ký". A document is signed in the same transaction that marks its
// line: after a crash what is marked is signed, and nothing else is.
//
// Who: as for Sign (ByPerson) and Seal (ByAgency), for each document. Refuses
// the whole batch when it is empty, too long, or names what the person may not
// see, and when his certificate is not valid or a consent is missing; any other
// refusal stands in the line of its document. law:HT33-10.1.b HT33-10.1.c.iii HT33-4.2 ND23-15
func (o *Office) SignBatch(ctx context.Context, by org.Actor, p signing.Purpose, ids []document.ID, consent signing.Consent) (int64, error) {
	return o.signBatch(ctx, by, o.signingAct(p), ids, consent)
}

func (o *Office) signBatch(ctx context.Context, by org.Actor, act signingAct, ids []document.ID, consent signing.Consent) (int64, error) {
	ids = distinct(ids)
	act.batch = true
	cert, err := o.batchKey(ctx, by, act.purpose, ids)
	if err == nil {
		act.key, err = o.ready(ctx, cert, consent)
	}
	if err != nil {
		o.refused(ctx, by, 0, act.action, err)
		return 0, err
	}
	var batch int64
	err = o.Store.Write(ctx, by.DB(), func(tx *db.Tx) (err error) {
		batch, err = signing.AddBatch(tx, signing.Batch{Person: by.ID, Purpose: act.purpose, Certificate: cert.ID}, ids, "")
		return err
	})
	if err != nil {
		return 0, err
	}
	o.running.Store(batch, true)
	go o.runBatch(context.WithoutCancel(ctx), by, act, batch, ids, consent)
	return batch, nil
}

// batchKey checks that the batch is not too long and that the person may see
// every document of it, and finds the certificate that signs.
func (o *Office) batchKey(ctx context.Context, by org.Actor, p signing.Purpose, ids []document.ID) (c signing.Certificate, err error) {
	if most := law.Figure("sign.batch", viet.DayOf(o.Store.Now())); len(ids) == 0 || len(ids) > most {
		return c, fail.Invalid("documents", "Chọn từ 1 đến "+itoa(int64(most))+" văn bản để ký một lần.")
	}
	err = o.Read(ctx, func(v *db.View) error {
		for _, id := range ids {
			if err := access.Check(v, by, access.Subject(id), access.See); err != nil {
				return err
			}
		}
		if p == signing.ByPerson {
			c, err = signing.OfPerson(v, by.ID)
		} else {
			c, err = signing.OfAgency(v)
		}
		return err
	})
	return c, err
}

// batchTime bounds a batch: a driver, which with a slow token and many annexes
// makes one signature in a second, then stamps and examinations.
const batchTime = time.Hour

// runBatch signs and notes what becomes of each document.
func (o *Office) runBatch(ctx context.Context, by org.Actor, act signingAct, batch int64, ids []document.ID, consent signing.Consent) {
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	note := func(f func(*db.Tx) error) {
		err := o.Store.Write(context.WithoutCancel(ctx), by.DB(), func(tx *db.Tx) error {
			tx.After(func() { o.tellBatch(batch) })
			return f(tx)
		})
		if err != nil {
			o.log().Error("batch not noted", "batch", batch, "err", err)
		}
	}
	defer func() {
		if v := recover(); v != nil { // as a page's fault: it must not end the server
			o.log().Error("batch", "batch", batch, "panic", v, "stack", string(debug.Stack()))
		}
		o.running.Delete(batch)
		note(func(tx *db.Tx) error { return signing.EndBatch(tx, batch) })
	}()
	act.also = func(tx *db.Tx, id document.ID) error {
		tx.After(func() { o.tellBatch(batch) })
		return signing.DecideLine(tx, batch, id, nil)
	}
	o.signAll(ctx, by, act, ids, consent, func(x outcome) {
		if x.err != nil {
			note(func(tx *db.Tx) error { return signing.DecideLine(tx, batch, x.document, x.err) })
		}
	})
}

// EndCutBatches ends the batches that were cut off when the server stopped:
// their undecided documents are unsigned. The server calls it when it starts.
func (o *Office) EndCutBatches(ctx context.Context) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		list, err := signing.OpenBatches(tx)
		for _, id := range list {
			if _, ours := o.running.Load(id); err == nil && !ours {
				err = signing.EndBatch(tx, id)
			}
		}
		return err
	})
}

// BatchTopic names a batch for live pages.
func (o *Office) BatchTopic(batch int64) string {
	return "batch:" + o.Store.Name() + "." + itoa(batch)
}

func (o *Office) tellBatch(batch int64) {
	if o.Publish != nil {
		o.Publish(o.BatchTopic(batch))
	}
}

// Batch finds a batch of a person, whom alone it concerns. law:HN20-8.1.b
func Batch(q db.Q, p org.PersonID, id int64) (signing.Batch, error) {
	b, err := signing.BatchByID(q, id)
	if err == nil && b.Person != p {
		err = fail.NotFound()
	}
	return b, err
}

func distinct(ids []document.ID) (out []document.ID) {
	seen := map[document.ID]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
