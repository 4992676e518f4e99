package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/hub"
	"vanthu/internal/hub/hubtest"
)

// The page of packets that failed, with their reasons and what to do next, on
// the operator's screen and phone (BRVT1842-10.4, GL443-13.4).
func TestFailedPackets(t *testing.T) {
	ctx, w, snv := t.Context(), theStage.Province.World, "000.00.12.H99"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.Hub.Pause(ctx, hubtest.Operator, snv, true, "Sở Nội vụ nâng cấp phần mềm"))
	secret, err := os.ReadFile(filepath.Join(w.Dir, "ubh", "hub.secret"))
	must(err)
	sender, err := w.Hub.Authenticate(ctx, ubh, strings.TrimSpace(string(secret)))
	must(err)
	for n, about := range []string{"V/v cung cấp số liệu", "V/v phối hợp rà soát, lấy ý kiến điều chỉnh quy hoạch chi tiết cụm công nghiệp Bắc Sông và các khu dân cư liền kề"} {
		raw := hubtest.Packet(hubtest.Doc{From: ubh, To: []string{snv}, Number: 400 + n, Subject: about})
		_, err := w.Hub.Accept(ctx, sender, hub.Offer{Body: strings.NewReader(raw)})
		must(err)
	}
	must(theStage.Province.Unread(ctx, snv, "phần mềm mới chưa đọc được gói tin"))
	must(w.Hub.Pause(ctx, hubtest.Operator, snv, false, "xong"))
	for _, s := range []size{desktop, phone} {
		b := as(t, "vh1", s)
		b.look(page{"truc-goi-loi", "vh1", "/truc/goi-loi", ""})
		b.sees("phần mềm mới chưa đọc được gói tin", "Gửi lại mọi gói tin lỗi của Sở Nội vụ")
	}
}
