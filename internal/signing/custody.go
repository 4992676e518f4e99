package signing

import (
	"errors"
	"fmt"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/viet"
)

// Custody is one span of somebody keeping a key; To is zero while it lasts.
type Custody struct {
	ID          int64
	Certificate int64
	Person      org.PersonID
	From, To    time.Time
	Permission  string // số văn bản cho phép
	Minutes     string // số biên bản
}

// Custodies lists who kept a key, newest first.
func Custodies(q db.Q, certificate int64) ([]Custody, error) {
	return db.All(q, func(r db.Row) (c Custody, err error) {
		var from, to int64
		err = r.Scan(&c.ID, &c.Certificate, &c.Person, &from, &to, &c.Permission, &c.Minutes)
		c.From, c.To = db.Time(from), db.Time(to)
		return c, err
	}, `SELECT id, certificate, person, from_at, to_at, permission, minutes FROM custody WHERE certificate = $1 ORDER BY id DESC`, certificate)
}

// HandoverState is how far a handing over has come.
type HandoverState string

// The states of a handing over.
const (
	Offered   HandoverState = "open"      // chờ bên nhận xác nhận
	Taken     HandoverState = "done"      // đã bàn giao
	Withdrawn HandoverState = "withdrawn" // không bàn giao nữa
)

// Handover is one bàn giao khóa: both parties act, and the minutes (biên bản)
// are drawn up from it. law:ND30-32.2b HT33-4.1
type Handover struct {
	ID            int64
	Certificate   int64
	Giver         org.PersonID // 0: nobody kept the key before
	Receiver      org.PersonID
	Permission    string // số, ký hiệu of the written permission
	PermissionDay viet.Day
	PermittedBy   string // who permitted it, with his office
	Condition     string // in what state the device changes hands
	OfferedBy     org.PersonID
	OfferedAt     time.Time
	State         HandoverState
	EndedAt       time.Time
	Minutes       string // số biên bản, once done
}

const handoverColumns = `SELECT id, certificate, giver, receiver, permission, permission_day, permitted_by, condition, offered_by, offered_at, state, ended_at, minutes FROM handover`

func scanHandover(r db.Row) (h Handover, err error) {
	var offered, ended int64
	err = r.Scan(&h.ID, &h.Certificate, &h.Giver, &h.Receiver, &h.Permission, &h.PermissionDay, &h.PermittedBy, &h.Condition, &h.OfferedBy, &offered, &h.State, &ended, &h.Minutes)
	h.OfferedAt, h.EndedAt = db.Time(offered), db.Time(ended)
	return h, err
}

// HandoverByID finds a handing over.
func HandoverByID(q db.Q, id int64) (Handover, error) {
	h, err := db.One(q, scanHandover, handoverColumns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return h, fail.NotFound()
	}
	return h, err
}

// Handovers lists the handings over of a key, newest first.
func Handovers(q db.Q, certificate int64) ([]Handover, error) {
	return db.All(q, scanHandover, handoverColumns+` WHERE certificate = $1 ORDER BY id DESC`, certificate)
}

// OffersTo lists the keys that a person is asked to take.
func OffersTo(q db.Q, p org.PersonID) ([]Handover, error) {
	return db.All(q, scanHandover, handoverColumns+` WHERE receiver = $1 AND state = $2 ORDER BY id`, p, Offered)
}

// Offer begins a handing over. Refuses E-INVALID without a written permission,
// E-STATE while another one is open. law:HT33-4.1 ND30-32.2b
func Offer(tx *db.Tx, h Handover) (int64, error) {
	var bad fail.Form
	bad.Require("permission", h.Permission, "Cần số văn bản cho phép giao khóa.", "HT33-4.1", "ND30-32.2b")
	if h.PermissionDay.IsZero() || h.PermissionDay > viet.DayOf(tx.Now) {
		bad.Add("permission-day", "Cần ngày của văn bản cho phép, không sau hôm nay.", "ND30-32.2b")
	}
	bad.Require("permitted-by", h.PermittedBy, "Cần người có thẩm quyền đã cho phép.", "ND30-32.2b")
	bad.Limit("permission", h.Permission, 100)
	bad.Limit("permitted-by", h.PermittedBy, 200)
	bad.Limit("condition", h.Condition, 1000)
	if err := bad.Err(); err != nil {
		return 0, err
	}
	id := tx.NewID()
	_, err := tx.Exec(`INSERT INTO handover (id, certificate, giver, receiver, permission, permission_day, permitted_by, condition, offered_by, offered_at, state, ended_at, minutes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '')`,
		id, h.Certificate, h.Giver, h.Receiver, viet.NFC(h.Permission), h.PermissionDay, viet.NFC(h.PermittedBy), viet.NFC(h.Condition), h.OfferedBy, db.Ms(tx.Now), Offered)
	if db.IsUnique(err) {
		return 0, fail.State("Khóa này đang chờ một người khác xác nhận nhận bàn giao.", "HT33-4.1").Then("Chờ người ấy xác nhận, hoặc rút lại lần bàn giao đó.")
	}
	return id, err
}

// Take ends a handing over: the receiver keeps the key from now on. agency is
// the short name in the number of the minutes, which nobody types: it is the
// next of the year.
func Take(tx *db.Tx, h Handover, agency string) (minutes string, err error) {
	year := viet.DayOf(tx.Now).Year()
	from := db.Ms(viet.MakeDay(year, time.January, 1).Start())
	n, err := db.Value[int](tx, `SELECT COUNT(*) FROM custody WHERE from_at >= $1`, from)
	if err != nil {
		return "", err
	}
	minutes = fmt.Sprintf("%02d/BBBG-%s", n+1, agency)
	if err := end(tx, h, Taken, minutes); err != nil {
		return "", err
	}
	permission := h.Permission + " ngày " + h.PermissionDay.String()
	return minutes, HandOver(tx, h.Certificate, h.Receiver, permission, minutes)
}

// Withdraw ends a handing over without effect.
func Withdraw(tx *db.Tx, h Handover) error { return end(tx, h, Withdrawn, "") }

func end(tx *db.Tx, h Handover, to HandoverState, minutes string) error {
	if h.State != Offered {
		return fail.State("Lần bàn giao này đã kết thúc.", "HT33-4.1")
	}
	_, err := tx.Exec(`UPDATE handover SET state = $2, ended_at = $3, minutes = $4 WHERE id = $1`, h.ID, to, db.Ms(tx.Now), minutes)
	return err
}
