// Package org keeps the agency (cơ quan): its units (đơn vị), people (cán bộ),
// roles (vai trò), mandates (ủy quyền), and the directory (danh bạ) of the
// agencies it writes to.
//
// Tables: setting, directory, unit, person, role, mandate. Nothing is deleted:
// a role or mandate ends on a day, a person becomes inactive.
//
// law:HT33-5.2 HN20-10.1.a BRVT1842-2.5
package org

import (
	"errors"

	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/viet"
)

// PersonID names a person of the agency; 0 is the system.
type PersonID int64

// UnitID names a unit of the agency; 0 is the agency itself.
type UnitID int64

// Role is what a person is in the agency (requirements §1.4).
type Role string

// The roles.
const (
	Clerk      Role = "clerk"       // văn thư
	Leader     Role = "leader"      // lãnh đạo cơ quan
	Head       Role = "head"        // thủ trưởng: the leader who may do all a leader may
	Chief      Role = "chief"       // chánh văn phòng
	UnitLeader Role = "unit-leader" // lãnh đạo đơn vị
	Official   Role = "official"    // chuyên viên
	Archivist  Role = "archivist"   // cán bộ lưu trữ
	Admin      Role = "admin"       // quản trị mạng
	Operator   Role = "operator"    // vận hành trục
)

// Names of the roles as people read them.
var roleNames = map[Role]string{
	Clerk: "Văn thư", Leader: "Lãnh đạo cơ quan", Head: "Thủ trưởng", Chief: "Chánh văn phòng",
	UnitLeader: "Lãnh đạo đơn vị", Official: "Chuyên viên", Archivist: "Cán bộ lưu trữ",
	Admin: "Quản trị", Operator: "Vận hành trục",
}

func (r Role) String() string { return roleNames[r] }

// Unit is one đơn vị.
type Unit struct {
	ID     UnitID
	Name   string
	Short  string // in notations: "KT" of 12/SXD-KT
	Parent UnitID
}

// Person is one cán bộ.
type Person struct {
	ID       PersonID
	Login    string
	Name     string
	Title    string // chức vụ, as under a signature: "Giám đốc"
	Unit     UnitID
	UnitName string
	Fields   string // fields in charge (lĩnh vực phụ trách), comma separated
}

// Initials are the letters of the avatar: "TL" of Trần Thị Lan.
func (p Person) Initials() string { return viet.Initials(p.Name) }

// Short is the given name, as colleagues say it.
func (p Person) Short() string { return viet.GivenName(p.Name) }

const personColumns = `SELECT p.id, p.login, p.name, p.title, p.unit, COALESCE(u.name, ''), p.fields
	FROM person p LEFT JOIN unit u ON u.id = p.unit`

func scanPerson(r db.Row) (p Person, err error) {
	return p, r.Scan(&p.ID, &p.Login, &p.Name, &p.Title, &p.Unit, &p.UnitName, &p.Fields)
}

// PersonByID finds a person, active or not; the system for 0.
func PersonByID(q db.Q, id PersonID) (Person, error) {
	if id == 0 {
		return Person{Name: "Hệ thống", Login: "system"}, nil
	}
	p, err := db.One(q, scanPerson, personColumns+` WHERE p.id = $1`, id)
	return p, orNotFound(err)
}

// PersonByLogin finds an active person.
func PersonByLogin(q db.Q, login string) (Person, error) {
	p, err := db.One(q, scanPerson, personColumns+` WHERE p.login = $1 AND p.active`, login)
	return p, orNotFound(err)
}

// Active says whether somebody works here; not for 0 and for unknown ids.
func Active(q db.Q, id PersonID) (bool, error) {
	yes, err := db.Value[bool](q, `SELECT active FROM person WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return yes, err
}

// People lists the active people, by unit and order of entry.
func People(q db.Q) ([]Person, error) {
	return db.All(q, scanPerson, personColumns+` WHERE p.active ORDER BY p.unit, p.id`)
}

// PeopleOf lists the active people of a unit.
func PeopleOf(q db.Q, u UnitID) ([]Person, error) {
	return db.All(q, scanPerson, personColumns+` WHERE p.unit = $1 AND p.active ORDER BY p.id`, u)
}

// WithRole lists the people who hold a role on a day.
func WithRole(q db.Q, r Role, day viet.Day) ([]Person, error) {
	return db.All(q, scanPerson, personColumns+` WHERE p.active AND p.id IN (
		SELECT person FROM role WHERE kind = $1 AND from_day <= $2 AND (to_day = '' OR to_day >= $2)) ORDER BY p.id`, r, day.ISO())
}

// Units lists the units in order of entry.
func Units(q db.Q) ([]Unit, error) {
	return db.All(q, scanUnit, `SELECT id, name, short, parent FROM unit ORDER BY id`)
}

// UnitByID finds a unit.
func UnitByID(q db.Q, id UnitID) (Unit, error) {
	u, err := db.One(q, scanUnit, `SELECT id, name, short, parent FROM unit WHERE id = $1`, id)
	return u, orNotFound(err)
}

func scanUnit(r db.Row) (u Unit, err error) { return u, r.Scan(&u.ID, &u.Name, &u.Short, &u.Parent) }

// Heads lists the leaders of a unit on a day.
func Heads(q db.Q, u UnitID, day viet.Day) ([]Person, error) {
	return db.All(q, scanPerson, personColumns+` WHERE p.active AND p.id IN (
		SELECT person FROM role WHERE kind = 'unit-leader' AND unit = $1 AND from_day <= $2 AND (to_day = '' OR to_day >= $2)) ORDER BY p.id`, u, day.ISO())
}

// AddUnit enters a unit.
func AddUnit(tx *db.Tx, name, short string, parent UnitID) (UnitID, error) {
	id := UnitID(tx.NewID())
	_, err := tx.Exec(`INSERT INTO unit (id, name, short, parent) VALUES ($1, $2, $3, $4)`, id, viet.NFC(name), short, parent)
	return id, err
}

// AddPerson enters a person; the login is unique in the agency.
func AddPerson(tx *db.Tx, p Person) (PersonID, error) {
	id := PersonID(tx.NewID())
	p.Name = viet.NFC(p.Name)
	_, err := tx.Exec(`INSERT INTO person (id, login, name, name_fold, title, unit, fields, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, p.Login, p.Name, viet.Fold(p.Name), viet.NFC(p.Title), p.Unit, p.Fields, true)
	if db.IsUnique(err) {
		return 0, fail.Invalid("login", "Tên đăng nhập đã có người dùng.")
	}
	return id, err
}

// Appoint gives a role from a day on; basis names the decision.
func Appoint(tx *db.Tx, p PersonID, r Role, u UnitID, from viet.Day, basis string) error {
	_, err := tx.Exec(`INSERT INTO role (id, person, kind, unit, from_day, to_day, basis) VALUES ($1, $2, $3, $4, $5, '', $6)`,
		tx.NewID(), p, r, u, from.ISO(), basis)
	return err
}

func orNotFound(err error) error {
	if errors.Is(err, db.ErrNone) {
		return fail.NotFound()
	}
	return err
}
