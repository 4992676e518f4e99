package document

import (
	"errors"

	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// CopyOf says what a signed copy (bản sao điện tử) was made from. law:ND30-25
type CopyOf struct {
	File FileID // in slot Copy
	Scan FileID
	Form string // as it is read: "Sao y từ bản giấy"
}

// AddCopy enters what a copy was made from.
func AddCopy(tx *db.Tx, c CopyOf) error {
	_, err := tx.Exec(`INSERT INTO scan_copy (file, scan, form) VALUES ($1, $2, $3)`, c.File, c.Scan, c.Form)
	return err
}

// CopyAt finds the newest copy of a document's scans; E-HIDDEN when none was
// signed.
func CopyAt(q db.Q, d ID) (CopyOf, error) {
	c, err := db.One(q, func(r db.Row) (c CopyOf, err error) { return c, r.Scan(&c.File, &c.Scan, &c.Form) },
		`SELECT c.file, c.scan, c.form FROM scan_copy c JOIN file f ON f.id = c.file WHERE f.document = $1 ORDER BY c.file DESC LIMIT 1`, d)
	if errors.Is(err, db.ErrNone) {
		err = fail.NotFound()
	}
	return c, err
}
