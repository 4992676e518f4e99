package signing

import (
	"errors"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
)

// Batch is many documents signed under one confirmation (ký nhiều văn bản).
type Batch struct {
	ID          int64
	Person      org.PersonID
	Purpose     Purpose
	Certificate int64
	Started     time.Time
	Ended       time.Time // zero while it runs
	// Ends is until when the files of a batch that another program signs are
	// taken back; zero where the server signs.
	Ends  time.Time
	Lines []BatchLine
}

// Away says that another program signs, on the desk of the person.
func (b Batch) Away() bool { return !b.Ends.IsZero() }

// Over says that nothing of the batch will be decided any more.
func (b Batch) Over(now time.Time) bool { return !b.Ended.IsZero() || b.Away() && now.After(b.Ends) }

// BatchState is what became of one document of a batch.
type BatchState string

// The states of a line.
const (
	LineWaits   BatchState = ""        // chưa đến lượt
	LineSigned  BatchState = "signed"  // đã ký
	LineRefused BatchState = "refused" // không ký, với lý do
	LineCut     BatchState = "cut"     // máy chủ dừng giữa chừng: chưa ký
)

// BatchLine is one document of a batch.
type BatchLine struct {
	Document document.ID
	State    BatchState
	Text     string // why it was refused
	Next     string // what to do now
	At       time.Time
}

// Signed counts the documents that are signed.
func (b Batch) Signed() int { return b.count(LineSigned) }

// Waits counts the documents that are not decided.
func (b Batch) Waits() int { return b.count(LineWaits) }

func (b Batch) count(s BatchState) (n int) {
	for _, l := range b.Lines {
		if l.State == s {
			n++
		}
	}
	return n
}

// AddBatch enters a batch with its documents, none of them decided. token takes
// the files back that another program signs; "" where the server signs.
func AddBatch(tx *db.Tx, b Batch, ids []document.ID, token string) (int64, error) {
	id := tx.NewID()
	if _, err := tx.Exec(`INSERT INTO batch (id, person, purpose, certificate, started_at, ended_at, token, ends_at) VALUES ($1, $2, $3, $4, $5, 0, $6, $7)`,
		id, b.Person, b.Purpose, b.Certificate, db.Ms(tx.Now), tokenHash(token), db.Ms(b.Ends)); err != nil {
		return 0, err
	}
	for i, d := range ids {
		if _, err := tx.Exec(`INSERT INTO batch_line (batch, document, place, state, text, next, at) VALUES ($1, $2, $3, '', '', '', 0)`, id, d, i); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// DecideLine notes what became of a document of a batch: signed, or err.
func DecideLine(tx *db.Tx, batch int64, d document.ID, err error) error {
	state, text, next := LineSigned, "", ""
	if err != nil {
		state, text, next = LineRefused, "Chưa ký được vì lỗi của máy chủ.", "Ký lại; báo quản trị nếu lỗi kéo dài."
		if e, ok := fail.As(err); ok {
			text, next = e.Text, e.Next
		}
	}
	_, werr := tx.Exec(`UPDATE batch_line SET state = $3, text = $4, next = $5, at = $6 WHERE batch = $1 AND document = $2 AND state = ''`,
		batch, d, state, text, next, db.Ms(tx.Now))
	return werr
}

// EndBatch ends a batch. What is not decided then was cut off.
func EndBatch(tx *db.Tx, id int64) error {
	if _, err := tx.Exec(`UPDATE batch_line SET state = $2, at = $3 WHERE batch = $1 AND state = ''`, id, LineCut, db.Ms(tx.Now)); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE batch SET ended_at = $2 WHERE id = $1 AND ended_at = 0`, id, db.Ms(tx.Now))
	return err
}

// SettleBatch ends a batch all of whose documents are decided.
func SettleBatch(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`UPDATE batch SET ended_at = $2 WHERE id = $1 AND ended_at = 0
		AND NOT EXISTS (SELECT 1 FROM batch_line WHERE batch = $1 AND state = '')`, id, db.Ms(tx.Now))
	return err
}

// OpenBatches lists the batches of the server's that have not ended.
func OpenBatches(q db.Q) ([]int64, error) {
	return db.Column[int64](q, `SELECT id FROM batch WHERE ended_at = 0 AND token = '' ORDER BY id`)
}

// BatchByToken finds the batch whose files a token takes back.
func BatchByToken(q db.Q, token string) (Batch, error) {
	if token == "" {
		return Batch{}, Refuse(TokenUnknown, nil)
	}
	id, err := db.Value[int64](q, `SELECT id FROM batch WHERE token = $1`, tokenHash(token))
	if errors.Is(err, db.ErrNone) {
		return Batch{}, Refuse(TokenUnknown, nil)
	} else if err != nil {
		return Batch{}, err
	}
	return BatchByID(q, id)
}

// LatestBatch finds a person's newest batch; E-HIDDEN when he had none.
func LatestBatch(q db.Q, p org.PersonID) (Batch, error) {
	id, err := db.Value[int64](q, `SELECT id FROM batch WHERE person = $1 ORDER BY id DESC LIMIT 1`, p)
	if errors.Is(err, db.ErrNone) {
		return Batch{}, fail.NotFound()
	} else if err != nil {
		return Batch{}, err
	}
	return BatchByID(q, id)
}

// BatchByID finds a batch with its lines, in the order they were chosen.
func BatchByID(q db.Q, id int64) (Batch, error) {
	b, err := db.One(q, func(r db.Row) (b Batch, err error) {
		var started, ended, ends int64
		err = r.Scan(&b.ID, &b.Person, &b.Purpose, &b.Certificate, &started, &ended, &ends)
		b.Started, b.Ended, b.Ends = db.Time(started), db.Time(ended), db.Time(ends)
		return b, err
	}, `SELECT id, person, purpose, certificate, started_at, ended_at, ends_at FROM batch WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return b, fail.NotFound()
	} else if err != nil {
		return b, err
	}
	b.Lines, err = db.All(q, func(r db.Row) (l BatchLine, err error) {
		var at int64
		err = r.Scan(&l.Document, &l.State, &l.Text, &l.Next, &at)
		l.At = db.Time(at)
		return l, err
	}, `SELECT document, state, text, next, at FROM batch_line WHERE batch = $1 ORDER BY place`, id)
	return b, err
}
