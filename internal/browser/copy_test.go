package browser

import (
	"crypto/x509"
	"os"
	"testing"

	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
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

// TestCopyWithAToken: the agency's key is on a real PKCS#11 token. A wrong PIN is
// named and does not come back in the page; what was chosen stays; the right one
// signs and presents (HT33-8.1, HT33-4.2).
func TestCopyWithAToken(t *testing.T) {
	const clerk = "yen"
	o := atSNV.office(t)
	key := signingtest.NewKey(t, "RSA-2048")
	cert, err := theStage.CA.CertifyAgency(authority.Agency{Name: atSNV.name, Code: atSNV.agency, Locality: "Mẫu"}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	chain := []*x509.Certificate{cert, theStage.CA.Issuing()}
	hsm := signingtest.NewSoftHSM(t)
	hsm.Put("02", key, chain)
	hsm.Start()
	agent := signing.NewAgent(hsm.Socket)
	o.Keys.Drivers[signing.ByToken] = agent
	list, err := agent.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := signing.Describe(chain)
	c.Driver, c.KeyRef = signing.ByToken, list[0].Ref
	write := func(f func(tx *db.Tx) error) {
		t.Helper()
		if err := o.Store.Write(theStage.browser, db.System, f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *db.Tx) (err error) {
		if c.ID, err = signing.AddCertificate(tx, c); err != nil {
			return err
		}
		return signing.HandOver(tx, c.ID, actor(t, o, clerk).ID, "03/QĐ-SNV", "04/BBBG-SNV")
	})
	t.Cleanup(func() { write(func(tx *db.Tx) error { return signing.End(tx, c.ID, "hết phép thử") }) })

	id := onPaper(t, o, clerk, "95")
	b := as(t, clerk, desktop)
	b.open("/den/" + itoa(id))
	b.sees("Mã PIN của thiết bị ký")
	b.shoot("ban-sao-pin")
	b.choose("#f-form", "SAO LỤC")
	b.fill("pin", "111199")
	b.leave(pressPrimary)
	b.forget("409")
	b.sees("Mã PIN sai.")
	if b.str(`document.querySelector("input[name=pin]").value`) != "" || b.str(`document.querySelector("#f-form").value`) != "SAO LỤC" {
		t.Error("the PIN came back in the page, or the form of the copy did not")
	}
	state(t, o, id, document.Registered)
	b.fill("pin", signingtest.PIN)
	b.leave(pressPrimary)
	b.sees("95/HOIX: đã ký bản sao và trình lãnh đạo.")
	state(t, o, id, document.Submitted)
}
