package form

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"

	"vanthu/internal/paper"
	"vanthu/law"
	"vanthu/pdf"
	"vanthu/viet"
)

// put is one line of text on a page of the test's own making. x is the left
// edge, or the middle when centre is set; y the baseline; mm.
type put struct {
	page   int
	x, y   float64
	centre bool
	size   float64
	style  string // "", "B", "I"
	text   string
}

// letter is a công văn of two pages and an annex with nothing wrong.
func letter() []put {
	out := []put{
		{0, 63, 24, true, 12, "", "UBND TỈNH MẪU"},
		{0, 63, 29, true, 12, "B", "SỞ XÂY DỰNG"},
		{0, 143, 24, true, 12, "B", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
		{0, 143, 29.5, true, 13, "B", "Độc lập - Tự do - Hạnh phúc"},
		{0, 40, 38, false, 13, "", "Số:                    /SXD-KT"},
		{0, 143, 38, true, 13, "I", "Mẫu, ngày         tháng         năm 2025"},
		{0, 63, 44, true, 12, "", "V/v rà soát, điều chỉnh quy hoạch"},
		{0, 63, 49, true, 12, "", "các cụm công nghiệp năm 2025"},
		{0, 63, 58, true, 13, "B", "HỎA TỐC"},
		{0, 105, 68, true, 14, "", "Kính gửi: Ủy ban nhân dân huyện A."},
	}
	for i := range 24 {
		out = append(out, put{0, 30, 78 + 8*float64(i), false, 14, "", "Sở Xây dựng đề nghị các cơ quan phối hợp rà soát, điều chỉnh quy hoạch."})
	}
	return append(out,
		put{1, 105, 14, true, 13, "", "2"},
		put{1, 30, 26, false, 14, "", "Sở Xây dựng trân trọng cảm ơn./."},
		put{1, 30, 40, false, 12, "", "Nơi nhận:"},
		put{1, 30, 45, false, 11, "", "- Như trên;"},
		put{1, 30, 50, false, 11, "", "- Lưu: VT, KT (02)."},
		put{1, 145, 40, true, 14, "B", "KT. GIÁM ĐỐC"},
		put{1, 145, 46, true, 14, "B", "PHÓ GIÁM ĐỐC"},
		put{1, 145, 80, true, 14, "B", "Đặng Tuyết Mai"},
		put{2, 105, 26, true, 14, "B", "Phụ lục"},
		put{2, 105, 32, true, 14, "B", "DANH MỤC CỤM CÔNG NGHIỆP"},
		put{2, 112, 38, true, 14, "I", "(Kèm theo Công văn số …/SXD-KT ngày … tháng … năm … của Sở Xây dựng)"},
		put{2, 30, 50, false, 14, "", "1. Cụm công nghiệp Bắc Sông."},
	)
}

func expected() Expect {
	kind, _ := law.KindByCode("CV")
	return Expect{
		Kind: kind, Agency: "Sở Xây dựng", Superior: "Ủy ban nhân dân tỉnh Mẫu", Place: "Mẫu", Notation: "SXD-KT",
		Subject:    "V/v rà soát, điều chỉnh quy hoạch các cụm công nghiệp năm 2025",
		SignerName: "Đặng Tuyết Mai", SignerTitle: "Phó Giám đốc", Capacity: "KT.", Urgency: "HỎA TỐC",
	}
}

// sheet is how pages are made, besides what stands on them.
type sheet struct {
	w, h     float64
	sans     bool // body in a face without serifs
	embedded bool
}

var a4 = sheet{w: 210, h: 297, embedded: true}

func (s sheet) draw(t *testing.T, puts []put) *pdf.File {
	t.Helper()
	p := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: s.w, Ht: s.h}})
	p.SetAutoPageBreak(false, 0)
	regular := liberationserifregular.TTF
	if s.sans {
		regular = liberationsansregular.TTF
		p.AddUTF8FontFromBytes("LiberationSans", "", regular)
	}
	p.AddUTF8FontFromBytes("LiberationSerif", "", liberationserifregular.TTF)
	p.AddUTF8FontFromBytes("LiberationSerif", "B", liberationserifbold.TTF)
	p.AddUTF8FontFromBytes("LiberationSerif", "I", liberationserifitalic.TTF)
	page := -1
	for _, x := range puts {
		for ; page < x.page; page++ {
			p.AddPage()
		}
		family := "LiberationSerif"
		if s.sans && x.style == "" {
			family = "LiberationSans"
		}
		p.SetFont(family, x.style, x.size)
		left := x.x
		if x.centre {
			left -= p.GetStringWidth(x.text) / 2
		}
		p.Text(left, x.y, x.text)
	}
	if !s.embedded {
		p.SetFont("Times", "", 14)
		p.Text(40, 270, "a core face")
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return open(t, b.Bytes())
}

func open(t *testing.T, data []byte) *pdf.File {
	t.Helper()
	f, err := pdf.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// bad lists the findings that are not OK as "item level".
func bad(list []Finding) []string {
	var out []string
	for _, f := range list {
		if !f.OK {
			out = append(out, f.Item+" "+string(f.Level))
		}
	}
	return out
}

// replace changes the text of the one line that holds old.
func replace(puts []put, old, text string) []put {
	for i := range puts {
		if strings.Contains(puts[i].text, old) {
			puts[i].text = strings.Replace(puts[i].text, old, text, 1)
			return puts
		}
	}
	panic("no line with " + old)
}

func without(puts []put, text string) []put {
	return slices.DeleteFunc(puts, func(p put) bool { return strings.Contains(p.text, text) })
}

func change(f func([]put) []put) func(*sheet, *Expect, *[]put) {
	return func(_ *sheet, _ *Expect, p *[]put) { *p = f(*p) }
}

func swap(old, text string) func(*sheet, *Expect, *[]put) {
	return change(func(p []put) []put { return replace(p, old, text) })
}

func drop(text string) func(*sheet, *Expect, *[]put) {
	return change(func(p []put) []put { return without(p, text) })
}

// TestOneThingBroken: a document with one fault has that finding and no other
// (ND30-PL1.I, ND30-PL1.II, ND30-PL1.III).
func TestOneThingBroken(t *testing.T) {
	tests := []struct {
		name string
		do   func(*sheet, *Expect, *[]put)
		want []string
	}{
		{"nothing", func(*sheet, *Expect, *[]put) {}, nil},
		{"long paper", func(s *sheet, _ *Expect, _ *[]put) { s.w, s.h = 216, 330 }, []string{"Khổ giấy error"}},
		{"left margin", change(func(p []put) []put { p[14].x = 24; return p }), []string{"Lề trang error"}},
		{"wide left margin", change(func(p []put) []put {
			for i := range p {
				if p[i].x == 30 {
					p[i].x = 38
				}
			}
			p[0].x, p[1].x, p[6].x, p[7].x = 68, 68, 68, 68
			p[6].text, p[7].text = "V/v rà soát, điều chỉnh", "quy hoạch các cụm công nghiệp"
			p = replace(p, "(Kèm theo Công văn số …/SXD-KT ngày … tháng … năm …", "(Kèm theo Công văn ngày …")
			return append([]put{{0, 68, 53, true, 12, "", "năm 2025"}}, p...)
		}), []string{"Lề trang warn"}},
		{"bottom margin", change(func(p []put) []put { return append(p, put{2, 30, 285, false, 14, "", "Ghi chú cuối trang."}) }), []string{"Lề trang error"}},
		{"sans", func(s *sheet, _ *Expect, _ *[]put) { s.sans = true }, []string{"Phông chữ error"}},
		{"not embedded", func(s *sheet, _ *Expect, _ *[]put) { s.embedded = false }, []string{"Phông chữ error"}},
		{"no page number", change(func(p []put) []put {
			return slices.DeleteFunc(p, func(x put) bool { return x.text == "2" })
		}), []string{"Số trang error"}},
		{"wrong page number", change(func(p []put) []put {
			for i := range p {
				if p[i].text == "2" {
					p[i].text = "3"
				}
			}
			return p
		}), []string{"Số trang error"}},
		{"number on page 1", change(func(p []put) []put { return append([]put{{0, 105, 14, true, 13, "", "1"}}, p...) }), []string{"Số trang error"}},
		{"annex counts on", change(func(p []put) []put { return append(p, put{2, 105, 14, true, 13, "", "1"}) }), []string{"Số trang error"}},
		{"no national title", drop("CỘNG HÒA"), []string{"Quốc hiệu error"}},
		{"national title misspelt", swap("NGHĨA", "NGHỈA"), []string{"Quốc hiệu error"}},
		{"new tone placement", swap("HÒA", "HOÀ"), nil},
		{"national title small", change(func(p []put) []put { p[2].size = 10; return p }), []string{"Quốc hiệu warn"}},
		{"motto without hyphens", swap("Độc lập - Tự do - Hạnh phúc", "Độc lập Tự do Hạnh phúc"), []string{"Tiêu ngữ error"}},
		{"motto in capitals", swap("Độc lập - Tự do - Hạnh phúc", "Độc Lập - Tự Do - Hạnh Phúc"), []string{"Tiêu ngữ error"}},
		{"other agency", swap("SỞ XÂY DỰNG", "SỞ NỘI VỤ"), []string{"Tên cơ quan ban hành error"}},
		{"no superior", drop("UBND TỈNH MẪU"), []string{"Cơ quan chủ quản warn"}},
		{"no number line", drop("Số:     "), []string{"Số, ký hiệu error"}},
		{"other symbol", swap("SXD-KT", "SXD-QH"), []string{"Số, ký hiệu error"}},
		{"blanks in the symbol", swap("/SXD-KT", "/SXD - KT"), []string{"Số, ký hiệu error"}},
		{"number typed", swap("Số:                    /", "Số: 45/"), []string{"Số, ký hiệu warn"}},
		{"no room for the number", swap("Số:                    /", "Số: /"), []string{"Số, ký hiệu warn"}},
		{"no day line", drop("Mẫu, ngày"), []string{"Địa danh, thời gian error"}},
		{"other place", swap("Mẫu, ngày", "Huyện A, ngày"), []string{"Địa danh, thời gian error"}},
		{"day typed", swap("ngày         tháng         năm", "ngày 03 tháng 3 năm"), []string{"Địa danh, thời gian warn"}},
		{"no room for the day", swap("ngày         tháng         năm", "ngày tháng năm"), []string{"Địa danh, thời gian warn"}},
		{"no subject", change(func(p []put) []put { return without(without(p, "V/v"), "các cụm công nghiệp năm") }), []string{"Trích yếu error"}},
		{"other subject", swap("cụm công nghiệp năm 2025", "cụm công nghiệp năm 2024"), []string{"Trích yếu error"}},
		{"named kind", func(_ *sheet, e *Expect, p *[]put) {
			e.Kind, _ = law.KindByCode("BC")
			*p = without(without(*p, "V/v"), "các cụm công nghiệp năm")
			*p = replace(*p, "Kính gửi: Ủy ban nhân dân huyện A.", "BÁO CÁO")
			*p = append([]put{{0, 105, 73, true, 14, "B", "Rà soát, điều chỉnh quy hoạch các cụm công nghiệp năm 2025"}}, *p...)
		}, nil},
		{"kind missing", func(_ *sheet, e *Expect, _ *[]put) { e.Kind, _ = law.KindByCode("TTr") }, []string{"Tên loại error"}},
		{"kind in small letters", func(_ *sheet, e *Expect, p *[]put) {
			e.Kind, _ = law.KindByCode("BC")
			*p = replace(*p, "Kính gửi: Ủy ban nhân dân huyện A.", "Báo cáo")
			*p = append([]put{{0, 105, 73, true, 14, "B", "Rà soát, điều chỉnh quy hoạch các cụm công nghiệp năm 2025"}}, *p...)
		}, []string{"Tên loại error"}},
		{"small body", change(func(p []put) []put {
			for i := range p {
				if p[i].size == 14 && p[i].style == "" {
					p[i].size = 12
				}
			}
			return p
		}), []string{"Cỡ chữ nội dung error"}},
		{"other signer", swap("Đặng Tuyết Mai", "Lê Quốc Hùng"), []string{"Họ tên người ký error"}},
		{"degree before the name", swap("Đặng Tuyết Mai", "TS. Đặng Tuyết Mai"), []string{"Họ tên người ký error"}},
		{"no room to sign", change(func(p []put) []put {
			for i := range p {
				if p[i].text == "Đặng Tuyết Mai" {
					p[i].y = 54
				}
			}
			return p
		}), []string{"Họ tên người ký warn"}},
		{"signature not on the last page", change(func(p []put) []put {
			p = append(p, put{3, 105, 14, true, 13, "", "3"}, put{3, 30, 30, false, 14, "", "Nội dung còn lại."})
			for i := range p {
				if p[i].page == 2 {
					p[i].page = 4
				}
				if strings.HasPrefix(p[i].text, "Nơi nhận") || strings.HasPrefix(p[i].text, "- ") {
					p[i].page = 3
				}
			}
			p = append(p, put{2, 30, 30, false, 14, "", "Trang này không có số."}, put{2, 105, 14, true, 13, "", "3"})
			p = replace(p, "3", "3")
			slices.SortStableFunc(p, func(a, b put) int { return a.page - b.page })
			return p
		}), []string{"Số trang error", "Họ tên người ký error"}},
		{"other title", swap("PHÓ GIÁM ĐỐC", "CHÁNH VĂN PHÒNG"), []string{"Quyền hạn, chức vụ người ký error"}},
		{"higher title", func(_ *sheet, e *Expect, p *[]put) {
			e.SignerTitle = "Giám đốc"
			*p = without(*p, "KT. GIÁM ĐỐC")
			e.Capacity = ""
		}, []string{"Quyền hạn, chức vụ người ký error"}},
		{"capacity missing", drop("KT. GIÁM ĐỐC"), []string{"Quyền hạn, chức vụ người ký error"}},
		{"capacity not chosen", func(_ *sheet, e *Expect, _ *[]put) { e.Capacity = "" }, []string{"Quyền hạn, chức vụ người ký warn"}},
		{"no addressee", drop("Kính gửi"), []string{"Kính gửi error"}},
		{"no receivers", change(func(p []put) []put { return without(without(p, "Nơi nhận"), "- ") }), []string{"Tiêu ngữ error", "Nơi nhận error"}},
		{"kept nowhere", drop("Lưu"), []string{"Nơi nhận error"}},
		{"kept elsewhere", swap("Lưu: VT, KT", "Lưu: KT"), []string{"Nơi nhận warn"}},
		{"stamp not in the register", func(_ *sheet, e *Expect, _ *[]put) { e.Urgency = "" }, []string{"Dấu chỉ độ khẩn error"}},
		{"other stamp", func(_ *sheet, e *Expect, _ *[]put) { e.Urgency = "Khẩn" }, []string{"Dấu chỉ độ khẩn error"}},
		{"stamp missing", drop("HỎA TỐC"), []string{"Dấu chỉ độ khẩn error"}},
		{"annex filled", swap("số …/SXD-KT", "số 45/SXD-KT"), []string{"Phụ lục warn"}},
		{"annex not tied", drop("Kèm theo"), []string{"Phụ lục warn"}},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			s, e, puts := a4, expected(), letter()
			x.do(&s, &e, &puts)
			got := Check(s.draw(t, puts), e)
			if b := bad(got); !slices.Equal(b, x.want) {
				t.Errorf("got %q, want %q", b, x.want)
				tell(t, got)
			}
		})
	}
}

func tell(t *testing.T, list []Finding) {
	for _, f := range list {
		if !f.OK {
			t.Logf("%+v", f)
		}
	}
}

// TestFindings: each names its clause, speaks in sentences and points at its place.
func TestFindings(t *testing.T) {
	e := expected()
	e.Notation, e.Subject, e.SignerName, e.Urgency = "XYZ", "Khác", "Không Có", ""
	for _, f := range append(Check(a4.draw(t, letter()), expected()), Check(a4.draw(t, letter()), e)...) {
		if _, ok := law.Find(f.Rule); !ok {
			t.Errorf("%s rests on %q, which the index of law does not have", f.Item, f.Rule)
		}
		if !strings.HasSuffix(f.Text, ".") || f.OK != (f.Level == "") || f.OK != (f.Fix == "") {
			t.Errorf("not a finding for people: %+v", f)
		}
	}
	for _, f := range Check(a4.draw(t, letter()), expected()) {
		if f.Item == "Số, ký hiệu" && (f.Page != 1 || f.Box.X < 35 || f.Box.X > 45 || f.Box.Y < 30 || f.Box.Y > 38) {
			t.Errorf("number line at %d %+v", f.Page, f.Box)
		}
	}
}

// TestPrinted: what our own printer makes has the prescribed form (ND30-PL1).
func TestPrinted(t *testing.T) {
	for _, code := range []string{"CV", "QĐ", "KH"} {
		kind, _ := law.KindByCode(code)
		d := &paper.Document{
			Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng", Symbol: kind.Symbol("SXD", "KT"), Place: "Mẫu", Year: 2025,
			Subject: "Phối hợp rà soát quy hoạch", Title: "Giám đốc", Signer: "Lê Quốc Hùng", CopyTo: []string{"Như trên"}, Kept: "VT, KT",
			Body:    slices.Repeat([]paper.Block{{Text: strings.Repeat("Đề nghị các cơ quan phối hợp. ", 12)}}, 12),
			Annexes: []paper.Annex{{Title: "Biểu mẫu", Body: slices.Repeat([]paper.Block{{Text: strings.Repeat("Nội dung biểu mẫu. ", 20)}}, 15)}},
		}
		if kind.Abbr != "" {
			d.Kind = kind.Name
		} else {
			d.To = []string{"Ủy ban nhân dân huyện A"}
		}
		var b bytes.Buffer
		if _, err := d.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		e := Expect{Kind: kind, Agency: "Sở Xây dựng", Superior: "UBND tỉnh Mẫu", Place: "Mẫu", Notation: d.Symbol, Subject: d.Subject, SignerName: d.Signer, SignerTitle: "Giám đốc"}
		got := Check(open(t, b.Bytes()), e)
		if Failed(got) > 0 {
			t.Errorf("%s: %q", code, bad(got))
			tell(t, got)
		}
	}
}

// TestCorpus: the same letter by other programs is read the same; a scan or
// a page turned on its side asks for a person (ND30-12.2).
func TestCorpus(t *testing.T) {
	kind, _ := law.KindByCode("CV")
	e := Expect{Kind: kind, Agency: "UBND huyện A", Superior: "UBND tỉnh Mẫu", Place: "Huyện A", Notation: "UBH-VP", Subject: "phối hợp rà soát quy hoạch cụm công nghiệp năm 2025",
		SignerName: "Nguyễn Văn Khanh", SignerTitle: "Chủ tịch", Capacity: "TM."}
	// The letter is an issued one in DejaVu Serif: its number and day are printed.
	same := []string{"Phông chữ error", "Số, ký hiệu warn", "Địa danh, thời gian warn"}
	tests := map[string][]string{
		"libreoffice.pdf": same, "Công văn phối hợp.pdf": same, "ghostscript.pdf": same, "object-streams.pdf": same, "linearized.pdf": same,
		"rotated.pdf": {"Đọc văn bản warn"}, "scan.pdf": {"Đọc văn bản warn"},
	}
	files, err := os.ReadDir("../../testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		want, ok := tests[viet.NFC(file.Name())] // one name is decomposed on disk
		if !ok {
			continue
		}
		delete(tests, viet.NFC(file.Name()))
		data, err := os.ReadFile(filepath.Join("../../testdata/corpus", file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got := Check(open(t, data), e)
		if b := bad(got); !slices.Equal(b, want) {
			t.Errorf("%s: %q, want %q", file.Name(), b, want)
			tell(t, got)
		}
	}
	if len(tests) > 0 {
		t.Errorf("not in the corpus: %v", tests)
	}
}

// TestAnyFile: no file of the corpus brings the check down.
func TestAnyFile(t *testing.T) {
	for _, glob := range []string{"../../testdata/corpus/*.pdf", "../../pades/testdata/*.pdf", "../../pdf/testdata/*.pdf"} {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", glob, err, len(files))
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := pdf.Open(data)
			if err != nil {
				continue
			}
			if len(Check(f, expected())) == 0 {
				t.Errorf("%s: no finding at all", name)
			}
		}
	}
}
