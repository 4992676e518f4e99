package paper

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/viet"
)

var update = flag.Bool("update", false, "rewrite the golden texts in testdata")

var (
	made  = time.Date(2025, 3, 3, 8, 5, 0, 0, viet.Zone)
	today = viet.MustDay("2025-03-03")
)

func letter() *Document {
	return &Document{
		Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng", Symbol: "SXD-KT", Place: "Mẫu", Year: 2025,
		Subject: "phối hợp rà soát, điều chỉnh quy hoạch các cụm công nghiệp năm 2025", Urgency: "Hỏa tốc",
		To: []string{"Ủy ban nhân dân huyện A", "Ủy ban nhân dân xã B", "Sở Nội vụ"},
		Body: []Block{
			{Text: "Thực hiện kế hoạch công tác năm 2025 của Ủy ban nhân dân tỉnh về rà soát, điều chỉnh quy hoạch các cụm công nghiệp trên địa bàn, Sở Xây dựng đề nghị các cơ quan phối hợp những nội dung sau:"},
			{Lead: "1.", Text: "Rà soát hiện trạng sử dụng đất, hạ tầng kỹ thuật và tỷ lệ lấp đầy của từng cụm công nghiệp; gửi số liệu theo mẫu kèm theo trước ngày 10/3/2025."},
			{Lead: "2.", Text: "Cử một lãnh đạo đơn vị và một chuyên viên tham gia đoàn kiểm tra thực địa từ ngày 12/3/2025 đến ngày 14/3/2025 tại cụm công nghiệp Bắc Sông và cụm công nghiệp Đông Hòa."},
			{Text: "Trong quá trình thực hiện nếu có khó khăn, vướng mắc, đề nghị trao đổi với Phòng Kinh tế xây dựng để được hướng dẫn. Sở Xây dựng trân trọng cảm ơn./."},
		},
		Authority: "KT. Giám đốc", Title: "Phó Giám đốc", Signer: "Nguyễn Thị Mai",
		CopyTo: []string{"Như trên", "Ủy ban nhân dân tỉnh (để báo cáo)", "Giám đốc Sở (để biết)"}, Kept: "VT, KT (02)",
		Address: "Số 1 đường Trần Phú, thành phố Mẫu. Điện thoại: 0200 3 123 456. Thư điện tử: sxd@mau.gov.vn",
		Made:    made,
	}
}

func decision() *Document {
	long := strings.Repeat("Các đơn vị thuộc Sở, tổ chức và cá nhân có liên quan chịu trách nhiệm thi hành, định kỳ hằng quý báo cáo kết quả về Văn phòng Sở để tổng hợp. ", 4)
	d := &Document{
		Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng", Number: "05", Symbol: "QĐ-SXD", Place: "Mẫu", Day: today,
		Kind: "Quyết định", Subject: "Ban hành Quy chế quản lý, sử dụng Hệ thống quản lý văn bản và điều hành của Sở Xây dựng",
		Title: "Giám đốc", Signer: "Trần Văn Hùng", CopyTo: []string{"Như Điều 3", "Ủy ban nhân dân tỉnh"}, Kept: "VT, VP",
		Body: []Block{
			{Style: Centred, Text: "GIÁM ĐỐC SỞ XÂY DỰNG"},
			{Style: Ground, Text: "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;"},
			{Style: Ground, Text: "Theo đề nghị của Chánh Văn phòng Sở."},
			{Style: Centred, Text: "QUYẾT ĐỊNH:"},
			{Lead: "Điều 1.", Text: "Ban hành kèm theo Quyết định này Quy chế quản lý, sử dụng Hệ thống quản lý văn bản và điều hành."},
			{Lead: "Điều 2.", Text: long + long},
			{Lead: "Điều 3.", Text: long},
		},
		Made: made,
	}
	rows := [][]string{{"1", "Tiếp nhận, đăng ký văn bản đến", "Văn thư", "Trong ngày"}, {"2", "Trình, chuyển giao", "Văn thư", "Trong ngày, chậm nhất ngày làm việc tiếp theo"}}
	d.Annexes = []Annex{
		{"Quy trình xử lý văn bản đến", []Block{{Table: &Table{Columns: []Column{{"TT", 10, true}, {"Bước", 70, false}, {"Người làm", 35, false}, {"Thời hạn", 45, false}}, Rows: rows}}}},
		{"Mẫu báo cáo", []Block{{Style: Heading, Text: "I. TÌNH HÌNH CHUNG"}, {Text: "Nêu số lượng văn bản đến, văn bản đi trong kỳ."}}},
	}
	return d
}

func cover() Cover {
	return Cover{Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng", Year: 2025, From: viet.MustDay("2025-01-02"), To: today,
		First: "01", Last: "412", Volume: 1, Printed: made, By: "Nguyễn Thị Lan"}
}

func outgoing() *OutgoingBook {
	b := &OutgoingBook{Cover: cover()}
	for i := range 30 {
		r := OutgoingRow{Notation: fmt.Sprintf("%02d/SXD-KT", i+1), Day: today, Subject: "Công văn về việc phối hợp rà soát, điều chỉnh quy hoạch các cụm công nghiệp năm 2025",
			Signer: "Nguyễn Thị Mai", Recipients: "UBND huyện A; UBND xã B; Sở Nội vụ", Kept: "Phòng KTXD", Copies: 2, Forwarded: today}
		if i == 7 {
			r.Subject, r.Note = "Báo cáo "+strings.Repeat("tình hình thực hiện nhiệm vụ quản lý quy hoạch, kiến trúc ", 6), "Số đã hủy: nhập nhầm"
		}
		b.Rows = append(b.Rows, r)
	}
	return b
}

func incoming() *IncomingBook {
	b := &IncomingBook{Cover: cover()}
	for i := range 26 {
		b.Rows = append(b.Rows, IncomingRow{Arrived: today, Number: strconv.Itoa(387 + i), Author: "UBND huyện A", Notation: fmt.Sprintf("%d/UBH-VP", 95+i),
			Day: viet.MustDay("2025-02-28"), Subject: "Công văn về việc phối hợp rà soát quy hoạch cụm công nghiệp năm 2025", Handler: "Phòng Quy hoạch; chủ trì: Trần Bình", Forwarded: today})
	}
	return b
}

func stamp() *ArrivalStamp {
	return &ArrivalStamp{Agency: "Sở Xây dựng", Number: "412", Day: today, Forward: "Phòng Quy hoạch", File: "01.QH.2025", Made: made}
}

func slip() *HandlingSlip {
	return &HandlingSlip{Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng", Place: "Mẫu", Day: today, Number: "412", Arrived: today,
		Document: "Công văn số 120/UBH-VP ngày 28/02/2025 của Ủy ban nhân dân huyện A về việc phối hợp rà soát quy hoạch cụm công nghiệp năm 2025",
		Leader: []Opinion{{By: "Giám đốc Trần Văn Hùng", At: made, Text: "Giao Phòng Quy hoạch tham mưu văn bản trả lời, lấy ý kiến Phòng Kinh tế xây dựng.",
			Lead: []string{"Phòng Quy hoạch"}, Assist: []string{"Phòng Kinh tế xây dựng"}, Inform: []string{"Văn phòng Sở"}, Due: viet.MustDay("2025-03-07")}},
		Unit: []Opinion{{By: "Trưởng phòng Lê Sơn", At: made.Add(time.Hour), Text: "Đồng chí Bình dự thảo.", Lead: []string{"Phạm Bình"}, Due: viet.MustDay("2025-03-06")}},
		Made: made}
}

func delivery() *DeliverySheet {
	d := &DeliverySheet{Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng", Notation: "05/QĐ-SXD", Day: today, PacketID: "3f2a9c1e-77b0-4d52-9f3e-0d5c6f1a2b34",
		Subject: "Ban hành Quy chế quản lý, sử dụng Hệ thống quản lý văn bản và điều hành của Sở Xây dựng", Printed: made.Add(2 * time.Hour), By: "Nguyễn Thị Lan"}
	d.Rows = []DeliveryRow{
		{"Ủy ban nhân dân huyện A", "000.00.31.H99", "Trục liên thông", "03 Đã tiếp nhận", made, made.Add(9 * time.Minute), "9c41…e07b", ""},
		{"Ủy ban nhân dân xã B", "000.02.31.H99", "Trục liên thông", "01 Đã đến", made, made.Add(time.Minute), "1d07…44aa", ""},
		{"Sở Nội vụ", "000.00.12.H99", "Trục liên thông", "02 Từ chối tiếp nhận", made, made.Add(20 * time.Minute), "77fe…0b12", "Chữ ký không hợp lệ"},
		{"Hội X", "", "Bưu điện", "Chưa gửi", time.Time{}, time.Time{}, "", "Chưa kết nối Trục"},
	}
	return d
}

func handover() *KeyHandover {
	return &KeyHandover{Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng", Place: "Mẫu", Number: "02/BBBG-SXD", At: made,
		Permission: "số 05/QĐ-SXD ngày 03/3/2025 của Giám đốc Sở Xây dựng",
		Giver:      Party{"Nguyễn Thị Lan", "Văn thư", made.Add(-time.Hour)}, Receiver: Party{"Mai Thúy Nga", "Chuyên viên, Văn phòng", made},
		Holder: "Sở Xây dựng", Serial: "54 01 0A 3C 77", Issuer: "Cơ quan chứng thực số chuyên dùng thử nghiệm", From: viet.MustDay("2025-01-02"), To: viet.MustDay("2030-01-01"),
		Device: "USB token số 0071-2291", Condition: "Thiết bị hoạt động, niêm phong mã PIN còn nguyên", Made: made}
}

// papers are all forms, filled and for the hand.
func papers() map[string]io.WriterTo {
	blank := cover()
	blank.Blank, blank.First, blank.Last, blank.From, blank.To = 40, "", "", 0, 0
	return map[string]io.WriterTo{
		"letter": letter(), "decision": decision(), "outgoing": outgoing(), "incoming": incoming(), "stamp": stamp(), "slip": slip(),
		"delivery":       delivery(),
		"handover":       handover(),
		"tracking":       &TrackingBook{cover(), []TrackingRow{{"412", "Công văn 120/UBH-VP ngày 28/02/2025 của UBND huyện A", "Phòng Quy hoạch", today, "Đang dự thảo", "", ""}}},
		"post":           &PostBook{cover(), []PostRow{{today, "05/QĐ-SXD", "Hội X", 1, ""}}},
		"loan":           &LoanBook{cover(), []LoanRow{{today, "Phạm Bình", "05/QĐ-SXD ngày 03/3/2025", "Quyết định ban hành Quy chế", "01.VP", 0, "Chánh Văn phòng", ""}}},
		"blank-incoming": &IncomingBook{Cover: blank},
		"blank-slip":     &HandlingSlip{Parent: "Ủy ban nhân dân tỉnh Mẫu", Agency: "Sở Xây dựng", Place: "Mẫu", Made: made},
		"blank-stamp":    &ArrivalStamp{Agency: "Ủy ban nhân dân xã Thượng Nguyễn Hữu Cảnh", Made: made},
	}
}

func render(t *testing.T, p io.WriterTo) string {
	t.Helper()
	var b bytes.Buffer
	n, err := p.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("WriteTo: %d of %d bytes, %v", n, b.Len(), err)
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// TestPapers: every form is a sound file with embedded faces, the same bytes each
// time, and reads as its golden text (ND30-PL1, ND30-PL4).
func TestPapers(t *testing.T) {
	for name, p := range papers() {
		t.Run(name, func(t *testing.T) {
			path := render(t, p)
			tool(t, "qpdf", "--check", path)
			fonts := tool(t, "pdffonts", path)
			for _, l := range strings.Split(strings.TrimSpace(fonts), "\n")[2:] {
				if !regexp.MustCompile(`yes +yes +yes +\d+ +\d+$`).MatchString(l) {
					t.Errorf("font not embedded, subset and mapped to Unicode: %s", l)
				}
			}
			first, _ := os.ReadFile(path)
			again, _ := os.ReadFile(render(t, p))
			if !bytes.Equal(first, again) {
				t.Error("the same input gave other bytes")
			}
			golden(t, name, viet.NFC(tool(t, "pdftotext", "-layout", path, "-")))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (run with -update after looking at the page):\n%s", path, got)
	}
}

// TestSVGStamp: the screen's stamp has the size and the words of the printed one.
func TestSVGStamp(t *testing.T) {
	svg := stamp().SVG()
	var got []string
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		if c, ok := tok.(xml.CharData); ok {
			got = append(got, string(c))
		}
	}
	want := "SỞ XÂY DỰNG|ĐẾN|Số: 412|Ngày: 03/03/2025|Chuyển: Phòng Quy hoạch|Số và ký hiệu HS: 01.QH.2025"
	if strings.Join(got, "|") != want || !strings.Contains(svg, `width="50mm" height="35mm"`) {
		t.Errorf("got %v\n%s", got, svg)
	}
}

// TestStampIsItsSize: 50 × 35 mm are 141.73 × 99.21 points (ND30-PL4).
func TestStampIsItsSize(t *testing.T) {
	info := tool(t, "pdfinfo", render(t, stamp()))
	if !strings.Contains(info, "141.73 x 99.21 pts") || !strings.Contains(info, "Pages:           1\n") {
		t.Error(info)
	}
}

// TestAnyTextPrints: whatever stands in the metadata, the page comes out.
func TestAnyTextPrints(t *testing.T) {
	odd := []string{"", " ", "\x00\x1b", "😀 văn bản", "Tha\u0302ng", strings.Repeat("a", 3000), strings.Repeat("rất dài ", 3000), "\xff\xfe", "漢字", "a\u200bb", "\u202eđảo"}
	for _, text := range odd {
		d := letter()
		d.Agency, d.Subject, d.Symbol, d.Signer, d.To, d.CopyTo = text, text, text, text, []string{text, text}, []string{text}
		d.Body = append(d.Body, Block{Text: text}, Block{Table: &Table{Columns: []Column{{text, 1, false}}, Rows: [][]string{{text}, nil, {text, "more than columns"}}}})
		b := incoming()
		b.Rows[3].Subject = text
		for _, p := range []io.WriterTo{d, b, &ArrivalStamp{Agency: text, Forward: text, Made: made}, &HandlingSlip{Document: text, Made: made}} {
			tool(t, "qpdf", "--check", render(t, p))
		}
	}
	for _, p := range []io.WriterTo{&Document{}, &OutgoingBook{}, &DeliverySheet{}, &ArrivalStamp{}, &HandlingSlip{}} {
		tool(t, "qpdf", "--check", render(t, p))
	}
	if got := clean("Tha\u0302ng 😀"); got != "Thâng □" {
		t.Errorf("clean: %q", got)
	}
}

// TestSignatureIsNotAlone: whatever the length of the text, some of it stands on
// the page of the signature.
func TestSignatureIsNotAlone(t *testing.T) {
	for n := range 14 {
		d := letter()
		d.Address = ""
		for i := range n {
			d.Body = append(d.Body, Block{Text: fmt.Sprintf("Nội dung thứ %d: ", i+1) + strings.Repeat("đề nghị các cơ quan phối hợp thực hiện. ", 1+n%5)})
		}
		text := strings.TrimRight(tool(t, "pdftotext", "-layout", render(t, d), "-"), "\f")
		pages := strings.Split(text, "\f")
		last := pages[len(pages)-1]
		before, _, ok := strings.Cut(last, "Nơi nhận:")
		if !ok || !strings.Contains(last, d.Signer) {
			t.Errorf("%d paragraphs: closing divided\n%s", n, last)
		}
		if len(strings.Fields(before)) < 8 {
			t.Errorf("%d paragraphs: the signature stands alone\n%s", n, last)
		}
	}
}

func BenchmarkBookOf5000(b *testing.B) {
	book := outgoing()
	for len(book.Rows) < 5000 {
		book.Rows = append(book.Rows, book.Rows[:30]...)
	}
	for b.Loop() {
		if _, err := book.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLetter(b *testing.B) {
	d := letter()
	for b.Loop() {
		if _, err := d.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
