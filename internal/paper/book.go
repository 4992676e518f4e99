package paper

import (
	"fmt"
	"io"
	"time"

	"vanthu/viet"
)

// A Cover is the title page of a book, and what its foot says.
type Cover struct {
	Parent, Agency string // as for Document
	Series         string // which of several books, such as "Công văn"; may be empty
	Year           int
	From, To       viet.Day // first and last day entered
	First, Last    string   // first and last number
	Volume         int      // quyển số
	Blank          int      // empty rows to add: for entry by hand during a stoppage (law:HN20-5.4)
	Printed        time.Time
	By             string // who printed it
}

// OutgoingBook is the register of documents sent (sổ đăng ký văn bản đi).
//
// law:ND30-16.2b ND30-PL4
type OutgoingBook struct {
	Cover
	Rows []OutgoingRow
}

// OutgoingRow is one line; the column "ký nhận" stays free for the hand.
type OutgoingRow struct {
	Notation   string // số, ký hiệu
	Day        viet.Day
	Subject    string // tên loại và trích yếu
	Signer     string
	Recipients string
	Kept       string // đơn vị, người nhận bản lưu
	Copies     int    // 0: none told
	Forwarded  viet.Day
	Note       string
}

// WriteTo writes the book as PDF.
func (b *OutgoingBook) WriteTo(w io.Writer) (int64, error) {
	rows := make([][]string, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = []string{r.Notation, r.Day.String(), r.Subject, r.Signer, r.Recipients, r.Kept,
			count(r.Copies), r.Forwarded.String(), "", r.Note}
	}
	return b.write(w, "Sổ đăng ký văn bản đi", []Column{
		{"Số, ký hiệu văn bản", 31, false}, {"Ngày tháng văn bản", 21, true}, {"Tên loại và trích yếu nội dung văn bản", 52, false},
		{"Người ký", 26, false}, {"Nơi nhận văn bản", 38, false}, {"Đơn vị, người nhận bản lưu", 24, false},
		{"Số lượng bản", 13, true}, {"Ngày chuyển", 21, true}, {"Ký nhận", 20, false}, {"Ghi chú", 21, false},
	}, rows)
}

// IncomingBook is the register of documents received (sổ đăng ký văn bản đến).
//
// law:ND30-22 ND30-PL4
type IncomingBook struct {
	Cover
	Rows []IncomingRow
}

// IncomingRow is one line.
type IncomingRow struct {
	Arrived   viet.Day
	Number    string // số đến
	Author    string // cơ quan ban hành
	Notation  string
	Day       viet.Day // of the document
	Subject   string
	Handler   string // đơn vị hoặc người nhận
	Forwarded viet.Day
	Note      string
}

// WriteTo writes the book as PDF.
func (b *IncomingBook) WriteTo(w io.Writer) (int64, error) {
	rows := make([][]string, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = []string{r.Arrived.String(), r.Number, r.Author, r.Notation, r.Day.String(), r.Subject,
			r.Handler, r.Forwarded.String(), "", r.Note}
	}
	return b.write(w, "Sổ đăng ký văn bản đến", []Column{
		{"Ngày đến", 21, true}, {"Số đến", 14, true}, {"Tác giả", 34, false}, {"Số, ký hiệu văn bản", 31, false},
		{"Ngày tháng văn bản", 21, true}, {"Tên loại và trích yếu nội dung văn bản", 52, false},
		{"Đơn vị hoặc người nhận", 32, false}, {"Ngày chuyển", 21, true}, {"Ký nhận", 20, false}, {"Ghi chú", 23, false},
	}, rows)
}

// TrackingBook follows the handling of documents received (sổ theo dõi giải
// quyết văn bản đến).
//
// law:ND30-PL4
type TrackingBook struct {
	Cover
	Rows []TrackingRow
}

// TrackingRow is one line.
type TrackingRow struct {
	Number   string // số đến
	Document string // tên loại, số và ký hiệu, ngày tháng và tác giả văn bản
	Handler  string
	Due      viet.Day
	Progress string
	Answer   string // số, ký hiệu văn bản trả lời
	Note     string
}

// WriteTo writes the book as PDF.
func (b *TrackingBook) WriteTo(w io.Writer) (int64, error) {
	rows := make([][]string, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = []string{r.Number, r.Document, r.Handler, r.Due.String(), r.Progress, r.Answer, r.Note}
	}
	return b.write(w, "Sổ theo dõi giải quyết văn bản đến", []Column{
		{"Số đến", 15, true}, {"Tên loại, số và ký hiệu, ngày tháng và tác giả văn bản", 80, false},
		{"Đơn vị hoặc người nhận", 45, false}, {"Thời hạn giải quyết", 24, true}, {"Tiến độ giải quyết", 40, false},
		{"Số, ký hiệu văn bản trả lời", 32, false}, {"Ghi chú", 31, false},
	}, rows)
}

// PostBook lists what goes by post (sổ gửi văn bản đi bưu điện).
//
// law:ND30-PL4
type PostBook struct {
	Cover
	Rows []PostRow
}

// PostRow is one line; the post office signs and stamps it.
type PostRow struct {
	Day       viet.Day
	Notation  string
	Recipient string
	Envelopes int
	Note      string
}

// WriteTo writes the book as PDF.
func (b *PostBook) WriteTo(w io.Writer) (int64, error) {
	rows := make([][]string, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = []string{r.Day.String(), r.Notation, r.Recipient, count(r.Envelopes), "", r.Note}
	}
	return b.write(w, "Sổ gửi văn bản đi bưu điện", []Column{
		{"Ngày chuyển", 25, true}, {"Số, ký hiệu văn bản", 50, false}, {"Nơi nhận văn bản", 85, false},
		{"Số lượng bì", 20, true}, {"Ký nhận và dấu bưu điện", 52, false}, {"Ghi chú", 35, false},
	}, rows)
}

// LoanBook tells who used a kept copy (sổ sử dụng bản lưu).
//
// law:ND30-PL4
type LoanBook struct {
	Cover
	Rows []LoanRow
}

// LoanRow is one line.
type LoanRow struct {
	Day      viet.Day
	User     string
	Notation string // số, ký hiệu, ngày tháng văn bản
	Subject  string
	File     string // số và ký hiệu hồ sơ
	Returned viet.Day
	Allowed  string // người cho phép sử dụng
	Note     string
}

// WriteTo writes the book as PDF.
func (b *LoanBook) WriteTo(w io.Writer) (int64, error) {
	rows := make([][]string, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = []string{r.Day.String(), r.User, r.Notation, r.Subject, r.File, "", r.Returned.String(), r.Allowed, r.Note}
	}
	return b.write(w, "Sổ sử dụng bản lưu", []Column{
		{"Ngày tháng", 21, true}, {"Họ và tên người sử dụng", 36, false}, {"Số, ký hiệu, ngày tháng văn bản", 36, false},
		{"Tên loại và trích yếu nội dung văn bản", 65, false}, {"Số và ký hiệu hồ sơ", 26, false}, {"Ký nhận", 22, false},
		{"Ngày trả", 21, true}, {"Người cho phép sử dụng", 28, false}, {"Ghi chú", 14, false},
	}, rows)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// write prints a book: title page, the ruled pages, and the number of entries
// under the last of them.
func (c Cover) write(w io.Writer, name string, columns []Column, rows [][]string) (int64, error) {
	s := newSheet(297, 210, fmt.Sprintf("%s %d", name, c.Year), c.Printed)
	s.left, s.right, s.top, s.bottom = 15, 15, 18, 16
	s.newPage()
	c.title(s, name)
	entered := len(rows)
	for range c.Blank {
		rows = append(rows, nil)
	}
	page := 0
	s.heading = func() {
		page++
		s.centred(s.wide/2, 10, face{size: 12}, fmt.Sprint(page))
		foot(s, fmt.Sprintf("%s năm %d. %s", name, c.Year, c.Agency), c.Printed, c.By)
	}
	s.newPage()
	t := Table{Columns: columns, Rows: rows, Numbered: true, Size: 10.5, MinRow: 8.5}
	t.draw(s)
	if c.Blank == 0 {
		s.need(8)
		s.y += 2
		s.flow(one(face{size: 11, italic: true}, fmt.Sprintf("Cộng: %d dòng.", entered)), para{})
	}
	return s.writeTo(w)
}

// title is the first page, in the frame of a book's cover.
func (c Cover) title(s *sheet, name string) {
	s.pdf.SetLineWidth(0.6)
	s.pdf.Rect(s.left, s.top, s.width(), s.high-2*s.top, "D")
	s.pdf.SetLineWidth(0.2)
	s.pdf.Rect(s.left+1.5, s.top+1.5, s.width()-3, s.high-2*s.top-3, "D")
	s.y = s.top + 10
	middle := para{align: centre}
	if c.Parent != "" {
		s.flow(one(face{size: 14}, upper(c.Parent)), middle)
	}
	agency := face{size: 14, bold: true}
	s.flow(one(agency, upper(c.Agency)), middle)
	s.rule(s.wide/2, s.y+0.8, s.measure(agency, upper(c.Agency))*0.45)
	s.y = 82
	s.flow(one(face{size: 26, bold: true}, upper(name)), para{align: centre, after: 3})
	if c.Series != "" {
		s.flow(one(face{size: 16, bold: true}, c.Series), middle)
	}
	s.flow(one(face{size: 16}, fmt.Sprintf("Năm: %d", c.Year)), para{align: centre, after: 12})
	body := face{size: 14}
	s.flow(one(body, "Từ ngày "+orDots(c.From.String(), 24)+" đến ngày "+orDots(c.To.String(), 24)), para{align: centre, after: 2})
	s.flow(one(body, "Từ số "+orDots(c.First, 24)+" đến số "+orDots(c.Last, 24)), para{align: centre, after: 2})
	volume := ""
	if c.Volume > 0 {
		volume = fmt.Sprintf("%02d", c.Volume)
	}
	s.flow(one(body, "Quyển số: "+orDots(volume, 12)), middle)
}

// foot tells on every page what it belongs to, so that loose leaves can be put
// back, and who printed it when.
func foot(s *sheet, what string, at time.Time, by string) {
	f := face{size: 9, italic: true}
	y := s.high - 12
	s.text(s.left, y, f, clean(what))
	printed := "In từ hệ thống lúc " + viet.DateTime(at)
	if by != "" {
		printed += ", người in: " + by
	}
	printed = clean(printed)
	s.text(s.wide-s.right-s.measure(f, printed), y, f, printed)
}

// orDots is the text, or a dotted line to write on.
func orDots(t string, n int) string {
	if t != "" {
		return t
	}
	out := make([]byte, n)
	for i := range out {
		out[i] = '.'
	}
	return string(out)
}
