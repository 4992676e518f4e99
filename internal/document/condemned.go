package document

import (
	"vanthu/internal/blob"
	"vanthu/internal/db"
)

// Condemn notes that contents of a document are to be destroyed, in the write
// that takes the document back. law:ND30-PL6.III.8b QD28-9.2
func Condemn(tx *db.Tx, d ID, contents []blob.Hash) error {
	for _, h := range contents {
		_, err := tx.Exec(`INSERT INTO condemned (hash, document, at, destroyed_at) VALUES ($1, $2, $3, 0)
			ON CONFLICT (hash, document) DO UPDATE SET at = $3, destroyed_at = 0`, h, d, db.Ms(tx.Now))
		if err != nil {
			return err
		}
	}
	return nil
}

// Condemned lists documents of which something is still to be destroyed.
func Condemned(q db.Q, limit int) ([]ID, error) {
	return db.Column[ID](q, `SELECT DISTINCT document FROM condemned WHERE destroyed_at = 0 ORDER BY document LIMIT $1`, limit)
}

// CondemnedOf lists what is still to be destroyed of a document.
func CondemnedOf(q db.Q, d ID) ([]blob.Hash, error) {
	return db.Column[blob.Hash](q, `SELECT hash FROM condemned WHERE document = $1 AND destroyed_at = 0 ORDER BY hash`, d)
}

// MarkDestroyed notes that a content is no longer here.
func MarkDestroyed(tx *db.Tx, d ID, h blob.Hash) error {
	_, err := tx.Exec(`UPDATE condemned SET destroyed_at = $3 WHERE document = $1 AND hash = $2`, d, h, db.Ms(tx.Now))
	return err
}

// Spare takes a content back that another document needs.
func Spare(tx *db.Tx, d ID, h blob.Hash) error {
	_, err := tx.Exec(`DELETE FROM condemned WHERE document = $1 AND hash = $2`, d, h)
	return err
}
