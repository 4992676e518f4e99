package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// late is a statement that waits for the end of its commit. An act starts with
// what those before it left; if it fails, what it added is forgotten with it.
type late struct {
	text  string
	args  []any
	width int // of an INSERT, whose rows add up: arguments of one row
}

// mostRows is a power of two, as are all numbers of rows that go in at once, so
// that few texts are compiled and kept.
const mostRows = 16

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

func (d late) put(ctx context.Context, l *line) {
	if d.width == 0 {
		l.put(ctx, d.text, d.args...)
		return
	}
	for n := mostRows * d.width; len(d.args) > 0; n /= 2 {
		for ; len(d.args) >= n; d.args = d.args[n:] {
			l.put(ctx, rows(d.text, d.width, n), d.args[:n]...)
		}
	}
}

// rows lengthens an INSERT of one row until it takes n arguments.
func rows(insert string, width, n int) string {
	b := []byte(strings.TrimSuffix(insert, ")"))
	for i := width; i < n; i++ {
		sep := ", "
		if i%width == 0 {
			sep = "), ("
		}
		b = fmt.Appendf(b, "%s$%d", sep, i+1)
	}
	return string(append(b, ')'))
}
