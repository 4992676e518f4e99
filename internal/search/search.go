// Package search finds documents by their words (tra cứu): number and symbol in
// any spelling, subject, issuer, signer, and the text of their files.
//
// Words are compared folded, so that "quy hoach" finds "quy hoạch" and
// "123/QD-UBND" finds "0123/QĐ-UBND"; a mark that was typed must be there, so
// that "quy hoạch" does not find "qui hoách". The last word may be unfinished.
// All words must stand in the head (register line), or side by side in the
// body (text of the files).
//
//	w := search.Parse("quy hoạch cụm")
//	ids, err := search.Find(q, w, "in", rights, 0, 31)     // newest first
//	w.Mark("V/v rà soát quy hoạch cụm công nghiệp")         // pieces, hits marked
//
// The index is written by a follower (package office) and read within the
// caller's rights: the condition of package access is part of the query. The
// word index itself is the one place where the engines differ: FTS5 on SQLite,
// tsvector on PostgreSQL, both over words that were folded here.
//
// Table: search_text (search_word beside it on SQLite).
//
// law:HT33-20.4
package search

import (
	"errors"
	"strconv"
	"strings"

	"vanthu/internal/db"
)

// Text is what the index keeps of one document.
type Text struct {
	subject            int64
	kind, body, file   string
	headFold, bodyFold string
}

// Fold makes the text of a document ready for the index; a long one takes a
// while, so do it before the write. kind is the list it belongs to ("in",
// "out"), head its register line, body the text of its files (cut at MaxBody),
// file the hash of what body was read from.
func Fold(subject int64, kind, head, body, file string) Text {
	body = cut(body, MaxBody)
	return Text{subject, kind, body, file, fold(head), fold(body)}
}

// MaxBody bounds the text kept of one document, in bytes: what a PostgreSQL
// tsvector holds in the worst case. What stands behind it is not found.
const MaxBody = 300_000

// Rights is the condition that a subject may be seen, on a column and with
// placeholders from a number on: access.Visible for an actor.
type Rights func(column string, from int) (cond string, args []any)

// Put enters a document or enters it anew.
func Put(tx *db.Tx, t Text) error {
	if err := Drop(tx, t.subject); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO search_text (subject, kind, head_fold, body_fold, body, file) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.subject, t.kind, t.headFold, t.bodyFold, t.body, t.file)
	return err
}

// Drop takes a document out of the index; one that is not there is no error.
func Drop(tx *db.Tx, subject int64) error {
	_, err := tx.Exec(`DELETE FROM search_text WHERE subject = $1`, subject)
	return err
}

// Body gives the text kept of a document and the hash of its files; both are
// empty when the index does not have it.
func Body(q db.Q, subject int64) (text, file string, err error) {
	type row struct{ body, file string }
	x, err := db.One(q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.body, &x.file) },
		`SELECT body, file FROM search_text WHERE subject = $1`, subject)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return x.body, x.file, err
}

// Find lists the subjects of a kind whose folded words fit, newest first,
// below an id when before is not 0. Marks are not compared here: ask
// Words.Head and Words.Body of what it gives.
func Find(q db.Q, w Words, kind string, rights Rights, before int64, limit int) ([]int64, error) {
	if w.None() {
		return nil, nil
	}
	if before == 0 {
		before = 1<<63 - 1
	}
	sel, match, order := sqliteFind(w, kind)
	if q.Engine() == db.Postgres {
		sel, match, order = postgresFind(w, kind)
	}
	args := append(match, before)
	cond, more := rights(order, len(args)+1)
	query := sel + ` AND ` + order + ` < $` + strconv.Itoa(len(args)) + ` AND ` + cond + ` ORDER BY ` + order + ` DESC LIMIT ` + strconv.Itoa(limit)
	return db.Column[int64](q, query, append(args, more...)...)
}

// Among is Find for somebody who may see few documents, which are named: it
// looks at those only, where Find would look at every document with the words.
// It may give more than fits: words that only contain what was asked for.
func Among(q db.Q, w Words, kind string, subjects []int64) ([]int64, error) {
	if w.None() || len(subjects) == 0 {
		return nil, nil
	}
	in, args := db.In(1, subjects)
	n := len(args)
	args = append(args, kind, "%"+strings.Trim(w.phrase(), `"* `)+"%")
	query := `SELECT subject FROM search_text WHERE subject IN ` + in + ` AND kind = $` + strconv.Itoa(n+1) + ` AND (body_fold LIKE $` + strconv.Itoa(n+2) + ` OR (`
	for i, t := range w.terms {
		if i > 0 {
			query += ` AND `
		}
		args = append(args, "%"+t.key+"%")
		query += `head_fold LIKE $` + strconv.Itoa(len(args))
	}
	return db.Column[int64](q, query+`)) ORDER BY subject DESC`, args...)
}

// sqliteFind reads the word index from its newest row down and stops at the
// limit, however many rows fit.
func sqliteFind(w Words, kind string) (sel string, args []any, order string) {
	return `SELECT rowid FROM search_word WHERE search_word MATCH $1`,
		[]any{`kind : "` + kind + `" AND (head_fold : (` + w.join(`"%s"`, ` *`, ` AND `) + `) OR body_fold : ` + w.phrase() + `)`}, "search_word.rowid"
}

func postgresFind(w Words, kind string) (sel string, args []any, order string) {
	return `SELECT subject FROM search_text s WHERE words @@ to_tsquery('simple', $1) AND kind = $2`,
		[]any{`(` + w.join(`'%s':A`, `*`, ` & `) + `) | (` + w.join(`'%s':B`, `*`, ` <-> `) + `)`, kind}, "s.subject"
}

// join writes every word in a form, with the sign of an unfinished word after
// the last. Words hold letters and digits only, so nothing needs quoting.
func (w Words) join(form, unfinished, between string) string {
	var b strings.Builder
	for i, t := range w.terms {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString(strings.Replace(form, "%s", t.key, 1))
		if t.open {
			b.WriteString(unfinished)
		}
	}
	return b.String()
}

// phrase is the words side by side in the language of FTS5.
func (w Words) phrase() string {
	keys := make([]string, len(w.terms))
	for i, t := range w.terms {
		keys[i] = t.key
	}
	s := `"` + strings.Join(keys, " ") + `"`
	if w.terms[len(keys)-1].open {
		s += ` *`
	}
	return s
}

// cut shortens a text to at most n bytes, at a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
