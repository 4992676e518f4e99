package office

import (
	"context"
	"errors"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/fail"
	"vanthu/internal/journal"
	"vanthu/internal/signing"
)

// destroyBatch is how many documents one round looks at.
const destroyBatch = 100

// Destroy is the follower that destroys the contents of recalled documents, and
// enters it in the journal. It tells of how many documents; call it again until
// that is 0. What cannot be removed holds up no other and is tried again.
//
// Who: nobody; the recall has decided. law:ND30-PL6.III.8b QD28-9.2
func (o *Office) Destroy(ctx context.Context) (n int, err error) {
	var list []document.ID
	err = o.Read(ctx, func(v *db.View) error {
		list, err = document.Condemned(v, destroyBatch)
		return err
	})
	for _, id := range list {
		if one := o.destroyOf(ctx, id); one != nil {
			err = errors.Join(err, one)
		} else {
			n++
		}
	}
	return n, err
}

// destroyOf removes the files in the turn, where nobody can be about to name
// one. A crash after that finds them gone and goes on.
func (o *Office) destroyOf(ctx context.Context, id document.ID) error {
	return o.Store.Write(ctx, db.System, func(tx *db.Tx) error {
		list, err := document.CondemnedOf(tx, id)
		if err != nil || len(list) == 0 {
			return err // another process was quicker
		}
		gone := 0
		for _, h := range list {
			removed, err := o.removeUnnamed(tx, h)
			switch {
			case err != nil:
				return err
			case removed:
				gone++
				err = document.MarkDestroyed(tx, id, h)
			default:
				err = document.Spare(tx, id, h)
			}
			if err != nil {
				return err
			}
		}
		tx.After(func() { o.publish(id) })
		return journal.Write(tx, DestroyedIt, int64(id), 0, journal.Detail{"files": itoa(int64(gone))})
	})
}

// removeUnnamed destroys a content, unless something that is kept here is the
// same.
func (o *Office) removeUnnamed(tx *db.Tx, h blob.Hash) (bool, error) {
	n, err := o.removeAll(tx, []blob.Hash{h})
	return n == 1, err
}

// removeAll is removeUnnamed of many, with one look for all of them. It tells how
// many it removed.
func (o *Office) removeAll(tx *db.Tx, list []blob.Hash) (n int, err error) {
	named := map[blob.Hash]bool{}
	for _, namedIn := range []func(db.Q, ...blob.Hash) ([]blob.Hash, error){document.Named, exchange.Named} {
		some, err := namedIn(tx, list...)
		if err != nil {
			return 0, err
		}
		for _, h := range some {
			named[h] = true
		}
	}
	for _, h := range list {
		for _, names := range []func(db.Q, blob.Hash) (bool, error){signing.Names, isPicture} {
			if named[h] {
				break
			}
			if named[h], err = names(tx, h); err != nil {
				return n, err
			}
		}
		if named[h] {
			continue
		}
		if err := o.Blobs.Destroy(h); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// addFile enters a stored file. The same content may have been destroyed since
// it was stored, with a document that was recalled: then it must be sent again.
func (o *Office) addFile(tx *db.Tx, f document.File) (document.FileID, error) {
	if !o.Blobs.Has(f.Hash) {
		return 0, errDestroyed(f.Name)
	}
	return document.AddFile(tx, f)
}

func errDestroyed(name string) error {
	return fail.New(fail.Busy, "Tệp “"+name+"” không còn trong kho.", "HT33-14.6").Then("Tải tệp lên lại.")
}
