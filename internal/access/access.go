// Package access decides who may do what (phân quyền).
//
// Who somebody is to a document is data: relations, rows that procedures
// grant to a person, to the holders of a role, or to the leaders of a unit.
// The policy is one table (rules.go) of action × relation; Can is a pure
// function of it. Lists use Visible, the same table turned into SQL, and a
// property test proves that both agree.
//
// Denied and absent look the same from outside: without any reading relation
// the answer is E-HIDDEN.
//
// law:HN20-7.1.b HN20-8.1.b HN20-10.1.a
package access

import (
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
)

// Subject is what relations are held to: a document's id.
type Subject int64

// Grant gives a token a relation to a subject; twice is once.
func Grant(tx *db.Tx, s Subject, t org.Token, r Relation) error {
	_, err := tx.Exec(`INSERT INTO relation (subject, token, kind) VALUES ($1, $2, $3) ON CONFLICT (subject, token, kind) DO NOTHING`, s, t, r)
	return err
}

// Revoke takes a relation back.
func Revoke(tx *db.Tx, s Subject, t org.Token, r Relation) error {
	_, err := tx.Exec(`DELETE FROM relation WHERE subject = $1 AND token = $2 AND kind = $3`, s, t, r)
	return err
}

// RevokeAll takes every relation of a kind back.
func RevokeAll(tx *db.Tx, s Subject, r Relation) error {
	_, err := tx.Exec(`DELETE FROM relation WHERE subject = $1 AND kind = $2`, s, r)
	return err
}

// Of lists what an actor is to a subject.
func Of(q db.Q, a org.Actor, s Subject) ([]Relation, error) {
	in, args := db.In(2, a.Tokens)
	return db.Column[Relation](q, `SELECT DISTINCT kind FROM relation WHERE subject = $1 AND token IN `+in, append([]any{s}, args...)...)
}

// Holders lists the tokens that hold a relation to a subject.
func Holders(q db.Q, s Subject, r Relation) ([]org.Token, error) {
	return db.Column[org.Token](q, `SELECT token FROM relation WHERE subject = $1 AND kind = $2 ORDER BY token`, s, r)
}

// Check refuses unless the actor may do the action on the subject: E-HIDDEN
// when he may not even see it, E-FORBID with the clause otherwise.
func Check(q db.Q, a org.Actor, s Subject, act Action) error {
	rel, err := Of(q, a, s)
	if err != nil {
		return err
	}
	if Can(rel, act) {
		return nil
	}
	if !Can(rel, See) {
		return fail.NotFound()
	}
	return fail.Deny(deniedText(act), Rule(act).Cite...)
}

// May refuses unless one of the actor's roles allows an action that has no
// document yet (to create one, to look into a register).
func May(a org.Actor, act Action) error {
	for _, r := range Rule(act).Roles {
		if a.Has(r) {
			return nil
		}
	}
	return fail.Deny(deniedText(act), Rule(act).Cite...)
}

// Can says whether any of the relations allows the action.
func Can(rel []Relation, act Action) bool {
	allowed := Rule(act).Relations
	for _, r := range rel {
		for _, x := range allowed {
			if r == x {
				return true
			}
		}
	}
	return false
}

// Visible is the SQL condition that a subject (named by column, "d.id") may be
// seen by the actor; placeholders start at from.
func Visible(a org.Actor, column string, from int) (string, []any) {
	tokens, args := db.In(from, a.Tokens)
	kinds, more := db.In(from+len(args), Rule(See).Relations)
	return `EXISTS (SELECT 1 FROM relation r WHERE r.subject = ` + column + ` AND r.token IN ` + tokens + ` AND r.kind IN ` + kinds + `)`,
		append(args, more...)
}

func deniedText(act Action) string {
	return "Ông/bà không có quyền " + Rule(act).Name + "."
}
