package signing

import (
	"errors"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/org"
)

// Use is one use of a key, with what was signed. It is recorded as soon as the
// key has signed, whatever becomes of the signature afterwards.
// law:HT33-4.1 GL443-12.4
type Use struct {
	ID          int64
	Document    document.ID
	File        document.FileID // 0: the signature was not entered, or not yet
	Certificate int64
	Person      org.PersonID
	Purpose     Purpose
	At          time.Time
	// Result is the file that another program has signed; "" where the server did.
	Result blob.Hash
}

// Record notes a use of a key, and gives its id.
func Record(tx *db.Tx, u Use) (int64, error) {
	u.ID = tx.NewID()
	_, err := tx.Exec(`INSERT INTO signature (id, document, file, certificate, person, purpose, at, result) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		u.ID, u.Document, u.File, u.Certificate, u.Person, u.Purpose, db.Ms(tx.Now), u.Result)
	return u.ID, err
}

// UseOf finds the use of a key that a file came back with; 0: none.
func UseOf(q db.Q, certificate int64, result blob.Hash) (int64, error) {
	id, err := db.Value[int64](q, `SELECT id FROM signature WHERE certificate = $1 AND result = $2 ORDER BY id LIMIT 1`, certificate, result)
	if errors.Is(err, db.ErrNone) {
		return 0, nil
	}
	return id, err
}

// Enter notes the file that a use of a key has led to.
func Enter(tx *db.Tx, use int64, f document.FileID) error {
	_, err := tx.Exec(`UPDATE signature SET file = $2 WHERE id = $1`, use, f)
	return err
}

// Uses lists the uses of a key, newest first, at most limit before an id; 0
// begins at the newest.
func Uses(q db.Q, certificate, before int64, limit int) ([]Use, error) {
	return db.All(q, func(r db.Row) (u Use, err error) {
		var at int64
		err = r.Scan(&u.ID, &u.Document, &u.File, &u.Certificate, &u.Person, &u.Purpose, &at)
		u.At = db.Time(at)
		return u, err
	}, `SELECT id, document, file, certificate, person, purpose, at FROM signature
		WHERE certificate = $1 AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3`, certificate, before, limit)
}

// CountUses tells how often a key was used.
func CountUses(q db.Q, certificate int64) (int, error) {
	return db.Value[int](q, `SELECT COUNT(*) FROM signature WHERE certificate = $1`, certificate)
}
