package signing

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/org"
)

// HandOut is one file that was handed out to be signed in another program
// (phiên ký ngoài). The files of one document, annexes included, share a
// session. A token is known here by its hash only; with [ByUpload] there is
// none: the person himself downloads and uploads.
type HandOut struct {
	ID          int64
	Session     int64 // id of its first file
	Batch       int64 // it was handed out with; 0: by itself
	Document    document.ID
	Purpose     Purpose
	Annex       document.FileID // 0: the main file
	Certificate int64           // the one it was begun with; once back, the one it is signed with
	Person      org.PersonID
	Name        string
	Source      blob.Hash // the document's file that it rests on
	Handed      blob.Hash // exactly what was given out
	Ends        time.Time
	Fetched     time.Time // zero: not yet
	Done        time.Time // zero: not back; else when it was decided
	State       State     // of a refusal; "" while open, and when taken back
	Result      blob.Hash // signed, as taken back
	Use         int64     // the use of the key that it came back with; 0: none
	Copy        Copy      // of a scan that is signed as a copy
	token       string
}

// Copy is what was asked of a copy when its scan was handed out.
type Copy struct {
	Form      string       // hình thức sao
	PresentTo org.PersonID // once it is back; 0: nobody
	Note      string       // for him
}

// Back says whether the file came back and was taken.
func (h HandOut) Back() bool { return h.Result != "" }

// Open refuses a hand-out that is decided or too old.
func (h HandOut) Open(now time.Time) error {
	switch {
	case !h.Done.IsZero():
		return Refuse(TokenUsed, nil)
	case now.After(h.Ends):
		return Refuse(TokenEnded, nil)
	}
	return nil
}

// NewToken draws a one-time token.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func tokenHash(token string) string {
	if token == "" {
		return ""
	}
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// Supersede ends every session of a document that is open, and gives the
// batches that they were part of.
func Supersede(tx *db.Tx, d document.ID) (batches []int64, err error) {
	batches, err = db.Column[int64](tx, `SELECT DISTINCT batch FROM handout WHERE document = $1 AND done_at = 0 AND batch <> 0`, d)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(`UPDATE handout SET done_at = $2, state = $3 WHERE document = $1 AND done_at = 0`, d, db.Ms(tx.Now), Superseded)
	return batches, err
}

// AddHandOut enters a hand-out with its token, "" for none, and gives its id.
// Session 0 begins a new one.
func AddHandOut(tx *db.Tx, h HandOut, token string) (HandOut, error) {
	h.ID = tx.NewID()
	if h.Session == 0 {
		h.Session = h.ID
	}
	_, err := tx.Exec(`INSERT INTO handout (id, session, document, purpose, annex, certificate, person, name, source, handed, token, ends_at, fetched_at, done_at, state, result, batch, form, present_to, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, '', '', $13, $14, $15, $16)`,
		h.ID, h.Session, h.Document, h.Purpose, h.Annex, h.Certificate, h.Person, h.Name, h.Source, h.Handed, tokenHash(token), db.Ms(h.Ends), h.Batch,
		h.Copy.Form, h.Copy.PresentTo, h.Copy.Note)
	return h, err
}

const handoutColumns = `SELECT id, session, document, purpose, annex, certificate, person, name, source, handed, token, ends_at, fetched_at, done_at, state, result, signature, batch, form, present_to, note FROM handout`

func scanHandOut(r db.Row) (h HandOut, err error) {
	var ends, fetched, done int64
	err = r.Scan(&h.ID, &h.Session, &h.Document, &h.Purpose, &h.Annex, &h.Certificate, &h.Person, &h.Name, &h.Source, &h.Handed, &h.token, &ends, &fetched, &done, &h.State, &h.Result, &h.Use, &h.Batch,
		&h.Copy.Form, &h.Copy.PresentTo, &h.Copy.Note)
	h.Ends, h.Fetched, h.Done = db.Time(ends), db.Time(fetched), db.Time(done)
	return h, err
}

// HandOutByToken finds what a token stands for.
func HandOutByToken(q db.Q, token string) (HandOut, error) {
	if token == "" {
		return HandOut{}, Refuse(TokenUnknown, nil)
	}
	h, err := db.One(q, scanHandOut, handoutColumns+` WHERE token = $1`, tokenHash(token))
	if errors.Is(err, db.ErrNone) {
		err = Refuse(TokenUnknown, nil)
	}
	return h, err
}

// HandOutByID finds a hand-out.
func HandOutByID(q db.Q, id int64) (HandOut, error) {
	h, err := db.One(q, scanHandOut, handoutColumns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = Refuse(TokenUnknown, nil)
	}
	return h, err
}

// HandOutsOf lists the files of a session, the main file first.
func HandOutsOf(q db.Q, session int64) ([]HandOut, error) {
	return db.All(q, scanHandOut, handoutColumns+` WHERE session = $1 ORDER BY id`, session)
}

// LatestHandOuts lists the files of the newest session of a document; none
// when it was never handed out.
func LatestHandOuts(q db.Q, d document.ID) ([]HandOut, error) {
	return db.All(q, scanHandOut, handoutColumns+` WHERE session = (SELECT MAX(session) FROM handout WHERE document = $1) ORDER BY id`, d)
}

// HandOutsOfBatch lists the files that were handed out with a batch.
func HandOutsOfBatch(q db.Q, batch int64) ([]HandOut, error) {
	return db.All(q, scanHandOut, handoutColumns+` WHERE batch = $1 ORDER BY id`, batch)
}

// MarkFetched spends the one fetch of a hand-out; it refuses the second.
func MarkFetched(tx *db.Tx, id int64) error {
	n, err := tx.Exec(`UPDATE handout SET fetched_at = $2 WHERE id = $1 AND fetched_at = 0 AND done_at = 0`, id, db.Ms(tx.Now))
	if err == nil && n == 0 {
		err = Refuse(TokenUsed, nil)
	}
	return err
}

// MarkBack notes that a file came back, and the certificate that it is signed
// with; it refuses the second one.
func MarkBack(tx *db.Tx, h HandOut) error { return decide(tx, h) }

// MarkRefused ends a hand-out without a file.
func MarkRefused(tx *db.Tx, h HandOut, s State) error {
	h.State, h.Result = s, ""
	return decide(tx, h)
}

func decide(tx *db.Tx, h HandOut) error {
	n, err := tx.Exec(`UPDATE handout SET done_at = $2, state = $3, result = $4, certificate = $5, signature = $6 WHERE id = $1 AND done_at = 0`,
		h.ID, db.Ms(tx.Now), h.State, h.Result, h.Certificate, h.Use)
	if err == nil && n == 0 {
		err = Refuse(TokenUsed, nil)
	}
	return err
}
