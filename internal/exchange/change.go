package exchange

import (
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
)

// ChangeState is what became of a sender's change here.
type ChangeState string

// The states.
const (
	Taken    ChangeState = "taken" // by the system: the document was not received yet
	Open     ChangeState = "open"  // waits for the clerk's answer
	Agreed   ChangeState = "agreed"
	Declined ChangeState = "declined"
)

// Change is what a sender did to a document after it had come here: an update
// (cập nhật), or a replacement by another document (thay thế). It stands
// beside the document and never writes over what is registered.
type Change struct {
	ID          int64
	Document    document.ID
	State       ChangeState
	Reason      string
	Replacement document.ID // what takes the place of the document; 0: an update
	Digest      string      // of what the sender says, himself included, so that a repeat is known
	At          time.Time
	Differences []Difference
}

// Difference is one field that an update says otherwise.
type Difference struct{ Name, Was, Now string }

// AddChange enters a change with its differences.
func AddChange(tx *db.Tx, c Change) error {
	kind := "update"
	if c.Replacement != 0 {
		kind = "replace"
	}
	id := tx.NewID()
	_, err := tx.Exec(`INSERT INTO sender_change (id, document, kind, state, reason, replacement, digest, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, c.Document, kind, c.State, c.Reason, c.Replacement, c.Digest, db.Ms(tx.Now))
	for i, x := range c.Differences {
		if err == nil {
			_, err = tx.Exec(`INSERT INTO sender_difference (change_id, place, name, was, now) VALUES ($1, $2, $3, $4, $5)`, id, i, x.Name, x.Was, x.Now)
		}
	}
	return err
}

// Changes lists what the sender did to a document, oldest first.
func Changes(q db.Q, d document.ID) ([]Change, error) {
	list, err := db.All(q, func(r db.Row) (c Change, err error) {
		var at int64
		err = r.Scan(&c.ID, &c.Document, &c.State, &c.Reason, &c.Replacement, &c.Digest, &at)
		c.At = db.Time(at)
		return c, err
	}, `SELECT id, document, state, reason, replacement, digest, at FROM sender_change WHERE document = $1 ORDER BY id`, d)
	for i := range list {
		if err == nil {
			list[i].Differences, err = db.All(q, func(r db.Row) (x Difference, err error) { return x, r.Scan(&x.Name, &x.Was, &x.Now) },
				`SELECT name, was, now FROM sender_difference WHERE change_id = $1 ORDER BY place`, list[i].ID)
		}
	}
	return list, err
}

// NewestChange is the id of what the sender did last to a document; 0: nothing.
func NewestChange(q db.Q, d document.ID) (int64, error) {
	return db.Value[int64](q, `SELECT COALESCE(MAX(id), 0) FROM sender_change WHERE document = $1`, d)
}

// HasChange says whether a sender's change came before.
func HasChange(q db.Q, digest string) (bool, error) {
	n, err := db.Value[int](q, `SELECT COUNT(*) FROM sender_change WHERE digest = $1`, digest)
	return n > 0, err
}

// AnswerChanges notes the clerk's answer to all open changes of a document.
func AnswerChanges(tx *db.Tx, d document.ID, s ChangeState) error {
	_, err := tx.Exec(`UPDATE sender_change SET state = $2 WHERE document = $1 AND state = 'open'`, d, s)
	return err
}
