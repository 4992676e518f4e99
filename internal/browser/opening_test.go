package browser

import (
	"bytes"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"vanthu/cms"
	"vanthu/internal/authority"
	"vanthu/internal/signing"
	"vanthu/internal/signing/signingtest"
)

// TestOpeningKeyOnAToken: an administrator chooses the key on a token, sees it
// in use, and it opens what is encrypted to it; a token that went away is named
// and the page still takes a key file (HT33-13.1).
func TestOpeningKeyOnAToken(t *testing.T) {
	o, ok := theStage.Host.Office("000.00.15.H99")
	if !ok {
		t.Fatal("SXD is missing")
	}
	key := signingtest.NewKey(t, "P-256")
	cert, err := theStage.CA.CertifyAgency(authority.Agency{Name: "Sở Xây dựng", Code: "000.00.15.H99", Locality: "Mẫu"}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	hsm := signingtest.NewSoftHSM(t)
	hsm.Put("01", key, []*x509.Certificate{cert, theStage.CA.Issuing()})
	pin := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(pin, []byte(signingtest.PIN), 0o600); err != nil {
		t.Fatal(err)
	}
	hsm.Start("--pin-file", pin)
	usesToken(t, hsm.Socket)
	o.Keys.Drivers[signing.ByToken] = signing.NewAgent(hsm.Socket)
	t.Cleanup(func() { delete(o.Keys.Drivers, signing.ByToken) })

	b := as(t, "tam", phone)
	b.open("/chung-thu-so/khoa-mo")
	b.sees("Khóa trên thiết bị nối máy chủ")
	b.js(`document.querySelector("[name=key]").scrollIntoView()`)
	b.shoot("dien-thoai-khoa-mo-thiet-bi")
	b = as(t, "tam", desktop)
	b.open("/chung-thu-so/khoa-mo")
	b.shoot("khoa-mo-thiet-bi")
	b.js(`{ const s = document.querySelector("select[name=key]"); s.value = [...s.options].find(o => o.value).value; s.dispatchEvent(new Event("change", {bubbles: true})) }`)
	b.leave(`document.querySelector("form[action='/chung-thu-so/khoa-mo'] .btn.pri").click()`)
	b.sees("Đã đăng ký khóa mở", "Trên thiết bị")
	b.shoot("khoa-mo-da-dang-ky")
	keys := theStage.Host.OpeningKeysOf(o)
	t.Cleanup(func() { keys.Shelve(signing.Fingerprint(cert)[:16] + ".token") })

	plain := []byte("văn bản")
	sealed, err := cms.Encrypt(plain, []*x509.Certificate{cert}, cms.AES256GCM)
	if err != nil {
		t.Fatal(err)
	}
	openers, err := keys.Openers() // newest first
	if err != nil {
		t.Fatal(err)
	}
	if got, err := cms.Decrypt(t.Context(), sealed, openers[0]); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened %q, %v", got, err)
	}

	away := filepath.Join(t.TempDir(), "none.sock")
	usesToken(t, away)
	o.Keys.Drivers[signing.ByToken] = signing.NewAgent(away)
	for _, s := range []size{desktop, phone} {
		b := as(t, "tam", s)
		b.open("/chung-thu-so/khoa-mo")
		b.sees("Không thấy thiết bị", "Tệp khóa PKCS#12")
		if b.str(`!!document.querySelector("[name=key]")`) == "true" {
			t.Errorf("%s: offers keys of a token that is away", s.name)
		}
		b.shoot(s.name + "-khoa-mo-mat-thiet-bi")
		if b.str(`document.documentElement.scrollWidth > innerWidth`) == "true" {
			t.Errorf("%s: wider than the window", s.name)
		}
	}
}

// usesToken has the machine ask an agent until the test ends.
func usesToken(t *testing.T, socket string) {
	was := theStage.Host.Token
	theStage.Host.Token = socket
	t.Cleanup(func() { theStage.Host.Token = was })
}
