package browser

import (
	"crypto/x509"
	"net/http"
	"testing"

	"vanthu/internal/authority"
	"vanthu/internal/db"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
)

// keyOf has the leader of SNV certified for a key that stays where it is.
func keyOf(t *testing.T, kind string) signingtest.Certified {
	t.Helper()
	key := signingtest.NewKey(t, kind)
	cert, err := theStage.CA.CertifyPerson(authority.Person{Name: atSNV.signerName, Title: atSNV.title, Agency: atSNV.name}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return signingtest.Certified{Key: key, Chain: []*x509.Certificate{cert, theStage.CA.Issuing()}}
}

// signsWith enters a certificate that the leader of SNV signs with until the
// test ends.
func signsWith(t *testing.T, o *office.Office, k signingtest.Certified, by signing.Kind, ref string) {
	t.Helper()
	c := signing.Describe(k.Chain)
	c.Person, c.Driver, c.KeyRef = actor(t, o, atSNV.signer).ID, by, ref
	write := func(f func(tx *db.Tx) error) {
		t.Helper()
		if err := o.Store.Write(theStage.browser, db.System, f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *db.Tx) (err error) {
		c.ID, err = signing.AddCertificate(tx, c)
		return err
	})
	t.Cleanup(func() { write(func(tx *db.Tx) error { return signing.End(tx, c.ID, "hết phép thử") }) })
}

// fill types into a field that never comes back with what was typed.
func (b *tab) fill(name, text string) {
	b.Helper()
	b.js(`{ const x = document.querySelector("input[name=` + name + `]:not([type=hidden])"); x.value = "` + text + `"; x.dispatchEvent(new Event("input", {bubbles: true})) }`)
}

const pressPrimary = `document.querySelector(".acts.bar .btn.pri").click()`

// TestSignedWithAToken: a first document is signed with a PIN on a real
// PKCS#11 token; a wrong PIN is named, and the page warns before the next try
// (HT33-4.2).
func TestSignedWithAToken(t *testing.T) {
	o := atSNV.office(t)
	k := keyOf(t, "RSA-2048")
	hsm := signingtest.NewSoftHSM(t)
	hsm.Put("01", k.Key, k.Chain)
	hsm.Start()
	agent := signing.NewAgent(hsm.Socket)
	o.Keys.Drivers[signing.ByToken] = agent
	list, err := agent.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	signsWith(t, o, k, signing.ByToken, list[0].Ref)
	id := atSNV.toSign(t, "V/v ký bằng thiết bị")

	for _, s := range []size{phone, desktop} {
		b := as(t, "long", s)
		b.open("/di/" + itoa(id))
		b.sees("Mã PIN của thiết bị ký")
		if s == phone {
			b.shoot("dien-thoai-ky-pin")
			continue
		}
		b.shoot("ky-pin")
		b.fill("pin", "111199")
		b.leave(pressPrimary)
		b.forget("409")
		b.sees("Mã PIN sai.", "Mã PIN đã bị nhập sai trước đó.")
		b.shoot("ky-pin-sai")
		state(t, o, id, document.Approved)
		if b.str(`document.querySelector("input[name=pin]").value`) != "" {
			t.Error("the PIN came back in the page")
		}
		b.fill("pin", signingtest.PIN)
		b.leave(pressPrimary)
		state(t, o, id, document.Signed)
	}
}

// TestSignedAtARemoteService: a code is sent and signs; a PIN that was wrong
// too often is named as locked; a key that is confirmed on a telephone signs in
// the background, and the page shows how far it is (HT33-4.2).
func TestSignedAtARemoteService(t *testing.T) {
	o := atSNV.office(t)
	service := signingtest.NewCSC(t)
	remote, err := signing.NewRemote(service.Base(), service.Login(false), http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	o.Keys.Drivers[signing.ByRemote] = remote
	enter := func(ref string, c signingtest.Credential) {
		c.Certified, c.SCAL, c.Multisign = keyOf(t, "P-256"), "2", 50
		service.Put(ref, &c)
		signsWith(t, o, c.Certified, signing.ByRemote, ref)
	}
	b := as(t, "long", desktop)

	enter("ma", signingtest.Credential{PIN: true, Code: true})
	id := atSNV.toSign(t, "V/v ký từ xa bằng mã")
	b.open("/di/" + itoa(id))
	b.sees("Mã PIN của thiết bị ký", "Mã xác nhận một lần", "Gửi mã xác nhận")
	b.leave(`document.querySelector("button[formaction$=gui-ma]").click()`)
	b.sees("Đã gửi mã xác nhận")
	b.fill("pin", signingtest.PIN)
	b.fill("code", service.Code("ma"))
	b.shoot("ky-tu-xa-ma")
	b.leave(pressPrimary)
	state(t, o, id, document.Signed)

	enter("pin", signingtest.Credential{PIN: true})
	id = atSNV.toSign(t, "V/v ký từ xa bằng PIN")
	b.open("/di/" + itoa(id))
	for range 3 {
		b.fill("pin", "000001")
		b.leave(pressPrimary)
		b.forget("409")
		b.sees("Mã PIN sai.", "Nhập lại mã PIN; sai nhiều lần thì thiết bị bị khóa.")
	}
	b.fill("pin", signingtest.PIN)
	b.leave(pressPrimary)
	b.forget("409")
	b.sees("Mã PIN bị khóa vì nhập sai nhiều lần.", "Đề nghị đơn vị cấp thiết bị mở khóa.")
	b.shoot("ky-tu-xa-khoa")
	state(t, o, id, document.Approved)

	enter("dien-thoai", signingtest.Credential{Phone: true})
	b.open("/di/" + itoa(id))
	b.sees("Bấm ký, rồi xác nhận trên điện thoại của ông/bà.")
	b.leave(pressPrimary)
	b.sees("Khi dịch vụ ký số hỏi trên điện thoại, xác nhận ở đó.")
	b.shoot("ky-tu-xa-dien-thoai")
	b.sees("Đã ký 1 / 1 văn bản", "Mở văn bản")
	state(t, o, id, document.Signed)
}
