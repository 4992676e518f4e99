package document

import "vanthu/internal/db"

// Tie is what one document is to another. A wrong content is replaced by a
// document of equal form, a wrong form corrected by a letter: two ties that are
// never mixed up.
// law:ND30-18.3
type Tie string

// The ties.
const (
	Replies  Tie = "replies"  // trả lời
	Replaces Tie = "replaces" // thay thế
	Corrects Tie = "corrects" // đính chính
)

// Link joins two documents.
func Link(tx *db.Tx, from, to ID, kind Tie) error {
	_, err := tx.Exec(`INSERT INTO link (from_document, to_document, kind) VALUES ($1, $2, $3) ON CONFLICT (from_document, to_document, kind) DO NOTHING`, from, to, kind)
	return err
}

// Linked is another document joined to one.
type Linked struct {
	Document
	Kind    Tie
	Forward bool // the link leads from the document asked about
}

// tieNames are a tie as the document says it that it leads from, and as the
// other one does.
var tieNames = map[Tie][2]string{Replies: {"Trả lời văn bản", "Được trả lời bằng"}, Replaces: {"Thay thế văn bản", "Được thay thế bằng"},
	Corrects: {"Đính chính văn bản", "Được đính chính bằng"}}

// Tie says what the document asked about is to this one.
func (l Linked) Tie() string {
	if l.Forward {
		return tieNames[l.Kind][0]
	}
	return tieNames[l.Kind][1]
}

// Links lists the documents joined to one, without regard to rights: callers
// show only those the reader may see.
func Links(q db.Q, id ID) ([]Linked, error) {
	type edge struct {
		other   ID
		kind    Tie
		forward bool
	}
	edges, err := db.All(q, func(r db.Row) (e edge, err error) { return e, r.Scan(&e.other, &e.kind, &e.forward) },
		`SELECT to_document, kind, 1 FROM link WHERE from_document = $1 UNION ALL SELECT from_document, kind, 0 FROM link WHERE to_document = $1`, id)
	if err != nil {
		return nil, err
	}
	var out []Linked
	for _, e := range edges {
		d, err := ByID(q, e.other)
		if err != nil {
			return nil, err
		}
		out = append(out, Linked{d, e.kind, e.forward})
	}
	return out, nil
}

// Tied lists the documents that one is tied to as kind, without regard to rights.
func Tied(q db.Q, id ID, kind Tie) ([]Document, error) {
	return db.All(q, scan, columns+` WHERE d.id IN (SELECT to_document FROM link WHERE from_document = $1 AND kind = $2) ORDER BY d.id`, id, kind)
}
