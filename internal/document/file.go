package document

import (
	"errors"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
)

// Slot is what a file is to its document.
type Slot string

// The slots.
const (
	Source_     Slot = "source"   // editable source of a draft (DOCX)
	Body        Slot = "body"     // the PDF of a draft version, or of an incoming document
	Prepared    Slot = "prepared" // body with the places of number, date and signatures: what is approved
	Signed_     Slot = "signed"   // with the person's signature
	Sealed_     Slot = "sealed"   // with number, date and the agency's signature: the original
	Annex       Slot = "annex"
	SealedAnnex Slot = "sealed_annex" // an annex with the agency's signature
	Scan        Slot = "scan"         // of a paper document
	Copy        Slot = "copy"         // a scan with the agency's signature as a copy
	Packet      Slot = "packet"
	Earlier     Slot = "earlier"  // of an incoming document before its sender updated it
	Updating    Slot = "updating" // what the sender of a registered document sent to update it
)

// FileID names a file of a document.
type FileID int64

// File is one tệp of a document; its bytes are in the blob store.
type File struct {
	ID       FileID
	Document ID
	Version  int // of the draft, 0 otherwise
	Slot     Slot
	Name     string
	Hash     blob.Hash
	Size     int64
	MIME     string
	Pages    int
	Verdict  string    // valid, invalid, undecided, or "" when nothing was signed
	Sentence string    // the verdict in plain Vietnamese
	Report   blob.Hash // JSON of the signature report
	At       time.Time
	Closed   bool // content destroyed by a recall: only the line stays
}

func scanFile(r db.Row) (f File, err error) {
	var at int64
	err = r.Scan(&f.ID, &f.Document, &f.Version, &f.Slot, &f.Name, &f.Hash, &f.Size, &f.MIME, &f.Pages, &f.Verdict, &f.Sentence, &f.Report, &at, &f.Closed)
	f.At = db.Time(at)
	return f, err
}

const fileColumns = `SELECT id, document, version, slot, name, hash, size, mime, pages, verdict, sentence, report, at, closed FROM file`

// AddFile enters a file whose bytes are already stored.
func AddFile(tx *db.Tx, f File) (FileID, error) {
	id := FileID(tx.NewID())
	_, err := tx.Exec(`INSERT INTO file (id, document, version, slot, name, hash, size, mime, pages, verdict, sentence, report, at, closed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		id, f.Document, f.Version, f.Slot, f.Name, f.Hash, f.Size, f.MIME, f.Pages, f.Verdict, f.Sentence, f.Report, db.Ms(tx.Now), false)
	return id, err
}

// Files lists every file of a document, oldest first.
func Files(q db.Q, id ID) ([]File, error) {
	return db.All(q, scanFile, fileColumns+` WHERE document = $1 ORDER BY id`, id)
}

// FileByID finds a file of a document.
func FileByID(q db.Q, d ID, id FileID) (File, error) {
	f, err := db.One(q, scanFile, fileColumns+` WHERE document = $1 AND id = $2`, d, id)
	if errors.Is(err, db.ErrNone) {
		return f, fail.NotFound()
	}
	return f, err
}

// Newest finds the newest file in one of the slots, the first slot that has
// one; E-HIDDEN when none has.
func Newest(q db.Q, d ID, slots ...Slot) (File, error) {
	for _, s := range slots {
		f, err := db.One(q, scanFile, fileColumns+` WHERE document = $1 AND slot = $2 ORDER BY id DESC LIMIT 1`, d, s)
		if err == nil || !errors.Is(err, db.ErrNone) {
			return f, err
		}
	}
	return File{}, fail.NotFound()
}

// Main finds the file that people read as the document: the furthest signed
// one, or the newest version. Of paper it is the signed copy, unless a newer
// scan was attached since.
func Main(q db.Q, d ID) (File, error) {
	f, err := Newest(q, d, Sealed_, Signed_, Prepared, Body, Copy, Scan)
	if err == nil && f.Slot == Copy {
		if scan, err := Newest(q, d, Scan); err != nil || scan.ID > f.ID {
			return scan, err
		}
	}
	return f, err
}

// Annexes lists the annexes of a version (0 for incoming documents).
func Annexes(q db.Q, d ID, version int) ([]File, error) {
	return db.All(q, scanFile, fileColumns+` WHERE document = $1 AND slot = $2 AND version = $3 ORDER BY id`, d, Annex, version)
}

// Supersede sets the files of an incoming document back that its sender has
// sent anew before it was received.
func Supersede(tx *db.Tx, d ID) error {
	_, err := tx.Exec(`UPDATE file SET slot = $2 WHERE document = $1 AND slot IN ($3, $4)`, d, Earlier, Body, Annex)
	return err
}

// SetVerdict stores what an examination of the file's signatures found.
func SetVerdict(tx *db.Tx, id FileID, verdict, sentence string, report blob.Hash) error {
	_, err := tx.Exec(`UPDATE file SET verdict = $2, sentence = $3, report = $4 WHERE id = $1`, id, verdict, sentence, report)
	return err
}

// CloseFiles marks every file of a document as destroyed; the caller deletes
// the bytes that no other file names (Unshared), after the write.
func CloseFiles(tx *db.Tx, d ID) error {
	_, err := tx.Exec(`UPDATE file SET closed = $2 WHERE document = $1`, d, true)
	return err
}

// Unshared lists the blobs of closed files of a document that no open file
// needs.
func Unshared(q db.Q, d ID) ([]blob.Hash, error) {
	return db.Column[blob.Hash](q, `SELECT DISTINCT hash FROM file f WHERE f.document = $1 AND f.closed
		AND NOT EXISTS (SELECT 1 FROM file o WHERE o.hash = f.hash AND NOT o.closed)`, d)
}

// Named says which contents a file that is kept here has, or the report on one:
// nobody destroys another's evidence by sending the same.
func Named(q db.Q, list ...blob.Hash) ([]blob.Hash, error) {
	in, args := db.In(1, list)
	return db.Column[blob.Hash](q, `SELECT hash FROM file WHERE NOT closed AND hash IN `+in+` UNION SELECT report FROM file WHERE NOT closed AND report IN `+in, args...)
}

// Blobs lists every content that must be here: of files that are kept, and of
// the reports on them.
func Blobs(q db.Q) ([]blob.Hash, error) {
	return db.Column[blob.Hash](q, `SELECT hash FROM file WHERE NOT closed UNION SELECT report FROM file WHERE report <> '' AND NOT closed`)
}
