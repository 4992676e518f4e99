package api

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"vanthu/internal/hub"
)

// AdminHandler serves health and metrics of a hub for the administration
// address, which must not be reachable from outside: /healthz says that the
// process lives, /readyz that the store answers, /metrics gives figures in
// Prometheus' text form (law:BRVT1842-10.1 HN20-10.1.d). No contents, no
// titles: agencies by code, and counts.
func AdminHandler(h *hub.Hub) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if _, err := h.Overview(r.Context()); err != nil || h.Broken() != nil {
			http.Error(w, "Kho dữ liệu của trục không trả lời.", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		o, err := h.Overview(r.Context())
		if err != nil {
			http.Error(w, "Kho dữ liệu của trục không trả lời.", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Write(metrics(o))
	})
	return mux
}

// metrics writes the figures. Queues that are empty are left out.
func metrics(o hub.Overview) []byte {
	var b bytes.Buffer
	head := func(name, kind, help string) {
		fmt.Fprintf(&b, "# HELP vanthu_hub_%s %s\n# TYPE vanthu_hub_%s %s\n", name, help, name, kind)
	}
	one := func(name, kind, help string, v float64) {
		head(name, kind, help)
		fmt.Fprintf(&b, "vanthu_hub_%s %g\n", name, v)
	}
	c := o.Counts
	one("accepted_total", "counter", "Packets accepted by this process.", float64(c.Accepted))
	one("accepted_bytes_total", "counter", "Bytes of accepted packets.", float64(c.Bytes))
	one("duplicates_total", "counter", "Packets offered again.", float64(c.Duplicates))
	one("refused_total", "counter", "Packets refused.", float64(c.Refused))
	one("faults_total", "counter", "Offers that failed for a fault of the hub or the line.", float64(c.Faults))
	one("handed_out_total", "counter", "Packets handed out.", float64(c.HandedOut))
	one("confirmed_total", "counter", "Packets confirmed by recipients.", float64(c.Confirmed))
	one("failed_total", "counter", "Packets given back as unreadable.", float64(c.Failed))
	one("log_entries", "gauge", "Entries of the tamper-evident log.", float64(o.LogSize))
	one("waiting", "gauge", "Packets that wait, all recipients.", float64(o.Waiting))
	one("oldest_seconds", "gauge", "Age of the oldest packet that waits.", age(o.Now, o.Oldest))
	one("clock_seconds", "gauge", "The hub's clock.", float64(o.Now.UnixMilli())/1000)
	head("agency_waiting", "gauge", "Packets that wait for one agency.")
	for _, a := range o.Agencies {
		if a.Waiting > 0 {
			fmt.Fprintf(&b, "vanthu_hub_agency_waiting{agency=%q} %d\n", a.Code, a.Waiting)
		}
	}
	head("agency_oldest_seconds", "gauge", "Age of the oldest packet that waits for one agency.")
	for _, a := range o.Agencies {
		if a.Waiting > 0 {
			fmt.Fprintf(&b, "vanthu_hub_agency_oldest_seconds{agency=%q} %g\n", a.Code, age(o.Now, a.Oldest))
		}
	}
	return b.Bytes()
}

func age(now, at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return now.Sub(at).Seconds()
}
