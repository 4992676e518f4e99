package truc

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vanthu/internal/hub"
	"vanthu/internal/web/kit"
	"vanthu/internal/web/kit/kittest"
	"vanthu/internal/web/part"
)

func TestViews(t *testing.T) {
	kittest.Check(t, view, agencyView, queuesView, lettersView, ledgerView, logView, directoryView, formView, importView, reorganiseView)
}

// The console says at a glance what is lost, late, held back or failed, and
// what to do (HN20-10.1.d, BRVT1842-10.4).
func TestConsole_HN20_10_1_d(t *testing.T) {
	now := time.Date(2025, 3, 3, 3, 0, 0, 0, time.UTC)
	o := hub.Overview{Now: now, ID: "truc", Waiting: 3, Oldest: now.Add(-80 * time.Hour), Lost: 1, Dead: 2, Agencies: map[hub.LinkState]int64{hub.LinkOfficial: 2, hub.LinkTrial: 1}}
	loads := []hub.AgencyLoad{
		{Code: "A", Name: "Sở A", State: hub.LinkOfficial, Seen: now.Add(-3 * time.Second)},
		{Code: "B", Name: "Sở B", State: hub.LinkTrial, Seen: now.Add(-20 * time.Minute), Silent: true, Waiting: 3, Oldest: now.Add(-80 * time.Hour), Late: true, Failed: 2, Next: "gọi đầu mối kỹ thuật"},
		{Code: "C", Name: "Sở C", State: hub.LinkOfficial, Paused: true, Seen: now.Add(-time.Minute)},
		{Code: "D", Name: "Sở D", State: hub.LinkSuspended},
	}
	p := page{shell: shell{Page: kit.Page{Title: "Trục"}}, Figures: figures(o, nil, nil), Alarms: []alarm{alarmOf(hub.Alarm{Kind: hub.AlarmDead, Subject: "B", Text: "Sở B báo không đọc được 2 gói tin."})}}
	for _, a := range loads {
		p.Rows = append(p.Rows, rowOf(a, now))
	}
	for i, want := range []part.Tag{{Kind: "ok", Text: "Chính thức"}, {Kind: "late", Text: "Mất kết nối"}, {Kind: "warn", Text: "Đang tạm giữ"}, {Kind: "warn", Text: "Tạm dừng"}} {
		if p.Rows[i].Link != want {
			t.Errorf("%s: %v, want %v", p.Rows[i].Name, p.Rows[i].Link, want)
		}
	}
	for i, want := range []struct{ value, kind string }{{"2", "warn"}, {"3", ""}, {"3 ngày", "late"}, {"2", "late"}} {
		if f := p.Figures[i]; f.Value != want.value || f.Kind != want.kind {
			t.Errorf("%s: %q %q, want %q %q", f.Label, f.Value, f.Kind, want.value, want.kind)
		}
	}
	w := httptest.NewRecorder()
	if err := view.Show(w, httptest.NewRequest("GET", "/truc", nil), p); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"gọi đầu mối kỹ thuật", "không đọc được 2 gói tin", `href="/truc/goi-loi"`, "20 phút trước", "vừa xong", "chưa lần nào"} {
		if !bytes.Contains(w.Body.Bytes(), []byte(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	w = httptest.NewRecorder()
	if err := view.Show(w, httptest.NewRequest("GET", "/truc", nil), page{None: part.Empty{Icon: "network", Title: "Trục không chạy trên máy này"}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(w.Body.String(), "Trục không chạy") || strings.Contains(w.Body.String(), "Kiểm tra sổ cái") {
		t.Error("where no hub runs there is nothing to operate")
	}
}

// Every act in the hub's journal has a name for people.
func TestVerbsHaveNames(t *testing.T) {
	sources, err := filepath.Glob("../../hub/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal(err)
	}
	verb := regexp.MustCompile(`(?:note|keyChanged)\((?:c, )?"([a-z.]+)"`)
	seen := 0
	for _, f := range sources {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range verb.FindAllStringSubmatch(string(text), -1) {
			seen++
			if m[1] != "agency." && verbNames[m[1]] == "" {
				t.Errorf("%s: %s", f, m[1])
			}
		}
	}
	for _, s := range hub.LinkStates {
		if verbNames["agency."+string(s)] == "" {
			t.Errorf("agency.%s", s)
		}
	}
	if seen < 15 {
		t.Fatalf("found %d acts only", seen)
	}
}
