package paper

import (
	"bytes"
	"strings"
	"testing"

	"vanthu/pades"
	"vanthu/pdf"
	"vanthu/viet"
)

// TestNumberDateAndSignatureFit: a document printed here can be numbered, dated
// and signed without anybody pointing at the page (ND30-PL1.II.3, II.4, II.7).
func TestNumberDateAndSignatureFit(t *testing.T) {
	letterWithAnnex := letter()
	letterWithAnnex.Annexes = decision().Annexes
	long := letter()
	long.Parent, long.Agency, long.Place = "Ủy ban nhân dân thành phố trực thuộc trung ương Mẫu", "Ban Quản lý dự án đầu tư xây dựng các công trình dân dụng và công nghiệp", "Thành phố Mẫu"
	long.Symbol = "BQLDADTXD-KHTH"
	open := decision()
	open.Number, open.Day, open.Year = "", viet.Day(0), 2025
	for name, d := range map[string]*Document{"letter": letter(), "annex": letterWithAnnex, "long": long, "decision": open} {
		var b bytes.Buffer
		if _, err := d.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		f, err := pdf.Open(b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		number, err := pades.NumberGap(f)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if mm := number.Place.Box.W; mm < 12 {
			t.Errorf("%s: %.1f mm are too narrow for five figures", name, mm)
		}
		if date, err := pades.DateGap(f); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if len(date.Parts) != 2 {
			t.Errorf("%s: day and month should be open, year printed: %v", name, date.Parts)
		}
		if _, err := pades.SignaturePlace(f, d.Signer, 45, 25); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		pages, err := f.Pages()
		if err != nil {
			t.Fatal(err)
		}
		lines, err := f.Lines(pages[0])
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, l := range lines {
			all.WriteString(l.Text + "\n")
		}
		if !strings.Contains(all.String(), "Độc lập - Tự do - Hạnh phúc") {
			t.Errorf("%s reads as:\n%s", name, all.String())
		}
	}
}
