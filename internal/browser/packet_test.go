package browser

import (
	"bytes"
	"testing"

	"vanthu/edxml"
	"vanthu/internal/authority"
)

// TestPacketSignatureSeen: the clerk sees what the signature of a packet is worth
// beside those of its files, and over the form where it is wrong (ND23-16, HT33-8.2.iii).
func TestPacketSignatureSeen(t *testing.T) {
	const clerk = "yen"
	o := atSNV.office(t)
	key, err := theStage.CA.IssueAgency(authority.Agency{Name: "Sở Xây dựng", Code: "000.00.15.H99", Locality: "Mẫu"}, authority.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(raw []byte) []byte {
		var b bytes.Buffer
		if err := edxml.Sign(&b, bytes.NewReader(raw), int64(len(raw)), key.Key(), key.Certificate(), key.Chain()[0]); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	good := sent(t, o, clerk, "911", "V/v gói tin có chữ ký", false, signed)
	bad := sent(t, o, clerk, "912", "V/v gói tin bị sửa", false, func(raw []byte) []byte {
		return bytes.Replace(signed(raw), []byte("bị sửa"), []byte("đã sửa"), 1)
	})
	for _, s := range []size{desktop, phone} {
		w := as(t, clerk, s)
		for _, page := range []struct {
			name, path string
			words      []string
		}{
			{"hop-le", "/den/" + itoa(good) + "?tab=chu-ky", []string{"Gói tin trên trục", "Chữ ký gói tin hợp lệ, do nơi gửi ký."}},
			{"bi-sua", "/den/" + itoa(bad), []string{"Chữ ký gói tin không hợp lệ", "trả lại kèm lý do"}},
			{"bi-sua-chu-ky", "/den/" + itoa(bad) + "?tab=chu-ky", []string{"Gói tin trên trục", "không hợp lệ"}},
		} {
			w.open(page.path)
			w.sees(page.words...)
			w.js(`document.querySelectorAll("details.sign").forEach(d => { d.open = true; d.scrollIntoView() })`)
			w.fits()
			w.barriers()
			w.shoot("goi-tin-" + page.name + "-" + s.name)
		}
	}
}
