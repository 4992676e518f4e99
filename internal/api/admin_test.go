package api

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"vanthu/internal/db/dbtest"
	. "vanthu/internal/hub/hubtest"
)

// Health and figures without contents (C30 invariant 4).
func TestMetrics(t *testing.T) {
	w := New(t, dbtest.SQLite(t, nil))
	w.Send(SXD, Packet(Doc{From: SXD, To: []string{SNV}, Subject: "Chuyện riêng của sở"}))
	if err := w.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		r := httptest.NewRecorder()
		AdminHandler(w.Hub).ServeHTTP(r, httptest.NewRequest("GET", path, nil))
		if r.Code != 200 {
			t.Fatalf("%s: %d", path, r.Code)
		}
		return r.Body.String()
	}
	get("/healthz")
	get("/readyz")
	m := get("/metrics")
	for _, line := range []string{"vanthu_hub_accepted_total 1", "vanthu_hub_waiting 1", `vanthu_hub_agency_waiting{agency="` + SNV + `"} 1`,
		`vanthu_hub_agencies{state="official"} 6`, `vanthu_hub_alarms{kind="late"} 0`, "vanthu_hub_dead_letters 0", "vanthu_hub_bodies 1", "vanthu_hub_witnesses 0",
		fmt.Sprintf(`vanthu_hub_write_seconds_bucket{le="+Inf"} %d`, w.Counts().Writes.Count)} {
		if !strings.Contains(m, line+"\n") {
			t.Errorf("no line %s in\n%s", line, m)
		}
	}
	if strings.Contains(m, "riêng") {
		t.Error("contents in the figures")
	}
}
