// Package notice tells people (thông báo): a line in the bell of the page.
//
// Table: notice. Telling is a follower's work; nothing legal rests on it.
package notice

import (
	"time"

	"vanthu/internal/db"
)

// Notice is one line.
type Notice struct {
	ID      int64
	Person  int64
	At      time.Time
	Text    string
	Subject int64  // the document it is about, or 0
	Topic   string // what else it is about, "key:12"; '' mostly
	Read    bool
}

// Tell adds a notice for a person.
func Tell(tx *db.Tx, person int64, text string, subject int64) error {
	_, err := tx.Exec(`INSERT INTO notice (id, person, at, text, subject, read_at) VALUES ($1, $2, $3, $4, $5, 0)`,
		tx.NewID(), person, db.Ms(tx.Now), text, subject)
	return err
}

// Renew tells a person about a topic that is no document: what he was told of
// it before goes. Nothing happens when that said the same.
func Renew(tx *db.Tx, person int64, topic, text string) (news bool, err error) {
	same, err := db.Value[int](tx, `SELECT COUNT(*) FROM notice WHERE person = $1 AND topic = $2 AND text = $3`, person, topic, text)
	if err != nil || same > 0 {
		return false, err
	}
	if err := Drop(tx, person, topic); err != nil {
		return false, err
	}
	_, err = tx.Exec(`INSERT INTO notice (id, person, at, text, subject, read_at, topic) VALUES ($1, $2, $3, $4, 0, 0, $5)`,
		tx.NewID(), person, db.Ms(tx.Now), text, topic)
	return true, err
}

// Drop takes back what a person was told about a topic.
func Drop(tx *db.Tx, person int64, topic string) error {
	_, err := tx.Exec(`DELETE FROM notice WHERE person = $1 AND topic = $2`, person, topic)
	return err
}

// DropTopic takes back what anybody was told about a topic.
func DropTopic(tx *db.Tx, topic string) error {
	_, err := tx.Exec(`DELETE FROM notice WHERE topic = $1`, topic)
	return err
}

// Of lists a person's newest n notices.
func Of(q db.Q, person int64, n int) ([]Notice, error) {
	return db.All(q, func(r db.Row) (x Notice, err error) {
		var at, read int64
		err = r.Scan(&x.ID, &x.Person, &at, &x.Text, &x.Subject, &read, &x.Topic)
		x.At, x.Read = db.Time(at), read != 0
		return x, err
	}, `SELECT id, person, at, text, subject, read_at, topic FROM notice WHERE person = $1 ORDER BY id DESC LIMIT $2`, person, n)
}

// Unread counts a person's unread notices.
func Unread(q db.Q, person int64) (int, error) {
	return db.Value[int](q, `SELECT COUNT(*) FROM notice WHERE person = $1 AND read_at = 0`, person)
}

// MarkRead marks every notice of a person as read.
func MarkRead(tx *db.Tx, person int64) error {
	_, err := tx.Exec(`UPDATE notice SET read_at = $2 WHERE person = $1 AND read_at = 0`, person, db.Ms(tx.Now))
	return err
}
