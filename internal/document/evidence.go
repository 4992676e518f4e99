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
	Until   time.Time // zero: it does not prove itself, or not yet
	Stamped time.Time // when that stamp was made
	RSA     int       // bits of the stamping key; 0: another kind of key
}

// Unnoted lists sealed files, oldest first, whose evidence was not looked at
// yet. Files are noted in the order of their ids.
func Unnoted(q db.Q, limit int) ([]File, error) {
	return db.All(q, scanFile, fileColumns+` WHERE id > (SELECT COALESCE(MAX(file), 0) FROM evidence)
		AND slot IN ($1, $2, $3) AND NOT closed ORDER BY id LIMIT $4`, Sealed_, SealedAnnex, Copy, limit)
}

// NoteEvidence enters what was found about a file.
func NoteEvidence(tx *db.Tx, e Evidence) error {
	_, err := tx.Exec(`INSERT INTO evidence (file, until, stamped, rsa, renewed) VALUES ($1, $2, $3, $4, $5)`,
		e.File, db.Ms(e.Until), db.Ms(e.Stamped), e.RSA, false)
	return err
}

// Aging says which evidence must be renewed.
type Aging struct {
	Ends  time.Time     // whose stamp ends before this
	RSA   int           // whose stamping key is an RSA key of fewer bits
	Since time.Time     // but not what was stamped after this: a new stamp would be no better
	Now   time.Time     // nor what is to be tried again later
	Rest  time.Duration // the longest between two tries: a later one was noted by a clock that has been set back
}

// Files lists at most limit sealed files of issued documents whose evidence
// ages, or does not prove itself at all. What was tried without success comes
// after what was not, so that it holds up nobody.
func (a Aging) Files(q db.Q, limit int) ([]File, error) {
	return db.All(q, scanFile, fileColumns+` f JOIN evidence e ON e.file = f.id WHERE NOT f.closed AND NOT e.renewed
		AND e.stamped < $1 AND (e.until < $2 OR e.rsa > 0 AND e.rsa < $3) AND (e.next_at <= $4 OR e.next_at > $5)
		AND f.document IN `+issued+` ORDER BY e.next_at, f.id LIMIT $6`,
		db.Ms(a.Since), db.Ms(a.Ends), a.RSA, db.Ms(a.Now), db.Ms(a.Now.Add(a.Rest)), limit)
}

// issued are the documents whose sealed files are kept provable; of incoming
// ones, which have none, it is the signed copies, once they were presented.
const issued = `(SELECT id FROM document WHERE state IN ('issued', 'filed', 'replaced', 'submitted', 'distributed', 'in_progress', 'done', 'closed'))`

// Postpone notes why a file could not be renewed and when to try again.
func Postpone(tx *db.Tx, id FileID, next time.Time, why string) error {
	_, err := tx.Exec(`UPDATE evidence SET tries = tries + 1, next_at = $2, trouble = $3 WHERE file = $1`, id, db.Ms(next), why)
	return err
}

// Tries tells how often a file could not be renewed.
func Tries(q db.Q, id FileID) (int, error) {
	return db.Value[int](q, `SELECT tries FROM evidence WHERE file = $1`, id)
}

// Unproved is a sealed file whose evidence could not be renewed.
type Unproved struct {
	Code string // số và ký hiệu of its document
	File string
	Why  string
}

// Unrenewed lists the sealed files of issued documents that were tried at least
// so many times.
func Unrenewed(q db.Q, tries int) ([]Unproved, error) {
	return db.All(q, func(r db.Row) (u Unproved, err error) { return u, r.Scan(&u.Code, &u.File, &u.Why) },
		`SELECT d.number || '/' || d.notation, f.name, e.trouble FROM evidence e JOIN file f ON f.id = e.file JOIN document d ON d.id = f.document
		WHERE NOT e.renewed AND e.tries >= $1 AND NOT f.closed AND f.document IN `+issued+` ORDER BY f.id`, tries)
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
