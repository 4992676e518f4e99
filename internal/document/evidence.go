package document

import (
	"time"

	"vanthu/internal/db"
)

// Evidence is how long the signatures of a sealed file prove themselves (chứng
// cứ chữ ký): until the certificate of the time stamp ends that the proof rests
// on. law:ND23-17 etsi-319142-1:5.4.3
type Evidence struct {
	File    FileID
	Until   time.Time // zero: nothing can be prolonged
	Stamped time.Time // when that stamp was made
	RSA     int       // bits of the stamping key; 0: another kind of key
}

// Unnoted lists sealed files, oldest first, whose evidence was not looked at
// yet. Files are noted in the order of their ids.
func Unnoted(q db.Q, limit int) ([]File, error) {
	return db.All(q, scanFile, fileColumns+` WHERE id > (SELECT COALESCE(MAX(file), 0) FROM evidence)
		AND slot IN ($1, $2) AND NOT closed ORDER BY id LIMIT $3`, Sealed_, SealedAnnex, limit)
}

// NoteEvidence enters what was found about a file.
func NoteEvidence(tx *db.Tx, e Evidence) error {
	_, err := tx.Exec(`INSERT INTO evidence (file, until, stamped, rsa, renewed) VALUES ($1, $2, $3, $4, $5)`,
		e.File, db.Ms(e.Until), db.Ms(e.Stamped), e.RSA, false)
	return err
}

// Aging lists the sealed files of issued documents whose evidence ends before a
// day, or whose stamping key is an RSA key shorter than rsa bits by then. A file
// stamped after recently is left alone: a new stamp would be no better.
func Aging(q db.Q, before, recently time.Time, rsa, limit int) ([]File, error) {
	return db.All(q, scanFile, fileColumns+` WHERE NOT closed AND id IN (SELECT e.file FROM evidence e
		WHERE NOT e.renewed AND e.until > 0 AND e.stamped < $2 AND (e.until < $1 OR e.rsa > 0 AND e.rsa < $3))
		AND document IN (SELECT id FROM document WHERE state IN ($4, $5, $6)) ORDER BY id LIMIT $7`,
		db.Ms(before), db.Ms(recently), rsa, Issued, Filed, Replaced, limit)
}

// Latest lists a document's files, oldest first, without the sealed ones that a
// renewed one has taken over.
func Latest(q db.Q, d ID) ([]File, error) {
	return db.All(q, scanFile, fileColumns+` WHERE document = $1 AND id NOT IN (SELECT file FROM evidence WHERE renewed) ORDER BY id`, d)
}

// Renewed says that another file has taken over.
func Renewed(tx *db.Tx, id FileID) error {
	_, err := tx.Exec(`UPDATE evidence SET renewed = $2 WHERE file = $1`, id, true)
	return err
}
