package db

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// late is a statement that waits for the end of its commit. An act starts with
// what those before it left; if it fails, what it added is forgotten with it,
// so nothing need be undone in the database.
type late struct {
	text  string
	args  []any
	width int  // of an INSERT, whose rows add up: arguments of one row
	sum   bool // rows of one key are added together
}

// mostRows is a power of two, as are all numbers of rows that go in at once, so
// that few texts are compiled and kept.
const mostRows = 16

// PutLast is Put of what tells how things stand after the commit: acts that
// share a commit and use the same text run it once, behind the last act, with
// what the last one gave. It must not fail: all acts of the commit would.
func (tx *Tx) PutLast(query string, args ...any) { tx.owe(late{text: query, args: args}) }

// PutRow is Put of one row by an INSERT with VALUES ($1, …): the rows of all
// acts of a commit go in together behind the last act, table by table in the
// order in which they were first put. It must not fail, and nothing put before
// the next query may change such a row.
func (tx *Tx) PutRow(insert string, args ...any) {
	tx.owe(late{text: insert, args: args, width: len(args)})
}

// PutSum is PutRow for counters: upsert takes a key and adds to what stands
// there; rows of one key are added together first.
func (tx *Tx) PutSum(upsert string, key int64, add ...int64) {
	args := []any{key}
	for _, n := range add {
		args = append(args, n)
	}
	tx.owe(late{text: upsert, args: args, width: len(args), sum: true})
}

// owe adds a statement to those that wait. The batch keeps its own list until
// the act has succeeded; rows are only ever added behind it.
func (tx *Tx) owe(d late) {
	i := slices.IndexFunc(tx.late, func(x late) bool { return x.text == d.text })
	tx.late = slices.Clone(tx.late)
	switch {
	case i < 0:
		tx.late = append(tx.late, d)
	case d.width > 0:
		tx.late[i].args = append(tx.late[i].args, d.args...)
	default:
		tx.late[i] = d
	}
}

// settle runs now what was left for the end of the commit, also by earlier acts,
// so that a query sees it.
func (tx *Tx) settle() {
	for _, d := range tx.late {
		d.put(tx.ctx, tx.line)
	}
	tx.late = nil
}

// Owes says whether something waits for the end of the commit.
func (tx *Tx) Owes() bool { return len(tx.late) > 0 }

// Settled reads what earlier commits left, and what was put without waiting for
// the end of this one: for queries to which the rows that still wait are
// nothing.
func (tx *Tx) Settled() Q { return settled{tx} }

type settled struct{ tx *Tx }

func (q settled) Query(query string, args ...any) (*sql.Rows, error) {
	return q.tx.line.query(q.tx.ctx, query, args...)
}

func (q settled) QueryRow(query string, args ...any) *sql.Row {
	return q.tx.line.queryRow(q.tx.ctx, query, args...)
}

func (q settled) Engine() Engine { return q.tx.Engine() }

func (d late) put(ctx context.Context, l *line) {
	if d.width == 0 {
		l.put(ctx, d.text, d.args...)
		return
	}
	if d.sum {
		d.add()
	}
	for n := mostRows * d.width; len(d.args) > 0; n /= 2 {
		for ; len(d.args) >= n; d.args = d.args[n:] {
			l.put(ctx, rows(d.text, d.width, n), d.args[:n]...)
		}
	}
}

// add brings the rows of each key together, in the order of the keys: on
// PostgreSQL a statement changes a row once.
func (d *late) add() {
	sums := map[int64][]any{}
	var keys []int64
	for row := range slices.Chunk(d.args, d.width) {
		key := row[0].(int64)
		had, ok := sums[key]
		if !ok {
			sums[key] = slices.Clone(row)
			keys = append(keys, key)
			continue
		}
		for i := 1; i < d.width; i++ {
			had[i] = had[i].(int64) + row[i].(int64)
		}
	}
	slices.Sort(keys)
	d.args = nil
	for _, key := range keys {
		d.args = append(d.args, sums[key]...)
	}
}

// rows lengthens an INSERT of one row until it takes n arguments.
func rows(insert string, width, n int) string {
	at := strings.Index(insert, "VALUES (") + len("VALUES ")
	end := at + strings.Index(insert[at:], ")") + 1
	b := []byte(insert[:end])
	for i := width; i < n; i += width {
		b = append(b, ", "...)
		b = append(b, argument.ReplaceAllStringFunc(insert[at:end], func(arg string) string {
			j, _ := strconv.Atoi(arg[1:])
			return "$" + strconv.Itoa(i+j)
		})...)
	}
	return string(b) + insert[end:]
}

var argument = regexp.MustCompile(`\$[0-9]+`)
