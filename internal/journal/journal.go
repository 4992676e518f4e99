// Package journal writes what happened (nhật ký), once.
//
// One append-only row per act is the audit log, the timeline of a document,
// the outbox of followers. Rows form a hash chain: each hash covers the row
// and the hash before it, so a changed, removed or inserted row is found by
// Check. Details never hold the content of documents.
//
// law:HT33-14.6 ND30-PL6.III.5a
package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vanthu/internal/db"
)

// Verb names an act, "document.registered"; Vietnamese names are in verbs.go.
type Verb string

// Entry is one row.
type Entry struct {
	ID       int64
	At       time.Time
	Person   int64
	OnBehalf int64
	Verb     Verb
	Subject  int64 // what it happened to, a document mostly
	Parent   int64 // another thing it belongs to, or 0
	Detail   Detail
	Address  string
	Hash     string
}

// Detail is what a reader of the timeline wants to know, in short values.
type Detail map[string]string

// Write appends an act to the journal of tx's store, in tx.
func Write(tx *db.Tx, v Verb, subject, parent int64, d Detail) error {
	if d == nil {
		d = Detail{}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	prev, err := db.Value[string](tx, `SELECT hash FROM entry ORDER BY id DESC LIMIT 1`)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return err
	}
	e := Entry{ID: tx.NewID(), At: tx.Now, Person: tx.By.Person, OnBehalf: tx.By.OnBehalf, Verb: v,
		Subject: subject, Parent: parent, Address: tx.By.Address}
	_, err = tx.Exec(`INSERT INTO entry (id, at, person, on_behalf, verb, subject, parent, detail, address, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.ID, db.Ms(e.At), e.Person, e.OnBehalf, e.Verb, e.Subject, e.Parent, string(text), e.Address, chain(prev, e, string(text)))
	return err
}

// chain is the hash of a row after the hash before it.
func chain(prev string, e Entry, detail string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n%d\n%d\n%d\n%s\n%d\n%d\n%s\n%s", prev, e.ID, db.Ms(e.At), e.Person, e.OnBehalf, e.Verb, e.Subject, e.Parent, detail, e.Address)
	return hex.EncodeToString(h.Sum(nil))
}

const columns = `SELECT id, at, person, on_behalf, verb, subject, parent, detail, address, hash FROM entry`

func scan(r db.Row) (e Entry, err error) {
	var at int64
	var detail string
	if err := r.Scan(&e.ID, &at, &e.Person, &e.OnBehalf, &e.Verb, &e.Subject, &e.Parent, &detail, &e.Address, &e.Hash); err != nil {
		return e, err
	}
	e.At = db.Time(at)
	return e, json.Unmarshal([]byte(detail), &e.Detail)
}

// Of lists what happened to a subject, oldest first.
func Of(q db.Q, subject int64) ([]Entry, error) {
	return db.All(q, scan, columns+` WHERE subject = $1 ORDER BY id`, subject)
}

// After lists at most limit entries after an id, oldest first.
func After(q db.Q, id int64, limit int) ([]Entry, error) {
	return db.All(q, scan, columns+` WHERE id > $1 ORDER BY id LIMIT $2`, id, limit)
}

// Last lists the newest n entries, newest first.
func Last(q db.Q, n int) ([]Entry, error) {
	return db.All(q, scan, columns+` ORDER BY id DESC LIMIT $1`, n)
}

// Cursor is how far a follower has read.
func Cursor(q db.Q, follower string) (int64, error) {
	id, err := db.Value[int64](q, `SELECT entry FROM follower WHERE name = $1`, follower)
	if errors.Is(err, db.ErrNone) {
		return 0, nil
	}
	return id, err
}

// Advance moves a follower's cursor, in the same write as what it did.
func Advance(tx *db.Tx, follower string, entry int64) error {
	_, err := tx.Exec(`INSERT INTO follower (name, entry) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET entry = $2`, follower, entry)
	return err
}

// ErrBroken says that the chain does not hold at an entry.
type ErrBroken struct{ Entry int64 }

func (e ErrBroken) Error() string {
	return fmt.Sprintf("nhật ký không còn nguyên vẹn ở dòng %d", e.Entry)
}

// Check re-computes the chain from the first row; ErrBroken names the first
// row that does not fit. head is the newest hash, to be kept outside.
func Check(q db.Q) (head string, n int, err error) {
	rows, err := q.Query(columns + ` ORDER BY id`)
	if err != nil {
		return "", 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var at int64
		var detail string
		if err := rows.Scan(&e.ID, &at, &e.Person, &e.OnBehalf, &e.Verb, &e.Subject, &e.Parent, &detail, &e.Address, &e.Hash); err != nil {
			return head, n, err
		}
		e.At = db.Time(at)
		if chain(head, e, detail) != e.Hash {
			return head, n, ErrBroken{e.ID}
		}
		head, n = e.Hash, n+1
	}
	return head, n, rows.Err()
}
