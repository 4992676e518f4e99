// Package signing keeps the certificates (chứng thư số) of the agency and its
// people, who holds the agency's key (người giữ khóa), and every use of a key.
//
// Private keys are never in the store: a certificate names its driver and a
// reference that the driver understands. Certificate and chain are in the
// register, so that a signature is prepared without the key; the [Ring] then
// asks the driver once for all that was prepared. Keys that sign in another
// program get the file handed out ([HandOut]). Tables: certificate, custody,
// entrustment, signature, handout, batch.
//
// law:HT33-4.1 HT33-4.2 ND30-32.2 ND23-15
package signing

import (
	"errors"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
)

// Certificate is one chứng thư số; Person 0 is the agency's own.
type Certificate struct {
	ID          int64
	Person      org.PersonID
	Driver      Kind
	KeyRef      string
	Serial      string // hexadecimal
	Subject     string
	Issuer      string
	NotBefore   time.Time
	NotAfter    time.Time
	Fingerprint string // SHA-256 of the DER, hex
	Device      string
	PEM         string    // the certificate, then its issuers, nearest first
	Ended       time.Time // zero while it is in use
	EndedReason string
}

func scan(r db.Row) (c Certificate, err error) {
	var from, to, ended int64
	err = r.Scan(&c.ID, &c.Person, &c.Driver, &c.KeyRef, &c.Serial, &c.Subject, &c.Issuer, &from, &to, &c.Fingerprint, &c.Device, &c.PEM, &ended, &c.EndedReason)
	c.NotBefore, c.NotAfter, c.Ended = db.Time(from), db.Time(to), db.Time(ended)
	return c, err
}

const columns = `SELECT id, person, driver, key_ref, serial, subject, issuer, not_before, not_after, fingerprint, device, pem, ended_at, ended_reason FROM certificate`

// AddCertificate enters a certificate.
func AddCertificate(tx *db.Tx, c Certificate) (int64, error) {
	id := tx.NewID()
	_, err := tx.Exec(`INSERT INTO certificate (id, person, driver, key_ref, serial, subject, issuer, not_before, not_after, fingerprint, device, pem, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)`,
		id, c.Person, c.Driver, c.KeyRef, c.Serial, c.Subject, c.Issuer, db.Ms(c.NotBefore), db.Ms(c.NotAfter), c.Fingerprint, c.Device, c.PEM)
	return id, err
}

// OfPerson finds the newest certificate of a person in use.
func OfPerson(q db.Q, p org.PersonID) (Certificate, error) {
	c, err := db.One(q, scan, columns+` WHERE person = $1 AND ended_at = 0 ORDER BY id DESC LIMIT 1`, p)
	if errors.Is(err, db.ErrNone) {
		return c, fail.State("Chưa có chứng thư số.", "ND30-13").Then("Đề nghị quản trị đăng ký chứng thư số, hoặc ký bằng phần mềm ngoài rồi tải lên.")
	}
	return c, err
}

// OfAgency finds the agency's certificate in use: the newest whose key somebody
// keeps, so that a new one may be entered before its device is handed over.
func OfAgency(q db.Q) (Certificate, error) {
	c, err := db.One(q, scan, columns+` WHERE person = 0 AND ended_at = 0
		ORDER BY CASE WHEN id IN (SELECT certificate FROM custody WHERE to_at = 0) THEN 0 ELSE 1 END, id DESC LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return c, fail.State("Cơ quan chưa có chứng thư số.", "HT33-4.1").Then("Đề nghị quản trị đăng ký chứng thư số của cơ quan.")
	}
	return c, err
}

// InUse finds the certificate with a fingerprint among those of a person, or of
// the agency for person 0, that are in use.
func InUse(q db.Q, p org.PersonID, fingerprint string) (Certificate, error) {
	c, err := db.One(q, scan, columns+` WHERE person = $1 AND fingerprint = $2 AND ended_at = 0`, p, fingerprint)
	if errors.Is(err, db.ErrNone) {
		err = Refuse(WrongCertificate, err)
	}
	return c, err
}

// HandOver records who keeps the agency's key from now on; permission is the
// number of the written permission, minutes that of the biên bản.
// law:HT33-4.1 ND30-32.2b
func HandOver(tx *db.Tx, certificate int64, to org.PersonID, permission, minutes string) error {
	if permission == "" {
		return fail.Invalid("permission", "Cần số văn bản cho phép giao khóa.", "HT33-4.1", "ND30-32.2")
	}
	if _, err := tx.Exec(`UPDATE custody SET to_at = $2 WHERE certificate = $1 AND to_at = 0`, certificate, db.Ms(tx.Now)); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO custody (id, certificate, person, from_at, to_at, permission, minutes) VALUES ($1, $2, $3, $4, 0, $5, $6)`,
		tx.NewID(), certificate, to, db.Ms(tx.Now), permission, minutes)
	return err
}

// Custodian tells who keeps the key of a certificate now; 0 when nobody does.
func Custodian(q db.Q, certificate int64) (org.PersonID, error) {
	p, err := db.Value[org.PersonID](q, `SELECT person FROM custody WHERE certificate = $1 AND to_at = 0`, certificate)
	if errors.Is(err, db.ErrNone) {
		return 0, nil
	}
	return p, err
}

// Purpose of a signature.
type Purpose string

// The purposes.
const (
	ByPerson Purpose = "person" // người có thẩm quyền
	ByAgency Purpose = "agency" // chữ ký số cơ quan
	AsCopy   Purpose = "copy"   // bản sao
)
