package org

import (
	"vanthu/internal/db"
	"vanthu/viet"
)

// Token names a person, the holders of a role, or the leaders of a unit, in
// relations and queues: "person:7", "role:clerk", "head:3".
type Token string

// Of is a person's own token.
func Of(p PersonID) Token { return Token(fmtToken("person", int64(p))) }

// RoleToken is held by everybody who holds the role.
func RoleToken(r Role) Token { return Token("role:" + string(r)) }

// HeadToken is held by the leaders of a unit.
func HeadToken(u UnitID) Token { return Token(fmtToken("head", int64(u))) }

func fmtToken(kind string, id int64) string { return kind + ":" + itoa(id) }

// Actor is a person who acts now, with all that he may speak for.
type Actor struct {
	Person
	Agency  Agency
	Roles   []Role
	HeadOf  []UnitID
	Tokens  []Token // own, roles, units led, and those of mandates in force
	Address string  // network address
}

// Has says whether the actor holds a role.
func (a Actor) Has(r Role) bool {
	for _, x := range a.Roles {
		if x == r {
			return true
		}
	}
	return false
}

// Holds says whether the actor speaks for a token.
func (a Actor) Holds(t Token) bool {
	for _, x := range a.Tokens {
		if x == t {
			return true
		}
	}
	return false
}

// DB is the actor as the store records him.
func (a Actor) DB() db.Actor { return db.Actor{Person: int64(a.ID), Address: a.Address} }

// System acts for timers and followers.
var System = Actor{Person: Person{Name: "Hệ thống", Login: "system"}}

// Act loads a person as an actor on a day: his roles and mandates of that day.
// law:BRVT1842-6.2 GL443-14.1
func Act(q db.Q, id PersonID, day viet.Day, address string) (Actor, error) {
	p, err := PersonByID(q, id)
	if err != nil {
		return Actor{}, err
	}
	self, err := Self(q)
	if err != nil {
		return Actor{}, err
	}
	a := Actor{Person: p, Agency: self, Address: address}
	if err := a.take(q, id, day); err != nil {
		return a, err
	}
	givers, err := db.Column[PersonID](q, `SELECT giver FROM mandate WHERE receiver = $1 AND from_day <= $2 AND to_day >= $2`, id, day.ISO())
	if err != nil {
		return a, err
	}
	for _, g := range givers {
		if err := a.take(q, g, day); err != nil {
			return a, err
		}
	}
	return a, nil
}

// take adds what a person holds: his token, his roles, the units he leads.
func (a *Actor) take(q db.Q, id PersonID, day viet.Day) error {
	type held struct {
		kind Role
		unit UnitID
	}
	roles, err := db.All(q, func(r db.Row) (h held, err error) { return h, r.Scan(&h.kind, &h.unit) },
		`SELECT kind, unit FROM role WHERE person = $1 AND from_day <= $2 AND (to_day = '' OR to_day >= $2) ORDER BY id`, id, day.ISO())
	if err != nil {
		return err
	}
	a.Tokens = append(a.Tokens, Of(id))
	for _, h := range roles {
		a.Roles = append(a.Roles, h.kind)
		switch h.kind {
		case UnitLeader:
			a.HeadOf = append(a.HeadOf, h.unit)
			a.Tokens = append(a.Tokens, HeadToken(h.unit))
		default:
			a.Tokens = append(a.Tokens, RoleToken(h.kind))
		}
	}
	return nil
}

// TokenName says who a token is, as people read it: "Phòng Quy hoạch".
func TokenName(q db.Q, t Token) (string, error) {
	kind, id := splitToken(t)
	switch kind {
	case "person":
		p, err := PersonByID(q, PersonID(id))
		return p.Name, err
	case "head":
		u, err := UnitByID(q, UnitID(id))
		return u.Name, err
	}
	return Role(string(t)[len("role:"):]).String(), nil
}

// Unit of a head token; 0 for other tokens.
func (t Token) Unit() UnitID {
	if kind, id := splitToken(t); kind == "head" {
		return UnitID(id)
	}
	return 0
}

// Person of a person token; 0 for other tokens.
func (t Token) Person() PersonID {
	if kind, id := splitToken(t); kind == "person" {
		return PersonID(id)
	}
	return 0
}
