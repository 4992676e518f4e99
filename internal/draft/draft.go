// Package draft is the dự thảo: versions, opinions, who will sign, who will
// receive, until it is issued.
//
// Tables: draft, version, opinion, recipient. A version that was submitted is
// locked; a returned draft continues with a new version. What is signed is
// what was approved: approved_hash names the file.
//
// law:ND30-10 ND30-11.2 ND30-PL6.III.5a HT33-10.1.a
package draft

import (
	"errors"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
)

// Draft is what a draft has beside its document.
type Draft struct {
	Document   document.ID
	Drafter    org.PersonID
	Unit       org.UnitID
	Signer     org.PersonID
	Capacity   string // "", TM., KT., TL., TUQ.
	Form       string // form of issue: digital
	Version    int
	Approved   blob.Hash // of the file that was approved
	ApprovedBy org.PersonID
	Flow       string // "A" or "B", how signatures are placed (see package pades)
	Place      string // JSON of places chosen by hand, or ""
	ReplyTo    document.ID
}

func scan(r db.Row) (d Draft, err error) {
	return d, r.Scan(&d.Document, &d.Drafter, &d.Unit, &d.Signer, &d.Capacity, &d.Form, &d.Version, &d.Approved, &d.ApprovedBy, &d.Flow, &d.Place, &d.ReplyTo)
}

// Of finds the draft part of an outgoing document.
func Of(q db.Q, id document.ID) (Draft, error) {
	d, err := db.One(q, scan, `SELECT document, drafter, unit, signer, capacity, form, version, approved_hash, approved_by, flow, place, reply_to FROM draft WHERE document = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return d, fail.NotFound()
	}
	return d, err
}

// Put writes the draft part, new or changed.
func Put(tx *db.Tx, d Draft) error {
	_, err := tx.Exec(`INSERT INTO draft (document, drafter, unit, signer, capacity, form, version, approved_hash, approved_by, flow, place, reply_to)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (document) DO UPDATE SET signer = $4, capacity = $5, form = $6, version = $7, approved_hash = $8, approved_by = $9, flow = $10, place = $11, reply_to = $12`,
		d.Document, d.Drafter, d.Unit, d.Signer, d.Capacity, d.Form, d.Version, d.Approved, d.ApprovedBy, d.Flow, d.Place, d.ReplyTo)
	return err
}

// Version is one state of the text.
type Version struct {
	No     int
	Author org.PersonID
	At     time.Time
	Note   string
	Locked bool
}

// AddVersion enters version no.
func AddVersion(tx *db.Tx, d document.ID, no int, author org.PersonID, note string) error {
	_, err := tx.Exec(`INSERT INTO version (document, no, author, at, note, locked) VALUES ($1, $2, $3, $4, $5, $6)`,
		d, no, author, db.Ms(tx.Now), note, false)
	return err
}

// Lock freezes a version: it was submitted.
func Lock(tx *db.Tx, d document.ID, no int) error {
	_, err := tx.Exec(`UPDATE version SET locked = $3 WHERE document = $1 AND no = $2`, d, no, true)
	return err
}

// Versions lists the versions, first to last.
func Versions(q db.Q, d document.ID) ([]Version, error) {
	return db.All(q, func(r db.Row) (v Version, err error) {
		var at int64
		err = r.Scan(&v.No, &v.Author, &at, &v.Note, &v.Locked)
		v.At = db.Time(at)
		return v, err
	}, `SELECT no, author, at, note, locked FROM version WHERE document = $1 ORDER BY no`, d)
}

// Verdict of an opinion.
type Verdict string

// The verdicts.
const (
	Pass   Verdict = "pass"   // đồng ý
	Return Verdict = "return" // trả lại
)

// Opinion is one ý kiến on a version.
type Opinion struct {
	ID      int64
	Version int
	Person  org.PersonID
	Step    document.Step
	Verdict Verdict
	Text    string
	At      time.Time
}

// AddOpinion records an opinion; opinions are never edited.
func AddOpinion(tx *db.Tx, d document.ID, o Opinion) error {
	_, err := tx.Exec(`INSERT INTO opinion (id, document, version, person, step, verdict, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.NewID(), d, o.Version, o.Person, o.Step, o.Verdict, o.Text, db.Ms(tx.Now))
	return err
}

// Opinions lists the opinions on a draft, first to last.
func Opinions(q db.Q, d document.ID) ([]Opinion, error) {
	return db.All(q, func(r db.Row) (o Opinion, err error) {
		var at int64
		err = r.Scan(&o.ID, &o.Version, &o.Person, &o.Step, &o.Verdict, &o.Text, &at)
		o.At = db.Time(at)
		return o, err
	}, `SELECT id, version, person, step, verdict, text, at FROM opinion WHERE document = $1 ORDER BY id`, d)
}

// Recipient is one nơi nhận: an agency of the directory by its code, or a
// place outside it by name alone.
type Recipient struct {
	Code string
	Name string
}

// SetRecipients replaces the list of recipients.
func SetRecipients(tx *db.Tx, d document.ID, list []Recipient) error {
	if _, err := tx.Exec(`DELETE FROM recipient WHERE document = $1`, d); err != nil {
		return err
	}
	for _, r := range list {
		_, err := tx.Exec(`INSERT INTO recipient (id, document, code, name) VALUES ($1, $2, $3, $4) ON CONFLICT (document, code, name) DO NOTHING`, tx.NewID(), d, r.Code, r.Name)
		if err != nil {
			return err
		}
	}
	return nil
}

// Recipients lists the recipients in the order of entry.
func Recipients(q db.Q, d document.ID) ([]Recipient, error) {
	return db.All(q, func(r db.Row) (x Recipient, err error) { return x, r.Scan(&x.Code, &x.Name) },
		`SELECT code, name FROM recipient WHERE document = $1 ORDER BY id`, d)
}
