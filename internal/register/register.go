// Package register keeps the books (sổ đăng ký văn bản) and gives out numbers
// (cấp số).
//
// A book is a series of one direction and one year: arrival numbers have one
// series for paper and electronic documents; outgoing numbers one per series
// that the head of the agency decided (setting "register.series": "all" or
// "kind"). Numbers run 1..n on 1 January anew, given in the store's turn, so
// there are no gaps and no repeats; a void number stays in the book with its
// reason. Tables: book, line, amendment.
//
// law:ND30-15 ND30-22 GL443-7.2.ii.b HT33-10.1.c.i
package register

import (
	"errors"
	"fmt"
	"time"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/org"
	"vanthu/viet"
)

// Series is a run of numbers within a direction.
type Series string

// Arrivals is the one series of incoming documents.
const Arrivals Series = "den"

// Book is one sổ of one year.
type Book struct {
	ID     int64
	Way    document.Way
	Series Series
	Name   string
	Year   int
	Last   int64
}

func scanBook(r db.Row) (b Book, err error) {
	return b, r.Scan(&b.ID, &b.Way, &b.Series, &b.Name, &b.Year, &b.Last)
}

const bookColumns = `SELECT id, direction, series, name, year, last FROM book`

// Books lists the books of a direction, newest year first.
func Books(q db.Q, w document.Way) ([]Book, error) {
	return db.All(q, scanBook, bookColumns+` WHERE direction = $1 ORDER BY year DESC, id`, w)
}

// find gives the book, opening it when the year is new: books roll to number 1
// on 1 January (law:HT33-10.1.c.i).
func find(tx *db.Tx, w document.Way, s Series, year int) (Book, error) {
	b, err := db.One(tx, scanBook, bookColumns+` WHERE direction = $1 AND series = $2 AND year = $3`, w, s, year)
	if !errors.Is(err, db.ErrNone) {
		return b, err
	}
	b = Book{ID: tx.NewID(), Way: w, Series: s, Name: bookName(w, s), Year: year}
	_, err = tx.Exec(`INSERT INTO book (id, direction, series, name, year, last) VALUES ($1, $2, $3, $4, $5, 0)`, b.ID, b.Way, b.Series, b.Name, b.Year)
	return b, err
}

func bookName(w document.Way, s Series) string {
	switch {
	case w == document.In:
		return "Sổ đăng ký văn bản đến"
	case s == "all":
		return "Sổ đăng ký văn bản đi"
	}
	return "Sổ đăng ký văn bản đi: " + string(s)
}

// Begin opens a book in mid-year with the last number given out before this
// system was in use, so that numbers go on without a gap. It refuses a book
// that has lines. law:ND30-15
func Begin(tx *db.Tx, w document.Way, s Series, year int, last int64) error {
	b, err := find(tx, w, s, year)
	if err != nil {
		return err
	}
	if b.Last != 0 {
		return fail.State("Sổ năm nay đã có số, không đặt lại số đầu.", "ND30-15")
	}
	_, err = tx.Exec(`UPDATE book SET last = $2 WHERE id = $1`, b.ID, last)
	return err
}

// SeriesOf tells which outgoing series a kind takes its numbers from, by the
// agency's setting (law:ND30-15).
func SeriesOf(q db.Q, kind string) (Series, error) {
	how, err := org.Setting(q, "register.series")
	if err != nil {
		return "", err
	}
	if how == "kind" {
		return Series(kind), nil
	}
	return "all", nil
}

// Take gives the next number of a series to a document and writes its line.
func Take(tx *db.Tx, w document.Way, s Series, d document.ID) (int64, error) {
	b, err := find(tx, w, s, viet.DayOf(tx.Now).Year())
	if err != nil {
		return 0, err
	}
	no := b.Last + 1
	if _, err := tx.Exec(`UPDATE book SET last = $2 WHERE id = $1`, b.ID, no); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO line (id, book, no, document, at, person, void_at, void_reason) VALUES ($1, $2, $3, $4, $5, $6, 0, '')`,
		tx.NewID(), b.ID, no, d, db.Ms(tx.Now), tx.By.Person)
	return no, err
}

// Next tells the number that Take would give now, for a preview.
func Next(q db.Q, w document.Way, s Series, year int) (int64, error) {
	last, err := db.Value[int64](q, `SELECT last FROM book WHERE direction = $1 AND series = $2 AND year = $3`, w, s, year)
	if errors.Is(err, db.ErrNone) {
		return 1, nil
	}
	return last + 1, err
}

// Void marks the number of a document as not used; it stays in the book.
func Void(tx *db.Tx, d document.ID, reason string) error {
	n, err := tx.Exec(`UPDATE line SET void_at = $2, void_reason = $3 WHERE document = $1 AND void_at = 0`, d, db.Ms(tx.Now), reason)
	if err == nil && n != 1 {
		return fail.State("Văn bản chưa có số để hủy.", "ND30-15")
	}
	return err
}

// Line is one dòng of a book.
type Line struct {
	No         int64
	Document   document.ID
	At         time.Time
	VoidAt     time.Time
	VoidReason string
}

// Lines lists a book from its first number to its last.
func Lines(q db.Q, book int64) ([]Line, error) {
	return db.All(q, func(r db.Row) (l Line, err error) {
		var at, void int64
		err = r.Scan(&l.No, &l.Document, &at, &void, &l.VoidReason)
		l.At, l.VoidAt = db.Time(at), db.Time(void)
		return l, err
	}, `SELECT no, document, at, void_at, void_reason FROM line WHERE book = $1 ORDER BY no`, book)
}

// Text is a number as it is written: with a leading zero below ten.
// law:ND30-PL1.II.3
func Text(no int64) string { return fmt.Sprintf("%02d", no) }
