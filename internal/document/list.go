package document

import (
	"strconv"
	"strings"

	"vanthu/internal/access"
	"vanthu/internal/db"
	"vanthu/internal/org"
	"vanthu/viet"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Filter narrows a list; the zero value of a part does not narrow.
type Filter struct {
	Way    Way
	States []State
	Words  string // any spelling, with or without marks; all words must occur
	Kind   string
	Limit  int // 50 when 0
	Before ID  // for the next page: only ids below
}

// List gives the documents an actor may see, newest first.
func List(q db.Q, a org.Actor, f Filter) ([]Document, error) {
	where, args := f.where(a)
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	return db.All(q, scan, columns+where+` ORDER BY d.id DESC LIMIT `+itoa(limit), args...)
}

// CountList tells how many documents List would give without its limit.
func CountList(q db.Q, a org.Actor, f Filter) (int, error) {
	where, args := f.where(a)
	return db.Value[int](q, `SELECT COUNT(*) FROM document d`+where, args...)
}

func (f Filter) where(a org.Actor) (string, []any) {
	seen, args := access.Visible(a, "d.id", 1)
	parts := []string{seen}
	add := func(cond string, arg any) {
		args = append(args, arg)
		parts = append(parts, cond+"$"+itoa(len(args)))
	}
	if f.Way != "" {
		add("d.direction = ", f.Way)
	}
	if f.Kind != "" {
		add("d.kind = ", f.Kind)
	}
	if f.Before != 0 {
		add("d.id < ", f.Before)
	}
	if len(f.States) > 0 {
		in, more := db.In(len(args)+1, f.States)
		parts, args = append(parts, "d.state IN "+in), append(args, more...)
	}
	for _, w := range strings.Fields(viet.Fold(f.Words)) {
		args = append(args, "%"+w+"%")
		parts = append(parts, "d.text_fold LIKE $"+itoa(len(args)))
	}
	return " WHERE " + strings.Join(parts, " AND "), args
}

// IssuedID finds the issued document of this agency with that number and
// notation (in any spelling) that is the one meant; db.ErrNone when none is.
func IssuedID(q db.Q, meant func(Document) bool, code string) (ID, error) {
	list, err := db.All(q, scan, columns+` WHERE d.direction = $1 AND d.doc_key LIKE $2 AND d.issued_at <> 0 ORDER BY d.id DESC`, Out, viet.NotationKey(code)+"|%")
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		if meant(d) {
			return d.ID, nil
		}
	}
	return 0, db.ErrNone
}
