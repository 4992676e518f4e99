package office

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"vanthu/internal/fail"
	"vanthu/pades"
	"vanthu/pdf"
)

// Whatever keeps a PDF from being signed is said in words that tell the person
// what the file is like, as E-FILE, whichever way the file came to the
// signature (HT33-11.1).
func TestWhyAPDFIsNotSigned_HT33_11_1(t *testing.T) {
	good, err := os.ReadFile("../../pades/testdata/trang-trong.pdf")
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, to string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("no %q in the file", old)
		}
		return bytes.Replace(good, []byte(old), []byte(to), 1)
	}
	at := bytes.LastIndex(good, []byte("startxref"))
	for name, x := range map[string]struct {
		data []byte
		want string
	}{
		"encrypted":                   {swap("/Root", "/Encrypt<</Filter/Standard/V 2/R 3>>/Root"), "đặt mật khẩu hoặc hạn chế quyền"},
		"no PDF":                      {[]byte("PK\x03\x04 a file of another program"), "không phải là PDF"},
		"cut off":                     {good[:at], "cấu trúc không hợp lệ nên không ký được; cần xuất lại tệp"},
		"startxref leads elsewhere":   {append(bytes.Clone(good[:at]), "startxref\n7\n%%EOF\n"...), "cấu trúc không hợp lệ nên không ký được; cần xuất lại tệp"},
		"trailer that readers differ": {swap("/Root", "/Root 99 0 R/Root"), "cấu trúc không hợp lệ nên không ký được; cần xuất lại tệp"},
		"nothing but a header":        {[]byte("%PDF-1.7\n%%EOF\n"), "hỏng cấu trúc"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pades.Begin(x.data, pades.Options{Name: "Người ký", Place: &pades.Place{Box: pdf.Box{X: 20, Y: 20, W: 45, H: 15}}})
			if err == nil {
				t.Fatal("it may be signed")
			}
			for way, err := range map[string]error{"signing": signError(err), "placing": placeError(err)} {
				e, ok := fail.As(err)
				if !ok || e.Kind != fail.BadFile || !strings.Contains(e.Text, x.want) {
					t.Errorf("%s: %v", way, err)
				}
			}
		})
	}
}
