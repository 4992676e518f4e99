package signing

import (
	"errors"
	"slices"
	"time"

	"vanthu/internal/blob"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/viet"
)

// Entrustment is a personal key in the keeping of another (giao văn thư giữ
// khóa cá nhân), under a rule of the agency's records regulation and until a
// day. law:HT33-4.2
type Entrustment struct {
	ID          int64
	Certificate int64
	Person      org.PersonID // whose key it is
	Keeper      org.PersonID
	Rule        string // số, ký hiệu of the regulation
	RuleDay     viet.Day
	RuleName    string // of the file
	RuleFile    blob.Hash
	Begun       time.Time
	Until       viet.Day // the last day
	Ended       time.Time
	EndedBy     org.PersonID
}

// Lasts says whether the keeper may use the key on a day.
func (e Entrustment) Lasts(on viet.Day) bool { return e.Ended.IsZero() && on <= e.Until }

const entrustmentColumns = `SELECT id, certificate, person, keeper, rule, rule_day, rule_name, rule_file, begun_at, until, ended_at, ended_by FROM entrustment`

func scanEntrustment(r db.Row) (e Entrustment, err error) {
	var begun, ended int64
	err = r.Scan(&e.ID, &e.Certificate, &e.Person, &e.Keeper, &e.Rule, &e.RuleDay, &e.RuleName, &e.RuleFile, &begun, &e.Until, &ended, &e.EndedBy)
	e.Begun, e.Ended = db.Time(begun), db.Time(ended)
	return e, err
}

// Names says whether a regulation that is kept here has this content: whoever
// asks what an entrustment rested on must find it, also long after. law:HT33-4.2
func Names(q db.Q, h blob.Hash) (bool, error) {
	n, err := db.Value[int](q, `SELECT COUNT(*) FROM entrustment WHERE rule_file = $1`, h)
	return n > 0, err
}

// Blobs lists the regulations that must be here.
func Blobs(q db.Q) ([]blob.Hash, error) {
	return db.Column[blob.Hash](q, `SELECT DISTINCT rule_file FROM entrustment`)
}

// Stands says whether the keeper may use the key on a day: the entrustment
// and its certificate last, he is a clerk still, and the owner of the key works
// here still.
// law:HT33-4.2
func (e Entrustment) Stands(q db.Q, on viet.Day) (bool, error) {
	if !e.Lasts(on) {
		return false, nil
	}
	if c, err := CertificateByID(q, e.Certificate); err != nil || !c.Ended.IsZero() {
		return false, err
	}
	if here, err := org.Active(q, e.Person); err != nil || !here {
		return false, err
	}
	clerks, err := org.WithRole(q, org.Clerk, on)
	return slices.ContainsFunc(clerks, func(p org.Person) bool { return p.ID == e.Keeper }), err
}

// Entrust enters an entrustment. Refuses E-STATE while another one is open.
// law:HT33-4.2
func Entrust(tx *db.Tx, e Entrustment) (int64, error) {
	id := tx.NewID()
	_, err := tx.Exec(`INSERT INTO entrustment (id, certificate, person, keeper, rule, rule_day, rule_name, rule_file, begun_at, until, ended_at, ended_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)`,
		id, e.Certificate, e.Person, e.Keeper, e.Rule, e.RuleDay, e.RuleName, e.RuleFile, db.Ms(tx.Now), e.Until)
	if db.IsUnique(err) {
		return 0, fail.State("Khóa này đang giao cho người khác giữ.", "HT33-4.2").Then("Thôi giao lần trước rồi giao lại.")
	}
	return id, err
}

// EndEntrustment takes the key back.
func EndEntrustment(tx *db.Tx, id int64, by org.PersonID) error {
	n, err := tx.Exec(`UPDATE entrustment SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at = 0`, id, db.Ms(tx.Now), by)
	if err == nil && n == 0 {
		err = fail.State("Lần giao giữ khóa này đã kết thúc.", "HT33-4.2")
	}
	return err
}

// EntrustmentByID finds an entrustment.
func EntrustmentByID(q db.Q, id int64) (Entrustment, error) {
	e, err := db.One(q, scanEntrustment, entrustmentColumns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = fail.NotFound()
	}
	return e, err
}

// Entrustments lists who was entrusted with a key, newest first.
func Entrustments(q db.Q, certificate int64) ([]Entrustment, error) {
	return db.All(q, scanEntrustment, entrustmentColumns+` WHERE certificate = $1 ORDER BY id DESC`, certificate)
}

// Lapsed lists the entrustments that nobody has ended and that do not stand on
// a day.
func Lapsed(q db.Q, on viet.Day) (lapsed []Entrustment, err error) {
	open, err := db.All(q, scanEntrustment, entrustmentColumns+` WHERE ended_at = 0 ORDER BY id`)
	for _, e := range open {
		stands, err := e.Stands(q, on)
		if err != nil {
			return nil, err
		}
		if !stands {
			lapsed = append(lapsed, e)
		}
	}
	return lapsed, err
}

// EntrustedTo lists the personal keys of others that a person keeps on a day.
func EntrustedTo(q db.Q, p org.PersonID, on viet.Day) (kept []Certificate, err error) {
	list, err := db.All(q, scan, columns+` WHERE ended_at = 0 AND id IN (SELECT certificate FROM entrustment WHERE keeper = $1 AND ended_at = 0) ORDER BY id`, p)
	for _, c := range list {
		keeper, err := Keeper(q, c.ID, on)
		if err != nil {
			return nil, err
		}
		if keeper == p {
			kept = append(kept, c)
		}
	}
	return kept, err
}

// Keeper is who may use a personal key on a day beside its owner; 0: nobody.
func Keeper(q db.Q, certificate int64, on viet.Day) (org.PersonID, error) {
	e, err := db.One(q, scanEntrustment, entrustmentColumns+` WHERE certificate = $1 AND ended_at = 0`, certificate)
	if errors.Is(err, db.ErrNone) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	if stands, err := e.Stands(q, on); err != nil || !stands {
		return 0, err
	}
	return e.Keeper, nil
}
