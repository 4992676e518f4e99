package form

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"

	"vanthu/law"
	"vanthu/pdf"
	"vanthu/viet"
)

// Reading is what the machine read from a PDF's text, in the places where
// ND30-PL1 puts it: number and date at the head, the subject under the number
// or under the kind, the signer at the end. What it is not sure of stays empty.
type Reading struct {
	Number, Notation string
	Day              viet.Day
	Letterhead       []string // the lines above the number, the issuer last
	Kind             string   // code
	Subject          string
	Signer, Title    string
	Stamp            string // HỎA TỐC, THƯỢNG KHẨN, KHẨN, or ""
	Due              viet.Day
	Pages            int
}

var (
	numberForm = regexp.MustCompile(`(?i)(?:^|\s)Số\s*:?\s*(\d{1,6}[A-Za-z]?)\s*/\s*([\p{L}\d][\p{L}\d&.-]*(?:\s?[-/]\s?[\p{L}\d&.]+)*)`)
	dayForm    = regexp.MustCompile(`(?i)ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})`)
	dueForm    = regexp.MustCompile(`(?i)(?:trước|chậm nhất|hạn)[^.;]{0,40}?(\d{1,2}/\d{1,2}/\d{4})`)
	subjectAt  = regexp.MustCompile(`(?i)^V\s*/\s*v:?\s+`)
)

// Read reads a document's text. A file without text (a plain scan) gives
// its pages only; a file that cannot be read gives nothing, for storing it is
// what tells the person why.
func Read(data []byte) (r Reading) {
	f, err := pdf.Open(data)
	if err != nil {
		return r
	}
	pages, err := f.Pages()
	if err != nil || len(pages) == 0 {
		return r
	}
	r.Pages = len(pages)
	text, err := f.Text()
	if err != nil && text == "" {
		return r
	}
	r.readText(text)
	if first := piecesOf(f, pages[0]); len(first) > 0 {
		r.readHead(first)
	}
	for i := len(pages) - 1; i >= 0 && r.Signer == ""; i-- {
		r.readEnd(piecesOf(f, pages[i]))
	}
	return r
}

// readText takes what stands in one line wherever it is.
// law:ND30-PL1.II.3 ND30-PL1.II.4
func (r *Reading) readText(text string) {
	if m := numberForm.FindStringSubmatch(text); m != nil {
		r.Number, r.Notation = m[1], strings.ReplaceAll(strings.Trim(m[2], "-./"), " ", "")
		r.Kind = law.KindByNotation(r.Notation).Code
	}
	if m := dayForm.FindStringSubmatch(text); m != nil {
		r.Day, _ = viet.ParseDay(m[1] + "/" + m[2] + "/" + m[3])
	}
	if m := dueForm.FindStringSubmatch(strings.ReplaceAll(text, "\n", " ")); m != nil {
		if d, err := viet.ParseDay(m[1]); err == nil && d > r.Day && !r.Day.IsZero() {
			r.Due = d
		}
	}
}

// piece is a run of letters without a wide gap: a line of one column.
type piece struct {
	text   string
	x0, x1 float64 // as a share of the page's width
	y      float64 // from the top, in points
	size   float64
}

func (p piece) middle() float64 { return (p.x0 + p.x1) / 2 }
func (p piece) left() bool      { return p.middle() < .48 && p.x1 < .62 }
func (p piece) right() bool     { return p.middle() > .52 }

// piecesOf parts the lines of a page at gaps wider than one and a half letters,
// because the head and the foot of a document stand in two columns.
func piecesOf(f *pdf.File, page pdf.Page) (out []piece) {
	lines, err := f.Lines(page)
	if err != nil {
		return nil
	}
	wide, high := page.Size()
	if wide <= 0 || high <= 0 {
		return nil
	}
	for _, l := range lines {
		glyphs := slices.DeleteFunc(l.Glyphs, func(g pdf.Glyph) bool { return strings.TrimSpace(g.Text) == "" })
		from := 0
		for i := 1; i <= len(glyphs); i++ {
			if i < len(glyphs) && glyphs[i].Rect.X0-glyphs[i-1].Rect.X1 < 1.5*l.Size {
				continue
			}
			if p, ok := pieceOf(page, glyphs[from:i], wide); ok {
				out = append(out, p)
			}
			from = i
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].y < out[j].y-2 })
	return out
}

func pieceOf(page pdf.Page, glyphs []pdf.Glyph, wide float64) (p piece, ok bool) {
	var b strings.Builder
	for i, g := range glyphs {
		if i > 0 && g.Rect.X0-glyphs[i-1].Rect.X1 > .15*g.Size {
			b.WriteByte(' ')
		}
		b.WriteString(g.Text)
	}
	p.text = viet.NFC(strings.Join(strings.Fields(b.String()), " "))
	if p.text == "" {
		return p, false
	}
	box := page.View(glyphs[0].Rect)
	end := page.View(glyphs[len(glyphs)-1].Rect)
	p.x0, p.x1, p.y, p.size = box.X/wide, (end.X+end.W)/wide, (box.Y+box.H)*pdf.PointsPerMM, glyphs[0].Size
	return p, true
}

// readHead reads page one: letterhead, urgency, subject.
// law:ND30-PL1.II.2 ND30-PL1.II.5
func (r *Reading) readHead(list []piece) {
	at := -1
	for i, p := range list {
		if strings.HasPrefix(strings.ToLower(p.text), "số") && strings.Contains(p.text, "/") && p.middle() < .55 {
			at = i
			break
		}
	}
	for i, p := range list {
		if i < at && p.left() && isUpper(p.text) {
			r.Letterhead = append(r.Letterhead, p.text)
		}
		if stamp := stamps[letters(p.text)]; stamp != "" && isUpper(p.text) {
			r.Stamp = stamp
		}
	}
	if r.Subject = besideNumber(list); r.Subject == "" {
		r.underKind(list)
	}
}

// besideNumber is the subject of a công văn: "V/v …" in the left column, over
// as many lines as it takes.
func besideNumber(list []piece) string {
	for i, p := range list {
		if !subjectAt.MatchString(p.text) {
			continue
		}
		words, last := []string{subjectAt.ReplaceAllString(p.text, "")}, p
		for _, q := range list[i+1:] {
			if !q.left() || q.y-last.y < 1 {
				continue
			}
			if q.y-last.y > 2*last.size || strings.HasPrefix(q.text, "Kính gửi") || len(words) > 6 {
				break
			}
			words, last = append(words, q.text), q
		}
		return "V/v " + strings.Join(words, " ")
	}
	return ""
}

// underKind is the subject of every other kind: bold lines in the middle under
// the kind's name.
func (r *Reading) underKind(list []piece) {
	for i, p := range list {
		kind, ok := law.KindByName(viet.Title(strings.ToLower(p.text)))
		if !ok || !isUpper(p.text) || p.middle() < .35 || p.middle() > .65 {
			continue
		}
		r.Kind = kind.Code
		var words []string
		last := p
		for _, q := range list[i+1:] {
			centred := q.middle() > .38 && q.middle() < .64
			if !centred || isUpper(q.text) || q.y-last.y > 2.2*last.size || strings.HasPrefix(q.text, "Căn cứ") || strings.HasPrefix(q.text, "Kính gửi") || len(words) > 6 {
				break
			}
			words, last = append(words, q.text), q
		}
		r.Subject = strings.Join(words, " ")
		return
	}
}

// readEnd reads the signer: the name in the right column beside or under "Nơi
// nhận", and the office in capitals over it. law:ND30-PL1.II.7
func (r *Reading) readEnd(list []piece) {
	from := -1.0
	for _, p := range list {
		if strings.HasPrefix(p.text, "Nơi nhận") {
			from = p.y - 3*p.size
		}
	}
	if from < 0 {
		return
	}
	var title []string
	for _, p := range list {
		if p.y < from || !p.right() {
			continue
		}
		switch {
		case isUpper(p.text):
			title = append(title, p.text)
		case isName(p.text):
			r.Signer, r.Title = p.text, titleOf(title)
			return
		}
	}
}

// titleOf is the signer's own office: the last line of "KT. GIÁM ĐỐC / PHÓ
// GIÁM ĐỐC", without the mark of authority.
func titleOf(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	t := lines[len(lines)-1]
	for _, mark := range []string{"TM.", "KT.", "TL.", "TUQ.", "Q."} {
		t = strings.TrimSpace(strings.TrimPrefix(t, mark))
	}
	t = strings.ToLower(t)
	if rest, ok := strings.CutPrefix(t, "phó "); ok {
		return "Phó " + viet.Title(rest) // as people write it: Phó Giám đốc
	}
	return viet.Title(t)
}

// isUpper says that a text has letters and all of them are capitals.
func isUpper(s string) bool {
	capitals := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return capitals > 1
}

// isName says that a text could be a person's name: two to six words, each
// with one capital at its head.
func isName(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 6 {
		return false
	}
	for _, w := range words {
		runes := []rune(w)
		if !unicode.IsUpper(runes[0]) || !viet.IsSyllable(w) {
			return false
		}
		for _, r := range runes[1:] {
			if !unicode.IsLower(r) {
				return false
			}
		}
	}
	return true
}
