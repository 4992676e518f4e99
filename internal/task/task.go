// Package task keeps direction and handling (chỉ đạo, xử lý): what a leader
// wrote (bút phê), who leads (chủ trì), coordinates (phối hợp) or is informed
// (nhận để biết), by when, and what came of it.
//
// Directions are never edited. Several handlers need exactly one lead, a due
// day and a direction; only the lead's completion completes the document.
// Tables: direction, assignment, progress.
//
// law:ND30-23 ND30-24 GL443-9.2 HT33-9.i HT33-9.ii
package task

import (
	"errors"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/viet"
)

// Direction is one ý kiến chỉ đạo.
type Direction struct {
	ID     int64
	Author org.PersonID
	Text   string
	Due    viet.Day
	At     time.Time
}

// AddDirection records a direction.
func AddDirection(tx *db.Tx, d document.ID, author org.PersonID, text string, due viet.Day) (int64, error) {
	id := tx.NewID()
	_, err := tx.Exec(`INSERT INTO direction (id, document, author, text, due_day, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, d, author, viet.NFC(text), due, db.Ms(tx.Now))
	return id, err
}

// Directions lists the directions on a document, first to last.
func Directions(q db.Q, d document.ID) ([]Direction, error) {
	return db.All(q, func(r db.Row) (x Direction, err error) {
		var at int64
		err = r.Scan(&x.ID, &x.Author, &x.Text, &x.Due, &at)
		x.At = db.Time(at)
		return x, err
	}, `SELECT id, author, text, due_day, at FROM direction WHERE document = $1 ORDER BY id`, d)
}

// Role in handling a document.
type Role string

// The roles.
const (
	Lead       Role = "lead"
	Coordinate Role = "coordinate"
	Inform     Role = "inform"
)

func (r Role) String() string {
	return map[Role]string{Lead: "Chủ trì", Coordinate: "Phối hợp", Inform: "Nhận để biết"}[r]
}

// State of an assignment.
type State string

// The states.
const (
	Open     State = "open"
	Done     State = "done"
	Returned State = "returned"
	Passed   State = "passed" // the unit leader gave it to somebody inside
)

// Assignment is one việc được giao.
type Assignment struct {
	ID        int64
	Document  document.ID
	Parent    int64 // the unit's assignment it was made from, or 0
	Direction int64
	Giver     org.PersonID
	Token     org.Token
	Role      Role
	Due       viet.Day
	State     State
	At        time.Time
	Opened    time.Time
	DoneAt    time.Time
	Result    string
	Reply     document.ID
}

func scan(r db.Row) (a Assignment, err error) {
	var at, opened, done int64
	err = r.Scan(&a.ID, &a.Document, &a.Parent, &a.Direction, &a.Giver, &a.Token, &a.Role, &a.Due, &a.State, &at, &opened, &done, &a.Result, &a.Reply)
	a.At, a.Opened, a.DoneAt = db.Time(at), db.Time(opened), db.Time(done)
	return a, err
}

const columns = `SELECT id, document, parent, direction, giver, token, role, due_day, state, at, opened_at, done_at, result, reply FROM assignment`

// Give makes an assignment.
func Give(tx *db.Tx, a Assignment) (int64, error) {
	id := tx.NewID()
	_, err := tx.Exec(`INSERT INTO assignment (id, document, parent, direction, giver, token, role, due_day, state, at, opened_at, done_at, result, reply)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, 0, 0, '', 0)`,
		id, a.Document, a.Parent, a.Direction, a.Giver, a.Token, a.Role, a.Due, db.Ms(tx.Now))
	return id, err
}

// Of lists the assignments of a document, first to last.
func Of(q db.Q, d document.ID) ([]Assignment, error) {
	return db.All(q, scan, columns+` WHERE document = $1 ORDER BY id`, d)
}

// OpenFor finds the actor's open assignment on a document, his own before
// that of a unit he leads, lead before the others; E-FORBID when there is none.
func OpenFor(q db.Q, d document.ID, a org.Actor) (Assignment, error) {
	list, err := Of(q, d)
	if err != nil {
		return Assignment{}, err
	}
	best := Assignment{}
	for _, x := range list {
		if x.State == Open && a.Holds(x.Token) && (best.ID == 0 || rank(x) < rank(best)) {
			best = x
		}
	}
	if best.ID == 0 {
		return best, fail.Deny("Ông/bà không có việc đang mở ở văn bản này.", "GL443-9.4")
	}
	return best, nil
}

func rank(a Assignment) int {
	n := map[Role]int{Lead: 0, Coordinate: 2, Inform: 4}[a.Role]
	if a.Token.Person() == 0 {
		n++
	}
	return n
}

// LeadOf finds the open assignment that leads a document.
func LeadOf(q db.Q, d document.ID) (Assignment, error) {
	a, err := db.One(q, scan, columns+` WHERE document = $1 AND role = 'lead' AND state = 'open' ORDER BY id DESC LIMIT 1`, d)
	if errors.Is(err, db.ErrNone) {
		return a, fail.State("Văn bản chưa có người chủ trì.", "GL443-9.2")
	}
	return a, err
}

// SetState moves an assignment; done carries its result and reply.
func SetState(tx *db.Tx, id int64, s State, result string, reply document.ID) error {
	_, err := tx.Exec(`UPDATE assignment SET state = $2, result = $3, reply = $4, done_at = $5 WHERE id = $1`, id, s, viet.NFC(result), reply, db.Ms(tx.Now))
	return err
}

// MarkOpened notes the first opening; false when it was opened before.
func MarkOpened(tx *db.Tx, id int64) (bool, error) {
	n, err := tx.Exec(`UPDATE assignment SET opened_at = $2 WHERE id = $1 AND opened_at = 0`, id, db.Ms(tx.Now))
	return n == 1, err
}

// AddProgress records a note on the way.
func AddProgress(tx *db.Tx, id int64, by org.PersonID, text string) error {
	_, err := tx.Exec(`INSERT INTO progress (id, assignment, person, text, at) VALUES ($1, $2, $3, $4, $5)`, tx.NewID(), id, by, viet.NFC(text), db.Ms(tx.Now))
	return err
}
