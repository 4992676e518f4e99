package exchange

import (
	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
)

// SealFor notes that a document's files travel encrypted to a recipient, with
// its certificate in base64. law:HT33-13.1
func SealFor(tx *db.Tx, d document.ID, agency, certificate string) error {
	_, err := tx.Exec(`INSERT INTO sealed_for (document, agency, certificate, at) VALUES ($1, $2, $3, $4)`, d, agency, certificate, db.Ms(tx.Now))
	return err
}

// SealedFor gives the certificates (base64) by agency that a document's files
// are encrypted to; none where they travel as they are.
func SealedFor(q db.Q, d document.ID) (map[string]string, error) {
	type row struct{ agency, cert string }
	rows, err := db.All(q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.agency, &x.cert) },
		`SELECT agency, certificate FROM sealed_for WHERE document = $1`, d)
	out := make(map[string]string, len(rows))
	for _, x := range rows {
		out[x.agency] = x.cert
	}
	return out, err
}

// Part is a file that came encrypted: the evidence of what was opened.
type Part struct {
	Document document.ID
	Name     string
	Sealed   string    // SHA-256 of the ciphertext, hex
	Opened   blob.Hash // "" where it could not be opened
	Cipher   string    // AES-256-GCM
	Serial   string    // of the certificate whose key opened it, hex
}

// AddPart keeps the evidence of one file. law:HT33-13.2
func AddPart(tx *db.Tx, p Part) error {
	_, err := tx.Exec(`INSERT INTO sealed_part (id, document, name, sealed, opened, cipher, serial, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.NewID(), p.Document, p.Name, p.Sealed, p.Opened, p.Cipher, p.Serial, db.Ms(tx.Now))
	return err
}

// Parts lists the files of a document that came encrypted.
func Parts(q db.Q, d document.ID) ([]Part, error) {
	return db.All(q, func(r db.Row) (p Part, err error) {
		return p, r.Scan(&p.Document, &p.Name, &p.Sealed, &p.Opened, &p.Cipher, &p.Serial)
	}, `SELECT document, name, sealed, opened, cipher, serial FROM sealed_part WHERE document = $1 ORDER BY id`, d)
}

// Sealed says whether a document's files travelled encrypted, out or in.
func Sealed(q db.Q, d document.ID) (bool, error) {
	n, err := db.Value[int](q, `SELECT (SELECT COUNT(*) FROM sealed_for WHERE document = $1) + (SELECT COUNT(*) FROM sealed_part WHERE document = $1)`, d)
	return n > 0, err
}
