package browser

import (
	"os"
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/viet"
)

// onPaper registers a letter of Hội X at SNV, scanned; it waits to be signed as
// a copy.
func onPaper(t *testing.T, o *office.Office, clerk, number string) document.ID {
	t.Helper()
	f, err := os.Open(root + "internal/web/story/testdata/quet-200.pdf")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	u, err := o.Keep(t.Context(), "Hoi-X.pdf", f)
	if err != nil {
		t.Fatal(err)
	}
	id, err := o.RegisterPaper(t.Context(), actor(t, o, clerk), office.ArrivalInput{Kind: "CV", Number: number, Notation: "HOIX", Day: viet.MustDay("2025-02-28"),
		IssuerName: "Hội X", Subject: "V/v đăng ký tham gia hội chợ", Scan: &u})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestCopyByKeyboardAndPhone: the clerk signs a scan as a copy and presents it
// with one stroke at the desk, with two taps on a telephone, and two of them
// under one confirmation (HT33-8.1, HT33-11.4.a).
func TestCopyByKeyboardAndPhone(t *testing.T) {
	const clerk = "yen"
	o := atSNV.office(t)
	axe, err := os.ReadFile(root + "node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	id := onPaper(t, o, clerk, "91")
	b := as(t, clerk, desktop)
	b.axe = string(axe)
	b.shoot("ban-sao-ban-lam-viec")
	b.pick("91/HOIX")
	b.sees("Chứng thư của cơ quan còn hiệu lực", "Hình thức sao", "Ký bản sao và trình")
	b.is("the page is drawn", `document.querySelector("pdf-view canvas")`)
	b.shoot("ban-sao-ky")
	b.fits()
	b.barriers()
	b.theme("dark")
	b.shoot("ban-sao-ky-toi")
	b.barriers()
	b.theme("light")
	b.send()
	b.sees("91/HOIX: đã ký bản sao và trình lãnh đạo.")
	state(t, o, id, document.Submitted)
	b.open("/den/" + itoa(id))
	b.sees("Sao y từ bản giấy", "Bản quét gốc")
	b.is("the page is drawn", `document.querySelector("pdf-view canvas")`)
	b.shoot("ban-sao-da-ky")

	id = onPaper(t, o, clerk, "92")
	p := as(t, clerk, phone)
	p.axe = string(axe)
	p.stay()
	p.tap(p.lineButton("92/HOIX"))
	p.arrive()
	p.fits()
	p.barriers()
	p.shoot("ban-sao-dien-thoai")
	p.stay()
	p.tap(".acts.bar .btn.pri")
	p.arrive()
	p.sees("92/HOIX: đã ký bản sao và trình lãnh đạo.")
	state(t, o, id, document.Submitted)

	ids := []document.ID{onPaper(t, o, clerk, "93"), onPaper(t, o, clerk, "94")}
	b.open("/ky-so?viec=sao")
	b.sees("93/HOIX", "94/HOIX")
	b.press("x", "j", "x")
	b.sees("Ký bản sao 2 văn bản")
	b.shoot("ban-sao-nhieu")
	b.send()
	b.sees("Xác nhận ký bản sao 2 văn bản")
	b.shoot("ban-sao-xac-nhan")
	b.send()
	b.sees("Đã ký 2 / 2 văn bản")
	for _, id := range ids {
		state(t, o, id, document.Submitted)
	}
}
