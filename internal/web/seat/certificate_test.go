package seat

import (
	"testing"
	"time"

	"vanthu/internal/signing"
	"vanthu/internal/web/kit"
)

// A certificate that ends, ended, has not begun or is out of use is told apart
// (HT33-4.1, GL443-12.4).
func TestValidity_GL443_12_4(t *testing.T) {
	now := time.Date(2025, 3, 3, 3, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for _, c := range []struct {
		from, to   time.Duration
		kind, text string
	}{
		{-day, 90 * day, "ok", "Còn hiệu lực"}, {-day, 31 * day, "ok", "Còn hiệu lực"}, {-day, 30 * day, "warn", "Còn 30 ngày"}, {-day, time.Hour, "warn", "Hết hạn hôm nay"},
		{-9 * day, -day, "late", "Hết hạn"}, {-9 * day, -time.Hour, "late", "Hết hạn"}, {day, 90 * day, "warn", "Chưa đến hạn dùng"},
	} {
		x := Validity(signing.Certificate{NotBefore: now.Add(c.from), NotAfter: now.Add(c.to)}, now)
		if x.Kind != c.kind || x.Text != c.text {
			t.Errorf("from %v to %v: %q %q, want %q %q", c.from, c.to, x.Kind, x.Text, c.kind, c.text)
		}
	}
	if x := Validity(signing.Certificate{NotAfter: now.Add(day), Ended: now}, now); x.Kind != "" || x.Text != "Đã ngừng dùng" {
		t.Errorf("out of use: %+v", x)
	}
}

func TestNames(t *testing.T) {
	if s := CommonName("CN=CA thử,O=X"); s != "CA thử" {
		t.Error(s)
	}
	if s := Serial("1ab2c"); s != "01 AB 2C" {
		t.Error(s)
	}
}

// A key's consent is asked for as it wants, and never comes back in a page
// (HT33-4.2).
func TestConsentIsNotShownAgain_HT33_4_2(t *testing.T) {
	f := kit.New(kit.Options{}).NewForm(map[string]string{"pin": "1234", "code": "98"})
	if list := ConsentFields(f, signing.Need{}); len(list) != 0 {
		t.Errorf("asked for %d things that the key does not want", len(list))
	}
	list := ConsentFields(f, signing.Need{PIN: true, Code: true})
	if len(list) != 2 || list[0].Name != "pin" || list[1].Name != "code" {
		t.Fatalf("%+v", list)
	}
	for _, x := range list {
		if x.Value != "" || x.InputType() != "password" || !x.Required {
			t.Errorf("%s: %+v", x.Name, x)
		}
	}
}
