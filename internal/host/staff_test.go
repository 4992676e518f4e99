package host

import (
	"context"
	"strings"
	"testing"
	"time"

	"vanthu/cms"
	"vanthu/internal/account"
	"vanthu/internal/db"
	"vanthu/internal/fail"
	"vanthu/internal/org"
)

// A new host: an agency with its administrator, then its people from a file;
// everybody can sign in once; a bad line enters nobody (HN20-3.1, GL443-14.1).
func TestFoundAndStaff(t *testing.T) {
	ctx := context.Background()
	h, err := Open(ctx, Config{Dir: t.TempDir(), Clock: time.Now, Anchors: &cms.Anchors{}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	const code = "000.00.15.H99"
	once, err := h.Found(ctx, Founding{Agency: account.Agency{Code: code, Store: "sxd", Name: "Sở Xây dựng", Short: "SXD"}, Place: "Mẫu", Admin: "Cao Minh Tâm", Login: "tam"})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := h.Accounts.SignIn(ctx, "tam", once, ""); err != nil || !s.MustChange {
		t.Fatalf("%+v %v", s, err)
	}
	head := "login,name,title,unit,unit_name,roles\n"
	if _, err := h.EnterStaff(ctx, code, strings.NewReader(head+"an,Nguyễn Hoài An,Chuyên viên,KT,Phòng Kinh tế,official\nla,Ai Đó,,,,phu-thuy\n"), "QĐ 1"); !fail.Is(err, fail.BadInput) {
		t.Fatalf("unknown role: %v", err)
	}
	list, err := h.EnterStaff(ctx, code, strings.NewReader(head+"an,Nguyễn Hoài An,Chuyên viên,KT,Phòng Kinh tế,official\nlan,Trần Thị Lan,Văn thư,,,clerk\n"), "QĐ 1")
	if err != nil || len(list) != 2 {
		t.Fatalf("%v %v", list, err)
	}
	if _, err := h.Accounts.SignIn(ctx, "lan", list[1].OneTime, ""); err != nil {
		t.Fatal(err)
	}
	o, _ := h.Office(code)
	err = o.Read(ctx, func(v *db.View) error {
		people, err := org.People(v)
		if len(people) != 3 {
			t.Errorf("%d people", len(people))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
