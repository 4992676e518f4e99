package form

import (
	"fmt"
	"regexp"
	"strings"

	"vanthu/viet"
)

var (
	partTitle   = part{"ND30-PL1.II.7", "Quyền hạn, chức vụ người ký"}
	partName    = part{"ND30-PL1.II.7", "Họ tên người ký"}
	partTo      = part{"ND30-PL1.II.9", "Kính gửi"}
	partCopies  = part{"ND30-PL1.II.9", "Nơi nhận"}
	partAnnex   = part{"ND30-PL1.III.1", "Phụ lục"}
	capacities  = regexp.MustCompile(`^(TM|KT|TL|TUQ|Q)\.`)
	degreeWords = regexp.MustCompile(`^(GS|PGS|TS|TSKH|ThS|CN|KS|BS|LS)\.`)
)

// signRoom is what a personal signature needs between title and name, in mm.
const signRoom = 12

// signer: name on the last page, his title above it with the capacity in which
// he signs, room for the signature between them, no academic degree.
// law:ND30-PL1.II.7 ND30-13
func (c *checker) signer() {
	if c.e.SignerName == "" {
		return
	}
	name, above, ok := c.signature()
	switch {
	case !ok:
		c.fail(partName, Error, row{}, "Không thấy “"+c.e.SignerName+"” dưới chức vụ.", "Ghi họ tên người ký “"+c.e.SignerName+"”, chữ đậm, dưới chỗ ký.")
		return
	case name.page != c.last():
		c.fail(partName, Error, name, fmt.Sprintf("Họ tên người ký ở trang %d, không phải trang cuối.", name.page+1), "Đưa phần ký về trang cuối của văn bản.")
	case degreeWords.MatchString(name.text()):
		c.fail(partName, Error, name, "Trước họ tên có học hàm, học vị: “"+name.text()+"”.", "Chỉ ghi họ và tên.")
	case len(above) > 0 && name.box.Y-above[len(above)-1].bottom() < signRoom:
		c.fail(partName, Warn, name, "Khoảng trống để ký quá hẹp.", "Chừa khoảng 30 mm giữa chức vụ và họ tên.")
	default:
		c.pass(partName, name, c.e.SignerName+".")
	}
	c.title(name, above)
}

// signature finds the stretch with the signer's name, from the last page
// backwards, and the lines of title above it in its column, from the top.
func (c *checker) signature() (name row, above []row, ok bool) {
	key := letters(c.e.SignerName)
	for i := c.last(); i >= 0 && !ok; i-- {
		w, _ := c.pages[i].Size()
		for _, s := range c.segmentsOn(i) {
			if s.has(key) && len(s.letters()) <= len(key)+8 && s.middle() > 0.4*w {
				name, ok = s, true // the lowest one counts
			}
		}
	}
	if !ok {
		return
	}
	for _, s := range c.segmentsOn(name.page) {
		near := s.box.Y < name.box.Y-2 && s.box.Y > name.box.Y-80 && s.box.X < name.right() && s.right() > name.box.X
		if near && capitals(s.text()) {
			above = append(above, s)
		}
	}
	return
}

// title compares the lines above the name with the register.
func (c *checker) title(name row, above []row) {
	want := strings.ToUpper(strings.TrimSpace(c.e.Capacity + " " + c.e.SignerTitle))
	text, capacity, found := "", "", false
	for i, r := range above {
		if m := capacities.FindString(viet.NFC(r.text())); m != "" {
			capacity = m
		}
		text = strings.TrimSpace(text + " " + r.text())
		joined := ""
		for _, next := range above[i:] { // a long title takes several lines
			joined += capacities.ReplaceAllString(viet.NFC(next.text()), "")
			found = found || letters(joined) == letters(c.e.SignerTitle)
		}
	}
	at := name
	if len(above) > 0 {
		at = above[0]
	}
	switch {
	case c.e.SignerTitle != "" && !found:
		c.fail(partTitle, Error, at, fmt.Sprintf("Trên họ tên ghi “%s”, trong hệ thống là “%s”.", text, want), "Ghi chức vụ “"+strings.ToUpper(c.e.SignerTitle)+"” bằng chữ in hoa, đậm.")
	case c.e.Capacity != "" && !strings.EqualFold(capacity, c.e.Capacity):
		c.fail(partTitle, Error, at, "Không thấy “"+c.e.Capacity+"” trước chức vụ.", "Ghi quyền hạn “"+c.e.Capacity+"” như đã chọn khi soạn.")
	case c.e.Capacity == "" && capacity != "" && capacity != "TM.":
		c.fail(partTitle, Warn, at, "Văn bản ghi “"+capacity+"”, trong hệ thống không chọn quyền hạn.", "Chọn quyền hạn ký khi soạn, hoặc bỏ trên văn bản.")
	default:
		c.pass(partTitle, at, text+".")
	}
}

// receivers: "Kính gửi" of a letter, and "Nơi nhận" whose last line says where
// the document is kept.
// law:ND30-PL1.II.9
func (c *checker) receivers() {
	to, found := c.findOn(0, "kinhgui")
	switch c.e.Kind.Code {
	case "CV":
		c.judge(found, partTo, Error, to, "Có.", "Công văn không có “Kính gửi:”.", "Ghi “Kính gửi:” và cơ quan nhận trước phần nội dung.")
	case "TTr", "BC", "CĐ", "GM", "TCg", "":
	default:
		if found {
			c.fail(partTo, Warn, to, "Loại văn bản này không dùng “Kính gửi”.", "Ghi cơ quan nhận ở phần Nơi nhận.")
		}
	}
	c.copies()
}

func (c *checker) copies() {
	head, rest, ok := c.copyRows()
	if !ok {
		c.fail(partCopies, Error, row{}, "Không thấy phần “Nơi nhận:” ở trang cuối.", "Ghi “Nơi nhận:” bên trái phần ký, dòng cuối là “- Lưu: VT, …”.")
		return
	}
	for _, r := range rest {
		if !strings.HasPrefix(strings.TrimLeft(r.text(), "-–+ "), "Lưu") {
			continue
		}
		c.judge(r.has("luuvt"), partCopies, Warn, r, "Có “"+r.text()+"”.", "Dòng lưu ghi “"+r.text()+"”.", "Ghi “- Lưu: VT, đơn vị soạn thảo.”.")
		return
	}
	c.fail(partCopies, Error, head, "Phần nơi nhận không có dòng “Lưu: VT, …”.", "Thêm dòng cuối “- Lưu: VT, đơn vị soạn thảo.”.")
}

// copyRows are the lines under "Nơi nhận:" in its column.
func (c *checker) copyRows() (head row, rest []row, ok bool) {
	page := c.last()
	w, _ := c.pages[page].Size()
	for _, r := range c.rows[page] {
		left := r.between(0, 0.52*w)
		if at, found := left.find("noinhan"); found && left.letters() == "noinhan" {
			head, rest, ok = at, nil, true
			continue
		}
		if ok && len(left.cells) > 0 {
			rest = append(rest, left)
		}
	}
	return head, rest, ok
}

// filled reads a number or day in the line that ties an annex to its document.
var filled = regexp.MustCompile(`(?i)(số\s*:?\s*[0-9]+\s*/|ngày\s*[0-9])`)

// annexes: the line "(Kèm theo …)" stands below the head and, in an electronic
// document, stays open.
// law:ND30-PL1.III.1
func (c *checker) annexes() {
	for _, page := range c.annex {
		at, found := c.findOn(page, "kemtheo")
		if !found {
			c.out = append(c.out, Finding{
				Rule: partAnnex.rule, Item: partAnnex.item, Level: Warn, Page: page + 1,
				Text: fmt.Sprintf("Phụ lục ở trang %d không có dòng “(Kèm theo …)”.", page+1),
				Fix:  "Ghi “(Kèm theo … số …/… ngày … tháng … năm … của …)” dưới tên phụ lục, chữ nghiêng.",
			})
			continue
		}
		c.judge(!filled.MatchString(c.sentence(at)), partAnnex, Warn, at, fmt.Sprintf("Phụ lục ở trang %d có dòng kèm theo, để trống số và ngày.", page+1),
			fmt.Sprintf("Phụ lục ở trang %d đã ghi số hoặc ngày của văn bản.", page+1), "Văn bản điện tử không điền số và ngày ở dòng này.")
	}
}

// sentence is the row of at and the next one, for lines that were broken.
func (c *checker) sentence(at row) string {
	for i, r := range c.rows[at.page] {
		if r.box.Y <= at.box.Y+0.5 && r.bottom() >= at.bottom()-0.5 {
			text := r.text()
			if i+1 < len(c.rows[at.page]) {
				text += " " + c.rows[at.page][i+1].text()
			}
			return text
		}
	}
	return at.text()
}
