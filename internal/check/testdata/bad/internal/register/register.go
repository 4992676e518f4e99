// Package register keeps the books.
package register

const columns = "id, number"

func sqls(q interface {
	Query(string, ...any)
}, in string) {
	q.Query(`SELECT ` + columns + ` FROM entry WHERE id IN ` + in + ` ORDER BY number`)
	q.Query(`UPDATE entry SET number = $1 WHERE subject ILIKE $2 AND at < now()`)
	q.Query(`SELECT id FROM entry WHERE subject LIKE $1 AND subject_fold LIKE $2`)
	q.Query(`INSERT INTO task (id) VALUES ($1)`)
	q.Query(`SELECT id FROM entry WHERE nosuch = $1`)
	q.Query(`SELECT id FROM entry ` + in)
}
