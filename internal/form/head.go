package form

import (
	"fmt"
	"regexp"
	"strings"

	"vanthu/pdf"
	"vanthu/viet"
)

var (
	partNation   = part{"ND30-PL1.II", "Quốc hiệu"}
	partMotto    = part{"ND30-PL1.II", "Tiêu ngữ"}
	partSuperior = part{"ND30-PL1.II", "Cơ quan chủ quản"}
	partAgency   = part{"ND30-PL1.II", "Tên cơ quan ban hành"}
	partNumber   = part{"ND30-PL1.II.3", "Số, ký hiệu"}
	partDay      = part{"ND30-PL1.II.4", "Địa danh, thời gian"}
	partKind     = part{"ND30-PL1.II.5", "Tên loại"}
	partSubject  = part{"ND30-PL1.II.5", "Trích yếu"}
	partUrgency  = part{"ND30-PL1.III", "Dấu chỉ độ khẩn"}
)

const (
	nationalTitle = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto         = "Độc lập - Tự do - Hạnh phúc"
	nationalKey   = "conghoaxahoichunghiavietnam"
	mottoKey      = "doclaptudohanhphuc"
)

// nationalTitle: both lines, spelt and set as prescribed.
// law:ND30-PL1.II
func (c *checker) nationalTitle() {
	c.printed(partNation, nationalKey, nationalTitle, 12, 13)
	c.printed(partMotto, mottoKey, motto, 13, 14)
}

func (c *checker) printed(p part, key, want string, least, most float64) {
	at, ok := c.findOn(0, key)
	size := at.size()
	switch {
	case !ok:
		c.fail(p, Error, row{}, "Không thấy ở trang 1.", "Ghi “"+want+"” ở đầu trang 1, bên phải.")
	case exact(at.text()) != exact(want):
		c.fail(p, Error, at, "Viết “"+at.text()+"”.", "Viết đúng “"+want+"”.")
	case size < least-0.3 || size > most+0.3:
		c.fail(p, Warn, at, "Cỡ chữ "+viet.Decimal(size, 1)+".", fmt.Sprintf("Dùng chữ đậm cỡ %.0f đến %.0f.", least, most))
	default:
		c.pass(p, at, "Đúng.")
	}
}

// headEnd is where the head of page 1 ends, in mm: below number and day.
func (c *checker) headEnd() float64 {
	y := 60.0
	if r, ok := c.numberRow(); ok {
		y = r.bottom()
	}
	if r, ok := c.dayRow(); ok {
		y = max(y, r.bottom())
	}
	return y
}

// head is the text of the left column of page 1 down to the line of the number.
func (c *checker) head() (text string, at row) {
	end := 80.0
	if r, ok := c.numberRow(); ok {
		end = r.box.Y
	}
	for _, r := range c.rows[0] {
		left := r.between(0, c.split)
		if r.box.Y >= end || len(left.cells) == 0 {
			continue
		}
		text += " " + left.text()
		if at.cells == nil {
			at = left
			continue
		}
		at.box = around(at.box, left.box)
	}
	return strings.TrimSpace(text), at
}

// agencies compares the names at the left of the head with the register.
// Abbreviations of councils and committees count as their words.
// law:ND30-PL1.II
func (c *checker) agencies() {
	text, at := c.head()
	for _, x := range []struct {
		part
		level Level
		name  string
	}{
		// The People's Committees themselves print no superior.
		{partSuperior, Warn, c.e.Superior},
		{partAgency, Error, c.e.Agency},
	} {
		if x.name == "" {
			continue
		}
		c.judge(strings.Contains(longName(text), longName(x.name)), x.part, x.level, at,
			strings.ToUpper(x.name)+".", fmt.Sprintf("Phía trên dòng số ghi “%s”, không thấy “%s”.", text, strings.ToUpper(x.name)),
			"Ghi “"+strings.ToUpper(x.name)+"” bên trái Quốc hiệu, chữ in hoa.")
	}
}

var longNames = strings.NewReplacer("ubnd", "uybannhandan", "hdnd", "hoidongnhandan")

func longName(s string) string { return longNames.Replace(letters(s)) }

// numberRow is the line "Số: …" in the left column.
func (c *checker) numberRow() (row, bool) {
	for _, r := range c.rows[0] {
		left := r.between(0, c.split)
		if numberText.MatchString(viet.NFC(left.text())) {
			return left, true
		}
	}
	return row{}, false
}

// numberText reads "Số: 120/SXD-KT", its number perhaps missing or dotted.
var numberText = regexp.MustCompile(`^Số\s*:?\s*([0-9]*[a-zA-Z]?)[\s.…_]*/\s*(.*)$`)

// roomFor is what a number of four figures needs, in sizes of its letters.
const roomFor = 4 * 0.5

// numberLine: "Số:", room that the system fills, a stroke, the symbol as in
// the register, no blanks.
// law:ND30-PL1.II.3 HT33-10.1.c.i
func (c *checker) numberLine() {
	at, ok := c.numberRow()
	if !ok {
		c.fail(partNumber, Error, row{}, "Không thấy dòng “Số: …/ký hiệu” dưới tên cơ quan.", "Ghi “Số:          /"+c.e.Notation+"”.")
		return
	}
	m := numberText.FindStringSubmatch(viet.NFC(at.text()))
	number, symbol := m[1], m[2]
	switch {
	case c.e.Notation != "" && viet.NotationKey(symbol) != viet.NotationKey(c.e.Notation):
		c.fail(partNumber, Error, at, fmt.Sprintf("Ký hiệu trên văn bản là “%s”, trong hệ thống là “%s”.", symbol, c.e.Notation), "Ghi ký hiệu “"+c.e.Notation+"”.")
	case strings.ContainsAny(symbol, " –—"):
		c.fail(partNumber, Error, at, fmt.Sprintf("Ký hiệu “%s” có khoảng trống hoặc gạch dài.", symbol), "Giữa các nhóm chữ dùng dấu gạch nối, không cách chữ.")
	case number != "":
		c.fail(partNumber, Warn, at, "Đã ghi số "+number+".", "Để trống số: hệ thống cấp và ghi khi ban hành.")
	case numberGap(at) < roomFor*at.size()/pdf.PointsPerMM:
		c.fail(partNumber, Warn, at, "Khoảng trống sau “Số:” quá hẹp; số sẽ được ghi ở góc trên bên phải.", "Chừa khoảng 15 mm giữa “Số:” và dấu gạch chéo.")
	default:
		c.pass(partNumber, at, "Ký hiệu đúng, đủ chỗ ghi số.")
	}
}

// numberGap is the widest stretch in mm without letters between "Số" and the
// stroke.
func numberGap(r row) (widest float64) {
	right, on := 0.0, false
	for _, c := range r.cells {
		if strings.Trim(c.text, " .…_\u00a0") == "" {
			continue
		}
		if on {
			widest = max(widest, c.box.X-right)
		}
		if c.text == "/" {
			break
		}
		on = on || letters(c.text) == "o"
		right = c.box.X + c.box.W
	}
	return widest
}

// dayText reads "Mẫu, ngày … tháng … năm 2025", figures perhaps missing.
var dayText = regexp.MustCompile(`^(.*),\s*ngày[\s.…_]*([0-9]*)[\s.…_]*tháng[\s.…_]*([0-9]*)[\s.…_]*năm[\s.…_]*([0-9]*)`)

// dayRow is the line of place and day in the head, in the right column but for
// long names of places.
func (c *checker) dayRow() (row, bool) {
	for _, r := range c.rows[0] {
		if r.box.Y > 110 || r.has("kinhgui") {
			break
		}
		for _, x := range []float64{c.split, c.split - 25} {
			right := r.between(x, 400)
			if dayText.MatchString(right.text()) && !right.has("cancu") {
				return right, true
			}
		}
	}
	return row{}, false
}

// placeAndDay: the place of the agency; day and month are left to the system.
// law:ND30-PL1.II.4 HT33-10.1.c.i
func (c *checker) placeAndDay() {
	at, ok := c.dayRow()
	if !ok {
		c.fail(partDay, Error, row{}, "Không thấy dòng địa danh, ngày tháng năm.", "Ghi “"+orPlace(c.e.Place)+", ngày       tháng       năm …” dưới tiêu ngữ.")
		return
	}
	m := dayText.FindStringSubmatch(at.text())
	switch {
	case c.e.Place != "" && !strings.Contains(letters(m[1]), letters(c.e.Place)):
		c.fail(partDay, Error, at, fmt.Sprintf("Địa danh là “%s”.", m[1]), "Ghi địa danh “"+c.e.Place+"”.")
	case m[2] != "" || m[3] != "":
		c.fail(partDay, Warn, at, "Ngày tháng đã ghi sẵn.", "Để trống ngày và tháng: hệ thống ghi khi cấp số.")
	case narrowDay(at):
		c.fail(partDay, Warn, at, "Chỗ ghi ngày, tháng quá hẹp.", "Chừa ít nhất 6 mm sau chữ “ngày” và chữ “tháng”.")
	default:
		c.pass(partDay, at, "Đúng, đủ chỗ ghi ngày tháng.")
	}
}

func orPlace(p string) string {
	if p == "" {
		return "Địa danh"
	}
	return p
}

// narrowDay: less than two figures fit behind "ngày" or "tháng".
func narrowDay(r row) bool {
	day, ok1 := r.find("ngay")
	month, ok2 := r.find("thang")
	year, ok3 := r.find("nam")
	if ok3 && ok2 && year.box.X < month.box.X { // a place with "nam" in its name
		year, ok3 = r.between(month.right(), 400).find("nam")
	}
	need := 2 * 0.5 * r.size() / pdf.PointsPerMM
	return !ok1 || !ok2 || !ok3 || month.box.X-day.right() < need || year.box.X-month.right() < need
}

// kindAndSubject: the name of the kind in capitals and the subject below it,
// or "V/v …" under the number of a công văn; the subject agrees with the
// register.
// law:ND30-PL1.II.5
func (c *checker) kindAndSubject() {
	if c.e.Kind.Code == "" {
		return
	}
	if c.e.Kind.Abbr == "" {
		c.letterSubject()
		return
	}
	name := strings.ToUpper(c.e.Kind.Name)
	for i, r := range c.rows[0] {
		if r.letters() != letters(name) {
			continue
		}
		c.judge(capitals(r.text()), partKind, Error, r, name+".", "Viết “"+r.text()+"”.", "Viết tên loại bằng chữ in hoa, đậm: “"+name+"”.")
		c.subject(c.rows[0][i+1:], 0, 400)
		return
	}
	c.fail(partKind, Error, row{}, "Không thấy tên loại “"+name+"” trên trang 1.", "Ghi “"+name+"” giữa trang, hoặc chọn lại loại văn bản.")
}

// letterSubject looks for "V/v …" below the number.
func (c *checker) letterSubject() {
	for i, r := range c.rows[0] {
		left := r.between(0, c.split)
		if strings.HasPrefix(left.letters(), "vv") || strings.HasPrefix(left.letters(), "veviec") {
			c.subject(c.rows[0][i:], 0, c.split)
			return
		}
	}
	c.fail(partSubject, Error, row{}, "Không thấy “V/v …” dưới số, ký hiệu.", "Ghi trích yếu “V/v "+plainSubject(c.e.Subject)+"” dưới số, ký hiệu, cỡ 12 đến 13.")
}

// maxSubjectRows is how many lines a subject may take.
const maxSubjectRows = 12

// subject compares what stands in rows between two distances with the register.
func (c *checker) subject(rows []row, x0, x1 float64) {
	want := letters(plainSubject(c.e.Subject))
	var at row
	text := ""
	for _, r := range rows[:min(len(rows), maxSubjectRows)] {
		part := r.between(x0, x1)
		if len(part.cells) == 0 || part.has("kinhgui") || part.has("cancu") {
			if text != "" {
				break
			}
			continue
		}
		if at.cells == nil {
			at = part
		}
		text += " " + part.text()
		if strings.Contains(letters(text), want) {
			break
		}
	}
	text = strings.TrimSpace(text)
	c.judge(strings.Contains(letters(text), want), partSubject, Error, at, "Khớp với hệ thống.",
		fmt.Sprintf("Trích yếu trên văn bản khác trong hệ thống: “%s”.", cut(text, 160)),
		"Sửa cho trùng với “"+c.e.Subject+"”.")
}

// plainSubject drops "V/v" and "Về việc".
func plainSubject(s string) string {
	s = strings.TrimSpace(s)
	for _, p := range []string{"v/v", "về việc"} {
		if len(s) >= len(p) && strings.EqualFold(viet.NFC(s[:len(p)]), p) {
			s = strings.TrimSpace(s[len(p):])
		}
	}
	return s
}

// cut shortens a text to n letters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// stamps are what the red frame of urgency may say.
var stamps = map[string]string{"hoatoc": "HỎA TỐC", "thuongkhan": "THƯỢNG KHẨN", "khan": "KHẨN"}

// urgency: the frame on page 1 says what the register says.
// law:ND30-PL1.III ND30-4.2c
func (c *checker) urgency() {
	want := stamps[letters(c.e.Urgency)]
	for _, s := range c.segmentsOn(0) {
		got := stamps[s.letters()]
		if got == "" || !capitals(s.text()) {
			continue
		}
		c.judge(got == want, partUrgency, Error, s, got+".",
			fmt.Sprintf("Trên văn bản là “%s”, trong hệ thống là “%s”.", got, orNormal(want)), "Sửa độ khẩn trong hệ thống hoặc trên văn bản cho trùng nhau.")
		return
	}
	c.judge(want == "", partUrgency, Error, row{}, "Văn bản thường, không có dấu.", "Không thấy dấu “"+want+"” trên trang 1.", "Đóng khung đỏ “"+want+"” dưới số, ký hiệu.")
}

func orNormal(s string) string {
	if s == "" {
		return "Thường"
	}
	return s
}
