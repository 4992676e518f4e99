package document

import (
	"errors"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/org"
)

// KeptPaper is the paper original that the clerk keeps (bản giấy lưu); the zero
// value where none was recorded. law:HT33-10.1.c.ii
type KeptPaper struct {
	Document ID
	Place    string // "Tập lưu công văn tháng 3"
	Person   org.PersonID
	At       time.Time
}

// KeepPaper enters where the paper original is; once more: where it is now.
func KeepPaper(tx *db.Tx, k KeptPaper) error {
	_, err := tx.Exec(`INSERT INTO kept_paper (document, place, person, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (document) DO UPDATE SET place = $2, person = $3, at = $4`, k.Document, k.Place, k.Person, db.Ms(tx.Now))
	return err
}

// PaperKept tells where the paper original of a document is.
func PaperKept(q db.Q, id ID) (KeptPaper, error) {
	k, err := db.One(q, func(r db.Row) (k KeptPaper, err error) {
		var at int64
		err = r.Scan(&k.Document, &k.Place, &k.Person, &at)
		k.At = db.Time(at)
		return k, err
	}, `SELECT document, place, person, at FROM kept_paper WHERE document = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return KeptPaper{}, nil
	}
	return k, err
}
