package form

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"vanthu/pdf"
	"vanthu/viet"
)

var (
	partPaper  = part{"ND30-PL1.I", "Khổ giấy"}
	partMargin = part{"ND30-PL1.I", "Lề trang"}
	partFont   = part{"ND30-PL1.I", "Phông chữ"}
	partPageNo = part{"ND30-PL1.I", "Số trang"}
	partBody   = part{"ND30-PL1.II.6", "Cỡ chữ nội dung"}
)

// paper: A4, upright; lying pages are for tables.
// law:ND30-PL1.I
func (c *checker) paper() {
	for i, p := range c.pages {
		w, h := p.Size()
		if math.Abs(min(w, h)-210) > 2 || math.Abs(max(w, h)-297) > 2 {
			c.out = append(c.out, Finding{
				Rule: partPaper.rule, Item: partPaper.item, Level: Error, Page: i + 1,
				Text: fmt.Sprintf("Trang %d khổ %.0f × %.0f mm.", i+1, w, h),
				Fix:  "Đặt khổ giấy A4 (210 × 297 mm).",
			})
			return
		}
	}
	c.pass(partPaper, row{}, "A4.")
}

// Margins of the decree in mm; text may pass them by the slack of letters.
const (
	leftLeast, leftMost = 30.0, 35.0
	rightLeast          = 15.0
	edgeLeast, edgeMost = 20.0, 25.0 // top and bottom
	slack               = 1.0
)

// margins looks at how near the text comes to the edges. Lying pages are left
// out: their margins follow the table.
// law:ND30-PL1.I
func (c *checker) margins() {
	before := len(c.out)
	left, top := math.Inf(1), math.Inf(1)
	for i, p := range c.pages {
		w, h := p.Size()
		if w > h {
			continue
		}
		for _, r := range c.rows[i] {
			if isPageNumber(r) {
				continue
			}
			left = min(left, r.box.X)
			if i == 0 {
				top = min(top, r.box.Y)
			}
			if side, mm, least := tight(r, w, h); side != "" {
				c.fail(partMargin, Error, r, fmt.Sprintf("Trang %d: chữ cách lề %s %.0f mm.", i+1, side, mm),
					fmt.Sprintf("Đặt lề %s ít nhất %.0f mm.", side, least))
				break // one finding a page
			}
		}
	}
	if left > leftMost+slack && !math.IsInf(left, 1) {
		c.fail(partMargin, Warn, row{}, fmt.Sprintf("Lề trái %.0f mm.", left), "Đặt lề trái 30 đến 35 mm.")
	}
	if top > edgeMost+2*slack && !math.IsInf(top, 1) {
		c.fail(partMargin, Warn, row{}, fmt.Sprintf("Lề trên trang 1 là %.0f mm.", top), "Đặt lề trên 20 đến 25 mm.")
	}
	if len(c.out) == before {
		c.pass(partMargin, row{}, "Trong khoảng quy định.")
	}
}

// tight names the side that a row comes too near to.
func tight(r row, w, h float64) (side string, mm, least float64) {
	switch {
	case r.box.X < leftLeast-slack:
		return "trái", r.box.X, leftLeast
	case w-r.right() < rightLeast-slack:
		return "phải", w - r.right(), rightLeast
	case r.box.Y < edgeLeast-slack:
		return "trên", r.box.Y, edgeLeast
	case h-r.bottom() < edgeLeast-2*slack: // descenders
		return "dưới", h - r.bottom(), edgeLeast
	}
	return "", 0, 0
}

// isPageNumber: a number alone inside the upper margin.
func isPageNumber(r row) bool { return r.bottom() < edgeMost && digits(r.text()) }

// pageNumbers: from the second page on, in the middle of the upper margin;
// annexes count for themselves.
// law:ND30-PL1.I
func (c *checker) pageNumbers() {
	start := 0
	for i, p := range c.pages {
		if c.begins(i) {
			start = i
		}
		no, found := c.pageNumber(i)
		want := i - start + 1
		width, _ := p.Size()
		switch {
		case want == 1 && found && no.text() == "1":
			c.fail(partPageNo, Error, no, fmt.Sprintf("Trang đầu (trang %d) có ghi số trang.", i+1), "Không hiển thị số ở trang thứ nhất.")
			return
		case want == 1:
			continue
		case !found:
			c.out = append(c.out, Finding{
				Rule: partPageNo.rule, Item: partPageNo.item, Level: Error, Page: i + 1,
				Text: fmt.Sprintf("Trang %d không có số trang ở lề trên.", i+1),
				Fix:  fmt.Sprintf("Đánh số %d ở giữa lề trên, chữ số Ả Rập, cỡ 13 đến 14.", want),
			})
			return
		case no.text() != fmt.Sprint(want):
			c.fail(partPageNo, Error, no, fmt.Sprintf("Trang %d ghi số %s.", i+1, no.text()), fmt.Sprintf("Đánh số %d: phụ lục đánh số riêng, từ trang thứ hai.", want))
			return
		case math.Abs(no.middle()-width/2) > 12:
			c.fail(partPageNo, Warn, no, fmt.Sprintf("Số trang %d không ở giữa.", i+1), "Canh số trang giữa lề trên.")
			return
		}
	}
	c.pass(partPageNo, row{}, "Đúng vị trí.")
}

// begins says that page i begins the document or an annex.
func (c *checker) begins(i int) bool {
	for _, a := range c.annex {
		if a == i {
			return true
		}
	}
	return i == 0
}

func (c *checker) pageNumber(i int) (row, bool) {
	for _, r := range c.rows[i] {
		if isPageNumber(r) {
			return r, true
		}
	}
	return row{}, false
}

// serif are faces with the letter forms of Times New Roman, by their folded
// names; symbols are faces for bullets.
var (
	serif   = []string{"times", "liberationserif", "tinos", "termes", "nimbusroman"}
	symbols = []string{"symbol", "wingdings", "webdings", "dingbats"}
)

// fonts: Times New Roman in Unicode, embedded so that it looks and searches
// the same everywhere.
// law:ND30-PL1.I
func (c *checker) fonts() {
	var old, loose, other []string
	for _, f := range c.usedFonts() {
		key := letters(f.name)
		switch {
		case strings.HasPrefix(f.name, ".Vn") || strings.HasPrefix(f.name, "VNI-"):
			old = append(old, f.name)
		case !f.embedded:
			loose = append(loose, f.name)
		case !hasAny(key, serif) && !hasAny(key, symbols):
			other = append(other, f.name)
		}
	}
	for _, x := range []struct {
		names     []string
		text, fix string
	}{
		{old, "Phông chữ thuộc bảng mã cũ, không phải Unicode: ", "Chuyển toàn văn sang Times New Roman, Unicode TCVN 6909:2001."},
		{loose, "Phông chữ không nhúng trong tệp: ", "Xuất lại PDF với lựa chọn nhúng phông chữ."},
		{other, "Phông chữ không phải Times New Roman: ", "Dùng Times New Roman, màu đen, cho toàn văn bản."},
	} {
		if len(x.names) > 0 {
			c.fail(partFont, Error, row{}, x.text+cut(strings.Join(x.names, ", "), 200)+".", x.fix)
		}
	}
	if len(old)+len(loose)+len(other) == 0 {
		c.pass(partFont, row{}, "Times New Roman hoặc tương đương, đã nhúng.")
	}
}

func hasAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// face is a font of the file: its name without the subset tag.
type face struct {
	name     string
	embedded bool
}

// Limits on looking for fonts.
const (
	maxFonts     = 200
	maxForms     = 2000 // drawings looked into
	maxFormDepth = 3
)

// usedFonts are the fonts of the pages and of the drawings on them, by name.
func (c *checker) usedFonts() []face {
	seen, left := map[string]bool{}, maxForms // name → embedded
	for _, p := range c.pages {
		c.fontsOf(p.Resources, 0, seen, &left)
	}
	var out []face
	for name, embedded := range seen {
		out = append(out, face{name, embedded})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

func (c *checker) fontsOf(resources pdf.Dict, depth int, seen map[string]bool, left *int) {
	for _, o := range c.f.Dict(resources["Font"]) {
		d := c.f.Dict(o)
		if len(seen) >= maxFonts || d == nil || c.f.Name(d["Subtype"]) == "Type3" {
			continue
		}
		name := string(c.f.Name(d["BaseFont"]))
		if tag, rest, ok := strings.Cut(name, "+"); ok && len(tag) == 6 {
			name = rest
		}
		was, known := seen[name]
		seen[name] = c.embedded(d) && (was || !known)
	}
	if depth == maxFormDepth {
		return
	}
	for _, o := range c.f.Dict(resources["XObject"]) {
		if d := c.f.Dict(o); *left > 0 && c.f.Name(d["Subtype"]) == "Form" {
			*left--
			c.fontsOf(c.f.Dict(d["Resources"]), depth+1, seen, left)
		}
	}
}

// embedded looks for the font program (iso32000-2:9.9.1).
func (c *checker) embedded(font pdf.Dict) bool {
	if kids := c.f.Array(font["DescendantFonts"]); len(kids) > 0 {
		font = c.f.Dict(kids[0])
	}
	d := c.f.Dict(font["FontDescriptor"])
	return d["FontFile"] != nil || d["FontFile2"] != nil || d["FontFile3"] != nil
}

// bodySize: the size that most letters of the text have.
// law:ND30-PL1.II.6
func (c *checker) bodySize() {
	count, head := map[float64]int{}, c.headEnd()
	for i := 0; i <= c.last(); i++ {
		for _, r := range c.rows[i] {
			if i == 0 && r.box.Y < head || isPageNumber(r) {
				continue
			}
			if i == c.last() && r.has("noinhan") {
				break // what follows are receivers and signer
			}
			count[math.Round(r.size()*2)/2] += len(r.cells)
		}
	}
	size, most := 0.0, 0
	for s, n := range count {
		if n > most {
			size, most = s, n
		}
	}
	if most == 0 {
		return
	}
	text := "Cỡ chữ " + viet.Decimal(size, 1) + "."
	c.judge(size >= 13 && size <= 14, partBody, Error, row{}, text, text, "Nội dung dùng chữ đứng cỡ 13 đến 14.")
}
