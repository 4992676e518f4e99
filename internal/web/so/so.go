// Package so shows the books of the clerk (sổ đăng ký văn bản đến, sổ đăng ký
// văn bản đi) of any year on screen, in the columns of the decree, and prints
// them as PDF. A void number keeps its line, struck through, with the reason.
//
//	GET /so            leads to the book of arrivals
//	GET /so/den        ?nam=2025 &trang=2
//	GET /so/di         the same, with &so= for one of several series
//	GET /so/den.pdf    the whole book of the year, on paper
//	GET /so/di.pdf
//
// law:ND30-16 ND30-22 ND30-PL4 HN20-6.1.a
package so

import (
	"bytes"
	"embed"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/fail"
	"vanthu/internal/office"
	"vanthu/internal/register"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/part"
	"vanthu/internal/web/seat"
)

//go:embed *.html
var files embed.FS

var bookView = kit.NewView[bookPage](files, "book.html")

// Routes mounts the books.
func Routes(s *seat.Site, mux *http.ServeMux) {
	mux.Handle("GET /so", http.RedirectHandler("/so/den", http.StatusSeeOther))
	mux.Handle("GET /so/{$}", http.RedirectHandler("/so/den", http.StatusSeeOther))
	for _, way := range []document.Way{document.In, document.Out} {
		mux.Handle("GET "+address(way), s.Handle(func(w http.ResponseWriter, r *http.Request, x *seat.Seat) error { return show(w, r, x, way) }))
		mux.Handle("GET "+address(way)+".pdf", s.Handle(func(w http.ResponseWriter, r *http.Request, x *seat.Seat) error { return print(w, r, x, way) }))
	}
}

func address(w document.Way) string {
	if w == document.In {
		return "/so/den"
	}
	return "/so/di"
}

func itoa[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

type bookPage struct {
	kit.Page
	Heading string
	Under   string
	Out     bool
	Ways    []part.Tab // đến, đi
	Years   []part.Tab // books of other years, and other series of this one
	Print   string     // address of the PDF
	Rows    []row
	Pager   part.Pager
	Empty   part.Empty
}

const perPage = 100

// show is one page of a book on screen, the newest entries first.
func show(w http.ResponseWriter, r *http.Request, x *seat.Seat, way document.Way) error {
	p := bookPage{Out: way == document.Out, Heading: "Sổ đăng ký văn bản đến"}
	if p.Out {
		p.Heading = "Sổ đăng ký văn bản đi"
	}
	err := x.Read(r, func(v *db.View) error { return p.load(v, r, x, way) })
	if err != nil {
		return err
	}
	if p.Page, err = x.Page(r, p.Heading); err != nil {
		return err
	}
	return bookView.Show(w, r, p)
}

func (p *bookPage) load(v *db.View, r *http.Request, x *seat.Seat, way document.Way) error {
	book, books, err := choose(v, r, x, way)
	if err != nil {
		return err
	}
	p.Empty = part.Empty{Icon: part.Icon("book-open"), Title: "Sổ chưa có dòng nào", Text: "Dòng đầu tiên vào sổ khi văn thư đăng ký văn bản đến, hoặc cấp số cho văn bản đi."}
	p.Ways = []part.Tab{{Text: "Văn bản đến", Href: "/so/den", Current: !p.Out}, {Text: "Văn bản đi", Href: "/so/di", Current: p.Out}}
	if book.ID == 0 {
		return nil
	}
	p.Heading, p.Print = book.Name, address(way)+".pdf?so="+itoa(book.ID)
	for _, b := range books {
		p.Years = append(p.Years, part.Tab{Text: bookTab(b, books), Href: address(way) + "?so=" + itoa(b.ID), Current: b.ID == book.ID})
	}
	lines, err := register.Lines(v, book.ID)
	if err != nil {
		return err
	}
	p.Under = fmt.Sprintf("Năm %d · %d dòng", book.Year, len(lines))
	p.Pager = pager(r, len(lines), address(way)+"?so="+itoa(book.ID)+"&trang=%d")
	// The book runs upwards; the screen shows its newest page first.
	end := len(lines) - (p.Pager.Page-1)*perPage
	start := max(0, end-perPage)
	if end <= 0 {
		return nil
	}
	p.Rows, err = rows(v, x, way, lines[start:end])
	for i, j := 0, len(p.Rows)-1; i < j; i, j = i+1, j-1 {
		p.Rows[i], p.Rows[j] = p.Rows[j], p.Rows[i]
	}
	return err
}

func pager(r *http.Request, total int, href string) part.Pager {
	n, _ := strconv.Atoi(r.URL.Query().Get("trang"))
	pages := max(1, (total+perPage-1)/perPage)
	return part.Pager{Page: min(max(n, 1), pages), Pages: pages, Total: total, Href: href, What: "dòng"}
}

// bookTab names a book among its fellows: by its year, and by its series where
// a year has several.
func bookTab(b register.Book, all []register.Book) string {
	same := 0
	for _, o := range all {
		if o.Year == b.Year {
			same++
		}
	}
	if same > 1 {
		return itoa(b.Year) + " · " + string(b.Series)
	}
	return itoa(b.Year)
}

// choose finds the book asked for by its id or year, else the newest one.
func choose(v *db.View, r *http.Request, x *seat.Seat, way document.Way) (register.Book, []register.Book, error) {
	if err := office.MaySeeRegister(x.Actor); err != nil {
		return register.Book{}, nil, err
	}
	books, err := register.Books(v, way)
	if err != nil || len(books) == 0 {
		return register.Book{}, nil, err
	}
	id, year := r.URL.Query().Get("so"), r.URL.Query().Get("nam")
	if id == "" && year == "" {
		return books[0], books, nil
	}
	for _, b := range books {
		if itoa(b.ID) == id || (id == "" && itoa(b.Year) == year) {
			return b, books, nil
		}
	}
	return register.Book{}, nil, fail.NotFound()
}

// print sends the whole book as the decree wants it on paper.
// law:ND30-PL4.I ND30-16.2b
func print(w http.ResponseWriter, r *http.Request, x *seat.Seat, way document.Way) error {
	var b bytes.Buffer
	var name string
	err := x.Read(r, func(v *db.View) error {
		book, _, err := choose(v, r, x, way)
		if err != nil {
			return err
		}
		if book.ID == 0 {
			return fail.NotFound()
		}
		lines, err := register.Lines(v, book.ID)
		if err != nil {
			return err
		}
		list, err := rows(v, x, way, lines)
		if err != nil {
			return err
		}
		name = fmt.Sprintf("So-van-ban-%s-%d.pdf", map[document.Way]string{document.In: "den", document.Out: "di"}[way], book.Year)
		return write(&b, x, way, book, list)
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
	_, _ = w.Write(b.Bytes()) // the browser has gone: nothing to do
	return nil
}
