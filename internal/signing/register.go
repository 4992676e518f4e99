package signing

import (
	"errors"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
)

// The register of certificates (danh mục chứng thư số): nothing is deleted, a
// certificate ends with a reason. law:HT33-4.1 GL443-12.4

// CertificateByID finds a certificate, in use or not.
func CertificateByID(q db.Q, id int64) (Certificate, error) {
	c, err := db.One(q, scan, columns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return c, fail.NotFound()
	}
	return c, err
}

// Certificates lists those in use, the agency's first.
func Certificates(q db.Q) ([]Certificate, error) {
	return db.All(q, scan, columns+` WHERE ended_at = 0 ORDER BY CASE WHEN person = 0 THEN 0 ELSE 1 END, not_after, id`)
}

// EndedOnes lists the newest limit certificates that are no longer in use.
func EndedOnes(q db.Q, limit int) ([]Certificate, error) {
	return db.All(q, scan, columns+` WHERE ended_at <> 0 ORDER BY ended_at DESC, id DESC LIMIT $1`, limit)
}

// Entered says whether a certificate is in the register already, in use.
func Entered(q db.Q, fingerprint string) (bool, error) {
	n, err := db.Value[int](q, `SELECT COUNT(*) FROM certificate WHERE fingerprint = $1 AND ended_at = 0`, fingerprint)
	return n > 0, err
}

// End takes a certificate out of use: nobody keeps its key any more, and it is
// not handed over. An entrustment of it is [Lapsed] now.
func End(tx *db.Tx, id int64, reason string) error {
	_, err := tx.Exec(`UPDATE certificate SET ended_at = $2, ended_reason = $3 WHERE id = $1`, id, db.Ms(tx.Now), reason)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(`UPDATE custody SET to_at = $2 WHERE certificate = $1 AND to_at = 0`, id, db.Ms(tx.Now)); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE handover SET state = $2, ended_at = $3 WHERE certificate = $1 AND state = $4`, id, Withdrawn, db.Ms(tx.Now), Offered)
	return err
}

// Kept lists the agency's keys that a person keeps.
func Kept(q db.Q, p org.PersonID) ([]Certificate, error) {
	return db.All(q, scan, columns+` WHERE ended_at = 0 AND id IN (SELECT certificate FROM custody WHERE person = $1 AND to_at = 0) ORDER BY id`, p)
}
