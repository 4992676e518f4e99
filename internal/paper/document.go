package paper

import (
	"fmt"
	"io"
	"strings"
	"time"

	"vanthu/viet"
)

// Faces of the boxes of ND30 PL1 (law:ND30-PL1.II).
var (
	faceMotto    = face{12, true, false}  // Quốc hiệu
	faceMotto2   = face{13, true, false}  // tiêu ngữ
	faceParent   = face{12, false, false} // cơ quan chủ quản
	faceAgency   = face{12, true, false}
	faceNumber   = face{13, false, false}
	faceDate     = face{13, false, true}
	faceAbout    = face{12, false, false} // trích yếu công văn
	faceKind     = face{14, true, false}  // tên loại, trích yếu
	faceBody     = face{14, false, false}
	faceGround   = face{14, false, true} // căn cứ
	faceStrong   = face{14, true, false}
	faceSigner   = face{14, true, false}
	faceCopyHead = face{12, true, true} // "Nơi nhận:"
	faceCopy     = face{11, false, false}
	facePage     = face{13, false, false}
	faceAddress  = face{11, false, false}
)

const (
	motto1 = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto2 = "Độc lập - Tự do - Hạnh phúc"

	leftBox  = 66.0 // mm, width of the boxes of the agency
	indent   = 12.7 // first line of a paragraph
	between  = 6 * point
	signRoom = 33.0 // mm for the signature, between title and name

	// Room for a number of five figures and for a day or month of two,
	// entered after the document has been signed.
	numberGap = "                "
	dayGap    = "       "
)

// A Style says what a Block is.
type Style int

// The styles of blocks.
const (
	Plain   Style = iota
	Ground        // căn cứ ban hành: italic
	Heading       // bold, such as "I. TÌNH HÌNH"
	Centred       // bold in the middle, such as "QUYẾT ĐỊNH:"
)

// A Block is a paragraph or a table of the text.
type Block struct {
	Style Style
	Lead  string // bold words that open the paragraph: "Điều 1."
	Text  string
	Table *Table // instead of the text
}

// An Annex is printed after the document from a new page on, with page numbers
// of its own (law:ND30-PL1.III).
type Annex struct {
	Title string
	Body  []Block
}

// Document is an administrative document (văn bản hành chính) in the form of
// ND30 PL1: công văn when Kind is empty, else of a named kind.
type Document struct {
	Parent, Agency string // cơ quan chủ quản (may be empty), cơ quan ban hành: "Sở Xây dựng"
	Number         string // empty leaves a gap that a number fits in
	Symbol         string // ký hiệu: "SXD-KT", "QĐ-SXD"
	Place          string // địa danh
	Day            viet.Day
	Year           int    // printed when Day is zero, with gaps for day and month
	Kind           string // "Quyết định"; empty: công văn
	Subject        string // trích yếu, without "V/v"
	Urgency        string // "Hỏa tốc", "Thượng khẩn", "Khẩn" or empty
	Circulation    string // "XEM XONG TRẢ LẠI", "LƯU HÀNH NỘI BỘ" or empty
	To             []string
	Body           []Block
	Authority      string // "TM. ỦY BAN NHÂN DÂN", "KT. GIÁM ĐỐC" or empty
	Title          string // "PHÓ GIÁM ĐỐC"
	Signer         string
	CopyTo         []string // nơi nhận, without marks
	Kept           string   // after "Lưu: ": "VT, KT (02)"
	Address        string   // box 13, at the foot of page 1, may be empty
	Annexes        []Annex
	Made           time.Time // into the file's properties
}

// WriteTo writes the document as PDF.
//
// law:ND30-PL1.I ND30-8
func (d *Document) WriteTo(w io.Writer) (int64, error) {
	s := newSheet(210, 297, strings.TrimSpace(d.Kind+" "+d.Subject), d.Made)
	s.left, s.right, s.top, s.bottom = 30, 18, 20, 20
	page := 0
	s.heading = func() {
		page++
		if page > 1 {
			s.bottom = 20
			s.centred(s.left+s.width()/2, 10, facePage, fmt.Sprint(page))
		}
	}
	if d.Address != "" {
		s.bottom = 32
	}
	s.newPage()
	d.address(s)
	d.head(s)
	d.opening(s)
	d.body(s)
	d.closing(s)
	for i, a := range d.Annexes {
		page = 0
		d.annex(s, a, i)
	}
	return s.writeTo(w)
}

// head writes boxes 1 to 5b and the stamps.
func (d *Document) head(s *sheet) {
	below := letterhead(s, d.Parent, d.Agency)
	left := s.left + leftBox/2
	s.centred(left, below, faceNumber, d.numberLine(s))
	s.centred(rightBox(s), below, faceDate, placeAndDay(d.Place, d.Day, d.Year))
	y := below + faceNumber.line()
	if d.Kind == "" {
		y = s.block(s.left, y+between, leftBox, one(faceAbout, "V/v "+d.Subject), para{align: centre})
	}
	y = d.stamps(s, left, y)
	s.y = y + 6
}

// letterhead writes the national title and the agency side by side, and gives
// the y where the number and the date stand.
func letterhead(s *sheet, parent, agency string) float64 {
	left, right := s.left, rightBox(s)
	y := s.top
	s.centred(right, y, faceMotto, motto1)
	s.centred(right, y+faceMotto.line(), faceMotto2, motto2)
	under := y + faceMotto.line() + faceMotto2.line() + 0.7
	s.rule(right, under, s.measure(faceMotto2, motto2))
	if parent != "" {
		y = s.block(left, y, leftBox, one(faceParent, upper(parent)), para{align: centre})
	}
	lines := s.cut(one(faceAgency, upper(agency)), leftBox, 0)
	for _, l := range lines {
		s.put(l, left, y, leftBox, centre)
		y += faceAgency.line()
	}
	s.rule(left+leftBox/2, y+0.7, lines[len(lines)-1].width*0.45)
	return max(y+0.7, under) + 4
}

// rightBox is the middle of the boxes at the right.
func rightBox(s *sheet) float64 { return s.wide - s.right - min(s.width()-leftBox, 96)/2 }

func upper(t string) string { return strings.ToUpper(clean(t)) }

// numberLine is box 3. A long symbol leaves a narrower gap, still of five figures.
func (d *Document) numberLine(s *sheet) string {
	symbol := "/" + clean(d.Symbol)
	if d.Number != "" {
		return "Số: " + clean(d.Number) + symbol
	}
	gap := numberGap
	for s.measure(faceNumber, "Số: "+gap+symbol) > leftBox && len(gap) > 10 {
		gap = gap[1:]
	}
	return "Số: " + gap + symbol
}

// placeAndDay is box 4; day and month below 10, and months 1 and 2, have a
// leading nought (law:ND30-PL1.II.4).
func placeAndDay(place string, d viet.Day, year int) string {
	if d.IsZero() {
		return fmt.Sprintf("%s, ngày%stháng%snăm %d", clean(place), dayGap, dayGap, year)
	}
	return clean(place) + ", " + longDay(d)
}

func longDay(d viet.Day) string {
	y, m, day := d.Date()
	if m <= 2 {
		return fmt.Sprintf("ngày %02d tháng %02d năm %d", day, m, y)
	}
	return fmt.Sprintf("ngày %02d tháng %d năm %d", day, m, y)
}

// stampWidth are the frames of the degrees of urgency, 8 mm high
// (law:ND30-PL1.II).
var stampWidth = map[string]float64{"HOẢ TỐC": 30, "THƯỢNG KHẨN": 40, "KHẨN": 20}

// stamps draws urgency and circulation under the left boxes.
func (d *Document) stamps(s *sheet, middle, y float64) float64 {
	if u := strings.Replace(upper(d.Urgency), "HỎA", "HOẢ", 1); u != "" {
		y = redFrame(s, middle, y+2, max(stampWidth[u], 20), u)
	}
	if d.Circulation != "" {
		t := upper(d.Circulation)
		y = redFrame(s, middle, y+2, s.measure(faceMotto2, t)+6, t)
	}
	return y
}

func redFrame(s *sheet, middle, y, width float64, t string) float64 {
	const high = 8
	s.pdf.SetDrawColor(210, 0, 0)
	s.pdf.SetTextColor(210, 0, 0)
	s.pdf.SetLineWidth(0.4)
	s.pdf.Rect(middle-width/2, y, width, high, "D")
	s.centred(middle, y+(high-faceMotto2.line())/2, faceMotto2, t)
	s.pdf.SetLineWidth(0.2)
	s.pdf.SetDrawColor(0, 0, 0)
	s.pdf.SetTextColor(0, 0, 0)
	return y + high
}

// opening writes the kind and subject (5a), and whom it is for (9a).
func (d *Document) opening(s *sheet) {
	if d.Kind != "" {
		s.flow(one(faceKind, upper(d.Kind)), para{align: centre})
		lines := s.cut(one(faceKind, d.Subject), s.width()*0.8, 0)
		for _, l := range lines {
			s.put(l, s.left, s.y, s.width(), centre)
			s.y += faceKind.line()
		}
		s.rule(s.left+s.width()/2, s.y+1.1, lines[len(lines)-1].width*0.4)
		s.y += 5
	}
	d.addressees(s)
}

// addressees writes one receiver on the line of "Kính gửi:", several below it
// (law:ND30-PL1.II.9).
func (d *Document) addressees(s *sheet) {
	switch len(d.To) {
	case 0:
		return
	case 1:
		s.flow(one(faceBody, "Kính gửi: "+strings.TrimRight(d.To[0], ".")+"."), para{align: centre, after: 4})
		return
	}
	const head = "Kính gửi:"
	x := s.left + 22
	s.text(x, s.y, faceBody, head)
	s.y += faceBody.line()
	x += s.measure(faceBody, head)
	for _, t := range listed(d.To) {
		s.y = s.block(x, s.y, s.wide-s.right-x, one(faceBody, t), para{})
	}
	s.y += 4
}

// listed puts the marks of an enumeration: "- a;" … "- z."
func listed(items []string) []string {
	out := make([]string, len(items))
	for i, t := range items {
		mark := ";"
		if i == len(items)-1 {
			mark = "."
		}
		out[i] = "- " + strings.TrimRight(t, ".;") + mark
	}
	return out
}

// body writes box 6. If the signature does not fit below it, the last lines go
// with it to the next page: it must not stand there alone.
func (d *Document) body(s *sheet) {
	for i, b := range d.Body {
		if i < len(d.Body)-1 || b.Table != nil {
			b.write(s)
			continue
		}
		set := b.set()
		n := len(s.cut(b.runs(), s.width(), set.indent))
		end := float64(n)*set.step(faceBody) + set.after + d.closingHeight(s)
		set.carry = end > s.room() && end-d.closingHeight(s) < s.room()
		if set.carry && n < 4 { // too short to be divided
			set.carry = false
			s.newPage()
		}
		s.flow(b.runs(), set)
	}
}

func (b Block) write(s *sheet) {
	if b.Table != nil {
		b.Table.draw(s)
		s.y += between
		return
	}
	s.flow(b.runs(), b.set())
}

func (b Block) runs() []run {
	f := faceBody
	switch b.Style {
	case Ground:
		f = faceGround
	case Heading, Centred:
		f = faceStrong
	}
	if b.Lead == "" {
		return one(f, b.Text)
	}
	return []run{{b.Lead + " ", faceStrong}, {b.Text, f}}
}

func (b Block) set() para {
	if b.Style == Centred {
		return para{align: centre, spacing: 1.05, after: between}
	}
	return para{align: justified, indent: indent, spacing: 1.05, after: between}
}

// closing writes boxes 7a to 7c and 9b, in one piece.
func (d *Document) closing(s *sheet) {
	s.y += 2
	s.need(d.closingHeight(s))
	const x = 80.0 // from the left margin to the signer's column
	top, width := s.y, s.width()-x
	left, right := top, top
	if len(d.CopyTo) > 0 || d.Kept != "" {
		s.text(s.left, left, faceCopyHead, "Nơi nhận:")
		left += faceCopyHead.line()
		for _, t := range d.copies() {
			left = s.block(s.left, left, x-6, one(faceCopy, t), para{})
		}
	}
	for _, t := range []string{d.Authority, d.Title} {
		if t != "" {
			right = s.block(s.left+x, right, width, one(faceSigner, upper(t)), para{align: centre})
		}
	}
	right += signRoom
	if d.Signer != "" {
		right = s.block(s.left+x, right, width, one(faceSigner, d.Signer), para{align: centre})
	}
	s.y = max(left, right)
}

// copies are the lines under "Nơi nhận:", the last one telling where it is kept.
func (d *Document) copies() []string {
	items := d.CopyTo
	if d.Kept != "" {
		items = append(items[:len(items):len(items)], "Lưu: "+d.Kept)
	}
	return listed(items)
}

func (d *Document) closingHeight(s *sheet) float64 {
	rows := float64(len(d.copies()))*faceCopy.line()*1.5 + faceCopyHead.line()
	return max(rows, signRoom+4*faceSigner.line()) + 2
}

// address writes box 13 at the foot of the first page.
func (d *Document) address(s *sheet) {
	if d.Address == "" {
		return
	}
	y := s.high - 20 - faceAddress.line()
	s.rule(s.left+s.width()/2, y-1.5, s.width())
	s.block(s.left, y, s.width(), one(faceAddress, d.Address), para{align: centre})
}

// annex writes one annex. The line that ties it to the document is left open:
// in an electronic document it is not filled (law:ND30-PL1.III.1).
func (d *Document) annex(s *sheet, a Annex, i int) {
	s.newPage()
	head := "Phụ lục"
	if len(d.Annexes) > 1 {
		head += " " + viet.Roman(i+1)
	}
	s.flow(one(faceKind, head), para{align: centre})
	s.flow(one(faceKind, upper(a.Title)), para{align: centre})
	kind := d.Kind
	if kind == "" {
		kind = "Công văn"
	}
	tie := fmt.Sprintf("(Kèm theo %s số …/%s ngày … tháng … năm … của %s)", kind, d.Symbol, d.Agency)
	s.flow(one(faceGround, tie), para{align: centre, after: 5})
	for _, b := range a.Body {
		b.write(s)
	}
}
