package browser

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
	"vanthu/pades"
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
	id := onPaper(t, o, clerk, "91")
	b := as(t, clerk, desktop)
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
	b.tick("93/HOIX")
	b.tick("94/HOIX")
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

// tick goes to a line of the signing desk by the keyboard, and ticks it: others
// may wait there, too.
func (b *tab) tick(words string) {
	b.Helper()
	n, err := strconv.Atoi(b.str(`document.querySelectorAll(".qi.pick").length`))
	if err != nil {
		b.Fatal(err)
	}
	for range n {
		b.press("k")
	}
	for range n {
		if b.str(fmt.Sprintf(`document.querySelector(".qi.pick[aria-current]")?.innerText.includes(%q) ?? false`, words)) == "true" {
			b.press("x")
			return
		}
		b.press("j")
	}
	b.Fatalf("%s: no line of %s", b.where(), words)
}

// copiesWith enters a certificate of SNV that its clerk signs copies with until
// the test ends. ref is asked for once the chain is known.
func copiesWith(t *testing.T, o *office.Office, clerk string, key crypto.Signer, by signing.Kind, ref func(chain []*x509.Certificate) string) []*x509.Certificate {
	t.Helper()
	cert, err := theStage.CA.CertifyAgency(authority.Agency{Name: atSNV.name, Code: atSNV.agency, Locality: "Mẫu"}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	chain := []*x509.Certificate{cert, theStage.CA.Issuing()}
	c := signing.Describe(chain)
	c.Driver, c.KeyRef = by, ref(chain)
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
	return chain
}

// TestCopyWithAToken: the agency's key is on a real PKCS#11 token. A wrong PIN is
// named and does not come back in the page; what was chosen stays; the right one
// signs and presents (HT33-8.1, HT33-4.2).
func TestCopyWithAToken(t *testing.T) {
	const clerk = "yen"
	o := atSNV.office(t)
	key := signingtest.NewKey(t, "RSA-2048")
	copiesWith(t, o, clerk, key, signing.ByToken, func(chain []*x509.Certificate) string {
		hsm := signingtest.NewSoftHSM(t)
		hsm.Put("02", key, chain)
		hsm.Start()
		agent := signing.NewAgent(hsm.Socket)
		o.Keys.Drivers[signing.ByToken] = agent
		list, err := agent.Keys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return list[0].Ref
	})

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

// TestCopySignedElsewhereAndUploaded: the clerk fetches the scan, signs it with a
// program of hers and sends it back; a file that does not say that it is a copy
// is refused with the next step (HT33-8.1, ND30-25).
func TestCopySignedElsewhereAndUploaded(t *testing.T) {
	const clerk = "yen"
	o := atSNV.office(t)
	key := signingtest.NewKey(t, "P-256")
	chain := copiesWith(t, o, clerk, key, signing.ByUpload, func([]*x509.Certificate) string { return "" })
	signer, err := cms.NewSoftwareSigner(key, chain[0], chain[1:])
	if err != nil {
		t.Fatal(err)
	}
	id := onPaper(t, o, clerk, "96")
	b := as(t, clerk, desktop)
	b.open("/den/" + itoa(id))
	b.sees("Tải bản quét về để ký", "Gửi bản sao đã ký")
	b.shoot("ban-sao-ky-ngoai")
	scan := fetch(t, clerk, b.str(`document.querySelector("#xu-ly a[download]").getAttribute("href")`))
	upload := func(data []byte) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "da-ky.pdf")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.SetUploadFiles(chromedp.CSS("#xu-ly input[type=file]"), []string{path}))
		b.is("sent", `document.querySelector("#xu-ly .file input[type=hidden]")?.value`)
		b.leave(pressPrimary)
	}
	upload(signingtest.OnDesk(t, scan, signer, pades.Options{}))
	b.forget("422")
	b.sees("Tệp trả về không ghi hình thức sao đã chọn.", "Trong phần mềm ký số chọn “Ký bản sao”")
	state(t, o, id, document.Registered)
	look := pades.CopyLook(pades.TrueCopy, atSNV.name, o.Store.Now())
	upload(signingtest.OnDesk(t, scan, signer, signingtest.Corner(look)))
	b.sees("96/HOIX: đã ký bản sao và trình lãnh đạo.")
	state(t, o, id, document.Submitted)
}

// TestCopySignedByTheProgramOnTheDesk: the page gives the scan to the signing
// program, and presents the copy that comes back; a copy in another form than
// the clerk chose on the page is refused, and she signs again (HT33-8.1,
// ND30-25, HT33-4.2).
func TestCopySignedByTheProgramOnTheDesk(t *testing.T) {
	const clerk = "yen"
	o := atSNV.office(t)
	key := signingtest.NewKey(t, "P-256")
	chain := copiesWith(t, o, clerk, key, signing.ByClient, func([]*x509.Certificate) string { return "" })
	signer, err := cms.NewSoftwareSigner(key, chain[0], chain[1:])
	if err != nil {
		t.Fatal(err)
	}
	id := onPaper(t, o, clerk, "97")
	p := startProgram(t)
	press := `document.querySelector("[data-desk] button").click()`
	b := as(t, clerk, desktop)
	b.open("/den/" + itoa(id))
	b.sees("Ký bằng phần mềm ký số", "Phần mềm không chạy được?")
	b.shoot("ban-sao-ky-may")
	p.form = pades.CopyOfCopy
	p.will("sign", signer)
	b.js(press)
	b.sees("Tệp trả về không ghi hình thức sao đã chọn.", "Trong phần mềm ký số chọn “Ký bản sao”")
	b.shoot("ban-sao-ky-may-khac-hinh-thuc")
	state(t, o, id, document.Registered)
	p.form = pades.TrueCopy
	b.leave(press)
	state(t, o, id, document.Submitted)
	if q := p.last("SignCopy"); q.SessionId == "" || q.SessionId != q.JWTToken || !strings.HasPrefix(q.FileName, theStage.BaseURL()) {
		t.Errorf("the program was told %+v", q)
	}
	narrow := as(t, clerk, phone)
	narrow.open("/den/" + itoa(onPaper(t, o, clerk, "98")))
	narrow.sees("Ký bằng phần mềm ký số")
	narrow.shoot("dien-thoai-ban-sao-ky-may")
}
