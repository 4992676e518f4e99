// Package document is the văn bản: what a clerk writes into the register about
// it, its files, its state, and what waits for whom.
//
// Incoming and outgoing documents are one table with one list of metadata
// (ND30-PL6, part II); their states differ (states.go). Tables: document,
// file, scan_copy, waiting, link. Only procedures of package office change them.
//
// law:ND30-PL6.II HT33-12.1
package document

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/viet"
)

// ID names a document of the agency.
type ID int64

// Way is the direction of a document.
type Way string

// The two ways.
const (
	In  Way = "in"  // văn bản đến
	Out Way = "out" // văn bản đi
)

// Urgency is the mức độ khẩn of ND30-PL1.
type Urgency int

// The degrees, in the order of edXML's Priority.
const (
	Normal     Urgency = 0
	Urgent     Urgency = 1 // khẩn
	VeryUrgent Urgency = 2 // thượng khẩn
	Express    Urgency = 3 // hỏa tốc
)

func (u Urgency) String() string {
	return [...]string{"Thường", "Khẩn", "Thượng khẩn", "Hỏa tốc"}[min(max(u, 0), 3)]
}

// Stamp is what the red frame says; empty for a normal document.
func (u Urgency) Stamp() string {
	if u == Normal {
		return ""
	}
	return strings.ToUpper(u.String())
}

// Document is one văn bản.
type Document struct {
	ID          ID
	Way         Way
	State       State
	Kind        string // code of the kind: "CV", "QĐ" … (law.Kinds)
	Subject     string // trích yếu
	Number      string // số, without notation: "120"
	Notation    string // ký hiệu: "UBH-VP"
	Day         viet.Day
	IssuerCode  string
	IssuerName  string
	Urgency     Urgency
	Mark        string // phạm vi lưu hành
	Field       string // lĩnh vực
	SignerName  string
	SignerTitle string
	Pages       int
	Due         viet.Day
	Note        string
	Source      Source
	ArrivalNo   int64
	ArrivedAt   time.Time
	Registered  time.Time
	Issued      time.Time
	Created     time.Time
	Updated     time.Time
}

// Source says how an incoming document came.
type Source string

// The sources; None for outgoing ones.
const (
	None    Source = ""
	ByHub   Source = "hub"
	ByPaper Source = "paper"
)

// Code is số và ký hiệu as people write it: "120/UBH-VP"; the notation alone
// before a number is given.
func (d Document) Code() string {
	if d.Number == "" {
		return d.Notation
	}
	return d.Number + "/" + d.Notation
}

const columns = `SELECT d.id, d.direction, d.state, d.kind, d.subject, d.number, d.notation, d.doc_day, d.issuer_code, d.issuer_name,
	d.urgency, d.mark, d.field, d.signer_name, d.signer_title, d.pages, d.due_day, d.note, d.source, d.arrival_no,
	d.arrived_at, d.registered_at, d.issued_at, d.created_at, d.updated_at FROM document d`

func scan(r db.Row) (d Document, err error) {
	var arrived, registered, issued, created, updated int64
	err = r.Scan(&d.ID, &d.Way, &d.State, &d.Kind, &d.Subject, &d.Number, &d.Notation, &d.Day, &d.IssuerCode, &d.IssuerName,
		&d.Urgency, &d.Mark, &d.Field, &d.SignerName, &d.SignerTitle, &d.Pages, &d.Due, &d.Note, &d.Source, &d.ArrivalNo,
		&arrived, &registered, &issued, &created, &updated)
	d.ArrivedAt, d.Registered, d.Issued = db.Time(arrived), db.Time(registered), db.Time(issued)
	d.Created, d.Updated = db.Time(created), db.Time(updated)
	return d, err
}

// ByID finds a document; E-HIDDEN when there is none.
func ByID(q db.Q, id ID) (Document, error) {
	d, err := db.One(q, scan, columns+` WHERE d.id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return d, fail.NotFound()
	}
	return d, err
}

// Add enters a new document with its state and gives its id.
func Add(tx *db.Tx, d Document) (ID, error) {
	d.normalise()
	id := ID(tx.NewID())
	_, err := tx.Exec(`INSERT INTO document (id, direction, state, kind, subject, number, notation, doc_key, doc_day, issuer_code, issuer_name,
		urgency, mark, field, signer_name, signer_title, pages, due_day, note, source, arrival_no,
		arrived_at, registered_at, issued_at, created_at, updated_at, text_fold)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $25, $26)`,
		id, d.Way, d.State, d.Kind, d.Subject, d.Number, d.Notation, d.key(), d.Day, d.IssuerCode, d.IssuerName,
		d.Urgency, d.Mark, d.Field, d.SignerName, d.SignerTitle, d.Pages, d.Due, d.Note, d.Source, d.ArrivalNo,
		db.Ms(d.ArrivedAt), db.Ms(d.Registered), db.Ms(d.Issued), db.Ms(tx.Now), d.fold())
	return id, err
}

// Save writes a document back, all but its way and times of birth.
func Save(tx *db.Tx, d Document) error {
	d.normalise()
	_, err := tx.Exec(`UPDATE document SET state = $2, kind = $3, subject = $4, number = $5, notation = $6, doc_key = $7, doc_day = $8,
		issuer_code = $9, issuer_name = $10, urgency = $11, mark = $12, field = $13, signer_name = $14, signer_title = $15, pages = $16,
		due_day = $17, note = $18, arrival_no = $19, arrived_at = $20, registered_at = $21, issued_at = $22, updated_at = $23, text_fold = $24
		WHERE id = $1`,
		d.ID, d.State, d.Kind, d.Subject, d.Number, d.Notation, d.key(), d.Day,
		d.IssuerCode, d.IssuerName, d.Urgency, d.Mark, d.Field, d.SignerName, d.SignerTitle, d.Pages,
		d.Due, d.Note, d.ArrivalNo, db.Ms(d.ArrivedAt), db.Ms(d.Registered), db.Ms(d.Issued), db.Ms(tx.Now), d.fold())
	return err
}

// normalise keeps text in NFC without stray blanks (law:ND30-PL1 TCVN 6909).
func (d *Document) normalise() {
	for _, s := range []*string{&d.Subject, &d.Number, &d.Notation, &d.IssuerName, &d.SignerName, &d.SignerTitle, &d.Note, &d.Field} {
		*s = viet.NFC(strings.TrimSpace(*s))
	}
}

// key is equal for two documents with the same số, ký hiệu and agency in any
// spelling (law:ND30-PL6.III.1h).
func (d Document) key() string {
	if d.Number == "" {
		return ""
	}
	return viet.NotationKey(d.Number+"/"+d.Notation) + "|" + issuerKey(d.IssuerCode, d.IssuerName)
}

func issuerKey(code, name string) string {
	if code != "" {
		return code
	}
	return viet.Fold(name)
}

func (d Document) fold() string {
	return viet.Fold(strings.Join([]string{d.Code(), d.Subject, d.IssuerName, d.SignerName, d.Field, d.Note}, " "))
}

// SameCode lists registered incoming documents with the number, notation and
// issuer of d, in any spelling. The clerk is warned of them.
func SameCode(q db.Q, d Document) ([]Document, error) {
	if d.key() == "" {
		return nil, nil
	}
	return db.All(q, scan, columns+` WHERE d.direction = $1 AND d.doc_key = $2 AND d.id <> $3 AND d.state NOT IN ('refused', 'replaced') ORDER BY d.id`, In, d.key(), d.ID)
}

// Move brings a document from one of the states allowed to another; E-STATE
// with what people call the states otherwise.
func (d *Document) Move(to State, from ...State) error {
	for _, s := range from {
		if d.State == s {
			d.State = to
			return nil
		}
	}
	return fail.State(fmt.Sprintf("Văn bản đang ở trạng thái “%s”, không làm được việc này.", d.State)).Then("Mở lại trang để xem trạng thái mới nhất.")
}
