package den

import (
	"bytes"
	"os"
	"testing"
	"time"

	"vanthu/internal/form"
	"vanthu/internal/org"
	"vanthu/internal/paper"
	"vanthu/viet"
)

func printed(t *testing.T, d *paper.Document) []byte {
	t.Helper()
	d.Made = time.Date(2025, 3, 3, 8, 0, 0, 0, viet.Zone)
	var b bytes.Buffer
	if _, err := d.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("READ_KEEP"); dir != "" {
		_ = os.WriteFile(dir+"/"+d.Symbol+".pdf", b.Bytes(), 0o644)
	}
	return b.Bytes()
}

func letter() *paper.Document {
	return &paper.Document{
		Parent: "UBND tỉnh Mẫu", Agency: "Ủy ban nhân dân huyện A", Number: "120", Symbol: "UBH-VP", Place: "Huyện A", Day: viet.MustDay("28/02/2025"),
		Subject: "phối hợp rà soát quy hoạch cụm công nghiệp năm 2025", Urgency: "Hỏa tốc", To: []string{"Sở Xây dựng"},
		Body: []paper.Block{
			{Text: "Thực hiện kế hoạch công tác năm 2025 của Ủy ban nhân dân tỉnh, Ủy ban nhân dân huyện A đề nghị Sở Xây dựng phối hợp rà soát."},
			{Text: "Ý kiến của Quý Sở xin gửi về Ủy ban nhân dân huyện A trước ngày 10/3/2025 để tổng hợp, trình Ủy ban nhân dân tỉnh./."},
		},
		Authority: "TM. Ủy ban nhân dân", Title: "Chủ tịch", Signer: "Nguyễn Văn Khanh", CopyTo: []string{"Như trên", "Văn phòng UBND tỉnh"}, Kept: "VT, VP (02)",
	}
}

func decision() *paper.Document {
	return &paper.Document{
		Parent: "UBND tỉnh Mẫu", Agency: "Sở Xây dựng", Number: "05", Symbol: "QĐ-SXD", Place: "Mẫu", Day: viet.MustDay("03/03/2025"),
		Kind: "Quyết định", Subject: "Ban hành Quy chế quản lý, sử dụng Hệ thống quản lý văn bản và điều hành của Sở Xây dựng",
		Body:      []paper.Block{{Style: paper.Centred, Text: "GIÁM ĐỐC SỞ XÂY DỰNG"}, {Style: paper.Ground, Text: "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;"}, {Lead: "Điều 1.", Text: "Ban hành kèm theo Quyết định này Quy chế."}},
		Authority: "KT. Giám đốc", Title: "Phó Giám đốc", Signer: "Đặng Tuyết Mai", CopyTo: []string{"Như Điều 3"}, Kept: "VT",
	}
}

// What a clerk would copy from the paper is read from its text
// (ND30-PL1.II, ND30-PL6.II).
func TestReadPDF_ND30_PL6(t *testing.T) {
	for _, c := range []struct {
		name string
		doc  *paper.Document
		want form.Reading
	}{
		{"công văn", letter(), form.Reading{Number: "120", Notation: "UBH-VP", Day: viet.MustDay("28/02/2025"), Kind: "CV", Subject: "V/v phối hợp rà soát quy hoạch cụm công nghiệp năm 2025",
			Signer: "Nguyễn Văn Khanh", Title: "Chủ tịch", Stamp: "HỎA TỐC", Due: viet.MustDay("10/03/2025"), Pages: 1}},
		{"quyết định", decision(), form.Reading{Number: "05", Notation: "QĐ-SXD", Day: viet.MustDay("03/03/2025"), Kind: "QĐ",
			Subject: "Ban hành Quy chế quản lý, sử dụng Hệ thống quản lý văn bản và điều hành của Sở Xây dựng", Signer: "Đặng Tuyết Mai", Title: "Phó Giám đốc", Pages: 1}},
	} {
		got := form.Read(printed(t, c.doc))
		head := got.Letterhead
		got.Letterhead = nil
		if g, w := valuesOf(got), valuesOf(c.want); !equal(t, c.name, g, w) {
			t.Logf("%s: letterhead %q", c.name, head)
		}
	}
}

func equal(t *testing.T, name string, got, want map[string]string) bool {
	t.Helper()
	same := true
	for k, w := range want {
		if got[k] != w {
			t.Errorf("%s: %s is %q, want %q", name, k, got[k], w)
			same = false
		}
	}
	return same
}

func TestIssuerIsFoundInTheDirectory(t *testing.T) {
	list := []org.Agency{{Code: "000.00.01.H99", Name: "Văn phòng UBND tỉnh Mẫu", Short: "UBND"}, {Code: "000.00.31.H99", Name: "UBND huyện A", Short: "UBH"},
		{Code: "000.00.15.H99", Name: "Sở Xây dựng", Short: "SXD"}}
	for _, c := range []struct {
		doc  *paper.Document
		want string
	}{{letter(), "000.00.31.H99"}, {decision(), "000.00.15.H99"}} {
		if got := issuerOf(form.Read(printed(t, c.doc)), list); got != c.want {
			t.Errorf("%s: issuer %q, want %q", c.doc.Symbol, got, c.want)
		}
	}
}

// A file that is no document gives nothing, and never fails.
func TestReadPDFOfAnything(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("%PDF-1.7"), []byte("không phải PDF"), bytes.Repeat([]byte("%PDF-1.4\n1 0 obj<<>>endobj\n"), 100)} {
		if got := form.Read(data); got.Number != "" || got.Subject != "" {
			t.Errorf("%.20q: read %+v", data, got)
		}
	}
}
