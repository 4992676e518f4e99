package exchange

import (
	"errors"
	"time"

	"vanthu/internal/db"
)

// EarlyRecall is a recall (thu hồi) whose document has not come yet.
type EarlyRecall struct {
	Sender, Key string // of the document
	Reason      string
	Said        time.Time // the sender's own time; zero where he tells none
}

// KeepRecall keeps a recall until its document comes. law:ND30-18.4 QD28-9.2
func KeepRecall(tx *db.Tx, r EarlyRecall) error {
	_, err := tx.Exec(`INSERT INTO early_recall (sender, document_key, reason, said_at, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (sender, document_key) DO UPDATE SET reason = $3, said_at = $4, at = $5`, r.Sender, r.Key, r.Reason, db.Ms(r.Said), db.Ms(tx.Now))
	return err
}

// TakeRecall gives the recall that came before a document, and forgets it.
func TakeRecall(tx *db.Tx, sender, key string) (r EarlyRecall, found bool, err error) {
	r, err = db.One(tx, func(row db.Row) (r EarlyRecall, err error) {
		var said int64
		err = row.Scan(&r.Sender, &r.Key, &r.Reason, &said)
		r.Said = db.Time(said)
		return r, err
	}, `SELECT sender, document_key, reason, said_at FROM early_recall WHERE sender = $1 AND document_key = $2`, sender, key)
	if errors.Is(err, db.ErrNone) {
		return r, false, nil
	}
	if err == nil {
		_, err = tx.Exec(`DELETE FROM early_recall WHERE sender = $1 AND document_key = $2`, sender, key)
	}
	return r, err == nil, err
}
