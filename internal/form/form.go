// Package form compares the PDF of a draft with the prescribed form of
// administrative documents (thể thức và kỹ thuật trình bày văn bản hành chính,
// Phụ lục I of Decree 30/2020), before a person does.
//
// It reads the text of the pages with its positions and asks what text can
// tell: paper and margins, national title (Quốc hiệu), names of the agencies,
// the line of the number, place and day, kind and subject, signer, places of
// receipt, page numbers, faces, stamps, annexes. Where register and paper say
// the same thing, they are compared. What only an eye can judge stays with the
// form checker; a scan without text gives one finding that says so.
//
//	f, err := pdf.Open(data)
//	for _, x := range form.Check(f, form.Expect{Kind: kind, Agency: "Sở Xây dựng", Notation: "SXD-KT"}) {
//		if !x.OK {
//			fmt.Println(x.Item, x.Text, x.Fix) // "Quốc hiệu" "…" "…"
//		}
//	}
//
// Findings advise; they stop nobody: the decree gives the check to a person
// (law:ND30-12.2). Comparisons ignore letter case, blanks and, except where
// spelling itself is checked, marks, because PDF writers lose them.
//
// law:ND30-8 ND30-PL1 ND30-12.2
package form

import (
	"vanthu/law"
	"vanthu/pdf"
)

// Level says how a finding that is not OK weighs.
type Level string

// The levels.
const (
	Error Level = "error" // differs from the prescribed form
	Warn  Level = "warn"  // a person should look
)

// Expect is what the register knows about the draft. What is empty is not
// compared.
type Expect struct {
	Kind        law.DocKind
	Agency      string // cơ quan ban hành: "Sở Xây dựng"
	Superior    string // cơ quan chủ quản: "UBND tỉnh Mẫu"
	Place       string // địa danh: "Mẫu"
	Notation    string // ký hiệu: "SXD-KT"
	Subject     string // trích yếu, with or without "V/v"
	SignerName  string
	SignerTitle string
	Capacity    string // quyền hạn ký: "", "TM.", "KT.", "TL.", "TUQ."
	Urgency     string // what the red frame says: "", "KHẨN", "THƯỢNG KHẨN", "HỎA TỐC"
}

// Finding is one line of the list that the checker sees: a part of the form
// and whether it stands as prescribed.
type Finding struct {
	Rule  law.Ref
	Item  string // the part, Vietnamese: "Quốc hiệu"
	OK    bool
	Level Level   // of a finding that is not OK, else ""
	Text  string  // what was found, one Vietnamese sentence
	Fix   string  // what to do about it, "" when OK
	Page  int     // from 1; 0 for the whole file
	Box   pdf.Box // mm from the upper left corner of the page; zero if it is about no place
}

// MaxPages is how many pages of a file are read; a longer one is judged by these.
const MaxPages = 300

// Check reads f and gives one finding for each part of the form, in the order
// of the decree, and one more for each further fault. It never fails: a file
// without readable text gives a single finding that asks for a person.
func Check(f *pdf.File, e Expect) []Finding {
	c, ok := read(f, e)
	if !ok {
		return []Finding{{
			Rule: "ND30-12.2", Item: "Đọc văn bản", Level: Warn,
			Text: "Tệp không có chữ đọc được (bản quét, ảnh hoặc trang bị xoay), máy không kiểm tra được thể thức.",
			Fix:  "Người kiểm tra thể thức xem từng thành phần; nên xuất PDF từ phần mềm soạn thảo.",
		}}
	}
	c.paper()
	c.margins()
	c.fonts()
	c.pageNumbers()
	c.nationalTitle()
	c.agencies()
	c.numberLine()
	c.placeAndDay()
	c.kindAndSubject()
	c.bodySize()
	c.signer()
	c.receivers()
	c.urgency()
	c.annexes()
	return c.out
}

// Failed counts the findings that are not OK.
func Failed(list []Finding) (n int) {
	for _, x := range list {
		if !x.OK {
			n++
		}
	}
	return n
}

// part is one part of the form with its clause.
type part struct {
	rule law.Ref
	item string
}

// checker gathers findings while it reads.
type checker struct {
	f     *pdf.File
	e     Expect
	pages []pdf.Page
	rows  [][]row // by page, from top to bottom
	annex []int   // indexes of the pages that begin an annex
	split float64 // mm: where the right column of the head begins
	out   []Finding
}

func (c *checker) pass(p part, at row, text string) {
	c.out = append(c.out, Finding{Rule: p.rule, Item: p.item, OK: true, Text: text, Page: at.number(), Box: at.box})
}

func (c *checker) fail(p part, l Level, at row, text, fix string) {
	c.out = append(c.out, Finding{Rule: p.rule, Item: p.item, Level: l, Text: text, Fix: fix, Page: at.number(), Box: at.box})
}

// judge is pass or fail.
func (c *checker) judge(ok bool, p part, l Level, at row, good, bad, fix string) {
	if ok {
		c.pass(p, at, good)
		return
	}
	c.fail(p, l, at, bad, fix)
}
