package office

import (
	"net/http"
	"os"

	"vanthu/internal/access"
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/journal"
	"vanthu/internal/org"
	"vanthu/internal/web/den"
	"vanthu/pdf"
)

// Office is one.
type Office struct {
	Store *db.Store
	Blobs *blob.Dir
}

// Good checks before it writes.
// law:HT33-8.2.i
func (o *Office) Good(by org.Actor) error {
	return o.act(by, func(tx *db.Tx) error { return journal.Write(tx, "good") })
}

func (o *Office) act(by org.Actor, f func(*db.Tx) error) error {
	return o.Store.Write(func(tx *db.Tx) error {
		if err := access.Check(tx, by, 1, "x"); err != nil {
			return err
		}
		return f(tx)
	})
}

// Unchecked never asks.
// law:HT33-8.2.ix ND30-99
func (o *Office) Unchecked(by org.Actor) error {
	return o.Store.Write(func(tx *db.Tx) error { return journal.Write(tx, "x") })
}

// Late asks after writing.
func (o *Office) Late(by org.Actor) error {
	return o.Store.Write(func(tx *db.Tx) error {
		tx.Exec(`UPDATE task SET state = $1`, "x")
		return access.Check(tx, by, 1, "x")
	})
}

// Slow works inside the transaction.
func (o *Office) Slow(by org.Actor) error {
	return o.act(by, func(tx *db.Tx) error {
		http.Get("http://127.0.0.1")
		os.ReadFile("x")
		pdf.Open(nil)
		o.Blobs.Put(nil)
		_ = blob.Hash("ab")
		tx.After(func() { os.Remove("x") })
		o.keep()
		return refuse("GL443-99")
	})
}

func (o *Office) keep() { o.Blobs.Put(nil) }

func refuse(id string) error { den.Show(); return nil }

func Undocumented(x interface{}) {}
